/* Which value counts: files, drop-ins, the sandbox, variables, flags, locks; and where it came from. */
#include "config/resolve.h"
#include "support/test.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct world {
	config_paths     paths;
	config_overrides overrides;
	config_files     files;
	settings         settings;
} world;

static const char *variable_name, *variable_value;

static const char *
one_variable(const char *name)
{
	return variable_name != NULL && strcmp(name, variable_name) == 0 ? variable_value : NULL;
}

static void
world_done(world *w)
{
	config_files_done(&w->files);
	settings_done(&w->settings);
	variable_name = NULL;
}

static exs_status
resolve(world *w, exs_error *error)
{
	config_files_done(&w->files);
	settings_done(&w->settings);
	w->overrides.variable = one_variable;
	w->paths.profile = w->overrides.profile;
	EXS_TRY(config_files_read(&w->paths, &w->files, error));
	return settings_resolve(&w->files, &w->overrides, &w->settings, error);
}

static const char *
put(const char *name, const char *text)
{
	return test_file(name, span_of(text), 0600);
}

static const char *
value(const world *w, setting_id id)
{
	return w->settings.at[id].value == NULL ? "(none)" : w->settings.at[id].value;
}

static const char *
make_system(const char *config, const char *drop_in)
{
	const char *directory = test_path("system");

	(void)mkdir(directory, 0700);
	(void)mkdir(test_path("system/conf.d"), 0700);
	put("system/config", config);
	put("system/conf.d/10-site.conf", drop_in);
	put("system/conf.d/20-ignored.txt", "nonsense");
	return directory;
}

static void
later_layers_win_and_every_value_knows_its_place(void **state)
{
	EXS_SCOPED(world) w = {.overrides = {.profile = "p", .profile_place = "--profile"}};
	exs_error *error = test_error();

	(void)state;
	w.paths.system_directory = make_system(
		"[profile \"p\"]\ntenant = system\nkid = system\nanchor = system\norganization = system\n",
		"[profile \"p\"]\nkid = drop-in\nanchor = drop-in\norganization = drop-in\n");
	w.paths.user_file = put("user", "[profile \"p\"]\nanchor = user\norganization = user\n");
	w.paths.named_file = put("named", "\n[profile \"p\"]\norganization = named\n");
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_TENANT), "system");
	assert_string_equal(value(&w, SETTING_KID), "drop-in");
	assert_string_equal(value(&w, SETTING_ANCHOR), "user");
	assert_string_equal(value(&w, SETTING_ORGANIZATION), "named");
	assert_non_null(strstr(w.settings.at[SETTING_ORGANIZATION].place, "named:3"));
	assert_string_equal(value(&w, SETTING_CLOUD), "public");
	assert_string_equal(w.settings.at[SETTING_CLOUD].place, "default");
	assert_null(w.settings.at[SETTING_PROXY].value);

	variable_name = "EXOSIGN_ORGANIZATION";
	variable_value = "variable";
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_ORGANIZATION), "variable");
	assert_string_equal(w.settings.at[SETTING_ORGANIZATION].place, "EXOSIGN_ORGANIZATION");

	w.overrides.flags[SETTING_ORGANIZATION] = "flag";
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_ORGANIZATION), "flag");
	assert_string_equal(w.settings.at[SETTING_ORGANIZATION].place, "--organization");
}

static void
the_profile_is_the_one_asked_for_or_the_default_or_the_only_one(void **state)
{
	EXS_SCOPED(world) w = {0};
	exs_error *error = test_error();

	(void)state;
	w.paths.user_file = put("one", "[profile \"a\"]\ntenant = a\n");
	assert_ok(resolve(&w, error));
	assert_string_equal(w.settings.profile, "a");

	w.paths.user_file = put("two", "[profile \"a\"]\ntenant = a\n[profile \"b\"]\ntenant = b\n");
	assert_ok(resolve(&w, error));
	assert_string_equal(w.settings.profile, "");
	assert_string_equal(value(&w, SETTING_TENANT), "(none)");

	w.paths.named_file = put("default", "[exosign]\ndefault-profile = b\n");
	assert_ok(resolve(&w, error));
	assert_string_equal(w.settings.profile, "b");

	w.overrides.profile = "a";
	w.overrides.profile_place = "EXOSIGN_PROFILE";
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_TENANT), "a");

	w.overrides.profile = "c";
	assert_int_equal(resolve(&w, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_why(error), "a, b"));
	assert_fails(EXS_CONFIG, error, E_PROFILE);
}

