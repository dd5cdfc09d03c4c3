/* A batch's journal: what was written is read again, a torn end is taken away, damage is refused, one process has it. */
#include "support/test.h"

#include "exchange/batch_journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct seen {
	unsigned    lines;
	batch_state last[8];
} seen;

static bool
see(void *self, const batch_record *record)
{
	seen *s = self;

	s->lines++;
	s->last[record->item] = record->state;
	return true;
}

static exs_status
open_it(const char *path, seen *s, bool *ret_old, batch_journal **ret, exs_error *error)
{
	EXS_SCOPED(batch_head) head = {.items = 0};

	*s = (seen){0};
	return journal_open(path, see, s, &head, ret_old, ret, error);
}

static void
add_line(batch_journal *j, void (*make)(buf *), uint64_t *ret_place)
{
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);

	make(&line);
	assert_ok(journal_add(j, buf_span(&line), ret_place, test_error()));
}

static void
begun_0(buf *to)
{
	record_begun(to, 0, 1795300200, "11111111-2222-3333-4444-555555555555");
}

static void
settled_0(buf *to)
{
	record_settled(to, 0, 1795300201, BATCH_DONE, span_of("{\"id\":\"1\",\"outcome\":\"done\"}"));
}

static void
begun_1(buf *to)
{
	record_begun(to, 1, 1795300202, "21111111-2222-3333-4444-555555555555");
}

static void
returned_1(buf *to)
{
	record_returned(to, 1, 1795300203, "E-DEVICE-GONE");
}

static void
settled_2(buf *to)
{
	record_settled(to, 2, 1795300204, BATCH_RETRYABLE, span_of("{\"id\":\"3\",\"outcome\":\"failed\"}"));
}

static const char *
make_journal(const char *name)
{
	const char *path = test_path(name);
	static void (*const lines[])(buf *) = {begun_0, settled_0, begun_1, returned_1, settled_2};
	batch_head  head = {.items = 3, .target = NULL};
	EXS_AUTO(batch_journal) *j = NULL;
	uint64_t    place = 0;
	bool        old = true;
	seen        s;

	(void)unlink(path);
	memset(head.input, 'a', BATCH_DIGEST_MAX - 1);
	memset(head.plan, 'b', BATCH_DIGEST_MAX - 1);
	assert_ok(open_it(path, &s, &old, &j, test_error()));
	assert_false(old);
	assert_ok(journal_begin(j, &head, 1795300200, test_error()));
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		add_line(j, lines[i], &place);
	assert_ok(journal_flush(j, place, test_error()));
	return path;
}

