/*
 * Objects on a token: found by template, read attribute by attribute.
 *
 * Reading is forgiving: an attribute that a module hides, does not know or stumbles over is "not told" and spoils
 * nothing else (pkcs11.md facts 3 and 9).
 */
#ifndef HSM_OBJECT_H
#define HSM_OBJECT_H

#include "hsm/session.h"

#include <exosign/signer.h>

enum {
	OBJECT_ATTRIBUTES_MAX = 24,
	OBJECT_TEMPLATE_MAX = 8,
	OBJECT_VALUE_MAX = 256 * 1024, /* a longer value counts as not told */
	OBJECT_HANDLES_MAX = 100000,
};

typedef struct object_handles {
	CK_OBJECT_HANDLE *at;
	size_t            n;
} object_handles;
void object_handles_done(object_handles *handles);

/* What to look for: a class and, when not empty, exact id and label. */
typedef struct object_query {
	CK_OBJECT_CLASS class;
	span            id, label;
} object_query;

EXS_MUST_USE exs_status object_find(session *s, const object_query *query, object_handles *ret,
                                    exs_error *error);

typedef struct object {
	CK_OBJECT_HANDLE handle;
	CK_ATTRIBUTE     attributes[OBJECT_ATTRIBUTES_MAX]; /* pValue NULL: not told */
	size_t           n;
} object;
void object_done(object *o);

/* Reads the types given. Every one that could not be read is not told. */
EXS_MUST_USE exs_status object_read(session *s, CK_OBJECT_HANDLE handle,
                                    const CK_ATTRIBUTE_TYPE *types, size_t n, object *ret,
                                    exs_error *error);

/* at is NULL when it was not told. The bytes belong to the object. */
span         object_value(const object *o, CK_ATTRIBUTE_TYPE type);
exs_tristate object_flag(const object *o, CK_ATTRIBUTE_TYPE type);
bool         object_number(const object *o, CK_ATTRIBUTE_TYPE type, CK_ULONG *ret);

#endif
