/*
 * How Exchange says no: one envelope, several generations of its details.
 */
#ifndef SANDBOX_EXCHANGE_ERRORS_H
#define SANDBOX_EXCHANGE_ERRORS_H

#include "web.h"

/* What went wrong; the table in exchange_errors.c gives status, codes and the .NET type of each. */
enum failure {
	FAILURE_BODY,            /* the request is not an InvokeCommand request */
	FAILURE_PARAMETER,       /* a parameter the cmdlet does not have */
	FAILURE_BINDING,         /* a value that cannot become the parameter's type */
	FAILURE_ARGUMENT,        /* a value of the right type that makes no sense */
	FAILURE_FILTER,
	FAILURE_NOT_FOUND,
	FAILURE_EXISTS,
	FAILURE_ADDRESS_TAKEN,
	FAILURE_MEMBER_EXISTS,
	FAILURE_MEMBER_MISSING,
	FAILURE_ENTRY_EXISTS,
	FAILURE_ENTRY_MISSING,
	FAILURE_PAGE,            /* a next link that is not, or no longer, good */
	FAILURE_CMDLET_DENIED,
	FAILURE_SCENARIO,        /* the application's directory role is not supported */
	FAILURE_CONCURRENCY,
	FAILURE_TRACE_BUDGET,
	FAILURE_TRANSIENT,
	FAILURE_ROUTING,         /* an anchor that leads nowhere */
	FAILURE_METHOD,
	FAILURE_ROUTE,
	FAILURE_QUERY,           /* a query option that an entity does not have, or cannot be read */
	FAILURES
};

/* Where the text of the failure stands in the envelope. */
enum failure_form {
	FORM_USUAL,    /* as the table says: three fields, the first one empty for client errors */
	FORM_PIPE3,    /* Ex1A2B3C|Type|text */
	FORM_PIPE2,    /* |Type|text */
	FORM_PLAIN,    /* text alone */
	FORM_JSON,     /* a JSON document as a string */
	FORM_INNER,    /* a JSON document whose own message says nothing, its InnerError all */
	FORM_SECOND,   /* an empty entry of details comes first */
	FORM_BARE,     /* no envelope: what ASP.NET puts at the top */
	FORM_INTERNAL, /* details say nothing; the text stands in innererror.internalexception */
};

/* Fills the answer with the envelope; text is the sentence for people. */
void failure_write(struct web_answer *answer, enum failure failure, enum failure_form form,
                   const char *text);

/* The text Exchange gives with FAILURE_PAGE, FAILURE_CONCURRENCY, FAILURE_TRANSIENT, FAILURE_SCENARIO. */
const char *failure_text(enum failure failure);

/* The members that every JSON answer ends with: the warnings, with their misspelled annotation. */
#define WARNINGS_LEAD "\"adminapi.warnings@odata.type\":\"#Collection(String)\",\"@adminapi.warnings\":["

#endif
