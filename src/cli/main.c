/* Set up, dispatch, exit status; nothing else. */
#include "base/error.h"
#include "cli/environment.h"
#include "cli/exit_codes.h"
#include "cli/harden.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/logger.h"
#include "cli/report.h"
#include "cli/show.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <unistd.h>

enum { HELP_MAX = 256 * 1024, HEAP_SPARE = 2 * 1024 * 1024 };

static bool
cancelled(void *self)
{
	(void)self;
	return interrupt_met();
}

/*
 * A descriptor 0, 1 or 2 that is closed would become the next file that is opened, and be written to. It is opened the
 * wrong way round, so that reading and writing still fail: rows that nobody gets are no success.
 */
static void
keep_standard_descriptors(void)
{
	static const int modes[] = {
		[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDWR};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return;
}

/*
 * Each page of a list takes and frees the same few hundred kilobytes; the kernel need not empty them anew each time. The few
 * threads that wait for a device do with one heap.
 */
static void
keep_heap(void)
{
#ifdef M_TRIM_THRESHOLD
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_TRIM_THRESHOLD, HEAP_SPARE);
	(void)mallopt(M_MMAP_THRESHOLD, HEAP_SPARE);
#endif
}

static exs_status
show_help(const given *g, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(HELP_MAX);

	if (g->command != NULL)
		help_command(g->command, &text);
	else if (g->group[0] != '\0')
		help_group(g->group, &text);
	else
		help_all(&text);
	return show_text(buf_span(&text), error);
}

/* An expression that compares or counts with it would be misled. */
static void
warn_of_inexact(const char *name)
{
	EXS_SCOPED(buf) text = BUF(512);

	if (name == NULL)
		return;
	buf_addf(&text, "--jq was given a number as text, because jq would have changed its digits: %s", name);
	logger_warn(buf_text(&text));
}

static exs_status
run_command(const given *g, int *ret_code, exs_error *error)
{
	EXS_SCOPED(invocation) inv = {.given = g};
	const exs_hooks hooks = {
		.size = sizeof hooks, .log = logger_event, .cancelled = cancelled};

	if ((g->command->bits & COMMAND_SECRETS) != 0)
		harden();
	EXS_TRY(exs_context_new(&hooks, &inv.context, error));
	if (has(g, OPT_JQ))
		EXS_TRY(jq_filter_new(g->values[OPT_JQ], &inv.jq, error));
	EXS_TRY(g->command->run(&inv, error));
	if (inv.jq != NULL)
		warn_of_inexact(jq_filter_inexact(inv.jq));
	*ret_code = inv.answer;
	return EXS_OK;
}

static exs_status
dispatch(given *g, int *ret_code, exs_error *error)
{
	exs_status status;

	if (has(g, OPT_HELP))
		return show_help(g, error);
	if (has(g, OPT_VERSION))
		g->command = command_find("version", NULL);
	if (g->command == NULL) {
		status = exs_fail(error, E_USAGE, "no command is given");
		error_fix(error, "exosign --help; to try it: exosign sandbox up");
		return status;
	}
	return run_command(g, ret_code, error);
}

/* How the program ends. */
typedef struct ending {
	int  code;    /* of success */
	bool json;    /* errors are objects */
	int  instead; /* of failure, whatever it is; 0: the error's own */
} ending;

/* Columns are counted in characters' widths, which take a locale; its 128 KiB are for those who will see any. */
static void
learn_widths(const given *g)
{
	const char *output = g->values[OPT_OUTPUT];
	bool        for_people = output != NULL && (strcmp(output, "table") == 0 ||
                                                    strcmp(output, "list") == 0);

	if (for_people || environment_is_terminal(1) || environment_is_terminal(2))
		(void)setlocale(LC_CTYPE, "C.UTF-8");
}

static exs_status
parse_and_run(int argc, char **argv, ending *ret, exs_error *error)
{
	char **words = mem_new((size_t)argc + 1, sizeof *words);
	given  g = {0};
	exs_status status;

	if (words == NULL)
		return mem_fail(error);
	status = options_parse(argc, argv, environment_variable, words, &g, error);
	ret->json = show_is_json(&g);
	if (g.command != NULL && (g.command->bits & COMMAND_ANSWERS) != 0)
		ret->instead = EXIT_UNKNOWN;
	if (status == EXS_OK) {
		logger_set(has(&g, OPT_QUIET) ? -1 : (int)g.counts[OPT_VERBOSE],
		           g.values[OPT_LOG_FORMAT] != NULL &&
		                   strcmp(g.values[OPT_LOG_FORMAT], "json") == 0);
		learn_widths(&g);
		if (!has(&g, OPT_VERBOSE))
			environment_quiet_libraries();
		status = dispatch(&g, &ret->code, error);
	}
	mem_free(words);
	return status;
}

int
main(int argc, char **argv)
{
	exs_error *error = exs_error_new();
	ending     end = {.code = EXS_OK};

	keep_heap();
	keep_standard_descriptors();
	interrupt_install();
	if (error == NULL)
		return EXS_INTERNAL;
	if (parse_and_run(argc, argv, &end, error) != EXS_OK)
		end.code = report(error, end.json, end.instead);
	exs_error_free(error);
	return end.code;
}
