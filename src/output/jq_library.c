/* libjq, opened when --jq is given. */
#include "output/jq_library.h"

#include "base/error.h"
#include "base/mem.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define LIBRARY_NAME "libjq.so.1"

static const struct {
	const char *name;
	size_t      at;
} symbols[] = {
	{"jq_init", offsetof(jq_library, init)},
	{"jq_set_error_cb", offsetof(jq_library, set_error_cb)},
	{"jq_set_attr", offsetof(jq_library, set_attr)},
	{"jq_compile", offsetof(jq_library, compile)},
	{"jq_start", offsetof(jq_library, start)},
	{"jq_next", offsetof(jq_library, next)},
	{"jq_halted", offsetof(jq_library, halted)},
	{"jq_teardown", offsetof(jq_library, teardown)},
	{"jv_get_kind", offsetof(jq_library, get_kind)},
	{"jv_string", offsetof(jq_library, string)},
	{"jv_array", offsetof(jq_library, array)},
	{"jv_copy", offsetof(jq_library, copy)},
	{"jv_free", offsetof(jq_library, free_value)},
	{"jv_invalid_has_msg", offsetof(jq_library, invalid_has_msg)},
	{"jv_invalid_get_msg", offsetof(jq_library, invalid_get_msg)},
	{"jv_parse_sized", offsetof(jq_library, parse_sized)},
	{"jv_dump_string", offsetof(jq_library, dump_string)},
	{"jv_string_value", offsetof(jq_library, string_value)},
	{"jv_string_length_bytes", offsetof(jq_library, string_length)},
};

exs_status
jq_library_open(const char *name, jq_library *ret, exs_error *error)
{
	jq_library library;
	void      *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	exs_status status;

	if (handle == NULL) {
		const char *why = dlerror();

		status = exs_fail(error, E_JQ_LIBRARY, "--jq needs libjq, which cannot be loaded");
		error_why(error, "%s", why == NULL ? "no reason was given" : why);
		return status;
	}
	for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (symbol == NULL) {
			status = exs_fail(error, E_JQ_LIBRARY, "%s has no %s", name, symbols[i].name);
			dlclose(handle);
			return status;
		}
		/* POSIX lets a function's address travel in a void *; ISO C has no cast for it */
		memcpy((char *)&library + symbols[i].at, &symbol, sizeof symbol);
	}
	*ret = library;
	return EXS_OK;
}

/* Output is written by one thread. */
exs_status
jq_library_get(const jq_library **ret, exs_error *error)
{
	static jq_library the_library;
	static bool       opened;

	if (!opened)
		EXS_TRY(jq_library_open(LIBRARY_NAME, &the_library, error));
	opened = true;
	*ret = &the_library;
	return EXS_OK;
}
