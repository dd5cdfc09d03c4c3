/* A token in a slot. */
#include "hsm/token.h"

#include "base/buf.h"
#include "base/error.h"
#include "hsm/ckr.h"

#include <stdio.h>
#include <stdlib.h>

enum { SLOTS_MAX = 1024, LIST_MAX = 3000, READ_TRIES = 5, READ_PAUSE_MS = 40 };

typedef struct survey_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_RV             rv;
	token_list        found;
} survey_job;

typedef struct info_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SLOT_ID        slot;
	CK_RV             rv;
	CK_TOKEN_INFO     info;
} info_job;

void
token_list_done(token_list *list)
{
	mem_free(list->at);
	*list = (token_list){0};
}

static void
unpad(char *to, const CK_UTF8CHAR *from, size_t size)
{
	size_t n = size;

	while (n > 0 && (from[n - 1] == ' ' || from[n - 1] == '\0'))
		n--;
	memcpy(to, from, n);
	to[n] = '\0';
}

token_names
token_print(const CK_TOKEN_INFO *info)
{
	token_names names;

	unpad(names.label, info->label, sizeof info->label);
	unpad(names.serial, info->serialNumber, sizeof info->serialNumber);
	unpad(names.model, info->model, sizeof info->model);
	unpad(names.manufacturer, info->manufacturerID, sizeof info->manufacturerID);
	snprintf(names.firmware, sizeof names.firmware, "%u.%u", info->firmwareVersion.major,
	         info->firmwareVersion.minor);
	return names;
}

exs_status
token_uri(const token *t, const key_uri *origin, char **ret, exs_error *error)
{
	const uri_parts parts = {
		.token = &t->info,
		.module_path = module_was_named_by_path(t->module) ? module_path(t->module) : NULL,
		.module_name = origin == NULL ? NULL : key_uri_module_name(origin),
	};

	return key_uri_make(&parts, ret, error);
}

static void
release_survey(job *self)
{
	token_list_done(&((survey_job *)self)->found);
	mem_free(self);
}

static void
release_plain(job *self)
{
	mem_free(self);
}

static CK_RV
slots_of(CK_FUNCTION_LIST *functions, CK_SLOT_ID *slots, CK_ULONG *n)
{
	CK_RV rv = functions->C_GetSlotList(CK_TRUE, NULL, n);

	/* A token may come between the two calls. */
	for (int tries = 0; rv == CKR_OK && tries < 3; tries++) {
		*n = SLOTS_MAX;
		rv = functions->C_GetSlotList(CK_TRUE, slots, n);
		if (rv != CKR_BUFFER_TOO_SMALL)
			break;
	}
	return rv;
}

static void
survey(job *self)
{
	survey_job *j = (survey_job *)self;
	CK_SLOT_ID  slots[SLOTS_MAX];
	CK_ULONG    n = 0;

	j->rv = slots_of(j->functions, slots, &n);
	if (j->rv != CKR_OK || n == 0)
		return;
	j->found.at = mem_new(n, sizeof(token));
	if (j->found.at == NULL) {
		j->rv = CKR_HOST_MEMORY;
		return;
	}
	for (CK_ULONG i = 0; i < n; i++) {
		token *t = &j->found.at[j->found.n];

		t->slot = slots[i];
		if (j->functions->C_GetSlotInfo(slots[i], &t->slot_info) != CKR_OK)
			t->slot_info = (CK_SLOT_INFO){0};
		t->rv = j->functions->C_GetTokenInfo(slots[i], &t->info);
		if (t->rv != CKR_TOKEN_NOT_PRESENT)
			j->found.n++;
	}
}

exs_status
token_survey(module *m, token_list *ret, exs_error *error)
{
	EXS_AUTO(job) *j = NULL;
	survey_job *mine = mem_new(1, sizeof *mine);

	if (mine == NULL)
		return mem_fail(error);
	mine->base = (job){"C_GetTokenInfo", survey, release_survey};
	mine->functions = module_functions(m);
	j = &mine->base;
	EXS_TRY(module_run(m, &j, error));
	if (mine->rv != CKR_OK)
		return ckr_fail(error, mine->rv, "listing its slots");
	for (size_t i = 0; i < mine->found.n; i++)
		mine->found.at[i].module = m;
	*ret = mine->found;
	mine->found = (token_list){0};
	return EXS_OK;
}

