/* Whatever header a server sends: Retry-After is within its bounds, and no value holds a control byte. */
#include "support/fake_host.h"
#include "support/fake_transport.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const char *const hosts[] = {"x.example", NULL};
	static const char *const names[] = {"Retry-After", "Date", "Content-Type", "a"};
	static fake_host        *host;
	EXS_SCOPED(buf)          fields = BUF(256 * 1024);
	fake_step                step = {.status = 429};
	fake_wire               *wire = fake_wire_new(&step, 1);
	http_client             *client = NULL;
	http_response           *response = NULL;
	void                    *carrier = NULL;

	if (host == NULL)
		host = fake_host_new();
	buf_puts(&fields, "Retry-After: ");
	buf_add(&fields, span_from((const char *)input, size));
	step.fields = buf_text(&fields);
	must(fake_transport_make(wire, &carrier, NULL) == EXS_OK);
	must(http_client_over(host->context, NULL, hosts, &fake_transport_ops, carrier, &client, NULL) ==
	     EXS_OK);
	if (http_open(client, &(http_request){.method = "GET", .url = "https://x.example/"}, &response,
	              NULL) == EXS_OK) {
		int64_t wait = http_retry_after(response), date;

		must(wait >= -1 && wait <= 86400);
		(void)http_date(response, &date);
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			for (const char *c = http_header_value(response, names[i]); c != NULL && *c != '\0'; c++)
				must((unsigned char)*c >= 0x20 && *c != 0x7F);
	}
	http_response_free(response);
	http_client_free(client);
	must(fake_wire_open_ends(wire) == 0);
	fake_wire_free(wire);
	return 0;
}
