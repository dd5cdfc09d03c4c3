/*
 * The names of a large company: people in five scripts, teams, rooms and things.
 */
#ifndef SANDBOX_EXCHANGE_NAMES_H
#define SANDBOX_EXCHANGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct name {
	const char *ascii; /* as it stands in an address: lower-case letters */
	const char *shown;
};

/* People of one script; every given name goes with every family name. */
struct name_script {
	const struct name *given, *family;
	size_t             n_given, n_family;
	bool               family_first; /* written family name first, without a space */
};

extern const struct name_script name_scripts[];
extern const size_t name_script_count;

/* What a person's display name can be dressed with: what spreadsheets and terminals stumble over. */
struct name_dress {
	unsigned    every, at; /* worn by mailbox i when i % every == at */
	const char *before, *between, *after;
	bool        family_first;
};

extern const struct name_dress name_dresses[];
extern const size_t name_dress_count;

extern const struct name name_teams[], name_rooms[], name_things[];
enum { NAME_TEAMS = 12, NAME_ROOMS = 10, NAME_THINGS = 6 };

#endif
