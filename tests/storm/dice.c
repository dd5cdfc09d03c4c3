/* Chance that can be repeated: SplitMix64. */
#include "dice.h"

static uint64_t
mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

dice
dice_of(uint64_t seed, uint64_t round)
{
	return (dice){ mix(seed) ^ mix(round + 0x9e3779b97f4a7c15u) };
}

unsigned
dice_roll(dice *d, unsigned sides)
{
	d->state += 0x9e3779b97f4a7c15u;
	return (unsigned)(mix(d->state) % sides);
}

unsigned
dice_between(dice *d, unsigned least, unsigned most)
{
	return least + dice_roll(d, most - least + 1);
}

bool
dice_percent(dice *d, unsigned percent)
{
	return dice_roll(d, 100) < percent;
}
