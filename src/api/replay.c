/* Rows that were handed out already and come again. */
#include "api/replay.h"

#include "base/error.h"

#include <openssl/evp.h>

static exs_status
failed(exs_error *error)
{
	return exs_fail(error, E_BUG, "SHA-256 cannot be computed");
}

exs_status
replay_begin(replay *r, exs_error *error)
{
	*r = (replay){EVP_MD_CTX_new(), EVP_MD_CTX_new(), EVP_MD_CTX_new(), 0, 0, 0};
	if (r->out == NULL || r->page == NULL || r->again == NULL)
		return mem_fail(error);
	if (EVP_DigestInit_ex(r->out, EVP_sha256(), NULL) != 1)
		return failed(error);
	return replay_page(r, error);
}

void
replay_done(replay *r)
{
	EVP_MD_CTX_free(r->out);
	EVP_MD_CTX_free(r->page);
	EVP_MD_CTX_free(r->again);
	*r = (replay){NULL, NULL, NULL, 0, 0, 0};
}

bool
replay_is_on(const replay *r)
{
	return r->at < r->rows;
}

exs_status
replay_page(replay *r, exs_error *error)
{
	r->page_at = r->at;
	return EVP_MD_CTX_copy_ex(r->page, replay_is_on(r) ? r->again : r->out) == 1
	               ? EXS_OK
	               : failed(error);
}

exs_status
replay_again(replay *r, bool whole_list, exs_error *error)
{
	bool good;

	if (whole_list)
		good = EVP_DigestInit_ex(r->again, EVP_sha256(), NULL) == 1;
	else
		good = EVP_MD_CTX_copy_ex(r->again, r->page) == 1;
	r->at = whole_list ? 0 : r->page_at;
	return good ? EXS_OK : failed(error);
}

/* The length goes in too, so that no two lists of rows look alike when joined. */
static bool
add(EVP_MD_CTX *sum, span identity)
{
	uint64_t len = identity.len;

	return EVP_DigestUpdate(sum, &len, sizeof len) == 1 &&
	       EVP_DigestUpdate(sum, identity.at, identity.len) == 1;
}

static bool
sum_of(const EVP_MD_CTX *sum, unsigned char digest[EVP_MAX_MD_SIZE])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	bool        good = copy != NULL && EVP_MD_CTX_copy_ex(copy, sum) == 1 &&
	            EVP_DigestFinal_ex(copy, digest, NULL) == 1;

	EVP_MD_CTX_free(copy);
	return good;
}

static exs_status
compare(replay *r, exs_error *error)
{
	unsigned char before[EVP_MAX_MD_SIZE] = {0}, now[EVP_MAX_MD_SIZE] = {0};

	if (!sum_of(r->out, before) || !sum_of(r->again, now))
		return failed(error);
	if (memcmp(before, now, sizeof now) != 0) {
		exs_status status = exs_fail(error, E_EXO_INCOMPLETE,
		                             "the list was asked for again, and its first %llu rows "
		                             "were not the same any more",
		                             (unsigned long long)r->rows);

		error_why(error, "objects were added, removed or reordered while it was read");
		return status;
	}
	return EXS_OK;
}

exs_status
replay_row(replay *r, span identity, bool *ret_new, exs_error *error)
{
	*ret_new = !replay_is_on(r);
	if (!add(*ret_new ? r->out : r->again, identity))
		return failed(error);
	r->at++;
	if (*ret_new)
		r->rows++;
	else if (!replay_is_on(r))
		return compare(r, error);
	return EXS_OK;
}
