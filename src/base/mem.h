/*
 * Ownership by scope, and allocation that is checked.
 *
 * A local that owns says so where it is born: EXS_AUTO(type) for a pointer (freed by type_free()),
 * EXS_SCOPED(type) for a value (ended by type_done()). Ownership leaves by EXS_GIVE. There is no goto and
 * nothing is freed by hand.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <exosign/error.h>

#include <stddef.h>

#define EXS_AUTO(type)   __attribute__((cleanup(type##_auto_free))) type
#define EXS_SCOPED(type) __attribute__((cleanup(type##_done))) type

/* Once after the declaration of type_free(): lets EXS_AUTO(type) work. */
#define EXS_DEFINE_AUTO(type)                                                                      \
	static inline void type##_auto_free(type **local)                                          \
	{                                                                                          \
		type##_free(*local);                                                               \
	}

#define EXS_GIVE(ret, local)                                                                       \
	do {                                                                                       \
		*(ret) = (local);                                                                  \
		(local) = NULL;                                                                    \
	} while (0)

#define EXS_TRY(expression)                                                                        \
	do {                                                                                       \
		exs_status try_status_ = (expression);                                             \
		if (try_status_ != EXS_OK)                                                         \
			return try_status_;                                                        \
	} while (0)

/* n objects of size bytes, zeroed. NULL without memory; the caller says so with mem_fail(). */
void *mem_new(size_t n, size_t size);
/* A NUL-terminated copy of length bytes. */
char *mem_text(const char *bytes, size_t length);
void  mem_free(void *block);
/* Zeroes for good, then frees. */
void  mem_wipe_free(void *block, size_t length);

/* For EXS_AUTO(chars): a char * that is freed. */
typedef char chars;
static inline void
chars_free(chars *string)
{
	mem_free(string);
}
EXS_DEFINE_AUTO(chars)

/* EXS_INTERNAL, "out of memory", always the same words. */
EXS_MUST_USE exs_status mem_fail(exs_error *error);

/* *ret = a copy of a string; NULL stays NULL. */
EXS_MUST_USE exs_status mem_copy(const char *string, char **ret, exs_error *error);

/*
 * Tests make the nth allocation from now fail (0: none). How many there were since then is told, so that
 * a test can walk through all of them. For one thread at a time.
 */
void          mem_fail_nth(unsigned long nth);
unsigned long mem_count(void);

#endif
