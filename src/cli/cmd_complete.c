/*
 * exosign complete WORDS...: cmdlets and parameters for a shell that completes, a line each; the last word is the one that is being
 * typed. From the kept list alone: no device, no network, no complaint.
 */
#include "base/error.h"
#include "cli/discovery.h"
#include "cli/owned.h"
#include "cli/show.h"

enum { CANDIDATES_MAX = 4 * 1024 * 1024 };

/* The command line as far as it matters. */
typedef struct typed {
	const char *profile, *config;
	const char *cmdlet; /* behind run; NULL: none yet */
	bool        runs;
} typed;

/* --name VALUE or --name=VALUE; true when the word was one of them. */
static bool
take_option(const char *name, char **words, size_t n, size_t *at, const char **ret)
{
	size_t len = strlen(name);

	if (strncmp(words[*at], name, len) != 0)
		return false;
	if (words[*at][len] == '=')
		*ret = words[*at] + len + 1;
	else if (words[*at][len] == '\0' && *at + 1 < n)
		*ret = words[++*at];
	else
		return false;
	return true;
}

static void
read_words(char **words, size_t n, typed *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (take_option("--profile", words, n, &i, &ret->profile) ||
		    take_option("--config", words, n, &i, &ret->config) || words[i][0] == '-')
			continue;
		if (!ret->runs)
			ret->runs = strcmp(words[i], "run") == 0 || strcmp(words[i], "cmdlets") == 0;
		else if (ret->cmdlet == NULL && strchr(words[i], '-') != NULL)
			ret->cmdlet = words[i];
	}
}

static bool
begins(const char *name, span with)
{
	return strlen(name) >= with.len && span_same_nocase(span_from(name, with.len), with);
}

static void
add_cmdlets(const exs_cmdlets *cmdlets, span begun, buf *to)
{
	exs_cmdlet cmdlet;

	for (size_t i = 0; exs_cmdlets_at(cmdlets, i, &cmdlet); i++)
		if (begins(cmdlet.name, begun))
			buf_addf(to, "%s\n", cmdlet.name);
}

static void
add_parameters(const exs_cmdlets *cmdlets, const char *name, span begun, buf *to)
{
	exs_cmdlet           cmdlet;
	exs_cmdlet_parameter p;

	if (!exs_cmdlets_find(cmdlets, name, &cmdlet))
		return;
	for (size_t i = 0; exs_cmdlet_parameter_at(cmdlets, &cmdlet, i, &p); i++)
		if (begins(p.name, begun))
			buf_addf(to, "-%s\n", p.name);
}

/* Settings as the words name them; whatever is wrong with them, there is just nothing to offer. */
static void
find_list(invocation *inv, const typed *t, exs_cmdlets **ret)
{
	const given *before = inv->given;
	given        g = *before;

	if (t->profile != NULL)
		g.values[OPT_PROFILE] = t->profile;
	if (t->config != NULL)
		g.values[OPT_CONFIG] = t->config;
	inv->given = &g;
	if (discovery_kept(inv, ret, NULL) != EXS_OK)
		*ret = NULL;
	inv->given = before;
}

exs_status
run_complete(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_cmdlets) *cmdlets = NULL;
	EXS_SCOPED(buf) candidates = BUF(CANDIDATES_MAX);
	const given *g = inv->given;
	span         current = span_of(g->words[g->n_words - 1]);
	typed        t = {.runs = false};

	read_words(g->words, g->n_words - 1, &t);
	if (t.runs)
		find_list(inv, &t, &cmdlets);
	if (cmdlets == NULL)
		return EXS_OK;
	if (t.cmdlet == NULL)
		add_cmdlets(cmdlets, current, &candidates);
	else if (current.len > 0 && current.at[0] == '-')
		add_parameters(cmdlets, t.cmdlet, span_from(current.at + 1, current.len - 1), &candidates);
	return show_text(buf_span(&candidates), error);
}
