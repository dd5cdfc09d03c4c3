/* A server on the loopback whose every byte a test decides. */
#include "support/tls_server.h"

#include "support/tls_authority.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEERS_MAX = 64, REQUEST_MAX = 1024 * 1024 };

struct tls_peer {
	tls_server *server;
	pthread_t   thread;
	int         fd;
	SSL        *ssl; /* NULL: plain */
	unsigned    number;
	buf         request;
};

struct tls_server {
	tls_flavour flavour;
	tls_serve   serve;
	void       *self;
	SSL_CTX    *ctx;
	int         fd;
	unsigned    port;
	pthread_t   thread;
	atomic_bool ending;
	atomic_uint connections, requests;
	tls_peer    peers[PEERS_MAX];
	size_t      n_peers;
	char        ca_file[256];
};

static void
need(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "tls_server: %s\n", what);
	abort();
}

/* Waits until the descriptor can be read; false when the server ends. */
static bool
readable(const tls_peer *peer, int fd)
{
	struct pollfd one = {.fd = fd, .events = POLLIN};

	if (peer->ssl != NULL && fd == peer->fd && SSL_pending(peer->ssl) > 0)
		return true;
	while (!atomic_load(&peer->server->ending))
		if (poll(&one, 1, 20) > 0)
			return true;
	return false;
}

static size_t
read_some(tls_peer *peer, char *to, size_t room)
{
	ssize_t n;

	if (!readable(peer, peer->fd))
		return 0;
	n = peer->ssl != NULL ? SSL_read(peer->ssl, to, (int)room) : recv(peer->fd, to, room, 0);
	return n > 0 ? (size_t)n : 0;
}

static size_t
body_length(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length:");

	return at == NULL ? 0 : strtoul(at + strlen("\r\ncontent-length:"), NULL, 10);
}

bool
tls_read_request(tls_peer *peer, const char **ret)
{
	size_t want = 0;

	buf_clear(&peer->request);
	for (;;) {
		char        piece[16384];
		size_t      n = read_some(peer, piece, sizeof piece);
		const char *end;

		if (n == 0)
			return false;
		buf_add(&peer->request, span_from(piece, n));
		end = strstr(buf_text(&peer->request), "\r\n\r\n");
		if (end == NULL)
			continue;
		want = (size_t)(end - buf_text(&peer->request)) + 4 + body_length(buf_text(&peer->request));
		if (peer->request.len >= want)
			break;
	}
	atomic_fetch_add(&peer->server->requests, 1);
	*ret = buf_text(&peer->request);
	return true;
}

