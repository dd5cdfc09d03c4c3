/* A signer as the client of a proxy. */
#include "sign/proxykey.h"

#include "hsm/viewkey.h"
#include "sign/tlskey.h"

static exs_status
show_one(void *ssl_ctx, exs_signer *one, exs_error *error)
{
	EXS_SCOPED(tlskey) mine = {0};

	EXS_TRY(tlskey_open(one, &mine, error));
	return tlskey_show(&mine, ssl_ctx) ? EXS_OK : tlskey_failure(&mine, error);
}

bool
proxykey_show(void *signer, void *ssl_ctx)
{
	return signer_use(signer, show_one, ssl_ctx, NULL) == EXS_OK;
}

/* What the handshake met in the device; else what stands in the way of showing anything at all. */
static exs_status
ask_one(void *self, exs_signer *one, exs_error *error)
{
	EXS_SCOPED(tlskey) mine = {0};
	viewkey           *view = NULL;

	(void)self;
	EXS_TRY(signer_view(one, &view, error));
	EXS_TRY(viewkey_failure(view, error));
	return tlskey_open(one, &mine, error);
}

exs_status
proxykey_failure(void *signer, exs_error *error)
{
	return signer_use(signer, ask_one, NULL, error);
}
