/* What somebody with rights must do instead of `exosign app setup`, in a form they can use. */
#ifndef CLI_APP_EMIT_H
#define CLI_APP_EMIT_H

#include "cli/app_open.h"

/* form: "checklist", "manifest", "powershell". Nobody is asked and nothing is changed. */
EXS_MUST_USE exs_status app_emit(const app_run *run, const char *form, exs_error *error);

#endif
