/*
 * cold MODULE TOKEN KEY PIN-FILE TENANT CLIENT-ID ENDPOINT CA-FILE: the smallest program that gets an access token with a key in a
 * token: one step after the other, nothing checked that need not be. What `exosign token get` is measured against.
 */
#include "token.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t
base64url(char *to, const unsigned char *bytes, size_t len)
{
	size_t n = (size_t)EVP_EncodeBlock((unsigned char *)to, bytes, (int)len);

	for (size_t i = 0; i < n; i++)
		to[i] = (char)(to[i] == '+' ? '-' : to[i] == '/' ? '_' : to[i]);
	while (n > 0 && to[n - 1] == '=')
		n--;
	to[n] = '\0';
	return n;
}

/* header.payload.signature, proven by the key in the token */
static void
assertion(char *to, char **argv)
{
	CK_SLOT_ID        slot;
	CK_SESSION_HANDLE session;
	CK_FUNCTION_LIST *p11 = token_open(argv[1], argv[2], argv[4], &slot, &session);
	CK_OBJECT_HANDLE  key = token_find(p11, session, CKO_PRIVATE_KEY, argv[3]);
	CK_OBJECT_HANDLE  holder = token_find(p11, session, CKO_CERTIFICATE, argv[3]);
	unsigned char     certificate[4096], digest[32], signature[512];
	CK_ATTRIBUTE      value = {CKA_VALUE, certificate, sizeof certificate};
	CK_ULONG          length = sizeof signature;
	char              text[2048], thumbprint[64];
	size_t            n;
	int               len;

	if (p11->C_GetAttributeValue(session, holder, &value, 1) != CKR_OK)
		exit(1);
	EVP_Digest(certificate, value.ulValueLen, digest, NULL, EVP_sha256(), NULL);
	base64url(thumbprint, digest, 32);
	len = snprintf(text, sizeof text, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%s\"}", thumbprint);
	n = base64url(to, (unsigned char *)text, (size_t)len);
	to[n++] = '.';
	len = snprintf(text, sizeof text,
	               "{\"aud\":\"%s/%s/oauth2/v2.0/token\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%ld\","
	               "\"nbf\":%ld,\"exp\":%ld}",
	               argv[7], argv[5], argv[6], argv[6], (long)clock() + (long)time(NULL), (long)time(NULL),
	               (long)time(NULL) + 600);
	n += base64url(to + n, (unsigned char *)text, (size_t)len);
	EVP_Digest(to, n, digest, NULL, EVP_sha256(), NULL);
	token_sign(p11, session, key, digest, signature, &length);
	to[n++] = '.';
	base64url(to + n, signature, length);
	p11->C_Finalize(NULL);
}

struct answer {
	char   at[65536];
	size_t len;
};

static size_t
take(char *bytes, size_t size, size_t n, void *self)
{
	struct answer *a = self;

	if (a->len + n >= sizeof a->at)
		return 0;
	memcpy(a->at + a->len, bytes, n);
	a->len += n;
	return size * n;
}

int
main(int argc, char **argv)
{
	static struct answer answer;
	static char          proof[8192], body[16384], url[512];
	CURL                *curl;
	cJSON               *tree;
	const cJSON         *token;

	if (argc != 9)
		return 2;
	assertion(proof, argv);
	snprintf(url, sizeof url, "%s/%s/oauth2/v2.0/token", argv[7], argv[5]);
	snprintf(body, sizeof body,
	         "client_id=%s&scope=https%%3A%%2F%%2Foutlook.office365.com%%2F.default&grant_type=client_credentials&"
	         "client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer&"
	         "client_assertion=%s",
	         argv[6], proof);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_CAINFO, argv[8]);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	if (curl_easy_perform(curl) != CURLE_OK)
		return 1;
	curl_easy_cleanup(curl);
	tree = cJSON_ParseWithLength(answer.at, answer.len);
	token = cJSON_GetObjectItem(tree, "access_token");
	if (!cJSON_IsString(token)) {
		fprintf(stderr, "no token: %.*s\n", (int)answer.len, answer.at);
		return 1;
	}
	printf("%zu\n", strlen(token->valuestring));
	cJSON_Delete(tree);
	return 0;
}