static void
what_was_written_is_read_again(void **state)
{
	const char *path = make_journal("journal");
	EXS_AUTO(batch_journal) *j = NULL;
	struct stat st;
	bool        old;
	seen        s;

	(void)state;
	assert_ok(open_it(path, &s, &old, &j, test_error()));
	assert_true(old);
	assert_int_equal(s.lines, 5);
	assert_int_equal(s.last[0], BATCH_DONE);
	assert_int_equal(s.last[1], BATCH_OPEN);
	assert_int_equal(s.last[2], BATCH_RETRYABLE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
read_file(const char *path, buf *to)
{
	assert_ok(file_read(path, FILE_PRIVATE, to, test_error()));
}

static void
write_file(const char *path, span contents)
{
	assert_ok(file_replace(path, contents, 0600, test_error()));
}

/* Wherever a crash cut the last line, all lines before it count and writing goes on behind them. */
static void
a_torn_end_is_taken_away(void **state)
{
	EXS_SCOPED(buf) whole = BUF(1024 * 1024);
	const char *path = make_journal("torn");
	size_t      last;

	(void)state;
	read_file(path, &whole);
	for (last = whole.len - 1; whole.at[last - 1] != '\n';)
		last--;
	for (size_t cut = last; cut < whole.len; cut++) {
		EXS_AUTO(batch_journal) *j = NULL;
		uint64_t place;
		bool     old;
		seen     s;

		write_file(path, span_from(whole.at, cut));
		assert_ok(open_it(path, &s, &old, &j, test_error()));
		assert_int_equal(s.lines, 4);
		add_line(j, settled_2, &place);
		assert_ok(journal_flush(j, place, test_error()));
		batch_journal_free(j);
		j = NULL;
		assert_ok(open_it(path, &s, &old, &j, test_error()));
		assert_int_equal(s.lines, 5);
	}
}

static void
expect_damage(const char *path, const char *message)
{
	EXS_AUTO(batch_journal) *j = NULL;
	exs_error *error = test_error();
	bool       old;
	seen       s;

	assert_int_equal(open_it(path, &s, &old, &j, error), EXS_CONFIG);
	assert_string_equal(exs_error_code(error), "E-BATCH-JOURNAL");
	if (strstr(exs_error_message(error), message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", exs_error_message(error), message);
}

/* A changed byte anywhere but in the last line is found, and named. */
static void
damage_in_the_middle_is_refused_with_its_place(void **state)
{
	EXS_SCOPED(buf) whole = BUF(1024 * 1024);
	EXS_SCOPED(buf) changed = BUF(1024 * 1024);
	const char *path = make_journal("damaged");
	size_t      last, line = 1;

	(void)state;
	read_file(path, &whole);
	for (last = whole.len - 1; whole.at[last - 1] != '\n';)
		last--;
	/* without the newline before it, what was the last line but one is part of the last one */
	for (size_t at = 0; at < last - 1; at++) {
		char place[32];

		buf_clear(&changed);
		buf_add(&changed, buf_span(&whole));
		changed.at[at] ^= 1;
		write_file(path, buf_span(&changed));
		snprintf(place, sizeof place, "line %zu of", line);
		expect_damage(path, place);
		line += whole.at[at] == '\n';
	}
	/* a line that was lost or moved is seen as well */
	buf_clear(&changed);
	{
		const char *second = strchr(whole.at, '\n') + 1, *third = strchr(second, '\n') + 1;

		buf_add(&changed, span_from(whole.at, (size_t)(second - whole.at)));
		buf_add(&changed, span_of(third));
	}
	write_file(path, buf_span(&changed));
	expect_damage(path, "line 2 of");
}

static void
another_file_is_no_journal_and_stays_as_it_is(void **state)
{
	static const char *const texts[] = {"hello", "hello\n", "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}",
	                                    "{\"exosign-batch\":2,\"sum\":\"00000000\"}\nx\n"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		EXS_SCOPED(buf) after = BUF(1024);
		const char *path = test_file("other", span_of(texts[i]), 0600);

		expect_damage(path, "line 1 of");
		read_file(path, &after);
		assert_string_equal(buf_text(&after), texts[i]);
	}
}

static void
one_has_it_at_a_time_and_nobody_else_may_read_it(void **state)
{
	const char *path = make_journal("locked");
	EXS_AUTO(batch_journal) *first = NULL;
	EXS_AUTO(batch_journal) *second = NULL;
	bool old;
	seen s;

	(void)state;
	assert_ok(open_it(path, &s, &old, &first, test_error()));
	assert_fails(open_it(path, &s, &old, &second, test_error()), test_error(), E_BATCH_LOCKED);
	batch_journal_free(first);
	first = NULL;
	assert_int_equal(chmod(path, 0644), 0);
	assert_fails(open_it(path, &s, &old, &second, test_error()), test_error(), E_FILE_MODE);
	assert_int_equal(chmod(path, 0600), 0);
	assert_ok(open_it(path, &s, &old, &second, test_error()));
}

static void
a_journal_that_was_never_begun_leaves_no_file(void **state)
{
	const char *path = test_path("never");
	EXS_AUTO(batch_journal) *j = NULL;
	bool old;
	seen s;

	(void)state;
	assert_ok(open_it(path, &s, &old, &j, test_error()));
	batch_journal_free(j);
	j = NULL;
	assert_true(file_is_missing(path));
}

/* A file that may not grow is met before a change is sent, and what is there stays readable. */
static void
a_full_disk_is_met_when_room_is_reserved(void **state)
{
	const char   *path = make_journal("full");
	EXS_AUTO(batch_journal) *j = NULL;
	struct rlimit before, small;
	struct stat   st;
	uint64_t      place = 0;
	exs_status    reserved, flushed = EXS_OK;
	bool          old;
	seen          s;

	(void)state;
	assert_ok(open_it(path, &s, &old, &j, test_error()));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){(rlim_t)st.st_size + 100, before.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	reserved = journal_reserve(j, 4096, test_error());
	for (int i = 0; i < 3 && flushed == EXS_OK; i++) {
		add_line(j, settled_2, &place);
		flushed = journal_flush(j, place, NULL);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(reserved, EXS_INCOMPLETE);
	assert_int_equal(flushed, EXS_INCOMPLETE);
	batch_journal_free(j);
	j = NULL;
	assert_ok(open_it(path, &s, &old, &j, test_error()));
	assert_true(s.lines >= 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(a_torn_end_is_taken_away),
		cmocka_unit_test(damage_in_the_middle_is_refused_with_its_place),
		cmocka_unit_test(another_file_is_no_journal_and_stays_as_it_is),
		cmocka_unit_test(one_has_it_at_a_time_and_nobody_else_may_read_it),
		cmocka_unit_test(a_journal_that_was_never_begun_leaves_no_file),
		cmocka_unit_test(a_full_disk_is_met_when_room_is_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