/* SoftHSM rewrites a token's file in place after a wrong PIN; who reads it at that moment finds no token. */
static bool
may_pass(CK_RV rv)
{
	return rv == CKR_GENERAL_ERROR || rv == CKR_DEVICE_ERROR || rv == CKR_TOKEN_NOT_RECOGNIZED;
}

static void
get_info(job *self)
{
	info_job *j = (info_job *)self;

	j->rv = j->functions->C_GetTokenInfo(j->slot, &j->info);
}

static exs_status
ask_once(token *t, CK_RV *ret_rv, exs_error *error)
{
	EXS_AUTO(job) *j = NULL;
	info_job *mine = mem_new(1, sizeof *mine);

	if (mine == NULL)
		return mem_fail(error);
	mine->base = (job){"C_GetTokenInfo", get_info, release_plain};
	mine->functions = module_functions(t->module);
	mine->slot = t->slot;
	j = &mine->base;
	EXS_TRY(module_run(t->module, &j, error));
	*ret_rv = mine->rv;
	if (mine->rv == CKR_OK)
		t->info = mine->info;
	return EXS_OK;
}

exs_status
token_refresh(token *t, exs_error *error)
{
	CK_RV rv;

	EXS_TRY(ask_once(t, &rv, error));
	for (int tries = 0; may_pass(rv) && tries < READ_TRIES; tries++) {
		EXS_TRY(context_sleep(module_patience(t->module).context, READ_PAUSE_MS, error));
		EXS_TRY(ask_once(t, &rv, error));
	}
	return rv == CKR_OK ? EXS_OK : ckr_fail(error, rv, "telling about its token");
}

/* What a search has met, for the error when it ends badly. */
typedef struct search {
	const key_uri *uri;
	token          found;
	size_t         matches;
	bool           is_only_module; /* then its trouble is the answer */
	bool           may_pass;       /* a token could not be read just now */
	buf            uris;    /* of the matches */
	buf            present; /* what is there, matching or not */
	buf            failed;  /* modules and tokens that could not be read */
} search;

static void
search_done(search *s)
{
	buf_done(&s->uris);
	buf_done(&s->present);
	buf_done(&s->failed);
}

static void
note_failure(search *s, const char *what, const char *why)
{
	buf_addf(&s->failed, "%s%s: %s", s->failed.len > 0 ? "; " : "", what, why);
}

/* A slot of a software token that waits to be initialised is not a token to a user. */
static bool
can_hold_keys(const token *t, const key_uri *uri)
{
	return (t->info.flags & CKF_TOKEN_INITIALIZED) != 0 || key_uri_names_token(uri);
}

/* Two registered modules may show the same token: then the module's name is what tells them apart. */
static exs_status
candidate_uri(const token *t, const key_uri *origin, char **ret, exs_error *error)
{
	const char *name = module_name(t->module);
	const uri_parts parts = {.token = &t->info, .module_name = name};

	return name[0] == '\0' ? token_uri(t, origin, ret, error) : key_uri_make(&parts, ret, error);
}

static exs_status
consider(search *s, const token *t, exs_error *error)
{
	EXS_AUTO(chars) *uri = NULL;
	token_names names = token_print(&t->info);

	if (t->rv != CKR_OK) {
		note_failure(s, module_title(t->module), ckr_print(t->rv).at);
		s->may_pass |= may_pass(t->rv);
		return EXS_OK;
	}
	if (!can_hold_keys(t, s->uri))
		return EXS_OK;
	buf_addf(&s->present, "%s\"%s\" (serial %s)", s->present.len > 0 ? ", " : "", names.label,
	         names.serial[0] == '\0' ? "none" : names.serial);
	if (!key_uri_matches_slot(s->uri, t->slot, &t->slot_info) ||
	    !key_uri_matches_token(s->uri, &t->info))
		return EXS_OK;
	EXS_TRY(candidate_uri(t, s->uri, &uri, error));
	buf_addf(&s->uris, "%s%s", s->uris.len > 0 ? "  or  " : "", uri);
	s->found = *t;
	s->matches++;
	return EXS_OK;
}

