/*
 * The type tags the service's binder wants (exchange-rest.md 2.5): every hashtable says that it is one, and a collection
 * of hashtables or byte arrays says it beside its name.
 */
#ifndef EXCHANGE_TAGS_H
#define EXCHANGE_TAGS_H

#include "base/buf.h"

#define TAG_NAME       "@odata.type"
#define TAG_TABLE      "#Exchange.GenericHashTable"
#define TAG_BYTES      "#Exchange.ByteArrayType"
#define TAG_COLLECTION "#Collection(Exchange.%s)"

/*
 * Appends "name":value with the tags it needs; name is quoted, value is JSON that was checked. Numbers and strings stay
 * byte for byte, blanks between values go. A tag that is there stays as it is. beside: the tag of a collection may
 * be put in (false when the object has one already).
 */
void tags_add_member(buf *to, span name, span value, bool beside);

#endif
