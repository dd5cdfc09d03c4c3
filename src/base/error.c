/* The error object: fixed room, written once, read by people and programs. */
#include "base/error.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE(id, code, status, meaning, fix) {code, status, meaning, fix},
static const error_row rows[E_IDS] = {
	{"", EXS_OK, "", ""},
#include "base/codes.def"
};
#undef CODE

exs_error *
exs_error_new(void)
{
	return mem_new(1, sizeof(exs_error));
}

void
exs_error_free(exs_error *error)
{
	mem_free(error);
}

void
exs_error_clear(exs_error *error)
{
	if (error == NULL)
		return;
	error->id = E_NONE;
	error->status = EXS_OK;
	error->retry_after = 0;
	error->code[0] = error->message[0] = error->why[0] = error->fix[0] = '\0';
	error->reference[0] = error->native[0] = '\0';
}

/* A cut that would split a UTF-8 character is moved before it; control bytes become spaces. */
static void
tidy(char *string)
{
	size_t len = strlen(string), start = len;

	while (start > 0 && len - start < 4 && ((unsigned char)string[start - 1] & 0xC0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)string[start - 1] >= 0xC0) {
		unsigned char lead = (unsigned char)string[start - 1];
		size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

		if (len - start + 1 < want)
			string[start - 1] = '\0';
	}
	for (char *c = string; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = ' ';
}

static void __attribute__((format(printf, 3, 0)))
write_text(char *room, size_t size, const char *format, va_list arguments)
{
	if (vsnprintf(room, size, format, arguments) < 0)
		room[0] = '\0';
	tidy(room);
}

exs_status
exs_fail(exs_error *error, error_id id, const char *format, ...)
{
	va_list arguments;

	if (error != NULL && error->status == EXS_OK) {
		error->id = id;
		error->status = rows[id].status;
		snprintf(error->code, sizeof error->code, "%s", rows[id].code);
		snprintf(error->fix, sizeof error->fix, "%s", rows[id].fix);
		va_start(arguments, format);
		write_text(error->message, sizeof error->message, format, arguments);
		va_end(arguments);
	}
	return rows[id].status;
}

#define WRITE_INTO(member)                                                                         \
	do {                                                                                       \
		va_list arguments;                                                                 \
		if (error == NULL)                                                                 \
			return;                                                                    \
		va_start(arguments, format);                                                       \
		write_text(error->member, sizeof error->member, format, arguments);                \
		va_end(arguments);                                                                 \
	} while (0)

void
error_why(exs_error *error, const char *format, ...)
{
	WRITE_INTO(why);
}

void
error_fix(exs_error *error, const char *format, ...)
{
	WRITE_INTO(fix);
}

void
error_native(exs_error *error, const char *format, ...)
{
	WRITE_INTO(native);
}

void
error_subcode(exs_error *error, const char *format, ...)
{
	va_list arguments;
	char    sub[ERROR_CODE_ROOM];

	if (error == NULL)
		return;
	va_start(arguments, format);
	write_text(sub, sizeof sub, format, arguments);
	va_end(arguments);
	snprintf(error->code, sizeof error->code, "%.24s-%.32s", rows[error->id].code, sub);
}

void
error_ref(exs_error *error, const char *name, const char *value)
{
	size_t used;

	if (error == NULL || value == NULL || value[0] == '\0')
		return;
	used = strlen(error->reference);
	snprintf(error->reference + used, sizeof error->reference - used, "%s%s %s",
	         used > 0 ? ", " : "", name, value);
	tidy(error->reference);
}

void
error_retry_after(exs_error *error, int64_t seconds)
{
	if (error != NULL)
		error->retry_after = seconds;
}

void
error_aim(exs_error *error, const char *format, ...)
{
	va_list arguments;
	char    aim[ERROR_MESSAGE_ROOM], cause[ERROR_MESSAGE_ROOM];

	if (error == NULL || error->status == EXS_OK)
		return;
	va_start(arguments, format);
	write_text(aim, sizeof aim, format, arguments);
	va_end(arguments);
	memcpy(cause, error->message, sizeof cause);
	aim[400] = cause[600] = '\0';
	tidy(aim);
	tidy(cause);
	snprintf(error->message, sizeof error->message, "%.400s: %.600s", aim, cause);
}

void
error_status(exs_error *error, exs_status status)
{
	if (error != NULL)
		error->status = status;
}

bool
error_is(const exs_error *error, error_id id)
{
	return error != NULL && error->id == id;
}

error_id
error_identity(const exs_error *error)
{
	return error == NULL ? E_NONE : error->id;
}

void
error_copy(exs_error *to, const exs_error *from)
{
	if (to != NULL && from != NULL && to->status == EXS_OK && from->status != EXS_OK)
		*to = *from;
}

const error_row *
error_row_of(error_id id)
{
	return &rows[id];
}

exs_status
exs_error_status(const exs_error *error)
{
	return error == NULL ? EXS_OK : error->status;
}

const char *
exs_error_code(const exs_error *error)
{
	return error == NULL ? "" : error->code;
}

const char *
exs_error_message(const exs_error *error)
{
	return error == NULL ? "" : error->message;
}

const char *
exs_error_why(const exs_error *error)
{
	return error == NULL ? "" : error->why;
}

const char *
exs_error_fix(const exs_error *error)
{
	return error == NULL ? "" : error->fix;
}

const char *
exs_error_reference(const exs_error *error)
{
	return error == NULL ? "" : error->reference;
}

const char *
exs_error_native(const exs_error *error)
{
	return error == NULL ? "" : error->native;
}

int64_t
exs_error_retry_after(const exs_error *error)
{
	return error == NULL ? 0 : error->retry_after;
}

const char *
exs_status_name(exs_status status)
{
	static const struct {
		exs_status  status;
		const char *name;
	} names[] = {
		{EXS_OK, "done"},           {EXS_INTERNAL, "internal"},
		{EXS_USAGE, "usage"},       {EXS_CONFIG, "configuration"},
		{EXS_PIN, "pin"},           {EXS_DEVICE, "device"},
		{EXS_KEY, "key"},           {EXS_DIRECTORY, "directory"},
		{EXS_NETWORK, "network"},   {EXS_DENIED, "denied"},
		{EXS_CMDLET, "cmdlet"},     {EXS_THROTTLED, "throttled"},
		{EXS_INCOMPLETE, "incomplete"}, {EXS_POLICY, "policy"},
		{EXS_BROKER, "broker"},     {EXS_CANCELLED, "interrupted"},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].status == status)
			return names[i].name;
	return "unknown";
}
