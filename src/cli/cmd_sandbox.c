/* exosign sandbox: the same words to exosign-sandbox, found beside this program or among its helpers. */
#include "base/error.h"
#include "cli/interrupt.h"
#include "cli/show.h"

#include <errno.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static exs_status
beside_us(buf *path, exs_error *error)
{
	char    self[PATH_ROOM];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self);
	span    whole;

	buf_clear(path);
	if (n <= 0 || (size_t)n == sizeof self)
		return EXS_OK;
	whole = span_from(self, (size_t)n);
	while (whole.len > 0 && whole.at[whole.len - 1] != '/')
		whole.len--;
	buf_add(path, whole);
	buf_puts(path, "exosign-sandbox");
	return buf_check(path, "a path", error);
}

exs_status
run_sandbox(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	char       **argv = mem_new(g->n_words + 2, sizeof *argv);
	char         name[] = "exosign-sandbox";
	char         reason[128];
	EXS_SCOPED(buf) path = BUF(PATH_ROOM);
	exs_status   status;
	int          number;

	if (argv == NULL)
		return mem_fail(error);
	argv[0] = name;
	for (size_t i = 0; i < g->n_words; i++)
		argv[i + 1] = g->words[i];
	status = beside_us(&path, error);
	if (status == EXS_OK) {
		interrupt_release();
		(void)execv(buf_text(&path), argv);
		(void)execv(EXS_LIBEXECDIR "/exosign/exosign-sandbox", argv);
		number = errno;
		status = exs_fail(error, E_SANDBOX, "exosign-sandbox cannot be started: %s",
		                  strerror_r(number, reason, sizeof reason));
		error_why(error, "looked for %s and %s", buf_text(&path),
		          EXS_LIBEXECDIR "/exosign/exosign-sandbox");
		error_fix(error, "install it: it is part of exosign");
	}
	mem_free(argv);
	return status;
}
