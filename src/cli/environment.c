/* The environment. */
#include "cli/environment.h"

#include "base/buf.h"
#include "base/error.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, ENTRY_ROOM = 16 * 1024 };

const char *
environment_variable(const char *name)
{
	return getenv(name);
}

bool
environment_own(size_t i, char *to, size_t room)
{
	for (char **at = environ; at != NULL && *at != NULL; at++) {
		span entry = span_of(*at), name = span_cut(&entry, '=');

		if (!span_starts(name, "EXOSIGN_") || name.len >= room || i-- > 0)
			continue;
		memcpy(to, name.at, name.len);
		to[name.len] = '\0';
		return true;
	}
	return false;
}

static const char *
absolute_variable(const char *name)
{
	const char *value = getenv(name);

	/* the XDG specification: a relative path is invalid and ignored */
	return value != NULL && value[0] == '/' ? value : NULL;
}

static void
add_home(buf *to)
{
	const char   *home = absolute_variable("HOME");
	char          room[ENTRY_ROOM];
	struct passwd entry, *found = NULL;

	if (home == NULL && getpwuid_r(geteuid(), &entry, room, sizeof room, &found) == 0 &&
	    found != NULL && found->pw_dir != NULL && found->pw_dir[0] == '/')
		home = found->pw_dir;
	if (home != NULL)
		buf_puts(to, home);
}

/* $VARIABLE/tail, or ~/otherwise/tail. */
static exs_status
standard_path(const char *variable, const char *otherwise, const char *tail, char **ret,
              exs_error *error)
{
	EXS_SCOPED(buf) path = BUF(PATH_ROOM);
	const char *base = absolute_variable(variable);

	if (base != NULL) {
		buf_addf(&path, "%s/%s", base, tail);
		return buf_take(&path, "a path", ret, error);
	}
	add_home(&path);
	if (path.len == 0) {
		*ret = NULL;
		return EXS_OK;
	}
	buf_addf(&path, "/%s/%s", otherwise, tail);
	return buf_take(&path, "a path", ret, error);
}

exs_status
environment_user_config(char **ret, exs_error *error)
{
	return standard_path("XDG_CONFIG_HOME", ".config", "exosign/config", ret, error);
}

exs_status
environment_sandbox_config(char **ret, exs_error *error)
{
	return standard_path("XDG_DATA_HOME", ".local/share", "exosign/sandbox/exosign.conf", ret,
	                     error);
}

/* What systemd announces for the unit, else the standard path. */
static exs_status
unit_directory(const char *announcement, const char *variable, const char *otherwise, char **ret,
               exs_error *error)
{
	const char *announced = absolute_variable(announcement);
	span        rest, first;

	if (announced == NULL)
		return standard_path(variable, otherwise, "exosign", ret, error);
	/* systemd separates several with colons */
	rest = span_of(announced);
	first = span_cut(&rest, ':');
	*ret = mem_text(first.at, first.len);
	return *ret == NULL ? mem_fail(error) : EXS_OK;
}

exs_status
environment_state_directory(char **ret, exs_error *error)
{
	return unit_directory("STATE_DIRECTORY", "XDG_STATE_HOME", ".local/state", ret, error);
}

exs_status
environment_cache_directory(char **ret, exs_error *error)
{
	return unit_directory("CACHE_DIRECTORY", "XDG_CACHE_HOME", ".cache", ret, error);
}

exs_status
environment_set_softhsm(const char *path, exs_error *error)
{
	return setenv("SOFTHSM2_CONF", path, 1) == 0 ? EXS_OK : mem_fail(error);
}

bool
environment_is_terminal(int fd)
{
	return isatty(fd) == 1;
}

unsigned
environment_width(int fd)
{
	struct winsize size;

	if (!environment_is_terminal(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

void
environment_quiet_libraries(void)
{
	(void)setenv("TSS2_LOG", "all+none", 0);
}
