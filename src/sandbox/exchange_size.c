/*
 * Sizes as Exchange writes them. See exchange_size.h.
 */
#include "exchange_size.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const units[] = { "B", "KB", "MB", "GB", "TB" };
enum { UNITS = sizeof(units) / sizeof(units[0]) };

void
size_write(uint64_t bytes, char text[SIZE_TEXT_MAX])
{
	char digits[24], grouped[32];
	double amount = (double)bytes;
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)bytes);
	size_t used = 0, unit = 0;

	for (size_t i = 0; i < len; i++) {
		if (i != 0 && (len - i) % 3 == 0)
			grouped[used++] = ',';
		grouped[used++] = digits[i];
	}
	grouped[used] = '\0';
	for (; amount >= 1024 && unit + 1 < UNITS; unit++)
		amount /= 1024;
	snprintf(text, SIZE_TEXT_MAX, "%.4g %s (%s bytes)", amount, units[unit], grouped);
}

bool
size_read(const char *text, uint64_t *ret_bytes)
{
	char *rest;
	double amount = strtod(text, &rest);

	if (rest == text || amount < 0 || amount > 1e15)
		return false;
	rest += strspn(rest, " ");
	for (size_t unit = 0; unit < UNITS; unit++) {
		size_t len = strlen(units[unit]);

		if (strncasecmp(rest, units[unit], len) == 0 && !isalpha((unsigned char)rest[len])) {
			for (; unit > 0; unit--)
				amount *= 1024;
			*ret_bytes = (uint64_t)amount;
			return rest[len] == '\0' || strncmp(rest + len, " (", 2) == 0;
		}
	}
	*ret_bytes = (uint64_t)amount;
	return *rest == '\0';
}
