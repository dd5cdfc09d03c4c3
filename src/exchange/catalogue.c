/* What is known of an identity's cmdlets. */
#include "exchange/catalogue.h"

#include "base/encode.h"
#include "base/error.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <strings.h>

#define VERSION_LINE "exosign-cmdlets 1\n"

enum { SUM_BYTES = 32, SUM_LINE = 4 + 2 * SUM_BYTES + 1 };

typedef struct entry {
	const char *name;
	size_t      first, n; /* among the parameters */
	bool        known;
} entry;

struct exs_cmdlets {
	char                 *text;
	size_t                len;
	entry                *cmdlets;
	exs_cmdlet_parameter *parameters;
	size_t                n, n_parameters;
	int64_t               fetched;
	seal                 *key;
};

void
exs_cmdlets_free(exs_cmdlets *cmdlets)
{
	if (cmdlets == NULL)
		return;
	mem_free(cmdlets->text);
	mem_free(cmdlets->cmdlets);
	mem_free(cmdlets->parameters);
	seal_free(cmdlets->key);
	mem_free(cmdlets);
}

static exs_status
add_sum(buf *to, exs_error *error)
{
	unsigned char sum[SUM_BYTES];

	if (EVP_Digest(buf_text(to), to->len, sum, NULL, EVP_sha256(), NULL) != 1)
		return mem_fail(error);
	buf_puts(to, "sum\t");
	encode_hex(to, span_from((const char *)sum, sizeof sum), false);
	buf_byte(to, '\n');
	return EXS_OK;
}

exs_status
catalogue_write(const catalogue_head *head, span records, buf *to, exs_error *error)
{
	buf_addf(to, VERSION_LINE "for\t%s\nfetched\t%" PRId64 "\nkey\t", head->for_whom, head->fetched);
	if (head->key == NULL)
		buf_byte(to, '-');
	else
		EXS_TRY(seal_print(head->key, to, error));
	buf_byte(to, '\n');
	buf_add(to, records);
	EXS_TRY(buf_check(to, "the list of cmdlets", error));
	EXS_TRY(add_sum(to, error));
	return buf_check(to, "the list of cmdlets", error);
}

static exs_status
damaged(exs_error *error, const char *what)
{
	return exs_fail(error, E_CMDLETS, "the kept list of cmdlets is damaged: %s", what);
}

static exs_status
check_sum(span *text, exs_error *error)
{
	EXS_SCOPED(buf) sum = BUF(SUM_LINE + 1);
	unsigned char   digest[SUM_BYTES];
	span            line;

	if (text->len < SUM_LINE)
		return damaged(error, "it breaks off");
	line = span_from(text->at + text->len - SUM_LINE, SUM_LINE);
	text->len -= SUM_LINE;
	if (EVP_Digest(text->at, text->len, digest, NULL, EVP_sha256(), NULL) != 1)
		return mem_fail(error);
	buf_puts(&sum, "sum\t");
	encode_hex(&sum, span_from((const char *)digest, sizeof digest), false);
	buf_byte(&sum, '\n');
	return span_same(buf_span(&sum), line) ? EXS_OK : damaged(error, "its sum is wrong");
}

/* Cuts "name\tvalue\n" off; the value alone. */
static exs_status
head_line(span *rest, const char *name, span *ret, exs_error *error)
{
	span line = span_cut(rest, '\n');

	if (!span_is(span_cut(&line, '\t'), name))
		return damaged(error, "its head is not what it should be");
	*ret = line;
	return EXS_OK;
}

static exs_status
read_head(exs_cmdlets *c, span *rest, const char *for_whom, exs_error *error)
{
	span whom, fetched, key;

	if (!span_starts(*rest, VERSION_LINE))
		return exs_fail(error, E_CMDLETS, "the kept list of cmdlets is of another version");
	(void)span_cut(rest, '\n');
	EXS_TRY(head_line(rest, "for", &whom, error));
	EXS_TRY(head_line(rest, "fetched", &fetched, error));
	EXS_TRY(head_line(rest, "key", &key, error));
	if (for_whom != NULL && !span_is(whom, for_whom))
		return damaged(error, "it is somebody else's");
	if (!span_signed(fetched, &c->fetched))
		return damaged(error, "it does not say when it was fetched");
	return span_is(key, "-") ? EXS_OK : seal_read(key, &c->key, error);
}

static bool
is_visible(span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] >= 0x7F)
			return false;
	return true;
}

/* The text is ours: a field becomes a string where it stands. */
static const char *
terminate(exs_cmdlets *c, span field)
{
	c->text[(size_t)(field.at - c->text) + field.len] = '\0';
	return field.at;
}

static exs_status
read_cmdlet(exs_cmdlets *c, span line, exs_error *error)
{
	span name = span_cut(&line, '\t');

	if (name.len == 0 || !is_visible(name) || !is_visible(line))
		return damaged(error, "a cmdlet without a name");
	if (c->cmdlets == NULL) /* counting */ {
		c->n++;
		return EXS_OK;
	}
	c->cmdlets[c->n++] = (entry){.first = c->n_parameters, .known = line.len == 0};
	c->cmdlets[c->n - 1].name = terminate(c, name);
	return EXS_OK;
}

