/*
 * Proves that the judge sees lies: each kind is told to it once.
 */
#ifndef STORM_TWIN_H
#define STORM_TWIN_H

/* 0: every lie was seen and the truth was believed. */
int twin_run(void);

#endif
