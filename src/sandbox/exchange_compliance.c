/*
 * Cmdlets of Security & Compliance. See exchange_compliance.h.
 */
#include "exchange_compliance.h"

#include <strings.h>

#include "exchange_call.h"
#include "exchange_generator.h"

enum { POLICY_IDS = 7000 };

const struct parameter get_policy_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ NULL, 0, 0, NULL },
};

const struct parameter set_policy_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "Comment", PARAMETER_STRING, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static const char *const dlp_policies[] = { "Financial data", "Health records", "Source code", NULL };
static const char *const retention_policies[] = { "Seven years", "Teams chats", NULL };
static const char *const labels[] = { "Public", "General", "Confidential", "Highly Confidential", NULL };

static void
write_policy(struct call *call, unsigned id, const char *name, const char *workload)
{
	struct row row;
	char guid[GUID_TEXT];

	guid_write(GUID_RULE, POLICY_IDS + id, guid);
	call_row(call, &row);
	row_string(&row, KEY("Name"), name);
	row_string(&row, KEY("Identity"), name);
	row_plain(&row, KEY_GUID("Guid"), guid);
	row_plain(&row, KEY("Workload"), workload);
	row_plain(&row, KEY("Mode"), "Enable");
	row_bool(&row, KEY("Enabled"), true);
	row_bool(&row, KEY("IsValid"), true);
	call_row_end(call, &row);
}

static void
list(struct call *call, unsigned first_id, const char *const *names, const char *workload)
{
	const char *identity = parameter_string(call, "Identity");

	for (unsigned i = 0; names[i] != NULL; i++) {
		if (identity == NULL || strcasecmp(identity, names[i]) == 0)
			write_policy(call, first_id + i, names[i], workload);
	}
	if (identity != NULL && call->n_rows == 0)
		call_fail_missing(call, identity);
}

void
run_get_dlp_policy(struct call *call)
{
	list(call, 0, dlp_policies, "Exchange, SharePoint, OneDriveForBusiness, Teams");
}

void
run_get_retention_policy(struct call *call)
{
	list(call, 100, retention_policies, "Exchange, Teams");
}

void
run_get_label(struct call *call)
{
	list(call, 200, labels, "Exchange, SharePoint");
}

void
run_set_dlp_policy(struct call *call)
{
	const char *identity = parameter_string(call, "Identity");

	for (unsigned i = 0; dlp_policies[i] != NULL; i++) {
		if (strcasecmp(identity, dlp_policies[i]) == 0)
			return;
	}
	call_fail_missing(call, identity);
}
