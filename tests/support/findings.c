/* Findings of exs_check_walk(), kept. */
#include "support/findings.h"

#include <stdio.h>

static exs_status
keep(void *self, const exs_check_finding *f, exs_error *error)
{
	findings *all = self;
	finding  *to = &all->at[all->n];

	(void)error;
	assert_true(all->n < FINDINGS_MAX);
	all->n++;
	to->area = f->area;
	to->verdict = f->verdict;
	to->status = f->status;
	snprintf(to->name, sizeof to->name, "%s", f->name);
	snprintf(to->value, sizeof to->value, "%s", f->value);
	snprintf(to->why, sizeof to->why, "%s", f->why);
	snprintf(to->fix, sizeof to->fix, "%s", f->fix);
	return EXS_OK;
}

exs_check_options
findings_options(softhsm *hsm, const char *uri, pin_giver *giver)
{
	if (giver->pin == NULL)
		giver->pin = hsm->pin;
	return (exs_check_options){
		.size = sizeof(exs_check_options),
		.access = {.size = sizeof(exs_token_access),
	                   .uri = uri,
	                   .pin = pin_giver_source(giver, false),
	                   .state_directory = hsm->state,
	                   .deadline_ms = 20000},
		.without_speed = true,
	};
}

exs_status
findings_make(findings *all, const exs_check_options *options, exs_error *error)
{
	*all = (findings){.n = 0};
	return exs_check_walk(test_context(), options, keep, all, error);
}

const finding *
findings_find(const findings *all, exs_check_area area, const char *name)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->at[i].area == area && strcmp(all->at[i].name, name) == 0)
			return &all->at[i];
	return NULL;
}

const finding *
findings_expect(const findings *all, exs_check_area area, const char *name, exs_check_verdict verdict,
                const char *file, int line)
{
	const finding *found = findings_find(all, area, name);

	if (found == NULL) {
		print_error("no finding %s: %s\n", exs_check_area_name(area), name);
		_fail(file, line);
	} else if (found->verdict != verdict) {
		print_error("%s: %s is %s (%s; %s), not %s\n", exs_check_area_name(area), name,
		            exs_check_verdict_name(found->verdict), found->value, found->why,
		            exs_check_verdict_name(verdict));
		_fail(file, line);
	}
	return found;
}

unsigned
findings_count(const findings *all, exs_check_verdict verdict)
{
	unsigned n = 0;

	for (unsigned i = 0; i < all->n; i++)
		n += all->at[i].verdict == verdict;
	return n;
}
