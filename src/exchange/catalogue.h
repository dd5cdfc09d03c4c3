/*
 * What is known of an identity's cmdlets, and the file it is kept in.
 *
 * The file is text: a line with its version, whom it is for, when it was fetched, the service's public key, the records
 * (functions.h), and the SHA-256 of all that. It is believed only when every line is what it should be. Memory and file are the
 * same bytes; a parameter costs a pointer or three beside them, because completion reads it all while somebody waits.
 */
#ifndef EXCHANGE_CATALOGUE_H
#define EXCHANGE_CATALOGUE_H

#include "base/buf.h"
#include "exchange/functions.h"
#include "exchange/seal.h"

#include <exosign/cmdlets.h>

EXS_DEFINE_AUTO(exs_cmdlets)

enum {
	CATALOGUE_FILE_MAX = FUNCTIONS_RECORDS_MAX + 64 * 1024,
	CATALOGUE_CMDLETS_MAX = 20 * 1000,   /* both services together have 1243 (exchange-rest.md 2.12) */
	CATALOGUE_PARAMETERS_MAX = 1000 * 1000,
};

/* What stands in front of the records. */
typedef struct catalogue_head {
	const char *for_whom; /* hexadecimal */
	int64_t     fetched;
	const seal *key; /* NULL: none */
} catalogue_head;

/* The whole file, appended. */
EXS_MUST_USE exs_status catalogue_write(const catalogue_head *head, span records, buf *to,
                                        exs_error *error);

/* Takes *text, which becomes empty. E_CMDLETS tells what is wrong with it. for_whom NULL: for anybody. */
EXS_MUST_USE exs_status catalogue_read(buf *text, const char *for_whom, exs_cmdlets **ret,
                                       exs_error *error);

const seal *catalogue_key(const exs_cmdlets *cmdlets);

/*
 * The records of the cmdlets that `exported` (A,B,C) names, and names alone where there is no record; all records when it is
 * empty. Appended.
 */
EXS_MUST_USE exs_status catalogue_select(span records, span exported, buf *to, exs_error *error);

#endif
