/* What a thread of a batch has in hand. */
#include "exchange/batch_turn.h"

#include "exchange/batch_repeat.h"

enum { SHARED_WEIGHT_MAX = 32 * 1024 };

void
batch_turn_begin(batch_turn *turn, batch_entry *const *entries, size_t n, bool rows)
{
	*turn = (batch_turn){.n = n};
	for (size_t i = 0; i < n; i++) {
		batch_member *m = &turn->members[i];

		m->entry = entries[i];
		m->unsure = entries[i]->item->unsure;
		batch_fate_begin(&m->fate);
		m->fate.has_rows = rows;
		m->fate.attempts = entries[i]->attempts;
		if (!exs_command_reads(entries[i]->item->command))
			turn->writes = true;
	}
}

void
batch_turn_done(batch_turn *turn)
{
	for (size_t i = 0; i < turn->n; i++)
		batch_fate_done(&turn->members[i].fate);
	turn->n = 0;
}

void
turn_judge_doubt(batch_member *m)
{
	const batch_item *item = m->entry->item;
	batch_state       state = m->fate.state;

	if (!m->unsure || exs_command_reads(item->command))
		return;
	if (state == BATCH_OPEN || state == BATCH_RETRYABLE ||
	    (state == BATCH_FAILED && !repeat_is_harmless(item->command)))
		fate_doubt(&m->fate, item->cmdlet);
}

/* Cmdlets that take long, or have a way of their own through a long list. */
static bool
goes_its_own_way(const char *cmdlet)
{
	static const char *const own[] = {
		"Get-MessageTraceV2", "Search-UnifiedAuditLog", "Get-QuarantineMessage",
		"Get-DistributionGroupMember", "Set-UnifiedGroup", "Set-OrganizationConfig",
	};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (span_is_nocase(span_of(cmdlet), own[i]))
			return true;
	return span_starts_nocase(span_of(cmdlet), "Get-EXO");
}

bool
turn_is_shared_gladly(const batch_item *item)
{
	if (item->weight > SHARED_WEIGHT_MAX || goes_its_own_way(item->cmdlet) ||
	    exs_command_has_secrets(item->command))
		return false;
	if (exs_command_reads(item->command))
		return command_value(item->command, "Identity").at != NULL;
	return repeat_is_harmless(item->command);
}
