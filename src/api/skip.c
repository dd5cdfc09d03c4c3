/* Where a JSON value ends. */
#include "api/skip.h"

#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

skip
skip_begin(char first)
{
	return (skip){.scalar = first != '{' && first != '[' && first != '"'};
}

static const char *
past_scalar(const char *at, const char *end)
{
	for (; at < end; at++) {
		switch (*at) {
		case ' ':
		case '\t':
		case '\n':
		case '\r':
		case ',':
		case '}':
		case ']':
			return at;
		default:
			break;
		}
	}
	return NULL;
}

/* One byte further; true when it was the value's last. */
static bool
step(skip *s, char c)
{
	if (s->escaped) {
		s->escaped = false;
	} else if (s->in_string) {
		s->escaped = c == '\\';
		s->in_string = c != '"';
		return c == '"' && s->depth == 0;
	} else if (c == '"') {
		s->in_string = true;
	} else if (c == '{' || c == '[') {
		s->depth++;
	} else if ((c == '}' || c == ']') && (s->depth == 0 || --s->depth == 0)) {
		return true;
	}
	return false;
}

static const char *
step_to(skip *s, const char *at, const char *end)
{
	for (; at < end; at++)
		if (step(s, *at))
			return at + 1;
	return NULL;
}

#ifdef __SSE2__
enum { BLOCK = 64 };

/* A bit for each of 64 bytes: is it this character, once the bits of `ignore` are set in both? */
static uint64_t
bits_of(const char *at, char character, char ignore)
{
	const __m128i wanted = _mm_set1_epi8(character), mask = _mm_set1_epi8(ignore);
	uint64_t      bits = 0;

	for (unsigned i = 0; i < 4; i++) {
		__m128i bytes = _mm_loadu_si128((const void *)(at + 16 * i));
		__m128i same = _mm_cmpeq_epi8(_mm_or_si128(bytes, mask), wanted);

		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(same) << (16 * i);
	}
	return bits;
}

/* Bit i of the outcome is the parity of bits 0 to i: set from an opening quote to before its closing one. */
static uint64_t
parity(uint64_t bits)
{
	for (unsigned shift = 1; shift < 64; shift *= 2)
		bits ^= bits << shift;
	return bits;
}

/* A whole block without backslashes; the place behind the value's last byte when it is in there, else NULL. */
static const char *
step_block(skip *s, const char *at)
{
	uint64_t quotes = bits_of(at, '"', 0);
	uint64_t inside = parity(quotes) ^ (s->in_string ? ~UINT64_C(0) : 0);
	/* '[' and '{' differ in bit 0x20 alone, and so do ']' and '}' */
	uint64_t opens = bits_of(at, '{', 0x20) & ~inside;
	uint64_t closes = bits_of(at, '}', 0x20) & ~inside;

	for (uint64_t both = opens | closes; both != 0; both &= both - 1) {
		uint64_t lowest = both & -both;

		if (opens & lowest)
			s->depth++;
		else if (--s->depth == 0)
			return at + __builtin_ctzll(lowest) + 1;
	}
	s->in_string = inside >> 63;
	return NULL;
}

static const char *
blocks_to(skip *s, const char **at, const char *end)
{
	/* at depth 0 a string may end the value anywhere, so only containers are taken by the block */
	while (end - *at >= BLOCK && s->depth > 0 && !s->escaped) {
		const char *behind;

		if (bits_of(*at, '\\', 0) != 0)
			behind = step_to(s, *at, *at + BLOCK);
		else
			behind = step_block(s, *at);
		if (behind != NULL)
			return behind;
		*at += BLOCK;
	}
	return NULL;
}
#endif

const char *
skip_on(skip *s, const char *at, const char *end)
{
	if (s->scalar)
		return past_scalar(at, end);
#ifdef __SSE2__
	if (at < end && s->depth == 0 && !s->in_string && step(s, *at++))
		return at;
	for (;;) {
		const char *behind = blocks_to(s, &at, end);
		size_t      left = (size_t)(end - at);

		if (behind != NULL)
			return behind;
		if (left == 0)
			return NULL;
		/* an escape at the end of a block, a string at the top, or the last few bytes */
		behind = step_to(s, at, left > BLOCK && s->depth > 0 ? at + 1 : end);
		if (behind != NULL || left <= BLOCK || s->depth == 0)
			return behind;
		at++;
	}
#else
	return step_to(s, at, end);
#endif
}
