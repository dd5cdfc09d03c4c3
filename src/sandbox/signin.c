/*
 * The sign-ins of people. See signin.h.
 */
#include "signin.h"

#include <openssl/rand.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tenant.h"

enum { SIGNINS_MAX = 64, SIGNIN_FILE_MAX = 4 * 1024 * 1024, SECRET_BYTES = 48 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct signin *signins; /* a ring of the latest */
static size_t begun;
static char automatic[SIGNIN_WORD_SIZE]; /* "": a person answers */

/* The members of a sign-in, as they are written down. */
static const struct {
	const char *name;
	size_t      at, size;
	bool        shown;
} members[] = {
#define MEMBER(name, shown) { #name, offsetof(struct signin, name), sizeof(((struct signin *)0)->name), shown }
	MEMBER(kind, true),      MEMBER(state, true),  MEMBER(code, true), MEMBER(secret, false),
	MEMBER(user, true),      MEMBER(client_id, true), MEMBER(scopes, true),
	MEMBER(redirect, true),  MEMBER(echo, false),  MEMBER(challenge, false),
#undef MEMBER
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static void
render(struct text *text, bool whole)
{
	bool first = true;

	text_puts(text, "{");
	text_member(text, "auto", automatic);
	text_puts(text, ",\"signins\":[");
	for (size_t i = 0; signins != NULL && i < SIGNINS_MAX; i++) {
		const struct signin *one = &signins[(begun + i) % SIGNINS_MAX];

		if (one->code[0] == '\0')
			continue;
		text_puts(text, first ? "{" : ",{");
		first = false;
		for (size_t j = 0; j < MEMBERS; j++) {
			if (!whole && !members[j].shown)
				continue;
			text_member(text, members[j].name, (const char *)one + members[j].at);
			text_puts(text, ",");
		}
		text_addf(text, "\"until\":%lld}", (long long)one->until);
	}
	text_puts(text, "]}");
}

static void
path_of(char *path, size_t size)
{
	snprintf(path, size, "%s/signin.json", the_tenant.directory);
}

/* What cannot be written is lost at the next restart, and nothing worse. */
static void
save(void)
{
	struct text json = { 0 };
	char path[4096];

	render(&json, true);
	text_puts(&json, "\n");
	path_of(path, sizeof(path));
	if (!file_replace(path, 0600, json.at, json.len))
		ledger_count("signin.unwritten");
	text_done(&json);
}

static void
read_one(const cJSON *object)
{
	struct signin *one = &signins[begun++ % SIGNINS_MAX];
	const cJSON *until = cJSON_GetObjectItemCaseSensitive(object, "until");

	*one = (struct signin){ .until = cJSON_IsNumber(until) ? (time_t)until->valuedouble : 0 };
	for (size_t i = 0; i < MEMBERS; i++) {
		const char *value = cJSON_GetStringValue(
			cJSON_GetObjectItemCaseSensitive(object, members[i].name));

		snprintf((char *)one + members[i].at, members[i].size, "%s",
		         value != NULL ? value : "");
	}
}

/* Reads the file the first time somebody asks. Under the lock. */
static void
open_up(void)
{
	struct text file = { 0 };
	char path[4096];
	const cJSON *item;
	const char *word;
	cJSON *json = NULL;

	if (signins != NULL)
		return;
	signins = calloc(SIGNINS_MAX, sizeof(signins[0]));
	if (signins == NULL)
		abort();
	path_of(path, sizeof(path));
	if (file_read(path, SIGNIN_FILE_MAX, &file) && file.at != NULL)
		json = cJSON_Parse(file.at);
	text_done(&file);
	word = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "auto"));
	snprintf(automatic, sizeof(automatic), "%s", word != NULL ? word : "");
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "signins"))
		read_one(item);
	cJSON_Delete(json);
}

static void
settle(struct signin *one, const char *user, bool deny)
{
	snprintf(one->state, sizeof(one->state), "%s", deny ? "denied" : "approved");
	snprintf(one->user, sizeof(one->user), "%s", deny ? "" : user);
	if (strcmp(one->kind, "browser") == 0)
		one->until = time(NULL) + SIGNIN_CODE_SECONDS;
}

/* Letters that cannot be mistaken for others. */
static void
make_words(struct signin *one)
{
	static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
	unsigned char bytes[SECRET_BYTES];
	struct text secret = { 0 };

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	base64url_add(&secret, bytes, sizeof(bytes));
	snprintf(one->secret, sizeof(one->secret), "%s", secret.at);
	text_done(&secret);
	for (size_t i = 0; i < 9; i++)
		one->code[i] = i == 4 ? '-' : letters[bytes[i] % (sizeof(letters) - 1)];
	one->code[9] = '\0';
}

