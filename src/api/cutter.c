/* Cuts an answer into its members and rows while it arrives. */
#include "api/cutter.h"

#include "base/error.h"
#include "base/jsontext.h"

#include <inttypes.h>

/* Where in the answer the next byte stands. */
enum {
	BEFORE,       /* nothing but blanks came */
	FIRST_MEMBER, /* behind {: a name or } */
	NEXT_MEMBER,  /* behind a comma: a name */
	NAME,
	COLON,
	VALUE, /* the first byte of a member's value */
	MEMBER,
	BEHIND_MEMBER, /* a comma or } */
	FIRST_ROW,     /* behind [: a row or ] */
	NEXT_ROW,      /* behind a comma: a row */
	ROW,
	BEHIND_ROW, /* a comma or ] */
	BEHIND,     /* nothing but blanks may come */
};

void
cutter_begin(cutter *c)
{
	*c = (cutter){.where = BEFORE,
	              .after = BEHIND,
	              .name = BUF(CUTTER_ENVELOPE_MAX),
	              .held = BUF(CUTTER_ROW_MAX),
	              .bare = BUF(CUTTER_ROW_MAX)};
}

void
cutter_done(cutter *c)
{
	buf_done(&c->name);
	buf_done(&c->held);
	buf_done(&c->bare);
}

void
cutter_feed(cutter *c, span piece)
{
	c->piece = piece;
}

void
cutter_end(cutter *c)
{
	c->at_end = true;
}

bool
cutter_ended_early(const cutter *c)
{
	return c->ended_early;
}

static void
advance(cutter *c, size_t n)
{
	c->piece.at += n;
	c->piece.len -= n;
	c->offset += n;
}

static exs_status
malformed(const cutter *c, const char *what, exs_error *error)
{
	return exs_fail(error, E_ANSWER, "the service's answer is not the JSON it should be: %s (byte %" PRIu64 ")",
	                what, c->offset);
}

/* Takes a value's bytes up to its end. True when it is whole; *ret is then all of it. */
static bool
take_value(cutter *c, span *ret)
{
	const char *end = c->piece.at + c->piece.len;
	const char *behind = skip_on(&c->value, c->piece.at, end);
	size_t      n = (size_t)((behind == NULL ? end : behind) - c->piece.at);

	if (behind == NULL || c->held.len > 0)
		buf_add(&c->held, span_from(c->piece.at, n));
	*ret = c->held.len > 0 ? buf_span(&c->held) : span_from(c->piece.at, n);
	advance(c, n);
	return behind != NULL;
}

static exs_status
check_value(const cutter *c, span value, exs_error *error)
{
	size_t at;

	EXS_TRY(buf_check(&c->held, "a row of the answer", error));
	if (jsontext_check(value, &at))
		return EXS_OK;
	return exs_fail(error, E_ANSWER, "the service's answer is not JSON (byte %" PRIu64 ")",
	                c->offset - value.len + at);
}

static exs_status
count_envelope(cutter *c, size_t n, exs_error *error)
{
	c->envelope += n;
	if (c->envelope > CUTTER_ENVELOPE_MAX && (c->has_value || c->envelope > CUTTER_ROW_MAX))
		return exs_fail(error, E_ANSWER_SIZE,
		                "the service's answer has more than %d MiB beside its rows",
		                CUTTER_ENVELOPE_MAX >> 20);
	return EXS_OK;
}

/* As long as no `value` came, the object may be a row itself. */
static void
keep_bare(cutter *c, span name, span value)
{
	if (c->has_value)
		return;
	buf_byte(&c->bare, c->bare.len == 0 ? '{' : ',');
	buf_add(&c->bare, name);
	buf_byte(&c->bare, ':');
	buf_add(&c->bare, value);
	if (!jsontext_is_annotation(name) && !span_is(name, "\"error\""))
		c->has_properties = true;
}

void
cutter_took(cutter *c, size_t n)
{
	advance(c, n);
	c->offered = false;
	c->where = c->single ? c->after : BEHIND_ROW;
}

static void
begin_value(cutter *c, int where)
{
	c->value = skip_begin(c->piece.at[0]);
	c->where = where;
}

static exs_status
begin_rows(cutter *c, exs_error *error)
{
	if (c->has_value)
		return malformed(c, "\"value\" stands twice", error);
	c->has_value = true;
	buf_clear(&c->bare);
	switch (c->piece.at[0]) {
	case '[':
		advance(c, 1);
		c->after = BEHIND_MEMBER;
		c->where = FIRST_ROW;
		return EXS_OK;
	case '{':
		c->after = BEHIND_MEMBER;
		c->single = true;
		begin_value(c, ROW);
		return EXS_OK;
	case 'n': /* null: no rows */
		begin_value(c, MEMBER);
		return EXS_OK;
	default:
		return malformed(c, "\"value\" is neither a list nor an object", error);
	}
}

