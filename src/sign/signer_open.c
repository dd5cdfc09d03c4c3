/* From the options to a signer: by URI, by thumbprint, over several devices. */
#include "sign/signer_open.h"

#include "base/error.h"
#include "sign/thumbprint.h"

enum { THUMBPRINT_MAX = 128 };

/* A host that was built against an older header knows fewer members: the rest is zero. */
static exs_status
take_options(const exs_signer_options *from, exs_signer_options *to, exs_error *error)
{
	if (from->size == 0)
		return exs_fail(error, E_USAGE, "exs_signer_options.size is not set");
	memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
	if (to->key_uri == NULL || to->key_uri[0] == '\0')
		return exs_fail(error, E_URI, "no key is named");
	return EXS_OK;
}

static bool
is_from_token(const exs_signer_options *options)
{
	return options->certificate == NULL || strcmp(options->certificate, "token") == 0;
}

/* The key may have several certificates: the one that was named is the one that is sent. */
static exs_status
open_by_thumbprint(const exs_context *context, const keyname *name,
                   const exs_signer_options *options, exs_signer **ret, exs_error *error)
{
	EXS_AUTO(chars) *uri = NULL;
	EXS_SCOPED(buf) certificate = BUF(THUMBPRINT_MAX);
	exs_signer_options mine = *options;
	bool needs_it = is_from_token(options) && !options->without_certificate;

	EXS_TRY(thumbprint_resolve(context, name, options->deadline_ms, needs_it, &uri, error));
	mine.key_uri = uri;
	if (needs_it) {
		buf_puts(&certificate, "thumbprint:");
		keyname_print_digest(name, &certificate);
		EXS_TRY(buf_check(&certificate, "a thumbprint", error));
		mine.certificate = buf_text(&certificate);
	}
	return signer_pkcs11_open(context, &mine, ret, error);
}

exs_status
signer_named_open(const exs_context *context, const keyname *name,
                  const exs_signer_options *options, exs_signer **ret, exs_error *error)
{
	EXS_AUTO(chars) *uri = NULL;
	exs_signer_options mine = *options;

	if (name->kind == KEYNAME_THUMBPRINT)
		return open_by_thumbprint(context, name, options, ret, error);
	uri = mem_text(name->text.at, name->text.len);
	if (uri == NULL)
		return mem_fail(error);
	mine.key_uri = uri;
	return signer_pkcs11_open(context, &mine, ret, error);
}

exs_status
exs_signer_open(const exs_context *context, const exs_signer_options *options,
                exs_signer **ret_signer, exs_error *error)
{
	exs_signer_options mine = {0};
	span    names;
	keyname name;
	size_t  n = 0;

	EXS_TRY(take_options(options, &mine, error));
	names = span_of(mine.key_uri);
	EXS_TRY(keyname_check(names, "the key", &n, error));
	if (n > 1)
		return signer_many_open(context, &mine, ret_signer, error);
	(void)keyname_next(&names, &name);
	return signer_named_open(context, &name, &mine, ret_signer, error);
}
