/*
 * The module of faulty_module/faulty.c for tests: a script says what it does wrong, a log says what it was asked.
 */
#ifndef SUPPORT_FAULTY_H
#define SUPPORT_FAULTY_H

#include "support/opening.h"

/* Starts with an empty script and an empty log in the token's store. */
void faulty_use(const softhsm *hsm);
/* Lines as in faulty.c; counting begins anew. */
void faulty_script(const char *script);
/* How often a function was called since the last faulty_forget(). */
unsigned faulty_calls(const char *function);
void     faulty_forget(void);
/* For cmocka's set-up of a test: no script, nothing counted, nothing logged, nothing given up. */
int      faulty_quiet(void **state);
/* pkcs11:token=...;ATTRIBUTES?module-path=(the faulty module) */
const char *faulty_uri(softhsm *hsm, const char *attributes);

#endif
