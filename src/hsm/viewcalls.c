/* What libp11 calls: the function list of viewport.h. */
#include "hsm/viewtable.h"

#include "base/error.h"
#include "hsm/hostpad.h"
#include "hsm/viewrefuse.h"

enum { KEY_HANDLE = 1, INPUT_MAX = 4096, BLOCKS_MAX = 2 };

static CK_RV
initialise(void *args)
{
	(void)args;
	return CKR_OK;
}

static CK_RV
get_info(CK_INFO *info)
{
	*info = (CK_INFO){.cryptokiVersion = {2, 40}};
	memset(info->manufacturerID, ' ', sizeof info->manufacturerID);
	memset(info->libraryDescription, ' ', sizeof info->libraryDescription);
	memcpy(info->manufacturerID, "exosign", 7);
	memcpy(info->libraryDescription, "one key", 7);
	return CKR_OK;
}

static CK_RV
get_slot_list(CK_BBOOL with_token, CK_SLOT_ID *list, CK_ULONG *n)
{
	const viewport *v;
	CK_RV           rv = CKR_OK;

	(void)with_token;
	viewtable_lock();
	v = viewtable_shown();
	if (v != NULL && list != NULL && *n < 1)
		rv = CKR_BUFFER_TOO_SMALL;
	else if (v != NULL && list != NULL)
		list[0] = v->slot;
	*n = v == NULL ? 0 : 1;
	viewtable_unlock();
	return rv;
}

static CK_RV
get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	const viewport *v;

	viewtable_lock();
	v = viewtable_port(slot);
	if (v != NULL) {
		*info = device_token(v->device)->slot_info;
		info->flags |= CKF_TOKEN_PRESENT;
	}
	viewtable_unlock();
	return v == NULL ? CKR_SLOT_ID_INVALID : CKR_OK;
}

static CK_RV
get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	const viewport *v;

	viewtable_lock();
	v = viewtable_port(slot);
	if (v != NULL) {
		*info = device_token(v->device)->info;
		info->flags = CKF_TOKEN_INITIALIZED | CKF_USER_PIN_INITIALIZED;
	}
	viewtable_unlock();
	return v == NULL ? CKR_SLOT_ID_INVALID : CKR_OK;
}

static CK_RV
open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *self, CK_NOTIFY notify,
             CK_SESSION_HANDLE *ret)
{
	CK_RV     rv = CKR_SLOT_ID_INVALID;
	viewport *v;

	(void)flags, (void)self, (void)notify;
	viewtable_lock();
	v = viewtable_port(slot);
	if (v != NULL)
		rv = viewtable_take(v, ret) ? CKR_OK : CKR_SESSION_COUNT;
	viewtable_unlock();
	return rv;
}

static CK_RV
close_session(CK_SESSION_HANDLE handle)
{
	view_session *s;

	viewtable_lock();
	s = viewtable_session(handle);
	if (s != NULL)
		*s = (view_session){0};
	viewtable_unlock();
	return s == NULL ? CKR_SESSION_HANDLE_INVALID : CKR_OK;
}

static CK_RV
close_all_sessions(CK_SLOT_ID slot)
{
	viewtable_lock();
	viewtable_drop_sessions(viewtable_port(slot));
	viewtable_unlock();
	return CKR_OK;
}

static CK_RV
get_session_info(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info)
{
	const view_session *s;

	viewtable_lock();
	s = viewtable_session(handle);
	if (s != NULL)
		*info = (CK_SESSION_INFO){.slotID = s->port->slot,
		                          .state = CKS_RO_USER_FUNCTIONS,
		                          .flags = CKF_SERIAL_SESSION};
	viewtable_unlock();
	return s == NULL ? CKR_SESSION_HANDLE_INVALID : CKR_OK;
}

static CK_RV
login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG len)
{
	(void)handle, (void)user, (void)pin, (void)len;
	return CKR_USER_ALREADY_LOGGED_IN;
}

