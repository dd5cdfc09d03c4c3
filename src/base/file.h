/*
 * Files that matter: opened with care, read with a ceiling, replaced whole.
 *
 * All checks look at the open descriptor, not at the name. Errors name the path and what is wrong with it.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/secret.h"

typedef enum file_trust {
	FILE_ANY,     /* public contents: a certificate, a CA file */
	FILE_SETTING, /* owner this user or root, not writable by group or others */
	FILE_PRIVATE, /* owner this user or root, no access for group or others, no symbolic link */
	FILE_ANNOUNCED, /* in a directory whose announcer answers for it (systemd credentials): regular, no link */
} file_trust;

/* Appends the whole file to `to`, whose ceiling bounds it. A missing file fails with E_FILE; ask file_is_missing(). */
EXS_MUST_USE exs_status file_read(const char *path, file_trust trust, buf *to, exs_error *error);

/* The contents as a secret, one trailing LF or CRLF removed. */
EXS_MUST_USE exs_status file_read_secret(const char *path, file_trust trust, size_t ceiling,
                                         secret **ret, exs_error *error);

bool file_is_missing(const char *path);

/* One that is missing already is removed. */
EXS_MUST_USE exs_status file_remove(const char *path, exs_error *error);

/*
 * Replaces the file atomically: written beside it, flushed, renamed. mode as for open(); with FILE_KEEP_OWNER a file that is there
 * keeps its owner, group and mode instead.
 */
enum { FILE_KEEP_OWNER = 01000000 };
EXS_MUST_USE exs_status file_replace(const char *path, span contents, unsigned mode,
                                     exs_error *error);

/* Makes the directory and its parents (0700) when missing; refuses one others may write to. */
EXS_MUST_USE exs_status file_private_directory(const char *path, exs_error *error);

/* Opens (0600) and locks a file for one writer at a time, waiting at most wait_ms. Close it to let go. */
EXS_MUST_USE exs_status file_lock(const char *path, int64_t wait_ms, int *ret_fd, exs_error *error);

/* For EXS_SCOPED(descriptor): closed when it leaves scope; -1 is none. */
typedef int descriptor;
void descriptor_done(descriptor *fd);

#endif
