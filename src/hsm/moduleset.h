/*
 * Which modules there are to look at: the one a URI names, or all that p11-kit has registered.
 */
#ifndef HSM_MODULESET_H
#define HSM_MODULESET_H

#include "hsm/module.h"
#include "hsm/uri.h"

/* Modules in the order in which p11-kit prefers them. */
typedef struct module_set {
	const exs_context *context;
	int64_t            deadline_ms;
	module           **at;
	size_t             n;
} module_set;

/*
 * Loads and initialises the one module that the URI names, or every registered one (p11-kit-proxy.so means those). A named module that cannot be
 * used is E_MODULE; of the others, each that fails is logged and stays in the set with its problem.
 */
EXS_MUST_USE exs_status module_set_open(const exs_context *context, const key_uri *uri,
                                        int64_t deadline_ms, module_set *ret, exs_error *error);
/* Finalises and unloads. */
void module_set_done(module_set *set);
/* Lets go of all others. */
void module_set_keep(module_set *set, const module *kept);

#endif
