/* Cmdlets whose long answers have no next link. */
#include "exchange/walk.h"

#include "base/error.h"
#include "base/jsontext.h"

static const walk_kind *const kinds[] = {&walk_of_trace, &walk_of_audit, &walk_of_quarantine};

/* -ResultSize: absent or Unlimited, or a number of rows. False for what only the service can judge. */
static bool
read_limit(const exs_command *command, bool *ret_limited, uint64_t *ret_limit)
{
	EXS_SCOPED(buf) text = BUF(32);
	span value = command_value(command, "ResultSize");

	*ret_limited = value.at != NULL;
	if (value.at == NULL)
		return true;
	if (command_string(command, "ResultSize", &text))
		value = buf_span(&text);
	if (span_is_nocase(value, "Unlimited"))
		*ret_limited = false;
	return !*ret_limited || (span_unsigned(span_trim(value), ret_limit) && *ret_limit > 0);
}

static const walk_kind *
find(const exs_command *command)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (span_is_nocase(span_of(exs_command_name(command)), kinds[i]->cmdlet))
			return kinds[i];
	return NULL;
}

exs_status
walk_new(const exs_context *context, const exs_command *asked, unsigned page, walk **ret_walk,
         exs_error *error)
{
	static const char *const none[] = {NULL};
	const walk_kind *kind = find(asked);
	EXS_AUTO(walk) *w = NULL;
	bool     limited;
	uint64_t limit = 0;

	if (kind == NULL || !read_limit(asked, &limited, &limit) || !kind->wanted(asked))
		return EXS_OK;
	w = mem_new(1, kind->size);
	if (w == NULL)
		return mem_fail(error);
	w->kind = kind;
	w->context = context;
	w->page = page;
	w->limited = limited;
	w->limit = limit;
	w->warnings = NOTES;
	w->error = exs_error_new();
	if (w->error == NULL)
		return mem_fail(error);
	EXS_TRY(command_copy(asked, none, &w->asked, error));
	EXS_TRY(kind->begin(w, error));
	EXS_GIVE(ret_walk, w);
	return EXS_OK;
}

void
walk_free(walk *w)
{
	if (w == NULL)
		return;
	w->kind->done(w);
	pages_free(w->pages);
	notes_done(&w->warnings);
	exs_error_free(w->error);
	exs_command_free(w->asked);
	mem_free(w);
}

exs_status
walk_first(walk *w, exs_command **ret_command, exs_error *error)
{
	return w->kind->ask(w, ret_command, error);
}

/* The warnings and counts of an answer outlive it. */
static void
close_answer(walk *w)
{
	uint64_t    n_pages, n_retries;
	const char *warning;

	if (w->pages == NULL)
		return;
	while ((warning = pages_warning(w->pages)) != NULL)
		notes_add(&w->warnings, span_of(warning));
	pages_progress(w->pages, &n_pages, &n_retries);
	w->n_pages += n_pages;
	w->n_retries += n_retries;
	pages_free(w->pages);
	w->pages = NULL;
}

/* May what stands in w->error be mended by asking again? */
static bool
mend(walk *w)
{
	exs_status status = exs_error_status(w->error);

	if (w->kind->mend == NULL || status == EXS_CANCELLED || status == EXS_INTERNAL ||
	    !w->kind->mend(w, w->error))
		return false;
	close_answer(w);
	exs_error_clear(w->error);
	return true;
}

static exs_status
ask(walk *w, const walk_sender *sender)
{
	for (;;) {
		EXS_AUTO(exs_command) *command = NULL;
		exs_status status;

		EXS_TRY(context_check(w->context, w->error));
		EXS_TRY(w->kind->ask(w, &command, w->error));
		w->over = command == NULL;
		if (w->over)
			return EXS_OK;
		status = sender->send(sender->self, command, &w->pages, w->error);
		if (status == EXS_OK || !mend(w))
			return status;
	}
}

static exs_status
end_answer(walk *w, bool more)
{
	close_answer(w);
	return w->kind->end(w, more, w->error);
}

static exs_status
take_row(walk *w, span row, bool *ret_has_row)
{
	walk_verdict verdict = WALK_GIVE;

	EXS_TRY(w->kind->row(w, row, &verdict, w->error));
	*ret_has_row = verdict == WALK_GIVE;
	w->rows += verdict == WALK_GIVE;
	return verdict == WALK_ABANDON ? end_answer(w, true) : EXS_OK;
}

static exs_status
step(walk *w, const walk_sender *sender, span *ret_row, bool *ret_has_row)
{
	exs_status status;

	if (w->limited && w->rows >= w->limit) {
		w->over = true;
		return EXS_OK;
	}
	if (w->pages == NULL)
		return ask(w, sender);
	status = pages_next(w->pages, ret_row, w->error);
	if (status != EXS_OK)
		return mend(w) ? EXS_OK : status;
	if (ret_row->at == NULL)
		return end_answer(w, pages_told_more(w->pages));
	return take_row(w, *ret_row, ret_has_row);
}

/* As for pages: rows were handed out and the rest will not come. */
static exs_status
give_up(walk *w, exs_status status)
{
	w->failed = true;
	close_answer(w);
	if (w->rows == 0 || status == EXS_CANCELLED || status == EXS_INTERNAL || status == EXS_INCOMPLETE)
		return status;
	error_aim(w->error, "the list could not be finished, %llu rows came",
	          (unsigned long long)w->rows);
	if (status == EXS_POLICY)
		return status;
	error_status(w->error, EXS_INCOMPLETE);
	return EXS_INCOMPLETE;
}

exs_status
walk_open(walk *w, const walk_sender *sender, exs_error *error)
{
	exs_status status = ask(w, sender);

	if (status != EXS_OK)
		error_copy(error, w->error);
	return status;
}

exs_status
walk_next(walk *w, const walk_sender *sender, span *ret_row, exs_error *error)
{
	bool has_row = false;

	while (!has_row && !w->over && !w->failed) {
		exs_status status = step(w, sender, ret_row, &has_row);

		if (status != EXS_OK)
			(void)give_up(w, status);
	}
	if (w->failed) {
		error_copy(error, w->error);
		return exs_error_status(w->error);
	}
	if (!has_row) {
		close_answer(w);
		*ret_row = span_from(NULL, 0);
	}
	return EXS_OK;
}

const char *
walk_warning(walk *w)
{
	const char *warning = notes_next(&w->warnings);

	return warning != NULL || w->pages == NULL ? warning : pages_warning(w->pages);
}

void
walk_progress(const walk *w, uint64_t *ret_pages, uint64_t *ret_retries)
{
	*ret_pages = *ret_retries = 0;
	if (w->pages != NULL)
		pages_progress(w->pages, ret_pages, ret_retries);
	*ret_pages += w->n_pages;
	*ret_retries += w->n_retries;
}

unsigned
walk_page(const walk *w, unsigned most)
{
	return w->page > 0 && w->page < most ? w->page : most;
}

bool
walk_text(span row, const char *name, buf *to)
{
	span value;

	to->len = 0;
	if (jsontext_kind_of(row) != JSONTEXT_OBJECT)
		return false;
	value = jsontext_member(row, name);
	if (value.at == NULL || jsontext_kind_of(value) != JSONTEXT_STRING)
		return false;
	jsontext_decode(to, value);
	return !to->over_ceiling && !to->no_memory;
}
