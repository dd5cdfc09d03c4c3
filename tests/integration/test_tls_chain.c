/* TLS with a certificate of the organisation's own authority: those above it on the token go with it. */
#include "support/asking.h"
#include "support/keys.h"

#include <exosign/issue.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static softhsm hsm;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01,no-cert", "label=plain,id=02", NULL};

	(void)state;
	softhsm_make(&hsm, "chain", NULL, keys);
	return 0;
}

static void
say_whether_authority(X509 *certificate, bool is_one)
{
	X509_EXTENSION *said = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
	                                           is_one ? "critical,CA:TRUE" : "critical,CA:FALSE");

	assert_non_null(said);
	assert_int_equal(X509_add_ext(certificate, said, -1), 1);
	X509_EXTENSION_free(said);
}

static X509 *
certificate_of(EVP_PKEY *key, const char *name, EVP_PKEY *issuer_key, const char *issuer)
{
	X509      *made = X509_new();
	X509_NAME *above = X509_NAME_new();

	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_UTF8,
	                                            (const unsigned char *)name, -1, -1, 0), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(above, "CN", MBSTRING_UTF8,
	                                            (const unsigned char *)issuer, -1, -1, 0), 1);
	assert_int_equal(X509_set_issuer_name(made, above), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(made), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(made), -60));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(made), 3600));
	assert_int_equal(X509_set_version(made, X509_VERSION_3), 1);
	say_whether_authority(made, strcmp(name, "main") != 0);
	assert_int_equal(X509_set_pubkey(made, key), 1);
	assert_true(X509_sign(made, issuer_key, EVP_sha256()) > 0);
	X509_NAME_free(above);
	return made;
}

/* The device key's public half, out of a request that it signed. */
static EVP_PKEY *
public_half(const exs_token_access *access)
{
	const exs_issue_wish asked = {.size = sizeof asked, .subject = "CN=main"};
	exs_issued *request = NULL;
	const char *pem;
	BIO        *text;
	X509_REQ   *read;
	EVP_PKEY   *key;

	assert_ok(exs_request_create(test_context(), access, &asked, &request, test_error()));
	pem = exs_issued_describe(request)->pem;
	text = BIO_new_mem_buf(pem, -1);
	read = PEM_read_bio_X509_REQ(text, NULL, NULL, NULL);
	assert_non_null(read);
	key = X509_REQ_get_pubkey(read);
	X509_REQ_free(read);
	BIO_free(text);
	exs_issued_free(request);
	return key;
}

/* What the organisation's authority sends back: the certificate, the two above it, and their root. */
static void
import_chain(void)
{
	exs_token_access access = key_access(&hsm, softhsm_uri(&hsm, "object=main"));
	EVP_PKEY  *own = public_half(&access), *root = EVP_EC_gen("P-256"), *upper = EVP_EC_gen("P-256"),
	          *lower = EVP_EC_gen("P-256");
	X509      *chain[] = {certificate_of(own, "main", lower, "lower"),
	                      certificate_of(lower, "lower", upper, "upper"),
	                      certificate_of(upper, "upper", root, "root"),
	                      certificate_of(root, "root", root, "root")};
	BIO       *text = BIO_new(BIO_s_mem());
	exs_import import = {.size = sizeof import, .name = "chain.pem"};
	exs_issued *issued = NULL;
	char       *bytes;

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(PEM_write_bio_X509(text, chain[i]), 1);
		X509_free(chain[i]);
	}
	import.length = (size_t)BIO_get_mem_data(text, &bytes);
	import.bytes = bytes;
	assert_ok(exs_certificate_import(test_context(), &access, &import, &issued, test_error()));
	exs_issued_free(issued);
	BIO_free(text);
	EVP_PKEY_free(own);
	EVP_PKEY_free(root);
	EVP_PKEY_free(upper);
	EVP_PKEY_free(lower);
}

static void
the_issuers_on_the_token_go_with_the_certificate_and_the_root_stays(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s)};

	(void)state;
	asking_use(&hsm);
	import_chain();
	a.signer = asking_signer(&hsm, "object=main");
	asking_well(&a);
	asking_well(&a);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.issuers[0], 2);
	assert_int_equal(s.issuers[1], 2);
	exs_signer_free(a.signer);
	/* the twin: nobody issued this one */
	a.signer = asking_signer(&hsm, "object=plain");
	asking_well(&a);
	assert_int_equal(s.issuers[2], 0);
	exs_signer_free(a.signer);
	tls_server_free(a.server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_issuers_on_the_token_go_with_the_certificate_and_the_root_stays),
	};

	return cmocka_run_group_tests_name("tls_chain", tests, make, NULL);
}
