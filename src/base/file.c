/* Files that matter. */
#include "base/file.h"

#include "base/error.h"
#include "base/moment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
descriptor_done(descriptor *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static exs_status
fail_with_errno(exs_error *error, const char *doing, const char *path)
{
	char reason[128];
	int  number = errno;

	return exs_fail(error, E_FILE, "cannot %s %s: %s", doing, path,
	                strerror_r(number, reason, sizeof reason));
}

bool
file_is_missing(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

static exs_status
check_trust(int fd, const char *path, file_trust trust, exs_error *error)
{
	struct stat st;
	mode_t      forbidden = trust == FILE_PRIVATE ? 077 : 022;
	exs_status  status;

	if (fstat(fd, &st) < 0)
		return fail_with_errno(error, "look at", path);
	if (S_ISDIR(st.st_mode) || (trust != FILE_ANY && !S_ISREG(st.st_mode)))
		return exs_fail(error, E_FILE, "%s is not a regular file", path);
	if (trust == FILE_ANY || trust == FILE_ANNOUNCED)
		return EXS_OK;
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		status = exs_fail(error, E_FILE_MODE, "%s belongs to user %u, not to you or root", path,
		                  (unsigned)st.st_uid);
		error_fix(error, "chown %u %s", (unsigned)geteuid(), path);
		return status;
	}
	if ((st.st_mode & forbidden) != 0) {
		status = exs_fail(error, E_FILE_MODE, "%s may be %s by others (mode %04o)", path,
		                  trust == FILE_PRIVATE ? "read or written" : "written",
		                  (unsigned)(st.st_mode & 07777));
		error_fix(error, "chmod %s %s", trust == FILE_PRIVATE ? "600" : "go-w", path);
		return status;
	}
	return EXS_OK;
}

static exs_status
open_trusted(const char *path, file_trust trust, int *ret_fd, exs_error *error)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	EXS_SCOPED(descriptor) fd = -1;

	if (trust == FILE_PRIVATE || trust == FILE_ANNOUNCED)
		flags |= O_NOFOLLOW;
	fd = open(path, flags);
	if (fd < 0 && errno == ELOOP)
		return exs_fail(error, E_FILE, "%s is a symbolic link, which is not followed here", path);
	if (fd < 0)
		return fail_with_errno(error, "open", path);
	EXS_TRY(check_trust(fd, path, trust, error));
	*ret_fd = fd;
	fd = -1;
	return EXS_OK;
}

static exs_status
read_all(int fd, const char *path, buf *to, exs_error *error)
{
	enum { CHUNK = 16 * 1024 };
	ssize_t n;

	for (;;) {
		size_t left = to->ceiling - to->len;
		size_t want = left < CHUNK ? left + 1 : CHUNK;
		char   beyond, *room = left == 0 ? &beyond : buf_grow(to, left < CHUNK ? left : CHUNK);

		if (room == NULL)
			return buf_check(to, path, error);
		n = read(fd, room, left == 0 ? 1 : want > left ? left : want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_with_errno(error, "read", path);
		if (n == 0)
			return EXS_OK;
		if (left == 0)
			return exs_fail(error, E_FILE, "%s is larger than %zu bytes", path, to->ceiling);
		buf_grew(to, (size_t)n);
	}
}

exs_status
file_read(const char *path, file_trust trust, buf *to, exs_error *error)
{
	EXS_SCOPED(descriptor) fd = -1;

	EXS_TRY(open_trusted(path, trust, &fd, error));
	return read_all(fd, path, to, error);
}

exs_status
file_read_secret(const char *path, file_trust trust, size_t ceiling, secret **ret,
                 exs_error *error)
{
	EXS_SCOPED(buf) contents = BUF(ceiling);
	span bytes;

	EXS_TRY(file_read(path, trust, &contents, error));
	bytes = buf_span(&contents);
	if (bytes.len > 0 && bytes.at[bytes.len - 1] == '\n')
		bytes.len--;
	if (bytes.len > 0 && bytes.at[bytes.len - 1] == '\r')
		bytes.len--;
	return secret_new(bytes, ret, error);
}

static exs_status
write_all(int fd, span bytes, const char *path, exs_error *error)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.at, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_with_errno(error, "write", path);
		bytes = span_from(bytes.at + n, bytes.len - (size_t)n);
	}
	return EXS_OK;
}

