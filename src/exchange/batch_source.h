/*
 * The bytes of a batch's input: records one after the other, counted in lines, summed up in a digest.
 *
 * A record is a line, or several when a quoted newline is in it. No more than one record is in memory.
 */
#ifndef EXCHANGE_BATCH_SOURCE_H
#define EXCHANGE_BATCH_SOURCE_H

#include "base/file.h"

#include <openssl/types.h>

enum { BATCH_RECORD_MAX = 8 * 1024 * 1024, BATCH_DIGEST_MAX = 65 };

typedef struct batch_source {
	const char *name;  /* in errors; borrowed */
	descriptor  fd;
	buf         held;
	size_t      start; /* of what was not given out, in held */
	uint64_t    line;  /* where the record that was given out last began */
	uint64_t    lines; /* begun so far */
	uint64_t    bytes; /* read so far */
	EVP_MD_CTX *sum;
	bool        ended;
} batch_source;

/* name stands in messages and must outlive the source. Reading begins at the first byte of a regular file; a mark of UTF-8 is passed over. */
EXS_MUST_USE exs_status source_open(batch_source *s, const char *path, const char *name,
                                    exs_error *error);
void batch_source_done(batch_source *s);

/*
 * The next record without its line end; at is NULL at the end. It lives until the next call. quoted: a newline between double
 * quotes does not end it.
 */
EXS_MUST_USE exs_status source_next(batch_source *s, bool quoted, span *ret, exs_error *error);

/* SHA-256 of all bytes, in hexadecimal; after the last record. */
EXS_MUST_USE exs_status source_digest(batch_source *s, char ret[BATCH_DIGEST_MAX], exs_error *error);

/* E_BATCH_INPUT with "FILE, line N: " in front. */
EXS_MUST_USE exs_status source_wrong(const batch_source *s, exs_error *error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
