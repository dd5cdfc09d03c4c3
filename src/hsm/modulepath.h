/* Whether a module file may be loaded into a privileged process. */
#ifndef HSM_MODULEPATH_H
#define HSM_MODULEPATH_H

#include "base/mem.h"

#include <stdbool.h>

/*
 * E_MODULE when the process is privileged (root or set-id) and somebody else could replace the file or a directory above
 * it. A bare file name is looked up by p11-kit in its own directory and passes.
 */
EXS_MUST_USE exs_status modulepath_check(const char *path, bool privileged, exs_error *error);
bool modulepath_is_privileged(void);

#endif
