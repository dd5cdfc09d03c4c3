/* A private key by its URI: looked at, or removed with its public half. */
#include "base/context.h"
#include "base/error.h"
#include "hsm/hold.h"
#include "hsm/objectwrite.h"
#include "sign/keyfacts.h"

/* A key in an open token. */
typedef struct found {
	hold    *hold;
	session *session;
	key      key;
	exs_key *facts;
} found;

static void
found_done(found *f)
{
	exs_key_free(f->facts);
	key_done(&f->key);
	session_free(f->session);
	hold_free(f->hold);
}

static exs_status
find(const exs_context *context, const exs_token_access *access, session_mode mode, found *f,
     exs_error *error)
{
	EXS_SCOPED(certobject_list) certificates = {0};

	EXS_TRY(hold_access(context, access, &f->hold, error));
	EXS_TRY(session_open(hold_token(f->hold), mode, &f->session, error));
	EXS_TRY(hold_find_key(f->hold, f->session, &f->key, error));
	EXS_TRY(certobject_list_read(f->session, span_from(NULL, 0), span_from(NULL, 0),
	                             &certificates, error));
	return keyfacts_new(&f->key, hold_token(f->hold), hold_uri(f->hold), &certificates, &f->facts,
	                    error);
}

exs_status
exs_key_show(const exs_context *context, const exs_token_access *access, exs_key **ret_key,
             exs_error *error)
{
	EXS_SCOPED(found) f = {0};

	EXS_TRY(find(context, access, SESSION_READ, &f, error));
	EXS_GIVE(ret_key, f.facts);
	return EXS_OK;
}

/* The public object of the same id (or label) counts only when it is the very same key. */
static exs_status
destroy_public(found *f, exs_error *error)
{
	const key *k = &f->key;
	const object_query query = {
		.class = CKO_PUBLIC_KEY,
		.id = k->id.len > 0 ? buf_span(&k->id) : span_from(NULL, 0),
		.label = k->id.len > 0 ? span_from(NULL, 0) : buf_span(&k->label),
	};
	EXS_SCOPED(key_list) list = {0};

	EXS_TRY(key_list_read(f->session, &query, &list, error));
	for (size_t i = 0; i < list.n; i++)
		if (publickey_same(buf_span(&list.at[i].public_der), buf_span(&k->public_der)))
			EXS_TRY(object_destroy(f->session, list.at[i].handle, error));
	return EXS_OK;
}

exs_status
exs_key_delete(const exs_context *context, const exs_token_access *access,
               exs_key_confirm confirm, void *self, exs_key **ret_key, exs_error *error)
{
	EXS_SCOPED(found) f = {0};
	const exs_key_facts *facts;

	EXS_TRY(find(context, access, SESSION_WRITE, &f, error));
	EXS_TRY(confirm(self, f.facts, error));
	EXS_TRY(context_check(context, error));
	EXS_TRY(hold_login(f.hold, f.session, error));
	EXS_TRY(object_destroy(f.session, f.key.handle, error));
	facts = exs_key_describe(f.facts);
	LOG(context, EXS_LOG_INFO, "hsm", "key-destroyed", LOG_TEXT("key", facts->uri),
	    LOG_TEXT("serial", facts->token_serial));
	EXS_TRY(destroy_public(&f, error));
	if (ret_key != NULL)
		EXS_GIVE(ret_key, f.facts);
	return EXS_OK;
}
