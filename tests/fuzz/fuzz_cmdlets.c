/*
 * The kept list of cmdlets: any bytes are refused or read, also under a sum that is right, and what was read can be looked
 * through to its end.
 */
#include "base/encode.h"
#include "exchange/catalogue.h"

#include <openssl/evp.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
look_through(const exs_cmdlets *list)
{
	exs_cmdlet           cmdlet, found;
	exs_cmdlet_parameter parameter;
	size_t               seen = 0;

	for (size_t i = 0; exs_cmdlets_at(list, i, &cmdlet); i++) {
		if (!exs_cmdlets_find(list, cmdlet.name, &found) || found.parameters != cmdlet.parameters)
			abort();
		for (size_t p = 0; exs_cmdlet_parameter_at(list, &cmdlet, p, &parameter); p++)
			seen += strlen(parameter.name) + strlen(parameter.type) + strlen(parameter.aliases);
	}
	if (seen > CATALOGUE_FILE_MAX)
		abort();
	(void)exs_cmdlets_nearest(list, "Get-Mailbox");
}

static void
read_list(buf *text)
{
	EXS_AUTO(exs_cmdlets) *list = NULL;

	if (catalogue_read(text, NULL, &list, NULL) == EXS_OK)
		look_through(list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	EXS_SCOPED(buf) as_is = BUF(CATALOGUE_FILE_MAX);
	EXS_SCOPED(buf) summed = BUF(CATALOGUE_FILE_MAX);
	unsigned char sum[32];

	buf_add(&as_is, span_from((const char *)input, size));
	buf_add(&summed, buf_span(&as_is));
	if (EVP_Digest(buf_text(&summed), summed.len, sum, NULL, EVP_sha256(), NULL) != 1)
		return 0;
	buf_puts(&summed, "sum\t");
	encode_hex(&summed, span_from((const char *)sum, sizeof sum), false);
	buf_byte(&summed, '\n');
	read_list(&as_is);
	read_list(&summed);
	return 0;
}
