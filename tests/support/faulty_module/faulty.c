/*
 * A PKCS#11 module that forwards to SoftHSM and does what a script says: fails, delays or hangs the Nth call of a
 * function, or shows a token with other flags.
 *
 * The script is the file named by EXS_FAULTY_SCRIPT and read before each call, so that a test can change it at any time. A line is
 * "FUNCTION N ACTION [VALUE]"; N counts calls of that function since the file was last changed, 0 means every call:
 *
 *	C_Sign 2 fail 0x32        answers CKR_DEVICE_REMOVED without asking SoftHSM
 *	C_Sign 1 slowfail 0x101   the same after two seconds
 *	C_Sign 1 delay 2000       milliseconds, then asks SoftHSM
 *	C_Initialize 1 hang       until the process ends, or the script changes
 *	C_GetTokenInfo 0 flags 0x20000   sets these bits of the token's flags
 *	C_GetTokenInfo 0 mask 0x8        clears these
 *	C_GetTokenInfo 0 sessions 1      ulMaxSessionCount
 *	C_Sign 0 spoil            the signature's last bit is turned
 *	C_Login 0 pad             a NULL PIN is typed at the device: the one in the file EXS_FAULTY_PAD
 *	C_Sign 1 remove           all its sessions end, as with a token that is pulled out; answers CKR_DEVICE_REMOVED
 *	C_SignInit 1 logout       another program logs the user out, then SoftHSM is asked
 *	C_GetSlotList 0 move 64   slots have numbers higher by this; the old ones are unknown
 *	C_GetAttributeValue 0 flip 0x162   a yes becomes a no and the other way, for this attribute
 *
 * Each call of a function named in EXS_FAULTY_LOG's file is counted there, a line a call: "C_Login"; for one without a PIN a
 * second line stands before it: "C_Login(NULL)".
 */
#include <fcntl.h>
#include <p11-kit/pkcs11.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

enum { COUNTERS = 32, PAUSE_MS = 20, SLOW_MS = 2000 };

typedef struct order {
	char          action[16];
	unsigned long value;
} order;

static CK_FUNCTION_LIST *real, faulty;
static pthread_mutex_t   lock = PTHREAD_MUTEX_INITIALIZER;
static struct timespec   changed;
static struct {
	const char *name;
	unsigned    calls;
} counters[COUNTERS];

static void
pause_ms(unsigned long ms)
{
	const struct timespec wait = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	nanosleep(&wait, NULL);
}

static void
note_call(const char *function)
{
	const char *path = getenv("EXS_FAULTY_LOG");
	int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd >= 0) {
		char line[64];
		int  len = snprintf(line, sizeof line, "%s\n", function);

		if (write(fd, line, (size_t)len) != len)
			abort();
		close(fd);
	}
}

static unsigned
count(const char *function, const struct stat *st)
{
	if (st->st_mtim.tv_sec != changed.tv_sec || st->st_mtim.tv_nsec != changed.tv_nsec) {
		changed = st->st_mtim;
		memset(counters, 0, sizeof counters);
	}
	for (size_t i = 0; i < COUNTERS; i++) {
		if (counters[i].name == NULL)
			counters[i].name = function;
		if (strcmp(counters[i].name, function) == 0)
			return ++counters[i].calls;
	}
	abort();
}

/* The order for the nth call of the function, if there is one for it. nth 0: look without counting. */
static bool
read_order(FILE *file, const char *function, unsigned nth, order *ret)
{
	char line[128];
	bool found = false;

	while (!found && fgets(line, sizeof line, file) != NULL) {
		char     name[48];
		unsigned n;
		order    o = {.value = 0};
		char     number[32] = "0";
		int      fields = sscanf(line, "%47s %u %15s %31s", name, &n, o.action, number);

		o.value = strtoul(number, NULL, 0);
		found = fields >= 3 && strcmp(name, function) == 0 && (n == 0 || n == nth);
		if (found)
			*ret = o;
	}
	return found;
}

static bool
next_order(const char *function, bool counts, order *ret)
{
	const char *path = getenv("EXS_FAULTY_SCRIPT");
	FILE       *file = path == NULL ? NULL : fopen(path, "re");
	struct stat st;
	bool        found = false;

	if (file == NULL)
		return false;
	pthread_mutex_lock(&lock);
	if (fstat(fileno(file), &st) == 0)
		found = read_order(file, function, counts ? count(function, &st) : 0, ret);
	pthread_mutex_unlock(&lock);
	fclose(file);
	return found;
}

