/*
 * From a web_answer to what goes over the wire, faults of the wire included.
 */
#ifndef SANDBOX_SERVER_ANSWER_H
#define SANDBOX_SERVER_ANSWER_H

#include <microhttpd.h>

#include "web.h"

/* Queues the answer, or cuts the connection; the body is taken over. What MHD's handler returns. */
enum MHD_Result server_send(struct MHD_Connection *connection, struct web_answer *answer);

#endif
