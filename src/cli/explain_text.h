/*
 * Which of Exchange's words a person means: a type with or without its namespace, or a whole message pasted from somewhere.
 */
#ifndef CLI_EXPLAIN_TEXT_H
#define CLI_EXPLAIN_TEXT_H

#include "base/span.h"

/*
 * Does the pasted text hold this code, which is a type's name or part of a sentence? Letters in any case, ' and its
 * typographic kin alike; types only as whole names. A part of the code is enough when it has a few words.
 */
bool explain_text_fits(const char *code, span pasted);
/* The same for types that end in the code: MapiTransientException is a TransientException. */
bool explain_text_ends(const char *code, span pasted);

#endif
