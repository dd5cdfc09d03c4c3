/*
 * Chance that can be repeated: the same seed and round always roll the same.
 */
#ifndef STORM_DICE_H
#define STORM_DICE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct dice {
	uint64_t state;
} dice;

dice dice_of(uint64_t seed, uint64_t round);

/* 0 to sides - 1 */
unsigned dice_roll(dice *d, unsigned sides);

/* from least to most, both included */
unsigned dice_between(dice *d, unsigned least, unsigned most);

/* true in so many of a hundred rolls */
bool dice_percent(dice *d, unsigned percent);

#endif
