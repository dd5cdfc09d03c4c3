/* A value one may use but not format. */
#include "base/secret.h"

#include "base/error.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SPARE_MAX = 16 };

struct secret {
	char  *at;
	size_t len;
	size_t mapped;
};

/*
 * Wiped memory that waits for the next secret of its size. Giving a page back interrupts every processor that runs a thread
 * of ours; a program that makes assertions all the time would do that for each of them.
 */
static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;
static char           *spare[SPARE_MAX];
static size_t          n_spare;

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static char *
map_new(size_t size)
{
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	/* A low RLIMIT_MEMLOCK refuses the lock; the other protections hold all the same. */
	(void)mlock(at, size);
	(void)madvise(at, size, MADV_DONTDUMP);
	(void)madvise(at, size, MADV_WIPEONFORK);
	return at;
}

static char *
map(size_t size)
{
	char *at = NULL;

	if (size == page_size()) {
		pthread_mutex_lock(&spare_lock);
		if (n_spare > 0)
			at = spare[--n_spare];
		pthread_mutex_unlock(&spare_lock);
	}
	return at != NULL ? at : map_new(size);
}

static void
unmap(char *at, size_t size)
{
	bool is_kept = false;

	if (size == page_size()) {
		pthread_mutex_lock(&spare_lock);
		is_kept = n_spare < SPARE_MAX;
		if (is_kept)
			spare[n_spare++] = at;
		pthread_mutex_unlock(&spare_lock);
	}
	if (!is_kept)
		munmap(at, size);
}

exs_status
secret_new(span bytes, secret **ret, exs_error *error)
{
	secret *s = mem_new(1, sizeof *s);

	if (s == NULL)
		return mem_fail(error);
	s->mapped = (bytes.len / page_size() + 1) * page_size();
	s->at = map(s->mapped);
	if (s->at == NULL) {
		mem_free(s);
		return mem_fail(error);
	}
	s->len = bytes.len;
	if (bytes.len > 0)
		memcpy(s->at, bytes.at, bytes.len);
	*ret = s;
	return EXS_OK;
}

void
secret_free(secret *s)
{
	if (s == NULL)
		return;
	explicit_bzero(s->at, s->len);
	unmap(s->at, s->mapped);
	mem_free(s);
}

span
secret_reveal(const secret *s)
{
	return span_from(s->at, s->len);
}

size_t
secret_length(const secret *s)
{
	return s->len;
}

bool
secret_same(const secret *a, const secret *b)
{
	return a->len == b->len && CRYPTO_memcmp(a->at, b->at, a->len) == 0;
}

void
secret_fingerprint(const secret *s, char ret[17])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};

	(void)EVP_Digest(s->at, s->len, digest, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < 8; i++)
		snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}
