/*
 * exosign explain: what a code means, from the tables that errors are written from. No device, no network.
 *
 * People paste what they have: a name in any case with or without its prefix, a number in decimal or hexadecimal. A number can
 * mean several things; all of them are shown.
 */
#include "base/error.h"
#include "base/jsonobject.h"
#include "cli/exit_codes.h"
#include "cli/explain_text.h"
#include "cli/show.h"

#include <exosign/explain.h>
#include <stdio.h>

enum { ENTRIES_MAX = 1024, WORD_MAX = 100, TEXT_MAX = 16 * 1024 };

typedef enum kind { OWN, DEVICE, DIRECTORY, EXCHANGE, GRAPH, HTTP, EXIT } kind;

typedef struct kind_row {
	const char *name;
	const char *prefix; /* may be left out */
	bool (*next)(size_t index, exs_explanation *ret);
} kind_row;

static bool
next_exit(size_t index, exs_explanation *ret)
{
	if (index >= n_exit_codes)
		return false;
	*ret = (exs_explanation){.number = (uint64_t)exit_codes[index].code,
	                         .meaning = exit_codes[index].meaning,
	                         .why = "",
	                         .fix = "",
	                         .status = (exs_status)exit_codes[index].code};
	(void)snprintf(ret->code, sizeof ret->code, "exit-%d", exit_codes[index].code);
	return true;
}

static const kind_row kinds[] = {
	[OWN] = {"exosign", "E-", exs_explain_own},
	[DEVICE] = {"pkcs11", "CKR_", exs_explain_device},
	[DIRECTORY] = {"directory", "AADSTS", exs_explain_directory},
	[EXCHANGE] = {"exchange", "", exs_explain_exchange},
	[GRAPH] = {"graph", "", exs_explain_graph},
	[HTTP] = {"http", "HTTP-", exs_explain_http},
	[EXIT] = {"exit", "exit-", next_exit},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

typedef struct entry {
	kind            kind;
	exs_explanation is;
	char            flat[WORD_MAX]; /* its code in the one spelling */
} entry;

typedef struct entries {
	entry *at;
	size_t n;
} entries;

static void
entries_done(entries *all)
{
	mem_free(all->at);
}

/* One spelling for all: capital letters, dashes between. */
static void
flatten(span text, char to[WORD_MAX])
{
	size_t n = 0;

	for (; n < text.len && n + 1 < WORD_MAX; n++) {
		char c = text.at[n];

		to[n] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c == '_' || c == ' ' ? '-' : c);
	}
	to[n] = '\0';
}

static exs_status
read_tables(entries *all, exs_error *error)
{
	all->at = mem_new(ENTRIES_MAX, sizeof all->at[0]);
	if (all->at == NULL)
		return mem_fail(error);
	for (size_t k = 0; k < KINDS; k++)
		for (size_t i = 0; all->n < ENTRIES_MAX && kinds[k].next(i, &all->at[all->n].is); i++) {
			entry *e = &all->at[all->n++];

			e->kind = (kind)k;
			flatten(span_of(e->is.code), e->flat);
		}
	return EXS_OK;
}

static bool
is_same_word(span word, const char *name)
{
	char a[WORD_MAX], b[WORD_MAX];

	flatten(word, a);
	flatten(span_of(name), b);
	return a[0] != '\0' && strcmp(a, b) == 0;
}

static bool
read_hex(span digits, uint64_t *ret)
{
	uint64_t number = 0;

	if (digits.len == 0 || digits.len > 16)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.at[i];
		int  value = c >= '0' && c <= '9'   ? c - '0'
		             : c >= 'a' && c <= 'f' ? c - 'a' + 10
		             : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                    : -1;

		if (value < 0)
			return false;
		number = number << 4 | (unsigned)value;
	}
	*ret = number;
	return true;
}

/* A number with or without its kind: "0x101" and "257" are the device's, "AADSTS700027" the directory's. */
static bool
has_number(const entry *e, span word)
{
	const char *prefix = kinds[e->kind].prefix;
	uint64_t    number;

	if (e->kind == OWN || e->kind == EXCHANGE || e->kind == GRAPH)
		return false;
	if (span_starts_nocase(word, "0x"))
		return e->kind == DEVICE && read_hex(span_from(word.at + 2, word.len - 2), &number) &&
		       number == e->is.number;
	if (span_starts_nocase(word, prefix))
		word = span_from(word.at + strlen(prefix), word.len - strlen(prefix));
	return span_unsigned(word, &number) && number == e->is.number;
}

static bool
has_name(const entry *e, span word)
{
	const char *code = e->is.code, *prefix = kinds[e->kind].prefix;

	if (e->kind == EXCHANGE)
		return explain_text_fits(code, word);
	return is_same_word(word, code) || is_same_word(word, code + strlen(prefix)) ||
	       (e->kind == DIRECTORY && is_same_word(word, e->is.error)) ||
	       (e->kind == EXIT && is_same_word(word, exs_status_name(e->is.status)) &&
	        e->is.status <= EXS_CANCELLED);
}