static CK_RV
logout(CK_SESSION_HANDLE handle)
{
	(void)handle;
	return CKR_OK;
}

static bool
wants_private_keys(const CK_ATTRIBUTE *template, CK_ULONG n)
{
	for (CK_ULONG i = 0; i < n; i++) {
		CK_OBJECT_CLASS class = CKO_DATA;

		if (template[i].type != CKA_CLASS || template[i].ulValueLen != sizeof class)
			continue;
		memcpy(&class, template[i].pValue, sizeof class);
		return class == CKO_PRIVATE_KEY;
	}
	return true;
}

static CK_RV
find_objects_init(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template, CK_ULONG n)
{
	view_session *s;

	viewtable_lock();
	s = viewtable_session(handle);
	if (s != NULL) {
		s->finding = true;
		s->found = !wants_private_keys(template, n);
	}
	viewtable_unlock();
	return s == NULL ? CKR_SESSION_HANDLE_INVALID : CKR_OK;
}

static CK_RV
find_objects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects, CK_ULONG room, CK_ULONG *n)
{
	view_session *s;
	CK_RV         rv = CKR_OK;

	*n = 0;
	viewtable_lock();
	s = viewtable_session(handle);
	if (s == NULL || !s->finding) {
		rv = CKR_OPERATION_NOT_INITIALIZED;
	} else if (!s->found && room > 0) {
		s->found = true;
		objects[0] = KEY_HANDLE;
		*n = 1;
	}
	viewtable_unlock();
	return rv;
}

static CK_RV
find_objects_final(CK_SESSION_HANDLE handle)
{
	view_session *s;

	viewtable_lock();
	s = viewtable_session(handle);
	if (s != NULL)
		s->finding = false;
	viewtable_unlock();
	return s == NULL ? CKR_SESSION_HANDLE_INVALID : CKR_OK;
}

static CK_RV
get_attribute_value(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE what, CK_ATTRIBUTE *template,
                    CK_ULONG n)
{
	const view_session *s;
	CK_RV               rv = CKR_OBJECT_HANDLE_INVALID;

	viewtable_lock();
	s = viewtable_session(handle);
	if (s != NULL && what == KEY_HANDLE)
		rv = viewobject_read(&s->port->key, template, n);
	viewtable_unlock();
	return s == NULL ? CKR_SESSION_HANDLE_INVALID : rv;
}

static CK_RV
take_mechanism(const CK_MECHANISM *m, view_session *s)
{
	static const CK_MECHANISM_TYPE known[] = {CKM_RSA_PKCS, CKM_RSA_X_509, CKM_RSA_PKCS_PSS,
	                                          CKM_ECDSA};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i] != m->mechanism)
			continue;
		s->has_pss = m->mechanism == CKM_RSA_PKCS_PSS;
		if (s->has_pss && (m->pParameter == NULL || m->ulParameterLen != sizeof s->pss))
			return CKR_MECHANISM_PARAM_INVALID;
		if (s->has_pss)
			memcpy(&s->pss, m->pParameter, sizeof s->pss);
		s->mechanism = m->mechanism;
		s->signing = true;
		return CKR_OK;
	}
	return CKR_MECHANISM_INVALID;
}

static CK_RV
sign_init(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE what)
{
	view_session *s;
	CK_RV         rv = CKR_SESSION_HANDLE_INVALID;

	viewtable_lock();
	s = viewtable_session(handle);
	if (s != NULL)
		rv = what == KEY_HANDLE ? take_mechanism(mechanism, s) : CKR_KEY_HANDLE_INVALID;
	viewtable_unlock();
	return rv;
}

static const char *
name_of(CK_MECHANISM_TYPE type)
{
	return type == CKM_RSA_PKCS ? "CKM_RSA_PKCS"
	       : type == CKM_RSA_X_509    ? "CKM_RSA_X_509"
	       : type == CKM_RSA_PKCS_PSS ? "CKM_RSA_PKCS_PSS"
	                                  : "CKM_ECDSA";
}

