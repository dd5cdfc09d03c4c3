/*
 * What kind of key a device shall make: "label=L,id=HEX,type=rsa2048,..." taken apart.
 */
#ifndef SANDBOX_KEYSPEC_H
#define SANDBOX_KEYSPEC_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

enum { KEY_ID_MAX = 64, KEY_MECHANISMS_MAX = 16, KEY_NAME_SIZE = 128 };

struct key_type {
	const char       *name;   /* "rsa2048" */
	CK_MECHANISM_TYPE mechanism;
	CK_ULONG          bits;   /* RSA only */
	unsigned char     curve[16]; /* DER of the curve's name */
	size_t            curve_len;
	const char       *twin;   /* the same kind, as software_key calls it */
	bool              libp11; /* can libp11 sign with it? */
};

enum key_certificate {
	CERTIFICATE_SELF,  /* over the key, signed by it where libp11 can, else by a passing issuer */
	CERTIFICATE_OTHER, /* over a different key of the same type */
	CERTIFICATE_NONE,
};

struct key_spec {
	char                   label[KEY_NAME_SIZE];
	unsigned char          id[KEY_ID_MAX];
	size_t                 id_len;
	const struct key_type *type;
	bool                   extractable, not_sensitive, always_authenticate;
	bool                   no_public, private_certificate;
	enum key_certificate   certificate;
	char                   common_name[KEY_NAME_SIZE];
	time_t                 not_before, not_after;
	CK_MECHANISM_TYPE      allowed[KEY_MECHANISMS_MAX];
	size_t                 n_allowed;
};

/* False: said why on stderr. */
bool key_spec_read(const char *text, struct key_spec *spec);

/* Prints what a KEYSPEC may hold. */
void key_spec_help(FILE *out);

#endif
