/*
 * What the directory and a disk can hand us around an app: certificates of an application, policies, a logbook, the redirect of a
 * sign-in. Whatever comes, it is read or refused; what is sent back of a list holds each foreign entry byte for byte.
 */
#include "base/jsontext.h"
#include "graph/application.h"
#include "graph/keycred.h"
#include "graph/policy.h"
#include "lifecycle/keyuri.h"
#include "lifecycle/logbook.h"
#include "oauth/listener.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static void
walk_keys(span object)
{
	EXS_SCOPED(buf) body = BUF(KEYCREDS_MAX);
	keycreds all, again;
	keycred  one, same;

	if (keycreds_of(object, &all, NULL) != EXS_OK || keycreds_patch(&all, NULL, span_of(""), &body, NULL) != EXS_OK)
		return;
	must(keycreds_of(buf_span(&body), &again, NULL) == EXS_OK);
	while (keycreds_next(&all, &one)) {
		must(keycreds_next(&again, &same));
		must(span_same(one.raw, same.raw));
		must(span_is_utf8(span_of(one.name)));
	}
	must(!keycreds_next(&again, &same));
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	span text = span_trim(span_from((const char *)input, size));
	EXS_SCOPED(logbook) book = LOGBOOK;
	EXS_SCOPED(redirect_words) words = {0};
	EXS_SCOPED(buf) uri = BUF(4096);
	EXS_SCOPED(buf) terminated = BUF(1024 * 1024);
	policy  p = {.known = true};
	int64_t seconds;
	size_t  at;

	(void)logbook_read(text, &book);
	(void)policy_duration(text, &seconds);
	if (listener_read(text, &words))
		must(words.state.len > 0);
	buf_add(&terminated, text);
	(void)keyuri_successor(&uri, buf_text(&terminated), 0, 0);
	if (text.len == 0 || !jsontext_check(text, &at) || jsontext_kind_of(text) != JSONTEXT_OBJECT)
		return 0;
	walk_keys(text);
	policy_take(&p, text, "restrictions", 0, "here");
	policy_take(&p, text, "applicationRestrictions", 0, "here");
	return 0;
}
