/* What libp11 sees of a device. */
#include "hsm/viewport.h"

#include "base/error.h"
#include "hsm/viewtable.h"

enum { SESSIONS_MAX = 64, SLOT_FIRST = 1 };

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static viewport       *ports[VIEWPORTS_MAX];
static view_session    sessions[SESSIONS_MAX];
/* Who opens holds this one; the port that libp11 is shown meanwhile. */
static pthread_mutex_t showing = PTHREAD_MUTEX_INITIALIZER;
static viewport       *shown;

void
viewtable_lock(void)
{
	pthread_mutex_lock(&table_lock);
}

void
viewtable_unlock(void)
{
	pthread_mutex_unlock(&table_lock);
}

viewport *
viewtable_port(CK_SLOT_ID slot)
{
	return slot < SLOT_FIRST || slot >= SLOT_FIRST + VIEWPORTS_MAX ? NULL
	                                                               : ports[slot - SLOT_FIRST];
}

viewport *
viewtable_shown(void)
{
	return shown;
}

view_session *
viewtable_session(CK_SESSION_HANDLE handle)
{
	if (handle == 0 || handle > SESSIONS_MAX || sessions[handle - 1].port == NULL)
		return NULL;
	return &sessions[handle - 1];
}

bool
viewtable_take(viewport *v, CK_SESSION_HANDLE *ret)
{
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		if (sessions[i].port != NULL)
			continue;
		sessions[i] = (view_session){.port = v};
		*ret = i + 1;
		return true;
	}
	return false;
}

void
viewtable_drop_sessions(const viewport *v)
{
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		if (v != NULL && sessions[i].port == v)
			sessions[i] = (view_session){0};
}

void
viewport_free(viewport *v)
{
	if (v == NULL)
		return;
	pthread_mutex_lock(&table_lock);
	for (size_t i = 0; i < VIEWPORTS_MAX; i++)
		if (ports[i] == v)
			ports[i] = NULL;
	viewtable_drop_sessions(v);
	pthread_mutex_unlock(&table_lock);
	exs_error_free(v->failure);
	pthread_mutex_destroy(&v->lock);
	viewobject_done(&v->key);
	buf_done(&v->public_der);
	mem_free(v);
}

static exs_status
enlist(viewport *v, exs_error *error)
{
	bool done = false;

	pthread_mutex_lock(&table_lock);
	for (size_t i = 0; i < VIEWPORTS_MAX && !done; i++) {
		if (ports[i] != NULL)
			continue;
		ports[i] = v;
		v->slot = SLOT_FIRST + i;
		done = true;
	}
	pthread_mutex_unlock(&table_lock);
	return done ? EXS_OK : exs_fail(error, E_USAGE, "more than %d keys are open for OpenSSL",
	                                VIEWPORTS_MAX);
}

exs_status
viewport_open(device *d, span public_der, viewport **ret, exs_error *error)
{
	EXS_AUTO(viewport) *v = mem_new(1, sizeof *v);

	if (v == NULL)
		return mem_fail(error);
	pthread_mutex_init(&v->lock, NULL);
	v->device = d;
	v->public_der = BUF(PUBLICKEY_MAX);
	buf_add(&v->public_der, public_der);
	EXS_TRY(buf_check(&v->public_der, "a public key", error));
	EXS_TRY(viewobject_make(device_key(d), public_der, &v->key, error));
	EXS_TRY(enlist(v, error));
	EXS_GIVE(ret, v);
	return EXS_OK;
}

void
viewport_show(viewport *v)
{
	pthread_mutex_lock(&showing);
	pthread_mutex_lock(&table_lock);
	shown = v;
	pthread_mutex_unlock(&table_lock);
}

void
viewport_hide(viewport *v)
{
	pthread_mutex_lock(&table_lock);
	if (shown == v)
		shown = NULL;
	pthread_mutex_unlock(&table_lock);
	pthread_mutex_unlock(&showing);
}

exs_status
viewport_failure(viewport *v, exs_error *error)
{
	exs_status status = EXS_OK;

	pthread_mutex_lock(&v->lock);
	if (v->failure != NULL) {
		status = exs_error_status(v->failure);
		error_copy(error, v->failure);
		exs_error_free(v->failure);
		v->failure = NULL;
	}
	pthread_mutex_unlock(&v->lock);
	return status;
}

void
viewport_keep_failure(viewport *v, const exs_error *failure)
{
	exs_error *copy = failure == NULL ? NULL : exs_error_new();

	if (copy != NULL)
		error_copy(copy, failure);
	pthread_mutex_lock(&v->lock);
	exs_error_free(v->failure);
	v->failure = copy;
	pthread_mutex_unlock(&v->lock);
}
