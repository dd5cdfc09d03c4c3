/* A certificate as a row. */
#include "cli/issueshow.h"

#include "base/moment.h"

void
issueshow_add(jsonobject *to, const exs_issued_facts *f)
{
	jsonobject_text(to, "subject", f->subject);
	jsonobject_text(to, "issuer", f->issuer);
	jsonobject_text(to, "serial", f->serial);
	jsonobject_text(to, "not_before", moment_print(f->not_before).at);
	jsonobject_text(to, "not_after", moment_print(f->not_after).at);
	jsonobject_text(to, "sha1", f->sha1);
	jsonobject_text(to, "sha256", f->sha256);
	jsonobject_text(to, "sha1_base64url", f->sha1_base64url);
	jsonobject_text(to, "sha256_base64url", f->sha256_base64url);
	jsonobject_text(to, "public_key_sha256", f->public_key_sha256);
	jsonobject_text(to, "signature", f->signature);
	jsonobject_text(to, "token", f->token_label);
	jsonobject_text(to, "token_serial", f->token_serial);
	jsonobject_text(to, "uri", f->uri);
}
