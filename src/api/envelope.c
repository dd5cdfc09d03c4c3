/* What an answer says beside its rows. */
#include "api/envelope.h"

#include "api/plain.h"
#include "base/error.h"
#include "base/jsontext.h"

void
envelope_begin(envelope *e)
{
	*e = (envelope){.next_link = BUF(ENVELOPE_LINK_MAX),
	                .warnings = NOTES,
	                .more = BUF(NOTE_MAX),
	                .confirmation = BUF(NOTE_MAX),
	                .error = BUF(CUTTER_ENVELOPE_MAX + 64)};
}

void
envelope_done(envelope *e)
{
	buf_done(&e->next_link);
	notes_done(&e->warnings);
	buf_done(&e->more);
	buf_done(&e->confirmation);
	buf_done(&e->error);
}

void
envelope_clear(envelope *e)
{
	buf_clear(&e->next_link);
	notes_clear(&e->warnings);
	buf_clear(&e->more);
	buf_clear(&e->confirmation);
	buf_clear(&e->error);
}

static exs_status
take_link(envelope *e, span value, exs_error *error)
{
	if (jsontext_kind_of(value) == JSONTEXT_NULL)
		return EXS_OK;
	if (jsontext_kind_of(value) != JSONTEXT_STRING)
		return exs_fail(error, E_ANSWER, "the link to the next page is no text");
	buf_clear(&e->next_link);
	jsontext_decode(&e->next_link, value);
	EXS_TRY(buf_check(&e->next_link, "the link to the next page", error));
	if (memchr(buf_text(&e->next_link), '\0', e->next_link.len) != NULL)
		return exs_fail(error, E_ANSWER, "the link to the next page has a NUL in it");
	return EXS_OK;
}

static exs_status
take_warning(envelope *e, span value, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(CUTTER_ENVELOPE_MAX);

	if (jsontext_kind_of(value) != JSONTEXT_STRING)
		return EXS_OK;
	jsontext_decode(&text, value);
	EXS_TRY(buf_check(&text, "a warning", error));
	/* "There are more results available ... ResultSize parameter" and its kin */
	if (memmem(buf_text(&text), text.len, "more results", 12) == NULL)
		notes_add(&e->warnings, buf_span(&text));
	else if (e->more.len == 0)
		plain_add(&e->more, buf_span(&text), NOTE_MAX);
	return EXS_OK;
}

static exs_status
take_warnings(envelope *e, span value, exs_error *error)
{
	jsontext_walk walk;
	span          name, element;

	if (jsontext_kind_of(value) != JSONTEXT_ARRAY)
		return take_warning(e, value, error);
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &name, &element))
		EXS_TRY(take_warning(e, element, error));
	return EXS_OK;
}

static exs_status
take_confirmation(envelope *e, span value, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(CUTTER_ENVELOPE_MAX);

	if (jsontext_kind_of(value) == JSONTEXT_NULL)
		return EXS_OK;
	if (jsontext_kind_of(value) == JSONTEXT_STRING)
		jsontext_decode(&text, value);
	else
		buf_add(&text, value);
	EXS_TRY(buf_check(&text, "the question", error));
	buf_clear(&e->confirmation);
	plain_add(&e->confirmation, buf_span(&text), NOTE_MAX);
	return EXS_OK;
}

static exs_status
take_error(envelope *e, span value, exs_error *error)
{
	if (jsontext_kind_of(value) == JSONTEXT_NULL || e->error.len > 0)
		return EXS_OK;
	buf_puts(&e->error, "{\"error\":");
	if (jsontext_kind_of(value) == JSONTEXT_OBJECT) {
		buf_add(&e->error, value);
	} else {
		buf_puts(&e->error, "{\"message\":");
		if (jsontext_kind_of(value) == JSONTEXT_STRING)
			buf_add(&e->error, value);
		else
			jsontext_quote(&e->error, span_from(value.at, value.len < NOTE_MAX ? value.len
			                                                                   : NOTE_MAX));
		buf_byte(&e->error, '}');
	}
	buf_byte(&e->error, '}');
	return buf_check(&e->error, "the error", error);
}

/* @adminapi.errors is there and empty when all went well. */
static exs_status
take_errors(envelope *e, span value, exs_error *error)
{
	jsontext_walk walk;
	span          name, first;

	if (jsontext_kind_of(value) != JSONTEXT_ARRAY)
		return take_error(e, value, error);
	walk = jsontext_open(value);
	return jsontext_next(&walk, &name, &first) ? take_error(e, first, error) : EXS_OK;
}

static const struct taker {
	const char *name;
	exs_status (*take)(envelope *e, span value, exs_error *error);
} takers[] = {
	{"\"@odata.nextLink\"", take_link},
	{"\"nextLink\"", take_link}, /* Key Vault's */
	{"\"@adminapi.warnings\"", take_warnings},
	{"\"@adminapi.confirmationmessage\"", take_confirmation},
	{"\"@adminapi.errors\"", take_errors},
	{"\"error\"", take_error},
	{"\"Exception\"", take_error},
	{"\"ErrorRecord\"", take_error},
};

exs_status
envelope_take(envelope *e, const cut *member, exs_error *error)
{
	for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++)
		if (span_is(member->name, takers[i].name))
			return takers[i].take(e, member->value, error);
	return EXS_OK;
}
