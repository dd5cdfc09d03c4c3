/*
 * Findings of exs_check_walk(), kept, so that a test can ask for one by name.
 */
#ifndef SUPPORT_FINDINGS_H
#define SUPPORT_FINDINGS_H

#include "support/softhsm.h"

#include <exosign/check.h>

enum { FINDINGS_MAX = 200 };

typedef struct finding {
	exs_check_area    area;
	exs_check_verdict verdict;
	exs_status        status;
	char              name[100], value[400], why[400], fix[300];
} finding;

typedef struct findings {
	finding  at[FINDINGS_MAX];
	unsigned n;
} findings;

/* Options with the right PIN from `giver` and no measuring of speed. */
exs_check_options findings_options(softhsm *hsm, const char *uri, pin_giver *giver);
/* Empties `all` and checks; what exs_check_walk() returned. */
exs_status findings_make(findings *all, const exs_check_options *options, exs_error *error);

/* The finding; the test fails when there is none, or when it has another verdict. */
#define assert_finding(all, area, name, verdict)                                                   \
	findings_expect((all), (area), (name), (verdict), __FILE__, __LINE__)
const finding *findings_expect(const findings *all, exs_check_area area, const char *name,
                               exs_check_verdict verdict, const char *file, int line);
/* NULL when there is none. */
const finding *findings_find(const findings *all, exs_check_area area, const char *name);
unsigned findings_count(const findings *all, exs_check_verdict verdict);

#endif
