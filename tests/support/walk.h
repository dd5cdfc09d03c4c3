/*
 * A whole list walked over a scripted service, and the words to write its script in.
 */
#ifndef SUPPORT_WALK_H
#define SUPPORT_WALK_H

#include "support/fake_service.h"

#define SERVICE(...)                                                                               \
	fake_service_new((const fake_step[]){__VA_ARGS__},                                         \
	                 sizeof((const fake_step[]){__VA_ARGS__}) / sizeof(fake_step))
#define LINK(token)        FAKE_INVOKE "?%24skiptoken=" token
#define PAGE(rows, token)  {.status = 200, .piece = 11, .body = "{\"@odata.nextLink\":\"" LINK(token) "\",\"value\":[" rows "],\"@adminapi.warnings\":[]}"}
#define LAST(rows)         {.status = 200, .piece = 7, .body = "{\"value\":[" rows "]}"}
#define BROKEN(rows)       {.status = 200, .body = "{\"value\":[" rows, .failure = E_NETWORK}
#define SHORT(rows)        {.status = 200, .body = "{\"value\":[" rows}
#define EXPIRED            {.status = 400, .body = "{\"error\":{\"code\":\"BadRequest\",\"message\":\"Invalid Operation\",\"details\":[{\"message\":\"|A.B|Expired or Invalid pagination request. Default Expiry time is 00:30:00\"}]}}"}
#define ROW(n)             "{\"Guid\":\"" #n "\",\"X@odata.type\":\"#y\",\"X\":1}"
#define ROW2(n)            "{\"Guid\":\"" #n "\",\"X\":2}"

#define R(n)               "{\"Guid\":\"" #n "\",\"X\":1};"

typedef struct walked {
	exs_status status;
	char       rows[4096];     /* the rows, each followed by ; */
	char       warnings[4096];
	uint64_t   pages, retries;
} walked;

/* Walks the list to its end or failure. limit 0: none. */
walked walk_as(fake_service *service, bool reads, uint64_t limit);

/* A command that reads, without a limit. */
walked walk(fake_service *service);

#endif