static exs_status
begin_answer(cutter *c, exs_error *error)
{
	if (c->piece.at[0] == '{')
		c->where = FIRST_MEMBER;
	else if (c->piece.at[0] == '[')
		c->where = FIRST_ROW;
	else
		return malformed(c, "it begins with neither { nor [", error);
	advance(c, 1);
	return EXS_OK;
}

/* One byte of punctuation between the values. */
static exs_status
punctuation(cutter *c, exs_error *error)
{
	char byte = c->piece.at[0];

	switch (c->where) {
	case BEFORE:
		return begin_answer(c, error);
	case FIRST_MEMBER:
	case NEXT_MEMBER:
		if (byte == '"') {
			begin_value(c, NAME);
			return EXS_OK;
		}
		if (byte != '}' || c->where == NEXT_MEMBER)
			return malformed(c, "a name is wanted", error);
		c->where = BEHIND;
		break;
	case COLON:
		if (byte != ':')
			return malformed(c, "a colon is wanted", error);
		c->where = VALUE;
		break;
	case VALUE:
		if (span_is(buf_span(&c->name), "\"value\""))
			return begin_rows(c, error);
		begin_value(c, MEMBER);
		return EXS_OK;
	case BEHIND_MEMBER:
		if (byte != ',' && byte != '}')
			return malformed(c, "a comma or } is wanted", error);
		c->where = byte == ',' ? NEXT_MEMBER : BEHIND;
		break;
	case FIRST_ROW:
	case NEXT_ROW:
		if (byte != ']' || c->where == NEXT_ROW) {
			begin_value(c, ROW);
			return EXS_OK;
		}
		c->where = c->after;
		break;
	case BEHIND_ROW:
		if (byte != ',' && byte != ']')
			return malformed(c, "a comma or ] is wanted", error);
		c->where = byte == ',' ? NEXT_ROW : c->after;
		break;
	default:
		return malformed(c, "it goes on after its end", error);
	}
	advance(c, 1);
	return EXS_OK;
}

/* Bytes of a name, member or row. *ret->kind stays CUT_MORE when nothing is whole yet. */
static exs_status
inside_value(cutter *c, cut *ret, exs_error *error)
{
	span value;
	bool whole = take_value(c, &value);

	if (!whole)
		return buf_check(&c->held, "a row of the answer", error);
	c->held_is_out = true;
	if (c->where == ROW) {
		c->offered = false;
		EXS_TRY(buf_check(&c->held, "a row of the answer", error));
		*ret = (cut){CUT_ROW, {"", 0}, value};
		c->where = c->single ? c->after : BEHIND_ROW;
		return EXS_OK;
	}
	EXS_TRY(check_value(c, value, error));
	EXS_TRY(count_envelope(c, value.len, error));
	if (c->where == NAME) {
		buf_clear(&c->name);
		buf_add(&c->name, value);
		c->where = COLON;
		return buf_check(&c->name, "a name", error);
	}
	keep_bare(c, buf_span(&c->name), value);
	*ret = (cut){CUT_MEMBER, buf_span(&c->name), value};
	c->where = BEHIND_MEMBER;
	return buf_check(&c->bare, "the answer", error);
}

static exs_status
finish(cutter *c, cut *ret, exs_error *error)
{
	if (c->where != BEFORE && c->where != BEHIND) {
		c->ended_early = true;
		return malformed(c, "it ends in the middle", error);
	}
	if (c->bare.len > 0 && c->has_properties) {
		c->has_properties = false;
		buf_byte(&c->bare, '}');
		EXS_TRY(buf_check(&c->bare, "the answer", error));
		*ret = (cut){CUT_ROW, {"", 0}, buf_span(&c->bare)};
		return EXS_OK;
	}
	*ret = (cut){CUT_END, {"", 0}, {"", 0}};
	return EXS_OK;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

exs_status
cutter_next(cutter *c, cut *ret, exs_error *error)
{
	cut found = {CUT_MORE, {"", 0}, {"", 0}};

	while (found.kind == CUT_MORE && c->piece.len > 0) {
		if (c->offers && c->where == ROW && c->held.len == 0 && !c->offered &&
		    c->value.depth == 0 && c->piece.at[0] == '{') {
			c->offered = true;
			found = (cut){CUT_OFFER, {"", 0}, c->piece};
			break;
		}
		if (c->held_is_out)
			buf_clear(&c->held);
		c->held_is_out = false;
		if (c->where == NAME || c->where == MEMBER || c->where == ROW)
			EXS_TRY(inside_value(c, &found, error));
		else if (is_blank(c->piece.at[0]))
			advance(c, 1);
		else
			EXS_TRY(punctuation(c, error));
	}
	if (found.kind == CUT_MORE && c->at_end)
		EXS_TRY(finish(c, &found, error));
	*ret = found;
	return EXS_OK;
}
