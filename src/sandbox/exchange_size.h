/*
 * Sizes as Exchange writes them: "99 GB (106,300,440,576 bytes)".
 */
#ifndef SANDBOX_EXCHANGE_SIZE_H
#define SANDBOX_EXCHANGE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

enum { SIZE_TEXT_MAX = 64 };

void size_write(uint64_t bytes, char text[SIZE_TEXT_MAX]);

/* "10GB", "512 KB", "1048576" or "99 GB (106,300,440,576 bytes)"; false when it is none of these. */
bool size_read(const char *text, uint64_t *ret_bytes);

#endif
