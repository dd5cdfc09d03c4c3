/* Our own codes, for those who ask what one means. */
#include "base/error.h"

#include <exosign/explain.h>
#include <stdio.h>

bool
exs_explain_own(size_t index, exs_explanation *ret)
{
	const error_row *row;

	if (index >= (size_t)E_IDS - E_NONE - 1)
		return false;
	row = error_row_of((error_id)(index + E_NONE + 1));
	*ret = (exs_explanation){
		.meaning = row->meaning, .why = "", .fix = row->fix, .status = row->status};
	(void)snprintf(ret->code, sizeof ret->code, "%s", row->code);
	(void)snprintf(ret->error, sizeof ret->error, "%s", row->code);
	return true;
}
