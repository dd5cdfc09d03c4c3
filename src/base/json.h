/*
 * Small JSON documents: requests, token answers, faults. For answers that can be long see jsontext.h.
 *
 * cJSON stands behind this and nowhere else. Trees are wiped when freed, because token answers are
 * among them. Numbers are doubles: what must survive byte for byte does not go through here.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"

struct cJSON;
typedef struct cJSON json;

enum { JSON_DEPTH_MAX = 64 };

/* `what` names the text in errors. The whole text must be one JSON value, UTF-8. */
EXS_MUST_USE exs_status json_parse(span text, const char *what, json **ret, exs_error *error);
void json_free(json *tree);
EXS_DEFINE_AUTO(json)

/* Members by exact name; NULL when there is none. The tree keeps owning what is returned. */
const json *json_member(const json *object, const char *name);
/* The same for names whose case differs between versions of the service. */
const json *json_member_nocase(const json *object, const char *name);
/* A path of member names: json_at(tree, "error.innererror.message"). */
const json *json_at(const json *tree, const char *path);

bool json_is_object(const json *value);
bool json_is_array(const json *value);
bool json_is_true(const json *value);
bool json_is_false(const json *value);

/* Text of a string value, "" for anything else (NULL included). */
const char *json_string(const json *value);
/* A whole number, also from a string of digits (entra-graph.md 1.2). False when it is neither. */
bool json_whole(const json *value, int64_t *ret);

/* Elements of an array or values of an object in order: for (e = json_first(a); e; e = json_next(e)). */
const json *json_first(const json *container);
const json *json_next(const json *element);
const char *json_name(const json *member);

/* The value as text, without blanks; free with mem_free(). */
EXS_MUST_USE exs_status json_print(const json *value, char **ret, exs_error *error);

#endif
