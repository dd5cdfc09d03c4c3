/* Room for a PIN on its way to the device: locked while in use, wiped when it leaves scope. */
#ifndef CLI_PIN_TEXT_H
#define CLI_PIN_TEXT_H

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

enum { PIN_TEXT_MAX = 1024 };

typedef struct pin_text {
	char   at[PIN_TEXT_MAX];
	size_t len;
} pin_text;

static inline void
pin_text_init(pin_text *p)
{
	memset(p, 0, sizeof *p);
	/* locking may be beyond the limit of this user; the PIN is short-lived either way */
	(void)mlock(p, sizeof *p);
}

static inline void
pin_text_done(pin_text *p)
{
	explicit_bzero(p, sizeof *p);
	(void)munlock(p, sizeof *p);
}

#endif
