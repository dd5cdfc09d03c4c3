/* What devices there are, as `hsm list` will show it. */
#include "support/softhsm.h"

#include <exosign/inventory.h>

#include <stdio.h>

static softhsm hsm;

enum { FOUND_MAX = 64 };

typedef struct finding {
	exs_inventory_kind kind;
	char uri[500], label[64], id[32], key_type[32], matches[32], sha1[64], problem[300], path[300];
	bool private_visible, login_required, initialised;
	exs_tristate extractable;
	int64_t not_after;
} finding;

static finding found[FOUND_MAX];
static size_t  n_found;

#define COPY(member) snprintf(f->member, sizeof f->member, "%s", item->member)

static exs_status
keep(void *self, const exs_inventory_item *item, exs_error *error)
{
	finding *f = &found[n_found++ % FOUND_MAX];

	(void)self;
	(void)error;
	*f = (finding){.kind = item->kind};
	COPY(uri);
	COPY(label);
	COPY(id);
	COPY(key_type);
	COPY(matches);
	COPY(sha1);
	COPY(problem);
	snprintf(f->path, sizeof f->path, "%s", item->module_path);
	f->private_visible = item->private_visible;
	f->login_required = item->login_required;
	f->initialised = item->initialised;
	f->extractable = item->extractable;
	f->not_after = item->not_after;
	return EXS_OK;
}

static exs_status
stop_at_once(void *self, const exs_inventory_item *item, exs_error *error)
{
	(void)item;
	++*(int *)self;
	return exs_fail(error, E_USAGE, "enough");
}

static exs_status
walk(const char *uri)
{
	n_found = 0;
	return exs_inventory_walk(test_context(), uri, 0, keep, NULL, test_error());
}

static const finding *
find(exs_inventory_kind kind, const char *label)
{
	for (size_t i = 0; i < n_found; i++)
		if (found[i].kind == kind && strcmp(found[i].label, label) == 0)
			return &found[i];
	fail_msg("nothing of kind %d called %s", (int)kind, label);
	return NULL;
}

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01", "label=curve,id=02,type=p256,no-cert",
	                                   "label=liar,id=03,type=p256,cert=other",
	                                   "label=odd,id=04,type=ed25519,no-cert", NULL};
	static const char *const more[] = {"label=other,id=01,type=p384", NULL};

	(void)state;
	softhsm_make(&hsm, "alpha", NULL, keys);
	softhsm_add_token(&hsm, "beta", more);
	return 0;
}

static void
public_halves_and_certificates_are_seen_without_a_login(void **state)
{
	const finding *f;

	(void)state;
	assert_ok(walk(softhsm_uri(&hsm, "")));
	f = find(EXS_INVENTORY_TOKEN, "alpha");
	assert_true(f->login_required && f->initialised);
	assert_string_equal(f->problem, "");
	f = find(EXS_INVENTORY_KEY, "main");
	assert_string_equal(f->key_type, "RSA-2048");
	assert_string_equal(f->id, "01");
	assert_false(f->private_visible);
	assert_int_equal(f->extractable, EXS_NOT_TOLD);
	assert_string_equal(find(EXS_INVENTORY_KEY, "curve")->key_type, "EC P-256");
	f = find(EXS_INVENTORY_CERTIFICATE, "main");
	assert_string_equal(f->matches, "01");
	assert_int_equal(strlen(f->sha1), 40);
	assert_true(f->not_after > 0);
	assert_int_equal(test_log_count("login"), 0);
}

static void
a_certificate_over_a_foreign_key_matches_nothing(void **state)
{
	(void)state;
	assert_ok(walk(softhsm_uri(&hsm, "")));
	assert_string_equal(find(EXS_INVENTORY_CERTIFICATE, "liar")->matches, "");
	assert_string_equal(find(EXS_INVENTORY_CERTIFICATE, "liar")->id, "03");
}

