/*
 * How much the tenant grants. See exchange_throttle.h.
 *
 * The settings are kept in throttle.json, so that a server that was killed comes back as strict as it
 * was; the counts begin anew.
 */
#include "exchange_throttle.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "encoding.h"
#include "exchange_call.h"
#include "exchange_faults.h"
#include "instance.h"
#include "server.h"
#include "tenant.h"

enum { OPEN_REQUESTS = 3000, OPEN_WINDOW = 300, FILE_MAX = 4096 };

struct counts {
	time_t        begun;        /* when the first window did; 0: not yet */
	unsigned long window;       /* the number of the present one */
	unsigned long used;         /* in it */
	unsigned long used_before;  /* in all that are over */
	unsigned long refused, refused_at_once, at_once, at_once_most;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct throttle limits;
static struct counts counts;

static unsigned long
budget(void)
{
	return limits.requests != 0 ? limits.requests : OPEN_REQUESTS;
}

static time_t
window_seconds(void)
{
	return limits.window != 0 ? (time_t)limits.window : OPEN_WINDOW;
}

/* Moves on to the window of this moment; when it ends. Under the lock. */
static time_t
present_window(time_t now)
{
	unsigned long window;

	if (counts.begun == 0 || now < counts.begun)
		counts.begun = now;
	window = (unsigned long)((now - counts.begun) / window_seconds());
	if (window != counts.window) {
		counts.used_before += counts.used;
		counts.used = 0;
		counts.window = window;
	}
	return counts.begun + (time_t)(window + 1) * window_seconds();
}

static void
tell(struct call *call, unsigned long used, time_t reset)
{
	struct tm tm;

	gmtime_r(&reset, &tm);
	web_set(call->answer, "Rate-Limit-Limit", "%lu", budget());
	web_set(call->answer, "Rate-Limit-Remaining", "%lu", used < budget() ? budget() - used : 0);
	web_set(call->answer, "Rate-Limit-Reset", "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* One more at once; false when there are too many already. Under the lock. */
static bool
take_place(void)
{
	if (limits.concurrency != 0 && counts.at_once >= limits.concurrency) {
		counts.refused_at_once++;
		return false;
	}
	counts.at_once++;
	if (counts.at_once > counts.at_once_most)
		counts.at_once_most = counts.at_once;
	return true;
}

/* One more of the window's requests; false when they are used up. Under the lock. */
static bool
take_request(void)
{
	if (limits.requests != 0 && counts.used >= limits.requests) {
		counts.refused++;
		return false;
	}
	counts.used++;
	return true;
}

bool
throttle_enter(struct call *call, enum throttled as)
{
	bool counted = as == THROTTLE_CALL || (as == THROTTLE_ITEM) == (limits.one == 0);
	bool place = true, request = true;
	unsigned long used, latency;
	time_t now = time(NULL), reset;

	pthread_mutex_lock(&lock);
	reset = present_window(now);
	if (as != THROTTLE_ITEM)
		place = take_place();
	if (place && counted)
		request = take_request();
	if (place && !request && as != THROTTLE_ITEM)
		counts.at_once--;
	used = counts.used;
	latency = as != THROTTLE_BATCH ? limits.latency : 0;
	pthread_mutex_unlock(&lock);
	if (!place)
		call_fail(call, FAILURE_CONCURRENCY, "%s", failure_text(FAILURE_CONCURRENCY));
	else if (!request)
		refuse_busy(call, 429, "TooManyRequests", reset - now);
	if (as != THROTTLE_BATCH || call->failed)
		tell(call, used, reset);
	if (!call->failed && latency != 0)
		server_wait((unsigned)latency);
	return !call->failed;
}

void
throttle_leave(struct call *call, enum throttled as)
{
	unsigned long used;
	time_t reset;

	if (as == THROTTLE_ITEM)
		return;
	pthread_mutex_lock(&lock);
	if (counts.at_once > 0)
		counts.at_once--;
	reset = present_window(time(NULL));
	used = counts.used;
	pthread_mutex_unlock(&lock);
	if (as == THROTTLE_BATCH)
		tell(call, used, reset);
}

static unsigned long
number_of(const cJSON *json, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);

	return cJSON_IsNumber(item) && item->valuedouble > 0 ? (unsigned long)item->valuedouble : 0;
}

static void
write_limits(struct text *text)
{
	text_addf(text, "\"requests\":%lu,\"window\":%ld,\"concurrency\":%lu,\"latency\":%lu,\"one\":%lu",
	          limits.requests, (long)window_seconds(), limits.concurrency, limits.latency,
	          limits.one);
}

void
throttle_open(void)
{
	struct text file = { 0 };
	char path[PATH_SIZE];
	cJSON *json = NULL;

	instance_path(the_tenant.directory, "throttle.json", path);
	if (file_read(path, FILE_MAX, &file) && file.at != NULL)
		json = cJSON_Parse(file.at);
	limits = (struct throttle){
		.requests = number_of(json, "requests"),
		.window = number_of(json, "window"),
		.concurrency = number_of(json, "concurrency"),
		.latency = number_of(json, "latency"),
		.one = number_of(json, "one"),
	};
	text_done(&file);
	cJSON_Delete(json);
}

bool
throttle_set(const struct throttle *wanted)
{
	struct text file = { 0 };
	char path[PATH_SIZE];
	bool good;

	pthread_mutex_lock(&lock);
	limits = *wanted;
	counts = (struct counts){ .at_once = counts.at_once };
	text_puts(&file, "{");
	write_limits(&file);
	text_puts(&file, "}\n");
	pthread_mutex_unlock(&lock);
	instance_path(the_tenant.directory, "throttle.json", path);
	good = file_replace(path, 0600, file.at, file.len);
	text_done(&file);
	return good;
}

void
throttle_json(struct text *text)
{
	pthread_mutex_lock(&lock);
	text_puts(text, "{");
	write_limits(text);
	text_addf(text, ",\"windows\":%lu,\"granted\":%lu,\"used\":%lu,\"refused\":%lu",
	          counts.begun != 0 ? counts.window + 1 : 0,
	          counts.begun != 0 ? (counts.window + 1) * budget() : 0,
	          counts.used_before + counts.used, counts.refused);
	text_addf(text, ",\"grantedBefore\":%lu,\"usedBefore\":%lu", counts.window * budget(),
	          counts.used_before);
	text_addf(text, ",\"refusedAtOnce\":%lu,\"atOnce\":%lu,\"atOnceMost\":%lu}",
	          counts.refused_at_once, counts.at_once, counts.at_once_most);
	pthread_mutex_unlock(&lock);
}
