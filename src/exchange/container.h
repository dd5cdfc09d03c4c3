/*
 * The brackets of PowerShell values: lists, @( ), @{ } and ( ).
 */
#ifndef EXCHANGE_CONTAINER_H
#define EXCHANGE_CONTAINER_H

#include "exchange/literal.h"

/* a or a,b: one value as it is, several as an array. */
EXS_MUST_USE exs_status container_list(literal *l, literal_place place, buf *to, exs_error *error);

/* The reader stands on the opening bracket, and behind the closing one afterwards. */
EXS_MUST_USE exs_status container_array(literal *l, buf *to, exs_error *error);
EXS_MUST_USE exs_status container_table(literal *l, buf *to, exs_error *error);
EXS_MUST_USE exs_status container_group(literal *l, buf *to, exs_error *error);

#endif