static void
the_sandbox_is_read_only_when_it_is_asked_for(void **state)
{
	EXS_SCOPED(world) w = {0};
	exs_error *error = test_error();

	(void)state;
	w.paths.sandbox_file = put("sandbox", "[exosign]\ndefault-profile = sandbox\n"
	                                      "[profile \"sandbox\"]\ncloud = sandbox\nca-file = ca.pem\n");
	assert_ok(resolve(&w, error));
	assert_string_equal(w.settings.profile, "");

	w.overrides.profile = "sandbox";
	w.overrides.profile_place = "--profile";
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_CLOUD), "sandbox");
	assert_string_equal(value(&w, SETTING_CA_FILE), test_path("ca.pem"));

	w.paths.sandbox_file = test_path("absent");
	assert_int_equal(resolve(&w, error), EXS_CONFIG);
	assert_string_equal(exs_error_fix(error), "exosign sandbox up");
	assert_fails(EXS_CONFIG, error, E_PROFILE);
}

static void
the_sandbox_does_not_go_through_the_surroundings_proxy(void **state)
{
	EXS_SCOPED(world) w = {0};
	exs_error *error = test_error();

	(void)state;
	variable_name = "HTTPS_PROXY";
	variable_value = "http://proxy:3128";
	w.paths.user_file = put("surroundings", "[profile \"p\"]\ntenant = a\n");
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_PROXY), "http://proxy:3128");
	assert_string_equal(w.settings.at[SETTING_PROXY].place, "HTTPS_PROXY");

	w.paths.user_file = put("surroundings", "[profile \"p\"]\ncloud = sandbox\n");
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_PROXY), "(none)");

	w.overrides.flags[SETTING_PROXY] = "http://other:1";
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_PROXY), "http://other:1");
}

static void
a_locked_setting_may_come_from_nowhere_else(void **state)
{
	EXS_SCOPED(world) w = {.overrides = {.profile = "p", .profile_place = "--profile"}};
	exs_error *error = test_error();

	(void)state;
	w.paths.system_directory = make_system(
		"[exosign]\nlock = ca-file, tenant\n[profile \"p\"]\ntenant = system\n", "");
	assert_ok(resolve(&w, error));
	assert_string_equal(value(&w, SETTING_TENANT), "system");

	w.paths.user_file = put("user", "[profile \"p\"]\ntenant = mine\n");
	assert_int_equal(resolve(&w, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_message(error), "user:2"));
	assert_non_null(strstr(exs_error_why(error), "system/config:2"));
	assert_fails(EXS_CONFIG, error, E_CONFIG_LOCKED);

	w.paths.user_file = NULL;
	w.overrides.flags[SETTING_CA_FILE] = "/tmp/ca.pem";
	assert_fails(resolve(&w, error), error, E_CONFIG_LOCKED);

	w.overrides.flags[SETTING_CA_FILE] = NULL;
	variable_name = "SSL_CERT_FILE";
	variable_value = "/tmp/ca.pem";
	assert_fails(resolve(&w, error), error, E_CONFIG_LOCKED);
	variable_name = "EXOSIGN_TENANT";
	assert_fails(resolve(&w, error), error, E_CONFIG_LOCKED);
}

static void
only_the_system_can_lock(void **state)
{
	EXS_SCOPED(world) w = {.paths = {.user_file = put("user", "[exosign]\nlock = tenant\n")}};
	exs_error *error = test_error();

	(void)state;
	assert_fails(resolve(&w, error), error, E_CONFIG_KEY);
	w.paths.user_file = NULL;
	w.paths.system_directory = make_system("[exosign]\nlock = tennant\n", "");
	assert_int_equal(resolve(&w, error), EXS_CONFIG);
	assert_string_equal(exs_error_fix(error), "perhaps tenant was meant");
	assert_fails(EXS_CONFIG, error, E_CONFIG_KEY);
}

static void
files_that_cannot_be_trusted_or_found_are_refused(void **state)
{
	EXS_SCOPED(world) w = {0};
	exs_error *error = test_error();

	(void)state;
	w.paths.user_file = test_path("absent");
	assert_ok(resolve(&w, error));
	w.paths.named_file = test_path("absent");
	assert_fails(resolve(&w, error), error, E_CONFIG_FILE);
	w.paths.named_file = test_file("writable", span_of("[exosign]\n"), 0666);
	assert_fails(resolve(&w, error), error, E_FILE_MODE);
}

