/* Random ids. */
#include "base/id.h"

#include "base/error.h"

#include <openssl/rand.h>
#include <stdio.h>

exs_status
uuid_new(uuid_text *ret, exs_error *error)
{
	unsigned char r[16];

	if (RAND_bytes(r, sizeof r) != 1)
		return exs_fail(error, E_BUG, "the system has no random numbers");
	r[6] = (unsigned char)((r[6] & 0x0F) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3F) | 0x80);
	snprintf(ret->at, sizeof ret->at,
	         "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1],
	         r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14],
	         r[15]);
	return EXS_OK;
}
