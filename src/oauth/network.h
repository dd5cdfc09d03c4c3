/*
 * The caller's network settings, copied: they must outlive the call that brought them.
 */
#ifndef OAUTH_NETWORK_H
#define OAUTH_NETWORK_H

#include "base/mem.h"

#include <exosign/credential.h>

#include <stdbool.h>

enum { NETWORK_TEXTS = 4 };

typedef struct network {
	exs_network settings; /* points into texts */
	char       *texts[NETWORK_TEXTS];
} network;

/* given may be NULL, which gives the defaults; direct leaves its proxy out. */
EXS_MUST_USE exs_status network_new(const exs_network *given, bool direct, network **ret,
                                    exs_error *error);
void network_free(network *n);
EXS_DEFINE_AUTO(network)

#endif
