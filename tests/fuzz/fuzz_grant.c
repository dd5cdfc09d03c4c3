/*
 * A token endpoint may answer anything: it becomes a bearer that can go into a header line, or an error with a sentence and
 * without a token in it. The first byte chooses the status.
 */
#include "oauth/access.h"
#include "oauth/answer.h"
#include "oauth/refusal.h"
#include "support/fake_signer.h"
#include "support/fake_host.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static const int statuses[] = {400, 401, 403, 429, 500, 503, 302};

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
read_as_yes(span body, exs_error *error)
{
	EXS_AUTO(exs_bearer) *bearer = NULL;
	size_t                length = 0;
	const char           *token;

	exs_error_clear(error);
	if (answer_read(body, "s", &(answer_times){1000, 1001}, &bearer, error) != EXS_OK) {
		must(bearer == NULL && exs_error_message(error)[0] != '\0');
		return;
	}
	token = exs_bearer_reveal(bearer, &length);
	must(length > 0 && exs_bearer_expires(bearer) > 1000);
	for (size_t i = 0; i < length; i++)
		must(token[i] > 0x20 && token[i] < 0x7F);
}

static void
read_as_no(int status, span body, exs_error *error)
{
	static fake_host   *host;
	static fake_signer *signer;
	static identity    *id;
	refusal             r = {.status = status, .retry_after = -1, .body = body, .request_id = "r"};

	if (host == NULL) {
		exs_identity who = {.size = sizeof who, .tenant = "a.example",
		                    .client_id = "0b6f9080-5158-4f66-bac1-09028afdaa0e"};

		host = fake_host_new();
		signer = fake_signer_new(host->context, EXS_ALG_PS256, true);
		must(identity_new(&who, &id, NULL) == EXS_OK);
	}
	exs_error_clear(error);
	must(refusal_report(&r, id, fake_signer_signer(signer), error) != EXS_OK);
	must(exs_error_message(error)[0] != '\0' && exs_error_status(error) != EXS_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static exs_error *error;
	span              body;

	if (size == 0)
		return 0;
	if (error == NULL)
		error = exs_error_new();
	body = span_from((const char *)input + 1, size - 1);
	read_as_yes(body, error);
	read_as_no(statuses[input[0] % (sizeof statuses / sizeof statuses[0])], body, error);
	return 0;
}
