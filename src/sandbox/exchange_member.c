/*
 * Members of distribution groups. See exchange_group.h.
 */
#include "exchange_group.h"

#include <stddef.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_page.h"
#include "exchange_recipient.h"
#include "exchange_store.h"
#include "tenant.h"

double
member_number(const struct recipient *recipient)
{
	return recipient->is_group ? -(double)recipient->id : (double)recipient->id;
}

struct recipient
member_recipient(double number)
{
	bool is_group = number < 0;

	return (struct recipient){ is_group, (uint64_t)(is_group ? -number : number) };
}

int
member_place(const cJSON *group, const struct recipient *recipient)
{
	const cJSON *member;
	int place = 0;

	cJSON_ArrayForEach(member, cJSON_GetObjectItemCaseSensitive(group, "Members")) {
		struct recipient other = member_recipient(member->valuedouble);

		if (other.is_group == recipient->is_group && other.id == recipient->id)
			return place;
		place++;
	}
	return -1;
}

const struct parameter get_member_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

/* The list is walked from its head once a page; within a page it goes from member to member. */
struct walk {
	const cJSON *member;
	uint64_t     at; /* where member stands */
};

static void
walk_to(struct walk *walk, uint64_t at)
{
	while (walk->member != NULL && walk->at < at) {
		walk->member = walk->member->next;
		walk->at++;
	}
}

static bool
next_member(struct call *call, void *context, uint64_t *at)
{
	struct walk *walk = context;

	(void)call;
	for (walk_to(walk, *at); walk->member != NULL; walk_to(walk, walk->at + 1)) {
		struct recipient member = member_recipient(walk->member->valuedouble);

		*at = walk->at;
		if (!member.is_group || store_find(STORE_GROUP, member.id) != NULL)
			return true;
	}
	return false;
}

static void
write_member(struct row *row, void *context, uint64_t at)
{
	struct walk *walk = context;
	struct recipient member;

	walk_to(walk, at);
	member = member_recipient(walk->member->valuedouble);
	recipient_write(row, &member);
}

void
run_get_member(struct call *call)
{
	uint64_t id;
	cJSON *group = group_of_call(call, &id);
	struct walk walk = { NULL, 0 };
	const struct source source = { next_member, write_member, &walk };

	if (group == NULL)
		return;
	walk.member = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(group, "Members"), 0);
	page_walk(call, &source);
}

/* The one dynamic group has every mailbox in it. */
static bool
next_of_everyone(struct call *call, void *context, uint64_t *at)
{
	(void)call;
	(void)context;
	return *at < the_tenant.mailboxes;
}

static void
write_one_of_everyone(struct row *row, void *context, uint64_t at)
{
	struct recipient member = { false, at };

	(void)context;
	recipient_write(row, &member);
}

void
run_get_dynamic_member(struct call *call)
{
	const struct source source = { next_of_everyone, write_one_of_everyone, NULL };
	const char *identity = parameter_string(call, "Identity");

	if (strcasecmp(identity, "everyone") == 0)
		page_walk(call, &source);
	else
		call_fail_missing(call, identity);
}

const struct parameter edit_member_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "Member", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "BypassSecurityGroupManagerCheck", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static bool
find_member(struct call *call, struct recipient *ret_member)
{
	const char *identity = parameter_string(call, "Member");

	if (recipient_find(identity, ret_member))
		return true;
	call_fail_missing(call, identity);
	return false;
}

void
run_add_member(struct call *call)
{
	struct recipient member;
	uint64_t id;
	cJSON *group = group_of_call(call, &id);

	if (group == NULL || !find_member(call, &member))
		return;
	if (member_place(group, &member) >= 0) {
		call_fail(call, FAILURE_MEMBER_EXISTS,
		          "The recipient \"%s\" is already a member of the group \"%s\".",
		          parameter_string(call, "Member"), group_text(id, "Name"));
		return;
	}
	cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(group, "Members"),
	                     cJSON_CreateNumber(member_number(&member)));
}

void
run_remove_member(struct call *call)
{
	struct recipient member;
	uint64_t id;
	cJSON *group = group_of_call(call, &id);
	int place;

	if (group == NULL || !find_member(call, &member))
		return;
	place = member_place(group, &member);
	if (place < 0) {
		call_fail(call, FAILURE_MEMBER_MISSING,
		          "The recipient \"%s\" isn't a member of the group \"%s\".",
		          parameter_string(call, "Member"), group_text(id, "Name"));
		return;
	}
	cJSON_DeleteItemFromArray(cJSON_GetObjectItemCaseSensitive(group, "Members"), place);
}
