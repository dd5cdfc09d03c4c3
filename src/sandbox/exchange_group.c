/*
 * Distribution groups. See exchange_group.h.
 */
#include "exchange_group.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_page.h"
#include "exchange_store.h"
#include "tenant.h"

static const char *const join_rules[] = { "Open", "Closed", "ApprovalRequired", NULL };
static const char *const depart_rules[] = { "Open", "Closed", NULL };
static const char *const group_types[] = { "Distribution", "Security", NULL };

const struct setting group_settings[] = {
	SETTING_STRING("Name", NULL),
	SETTING_STRING("DisplayName", NULL),
	SETTING_STRING("Alias", NULL),
	SETTING_STRING("PrimarySmtpAddress", NULL),
	SETTING_LIST("EmailAddresses", NULL),
	SETTING_LIST("ManagedBy", "[]"),
	SETTING_ENUM("MemberJoinRestriction", join_rules, "\"Closed\""),
	SETTING_ENUM("MemberDepartRestriction", depart_rules, "\"Open\""),
	SETTING_BOOL("RequireSenderAuthenticationEnabled", "true"),
	SETTING_BOOL("HiddenFromAddressListsEnabled", "false"),
	SETTING_BOOL("HiddenGroupMembershipEnabled", "false"),
	SETTING_BOOL("ModerationEnabled", "false"),
	SETTING_LIST("ModeratedBy", "[]"),
	SETTING_LIST("AcceptMessagesOnlyFrom", "[]"),
	SETTING_LIST("GrantSendOnBehalfTo", "[]"),
	SETTING_STRING("Description", "\"\""),
	SETTING_STRING("MailTip", "null"),
	SETTING_STRING("CustomAttribute1", "\"\""),
	SETTINGS_END,
};

/* Numbers are never used twice: a member list may still name a group that is gone. */
static uint64_t last_group;

static uint64_t
add_group(cJSON *group)
{
	char now[TICKS_TEXT_MAX];

	ticks_write(ticks_now(), "+00:00", now);
	cJSON_AddStringToObject(group, "WhenCreated", now);
	store_put(STORE_GROUP, ++last_group, group);
	return last_group;
}

/* What every group has, made from its name where nothing else is said. */
static cJSON *
make_group(const char *name, const char *alias, const char *display, const char *address, bool security)
{
	cJSON *group = cJSON_CreateObject(), *addresses = cJSON_CreateArray();
	char made_alias[ALIAS_MAX], made_address[ADDRESS_MAX], proxy[ADDRESS_MAX + 8];
	size_t used = 0;

	for (const char *c = name; *c != '\0' && used + 1 < sizeof(made_alias); c++) {
		if (*c > ' ' && *c < 0x7f && strchr("()<>@,;:\\\"[]", *c) == NULL)
			made_alias[used++] = *c;
	}
	made_alias[used] = '\0';
	alias = alias != NULL ? alias : used > 0 ? made_alias : "group";
	snprintf(made_address, sizeof(made_address), "%s@%s", alias, the_tenant.domain);
	address = address != NULL ? address : made_address;
	snprintf(proxy, sizeof(proxy), "SMTP:%s", address);
	cJSON_AddStringToObject(group, "Name", name);
	cJSON_AddStringToObject(group, "DisplayName", display != NULL ? display : name);
	cJSON_AddStringToObject(group, "Alias", alias);
	cJSON_AddStringToObject(group, "PrimarySmtpAddress", address);
	cJSON_AddItemToArray(addresses, cJSON_CreateString(proxy));
	cJSON_AddItemToObject(group, "EmailAddresses", addresses);
	cJSON_AddStringToObject(group, "RecipientTypeDetails",
	                        security ? "MailUniversalSecurityGroup"
	                                 : "MailUniversalDistributionGroup");
	cJSON_AddArrayToObject(group, "Members");
	return group;
}

void
group_start(void)
{
	static const struct {
		const char *name;
		uint64_t    members;
		bool        security;
	} first[] = {
		{ "All Staff", 5000, false },
		{ "Leadership", 7, false },
		{ "Facilities Team", 12, true },
		{ "Alumni", 0, false },
	};

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		cJSON *group = make_group(first[i].name, NULL, NULL, NULL, first[i].security);
		cJSON *members = cJSON_GetObjectItemCaseSensitive(group, "Members");

		for (uint64_t m = 0; m < first[i].members && m < the_tenant.mailboxes; m++)
			cJSON_AddItemToArray(members, cJSON_CreateNumber((double)m));
		add_group(group);
	}
}

