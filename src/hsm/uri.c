/* A PKCS#11 URI. */
#include "hsm/uri.h"

#include "base/buf.h"
#include "base/error.h"

#include <p11-kit/uri.h>
#include <stdlib.h>

struct key_uri {
	P11KitUri *parsed;
	char      *text;
};

/* RFC 7512 section 2.3 and what p11-kit takes besides. */
static const char *const path_names[] = {
	"token",       "manufacturer",      "model",               "serial",
	"object",      "type",              "object-type",         "id",
	"slot-id",     "slot-description",  "slot-manufacturer",   "library-manufacturer",
	"library-version", "library-description",
};
static const char *const query_names[] = {"module-name", "module-path"};
static const char *const pin_names[] = {"pin-value", "pinvalue"};
static const char *const source_names[] = {"pin-source", "pinfile"};

enum { N_PATH_NAMES = sizeof path_names / sizeof path_names[0] };

static bool
is_among(span name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(name, names[i]))
			return true;
	return false;
}

static exs_status
fail_unknown(span name, const char *const *names, size_t n, exs_error *error)
{
	const char *nearest = span_nearest(name, names, n);
	exs_status  status = exs_fail(error, E_URI, "the key URI has an unknown attribute: " SPAN_FORMAT,
	                              SPAN_PRINT(name));

	if (nearest != NULL)
		error_fix(error, "did you mean %s?", nearest);
	return status;
}

/* Before p11-kit sees the text: it would copy a PIN into memory that nobody wipes. */
static exs_status
check_attribute(span name, bool in_query, exs_error *error)
{
	if (is_among(name, pin_names, 2))
		return exs_fail(error, E_PIN_IN_URI, "the key URI carries a PIN (" SPAN_FORMAT ")",
		                SPAN_PRINT(name));
	if (is_among(name, source_names, 2)) {
		exs_status status = exs_fail(error, E_URI, "the key URI carries " SPAN_FORMAT
		                             ", which is not followed", SPAN_PRINT(name));

		error_fix(error, "set pin-source in the profile, and take it out of the URI");
		return status;
	}
	if (in_query)
		return span_starts(name, "x-") || is_among(name, query_names, 2)
		           ? EXS_OK
		           : fail_unknown(name, query_names, 2, error);
	return span_starts(name, "x-") || !is_among(name, path_names, N_PATH_NAMES)
	           ? fail_unknown(name, path_names, N_PATH_NAMES, error)
	           : EXS_OK;
}

/* Attributes parted by `separator`, none of them empty: p11-kit takes what follows an empty one for something else. */
static exs_status
check_part(span part, char separator, bool in_query, exs_error *error)
{
	bool more = part.len > 0;

	while (more) {
		span   attribute, rest = part;
		size_t len = part.len;

		attribute = span_cut(&rest, separator);
		more = attribute.len < len;
		part = rest;
		if (attribute.len == 0 || (more && part.len == 0))
			return exs_fail(error, E_URI, "the key URI has an empty attribute");
		EXS_TRY(check_attribute(span_cut(&attribute, '='), in_query, error));
	}
	return EXS_OK;
}

static exs_status
check_names(span text, exs_error *error)
{
	span query = text, path = span_cut(&query, '?');

	(void)span_cut(&path, ':');
	EXS_TRY(check_part(path, ';', false, error));
	return check_part(query, '&', true, error);
}

/* p11-kit ignores white space wherever it stands (RFC 7512 allows it where lines were folded). */
static exs_status
without_blanks(const char *text, buf *to, exs_error *error)
{
	for (const char *c = text; *c != '\0'; c++)
		if (strchr(" \t\r\n\f\v", *c) == NULL)
			buf_byte(to, *c);
	return buf_check(to, "a key URI", error);
}

