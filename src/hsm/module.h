/*
 * PKCS#11 modules: the only place that loads, initialises and finalises them.
 *
 * All modules are p11-kit's managed kind, so that other users in the process (the view module, p11-kit itself) keep
 * their sessions when we leave. Each has a worker thread; a module that got stuck in a call is neither finalised nor
 * unloaded, because that would hang too.
 */
#ifndef HSM_MODULE_H
#define HSM_MODULE_H

#include "hsm/uri.h"
#include "hsm/worker.h"

typedef struct module module;

/* Modules in the order in which p11-kit prefers them. */
typedef struct module_set {
	const exs_context *context;
	int64_t            deadline_ms;
	module           **at;
	size_t             n;
} module_set;

/*
 * Loads and initialises the one module that the URI names, or every registered one. A named module that cannot be
 * used is E_MODULE; of the others, each that fails is logged and stays in the set with its problem.
 */
EXS_MUST_USE exs_status module_set_open(const exs_context *context, const key_uri *uri,
                                        int64_t deadline_ms, module_set *ret, exs_error *error);
/* Finalises and unloads. */
void module_set_done(module_set *set);
/* Lets go of all others. */
void module_set_keep(module_set *set, const module *kept);

CK_FUNCTION_LIST *module_functions(const module *m);
const CK_INFO    *module_info(const module *m);
const char       *module_path(const module *m);
const char       *module_file(const module *m);    /* the last part of the path */
const char       *module_name(const module *m);    /* as registered, "" otherwise */
const char       *module_problem(const module *m); /* why it cannot be used, "" when it can */
/* Would C_Login write the PIN somewhere (p11-kit's log-calls, a spying module)? */
bool module_logs_calls(const module *m);
/* A name for URIs that work without p11-kit's configuration: the URI named the file. */
bool module_was_named_by_path(const module *m);

/* How long each call into the module may take. */
patience module_patience(const module *m);
/* Runs the job in the module's own thread (worker_run()). */
EXS_MUST_USE exs_status module_run(const module *m, job **j, exs_error *error);
/* Takes over a worker that is stuck in this module. */
void module_adopt(module *m, worker **stuck);
/* Is a call into it still running that was given up? Then it takes no further ones. */
bool module_is_stuck(module *m);
/* E_DEVICE_DEADLINE when it is. */
EXS_MUST_USE exs_status module_check(module *m, exs_error *error);

/* May only one session be used at a time (pkcs11.md section 5)? */
bool module_is_single_file(const module *m);

#endif
