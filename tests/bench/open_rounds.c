/*
 * open_rounds ROUNDS URI PIN-FILE ALG: opens the key, signs once and closes it, so many times in one process; for a
 * look at what stays behind (tests/bench/leaks.sh). ALG is PS256 or ES256.
 */
#include <exosign/exosign.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static exs_status
read_pin(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	char  pin[128] = "";
	FILE *file = fopen(self, "r");

	(void)request;
	if (file == NULL)
		return EXS_PIN;
	if (fgets(pin, sizeof pin, file) == NULL)
		pin[0] = '\0';
	fclose(file);
	return exs_pin_sink_put(sink, pin, strcspn(pin, "\r\n"), error);
}

static exs_status
one_round(const exs_context *context, const exs_signer_options *options, exs_error *error)
{
	static const unsigned char message[] = "a.b";
	exs_signer   *signer = NULL;
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	exs_status    status = exs_signer_open(context, options, &signer, error);

	if (status == EXS_OK)
		status = exs_signer_sign(signer, message, sizeof message - 1, signature, &len, error);
	exs_signer_free(signer);
	return status;
}

int
main(int argc, char **argv)
{
	exs_error   *error = exs_error_new();
	exs_context *context = NULL;
	exs_signer_options options = {.size = sizeof options, .without_certificate = true};
	exs_status   status;

	if (argc != 5) {
		fprintf(stderr, "usage: open_rounds ROUNDS URI PIN-FILE ALG\n");
		return 2;
	}
	options.key_uri = argv[2];
	options.alg = strcmp(argv[4], "ES256") == 0 ? EXS_ALG_ES256 : EXS_ALG_PS256;
	options.pin = (exs_pin_source){.self = argv[3], .attended = true, .name = "a file", .ask = read_pin};
	status = exs_context_new(NULL, &context, error);
	for (long i = strtol(argv[1], NULL, 10); i > 0 && status == EXS_OK; i--)
		status = one_round(context, &options, error);
	if (status != EXS_OK)
		fprintf(stderr, "%s: %s (%s)\n", exs_error_code(error), exs_error_message(error),
		        exs_error_why(error));
	exs_context_free(context);
	exs_error_free(error);
	return (int)status;
}
