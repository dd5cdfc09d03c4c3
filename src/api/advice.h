/*
 * Which of the two grants is missing (exchange-rest.md 5.2): Exchange wants an application permission and a directory role, and
 * the bearer's own claims show what it has of both.
 */
#ifndef API_ADVICE_H
#define API_ADVICE_H

#include "api/fault.h"

/* Who refused: each wants another permission, or knows other roles. */
typedef enum advice_service { ADVICE_EXCHANGE, ADVICE_V2, ADVICE_COMPLIANCE } advice_service;

/* Adds why and fix to an error about a refusal. bearer may be NULL or not readable: then nothing is claimed. */
void advice_add(const fault *f, const exs_bearer *bearer, advice_service service, exs_error *error);

#endif
