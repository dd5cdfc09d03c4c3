/*
 * One run of exs_check_walk(): what it holds, and its chapters, each a file. Chapters tell findings and return EXS_OK unless
 * the check cannot go on.
 */
#ifndef SIGN_CHECK_H
#define SIGN_CHECK_H

#include "hsm/certobject.h"
#include "hsm/hold.h"
#include "hsm/mechanism.h"

#include <exosign/check.h>

typedef struct check {
	const exs_context *context;
	exs_check_options  options;
	exs_check_visit    visit;
	void              *self;
	bool               stopped_by_visitor;
	hold              *hold;
	session           *home;    /* logged in as long as it is open */
	key                key;     /* its public half also from the certificate */
	bool               key_known;
	bool               has_touch; /* a signature took as long as a touch */
	/* the way that the next assertion would take; NULL: there is none that works */
	exs_alg            alg;
	const way         *way;
} check;
void check_done(check *c);

/* Tells it; members that are NULL become "". */
EXS_MUST_USE exs_status check_tell(check *c, exs_check_finding finding, exs_error *error);

EXS_MUST_USE exs_status check_module(check *c, exs_error *error);
EXS_MUST_USE exs_status check_token(check *c, exs_error *error);
EXS_MUST_USE exs_status check_pin(check *c, exs_error *error);
EXS_MUST_USE exs_status check_key(check *c, exs_error *error);
EXS_MUST_USE exs_status check_certificate(check *c, exs_error *error);
EXS_MUST_USE exs_status check_signatures(check *c, exs_error *error);
EXS_MUST_USE exs_status check_sessions(check *c, exs_error *error);

/* Each signature costs a person something. */
bool check_is_costly(const check *c);
/* What the test signatures are made over: no JWT. */
span check_text(void);

#endif
