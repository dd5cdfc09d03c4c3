/*
 * Our own HTTP client against servers of the test: what the tests of http/ share.
 */
#ifndef SUPPORT_WEB_CLIENT_H
#define SUPPORT_WEB_CLIENT_H

#include "base/error.h"
#include "http/client.h"
#include "support/fake_host.h"
#include "support/tls_server.h"

typedef struct web_client {
	fake_host   *host;
	http_client *client;
	unsigned     port;   /* of https://localhost */
} web_client;

/* A client that may speak to localhost:port only; network's ca_file is the server's unless it is set. */
web_client web_client_to(const tls_server *server, const exs_network *network);
void web_client_end(web_client *c);

/* One whole request; the body is appended. path begins with a slash. */
exs_status web_get(web_client *c, const char *path, int *ret_status, buf *body, exs_error *error);
/* The same, where the answer is wanted itself. */
exs_status web_open(web_client *c, const char *method, const char *path, http_response **ret,
                    exs_error *error);

/*
 * One GET that must fail with this error before it could arrive, without its query in the log; the error is test_error()'s,
 * for the caller to look at.
 */
exs_error *web_fails(web_client *c, error_id id);
/* The same for a client of its own that may speak to the authority. */
exs_error *web_refuses(const exs_network *how, const char *authority, error_id id);

/* A port of this machine where nobody listens as long as the descriptor is open. */
unsigned web_dead_port(int *ret_fd);
/* A PEM file with a root that signed none of our servers. */
const char *web_another_root(void);

#endif
