/* Which properties of a row become columns. */
#include "output/columns.h"

#include "base/error.h"
#include "base/jsontext.h"

enum { FEW = 5, NAME_MAX_BYTES = 1024 };

/* What tells an object of Exchange or of a directory apart, best first. */
static const char *const well_known[] = {
	"Name",           "DisplayName",  "Identity",     "PrimarySmtpAddress",
	"RecipientTypeDetails", "User",   "Trustee",      "AccessRights",
	"FolderPath",     "ItemCount",    "TotalItemSize", "DomainName",
	"DomainType",     "Subject",      "SenderAddress", "RecipientAddress",
	"Status",         "Received",     "ReceivedTime",  "State",
	"Priority",       "Enabled",      "Description",   "RecordType",
	"CreationDate",   "UserIds",      "Operations",    "GroupType",
	"Guid",           "Id",
};

static exs_status
make(columns *c, size_t n, exs_error *error)
{
	columns_done(c);
	c->at = mem_new(n, sizeof *c->at);
	if (c->at == NULL)
		return mem_fail(error);
	c->chosen = true;
	return EXS_OK;
}

static exs_status
add(columns *c, span name, exs_error *error)
{
	column *added = &c->at[c->n];

	added->name = mem_text(name.at, name.len);
	if (added->name == NULL)
		return mem_fail(error);
	c->n++;
	return EXS_OK;
}

static exs_status
add_key(columns *c, span key, exs_error *error)
{
	EXS_SCOPED(buf) name = BUF(NAME_MAX_BYTES);

	jsontext_decode(&name, key);
	EXS_TRY(buf_check(&name, "a property's name", error));
	return add(c, buf_span(&name), error);
}

static bool
has(const columns *c, span name)
{
	for (size_t i = 0; i < c->n; i++)
		if (span_is_nocase(name, c->at[i].name))
			return true;
	return false;
}

exs_status
columns_select(columns *c, const char *list, exs_error *error)
{
	span   rest = span_of(list);
	size_t n = 1;

	for (const char *at = list; *at != '\0'; at++)
		n += *at == ',';
	if (n > COLUMNS_MAX)
		return exs_fail(error, E_USAGE, "--select takes at most %d names", (int)COLUMNS_MAX);
	EXS_TRY(make(c, n, error));
	for (size_t i = 0; i < n; i++) {
		span name = span_trim(span_cut(&rest, ','));

		if (name.len == 0)
			return exs_fail(error, E_USAGE, "--select has an empty name: \"%.200s\"", list);
		if (has(c, name))
			return exs_fail(error, E_USAGE,
			                "--select names \"" SPAN_FORMAT "\" twice", SPAN_PRINT(name));
		EXS_TRY(add(c, name, error));
	}
	return EXS_OK;
}

static size_t
count_members(span row)
{
	jsontext_walk walk = jsontext_open(row);
	span          key, value;
	size_t        n = 0;

	while (jsontext_next(&walk, &key, &value))
		n++;
	return n;
}

static bool
is_object(span row)
{
	return jsontext_kind_of(row) == JSONTEXT_OBJECT;
}

exs_status
columns_all(columns *c, span row, exs_error *error)
{
	jsontext_walk walk;
	span          key, value;
	size_t        n = is_object(row) ? count_members(row) : 1;

	if (n > COLUMNS_MAX)
		return exs_fail(error, E_ANSWER_SIZE, "a row has %zu properties, more than %d", n,
		                (int)COLUMNS_MAX);
	EXS_TRY(make(c, n, error));
	if (!is_object(row))
		return add(c, span_of("Value"), error);
	walk = jsontext_open(row);
	while (jsontext_next(&walk, &key, &value))
		EXS_TRY(add_key(c, key, error));
	return EXS_OK;
}

static bool
holds(span row, span name)
{
	jsontext_walk walk = jsontext_open(row);
	span          key, value;

	while (jsontext_next(&walk, &key, &value))
		if (span_same_nocase(span_from(key.at + 1, key.len - 2), name))
			return true;
	return false;
}

static exs_status
add_well_known(columns *c, span row, exs_error *error)
{
	for (size_t i = 0; i < sizeof well_known / sizeof well_known[0] && c->n < FEW; i++)
		if (holds(row, span_of(well_known[i])))
			EXS_TRY(add(c, span_of(well_known[i]), error));
	return EXS_OK;
}

static exs_status
add_plain(columns *c, span row, exs_error *error)
{
	jsontext_walk walk = jsontext_open(row);
	span          key, value;

	while (c->n < FEW && jsontext_next(&walk, &key, &value)) {
		jsontext_kind kind = jsontext_kind_of(value);

		if (kind != JSONTEXT_OBJECT && kind != JSONTEXT_ARRAY)
			EXS_TRY(add_key(c, key, error));
	}
	return EXS_OK;
}

exs_status
columns_few(columns *c, span row, const char *preferred, exs_error *error)
{
	if (preferred != NULL)
		return columns_select(c, preferred, error);
	if (!is_object(row))
		return columns_all(c, row, error);
	EXS_TRY(make(c, FEW, error));
	EXS_TRY(add_well_known(c, row, error));
	if (c->n < 2) {
		EXS_TRY(make(c, FEW, error));
		EXS_TRY(add_plain(c, row, error));
	}
	return c->n > 0 ? EXS_OK : columns_all(c, row, error);
}

/* Rows repeat the order of their properties, so the column after the last match is tried first. */
static column *
match(columns *c, span name, size_t *guess)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t  at = (*guess + i) % c->n;
		column *candidate = &c->at[at];

		if (candidate->key.at == NULL && span_is_nocase(name, candidate->name)) {
			*guess = at + 1;
			return candidate;
		}
	}
	return NULL;
}

static void
take(columns *c, span key, span value, size_t *guess)
{
	EXS_SCOPED(buf) decoded = BUF(NAME_MAX_BYTES);
	span    name = span_from(key.at + 1, key.len - 2);
	column *found;

	if (memchr(name.at, '\\', name.len) != NULL) {
		jsontext_decode(&decoded, key);
		name = buf_span(&decoded);
	}
	found = match(c, name, guess);
	if (found != NULL) {
		found->key = key;
		found->value = value;
		found->seen = true;
	}
}

void
columns_read(columns *c, span row)
{
	jsontext_walk walk;
	span          key, value;
	size_t        guess = 0;

	for (size_t i = 0; i < c->n; i++)
		c->at[i].key = c->at[i].value = span_from(NULL, 0);
	if (is_object(row)) {
		walk = jsontext_open(row);
		while (jsontext_next(&walk, &key, &value))
			take(c, key, value, &guess);
	} else {
		take(c, span_of("\"Value\""), row, &guess);
	}
}

void
columns_done(columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		mem_free(c->at[i].name);
	mem_free(c->at);
	*c = (columns){0};
}
