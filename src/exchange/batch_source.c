/* The bytes of a batch's input. */
#include "exchange/batch_source.h"

#include "base/encode.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, WRONG_MAX = 1024 };

exs_status
source_wrong(const batch_source *s, exs_error *error, const char *format, ...)
{
	char    text[WRONG_MAX];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return exs_fail(error, E_BATCH_INPUT, "%s, line %llu: %s", s->name,
	                (unsigned long long)s->line, text);
}

static exs_status
cannot_read(const batch_source *s, exs_error *error)
{
	char reason[128];

	return exs_fail(error, E_FILE, "cannot read %s: %s", s->name,
	                strerror_r(errno, reason, sizeof reason));
}

static exs_status
fill(batch_source *s, exs_error *error)
{
	char   *room;
	ssize_t n;

	if (s->held.len - s->start > BATCH_RECORD_MAX)
		return source_wrong(s, error, "an item of more than %d MiB", BATCH_RECORD_MAX >> 20);
	if (s->start > 0)
		buf_drop(&s->held, s->start);
	s->start = 0;
	room = buf_grow(&s->held, PIECE);
	if (room == NULL)
		return buf_check(&s->held, s->name, error);
	do {
		n = read(s->fd, room, PIECE);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return cannot_read(s, error);
	buf_grew(&s->held, (size_t)n);
	s->bytes += (uint64_t)n;
	s->ended = n == 0;
	if (EVP_DigestUpdate(s->sum, room, (size_t)n) != 1)
		return exs_fail(error, E_BUG, "SHA-256 cannot be computed");
	return EXS_OK;
}

static bool
begins_with(const batch_source *s, const char *mark, size_t len)
{
	return s->held.len >= len && memcmp(s->held.at, mark, len) == 0;
}

/* What spreadsheets and old shells write before the text. */
static exs_status
pass_mark(batch_source *s, exs_error *error)
{
	s->line = 1;
	if (begins_with(s, "\xFF\xFE", 2) || begins_with(s, "\xFE\xFF", 2)) {
		exs_status status = source_wrong(s, error, "the text is UTF-16, not UTF-8");

		error_fix(error, "save it as UTF-8: Export-Csv -Encoding utf8, or iconv -f UTF-16 -t UTF-8");
		return status;
	}
	if (begins_with(s, "\xEF\xBB\xBF", 3))
		s->start = 3;
	return EXS_OK;
}

exs_status
source_open(batch_source *s, const char *path, const char *name, exs_error *error)
{
	struct stat st;

	*s = (batch_source){.name = name, .fd = -1, .held = BUF(BATCH_RECORD_MAX + 3 * PIECE)};
	s->sum = EVP_MD_CTX_new();
	if (s->sum == NULL)
		return mem_fail(error);
	if (EVP_DigestInit_ex(s->sum, EVP_sha256(), NULL) != 1)
		return exs_fail(error, E_BUG, "SHA-256 cannot be computed");
	s->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return cannot_read(s, error);
	if (!S_ISREG(st.st_mode)) {
		exs_status status = exs_fail(error, E_FILE, "%s is not a regular file", name);

		error_fix(error, "a pipe is read as: ... | exosign batch - --journal FILE");
		return status;
	}
	EXS_TRY(fill(s, error));
	return pass_mark(s, error);
}

void
batch_source_done(batch_source *s)
{
	descriptor_done(&s->fd);
	buf_done(&s->held);
	EVP_MD_CTX_free(s->sum);
	s->sum = NULL;
}

static size_t
quotes_in(span text)
{
	size_t      n = 0;
	const char *end = text.at + text.len;

	for (const char *at = text.at; (at = memchr(at, '"', (size_t)(end - at))) != NULL; at++)
		n++;
	return n;
}

/* The end of the record that begins at start, as far as it is at hand; scanned is where looking for it goes on. */
static bool
find_end(const batch_source *s, bool quoted, size_t *scanned, bool *within, size_t *lines,
         size_t *ret_end)
{
	for (;;) {
		const char *from = s->held.at + s->start + *scanned;
		size_t      left = s->held.len - s->start - *scanned;
		const char *end = left == 0 ? NULL : memchr(from, '\n', left);
		span        line = span_from(from, end == NULL ? left : (size_t)(end - from));

		if (quoted && left > 0 && quotes_in(line) % 2 == 1)
			*within = !*within;
		*scanned += line.len;
		if (end == NULL)
			return false;
		++*lines;
		if (!*within) {
			*ret_end = *scanned;
			return true;
		}
		++*scanned;
	}
}

static span
without_return(const char *at, size_t len)
{
	return span_from(at, len > 0 && at[len - 1] == '\r' ? len - 1 : len);
}

exs_status
source_next(batch_source *s, bool quoted, span *ret, exs_error *error)
{
	size_t scanned = 0, lines = 0, end;
	bool   within = false;

	s->line = s->lines + 1;
	while (!find_end(s, quoted, &scanned, &within, &lines, &end)) {
		if (!s->ended) {
			EXS_TRY(fill(s, error));
			continue;
		}
		if (within)
			return source_wrong(s, error, "a quote that is opened here is never closed");
		end = s->held.len - s->start;
		s->lines += lines + (end > 0);
		*ret = end == 0 ? span_from(NULL, 0) : without_return(s->held.at + s->start, end);
		s->start = s->held.len;
		return EXS_OK;
	}
	s->lines += lines;
	*ret = without_return(s->held.at + s->start, end);
	s->start += end + 1;
	return EXS_OK;
}

exs_status
source_digest(batch_source *s, char ret[BATCH_DIGEST_MAX], exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(BATCH_DIGEST_MAX);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      length = 0;

	while (!s->ended) {
		s->start = s->held.len;
		EXS_TRY(fill(s, error));
	}
	if (EVP_DigestFinal_ex(s->sum, digest, &length) != 1)
		return exs_fail(error, E_BUG, "SHA-256 cannot be computed");
	encode_hex(&text, span_from((const char *)digest, length), false);
	EXS_TRY(buf_check(&text, "a digest", error));
	snprintf(ret, BATCH_DIGEST_MAX, "%s", buf_text(&text));
	return EXS_OK;
}
