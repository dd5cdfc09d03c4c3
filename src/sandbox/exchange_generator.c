/*
 * Mailbox i of N. See exchange_generator.h.
 *
 * Everything random comes from a mixer that can be run backwards (xor-shift and odd multiplication),
 * so a GUID is the mixed index with a check half after it, and reading one back is unmixing.
 */
#include "exchange_generator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange_names.h"
#include "tenant.h"

#define MIX_A UINT64_C(0xbf58476d1ce4e5b9)
#define MIX_B UINT64_C(0x94d049bb133111eb)
#define UNMIX_A UINT64_C(0x96de1b173f119089) /* inverses modulo 2^64 */
#define UNMIX_B UINT64_C(0x319642b2d24d8ec3)
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

enum { STEP = 7919, KIND_CYCLE = 20 };

const char *const mailbox_kind_names[MAILBOX_KINDS + 1] = {
	"UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox", NULL,
};

/* Pairs of names over all scripts, and what undoes a step of STEP among them. */
static uint64_t pairs, step_back, first_pair;

static uint64_t salts[GUID_KINDS]; /* one for each kind of GUID, from the seed */

static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * MIX_A;
	x = (x ^ (x >> 27)) * MIX_B;
	return x ^ (x >> 31);
}

static uint64_t
unmix(uint64_t x)
{
	x = (x ^ (x >> 31) ^ (x >> 62)) * UNMIX_B;
	x = (x ^ (x >> 27) ^ (x >> 54)) * UNMIX_A;
	return x ^ (x >> 30) ^ (x >> 60);
}

static uint64_t
salt(unsigned purpose)
{
	return mix(the_tenant.seed + GOLDEN * (purpose + 1));
}

uint64_t
roll(unsigned purpose, uint64_t index)
{
	return mix(mix(index + GOLDEN) ^ salt(purpose + 64));
}

void
generator_start(void)
{
	pairs = 0;
	for (size_t s = 0; s < name_script_count; s++)
		pairs += name_scripts[s].n_given * name_scripts[s].n_family;
	for (unsigned kind = 0; kind < GUID_KINDS; kind++)
		salts[kind] = salt(kind);
	first_pair = salt(0) % pairs;
	for (step_back = 1; STEP % pairs * step_back % pairs != 1; step_back++)
		continue;
}

/* Sixteen hex digits, with a hyphen before those that have one in a GUID. */
static char *
put_hex(char *at, uint64_t number, bool second_half)
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned place = 0; place < 16; place++) {
		if (second_half ? place == 0 || place == 4 : place == 8 || place == 12)
			*at++ = '-';
		*at++ = hex[number >> 60];
		number <<= 4;
	}
	return at;
}

/*
 * A GUID holds the 64 bits of the mixed index around the version, and 58 bits of a check beside the
 * variant.
 */
void
guid_write(enum guid_kind kind, uint64_t index, char text[GUID_TEXT])
{
	uint64_t mixed = mix(index ^ salts[kind]), check = mix(mixed + salts[kind]);
	uint64_t first = (mixed & ~UINT64_C(0xffff)) | 0x4000 | (mixed >> 4 & 0xfff);
	uint64_t second = (8 | (check & 3)) << 60 | (mixed & 15) << 56 | check >> 8;

	*put_hex(put_hex(text, first, false), second, true) = '\0';
}

bool
guid_read(enum guid_kind kind, const char *text, uint64_t *ret_index)
{
	const char *whole = text;
	char again[GUID_TEXT], digits[2][17];
	size_t used = 0;
	uint64_t first, second;

	if (strlen(text) != GUID_TEXT - 1)
		return false;
	for (; *text != '\0' && used < 32; text++) {
		if (*text != '-') {
			digits[used / 16][used % 16] = *text;
			used++;
		}
	}
	digits[0][16] = digits[1][16] = '\0';
	if (used < 32)
		return false;
	first = strtoull(digits[0], NULL, 16);
	second = strtoull(digits[1], NULL, 16);
	*ret_index = unmix((first & ~UINT64_C(0xffff)) | (first & 0xfff) << 4 |
	                   (second >> 56 & 15)) ^ salts[kind];
	guid_write(kind, *ret_index, again);
	return strcasecmp(again, whole) == 0;
}

enum mailbox_kind
mailbox_kind_of(uint64_t index)
{
	static const enum mailbox_kind cycle[KIND_CYCLE] = {
		MAILBOX_USER, MAILBOX_USER, MAILBOX_SHARED, MAILBOX_USER, MAILBOX_USER,
		MAILBOX_USER, MAILBOX_USER, MAILBOX_ROOM,   MAILBOX_USER, MAILBOX_USER,
		MAILBOX_USER, MAILBOX_USER, MAILBOX_SHARED, MAILBOX_USER, MAILBOX_EQUIPMENT,
		MAILBOX_USER, MAILBOX_USER, MAILBOX_SHARED, MAILBOX_USER, MAILBOX_USER,
	};

	return cycle[index % KIND_CYCLE];
}

/* The pair of names number `pair`, counted through all scripts. */
static const struct name_script *
pair_of(uint64_t pair, const struct name **ret_given, const struct name **ret_family)
{
	const struct name_script *script = name_scripts;

	while (pair >= script->n_given * script->n_family) {
		pair -= script->n_given * script->n_family;
		script++;
	}
	*ret_given = &script->given[pair / script->n_family];
	*ret_family = &script->family[pair % script->n_family];
	return script;
}

static char *
put(char *at, const char *end, const char *text)
{
	while (*text != '\0' && at < end - 1)
		*at++ = *text++;
	*at = '\0';
	return at;
}

