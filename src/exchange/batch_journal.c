/* A batch's journal, written. */
#include "exchange/batch_journal.h"

#include "base/context.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "base/moment.h"
#include "exchange/batch_journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { WAITING_MAX = 64 * 1024 * 1024, RESERVE_STEP = 256 * 1024 };

struct batch_journal {
	pthread_mutex_t lock;
	pthread_cond_t  flushed;
	char           *path;
	int             fd;
	uint32_t        chain;
	buf             waiting;  /* lines that no flush has taken yet */
	uint64_t        size;     /* of the file; whole lines */
	uint64_t        reserved; /* of the file on the disk, at least */
	uint64_t        added, on_disk; /* lines, as places */
	bool            flushing;
	bool            fresh;  /* there was nothing in it */
	exs_error      *broken; /* filled once: why nothing is written any more */
};

void
batch_head_done(batch_head *head)
{
	mem_free(head->target);
	head->target = NULL;
}

void
batch_journal_free(batch_journal *j)
{
	if (j == NULL)
		return;
	if (j->fd >= 0) {
		if (j->reserved > j->size && ftruncate(j->fd, (off_t)j->size) < 0)
			j->reserved = 0; /* the room stays reserved, which harms nobody */
		/* only what we made; another file is not ours to remove */
		if (j->fresh && j->added == 0)
			(void)unlink(j->path);
		close(j->fd);
	}
	buf_done(&j->waiting);
	exs_error_free(j->broken);
	mem_free(j->path);
	pthread_cond_destroy(&j->flushed);
	pthread_mutex_destroy(&j->lock);
	mem_free(j);
}

static exs_status
make(const char *path, batch_journal **ret, exs_error *error)
{
	EXS_AUTO(batch_journal) *j = mem_new(1, sizeof *j);

	if (j == NULL)
		return mem_fail(error);
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->flushed, NULL);
	j->fd = -1;
	j->waiting = BUF(WAITING_MAX);
	j->broken = exs_error_new();
	if (j->broken == NULL)
		return mem_fail(error);
	EXS_TRY(mem_copy(path, &j->path, error));
	EXS_GIVE(ret, j);
	return EXS_OK;
}

exs_status
journal_open(const char *path, journal_reader read, void *self, batch_head *ret_head, bool *ret_old,
             batch_journal **ret, exs_error *error)
{
	EXS_AUTO(batch_journal) *j = NULL;
	journal_end end = {0};

	EXS_TRY(make(path, &j, error));
	EXS_TRY(journal_file_open(path, &j->fd, error));
	EXS_TRY(journal_file_read(j->fd, path, read, self, ret_head, &end, error));
	*ret_old = end.lines > 0;
	j->fresh = end.lines == 0 && !end.torn;
	j->size = j->reserved = end.size;
	j->chain = end.chain;
	if (end.torn)
		EXS_TRY(journal_file_cut(j->fd, path, end.size, error));
	EXS_GIVE(ret, j);
	return EXS_OK;
}

/* With the lock held: nothing can be written any more. */
static exs_status
breaks(batch_journal *j, const char *doing, int number)
{
	char       reason[128];
	exs_status status = exs_fail(j->broken, E_BATCH_RECORD, "cannot %s the journal %s: %s", doing,
	                             j->path, strerror_r(number, reason, sizeof reason));

	pthread_cond_broadcast(&j->flushed);
	return status;
}

static exs_status
say_broken(const batch_journal *j, exs_error *error)
{
	error_copy(error, j->broken);
	return exs_error_status(j->broken);
}

static bool
is_broken(const batch_journal *j)
{
	return exs_error_status(j->broken) != EXS_OK;
}

exs_status
journal_add(batch_journal *j, span line, uint64_t *ret_place, exs_error *error)
{
	exs_status status = EXS_OK;
	size_t     from;

	pthread_mutex_lock(&j->lock);
	from = j->waiting.len;
	if (is_broken(j)) {
		status = say_broken(j, error);
	} else {
		uint32_t chain = j->chain;

		buf_add(&j->waiting, line);
		record_seal(&j->waiting, from, &chain);
		status = buf_check(&j->waiting, "what waits for the journal", error);
		if (status == EXS_OK) {
			j->chain = chain;
			*ret_place = ++j->added;
		} else {
			/* half a line must not follow the others */
			j->waiting.len = from;
			status = exs_fail(j->broken, E_BATCH_RECORD, "no memory is left for the journal");
		}
	}
	pthread_mutex_unlock(&j->lock);
	return status;
}

