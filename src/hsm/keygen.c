/* Making a key pair in a token. */
#include "hsm/keygen.h"

#include "base/buf.h"
#include "base/error.h"
#include "hsm/ckr.h"
#include "hsm/objectwrite.h"

enum { TEMPLATE_MAX = 16, ID_MAX = 1024, LABEL_MAX = 1024 };

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_BYTE  exponent[] = {1, 0, 1};

typedef struct kind_row {
	exs_key_kind      kind;
	const char       *name;
	CK_MECHANISM_TYPE mechanism;
	CK_ULONG          bits; /* 0: a curve */
	CK_BYTE           curve[10]; /* ECParameters: the name of a curve, DER (RFC 5480 section 2.1.1.1) */
	CK_ULONG          curve_len;
} kind_row;

static const kind_row kinds[] = {
	{EXS_KEY_RSA2048, "rsa2048", CKM_RSA_PKCS_KEY_PAIR_GEN, 2048, {0}, 0},
	{EXS_KEY_RSA3072, "rsa3072", CKM_RSA_PKCS_KEY_PAIR_GEN, 3072, {0}, 0},
	{EXS_KEY_RSA4096, "rsa4096", CKM_RSA_PKCS_KEY_PAIR_GEN, 4096, {0}, 0},
	{EXS_KEY_P256, "p256", CKM_EC_KEY_PAIR_GEN, 0,
	 {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}, 10},
	{EXS_KEY_P384, "p384", CKM_EC_KEY_PAIR_GEN, 0, {0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22}, 7},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *
exs_key_kind_name(exs_key_kind kind)
{
	return (size_t)kind < KINDS ? kinds[kind].name : "unknown";
}

bool
exs_key_kind_parse(const char *name, exs_key_kind *ret_kind)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*ret_kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

/* The needed attributes come first, so that a shorter template is the same one with a smaller n. */
typedef struct half {
	CK_ATTRIBUTE template[TEMPLATE_MAX];
	CK_ULONG     n, needed;
} half;

typedef struct keygen_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	kind_row          kind;
	buf               label, id;
	half              private, public;
	keygen_pair       pair;
	CK_RV             rv;
	bool              taken;
} keygen_job;

static void
release(job *self)
{
	keygen_job *j = (keygen_job *)self;

	if (j->rv == CKR_OK && !j->taken) {
		(void)j->functions->C_DestroyObject(j->session, j->pair.private);
		(void)j->functions->C_DestroyObject(j->session, j->pair.public);
	}
	buf_done(&j->label);
	buf_done(&j->id);
	mem_free(j);
}

/* The module stumbles over an attribute: a shorter template may do. */
static bool
is_about_template(CK_RV rv)
{
	return rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_VALUE_INVALID ||
	       rv == CKR_ATTRIBUTE_READ_ONLY || rv == CKR_TEMPLATE_INCONSISTENT;
}

static CK_RV
generate_with(keygen_job *j, CK_ULONG n_public, CK_ULONG n_private)
{
	CK_MECHANISM mechanism = {j->kind.mechanism, NULL, 0};

	return j->functions->C_GenerateKeyPair(j->session, &mechanism, j->public.template, n_public,
	                                       j->private.template, n_private, &j->pair.public,
	                                       &j->pair.private);
}

static void
generate(job *self)
{
	keygen_job *j = (keygen_job *)self;

	j->rv = generate_with(j, j->public.n, j->private.n);
	if (is_about_template(j->rv))
		j->rv = generate_with(j, j->public.needed, j->private.needed);
}

static void
want(half *h, CK_ATTRIBUTE_TYPE type, void *value, CK_ULONG len)
{
	h->template[h->n++] = (CK_ATTRIBUTE){type, value, len};
}

static void
want_flag(half *h, CK_ATTRIBUTE_TYPE type, CK_BBOOL *value)
{
	want(h, type, value, sizeof *value);
}

static void
want_names(keygen_job *j, half *h)
{
	want(h, CKA_LABEL, j->label.at, j->label.len);
	if (j->id.len > 0)
		want(h, CKA_ID, j->id.at, j->id.len);
}

static void
fill_private(keygen_job *j, bool always_authenticate)
{
	half *h = &j->private;

	want_flag(h, CKA_TOKEN, &yes);
	want_flag(h, CKA_PRIVATE, &yes);
	want_flag(h, CKA_SENSITIVE, &yes);
	want_flag(h, CKA_EXTRACTABLE, &no);
	want_flag(h, CKA_SIGN, &yes);
	want_names(j, h);
	if (always_authenticate)
		want_flag(h, CKA_ALWAYS_AUTHENTICATE, &yes);
	h->needed = h->n;
	want_flag(h, CKA_DECRYPT, &no);
	want_flag(h, CKA_UNWRAP, &no);
	want_flag(h, CKA_DERIVE, &no);
	want_flag(h, CKA_SIGN_RECOVER, &no);
}

