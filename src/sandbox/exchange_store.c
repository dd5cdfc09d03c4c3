/*
 * What was changed. See exchange_store.h.
 *
 * A sorted array for each kind: changes are few beside what is generated, mostly come in order, and
 * a look into an empty array costs nothing.
 */
#include "exchange_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	uint64_t id;
	cJSON   *object;
};

struct shelf {
	struct slot *slots;
	size_t       count, room;
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct shelf shelves[STORE_KINDS];

void
store_lock(bool to_write)
{
	if (to_write)
		pthread_rwlock_wrlock(&lock);
	else
		pthread_rwlock_rdlock(&lock);
}

void
store_unlock(void)
{
	pthread_rwlock_unlock(&lock);
}

/* The place of the first slot at or after id. */
static size_t
place_of(const struct shelf *shelf, uint64_t id)
{
	size_t low = 0, high = shelf->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (shelf->slots[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

cJSON *
store_find(enum store_kind kind, uint64_t id)
{
	const struct shelf *shelf = &shelves[kind];
	size_t place = place_of(shelf, id);

	return place < shelf->count && shelf->slots[place].id == id ? shelf->slots[place].object
	                                                            : NULL;
}

void
store_put(enum store_kind kind, uint64_t id, cJSON *object)
{
	struct shelf *shelf = &shelves[kind];
	size_t place = place_of(shelf, id);

	if (place < shelf->count && shelf->slots[place].id == id) {
		if (shelf->slots[place].object != object)
			cJSON_Delete(shelf->slots[place].object);
		shelf->slots[place].object = object;
		return;
	}
	if (shelf->count == shelf->room) {
		shelf->room = shelf->room != 0 ? shelf->room * 2 : 64;
		shelf->slots = realloc(shelf->slots, shelf->room * sizeof(shelf->slots[0]));
		if (shelf->slots == NULL)
			abort();
	}
	memmove(&shelf->slots[place + 1], &shelf->slots[place],
	        (shelf->count - place) * sizeof(shelf->slots[0]));
	shelf->slots[place] = (struct slot){ id, object };
	shelf->count++;
}

void
store_remove(enum store_kind kind, uint64_t id)
{
	struct shelf *shelf = &shelves[kind];
	size_t place = place_of(shelf, id);

	if (place == shelf->count || shelf->slots[place].id != id)
		return;
	cJSON_Delete(shelf->slots[place].object);
	memmove(&shelf->slots[place], &shelf->slots[place + 1],
	        (shelf->count - place - 1) * sizeof(shelf->slots[0]));
	shelf->count--;
}

bool
store_next(enum store_kind kind, uint64_t *id)
{
	const struct shelf *shelf = &shelves[kind];
	size_t place = place_of(shelf, *id);

	if (place == shelf->count)
		return false;
	*id = shelf->slots[place].id;
	return true;
}

void
store_clear(void)
{
	for (size_t kind = 0; kind < STORE_KINDS; kind++) {
		struct shelf *shelf = &shelves[kind];

		for (size_t i = 0; i < shelf->count; i++)
			cJSON_Delete(shelf->slots[i].object);
		free(shelf->slots);
		*shelf = (struct shelf){ 0 };
	}
}
