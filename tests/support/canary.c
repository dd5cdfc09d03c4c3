/* Looks for a value in the process's own memory. */
#include "support/canary.h"

#include "support/test.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MASK = 0xA5 };

canary
canary_new(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	canary            c;
	unsigned char     random[CANARY_LENGTH];

	if (RAND_bytes(random, sizeof random) != 1)
		fail_msg("no random numbers");
	for (size_t i = 0; i < CANARY_LENGTH; i++)
		c.masked[i] = (unsigned char)(alphabet[random[i] % (sizeof alphabet - 1)] ^ MASK);
	explicit_bzero(random, sizeof random);
	return c;
}

void
canary_write(const canary *c, char value[CANARY_LENGTH + 1])
{
	for (size_t i = 0; i < CANARY_LENGTH; i++)
		value[i] = (char)(c->masked[i] ^ MASK);
	value[CANARY_LENGTH] = '\0';
}

size_t
canary_count(const canary *c, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	size_t               found = 0;

	for (size_t i = 0; i + CANARY_LENGTH <= len; i++) {
		size_t n = 0;

		while (n < CANARY_LENGTH && (at[i + n] ^ MASK) == c->masked[n])
			n++;
		found += n == CANARY_LENGTH;
	}
	return found;
}

/* Reads through /proc/self/mem in pieces that overlap by less than a canary. */
static size_t
count_in_range(const canary *c, int mem, unsigned long from, unsigned long to, unsigned char *room,
               size_t size)
{
	size_t found = 0, kept = 0;

	while (from < to) {
		size_t  want = to - from < size - kept ? to - from : size - kept;
		ssize_t n = pread(mem, room + kept, want, (off_t)from);

		if (n <= 0)
			return found;
		from += (unsigned long)n;
		found += canary_count(c, room, kept + (size_t)n);
		n += (ssize_t)kept;
		kept = (size_t)n < CANARY_LENGTH - 1 ? (size_t)n : CANARY_LENGTH - 1;
		memmove(room, room + n - kept, kept);
	}
	return found;
}

size_t
canary_in_memory(const canary *c)
{
	enum { ROOM = 1 << 20 };
	/* a mapping of our own, left out below: what is read must not be found again */
	unsigned char *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	FILE          *maps = fopen("/proc/self/maps", "re");
	int            mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char           line[512], access[8];
	unsigned long  from, to, ours = (unsigned long)room;
	size_t         found = 0;

	if (room == MAP_FAILED || maps == NULL || mem < 0)
		fail_msg("cannot read this process's memory");
	while (fgets(line, sizeof line, maps) != NULL) {
		char *end;

		from = strtoul(line, &end, 16);
		to = strtoul(end + 1, &end, 16);
		memcpy(access, end + 1, 4);
		/* more than 4 GiB is a sanitizer's shadow, not memory anybody wrote to */
		if (access[0] != 'r' || access[1] != 'w' || to - from > (1UL << 32))
			continue;
		if (ours >= from && ours < to) {
			found += count_in_range(c, mem, from, ours, room, ROOM);
			from = ours + ROOM;
		}
		found += count_in_range(c, mem, from, to, room, ROOM);
	}
	fclose(maps);
	close(mem);
	munmap(room, ROOM);
	return found;
}
