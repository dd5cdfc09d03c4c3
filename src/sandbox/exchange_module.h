/*
 * What a caller may run, as the service tells it: EXOModuleFile (a script) and CmdletInfo (names).
 */
#ifndef SANDBOX_EXCHANGE_MODULE_H
#define SANDBOX_EXCHANGE_MODULE_H

#include "web.h"

void module_serve_file(const struct web_request *request, struct web_answer *answer);
void module_serve_info(const struct web_request *request, struct web_answer *answer);

#endif
