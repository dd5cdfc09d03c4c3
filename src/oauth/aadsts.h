/*
 * The directory's codes, in our words: what each means for a program that signs with a certificate, and what to do.
 */
#ifndef OAUTH_AADSTS_H
#define OAUTH_AADSTS_H

#include <stddef.h>
#include <stdint.h>

typedef enum aadsts_kind {
	AADSTS_REFUSAL,
	AADSTS_TIME,      /* says that the assertion is outside its time: the clock is the suspect */
	AADSTS_ASSERTION, /* something about the assertion: the clock may be the cause */
	AADSTS_TRANSIENT, /* repeat */
	AADSTS_THROTTLED,
} aadsts_kind;

typedef struct aadsts_row {
	int64_t     code;
	aadsts_kind kind;
	const char *sentence; /* "the directory ..." */
	const char *fix;
} aadsts_row;

/* NULL when the code is not in the table. */
const aadsts_row *aadsts_find(int64_t code);

/* All rows by code, for `exosign explain`. */
const aadsts_row *aadsts_rows(size_t *ret_n);

#endif
