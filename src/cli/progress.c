/* Progress on the terminal. */
#include "cli/progress.h"

#include "base/buf.h"
#include "base/moment.h"
#include "cli/environment.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { FIRST_AFTER_MS = 1000, THEN_EVERY_MS = 200 };

count_text
progress_count(uint64_t n)
{
	count_text text;
	char       digits[24];
	int        len = snprintf(digits, sizeof digits, "%" PRIu64, n);
	size_t     at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text.at[at++] = ',';
		text.at[at++] = digits[i];
	}
	text.at[at] = '\0';
	return text;
}

static void
put(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

void
progress_begin(progress *p, const char *what, bool wanted)
{
	/* rows scrolling by on the same terminal are progress enough */
	*p = (progress){.what = what};
	p->possible = wanted && environment_is_terminal(STDERR_FILENO) &&
	              !environment_is_terminal(STDOUT_FILENO);
	p->next_ms = moment_steady_ms() + FIRST_AFTER_MS;
}

bool
progress_is_due(const progress *p)
{
	return p->possible && moment_steady_ms() >= p->next_ms;
}

void
progress_line(progress *p, const char *text)
{
	char line[400];

	(void)snprintf(line, sizeof line, "\r\033[K%.100s  %.250s", p->what, text);
	put(line);
	p->shown = true;
	p->next_ms = moment_steady_ms() + THEN_EVERY_MS;
}

void
progress_tell(progress *p, uint64_t rows, uint64_t pages)
{
	char line[128];

	if (!progress_is_due(p))
		return;
	(void)snprintf(line, sizeof line, "%s rows, page %s", progress_count(rows).at,
	               progress_count(pages).at);
	progress_line(p, line);
}

void
progress_hide(progress *p)
{
	if (p->shown)
		put("\r\033[K");
	p->shown = false;
}
