/* Events on stderr. */
#include "cli/logger.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/moment.h"
#include "output/cell.h"

#include <inttypes.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 16 * 1024 };

/* The sink: the only global state of the program. */
static int  verbosity;
static bool as_json;

static const char *const level_names[] = {
	[EXS_LOG_ERROR] = "error", [EXS_LOG_WARNING] = "warning", [EXS_LOG_NOTICE] = "notice",
	[EXS_LOG_INFO] = "info",   [EXS_LOG_DEBUG] = "debug",
};

void
logger_set(int wanted, bool json)
{
	verbosity = wanted;
	as_json = json;
}

bool
logger_is_json(void)
{
	return as_json;
}

bool
logger_shows(exs_log_level level)
{
	static const int needed[] = {
		[EXS_LOG_ERROR] = -1, [EXS_LOG_WARNING] = 0, [EXS_LOG_NOTICE] = -1,
		[EXS_LOG_INFO] = 1,   [EXS_LOG_DEBUG] = 2,
	};

	return verbosity >= needed[level];
}

/* In one write, so that lines of several threads stay apart. */
static void
write_line(buf *line)
{
	buf_byte(line, '\n');
	if (write(STDERR_FILENO, buf_text(line), line->len) < 0)
		return;
}

/* What others wrote must not end its quotes and begin a field of its own: quotes and backslashes get a backslash. */
static void
add_quoted(buf *line, const char *text)
{
	buf_byte(line, '"');
	while (*text != '\0') {
		size_t plain = strcspn(text, "\"\\");

		cell_visible(line, span_from(text, plain));
		text += plain;
		if (*text != '\0') {
			buf_byte(line, '\\');
			buf_byte(line, *text++);
		}
	}
	buf_byte(line, '"');
}

static void
add_value(buf *line, const exs_field *field)
{
	if (field->text == NULL) {
		buf_addf(line, "%" PRId64, field->number);
		return;
	}
	if (strpbrk(field->text, " \"=") != NULL || field->text[0] == '\0')
		add_quoted(line, field->text);
	else
		cell_visible(line, span_of(field->text));
}

static void
log_text(exs_log_level level, const char *area, const char *event, const exs_field *fields,
         size_t n_fields)
{
	EXS_SCOPED(buf) line = BUF(LINE_MAX_BYTES);

	if (level <= EXS_LOG_NOTICE)
		buf_addf(&line, "exosign: %s: %s %s", level_names[level], area, event);
	else
		buf_addf(&line, "%s %s %s %s", moment_print(moment_now_ms() / 1000).at,
		         level_names[level], area, event);
	for (size_t i = 0; i < n_fields; i++) {
		buf_addf(&line, " %s=", fields[i].name);
		add_value(&line, &fields[i]);
	}
	write_line(&line);
}

static void
log_json(exs_log_level level, const char *area, const char *event, const exs_field *fields,
         size_t n_fields)
{
	EXS_SCOPED(jsonobject) line = {0};

	jsonobject_init(&line);
	jsonobject_text(&line, "time", moment_print(moment_now_ms() / 1000).at);
	jsonobject_text(&line, "level", level_names[level]);
	jsonobject_text(&line, "area", area);
	jsonobject_text(&line, "event", event);
	for (size_t i = 0; i < n_fields; i++) {
		if (fields[i].text != NULL)
			jsonobject_text(&line, fields[i].name, fields[i].text);
		else
			jsonobject_number(&line, fields[i].name, fields[i].number);
	}
	(void)jsonobject_end(&line);
	write_line(&line.text);
}

void
logger_event(void *self, exs_log_level level, const char *area, const char *event,
             const exs_field *fields, size_t n_fields)
{
	(void)self;
	if (!logger_shows(level))
		return;
	(as_json ? log_json : log_text)(level, area, event, fields, n_fields);
}

void
logger_warn(const char *text)
{
	EXS_SCOPED(buf) line = BUF(LINE_MAX_BYTES);

	if (!logger_shows(EXS_LOG_WARNING))
		return;
	if (as_json) {
		log_json(EXS_LOG_WARNING, "program", "warning", &LOG_TEXT("text", text), 1);
		return;
	}
	buf_puts(&line, "exosign: warning: ");
	cell_visible(&line, span_of(text));
	write_line(&line);
}
