/*
 * The answer of EXOModuleFile while it arrives (exchange-rest.md 2.12):
 *
 *   {"value":[{"fileName":"...","fileContent":"<the script, several megabytes>","exportedCmdlets":"A,B,C"}, ...]}
 *
 * It is JSON (RFC 8259), read a piece at a time. The script is handed on as it is decoded and never held; what is kept is
 * the list of names and the records made of the script. Members may come in any order.
 */
#ifndef EXCHANGE_MODULEFILE_H
#define EXCHANGE_MODULEFILE_H

#include "exchange/functions.h"

enum {
	MODULEFILE_MAX = 64 * 1024 * 1024, /* of the answer; the real one has a tenth of that */
	MODULEFILE_NAMES_MAX = 1024 * 1024,
	MODULEFILE_DEPTH_MAX = 16,
};

typedef struct modulefile {
	functions functions;
	buf       names;     /* exportedCmdlets of all files: A,B,C */
	bool      has_script, has_names;
	bool      unread; /* the script was not understood: the names are all there is */

	/* the reader of JSON */
	int       expects;
	bool      objects[MODULEFILE_DEPTH_MAX];
	unsigned  depth;
	char      key[32], word[8];
	size_t    key_length, word_length;
	int       target;    /* whose characters the string is */
	uint32_t  code, high;
	unsigned  digits;
	uint64_t  bytes;
	char      decoded[4096];
	size_t    n_decoded;
} modulefile;

void modulefile_begin(modulefile *m);
void modulefile_done(modulefile *m);

/* The next bytes of the answer. E_ANSWER when it is not what it should be, E_ANSWER_SIZE over the ceiling. */
EXS_MUST_USE exs_status modulefile_feed(modulefile *m, span piece, exs_error *error);
/*
 * There is no more: names and functions are complete, or E_ANSWER. A script we do not understand costs its parameters alone when
 * names came beside it (unread).
 */
EXS_MUST_USE exs_status modulefile_end(modulefile *m, exs_error *error);

#endif
