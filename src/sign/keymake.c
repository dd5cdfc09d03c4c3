/*
 * A key pair made in a token, read back, and taken away again when it is not what was asked for.
 */
#include "base/context.h"
#include "base/error.h"
#include "base/moment.h"
#include "hsm/hold.h"
#include "hsm/keygen.h"
#include "sign/keyfacts.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

enum { GENERATION_MS = 5 * 60 * 1000, ID_BYTES = 20, LIST_ROOM = 4000, LISTED_MAX = 8 };

/* A key pair that is being made. */
typedef struct making {
	const exs_context *context;
	hold              *hold;
	session           *session;
	keygen_wish        wish;
	unsigned char      random_id[ID_BYTES];
	bool               has_id; /* the user gave one */
	keygen_pair        pair;
} making;

static void
making_done(making *m)
{
	session_free(m->session);
	hold_free(m->hold);
}

static exs_status
take_wish(making *m, const exs_key_wish *wish, exs_error *error)
{
	const key_uri *uri = hold_uri(m->hold);
	exs_status     status;

	m->wish = (keygen_wish){.kind = wish->kind,
	                        .label = key_uri_label(uri),
	                        .id = key_uri_id(uri),
	                        .always_authenticate = wish->always_authenticate};
	m->has_id = m->wish.id.len > 0;
	if (m->wish.label.len == 0) {
		status = exs_fail(error, E_URI, "%s does not say what the new key is to be called",
		                  key_uri_text(uri));
		error_fix(error, "add object=NAME to the URI");
		return status;
	}
	if (m->has_id)
		return EXS_OK;
	if (RAND_bytes(m->random_id, sizeof m->random_id) != 1)
		return exs_fail(error, E_BUG, "there are no random bytes");
	m->wish.id = span_from((const char *)m->random_id, sizeof m->random_id);
	return EXS_OK;
}

static exs_status
list_keys(making *m, CK_OBJECT_CLASS class, span id, span label, buf *to, exs_error *error)
{
	const object_query query = {.class = class, .id = id, .label = label};
	EXS_SCOPED(key_list) keys = {0};

	EXS_TRY(key_list_read(m->session, &query, &keys, error));
	for (size_t i = 0; i < keys.n && i < LISTED_MAX; i++) {
		EXS_AUTO(chars) *uri = NULL;

		EXS_TRY(key_complete(m->session, &keys.at[i], error));
		EXS_TRY(key_print_uri(&keys.at[i], hold_token(m->hold), hold_uri(m->hold), &uri, error));
		buf_addf(to, "%s%s (%s)", to->len > 0 ? "  and  " : "", uri, key_print_type(&keys.at[i]).at);
	}
	return EXS_OK;
}

