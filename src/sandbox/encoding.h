/*
 * Base64 in its spellings, hexadecimal, GUIDs, file contents.
 */
#ifndef SANDBOX_ENCODING_H
#define SANDBOX_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

enum { GUID_SIZE = 37 };

/* base64url without padding (RFC 7515), appended. */
void base64url_add(struct text *text, const void *bytes, size_t len);

/* Standard base64 with padding, appended. */
void base64_add(struct text *text, const void *bytes, size_t len);

/* Strict base64url: no padding, no stray bits. Appends; false (and nothing appended) otherwise. */
bool base64url_read(const char *from, size_t len, struct text *to);

/* Either alphabet, padded or not: how clients really spell thumbprints. */
bool base64_read_any(const char *from, size_t len, struct text *to);

/* Upper-case hexadecimal, appended. */
void hex_add(struct text *text, const void *bytes, size_t len);

/* Hexadecimal of exactly `want` bytes. */
bool hex_read(const char *from, unsigned char *bytes, size_t want);

/* A random version 4 GUID, lower case. */
void guid_make(char guid[GUID_SIZE]);

/* Always the same GUID for the same two strings, and for no others. */
void guid_derive(char guid[GUID_SIZE], const char *one, const char *other);

/* 8-4-4-4-12 hexadecimal digits. */
bool guid_is(const char *string);

/* A whole file, or false with errno set; at most `limit` bytes. */
bool file_read(const char *path, size_t limit, struct text *to);

/* Writes beside and renames, so that a reader sees the old file or the new one. */
bool file_replace(const char *path, unsigned mode, const char *bytes, size_t len);

#endif
