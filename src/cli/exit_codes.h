/* Every status the program can end with. */
#ifndef CLI_EXIT_CODES_H
#define CLI_EXIT_CODES_H

#include <stddef.h>

/* Every failure of a command with COMMAND_ANSWERS. */
enum { EXIT_UNKNOWN = 255 };

typedef struct exit_code {
	int         code;
	const char *meaning;
} exit_code;

extern const exit_code exit_codes[];
extern const size_t    n_exit_codes;

#endif
