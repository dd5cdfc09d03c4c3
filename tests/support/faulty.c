/* The faulty module for tests. */
#include "support/faulty.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char script_path[400], log_path[400];

void
faulty_use(const softhsm *hsm)
{
	snprintf(script_path, sizeof script_path, "%s/script", hsm->store);
	snprintf(log_path, sizeof log_path, "%s/calls", hsm->store);
	setenv("EXS_FAULTY_SCRIPT", script_path, 1);
	setenv("EXS_FAULTY_LOG", log_path, 1);
	faulty_script("");
	faulty_forget();
}

/* Replaced whole, so that no half of a script is read and its time changes. */
void
faulty_script(const char *script)
{
	char  beside[420];
	FILE *file;

	snprintf(beside, sizeof beside, "%s.new", script_path);
	file = fopen(beside, "w");
	if (file == NULL || fputs(script, file) < 0 || fclose(file) != 0 ||
	    rename(beside, script_path) < 0)
		fail_msg("cannot write %s", script_path);
}

unsigned
faulty_calls(const char *function)
{
	char     line[64];
	unsigned calls = 0;
	FILE    *file = fopen(log_path, "r");

	while (file != NULL && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		calls += strcmp(line, function) == 0;
	}
	if (file != NULL)
		fclose(file);
	return calls;
}

void
faulty_forget(void)
{
	if (truncate(log_path, 0) < 0 && access(log_path, F_OK) == 0)
		fail_msg("cannot empty %s", log_path);
}

int
faulty_quiet(void **state)
{
	(void)state;
	faulty_script("");
	faulty_forget();
	test_log_clear();
	test_cancel(false);
	return 0;
}

const char *
faulty_uri(softhsm *hsm, const char *attributes)
{
	char        module[400];
	const char *build = getenv("EXS_BUILD_DIR");

	snprintf(module, sizeof module, "%s/tests/faulty_module.so", build == NULL ? "." : build);
	return softhsm_uri_of(hsm, attributes, module);
}
