/* PKCS#11 modules. */
#include "hsm/module.h"

#include "base/error.h"
#include "base/moment.h"
#include "hsm/ckr.h"
#include "hsm/modulejob.h"

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
module_title(const module *m)
{
	return m->name[0] != '\0' ? m->name : m->path;
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
	return n > 0 || (m->worker != NULL && worker_is_stuck(m->worker));
}

exs_status
module_check(module *m, exs_error *error)
{
	exs_status status;

	/* First: a lock may be another thread's that stayed behind. */
	if (worker_is_elsewhere(m->worker))
		return worker_fail_elsewhere(m->worker, error);
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

enum { SINGLE_FILE = 1, BARE_TEMPLATES = 2 };

/* What is known of modules that cannot be asked (pkcs11.md section 5). */
static const struct {
	const char *part_of_path;
	unsigned    quirks;
} quirky[] = {
	/*
	 * Two sessions in two threads fail within a second. CKA_DECRYPT = false on the private key makes it refuse CKA_VERIFY on
	 * the public one with CKR_GENERAL_ERROR, and what it had made in the TPM stays there.
	 */
	{"tpm2_pkcs11", SINGLE_FILE | BARE_TEMPLATES},
	{"tpm2-pkcs11", SINGLE_FILE | BARE_TEMPLATES},
};

static bool
has_quirk(const module *m, unsigned quirk)
{
	for (size_t i = 0; i < sizeof quirky / sizeof quirky[0]; i++)
		if (strstr(m->path, quirky[i].part_of_path) != NULL)
			return (quirky[i].quirks & quirk) != 0;
	return false;
}

bool
module_is_single_file(const module *m)
{
	return has_quirk(m, SINGLE_FILE);
}

bool
module_wants_bare_templates(const module *m)
{
	return has_quirk(m, BARE_TEMPLATES);
}

exs_status
module_run(const module *m, job **j, exs_error *error)
{
	return worker_run(m->worker, &m->patience, j, error);
}

bool
module_option_is_yes(CK_FUNCTION_LIST *functions, const char *option)
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

void
module_free(module *m)
{
	if (m == NULL)
		return;
	if (m->worker != NULL && worker_is_elsewhere(m->worker)) {
		/* The sessions are those of the process that was forked, which goes on with them. */
	} else if (m->worker != NULL && stays_stuck(m)) {
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

exs_status
module_new(const patience *p, CK_FUNCTION_LIST *functions, const char *path, module **ret,
           exs_error *error)
{
	EXS_AUTO(module) *m = mem_new(1, sizeof *m);

	if (m == NULL)
		return mem_fail(error);
	pthread_mutex_init(&m->lock, NULL);
	m->patience = *p;
	m->functions = functions;
	m->named_by_path = path != NULL;
	m->path = path != NULL ? mem_text(path, strlen(path))
	                       : taken(p11_kit_module_get_filename(functions));
	m->name = taken(path != NULL ? NULL : p11_kit_module_get_name(functions));
	if (m->path == NULL || m->name == NULL)
		return mem_fail(error);
	m->logs_calls = module_option_is_yes(functions, "log-calls");
	EXS_TRY(worker_new(file_of(m->path), &m->worker, error));
	if (module_is_single_file(m))
		worker_take_turns(m->worker);
	EXS_GIVE(ret, m);
	return EXS_OK;
}

exs_status
module_new_failed(const patience *p, const char *name, const char *path, const char *problem,
                  module **ret, exs_error *error)
{
	EXS_AUTO(module) *m = mem_new(1, sizeof *m);

	if (m == NULL)
		return mem_fail(error);
	pthread_mutex_init(&m->lock, NULL);
	m->patience = *p;
	m->path = mem_text(path, strlen(path));
	m->name = mem_text(name, strlen(name));
	if (m->path == NULL || m->name == NULL)
		return mem_fail(error);
	snprintf(m->problem, sizeof m->problem, "%s", problem);
	EXS_GIVE(ret, m);
	return EXS_OK;
}

exs_status
module_initialise(module *m, exs_error *error)
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
