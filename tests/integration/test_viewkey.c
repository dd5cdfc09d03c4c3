/* A device's key as OpenSSL's: what libp11 sees of it, and that it cannot hurt us. Against SoftHSM. */
#include "support/softhsm.h"

#include "hsm/viewkey.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>

static softhsm hsm, rawonly, noraw;

static int
make(void **state)
{
	static const char *const keys[] = {
		"label=main,id=01", "label=curve,id=02,type=p256", "label=bigger,id=03,type=p384",
		"label=odd,id=04,type=ed25519,no-cert", "label=careful,id=05,type=p256,always-auth", NULL};
	static const char *const rsa[] = {"label=main,id=01,no-cert", NULL};

	(void)state;
	softhsm_make(&rawonly, "rawonly", "CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_RSA_X_509", rsa);
	softhsm_make(&noraw, "noraw", "CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_RSA_PKCS", rsa);
	softhsm_make(&hsm, "alpha", NULL, keys);
	softhsm_add_token(&hsm, "beta", rsa);
	return 0;
}

typedef struct opening {
	pin_giver giver;
	device   *device;
	viewkey  *key;
} opening;

static void
use(softhsm *on)
{
	char conf[400];

	snprintf(conf, sizeof conf, "%s/softhsm2.conf", on->store);
	setenv("SOFTHSM2_CONF", conf, 1);
}

static exs_status
open_it(softhsm *on, const char *label, opening *o, exs_error *error)
{
	char words[64];
	device_options options = {0};

	use(on);
	snprintf(words, sizeof words, "object=%s", label);
	*o = (opening){.giver = {.pin = on->pin}};
	options.hold = (hold_options){.uri = softhsm_uri(on, words),
	                              .rules = {.source = pin_giver_source(&o->giver, false),
	                                        .state_directory = on->state}};
	EXS_TRY(device_open(test_context(), &options, &o->device, error));
	return viewkey_open(o->device, buf_span(&device_key(o->device)->public_der), &o->key, error);
}

