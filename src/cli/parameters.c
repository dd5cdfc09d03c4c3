/* A cmdlet and its parameters from the words of a command line. */
#include "cli/parameters.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/owned.h"
#include "cli/secret_source.h"

typedef struct reading {
	char *const *words;
	size_t       n, at;
	exs_command *command;
	const parameter_rules *rules;
	exs_error   *error;
} reading;

/* What can follow the name in the same word, longest first. */
typedef exs_status (*take_value)(reading *r, const char *name, span value);

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Bytes of the dash that begins a parameter, 0 when the word is a value. */
static size_t
dash_length(const char *word)
{
	static const char *const dashes[] = {"-", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95"};

	for (size_t i = 0; i < sizeof dashes / sizeof dashes[0]; i++) {
		size_t len = strlen(dashes[i]);

		if (strncmp(word, dashes[i], len) == 0 && is_letter(word[len]))
			return len;
	}
	return 0;
}

static exs_status
take_literal(reading *r, const char *name, span value)
{
	return exs_command_literal(r->command, name, value.at, value.len, r->error);
}

static exs_status
take_json(reading *r, const char *name, span value)
{
	return exs_command_json(r->command, name, value.at, value.len, r->error);
}

static exs_status
keep_secret(const reading *r, const char *name, const secret *value)
{
	span text = secret_reveal(value);

	return exs_command_secret(r->command, name, text.at, text.len, r->error);
}

static exs_status
written_out(const reading *r, const char *name)
{
	exs_status status = exs_fail(r->error, E_SECRET_ARGUMENT,
	                             "-%s of %s is a secret, and it stands on the command line", name,
	                             exs_command_name(r->command));

	error_why(r->error, "command lines are seen by every process and kept by the shell");
	error_fix(r->error, "change that secret, then: -%s@FILE (readable by its owner alone), -%s@fd:N, or "
	                    "-%s alone at a terminal", name, name, name);
	return status;
}

/* What stands behind the name of a secret in the same word: a source, or $null. */
static exs_status
take_secret(reading *r, const char *name, span rest)
{
	EXS_AUTO(secret) *value = NULL;

	if (span_is(rest, ":$null") || span_is(rest, ":=null"))
		return exs_command_json(r->command, name, "null", 4, r->error);
	if (rest.at[0] != '@')
		return written_out(r, name);
	EXS_TRY(secret_source_read(name, rest.at + 1, &value, r->error));
	return keep_secret(r, name, value);
}

/* The name alone: ask, unless the next word is $null or, wrongly, the secret itself. */
static exs_status
take_secret_alone(reading *r, const char *name)
{
	const char *next = r->at + 1 < r->n ? r->words[r->at + 1] : NULL;
	EXS_AUTO(secret) *value = NULL;

	if (next != NULL && strcmp(next, "$null") == 0) {
		r->at++;
		return exs_command_json(r->command, name, "null", 4, r->error);
	}
	if (next != NULL && dash_length(next) == 0)
		return written_out(r, name);
	EXS_TRY(secret_source_ask(exs_command_name(r->command), name, r->rules->no_input, &value, r->error));
	return keep_secret(r, name, value);
}

static exs_status
take_file(reading *r, const char *name, span value)
{
	EXS_SCOPED(buf) contents = BUF(PARAMETER_FILE_MAX);
	static const char bytes[] = "bytes:";
	bool              raw = span_starts(value, bytes);
	const char       *path = raw ? value.at + strlen(bytes) : value.at;

	if (path[0] == '\0')
		return exs_fail(r->error, E_USAGE, "-%s@ needs the name of a file", name);
	if (secret_source_is_fd(value))
		return exs_fail(r->error, E_PARAMETER, "-%s@fd:N is for secrets, and -%s of %s is none", name, name,
		                exs_command_name(r->command));
	EXS_TRY(file_read(path, FILE_ANY, &contents, r->error));
	if (raw)
		return exs_command_bytes(r->command, name, (const unsigned char *)buf_text(&contents),
		                         contents.len, r->error);
	return exs_command_text(r->command, name, buf_text(&contents), contents.len, r->error);
}

static bool
ends_with_comma(const char *word)
{
	size_t len = strlen(word);

	return len > 0 && word[len - 1] == ',';
}

/* The value in the next word, and in those that a comma joins to it. */
static exs_status
take_next_words(reading *r, const char *name)
{
	EXS_SCOPED(buf) joined = BUF(PARAMETER_FILE_MAX);

	buf_puts(&joined, r->words[r->at]);
	while (r->at + 1 < r->n &&
	       (ends_with_comma(r->words[r->at]) || r->words[r->at + 1][0] == ',') &&
	       dash_length(r->words[r->at + 1]) == 0)
		buf_puts(&joined, r->words[++r->at]);
	EXS_TRY(buf_check(&joined, "a parameter", r->error));
	return take_literal(r, name, buf_span(&joined));
}

static exs_status
take_separate(reading *r, const char *name, bool expected)
{
	if (r->at + 1 < r->n && dash_length(r->words[r->at + 1]) == 0) {
		r->at++;
		return take_next_words(r, name);
	}
	if (expected)
		return exs_fail(r->error, E_USAGE, "-%s: needs a value", name);
	return exs_command_switch(r->command, name, r->error);
}

static const struct {
	const char *mark;
	take_value  take;
} forms[] = {{":=", take_json}, {":", take_literal}, {"@", take_file}};

static exs_status
take_named(reading *r, const char *name, span rest)
{
	if (exs_command_is_secret(exs_command_name(r->command), name, r->rules->cmdlets))
		return rest.len == 0 ? take_secret_alone(r, name) : take_secret(r, name, rest);
	if (rest.len == 0)
		return take_separate(r, name, false);
	if (span_is(rest, ":"))
		return take_separate(r, name, true);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		size_t len = strlen(forms[i].mark);

		if (span_starts(rest, forms[i].mark))
			return forms[i].take(r, name, span_from(rest.at + len, rest.len - len));
	}
	return exs_fail(r->error, E_USAGE, "-%s is followed by \"%.100s\"", name, rest.at);
}

static exs_status
stray_word(const reading *r, const char *word)
{
	exs_status status = exs_fail(r->error, E_USAGE, "\"%.200s\" belongs to no parameter", word);

	error_why(r->error, "values stand behind the name of their parameter");
	if (r->at == 1)
		error_fix(r->error, "%s -Identity %.200s", exs_command_name(r->command), word);
	else
		error_fix(r->error, "quote values that hold blanks, and write lists as a,b");
	return status;
}

static exs_status
take_word(reading *r)
{
	const char *word = r->words[r->at];
	size_t      dash = dash_length(word), len;
	EXS_AUTO(chars) *name = NULL;

	if (dash == 0)
		return stray_word(r, word);
	len = strcspn(word + dash, ":@=");
	name = mem_text(word + dash, len);
	if (name == NULL)
		return mem_fail(r->error);
	return take_named(r, name, span_of(word + dash + len));
}

exs_status
parameters_read(char *const *words, size_t n, const parameter_rules *rules,
                exs_command **ret_command, exs_error *error)
{
	EXS_AUTO(exs_command) *command = NULL;
	reading r = {words, n, 1, NULL, rules, error};

	EXS_TRY(exs_command_new(words[0], &command, error));
	r.command = command;
	for (; r.at < n; r.at++)
		EXS_TRY(take_word(&r));
	EXS_GIVE(ret_command, command);
	return EXS_OK;
}
