/*
 * Numbers for a monitoring system, as a text file that its collector reads: OpenMetrics 1.0, which the older Prometheus text format
 * reads too. Written whole: a reader sees the old file or the new one.
 */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include "base/buf.h"

typedef struct metric_label {
	const char *name, *value;
} metric_label;

/* "# TYPE ..." and "# HELP ..." of a gauge, before its samples. */
void metrics_gauge(buf *to, const char *name, const char *help);
/* One sample. Values of labels may be any UTF-8. */
void metrics_sample(buf *to, const char *name, const metric_label *labels, size_t n, int64_t value);

/* Ends the text and puts it into the file, which others may read (0644). */
EXS_MUST_USE exs_status metrics_write(buf *text, const char *path, exs_error *error);

#endif
