/* PKCS#11 modules. */
#include "hsm/module.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/moment.h"
#include "hsm/ckr.h"
#include "hsm/modulejob.h"
#include "hsm/modulepath.h"

#include <p11-kit/p11-kit.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SETTLE_MS = 500, ADOPTED_MAX = 64 };

struct module {
	patience          patience;
	worker           *worker;
	CK_FUNCTION_LIST *functions;
	CK_INFO           info;
	bool              initialised, logs_calls, named_by_path;
	pthread_mutex_t   lock; /* of the next two */
	worker           *adopted[ADOPTED_MAX];
	size_t            n_adopted;
	char             *path, *name;
	char              problem[512];
};

CK_FUNCTION_LIST *
module_functions(const module *m)
{
	return m->functions;
}

const CK_INFO *
module_info(const module *m)
{
	return &m->info;
}

const char *
module_path(const module *m)
{
	return m->path;
}

static const char *
file_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

const char *
module_file(const module *m)
{
	return file_of(m->path);
}

const char *
module_name(const module *m)
{
	return m->name;
}

const char *
module_problem(const module *m)
{
	return m->problem;
}

bool
module_logs_calls(const module *m)
{
	return m->logs_calls || strstr(m->path, "pkcs11-spy") != NULL;
}

bool
module_was_named_by_path(const module *m)
{
	return m->named_by_path;
}

patience
module_patience(const module *m)
{
	return m->patience;
}

void
module_adopt(module *m, worker **stuck)
{
	pthread_mutex_lock(&m->lock);
	/* More than that cannot be: a stuck module takes no further calls. */
	if (m->n_adopted < ADOPTED_MAX) {
		m->adopted[m->n_adopted++] = *stuck;
		*stuck = NULL;
	}
	pthread_mutex_unlock(&m->lock);
}

bool
module_is_stuck(module *m)
{
	size_t n = 0;

	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->n_adopted; i++) {
		if (worker_is_stuck(m->adopted[i]))
			m->adopted[n++] = m->adopted[i];
		else
			worker_free(m->adopted[i]);
	}
	m->n_adopted = n;
	pthread_mutex_unlock(&m->lock);
	return n > 0 || worker_is_stuck(m->worker);
}

exs_status
module_check(module *m, exs_error *error)
{
	exs_status status;

	if (!module_is_stuck(m))
		return EXS_OK;
	status = exs_fail(error, E_DEVICE_DEADLINE, "%s is still busy with a call that was given up",
	                  module_file(m));
	error_why(error, "PKCS#11 has no way to interrupt a call");
	return status;
}

static bool
stays_stuck(module *m)
{
	int64_t until = moment_steady_ms() + SETTLE_MS;

	while (module_is_stuck(m)) {
		if (moment_steady_ms() >= until)
			return true;
		nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000}, NULL);
	}
	return false;
}

bool
module_is_single_file(const module *m)
{
	/* Two sessions of tpm2-pkcs11 in two threads fail within a second (pkcs11.md section 5). */
	static const char *const denied[] = {"tpm2_pkcs11", "tpm2-pkcs11"};

	for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++)
		if (strstr(m->path, denied[i]) != NULL)
			return true;
	return false;
}

exs_status
module_run(const module *m, job **j, exs_error *error)
{
	return worker_run(m->worker, &m->patience, j, error);
}

static bool
is_yes(CK_FUNCTION_LIST *functions, const char *option)
{
	char *value = p11_kit_config_option(functions, option);
	bool  yes = value != NULL && (strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 ||
                                     strcmp(value, "1") == 0);

	free(value);
	return yes;
}

static char *
taken(char *from_p11_kit)
{
	char *copy = mem_text(from_p11_kit == NULL ? "" : from_p11_kit,
	                      from_p11_kit == NULL ? 0 : strlen(from_p11_kit));

	free(from_p11_kit);
	return copy;
}

static void
module_free(module *m)
{
	if (m == NULL)
		return;
	if (m->worker != NULL && stays_stuck(m)) {
		LOG(m->patience.context, EXS_LOG_WARNING, "hsm", "module-left-open",
		    LOG_TEXT("module", m->path), LOG_TEXT("why", "a call into it never came back"));
	} else if (m->worker != NULL && m->functions != NULL) {
		EXS_AUTO(job) *finish = modulejob_finish(m->functions, m->initialised);

		if (finish != NULL)
			(void)!module_run(m, &finish, NULL);
	} else if (m->functions != NULL) {
		p11_kit_module_release(m->functions);
	}
	worker_free(m->worker);
	for (size_t i = 0; i < m->n_adopted; i++)
		worker_free(m->adopted[i]);
	pthread_mutex_destroy(&m->lock);
	mem_free(m->path);
	mem_free(m->name);
	mem_free(m);
}
EXS_DEFINE_AUTO(module)

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

/* functions is taken over, also on failure. */
static exs_status
wrap(const module_set *set, CK_FUNCTION_LIST *functions, const char *path, module **ret,
     exs_error *error)
{
	EXS_AUTO(module) *m = mem_new(1, sizeof *m);

	if (m == NULL)
		return mem_fail(error);
	pthread_mutex_init(&m->lock, NULL);
	m->patience = (patience){.context = set->context, .deadline_ms = set->deadline_ms};
	m->functions = functions;
	m->named_by_path = path != NULL;
	m->path = path != NULL ? mem_text(path, strlen(path))
	                       : taken(p11_kit_module_get_filename(functions));
	m->name = taken(path != NULL ? NULL : p11_kit_module_get_name(functions));
	if (m->path == NULL || m->name == NULL)
		return mem_fail(error);
	m->logs_calls = is_yes(functions, "log-calls");
	EXS_TRY(worker_new(file_of(m->path), &m->worker, error));
	EXS_GIVE(ret, m);
	return EXS_OK;
}

