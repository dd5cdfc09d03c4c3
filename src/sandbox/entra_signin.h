/*
 * The endpoints at which people sign in: devicecode, authorize, adminconsent, and their part of the
 * token endpoint.
 */
#ifndef SANDBOX_ENTRA_SIGNIN_H
#define SANDBOX_ENTRA_SIGNIN_H

#include "entra_answer.h"
#include "signin.h"

/* POST .../oauth2/v2.0/devicecode */
void devicecode_serve(const struct web_request *request, struct web_answer *answer);

/* GET .../oauth2/v2.0/authorize, and the page on which one waits for the approval. */
void authorize_serve(const struct web_request *request, struct web_answer *answer);

/* GET .../v2.0/adminconsent and .../adminconsent */
void consent_serve(const struct web_request *request, struct web_answer *answer);

/* The page a device code sends people to. */
void devicelogin_serve(const struct web_request *request, struct web_answer *answer);

/* A page that leads on by itself once the sign-in is answered: authorize and adminconsent share it. */
void wait_serve(const struct web_request *request, struct web_answer *answer);

/* A person's grant at the token endpoint: is the type one of theirs, and its answer. */
bool signin_is_grant(const char *grant_type);
void signin_redeem(struct grant *grant, const char *grant_type);

/*
 * Once a consent was given: the application gets what it requires. Said in the answer of the redirect;
 * false when the person may not consent to that.
 */
bool consent_grant(const struct signin *signin);

#endif
