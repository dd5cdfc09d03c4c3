/* A value one may use but not format. */
#include "base/secret.h"

#include "base/error.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct secret {
	char  *at;
	size_t len;
	size_t mapped;
};

exs_status
secret_new(span bytes, secret **ret, exs_error *error)
{
	size_t  page = (size_t)sysconf(_SC_PAGESIZE);
	secret *s = mem_new(1, sizeof *s);

	if (s == NULL)
		return mem_fail(error);
	s->mapped = (bytes.len / page + 1) * page;
	s->at = mmap(NULL, s->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->at == MAP_FAILED) {
		mem_free(s);
		return mem_fail(error);
	}
	/* A low RLIMIT_MEMLOCK refuses the lock; the other protections hold all the same. */
	(void)mlock(s->at, s->mapped);
	(void)madvise(s->at, s->mapped, MADV_DONTDUMP);
	(void)madvise(s->at, s->mapped, MADV_WIPEONFORK);
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
	munmap(s->at, s->mapped);
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
