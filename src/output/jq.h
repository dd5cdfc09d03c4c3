/*
 * --jq EXPR: what an expression of the jq language makes of each row.
 *
 * Rows go through one at a time, so memory is that of one row and its results. libjq counts in doubles: numbers that would
 * change their digits are given to it as text (exact.h), and the first of them is named by jq_filter_inexact().
 */
#ifndef OUTPUT_JQ_H
#define OUTPUT_JQ_H

#include "base/buf.h"

typedef struct jq_filter jq_filter;

/* E_JQ when the expression is none, E_JQ_LIBRARY without libjq. */
EXS_MUST_USE exs_status jq_filter_new(const char *expression, jq_filter **ret, exs_error *error);
void jq_filter_free(jq_filter *filter);
EXS_DEFINE_AUTO(jq_filter)

typedef struct jq_taker {
	void *self;
	/* One result as compact JSON. */
	exs_status (*take)(void *self, span value, exs_error *error);
} jq_taker;

/* number: of the row, from 1, for errors. E_JQ_ROW when the expression fails at it. */
EXS_MUST_USE exs_status jq_filter_row(jq_filter *filter, span row, uint64_t number,
                                      const jq_taker *taker, exs_error *error);

/* The member whose number was given as text first; NULL when there was none. */
const char *jq_filter_inexact(const jq_filter *filter);

#endif
