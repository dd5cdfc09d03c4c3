/* The type tags the service's binder wants. */
#include "exchange/tags.h"

#include "base/jsontext.h"

static bool
is_byte_array(span value)
{
	span tag = jsontext_member(value, TAG_NAME);

	return tag.at != NULL && span_is(tag, "\"" TAG_BYTES "\"");
}

/* "GenericHashTable" or "ByteArrayType" when all elements are of that type; NULL for any other value. */
static const char *
collection_type(span value)
{
	jsontext_walk walk;
	span          name, element;
	size_t        n = 0, bytes = 0;

	if (jsontext_kind_of(value) != JSONTEXT_ARRAY)
		return NULL;
	walk = jsontext_open(value);
	for (; jsontext_next(&walk, &name, &element); n++) {
		if (jsontext_kind_of(element) != JSONTEXT_OBJECT)
			return NULL;
		bytes += is_byte_array(element);
	}
	if (n == 0 || (bytes > 0 && bytes < n))
		return NULL;
	return bytes > 0 ? "ByteArrayType" : "GenericHashTable";
}

static void add_value(buf *to, span value, bool tagged);

/* tagged: the collection around it has said what it is. */
static void
add_object(buf *to, span value, bool tagged)
{
	bool          has_tag = jsontext_member(value, TAG_NAME).at != NULL, first = true;
	jsontext_walk walk = jsontext_open(value);
	span          name, inner;

	buf_byte(to, '{');
	if (!tagged && !has_tag) {
		buf_puts(to, "\"" TAG_NAME "\":\"" TAG_TABLE "\"");
		first = false;
	}
	while (jsontext_next(&walk, &name, &inner)) {
		EXS_SCOPED(buf) beside = BUF(name.len + sizeof TAG_NAME);

		if (tagged && span_is(name, "\"" TAG_NAME "\""))
			continue;
		if (!first)
			buf_byte(to, ',');
		first = false;
		jsontext_decode(&beside, name);
		buf_puts(&beside, TAG_NAME);
		tags_add_member(to, name, inner,
		                jsontext_member(value, buf_text(&beside)).at == NULL);
	}
	buf_byte(to, '}');
}

static void
add_array(buf *to, span value, bool tagged)
{
	jsontext_walk walk = jsontext_open(value);
	span          name, element;
	bool          first = true;

	buf_byte(to, '[');
	while (jsontext_next(&walk, &name, &element)) {
		if (!first)
			buf_byte(to, ',');
		first = false;
		add_value(to, element, tagged);
	}
	buf_byte(to, ']');
}

static void
add_value(buf *to, span value, bool tagged)
{
	switch (jsontext_kind_of(value)) {
	case JSONTEXT_OBJECT:
		add_object(to, value, tagged);
		return;
	case JSONTEXT_ARRAY:
		add_array(to, value, tagged);
		return;
	default:
		buf_add(to, value);
	}
}

void
tags_add_member(buf *to, span name, span value, bool beside)
{
	const char *type = beside ? collection_type(value) : NULL;

	if (type != NULL) {
		buf_add(to, span_from(name.at, name.len - 1));
		buf_addf(to, TAG_NAME "\":\"" TAG_COLLECTION "\",", type);
	}
	buf_add(to, name);
	buf_byte(to, ':');
	add_value(to, value, type != NULL);
}
