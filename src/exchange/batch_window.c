/* The items that were read and have no outcome yet. */
#include "exchange/batch_window.h"

void
batch_window_begin(batch_window *w, size_t most)
{
	*w = (batch_window){.most = most};
}

static void
free_entry(batch_entry *entry)
{
	batch_item_free(entry->item);
	mem_free(entry);
}

void
batch_window_done(batch_window *w)
{
	for (size_t i = 0; i < WINDOW_BUCKETS; i++) {
		batch_entry *entry = w->buckets[i];

		while (entry != NULL) {
			batch_entry *next = entry->next_bucket;

			free_entry(entry);
			entry = next;
		}
		w->buckets[i] = NULL;
	}
	w->ready = w->last_ready = NULL;
	w->count = 0;
}

bool
window_has_room(const batch_window *w)
{
	return w->count < w->most && w->bytes < WINDOW_BYTES_MAX;
}

static batch_entry **
bucket_of(batch_window *w, const batch_item *item)
{
	return &w->buckets[(item->object ^ item->object >> 32) % WINDOW_BUCKETS];
}

/* In the order of the input, so that what was put back or waited does not wait for all others. */
void
window_put_back(batch_window *w, batch_entry *entry)
{
	batch_entry **place = &w->ready;

	if (w->last_ready != NULL && w->last_ready->item->number < entry->item->number)
		place = &w->last_ready->next_ready;
	while (*place != NULL && (*place)->item->number < entry->item->number)
		place = &(*place)->next_ready;
	entry->next_ready = *place;
	*place = entry;
	if (entry->next_ready == NULL)
		w->last_ready = entry;
	w->n_ready++;
}

exs_status
window_add(batch_window *w, batch_item *item, unsigned attempts, bool doubtful, exs_error *error)
{
	batch_entry *entry = mem_new(1, sizeof *entry), **bucket, *same;

	if (entry == NULL) {
		batch_item_free(item);
		return mem_fail(error);
	}
	*entry = (batch_entry){.item = item, .attempts = attempts, .doubtful = doubtful};
	bucket = bucket_of(w, item);
	for (same = *bucket; same != NULL && same->item->object != item->object;)
		same = same->next_bucket;
	entry->next_bucket = *bucket;
	*bucket = entry;
	w->count++;
	w->bytes += item->weight;
	if (same != NULL)
		same->next_same = entry;
	else
		window_put_back(w, entry);
	return EXS_OK;
}

batch_entry *
window_take(batch_window *w)
{
	batch_entry *entry = w->ready;

	if (entry == NULL)
		return NULL;
	w->ready = entry->next_ready;
	if (w->ready == NULL)
		w->last_ready = NULL;
	entry->next_ready = NULL;
	w->n_ready--;
	return entry;
}

void
window_settle(batch_window *w, batch_entry *entry)
{
	batch_entry **place = bucket_of(w, entry->item);

	while (*place != entry)
		place = &(*place)->next_bucket;
	*place = entry->next_bucket;
	w->count--;
	w->bytes -= entry->item->weight;
	if (entry->next_same != NULL)
		window_put_back(w, entry->next_same);
	free_entry(entry);
}
