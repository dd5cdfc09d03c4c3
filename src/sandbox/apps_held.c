/*
 * The registry of the running server: one reading of apps.json, shared until the file changes.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "apps.h"
#include "tenant.h"

struct reading {
	struct apps   apps; /* first, so that a holder's pointer leads back here */
	struct stat   file;
	atomic_size_t holders;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct reading *latest;

static bool
same_file(const struct stat *one, const struct stat *other)
{
	return one->st_ino == other->st_ino && one->st_size == other->st_size &&
	       one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
	       one->st_mtim.tv_nsec == other->st_mtim.tv_nsec;
}

/* Reads the file anew unless it is the one we know; a file that cannot be read changes nothing. */
static void
look_again(void)
{
	struct reading *fresh;
	char path[4096], why[256];
	struct stat file;

	snprintf(path, sizeof(path), "%s/apps.json", the_tenant.directory);
	if (stat(path, &file) != 0 || (latest != NULL && same_file(&file, &latest->file)))
		return;
	fresh = calloc(1, sizeof(*fresh));
	if (fresh == NULL)
		abort();
	if (!apps_read(the_tenant.directory, &fresh->apps, why, sizeof(why))) {
		free(fresh);
		return;
	}
	fresh->file = file;
	fresh->holders = 1; /* ours, while it is the latest */
	if (latest != NULL)
		apps_release(&latest->apps);
	latest = fresh;
}

const struct apps *
apps_hold(void)
{
	static const struct apps nobody;
	const struct apps *apps = &nobody;

	pthread_mutex_lock(&lock);
	look_again();
	if (latest != NULL) {
		latest->holders++;
		apps = &latest->apps;
	}
	pthread_mutex_unlock(&lock);
	return apps;
}

void
apps_release(const struct apps *apps)
{
	struct reading *reading;

	if (apps->list == NULL)
		return;
	/* Only readings are handed out; the cast gives back what apps_hold made constant. */
	reading = (struct reading *)(uintptr_t)apps;
	if (atomic_fetch_sub(&reading->holders, 1) == 1) {
		apps_free(&reading->apps);
		free(reading);
	}
}

void
apps_forget(void)
{
	pthread_mutex_lock(&lock);
	if (latest != NULL)
		apps_release(&latest->apps);
	latest = NULL;
	pthread_mutex_unlock(&lock);
}
