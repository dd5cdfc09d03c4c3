/*
 * What codes mean: the rows from which errors are written, for whoever met a code in a log. Nothing is asked of any device
 * or service.
 */
#ifndef EXOSIGN_EXPLAIN_H
#define EXOSIGN_EXPLAIN_H

#include <exosign/error.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* The pointers live for ever and are never NULL; "" when there is nothing to say. */
typedef struct exs_explanation {
	char        code[64];  /* "E-PIN-WRONG", "CKR_PIN_INCORRECT", "AADSTS700027", "HTTP-403" */
	char        error[64]; /* the code of ours that it becomes; its own */
	uint64_t    number;    /* of a foreign code: 0xA0, 700027, 403; else 0 */
	const char *meaning; /* one sentence */
	const char *why;     /* what usually causes it */
	const char *fix;     /* what to do, when nothing closer is known */
	exs_status  status;  /* the exit code */
} exs_explanation;

/* Each gives the row with this index, from 0; false past the last one, with *ret untouched. */
bool exs_explain_own(size_t index, exs_explanation *ret);       /* codes of exosign */
bool exs_explain_device(size_t index, exs_explanation *ret);    /* return codes of PKCS#11 3.0 and older */
bool exs_explain_directory(size_t index, exs_explanation *ret); /* the directory's numbers that we know */
bool exs_explain_http(size_t index, exs_explanation *ret);      /* statuses a service or a proxy answers with */
bool exs_explain_graph(size_t index, exs_explanation *ret);     /* codes of Microsoft Graph and Key Vault */
/* Exchange's exception types and parts of its sentences: code is either */
bool exs_explain_exchange(size_t index, exs_explanation *ret);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
