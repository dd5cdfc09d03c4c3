/*
 * Which certificates `exosign cert show` and `exosign cert due` are about.
 */
#ifndef CLI_CMD_CERT_SHOW_H
#define CLI_CMD_CERT_SHOW_H

#include "cli/open.h"

/*
 * Visits those that the command line names by URI, thumbprint or file, else those of the profile: its certificate's file, or what belongs
 * to its key.
 */
EXS_MUST_USE exs_status cert_visit(invocation *inv, exs_certificate_visit visit, void *self,
                                   exs_error *error);

#endif
