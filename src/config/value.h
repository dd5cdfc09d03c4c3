/*
 * Whether a value may be what its setting wants, and the value as something to compute with.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config/schema.h"

enum { VALUE_MAX = 4096 };

/* `place` stands in front of the message: "/etc/exosign/config:12", "--tenant". Never shows a PIN or a password. */
EXS_MUST_USE exs_status value_check(setting_id id, span value, const char *place, exs_error *error);

/* For values that passed. */
bool    value_is_yes(const char *value);
int64_t value_whole(const char *value);

/*
 * The value with a relative file name made absolute below `directory`; only for kinds that hold one. Appends to `to`.
 */
void value_anchor(setting_id id, span value, const char *directory, buf *to);

/* The value fit to be shown: passwords in URLs and PINs in URIs are blotted out. */
void value_show(setting_id id, const char *value, buf *to);

#endif
