/*
 * The functions of the service's script as records.
 *
 * The functions object is handed to the script as its reader by address, so it must not be moved while it reads.
 */
#include "exchange/functions.h"

#include "base/error.h"

enum state {
	OUTSIDE,   /* waiting for `function` */
	NAME,      /* its name comes */
	HEADER,    /* behind the name: { or ( */
	BODY,      /* in the braces, waiting for `param` */
	PARAM,     /* behind `param`: ( */
	BLOCK,     /* between parameters and in front of their names */
	BRACKET,   /* in [ ]: a type or an attribute's name */
	ARGUMENTS, /* in an attribute's ( ) */
	DEFAULT,   /* behind a parameter's name, up to the comma */
};

static bool
is_mark(const script_token *t, char c)
{
	return t->kind == SCRIPT_MARK && t->text.at[0] == c;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
functions_is_name(span s)
{
	if (s.len == 0 || s.len > FUNCTIONS_NAME_MAX || !is_letter(s.at[0]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_letter(s.at[i]) && !(s.at[i] >= '0' && s.at[i] <= '9'))
			return false;
	return true;
}

bool
functions_is_cmdlet(span s)
{
	span noun = s, verb = span_cut(&noun, '-');

	return s.len <= FUNCTIONS_NAME_MAX && functions_is_name(verb) && functions_is_name(noun);
}

static span
without(span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return span_starts_nocase(s, prefix) ? span_from(s.at + n, s.len - n) : s;
}

static const char *const plain_types[][2] = {
	{"SwitchParameter", "switch"}, {"Boolean", "bool"},          {"Int16", "int"},
	{"Int32", "int"},              {"Int64", "long"},            {"String", "string"},
	{"Object", "object"},          {"Byte", "byte"},             {"DateTime", "datetime"},
	{"Guid", "guid"},              {"Security.SecureString", "securestring"},
	{"SecureString", "securestring"}, {"PSCredential", "pscredential"}, {"Switch", "switch"},
	{"Bool", "bool"},              {"Int", "int"},               {"Long", "long"},
	{"Collections.Hashtable", "hashtable"}, {"Hashtable", "hashtable"}, {"UInt32", "uint"},
};

void
functions_add_type(buf *to, span type)
{
	const char *arrays = "";

	type = without(without(type, "System."), "Management.Automation.");
	if (span_starts_nocase(type, "Nullable[") && type.at[type.len - 1] == ']') {
		functions_add_type(to, span_from(type.at + 9, type.len - 10));
		return;
	}
	if (span_ends_nocase(type, "[]")) {
		arrays = "[]";
		type.len -= 2;
	}
	for (size_t i = 0; i < sizeof plain_types / sizeof plain_types[0]; i++) {
		if (span_is_nocase(type, plain_types[i][0])) {
			buf_addf(to, "%s%s", plain_types[i][1], arrays);
			return;
		}
	}
	buf_add(to, type);
	buf_puts(to, arrays);
}

static void
begin_parameter(functions *f)
{
	functions_parameter *p = &f->parameter;

	p->type_length = 0;
	p->attributes = p->mandatory = 0;
	buf_clear(&p->aliases);
	f->state = BLOCK;
}

static void
end_function(functions *f)
{
	f->state = OUTSIDE;
}

static void
take_outside(functions *f, const script_token *t)
{
	if (t->kind == SCRIPT_WORD && span_is_nocase(t->text, "function"))
		f->state = NAME;
}

static void
take_name(functions *f, const script_token *t)
{
	span name = without(without(t->text, "script:"), "global:");

	f->state = OUTSIDE;
	if (t->kind != SCRIPT_WORD || !functions_is_cmdlet(name))
		return;
	buf_addf(&f->records, "c\t%.*s\n", (int)name.len, name.at);
	f->state = HEADER;
}

static void
take_header(functions *f, const script_token *t)
{
	f->braces = f->brackets = f->parentheses = 0;
	if (is_mark(t, '{'))
		f->state = BODY;
	else if (is_mark(t, '(')) /* function f(...) { } */
		begin_parameter(f);
	else
		end_function(f);
}

/* Attributes of the function stand here; param comes first or not at all. */
static void
take_body(functions *f, const script_token *t)
{
	if (is_mark(t, '[') || is_mark(t, '('))
		f->brackets++;
	else if ((is_mark(t, ']') || is_mark(t, ')')) && f->brackets > 0)
		f->brackets--;
	else if (f->brackets > 0)
		return;
	else if (t->kind == SCRIPT_WORD && span_is_nocase(t->text, "param"))
		f->state = PARAM;
	else
		end_function(f);
	if (f->state == OUTSIDE)
		take_outside(f, t); /* one function may stand in another */
}

static void
take_param(functions *f, const script_token *t)
{
	if (is_mark(t, '('))
		begin_parameter(f);
	else
		end_function(f);
}

static void
record_parameter(functions *f, span name)
{
	const functions_parameter *p = &f->parameter;
	const char *mandatory = p->mandatory == 0               ? "-"
	                        : p->mandatory == p->attributes ? "m"
	                                                        : "s";

	name = without(without(name, "script:"), "local:");
	if (!functions_is_name(name))
		return;
	buf_puts(&f->records, "p\t");
	buf_add(&f->records, name);
	buf_byte(&f->records, '\t');
	if (p->type_length > 0)
		functions_add_type(&f->records, span_from(p->type, p->type_length));
	else
		buf_puts(&f->records, "object");
	buf_addf(&f->records, "\t%s\t", mandatory);
	buf_add(&f->records, buf_span(&p->aliases));
	buf_byte(&f->records, '\n');
}

static void
take_block(functions *f, const script_token *t)
{
	if (is_mark(t, '[')) {
		f->brackets = 1;
		f->bracket_length = 0;
		f->is_attribute = false;
		f->state = BRACKET;
	} else if (t->kind == SCRIPT_VARIABLE) {
		record_parameter(f, t->text);
		f->parentheses = 0;
		f->state = DEFAULT;
	} else if (is_mark(t, ')')) {
		end_function(f);
	} else if (!is_mark(t, ',')) {
		end_function(f); /* no parameter block after all */
	}
}

static void
add_to_bracket(functions *f, span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (f->bracket_length < FUNCTIONS_TYPE_MAX && text.at[i] > ' ' && text.at[i] < 0x7F)
			f->bracket[f->bracket_length++] = text.at[i];
}

static void
end_bracket(functions *f)
{
	functions_parameter *p = &f->parameter;

	f->state = BLOCK;
	if (f->is_attribute)
		return;
	memcpy(p->type, f->bracket, f->bracket_length);
	p->type_length = f->bracket_length;
}

static void
take_bracket(functions *f, const script_token *t)
{
	if (is_mark(t, '(')) {
		f->parentheses = 1;
		f->wants_mandatory = f->is_on = false;
		f->is_attribute = true;
		f->state = ARGUMENTS;
		return;
	}
	if (is_mark(t, '['))
		f->brackets++;
	if (is_mark(t, ']') && --f->brackets == 0)
		end_bracket(f);
	else if (t->kind != SCRIPT_STRING && !f->is_attribute)
		add_to_bracket(f, t->text);
}

static bool
attribute_is(const functions *f, const char *name, const char *full)
{
	span attribute = without(without(span_from(f->bracket, f->bracket_length), "System."),
	                         "Management.Automation.");

	return span_is_nocase(attribute, name) || span_is_nocase(attribute, full);
}

/* Mandatory, Mandatory=$true, Mandatory = 1: on unless it says off. */
static void
note_mandatory(functions *f, const script_token *t)
{
	if (t->kind == SCRIPT_WORD && span_is_nocase(t->text, "Mandatory"))
		f->wants_mandatory = f->is_on = true;
	else if (f->wants_mandatory && ((t->kind == SCRIPT_VARIABLE && span_is_nocase(t->text, "false")) ||
	                                (t->kind == SCRIPT_WORD && span_is(t->text, "0"))))
		f->is_on = false;
	else if (is_mark(t, ','))
		f->wants_mandatory = false;
}

static void
note_alias(functions *f, const script_token *t)
{
	buf *aliases = &f->parameter.aliases;

	if (t->kind != SCRIPT_STRING || !functions_is_name(t->text))
		return;
	if (aliases->len > 0)
		buf_byte(aliases, ',');
	buf_add(aliases, t->text);
}

static void
take_arguments(functions *f, const script_token *t)
{
	bool is_parameter = attribute_is(f, "Parameter", "ParameterAttribute");

	if (is_mark(t, '('))
		f->parentheses++;
	if (is_mark(t, ')') && --f->parentheses == 0) {
		f->parameter.attributes += is_parameter;
		f->parameter.mandatory += is_parameter && f->is_on;
		f->state = BRACKET;
		return;
	}
	if (is_parameter && f->parentheses == 1)
		note_mandatory(f, t);
	else if (attribute_is(f, "Alias", "AliasAttribute"))
		note_alias(f, t);
}

static void
take_default(functions *f, const script_token *t)
{
	if (is_mark(t, '(') || is_mark(t, '{') || is_mark(t, '['))
		f->parentheses++;
	else if ((is_mark(t, '}') || is_mark(t, ']')) && f->parentheses > 0)
		f->parentheses--;
	else if (is_mark(t, ')') && f->parentheses > 0)
		f->parentheses--;
	else if (is_mark(t, ')'))
		end_function(f);
	else if (is_mark(t, ',') && f->parentheses == 0)
		begin_parameter(f);
}

/* The first key counts, wherever in the script it stands. */
static void
note_key(functions *f, const script_token *t)
{
	static const char begin[] = "<RSAKeyValue>", end[] = "</RSAKeyValue>";
	ptrdiff_t         from = t->kind == SCRIPT_STRING ? span_find(t->text, begin) : -1, to;

	if (from < 0 || f->key.len > 0)
		return;
	to = span_find(t->text, end);
	if (to > from)
		buf_add(&f->key, span_from(t->text.at + from, (size_t)(to - from) + strlen(end)));
}

static void
take(void *self, const script_token *t)
{
	static void (*const takers[])(functions *, const script_token *) = {
		[OUTSIDE] = take_outside, [NAME] = take_name,         [HEADER] = take_header,
		[BODY] = take_body,       [PARAM] = take_param,       [BLOCK] = take_block,
		[BRACKET] = take_bracket, [ARGUMENTS] = take_arguments, [DEFAULT] = take_default,
	};
	functions *f = self;

	note_key(f, t);
	takers[f->state](f, t);
}

void
functions_begin(functions *f)
{
	*f = (functions){.records = BUF(FUNCTIONS_RECORDS_MAX),
	                 .key = BUF(FUNCTIONS_KEY_MAX),
	                 .state = OUTSIDE,
	                 .parameter = {.aliases = BUF(1024)}};
	script_begin(&f->script, (script_reader){f, take});
}

void
functions_done(functions *f)
{
	script_done(&f->script);
	buf_done(&f->records);
	buf_done(&f->key);
	buf_done(&f->parameter.aliases);
}

void
functions_feed(functions *f, span piece)
{
	script_feed(&f->script, piece);
}

exs_status
functions_end(functions *f, exs_error *error)
{
	EXS_TRY(script_end(&f->script, error));
	if (f->records.over_ceiling)
		return exs_fail(error, E_ANSWER_SIZE, "the service's list of cmdlets is larger than %d MiB",
		                FUNCTIONS_RECORDS_MAX >> 20);
	return buf_check(&f->records, "the list of cmdlets", error);
}
