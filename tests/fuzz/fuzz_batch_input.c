/* Whatever an input holds: each item is a good command or the input is refused with a line, and no cell becomes code. */
#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/batch_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <exosign/batch.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_item(const batch_item *item)
{
	char  *body = NULL;
	size_t at;

	if (item->why_not != NULL || exs_command_has_secrets(item->command))
		return;
	if (exs_command_body(item->command, &body, NULL) != EXS_OK)
		return;
	must(jsontext_check(span_of(body), &at));
	exs_text_free(body);
}

static void
read_all(const char *path, const batch_shape *shape)
{
	EXS_AUTO(batch_reader) *reader = NULL;
	EXS_SCOPED(error_scratch) error = exs_error_new();
	char digest[BATCH_DIGEST_MAX];
	bool more = true;

	must(error != NULL);
	if (batch_reader_new(path, "items", shape, &reader, error) != EXS_OK)
		return;
	while (more) {
		EXS_AUTO(batch_item) *item = NULL;

		if (batch_reader_step(reader, &more, error) != EXS_OK)
			return;
		if (!more)
			break;
		if (batch_reader_item(reader, &item, error) != EXS_OK) {
			must(exs_error_message(error)[0] != '\0');
			return;
		}
		must(item->number + 1 == batch_reader_count(reader));
		check_item(item);
	}
	must(batch_reader_digest(reader, digest, error) == EXS_OK && strlen(digest) == 64);
}

static exs_command *
make_pattern(void)
{
	static const char text[] = "{a} and {b} {{c}} {d:bool}";
	exs_command *pattern = NULL;
	char        *marked = NULL;

	must(exs_command_new("Set-Mailbox", &pattern, NULL) == EXS_OK);
	must(exs_batch_columns(text, sizeof text - 1, &marked, NULL) == EXS_OK);
	must(exs_command_text(pattern, "Identity", marked, strlen(marked), NULL) == EXS_OK);
	exs_text_free(marked);
	return pattern;
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static exs_command *pattern;
	int   file = memfd_create("items", MFD_CLOEXEC);
	char  path[64];

	if (pattern == NULL)
		pattern = make_pattern();
	must(file >= 0 && write(file, input, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	read_all(path, &(batch_shape){.cmdlet = "Get-Mailbox"});
	read_all(path, &(batch_shape){.cmdlet = "Set-Mailbox", .pattern = pattern});
	close(file);
	return 0;
}
