/*
 * A SoftHSM token. See device.h.
 */
#include "device.h"

#include <dlfcn.h>
#include <errno.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "encoding.h"
#include "instance.h"
#include "options.h"

enum { SLOTS_MAX = 64, PIN_DIGITS = 12 };

const char *
device_module(void)
{
	static const char *const places[] = {
		"/usr/lib/softhsm/libsofthsm2.so",
		"/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
		"/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
		"/usr/lib64/pkcs11/libsofthsm2.so",
		"/usr/lib64/softhsm/libsofthsm2.so",
		"/usr/lib/pkcs11/libsofthsm2.so",
		"/usr/local/lib/softhsm/libsofthsm2.so",
		"/opt/homebrew/lib/softhsm/libsofthsm2.so",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (access(places[i], R_OK) == 0)
			return places[i];
	}
	complain("SoftHSM's library was not found (Debian: apt-get install libsofthsm2)");
	return NULL;
}

bool
device_write_conf(const char *store, const char *name, const char *mechanisms)
{
	struct text conf = { 0 };
	char path[PATH_SIZE];
	bool good;

	instance_path(store, "tokens", path);
	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		complain("cannot make %s: %s", path, strerror(errno));
		return false;
	}
	text_addf(&conf, "directories.tokendir = %s\nobjectstore.backend = file\n"
	          "log.level = ERROR\nslots.removable = false\n", path);
	if (mechanisms != NULL)
		text_addf(&conf, "slots.mechanisms = %s\n", mechanisms);
	instance_path(store, name, path);
	good = file_replace(path, 0600, conf.at, conf.len);
	text_done(&conf);
	if (!good)
		complain("cannot write %s: %s", path, strerror(errno));
	return good;
}

bool
device_did(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return true;
	complain("%s failed: 0x%lx%s", what, (unsigned long)rv,
	         rv == CKR_PIN_INCORRECT ? " (the PIN is wrong)" : "");
	return false;
}

bool
device_open(struct device *device, const char *module, const char *conf)
{
	CK_C_INITIALIZE_ARGS threads = { .flags = CKF_OS_LOCKING_OK };
	CK_C_GetFunctionList get_list;
	void *symbol;

	*device = (struct device){ .session = CK_INVALID_HANDLE };
	setenv("SOFTHSM2_CONF", conf, 1);
	device->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	symbol = device->library != NULL ? dlsym(device->library, "C_GetFunctionList") : NULL;
	if (symbol == NULL) {
		complain("cannot load %s: %s", module, dlerror());
		return false;
	}
	memcpy(&get_list, &symbol, sizeof(get_list)); /* ISO C has no cast for this */
	if (!device_did(get_list(&device->f), "C_GetFunctionList"))
		return false;
	return device_did(device->f->C_Initialize(&threads), "C_Initialize");
}

void
device_close(struct device *device)
{
	if (device->f == NULL)
		return;
	if (device->session != CK_INVALID_HANDLE)
		device->f->C_CloseSession(device->session);
	/* Before exit, always: SoftHSM's own destructors run after OpenSSL is gone. */
	device->f->C_Finalize(NULL);
	*device = (struct device){ .session = CK_INVALID_HANDLE };
}

static bool
label_is(const CK_TOKEN_INFO *token, const char *label)
{
	unsigned char padded[32];

	memset(padded, ' ', sizeof(padded));
	memcpy(padded, label, strnlen(label, sizeof(padded)));
	return memcmp(token->label, padded, sizeof(padded)) == 0;
}

/* The first slot that fits: by label, or the first without a token's data when label is NULL. */
static bool
find_slot(struct device *device, const char *label, bool *ret_found, CK_SLOT_ID *ret_slot)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG n = SLOTS_MAX;

	*ret_found = false;
	if (!device_did(device->f->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList"))
		return false;
	for (CK_ULONG i = 0; i < n && !*ret_found; i++) {
		CK_TOKEN_INFO token;
		bool made;

		if (!device_did(device->f->C_GetTokenInfo(slots[i], &token), "C_GetTokenInfo"))
			return false;
		made = (token.flags & CKF_TOKEN_INITIALIZED) != 0;
		*ret_found = label != NULL ? made && label_is(&token, label) : !made;
		*ret_slot = slots[i];
	}
	return true;
}

bool
device_find(struct device *device, const char *label, bool *ret_found, CK_SLOT_ID *ret_slot)
{
	return find_slot(device, label, ret_found, ret_slot);
}

static void
bytes_of(const char *string, unsigned char *bytes)
{
	memcpy(bytes, string, strlen(string));
}

bool
device_make_token(struct device *device, const char *label, const char *so_pin, const char *pin)
{
	unsigned char padded[32], so_bytes[PIN_SIZE], bytes[PIN_SIZE];
	CK_SESSION_HANDLE session;
	CK_SLOT_ID slot;
	bool found, good;

	if (!find_slot(device, NULL, &found, &slot))
		return false;
	if (!found) {
		complain("SoftHSM offers no free slot");
		return false;
	}
	memset(padded, ' ', sizeof(padded));
	memcpy(padded, label, strnlen(label, sizeof(padded)));
	bytes_of(so_pin, so_bytes);
	bytes_of(pin, bytes);
	if (!device_did(device->f->C_InitToken(slot, so_bytes, strlen(so_pin), padded),
	                "C_InitToken") ||
	    !device_did(device->f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
	                                         NULL, &session), "C_OpenSession"))
		return false;
	good = device_did(device->f->C_Login(session, CKU_SO, so_bytes, strlen(so_pin)),
	                  "C_Login as security officer") &&
	       device_did(device->f->C_InitPIN(session, bytes, strlen(pin)), "C_InitPIN");
	device->f->C_CloseSession(session);
	return good;
}

bool
device_login(struct device *device, const char *label, const char *pin)
{
	unsigned char bytes[PIN_SIZE];
	CK_SLOT_ID slot;
	bool found;

	if (!find_slot(device, label, &found, &slot))
		return false;
	if (!found) {
		complain("there is no token called '%s'", label);
		return false;
	}
	if (!device_did(device->f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
	                                         NULL, &device->session), "C_OpenSession"))
		return false;
	if (pin == NULL)
		return true;
	bytes_of(pin, bytes);
	return device_did(device->f->C_Login(device->session, CKU_USER, bytes, strlen(pin)),
	                  "C_Login");
}

static bool
make_pin(const char *path)
{
	unsigned char random[PIN_DIGITS];
	char pin[PIN_DIGITS];

	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	for (size_t i = 0; i < PIN_DIGITS; i++)
		pin[i] = (char)('0' + random[i] % 10);
	return file_replace(path, 0600, pin, sizeof(pin));
}

bool
pin_read(const char *path, bool make, char pin[PIN_SIZE])
{
	struct text file = { 0 };
	size_t len;

	if (make && access(path, F_OK) != 0 && !make_pin(path)) {
		complain("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	if (!file_read(path, PIN_SIZE, &file)) {
		complain("cannot read the PIN in %s: %s", path, strerror(errno));
		text_done(&file);
		return false;
	}
	len = file.at != NULL ? strcspn(file.at, "\r\n") : 0;
	if (len < 4 || len >= PIN_SIZE) {
		complain("the PIN in %s must have 4 to %d characters", path, PIN_SIZE - 1);
		text_done(&file);
		return false;
	}
	memcpy(pin, file.at, len);
	pin[len] = '\0';
	text_done(&file);
	return true;
}
