/*
 * Get-, Add- and Remove-MailboxPermission. See exchange_permission.h.
 */
#include "exchange_permission.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_page.h"
#include "exchange_recipient.h"
#include "exchange_store.h"
#include "tenant.h"

#define SELF "NT AUTHORITY\\SELF"

static const char *const rights[] = {
	"FullAccess", "SendAs", "ExternalAccount", "DeleteItem", "ReadPermission", "ChangePermission",
	"ChangeOwner", NULL,
};

static const char *const inheritance[] = {
	"None", "All", "Children", "Descendents", "SelfAndChildren", NULL,
};

static cJSON *
make_entry(const char *user, const char *access, const char *inherits, bool deny)
{
	cJSON *entry = cJSON_CreateObject(), *list = cJSON_CreateArray();

	cJSON_AddStringToObject(entry, "User", user);
	cJSON_AddItemToArray(list, cJSON_CreateString(access));
	cJSON_AddItemToObject(entry, "AccessRights", list);
	cJSON_AddStringToObject(entry, "InheritanceType", inherits);
	cJSON_AddBoolToObject(entry, "Deny", deny);
	return entry;
}

/* Everybody owns their mailbox; a shared one has delegates. */
static cJSON *
make_entries(uint64_t index)
{
	cJSON *entries = cJSON_CreateArray();
	struct mailbox mailbox, delegate;

	cJSON_AddItemToArray(entries, make_entry(SELF, "FullAccess, ReadPermission", "All", false));
	mailbox_make(index, &mailbox);
	if (mailbox.kind != MAILBOX_SHARED)
		return entries;
	for (uint64_t i = 0; i <= mailbox.roll % 3; i++) {
		uint64_t other = (mailbox.roll >> (8 * i)) % the_tenant.mailboxes;

		if (mailbox_kind_of(other) != MAILBOX_USER)
			continue;
		mailbox_make(other, &delegate);
		cJSON_AddItemToArray(entries,
		                     make_entry(delegate.address, "FullAccess", "All", false));
	}
	return entries;
}

/* The entries as they are; the caller's when *ret_made says so, the store's otherwise. */
static cJSON *
entries_of(uint64_t index, bool *ret_made)
{
	cJSON *kept = store_find(STORE_PERMISSION, index);

	*ret_made = kept == NULL;
	return kept != NULL ? kept : make_entries(index);
}

static void
write_entry(struct row *row, uint64_t index, const cJSON *entry, unsigned number)
{
	struct recipient mailbox = { false, index };
	char name[ADDRESS_MAX], sid[64];
	const char *user = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "User"));
	bool self = user != NULL && strcmp(user, SELF) == 0;

	recipient_name(&mailbox, name);
	snprintf(sid, sizeof(sid), "S-1-5-21-%u-%u-%u-%u", (unsigned)(the_tenant.seed % 4000000000u),
	         (unsigned)(index >> 16), (unsigned)(index & 0xffff), 1000 + number);
	row_json(row, KEY_STRINGS("AccessRights"),
	         cJSON_GetObjectItemCaseSensitive(entry, "AccessRights"));
	row_json(row, KEY("Deny"), cJSON_GetObjectItemCaseSensitive(entry, "Deny"));
	row_bool(row, KEY("IsInherited"), false);
	row_json(row, KEY("InheritanceType"),
	         cJSON_GetObjectItemCaseSensitive(entry, "InheritanceType"));
	row_string(row, KEY("User"), user);
	row_plain(row, KEY("UserSid"), self ? "S-1-5-10" : sid);
	row_plain(row, KEY("Identity"), name);
	row_bool(row, KEY("IsValid"), true);
}

const struct parameter get_permission_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "User", PARAMETER_STRING, 0, NULL },
	{ "Owner", PARAMETER_SWITCH, 0, NULL },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

struct listing {
	uint64_t     index;
	const cJSON *entries;
	char         user[ADDRESS_MAX]; /* "": anybody */
};

static bool
next_entry(struct call *call, void *context, uint64_t *at)
{
	const struct listing *listing = context;
	const cJSON *entry;

	(void)call;
	while ((entry = cJSON_GetArrayItem(listing->entries, (int)*at)) != NULL) {
		const char *user =
			cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "User"));

		if (listing->user[0] == '\0' || (user != NULL && strcasecmp(user, listing->user) == 0))
			return true;
		(*at)++;
	}
	return false;
}

static void
write_listed(struct row *row, void *context, uint64_t at)
{
	const struct listing *listing = context;

	write_entry(row, listing->index, cJSON_GetArrayItem(listing->entries, (int)at), (unsigned)at);
}

/* The user as entries name it: an address, or SELF. */
static bool
find_user(struct call *call, char user[ADDRESS_MAX])
{
	const char *identity = parameter_string(call, "User");
	struct recipient recipient;

	if (strcasecmp(identity, SELF) == 0 || strcasecmp(identity, "SELF") == 0) {
		snprintf(user, ADDRESS_MAX, "%s", SELF);
		return true;
	}
	if (!recipient_find(identity, &recipient)) {
		call_fail_missing(call, identity);
		return false;
	}
	recipient_address(&recipient, user);
	return true;
}

