/* Objects on a token. */
#include "hsm/object.h"

#include "base/error.h"
#include "hsm/ckr.h"

enum { BATCH = 64 };

typedef struct find_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	CK_OBJECT_CLASS   class;
	char             *bytes; /* what the template points to */
	CK_ATTRIBUTE      template[OBJECT_TEMPLATE_MAX];
	CK_ULONG          n;
	CK_RV             rv;
	object_handles    found;
	size_t            room;
} find_job;

typedef struct read_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	object            object;
} read_job;

void
object_handles_done(object_handles *handles)
{
	mem_free(handles->at);
	*handles = (object_handles){0};
}

void
object_done(object *o)
{
	for (size_t i = 0; i < o->n; i++)
		mem_free(o->attributes[i].pValue);
	*o = (object){0};
}

static void
release_find(job *self)
{
	find_job *j = (find_job *)self;

	object_handles_done(&j->found);
	mem_free(j->bytes);
	mem_free(j);
}

static void
release_read(job *self)
{
	object_done(&((read_job *)self)->object);
	mem_free(self);
}

static CK_RV
keep(find_job *j, const CK_OBJECT_HANDLE *handles, size_t n)
{
	if (j->found.n + n > j->room) {
		size_t            room = j->room * 2 + n;
		CK_OBJECT_HANDLE *larger = mem_new(room, sizeof *larger);

		if (larger == NULL || room > OBJECT_HANDLES_MAX) {
			mem_free(larger);
			return CKR_HOST_MEMORY;
		}
		if (j->found.n > 0)
			memcpy(larger, j->found.at, j->found.n * sizeof *larger);
		mem_free(j->found.at);
		j->found.at = larger;
		j->room = room;
	}
	memcpy(j->found.at + j->found.n, handles, n * sizeof *handles);
	j->found.n += n;
	return CKR_OK;
}

static void
find(job *self)
{
	find_job *j = (find_job *)self;
	CK_OBJECT_HANDLE batch[BATCH];
	CK_ULONG  n;

	j->rv = j->functions->C_FindObjectsInit(j->session, j->template, j->n);
	if (j->rv != CKR_OK)
		return;
	do {
		n = 0;
		j->rv = j->functions->C_FindObjects(j->session, batch, BATCH, &n);
		if (j->rv == CKR_OK && n > 0 && n <= BATCH)
			j->rv = keep(j, batch, n);
	} while (j->rv == CKR_OK && n > 0);
	(void)j->functions->C_FindObjectsFinal(j->session);
}

static void
want(find_job *j, CK_ATTRIBUTE_TYPE type, span value, size_t *used)
{
	if (value.at == NULL)
		return;
	if (value.len > 0)
		memcpy(j->bytes + *used, value.at, value.len);
	j->template[j->n++] = (CK_ATTRIBUTE){type, j->bytes + *used, value.len};
	*used += value.len;
}

exs_status
object_find(session *s, const object_query *query, object_handles *ret, exs_error *error)
{
	EXS_AUTO(job) *j = NULL;
	find_job *mine = mem_new(1, sizeof *mine);
	size_t    used = 0;

	if (mine == NULL)
		return mem_fail(error);
	mine->base = (job){"C_FindObjects", find, release_find};
	j = &mine->base;
	mine->functions = session_functions(s);
	mine->session = session_handle(s);
	mine->bytes = mem_new(1, query->id.len + query->label.len);
	if (mine->bytes == NULL)
		return mem_fail(error);
	mine->class = query->class;
	mine->template[mine->n++] = (CK_ATTRIBUTE){CKA_CLASS, &mine->class, sizeof mine->class};
	want(mine, CKA_ID, query->id, &used);
	want(mine, CKA_LABEL, query->label, &used);
	EXS_TRY(session_run(s, &j, error));
	if (mine->rv != CKR_OK)
		return ckr_fail(error, mine->rv, "searching its objects");
	*ret = mine->found;
	mine->found = (object_handles){0};
	return EXS_OK;
}

static bool
says_only_some(CK_RV rv)
{
	return rv == CKR_OK || rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_ATTRIBUTE_TYPE_INVALID ||
	       rv == CKR_BUFFER_TOO_SMALL;
}

