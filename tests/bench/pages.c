/*
 * pages ENDPOINT TENANT ORGANIZATION CA-FILE BEARER-FILE PAGE-SIZE [SELECT [print]]: fetches every page of Get-Mailbox with libcurl on one
 * connection and throws it away, or prints it for jq: looks for nothing but the next link. What `exosign run` is measured
 * against. SELECT: "Name,Alias", or "" for all properties.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char   page[64 << 20];
static size_t length;

static size_t
take(char *bytes, size_t size, size_t n, void *self)
{
	(void)self;
	if (length + n >= sizeof page)
		return 0;
	memcpy(page + length, bytes, n);
	length += n;
	return size * n;
}

int
main(int argc, char **argv)
{
	static char        url[8192], bearer[8192], line[8400];
	const char        *body = "{\"CmdletInput\":{\"CmdletName\":\"Get-Mailbox\",\"Parameters\":{\"ResultSize\":\"Unlimited\"}}}";
	struct curl_slist *headers = NULL;
	CURL              *curl;
	FILE              *file;
	unsigned long      bytes = 0, pages = 0;
	long               status = 0;
	int                selects;

	if (argc < 7 || (file = fopen(argv[5], "r")) == NULL || fgets(bearer, sizeof bearer, file) == NULL)
		return 2;
	fclose(file);
	selects = argc > 7 && argv[7][0] != '\0';
	snprintf(url, sizeof url, "%s/adminapi/beta/%s/InvokeCommand%s%s", argv[1], argv[2], selects ? "?$select=" : "",
	         selects ? argv[7] : "");
	snprintf(line, sizeof line, "Authorization: Bearer %.*s", (int)strcspn(bearer, "\r\n"), bearer);
	headers = curl_slist_append(headers, line);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "X-ResponseFormat: json");
	snprintf(line, sizeof line, "X-AnchorMailbox: UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@%s", argv[3]);
	headers = curl_slist_append(headers, line);
	snprintf(line, sizeof line, "Prefer: odata.maxpagesize=%s", argv[6]);
	headers = curl_slist_append(headers, line);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	curl = curl_easy_init();
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_CAINFO, argv[4]);
	curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	for (;;) {
		const char *next, *end;

		length = 0;
		curl_easy_setopt(curl, CURLOPT_URL, url);
		if (curl_easy_perform(curl) != CURLE_OK)
			return 1;
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		if (status != 200) {
			fprintf(stderr, "%ld: %.*s\n", status, (int)length, page);
			return 1;
		}
		bytes += length;
		if (argc > 8)
			fwrite(page, 1, length, stdout);
		pages++;
		next = memmem(page, length, "\"@odata.nextLink\":\"", 19);
		if (next == NULL)
			break;
		next += 19;
		end = memchr(next, '"', length - (size_t)(next - page));
		if (end == NULL || (size_t)(end - next) >= sizeof url)
			return 1;
		snprintf(url, sizeof url, "%.*s", (int)(end - next), next);
	}
	fprintf(stderr, "%lu pages, %lu bytes\n", pages, bytes);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return 0;
}
