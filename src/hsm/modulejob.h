/*
 * What a worker does with a whole module: load, initialise, finalise. For module.c alone.
 */
#ifndef HSM_MODULEJOB_H
#define HSM_MODULEJOB_H

#include "hsm/worker.h"

#include <p11-kit/pkcs11.h>

typedef struct modulejob_result {
	CK_FUNCTION_LIST  *functions;    /* of load_path; the caller's */
	CK_FUNCTION_LIST **list;         /* of load_registered, NULL-terminated; see modulejob_take() */
	CK_RV              rv;           /* of initialise */
	CK_INFO            info;
	char               problem[400]; /* of both loads */
} modulejob_result;

/* All return NULL without memory. */
job *modulejob_load_path(const char *path);
job *modulejob_load_registered(void);
job *modulejob_initialise(CK_FUNCTION_LIST *functions);
/* Finalises when asked to, then unloads. */
job *modulejob_finish(CK_FUNCTION_LIST *functions, bool finalise);

modulejob_result *modulejob_result_of(job *j);
/* The i-th of load_registered becomes the caller's; the others go with the job. */
CK_FUNCTION_LIST *modulejob_take(job *j, size_t i);

#endif
