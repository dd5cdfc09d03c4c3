/* The file of a batch's journal. */
#include "exchange/batch_journal_file.h"

#include "base/error.h"
#include "base/jsontext.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

static exs_status
cannot(exs_error *error, const char *doing, const char *path)
{
	char reason[128];

	return exs_fail(error, E_FILE, "cannot %s the journal %s: %s", doing, path,
	                strerror_r(errno, reason, sizeof reason));
}

static exs_status
check_private(int fd, const char *path, exs_error *error)
{
	struct stat st;
	exs_status  status;

	if (fstat(fd, &st) < 0)
		return cannot(error, "look at", path);
	if (!S_ISREG(st.st_mode))
		return exs_fail(error, E_FILE, "the journal %s is not a regular file", path);
	if ((st.st_mode & 077) == 0 && (st.st_uid == geteuid() || st.st_uid == 0))
		return EXS_OK;
	status = exs_fail(error, E_FILE_MODE, "the journal %s may be read or written by others (mode %04o)",
	                  path, (unsigned)(st.st_mode & 07777));
	error_fix(error, "chmod 600 %s", path);
	return status;
}

exs_status
journal_file_open(const char *path, int *ret_fd, exs_error *error)
{
	EXS_SCOPED(descriptor) fd = -1;

	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0)
		return cannot(error, "open", path);
	EXS_TRY(check_private(fd, path, error));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return cannot(error, "lock", path);
		return exs_fail(error, E_BATCH_LOCKED, "another process works with the journal %s", path);
	}
	*ret_fd = fd;
	fd = -1;
	return EXS_OK;
}

exs_status
journal_file_cut(int fd, const char *path, uint64_t size, exs_error *error)
{
	if (ftruncate(fd, (off_t)size) < 0 || fsync(fd) < 0)
		return cannot(error, "repair", path);
	return EXS_OK;
}