static exs_status
fail_syntax(int code, exs_error *error)
{
	exs_status status;

	if (code == P11_KIT_URI_UNEXPECTED)
		return mem_fail(error);
	status = exs_fail(error, E_URI, "the key URI is not a PKCS#11 URI that makes sense");
	error_why(error, "%s", code == P11_KIT_URI_BAD_SCHEME     ? "it does not begin with pkcs11:"
	                       : code == P11_KIT_URI_BAD_ENCODING ? "a %-escape in it is broken"
	                       : code == P11_KIT_URI_BAD_VERSION  ? "library-version is no version"
	                       : code == P11_KIT_URI_NOT_FOUND    ? "something it names does not exist"
	                                                          : "an attribute is malformed");
	return status;
}

/* p11-kit escapes more than RFC 7512 section 2.3 asks for: in the query a slash may stand as it is. */
static void
show_slashes(char *text)
{
	char *to = strchr(text, '?');

	for (const char *from = to; from != NULL && *from != '\0'; to++) {
		bool slash = strncmp(from, "%2F", 3) == 0;

		*to = slash ? '/' : *from;
		from += slash ? 3 : 1;
	}
	if (to != NULL)
		*to = '\0';
}

static exs_status
print(P11KitUri *parsed, char **ret, exs_error *error)
{
	char *printed = NULL;
	char *copy;
	int   code = p11_kit_uri_format(parsed, P11_KIT_URI_FOR_ANY, &printed);

	if (code != P11_KIT_URI_OK)
		return fail_syntax(code, error);
	copy = mem_text(printed, strlen(printed));
	free(printed);
	if (copy == NULL)
		return mem_fail(error);
	show_slashes(copy);
	*ret = copy;
	return EXS_OK;
}

exs_status
key_uri_parse(const char *text, key_uri **ret, exs_error *error)
{
	EXS_SCOPED(buf) plain = BUF(KEY_URI_MAX);
	EXS_AUTO(key_uri) *uri = mem_new(1, sizeof *uri);
	int code;

	if (uri == NULL)
		return mem_fail(error);
	EXS_TRY(without_blanks(text, &plain, error));
	if (!span_starts_nocase(buf_span(&plain), "pkcs11:"))
		return fail_syntax(P11_KIT_URI_BAD_SCHEME, error);
	EXS_TRY(check_names(buf_span(&plain), error));
	uri->parsed = p11_kit_uri_new();
	if (uri->parsed == NULL)
		return mem_fail(error);
	code = p11_kit_uri_parse(buf_text(&plain), P11_KIT_URI_FOR_ANY, uri->parsed);
	if (code != P11_KIT_URI_OK)
		return fail_syntax(code, error);
	if (p11_kit_uri_any_unrecognized(uri->parsed))
		return exs_fail(error, E_URI, "the key URI has an attribute whose value is unknown");
	EXS_TRY(print(uri->parsed, &uri->text, error));
	EXS_GIVE(ret, uri);
	return EXS_OK;
}

void
key_uri_free(key_uri *uri)
{
	if (uri == NULL)
		return;
	p11_kit_uri_free(uri->parsed);
	mem_free(uri->text);
	mem_free(uri);
}

const char *
key_uri_text(const key_uri *uri)
{
	return uri->text;
}

const char *
key_uri_module_path(const key_uri *uri)
{
	return p11_kit_uri_get_module_path(uri->parsed);
}

const char *
key_uri_module_name(const key_uri *uri)
{
	return p11_kit_uri_get_module_name(uri->parsed);
}

bool
key_uri_matches_module(const key_uri *uri, const CK_INFO *module)
{
	return p11_kit_uri_match_module_info(uri->parsed, module) == 1;
}

bool
key_uri_matches_slot(const key_uri *uri, CK_SLOT_ID id, const CK_SLOT_INFO *slot)
{
	CK_SLOT_ID wanted = p11_kit_uri_get_slot_id(uri->parsed);

	return (wanted == (CK_SLOT_ID)-1 || wanted == id) &&
	       p11_kit_uri_match_slot_info(uri->parsed, slot) == 1;
}

bool
key_uri_matches_token(const key_uri *uri, const CK_TOKEN_INFO *token)
{
	return p11_kit_uri_match_token_info(uri->parsed, token) == 1;
}