static exs_status
show_entry(writer *w, const entry *e, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	char number[24] = "";
	span json;

	if (e->kind != OWN && e->kind != EXCHANGE && e->kind != GRAPH)
		(void)snprintf(number, sizeof number, e->kind == DEVICE ? "0x%llX" : "%llu",
		               (unsigned long long)e->is.number);
	jsonobject_init(&row);
	jsonobject_text(&row, "code", e->is.code);
	jsonobject_text(&row, "kind", kinds[e->kind].name);
	jsonobject_text(&row, "number", number);
	jsonobject_text(&row, "meaning", e->is.meaning);
	jsonobject_text(&row, "why", e->is.why);
	jsonobject_text(&row, "fix", e->is.fix);
	jsonobject_text(&row, "error", e->is.error);
	jsonobject_number(&row, "exit", e->is.status);
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

/* Every entry that fits; how many were shown is in the writer. */
static exs_status
show_fitting(writer *w, const entries *all, bool (*fits)(const entry *e, span word), span word,
             exs_error *error)
{
	for (size_t i = 0; i < all->n; i++)
		if (fits(&all->at[i], word))
			EXS_TRY(show_entry(w, &all->at[i], error));
	return EXS_OK;
}

static bool
fits_any(const entry *e, span word)
{
	return has_number(e, word) || has_name(e, word);
}

static bool
fits_own(const entry *e, span word)
{
	return e->kind == OWN && has_name(e, word);
}

/* Types of which only the end is in the table. */
static bool
fits_end(const entry *e, span word)
{
	return e->kind == EXCHANGE && explain_text_ends(e->is.code, word);
}

/* E-ENTRA-INVALID-CLIENT and the like are closer forms of a row. */
static exs_status
show_wider(writer *w, const entries *all, span word, exs_error *error)
{
	while (writer_count(w) == 0 && word.len > 0) {
		do
			word.len--;
		while (word.len > 0 && word.at[word.len] != '-' && word.at[word.len] != '_');
		EXS_TRY(show_fitting(w, all, fits_own, word, error));
	}
	return EXS_OK;
}

/* Names with and without prefix, so that a slip in either is found. */
static const char *
nearest(const entries *all, span word)
{
	const char *known[2 * ENTRIES_MAX], *found;
	char        wanted[WORD_MAX];
	size_t      n = 0;

	flatten(word, wanted);
	for (size_t i = 0; i < all->n; i++) {
		known[n++] = all->at[i].flat;
		known[n++] = all->at[i].flat + strlen(kinds[all->at[i].kind].prefix);
	}
	found = span_nearest(span_of(wanted), known, n);
	for (size_t i = 0; found != NULL && i < n; i++)
		if (known[i] == found)
			return all->at[i / 2].is.code;
	return NULL;
}

enum { DIRECTORY_FROM = 10000 };
static const uint64_t vendor_from = 0x80000000;

/* Codes that exist somewhere, only not in our tables. */
static bool
explain_foreign(span word, exs_error *error)
{
	uint64_t number = 0;
	bool     is_hex = span_starts_nocase(word, "0x") &&
	              read_hex(span_from(word.at + 2, word.len - 2), &number);

	if (!is_hex && span_starts_nocase(word, "AADSTS"))
		word = span_from(word.at + 6, word.len - 6);
	if (!is_hex && !span_unsigned(word, &number))
		return false;
	if (number >= vendor_from)
		error_fix(error, "codes from 0x80000000 on belong to the module's maker: see the maker's manual");
	else if (!is_hex && number >= DIRECTORY_FROM)
		error_fix(error, "look it up: https://login.microsoftonline.com/error?code=%llu",
		          (unsigned long long)number);
	else
		return false;
	return true;
}

static exs_status
fail_unknown(const entries *all, span word, exs_error *error)
{
	exs_status  status = exs_fail(error, E_USAGE, "no code is known as \"" SPAN_FORMAT "\"",
	                              SPAN_PRINT(span_from(word.at, word.len < 80 ? word.len : 80)));
	const char *near = nearest(all, word);

	if (explain_foreign(word, error))
		return status;
	if (near != NULL)
		error_fix(error, "perhaps %s was meant", near);
	else
		error_fix(error, "exosign explain lists all of them");
	return status;
}

static exs_status
explain(writer *w, const entries *all, span word, exs_error *error)
{
	EXS_TRY(show_fitting(w, all, fits_any, word, error));
	if (writer_count(w) == 0)
		EXS_TRY(show_fitting(w, all, fits_end, word, error));
	if (writer_count(w) == 0 && !span_starts_nocase(word, "AADSTS"))
		EXS_TRY(show_wider(w, all, word, error));
	return writer_count(w) == 0 ? fail_unknown(all, word, error) : EXS_OK;
}

static bool
fits_all(const entry *e, span word)
{
	(void)e;
	(void)word;
	return true;
}

exs_status
run_explain(invocation *inv, exs_error *error)
{
	EXS_SCOPED(entries) all = {0};
	EXS_AUTO(writer) *w = NULL;
	exs_status status;

	EXS_TRY(read_tables(&all, error));
	if (inv->given->n_words == 0) {
		EXS_TRY(show_list(inv, "code,meaning,exit", &w, error));
		status = show_fitting(w, &all, fits_all, span_of(""), error);
	} else {
		EXS_SCOPED(buf) text = BUF(TEXT_MAX);

		for (size_t i = 0; i < inv->given->n_words; i++)
			buf_addf(&text, "%s%s", i == 0 ? "" : " ", inv->given->words[i]);
		EXS_TRY(buf_check(&text, "the text to explain", error));
		EXS_TRY(show_few(inv, &w, error));
		status = explain(w, &all, span_trim(buf_span(&text)), error);
	}
	return show_end(w, status, error);
}