static void
mistakes_in_a_file_are_told_with_their_place(void **state)
{
	static const struct {
		const char *text;
		error_id    id;
	} cases[] = {
		{"[profile \"p\"]\ntennant = a\n", E_CONFIG_KEY},
		{"[exosign]\ntenant = a\n", E_CONFIG_KEY},
		{"[profile \"p\"]\npage-size = many\n", E_CONFIG_VALUE},
		{"[exosign]\ndefault-profile = a b\n", E_CONFIG_VALUE},
		{"[profile \"p\"]\nkey = pkcs11:token=a?pin-value=1\n", E_PIN_IN_URI},
	};
	EXS_SCOPED(world) w = {0};
	exs_error *error = test_error();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		exs_status status;

		w.paths.named_file = put("wrong", cases[i].text);
		status = resolve(&w, error);
		assert_non_null(strstr(exs_error_message(error), "wrong:2"));
		assert_fails(status, error, cases[i].id);
	}
	w.paths.named_file = put("twice", "[profile \"p\"]\ntenant = a\ntenant = b\n");
	assert_int_equal(resolve(&w, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_message(error), "twice:3"));
	assert_non_null(strstr(exs_error_message(error), "twice:2"));
	assert_fails(EXS_CONFIG, error, E_CONFIG_SYNTAX);
}

static void
a_wrong_flag_is_a_wrong_call_and_a_wrong_variable_a_wrong_setting(void **state)
{
	EXS_SCOPED(world) w = {0};
	exs_error *error = test_error();

	(void)state;
	w.overrides.flags[SETTING_TIMEOUT] = "soon";
	assert_int_equal(resolve(&w, error), EXS_USAGE);
	assert_int_equal(exs_error_status(error), EXS_USAGE);
	exs_error_clear(error);
	w.overrides.flags[SETTING_TIMEOUT] = NULL;
	variable_name = "EXOSIGN_TIMEOUT";
	variable_value = "soon";
	assert_fails(resolve(&w, error), error, E_CONFIG_VALUE);
	/* an empty variable is as good as none */
	variable_value = "";
	assert_ok(resolve(&w, error));
}

typedef struct critique {
	char text[4096];
} critique;

static void
take_problem(void *self, const exs_error *problem)
{
	critique *c = self;
	size_t    used = strlen(c->text);

	snprintf(c->text + used, sizeof c->text - used, "%s: %s\n", exs_error_code(problem),
	         strrchr(exs_error_message(problem), '/') == NULL
	                 ? exs_error_message(problem)
	                 : strrchr(exs_error_message(problem), '/') + 1);
}

static void
a_critic_hears_of_every_problem(void **state)
{
	EXS_SCOPED(world) w = {0};
	critique c = {""};
	const config_critic critic = {take_problem, &c};

	(void)state;
	w.paths.named_file = put("critic", "[exosign]\ntenant = a\n[profile \"a\"]\npin = 1\n"
	                                   "timeout = soon\ntenant = b\n");
	w.paths.critic = w.overrides.critic = &critic;
	variable_name = "EXOSIGN_PAGE_SIZE";
	variable_value = "many";
	assert_ok(resolve(&w, test_error()));
	assert_string_equal(value(&w, SETTING_TENANT), "b");
	assert_string_equal(c.text,
	                    "E-CONFIG-KEY: critic:2: tenant is a profile's setting and stands in [exosign]\n"
	                    "E-CONFIG-KEY: critic:4: there is no setting \"pin\"\n"
	                    "E-CONFIG-VALUE: critic:5: timeout is a number from 1-86400, not \"soon\"\n"
	                    "E-CONFIG-VALUE: EXOSIGN_PAGE_SIZE: page-size is a number from 1-1000, "
	                    "not \"many\"\n");
}

static void
a_profile_that_is_missing_is_told_with_the_nearest(void **state)
{
	EXS_SCOPED(world) w = {0};
	exs_error *error = test_error();

	(void)state;
	w.paths.named_file = put("nearest", "[profile \"prod\"]\n[profile \"test\"]\n");
	w.overrides.profile = "prd";
	w.overrides.profile_place = "--profile";
	assert_int_equal(resolve(&w, error), EXS_CONFIG);
	assert_string_equal(exs_error_fix(error), "perhaps prod was meant");
	assert_fails(EXS_CONFIG, error, E_PROFILE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_layers_win_and_every_value_knows_its_place),
		cmocka_unit_test(the_profile_is_the_one_asked_for_or_the_default_or_the_only_one),
		cmocka_unit_test(the_sandbox_is_read_only_when_it_is_asked_for),
		cmocka_unit_test(the_sandbox_does_not_go_through_the_surroundings_proxy),
		cmocka_unit_test(a_locked_setting_may_come_from_nowhere_else),
		cmocka_unit_test(only_the_system_can_lock),
		cmocka_unit_test(files_that_cannot_be_trusted_or_found_are_refused),
		cmocka_unit_test(mistakes_in_a_file_are_told_with_their_place),
		cmocka_unit_test(a_critic_hears_of_every_problem),
		cmocka_unit_test(a_profile_that_is_missing_is_told_with_the_nearest),
		cmocka_unit_test(a_wrong_flag_is_a_wrong_call_and_a_wrong_variable_a_wrong_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
