/*
 * From the JSON of one parameter to a value of its type.
 */
#ifndef SANDBOX_EXCHANGE_VALUES_H
#define SANDBOX_EXCHANGE_VALUES_H

#include <cjson/cJSON.h>

#include "exchange_parameters.h"

enum { VALUE_WHY_MAX = 1024 };

/*
 * The bound value, which belongs to the caller, or NULL with the reason in why. collection_type is what the
 * sibling "Name@odata.type" said, or NULL. cut_enums: an enum cut short becomes the member it begins
 * (a write stores it); otherwise it stays as sent (and finds nothing).
 *
 * Bound forms: STRINGS and ENUMS are arrays; DELTA is an array, null (clear) or {"Add":[],"Remove":[]};
 * DATE a string with seven digits and Z; SIZE a string as a row shows it; RESULT_SIZE a number, -1 for Unlimited; BYTES an array of
 * numbers; TABLE and TABLES lose their type tags.
 */
cJSON *value_bind(const struct parameter *parameter, const cJSON *value, const char *collection_type,
                  bool cut_enums, char why[VALUE_WHY_MAX]);

#endif
