/* Any well-formed rows (a line each) in every format: never a control character that a terminal would obey. */
#include "base/error.h"
#include "base/jsontext.h"
#include "output/writer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_MAX = 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

/* Newline, and CR and tab where a format uses them, are the only control characters allowed. */
static void
check_harmless(int fd, output_format format)
{
	static char out[OUT_MAX];
	ssize_t     n = pread(fd, out, sizeof out, 0);

	for (ssize_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)out[i];

		if (c >= 0x20 && c != 0x7F)
			continue;
		if (c == '\n' || (c == '\r' && format == OUTPUT_CSV) || (c == '\t' && format == OUTPUT_TSV))
			continue;
		abort();
	}
}

static void
write_all(span text, output_format format, int fd)
{
	writer_options options = {.format = format, .fd = fd, .terminal = true, .width = 80};
	EXS_AUTO(writer) *w = NULL;
	size_t at;

	if (writer_new(&options, &w, NULL) != EXS_OK)
		return;
	while (text.len > 0) {
		span row = span_cut(&text, '\n');

		if (!jsontext_check(row, &at))
			continue;
		if (writer_row(w, row.at, row.len, NULL) != EXS_OK)
			return;
	}
	if (writer_end(w, NULL) == EXS_OK && format != OUTPUT_JSON && format != OUTPUT_NDJSON)
		check_harmless(fd, format);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd < 0)
		abort();
	for (int format = 0; format < OUTPUT_FORMATS; format++) {
		if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
			abort();
		write_all(span_from((const char *)input, size), (output_format)format, fd);
	}
	return 0;
}
