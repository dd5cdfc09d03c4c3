/* What the tenant demands of apps' certificates. */
#include "graph/policy.h"

#include "api/plain.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "base/moment.h"

#include <stdio.h>

enum { PATH_LENGTH_MAX = 1024, DAY_S = 86400 };

/* One number and its unit; 0 when the unit is none of this part. */
static int64_t
unit_seconds(char unit, bool of_time)
{
	switch (unit) {
	case 'Y':
		return of_time ? 0 : 365 * (int64_t)DAY_S;
	case 'M':
		return of_time ? 60 : 30 * (int64_t)DAY_S;
	case 'W':
		return of_time ? 0 : 7 * (int64_t)DAY_S;
	case 'D':
		return of_time ? 0 : DAY_S;
	case 'H':
		return of_time ? 3600 : 0;
	case 'S':
		return of_time ? 1 : 0;
	default:
		return 0;
	}
}

bool
policy_duration(span text, int64_t *ret_seconds)
{
	int64_t sum = 0, number = 0;
	bool    of_time = false, has_digits = false, has_any = false;

	if (text.len < 3 || text.at[0] != 'P')
		return false;
	for (size_t i = 1; i < text.len; i++) {
		char c = text.at[i];

		if (c >= '0' && c <= '9') {
			number = number * 10 + (c - '0');
			has_digits = true;
			if (number > 1000000)
				return false;
			continue;
		}
		if (c == 'T' && !of_time && !has_digits) {
			of_time = true;
			continue;
		}
		if (!has_digits || unit_seconds(c, of_time) == 0)
			return false;
		sum += number * unit_seconds(c, of_time);
		number = 0;
		has_digits = false;
		has_any = true;
	}
	*ret_seconds = sum;
	return has_any && !has_digits;
}

static bool
text_is(span object, const char *member, const char *word)
{
	EXS_SCOPED(buf) text = BUF(1024);

	graph_text(&text, object, member);
	return span_is_nocase(buf_span(&text), word);
}

/* A restriction counts when it is switched on and the app was made after it began to. */
static bool
applies(span restriction, int64_t created)
{
	EXS_SCOPED(buf) since = BUF(128);
	int64_t         from = 0;

	if (text_is(restriction, "state", "disabled"))
		return false;
	graph_text(&since, restriction, "restrictForAppsCreatedAfterDateTime");
	return created == 0 || !moment_parse(buf_span(&since), &from) || created >= from;
}

static void
take_lifetime(policy *p, span restriction, const char *from)
{
	EXS_SCOPED(buf) text = BUF(128);
	int64_t         seconds = 0;

	graph_text(&text, restriction, "maxLifetime");
	if (!policy_duration(buf_span(&text), &seconds) ||
	    (p->lifetime_s > 0 && p->lifetime_s <= seconds))
		return;
	p->lifetime_s = seconds;
	(void)snprintf(p->from, sizeof p->from, "%s", from);
}

static void
take_other(policy *p, span restriction)
{
	EXS_SCOPED(buf) type = BUF(128);
	size_t          used = strlen(p->others);

	graph_text(&type, restriction, "restrictionType");
	if (used > 0 && used + 2 < sizeof p->others) {
		memcpy(p->others + used, ", ", 3);
		used += 2;
	}
	plain_copy(p->others + used, sizeof p->others - used, buf_span(&type));
}

void
policy_take(policy *p, span object, const char *member, int64_t created, const char *from)
{
	span          restrictions = jsontext_member(object, member), list, name, value;
	jsontext_walk walk;

	if (restrictions.at == NULL || jsontext_kind_of(restrictions) != JSONTEXT_OBJECT)
		return;
	list = jsontext_member(restrictions, "keyCredentials");
	if (list.at == NULL || jsontext_kind_of(list) != JSONTEXT_ARRAY)
		return;
	walk = jsontext_open(list);
	while (jsontext_next(&walk, &name, &value)) {
		if (jsontext_kind_of(value) != JSONTEXT_OBJECT || !applies(value, created))
			continue;
		if (text_is(value, "restrictionType", "asymmetricKeyLifetime"))
			take_lifetime(p, value, from);
		else
			take_other(p, value);
	}
}

/* Is it switched on as a whole? */
static bool
is_enabled(span object)
{
	span value = jsontext_member(object, "isEnabled");

	return value.at != NULL && jsontext_kind_of(value) == JSONTEXT_TRUE;
}

typedef struct reading {
	policy *policy;
	int64_t created;
	bool    has_own;
} reading;

static exs_status
see_own(void *self, span row, exs_error *error)
{
	reading *r = self;

	(void)error;
	if (jsontext_kind_of(row) != JSONTEXT_OBJECT || !is_enabled(row))
		return EXS_OK;
	r->has_own = true;
	policy_take(r->policy, row, "restrictions", r->created, "a policy of the app");
	return EXS_OK;
}

/* Who may not read policies goes on without; anything else is an error. */
static bool
is_not_allowed(const exs_error *cause)
{
	return error_is(cause, E_GRAPH_FORBIDDEN) || error_is(cause, E_GRAPH_NOT_FOUND) ||
	       error_is(cause, E_GRAPH_REFUSED) || error_is(cause, E_ANSWER);
}

static exs_status
read_both(graph *g, const application *a, reading *r, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(SMALL_MAX);
	char            path[PATH_LENGTH_MAX];
	span            object;

	if (a != NULL) {
		(void)snprintf(path, sizeof path, "/v1.0/applications/%s/appManagementPolicies", a->object_id);
		EXS_TRY(graph_list(g, "read the app's policies", path, see_own, r, error));
	}
	if (r->has_own) /* it stands instead of the tenant's */
		return EXS_OK;
	EXS_TRY(graph_get(g, "read the tenant's policy for apps", "/v1.0/policies/defaultAppManagementPolicy",
	                  &text, error));
	object = span_trim(buf_span(&text));
	if (object.len > 0 && jsontext_kind_of(object) == JSONTEXT_OBJECT && is_enabled(object))
		policy_take(r->policy, object, "applicationRestrictions", r->created, "the tenant's policy");
	return EXS_OK;
}

exs_status
policy_read(graph *g, const application *a, policy *ret, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_SCOPED(buf) created = BUF(128);
	policy     p = {.known = true};
	reading    r = {.policy = &p};
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	if (a != NULL) {
		graph_text(&created, application_span(a), "createdDateTime");
		if (!moment_parse(buf_span(&created), &r.created))
			r.created = 0;
	}
	status = read_both(g, a, &r, cause);
	if (status != EXS_OK && !is_not_allowed(cause)) {
		error_copy(error, cause);
		return status;
	}
	p.known = status == EXS_OK;
	*ret = p;
	return EXS_OK;
}