void
signin_begin(struct signin *signin)
{
	pthread_mutex_lock(&lock);
	open_up();
	make_words(signin);
	snprintf(signin->state, sizeof(signin->state), "pending");
	signin->until = time(NULL) + SIGNIN_LIFETIME_SECONDS;
	if (automatic[0] != '\0')
		settle(signin, automatic, strcmp(automatic, "deny") == 0);
	signins[begun++ % SIGNINS_MAX] = *signin;
	save();
	pthread_mutex_unlock(&lock);
}

/* Under the lock. */
static struct signin *
find(const char *code)
{
	for (size_t i = 0; i < SIGNINS_MAX; i++) {
		if (code[0] != '\0' && strcasecmp(signins[i].code, code) == 0)
			return &signins[i];
	}
	return NULL;
}

bool
signin_of_code(const char *code, struct signin *ret_signin)
{
	const struct signin *one;

	pthread_mutex_lock(&lock);
	open_up();
	one = find(code);
	if (one != NULL)
		*ret_signin = *one;
	pthread_mutex_unlock(&lock);
	return one != NULL;
}

bool
signin_of_secret(const char *kind, const char *secret, struct signin *ret_signin)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	open_up();
	for (size_t i = 0; i < SIGNINS_MAX && !found; i++) {
		found = secret[0] != '\0' && strcmp(signins[i].secret, secret) == 0 &&
		        strcmp(signins[i].kind, kind) == 0;
		if (found)
			*ret_signin = signins[i];
	}
	pthread_mutex_unlock(&lock);
	return found;
}

bool
signin_move(const char *code, const char *from, const char *to)
{
	struct signin *one;
	bool moved;

	pthread_mutex_lock(&lock);
	open_up();
	one = find(code);
	moved = one != NULL && strcmp(one->state, from) == 0;
	if (moved) {
		snprintf(one->state, sizeof(one->state), "%s", to);
		save();
	}
	pthread_mutex_unlock(&lock);
	return moved;
}

void
signin_polled(const char *code, double when)
{
	struct signin *one;

	pthread_mutex_lock(&lock);
	open_up();
	one = find(code);
	if (one != NULL)
		one->polled = when;
	pthread_mutex_unlock(&lock);
}

/* The one that waits when no code says which. Under the lock. */
static struct signin *
only_pending(char *why, size_t why_size)
{
	struct signin *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < SIGNINS_MAX; i++) {
		if (signins[i].code[0] == '\0' || strcmp(signins[i].state, "pending") != 0 ||
		    signins[i].until <= time(NULL))
			continue;
		only = &signins[i];
		n++;
	}
	if (n == 0)
		snprintf(why, why_size, "no sign-in waits for an answer");
	else if (n > 1)
		snprintf(why, why_size, "%zu sign-ins wait; say which code", n);
	return n == 1 ? only : NULL;
}

bool
signin_decide(const char *code, const char *user, bool deny, char *why, size_t why_size)
{
	struct signin *one;
	bool good = false;

	pthread_mutex_lock(&lock);
	open_up();
	snprintf(why, why_size, "no sign-in has the code '%s'", code != NULL ? code : "");
	one = code != NULL ? find(code) : only_pending(why, why_size);
	if (one != NULL && user_find(user) == NULL) {
		snprintf(why, why_size, "nobody is called '%s'", user);
	} else if (one != NULL && (strcmp(one->state, "pending") != 0 || one->until <= time(NULL))) {
		snprintf(why, why_size, "%s has been answered, or has expired", one->code);
	} else if (one != NULL) {
		settle(one, user, deny);
		save();
		good = true;
	}
	pthread_mutex_unlock(&lock);
	return good;
}

bool
signin_set_auto(const char *answer, char *why, size_t why_size)
{
	bool off = strcmp(answer, "off") == 0;

	if (!off && strcmp(answer, "deny") != 0 && user_find(answer) == NULL) {
		snprintf(why, why_size, "nobody is called '%s' (deny and off are the other answers)",
		         answer);
		return false;
	}
	pthread_mutex_lock(&lock);
	open_up();
	snprintf(automatic, sizeof(automatic), "%s", off ? "" : answer);
	save();
	pthread_mutex_unlock(&lock);
	return true;
}

void
signin_json(struct text *text)
{
	pthread_mutex_lock(&lock);
	open_up();
	render(text, false);
	pthread_mutex_unlock(&lock);
}

void
signin_forget(void)
{
	free(signins);
	signins = NULL;
}
