/* Rows to standard output. */
#include "cli/show.h"

#include "base/error.h"
#include "cli/environment.h"
#include "cli/interrupt.h"
#include "cli/logger.h"
#include "output/sink.h"

#include <unistd.h>

enum { SECRET_MAX = 1024 * 1024 };

static output_format
format_for(const given *g, bool single, output_format on_terminal, bool terminal)
{
	output_format format;

	if (has(g, OPT_JSON))
		return OUTPUT_JSON;
	if (has(g, OPT_OUTPUT) && output_format_parse(g->values[OPT_OUTPUT], &format))
		return format;
	if (has(g, OPT_JQ))
		return OUTPUT_VALUES;
	if (terminal)
		return on_terminal;
	return single ? OUTPUT_JSON : OUTPUT_NDJSON;
}

static writer_options
options_for(const invocation *inv, bool single, output_format on_terminal, const char *preferred)
{
	bool           terminal = environment_is_terminal(STDOUT_FILENO);

	return (writer_options){
		.format = format_for(inv->given, single, on_terminal, terminal),
		.fd = STDOUT_FILENO,
		.terminal = terminal,
		.width = environment_width(STDOUT_FILENO),
		.select = inv->given->values[OPT_SELECT],
		.preferred = preferred,
		.single = single && inv->jq == NULL, /* one object may become many, or none */
		.jq = inv->jq,
		.cancelled = interrupt_met,
	};
}

static exs_status
show(const invocation *inv, bool single, output_format on_terminal, const char *preferred,
     writer **ret, exs_error *error)
{
	writer_options options = options_for(inv, single, on_terminal, preferred);

	return writer_new(&options, ret, error);
}

exs_status
show_list(const invocation *inv, const char *preferred, writer **ret, exs_error *error)
{
	return show(inv, false, OUTPUT_TABLE, preferred, ret, error);
}

exs_status
show_few(const invocation *inv, writer **ret, exs_error *error)
{
	return show(inv, false, OUTPUT_LIST, NULL, ret, error);
}

exs_status
show_one(const invocation *inv, writer **ret, exs_error *error)
{
	return show(inv, true, OUTPUT_LIST, NULL, ret, error);
}

exs_status
show_end(writer *w, exs_status so_far, exs_error *error)
{
	const char *name;

	if (so_far != EXS_OK && writer_count(w) == 0)
		return so_far;
	if (so_far != EXS_OK) {
		/* the first cause is what counts; this is only to leave valid output */
		exs_status ignored = writer_end(w, NULL);

		(void)ignored;
		return so_far;
	}
	EXS_TRY(writer_end(w, error));
	for (size_t i = 0; (name = writer_unseen(w, i)) != NULL; i++) {
		EXS_SCOPED(buf) text = BUF(2048);

		buf_addf(&text, "no row has the property %s", name);
		logger_warn(buf_text(&text));
	}
	return EXS_OK;
}

exs_status
show_object(const invocation *inv, span json, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;

	EXS_TRY(show_one(inv, &w, error));
	EXS_TRY(writer_row(w, json.at, json.len, error));
	return show_end(w, EXS_OK, error);
}

exs_status
show_whole(const invocation *inv, span json, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;
	writer_options options = options_for(inv, true, OUTPUT_LIST, NULL);

	options.select = NULL;
	options.jq = NULL;
	options.single = true;
	options.format = has(inv->given, OPT_OUTPUT) ? options.format : OUTPUT_JSON;
	EXS_TRY(writer_new(&options, &w, error));
	EXS_TRY(writer_row(w, json.at, json.len, error));
	return show_end(w, EXS_OK, error);
}

exs_status
show_text(span text, exs_error *error)
{
	EXS_SCOPED(sink) out = {0};

	sink_init(&out, STDOUT_FILENO, interrupt_met);
	buf_add(&out.waiting, text);
	return sink_flush(&out, error);
}

exs_status
show_secret(span text, const char *warning, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(SECRET_MAX);

	if (environment_is_terminal(STDOUT_FILENO))
		logger_warn(warning);
	buf_add(&line, text);
	buf_byte(&line, '\n');
	EXS_TRY(buf_check(&line, "a secret", error));
	return show_text(buf_span(&line), error);
}

bool
show_is_json(const given *g)
{
	const char *output = g->values[OPT_OUTPUT], *log = g->values[OPT_LOG_FORMAT];

	return has(g, OPT_JSON) || (output != NULL && strcmp(output, "json") == 0) ||
	       (log != NULL && strcmp(log, "json") == 0);
}
