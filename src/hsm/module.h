/*
 * PKCS#11 modules: the only place (with moduleset.h) that loads, initialises and finalises them.
 *
 * All modules are p11-kit's managed kind, so that other users in the process (the view module, p11-kit itself) keep
 * their sessions when we leave. Each has a worker thread; a module that got stuck in a call is neither finalised nor
 * unloaded, because that would hang too.
 */
#ifndef HSM_MODULE_H
#define HSM_MODULE_H

#include "hsm/worker.h"

#include <p11-kit/pkcs11.h>

typedef struct module module;

/*
 * Takes over what p11-kit loaded, also on failure, and starts its thread. path NULL: it is a registered module.
 */
EXS_MUST_USE exs_status module_new(const patience *p, CK_FUNCTION_LIST *functions, const char *path,
                                   module **ret, exs_error *error);
/* One that is registered and cannot be loaded. */
EXS_MUST_USE exs_status module_new_failed(const patience *p, const char *name, const char *path,
                                          const char *problem, module **ret, exs_error *error);
/* EXS_OK also when the module refused: then it has a problem. */
EXS_MUST_USE exs_status module_initialise(module *m, exs_error *error);
/* Finalises and unloads. Takes NULL. */
void module_free(module *m);
EXS_DEFINE_AUTO(module)

CK_FUNCTION_LIST *module_functions(const module *m);
const CK_INFO    *module_info(const module *m);
const char       *module_path(const module *m);
const char       *module_file(const module *m);    /* the last part of the path */
const char       *module_name(const module *m);    /* as registered, "" otherwise */
const char       *module_title(const module *m);   /* for people: the name, or else the path */
const char       *module_problem(const module *m); /* why it cannot be used, "" when it can */
/* Would C_Login write the PIN somewhere (p11-kit's log-calls, a spying module)? */
bool module_logs_calls(const module *m);
/* A name for URIs that work without p11-kit's configuration: the URI named the file. */
bool module_was_named_by_path(const module *m);

/* A setting of p11-kit for the module: "log-calls", "trust-policy". */
bool module_option_is_yes(CK_FUNCTION_LIST *functions, const char *option);

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
/* Must a new key's template leave out all that only denies? */
bool module_wants_bare_templates(const module *m);

#endif
