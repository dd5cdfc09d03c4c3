/*
 * The -Filter of a cmdlet: Property -eq 'value', joined with -and, -or, -not and brackets.
 *
 * A filter looks at a row's properties as they would be sent, so whatever a row shows can be filtered
 * on. Operators: -eq -ne -like -notlike -gt -ge -lt -le; -like takes * anywhere; texts are compared in
 * any case, dates and numbers as such; a list matches when one of its values does.
 */
#ifndef SANDBOX_EXCHANGE_FILTER_H
#define SANDBOX_EXCHANGE_FILTER_H

#include "exchange_row.h"

struct call;
struct filter;

/* The caller's; NULL when the text is no filter, and the call has failed then. */
struct filter *filter_parse(struct call *call, const char *text);
void filter_free(struct filter *filter); /* takes NULL */

/* The properties it looks at. */
const struct selection *filter_selection(const struct filter *filter);

/* A property the object does not have fails the call. */
bool filter_matches(struct call *call, const struct filter *filter, const cJSON *object);

/* Does text match a pattern with *, in any case? */
bool text_is_like(const char *text, const char *pattern);

#endif