static void
name_person(struct mailbox *mailbox)
{
	static const struct name_dress plain = { 1, 0, "", " ", "", false };
	const struct name *given, *family;
	const struct name_dress *dress = &plain;
	uint64_t round = mailbox->index / pairs;
	const struct name_script *script =
		pair_of((mailbox->index % pairs * STEP + first_pair) % pairs, &given, &family);
	char *at = mailbox->alias, *end = at + ALIAS_MAX;
	bool family_first;

	at = put(put(put(at, end, given->ascii), end, "."), end, family->ascii);
	if (round > 0)
		snprintf(at, (size_t)(end - at), "%llu", (unsigned long long)round + 1);
	for (size_t i = 0; i < name_dress_count && dress == &plain; i++) {
		if (mailbox->index % name_dresses[i].every == name_dresses[i].at)
			dress = &name_dresses[i];
	}
	family_first = dress->family_first || script->family_first;
	at = mailbox->display;
	end = at + DISPLAY_MAX;
	at = put(at, end, dress->before);
	at = put(at, end, family_first ? family->shown : given->shown);
	at = put(at, end, script->family_first && dress == &plain ? "" : dress->between);
	at = put(at, end, family_first ? given->shown : family->shown);
	put(at, end, dress->after);
}

static void
name_thing(struct mailbox *mailbox, const struct name *names, size_t count)
{
	const struct name *name = &names[mailbox->roll % count];
	unsigned long long number = mailbox->index;

	snprintf(mailbox->alias, ALIAS_MAX, "%s-%llu", name->ascii, number);
	snprintf(mailbox->display, DISPLAY_MAX, "%s %llu", name->shown, number);
}

void
mailbox_make(uint64_t index, struct mailbox *mailbox)
{
	const ticks first_day = INT64_C(1546300800) * TICKS_SECOND; /* 2019-01-01 */
	char *at;

	mailbox->index = index;
	mailbox->roll = roll(GUID_MAILBOX, index);
	mailbox->kind = mailbox_kind_of(index);
	switch (mailbox->kind) {
	case MAILBOX_SHARED: name_thing(mailbox, name_teams, NAME_TEAMS); break;
	case MAILBOX_ROOM: name_thing(mailbox, name_rooms, NAME_ROOMS); break;
	case MAILBOX_EQUIPMENT: name_thing(mailbox, name_things, NAME_THINGS); break;
	default: name_person(mailbox); break;
	}
	at = put(mailbox->address, mailbox->address + ADDRESS_MAX, mailbox->alias);
	at = put(at, mailbox->address + ADDRESS_MAX, "@");
	put(at, mailbox->address + ADDRESS_MAX, the_tenant.domain);
	mailbox->created = first_day + (ticks)(mailbox->roll % (2000ull * TICKS_DAY));
	mailbox->changed = mailbox->created + (ticks)((mailbox->roll >> 8) % (500ull * TICKS_DAY));
}

/* Where a name of that ascii form stands in a table; count when it does not. */
static size_t
place_in(const struct name *names, size_t count, const char *ascii, size_t len)
{
	size_t i = 0;

	while (i < count &&
	       (strlen(names[i].ascii) != len || strncasecmp(names[i].ascii, ascii, len) != 0))
		i++;
	return i;
}

/* "given.family" or "given.familyROUND" back to its index. */
static bool
find_person(const char *alias, size_t len, uint64_t *ret_index)
{
	const char *dot = memchr(alias, '.', len), *family = dot + 1;
	size_t family_len;
	uint64_t before = 0, round = 0;

	if (dot == NULL)
		return false;
	family_len = strcspn(family, "0123456789");
	if (family_len > len - (size_t)(family - alias))
		family_len = len - (size_t)(family - alias);
	if (family + family_len < alias + len)
		round = strtoull(family + family_len, NULL, 10) - 1;
	for (size_t s = 0; s < name_script_count; s++) {
		const struct name_script *script = &name_scripts[s];
		size_t g = place_in(script->given, script->n_given, alias, (size_t)(dot - alias));
		size_t f = place_in(script->family, script->n_family, family, family_len);

		if (g < script->n_given && f < script->n_family) {
			uint64_t pair = before + g * script->n_family + f;

			*ret_index = round * pairs +
			             (pair + pairs - first_pair) % pairs * step_back % pairs;
			return true;
		}
		before += script->n_given * script->n_family;
	}
	return false;
}

static bool
find_alias(const char *alias, size_t len, uint64_t *ret_index)
{
	const char *hyphen = memchr(alias, '-', len);
	struct mailbox mailbox;
	uint64_t index = 0;

	if (hyphen != NULL)
		index = strtoull(hyphen + 1, NULL, 10);
	else if (!find_person(alias, len, &index))
		return false;
	if (index >= the_tenant.mailboxes)
		return false;
	mailbox_make(index, &mailbox);
	*ret_index = index;
	return strlen(mailbox.alias) == len && strncasecmp(mailbox.alias, alias, len) == 0;
}

bool
mailbox_find_made(const char *identity, uint64_t *ret_index)
{
	const char *at;

	for (unsigned kind = GUID_MAILBOX; kind <= GUID_OBJECT; kind++) {
		if (guid_read((enum guid_kind)kind, identity, ret_index))
			return *ret_index < the_tenant.mailboxes;
	}
	if (strncasecmp(identity, "smtp:", 5) == 0)
		identity += 5;
	if (strncasecmp(identity, "CN=", 3) == 0)
		return find_alias(identity + 3, strcspn(identity + 3, ","), ret_index);
	at = strchr(identity, '@');
	if (at == NULL)
		return find_alias(identity, strlen(identity), ret_index);
	return strcasecmp(at + 1, the_tenant.domain) == 0 &&
	       find_alias(identity, (size_t)(at - identity), ret_index);
}