static void
opened_key(softhsm *on, const char *label, opening *o)
{
	exs_error *error = test_error();

	if (open_it(on, label, o, error) != EXS_OK)
		fail_msg("%s: %s %s (%s)", label, exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
}

static void
close_it(opening *o)
{
	viewkey_free(o->key);
	device_free(o->device);
}

/* Signs through OpenSSL and verifies with the public half. */
static bool
signs(opening *o, const char *hash, bool pss)
{
	unsigned char       signature[1024];
	size_t              len = sizeof signature;
	EVP_MD_CTX         *out = EVP_MD_CTX_new(), *in = EVP_MD_CTX_new();
	EVP_PKEY_CTX       *how = NULL;
	EXS_AUTO(evp_pkey) *public = publickey_load(buf_span(&device_key(o->device)->public_der));
	const unsigned char text[] = "what is signed";
	const EVP_MD       *md = EVP_get_digestbyname(hash);
	bool done = EVP_DigestSignInit(out, &how, md, NULL, viewkey_evp(o->key)) == 1;

	if (done && pss)
		done = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1;
	done = done && EVP_DigestSign(out, signature, &len, text, sizeof text) == 1 &&
	       EVP_DigestVerifyInit(in, &how, md, NULL, public) == 1;
	if (done && pss)
		done = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1;
	done = done && EVP_DigestVerify(in, signature, len, text, sizeof text) == 1;
	EVP_MD_CTX_free(out);
	EVP_MD_CTX_free(in);
	return done;
}

/* As everywhere else: by the library's own way. */
static exs_status
signs_itself(opening *o)
{
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	const char   *mechanism = NULL;
	exs_alg       alg = device_key(o->device)->type == CKK_RSA ? EXS_ALG_PS256 : EXS_ALG_ES256;

	return device_sign(o->device, alg, span_of("a.b"), signature, &len, &mechanism, test_error());
}

static void
openssl_signs_with_keys_of_each_type_beside_an_edwards_key_and_another_token(void **state)
{
	static const struct {
		const char *label, *hash;
		bool        pss;
	} rows[] = {{"main", "SHA256", false}, {"main", "SHA512", false}, {"main", "SHA256", true},
	            {"curve", "SHA256", false}, {"bigger", "SHA384", false}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		opening o;

		opened_key(&hsm, rows[i].label, &o);
		assert_true(signs(&o, rows[i].hash, rows[i].pss));
		close_it(&o);
	}
}

static void
our_own_sessions_sign_before_during_and_after_libp11(void **state)
{
	opening o;

	(void)state;
	opened_key(&hsm, "main", &o);
	assert_ok(signs_itself(&o));
	assert_true(signs(&o, "SHA256", false));
	assert_ok(signs_itself(&o));
	viewkey_free(o.key);
	o.key = NULL;
	assert_ok(signs_itself(&o));
	assert_int_equal(atomic_load(&o.giver.asked), 1);
	close_it(&o);
}

static void
a_key_with_a_pin_for_each_signature_asks_our_source_each_time(void **state)
{
	opening o;

	(void)state;
	opened_key(&hsm, "careful", &o);
	assert_int_equal(atomic_load(&o.giver.asked), 1);
	assert_true(signs(&o, "SHA256", false));
	assert_true(signs(&o, "SHA256", false));
	assert_int_equal(atomic_load(&o.giver.asked), 3);
	assert_true(o.giver.last.context_specific);
	close_it(&o);
}

static void
a_refused_pin_is_what_the_error_says(void **state)
{
	opening    o;
	exs_error *error;

	(void)state;
	opened_key(&hsm, "careful", &o);
	o.giver.refuse = EXS_CANCELLED;
	assert_false(signs(&o, "SHA256", false));
	error = test_error();
	assert_int_equal(viewkey_fail(o.key, "signing", error), EXS_CANCELLED);
	/* said once */
	error = test_error();
	assert_fails(viewkey_fail(o.key, "signing", error), error, E_VIEW);
	close_it(&o);
}

static void
padding_is_made_here_for_a_device_with_raw_rsa_alone(void **state)
{
	opening o;

	(void)state;
	opened_key(&rawonly, "main", &o);
	assert_true(signs(&o, "SHA256", false));
	assert_true(signs(&o, "SHA256", true));
	close_it(&o);
}

static void
a_mechanism_that_the_device_lacks_is_told_as_such(void **state)
{
	opening    o;
	exs_error *error;

	(void)state;
	opened_key(&noraw, "main", &o);
	assert_true(signs(&o, "SHA256", false));
	assert_false(signs(&o, "SHA256", true));
	error = test_error();
	assert_fails(viewkey_fail(o.key, "signing", error), error, E_KEY_MECHANISM);
	close_it(&o);
}

static void
several_keys_are_open_at_once_each_its_own(void **state)
{
	opening a, b;

	(void)state;
	opened_key(&hsm, "main", &a);
	opened_key(&hsm, "curve", &b);
	assert_true(signs(&a, "SHA256", false));
	assert_true(signs(&b, "SHA256", false));
	close_it(&a);
	assert_true(signs(&b, "SHA256", false));
	close_it(&b);
}

static void
a_key_without_its_public_half_is_refused(void **state)
{
	opening    o;
	viewkey   *again = NULL;
	exs_error *error = test_error();

	(void)state;
	opened_key(&hsm, "main", &o);
	assert_fails(viewkey_open(o.device, span_of("no key"), &again, error), error, E_KEY_UNFIT);
	assert_null(again);
	close_it(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_signs_with_keys_of_each_type_beside_an_edwards_key_and_another_token),
		cmocka_unit_test(our_own_sessions_sign_before_during_and_after_libp11),
		cmocka_unit_test(a_key_with_a_pin_for_each_signature_asks_our_source_each_time),
		cmocka_unit_test(a_refused_pin_is_what_the_error_says),
		cmocka_unit_test(padding_is_made_here_for_a_device_with_raw_rsa_alone),
		cmocka_unit_test(a_mechanism_that_the_device_lacks_is_told_as_such),
		cmocka_unit_test(several_keys_are_open_at_once_each_its_own),
		cmocka_unit_test(a_key_without_its_public_half_is_refused),
	};

	return cmocka_run_group_tests_name("viewkey", tests, make, NULL);
}
