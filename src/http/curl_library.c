/* libcurl, opened when the first request is made. */
#include "http/curl_library.h"

#include "base/error.h"
#include "base/mem.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#define LIBRARY_NAME "libcurl.so.4"

static const struct {
	const char *name;
	size_t      at;
} symbols[] = {
	{"curl_global_init", offsetof(curl_library, global_init)},
	{"curl_easy_strerror", offsetof(curl_library, easy_strerror)},
	{"curl_easy_init", offsetof(curl_library, easy_init)},
	{"curl_easy_setopt", offsetof(curl_library, easy_setopt)},
	{"curl_easy_getinfo", offsetof(curl_library, easy_getinfo)},
	{"curl_easy_pause", offsetof(curl_library, easy_pause)},
	{"curl_easy_cleanup", offsetof(curl_library, easy_cleanup)},
	{"curl_multi_init", offsetof(curl_library, multi_init)},
	{"curl_multi_setopt", offsetof(curl_library, multi_setopt)},
	{"curl_multi_add_handle", offsetof(curl_library, multi_add_handle)},
	{"curl_multi_remove_handle", offsetof(curl_library, multi_remove_handle)},
	{"curl_multi_perform", offsetof(curl_library, multi_perform)},
	{"curl_multi_poll", offsetof(curl_library, multi_poll)},
	{"curl_multi_info_read", offsetof(curl_library, multi_info_read)},
	{"curl_multi_cleanup", offsetof(curl_library, multi_cleanup)},
	{"curl_share_init", offsetof(curl_library, share_init)},
	{"curl_share_setopt", offsetof(curl_library, share_setopt)},
	{"curl_share_cleanup", offsetof(curl_library, share_cleanup)},
};

static const char *
last_problem(void)
{
	const char *text = dlerror();

	return text == NULL ? "no reason was given" : text;
}

exs_status
curl_library_open(const char *name, curl_library *ret, exs_error *error)
{
	curl_library library;
	void        *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);

	if (handle == NULL) {
		exs_status status = exs_fail(error, E_CURL, "libcurl cannot be loaded");

		error_why(error, "%s", last_problem());
		return status;
	}
	for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (symbol == NULL) {
			exs_status status = exs_fail(error, E_CURL, "%s has no %s", name, symbols[i].name);

			dlclose(handle);
			return status;
		}
		/* POSIX lets a function's address travel in a void *; ISO C has no cast for it */
		memcpy((char *)&library + symbols[i].at, &symbol, sizeof symbol);
	}
	*ret = library;
	return EXS_OK;
}

static pthread_once_t opened_once = PTHREAD_ONCE_INIT;
static curl_library   the_library;
static exs_status     opened_status;
static exs_error     *opened_error;

static void
open_once(void)
{
	opened_error = exs_error_new();
	opened_status = curl_library_open(LIBRARY_NAME, &the_library, opened_error);
	if (opened_status == EXS_OK && the_library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		opened_status = exs_fail(opened_error, E_CURL, "libcurl cannot start");
	if (opened_status == EXS_OK) {
		exs_error_free(opened_error);
		opened_error = NULL;
	}
}

exs_status
curl_library_get(const curl_library **ret, exs_error *error)
{
	pthread_once(&opened_once, open_once);
	if (opened_status != EXS_OK) {
		error_copy(error, opened_error);
		return exs_fail(error, E_CURL, "libcurl cannot be loaded");
	}
	*ret = &the_library;
	return EXS_OK;
}
