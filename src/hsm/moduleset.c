/* Which modules there are to look at: the one a URI names, or all that p11-kit has registered. */
#include "hsm/moduleset.h"

#include "base/buf.h"
#include "base/error.h"
#include "hsm/modulejob.h"
#include "hsm/modulepath.h"
#include "hsm/registry.h"

#include <p11-kit/p11-kit.h>
#include <stdlib.h>

void
module_set_done(module_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		module_free(set->at[i]);
	mem_free(set->at);
	*set = (module_set){0};
}

void
module_set_keep(module_set *set, const module *kept)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		if (set->at[i] == kept)
			set->at[n++] = set->at[i];
		else
			module_free(set->at[i]);
	}
	set->n = n;
}

static exs_status
fail_module(const char *path, const char *why, exs_error *error)
{
	exs_status status = exs_fail(error, E_MODULE, "the module %s cannot be used", path);

	error_why(error, "%s", why);
	return status;
}

/* It is there, and refused or hung: the two have different codes. */
static exs_status
check_problem(const char *named, module *m, exs_error *error)
{
	if (module_problem(m)[0] == '\0')
		return EXS_OK;
	if (module_is_stuck(m))
		return exs_fail(error, E_DEVICE_DEADLINE, "%s", module_problem(m));
	return fail_module(named, module_problem(m), error);
}

static exs_status
add(module_set *set, module **m)
{
	set->at[set->n++] = *m;
	*m = NULL;
	return EXS_OK;
}

static exs_status
open_path(module_set *set, const char *path, exs_error *error)
{
	EXS_AUTO(worker) *loader = NULL;
	EXS_AUTO(job) *j = NULL;
	EXS_AUTO(module) *m = NULL;
	const patience p = {.context = set->context, .deadline_ms = set->deadline_ms};
	modulejob_result *result;

	EXS_TRY(modulepath_check(path, modulepath_is_privileged(), error));
	set->at = mem_new(1, sizeof(module *));
	j = modulejob_load_path(path);
	if (set->at == NULL || j == NULL)
		return mem_fail(error);
	EXS_TRY(worker_new(path, &loader, error));
	EXS_TRY(worker_run(loader, &p, &j, error));
	result = modulejob_result_of(j);
	if (result->functions == NULL)
		return fail_module(path, result->problem, error);
	EXS_TRY(module_new(&p, result->functions, path, &m, error));
	EXS_TRY(module_initialise(m, error));
	EXS_TRY(check_problem(path, m, error));
	return add(set, &m);
}

/* Certificate stores for TLS (p11-kit's own trust module) hold no keys. */
static bool
is_wanted(CK_FUNCTION_LIST *functions, const char *only_name)
{
	char *name;
	bool  same;

	if (only_name == NULL)
		return !module_option_is_yes(functions, "trust-policy");
	name = p11_kit_module_get_name(functions);
	same = name != NULL && strcmp(name, only_name) == 0;
	free(name);
	return same;
}

static exs_status
open_one_registered(module_set *set, CK_FUNCTION_LIST *functions, exs_error *error)
{
	const patience p = {.context = set->context, .deadline_ms = set->deadline_ms};
	EXS_AUTO(module) *m = NULL;

	EXS_TRY(module_new(&p, functions, NULL, &m, error));
	EXS_TRY(module_initialise(m, error));
	if (module_problem(m)[0] != '\0')
		LOG(set->context, EXS_LOG_WARNING, "hsm", "module-failed", LOG_TEXT("module", module_title(m)),
		    LOG_TEXT("why", module_problem(m)));
	return add(set, &m);
}

static exs_status
fail_name(const char *name, const registry *registered, exs_error *error)
{
	EXS_SCOPED(buf) names = BUF(REGISTRY_MAX * 66);
	exs_status status;

	for (size_t i = 0; i < registered->n; i++)
		buf_addf(&names, "%s%s", names.len > 0 ? ", " : "", registered->at[i].name);
	status = exs_fail(error, E_MODULE, "no registered module is called %s", name);
	error_why(error, "p11-kit has: %s", names.len > 0 ? buf_text(&names) : "none");
	error_fix(error, "correct module-name in the URI, or name the file: module-path");
	return status;
}

static bool
is_loaded(CK_FUNCTION_LIST **list, const char *name)
{
	bool found = false;

	for (size_t i = 0; list[i] != NULL && !found; i++) {
		char *one = p11_kit_module_get_name(list[i]);

		found = one != NULL && strcmp(one, name) == 0;
		free(one);
	}
	return found;
}

