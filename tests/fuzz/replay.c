/*
 * Gives every file named on the command line, and every file in the directories named there, to a fuzz
 * target: what libFuzzer does with -runs=0, for compilers that have none. Also cuts each input short at
 * a few places, because half an answer is the commonest bad input of all.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static unsigned long replayed;

static void
feed(const uint8_t *input, size_t size)
{
	/* a block of exactly this size lets the address sanitizer see one byte too far */
	uint8_t *exact = malloc(size ? size : 1);

	if (exact == NULL)
		abort();
	for (size_t i = 0; i < size; i++)
		exact[i] = input[i];
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static void
replay_file(const char *path)
{
	FILE    *file = fopen(path, "rb");
	uint8_t *input = malloc(1 << 20);
	size_t   size;

	if (file == NULL || input == NULL) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	size = fread(input, 1, 1 << 20, file);
	fclose(file);
	fprintf(stderr, "%s: %zu bytes\n", path, size);
	feed(input, size);
	for (size_t part = 1; part < 8; part++)
		feed(input, size * part / 8);
	free(input);
	replayed++;
}

static void
replay(const char *path)
{
	struct stat    st;
	DIR           *directory;
	struct dirent *entry;
	char           inside[4096];

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		replay_file(path);
		return;
	}
	directory = opendir(path);
	if (directory == NULL) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name) >= (int)sizeof inside)
			continue;
		replay(inside);
	}
	closedir(directory);
}

int
main(int argc, char **argv)
{
	feed((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	fprintf(stderr, "%lu files replayed\n", replayed);
	return argc > 1 && replayed == 0;
}
