/* One search for certificates on tokens. */
#include "sign/certsearch.h"

#include "base/error.h"
#include "sign/inventory.h"

enum { NOTES_MAX = 1024, URI_MAX = 8192 };

void
certsearch_done(certsearch *c)
{
	buf_done(&c->tokens);
	buf_done(&c->problems);
}

static void
note_token(certsearch *c, const exs_inventory_item *item)
{
	c->n_tokens++;
	if (c->tokens.len < NOTES_MAX / 2)
		buf_addf(&c->tokens, "%s%.32s", c->tokens.len > 0 ? ", " : "", item->label);
}

static void
note_problem(certsearch *c, const exs_inventory_item *item)
{
	if (item->problem[0] != '\0' && c->problems.len < NOTES_MAX / 2)
		buf_addf(&c->problems, "%s%.100s: %.150s", c->problems.len > 0 ? "; " : "",
		         item->kind == EXS_INVENTORY_MODULE ? item->module_path : item->label,
		         item->problem);
}

static exs_status
take(void *self, const exs_inventory_item *item, exs_error *error)
{
	certsearch *c = self;

	note_problem(c, item);
	if (item->kind == EXS_INVENTORY_TOKEN && item->initialised)
		note_token(c, item);
	/* one that cannot be read is told of, and does not hide the others */
	if (item->kind != EXS_INVENTORY_CERTIFICATE || item->problem[0] != '\0')
		return EXS_OK;
	c->n_found++;
	return c->visit(c->self, item, error);
}

exs_status
certsearch_run(certsearch *c, exs_error *error)
{
	EXS_SCOPED(buf) uri = BUF(URI_MAX);
	inventory_scope scope = {.deadline_ms = c->deadline_ms};

	c->tokens = c->problems = BUF(NOTES_MAX);
	if (c->name != NULL && c->name->kind == KEYNAME_THUMBPRINT) {
		scope.wanted = c->all ? NULL : c->name;
		keyname_print_narrowing(c->name, &uri);
	} else if (c->name != NULL) {
		buf_add(&uri, c->name->text);
	}
	EXS_TRY(buf_check(&uri, "a URI", error));
	scope.uri = uri.len > 0 ? buf_text(&uri) : NULL;
	return inventory_certificates(c->context, &scope, take, c, error);
}

exs_status
certsearch_fail_none(const certsearch *c, exs_error *error)
{
	const keyname *name = c->name;
	exs_status     status;

	if (name != NULL && name->kind == KEYNAME_URI && c->n_tokens == 0)
		status = exs_fail(error, E_TOKEN_ABSENT, "no token matches " SPAN_FORMAT,
		                  SPAN_PRINT(name->text));
	else if (name != NULL && name->kind == KEYNAME_URI)
		status = exs_fail(error, E_CERT_ABSENT, "no certificate belongs to " SPAN_FORMAT,
		                  SPAN_PRINT(name->text));
	else if (name != NULL)
		status = exs_fail(error, E_CERT_ABSENT, "no certificate has the " SPAN_FORMAT,
		                  SPAN_PRINT(name->text));
	else
		status = exs_fail(error, E_CERT_ABSENT, "there is no certificate on any token");
	error_why(error, "looked without a login at %zu token%s%s%s%s%s%s", c->n_tokens,
	          c->n_tokens == 1 ? "" : "s", c->tokens.len > 0 ? " (" : "", buf_text(&c->tokens),
	          c->tokens.len > 0 ? ")" : "", c->problems.len > 0 ? "; could not look at " : "",
	          buf_text(&c->problems));
	error_fix(error, "exosign hsm list shows what is there; store the certificate on the token "
	                 "(exosign cert import), or name its file: certificate = FILE");
	return status;
}
