/*
 * The service's script: whatever it is, its pieces do not matter, and what is read from it is a list that can be kept and read again.
 * As an answer in JSON it is taken or refused, whole or in pieces alike.
 */
#include "exchange/catalogue.h"
#include "exchange/modulefile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static exs_status
read_script(functions *f, span text, size_t piece)
{
	functions_begin(f);
	while (text.len > 0) {
		size_t n = text.len < piece ? text.len : piece;

		functions_feed(f, span_from(text.at, n));
		text = span_from(text.at + n, text.len - n);
	}
	return functions_end(f, NULL);
}

static exs_status
read_answer(modulefile *m, span text, size_t piece)
{
	modulefile_begin(m);
	while (text.len > 0) {
		size_t n = text.len < piece ? text.len : piece;

		EXS_TRY(modulefile_feed(m, span_from(text.at, n), NULL));
		text = span_from(text.at + n, text.len - n);
	}
	return modulefile_end(m, NULL);
}

static void
keep_and_read(span records)
{
	EXS_SCOPED(buf) text = BUF(CATALOGUE_FILE_MAX);
	EXS_AUTO(exs_cmdlets) *list = NULL;
	catalogue_head head = {"fuzz", 1, NULL};

	must(catalogue_write(&head, records, &text, NULL) == EXS_OK);
	must(catalogue_read(&text, "fuzz", &list, NULL) == EXS_OK);
}

static void
check_script(span text)
{
	EXS_SCOPED(functions) whole;
	EXS_SCOPED(functions) pieces;
	exs_status status = read_script(&whole, text, text.len);

	must(read_script(&pieces, text, 3) == status);
	must(span_same(buf_span(&whole.records), buf_span(&pieces.records)));
	must(span_same(buf_span(&whole.key), buf_span(&pieces.key)));
	if (status == EXS_OK)
		keep_and_read(buf_span(&whole.records));
}

static void
check_answer(span text)
{
	EXS_SCOPED(modulefile) whole;
	EXS_SCOPED(modulefile) pieces;
	EXS_SCOPED(buf) selected = BUF(FUNCTIONS_RECORDS_MAX);
	exs_status status = read_answer(&whole, text, text.len);

	must(read_answer(&pieces, text, 5) == status);
	if (status != EXS_OK)
		return;
	must(span_same(buf_span(&whole.names), buf_span(&pieces.names)));
	must(catalogue_select(buf_span(&whole.functions.records), buf_span(&whole.names), &selected, NULL) ==
	     EXS_OK);
	keep_and_read(buf_span(&selected));
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	span text = span_from((const char *)input, size);

	check_script(text);
	check_answer(text);
	return 0;
}
