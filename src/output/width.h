/* How many columns of a terminal text takes. The locale's character set must be UTF-8. */
#ifndef OUTPUT_WIDTH_H
#define OUTPUT_WIDTH_H

#include "base/buf.h"

size_t width_of(span text);
/* Appends the text, cut to `most` columns with an ellipsis when it is wider. */
void width_cut(buf *to, span text, size_t most);

#endif
