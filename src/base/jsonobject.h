/* A JSON object of our own making, member by member, as text. */
#ifndef BASE_JSONOBJECT_H
#define BASE_JSONOBJECT_H

#include "base/buf.h"

typedef struct jsonobject {
	buf  text;
	bool begun;
} jsonobject;

enum { JSONOBJECT_MAX = 4 * 1024 * 1024 };

void jsonobject_init(jsonobject *o);
void jsonobject_done(jsonobject *o);

/* NULL is written as null. */
void jsonobject_text(jsonobject *o, const char *name, const char *value);
void jsonobject_number(jsonobject *o, const char *name, int64_t value);
void jsonobject_flag(jsonobject *o, const char *name, bool value);
/* JSON as it is. */
void jsonobject_json(jsonobject *o, const char *name, span json);

/* The finished object; nothing may be added afterwards. */
span jsonobject_end(jsonobject *o);

#endif
