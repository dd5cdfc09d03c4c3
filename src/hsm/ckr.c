/* Return codes of PKCS#11. */
#include "hsm/ckr.h"

#include <exosign/explain.h>
#include <stdio.h>

typedef struct ckr_row {
	CK_RV       rv;
	const char *name;
	error_id    id;
	const char *meaning; /* THE_DEVICE and the sentence */
	const char *why, *fix;
} ckr_row;

#define THE_DEVICE "the device "

#define CKR(name, number, id, sentence, why, fix)                                                  \
	{number, "CKR_" #name, E_##id, THE_DEVICE sentence, why, fix},
static const ckr_row rows[] = {
#include "hsm/ckr.def"
};
#undef CKR

enum { ROWS = sizeof rows / sizeof rows[0] };

static const ckr_row *
find_row(CK_RV rv)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].rv == rv)
			return &rows[i];
	return NULL;
}

ckr_text
ckr_print(CK_RV rv)
{
	const ckr_row *row = find_row(rv);
	ckr_text       text;

	if (rv == CKR_OK)
		snprintf(text.at, sizeof text.at, "CKR_OK");
	else if (row != NULL)
		snprintf(text.at, sizeof text.at, "%s", row->name);
	else
		snprintf(text.at, sizeof text.at, "0x%lX", rv);
	return text;
}

const char *
ckr_sentence(CK_RV rv)
{
	const ckr_row *row = find_row(rv);

	return row == NULL ? NULL : row->meaning + sizeof THE_DEVICE - 1;
}

exs_status
ckr_fail(exs_error *error, CK_RV rv, const char *doing)
{
	const ckr_row *row = find_row(rv);
	ckr_text       name = ckr_print(rv);
	exs_status     status;

	if (row == NULL) {
		status = exs_fail(error, E_DEVICE, "the device answered %s while %s", name.at, doing);
		error_why(error, "%s is a code of the module's maker", name.at);
		error_fix(error, "look it up in the maker's manual");
	} else {
		status = exs_fail(error, row->id, "%s while %s", row->meaning, doing);
		error_why(error, "%s", row->why);
		if (row->fix[0] != '\0')
			error_fix(error, "%s", row->fix);
	}
	error_native(error, "%s", name.at);
	return status;
}

static bool
is_among(CK_RV rv, const CK_RV *codes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (codes[i] == rv)
			return true;
	return false;
}

bool
ckr_is_loss(CK_RV rv)
{
	static const CK_RV losses[] = {
		CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED,        CKR_DEVICE_REMOVED,
		CKR_TOKEN_NOT_PRESENT,      CKR_DEVICE_ERROR,          CKR_OBJECT_HANDLE_INVALID,
		CKR_KEY_HANDLE_INVALID,     CKR_TOKEN_NOT_RECOGNIZED,
	};

	return is_among(rv, losses, sizeof losses / sizeof losses[0]);
}

bool
ckr_is_unfit_mechanism(CK_RV rv)
{
	static const CK_RV unfit[] = {
		CKR_MECHANISM_INVALID,     CKR_MECHANISM_PARAM_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED,
		CKR_KEY_TYPE_INCONSISTENT, CKR_FUNCTION_NOT_SUPPORTED,  CKR_DATA_LEN_RANGE,
	};

	return is_among(rv, unfit, sizeof unfit / sizeof unfit[0]);
}

bool
exs_explain_device(size_t index, exs_explanation *ret)
{
	const ckr_row   *row;
	const error_row *ours;

	if (index >= ROWS)
		return false;
	row = &rows[index];
	ours = error_row_of(row->id);
	*ret = (exs_explanation){.number = row->rv,
	                         .meaning = row->meaning,
	                         .why = row->why,
	                         .fix = row->fix[0] != '\0' ? row->fix : ours->fix,
	                         .status = ours->status};
	(void)snprintf(ret->code, sizeof ret->code, "%s", row->name);
	(void)snprintf(ret->error, sizeof ret->error, "%s", ours->code);
	return true;
}
