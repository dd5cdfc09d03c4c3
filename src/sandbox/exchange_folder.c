/*
 * Get-, Add-, Set- and Remove-MailboxFolderPermission. See exchange_permission.h.
 *
 * An identity is "mailbox:\Folder"; without a folder, or with a bare backslash, it is the top of the mailbox.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_page.h"
#include "exchange_permission.h"
#include "exchange_recipient.h"
#include "exchange_store.h"

#define TOP "Top of Information Store"

static const char *const rights[] = {
	"None", "Owner", "PublishingEditor", "Editor", "PublishingAuthor", "Author", "NonEditingAuthor",
	"Reviewer", "Contributor", "AvailabilityOnly", "LimitedDetails", "CreateItems",
	"CreateSubfolders", "DeleteAllItems", "DeleteOwnedItems", "EditAllItems", "EditOwnedItems",
	"FolderContact", "FolderOwner", "FolderVisible", "ReadItems", NULL,
};

static const char *const flags[] = { "None", "Delegate", "CanViewPrivateItems", NULL };

static const char *const folders[] = {
	"Calendar", "Contacts", "Deleted Items", "Drafts", "Inbox", "Journal", "Junk Email", "Notes",
	"Outbox", "Sent Items", "Tasks", TOP, NULL,
};

struct place {
	uint64_t    index;
	const char *folder;
};

static bool
find_place(struct call *call, struct place *ret_place)
{
	const char *identity = parameter_string(call, "Identity");
	const char *colon = strstr(identity, ":\\"), *wanted = TOP;
	char mailbox[ADDRESS_MAX];

	snprintf(mailbox, sizeof(mailbox), "%.*s",
	         colon != NULL ? (int)(colon - identity) : (int)strlen(identity), identity);
	if (colon != NULL && colon[2] != '\0')
		wanted = colon + 2;
	if (!mailbox_find(call, mailbox, &ret_place->index))
		return false;
	for (size_t i = 0; folders[i] != NULL; i++) {
		if (strcasecmp(folders[i], wanted) == 0) {
			ret_place->folder = folders[i];
			return true;
		}
	}
	call_fail_missing(call, identity);
	return false;
}

static cJSON *
make_entry(const char *user, const cJSON *access)
{
	cJSON *entry = cJSON_CreateObject();

	cJSON_AddStringToObject(entry, "User", user);
	cJSON_AddItemToObject(entry, "AccessRights", cJSON_Duplicate(access, true));
	return entry;
}

static cJSON *
make_entries(const char *folder)
{
	const char *everybody = strcmp(folder, "Calendar") == 0 ? "AvailabilityOnly" : "None";
	const char *nobody = "None";
	cJSON *entries = cJSON_CreateArray();
	cJSON *access = cJSON_CreateStringArray(&everybody, 1);

	cJSON_AddItemToArray(entries, make_entry("Default", access));
	cJSON_Delete(access);
	access = cJSON_CreateStringArray(&nobody, 1);
	cJSON_AddItemToArray(entries, make_entry("Anonymous", access));
	cJSON_Delete(access);
	return entries;
}

/* A copy of the folder's entries; the caller's. */
static cJSON *
copy_entries(const struct place *place)
{
	const cJSON *kept = cJSON_GetObjectItemCaseSensitive(
		store_find(STORE_FOLDER, place->index), place->folder);

	return kept != NULL ? cJSON_Duplicate(kept, true) : make_entries(place->folder);
}

/* Takes over entries. */
static void
keep_entries(const struct place *place, cJSON *entries)
{
	cJSON *kept = store_find(STORE_FOLDER, place->index);

	if (kept == NULL) {
		kept = cJSON_CreateObject();
		store_put(STORE_FOLDER, place->index, kept);
	}
	cJSON_DeleteItemFromObjectCaseSensitive(kept, place->folder);
	cJSON_AddItemToObject(kept, place->folder, entries);
}

/* The user as entries show it: a display name, Default or Anonymous. */
static bool
find_user(struct call *call, char user[DISPLAY_MAX])
{
	const char *identity = parameter_string(call, "User");
	struct recipient recipient;

	if (strcasecmp(identity, "Default") == 0 || strcasecmp(identity, "Anonymous") == 0) {
		snprintf(user, DISPLAY_MAX, "%s",
		         strcasecmp(identity, "Default") == 0 ? "Default" : "Anonymous");
		return true;
	}
	if (!recipient_find(identity, &recipient)) {
		call_fail_missing(call, identity);
		return false;
	}
	recipient_display(&recipient, user);
	return true;
}

static int
place_of(const cJSON *entries, const char *user)
{
	const cJSON *entry;
	int place = 0;

	cJSON_ArrayForEach(entry, entries) {
		const char *who = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "User"));

		if (who != NULL && strcmp(who, user) == 0)
			return place;
		place++;
	}
	return -1;
}

struct listing {
	const struct place *place;
	const cJSON        *entries;
	char                user[DISPLAY_MAX]; /* "": anybody */
};

static bool
next_entry(struct call *call, void *context, uint64_t *at)
{
	const struct listing *listing = context;

	(void)call;
	for (; (int)*at < cJSON_GetArraySize(listing->entries); (*at)++) {
		if (listing->user[0] == '\0' ||
		    place_of(listing->entries, listing->user) == (int)*at)
			return true;
	}
	return false;
}

