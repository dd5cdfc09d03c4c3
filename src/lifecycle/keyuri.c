/* URIs of keys that are to be, made from those that are. */
#include "lifecycle/keyuri.h"

#include "base/moment.h"

enum { DATE_LEN = 9 }; /* "-20261128" */

static bool
names_object(span attribute)
{
	return span_starts(attribute, "object=") || span_starts(attribute, "id=") ||
	       span_starts(attribute, "type=");
}

static span
query_of(span *uri)
{
	span path = span_cut(uri, '?');
	span query = *uri;

	*uri = path;
	return query;
}

/* Writes the path's attributes that name the token, and then what is to stand behind them. */
static void
write_uri(buf *to, const char *uri, const char *more)
{
	span        rest = span_of(uri), query = query_of(&rest);
	const char *separator = "";

	if (span_starts(rest, "pkcs11:"))
		rest = span_from(rest.at + 7, rest.len - 7);
	buf_puts(to, "pkcs11:");
	while (rest.len > 0) {
		span attribute = span_cut(&rest, ';');

		if (attribute.len == 0 || names_object(attribute))
			continue;
		buf_puts(to, separator);
		buf_add(to, attribute);
		separator = ";";
	}
	if (more[0] != '\0')
		buf_addf(to, "%s%s", separator, more);
	if (query.len > 0) {
		buf_byte(to, '?');
		buf_add(to, query);
	}
}

void
keyuri_token(buf *to, const char *uri)
{
	write_uri(to, uri, "");
}

static bool
is_date(span text)
{
	if (text.len != DATE_LEN || text.at[0] != '-')
		return false;
	for (size_t i = 1; i < text.len; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return true;
}

/* "exo-20251128-2" and "exo-20251128" to "exo". */
static span
without_date(span label)
{
	for (size_t cut = label.len; cut + 4 > label.len && cut >= DATE_LEN; cut--) {
		span date = span_from(label.at + cut - DATE_LEN, DATE_LEN);
		bool ends = cut == label.len || label.at[cut] == '-';

		if (ends && is_date(date) && cut > DATE_LEN)
			return span_from(label.at, cut - DATE_LEN);
	}
	return label;
}

bool
keyuri_successor(buf *to, const char *uri, int64_t now, unsigned nth)
{
	span        rest = span_of(uri), label = span_from("", 0);
	moment_text when = moment_print(now);
	EXS_SCOPED(buf) object = BUF(1024);

	(void)query_of(&rest);
	if (span_starts(rest, "pkcs11:"))
		rest = span_from(rest.at + 7, rest.len - 7);
	while (rest.len > 0) {
		span attribute = span_cut(&rest, ';');

		if (span_starts(attribute, "object="))
			label = span_from(attribute.at + 7, attribute.len - 7);
	}
	if (label.len == 0)
		return false;
	buf_puts(&object, "object=");
	buf_add(&object, without_date(label));
	buf_addf(&object, "-%.4s%.2s%.2s", when.at, when.at + 5, when.at + 8);
	if (nth > 0)
		buf_addf(&object, "-%u", nth + 1);
	write_uri(to, uri, buf_text(&object));
	return buf_check(&object, "a label", NULL) == EXS_OK && buf_check(to, "a URI", NULL) == EXS_OK;
}

bool
keyuri_is_one(const char *setting)
{
	return setting != NULL && span_starts(span_of(setting), "pkcs11:") && strchr(setting, ' ') == NULL;
}
