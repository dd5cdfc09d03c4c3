/*
 * Ctrl-C and its relatives. The first SIGINT, SIGTERM, SIGHUP or SIGQUIT asks everything to stop (exit status 130 after
 * what is open was closed); the second one ends the process at once. A reader of standard output that went away
 * (SIGPIPE) is an error of writing, so that the device is still logged out.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>
#include <termios.h>

enum { EXIT_INTERRUPTED = 130, EXIT_PIPE = 141 };

void interrupt_install(void);
bool interrupt_met(void);
/* Before another program takes our place: what an exec would pass on is as we found it. */
void interrupt_release(void);

/* While a PIN is typed: the settings to give back to the terminal when the process ends at once. NULL: no longer. */
void interrupt_keep_terminal(int fd, const struct termios *settings);

#endif
