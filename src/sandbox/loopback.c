/*
 * Listening sockets on the loopback. See loopback.h.
 *
 * Both families, because "localhost" is both, and a client that tries ::1 first must not meet a
 * stranger there.
 */
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, TRIES = 50, PORT_MAX = 65535 };

static int
listen_at(int family, const struct sockaddr *address, socklen_t size)
{
	const int on = 1;
	int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int why;

	if (listener < 0)
		return -1;
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(listener, address, size) == 0 && listen(listener, BACKLOG) == 0)
		return listener;
	why = errno;
	close(listener);
	errno = why;
	return -1;
}

/* One try; the port is taken when either family has it. */
static bool
listen_both(unsigned long *port, int listeners[2])
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((in_port_t)*port) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	socklen_t size = sizeof(four);

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listeners[0] = listen_at(AF_INET, (const struct sockaddr *)&four, sizeof(four));
	if (listeners[0] < 0 || getsockname(listeners[0], (struct sockaddr *)&four, &size) != 0)
		return false;
	six.sin6_port = four.sin_port;
	listeners[1] = listen_at(AF_INET6, (const struct sockaddr *)&six, sizeof(six));
	if (listeners[1] < 0 && errno == EADDRINUSE) {
		close(listeners[0]);
		errno = EADDRINUSE;
		return false;
	}
	*port = ntohs(four.sin_port);
	return true;
}

bool
loopback_listen(unsigned long *port, int listeners[2])
{
	if (*port > PORT_MAX) {
		errno = EINVAL;
		return false;
	}
	for (int i = 0; i < TRIES; i++) {
		if (listen_both(port, listeners))
			return true;
		if (*port != 0)
			return false; /* that one and no other was wanted */
	}
	return false;
}
