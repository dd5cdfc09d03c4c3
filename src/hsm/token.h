/*
 * A token in a slot: found by URI among all that the modules show, and found again after it was gone.
 */
#ifndef HSM_TOKEN_H
#define HSM_TOKEN_H

#include "hsm/moduleset.h"

/* The fields of CK_TOKEN_INFO without their padding. */
typedef struct token_names {
	char label[33], serial[17], model[17], manufacturer[33], firmware[16];
} token_names;

typedef struct token {
	module       *module;
	CK_SLOT_ID    slot;
	CK_SLOT_INFO  slot_info;
	CK_TOKEN_INFO info;
	CK_RV         rv; /* what C_GetTokenInfo answered; CKR_OK for a token that can be used */
} token;

typedef struct token_list {
	token *at;
	size_t n;
} token_list;
void token_list_done(token_list *list);

token_names token_print(const CK_TOKEN_INFO *info);
/* The URI to paste for it; its module is named when the user's URI did so. Free with mem_free(). */
EXS_MUST_USE exs_status token_uri(const token *t, const key_uri *origin, char **ret,
                                  exs_error *error);

/* Every slot of the module that holds a token. */
EXS_MUST_USE exs_status token_survey(module *m, token_list *ret, exs_error *error);

/*
 * Exactly one token of the set that the URI allows; free slots of software tokens do not count. E_TOKEN_ABSENT tells
 * which tokens are there, E_TOKEN_AMBIGUOUS lists URIs.
 */
EXS_MUST_USE exs_status token_find(const module_set *set, const key_uri *uri, token *ret,
                                   exs_error *error);

/* The same token (label, serial, model, maker) of the same module, whatever its slot is now. */
EXS_MUST_USE exs_status token_find_again(token *t, exs_error *error);

/* A fresh C_GetTokenInfo: flags of the PIN are only true at the moment they are asked for. */
EXS_MUST_USE exs_status token_refresh(token *t, exs_error *error);

#endif
