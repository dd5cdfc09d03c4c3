/*
 * Base64, hexadecimal, GUIDs, files. See encoding.h.
 */
#include "encoding.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
encode(struct text *text, const unsigned char *bytes, size_t len, const char *alphabet, bool pad)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		unsigned long bits = (unsigned long)bytes[i] << 16;
		char out[4];

		bits |= have > 1 ? (unsigned long)bytes[i + 1] << 8 : 0;
		bits |= have > 2 ? bytes[i + 2] : 0;
		for (size_t j = 0; j < 4; j++)
			out[j] = alphabet[(bits >> (18 - 6 * j)) & 63];
		if (have == 3 || !pad) {
			text_add(text, out, have + 1);
		} else {
			memset(out + have + 1, '=', 3 - have);
			text_add(text, out, 4);
		}
	}
}

void
base64url_add(struct text *text, const void *bytes, size_t len)
{
	encode(text, bytes, len, url_safe, false);
}

void
base64_add(struct text *text, const void *bytes, size_t len)
{
	encode(text, bytes, len, standard, true);
}

static int
digit_of(char c, const char *alphabet)
{
	const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

	return at != NULL ? (int)(at - alphabet) : -1;
}

/* Appends what the digits mean; false when one is none, or when bits are left that mean nothing. */
static bool
decode_digits(const char *from, size_t len, struct text *to, bool either)
{
	unsigned long bits = 0;
	unsigned n_bits = 0;

	for (size_t i = 0; i < len; i++) {
		int digit = digit_of(from[i], url_safe);
		char byte;

		if (digit < 0 && either)
			digit = digit_of(from[i], standard);
		if (digit < 0)
			return false;
		bits = (bits << 6 | (unsigned long)digit) & 0xffffff;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			byte = (char)((bits >> n_bits) & 0xff);
			text_add(to, &byte, 1);
		}
	}
	return n_bits < 6 && (either || (bits & ((1ul << n_bits) - 1)) == 0);
}

static bool
decode(const char *from, size_t len, struct text *to, bool either)
{
	size_t start = to->len;

	if (decode_digits(from, len, to, either))
		return true;
	to->len = start;
	return false;
}

bool
base64url_read(const char *from, size_t len, struct text *to)
{
	return decode(from, len, to, false);
}

bool
base64_read_any(const char *from, size_t len, struct text *to)
{
	while (len > 0 && from[len - 1] == '=')
		len--;
	return decode(from, len, to, true);
}

void
hex_add(struct text *text, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text_addf(text, "%02X", ((const unsigned char *)bytes)[i]);
}

bool
hex_read(const char *from, unsigned char *bytes, size_t want)
{
	if (strlen(from) != want * 2)
		return false;
	for (size_t i = 0; i < want; i++) {
		const char pair[3] = { from[2 * i], from[2 * i + 1], '\0' };

		if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1]))
			return false;
		bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return true;
}

static void
spell_guid(char guid[GUID_SIZE], unsigned char b[16])
{
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(guid, GUID_SIZE,
	         "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
	         b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
	         b[15]);
}

void
guid_make(char guid[GUID_SIZE])
{
	unsigned char b[16];

	if (RAND_bytes(b, sizeof(b)) != 1)
		abort();
	spell_guid(guid, b);
}

void
guid_derive(char guid[GUID_SIZE], const char *one, const char *other)
{
	unsigned char sha256[32];
	struct text both = { 0 };

	text_puts(&both, one);
	text_add(&both, "\0", 1);
	text_puts(&both, other);
	if (EVP_Digest(both.at, both.len, sha256, NULL, EVP_sha256(), NULL) != 1)
		abort();
	text_done(&both);
	spell_guid(guid, sha256);
}

bool
guid_is(const char *string)
{
	for (size_t i = 0; i < GUID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? string[i] != '-' : !isxdigit((unsigned char)string[i]))
			return false;
	}
	return string[GUID_SIZE - 1] == '\0';
}

bool
file_read(const char *path, size_t limit, struct text *to)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	char piece[4096];
	ssize_t got;

	if (file < 0)
		return false;
	while ((got = read(file, piece, sizeof(piece))) > 0) {
		text_add(to, piece, (size_t)got);
		if (to->len > limit) {
			got = -1;
			errno = EFBIG;
			break;
		}
	}
	close(file);
	return got == 0;
}

bool
file_replace(const char *path, unsigned mode, const char *bytes, size_t len)
{
	char beside[4096];
	bool good = true;
	int file;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside)) {
		errno = ENAMETOOLONG;
		return false;
	}
	file = mkostemp(beside, O_CLOEXEC);
	if (file < 0)
		return false;
	while (good && len > 0) {
		ssize_t put = write(file, bytes, len);

		good = put > 0;
		bytes += good ? put : 0;
		len -= good ? (size_t)put : 0;
	}
	good = good && fchmod(file, (mode_t)mode) == 0;
	good = close(file) == 0 && good;
	good = good && rename(beside, path) == 0;
	if (!good)
		unlink(beside);
	return good;
}
