/*
 * Sessions for signatures side by side: opened when they are needed, bounded by the device and by the user.
 *
 * A seat is a session with its sign job. Each renewal (the token was gone, somebody logged us out) begins a new
 * generation; seats of an older one are closed when they come back.
 */
#ifndef HSM_POOL_H
#define HSM_POOL_H

#include "hsm/signjob.h"

typedef struct pool pool;

typedef struct seat {
	session         *session;
	sign_job        *job; /* NULL after the thread kept it: the seat is lost */
	unsigned         generation;
	CK_OBJECT_HANDLE key;
} seat;

EXS_MUST_USE exs_status pool_new(const exs_context *context, unsigned wanted, pool **ret,
                                 exs_error *error);
void pool_free(pool *p);
EXS_DEFINE_AUTO(pool)

/* Where new seats come from. Closes all that are idle and begins a generation. */
void pool_renew(pool *p, const token *t, CK_OBJECT_HANDLE handle);
unsigned pool_generation(pool *p);

/* A session that is open already becomes a seat of the present generation. *s is taken over. */
EXS_MUST_USE exs_status pool_add(pool *p, session **s, exs_error *error);

/* Waits up to wait_ms for a free seat; E_DEVICE_SESSIONS when none came. */
EXS_MUST_USE exs_status pool_take(pool *p, int64_t wait_ms, seat *ret, exs_error *error);
typedef enum seat_fate {
	SEAT_KEEP,
	SEAT_RENEW, /* an operation is stuck in it: closed, but never the last one first, for that would log us out */
	SEAT_DROP,  /* it was lost */
} seat_fate;
void pool_give(pool *p, seat *s, seat_fate fate);

#endif