static bool
has_length(const CK_ATTRIBUTE *a)
{
	return a->ulValueLen != CK_UNAVAILABLE_INFORMATION && a->ulValueLen <= OBJECT_VALUE_MAX;
}

static void
forget(CK_ATTRIBUTE *a)
{
	mem_free(a->pValue);
	a->pValue = NULL;
	a->ulValueLen = 0;
}

/* Asks for one attribute alone, for modules that fail a whole call because of one of them. */
static void
read_one(const read_job *j, CK_ATTRIBUTE *a)
{
	forget(a);
	if (j->functions->C_GetAttributeValue(j->session, j->object.handle, a, 1) != CKR_OK ||
	    !has_length(a)) {
		forget(a);
		return;
	}
	a->pValue = mem_new(1, a->ulValueLen + 1);
	if (a->pValue == NULL ||
	    j->functions->C_GetAttributeValue(j->session, j->object.handle, a, 1) != CKR_OK ||
	    !has_length(a))
		forget(a);
}

static bool
read_all(read_job *j)
{
	object      *o = &j->object;
	CK_ATTRIBUTE known[OBJECT_ATTRIBUTES_MAX];
	CK_ULONG     n = 0, at = 0;

	if (!says_only_some(j->functions->C_GetAttributeValue(j->session, o->handle, o->attributes,
	                                                      o->n)))
		return false;
	for (size_t i = 0; i < o->n; i++) {
		CK_ATTRIBUTE *a = &o->attributes[i];

		if (has_length(a))
			a->pValue = mem_new(1, a->ulValueLen + 1);
		else
			a->ulValueLen = 0;
		if (a->pValue != NULL)
			known[n++] = *a;
	}
	if (n > 0 && j->functions->C_GetAttributeValue(j->session, o->handle, known, n) != CKR_OK)
		return false;
	for (size_t i = 0; i < o->n; i++) {
		if (o->attributes[i].pValue == NULL)
			continue;
		o->attributes[i].ulValueLen = known[at++].ulValueLen;
		if (!has_length(&o->attributes[i]))
			forget(&o->attributes[i]);
	}
	return true;
}

static void
read_it(job *self)
{
	read_job *j = (read_job *)self;

	if (read_all(j))
		return;
	for (size_t i = 0; i < j->object.n; i++)
		read_one(j, &j->object.attributes[i]);
}

exs_status
object_read(session *s, CK_OBJECT_HANDLE handle, const CK_ATTRIBUTE_TYPE *types, size_t n,
            object *ret, exs_error *error)
{
	EXS_AUTO(job) *j = NULL;
	read_job *mine = mem_new(1, sizeof *mine);

	if (mine == NULL)
		return mem_fail(error);
	mine->base = (job){"C_GetAttributeValue", read_it, release_read};
	j = &mine->base;
	mine->functions = session_functions(s);
	mine->session = session_handle(s);
	mine->object.handle = handle;
	for (size_t i = 0; i < n && i < OBJECT_ATTRIBUTES_MAX; i++)
		mine->object.attributes[mine->object.n++].type = types[i];
	EXS_TRY(session_run(s, &j, error));
	*ret = mine->object;
	mine->object = (object){0};
	return EXS_OK;
}

static const CK_ATTRIBUTE *
attribute_of(const object *o, CK_ATTRIBUTE_TYPE type)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->attributes[i].type == type && o->attributes[i].pValue != NULL)
			return &o->attributes[i];
	return NULL;
}

span
object_value(const object *o, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *a = attribute_of(o, type);

	return a == NULL ? span_from(NULL, 0) : span_from(a->pValue, a->ulValueLen);
}

exs_tristate
object_flag(const object *o, CK_ATTRIBUTE_TYPE type)
{
	span value = object_value(o, type);

	if (value.len != sizeof(CK_BBOOL))
		return EXS_NOT_TOLD;
	return value.at[0] == CK_FALSE ? EXS_NO : EXS_YES;
}

bool
object_number(const object *o, CK_ATTRIBUTE_TYPE type, CK_ULONG *ret)
{
	span value = object_value(o, type);

	if (value.len != sizeof *ret)
		return false;
	memcpy(ret, value.at, sizeof *ret);
	return *ret != CK_UNAVAILABLE_INFORMATION;
}