static exs_status
read_parameter(exs_cmdlets *c, span line, exs_error *error)
{
	span name = span_cut(&line, '\t'), type = span_cut(&line, '\t'),
	     mandatory = span_cut(&line, '\t');
	exs_cmdlet_parameter *p;

	if (c->n == 0 || name.len == 0 || mandatory.len != 1 || !is_visible(name) ||
	    !is_visible(type) || !is_visible(line))
		return damaged(error, "a parameter that is none");
	if (c->cmdlets == NULL) {
		c->n_parameters++;
		return EXS_OK;
	}
	p = &c->parameters[c->n_parameters++];
	p->mandatory = mandatory.at[0] == 'm';
	p->mandatory_often = mandatory.at[0] != '-';
	p->name = terminate(c, name);
	p->type = terminate(c, type);
	p->aliases = terminate(c, line);
	c->cmdlets[c->n - 1].n++;
	return EXS_OK;
}

static exs_status
read_records(exs_cmdlets *c, span rest, exs_error *error)
{
	c->n = c->n_parameters = 0;
	while (rest.len > 0) {
		span line = span_cut(&rest, '\n'), kind = span_cut(&line, '\t');

		if (span_is(kind, "c"))
			EXS_TRY(read_cmdlet(c, line, error));
		else if (span_is(kind, "p"))
			EXS_TRY(read_parameter(c, line, error));
		else
			return damaged(error, "a line that is none of ours");
		if (c->n > CATALOGUE_CMDLETS_MAX || c->n_parameters > CATALOGUE_PARAMETERS_MAX)
			return damaged(error, "it has too many of them");
	}
	return EXS_OK;
}

static int
by_name(const void *a, const void *b)
{
	return strcasecmp(((const entry *)a)->name, ((const entry *)b)->name);
}

/* Of two with one name the first in the list comes first. */
static int
by_name_and_place(const void *a, const void *b)
{
	size_t left = ((const entry *)a)->first, right = ((const entry *)b)->first;
	int    order = by_name(a, b);

	return order != 0 ? order : (left > right) - (left < right);
}

/* Counts, makes room, reads; then in order, each name once. */
static exs_status
index_records(exs_cmdlets *c, span records, exs_error *error)
{
	size_t kept = 0;

	EXS_TRY(read_records(c, records, error));
	c->parameters = mem_new(c->n_parameters + 1, sizeof *c->parameters);
	c->cmdlets = mem_new(c->n + 1, sizeof *c->cmdlets);
	if (c->parameters == NULL || c->cmdlets == NULL)
		return mem_fail(error);
	EXS_TRY(read_records(c, records, error));
	qsort(c->cmdlets, c->n, sizeof *c->cmdlets, by_name_and_place);
	for (size_t i = 0; i < c->n; i++)
		if (kept == 0 || by_name(&c->cmdlets[kept - 1], &c->cmdlets[i]) != 0)
			c->cmdlets[kept++] = c->cmdlets[i];
	c->n = kept;
	return EXS_OK;
}

exs_status
catalogue_read(buf *text, const char *for_whom, exs_cmdlets **ret, exs_error *error)
{
	EXS_AUTO(exs_cmdlets) *c = mem_new(1, sizeof *c);
	span rest = buf_span(text);

	if (c == NULL)
		return mem_fail(error);
	EXS_TRY(check_sum(&rest, error));
	EXS_TRY(read_head(c, &rest, for_whom, error));
	c->len = text->len;
	EXS_TRY(buf_take(text, "the list of cmdlets", &c->text, error));
	EXS_TRY(index_records(c, rest, error));
	EXS_GIVE(ret, c);
	return EXS_OK;
}

const seal *
catalogue_key(const exs_cmdlets *cmdlets)
{
	return cmdlets->key;
}

int64_t
exs_cmdlets_fetched(const exs_cmdlets *cmdlets)
{
	return cmdlets->fetched;
}

const char *
exs_cmdlets_key(const exs_cmdlets *cmdlets)
{
	return cmdlets->key == NULL ? "" : seal_fingerprint(cmdlets->key);
}

static void
describe(const entry *e, exs_cmdlet *ret)
{
	*ret = (exs_cmdlet){e->name, e->n, e->known};
}

bool
exs_cmdlets_at(const exs_cmdlets *cmdlets, size_t index, exs_cmdlet *ret_cmdlet)
{
	if (index >= cmdlets->n)
		return false;
	describe(&cmdlets->cmdlets[index], ret_cmdlet);
	return true;
}

static const entry *
find(const exs_cmdlets *cmdlets, const char *name)
{
	entry wanted = {.name = name};

	return bsearch(&wanted, cmdlets->cmdlets, cmdlets->n, sizeof wanted, by_name);
}

bool
exs_cmdlets_find(const exs_cmdlets *cmdlets, const char *name, exs_cmdlet *ret_cmdlet)
{
	const entry *e = find(cmdlets, name);

	if (e == NULL)
		return false;
	describe(e, ret_cmdlet);
	return true;
}

bool
exs_cmdlet_parameter_at(const exs_cmdlets *cmdlets, const exs_cmdlet *cmdlet, size_t index,
                        exs_cmdlet_parameter *ret_parameter)
{
	const entry *e = find(cmdlets, cmdlet->name);

	if (e == NULL || index >= e->n)
		return false;
	*ret_parameter = cmdlets->parameters[e->first + index];
	return true;
}
