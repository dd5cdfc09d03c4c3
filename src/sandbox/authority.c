/*
 * The sandbox's private authority. See authority.h.
 *
 * All three servers are certified at once, because afterwards nobody could: the key is gone.
 */
#include "authority.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "certificate.h"
#include "entra_key.h"
#include "exchange_surface.h"
#include "instance.h"
#include "options.h"

enum { DAY = 86400, LONG_DAYS = 3650 };

static const char *authority_extensions[][2] = {
	{ "basicConstraints", "critical,CA:TRUE,pathlen:0" },
	{ "keyUsage", "critical,keyCertSign,cRLSign" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL },
};

#define SERVER_EXTENSIONS(names) \
	{ \
		{ "basicConstraints", "critical,CA:FALSE" }, \
		{ "keyUsage", "critical,digitalSignature" }, { "extendedKeyUsage", "serverAuth" }, \
		{ "subjectAltName", names }, { NULL, NULL }, \
	}

static const char *local_extensions[][2] =
	SERVER_EXTENSIONS("DNS:localhost,DNS:" REGION ".localhost,DNS:" REGION ".admin.localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1");
static const char *elsewhere_extensions[][2] = SERVER_EXTENSIONS("DNS:elsewhere.example");

static const struct {
	const char *file;
	const char *name;
	long        from_days, to_days;
	const char *(*extensions)[2];
} servers[] = {
	{ "server-good.pem", "localhost", -1, LONG_DAYS, local_extensions },
	{ "server-expired.pem", "localhost", -30, -1, local_extensions },
	{ "server-wrong-name.pem", "elsewhere.example", -1, LONG_DAYS, elsewhere_extensions },
};

enum { SERVERS = sizeof(servers) / sizeof(servers[0]) };

static bool
make_server(const char *directory, size_t which, EVP_PKEY *authority_key, X509 *authority)
{
	time_t now = time(NULL);
	struct certificate_wish wish = {
		.common_name = servers[which].name,
		.public_key = software_key("P-256"),
		.signer = authority_key,
		.issuer = authority,
		.not_before = now + servers[which].from_days * DAY,
		.not_after = now + servers[which].to_days * DAY,
		.extensions = servers[which].extensions,
	};
	X509 *certificate = wish.public_key != NULL ? certificate_make(&wish) : NULL;
	char path[PATH_SIZE];
	bool good;

	instance_path(directory, servers[which].file, path);
	good = certificate != NULL && pem_pair_write(path, wish.public_key, certificate);
	X509_free(certificate);
	EVP_PKEY_free(wish.public_key);
	return good;
}

static bool
write_authority(const char *directory, X509 *authority)
{
	BIO *memory = BIO_new(BIO_s_mem());
	char path[PATH_SIZE];
	char *bytes = NULL;
	long len = 0;
	bool good;

	if (memory != NULL && PEM_write_bio_X509(memory, authority) == 1)
		len = BIO_get_mem_data(memory, &bytes);
	instance_path(directory, "ca.pem", path);
	good = len > 0 && file_replace(path, 0644, bytes, (size_t)len);
	BIO_free(memory);
	return good;
}

bool
authority_make(const char *directory)
{
	time_t now = time(NULL);
	char name[64], unique[GUID_SIZE];
	struct certificate_wish wish = {
		.common_name = name,
		.not_before = now - 30 * DAY,
		.not_after = now + (long)LONG_DAYS * DAY,
		.extensions = authority_extensions,
	};
	X509 *authority = NULL;
	char path[PATH_SIZE];
	bool good;

	instance_path(directory, "ca.pem", path);
	if (access(path, R_OK) == 0)
		return true;
	/* A name of its own, so that another sandbox's authority is a stranger and not a forger. */
	guid_make(unique);
	snprintf(name, sizeof(name), "exosign sandbox authority %.8s", unique);
	wish.public_key = wish.signer = software_key("P-256");
	if (wish.signer != NULL)
		authority = certificate_make(&wish);
	good = authority != NULL;
	for (size_t i = 0; good && i < SERVERS; i++)
		good = make_server(directory, i, wish.signer, authority);
	/* Last, as the sign that the others are there. */
	good = good && write_authority(directory, authority);
	X509_free(authority);
	EVP_PKEY_free(wish.signer);
	if (!good)
		complain("cannot make the server certificates in %s", directory);
	return good;
}
