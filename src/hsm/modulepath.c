/* Whether a module file may be loaded. */
#include "hsm/modulepath.h"

#include "base/error.h"
#include "base/span.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

bool
modulepath_is_privileged(void)
{
	return geteuid() == 0 || getauxval(AT_SECURE) != 0;
}

/* In a sticky directory (/tmp) others can add files but not replace ours. */
static bool
others_may_change(const struct stat *st)
{
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return true;
	return (st->st_mode & 022) != 0 && !(S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0);
}

static exs_status
fail_changeable(const char *path, const char *place, exs_error *error)
{
	exs_status status = exs_fail(error, E_MODULE, "the module %s is not loaded with privileges", path);

	error_why(error, "users other than root may change %s", place);
	error_fix(error, "install the module where only root can write, or run without privileges");
	return status;
}

static exs_status
check_each_part(const char *path, char *real, exs_error *error)
{
	struct stat st;

	for (;;) {
		char *slash = strrchr(real, '/');

		if (stat(real[0] == '\0' ? "/" : real, &st) == 0 && others_may_change(&st))
			return fail_changeable(path, real[0] == '\0' ? "/" : real, error);
		if (slash == NULL)
			return EXS_OK;
		*slash = '\0';
	}
}

exs_status
modulepath_check(const char *path, bool privileged, exs_error *error)
{
	char       *real;
	exs_status  status;
	const char *slash = strchr(path, '/');

	if (slash == NULL)
		return EXS_OK;
	if (path[0] != '/') {
		status = exs_fail(error, E_MODULE, "the module path %s is not absolute", path);
		error_fix(error, "write the whole path, or the file's name alone");
		return status;
	}
	real = realpath(path, NULL);
	if (real == NULL) {
		char reason[128];
		int  number = errno;

		status = exs_fail(error, E_MODULE, "the module %s cannot be loaded", path);
		error_why(error, "%s", strerror_r(number, reason, sizeof reason));
		error_fix(error, "correct module-path in the URI; exosign hsm list shows what is "
		                 "registered");
		return status;
	}
	status = privileged ? check_each_part(path, real, error) : EXS_OK;
	free(real);
	return status;
}
