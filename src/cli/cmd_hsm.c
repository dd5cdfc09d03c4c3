/* exosign hsm list. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/moment.h"
#include "cli/show.h"

static const char *const kinds[] = {
	[EXS_INVENTORY_MODULE] = "module", [EXS_INVENTORY_TOKEN] = "token",
	[EXS_INVENTORY_KEY] = "key", [EXS_INVENTORY_CERTIFICATE] = "certificate",
};

static void
add_some_text(jsonobject *o, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		jsonobject_text(o, name, value);
}

static void
add_tristate(jsonobject *o, const char *name, exs_tristate value)
{
	if (value != EXS_NOT_TOLD)
		jsonobject_flag(o, name, value == EXS_YES);
}

static void
note(buf *to, const char *text)
{
	buf_addf(to, "%s%s", to->len > 0 ? ", " : "", text);
}

/* The one thing a person should know of each. */
static void
note_token(buf *to, const exs_inventory_item *item)
{
	if (!item->initialised)
		note(to, "not initialised");
	if (item->login_required)
		note(to, "wants a PIN");
	if (item->pin_pad)
		note(to, "PIN pad");
	if (item->pin_locked)
		note(to, "PIN LOCKED");
	else if (item->pin_final_try)
		note(to, "LAST TRY");
	else if (item->pin_count_low)
		note(to, "a wrong PIN was entered");
}

static void
note_key(buf *to, const exs_inventory_item *item)
{
	if (item->extractable == EXS_YES)
		note(to, "EXTRACTABLE");
	if (item->extractable == EXS_NO && item->sensitive != EXS_NO)
		note(to, "cannot leave");
	if (!item->private_visible)
		note(to, "private half hidden until login");
	if (item->always_authenticate == EXS_YES)
		note(to, "PIN for each signature");
}

static void
note_certificate(buf *to, const exs_inventory_item *item)
{
	int64_t now = moment_now_ms() / 1000;

	if (item->not_after < now)
		note(to, "EXPIRED");
	else if (item->not_before > now)
		note(to, "not valid yet");
	else
		buf_addf(to, "until %.10s", moment_print(item->not_after).at);
	if (item->matches != NULL && item->matches[0] != '\0')
		buf_addf(to, ", of key %s", item->matches);
}

static void
add_note(jsonobject *o, const exs_inventory_item *item)
{
	EXS_SCOPED(buf) text = BUF(1024);

	if (item->problem != NULL && item->problem[0] != '\0')
		buf_puts(&text, item->problem);
	else if (item->kind == EXS_INVENTORY_TOKEN)
		note_token(&text, item);
	else if (item->kind == EXS_INVENTORY_KEY)
		note_key(&text, item);
	else if (item->kind == EXS_INVENTORY_CERTIFICATE)
		note_certificate(&text, item);
	jsonobject_text(o, "note", buf_text(&text));
}

static void
add_token(jsonobject *o, const exs_inventory_item *item)
{
	jsonobject_flag(o, "login_required", item->login_required);
	jsonobject_flag(o, "pin_pad", item->pin_pad);
	jsonobject_flag(o, "pin_count_low", item->pin_count_low);
	jsonobject_flag(o, "pin_final_try", item->pin_final_try);
	jsonobject_flag(o, "pin_locked", item->pin_locked);
	jsonobject_flag(o, "initialised", item->initialised);
}

static void
add_key(jsonobject *o, const exs_inventory_item *item)
{
	jsonobject_flag(o, "private_visible", item->private_visible);
	add_tristate(o, "sensitive", item->sensitive);
	add_tristate(o, "extractable", item->extractable);
	add_tristate(o, "never_extractable", item->never_extractable);
	add_tristate(o, "local", item->local);
	add_tristate(o, "always_authenticate", item->always_authenticate);
}

static void
add_certificate(jsonobject *o, const exs_inventory_item *item)
{
	jsonobject_text(o, "not_before", moment_print(item->not_before).at);
	jsonobject_text(o, "not_after", moment_print(item->not_after).at);
}

static void
add_texts(jsonobject *o, const exs_inventory_item *item)
{
	add_some_text(o, "module", item->module_name);
	add_some_text(o, "module_path", item->module_path);
	add_some_text(o, "problem", item->problem);
	add_some_text(o, "manufacturer", item->manufacturer);
	add_some_text(o, "model", item->model);
	add_some_text(o, "serial", item->serial);
	add_some_text(o, "firmware", item->firmware);
	add_some_text(o, "id", item->id);
	add_some_text(o, "subject", item->subject);
	add_some_text(o, "issuer", item->issuer);
	add_some_text(o, "certificate_serial", item->certificate_serial);
	add_some_text(o, "sha1", item->sha1);
	add_some_text(o, "sha256", item->sha256);
	add_some_text(o, "public_key_sha256", item->public_key_sha256);
	add_some_text(o, "matches", item->matches);
}

static exs_status
show_item(void *self, const exs_inventory_item *item, exs_error *error)
{
	writer *w = self;
	EXS_SCOPED(jsonobject) row = {0};
	span        json;
	const char *type = item->kind == EXS_INVENTORY_TOKEN ? item->model : item->key_type;

	jsonobject_init(&row);
	jsonobject_text(&row, "kind", kinds[item->kind]);
	jsonobject_text(&row, "label", item->label);
	jsonobject_text(&row, "type", type == NULL ? "" : type);
	add_note(&row, item);
	jsonobject_text(&row, "uri", item->uri);
	add_texts(&row, item);
	if (item->kind == EXS_INVENTORY_TOKEN)
		add_token(&row, item);
	else if (item->kind == EXS_INVENTORY_KEY)
		add_key(&row, item);
	else if (item->kind == EXS_INVENTORY_CERTIFICATE)
		add_certificate(&row, item);
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

exs_status
run_hsm_list(invocation *inv, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;
	const char *uri = inv->given->n_words > 0 ? inv->given->words[0] : NULL;
	exs_status  status;

	EXS_TRY(open_profile(inv, 0, error));
	EXS_TRY(show_list(inv, "kind,label,type,note,uri", &w, error));
	status = exs_inventory_walk(inv->context, uri, inv->profile.signer.deadline_ms, show_item, w,
	                            error);
	return show_end(w, status, error);
}