static void
write_entry(struct row *row, void *context, uint64_t at)
{
	const struct listing *listing = context;
	const cJSON *entry = cJSON_GetArrayItem(listing->entries, (int)at);
	struct recipient mailbox = { false, listing->place->index };
	char name[ADDRESS_MAX], identity[ADDRESS_MAX + 64];

	recipient_name(&mailbox, name);
	snprintf(identity, sizeof(identity), "%s:\\%s", name, listing->place->folder);
	row_string(row, KEY("Identity"), identity);
	row_string(row, KEY("FolderName"), listing->place->folder);
	row_json(row, KEY("User"), cJSON_GetObjectItemCaseSensitive(entry, "User"));
	row_json(row, KEY_STRINGS("AccessRights"),
	         cJSON_GetObjectItemCaseSensitive(entry, "AccessRights"));
	row_json(row, KEY_STRINGS("SharingPermissionFlags"),
	         cJSON_GetObjectItemCaseSensitive(entry, "SharingPermissionFlags"));
	row_bool(row, KEY("IsValid"), true);
}

const struct parameter get_folder_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "User", PARAMETER_STRING, 0, NULL },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

void
run_get_folder_permission(struct call *call)
{
	struct place place;
	struct listing listing = { &place, NULL, "" };
	const struct source source = { next_entry, write_entry, &listing };
	cJSON *entries;

	if (!find_place(call, &place) ||
	    (parameter_string(call, "User") != NULL && !find_user(call, listing.user)))
		return;
	entries = copy_entries(&place);
	listing.entries = entries;
	page_walk(call, &source);
	cJSON_Delete(entries);
}

/* Mailbox and folder come as two keys. */
void
run_native_folder_permission(struct call *call)
{
	char identity[ADDRESS_MAX + 128];

	snprintf(identity, sizeof(identity), "%s:%s", parameter_string(call, "Identity"),
	         parameter_string(call, "Folder"));
	cJSON_ReplaceItemInObjectCaseSensitive(call->bound, "Identity", cJSON_CreateString(identity));
	run_get_folder_permission(call);
}

const struct parameter write_folder_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "User", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "AccessRights", PARAMETER_ENUMS, PARAMETER_MUST, rights },
	{ "SharingPermissionFlags", PARAMETER_ENUMS, 0, flags },
	{ "SendNotificationToUser", PARAMETER_BOOL, 0, NULL },
	{ NULL, 0, 0, NULL },
};

const struct parameter remove_folder_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "User", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ NULL, 0, 0, NULL },
};

/* The entry the call describes; the flags stay as they were unless it says something about them. */
static cJSON *
entry_of_call(const struct call *call, const char *user, const cJSON *before)
{
	cJSON *entry = make_entry(user, parameter_value(call, "AccessRights"));
	const cJSON *sharing = parameter_value(call, "SharingPermissionFlags");

	if (sharing == NULL)
		sharing = cJSON_GetObjectItemCaseSensitive(before, "SharingPermissionFlags");
	if (sharing != NULL)
		cJSON_AddItemToObject(entry, "SharingPermissionFlags", cJSON_Duplicate(sharing, true));
	return entry;
}

void
run_add_folder_permission(struct call *call)
{
	struct place place;
	struct listing listing = { &place, NULL, "" };
	char user[DISPLAY_MAX];
	cJSON *entries;
	struct row row;

	if (!find_place(call, &place) || !find_user(call, user))
		return;
	entries = copy_entries(&place);
	if (place_of(entries, user) >= 0) {
		call_fail(call, FAILURE_ENTRY_EXISTS,
		          "An existing permission entry was found for user: %s.", user);
		cJSON_Delete(entries);
		return;
	}
	cJSON_AddItemToArray(entries, entry_of_call(call, user, NULL));
	keep_entries(&place, entries);
	listing.entries = entries;
	call_row(call, &row);
	write_entry(&row, &listing, (uint64_t)cJSON_GetArraySize(entries) - 1);
	call_row_end(call, &row);
}

/* Finds the entry of the call's user, or fails; on success entries are the caller's. */
static cJSON *
find_entry(struct call *call, const struct place *place, char user[DISPLAY_MAX], int *ret_at)
{
	cJSON *entries = copy_entries(place);

	*ret_at = place_of(entries, user);
	if (*ret_at >= 0)
		return entries;
	call_fail(call, FAILURE_ENTRY_MISSING,
	          "There is no existing permission entry found for user: %s.", user);
	cJSON_Delete(entries);
	return NULL;
}

void
run_set_folder_permission(struct call *call)
{
	struct place place;
	char user[DISPLAY_MAX];
	cJSON *entries;
	int at;

	if (!find_place(call, &place) || !find_user(call, user) ||
	    (entries = find_entry(call, &place, user, &at)) == NULL)
		return;
	cJSON_ReplaceItemInArray(entries, at,
	                         entry_of_call(call, user, cJSON_GetArrayItem(entries, at)));
	keep_entries(&place, entries);
}

void
run_remove_folder_permission(struct call *call)
{
	struct place place;
	char user[DISPLAY_MAX];
	cJSON *entries;
	int at;

	if (!find_place(call, &place) || !find_user(call, user) ||
	    (entries = find_entry(call, &place, user, &at)) == NULL)
		return;
	cJSON_DeleteItemFromArray(entries, at);
	keep_entries(&place, entries);
}