exs_status
journal_file_keep(int fd, const char *path, exs_error *error)
{
	EXS_SCOPED(descriptor) directory = -1;
	EXS_SCOPED(buf) parent = BUF(4096);
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		buf_byte(&parent, '.');
	else
		buf_add(&parent, span_from(path, slash == path ? 1 : (size_t)(slash - path)));
	EXS_TRY(buf_check(&parent, "a directory name", error));
	directory = open(buf_text(&parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* some file systems cannot flush a directory; then the file's own flush is all there is */
	if (fsync(fd) < 0 || (directory >= 0 && fsync(directory) < 0 && errno != EINVAL))
		return cannot(error, "flush", path);
	return EXS_OK;
}

typedef struct walk {
	int            fd;
	const char    *path;
	journal_reader read;
	void          *self;
	batch_head    *head;
	journal_end   *end;
	exs_error     *error;
} walk;

static exs_status
damaged(const walk *w, const char *how)
{
	return exs_fail(w->error, E_BATCH_JOURNAL, "line %llu of the journal %s (byte %llu) %s",
	                (unsigned long long)w->end->lines + 1, w->path,
	                (unsigned long long)w->end->size, how);
}

static bool
copy_digest(span object, const char *name, char ret[BATCH_DIGEST_MAX])
{
	static const char mark[] = "\"sha256:";
	span value = jsontext_member(object, name);

	if (value.at == NULL || value.len != sizeof mark - 1 + BATCH_DIGEST_MAX - 1 + 1 ||
	    !span_starts(value, mark))
		return false;
	snprintf(ret, BATCH_DIGEST_MAX, "%.*s", BATCH_DIGEST_MAX - 1, value.at + sizeof mark - 1);
	return true;
}

static exs_status
take_head(const walk *w, span line)
{
	EXS_SCOPED(buf) target = BUF(RECORD_MAX);
	span   version, value;
	size_t at;

	if (!jsontext_check(line, &at) || jsontext_kind_of(line) != JSONTEXT_OBJECT)
		return damaged(w, "is not the first line of a journal");
	version = jsontext_member(line, "exosign-batch");
	if (version.at == NULL)
		return damaged(w, "is not the first line of a journal");
	if (!span_is(version, "1"))
		return damaged(w, "is of a newer exosign");
	value = jsontext_member(line, "target");
	if (!copy_digest(line, "input", w->head->input) || !copy_digest(line, "plan", w->head->plan) ||
	    !span_unsigned(jsontext_member(line, "items"), &w->head->items) || value.at == NULL ||
	    jsontext_kind_of(value) != JSONTEXT_STRING)
		return damaged(w, "lacks something");
	jsontext_decode(&target, value);
	batch_head_done(w->head);
	return buf_take(&target, "the target", &w->head->target, w->error);
}

static exs_status
take_line(const walk *w, span line)
{
	batch_record record;

	if (w->end->lines == 0)
		return take_head(w, line);
	if (!record_read(line, &record) || record.item >= w->head->items || !w->read(w->self, &record))
		return damaged(w, "is not understood");
	return EXS_OK;
}

/* Takes all whole lines of the text; *ret_used is how much of it they are. */
static exs_status
take_lines(const walk *w, span text, bool *ret_bad, size_t *ret_used)
{
	*ret_used = 0;
	while (*ret_used < text.len) {
		const char *from = text.at + *ret_used;
		const char *end = memchr(from, '\n', text.len - *ret_used);
		span        line = span_from(from, end == NULL ? 0 : (size_t)(end - from));

		if (end == NULL)
			return EXS_OK;
		if (!record_sound(line, &w->end->chain)) {
			*ret_bad = true;
			return EXS_OK;
		}
		EXS_TRY(take_line(w, line));
		w->end->lines++;
		w->end->size += line.len + 1;
		*ret_used += line.len + 1;
	}
	return EXS_OK;
}

/* A bad line was met at the front of what is held: it may be the last one, and nothing may follow. */
static exs_status
judge_bad(const walk *w, const buf *held, bool more)
{
	const char *end = memchr(buf_text(held), '\n', held->len);

	if (w->end->lines == 0)
		return damaged(w, "is not the first line of a journal");
	if (more || (end != NULL && end + 1 < buf_text(held) + held->len))
		return damaged(w, "is damaged, and more lines follow");
	return EXS_OK;
}

static exs_status
read_piece(const walk *w, uint64_t at, buf *held, bool *ret_more)
{
	char   *room = buf_grow(held, PIECE);
	ssize_t n;

	if (room == NULL)
		return damaged(w, "is longer than any line of a journal");
	do {
		n = pread(w->fd, room, PIECE, (off_t)at);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return cannot(w->error, "read", w->path);
	buf_grew(held, (size_t)n);
	*ret_more = n > 0;
	return EXS_OK;
}

/* What was torn while it was made; anything else is somebody's file and not ours to cut. */
static bool
begins_a_head(span text)
{
	static const char mark[] = "{\"exosign-batch\":";
	size_t n = text.len < sizeof mark - 1 ? text.len : sizeof mark - 1;

	return memcmp(text.at, mark, n) == 0;
}

exs_status
journal_file_read(int fd, const char *path, journal_reader read, void *self, batch_head *ret_head,
                  journal_end *ret, exs_error *error)
{
	EXS_SCOPED(buf) held = BUF(RECORD_MAX + 2 * PIECE);
	const walk w = {fd, path, read, self, ret_head, ret, error};
	uint64_t   at = 0;
	bool       more = true, bad = false;

	*ret = (journal_end){0};
	while (more && !bad) {
		size_t before = held.len, used;

		EXS_TRY(read_piece(&w, at, &held, &more));
		at += held.len - before;
		EXS_TRY(take_lines(&w, buf_span(&held), &bad, &used));
		buf_drop(&held, used);
	}
	if (bad) {
		size_t before = held.len;

		EXS_TRY(read_piece(&w, at, &held, &more));
		EXS_TRY(judge_bad(&w, &held, held.len > before));
	}
	if (held.len > 0 && ret->lines == 0 && !begins_a_head(buf_span(&held)))
		return damaged(&w, "is not the first line of a journal");
	ret->torn = held.len > 0;
	return EXS_OK;
}
