/*
 * What a host of libexosign looks like: opens a key, makes a credential of it, runs a cmdlet and walks its rows. Built
 * against the installed library, with its public headers and nothing else.
 *
 *   list_mailboxes KEY-URI PIN-FILE TENANT ORGANIZATION CLIENT-ID ENDPOINT CA-FILE [CMDLET]
 */
#include <exosign/exosign.h>

#include <stdio.h>
#include <string.h>

#define MUST(expression)                                                                           \
	do {                                                                                       \
		if ((expression) != EXS_OK)                                                        \
			return report(error);                                                      \
	} while (0)

static int
report(const exs_error *error)
{
	fprintf(stderr, "%s: %s\n  why: %s\n  fix: %s\n", exs_error_code(error),
	        exs_error_message(error), exs_error_why(error), exs_error_fix(error));
	return exs_error_status(error);
}

/* The PIN is read when it is wanted, and only then. */
static exs_status
pin_from_file(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	char  pin[128];
	FILE *file = fopen(self, "r");
	char *line = file == NULL ? NULL : fgets(pin, sizeof pin, file);

	(void)request;
	if (file != NULL)
		fclose(file);
	if (line == NULL)
		return EXS_PIN;
	exs_status status = exs_pin_sink_put(sink, pin, strcspn(pin, "\r\n"), error);
	explicit_bzero(pin, sizeof pin);
	return status;
}

static int
list(const exs_context *context, exs_credential *credential, const char *cmdlet, exs_error *error)
{
	exs_exchange_options options = {.size = sizeof options, .page_size = 2};
	exs_exchange        *exchange = NULL;
	exs_command         *command = NULL;
	exs_rows            *rows = NULL;
	const char          *row;
	size_t               length;

	MUST(exs_command_new(cmdlet, &command, error));
	MUST(exs_command_literal(command, "ResultSize", "5", 1, error));
	MUST(exs_exchange_new(context, credential, &options, &exchange, error));
	MUST(exs_exchange_run(exchange, command, &rows, error));
	for (;;) {
		MUST(exs_rows_next(rows, &row, &length, error));
		if (row == NULL)
			break;
		printf("%.*s\n", (int)length, row);
	}
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	exs_command_free(command);
	return 0;
}

int
main(int argc, char **argv)
{
	exs_error      *error = exs_error_new();
	exs_context    *context = NULL;
	exs_signer     *signer = NULL;
	exs_credential *credential = NULL;
	int             status;

	if (argc < 8) {
		fprintf(stderr, "see the top of this file\n");
		return EXS_USAGE;
	}
	exs_signer_options key = {
		.size = sizeof key,
		.key_uri = argv[1],
		.pin = {.self = argv[2], .attended = true, .name = "a file", .ask = pin_from_file},
	};
	exs_identity who = {
		.size = sizeof who,
		.cloud = "sandbox",
		.tenant = argv[3],
		.organization = argv[4],
		.client_id = argv[5],
		.endpoint_login = argv[6],
		.endpoint_exchange = argv[6],
	};
	exs_network network = {.size = sizeof network, .ca_file = argv[7]};

	MUST(exs_context_new(NULL, &context, error));
	MUST(exs_signer_open(context, &key, &signer, error));
	MUST(exs_credential_new(context, signer, &who, &network, &credential, error));
	status = list(context, credential, argc > 8 ? argv[8] : "Get-Mailbox", error);
	exs_credential_free(credential);
	exs_signer_free(signer);
	exs_context_free(context);
	exs_error_free(error);
	return status;
}