void
run_get_permission(struct call *call)
{
	struct listing listing = { 0 };
	const struct source source = { next_entry, write_listed, &listing };
	cJSON *entries;
	bool made;

	if (!mailbox_find(call, parameter_string(call, "Identity"), &listing.index) ||
	    (parameter_string(call, "User") != NULL && !find_user(call, listing.user)))
		return;
	if (parameter_true(call, "Owner"))
		snprintf(listing.user, sizeof(listing.user), "%s", SELF);
	entries = entries_of(listing.index, &made);
	listing.entries = entries;
	page_walk(call, &source);
	if (made)
		cJSON_Delete(entries);
}

/* The same entries in the form of the entity: a list of permissions for each user. */
static void
write_native(struct row *row, void *context, uint64_t at)
{
	const struct listing *listing = context;
	const cJSON *entry = cJSON_GetArrayItem(listing->entries, (int)at);
	const char *user = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "User"));
	cJSON *list = cJSON_CreateArray(), *one = cJSON_Duplicate(entry, true);

	cJSON_DeleteItemFromObjectCaseSensitive(one, "User");
	cJSON_AddBoolToObject(one, "IsInherited", false);
	cJSON_AddItemToArray(list, one);
	row_string(row, KEY("User"), user);
	row_bool(row, KEY("IsOwner"), user != NULL && strcmp(user, SELF) == 0);
	row_json(row, KEY("PermissionList"), list);
	cJSON_Delete(list);
}

void
run_native_permission(struct call *call)
{
	struct listing listing = { 0 };
	const struct source source = { next_entry, write_native, &listing };
	cJSON *entries;
	bool made;

	if (!mailbox_find(call, parameter_string(call, "Identity"), &listing.index))
		return;
	entries = entries_of(listing.index, &made);
	listing.entries = entries;
	page_walk(call, &source);
	if (made)
		cJSON_Delete(entries);
}

const struct parameter add_permission_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "User", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "AccessRights", PARAMETER_ENUMS, PARAMETER_MUST, rights },
	{ "InheritanceType", PARAMETER_ENUM, 0, inheritance },
	{ "AutoMapping", PARAMETER_BOOL, 0, NULL },
	{ "Deny", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

const struct parameter remove_permission_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "User", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "AccessRights", PARAMETER_ENUMS, PARAMETER_MUST, rights },
	{ "InheritanceType", PARAMETER_ENUM, 0, inheritance },
	{ "Deny", PARAMETER_SWITCH, 0, NULL },
	{ "BypassMasterAccountSid", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

/* The rights asked for as one flag enum: "FullAccess, ReadPermission". */
static void
join_rights(const struct call *call, char *joined, size_t size)
{
	const cJSON *right;

	joined[0] = '\0';
	cJSON_ArrayForEach(right, parameter_value(call, "AccessRights")) {
		size_t used = strlen(joined);

		snprintf(joined + used, size - used, "%s%s", used != 0 ? ", " : "", right->valuestring);
	}
}

static int
place_of(const cJSON *entries, const char *user, const char *joined, bool deny)
{
	const cJSON *entry;
	int place = 0;

	cJSON_ArrayForEach(entry, entries) {
		const cJSON *access = cJSON_GetObjectItemCaseSensitive(entry, "AccessRights");
		const char *held = cJSON_GetStringValue(cJSON_GetArrayItem(access, 0));
		const char *who = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "User"));
		bool denies = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "Deny"));

		if (who != NULL && held != NULL && strcasecmp(who, user) == 0 &&
		    strcmp(held, joined) == 0 && denies == deny)
			return place;
		place++;
	}
	return -1;
}

void
run_add_permission(struct call *call)
{
	const char *identity = parameter_string(call, "Identity");
	const char *inherits = parameter_string(call, "InheritanceType");
	char user[ADDRESS_MAX], joined[256];
	bool deny = parameter_true(call, "Deny"), made;
	cJSON *entries;
	struct row row;
	uint64_t index;
	int place;

	if (!mailbox_find(call, identity, &index) || !find_user(call, user))
		return;
	join_rights(call, joined, sizeof(joined));
	entries = entries_of(index, &made);
	place = place_of(entries, user, joined, deny);
	if (place < 0) {
		place = cJSON_GetArraySize(entries);
		cJSON_AddItemToArray(
			entries, make_entry(user, joined, inherits != NULL ? inherits : "All", deny));
	} else {
		call_warn(call,
		          "The appropriate access control entry is already present on the object "
		          "\"%s\" for account \"%s\".",
		          identity, user);
	}
	store_put(STORE_PERMISSION, index, entries);
	call_row(call, &row);
	write_entry(&row, index, cJSON_GetArrayItem(entries, place), (unsigned)place);
	call_row_end(call, &row);
}

void
run_remove_permission(struct call *call)
{
	const char *identity = parameter_string(call, "Identity");
	char user[ADDRESS_MAX], joined[256];
	cJSON *entries;
	uint64_t index;
	bool made;
	int place;

	if (!mailbox_find(call, identity, &index) || !find_user(call, user))
		return;
	join_rights(call, joined, sizeof(joined));
	entries = entries_of(index, &made);
	place = place_of(entries, user, joined, parameter_true(call, "Deny"));
	if (place >= 0)
		cJSON_DeleteItemFromArray(entries, place);
	else
		call_warn(call,
		          "Can't remove the access control entry on the object \"%s\" for account "
		          "\"%s\" because the entry isn't present.",
		          identity, user);
	store_put(STORE_PERMISSION, index, entries);
}