/* EXS_OK also when the module refused: then it has a problem. */
static exs_status
initialise(module *m, exs_error *error)
{
	EXS_AUTO(job) *j = modulejob_initialise(m->functions);
	EXS_SCOPED(error_scratch) late = exs_error_new();
	modulejob_result *result;
	exs_status status;

	if (j == NULL || late == NULL)
		return mem_fail(error);
	status = module_run(m, &j, late);
	if (status == EXS_CANCELLED) {
		error_copy(error, late);
		return status;
	}
	if (status != EXS_OK) {
		snprintf(m->problem, sizeof m->problem, "%s", exs_error_message(late));
		return EXS_OK;
	}
	result = modulejob_result_of(j);
	if (result->rv != CKR_OK) {
		const char *sentence = ckr_sentence(result->rv);

		snprintf(m->problem, sizeof m->problem, "C_Initialize answered %s%s%s",
		         ckr_print(result->rv).at, sentence == NULL ? "" : ": it ",
		         sentence == NULL ? "" : sentence);
		return EXS_OK;
	}
	m->initialised = true;
	m->info = result->info;
	return EXS_OK;
}

static exs_status
fail_module(const char *path, const char *why, exs_error *error)
{
	exs_status status = exs_fail(error, E_MODULE, "the module %s cannot be used", path);

	error_why(error, "%s", why);
	return status;
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
	EXS_TRY(worker_new(file_of(path), &loader, error));
	EXS_TRY(worker_run(loader, &p, &j, error));
	result = modulejob_result_of(j);
	if (result->functions == NULL)
		return fail_module(path, result->problem, error);
	EXS_TRY(wrap(set, result->functions, path, &m, error));
	EXS_TRY(initialise(m, error));
	if (m->problem[0] != '\0')
		return fail_module(path, m->problem, error);
	return add(set, &m);
}

/* Certificate stores for TLS (p11-kit's own trust module) hold no keys. */
static bool
is_wanted(CK_FUNCTION_LIST *functions, const char *only_name)
{
	char *name;
	bool  same;

	if (only_name == NULL)
		return !is_yes(functions, "trust-policy");
	name = p11_kit_module_get_name(functions);
	same = name != NULL && strcmp(name, only_name) == 0;
	free(name);
	return same;
}

static exs_status
open_one_registered(module_set *set, CK_FUNCTION_LIST *functions, exs_error *error)
{
	EXS_AUTO(module) *m = NULL;

	EXS_TRY(wrap(set, functions, NULL, &m, error));
	EXS_TRY(initialise(m, error));
	if (m->problem[0] != '\0')
		LOG(set->context, EXS_LOG_WARNING, "hsm", "module-failed", LOG_TEXT("module", m->path),
		    LOG_TEXT("why", m->problem));
	return add(set, &m);
}

static exs_status
fail_name(const char *name, CK_FUNCTION_LIST **list, exs_error *error)
{
	EXS_SCOPED(buf) names = BUF(1024);
	exs_status status;

	for (size_t i = 0; list[i] != NULL; i++) {
		char *one = p11_kit_module_get_name(list[i]);

		buf_addf(&names, "%s%s", names.len > 0 ? ", " : "", one == NULL ? "?" : one);
		free(one);
	}
	status = exs_fail(error, E_MODULE, "no registered module is called %s, or it cannot be loaded",
	                  name);
	error_why(error, "p11-kit has: %s", names.len > 0 ? buf_text(&names) : "none");
	return status;
}

static exs_status
open_registered(module_set *set, const char *only_name, exs_error *error)
{
	EXS_AUTO(worker) *loader = NULL;
	EXS_AUTO(job) *j = modulejob_load_registered();
	const patience p = {.context = set->context, .deadline_ms = set->deadline_ms};
	modulejob_result *result;
	size_t n = 0;

	if (j == NULL)
		return mem_fail(error);
	EXS_TRY(worker_new("p11-kit", &loader, error));
	EXS_TRY(worker_run(loader, &p, &j, error));
	result = modulejob_result_of(j);
	if (result->list == NULL)
		return fail_module("p11-kit", result->problem, error);
	while (result->list[n] != NULL)
		n++;
	set->at = mem_new(n + 1, sizeof(module *));
	if (set->at == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(result->list[i], only_name))
			continue;
		EXS_TRY(open_one_registered(set, modulejob_take(j, i), error));
	}
	if (only_name != NULL && set->n == 0)
		return fail_name(only_name, result->list, error);
	if (only_name != NULL && set->at[0]->problem[0] != '\0')
		return fail_module(only_name, set->at[0]->problem, error);
	return EXS_OK;
}

exs_status
module_set_open(const exs_context *context, const key_uri *uri, int64_t deadline_ms,
                module_set *ret, exs_error *error)
{
	EXS_SCOPED(module_set) set = {.context = context, .deadline_ms = deadline_ms};
	const char *path = uri == NULL ? NULL : key_uri_module_path(uri);
	const char *name = uri == NULL ? NULL : key_uri_module_name(uri);

	EXS_TRY(path != NULL ? open_path(&set, path, error) : open_registered(&set, name, error));
	*ret = set;
	set = (module_set){0};
	return EXS_OK;
}
