/*
 * exosign credential powershell: the line that connects Microsoft's own module with a token of ours, for scripts that must stay
 * in PowerShell.
 *
 * The token is not in the line. PowerShell runs the command in the parentheses and hands its output on as a value, so it is on no
 * command line, in no history and not in what the terminal keeps. Nothing is signed before the line is run.
 */
#include "base/error.h"
#include "cli/show.h"

enum { LINE_MAX_BYTES = 16 * 1024 };

typedef struct place {
	const char *cloud;
	const char *exchange;   /* more for Connect-ExchangeOnline */
	const char *compliance; /* more for Connect-IPPSSession (exchange-rest.md 4) */
} place;

#define URI(host) " -ConnectionUri https://" host "/powershell-liveid/"

static const place places[] = {
	{"public", "", ""},
	{"usgov", " -ExchangeEnvironmentName O365USGovGCCHigh", URI("ps.compliance.protection.office365.us")},
	{"usgovdod", " -ExchangeEnvironmentName O365USGovDoD", URI("l5.ps.compliance.protection.office365.us")},
	{"china", " -ExchangeEnvironmentName O365China", URI("ps.compliance.protection.partner.outlook.cn")},
	{"sandbox", "", ""},
};

static const char *
more_for(const char *cloud, bool compliance)
{
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (strcmp(places[i].cloud, cloud) == 0)
			return compliance ? places[i].compliance : places[i].exchange;
	return "";
}

static bool
is_plain(const char *word)
{
	for (const char *c = word; *c != '\0'; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		      strchr("-_./:=\\", *c) != NULL))
			return false;
	return word[0] != '\0';
}

/* Bytes of what PowerShell takes for a single quote here (U+2018 to U+201B, too); 0: it is none. */
static size_t
quote_length(const char *at)
{
	if (at[0] == '\'')
		return 1;
	return strncmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] >= 0x98 && (unsigned char)at[2] <= 0x9B ? 3 : 0;
}

/* A word as PowerShell reads it: in single quotes, which are doubled inside, unless nothing in it is special. */
static void
add_word(buf *line, const char *word)
{
	buf_byte(line, ' ');
	if (is_plain(word)) {
		buf_puts(line, word);
		return;
	}
	buf_byte(line, '\'');
	while (*word != '\0') {
		size_t n = quote_length(word);

		buf_add(line, span_from(word, n));
		buf_add(line, span_from(word, n > 0 ? n : 1));
		word += n > 0 ? n : 1;
	}
	buf_byte(line, '\'');
}

/* The same settings for the inner command as for this one. */
static void
add_options(buf *line, const given *g)
{
	static const option_id repeated[] = {OPT_CONFIG, OPT_PROFILE};

	for (size_t i = 0; i < sizeof repeated / sizeof repeated[0]; i++) {
		if (!has(g, repeated[i]))
			continue;
		add_word(line, option_row_of(repeated[i])->name);
		add_word(line, g->values[repeated[i]]);
	}
	for (size_t i = 0; i < SETTINGS; i++) {
		if (g->values[OPT_SETTINGS + i] == NULL)
			continue;
		add_word(line, setting_row_of((setting_id)i)->flag);
		add_word(line, g->values[OPT_SETTINGS + i]);
	}
}

exs_status
run_credential_powershell(invocation *inv, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(LINE_MAX_BYTES);
	const char *organization;
	bool        compliance;
	exs_status  status;

	EXS_TRY(open_profile(inv, PROFILE_DIRECTORY | PROFILE_KEY, error));
	organization = inv->profile.identity.organization;
	compliance = strcmp(inv->profile.exchange.service, "compliance") == 0;
	if (organization == NULL) {
		status = exs_fail(error, E_CONFIG_MISSING, "organization is not set, and the module wants it beside a "
		                                           "token");
		error_fix(error, "organization = the tenant's initial onmicrosoft.com domain, in the profile, or "
		                 "--organization DOMAIN");
		return status;
	}
	buf_puts(&line, compliance ? "Connect-IPPSSession" : "Connect-ExchangeOnline");
	buf_puts(&line, " -AccessToken (exosign");
	add_options(&line, inv->given);
	buf_puts(&line, " token get --raw) -Organization");
	add_word(&line, organization);
	buf_puts(&line, more_for(inv->profile.identity.cloud, compliance));
	buf_puts(&line, " -ShowBanner:$false\n");
	EXS_TRY(buf_check(&line, "the line", error));
	return show_text(buf_span(&line), error);
}
