/*
 * A canary: a value that looks like a secret and must not be found anywhere once it was used.
 *
 * It is kept masked, so that looking for it does not find the copy one looks with.
 */
#ifndef SUPPORT_CANARY_H
#define SUPPORT_CANARY_H

#include <stdbool.h>
#include <stddef.h>

enum { CANARY_LENGTH = 32 };

typedef struct canary {
	unsigned char masked[CANARY_LENGTH];
} canary;

/* Random letters and digits. */
canary canary_new(void);

/* Writes the value, NUL-terminated. The caller wipes it. */
void canary_write(const canary *c, char value[CANARY_LENGTH + 1]);

/* How often it stands in these bytes. */
size_t canary_count(const canary *c, const void *bytes, size_t len);

/*
 * How often it stands in this process's own writable memory (heap, stack, mappings). Wipe what canary_write()
 * gave first. Freed memory is looked at as well: that is the point.
 */
size_t canary_in_memory(const canary *c);

#endif
