/* $select. */
#include "exchange/select.h"

#include "base/jsontext.h"

enum { SELECT_MAX = 8000 }; /* a longer one is better said by taking everything */

/* They go on from what stands in their last row (exchange-rest.md 7), or never heard of $select. */
static const char *const whole_rows[] = {
	"Get-MessageTraceV2", "Get-MessageTrace", "Search-UnifiedAuditLog", "Get-QuarantineMessage",
};

static bool
is_name(span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		      (i > 0 && c >= '0' && c <= '9')))
			return false;
	}
	return name.len > 0;
}

static bool
can_select(const exs_command *command)
{
	if (command_selected(command) == NULL || !exs_command_reads(command))
		return false;
	for (size_t i = 0; i < sizeof whole_rows / sizeof whole_rows[0]; i++)
		if (span_is_nocase(span_of(exs_command_name(command)), whole_rows[i]))
			return false;
	return true;
}

bool
select_add(const exs_command *command, buf *address)
{
	EXS_SCOPED(buf) list = BUF(SELECT_MAX);
	span rest;

	if (!can_select(command))
		return false;
	for (rest = span_of(command_selected(command)); rest.len > 0;) {
		span name = span_trim(span_cut(&rest, ','));

		if (!is_name(name))
			return false;
		buf_puts(&list, list.len == 0 ? "?$select=" : ",");
		buf_add(&list, name);
	}
	if (list.over_ceiling || list.no_memory || list.len == 0)
		return false;
	buf_add(address, buf_span(&list));
	return true;
}

static bool
has(span row, span name)
{
	jsontext_walk walk = jsontext_open(row);
	span          key, value;

	while (jsontext_next(&walk, &key, &value))
		if (span_same_nocase(span_from(key.at + 1, key.len - 2), name))
			return true;
	return false;
}

bool
select_is_in(span row, const char *list)
{
	span rest = span_of(list);

	if (jsontext_kind_of(row) != JSONTEXT_OBJECT)
		return true;
	while (rest.len > 0)
		if (!has(row, span_trim(span_cut(&rest, ','))))
			return false;
	return true;
}
