/*
 * Cmdlets whose long answers have no next link: walked to their end by asking again and again.
 *
 * A walk makes the next request from what was seen, tells new rows from those that come twice, and knows when it saw
 * everything. A table says which cmdlet has which walk (walk.c); a file each says how it goes. What cannot be proved to
 * be the whole answer ends in an error, never in a short list. Rows stream, and memory stays bounded whatever comes.
 *
 * Who sets the cmdlet's own means of going on (StartingRecipientAddress, SessionId, Page ...) walks by hand: such a
 * command is sent as it is, and has no walk.
 */
#ifndef EXCHANGE_WALK_H
#define EXCHANGE_WALK_H

#include "api/notes.h"
#include "api/pages.h"
#include "exchange/command.h"

typedef struct walk walk;

/* What becomes of a row. */
typedef enum walk_verdict {
	WALK_GIVE,    /* it is new */
	WALK_DROP,    /* it was given before */
	WALK_ABANDON, /* neither it nor the rest of this answer is wanted */
} walk_verdict;

typedef struct walk_kind {
	const char *cmdlet;
	size_t      size; /* of the walk, whose first member is a struct walk */
	bool (*wanted)(const exs_command *asked); /* or does the user walk by hand? */
	exs_status (*begin)(walk *w, exs_error *error);
	void (*done)(walk *w);
	/* The next request; NULL when everything was seen. */
	exs_status (*ask)(walk *w, exs_command **ret_command, exs_error *error);
	exs_status (*row)(walk *w, span row, walk_verdict *ret, exs_error *error);
	/* An answer ended, or was abandoned. more: the service said that it has more. */
	exs_status (*end)(walk *w, bool more, exs_error *error);
	/* A request failed as `failed` says. True: ask again. May be NULL. */
	bool (*mend)(walk *w, const exs_error *failed);
} walk_kind;

/* Sends a command of the walk; *ret_pages is the walk's. */
typedef struct walk_sender {
	void *self;
	exs_status (*send)(void *self, const exs_command *command, pages **ret_pages,
	                   exs_error *error);
} walk_sender;

struct walk {
	const walk_kind   *kind;
	const exs_context *context;
	exs_command       *asked;     /* by the user */
	unsigned           page;      /* rows of a request, as the user limits them; 0: as many as there can be */
	bool               limited;   /* -ResultSize N: so many rows are enough */
	uint64_t           limit;
	uint64_t           rows;      /* handed out */
	exs_error         *error;     /* why it failed */
	pages             *pages;     /* of the current request */
	notes              warnings;
	uint64_t           n_pages, n_retries; /* of the requests before */
	bool               failed, over;
};

/* *ret_walk is NULL when the command has no walk. page as exs_exchange_options says, 0 when not given. */
EXS_MUST_USE exs_status walk_new(const exs_context *context, const exs_command *asked, unsigned page,
                                 walk **ret_walk, exs_error *error);
void walk_free(walk *w);
EXS_DEFINE_AUTO(walk)

/* The first request, for who wants to see it and not send it. */
EXS_MUST_USE exs_status walk_first(walk *w, exs_command **ret_command, exs_error *error);

/* Sends the first request and waits for its answer to begin. */
EXS_MUST_USE exs_status walk_open(walk *w, const walk_sender *sender, exs_error *error);
/* As pages_next(). */
EXS_MUST_USE exs_status walk_next(walk *w, const walk_sender *sender, span *ret_row,
                                  exs_error *error);

/* As pages.h says. */
const char *walk_warning(walk *w);
void walk_progress(const walk *w, uint64_t *ret_pages, uint64_t *ret_retries);

/* For the kinds: as many rows as a request may ask for, by the cmdlet's own ceiling and the user's wish. */
unsigned walk_page(const walk *w, unsigned most);

/* A member of a row that is text, decoded into `to`; false when it is absent or something else. */
bool walk_text(span row, const char *name, buf *to);

extern const walk_kind walk_of_trace, walk_of_audit, walk_of_quarantine;

#endif
