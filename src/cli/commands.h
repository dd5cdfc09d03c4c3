/*
 * The commands: one table in groups, from which parsing, help, completions and the manual come.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

typedef struct invocation invocation;

enum {
	COMMAND_CMDLET = 1,   /* after its first word, words with one dash belong to the cmdlet */
	COMMAND_FORWARDS = 2, /* everything behind it belongs to another program */
	COMMAND_SECRETS = 4,  /* touches PINs, assertions or tokens: hardened before it runs */
	COMMAND_HIDDEN = 8,
	COMMAND_ANSWERS = 16, /* ends with 0 (yes), 1 (no) or EXIT_UNKNOWN */
};

struct command {
	const char *name, *sub;  /* sub NULL: a word of its own; one word or two: "get", "key add" */
	const char *arguments;   /* "[URI]" */
	const char *summary;     /* one line */
	const char *text;        /* a paragraph for help and the manual; lines end with \n */
	const char *examples;    /* one a line */
	const option_id *options; /* its own, ended by OPTIONS; NULL: none */
	unsigned    least, most; /* words it takes */
	unsigned    bits;
	exs_status (*run)(invocation *inv, exs_error *error);
};

/* A group a file (commands_exchange.c ...), each ended by a row without a name. */
extern const command exchange_commands[], token_commands[], device_commands[],
	certificate_commands[], operate_commands[], program_commands[], app_commands[];

/* The rows of all groups as one table; NULL behind the last. */
const command *command_at(size_t i);

/* NULL when there is none. sub may be NULL. */
const command *command_find(const char *name, const char *sub);
/* By all its words, "app key add"; NULL when there is none. */
const command *command_named(const char *words);
/* Is there a command of more words that begins with these, "app" or "app key"? */
bool command_is_group(const char *words);
/* Does it begin with the words of this group? "" is begun with by all. */
bool command_is_in(const command *c, const char *group);
/* The word behind those of a group it is in: "key" of `app key add` in "app". */
const char *command_word(const command *c, const char *group, char *to, size_t room);

/* "exosign token get"; to is cleared first. */
const char *command_title(const command *c, char *to, size_t room);

/* The run functions, a file a group. */
exs_status run_run(invocation *inv, exs_error *error);
exs_status run_cmdlets(invocation *inv, exs_error *error);
exs_status run_complete(invocation *inv, exs_error *error);
exs_status run_batch(invocation *inv, exs_error *error);
exs_status run_token_get(invocation *inv, exs_error *error);
exs_status run_token_show(invocation *inv, exs_error *error);
exs_status run_credential_powershell(invocation *inv, exs_error *error);
exs_status run_assertion_create(invocation *inv, exs_error *error);
exs_status run_assertion_decode(invocation *inv, exs_error *error);
exs_status run_hsm_list(invocation *inv, exs_error *error);
exs_status run_hsm_check(invocation *inv, exs_error *error);
exs_status run_api(invocation *inv, exs_error *error);
exs_status run_vault_secret_get(invocation *inv, exs_error *error);
exs_status run_vault_secret_list(invocation *inv, exs_error *error);
exs_status run_vault_certificate_get(invocation *inv, exs_error *error);
exs_status run_init(invocation *inv, exs_error *error);
exs_status run_doctor(invocation *inv, exs_error *error);
exs_status run_explain(invocation *inv, exs_error *error);
exs_status run_key_generate(invocation *inv, exs_error *error);
exs_status run_key_show(invocation *inv, exs_error *error);
exs_status run_key_evidence(invocation *inv, exs_error *error);
exs_status run_key_delete(invocation *inv, exs_error *error);
exs_status run_cert_create(invocation *inv, exs_error *error);
exs_status run_cert_csr(invocation *inv, exs_error *error);
exs_status run_cert_import(invocation *inv, exs_error *error);
exs_status run_cert_delete(invocation *inv, exs_error *error);
exs_status run_cert_show(invocation *inv, exs_error *error);
exs_status run_cert_due(invocation *inv, exs_error *error);
exs_status run_app_setup(invocation *inv, exs_error *error);
exs_status run_app_plan(invocation *inv, exs_error *error);
exs_status run_app_status(invocation *inv, exs_error *error);
exs_status run_app_consent_url(invocation *inv, exs_error *error);
exs_status run_app_key_add(invocation *inv, exs_error *error);
exs_status run_app_key_rotate(invocation *inv, exs_error *error);
exs_status run_app_key_retire(invocation *inv, exs_error *error);
exs_status run_config_show(invocation *inv, exs_error *error);
exs_status run_config_check(invocation *inv, exs_error *error);
exs_status run_sandbox(invocation *inv, exs_error *error);
exs_status run_completion(invocation *inv, exs_error *error);
exs_status run_version(invocation *inv, exs_error *error);
exs_status run_help(invocation *inv, exs_error *error);
exs_status run_manual(invocation *inv, exs_error *error);

#endif