/* So that the new name survives a power cut too; some file systems cannot, and then the rename is all there is. */
static void
keep_name(const char *path)
{
	EXS_SCOPED(descriptor) directory = -1;
	char        parent[4096] = ".";
	const char *slash = strrchr(path, '/');

	if (slash != NULL)
		(void)snprintf(parent, sizeof parent, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory >= 0)
		(void)fsync(directory);
}

exs_status
file_replace(const char *path, span contents, unsigned mode, exs_error *error)
{
	EXS_SCOPED(buf) beside = BUF(4096);
	EXS_SCOPED(descriptor) fd = -1;
	struct stat like = {.st_mode = mode & ~(unsigned)FILE_KEEP_OWNER};
	exs_status  status;

	buf_addf(&beside, "%s.XXXXXX", path);
	EXS_TRY(buf_check(&beside, "a file name", error));
	fd = mkostemp(beside.at, O_CLOEXEC);
	if (fd < 0)
		return fail_with_errno(error, "make", beside.at);
	/* whose owner and group cannot be given to the new file, that is this user's alone */
	if ((mode & FILE_KEEP_OWNER) != 0 && stat(path, &like) == 0 && fchown(fd, like.st_uid, like.st_gid) < 0)
		like.st_mode = mode & 0700;
	status = write_all(fd, contents, beside.at, error);
	if (status == EXS_OK && (fchmod(fd, like.st_mode & 0777) < 0 || fsync(fd) < 0))
		status = fail_with_errno(error, "write", beside.at);
	if (status == EXS_OK && rename(beside.at, path) < 0)
		status = fail_with_errno(error, "replace", path);
	if (status != EXS_OK)
		unlink(beside.at);
	else
		keep_name(path);
	return status;
}

exs_status
file_remove(const char *path, exs_error *error)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return fail_with_errno(error, "remove", path);
	return EXS_OK;
}

exs_status
file_private_directory(const char *path, exs_error *error)
{
	EXS_SCOPED(buf) parent = BUF(4096);
	struct stat st;
	span        rest = span_of(path);

	while (rest.len > 0) {
		span name = span_cut(&rest, '/');

		if (name.len == 0)
			continue;
		if (parent.len > 0 || path[0] == '/')
			buf_byte(&parent, '/');
		buf_add(&parent, name);
		EXS_TRY(buf_check(&parent, "a directory name", error));
		if (mkdir(buf_text(&parent), 0700) < 0 && errno != EEXIST)
			return fail_with_errno(error, "make the directory", buf_text(&parent));
	}
	if (stat(path, &st) < 0)
		return fail_with_errno(error, "look at", path);
	if (!S_ISDIR(st.st_mode))
		return exs_fail(error, E_FILE, "%s is not a directory", path);
	if ((st.st_mode & 022) != 0 || (st.st_uid != geteuid() && st.st_uid != 0)) {
		exs_status status = exs_fail(error, E_FILE_MODE, "others may write to %s", path);

		error_fix(error, "chmod 700 %s", path);
		return status;
	}
	return EXS_OK;
}

exs_status
file_lock(const char *path, int64_t wait_ms, int *ret_fd, exs_error *error)
{
	int64_t until = moment_steady_ms() + wait_ms;
	EXS_SCOPED(descriptor) fd = -1;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail_with_errno(error, "open", path);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_with_errno(error, "lock", path);
		if (moment_steady_ms() >= until)
			return exs_fail(error, E_FILE, "%s is in use by another process", path);
		nanosleep(&(struct timespec){.tv_nsec = 20 * 1000000}, NULL);
	}
	*ret_fd = fd;
	fd = -1;
	return EXS_OK;
}
