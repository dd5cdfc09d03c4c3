/*
 * Run an Exchange Online cmdlet over REST and walk its rows (exchange-rest.md section 2).
 */
#ifndef EXOSIGN_EXCHANGE_H
#define EXOSIGN_EXCHANGE_H

#include <exosign/credential.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* A cmdlet and its parameters. */
typedef struct exs_command exs_command;

/* The name must be Verb-Noun in ASCII. */
EXS_MUST_USE exs_status exs_command_new(const char *cmdlet, exs_command **ret_command,
                                        exs_error *error);
void exs_command_free(exs_command *command);

/* "Get-Mailbox" */
const char *exs_command_name(const exs_command *command);
/* True for Get-, Test-, Search- and the like: running it twice changes nothing. */
bool exs_command_reads(const exs_command *command);

/* -Name with a value as PowerShell writes it: $true, $null, 'a', a,b, @('a'), @{Add='x'}. */
EXS_MUST_USE exs_status exs_command_literal(exs_command *command, const char *name,
                                            const char *literal, size_t length,
                                            exs_error *error);
/* -Name as a switch. */
EXS_MUST_USE exs_status exs_command_switch(exs_command *command, const char *name,
                                           exs_error *error);
/* -Name with text as it is, e.g. the contents of a file (UTF-8). */
EXS_MUST_USE exs_status exs_command_text(exs_command *command, const char *name,
                                         const char *text, size_t length, exs_error *error);
/* -Name with bytes, sent as ByteArrayType. */
EXS_MUST_USE exs_status exs_command_bytes(exs_command *command, const char *name,
                                          const unsigned char *bytes, size_t length,
                                          exs_error *error);
/* -Name with JSON, sent byte for byte except for the tags that hashtables need. */
EXS_MUST_USE exs_status exs_command_json(exs_command *command, const char *name,
                                         const char *json, size_t length, exs_error *error);

/* Forgets a parameter (any case); one that was not given is none. */
void exs_command_remove(exs_command *command, const char *name);

/* A whole line as PowerShell would read it: literals only; pipes, variables, expressions are refused. */
EXS_MUST_USE exs_status exs_command_parse(const char *line, size_t length,
                                          exs_command **ret_command, exs_error *error);

/*
 * Only these properties are wanted: "Name,DisplayName". The service is asked for no others where it can be told so; rows
 * may still hold more. NULL: all.
 */
EXS_MUST_USE exs_status exs_command_select(exs_command *command, const char *properties,
                                           exs_error *error);

/* The request body that would be sent; free with exs_text_free(). */
EXS_MUST_USE exs_status exs_command_body(const exs_command *command, char **ret_body,
                                         exs_error *error);

typedef struct exs_exchange exs_exchange;

typedef struct exs_exchange_options {
	size_t      size;        /* sizeof(exs_exchange_options) */
	unsigned    page_size;   /* 1 to 1000; 0: 1000 */
	const char *anchor;      /* X-AnchorMailbox; NULL: the system mailbox of the organization */
	bool        annotations; /* keep X@odata.type and X@data.type */
	const char *service;     /* "exchange" or "compliance"; NULL: exchange */
	const char *api;         /* "beta", which runs every cmdlet, or "v2" (exchange only); NULL: beta */
} exs_exchange_options;

/* A session with Exchange: connection, cookies, connection-id. One thread at a time. */
EXS_MUST_USE exs_status exs_exchange_new(const exs_context *context, exs_credential *credential,
                                         const exs_exchange_options *options,
                                         exs_exchange **ret_exchange, exs_error *error);
void exs_exchange_free(exs_exchange *exchange);

/*
 * The request that exs_exchange_run() would send first, as a JSON object of method, url, headers and body; nothing is
 * sent, and of the bearer only the word is there. The credential needs no signer for it. Free with exs_text_free().
 */
EXS_MUST_USE exs_status exs_exchange_preview(const exs_exchange *exchange,
                                             const exs_command *command, char **ret_request,
                                             exs_error *error);

/* The answer of one cmdlet, a row at a time. */
typedef struct exs_rows exs_rows;

/* Sends the command. The command is copied. Rows must be freed before the session. */
EXS_MUST_USE exs_status exs_exchange_run(exs_exchange *exchange, const exs_command *command,
                                         exs_rows **ret_rows, exs_error *error);

/*
 * The next row as one JSON value: numbers and key order as they came. *ret_row is NULL after the last
 * one, and only then was the list complete. It belongs to rows and lives until the next call. Any other
 * status than EXS_OK means that the rows so far are not the whole answer.
 */
EXS_MUST_USE exs_status exs_rows_next(exs_rows *rows, const char **ret_row, size_t *ret_length,
                                      exs_error *error);

/* The next warning of the service (UTF-8, no control characters), or NULL. Ask after each row and at the end. */
const char *exs_rows_warning(exs_rows *rows);

/* A question the service wants confirmed (Confirm), or NULL; ask at the end. Nothing was done. */
const char *exs_rows_confirmation(exs_rows *rows);

/* Pages fetched and attempts repeated so far, for progress and summaries. */
void exs_rows_progress(const exs_rows *rows, uint64_t *ret_pages, uint64_t *ret_retries);
void exs_rows_free(exs_rows *rows);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