/* May the file grow to this size? */
static int
try_reserve(int fd, uint64_t from, uint64_t to)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
	    to > limit.rlim_cur)
		return EFBIG;
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)(to - from)) == 0)
		return 0;
	/* file systems that cannot: what is missing will be seen when it is written */
	return errno == EOPNOTSUPP || errno == ENOSYS || errno == EINTR ? 0 : errno;
}

exs_status
journal_reserve(batch_journal *j, uint64_t bytes, exs_error *error)
{
	exs_status status = EXS_OK;
	uint64_t   wanted;

	pthread_mutex_lock(&j->lock);
	wanted = j->size + j->waiting.len + bytes;
	if (is_broken(j)) {
		status = say_broken(j, error);
	} else if (wanted > j->reserved) {
		int number = try_reserve(j->fd, j->reserved, wanted + RESERVE_STEP);

		if (number != 0)
			number = try_reserve(j->fd, j->reserved, wanted);
		if (number == 0)
			j->reserved = wanted;
		else
			status = exs_fail(error, E_BATCH_RECORD, "the journal %s cannot grow: %s", j->path,
			                  strerror_r(number, (char[128]){0}, 128));
	}
	pthread_mutex_unlock(&j->lock);
	return status;
}

static int
write_out(int fd, span text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.at, text.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		text = span_from(text.at + n, text.len - (size_t)n);
	}
	return fdatasync(fd) < 0 ? errno : 0;
}

/* With the lock held; lets go of it while it writes. */
static void
flush_waiting(batch_journal *j)
{
	EXS_SCOPED(buf) taken = BUF(WAITING_MAX);
	uint64_t place = j->added;
	int      number;

	j->flushing = true;
	taken = j->waiting;
	j->waiting = BUF(WAITING_MAX);
	pthread_mutex_unlock(&j->lock);
	number = write_out(j->fd, buf_span(&taken));
	pthread_mutex_lock(&j->lock);
	j->flushing = false;
	if (number != 0) {
		/* a part of a line may stand there; who opens it next would take it away as well */
		if (ftruncate(j->fd, (off_t)j->size) < 0)
			j->reserved = 0;
		(void)breaks(j, "write", number);
		return;
	}
	j->size += taken.len;
	j->on_disk = place;
	pthread_cond_broadcast(&j->flushed);
}

exs_status
journal_flush(batch_journal *j, uint64_t place, exs_error *error)
{
	exs_status status = EXS_OK;

	pthread_mutex_lock(&j->lock);
	if (place > j->added)
		place = j->added;
	while (j->on_disk < place && !is_broken(j)) {
		if (j->flushing)
			pthread_cond_wait(&j->flushed, &j->lock);
		else
			flush_waiting(j);
	}
	if (j->on_disk < place)
		status = say_broken(j, error);
	pthread_mutex_unlock(&j->lock);
	return status;
}

exs_status
journal_begin(batch_journal *j, const batch_head *head, int64_t seconds, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);
	uint64_t place;

	buf_addf(&line, "{\"exosign-batch\":1,\"at\":\"%s\",\"input\":\"sha256:%s\",\"plan\":\"sha256:%s\","
	         "\"items\":%" PRIu64 ",\"target\":", moment_print(seconds).at, head->input, head->plan,
	         head->items);
	jsontext_quote(&line, span_of(head->target == NULL ? "" : head->target));
	EXS_TRY(buf_check(&line, "the journal's first line", error));
	EXS_TRY(journal_add(j, buf_span(&line), &place, error));
	EXS_TRY(journal_flush(j, place, error));
	return journal_file_keep(j->fd, j->path, error);
}

exs_status
journal_walk(batch_journal *j, journal_reader read, void *self, exs_error *error)
{
	EXS_SCOPED(batch_head) head = {.items = 0};
	journal_end end = {0};

	return journal_file_read(j->fd, j->path, read, self, &head, &end, error);
}
