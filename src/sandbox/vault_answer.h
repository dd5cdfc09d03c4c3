/*
 * How the key vault speaks: an object, a page, an error.
 */
#ifndef SANDBOX_VAULT_ANSWER_H
#define SANDBOX_VAULT_ANSWER_H

#include <cjson/cJSON.h>

#include "web.h"

/* Always false. inner may be NULL: the code of "innererror". */
bool vault_fail(struct web_answer *answer, int status, const char *code, const char *inner,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A secret with its value, or a certificate with its public part. */
void vault_answer_one(struct web_answer *answer, const char *kind, const char *name,
                      const cJSON *version);

/* What a list shows of one: no value. with_version: in its id. */
cJSON *vault_row(const char *kind, const char *name, const cJSON *version, bool with_version);

/* The page that maxresults and $skiptoken ask for. Takes the rows. */
void vault_answer_page(const struct web_request *request, struct web_answer *answer, cJSON *rows);

#endif
