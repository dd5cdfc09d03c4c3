/*
 * The parts of the manual pages that the tables know: a line "%NAME%" of a frame becomes mdoc(7).
 *
 * %COMMANDS% %OPTIONS% %SETTING_OPTIONS% %SETTINGS% %EXIT% %ERRORS%
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/buf.h"

EXS_MUST_USE exs_status manual_fill(span frame, buf *page, exs_error *error);

#endif
