/* The memory of PINs that failed. */
#include "hsm/pinmemory.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>

enum { KEY_BYTES = 32, MAC_BYTES = 32, MACS_MAX = 8, FILE_MAX = 4096, SLICE_MS = 100 };

static const char first_line[] = "exosign-pin-memory 1";

/* What the file holds. The newest hash stands first. */
typedef struct record {
	unsigned      failures;
	size_t        n;
	unsigned char macs[MACS_MAX][MAC_BYTES];
} record;

struct pinmemory {
	char          *path;
	descriptor     lock;
	unsigned char  key[KEY_BYTES];
	token_identity identity;
	record         now, before;
};

static bool
is_blank_serial(const char *serial)
{
	return serial[strspn(serial, "0 ")] == '\0';
}

/* Length before bytes, so that no two identities run together. */
static void
add_field(buf *to, const void *bytes, size_t len)
{
	buf_addf(to, "%zu:", len);
	buf_add(to, span_from(bytes, len));
}

exs_status
token_identify(const token *t, token_identity *ret, exs_error *error)
{
	const CK_INFO *info = module_info(t->module);
	token_names    names = token_print(&t->info);
	EXS_SCOPED(buf) all = BUF(1024);
	token_identity identity;
	size_t         n = 0;

	add_field(&all, info->manufacturerID, sizeof info->manufacturerID);
	add_field(&all, info->libraryDescription, sizeof info->libraryDescription);
	add_field(&all, names.manufacturer, strlen(names.manufacturer));
	add_field(&all, names.model, strlen(names.model));
	add_field(&all, names.serial, strlen(names.serial));
	if (is_blank_serial(names.serial))
		add_field(&all, names.label, strlen(names.label));
	EXS_TRY(buf_check(&all, "a token's identity", error));
	if (EVP_Digest(all.at, all.len, identity.hash, NULL, EVP_sha256(), NULL) != 1)
		return exs_fail(error, E_BUG, "SHA-256 is not available");
	for (const char *c = names.serial; *c != '\0' && n < 20; c++)
		if ((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
			identity.name[n++] = *c;
	snprintf(identity.name + n, sizeof identity.name - n, "%s%02x%02x%02x%02x", n > 0 ? "-" : "",
	         identity.hash[0], identity.hash[1], identity.hash[2], identity.hash[3]);
	*ret = identity;
	return EXS_OK;
}

static bool
read_hex(span text, unsigned char *to, size_t len)
{
	EXS_SCOPED(buf) bytes = BUF(64);

	if (!decode_hex(&bytes, text) || bytes.len != len)
		return false;
	memcpy(to, bytes.at, len);
	return true;
}

/* first_line, "key HEX", "failures N", then "mac HEX" for each PIN. */
static bool
parse(span text, unsigned char *key, record *ret)
{
	record   r = {0};
	uint64_t failures;
	span     line, word;

	if (!span_is(span_cut(&text, '\n'), first_line))
		return false;
	line = span_cut(&text, '\n');
	if (!span_is(span_cut(&line, ' '), "key") || !read_hex(line, key, KEY_BYTES))
		return false;
	line = span_cut(&text, '\n');
	if (!span_is(span_cut(&line, ' '), "failures") || !span_unsigned(line, &failures) ||
	    failures > 1000000)
		return false;
	r.failures = (unsigned)failures;
	while (text.len > 0) {
		line = span_cut(&text, '\n');
		word = span_cut(&line, ' ');
		if (!span_is(word, "mac") || r.n == MACS_MAX || !read_hex(line, r.macs[r.n], MAC_BYTES))
			return false;
		r.n++;
	}
	*ret = r;
	return true;
}

static exs_status
write_down(const pinmemory *m, const record *r, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(FILE_MAX);

	/* Nothing to remember is no file. Should a power cut undo the removal, the login counts as failed: the safe way. */
	if (r->failures == 0)
		return file_remove(m->path, error);
	buf_addf(&text, "%s\nkey ", first_line);
	encode_hex(&text, span_from((const char *)m->key, KEY_BYTES), false);
	buf_addf(&text, "\nfailures %u\n", r->failures);
	for (size_t i = 0; i < r->n; i++) {
		buf_puts(&text, "mac ");
		encode_hex(&text, span_from((const char *)r->macs[i], MAC_BYTES), false);
		buf_byte(&text, '\n');
	}
	EXS_TRY(buf_check(&text, "the memory of failed PINs", error));
	return file_replace(m->path, buf_span(&text), 0600, error);
}

static exs_status
read_back(pinmemory *m, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(FILE_MAX);
	exs_status status;

	if (file_is_missing(m->path)) {
		if (RAND_bytes(m->key, KEY_BYTES) != 1)
			return exs_fail(error, E_BUG, "no random numbers");
		return EXS_OK;
	}
	EXS_TRY(file_read(m->path, FILE_PRIVATE, &text, error));
	if (parse(buf_span(&text), m->key, &m->now)) {
		m->before = m->now;
		return EXS_OK;
	}
	status = exs_fail(error, E_PIN_MEMORY, "the memory of failed PINs is damaged: %s", m->path);
	error_fix(error, "make sure that the PIN is right, then remove the file");
	return status;
}

static exs_status
path_of(const char *directory, const token_identity *identity, const char *suffix, char **ret,
        exs_error *error)
{
	EXS_SCOPED(buf) path = BUF(4096);

	buf_addf(&path, "%s/pin-%s%s", directory, identity->name, suffix);
	return buf_take(&path, "a file name", ret, error);
}

/* Waits for the other process's login; asks the host in between whether it gave up. */
static exs_status
lock(const exs_context *context, const char *path, int64_t wait_ms, descriptor *ret,
     exs_error *error)
{
	for (int64_t waited = 0;; waited += SLICE_MS) {
		EXS_SCOPED(error_scratch) busy = exs_error_new();
		exs_status status = file_lock(path, SLICE_MS, ret, busy);

		if (status == EXS_OK)
			return EXS_OK;
		EXS_TRY(context_check(context, error));
		if (waited >= wait_ms) {
			error_copy(error, busy);
			return status;
		}
	}
}

static exs_status
open_files(const exs_context *context, const char *directory, pinmemory *m, int64_t wait_ms,
           exs_error *error)
{
	EXS_AUTO(chars) *lock_path = NULL;

	EXS_TRY(file_private_directory(directory, error));
	EXS_TRY(path_of(directory, &m->identity, ".lock", &lock_path, error));
	EXS_TRY(path_of(directory, &m->identity, "", &m->path, error));
	EXS_TRY(lock(context, lock_path, wait_ms, &m->lock, error));
	return read_back(m, error);
}

exs_status
pinmemory_open(const exs_context *context, const char *directory, const token_identity *identity,
               int64_t wait_ms, pinmemory **ret, exs_error *error)
{
	EXS_AUTO(pinmemory) *m = mem_new(1, sizeof *m);
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	if (m == NULL || cause == NULL)
		return mem_fail(error);
	m->lock = -1;
	m->identity = *identity;
	status = open_files(context, directory, m, wait_ms, cause);
	if (status == EXS_OK) {
		EXS_GIVE(ret, m);
		return EXS_OK;
	}
	if (error_is(cause, E_FILE) || error_is(cause, E_FILE_MODE)) {
		status = exs_fail(error, E_PIN_MEMORY, "the memory of failed PINs cannot be kept in %s",
		                  directory);
		error_why(error, "%s", exs_error_message(cause));
		if (exs_error_fix(cause)[0] != '\0')
			error_fix(error, "%s", exs_error_fix(cause));
		return status;
	}
	error_copy(error, cause);
	return status;
}

void
pinmemory_free(pinmemory *m)
{
	if (m == NULL)
		return;
	descriptor_done(&m->lock);
	mem_free(m->path);
	mem_wipe_free(m, sizeof *m);
}

unsigned
pinmemory_peek(const char *directory, const token_identity *identity)
{
	EXS_AUTO(chars) *path = NULL;
	EXS_SCOPED(buf) text = BUF(FILE_MAX);
	unsigned char key[KEY_BYTES];
	record        r = {0};

	if (path_of(directory, identity, "", &path, NULL) != EXS_OK ||
	    file_read(path, FILE_PRIVATE, &text, NULL) != EXS_OK || !parse(buf_span(&text), key, &r))
		return 0;
	explicit_bzero(key, sizeof key);
	return r.failures;
}

unsigned
pinmemory_failures(const pinmemory *m)
{
	return m->now.failures;
}

static bool
hash_pin(const pinmemory *m, const secret *pin, unsigned char mac[MAC_BYTES])
{
	EXS_SCOPED(buf) input = BUF(8192);
	span bytes = secret_reveal(pin);

	buf_add(&input, span_from((const char *)m->identity.hash, sizeof m->identity.hash));
	buf_add(&input, bytes);
	return buf_check(&input, "a PIN", NULL) == EXS_OK &&
	       HMAC(EVP_sha256(), m->key, KEY_BYTES, (const unsigned char *)input.at, input.len, mac,
	            NULL) != NULL;
}

bool
pinmemory_knows(const pinmemory *m, const secret *pin)
{
	unsigned char mac[MAC_BYTES];

	if (!hash_pin(m, pin, mac))
		return true; /* a PIN that cannot be remembered is not sent */
	for (size_t i = 0; i < m->now.n; i++)
		if (CRYPTO_memcmp(mac, m->now.macs[i], MAC_BYTES) == 0)
			return true;
	return false;
}

exs_status
pinmemory_note(pinmemory *m, const secret *pin, exs_error *error)
{
	record next = m->now;

	next.failures++;
	if (pin != NULL && !pinmemory_knows(m, pin)) {
		if (next.n < MACS_MAX)
			next.n++;
		memmove(next.macs[1], next.macs[0], (next.n - 1) * MAC_BYTES);
		if (!hash_pin(m, pin, next.macs[0]))
			return exs_fail(error, E_PIN_MEMORY, "the PIN cannot be remembered");
	}
	EXS_TRY(write_down(m, &next, error));
	m->before = m->now;
	m->now = next;
	return EXS_OK;
}

exs_status
pinmemory_clear(pinmemory *m, exs_error *error)
{
	const record none = {0};

	EXS_TRY(write_down(m, &none, error));
	m->now = m->before = none;
	return EXS_OK;
}

exs_status
pinmemory_restore(pinmemory *m, exs_error *error)
{
	EXS_TRY(write_down(m, &m->before, error));
	m->now = m->before;
	return EXS_OK;
}
