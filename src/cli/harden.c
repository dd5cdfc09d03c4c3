/* Before secrets come near. */
#include "cli/harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void
harden(void)
{
	const struct rlimit none = {0, 0};

	/* each is a second line of defence: where one is not to be had, the others still stand */
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)umask(077);
}
