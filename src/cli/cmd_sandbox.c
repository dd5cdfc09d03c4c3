/* exosign sandbox: the same words to exosign-sandbox, found beside this program or among its helpers. */
#include "base/error.h"
#include "cli/interrupt.h"
#include "cli/show.h"

#include <errno.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

/* The program is looked for from where we stand, so that a tree that was moved or is not installed yet works too. */
static const char *const places[] = {"exosign-sandbox",
                                     EXS_LIBEXEC_FROM_BIN "/exosign/exosign-sandbox"};

static exs_status
our_directory(buf *path, exs_error *error)
{
	char    self[PATH_ROOM];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self);
	span    whole = span_from(self, n <= 0 || (size_t)n == sizeof self ? 0 : (size_t)n);

	while (whole.len > 0 && whole.at[whole.len - 1] != '/')
		whole.len--;
	buf_add(path, whole);
	return buf_check(path, "a path", error);
}

/* Returns only when there is nothing to start. */
static exs_status
start(char **argv, exs_error *error)
{
	EXS_SCOPED(buf) directory = BUF(PATH_ROOM);
	EXS_SCOPED(buf) path = BUF(2 * PATH_ROOM);
	char       reason[128];
	int        number = ENOENT;
	exs_status status;

	EXS_TRY(our_directory(&directory, error));
	interrupt_release();
	for (size_t i = 0; i < sizeof places / sizeof places[0] && number == ENOENT; i++) {
		buf_clear(&path);
		buf_addf(&path, "%s%s", buf_text(&directory), places[i]);
		(void)execv(buf_text(&path), argv);
		number = errno;
	}
	status = exs_fail(error, E_SANDBOX, "exosign-sandbox cannot be started: %s",
	                  strerror_r(number, reason, sizeof reason));
	error_why(error, "looked for %s and %s in %s", places[0], places[1], buf_text(&directory));
	error_fix(error, "install it: it is part of exosign");
	return status;
}

exs_status
run_sandbox(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	char       **argv = mem_new(g->n_words + 2, sizeof *argv);
	char         name[] = "exosign-sandbox";
	exs_status   status;

	if (argv == NULL)
		return mem_fail(error);
	argv[0] = name;
	for (size_t i = 0; i < g->n_words; i++)
		argv[i + 1] = g->words[i];
	status = start(argv, error);
	mem_free(argv);
	return status;
}
