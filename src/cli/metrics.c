/* Numbers for a monitoring system. */
#include "cli/metrics.h"

#include "base/file.h"

#include <inttypes.h>

void
metrics_gauge(buf *to, const char *name, const char *help)
{
	buf_addf(to, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
}

/* OpenMetrics 1.0, ABNF of escaped strings: backslash, quote and newline; other control characters have no place in a line. */
static void
add_escaped(buf *to, const char *value)
{
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		if (c == '\\' || c == '"')
			buf_byte(to, '\\');
		if (c == '\n')
			buf_puts(to, "\\n");
		else
			buf_byte(to, c < 0x20 || c == 0x7F ? ' ' : *value);
	}
}

void
metrics_sample(buf *to, const char *name, const metric_label *labels, size_t n, int64_t value)
{
	buf_puts(to, name);
	for (size_t i = 0; i < n; i++) {
		buf_addf(to, "%s%s=\"", i == 0 ? "{" : ",", labels[i].name);
		add_escaped(to, labels[i].value);
		buf_byte(to, '"');
	}
	buf_addf(to, "%s %" PRId64 "\n", n == 0 ? "" : "}", value);
}

exs_status
metrics_write(buf *text, const char *path, exs_error *error)
{
	buf_puts(text, "# EOF\n");
	EXS_TRY(buf_check(text, "the metrics", error));
	return file_replace(path, buf_span(text), 0644, error);
}
