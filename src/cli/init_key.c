/* A person picks the key of a new profile. */
#include "cli/init_key.h"

#include "base/error.h"
#include "base/moment.h"
#include "cli/prompt.h"

enum { CHOICES_MAX = 200, LIST_MAX = 128 * 1024, URI_ROOM = 8192, ASKED_MOST = 3 };

/* A key, or a token on which one can be made. */
typedef struct choice {
	char *uri;
	char *text;
	bool  new_key;
} choice;

typedef struct choices {
	choice at[CHOICES_MAX];
	size_t n;
	buf    problems; /* of modules and tokens that could not be read */
} choices;

static void
choices_done(choices *c)
{
	for (size_t i = 0; i < c->n; i++) {
		mem_free(c->at[i].uri);
		mem_free(c->at[i].text);
	}
	buf_done(&c->problems);
}

static choice *
find(choices *c, const char *uri)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->at[i].uri, uri) == 0)
			return &c->at[i];
	return NULL;
}

static exs_status
add(choices *c, const char *uri, bool new_key, buf *text, exs_error *error)
{
	if (c->n == CHOICES_MAX)
		return EXS_OK; /* nobody reads a list of that length: --key names one */
	EXS_TRY(mem_copy(uri, &c->at[c->n].uri, error));
	c->at[c->n++].new_key = new_key;
	return buf_take(text, "a line", &c->at[c->n - 1].text, error);
}

/* Before a login it is mostly the public half that shows; the profile names the private one. */
static exs_status
take_key(choices *c, const exs_inventory_item *item, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(4096), uri = BUF(URI_ROOM);
	span      whole = span_of(item->uri);
	ptrdiff_t at = span_find(whole, ";type=public");

	buf_addf(&text, "%s \"%s\"", item->key_type, item->label);
	if (at < 0)
		return add(c, item->uri, false, &text, error);
	buf_add(&uri, span_from(whole.at, (size_t)at));
	buf_puts(&uri, ";type=private");
	buf_puts(&uri, whole.at + at + strlen(";type=public"));
	EXS_TRY(buf_check(&uri, "a URI", error));
	return add(c, buf_text(&uri), false, &text, error);
}

/* A key whose certificate shows is told with it; the key's own item may come before or not at all. */
static exs_status
take_certificate(choices *c, const exs_inventory_item *item, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(4096);
	choice *known = find(c, item->key_uri);

	buf_addf(&text, "%s \"%s\" with certificate %s until %.10s", item->key_type[0] == '\0' ? "key" : item->key_type,
	         item->label, item->subject, moment_print(item->not_after).at);
	if (known == NULL)
		return add(c, item->key_uri, false, &text, error);
	mem_free(known->text);
	known->text = NULL;
	return buf_take(&text, "a line", &known->text, error);
}

static exs_status
take_item(void *self, const exs_inventory_item *item, exs_error *error)
{
	choices *c = self;
	EXS_SCOPED(buf) text = BUF(4096);

	if (item->problem[0] != '\0') {
		buf_addf(&c->problems, "%s: %s\n", item->label[0] == '\0' ? item->module_path : item->label, item->problem);
		return EXS_OK;
	}
	if (item->kind == EXS_INVENTORY_TOKEN && item->initialised) {
		buf_addf(&text, "a new key on token \"%s\" (serial %s, %s)", item->label, item->serial, item->model);
		return add(c, item->uri, true, &text, error);
	}
	if (item->kind == EXS_INVENTORY_KEY)
		return take_key(c, item, error);
	if (item->kind == EXS_INVENTORY_CERTIFICATE && item->key_uri[0] != '\0')
		return take_certificate(c, item, error);
	return EXS_OK;
}

/* Keys that are there first, then where one could be made. */
static void
order(choices *c)
{
	size_t keys = 0;

	for (size_t i = 0; i < c->n; i++) {
		choice one = c->at[i];

		if (one.new_key)
			continue;
		memmove(&c->at[keys + 1], &c->at[keys], (i - keys) * sizeof one);
		c->at[keys++] = one;
	}
}

static exs_status
fail_empty(const choices *c, exs_error *error)
{
	exs_status status = exs_fail(error, E_TOKEN_ABSENT, "no token is there to take a key from");

	if (c->problems.len > 0)
		error_why(error, "%s", buf_text(&c->problems));
	error_fix(error, "plug it in and register its module with p11-kit, or name the key: --key URI; exosign hsm list shows what is there");
	return status;
}

static exs_status
show(const choices *c, exs_error *error)
{
	EXS_SCOPED(buf) list = BUF(LIST_MAX);

	for (size_t i = 0; i < c->n; i++)
		buf_addf(&list, "%3zu  %s\n", i + 1, c->at[i].text);
	if (c->problems.len > 0)
		buf_addf(&list, "could not be read:\n%s", buf_text(&c->problems));
	EXS_TRY(buf_check(&list, "the list of keys", error));
	return prompt_show(buf_text(&list), error);
}

static exs_status
ask(const choices *c, const choice **ret, exs_error *error)
{
	for (int i = 0; i < ASKED_MOST; i++) {
		EXS_AUTO(chars) *answer = NULL;
		uint64_t number;

		EXS_TRY(prompt_line("which one (its number)", NULL, &answer, error));
		if (span_unsigned(span_of(answer), &number) && number >= 1 && number <= c->n) {
			*ret = &c->at[number - 1];
			return EXS_OK;
		}
	}
	return exs_fail(error, E_USAGE, "no number of the list was typed");
}

/* The token's URI with object=LABEL before what is behind the question mark. */
static exs_status
name_new_key(const choice *token, const char *name, char **ret, exs_error *error)
{
	EXS_AUTO(chars) *label = NULL;
	EXS_SCOPED(buf) question = BUF(1024), uri = BUF(URI_ROOM);
	span rest = span_of(token->uri), path = span_cut(&rest, '?');
	bool yes = false;

	buf_addf(&question, "label of the new key (letters, digits, '-', '_', '.')");
	EXS_TRY(prompt_line(buf_text(&question), name, &label, error));
	for (const char *ch = label; *ch != '\0'; ch++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", *ch) == NULL)
			return exs_fail(error, E_USAGE, "a label like that needs a URI: --key URI --generate");
	buf_clear(&question);
	buf_addf(&question, "make the key \"%s\" as %s?", label, token->text);
	EXS_TRY(prompt_yes(buf_text(&question), &yes, error));
	if (!yes)
		return exs_fail(error, E_UNCONFIRMED, "no key was made: the answer was no");
	buf_add(&uri, path);
	buf_addf(&uri, ";object=%s", label);
	if (rest.len > 0)
		buf_addf(&uri, "?" SPAN_FORMAT, SPAN_PRINT(rest));
	return buf_take(&uri, "a URI", ret, error);
}

exs_status
init_pick_key(const invocation *inv, const char *name, char **ret_uri, bool *ret_new,
              exs_error *error)
{
	EXS_SCOPED(choices) all = {.problems = BUF(16 * 1024)};
	const choice *picked = NULL;

	EXS_TRY(exs_inventory_walk(inv->context, NULL, 0, take_item, &all, error));
	if (all.n == 0)
		return fail_empty(&all, error);
	order(&all);
	EXS_TRY(show(&all, error));
	EXS_TRY(ask(&all, &picked, error));
	*ret_new = picked->new_key;
	if (picked->new_key)
		return name_new_key(picked, name, ret_uri, error);
	return mem_copy(picked->uri, ret_uri, error);
}
