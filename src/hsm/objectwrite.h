/*
 * Objects written to a token and destroyed there. The session must be one for writing (SESSION_WRITE) whose user is logged in where the
 * token wants that.
 */
#ifndef HSM_OBJECTWRITE_H
#define HSM_OBJECTWRITE_H

#include "hsm/session.h"

/* C_CreateObject. The template is copied with all that it points to. */
EXS_MUST_USE exs_status object_create(session *s, const CK_ATTRIBUTE *template, CK_ULONG n,
                                      CK_OBJECT_HANDLE *ret, exs_error *error);

/* C_DestroyObject. */
EXS_MUST_USE exs_status object_destroy(session *s, CK_OBJECT_HANDLE handle, exs_error *error);

#endif
