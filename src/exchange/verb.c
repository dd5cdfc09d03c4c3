/* What a cmdlet's name tells. */
#include "exchange/verb.h"

#include "base/error.h"
#include "base/span.h"
#include "exchange/native.h"

bool
verb_reads(const char *cmdlet)
{
	static const char *const reading[] = {"Get-", "Search-", "Test-", "Find-", "Export-", "Preview-"};
	/* it deletes with -DeleteContent */
	static const char *const but[] = {"Search-Mailbox"};
	span name = span_of(cmdlet);

	for (size_t i = 0; i < sizeof but / sizeof but[0]; i++)
		if (span_is_nocase(name, but[i]))
			return false;
	for (size_t i = 0; i < sizeof reading / sizeof reading[0]; i++)
		if (span_starts_nocase(name, reading[i]))
			return true;
	return false;
}

exs_status
verb_check(const char *cmdlet, exs_error *error)
{
	static const char *const connecting[] = {"Connect-ExchangeOnline", "Connect-IPPSSession",
	                                         "Disconnect-ExchangeOnline"};
	span       name = span_of(cmdlet);
	exs_status status;

	for (size_t i = 0; i < sizeof connecting / sizeof connecting[0]; i++) {
		if (!span_is_nocase(name, connecting[i]))
			continue;
		status = exs_fail(error, E_USAGE, "%s is not needed: every run connects by itself", cmdlet);
		error_fix(error, "leave it out");
		return status;
	}
	return native_check_name(cmdlet, error);
}
