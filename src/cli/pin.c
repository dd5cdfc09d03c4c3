/* Where the PIN of this run comes from. */
#include "cli/pin.h"

#include "base/error.h"
#include "base/file.h"
#include "base/moment.h"
#include "cli/environment.h"
#include "cli/interrupt.h"
#include "cli/pin_text.h"
#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { PIN_FILE_MAX = 4096 };

exs_status
pin_fd_parse(const char *text, int *ret, exs_error *error)
{
	uint64_t number;

	if (!span_unsigned(span_of(text), &number) || number > 65535)
		return exs_fail(error, E_USAGE, "--pin-fd takes the number of an open descriptor");
	if (number <= 2)
		return exs_fail(error, E_USAGE, "--pin-fd cannot be standard input, output or error");
	if (fcntl((int)number, F_GETFD) < 0)
		return exs_fail(error, E_PIN_SOURCE, "descriptor %d of --pin-fd is not open",
		                (int)number);
	*ret = (int)number;
	return EXS_OK;
}

/* Ready to be read before `until`? */
static exs_status
wait_readable(int fd, int64_t until, exs_error *error)
{
	for (;;) {
		struct pollfd wanted = {.fd = fd, .events = POLLIN};
		int64_t       left = until - moment_steady_ms();
		int           n;

		if (interrupt_met())
			return exs_fail(error, E_INTERRUPTED, "interrupted");
		if (left <= 0)
			return exs_fail(error, E_PIN_SOURCE,
			                "descriptor %d of --pin-fd gave no PIN within %d seconds", fd,
			                PIN_FD_WAIT_MS / 1000);
		n = poll(&wanted, 1, (int)left);
		if (n > 0)
			return EXS_OK;
		if (n < 0 && errno != EINTR)
			return exs_fail(error, E_PIN_SOURCE, "descriptor %d of --pin-fd cannot be read", fd);
	}
}

