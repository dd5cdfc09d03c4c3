/*
 * Questions to the person at the controlling terminal: /dev/tty, never standard input.
 */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "base/secret.h"

#include <exosign/signer.h>

/* Is there a terminal to ask at? */
bool prompt_possible(void);

/*
 * Asks for the PIN, echo off, and hands it to the sink. Says which token (label, serial), for which key, and what is known
 * of earlier failures. An interrupt gives the terminal back as it was.
 */
EXS_MUST_USE exs_status prompt_pin(const exs_pin_request *request, exs_pin_sink *sink,
                                   exs_error *error);

/* Shows the question and reads a secret, echo off. E_SECRET_SOURCE without a terminal or an answer. */
EXS_MUST_USE exs_status prompt_secret(const char *question, secret **ret, exs_error *error);
/*
 * Shows the question, with what an empty answer means in brackets (NULL or "": nothing), and reads a line without the blanks around
 * it. What is typed shows: not for secrets.
 */
EXS_MUST_USE exs_status prompt_line(const char *question, const char *otherwise, char **ret, exs_error *error);

/* Shows lines of text. */
EXS_MUST_USE exs_status prompt_show(const char *text, exs_error *error);

/* Shows the question and reads y or n; anything but y or yes is no. */
EXS_MUST_USE exs_status prompt_yes(const char *question, bool *ret, exs_error *error);

#endif
