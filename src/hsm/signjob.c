/* One signature in the device. */
#include "hsm/signjob.h"

#include "base/moment.h"

static void
release(job *self)
{
	sign_job *j = (sign_job *)self;

	secret_free(j->pin);
	buf_done(&j->input);
	mem_free(j);
}

static CK_RV
start(sign_job *j)
{
	CK_MECHANISM mechanism = {j->mechanism, j->has_pss ? &j->pss : NULL,
	                          j->has_pss ? sizeof j->pss : 0};

	return j->functions->C_SignInit(j->session, &mechanism, j->key);
}

static CK_RV
log_in(sign_job *j)
{
	span pin = j->pin == NULL ? span_from(NULL, 0) : secret_reveal(j->pin);
	/* C_Login takes a pointer to bytes it does not change. */
	CK_UTF8CHAR *bytes = (CK_UTF8CHAR *)(uintptr_t)pin.at;

	return j->functions->C_Login(j->session, CKU_CONTEXT_SPECIFIC, bytes, pin.len);
}

static CK_RV
finish(sign_job *j)
{
	CK_BYTE *input = (CK_BYTE *)j->input.at;
	CK_ULONG len = SIGNATURE_MAX;
	CK_RV    rv = j->functions->C_Sign(j->session, input, j->input.len, j->signature, &len);

	/* The operation is still active then, and the same call may be made once more. */
	if (rv == CKR_BUFFER_TOO_SMALL) {
		len = SIGNATURE_MAX;
		rv = j->functions->C_Sign(j->session, input, j->input.len, j->signature, &len);
	}
	j->signature_len = rv == CKR_OK && len <= SIGNATURE_MAX ? len : 0;
	return rv;
}

static void
sign(job *self)
{
	sign_job *j = (sign_job *)self;
	int64_t   started;

	j->logged_in_called = j->signed_called = false;
	j->init_rv = start(j);
	j->inited = j->init_rv == CKR_OK;
	if (!j->inited)
		return;
	if (j->wants_login) {
		j->logged_in_called = true;
		j->login_rv = log_in(j);
		secret_free(j->pin);
		j->pin = NULL;
		if (j->login_rv != CKR_OK && j->login_rv != CKR_USER_ALREADY_LOGGED_IN)
			return;
	}
	started = moment_steady_ms();
	j->signed_called = true;
	j->sign_rv = finish(j);
	j->sign_ms = moment_steady_ms() - started;
}

sign_job *
sign_job_new(CK_FUNCTION_LIST *functions, CK_SESSION_HANDLE handle)
{
	sign_job *j = mem_new(1, sizeof *j);

	if (j != NULL) {
		j->base = (job){"C_Sign", sign, release};
		j->functions = functions;
		j->session = handle;
		j->input = BUF(SIGN_INPUT_MAX);
	}
	return j;
}

CK_RV
sign_job_rv(const sign_job *j)
{
	if (!j->inited)
		return j->init_rv;
	if (!j->signed_called)
		return j->login_rv;
	return j->sign_rv;
}

const char *
sign_job_call(const sign_job *j)
{
	return !j->inited ? "C_SignInit" : !j->signed_called ? "C_Login" : "C_Sign";
}