/* Loads it once more by itself, to hear why it cannot be; one that can was only switched off for us. */
static exs_status
add_failed(module_set *set, const registry_entry *entry, exs_error *error)
{
	const patience p = {.context = set->context, .deadline_ms = set->deadline_ms};
	EXS_AUTO(worker) *loader = NULL;
	EXS_AUTO(module) *m = NULL;
	EXS_AUTO(job) *j = modulejob_load_path(entry->file);
	modulejob_result *result;

	if (j == NULL)
		return mem_fail(error);
	EXS_TRY(worker_new(entry->file, &loader, error));
	EXS_TRY(worker_run(loader, &p, &j, error));
	result = modulejob_result_of(j);
	if (result->functions != NULL) {
		p11_kit_module_release(result->functions);
		return EXS_OK;
	}
	LOG(set->context, EXS_LOG_WARNING, "hsm", "module-failed", LOG_TEXT("module", entry->name),
	    LOG_TEXT("why", result->problem));
	EXS_TRY(module_new_failed(&p, entry->name, entry->file, result->problem, &m, error));
	return add(set, &m);
}

static exs_status
open_all(module_set *set, job *loaded, const registry *registered, exs_error *error)
{
	CK_FUNCTION_LIST **list = modulejob_result_of(loaded)->list;

	for (size_t i = 0; list[i] != NULL; i++)
		if (is_wanted(list[i], NULL))
			EXS_TRY(open_one_registered(set, modulejob_take(loaded, i), error));
	for (size_t i = 0; i < registered->n; i++)
		if (!is_loaded(list, registered->at[i].name))
			EXS_TRY(add_failed(set, &registered->at[i], error));
	return EXS_OK;
}

static exs_status
open_named(module_set *set, const char *name, job *loaded, const registry *registered,
           exs_error *error)
{
	CK_FUNCTION_LIST **list = modulejob_result_of(loaded)->list;

	for (size_t i = 0; list[i] != NULL && set->n == 0; i++)
		if (is_wanted(list[i], name))
			EXS_TRY(open_one_registered(set, modulejob_take(loaded, i), error));
	for (size_t i = 0; i < registered->n && set->n == 0; i++)
		if (strcmp(registered->at[i].name, name) == 0)
			EXS_TRY(add_failed(set, &registered->at[i], error));
	if (set->n == 0)
		return fail_name(name, registered, error);
	return check_problem(name, set->at[0], error);
}

static exs_status
open_registered(module_set *set, const char *only_name, exs_error *error)
{
	EXS_AUTO(worker) *loader = NULL;
	EXS_AUTO(job) *j = modulejob_load_registered();
	EXS_SCOPED(registry) registered = {0};
	const patience p = {.context = set->context, .deadline_ms = set->deadline_ms};
	modulejob_result *result;
	size_t n = 0;

	if (j == NULL)
		return mem_fail(error);
	EXS_TRY(registry_read(registry_directories, &registered, error));
	EXS_TRY(worker_new("p11-kit", &loader, error));
	EXS_TRY(worker_run(loader, &p, &j, error));
	result = modulejob_result_of(j);
	if (result->list == NULL)
		return fail_module("p11-kit", result->problem, error);
	while (result->list[n] != NULL)
		n++;
	set->at = mem_new(n + registered.n + 1, sizeof(module *));
	if (set->at == NULL)
		return mem_fail(error);
	return only_name == NULL ? open_all(set, j, &registered, error)
	                         : open_named(set, only_name, j, &registered, error);
}

/* p11-kit's proxy stands for all registered modules, and a process that uses p11-kit itself cannot load it. */
static bool
is_proxy(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash == NULL ? path : slash + 1, "p11-kit-proxy.so") == 0;
}

exs_status
module_set_open(const exs_context *context, const key_uri *uri, int64_t deadline_ms,
                module_set *ret, exs_error *error)
{
	EXS_SCOPED(module_set) set = {.context = context, .deadline_ms = deadline_ms};
	const char *path = uri == NULL ? NULL : key_uri_module_path(uri);
	const char *name = uri == NULL ? NULL : key_uri_module_name(uri);

	if (path != NULL && is_proxy(path)) {
		EXS_TRY(modulepath_check(path, modulepath_is_privileged(), error));
		path = NULL;
	}
	EXS_TRY(path != NULL ? open_path(&set, path, error) : open_registered(&set, name, error));
	*ret = set;
	set = (module_set){0};
	return EXS_OK;
}
