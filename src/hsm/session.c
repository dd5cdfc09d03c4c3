/* One session with a token. */
#include "hsm/session.h"

#include "base/error.h"
#include "hsm/ckr.h"

struct session {
	module           *module;
	worker           *worker;
	CK_SESSION_HANDLE handle;
	bool              is_open;
};

typedef struct session_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SLOT_ID        slot;
	CK_FLAGS          flags;
	CK_SESSION_HANDLE handle;
	CK_SESSION_INFO   info;
	CK_RV             rv;
} session_job;

static void
release(job *self)
{
	mem_free(self);
}

/* Modules without read-only sessions (AWS CloudHSM SDK 5) do not agree on how to say so. */
static bool
may_want_to_write(CK_RV rv)
{
	return rv == CKR_SESSION_READ_ONLY || rv == CKR_FUNCTION_NOT_SUPPORTED ||
	       rv == CKR_FUNCTION_FAILED || rv == CKR_ARGUMENTS_BAD ||
	       rv == CKR_SESSION_PARALLEL_NOT_SUPPORTED || rv == CKR_SESSION_READ_WRITE_SO_EXISTS;
}

static void
open_it(job *self)
{
	session_job *j = (session_job *)self;

	j->rv = j->functions->C_OpenSession(j->slot, j->flags, NULL, NULL, &j->handle);
	if ((j->flags & CKF_RW_SESSION) == 0 && may_want_to_write(j->rv))
		j->rv = j->functions->C_OpenSession(j->slot, j->flags | CKF_RW_SESSION, NULL, NULL,
		                                    &j->handle);
}

static void
close_it(job *self)
{
	session_job *j = (session_job *)self;

	j->rv = j->functions->C_CloseSession(j->handle);
}

static void
get_info(job *self)
{
	session_job *j = (session_job *)self;

	j->rv = j->functions->C_GetSessionInfo(j->handle, &j->info);
}

static session_job *
make(const session *s, const char *name, void (*run)(job *self))
{
	session_job *j = mem_new(1, sizeof *j);

	if (j != NULL) {
		j->base = (job){name, run, release};
		j->functions = module_functions(s->module);
		j->handle = s->handle;
	}
	return j;
}

exs_status
session_open(const token *t, session_mode mode, session **ret, exs_error *error)
{
	EXS_AUTO(session) *s = mem_new(1, sizeof *s);
	EXS_AUTO(job) *j = NULL;
	session_job *mine;

	if (s == NULL)
		return mem_fail(error);
	s->module = t->module;
	EXS_TRY(worker_new(module_file(t->module), &s->worker, error));
	if (module_is_single_file(t->module))
		worker_take_turns(s->worker);
	mine = make(s, "C_OpenSession", open_it);
	if (mine == NULL)
		return mem_fail(error);
	j = &mine->base;
	mine->slot = t->slot;
	mine->flags = CKF_SERIAL_SESSION | (mode == SESSION_WRITE ? CKF_RW_SESSION : 0);
	EXS_TRY(session_run(s, &j, error));
	if (mine->rv != CKR_OK)
		return ckr_fail(error, mine->rv, "opening a session");
	s->handle = mine->handle;
	s->is_open = true;
	EXS_GIVE(ret, s);
	return EXS_OK;
}

void
session_free(session *s)
{
	if (s == NULL)
		return;
	if (s->is_open && !worker_is_stuck(s->worker)) {
		session_job   *mine = make(s, "C_CloseSession", close_it);
		EXS_AUTO(job) *j = mine == NULL ? NULL : &mine->base;

		if (j != NULL)
			(void)!session_run(s, &j, NULL);
	}
	if (s->worker != NULL && worker_is_stuck(s->worker))
		module_adopt(s->module, &s->worker);
	worker_free(s->worker);
	mem_free(s);
}

exs_status
session_is_user(session *s, bool *ret, exs_error *error)
{
	session_job   *mine = make(s, "C_GetSessionInfo", get_info);
	EXS_AUTO(job) *j = mine == NULL ? NULL : &mine->base;

	if (j == NULL)
		return mem_fail(error);
	EXS_TRY(session_run(s, &j, error));
	*ret = mine->rv == CKR_OK && (mine->info.state == CKS_RO_USER_FUNCTIONS ||
	                              mine->info.state == CKS_RW_USER_FUNCTIONS);
	return EXS_OK;
}

CK_FUNCTION_LIST *
session_functions(const session *s)
{
	return module_functions(s->module);
}

CK_SESSION_HANDLE
session_handle(const session *s)
{
	return s->handle;
}

module *
session_module(const session *s)
{
	return s->module;
}

exs_status
session_run(session *s, job **j, exs_error *error)
{
	patience p = module_patience(s->module);

	return session_run_patiently(s, &p, j, error);
}

exs_status
session_run_patiently(session *s, const patience *p, job **j, exs_error *error)
{
	return worker_run(s->worker, p, j, error);
}