bool
key_uri_names_token(const key_uri *uri)
{
	const CK_TOKEN_INFO *token = p11_kit_uri_get_token_info(uri->parsed);

	return token->label[0] != '\0' || token->serialNumber[0] != '\0' ||
	       token->manufacturerID[0] != '\0' || token->model[0] != '\0' ||
	       p11_kit_uri_get_slot_id(uri->parsed) != (CK_SLOT_ID)-1;
}

static span
attribute_of(const key_uri *uri, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *attribute = p11_kit_uri_get_attribute(uri->parsed, type);

	return attribute == NULL ? span_from(NULL, 0)
	                         : span_from(attribute->pValue, attribute->ulValueLen);
}

span
key_uri_id(const key_uri *uri)
{
	return attribute_of(uri, CKA_ID);
}

span
key_uri_label(const key_uri *uri)
{
	return attribute_of(uri, CKA_LABEL);
}

bool
key_uri_class(const key_uri *uri, CK_OBJECT_CLASS *ret)
{
	span value = attribute_of(uri, CKA_CLASS);

	if (value.len != sizeof *ret)
		return false;
	memcpy(ret, value.at, sizeof *ret);
	return true;
}

/* Fields of CK_TOKEN_INFO are padded with blanks; what is all blanks names nothing. */
static void
copy_field(CK_UTF8CHAR *to, const CK_UTF8CHAR *from, size_t size)
{
	bool blank = true;

	for (size_t i = 0; i < size; i++)
		blank = blank && (from[i] == ' ' || from[i] == '\0');
	if (!blank)
		memcpy(to, from, size);
}

static void
set_token(P11KitUri *uri, const CK_TOKEN_INFO *token)
{
	CK_TOKEN_INFO *to = p11_kit_uri_get_token_info(uri);

	copy_field(to->label, token->label, sizeof to->label);
	copy_field(to->serialNumber, token->serialNumber, sizeof to->serialNumber);
	/* Label and serial tell tokens apart; what tells no more makes a URI that nobody can read. */
	if (to->serialNumber[0] != '\0')
		return;
	copy_field(to->manufacturerID, token->manufacturerID, sizeof to->manufacturerID);
	copy_field(to->model, token->model, sizeof to->model);
}

static void
set_attribute(P11KitUri *uri, CK_ATTRIBUTE_TYPE type, span value)
{
	buf          copy = BUF(KEY_URI_MAX);
	CK_ATTRIBUTE attribute;

	if (value.len == 0)
		return;
	buf_add(&copy, value);
	attribute = (CK_ATTRIBUTE){type, copy.at, copy.len};
	if (copy.at != NULL)
		(void)p11_kit_uri_set_attribute(uri, &attribute);
	buf_done(&copy);
}

static CK_OBJECT_CLASS
class_of(const char *type)
{
	return strcmp(type, "private") == 0 ? CKO_PRIVATE_KEY
	       : strcmp(type, "public") == 0 ? CKO_PUBLIC_KEY
	                                     : CKO_CERTIFICATE;
}

exs_status
key_uri_make(const uri_parts *parts, char **ret, exs_error *error)
{
	P11KitUri *uri = p11_kit_uri_new();
	exs_status status;

	if (uri == NULL)
		return mem_fail(error);
	if (parts->token != NULL)
		set_token(uri, parts->token);
	if (parts->module_path != NULL)
		p11_kit_uri_set_module_path(uri, parts->module_path);
	else if (parts->module_name != NULL)
		p11_kit_uri_set_module_name(uri, parts->module_name);
	set_attribute(uri, CKA_ID, parts->id);
	set_attribute(uri, CKA_LABEL, parts->label);
	if (parts->type != NULL) {
		CK_OBJECT_CLASS class = class_of(parts->type);

		set_attribute(uri, CKA_CLASS, span_from((const char *)&class, sizeof class));
	}
	status = print(uri, ret, error);
	p11_kit_uri_free(uri);
	return status;
}
