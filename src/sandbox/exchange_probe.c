/*
 * Test-SandboxBinding. See exchange_probe.h.
 */
#include "exchange_probe.h"

#include <string.h>

#include "exchange_call.h"
#include "exchange_trail.h"

static const char *const colours[] = { "Red", "Green", "Blue", NULL };

const struct parameter test_binding_parameters[] = {
	{ "Text", PARAMETER_STRING, 0, NULL },
	{ "Flag", PARAMETER_SWITCH, 0, NULL },
	{ "Truth", PARAMETER_BOOL, 0, NULL },
	{ "Number", PARAMETER_INT, 0, NULL },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ "Names", PARAMETER_STRINGS, 0, NULL },
	{ "Delta", PARAMETER_DELTA, 0, NULL },
	{ "Colour", PARAMETER_ENUM, 0, colours },
	{ "Colours", PARAMETER_ENUMS, 0, colours },
	{ "When", PARAMETER_DATE, 0, NULL },
	{ "Size", PARAMETER_SIZE, 0, NULL },
	{ "Table", PARAMETER_TABLE, 0, NULL },
	{ "Tables", PARAMETER_TABLES, 0, NULL },
	{ "Bytes", PARAMETER_BYTES, 0, NULL },
	{ "BytesList", PARAMETER_BYTES_LIST, 0, NULL },
	{ "Secret", PARAMETER_SECRET, 0, NULL },
	{ NULL, 0, 0, NULL },
};

void
run_test_binding(struct call *call)
{
	const cJSON *value;

	cJSON_ArrayForEach(value, call->bound) {
		char *printed = cJSON_PrintUnformatted(value);
		struct row row;

		call_row(call, &row);
		row_string(&row, KEY("Parameter"), value->string);
		row_string(&row, KEY("Value"), printed);
		call_row_end(call, &row);
		cJSON_free(printed);
	}
}

static const char *const held_cmdlets[] = {
	"Get-MessageTraceV2", "Search-UnifiedAuditLog", "Get-QuarantineMessage", NULL,
};

const struct parameter test_held_parameters[] = {
	{ "Cmdlet", PARAMETER_ENUM, PARAMETER_MUST, held_cmdlets },
	{ "StartDate", PARAMETER_DATE, 0, NULL },
	{ "EndDate", PARAMETER_DATE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

/* What the tenant holds, counted without any page, for tests of those who walk. */
void
run_test_held(struct call *call)
{
	const char *cmdlet = parameter_string(call, "Cmdlet");
	ticks start = 0, end = 0;
	uint64_t count;
	struct row row;

	parameter_ticks(call, "StartDate", &start);
	parameter_ticks(call, "EndDate", &end);
	if (strcmp(cmdlet, held_cmdlets[0]) == 0)
		count = trace_count(start, end);
	else if (strcmp(cmdlet, held_cmdlets[1]) == 0)
		count = audit_count(start, end);
	else
		count = quarantine_count();
	call_row(call, &row);
	row_int(&row, KEY_INT("Count"), (long long)count);
	call_row_end(call, &row);
}
