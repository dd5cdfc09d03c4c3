/*
 * A configuration file changed by the program: settings of one profile, every other line byte for byte as it was.
 */
#ifndef CONFIG_EDIT_H
#define CONFIG_EDIT_H

#include "config/schema.h"

typedef struct config_change {
	setting_id  id;
	const char *value; /* NULL: the setting goes away */
} config_change;

/*
 * The text with these settings in [profile "NAME"], appended to `to`: changed where they stand, else added behind the profile's last
 * line, or as a section at the end when there is none. alone: other settings of the profile go; comments stay in either case.
 * The text must be one that is understood (ini.h).
 */
EXS_MUST_USE exs_status config_edit(span text, const char *profile, const config_change *changes, size_t n,
                                    bool alone, buf *to, exs_error *error);

/*
 * The same for a file, which is made when it is missing (0600, its directory 0700), one writer at a time, replaced whole. A
 * symbolic link is followed, not replaced.
 */
EXS_MUST_USE exs_status config_edit_file(const char *path, const char *profile, const config_change *changes,
                                         size_t n, bool alone, exs_error *error);

#endif