static void
fill_public(keygen_job *j)
{
	half *h = &j->public;

	want_flag(h, CKA_TOKEN, &yes);
	want_flag(h, CKA_VERIFY, &yes);
	if (j->kind.bits > 0) {
		want(h, CKA_MODULUS_BITS, &j->kind.bits, sizeof j->kind.bits);
		want(h, CKA_PUBLIC_EXPONENT, exponent, sizeof exponent);
	} else {
		want(h, CKA_EC_PARAMS, j->kind.curve, j->kind.curve_len);
	}
	want_names(j, h);
	h->needed = h->n;
	want_flag(h, CKA_PRIVATE, &no);
	want_flag(h, CKA_ENCRYPT, &no);
	want_flag(h, CKA_WRAP, &no);
}

static exs_status
make_job(session *s, const keygen_wish *wish, keygen_job **ret, exs_error *error)
{
	EXS_AUTO(job) *j = NULL;
	keygen_job *mine = mem_new(1, sizeof *mine);

	if (mine == NULL)
		return mem_fail(error);
	mine->base = (job){"C_GenerateKeyPair", generate, release};
	j = &mine->base;
	mine->rv = CKR_FUNCTION_FAILED;
	mine->functions = session_functions(s);
	mine->session = session_handle(s);
	mine->kind = kinds[wish->kind];
	mine->label = BUF(LABEL_MAX);
	mine->id = BUF(ID_MAX);
	buf_add(&mine->label, wish->label);
	buf_add(&mine->id, wish->id);
	EXS_TRY(buf_check(&mine->label, "the label of the key", error));
	EXS_TRY(buf_check(&mine->id, "the id of the key", error));
	fill_private(mine, wish->always_authenticate);
	fill_public(mine);
	if (module_wants_bare_templates(session_module(s))) {
		mine->public.n = mine->public.needed;
		mine->private.n = mine->private.needed;
	}
	j = NULL;
	*ret = mine;
	return EXS_OK;
}

static exs_status
fail(const keygen_job *j, exs_error *error)
{
	EXS_SCOPED(buf) doing = BUF(200);
	exs_status status;

	buf_addf(&doing, "making a key pair of type %s", j->kind.name);
	status = ckr_fail(error, j->rv, buf_text(&doing));
	if (j->rv == CKR_MECHANISM_INVALID || j->rv == CKR_KEY_SIZE_RANGE ||
	    j->rv == CKR_FUNCTION_NOT_SUPPORTED)
		error_fix(error, "another --type; or make the key with the device's own tool");
	return status;
}

exs_status
keygen_make(session *s, const patience *p, const keygen_wish *wish, keygen_pair *ret,
            exs_error *error)
{
	EXS_AUTO(job) *j = NULL;
	keygen_job *mine = NULL;

	EXS_TRY(make_job(s, wish, &mine, error));
	j = &mine->base;
	EXS_TRY(session_run_patiently(s, p, &j, error));
	if (mine->rv != CKR_OK)
		return fail(mine, error);
	mine->taken = true;
	*ret = mine->pair;
	return EXS_OK;
}

/* Both halves are renamed in one job, so that giving up does not part them. */
typedef struct rename_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	keygen_pair       pair;
	buf               old_id, new_id;
	bool              done;
} rename_job;

static void
release_rename(job *self)
{
	rename_job *j = (rename_job *)self;

	buf_done(&j->old_id);
	buf_done(&j->new_id);
	mem_free(j);
}

static bool
set_id(const rename_job *j, CK_OBJECT_HANDLE handle, const buf *id)
{
	CK_ATTRIBUTE a = {CKA_ID, id->at, id->len};

	return j->functions->C_SetAttributeValue(j->session, handle, &a, 1) == CKR_OK;
}

static void
rename_both(job *self)
{
	rename_job *j = (rename_job *)self;

	if (!set_id(j, j->pair.private, &j->new_id))
		return;
	j->done = set_id(j, j->pair.public, &j->new_id);
	if (!j->done)
		(void)set_id(j, j->pair.private, &j->old_id);
}

exs_status
keygen_rename(session *s, const keygen_pair *pair, span old_id, span new_id, bool *ret,
              exs_error *error)
{
	EXS_AUTO(job) *j = NULL;
	rename_job *mine = mem_new(1, sizeof *mine);

	if (mine == NULL)
		return mem_fail(error);
	*mine = (rename_job){.base = {"C_SetAttributeValue", rename_both, release_rename},
	                     .functions = session_functions(s),
	                     .session = session_handle(s),
	                     .pair = *pair,
	                     .old_id = BUF(ID_MAX),
	                     .new_id = BUF(ID_MAX)};
	j = &mine->base;
	buf_add(&mine->old_id, old_id);
	buf_add(&mine->new_id, new_id);
	EXS_TRY(buf_check(&mine->old_id, "the id of the key", error));
	EXS_TRY(buf_check(&mine->new_id, "the id of the key", error));
	EXS_TRY(session_run(s, &j, error));
	*ret = mine->done;
	return EXS_OK;
}

exs_status
keygen_discard(session *s, const keygen_pair *pair, exs_error *error)
{
	exs_status private = object_destroy(s, pair->private, error);
	exs_status public = object_destroy(s, pair->public, error);

	return private != EXS_OK ? private : public;
}
