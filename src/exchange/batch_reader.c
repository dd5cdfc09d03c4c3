/* The items of a batch's input. */
#include "exchange/batch_reader.h"

#include "base/error.h"
#include "exchange/batch_form.h"

struct batch_reader {
	batch_source      source;
	const batch_form *form;
	batch_shape       shape;
	void             *columns;
	span              record;
	uint64_t          count;
};

void
batch_reader_free(batch_reader *r)
{
	if (r == NULL)
		return;
	if (r->form != NULL && r->form->end != NULL)
		r->form->end(r->columns);
	batch_source_done(&r->source);
	mem_free(r);
}

/* An item in JSON begins with a brace, which no header of a table does. */
static const batch_form *
choose_form(const batch_source *source)
{
	span text = span_trim(span_from(buf_text(&source->held) + source->start,
	                                source->held.len - source->start));

	return text.len > 0 && text.at[0] == '{' ? &batch_form_ndjson : &batch_form_csv;
}

exs_status
batch_reader_new(const char *path, const char *name, const batch_shape *shape, batch_reader **ret,
                 exs_error *error)
{
	EXS_AUTO(batch_reader) *r = mem_new(1, sizeof *r);

	if (r == NULL)
		return mem_fail(error);
	r->shape = *shape;
	EXS_TRY(source_open(&r->source, path, name, error));
	r->form = choose_form(&r->source);
	if (shape->pattern != NULL && r->form != &batch_form_csv)
		return exs_fail(error, E_USAGE, "%s holds JSON, whose items have their own parameters", name);
	if (r->form->begin != NULL)
		EXS_TRY(r->form->begin(&r->source, &r->shape, &r->columns, error));
	EXS_GIVE(ret, r);
	return EXS_OK;
}

exs_status
batch_reader_step(batch_reader *r, bool *ret_more, exs_error *error)
{
	do {
		EXS_TRY(source_next(&r->source, r->form->quoted, &r->record, error));
	} while (r->record.at != NULL && r->form->passes(r->record));
	*ret_more = r->record.at != NULL;
	r->count += *ret_more;
	return EXS_OK;
}

/* Names and values, as far as the cmdlets are known. */
static exs_status
check(const batch_reader *r, exs_command *command, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();

	if (why == NULL)
		return mem_fail(error);
	if (!r->shape.checks || r->shape.cmdlets == NULL ||
	    exs_command_bind(command, r->shape.cmdlets, why) == EXS_OK)
		return EXS_OK;
	return source_wrong(&r->source, error, "%s", exs_error_message(why));
}

exs_status
batch_reader_item(batch_reader *r, batch_item **ret, exs_error *error)
{
	EXS_AUTO(batch_item) *item = mem_new(1, sizeof *item);

	if (item == NULL)
		return mem_fail(error);
	item->number = r->count - 1;
	item->line = r->source.line;
	item->weight = sizeof *item + r->record.len;
	EXS_TRY(r->form->make(r->columns, &r->source, &r->shape, r->record, item, error));
	EXS_TRY(mem_copy(exs_command_name(item->command), &item->cmdlet, error));
	if (item->why_not == NULL)
		EXS_TRY(check(r, item->command, error));
	item->object = batch_item_object(item->command);
	EXS_GIVE(ret, item);
	return EXS_OK;
}

uint64_t
batch_reader_count(const batch_reader *r)
{
	return r->count;
}

exs_status
batch_reader_digest(batch_reader *r, char ret[BATCH_DIGEST_MAX], exs_error *error)
{
	return source_digest(&r->source, ret, error);
}
