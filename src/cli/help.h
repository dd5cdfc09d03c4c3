/*
 * How commands are used, from the tables.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/commands.h"

/* `exosign --help` */
void help_all(buf *to);
/* `exosign token --help`, `exosign app key --help` */
void help_group(const char *group, buf *to);
/* `exosign token get --help` */
void help_command(const command *c, buf *to);

#endif