static void
hang(void)
{
	const char *path = getenv("EXS_FAULTY_SCRIPT");
	struct stat before, now;

	if (path == NULL || stat(path, &before) != 0)
		return;
	do {
		pause_ms(PAUSE_MS);
	} while (stat(path, &now) == 0 && now.st_mtim.tv_sec == before.st_mtim.tv_sec &&
	         now.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
}

/* In any session of the token: both are what one program can do to all others. */
static void
act_as_others(const char *action)
{
	CK_SLOT_ID slots[16];
	CK_ULONG   n = sizeof slots / sizeof slots[0];
	CK_SESSION_HANDLE session;

	if (real->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK)
		return;
	for (CK_ULONG i = 0; i < n; i++) {
		if (strcmp(action, "remove") == 0) {
			(void)real->C_CloseAllSessions(slots[i]);
		} else if (real->C_OpenSession(slots[i], CKF_SERIAL_SESSION, NULL, NULL, &session) == CKR_OK) {
			(void)real->C_Logout(session);
			(void)real->C_CloseSession(session);
		}
	}
}

/* True when SoftHSM is to be asked; else *ret_rv is the answer. */
static bool
goes_on(const char *function, order *o, CK_RV *ret_rv)
{
	note_call(function);
	*ret_rv = CKR_OK;
	if (!next_order(function, true, o))
		return true;
	if (strcmp(o->action, "slowfail") == 0)
		pause_ms(SLOW_MS);
	if (strcmp(o->action, "fail") == 0 || strcmp(o->action, "slowfail") == 0) {
		*ret_rv = o->value;
		return false;
	}
	if (strcmp(o->action, "delay") == 0)
		pause_ms(o->value);
	if (strcmp(o->action, "hang") == 0)
		hang();
	if (strcmp(o->action, "logout") == 0)
		act_as_others("logout");
	if (strcmp(o->action, "remove") == 0) {
		act_as_others("remove");
		*ret_rv = CKR_DEVICE_REMOVED;
		return false;
	}
	return true;
}

/* How far the slots have moved by now. */
static CK_SLOT_ID
moved(void)
{
	order o = {.value = 0};

	return next_order("C_GetSlotList", false, &o) && strcmp(o.action, "move") == 0 ? o.value : 0;
}

static CK_RV
unmove(CK_SLOT_ID *slot)
{
	CK_SLOT_ID by = moved();

	if (*slot < by)
		return CKR_SLOT_ID_INVALID;
	*slot -= by;
	return CKR_OK;
}

#define FORWARD(name, parameters, arguments)                                                       \
	static CK_RV my_##name parameters                                                          \
	{                                                                                          \
		order o = {.value = 0};                                                            \
		CK_RV rv;                                                                          \
		return goes_on(#name, &o, &rv) ? real->name arguments : rv;                        \
	}

FORWARD(C_Initialize, (void *args), (args))
FORWARD(C_Finalize, (void *reserved), (reserved))
FORWARD(C_CloseSession, (CK_SESSION_HANDLE session), (session))
FORWARD(C_FindObjectsInit, (CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG n),
        (session, wanted, n))
FORWARD(C_FindObjects, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG room, CK_ULONG *n),
        (session, found, room, n))
FORWARD(C_SetAttributeValue,
        (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *wanted, CK_ULONG n),
        (session, object, wanted, n))
FORWARD(C_DestroyObject, (CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object), (session, object))
FORWARD(C_GenerateKeyPair,
        (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public, CK_ULONG n_public,
         CK_ATTRIBUTE *private, CK_ULONG n_private, CK_OBJECT_HANDLE *public_key,
         CK_OBJECT_HANDLE *private_key),
        (session, mechanism, public, n_public, private, n_private, public_key, private_key))
FORWARD(C_SignInit, (CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key),
        (session, mechanism, key))

static CK_RV
my_C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *n)
{
	order o = {.value = 0};
	CK_RV rv;

	if (!goes_on("C_GetSlotList", &o, &rv))
		return rv;
	rv = real->C_GetSlotList(present, slots, n);
	for (CK_ULONG i = 0; rv == CKR_OK && slots != NULL && i < *n; i++)
		slots[i] += moved();
	return rv;
}

static CK_RV
my_C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	CK_RV rv = unmove(&slot);

	return rv == CKR_OK ? real->C_GetSlotInfo(slot, info) : rv;
}

