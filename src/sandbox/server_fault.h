/*
 * The faults of the wire, which may strike any route.
 */
#ifndef SANDBOX_SERVER_FAULT_H
#define SANDBOX_SERVER_FAULT_H

#include "web.h"

/* What strikes before a request is handled. True when the answer is already made. */
bool wire_faults_before(const struct web_request *request, struct web_answer *answer);

/* What is done to an answer once the request was handled. */
void wire_faults_after(const struct web_request *request, struct web_answer *answer);

#endif
