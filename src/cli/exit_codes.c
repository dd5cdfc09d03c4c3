/* Every status the program can end with. */
#include "cli/exit_codes.h"

#include "cli/interrupt.h"

#include <exosign/error.h>

const exit_code exit_codes[] = {
	{EXS_OK, "Done"},
	{EXS_INTERNAL, "A bug, no memory, or the output could not be written"},
	{EXS_USAGE, "The call is wrong: correct it"},
	{EXS_CONFIG, "A setting or a file's permissions are wrong: correct them"},
	{EXS_PIN, "PIN or login: a person is needed; do not repeat"},
	{EXS_DEVICE, "Module, device or session not available: later, perhaps"},
	{EXS_KEY, "Key or certificate missing, ambiguous or unfit: a person is needed"},
	{EXS_DIRECTORY, "The directory refused: a person is needed"},
	{EXS_NETWORK, "Network, proxy or TLS: later, perhaps"},
	{EXS_DENIED, "Exchange refused the identity: roles are missing"},
	{EXS_CMDLET, "The cmdlet failed: read the message"},
	{EXS_THROTTLED, "Throttled past the limit: wait as long as the message says"},
	{EXS_INCOMPLETE, "Partly done, or a list that could not be finished"},
	{EXS_POLICY, "Refused by local policy"},
	{EXS_BROKER, "The broker is locked or absent"},
	{EXS_CANCELLED, "Interrupted; what was printed is well-formed but not the whole answer"},
	{EXIT_PIPE, "The reader of standard output went away first, as head(1) does; nothing is said"},
	{EXIT_UNKNOWN, "Cannot tell: any failure of a command whose answers are 0 (yes) and 1 (no), as systemd's "
	               "ExecCondition= wants it"},
};
const size_t n_exit_codes = sizeof exit_codes / sizeof exit_codes[0];