/* As asked for; PKCS#1 padding is also made here for devices that only do raw RSA. */
static size_t
make_blocks(const view_session *s, span input, buf *padded, device_block blocks[BLOCKS_MAX])
{
	const viewport *v = s->port;

	blocks[0] = (device_block){
		.way = {.type = s->mechanism,
	                .name = name_of(s->mechanism),
	                .has_pss_parameters = s->has_pss},
		.pss = s->pss,
		.input = input,
	};
	if (s->mechanism != CKM_RSA_PKCS || !hostpad_pkcs1(buf_span(&v->public_der), input, padded))
		return 1;
	blocks[1] = (device_block){.way = {.type = CKM_RSA_X_509, .name = name_of(CKM_RSA_X_509)},
	                           .input = buf_span(padded)};
	return 2;
}

static CK_RV
sign_with(const view_session *s, span input, CK_BYTE *signature, CK_ULONG *len)
{
	EXS_SCOPED(error_scratch) failure = exs_error_new();
	EXS_SCOPED(buf) padded = BUF(INPUT_MAX);
	device_block blocks[BLOCKS_MAX];
	size_t       n = make_blocks(s, input, &padded, blocks), room = *len;
	exs_status   status;

	if (failure == NULL)
		return CKR_HOST_MEMORY;
	status = device_sign_block(s->port->device, blocks, n, signature, &room, failure);
	viewport_keep_failure(s->port, status == EXS_OK ? NULL : failure);
	if (status == EXS_OK)
		*len = room;
	return status == EXS_OK                    ? CKR_OK
	       : error_is(failure, E_KEY_MECHANISM) ? CKR_MECHANISM_INVALID
	                                            : CKR_FUNCTION_FAILED;
}

/* Without the table's lock: the device may want a PIN, a touch, its time. */
static CK_RV
sign(CK_SESSION_HANDLE handle, CK_BYTE *input, CK_ULONG input_len, CK_BYTE *signature,
     CK_ULONG *len)
{
	view_session *found, s = {0};

	viewtable_lock();
	found = viewtable_session(handle);
	if (found != NULL) {
		s = *found;
		found->signing = false;
	}
	viewtable_unlock();
	if (!s.signing)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (signature == NULL || input_len > INPUT_MAX)
		return CKR_ARGUMENTS_BAD;
	return sign_with(&s, span_from((const char *)input, input_len), signature, len);
}

static CK_FUNCTION_LIST functions;
static pthread_once_t   made_once = PTHREAD_ONCE_INIT;

static CK_RV
get_function_list(CK_FUNCTION_LIST **list)
{
	*list = &functions;
	return CKR_OK;
}

static void
make_list(void)
{
	functions = viewrefuse_functions;
	functions.C_Initialize = initialise;
	functions.C_Finalize = initialise;
	functions.C_GetInfo = get_info;
	functions.C_GetFunctionList = get_function_list;
	functions.C_GetSlotList = get_slot_list;
	functions.C_GetSlotInfo = get_slot_info;
	functions.C_GetTokenInfo = get_token_info;
	functions.C_OpenSession = open_session;
	functions.C_CloseSession = close_session;
	functions.C_CloseAllSessions = close_all_sessions;
	functions.C_GetSessionInfo = get_session_info;
	functions.C_Login = login;
	functions.C_Logout = logout;
	functions.C_FindObjectsInit = find_objects_init;
	functions.C_FindObjects = find_objects;
	functions.C_FindObjectsFinal = find_objects_final;
	functions.C_GetAttributeValue = get_attribute_value;
	functions.C_SignInit = sign_init;
	functions.C_Sign = sign;
}

CK_FUNCTION_LIST *
viewport_functions(void)
{
	pthread_once(&made_once, make_list);
	return &functions;
}
