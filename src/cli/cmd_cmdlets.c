/* exosign cmdlets: what this identity may run, and with which parameters. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/context.h"
#include "base/moment.h"
#include "cli/discovery.h"
#include "cli/owned.h"
#include "cli/show.h"

/* What is asked for. */
typedef struct question {
	const exs_cmdlets *cmdlets;
	const char        *pattern; /* NULL: all */
	bool               parameters;
	moment_text        fetched;
} question;

static bool
is_pattern(const char *text)
{
	return strpbrk(text, "*?") != NULL;
}

static exs_status
write_cmdlet(const question *q, const exs_cmdlet *cmdlet, writer *w, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	jsonobject_init(&row);
	jsonobject_text(&row, "Cmdlet", cmdlet->name);
	if (cmdlet->parameters_known)
		jsonobject_number(&row, "Parameters", (int64_t)cmdlet->parameters);
	else
		jsonobject_text(&row, "Parameters", NULL);
	jsonobject_text(&row, "Fetched", q->fetched.at);
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

static void
add_aliases(jsonobject *row, const char *aliases)
{
	EXS_SCOPED(buf) list = BUF(4096);
	span rest = span_of(aliases);

	buf_byte(&list, '[');
	while (rest.len > 0) {
		span alias = span_cut(&rest, ',');

		buf_addf(&list, "%s\"%.*s\"", list.len > 1 ? "," : "", (int)alias.len, alias.at);
	}
	buf_byte(&list, ']');
	jsonobject_json(row, "Aliases", buf_span(&list));
}

static exs_status
write_parameter(const question *q, const exs_cmdlet *cmdlet, const exs_cmdlet_parameter *p, writer *w,
                exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	jsonobject_init(&row);
	jsonobject_text(&row, "Cmdlet", cmdlet->name);
	jsonobject_text(&row, "Parameter", p->name);
	jsonobject_text(&row, "Type", p->type[0] == '\0' ? NULL : p->type);
	jsonobject_text(&row, "Required", p->mandatory ? "yes" : p->mandatory_often ? "sometimes" : "no");
	add_aliases(&row, p->aliases);
	jsonobject_text(&row, "Fetched", q->fetched.at);
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

static exs_status
write_parameters(const question *q, const exs_cmdlet *cmdlet, writer *w, exs_error *error)
{
	exs_cmdlet_parameter p;

	for (size_t i = 0; exs_cmdlet_parameter_at(q->cmdlets, cmdlet, i, &p); i++)
		EXS_TRY(write_parameter(q, cmdlet, &p, w, error));
	return EXS_OK;
}

static exs_status
write_rows(const question *q, writer *w, exs_error *error)
{
	exs_cmdlet cmdlet;

	for (size_t i = 0; exs_cmdlets_at(q->cmdlets, i, &cmdlet); i++) {
		if (q->pattern != NULL && !exs_cmdlet_matches(cmdlet.name, q->pattern))
			continue;
		EXS_TRY((q->parameters ? write_parameters : write_cmdlet)(q, &cmdlet, w, error));
	}
	return EXS_OK;
}

static exs_status
no_such_cmdlet(const question *q, exs_error *error)
{
	const char *nearest = exs_cmdlets_nearest(q->cmdlets, q->pattern);
	exs_status  status = exs_fail(error, E_CMDLET_UNKNOWN, "this identity has no cmdlet %.100s (list of %s)",
	                              q->pattern, q->fetched.at);

	error_why(error, "no such cmdlet, or none of the identity's roles has it");
	if (nearest != NULL)
		error_fix(error, "perhaps %s was meant; exosign cmdlets --refresh asks the service anew", nearest);
	else
		error_fix(error, "exosign cmdlets '*%.100s*' searches; --refresh asks the service anew", q->pattern);
	return status;
}

/* The age goes where people look, so that nobody takes an old list for a new one. */
static void
tell_age(const invocation *inv, const exs_cmdlets *cmdlets)
{
	int64_t       age = discovery_age(inv, cmdlets);
	bool          stale = age < 0 || age >= DISCOVERY_STALE_S;
	exs_log_level level = stale ? EXS_LOG_WARNING : EXS_LOG_NOTICE;

	if (has(inv->given, OPT_QUIET))
		return;
	LOG(inv->context, level, "cmdlets", "kept list",
	    LOG_TEXT("age", age < 0 ? "from the future" : moment_print_duration(age).at),
	    LOG_TEXT("newer", "exosign cmdlets --refresh"));
}

static exs_status
show_cmdlets(const invocation *inv, question *q, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;
	exs_cmdlet cmdlet;
	bool       one = q->pattern != NULL && !is_pattern(q->pattern);

	q->fetched = moment_print(exs_cmdlets_fetched(q->cmdlets));
	if (one && !exs_cmdlets_find(q->cmdlets, q->pattern, &cmdlet))
		return no_such_cmdlet(q, error);
	q->parameters = one || has(inv->given, OPT_PARAMETERS);
	EXS_TRY(show_list(inv,
	                  one             ? "Parameter,Type,Required,Aliases"
	                  : q->parameters ? "Cmdlet,Parameter,Type,Required"
	                                  : "Cmdlet,Parameters",
	                  &w, error));
	return show_end(w, write_rows(q, w, error), error);
}

exs_status
run_cmdlets(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_cmdlets) *cmdlets = NULL;
	question q = {.pattern = inv->given->n_words == 0 ? NULL : inv->given->words[0]};

	EXS_TRY(discovery_kept(inv, &cmdlets, error));
	if (cmdlets == NULL || has(inv->given, OPT_REFRESH))
		EXS_TRY(discovery_fetch(inv, &cmdlets, error));
	else
		tell_age(inv, cmdlets);
	q.cmdlets = cmdlets;
	return show_cmdlets(inv, &q, error);
}
