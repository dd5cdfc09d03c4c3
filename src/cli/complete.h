/* Completions for shells, from the tables: static text that never opens a device or a file of ours. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "base/buf.h"

enum { COMPLETE_MAX = 256 * 1024 };

/* False when the shell is not known. */
bool complete_script(const char *shell, buf *to);

#endif
