/* Rows in a member of rows. */
#include "exchange/nested.h"

#include "base/error.h"

exs_status
nested_open(nested *n, span row, exs_error *error)
{
	span list = {NULL, 0};

	if (jsontext_kind_of(row) == JSONTEXT_OBJECT)
		list = jsontext_member(row, n->member);
	n->open = list.at != NULL && jsontext_kind_of(list) == JSONTEXT_ARRAY;
	if (n->open)
		n->walk = jsontext_open(list);
	else if (list.at == NULL || jsontext_kind_of(list) != JSONTEXT_NULL)
		return exs_fail(error, E_ANSWER, "a row has no list of %s", n->member);
	return EXS_OK;
}

bool
nested_next(nested *n, span *ret_element)
{
	span name;

	if (!n->open || nested_is_enough(n))
		return false;
	n->open = jsontext_next(&n->walk, &name, ret_element);
	n->given += n->open;
	return n->open;
}

bool
nested_is_enough(const nested *n)
{
	return n->limited && n->given >= n->limit;
}
