/*
 * The only place that prints errors, and the exit status they end with.
 *
 *   exosign: error[CODE]: what happened
 *     why:  the cause
 *     fix:  the next thing to do
 *     ref:  foreign codes and ids  (exit 7)
 *
 * As JSON, the same is one object on one line: {"error":{"code":...}}.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "base/buf.h"

/* Appends the report. code: the exit status it names; width: of the terminal; 0: lines are not wrapped. */
void report_text(const exs_error *error, int code, unsigned width, buf *to);
void report_json(const exs_error *error, int code, buf *to);

/*
 * Writes the report to stderr, unless the reader of our output went away, and returns the exit status: the error's own, or the
 * one that `instead` gives to every failure (0: none does).
 */
int report(const exs_error *error, bool json, int instead);

#endif
