/*
 * Eventual consistency on request. See graph_delay.h.
 */
#include "graph_delay.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"

enum { LATE_MAX = 256, LATE_NAME_SIZE = 80 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char name[LATE_NAME_SIZE];
	long looks; /* that still fail */
} late[LATE_MAX];
static size_t next;

static void
remember(const char *name, long looks)
{
	pthread_mutex_lock(&lock);
	snprintf(late[next % LATE_MAX].name, LATE_NAME_SIZE, "%s", name);
	late[next % LATE_MAX].looks = looks;
	next++;
	pthread_mutex_unlock(&lock);
}

static bool
look(const char *name)
{
	bool is_late = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < LATE_MAX && !is_late; i++) {
		if (late[i].looks <= 0 || strcmp(late[i].name, name) != 0)
			continue;
		late[i].looks--;
		is_late = true;
	}
	pthread_mutex_unlock(&lock);
	return is_late;
}

static void
spell_key(const struct app_certificate *certificate, char name[LATE_NAME_SIZE])
{
	struct text hex = { 0 };

	hex_add(&hex, certificate->sha256, sizeof(certificate->sha256));
	snprintf(name, LATE_NAME_SIZE, "%s", hex.at);
	text_done(&hex);
}

void
delay_object_made(const char *object_id)
{
	struct fault_hit hit;

	if (fault_acts("graph-late", NULL, &hit))
		remember(object_id, hit.number);
}

bool
delay_object_is_late(const char *object_id)
{
	return look(object_id);
}

void
delay_key_added(const struct app_certificate *certificate)
{
	char name[LATE_NAME_SIZE];
	struct fault_hit hit;

	if (!fault_acts("graph-late-key", NULL, &hit))
		return;
	spell_key(certificate, name);
	remember(name, hit.number);
}

bool
delay_key_is_late(const struct app_certificate *certificate)
{
	char name[LATE_NAME_SIZE];

	spell_key(certificate, name);
	return look(name);
}

void
delay_grant_made(const char *principal, const char *role)
{
	char name[LATE_NAME_SIZE];
	struct fault_hit hit;

	if (!fault_acts("graph-late-grant", NULL, &hit))
		return;
	guid_derive(name, principal, role);
	remember(name, hit.number);
}

bool
delay_grant_is_late(const char *principal, const char *role)
{
	char name[LATE_NAME_SIZE];

	guid_derive(name, principal, role);
	return look(name);
}
