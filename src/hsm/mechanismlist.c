/* What a module says its token can do. */
#include "hsm/mechanismlist.h"

#include "base/error.h"

typedef struct list_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SLOT_ID        slot;
	mechanismlist    *list; /* of the first */
	CK_MECHANISM_TYPE type; /* of the second */
	CK_MECHANISM_INFO info;
	CK_RV             rv;
} list_job;

void
mechanismlist_free(mechanismlist *list)
{
	mem_free(list);
}

static void
release(job *self)
{
	mechanismlist_free(((list_job *)self)->list);
	mem_free(self);
}

static void
read_list(job *self)
{
	list_job      *j = (list_job *)self;
	mechanismlist *list = j->list;

	list->n = MECHANISMS_MAX;
	list->rv = j->functions->C_GetMechanismList(j->slot, list->at, &list->n);
	if (list->rv != CKR_OK || list->n > MECHANISMS_MAX)
		list->n = 0;
}

static void
read_info(job *self)
{
	list_job *j = (list_job *)self;

	j->rv = j->functions->C_GetMechanismInfo(j->slot, j->type, &j->info);
}

static list_job *
make(const token *t, const char *name, void (*run)(job *self))
{
	list_job *j = mem_new(1, sizeof *j);

	if (j == NULL)
		return NULL;
	j->base = (job){name, run, release};
	j->functions = module_functions(t->module);
	j->slot = t->slot;
	return j;
}

exs_status
mechanismlist_read(const token *t, mechanismlist **ret, exs_error *error)
{
	list_job      *mine = make(t, "C_GetMechanismList", read_list);
	EXS_AUTO(job) *j = mine == NULL ? NULL : &mine->base;

	if (mine == NULL)
		return mem_fail(error);
	mine->list = mem_new(1, sizeof *mine->list);
	if (mine->list == NULL)
		return mem_fail(error);
	EXS_TRY(module_run(t->module, &j, error));
	EXS_GIVE(ret, mine->list);
	return EXS_OK;
}

exs_status
mechanismlist_ask(const token *t, const mechanismlist *list, CK_MECHANISM_TYPE type,
                  mechanism_claim *ret, exs_error *error)
{
	list_job       *mine = make(t, "C_GetMechanismInfo", read_info);
	EXS_AUTO(job)  *j = mine == NULL ? NULL : &mine->base;
	mechanism_claim claim = {.listed = false};

	if (mine == NULL)
		return mem_fail(error);
	mine->type = type;
	EXS_TRY(module_run(t->module, &j, error));
	for (CK_ULONG i = 0; i < list->n; i++)
		claim.listed = claim.listed || list->at[i] == type;
	claim.rv = mine->rv;
	claim.signs = mine->rv == CKR_OK && (mine->info.flags & CKF_SIGN) != 0;
	claim.least = mine->info.ulMinKeySize;
	claim.most = mine->info.ulMaxKeySize;
	*ret = claim;
	return EXS_OK;
}
