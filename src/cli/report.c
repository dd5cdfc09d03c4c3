/* The only place that prints errors. */
#include "cli/report.h"

#include "base/error.h"
#include "base/jsonobject.h"
#include "cli/environment.h"
#include "cli/interrupt.h"
#include "output/cell.h"

#include <unistd.h>

enum { REPORT_MAX = 64 * 1024, MARGIN = 8, NARROWEST = 40 };

/* Words until the line is full; following lines begin under the first. */
static void
add_wrapped(buf *to, span text, size_t column, unsigned width)
{
	size_t at = column;

	while (text.len > 0) {
		span word = span_cut(&text, ' ');
		bool first = at == column;

		if (width >= NARROWEST && !first && at + 1 + word.len > width) {
			buf_byte(to, '\n');
			for (size_t i = 0; i < column; i++)
				buf_byte(to, ' ');
			at = column;
			first = true;
		}
		if (!first)
			buf_byte(to, ' ');
		buf_add(to, word);
		at += word.len + (first ? 0 : 1);
	}
}

static void
add_part(buf *to, const char *label, const char *text, unsigned width)
{
	EXS_SCOPED(buf) shown = BUF(REPORT_MAX);

	if (text[0] == '\0')
		return;
	cell_visible(&shown, span_of(text));
	buf_addf(to, "  %s:  ", label);
	add_wrapped(to, buf_span(&shown), MARGIN, width);
	buf_byte(to, '\n');
}

void
report_text(const exs_error *error, int code, unsigned width, buf *to)
{
	EXS_SCOPED(buf) head = BUF(REPORT_MAX);
	EXS_SCOPED(buf) reference = BUF(REPORT_MAX);
	const char *native = exs_error_native(error), *ids = exs_error_reference(error);

	cell_visible(&head, span_of(exs_error_message(error)));
	buf_addf(to, "exosign: error[%s]: ", exs_error_code(error));
	add_wrapped(to, buf_span(&head), MARGIN, width);
	buf_byte(to, '\n');
	add_part(to, "why", exs_error_why(error), width);
	add_part(to, "fix", exs_error_fix(error), width);
	buf_addf(&reference, "%s%s%s", native, native[0] != '\0' && ids[0] != '\0' ? ", " : "", ids);
	if (exs_error_retry_after(error) > 0)
		buf_addf(&reference, "%stry again in %lld seconds", reference.len > 0 ? ", " : "",
		         (long long)exs_error_retry_after(error));
	if (reference.len == 0) {
		buf_addf(to, "  (exit %d)\n", code);
		return;
	}
	buf_addf(&reference, "  (exit %d)", code);
	add_part(to, "ref", buf_text(&reference), width);
}

void
report_json(const exs_error *error, int code, buf *to)
{
	EXS_SCOPED(jsonobject) inner = {0};

	jsonobject_init(&inner);
	jsonobject_text(&inner, "code", exs_error_code(error));
	jsonobject_text(&inner, "status", exs_status_name(exs_error_status(error)));
	jsonobject_number(&inner, "exit", code);
	jsonobject_text(&inner, "message", exs_error_message(error));
	jsonobject_text(&inner, "why", exs_error_why(error));
	jsonobject_text(&inner, "fix", exs_error_fix(error));
	jsonobject_text(&inner, "native", exs_error_native(error));
	jsonobject_text(&inner, "reference", exs_error_reference(error));
	jsonobject_number(&inner, "retry_after", exs_error_retry_after(error));
	buf_puts(to, "{\"error\":");
	buf_add(to, jsonobject_end(&inner));
	buf_puts(to, "}\n");
}

/* stderr may be gone as well; there is nobody left to tell. */
static void
write_out(span text)
{
	while (text.len > 0) {
		ssize_t n = write(STDERR_FILENO, text.at, text.len);

		if (n <= 0)
			return;
		text = span_from(text.at + n, text.len - (size_t)n);
	}
}

int
report(const exs_error *error, bool json, int instead)
{
	EXS_SCOPED(buf) text = BUF(REPORT_MAX);
	int code = instead != 0 ? instead : (int)exs_error_status(error);

	if (error_is(error, E_OUTPUT) && strcmp(exs_error_native(error), "EPIPE") == 0)
		return instead != 0 ? instead : interrupt_met() ? EXIT_INTERRUPTED : EXIT_PIPE;
	if (json)
		report_json(error, code, &text);
	else
		report_text(error, code, environment_width(STDERR_FILENO), &text);
	write_out(buf_span(&text));
	return code;
}
