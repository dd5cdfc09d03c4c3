/* How wide the columns of a table become. */
#include "output/layout.h"

#include "output/width.h"

/* Names and addresses must stay whole to be of use; prose may be cut. */
static bool
tells_apart(const char *name)
{
	static const char *const endings[] = {"Id",  "Identity", "Guid",  "Address", "Name",
	                                      "Uri", "User",     "Value", "From",    "Place"};

	if (span_ends_nocase(span_of(name), "DisplayName"))
		return false;
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (span_ends_nocase(span_of(name), endings[i]))
			return true;
	return false;
}

static void
measure(layout *l, const columns *c, const char *cells, size_t n_rows)
{
	for (size_t i = 0; i < c->n; i++)
		l->widths[i] = width_of(span_of(c->at[i].name));
	for (size_t r = 0; r < n_rows; r++) {
		for (size_t i = 0; i < c->n; i++) {
			size_t wide = width_of(span_of(cells));

			if (wide > l->widths[i])
				l->widths[i] = wide;
			cells += strlen(cells) + 1;
		}
	}
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What is left of the line after what may not be cut and the gaps, shared from left to right. */
static void
share(layout *l, const columns *c, size_t width)
{
	size_t taken = c->n > 0 ? c->n - 1 : 0, n_prose = 0, left;

	for (size_t i = 0; i < c->n; i++) {
		if (tells_apart(c->at[i].name))
			taken += l->widths[i];
		else
			n_prose++;
	}
	left = width > taken ? width - taken : 0;
	for (size_t i = 0; i < c->n; i++) {
		size_t part, heading = width_of(span_of(c->at[i].name));

		if (tells_apart(c->at[i].name))
			continue;
		/* the last column may have all that is left, in case later rows need it */
		part = i + 1 == c->n ? left : least(l->widths[i], left / n_prose);
		if (part < least(l->widths[i], LAYOUT_PROSE_LEAST))
			part = least(l->widths[i], LAYOUT_PROSE_LEAST);
		if (part < heading)
			part = heading;
		l->limits[i] = part;
		l->widths[i] = least(l->widths[i], part);
		left -= least(left, part);
		n_prose--;
	}
}

exs_status
layout_make(layout *l, const columns *c, const char *cells, size_t n_rows, unsigned width,
            exs_error *error)
{
	layout_done(l);
	l->widths = mem_new(c->n, sizeof *l->widths);
	l->limits = mem_new(c->n, sizeof *l->limits);
	if (l->widths == NULL || l->limits == NULL)
		return mem_fail(error);
	measure(l, c, cells, n_rows);
	if (width > 0)
		share(l, c, width);
	return EXS_OK;
}

void
layout_done(layout *l)
{
	mem_free(l->widths);
	mem_free(l->limits);
	*l = (layout){0};
}
