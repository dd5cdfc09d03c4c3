/*
 * What kind of key a device shall make. See keyspec.h.
 */
#include "keyspec.h"

#include <errno.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "options.h"

enum { DAY = 86400, DEFAULT_DAYS = 365, DEFAULT_ID_BYTES = 8 };

#define P256_OID { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 }
#define P384_OID { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 }
/* SoftHSM knows this curve by its printable name. */
#define ED25519_NAME { 0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9' }

static const struct key_type types[] = {
	{ "rsa1024", CKM_RSA_PKCS_KEY_PAIR_GEN, 1024, { 0 }, 0, "RSA-1024", true },
	{ "rsa2048", CKM_RSA_PKCS_KEY_PAIR_GEN, 2048, { 0 }, 0, "RSA-2048", true },
	{ "rsa3072", CKM_RSA_PKCS_KEY_PAIR_GEN, 3072, { 0 }, 0, "RSA-3072", true },
	{ "rsa4096", CKM_RSA_PKCS_KEY_PAIR_GEN, 4096, { 0 }, 0, "RSA-4096", true },
	{ "p256", CKM_EC_KEY_PAIR_GEN, 0, P256_OID, 10, "P-256", true },
	{ "p384", CKM_EC_KEY_PAIR_GEN, 0, P384_OID, 7, "P-384", true },
	{ "ed25519", CKM_EC_EDWARDS_KEY_PAIR_GEN, 0, ED25519_NAME, 14, "ED25519", false },
};

static const struct {
	const char       *name;
	CK_MECHANISM_TYPE mechanism;
} mechanisms[] = {
	{ "CKM_RSA_PKCS", CKM_RSA_PKCS },
	{ "CKM_RSA_X_509", CKM_RSA_X_509 },
	{ "CKM_SHA256_RSA_PKCS", CKM_SHA256_RSA_PKCS },
	{ "CKM_RSA_PKCS_PSS", CKM_RSA_PKCS_PSS },
	{ "CKM_SHA256_RSA_PKCS_PSS", CKM_SHA256_RSA_PKCS_PSS },
	{ "CKM_ECDSA", CKM_ECDSA },
	{ "CKM_EDDSA", CKM_EDDSA },
};

static bool
read_type(struct key_spec *spec, const char *value)
{
	spec->type = NULL;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, value) == 0)
			spec->type = &types[i];
	}
	return spec->type != NULL;
}

static bool
read_label(struct key_spec *spec, const char *value)
{
	return snprintf(spec->label, sizeof(spec->label), "%s", value) < (int)sizeof(spec->label);
}

static bool
read_name(struct key_spec *spec, const char *value)
{
	return snprintf(spec->common_name, sizeof(spec->common_name), "%s", value) <
	       (int)sizeof(spec->common_name);
}

static bool
read_id(struct key_spec *spec, const char *value)
{
	spec->id_len = strlen(value) / 2;
	return spec->id_len != 0 && spec->id_len <= KEY_ID_MAX &&
	       hex_read(value, spec->id, spec->id_len);
}

static bool
read_certificate(struct key_spec *spec, const char *value)
{
	if (strcmp(value, "self") == 0)
		spec->certificate = CERTIFICATE_SELF;
	else if (strcmp(value, "other") == 0)
		spec->certificate = CERTIFICATE_OTHER;
	else
		return false;
	return true;
}

/* "+SECONDS" and "-SECONDS" count from now; otherwise YYYY-MM-DD. */
static bool
read_moment(const char *value, time_t *ret_moment)
{
	struct tm utc = { 0 };
	const char *rest;
	char *end;

	if (value[0] == '+' || value[0] == '-') {
		errno = 0;
		*ret_moment = time(NULL) + strtol(value, &end, 10);
		return errno == 0 && value[1] != '\0' && *end == '\0';
	}
	rest = strptime(value, "%Y-%m-%d", &utc);
	*ret_moment = timegm(&utc);
	return rest != NULL && *rest == '\0';
}

static bool
read_not_before(struct key_spec *spec, const char *value)
{
	return read_moment(value, &spec->not_before);
}

static bool
read_not_after(struct key_spec *spec, const char *value)
{
	return read_moment(value, &spec->not_after);
}

