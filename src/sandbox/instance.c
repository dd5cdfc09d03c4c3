/*
 * One sandbox's directory. See instance.h.
 */
#include "instance.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entra_bearer.h"
#include "options.h"
#include "tenant.h"

enum { STATE_MAX = 64 * 1024, STATE_VERSION = 1 };

void
instance_path(const char *directory, const char *name, char path[PATH_SIZE])
{
	snprintf(path, PATH_SIZE, "%s/%s", directory, name);
}

static bool
default_directory(char *path, size_t size)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	int len;

	if (data != NULL && data[0] == '/')
		len = snprintf(path, size, "%s/exosign/sandbox", data);
	else if (home != NULL && home[0] == '/')
		len = snprintf(path, size, "%s/.local/share/exosign/sandbox", home);
	else
		return false;
	return len > 0 && (size_t)len < size;
}

/* Like mkdir -p; what is made belongs to its owner alone. */
static bool
make_directories(char *path)
{
	for (char *at = path + 1;; at++) {
		char end = *at;

		if (end != '/' && end != '\0')
			continue;
		*at = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return false;
		*at = end;
		if (end == '\0')
			return true;
	}
}

bool
instance_locate(const char *option, bool make, char directory[DIRECTORY_SIZE])
{
	char wanted[DIRECTORY_SIZE];
	char *real;
	bool fits;

	if (option == NULL && !default_directory(wanted, sizeof(wanted))) {
		complain("neither XDG_DATA_HOME nor HOME says where to be; use --dir");
		return false;
	}
	if (option != NULL && (option[0] == '\0' ||
	                       snprintf(wanted, sizeof(wanted), "%s", option) >= (int)sizeof(wanted))) {
		complain("--dir needs a directory");
		return false;
	}
	if (make && !make_directories(wanted)) {
		complain("cannot make %s: %s", wanted, strerror(errno));
		return false;
	}
	real = realpath(wanted, NULL);
	if (real == NULL) {
		complain("%s: %s", wanted, strerror(errno));
		return false;
	}
	/* The line-based files of SoftHSM and exosign cannot carry such a path. */
	fits = strpbrk(real, "\n\r\"'#;") == NULL &&
	       snprintf(directory, DIRECTORY_SIZE, "%s", real) < DIRECTORY_SIZE;
	free(real);
	if (!fits)
		complain("the path of %s is too long, or has quotes, # or ; in it", wanted);
	return fits;
}

bool
instance_is_default(const char *directory)
{
	char path[DIRECTORY_SIZE];
	struct stat one, other;

	return default_directory(path, sizeof(path)) && stat(path, &one) == 0 &&
	       stat(directory, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

static cJSON *
read_state(const char *directory)
{
	struct text file = { 0 };
	char path[PATH_SIZE];
	cJSON *json = NULL;
	const cJSON *mark;

	instance_path(directory, "sandbox.json", path);
	if (file_read(path, STATE_MAX, &file) && file.at != NULL)
		json = cJSON_Parse(file.at);
	text_done(&file);
	mark = cJSON_GetObjectItemCaseSensitive(json, "sandbox");
	if (!cJSON_IsNumber(mark) || mark->valueint != STATE_VERSION) {
		cJSON_Delete(json);
		return NULL;
	}
	return json;
}

bool
instance_exists(const char *directory)
{
	cJSON *json = read_state(directory);
	bool marked = json != NULL;

	cJSON_Delete(json);
	return marked;
}

static bool
get_string(const cJSON *json, const char *name, char *to, size_t size)
{
	const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));

	return value != NULL && snprintf(to, size, "%s", value) < (int)size;
}

static bool
get_number(const cJSON *json, const char *name, unsigned long *to)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);

	if (!cJSON_IsNumber(item) || item->valuedouble < 0)
		return false;
	*to = (unsigned long)item->valuedouble;
	return true;
}

bool
instance_load(const char *directory, struct instance *instance)
{
	cJSON *json = read_state(directory);
	bool good;

	*instance = (struct instance){ 0 };
	snprintf(instance->directory, sizeof(instance->directory), "%s", directory);
	good = get_string(json, "tenant", instance->tenant_id, sizeof(instance->tenant_id)) &&
	       get_string(json, "domain", instance->domain, sizeof(instance->domain)) &&
	       get_string(json, "appId", instance->app_id, sizeof(instance->app_id)) &&
	       get_string(json, "module", instance->module, sizeof(instance->module)) &&
	       get_string(json, "tls", instance->tls, sizeof(instance->tls)) &&
	       get_number(json, "port", &instance->port) &&
	       get_number(json, "mailboxes", &instance->mailboxes) &&
	       get_number(json, "seed", &instance->seed) &&
	       get_number(json, "tokenLifetime", &instance->token_lifetime) &&
	       get_number(json, "refreshIn", &instance->refresh_in);
	cJSON_Delete(json);
	if (!good)
		complain("%s is not a sandbox (no usable sandbox.json); `up` makes one", directory);
	return good;
}

bool
instance_save(const struct instance *instance)
{
	struct text json = { 0 };
	char path[PATH_SIZE];
	bool good;

	text_addf(&json, "{\n  \"sandbox\": %d,\n", STATE_VERSION);
	text_addf(&json, "  \"tenant\": \"%s\",\n  \"domain\": \"%s\",\n  \"appId\": \"%s\",\n",
	          instance->tenant_id, instance->domain, instance->app_id);
	text_addf(&json, "  \"module\": \"%s\",\n  \"tls\": \"%s\",\n  \"port\": %lu,\n",
	          instance->module, instance->tls, instance->port);
	text_addf(&json, "  \"mailboxes\": %lu,\n  \"seed\": %lu,\n", instance->mailboxes,
	          instance->seed);
	text_addf(&json, "  \"tokenLifetime\": %lu,\n  \"refreshIn\": %lu\n}\n",
	          instance->token_lifetime, instance->refresh_in);
	instance_path(instance->directory, "sandbox.json", path);
	good = file_replace(path, 0600, json.at, json.len);
	text_done(&json);
	if (!good)
		complain("cannot write %s: %s", path, strerror(errno));
	return good;
}

void
instance_settle_tenant(const struct instance *instance)
{
	snprintf(the_tenant.id, sizeof(the_tenant.id), "%s", instance->tenant_id);
	snprintf(the_tenant.domain, sizeof(the_tenant.domain), "%s", instance->domain);
	snprintf(the_tenant.display_name, sizeof(the_tenant.display_name), "exosign sandbox");
	snprintf(the_tenant.host, sizeof(the_tenant.host), "localhost");
	the_tenant.port = (unsigned)instance->port;
	the_tenant.mailboxes = instance->mailboxes;
	the_tenant.seed = instance->seed;
	the_tenant.directory = instance->directory;
	bearer_lifetime_seconds = (unsigned)instance->token_lifetime;
	bearer_refresh_seconds = (unsigned)instance->refresh_in;
}

pid_t
instance_pid(const char *directory)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_SIZE];
	bool asked;
	int file;

	instance_path(directory, "sandbox.pid", path);
	file = open(path, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return 0;
	asked = fcntl(file, F_GETLK, &lock) == 0;
	close(file);
	return asked && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

bool
instance_take(const char *directory)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_SIZE], number[24];
	int file, len;

	instance_path(directory, "sandbox.pid", path);
	/* Never closed: closing any descriptor of the file would give the lock away. */
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || fcntl(file, F_SETLK, &lock) != 0)
		return false;
	len = snprintf(number, sizeof(number), "%ld\n", (long)getpid());
	return ftruncate(file, 0) == 0 && write(file, number, (size_t)len) == len;
}