const char *
group_text(uint64_t id, const char *property)
{
	const cJSON *group = store_find(STORE_GROUP, id);
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(group, property));

	return text != NULL ? text : "";
}

bool
group_find(const char *identity, uint64_t *ret_id)
{
	static const char *const names[] = { "Name", "Alias", "DisplayName", "PrimarySmtpAddress" };
	uint64_t id;

	if (guid_read(GUID_GROUP, identity, ret_id))
		return store_find(STORE_GROUP, *ret_id) != NULL;
	for (id = 0; store_next(STORE_GROUP, &id); id++) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (strcasecmp(group_text(id, names[i]), identity) == 0) {
				*ret_id = id;
				return true;
			}
		}
	}
	return false;
}

cJSON *
group_of_call(struct call *call, uint64_t *ret_id)
{
	const char *identity = parameter_string(call, "Identity");

	if (group_find(identity, ret_id))
		return store_find(STORE_GROUP, *ret_id);
	call_fail_missing(call, identity);
	return NULL;
}

void
group_write_addresses(struct row *row, uint64_t id)
{
	row_json(row, KEY_STRINGS("EmailAddresses"),
	         cJSON_GetObjectItemCaseSensitive(store_find(STORE_GROUP, id), "EmailAddresses"));
}

static void
write_group(struct row *row, void *context, uint64_t id)
{
	const char *type = group_text(id, "RecipientTypeDetails");
	bool security = strcmp(type, "MailUniversalSecurityGroup") == 0;
	char guid[GUID_TEXT];

	(void)context;
	guid_write(GUID_GROUP, id, guid);
	row_string(row, KEY("Identity"), group_text(id, "Name"));
	row_string(row, KEY("Name"), group_text(id, "Name"));
	row_string(row, KEY("DisplayName"), group_text(id, "DisplayName"));
	row_string(row, KEY("Alias"), group_text(id, "Alias"));
	row_string(row, KEY("PrimarySmtpAddress"), group_text(id, "PrimarySmtpAddress"));
	group_write_addresses(row, id);
	row_plain(row, KEY("GroupType"), security ? "Universal, SecurityEnabled" : "Universal");
	row_plain(row, KEY("RecipientType"), type);
	row_plain(row, KEY("RecipientTypeDetails"), type);
	settings_write(row, group_settings, store_find(STORE_GROUP, id));
	row_plain(row, KEY_GUID("Guid"), guid);
	row_plain(row, KEY_DATE("WhenCreated"), group_text(id, "WhenCreated"));
	row_bool(row, KEY("IsValid"), true);
}

const struct parameter get_group_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "Anr", PARAMETER_STRING, 0, NULL },
	{ "Filter", PARAMETER_STRING, 0, NULL },
	{ "RecipientTypeDetails", PARAMETER_ENUMS, 0, recipient_types },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static bool
next_group(struct call *call, void *context, uint64_t *at)
{
	const char *anr = parameter_string(call, "Anr");

	(void)context;
	for (; store_next(STORE_GROUP, at); (*at)++) {
		struct recipient recipient = { true, *at };

		if (parameter_allows(call, "RecipientTypeDetails", recipient_type(&recipient)) &&
		    (anr == NULL || recipient_is_meant(&recipient, anr)))
			return true;
	}
	return false;
}

void
run_get_group(struct call *call)
{
	const struct source source = { next_group, write_group, NULL };
	struct row row;
	uint64_t id;

	if (parameter_string(call, "Identity") == NULL) {
		page_walk(call, &source);
		return;
	}
	if (group_of_call(call, &id) == NULL)
		return;
	call_row(call, &row);
	write_group(&row, NULL, id);
	call_row_end(call, &row);
}

