/* Questions to the person at the controlling terminal. */
#include "cli/prompt.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/interrupt.h"
#include "cli/pin_text.h"
#include "output/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

enum { QUESTION_MAX = 4096, SHOWN_MAX = 256 * 1024 };

/* The terminal with echo off, until it leaves scope. */
typedef struct silence {
	int            fd;
	struct termios before;
	bool           on;
} silence;

static void
silence_done(silence *s)
{
	if (!s->on)
		return;
	(void)tcsetattr(s->fd, TCSAFLUSH, &s->before);
	interrupt_keep_terminal(-1, NULL);
}

static exs_status
no_terminal(exs_error *error)
{
	return exs_fail(error, E_PIN_NONE, "there is no terminal to ask at");
}

static exs_status
open_terminal(int *ret, exs_error *error)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return no_terminal(error);
	*ret = fd;
	return EXS_OK;
}

bool
prompt_possible(void)
{
	EXS_SCOPED(descriptor) fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd >= 0;
}

static exs_status
silence_begin(silence *s, int fd, exs_error *error)
{
	struct termios quiet;

	if (tcgetattr(fd, &s->before) < 0)
		return no_terminal(error);
	quiet = s->before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	interrupt_keep_terminal(fd, &s->before);
	if (tcsetattr(fd, TCSAFLUSH, &quiet) < 0) {
		interrupt_keep_terminal(-1, NULL);
		return no_terminal(error);
	}
	s->fd = fd;
	s->on = true;
	return EXS_OK;
}

static exs_status
say(int fd, const buf *text, exs_error *error)
{
	EXS_TRY(buf_check(text, "a question", error));
	if (write(fd, buf_text(text), text->len) < 0)
		return no_terminal(error);
	return EXS_OK;
}

/* Until the newline; what follows a PIN that is too long is read and dropped, so that it echoes nowhere. */
static exs_status
read_line(int fd, pin_text *line, exs_error *error)
{
	bool too_long = false;

	for (;;) {
		char    c;
		ssize_t n = read(fd, &c, 1);

		if (interrupt_met())
			return exs_fail(error, E_INTERRUPTED, "interrupted");
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return exs_fail(error, E_PIN_NONE, "the terminal gave no answer");
		if (c == '\n')
			break;
		too_long = too_long || line->len == sizeof line->at;
		if (!too_long)
			line->at[line->len++] = c;
		explicit_bzero(&c, 1);
	}
	if (too_long)
		return exs_fail(error, E_PIN_LENGTH, "what was typed is longer than any PIN");
	return EXS_OK;
}

static void
add_history(buf *to, const exs_pin_request *request)
{
	if (request->final_try)
		buf_puts(to, "  This is the LAST TRY: a wrong PIN locks the token.\n");
	else if (request->count_low)
		buf_puts(to, "  A wrong PIN was entered since the last good one.\n");
	if (request->failures_known > 0)
		buf_addf(to, "  %d wrong %s from exosign since the last good one.\n",
		         request->failures_known, request->failures_known == 1 ? "PIN" : "PINs");
}

static void
add_question(buf *to, const exs_pin_request *request)
{
	add_history(to, request);
	buf_puts(to, "PIN for token \"");
	cell_visible(to, span_of(request->token_label));
	buf_puts(to, "\" (serial ");
	cell_visible(to, span_of(request->token_serial));
	if (request->key_label[0] != '\0') {
		buf_puts(to, ", key ");
		cell_visible(to, span_of(request->key_label));
	}
	if (request->context_specific)
		buf_puts(to, ", for one signature");
	buf_puts(to, "): ");
}

static exs_status
ask_silently(int fd, const buf *question, pin_text *pin, exs_error *error)
{
	EXS_SCOPED(buf) newline = BUF(2);
	EXS_SCOPED(silence) hush = {0};
	exs_status status;

	EXS_TRY(silence_begin(&hush, fd, error));
	EXS_TRY(say(fd, question, error));
	status = read_line(fd, pin, error);
	buf_byte(&newline, '\n');
	if (status == EXS_OK)
		return say(fd, &newline, error);
	(void)say(fd, &newline, NULL);
	return status;
}