/* Names joined by '+', because the comma parts the fields. */
static bool
read_allowed(struct key_spec *spec, const char *value)
{
	while (*value != '\0') {
		size_t len = strcspn(value, "+"), known = spec->n_allowed;

		for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++) {
			if (strlen(mechanisms[i].name) == len && known < KEY_MECHANISMS_MAX &&
			    strncmp(mechanisms[i].name, value, len) == 0)
				spec->allowed[spec->n_allowed++] = mechanisms[i].mechanism;
		}
		if (spec->n_allowed == known)
			return false;
		value += len;
		value += *value == '+' ? 1 : 0;
	}
	return spec->n_allowed != 0;
}

static const struct {
	const char *name;
	bool (*read)(struct key_spec *spec, const char *value);
	const char *help;
} fields[] = {
	{ "label", read_label, "the key's label (must be given)" },
	{ "id", read_id, "its CKA_ID in hexadecimal (default: random)" },
	{ "type", read_type, "rsa1024 rsa2048 rsa3072 rsa4096 p256 p384 ed25519 (rsa2048)" },
	{ "cn", read_name, "the certificate's common name (default: the label)" },
	{ "cert", read_certificate, "self, or other: a certificate over a different key" },
	{ "not-before", read_not_before, "+SECONDS or -SECONDS from now, or YYYY-MM-DD" },
	{ "not-after", read_not_after, "likewise (default: a year from now)" },
	{ "allowed-mechanisms", read_allowed, "CKM_... names joined by +" },
};

static const struct {
	const char *name;
	size_t      offset;
	const char *help;
} switches[] = {
	{ "extractable", offsetof(struct key_spec, extractable), "the key may be wrapped out" },
	{ "nonsensitive", offsetof(struct key_spec, not_sensitive), "the key can be read" },
	{ "always-auth", offsetof(struct key_spec, always_authenticate), "a PIN a signature" },
	{ "no-public", offsetof(struct key_spec, no_public), "no public key object stays" },
	{ "private-cert", offsetof(struct key_spec, private_certificate),
	  "the certificate shows after login only" },
};

static bool
read_field(struct key_spec *spec, const char *field)
{
	const char *equals = strchr(field, '=');
	size_t len = equals != NULL ? (size_t)(equals - field) : strlen(field);

	if (strcmp(field, "no-cert") == 0) {
		spec->certificate = CERTIFICATE_NONE;
		return true;
	}
	for (size_t i = 0; equals == NULL && i < sizeof(switches) / sizeof(switches[0]); i++) {
		if (strcmp(switches[i].name, field) == 0) {
			*(bool *)((char *)spec + switches[i].offset) = true;
			return true;
		}
	}
	for (size_t i = 0; equals != NULL && i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strlen(fields[i].name) == len && strncmp(fields[i].name, field, len) == 0)
			return fields[i].read(spec, equals + 1);
	}
	return false;
}

bool
key_spec_read(const char *text, struct key_spec *spec)
{
	char *copy = strdup(text), *at = copy, *field;
	bool good = copy != NULL;

	*spec = (struct key_spec){ .id_len = DEFAULT_ID_BYTES };
	good = good && RAND_bytes(spec->id, DEFAULT_ID_BYTES) == 1;
	spec->not_before = time(NULL) - DAY;
	spec->not_after = time(NULL) + (time_t)DEFAULT_DAYS * DAY;
	read_type(spec, "rsa2048");
	while (good && (field = strsep(&at, ",")) != NULL) {
		good = read_field(spec, field);
		if (!good)
			complain("'%s' is not a key's field, or not such a value (--help lists them)",
			         field);
	}
	free(copy);
	if (good && spec->label[0] == '\0') {
		complain("the key '%s' needs a label", text);
		good = false;
	}
	if (good && spec->common_name[0] == '\0')
		memcpy(spec->common_name, spec->label, sizeof(spec->common_name));
	return good;
}

void
key_spec_help(FILE *out)
{
	fputs("\nA KEYSPEC is a list of fields and switches parted by commas:\n", out);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fprintf(out, "  %-20s %s\n", fields[i].name, fields[i].help);
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		fprintf(out, "  %-20s %s\n", switches[i].name, switches[i].help);
	fprintf(out, "  %-20s %s\n", "no-cert", "no certificate is stored");
}