static void
an_unknown_key_type_spoils_nothing(void **state)
{
	(void)state;
	assert_ok(walk(softhsm_uri(&hsm, "")));
	assert_true(strlen(find(EXS_INVENTORY_KEY, "odd")->key_type) > 0);
	assert_string_equal(find(EXS_INVENTORY_KEY, "main")->key_type, "RSA-2048");
}

static void
a_module_comes_before_its_tokens_and_a_token_before_its_objects(void **state)
{
	char uri[400];

	(void)state;
	snprintf(uri, sizeof uri, "pkcs11:?module-path=%s", SOFTHSM_MODULE);
	assert_ok(walk(uri));
	assert_int_equal(found[0].kind, EXS_INVENTORY_MODULE);
	assert_string_equal(found[0].path, SOFTHSM_MODULE);
	assert_int_equal(found[1].kind, EXS_INVENTORY_TOKEN);
	assert_int_equal(found[2].kind, EXS_INVENTORY_KEY);
	find(EXS_INVENTORY_TOKEN, "beta");
	find(EXS_INVENTORY_KEY, "other");
}

static void
a_uri_narrows_what_is_shown(void **state)
{
	(void)state;
	assert_ok(walk(softhsm_uri(&hsm, "object=curve")));
	for (size_t i = 0; i < n_found; i++)
		if (found[i].kind != EXS_INVENTORY_MODULE && found[i].kind != EXS_INVENTORY_TOKEN)
			assert_string_equal(found[i].label, "curve");
	assert_ok(walk(softhsm_uri(&hsm, "type=cert")));
	for (size_t i = 0; i < n_found; i++)
		assert_int_not_equal(found[i].kind, EXS_INVENTORY_KEY);
}

static void
what_is_shown_can_be_pasted(void **state)
{
	char uri[500];

	(void)state;
	assert_ok(walk(softhsm_uri(&hsm, "")));
	snprintf(uri, sizeof uri, "%s", find(EXS_INVENTORY_KEY, "main")->uri);
	assert_non_null(strstr(uri, "module-path=" SOFTHSM_MODULE));
	assert_ok(walk(uri));
	find(EXS_INVENTORY_KEY, "main");
	for (size_t i = 0; i < n_found; i++)
		assert_string_not_equal(found[i].label, "curve");
}

static void
registered_modules_that_fail_do_not_stop_others(void **state)
{
	(void)state;
	assert_ok(walk(NULL));
	find(EXS_INVENTORY_TOKEN, "alpha");
	for (size_t i = 0; i < n_found; i++)
		assert_null(strstr(found[i].path, "p11-kit-trust"));
}

static void
the_visitor_can_stop_the_walk(void **state)
{
	int        visits = 0;
	exs_error *error = test_error();

	(void)state;
	assert_fails(exs_inventory_walk(test_context(), softhsm_uri(&hsm, ""), 0, stop_at_once, &visits,
	                                error), error, E_USAGE);
	assert_int_equal(visits, 1);
}

static void
a_uri_that_makes_no_sense_shows_nothing(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_fails(exs_inventory_walk(test_context(), "pkcs11:tokan=x", 0, keep, NULL, error), error,
	             E_URI);
	assert_fails(exs_inventory_walk(test_context(), "pkcs11:?module-path=/nowhere/x.so", 0, keep, NULL,
	                                error), error, E_MODULE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_halves_and_certificates_are_seen_without_a_login),
		cmocka_unit_test(a_certificate_over_a_foreign_key_matches_nothing),
		cmocka_unit_test(an_unknown_key_type_spoils_nothing),
		cmocka_unit_test(a_module_comes_before_its_tokens_and_a_token_before_its_objects),
		cmocka_unit_test(a_uri_narrows_what_is_shown),
		cmocka_unit_test(what_is_shown_can_be_pasted),
		cmocka_unit_test(registered_modules_that_fail_do_not_stop_others),
		cmocka_unit_test(the_visitor_can_stop_the_walk),
		cmocka_unit_test(a_uri_that_makes_no_sense_shows_nothing),
	};

	return cmocka_run_group_tests_name("inventory", tests, make, NULL);
}
