/*
 * What every unit test includes: cmocka with what it wants included before it, and asserts for our own words.
 */
#ifndef SUPPORT_TEST_H
#define SUPPORT_TEST_H

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_ok(expression) assert_int_equal((expression), EXS_OK)

/* The span holds exactly this text. */
#define assert_span(s, text) support_assert_span((s), (text), sizeof(text) - 1, __FILE__, __LINE__)
void support_assert_span(span s, const char *text, size_t len, const char *file, int line);

/* The expression fails with the row E_id and its status; the error is emptied. */
#define assert_fails(expression, error, id)                                                        \
	support_assert_fails((expression), (error), (id), #expression, __FILE__, __LINE__)
void support_assert_fails(exs_status status, exs_error *error, error_id id, const char *expression,
                          const char *file, int line);

/* An error for the whole program, emptied by each call; it says what the last one left. */
exs_error *test_error(void);

/* The directory of this test program ($TMPDIR), or a fresh one; a path below it, valid until the next 8 calls. */
const char *test_path(const char *name);
/* Writes a file there with this mode and returns its path. */
const char *test_file(const char *name, span contents, unsigned mode);

#endif
