/*
 * libcurl, opened when the first request is made.
 *
 * Linked, it and the thirty libraries behind it would cost every start of the program 8 ms, also of those that
 * never speak to anybody.
 */
#ifndef HTTP_CURL_LIBRARY_H
#define HTTP_CURL_LIBRARY_H

#include <exosign/error.h>

#include <curl/curl.h>

typedef struct curl_library {
	CURLcode (*global_init)(long flags);
	const char *(*easy_strerror)(CURLcode code);
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO what, ...);
	CURLcode (*easy_pause)(CURL *easy, int bits);
	void (*easy_cleanup)(CURL *easy);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
	CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_perform)(CURLM *multi, int *running);
	CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd *more, unsigned n_more, int ms,
	                        int *changed);
	CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
	CURLMcode (*multi_cleanup)(CURLM *multi);
	CURLSH *(*share_init)(void);
	CURLSHcode (*share_setopt)(CURLSH *share, CURLSHoption option, ...);
	CURLSHcode (*share_cleanup)(CURLSH *share);
} curl_library;

/* The process's libcurl, opened once and never closed; from any thread. Fails with E_CURL. */
EXS_MUST_USE exs_status curl_library_get(const curl_library **ret, exs_error *error);

/* Opens one by its file name: what the above does once. */
EXS_MUST_USE exs_status curl_library_open(const char *name, curl_library *ret, exs_error *error);

#endif