const struct parameter new_group_parameters[] = {
	{ "Name", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "Members", PARAMETER_STRINGS, 0, NULL },
	{ "Type", PARAMETER_ENUM, 0, group_types },
	{ "Notes", PARAMETER_STRING, 0, NULL },
	{ "RoomList", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

/* Name, alias and address must be nobody else's. */
static bool
is_free(struct call *call, const char *identity, enum failure failure)
{
	struct recipient other;

	if (identity == NULL || !recipient_find(identity, &other))
		return true;
	call_fail(call, failure, "The object '%s' couldn't be created: an object of that name or "
	                         "address already exists.",
	          identity);
	return false;
}

static void
add_first_members(struct call *call, cJSON *group)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, parameter_value(call, "Members")) {
		const char *identity = cJSON_GetStringValue(item);
		struct recipient member;

		if (identity == NULL || !recipient_find(identity, &member))
			call_fail_missing(call, identity != NULL ? identity : "");
		else if (member_place(group, &member) < 0)
			cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(group, "Members"),
			                     cJSON_CreateNumber(member_number(&member)));
	}
}

void
run_new_group(struct call *call)
{
	const char *name = parameter_string(call, "Name"), *alias = parameter_string(call, "Alias");
	const char *address = parameter_string(call, "PrimarySmtpAddress");
	const char *type = parameter_string(call, "Type");
	bool security = type != NULL && strcmp(type, "Security") == 0;
	struct row row;
	cJSON *group;

	if (!is_free(call, name, FAILURE_EXISTS) || !is_free(call, alias, FAILURE_EXISTS) ||
	    !is_free(call, address, FAILURE_ADDRESS_TAKEN) || !recipient_resolve_list(call, "ManagedBy"))
		return;
	group = make_group(name, alias, parameter_string(call, "DisplayName"), address, security);
	if (parameter_true(call, "RoomList"))
		cJSON_ReplaceItemInObjectCaseSensitive(group, "RecipientTypeDetails",
		                                       cJSON_CreateString("RoomList"));
	add_first_members(call, group);
	if (call->failed) {
		cJSON_Delete(group);
		return;
	}
	settings_apply(call, group_settings, group, group);
	if (parameter_string(call, "Notes") != NULL)
		cJSON_AddStringToObject(group, "Description", parameter_string(call, "Notes"));
	call_row(call, &row);
	write_group(&row, NULL, add_group(group));
	call_row_end(call, &row);
}

/* The primary address and the list of all addresses follow each other, whichever was set. */
static void
follow_addresses(const struct call *call, cJSON *group)
{
	cJSON *addresses = cJSON_GetObjectItemCaseSensitive(group, "EmailAddresses");
	const char *primary = parameter_string(call, "PrimarySmtpAddress");
	char proxy[ADDRESS_MAX + 8], listed[ADDRESS_MAX];
	cJSON *item;

	if (primary == NULL) {
		if (address_primary(addresses, listed))
			cJSON_ReplaceItemInObjectCaseSensitive(group, "PrimarySmtpAddress",
			                                       cJSON_CreateString(listed));
		return;
	}
	cJSON_ArrayForEach(item, addresses) {
		if (strncmp(item->valuestring, "SMTP:", 5) == 0)
			memcpy(item->valuestring, "smtp:", 5);
	}
	snprintf(proxy, sizeof(proxy), "SMTP:%s", primary);
	cJSON_AddItemToArray(addresses, cJSON_CreateString(proxy));
}

const struct parameter set_group_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "BypassSecurityGroupManagerCheck", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

void
run_set_group(struct call *call)
{
	const struct source source = { next_group, write_group, NULL };
	uint64_t id;
	cJSON *group = group_of_call(call, &id), *now;

	if (group == NULL || !recipient_resolve_list(call, "ManagedBy") ||
	    !recipient_resolve_list(call, "AcceptMessagesOnlyFrom") ||
	    !recipient_resolve_list(call, "ModeratedBy") ||
	    !recipient_resolve_list(call, "GrantSendOnBehalfTo"))
		return;
	now = source_read(&source, id, NULL);
	if (settings_apply(call, group_settings, now, group) == 0)
		call_warn(call, "The command completed successfully but no settings of '%s' have been "
		                "modified.",
		          parameter_string(call, "Identity"));
	else
		follow_addresses(call, group);
	cJSON_Delete(now);
}

const struct parameter remove_group_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "BypassSecurityGroupManagerCheck", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

void
run_remove_group(struct call *call)
{
	uint64_t id;

	if (group_of_call(call, &id) != NULL)
		store_remove(STORE_GROUP, id);
}