static CK_RV
my_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *self, CK_NOTIFY notify,
                 CK_SESSION_HANDLE *session)
{
	order o = {.value = 0};
	CK_RV rv;

	if (!goes_on("C_OpenSession", &o, &rv))
		return rv;
	rv = unmove(&slot);
	return rv == CKR_OK ? real->C_OpenSession(slot, flags, self, notify, session) : rv;
}

static CK_ULONG
type_at_pad(CK_UTF8CHAR room[64])
{
	const char *path = getenv("EXS_FAULTY_PAD");
	FILE       *file = path == NULL ? NULL : fopen(path, "re");
	size_t      len = file == NULL ? 0 : fread(room, 1, 64, file);

	if (file != NULL)
		fclose(file);
	while (len > 0 && (room[len - 1] == '\n' || room[len - 1] == '\r'))
		len--;
	return len;
}

static CK_RV
my_C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG len)
{
	order       o = {.value = 0};
	CK_RV       rv;
	CK_UTF8CHAR typed[64];

	if (pin == NULL)
		note_call("C_Login(NULL)");
	if (!goes_on("C_Login", &o, &rv))
		return rv;
	if (pin == NULL && len == 0 && strcmp(o.action, "pad") == 0)
		return real->C_Login(session, user, typed, type_at_pad(typed));
	return real->C_Login(session, user, pin, len);
}

static CK_RV
my_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	order o = {.value = 0};
	CK_RV rv;

	if (!goes_on("C_GetTokenInfo", &o, &rv))
		return rv;
	rv = unmove(&slot);
	if (rv != CKR_OK)
		return rv;
	rv = real->C_GetTokenInfo(slot, info);
	if (rv == CKR_OK && strcmp(o.action, "flags") == 0)
		info->flags |= o.value;
	if (rv == CKR_OK && strcmp(o.action, "mask") == 0)
		info->flags &= ~o.value;
	if (rv == CKR_OK && strcmp(o.action, "sessions") == 0)
		info->ulMaxSessionCount = o.value;
	return rv;
}

static CK_RV
my_C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *wanted,
                       CK_ULONG n)
{
	order o = {.value = 0};
	CK_RV rv;

	if (!goes_on("C_GetAttributeValue", &o, &rv))
		return rv;
	rv = real->C_GetAttributeValue(session, object, wanted, n);
	for (CK_ULONG i = 0; strcmp(o.action, "flip") == 0 && i < n; i++)
		if (wanted[i].type == o.value && wanted[i].pValue != NULL && wanted[i].ulValueLen == 1)
			*(CK_BYTE *)wanted[i].pValue ^= 1;
	return rv;
}

static CK_RV
my_C_Sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG len, CK_BYTE *signature, CK_ULONG *room)
{
	order o = {.value = 0};
	CK_RV rv;

	if (!goes_on("C_Sign", &o, &rv))
		return rv;
	rv = real->C_Sign(session, data, len, signature, room);
	if (rv == CKR_OK && strcmp(o.action, "spoil") == 0)
		signature[*room - 1] ^= 1;
	return rv;
}

/* What PKCS#11 asks for; p11-kit's header declares it. */
CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;
	void *library = dlopen(SOFTHSM, RTLD_NOW | RTLD_LOCAL);
	void *symbol = library == NULL ? NULL : dlsym(library, "C_GetFunctionList");

	if (symbol == NULL)
		return CKR_GENERAL_ERROR;
	memcpy(&get, &symbol, sizeof get);
	if (get(&real) != CKR_OK)
		return CKR_GENERAL_ERROR;
	faulty = *real;
	faulty.C_Initialize = my_C_Initialize;
	faulty.C_Finalize = my_C_Finalize;
	faulty.C_GetSlotList = my_C_GetSlotList;
	faulty.C_GetSlotInfo = my_C_GetSlotInfo;
	faulty.C_GetTokenInfo = my_C_GetTokenInfo;
	faulty.C_OpenSession = my_C_OpenSession;
	faulty.C_CloseSession = my_C_CloseSession;
	faulty.C_Login = my_C_Login;
	faulty.C_FindObjectsInit = my_C_FindObjectsInit;
	faulty.C_FindObjects = my_C_FindObjects;
	faulty.C_GetAttributeValue = my_C_GetAttributeValue;
	faulty.C_SetAttributeValue = my_C_SetAttributeValue;
	faulty.C_DestroyObject = my_C_DestroyObject;
	faulty.C_GenerateKeyPair = my_C_GenerateKeyPair;
	faulty.C_SignInit = my_C_SignInit;
	faulty.C_Sign = my_C_Sign;
	*list = &faulty;
	return CKR_OK;
}