/* p11-kit's client hides that nobody answers it. */
static void
note_silence(search *s, const module *m)
{
	if (strncmp(module_file(m), "p11-kit-client", 14) == 0)
		note_failure(s, module_title(m),
		             "no p11-kit server answers at P11_KIT_SERVER_ADDRESS, or it serves no token");
}

static exs_status
search_module(search *s, module *m, exs_error *error)
{
	EXS_SCOPED(token_list) tokens = {0};
	EXS_SCOPED(error_scratch) late = exs_error_new();
	exs_status status;

	if (module_problem(m)[0] != '\0') {
		note_failure(s, module_title(m), module_problem(m));
		return EXS_OK;
	}
	if (!key_uri_matches_module(s->uri, module_info(m)))
		return EXS_OK;
	status = token_survey(m, &tokens, late);
	if (status != EXS_OK && (status == EXS_CANCELLED || s->is_only_module)) {
		error_copy(error, late);
		return status;
	}
	if (status != EXS_OK)
		note_failure(s, module_title(m), exs_error_message(late));
	else if (tokens.n == 0)
		note_silence(s, m);
	for (size_t i = 0; i < tokens.n; i++)
		EXS_TRY(consider(s, &tokens.at[i], error));
	return EXS_OK;
}

static exs_status
conclude(const search *s, token *ret, exs_error *error)
{
	exs_status status;

	if (s->matches == 1) {
		*ret = s->found;
		return EXS_OK;
	}
	if (s->matches > 1) {
		status = exs_fail(error, E_TOKEN_AMBIGUOUS, "%zu tokens match %s", s->matches,
		                  key_uri_text(s->uri));
		error_why(error, "%s", buf_text(&s->uris));
		return status;
	}
	status = exs_fail(error, E_TOKEN_ABSENT, "no token matches %s", key_uri_text(s->uri));
	error_why(error, "tokens present: %s%s%s", s->present.len > 0 ? buf_text(&s->present) : "none",
	          s->failed.len > 0 ? "; not readable: " : "", buf_text(&s->failed));
	return status;
}

/* Not done: nothing matched, and a token that could not be read may be readable in a moment. */
static exs_status
search_once(const module_set *set, const key_uri *uri, bool is_last, token *ret, bool *ret_done,
            exs_error *error)
{
	EXS_SCOPED(search) s = {
		.uri = uri, .is_only_module = set->n == 1,
		.uris = BUF(LIST_MAX), .present = BUF(LIST_MAX), .failed = BUF(LIST_MAX)};

	for (size_t i = 0; i < set->n; i++)
		EXS_TRY(search_module(&s, set->at[i], error));
	*ret_done = is_last || s.matches > 0 || !s.may_pass;
	return *ret_done ? conclude(&s, ret, error) : EXS_OK;
}

exs_status
token_find(const module_set *set, const key_uri *uri, token *ret, exs_error *error)
{
	bool done = false;

	for (int tries = 0; !done; tries++) {
		if (tries > 0)
			EXS_TRY(context_sleep(set->context, READ_PAUSE_MS, error));
		EXS_TRY(search_once(set, uri, tries == READ_TRIES, ret, &done, error));
	}
	return EXS_OK;
}

static bool
is_same_token(const CK_TOKEN_INFO *a, const CK_TOKEN_INFO *b)
{
	return memcmp(a->label, b->label, sizeof a->label) == 0 &&
	       memcmp(a->serialNumber, b->serialNumber, sizeof a->serialNumber) == 0 &&
	       memcmp(a->model, b->model, sizeof a->model) == 0 &&
	       memcmp(a->manufacturerID, b->manufacturerID, sizeof a->manufacturerID) == 0;
}

exs_status
token_find_again(token *t, exs_error *error)
{
	EXS_SCOPED(token_list) tokens = {0};
	token_names names = token_print(&t->info);
	exs_status  status;

	EXS_TRY(token_survey(t->module, &tokens, error));
	for (size_t i = 0; i < tokens.n; i++) {
		if (tokens.at[i].rv == CKR_OK && is_same_token(&tokens.at[i].info, &t->info)) {
			*t = tokens.at[i];
			return EXS_OK;
		}
	}
	status = exs_fail(error, E_TOKEN_ABSENT, "the token \"%s\" (serial %s) is gone", names.label,
	                  names.serial);
	error_fix(error, "put it back in and try again");
	return status;
}
