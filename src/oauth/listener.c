/* The other end of a sign-in in a browser. */
#include "oauth/listener.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/moment.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLICE_MS = 200, READ_MS = 5000, WORD_MAX = 8192 };

#define PAGE(text)                                                                                 \
	"Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"                    \
	"Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n"                 \
	"<!doctype html><title>exosign</title><p>" text "\n"

void
listener_done(listener *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

exs_status
listener_open(listener *ret, exs_error *error)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t          size = sizeof address;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ret->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ret->fd < 0 || bind(ret->fd, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(ret->fd, 4) < 0 || getsockname(ret->fd, (struct sockaddr *)&address, &size) < 0) {
		exs_status status = exs_fail(error, E_SIGNIN, "no port of this machine can be opened for the browser");

		error_fix(error, "sign in with a code instead: without --browser");
		return status;
	}
	ret->port = ntohs(address.sin_port);
	return EXS_OK;
}

void
redirect_words_done(redirect_words *words)
{
	buf_done(&words->code);
	buf_done(&words->state);
	buf_done(&words->error);
	buf_done(&words->description);
}

/* A value of a query: blanks are plus signs there. */
static bool
decode(buf *to, span value)
{
	EXS_SCOPED(buf) blanks = BUF(WORD_MAX);

	*to = BUF(WORD_MAX);
	for (size_t i = 0; i < value.len; i++)
		buf_byte(&blanks, (char)(value.at[i] == '+' ? ' ' : value.at[i]));
	return decode_percent(to, buf_span(&blanks)) && buf_check(to, "a word", NULL) == EXS_OK &&
	       memchr(buf_text(to), '\0', to->len) == NULL;
}

bool
listener_read(span request, redirect_words *ret)
{
	span line = span_cut(&request, '\r'), query;

	if (!span_starts(line, "GET /?"))
		return false;
	line = span_from(line.at + 6, line.len - 6);
	query = span_cut(&line, ' ');
	while (query.len > 0) {
		span value = span_cut(&query, '&'), name = span_cut(&value, '=');
		buf *to = span_is(name, "code")                ? &ret->code
		          : span_is(name, "state")             ? &ret->state
		          : span_is(name, "error")             ? &ret->error
		          : span_is(name, "error_description") ? &ret->description
		                                               : NULL;

		if (to == NULL)
			continue;
		if (to->len > 0 || !decode(to, value))
			return false;
	}
	return ret->state.len > 0 && (ret->code.len > 0) != (ret->error.len > 0);
}

static bool
wait_for(int fd, short events, int64_t ms)
{
	struct pollfd p = {.fd = fd, .events = events};

	return poll(&p, 1, (int)ms) > 0 && (p.revents & events) != 0;
}

/* Until the end of the header, at most READ_MS: who opens a port and says nothing holds nobody up for longer. */
static bool
read_request(int fd, buf *to)
{
	int64_t ends = moment_steady_ms() + READ_MS;

	while (span_find(buf_span(to), "\r\n\r\n") < 0) {
		int64_t left = ends - moment_steady_ms();
		char   *room = left > 0 && wait_for(fd, POLLIN, left) ? buf_grow(to, 1024) : NULL;
		ssize_t n = room == NULL ? 0 : recv(fd, room, 1024, MSG_DONTWAIT);

		if (n <= 0)
			return false;
		buf_grew(to, (size_t)n);
	}
	return true;
}

static void
answer(int fd, const char *text)
{
	size_t length = strlen(text);

	while (length > 0) {
		ssize_t n = wait_for(fd, POLLOUT, READ_MS) ? send(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT) : -1;

		if (n <= 0)
			return;
		text += n;
		length -= (size_t)n;
	}
}

static bool
is_state(const buf *given, const char *wanted)
{
	return given->len == strlen(wanted) && CRYPTO_memcmp(buf_text(given), wanted, given->len) == 0;
}

static exs_status
refuse(const redirect_words *words, exs_error *error)
{
	exs_status status = exs_fail(error, E_SIGNIN, "the directory did not sign the administrator in: %.100s",
	                             span_is_utf8(buf_span(&words->error)) ? buf_text(&words->error) : "");

	error_native(error, "%.60s", buf_text(&words->error));
	return status;
}

/* One connection. *ret_code stays NULL when it was none of ours. */
static exs_status
serve(int fd, const char *state, secret **ret_code, exs_error *error)
{
	EXS_SCOPED(buf) request = BUF(LISTENER_REQUEST_MAX);
	EXS_SCOPED(redirect_words) words = {0};

	if (!read_request(fd, &request) || !listener_read(buf_span(&request), &words) ||
	    !is_state(&words.state, state)) {
		answer(fd, "HTTP/1.1 404 Not Found\r\n" PAGE("This is not the sign-in that is waited for."));
		return EXS_OK;
	}
	if (words.error.len > 0) {
		answer(fd, "HTTP/1.1 200 OK\r\n" PAGE("The sign-in did not succeed. Look at the terminal."));
		return refuse(&words, error);
	}
	answer(fd, "HTTP/1.1 200 OK\r\n" PAGE("Signed in. You can close this window; exosign goes on."));
	return secret_new(buf_span(&words.code), ret_code, error);
}

exs_status
listener_wait(const listener *l, const exs_context *context, const char *state, int64_t ends_ms,
              secret **ret_code, exs_error *error)
{
	secret *code = NULL;

	while (code == NULL) {
		EXS_SCOPED(descriptor) fd = -1;

		EXS_TRY(context_check(context, error));
		if (moment_steady_ms() >= ends_ms)
			return exs_fail(error, E_SIGNIN, "nobody signed in in time");
		if (!wait_for(l->fd, POLLIN, SLICE_MS))
			continue;
		fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0)
			EXS_TRY(serve(fd, state, &code, error));
	}
	*ret_code = code;
	return EXS_OK;
}