static exs_status
read_pin(int fd, pin_text *pin, exs_error *error)
{
	int64_t until = moment_steady_ms() + PIN_FD_WAIT_MS;

	for (;;) {
		char    c;
		ssize_t n;

		EXS_TRY(wait_readable(fd, until, error));
		n = read(fd, &c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return exs_fail(error, E_PIN_SOURCE, "descriptor %d of --pin-fd cannot be read", fd);
		if (n == 0 || c == '\n')
			break;
		if (pin->len == sizeof pin->at)
			return exs_fail(error, E_PIN_LENGTH, "--pin-fd gives more than any PIN");
		pin->at[pin->len++] = c;
		explicit_bzero(&c, 1);
	}
	if (pin->len > 0 && pin->at[pin->len - 1] == '\r')
		pin->len--;
	return EXS_OK;
}

static exs_status
ask_fd(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	pin_choice *choice = self;
	EXS_SCOPED(pin_text) pin;

	(void)request;
	pin_text_init(&pin);
	EXS_TRY(read_pin(choice->fd, &pin, error));
	if (pin.len == 0)
		return exs_fail(error, E_PIN_SOURCE, "descriptor %d of --pin-fd gave no PIN",
		                choice->fd);
	return exs_pin_sink_put(sink, pin.at, pin.len, error);
}

/* A loose mode keeps its own code; whatever else is wrong with the file, there is no PIN. */
static exs_status
read_file(const char *path, file_trust trust, secret **ret, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status = file_read_secret(path, trust, PIN_FILE_MAX, ret, cause);

	if (status == EXS_OK)
		return EXS_OK;
	if (!error_is(cause, E_FILE)) {
		error_copy(error, cause);
		error_why(error, "it is to hold a PIN (pin-source), which only its owner may read");
		return status;
	}
	return exs_fail(error, E_PIN_SOURCE, "there is no PIN to be had: %s", exs_error_message(cause));
}

static exs_status
put_file(const char *path, file_trust trust, exs_pin_sink *sink, exs_error *error)
{
	EXS_AUTO(secret) *pin = NULL;
	span bytes;

	EXS_TRY(read_file(path, trust, &pin, error));
	bytes = secret_reveal(pin);
	if (bytes.len == 0)
		return exs_fail(error, E_PIN_SOURCE, "there is no PIN to be had: %s is empty", path);
	return exs_pin_sink_put(sink, bytes.at, bytes.len, error);
}

static exs_status
ask_file(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	const pin_choice *choice = self;
	exs_status status;

	(void)request;
	status = put_file(choice->source + strlen("file:"), FILE_PRIVATE, sink, error);
	if (status != EXS_OK && error_is(error, E_PIN_SOURCE))
		error_fix(error, "a file with the PIN alone, chmod 600: pin-source = file:PATH");
	return status;
}

static exs_status
ask_credential(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	const pin_choice *choice = self;
	const char       *name = choice->source + strlen("credential:");
	const char       *directory = environment_variable("CREDENTIALS_DIRECTORY");
	EXS_SCOPED(buf) path = BUF(4096);
	exs_status status;

	(void)request;
	if (directory == NULL || directory[0] != '/') {
		status = exs_fail(error, E_PIN_SOURCE, "there is no credential \"%s\"", name);
		error_why(error, "systemd announced no credentials: CREDENTIALS_DIRECTORY is not set");
		error_fix(error, "LoadCredentialEncrypted=%s:FILE in the unit, or another pin-source",
		          name);
		return status;
	}
	buf_addf(&path, "%s/%s", directory, name);
	EXS_TRY(buf_check(&path, "a path", error));
	status = put_file(buf_text(&path), FILE_ANNOUNCED, sink, error);
	if (status != EXS_OK && error_is(error, E_PIN_SOURCE))
		error_fix(error, "LoadCredentialEncrypted=%s:FILE in the unit", name);
	return status;
}

static exs_status
ask_person(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	(void)self;
	return prompt_pin(request, sink, error);
}

static exs_status
ask_nobody(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	const pin_choice *choice = self;
	exs_status        status;

	(void)sink;
	status = exs_fail(error, E_PIN_NONE,
	                  "token \"%s\" wants a PIN and there is nobody to ask",
	                  request->token_label);
	error_why(error, "no pin-source in the profile, no --pin-fd, %s",
	          choice->no_input ? "and --no-input" : "and no terminal");
	return status;
}

static exs_status
choose_source(pin_choice *choice, exs_pin_source *ret, exs_error *error)
{
	static const struct {
		const char *prefix, *name;
		exs_status (*ask)(void *, const exs_pin_request *, exs_pin_sink *, exs_error *);
	} schemes[] = {{"file:", "file ", ask_file}, {"credential:", "credential ", ask_credential}};

	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		if (!span_starts(span_of(choice->source), schemes[i].prefix))
			continue;
		ret->ask = schemes[i].ask;
		(void)snprintf(choice->name, sizeof choice->name, "%s%.200s", schemes[i].name,
		               choice->source + strlen(schemes[i].prefix));
		return EXS_OK;
	}
	return exs_fail(error, E_PIN_SOURCE, "pin-source is credential:NAME or file:PATH");
}

exs_status
pin_source_choose(pin_choice *choice, exs_pin_source *ret, exs_error *error)
{
	exs_pin_source source = {.self = choice, .name = choice->name};

	if (choice->fd >= 0) {
		source.ask = ask_fd;
		(void)snprintf(choice->name, sizeof choice->name, "descriptor %d", choice->fd);
	} else if (choice->source != NULL) {
		EXS_TRY(choose_source(choice, &source, error));
	} else if (!choice->no_input && prompt_possible()) {
		source.ask = ask_person;
		source.attended = true;
		(void)snprintf(choice->name, sizeof choice->name, "the terminal");
	} else {
		source.ask = ask_nobody;
		(void)snprintf(choice->name, sizeof choice->name, "nobody");
	}
	*ret = source;
	return EXS_OK;
}
