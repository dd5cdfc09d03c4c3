/* Objects written to a token and destroyed there. */
#include "hsm/objectwrite.h"

#include "base/error.h"
#include "hsm/ckr.h"

typedef struct write_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	CK_ATTRIBUTE     *template;
	CK_ULONG          n;
	CK_OBJECT_HANDLE  handle;
	CK_RV             rv;
} write_job;

static void
release(job *self)
{
	write_job *j = (write_job *)self;

	for (CK_ULONG i = 0; i < j->n; i++)
		mem_free(j->template[i].pValue);
	mem_free(j->template);
	mem_free(j);
}

static void
create(job *self)
{
	write_job *j = (write_job *)self;

	j->rv = j->functions->C_CreateObject(j->session, j->template, j->n, &j->handle);
}

static void
destroy(job *self)
{
	write_job *j = (write_job *)self;

	j->rv = j->functions->C_DestroyObject(j->session, j->handle);
}

static write_job *
make(const session *s, const char *name, void (*run)(job *self))
{
	write_job *j = mem_new(1, sizeof *j);

	if (j != NULL) {
		j->base = (job){name, run, release};
		j->functions = session_functions(s);
		j->session = session_handle(s);
	}
	return j;
}

/* A thread that is stuck with the job may read the template after its owner has gone. */
static exs_status
copy_template(const CK_ATTRIBUTE *template, CK_ULONG n, write_job *j, exs_error *error)
{
	j->template = mem_new(n, sizeof *j->template);
	if (j->template == NULL)
		return mem_fail(error);
	for (; j->n < n; j->n++) {
		CK_ATTRIBUTE *a = &j->template[j->n];

		*a = (CK_ATTRIBUTE){.type = template[j->n].type};
		a->ulValueLen = template[j->n].ulValueLen;
		a->pValue = mem_text(template[j->n].pValue, a->ulValueLen);
		if (a->pValue == NULL)
			return mem_fail(error);
	}
	return EXS_OK;
}

exs_status
object_create(session *s, const CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *ret,
              exs_error *error)
{
	write_job     *mine = make(s, "C_CreateObject", create);
	EXS_AUTO(job) *j = mine == NULL ? NULL : &mine->base;

	if (j == NULL)
		return mem_fail(error);
	EXS_TRY(copy_template(template, n, mine, error));
	EXS_TRY(session_run(s, &j, error));
	if (mine->rv != CKR_OK)
		return ckr_fail(error, mine->rv, "writing an object");
	*ret = mine->handle;
	return EXS_OK;
}

exs_status
object_destroy(session *s, CK_OBJECT_HANDLE handle, exs_error *error)
{
	write_job     *mine = make(s, "C_DestroyObject", destroy);
	EXS_AUTO(job) *j = mine == NULL ? NULL : &mine->base;

	if (j == NULL)
		return mem_fail(error);
	mine->handle = handle;
	EXS_TRY(session_run(s, &j, error));
	return mine->rv == CKR_OK ? EXS_OK : ckr_fail(error, mine->rv, "destroying an object");
}
