/* Alternative names. */
#include "sign/altname.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/span.h"

#include <arpa/inet.h>
#include <ctype.h>

enum { NAMES_MAX = 100, DNS_MAX = 253, TEXT_MAX = 2048 };

typedef GENERAL_NAMES general_names;

static void
general_names_free(general_names *names)
{
	GENERAL_NAMES_free(names);
}
EXS_DEFINE_AUTO(general_names)

/* Visible ASCII: an IA5String that nobody has to guess about. */
static bool
is_plain(span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= 0x20 || s.at[i] >= 0x7F)
			return false;
	return s.len > 0 && s.len <= TEXT_MAX;
}

/* Labels of letters, digits and dashes; the first may be *. */
static bool
is_dns(span s)
{
	if (s.len > DNS_MAX)
		return false;
	if (span_starts(s, "*."))
		s = span_from(s.at + 2, s.len - 2);
	do {
		span label = span_cut(&s, '.');

		if (label.len == 0 || label.len > 63 || label.at[0] == '-' || label.at[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!isalnum((unsigned char)label.at[i]) && label.at[i] != '-')
				return false;
	} while (s.len > 0);
	return true;
}

static bool
is_mailbox(span s)
{
	ptrdiff_t at = span_find(s, "@");

	return is_plain(s) && at > 0 && is_dns(span_from(s.at + at + 1, s.len - (size_t)at - 1));
}

static bool
is_uri(span s)
{
	ptrdiff_t colon = span_find(s, ":");

	if (!is_plain(s) || colon < 1 || !isalpha((unsigned char)s.at[0]))
		return false;
	for (ptrdiff_t i = 0; i < colon; i++)
		if (!isalnum((unsigned char)s.at[i]) && strchr("+-.", s.at[i]) == NULL)
			return false;
	return (size_t)colon + 1 < s.len;
}

static size_t
address_of(const char *text, unsigned char to[16])
{
	return inet_pton(AF_INET, text, to) == 1 ? 4 : inet_pton(AF_INET6, text, to) == 1 ? 16 : 0;
}

typedef struct kind_row {
	const char *what, *example;
	int         type;
	bool (*is_valid)(span s);
} kind_row;

static const kind_row kinds[] = {
	[EXS_NAME_DNS] = {"DNS name", "exo.contoso.example", GEN_DNS, is_dns},
	[EXS_NAME_URI] = {"URI", "https://contoso.example/exo", GEN_URI, is_uri},
	[EXS_NAME_EMAIL] = {"mail address", "exo@contoso.example", GEN_EMAIL, is_mailbox},
	[EXS_NAME_IP] = {"IP address", "192.0.2.1 or 2001:db8::1", GEN_IPADD, NULL},
};

static ASN1_STRING *
value_of(const exs_alternative_name *name)
{
	unsigned char address[16];
	bool          is_address = name->kind == EXS_NAME_IP;
	size_t        len = is_address ? address_of(name->value, address) : strlen(name->value);
	ASN1_STRING  *value = ASN1_STRING_type_new(is_address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

	if (value != NULL &&
	    ASN1_STRING_set(value, is_address ? (const void *)address : name->value, (int)len) == 1)
		return value;
	ASN1_STRING_free(value);
	return NULL;
}

static exs_status
check(const exs_alternative_name *name, exs_error *error)
{
	const kind_row *row = &kinds[name->kind];
	unsigned char   address[16];
	exs_status      status;

	if (name->kind == EXS_NAME_IP ? address_of(name->value, address) > 0
	                              : row->is_valid(span_of(name->value)))
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "\"%.200s\" is no %s", name->value, row->what);
	error_fix(error, "write it like %s", row->example);
	return status;
}

static exs_status
add(const exs_alternative_name *name, GENERAL_NAMES *to, exs_error *error)
{
	GENERAL_NAME *made;
	ASN1_STRING  *value;

	EXS_TRY(check(name, error));
	made = GENERAL_NAME_new();
	value = made == NULL ? NULL : value_of(name);
	if (value == NULL) {
		GENERAL_NAME_free(made);
		return mem_fail(error);
	}
	GENERAL_NAME_set0_value(made, kinds[name->kind].type, value);
	if (sk_GENERAL_NAME_push(to, made) > 0)
		return EXS_OK;
	GENERAL_NAME_free(made);
	return mem_fail(error);
}

exs_status
altname_make(const exs_alternative_name *names, size_t n, GENERAL_NAMES **ret, exs_error *error)
{
	EXS_AUTO(general_names) *made = NULL;

	if (n > NAMES_MAX)
		return exs_fail(error, E_USAGE, "more than %d alternative names", NAMES_MAX);
	if (n > 0)
		made = sk_GENERAL_NAME_new_null();
	if (n > 0 && made == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < n; i++)
		EXS_TRY(add(&names[i], made, error));
	EXS_GIVE(ret, made);
	return EXS_OK;
}
