/*
 * Listening sockets on the loopback, the same port for IPv4 and IPv6.
 */
#ifndef SANDBOX_LOOPBACK_H
#define SANDBOX_LOOPBACK_H

#include <stdbool.h>

/*
 * Listens on port (0: a free one, which *port becomes). listeners[1] is -1 where the machine has no
 * IPv6. False when the port is taken: errno says so.
 */
bool loopback_listen(unsigned long *port, int listeners[2]);

#endif