bool
tls_write(tls_peer *peer, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		struct pollfd one = {.fd = peer->fd, .events = POLLOUT};
		size_t        some = len < 16384 ? len : 16384;
		ssize_t       n;

		if (atomic_load(&peer->server->ending))
			return false;
		if (poll(&one, 1, 20) <= 0)
			continue;
		n = peer->ssl != NULL ? SSL_write(peer->ssl, at, (int)some)
		                      : send(peer->fd, at, some, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool
tls_puts(tls_peer *peer, const char *text)
{
	return tls_write(peer, text, strlen(text));
}

void
tls_answer(tls_peer *peer, int status, const char *fields, const char *body)
{
	EXS_SCOPED(buf) text = BUF(REQUEST_MAX);

	buf_addf(&text, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s\r\n%s", status, strlen(body), fields,
	         body);
	(void)tls_write(peer, buf_text(&text), text.len);
}

void
tls_reset(tls_peer *peer)
{
	struct linger now = {.l_onoff = 1};

	(void)setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	if (peer->ssl != NULL)
		SSL_set_quiet_shutdown(peer->ssl, 1);
}

static void
take_in(tls_peer *peer, int to, bool *open)
{
	char   piece[16384];
	size_t n = read_some(peer, piece, sizeof piece);

	*open = n > 0 && send(to, piece, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static void
give_out(int from, tls_peer *peer, bool *open)
{
	char    piece[16384];
	ssize_t n = recv(from, piece, sizeof piece, 0);

	*open = n > 0 && tls_write(peer, piece, (size_t)n);
}

void
tls_relay(tls_peer *peer, unsigned port)
{
	struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
	                            .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool open = connect(fd, (const struct sockaddr *)&there, sizeof there) == 0;

	while (open && !atomic_load(&peer->server->ending)) {
		struct pollfd both[] = {{.fd = peer->fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};

		if (peer->ssl != NULL && SSL_pending(peer->ssl) > 0)
			both[0].revents = POLLIN;
		else if (poll(both, 2, 20) <= 0)
			continue;
		if (both[0].revents != 0)
			take_in(peer, fd, &open);
		if (open && both[1].revents != 0)
			give_out(fd, peer, &open);
	}
	close(fd);
}

unsigned
tls_peer_number(const tls_peer *peer)
{
	return peer->number;
}

void
tls_peer_certificate(const tls_peer *peer, char ret_sha256[65])
{
	X509         *shown = SSL_get1_peer_certificate(peer->ssl);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      len = 0;

	ret_sha256[0] = '\0';
	if (shown == NULL)
		return;
	need(X509_digest(shown, EVP_sha256(), digest, &len) == 1 && len == 32, "a digest");
	for (unsigned i = 0; i < len; i++)
		snprintf(ret_sha256 + 2 * (size_t)i, 3, "%02X", digest[i]);
	X509_free(shown);
}

unsigned
tls_peer_issuers(const tls_peer *peer)
{
	int n = sk_X509_num(SSL_get_peer_cert_chain(peer->ssl)); /* a server's: without the client's own */

	return n < 0 ? 0 : (unsigned)n;
}

void
tls_linger(tls_peer *peer)
{
	char byte;

	while (read_some(peer, &byte, 1) > 0)
		;
}

/* For the threads of the server; how the client's thread fares with it is for the tests to see. */
static void
hold_sigpipe_back(void)
{
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	need(pthread_sigmask(SIG_BLOCK, &pipe, NULL) == 0, "a signal mask");
}

/* A close with bytes unread would be a reset, which overtakes the alert that says why. */
static void
drain(int fd)
{
	char          piece[4096];
	struct pollfd one = {.fd = fd, .events = POLLIN};

	(void)shutdown(fd, SHUT_WR);
	while (poll(&one, 1, 2000) > 0 && recv(fd, piece, sizeof piece, 0) > 0)
		;
}

static void *
serve_peer(void *self)
{
	tls_peer *peer = self;

	hold_sigpipe_back();
	if (peer->server->flavour != TLS_NONE) {
		peer->ssl = SSL_new(peer->server->ctx);
		need(peer->ssl != NULL && SSL_set_fd(peer->ssl, peer->fd) == 1, "SSL");
	}
	if (peer->ssl == NULL || SSL_accept(peer->ssl) == 1) {
		peer->number = atomic_fetch_add(&peer->server->connections, 1) + 1;
		peer->server->serve(peer, peer->server->self);
		if (peer->ssl != NULL)
			(void)SSL_shutdown(peer->ssl);
	} else {
		drain(peer->fd);
	}
	SSL_free(peer->ssl);
	close(peer->fd);
	buf_done(&peer->request);
	return NULL;
}

static void *
accept_peers(void *self)
{
	tls_server *server = self;

	while (!atomic_load(&server->ending)) {
		struct pollfd one = {.fd = server->fd, .events = POLLIN};
		tls_peer     *peer = &server->peers[server->n_peers];

		if (poll(&one, 1, 20) <= 0)
			continue;
		need(server->n_peers < PEERS_MAX, "too many connections");
		*peer = (tls_peer){.server = server, .request = BUF(REQUEST_MAX)};
		peer->fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);
		if (peer->fd < 0)
			continue;
		need(setsockopt(peer->fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 30},
		                sizeof(struct timeval)) == 0, "a time limit");
		need(pthread_create(&peer->thread, NULL, serve_peer, peer) == 0, "a thread");
		server->n_peers++;
	}
	return NULL;
}

static void
listen_somewhere(tls_server *server)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t          len = sizeof here;

	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(server->fd >= 0 && bind(server->fd, (const struct sockaddr *)&here, sizeof here) == 0 &&
	             listen(server->fd, 16) == 0 &&
	             getsockname(server->fd, (struct sockaddr *)&here, &len) == 0, "a port");
	server->port = ntohs(here.sin_port);
}

tls_server *
tls_server_new(tls_flavour flavour, tls_serve serve, void *self)
{
	tls_server *server = calloc(1, sizeof *server);
	const char *temporary = getenv("TMPDIR");

	need(server != NULL, "memory");
	server->flavour = flavour;
	server->serve = serve;
	server->self = self;
	listen_somewhere(server);
	if (flavour != TLS_NONE) {
		snprintf(server->ca_file, sizeof server->ca_file, "%s/ca-%d-%u.pem",
		         temporary == NULL ? "/tmp" : temporary, (int)getpid(), server->port);
		server->ctx = tls_authority_context(flavour, server->ca_file);
	}
	need(pthread_create(&server->thread, NULL, accept_peers, server) == 0, "a thread");
	return server;
}

void
tls_server_free(tls_server *server)
{
	atomic_store(&server->ending, true);
	pthread_join(server->thread, NULL);
	for (size_t i = 0; i < server->n_peers; i++)
		pthread_join(server->peers[i].thread, NULL);
	close(server->fd);
	SSL_CTX_free(server->ctx);
	if (server->ca_file[0] != '\0')
		unlink(server->ca_file);
	free(server);
}

unsigned
tls_server_port(const tls_server *server)
{
	return server->port;
}

const char *
tls_server_ca_file(const tls_server *server)
{
	return server->ca_file;
}

unsigned
tls_server_connections(const tls_server *server)
{
	return atomic_load(&server->connections);
}

unsigned
tls_server_requests(const tls_server *server)
{
	return atomic_load(&server->requests);
}
