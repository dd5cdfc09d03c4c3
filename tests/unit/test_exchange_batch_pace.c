/* In what order and how fast: items of one object one after the other, the limit halved and grown, holds for all. */
#include "support/fake_host.h"
#include "support/softhsm.h"
#include "support/test.h"

#include "base/moment.h"
#include "exchange/batch_pace.h"
#include "exchange/batch_repeat.h"
#include "exchange/batch_window.h"

#include <pthread.h>
#include <stdlib.h>

static void
put(batch_window *w, uint64_t number, uint64_t object)
{
	batch_item *item = mem_new(1, sizeof *item);

	assert_non_null(item);
	item->number = number;
	item->object = object;
	item->weight = 1;
	assert_ok(window_add(w, item, 0, false, test_error()));
}

static void
items_of_one_object_keep_their_order(void **state)
{
	EXS_SCOPED(batch_window) w;
	batch_entry *a, *b, *c;

	(void)state;
	batch_window_begin(&w, 10);
	put(&w, 0, 7);
	put(&w, 1, 7);
	put(&w, 2, 8);
	put(&w, 3, 7);
	a = window_take(&w);
	b = window_take(&w);
	assert_int_equal(a->item->number, 0);
	assert_int_equal(b->item->number, 2);
	assert_null(window_take(&w));
	/* put back, it is still the first */
	window_put_back(&w, a);
	a = window_take(&w);
	assert_int_equal(a->item->number, 0);
	window_settle(&w, a);
	c = window_take(&w);
	assert_int_equal(c->item->number, 1);
	assert_null(window_take(&w));
	window_settle(&w, b);
	window_settle(&w, c);
	c = window_take(&w);
	assert_int_equal(c->item->number, 3);
	window_settle(&w, c);
	assert_int_equal(w.count, 0);
}

/* Random takes and settles: whatever happens, one object never has two items out, and each is settled once, in order. */
static void
no_order_of_events_breaks_the_order_of_an_object(void **state)
{
	enum { ITEMS = 2000, OBJECTS = 37, OUT = 12 };
	EXS_SCOPED(batch_window) w;
	batch_entry *out[OUT] = {NULL};
	uint64_t     last[OBJECTS] = {0}, settled = 0, next = 0, seed = 42;

	(void)state;
	batch_window_begin(&w, 64);
	while (settled < ITEMS) {
		size_t slot;

		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		slot = (size_t)(seed >> 33) % OUT;
		while (next < ITEMS && window_has_room(&w)) {
			put(&w, next, (next * 2654435761ULL >> 7) % OBJECTS);
			next++;
		}
		if (out[slot] == NULL) {
			out[slot] = window_take(&w);
			for (size_t i = 0; i < OUT && out[slot] != NULL; i++)
				if (i != slot && out[i] != NULL)
					assert_true(out[i]->item->object != out[slot]->item->object);
		} else if ((seed >> 50) % 4 == 0) {
			window_put_back(&w, out[slot]);
			out[slot] = NULL;
		} else {
			uint64_t object = out[slot]->item->object, number = out[slot]->item->number;

			assert_true(last[object] == 0 || last[object] < number + 1);
			last[object] = number + 1;
			window_settle(&w, out[slot]);
			out[slot] = NULL;
			settled++;
		}
	}
	assert_int_equal(w.count, 0);
}

static const pace_word good = {false, -1, -1, -1};

static unsigned
at_once(batch_pace *p)
{
	uint64_t throttled, requests;
	unsigned now;

	pace_count(p, &throttled, &requests, &now);
	return now;
}

static void
the_limit_grows_by_one_a_round_and_is_halved(void **state)
{
	EXS_SCOPED(batch_pace) p;

	(void)state;
	batch_pace_begin(&p, 16, 0);
	assert_int_equal(at_once(&p), PACE_BEGINS_WITH);
	for (int i = 0; i < 5; i++)
		(void)pace_answer(&p, &good);
	assert_int_equal(at_once(&p), PACE_BEGINS_WITH + 1);
	for (int i = 0; i < 1000; i++)
		(void)pace_answer(&p, &good);
	assert_int_equal(at_once(&p), 16);
	(void)pace_answer(&p, &(pace_word){true, -1, -1, -1});
	assert_int_equal(at_once(&p), 8);
	/* what was on its way when it was halved does not halve it again */
	(void)pace_answer(&p, &(pace_word){true, -1, -1, -1});
	assert_int_equal(at_once(&p), 8);
}

