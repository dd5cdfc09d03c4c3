/*
 * What a token is for: one resource, asked for as RESOURCE/.default.
 */
#ifndef SANDBOX_ENTRA_SCOPE_H
#define SANDBOX_ENTRA_SCOPE_H

#include "entra_answer.h"

enum { RESOURCE_SIZE = 256 };

enum resource_kind {
	RESOURCE_EXCHANGE, /* application roles beginning with "Exchange." apply */
	RESOURCE_GRAPH,    /* the other application roles apply */
	RESOURCE_PLAIN,    /* none do */
};

/* Reads the scope field; false: grant->answer refuses. resource is what becomes the audience. */
bool scope_read(struct grant *grant, const char *scope, char resource[RESOURCE_SIZE],
                enum resource_kind *ret_kind);

#endif
