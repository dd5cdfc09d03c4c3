/* Items as lines of a table: its columns are parameters, or fill a pattern in. */
#include "base/error.h"
#include "exchange/batch_cells.h"
#include "exchange/batch_form.h"
#include "exchange/batch_pattern.h"

static bool
is_blank(span record)
{
	return record.len == 0;
}

static void
end(void *columns)
{
	batch_cells *c = columns;

	if (c == NULL)
		return;
	batch_cells_done(c);
	mem_free(c);
}

/* PowerShell 5 writes the type of its objects above the header. */
static exs_status
next_header(batch_source *source, span *ret, exs_error *error)
{
	do {
		EXS_TRY(source_next(source, true, ret, error));
	} while (ret->at != NULL && (is_blank(*ret) || span_starts(*ret, "#TYPE ")));
	if (ret->at == NULL)
		return source_wrong(source, error, "there is nothing in it");
	return EXS_OK;
}

static bool
is_of_item(span name)
{
	return span_is_nocase(name, "id") || span_is_nocase(name, "cmdlet");
}

/* Without a pattern each column is a parameter, and something must say of which cmdlet. */
static exs_status
check_columns(const batch_source *source, const batch_shape *shape, const batch_cells *cells,
              exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();

	if (why == NULL)
		return mem_fail(error);
	if (shape->cmdlet == NULL && cells_find(cells, span_of("cmdlet")) < 0) {
		exs_status status = source_wrong(source, error, "no column is named cmdlet, and --cmdlet is not given");

		error_fix(error, "say which cmdlet the columns belong to: --cmdlet Set-Mailbox");
		return status;
	}
	for (size_t i = 0; i < cells->n; i++) {
		EXS_AUTO(exs_command) *probe = NULL;
		EXS_AUTO(chars) *name = mem_text(cells_name(cells, i).at, cells_name(cells, i).len);

		if (name == NULL)
			return mem_fail(error);
		if (is_of_item(cells_name(cells, i)))
			continue;
		EXS_TRY(exs_command_new("Get-Probe", &probe, error));
		if (exs_command_text(probe, name, "", 0, why) != EXS_OK)
			return source_wrong(source, error, "%s", exs_error_message(why));
	}
	return EXS_OK;
}

static exs_status
begin(batch_source *source, const batch_shape *shape, void **ret_columns, exs_error *error)
{
	batch_cells *cells = mem_new(1, sizeof *cells);
	const char  *wrong;
	span         header;

	if (cells == NULL)
		return mem_fail(error);
	batch_cells_begin(cells);
	*ret_columns = cells;
	EXS_TRY(next_header(source, &header, error));
	if (!cells_take_header(cells, header, &wrong))
		return source_wrong(source, error, "the header: %s", wrong);
	if (shape->pattern != NULL)
		return pattern_check(shape->pattern, cells, error);
	return check_columns(source, shape, cells, error);
}

static exs_status
take_id(const batch_source *source, const batch_cells *cells, batch_item *item, exs_error *error)
{
	int  column = cells_find(cells, span_of("id"));
	span id = column < 0 ? span_from(NULL, 0) : cells_at(cells, (size_t)column);

	if (id.len > BATCH_ID_MAX)
		return source_wrong(source, error, "id has more than %d bytes", BATCH_ID_MAX);
	if (id.len == 0)
		return EXS_OK;
	item->id = mem_text(id.at, id.len);
	return item->id == NULL ? mem_fail(error) : EXS_OK;
}

static exs_status
take_cmdlet(const batch_source *source, const batch_shape *shape, const batch_cells *cells,
            batch_item *item, exs_error *error)
{
	int  column = cells_find(cells, span_of("cmdlet"));
	span cell = column < 0 ? span_from(NULL, 0) : span_trim(cells_at(cells, (size_t)column));
	EXS_AUTO(chars) *name = NULL;

	if (cell.len == 0 && shape->cmdlet == NULL)
		return source_wrong(source, error, "it names no cmdlet, and --cmdlet is not given");
	name = cell.len == 0 ? mem_text(shape->cmdlet, strlen(shape->cmdlet)) : mem_text(cell.at, cell.len);
	if (name == NULL)
		return mem_fail(error);
	return exs_command_new(name, &item->command, error);
}

/* $true, $false and $null are what they are in every runbook; all other text is text. */
static bool
is_literal(span cell)
{
	return span_is_nocase(cell, "$true") || span_is_nocase(cell, "$false") ||
	       span_is_nocase(cell, "$null");
}

static exs_status
take_cell(const batch_shape *shape, const batch_cells *cells, size_t i, batch_item *item, exs_error *error)
{
	EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);
	EXS_AUTO(chars) *name = mem_text(cells_name(cells, i).at, cells_name(cells, i).len);
	span cell = cells_at(cells, i);

	if (name == NULL)
		return mem_fail(error);
	if (exs_command_is_secret(exs_command_name(item->command), name, shape->cmdlets))
		return exs_command_secret(item->command, name, cell.at, cell.len, error);
	if (cells->kinds[i] == CELL_TEXT && is_literal(cell))
		return exs_command_literal(item->command, name, cell.at, cell.len, error);
	if (cells->kinds[i] == CELL_TEXT)
		return exs_command_text(item->command, name, cell.at, cell.len, error);
	if (!cell_print(cells->kinds[i], cell, &value))
		return exs_fail(error, E_PARAMETER, "-%s: \"" SPAN_FORMAT "\" is not what its column should hold",
		                name, SPAN_PRINT(cell));
	EXS_TRY(buf_check(&value, "a cell", error));
	return exs_command_json(item->command, name, buf_text(&value), value.len, error);
}

static exs_status
take_cells(const batch_shape *shape, const batch_cells *cells, batch_item *item, exs_error *error)
{
	for (size_t i = 0; i < cells->n; i++) {
		bool empty = cells_at(cells, i).len == 0;

		if (empty && span_is_nocase(cells_name(cells, i), "Identity"))
			item->why_not = "its Identity is empty";
		if (!empty && !is_of_item(cells_name(cells, i)))
			EXS_TRY(take_cell(shape, cells, i, item, error));
	}
	return EXS_OK;
}

static exs_status
fill_item(const batch_source *source, const batch_shape *shape, const batch_cells *cells,
          batch_item *item, exs_error *error)
{
	bool without = false;

	if (shape->pattern == NULL) {
		EXS_TRY(take_cmdlet(source, shape, cells, item, error));
		EXS_TRY(command_check(item->command, error));
		return take_cells(shape, cells, item, error);
	}
	EXS_TRY(pattern_fill(shape->pattern, cells, &item->command, &without, error));
	if (without)
		item->why_not = "the cell that names the object is empty";
	return EXS_OK;
}

static exs_status
make(void *columns, const batch_source *source, const batch_shape *shape, span record,
     batch_item *item, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();
	batch_cells *cells = columns;
	const char  *wrong;
	exs_status   status;

	if (why == NULL)
		return mem_fail(error);
	if (!cells_take(cells, record, &wrong))
		return source_wrong(source, error, "%s", wrong);
	EXS_TRY(take_id(source, cells, item, error));
	status = fill_item(source, shape, cells, item, why);
	if (status == EXS_OK || error_is(why, E_NO_MEMORY) || error_is(why, E_BATCH_INPUT)) {
		error_copy(error, why);
		return status;
	}
	return source_wrong(source, error, "%s", exs_error_message(why));
}

const batch_form batch_form_csv = {.quoted = true, .passes = is_blank, .make = make, .begin = begin, .end = end};
