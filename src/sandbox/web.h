/*
 * The sandbox's HTTP: one request in, one answer out.
 *
 * server.c (libmicrohttpd only there) turns a connection into a web_request, finds the route,
 * applies the transport faults and sends the web_answer. Everything else sees only these structs,
 * so that the Entra half and the Exchange half can be read without knowing the HTTP library.
 * Handlers run on several threads at once.
 */
#ifndef SANDBOX_WEB_H
#define SANDBOX_WEB_H

#include "text.h"

#include <stdbool.h>

enum { WEB_HEADERS_MAX = 24, WEB_BODY_MAX = 32 * 1024 * 1024 };

struct cJSON;

struct web_header {
	char name[48];
	char value[4096];
};

struct web_request {
	const char *method;   /* "GET", "POST", "PATCH", "DELETE" */
	const char *path;     /* as sent, percent-encoding kept, without the query */
	const char *query;    /* as sent, without the question mark; "" when there is none */
	const char *body;     /* NUL-terminated */
	size_t      body_len;
	void       *connection;

	/* Of an item in a batch: its headers (an object of texts) instead of the connection's, and its id. */
	const struct cJSON *own_headers;
	const char         *item;
};

/* A request header by name (any case), or NULL. Valid as long as the request. */
const char *web_header(const struct web_request *request, const char *name);

/* One cookie of the request by name, copied into value; false when it was not sent. */
bool web_cookie(const struct web_request *request, const char *name, char *value, size_t size);

/* One query (or form body) field by name, percent-decoded into value; false when absent. */
bool web_field(const char *encoded, const char *name, char *value, size_t size);

enum web_ending {
	WEB_WHOLE,     /* as it should be */
	WEB_CUT,       /* Content-Length promises the whole body; the connection closes at cut_at */
	WEB_CUT_CHUNKED, /* chunked, closed without the last chunk at cut_at */
	WEB_RESET,     /* the connection closes before any answer */
	WEB_TRICKLE,   /* one byte each trickle_ms */
	WEB_HANG,      /* headers, then nothing until the client gives up (or 120 s) */
};

enum web_coding {
	WEB_IDENTITY,
	WEB_GZIP,         /* compressed and labelled, when the client accepts it */
	WEB_GZIP_UNLABELLED, /* compressed, no Content-Encoding */
	WEB_GZIP_LIE,     /* labelled gzip, body is plain text */
};

struct web_answer {
	int               status;
	const char       *content_type; /* NULL: none is sent */
	struct web_header headers[WEB_HEADERS_MAX];
	size_t            n_headers;
	struct text       body;
	enum web_ending   ending;
	size_t            cut_at;
	unsigned          trickle_ms;
	enum web_coding   coding;
	unsigned          delay_ms;     /* wait before answering */
};

void web_set(struct web_answer *answer, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A whole JSON answer from a format, for short bodies. */
void web_json(struct web_answer *answer, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A gateway's HTML page: what comes instead of JSON when the service is not itself. */
void web_html(struct web_answer *answer, int status);

#endif
