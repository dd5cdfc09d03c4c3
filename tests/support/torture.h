/*
 * Torture: a happy path is walked again and again, and each time another allocation fails, until none is left.
 *
 * A step does the whole thing once: makes, uses, frees. With memory it must return EXS_OK. Without, it must return
 * EXS_INTERNAL with E-NO-MEMORY, leave its outputs as they were (the step asserts that itself) and leak nothing (the
 * address sanitizer build sees that). For one thread at a time, because mem.c counts for the whole process.
 */
#ifndef SUPPORT_TORTURE_H
#define SUPPORT_TORTURE_H

#include "base/error.h"
#include "base/mem.h"

typedef exs_status (*torture_step)(void *self, exs_error *error);

/* How many allocations the step makes; fails the test when it makes none, or behaves badly without memory. */
unsigned long torture(torture_step step, void *self);

/* For a step of which some allocations are only nice to have (a cache, a log line): EXS_OK is right as well. */
unsigned long torture_lenient(torture_step step, void *self);

#endif
