/* Proves that the judge sees lies. See twin.h. */
#include "twin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "judge.h"

static const kind set = { "Set-Mailbox", { "Identity", "Office" }, true, true, false, 1 };
static const kind new = { "New-DistributionGroup", { "Name" }, true, false, false, 1 };
static const kind bad = { "New-DistributionGroup", { "Name" }, true, false, true, 1 };
static const kind get = { "Get-Mailbox", { "Identity" }, false, true, false, 1 };

/* Two items of one object, told by a journal, a ledger (S, N: a run of the first or second) and an output. */
static const struct lie {
	const kind *kinds[2];
	const char *journal; /* a letter an event: b begun, r returned, d f t s u settled; capital: of the second item */
	const char *ledger;  /* 1 and 2: a run of that item; x: of a stranger */
	const char *output;  /* d f u for the first item, D F U for the second */
	bool        lost;
	const char *seen;    /* a piece of the complaint; NULL: nothing is wrong */
} lies[] = {
	{ { &set, &new }, "bdBD", "12", "dD", false, NULL },
	{ { &set, &new }, "bdbdBU", "112", "dU", true, NULL },
	{ { &set, &new }, "bdBU", "1", "dU", true, NULL },
	{ { &get, &bad }, "dBF", "", "dF", false, NULL },
	{ { &set, &new }, "bdbrbdBD", "12", "dD", true, NULL },
	{ { &set, &set }, "buBD", "2", "uD", true, NULL },
	{ { &set, &new }, "bdBD", "122", "dD", true, "more than once" },
	{ { &set, &new }, "bdBD", "1", "dD", true, "is said to be done and was not" },
	{ { &set, &new }, "bdBF", "12", "dF", true, "is said not to be done and was" },
	{ { &set, &new }, "bdBT", "12", "dF", true, "is said not to be done and was" },
	{ { &set, &new }, "bdBS", "12", "dS", true, "is said not to be done and was" },
	{ { &set, &new }, "bd", "12", "d", true, "does not know that it was sent" },
	{ { &set, &new }, "bdBR", "12", "d", true, "does not know that it was sent" },
	{ { &set, &new }, "bdB", "1", "d", true, "no outcome at the end" },
	{ { &set, &new }, "bdBU", "1", "dU", false, "no answer was lost" },
	{ { &set, &new }, "buBD", "12", "uD", true, "could have been done and was not" },
	{ { &set, &new }, "bdBF", "1", "dF", true, "given up although" },
	{ { &get, &new }, "uBD", "2", "uD", true, "only reads and is unknown" },
	{ { &set, &bad }, "bdBD", "12", "dD", true, "cannot have been done" },
	{ { &set, &new }, "bdBD", "12x", "dD", true, "nobody asked for" },
	{ { &set, &set }, "bdBDbd", "121", "dD", true, "undid item 2" },
	{ { &set, &new }, "bdBD", "12", "ddD", true, "second one of its item" },
	{ { &set, &new }, "bd", "1", "dD", true, "not in the journal" },
	{ { &set, &new }, "bdBU", "1", "dD", true, "says done, and the journal no longer does" },
};

static const char *
word_of(char letter)
{
	static const char *const words[] = { "done", "failed", "tretryable", "skipped", "unknown" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (words[i][0] == letter)
			return letter == 't' ? words[i] + 1 : words[i];
	}
	return "";
}

static void
write_journal(const char *events, const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		exit(1);
	fputs("{\"exosign-batch\":1,\"items\":2,\"sum\":\"0\"}\n", out);
	for (; *events != '\0'; events++) {
		char letter = (char)(*events | 0x20);

		fprintf(out, "{\"item\":%d,\"at\":\"x\",", *events == letter ? 0 : 1);
		if (letter == 'b' || letter == 'r')
			fprintf(out, "\"%s\":\"x\"", letter == 'b' ? "begun" : "returned");
		else
			fprintf(out, "\"settled\":\"%s\",\"outcome\":{}", word_of(letter));
		fputs(",\"sum\":\"0\"}\n", out);
	}
	fputs("{\"item\":1,\"at", out); /* torn */
	fclose(out);
}

static void
write_output(const char *outcomes, const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		exit(1);
	for (; *outcomes != '\0'; outcomes++) {
		char letter = (char)(*outcomes | 0x20);

		fprintf(out, "{\"id\":\"%d\",\"outcome\":\"%s\"}\n", *outcomes == letter ? 1 : 2, word_of(letter));
	}
	fclose(out);
}

static cJSON *
make_ledger(const items *all, const char *runs)
{
	cJSON *ledger = cJSON_CreateArray();

	for (; *runs != '\0'; runs++) {
		cJSON *line = cJSON_CreateObject(), *parameters;
		const item *i = &all->list[*runs == '2' ? 1 : 0];

		cJSON_AddStringToObject(line, "cmdlet", *runs == 'x' ? "Remove-Mailbox" : i->kind->cmdlet);
		parameters = cJSON_AddObjectToObject(line, "parameters");
		for (size_t p = 0; p < PARAMETERS_MAX && i->kind->parameters[p] != NULL; p++)
			cJSON_AddStringToObject(parameters, i->kind->parameters[p], i->values[p]);
		cJSON_AddItemToArray(ledger, line);
	}
	return ledger;
}

static bool
tell(const struct lie *lie, const char *journal, const char *output)
{
	items all = { .count = 2 };
	char *complaint = NULL;
	size_t size = 0;
	FILE *complaints = open_memstream(&complaint, &size);
	bool good, seen;
	cJSON *ledger;
	fates f;

	for (size_t n = 0; n < 2; n++) {
		all.list[n].kind = lie->kinds[n];
		snprintf(all.list[n].values[0], TEXT_MAX, "object%s", lie->kinds[n] == &new ? " new" : "");
		snprintf(all.list[n].values[1], TEXT_MAX, "office %zu", n);
	}
	write_journal(lie->journal, journal);
	write_output(lie->output, output);
	ledger = make_ledger(&all, lie->ledger);
	good = fates_read(&f, &all, journal, complaints);
	outcomes_check(&all, &f, false, output, complaints, &good);
	fates_count_runs(&f, &all, ledger);
	good = fates_judge(&f, &all, (weather){ .lost = lie->lost, .settled = true }, complaints) && good;
	fclose(complaints);
	cJSON_Delete(ledger);
	seen = lie->seen == NULL ? good : !good && strstr(complaint, lie->seen) != NULL;
	printf("%s: %s (it said: %s)\n", seen ? "seen" : "NOT SEEN",
	       lie->seen != NULL ? lie->seen : "the truth", good ? "nothing" : complaint);
	free(complaint);
	return seen;
}

int
twin_run(void)
{
	char journal[] = "/tmp/twin-journal.XXXXXX", output[] = "/tmp/twin-output.XXXXXX";
	int one = mkstemp(journal), other = mkstemp(output), unseen = 0;

	if (one < 0 || other < 0)
		return 1;
	close(one);
	close(other);
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
		unseen += tell(&lies[i], journal, output) ? 0 : 1;
	unlink(journal);
	unlink(output);
	return unseen == 0 ? 0 : 1;
}
