/*
 * Distribution groups and their members.
 *
 * Groups are few and people change them, so they are kept whole: settings and, under "Members", a number
 * for each member: a mailbox's index, or minus a group's number.
 */
#ifndef SANDBOX_EXCHANGE_GROUP_H
#define SANDBOX_EXCHANGE_GROUP_H

#include "exchange_recipient.h"
#include "exchange_settings.h"

extern const struct setting group_settings[];

/* Makes the groups the tenant begins with. Once, when the generator has started. */
void group_start(void);

/* By name, alias, display name, address or GUID. */
bool group_find(const char *identity, uint64_t *ret_id);

/* A property that is a text; "" when the group has none. */
const char *group_text(uint64_t id, const char *property);

void group_write_addresses(struct row *row, uint64_t id);

/* The group that Identity names, or NULL and the call has failed. */
cJSON *group_of_call(struct call *call, uint64_t *ret_id);

/* Members as numbers. */
double member_number(const struct recipient *recipient);
struct recipient member_recipient(double number);
int member_place(const cJSON *group, const struct recipient *recipient); /* -1: is none */

extern const struct parameter get_group_parameters[], new_group_parameters[],
	set_group_parameters[], remove_group_parameters[], get_member_parameters[],
	edit_member_parameters[];
void run_get_group(struct call *call);
void run_new_group(struct call *call);
void run_set_group(struct call *call);
void run_remove_group(struct call *call);
void run_get_member(struct call *call);
void run_get_dynamic_member(struct call *call);
void run_add_member(struct call *call);
void run_remove_member(struct call *call);

#endif
