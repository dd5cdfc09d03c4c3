/* A JSON object of our own making. */
#include "base/jsonobject.h"

#include "base/jsontext.h"

#include <inttypes.h>

void
jsonobject_init(jsonobject *o)
{
	*o = (jsonobject){.text = BUF(JSONOBJECT_MAX)};
}

void
jsonobject_done(jsonobject *o)
{
	buf_done(&o->text);
}

static void
add_name(jsonobject *o, const char *name)
{
	buf_byte(&o->text, o->begun ? ',' : '{');
	o->begun = true;
	jsontext_quote(&o->text, span_of(name));
	buf_byte(&o->text, ':');
}

void
jsonobject_text(jsonobject *o, const char *name, const char *value)
{
	add_name(o, name);
	if (value == NULL)
		buf_puts(&o->text, "null");
	else
		jsontext_quote(&o->text, span_of(value));
}

void
jsonobject_number(jsonobject *o, const char *name, int64_t value)
{
	add_name(o, name);
	buf_addf(&o->text, "%" PRId64, value);
}

void
jsonobject_flag(jsonobject *o, const char *name, bool value)
{
	add_name(o, name);
	buf_puts(&o->text, value ? "true" : "false");
}

void
jsonobject_json(jsonobject *o, const char *name, span json)
{
	add_name(o, name);
	buf_add(&o->text, json);
}

span
jsonobject_end(jsonobject *o)
{
	if (!o->begun)
		buf_byte(&o->text, '{');
	buf_byte(&o->text, '}');
	return buf_span(&o->text);
}
