/*
 * Opening signers on a SoftHSM token in one line, for tests about which key is found and what is refused.
 */
#ifndef SUPPORT_OPENING_H
#define SUPPORT_OPENING_H

#include "support/softhsm.h"

typedef struct wish {
	const char *uri, *certificate;
	exs_alg     alg;
	bool        without_certificate, allow_extractable, pss_in_token;
	unsigned    max_sessions;
	int64_t     deadline_ms; /* 0: 20 s */
	const char *pin;         /* NULL: the right one */
} wish;

/* The signer; the test fails when there is none. */
exs_signer *opened(softhsm *hsm, wish w);
/* The length of one signature; the test fails without. */
size_t signed_length(exs_signer *signer);

/* Opening fails with this row; what the error says. */
#define assert_refused(hsm, id, ...) refused((hsm), (wish){__VA_ARGS__}, (id), __FILE__, __LINE__)
const exs_error *refused(softhsm *hsm, wish w, error_id id, const char *file, int line);

#endif
