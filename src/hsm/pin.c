/* Asking for a PIN. */
#include "hsm/pin.h"

#include "base/error.h"

struct exs_pin_sink {
	secret *pin;
};

exs_status
exs_pin_sink_put(exs_pin_sink *sink, const char *pin, size_t length, exs_error *error)
{
	if (sink->pin != NULL)
		return exs_fail(error, E_PIN_SOURCE, "the PIN source gave two PINs");
	if (length > PIN_MAX)
		return exs_fail(error, E_PIN_LENGTH, "the PIN is longer than %d bytes", PIN_MAX);
	return secret_new(span_from(pin, length), &sink->pin, error);
}

exs_status
pin_ask(const exs_pin_source *source, const exs_pin_request *request, secret **ret_pin,
        exs_error *error)
{
	exs_pin_sink sink = {NULL};
	exs_status   status;

	if (source->ask == NULL)
		return exs_fail(error, E_PIN_NONE, "the token \"%s\" wants a PIN and there is none",
		                request->token_label);
	status = source->ask(source->self, request, &sink, error);
	if (status == EXS_OK && sink.pin == NULL)
		status = exs_fail(error, E_PIN_NONE, "%s gave no PIN",
		                  source->name == NULL ? "the source" : source->name);
	if (status != EXS_OK) {
		secret_free(sink.pin);
		/* Does nothing when the source said why. */
		(void)!exs_fail(error, status == EXS_CANCELLED ? E_INTERRUPTED : E_PIN_NONE,
		                "%s gave no PIN", source->name == NULL ? "the source" : source->name);
		return status;
	}
	*ret_pin = sink.pin;
	return EXS_OK;
}

exs_status
pin_check(const secret *pin, const exs_pin_request *request, const char *source_name,
          exs_error *error)
{
	size_t length = secret_length(pin);
	exs_status status;

	if (memchr(secret_reveal(pin).at, '\0', length) != NULL)
		return exs_fail(error, E_PIN_SOURCE, "the PIN from %s holds a NUL byte", source_name);
	if (length >= request->minimum_length &&
	    (request->maximum_length == 0 || length <= request->maximum_length))
		return EXS_OK;
	status = exs_fail(error, E_PIN_LENGTH, "the PIN from %s is too %s for the token", source_name,
	                  length < request->minimum_length ? "short" : "long");
	error_why(error, "it takes %u to %u bytes; the PIN was not sent", request->minimum_length,
	          request->maximum_length);
	return status;
}
