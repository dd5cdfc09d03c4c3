/* Every status the program can end with. */
#ifndef CLI_EXIT_CODES_H
#define CLI_EXIT_CODES_H

#include <stddef.h>

typedef struct exit_code {
	int         code;
	const char *meaning;
} exit_code;

extern const exit_code exit_codes[];
extern const size_t    n_exit_codes;

#endif
