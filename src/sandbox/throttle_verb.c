/*
 * `throttle`: how much the tenant grants, and how much of it was used.
 */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "instance.h"
#include "options.h"
#include "text.h"
#include "verbs.h"

enum { NOT_GIVEN = 0x7fffffff };

static int
set(const char *directory, const char *batch, unsigned long requests, unsigned long window,
    unsigned long concurrency, unsigned long latency)
{
	struct text question = { 0 };
	cJSON *answer;

	text_addf(&question,
	          "{\"do\":\"throttle\",\"requests\":%lu,\"window\":%lu,\"concurrency\":%lu,"
	          "\"latency\":%lu,\"one\":%d}",
	          requests, window, concurrency, latency, strcmp(batch, "one") == 0 ? 1 : 0);
	answer = control_ask(directory, question.at);
	text_done(&question);
	cJSON_Delete(answer);
	return answer != NULL ? EXIT_GOOD : EXIT_NETWORK;
}

static double
number_of(const cJSON *object, const char *name)
{
	return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static int
show(const char *directory, bool json)
{
	cJSON *answer = control_ask(directory, "{\"do\":\"status\"}");
	const cJSON *throttle = cJSON_GetObjectItemCaseSensitive(answer, "throttle");

	if (answer == NULL)
		return EXIT_NETWORK;
	if (json) {
		char *printed = cJSON_Print(throttle);

		puts(printed);
		cJSON_free(printed);
	} else if (number_of(throttle, "requests") > 0) {
		printf("grants %.0f requests every %.0f s: %.0f of %.0f used, %.0f refused\n",
		       number_of(throttle, "requests"), number_of(throttle, "window"),
		       number_of(throttle, "used"), number_of(throttle, "granted"),
		       number_of(throttle, "refused"));
	} else {
		printf("grants any number of requests: %.0f came\n", number_of(throttle, "used"));
	}
	if (!json && number_of(throttle, "concurrency") > 0)
		printf("grants %.0f at once: most were %.0f, %.0f refused\n",
		       number_of(throttle, "concurrency"), number_of(throttle, "atOnceMost"),
		       number_of(throttle, "refusedAtOnce"));
	cJSON_Delete(answer);
	return EXIT_GOOD;
}

int
verb_throttle(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL, *output = "text", *batch = "singly";
	unsigned long requests = NOT_GIVEN, window = 10, concurrency = NOT_GIVEN, latency = NOT_GIVEN;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "requests", "N", "grants so many a window (0: any number)", NULL, &requests, NULL },
		{ "window", "SECONDS", "how long a window is (10)", NULL, &window, NULL },
		{ "concurrency", "N", "grants so many at once (0: any number)", NULL, &concurrency, NULL },
		{ "latency", "MS", "how long a cmdlet takes (0)", NULL, &latency, NULL },
		{ "batch", "singly|one", "its items count singly, or it counts as one (singly)", &batch,
		  NULL, NULL },
		{ "output", "text|json", "how `status` says it; -o is the same", &output, NULL, NULL },
	};
	const struct option_table table = {
		"throttle OPTIONS | off | status [-o json]",
		"Sets what the tenant grants, until it is set again; counts what was granted, used and\n"
		"refused since.",
		rows, sizeof(rows) / sizeof(rows[0]), NULL,
	};
	char directory[DIRECTORY_SIZE];
	int n = options_read(&table, argc, argv, words);
	bool given = requests != NOT_GIVEN || concurrency != NOT_GIVEN || latency != NOT_GIVEN;

	if (n < 0)
		return options_exit(n);
	if (window == 0 || (strcmp(batch, "singly") != 0 && strcmp(batch, "one") != 0)) {
		complain("--window takes seconds, --batch takes singly or one");
		return EXIT_USAGE;
	}
	if (!instance_locate(wanted, false, directory))
		return EXIT_STATE;
	if (n == 1 && !given && strcmp(words[0], "off") == 0)
		return set(directory, batch, 0, window, 0, 0);
	if (n == 1 && !given && strcmp(words[0], "status") == 0)
		return show(directory, strcmp(output, "json") == 0);
	if (n == 0 && given)
		return set(directory, batch, requests != NOT_GIVEN ? requests : 0, window,
		           concurrency != NOT_GIVEN ? concurrency : 0,
		           latency != NOT_GIVEN ? latency : 0);
	complain("usage: exosign-sandbox %s", table.usage);
	return EXIT_USAGE;
}