exs_status
prompt_pin(const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	EXS_SCOPED(descriptor) fd = -1;
	EXS_SCOPED(buf) question = BUF(QUESTION_MAX);
	EXS_SCOPED(pin_text) pin;

	pin_text_init(&pin);
	add_question(&question, request);
	EXS_TRY(open_terminal(&fd, error));
	EXS_TRY(ask_silently(fd, &question, &pin, error));
	if (pin.len == 0)
		return exs_fail(error, E_PIN_NONE, "no PIN was typed");
	return exs_pin_sink_put(sink, pin.at, pin.len, error);
}

static exs_status
ask_for_secret(const char *question, pin_text *answer, exs_error *error)
{
	EXS_SCOPED(descriptor) fd = -1;
	EXS_SCOPED(buf) text = BUF(QUESTION_MAX);

	cell_visible(&text, span_of(question));
	EXS_TRY(open_terminal(&fd, error));
	return ask_silently(fd, &text, answer, error);
}

exs_status
prompt_secret(const char *question, secret **ret, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();
	EXS_SCOPED(pin_text) answer;
	exs_status status;

	pin_text_init(&answer);
	if (why == NULL)
		return mem_fail(error);
	status = ask_for_secret(question, &answer, why);
	if (status == EXS_CANCELLED) {
		error_copy(error, why);
		return status;
	}
	if (error_is(why, E_PIN_LENGTH))
		return exs_fail(error, E_SECRET_SOURCE, "what was typed is longer than %d bytes", PIN_TEXT_MAX);
	if (status != EXS_OK || answer.len == 0)
		return exs_fail(error, E_SECRET_SOURCE, "nothing was typed at the terminal");
	return secret_new(span_from(answer.at, answer.len), ret, error);
}

exs_status
prompt_yes(const char *question, bool *ret, exs_error *error)
{
	EXS_SCOPED(descriptor) fd = -1;
	EXS_SCOPED(buf) text = BUF(QUESTION_MAX);
	EXS_SCOPED(pin_text) answer;

	pin_text_init(&answer);
	EXS_TRY(open_terminal(&fd, error));
	cell_visible(&text, span_of(question));
	buf_puts(&text, " [y/N] ");
	EXS_TRY(say(fd, &text, error));
	EXS_TRY(read_line(fd, &answer, error));
	*ret = span_is_nocase(span_from(answer.at, answer.len), "y") ||
	       span_is_nocase(span_from(answer.at, answer.len), "yes");
	return EXS_OK;
}

exs_status
prompt_line(const char *question, const char *otherwise, char **ret, exs_error *error)
{
	EXS_SCOPED(descriptor) fd = -1;
	EXS_SCOPED(buf) text = BUF(QUESTION_MAX);
	EXS_SCOPED(pin_text) answer;
	span typed;

	pin_text_init(&answer);
	EXS_TRY(open_terminal(&fd, error));
	cell_visible(&text, span_of(question));
	if (otherwise != NULL && otherwise[0] != '\0') {
		buf_puts(&text, " [");
		cell_visible(&text, span_of(otherwise));
		buf_puts(&text, "]");
	}
	buf_puts(&text, ": ");
	EXS_TRY(say(fd, &text, error));
	EXS_TRY(read_line(fd, &answer, error));
	typed = span_trim(span_from(answer.at, answer.len));
	if (typed.len == 0 && otherwise != NULL)
		typed = span_of(otherwise);
	*ret = mem_text(typed.at, typed.len);
	return *ret == NULL ? mem_fail(error) : EXS_OK;
}

exs_status
prompt_show(const char *text, exs_error *error)
{
	EXS_SCOPED(descriptor) fd = -1;
	EXS_SCOPED(buf) shown = BUF(SHOWN_MAX);
	span rest = span_of(text);

	EXS_TRY(open_terminal(&fd, error));
	while (rest.len > 0) {
		cell_visible(&shown, span_cut(&rest, '\n'));
		buf_byte(&shown, '\n');
	}
	return say(fd, &shown, error);
}
