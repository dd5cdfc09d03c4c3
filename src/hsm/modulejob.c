/* What a worker does with a whole module. */
#include "hsm/modulejob.h"

#include "hsm/uri.h"

#include <p11-kit/p11-kit.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct module_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	bool              finalise;
	bool             *is_taken;
	modulejob_result  result;
	char              path[KEY_URI_MAX];
} module_job;

static void
release(job *self)
{
	module_job *j = (module_job *)self;

	for (size_t i = 0; j->result.list != NULL && j->result.list[i] != NULL; i++)
		if (!j->is_taken[i])
			p11_kit_module_release(j->result.list[i]);
	free(j->result.list);
	mem_free(j->is_taken);
	mem_free(j);
}

static module_job *
make(const char *name, void (*run)(job *self))
{
	module_job *j = mem_new(1, sizeof *j);

	if (j != NULL)
		j->base = (job){.name = name, .run = run, .release = release};
	return j;
}

static job *
base_of(module_job *j)
{
	return j == NULL ? NULL : &j->base;
}

static void
note_problem(module_job *j)
{
	const char *message = p11_kit_message();

	snprintf(j->result.problem, sizeof j->result.problem, "%s",
	         message == NULL ? "p11-kit gives no reason" : message);
}

static void
load_path(job *self)
{
	module_job *j = (module_job *)self;

	j->result.functions = p11_kit_module_load(j->path, 0);
	if (j->result.functions == NULL)
		note_problem(j);
}

static void
load_registered(job *self)
{
	module_job *j = (module_job *)self;
	size_t      n = 0;

	j->result.list = p11_kit_modules_load(NULL, 0);
	while (j->result.list != NULL && j->result.list[n] != NULL)
		n++;
	j->is_taken = mem_new(n + 1, sizeof *j->is_taken);
	if (j->is_taken == NULL && j->result.list != NULL) {
		p11_kit_modules_release(j->result.list);
		j->result.list = NULL;
	}
	if (j->result.list == NULL)
		note_problem(j);
}

static void
initialise(job *self)
{
	module_job *j = (module_job *)self;

	j->result.rv = p11_kit_module_initialize(j->functions);
	if (j->result.rv == CKR_OK && j->functions->C_GetInfo(&j->result.info) != CKR_OK)
		j->result.info = (CK_INFO){0};
}

static void
finish(job *self)
{
	module_job *j = (module_job *)self;

	if (j->finalise)
		(void)p11_kit_module_finalize(j->functions);
	p11_kit_module_release(j->functions);
}

job *
modulejob_load_path(const char *path)
{
	module_job *j = make("loading it", load_path);

	if (j != NULL)
		snprintf(j->path, sizeof j->path, "%s", path);
	return base_of(j);
}

job *
modulejob_load_registered(void)
{
	return base_of(make("loading the registered modules", load_registered));
}

job *
modulejob_initialise(CK_FUNCTION_LIST *functions)
{
	module_job *j = make("C_Initialize", initialise);

	if (j != NULL)
		j->functions = functions;
	return base_of(j);
}

job *
modulejob_finish(CK_FUNCTION_LIST *functions, bool finalise)
{
	module_job *j = make("C_Finalize", finish);

	if (j != NULL) {
		j->functions = functions;
		j->finalise = finalise;
	}
	return base_of(j);
}

modulejob_result *
modulejob_result_of(job *j)
{
	return &((module_job *)j)->result;
}

CK_FUNCTION_LIST *
modulejob_take(job *j, size_t i)
{
	module_job *mine = (module_job *)j;

	mine->is_taken[i] = true;
	return mine->result.list[i];
}