static void
what_one_is_told_holds_for_all(void **state)
{
	static const pace_word words[] = {{true, 3600, -1, -1}, {false, -1, 0, 3600}};
	fake_host *host = fake_host_new();

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		EXS_SCOPED(batch_pace) p;

		batch_pace_begin(&p, 4, 0);
		assert_ok(pace_gate(&p, host->context, test_error()));
		assert_true(pace_answer(&p, &words[i]) > 0);
		/* no longer than our own longest wait, and giving up ends it */
		assert_true(p.hold_ms - moment_steady_ms() <= 600 * 1000);
		atomic_store(&host->gave_up, true);
		assert_fails(pace_gate(&p, host->context, test_error()), test_error(), E_INTERRUPTED);
		atomic_store(&host->gave_up, false);
	}
	{
		EXS_SCOPED(batch_pace) p;

		batch_pace_begin(&p, 4, 0);
		assert_int_equal(pace_answer(&p, &(pace_word){false, -1, 7, 3600}), 0);
		assert_ok(pace_gate(&p, host->context, test_error()));
	}
	fake_host_free(host);
}

static void
only_what_does_no_harm_twice_is_harmless(void **state)
{
	static const struct {
		const char *line;
		bool        harmless;
	} lines[] = {
		{"Get-Mailbox -Identity a", true},
		{"Set-Mailbox -Identity a@x.example -CustomAttribute1 b", true},
		{"Set-Mailbox -Identity a -EmailAddresses @{Add='x'}", false},
		{"Set-Mailbox -Identity a@x.example -PrimarySmtpAddress b@x.example", false},
		{"Set-Mailbox -Identity a -Name b", false},
		{"Set-Mailbox -Identity a@x.example -Name b", true},
		{"Set-Mailbox -Identity 11111111-2222-3333-4444-555555555555 -Name b", true},
		{"Set-Mailbox -CustomAttribute1 b", true},
		{"New-Mailbox -Name a", false},
		{"Remove-Mailbox -Identity a", false},
		{"Add-MailboxPermission -Identity a -User b -AccessRights FullAccess", false},
		{"Enable-InboxRule -Identity a", true},
		{"Disable-TransportRule -Identity a", true},
		{"Enable-Mailbox -Identity a", false},
		{"Disable-Mailbox -Identity a", false},
		{"Set-MigrationBatch -Identity a", false},
		{"Start-MigrationBatch -Identity a", false},
		{"Search-Mailbox -Identity a -DeleteContent", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		EXS_AUTO(exs_command) *command = NULL;

		assert_ok(exs_command_parse(lines[i].line, strlen(lines[i].line), &command, test_error()));
		if (repeat_is_harmless(command) != lines[i].harmless)
			fail_msg("%s", lines[i].line);
	}
}

static void *
wait_for_the_rate(void *self)
{
	return pace_rate(self, 1, test_context(), NULL) == EXS_CANCELLED ? self : NULL;
}

static void
who_waits_for_the_rate_is_let_go_when_the_batch_stops(void **state)
{
	batch_pace p;
	pthread_t  thread;
	void      *cancelled = NULL;

	(void)state;
	batch_pace_begin(&p, 4, 1 / 3600.0);
	assert_ok(pace_rate(&p, 1, NULL, test_error()));
	assert_int_equal(pthread_create(&thread, NULL, wait_for_the_rate, &p), 0);
	pace_close(&p);
	assert_int_equal(pthread_join(thread, &cancelled), 0);
	assert_non_null(cancelled);
	batch_pace_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_of_one_object_keep_their_order),
		cmocka_unit_test(no_order_of_events_breaks_the_order_of_an_object),
		cmocka_unit_test(the_limit_grows_by_one_a_round_and_is_halved),
		cmocka_unit_test(what_one_is_told_holds_for_all),
		cmocka_unit_test(who_waits_for_the_rate_is_let_go_when_the_batch_stops),
		cmocka_unit_test(only_what_does_no_harm_twice_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
