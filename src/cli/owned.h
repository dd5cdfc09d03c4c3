/* Lets locals own what the library hands out: EXS_AUTO(exs_rows) *rows. */
#ifndef CLI_OWNED_H
#define CLI_OWNED_H

#include "base/mem.h"

#include <exosign/exosign.h>

EXS_DEFINE_AUTO(exs_command)
EXS_DEFINE_AUTO(exs_cmdlets)
EXS_DEFINE_AUTO(exs_rows)
EXS_DEFINE_AUTO(exs_bearer)
EXS_DEFINE_AUTO(exs_assertion)
EXS_DEFINE_AUTO(exs_key)
EXS_DEFINE_AUTO(exs_issued)

/* For EXS_AUTO(library_text): text that the library gave. */
typedef char library_text;
static inline void
library_text_free(library_text *text)
{
	exs_text_free(text);
}
EXS_DEFINE_AUTO(library_text)

#endif
