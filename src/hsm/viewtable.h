/*
 * The table behind viewport.h: ports by slot, and the sessions that libp11 opened on them. For viewport.c and viewcalls.c.
 */
#ifndef HSM_VIEWTABLE_H
#define HSM_VIEWTABLE_H

#include "hsm/viewobject.h"
#include "hsm/viewport.h"

struct viewport {
	CK_SLOT_ID      slot;
	device         *device;
	buf             public_der;
	viewobject      key;
	pthread_mutex_t lock; /* guards failure */
	exs_error      *failure; /* NULL: none */
};

/* A session that libp11 opened: nothing but what it said so far. */
typedef struct view_session {
	viewport              *port; /* NULL: free */
	bool                   signing, has_pss;
	CK_MECHANISM_TYPE      mechanism;
	CK_RSA_PKCS_PSS_PARAMS pss;
	bool                   finding, found;
} view_session;

void viewtable_lock(void);
void viewtable_unlock(void);

/* With the table locked. NULL when there is none. */
viewport     *viewtable_port(CK_SLOT_ID slot);
viewport     *viewtable_shown(void);
view_session *viewtable_session(CK_SESSION_HANDLE handle);
/* A fresh session; false when all are taken. */
bool viewtable_take(viewport *v, CK_SESSION_HANDLE *ret);
void viewtable_drop_sessions(const viewport *v);

/* Keeps what a signature failed with for viewport_failure(). */
void viewport_keep_failure(viewport *v, const exs_error *failure);

#endif