/* Some devices would write over what they have; others would leave two keys that nobody can tell apart. */
static exs_status
refuse_existing(making *m, exs_error *error)
{
	static const CK_OBJECT_CLASS classes[] = {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
	EXS_SCOPED(buf) there = BUF(LIST_ROOM);
	exs_status status;

	for (size_t i = 0; i < 2 && there.len == 0; i++) {
		EXS_TRY(list_keys(m, classes[i], span_from(NULL, 0), m->wish.label, &there, error));
		if (there.len == 0 && m->has_id)
			EXS_TRY(list_keys(m, classes[i], m->wish.id, span_from(NULL, 0), &there, error));
	}
	if (there.len == 0)
		return EXS_OK;
	status = exs_fail(error, E_KEY_EXISTS, "the token has a key of this %s already",
	                  m->has_id ? "label or id" : "label");
	error_why(error, "%s", buf_text(&there));
	return status;
}

/* A host that gives up is answered when the device is done: only then can the pair be taken away again. */
static exs_status
generate(making *m, exs_error *error)
{
	EXS_AUTO(exs_context) *undisturbed = NULL;
	int64_t  deadline_ms = hold_deadline_ms(m->hold);
	patience p = {.deadline_ms = deadline_ms > GENERATION_MS ? deadline_ms : GENERATION_MS};

	EXS_TRY(context_check(m->context, error));
	EXS_TRY(exs_context_new(NULL, &undisturbed, error));
	p.context = undisturbed;
	return keygen_make(m->session, &p, &m->wish, &m->pair, error);
}

/* RFC 5280 section 4.2.1.2, method 1. */
static bool
hash_bits(span public_der, unsigned char ret[ID_BYTES])
{
	const unsigned char *at = (const unsigned char *)public_der.at, *bits = NULL;
	X509_PUBKEY *info = d2i_X509_PUBKEY(NULL, &at, (long)public_der.len);
	unsigned     hash_len = 0;
	int          len = 0;
	bool         good = info != NULL &&
	            X509_PUBKEY_get0_param(NULL, &bits, &len, NULL, info) == 1 &&
	            EVP_Digest(bits, (size_t)len, ret, &hash_len, EVP_sha1(), NULL) == 1 &&
	            hash_len == ID_BYTES;

	X509_PUBKEY_free(info);
	ERR_clear_error();
	return good;
}

static exs_status
read_pair(making *m, key *ret, exs_error *error)
{
	EXS_SCOPED(key) private = {0}, public = {0};

	EXS_TRY(key_read(m->session, m->pair.private, true, &private, error));
	EXS_TRY(key_read(m->session, m->pair.public, false, &public, error));
	if (public.public_der.len > 0) {
		buf_clear(&private.public_der);
		buf_add(&private.public_der, buf_span(&public.public_der));
		private.public = public.public;
		EXS_TRY(buf_check(&private.public_der, "a public key", error));
	}
	if (private.public_der.len == 0)
		return exs_fail(error, E_KEY_UNFIT, "the device does not show the public half of the new key");
	*ret = private;
	private = (key){0};
	return EXS_OK;
}

/* Modules that tie ids to places (PIV) keep theirs. */
static exs_status
settle_id(making *m, key *k, exs_error *error)
{
	unsigned char hash[ID_BYTES];
	bool          renamed = false;

	if (m->has_id || !hash_bits(buf_span(&k->public_der), hash))
		return EXS_OK;
	EXS_TRY(keygen_rename(m->session, &m->pair, buf_span(&k->id),
	                      span_from((const char *)hash, sizeof hash), &renamed, error));
	if (!renamed)
		return EXS_OK;
	key_done(k);
	return read_pair(m, k, error);
}

typedef struct demand {
	const char  *name;
	exs_tristate told, wanted;
} demand;

/* Only what was asked for and contradicted counts; what a device does not tell is left to the user. */
static exs_status
check_claims(const making *m, const key *k, exs_error *error)
{
	const demand demands[] = {
		{"CKA_SENSITIVE", k->sensitive, EXS_YES},
		{"CKA_EXTRACTABLE", k->extractable, EXS_NO},
		{"CKA_NEVER_EXTRACTABLE", k->never_extractable, EXS_YES},
	};
	EXS_SCOPED(buf) why = BUF(400);
	exs_status status;

	for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++) {
		if (demands[i].told == EXS_NOT_TOLD)
			LOG(m->context, EXS_LOG_WARNING, "hsm", "attribute-not-told",
			    LOG_TEXT("attribute", demands[i].name));
		else if (demands[i].told != demands[i].wanted)
			buf_addf(&why, "%s%s is %s", why.len > 0 ? ", " : "", demands[i].name,
			         demands[i].told == EXS_YES ? "true" : "false");
	}
	if (m->wish.always_authenticate && k->always_authenticate != EXS_YES)
		return exs_fail(error, E_KEY_UNFIT, "the device does not ask for the PIN at each signature "
		                                    "although it was told to");
	if (why.len == 0)
		return EXS_OK;
	status = exs_fail(error, E_KEY_EXTRACTABLE, "the device made a key that could leave it");
	error_why(error, "asked for a key that cannot, and read back: %s", buf_text(&why));
	error_fix(error, "another device or module; the key was destroyed again");
	return status;
}

static exs_status
finish(making *m, exs_key **ret, exs_error *error)
{
	EXS_SCOPED(key) k = {0};
	EXS_SCOPED(certobject_list) none = {0};
	EXS_AUTO(exs_key) *made = NULL;

	EXS_TRY(context_check(m->context, error));
	EXS_TRY(read_pair(m, &k, error));
	EXS_TRY(check_claims(m, &k, error));
	EXS_TRY(settle_id(m, &k, error));
	EXS_TRY(keyfacts_new(&k, hold_token(m->hold), hold_uri(m->hold), &none, &made, error));
	EXS_TRY(context_check(m->context, error));
	LOG(m->context, EXS_LOG_INFO, "hsm", "key-made", LOG_TEXT("key", exs_key_describe(made)->uri),
	    LOG_TEXT("type", exs_key_describe(made)->type),
	    LOG_TEXT("serial", exs_key_describe(made)->token_serial));
	EXS_GIVE(ret, made);
	return EXS_OK;
}

static void
discard(making *m, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (keygen_discard(m->session, &m->pair, cause) == EXS_OK)
		return;
	LOG(m->context, EXS_LOG_ERROR, "hsm", "key-left-behind",
	    LOG_TEXT("key", key_uri_text(hold_uri(m->hold))),
	    LOG_TEXT("why", exs_error_message(cause)));
	error_fix(error, "destroy it: exosign key delete '%s' (%s)", key_uri_text(hold_uri(m->hold)),
	          exs_error_message(cause));
}

exs_status
exs_key_generate(const exs_context *context, const exs_token_access *access,
                 const exs_key_wish *wish, exs_key **ret_key, exs_error *error)
{
	EXS_SCOPED(making) m = {.context = context};
	exs_key_wish mine = {0};
	exs_status   status;

	if (wish->size == 0)
		return exs_fail(error, E_USAGE, "exs_key_wish.size is not set");
	memcpy(&mine, wish, wish->size < sizeof mine ? wish->size : sizeof mine);
	if ((unsigned)mine.kind > EXS_KEY_P384)
		return exs_fail(error, E_USAGE, "exs_key_wish.kind is none");
	EXS_TRY(hold_access(context, access, &m.hold, error));
	EXS_TRY(take_wish(&m, &mine, error));
	EXS_TRY(session_open(hold_token(m.hold), SESSION_WRITE, &m.session, error));
	EXS_TRY(hold_login(m.hold, m.session, error));
	EXS_TRY(refuse_existing(&m, error));
	EXS_TRY(generate(&m, error));
	status = finish(&m, ret_key, error);
	if (status != EXS_OK)
		discard(&m, error);
	return status;
}
