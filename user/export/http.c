/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See http.h. The only file that includes libcurl. */
#include "http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../util/text.h"

#ifndef RSTTRACE_VERSION
#define RSTTRACE_VERSION "0.1.0" /* for builds without the Makefile */
#endif

#define CONNECT_MS 5000L
#define REQUEST_MS 10000L
#define HEADER_BYTES 1024
#define WHY_BYTES 256

struct http {
	CURL *curl;
	CURLU *url;
	struct curl_slist *headers;
	struct http_options options;
	struct http_answer *answer; /* of the request that is on its way */
	char error[CURL_ERROR_SIZE];
};

static size_t take_text(char *bytes, size_t one, size_t count, void *context)
{
	struct http_answer *answer = ((struct http *)context)->answer;
	size_t room = sizeof(answer->text) - 1 - strlen(answer->text), taken = count < room ? count : room;

	(void)one; /* is 1 */
	if (!memchr(bytes, '\0', taken))
		strncat(answer->text, bytes, taken);
	answer->text_bytes += count;
	return count;
}

static int is_over(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	const struct http *http = context;

	(void)total;
	(void)now;
	(void)up_total;
	(void)up_now;
	return http->options.is_over(http->options.context);
}

/* Only one whole part of the URL; the caller frees it. NULL: it has none. */
static char *part_of(CURLU *url, CURLUPart part)
{
	char *text = NULL;

	return curl_url_get(url, part, &text, 0) ? NULL : text;
}

static int refuse_url(const char *url, char *message, size_t size)
{
	snprintf(message, size, "%.200s is not like https://user@host:8443/", url);
	return -EINVAL;
}

static int parse_url(struct http *http, char *message, size_t size)
{
	const char *url = http->options.url;
	char *scheme, *password, *path;
	bool has_scheme, has_password;

	if (curl_url_set(http->url, CURLUPART_URL, url, 0))
		return refuse_url(url, message, size);
	scheme = part_of(http->url, CURLUPART_SCHEME);
	password = part_of(http->url, CURLUPART_PASSWORD);
	path = part_of(http->url, CURLUPART_PATH);
	has_scheme = scheme && (!strcmp(scheme, "http") || !strcmp(scheme, "https"));
	has_password = password;
	if (http->options.path && path && !strcmp(path, "/"))
		curl_url_set(http->url, CURLUPART_PATH, http->options.path, 0);
	curl_free(scheme);
	curl_free(password);
	curl_free(path);
	if (!has_scheme)
		return refuse_url(url, message, size);
	if (!has_password)
		return 0;
	/* Not repeated: it is a secret, and the command line has told it to everybody already. */
	snprintf(message, size, "a password in a URL can be read by everybody in /proc: put it into %s",
		 http->options.secret);
	return -EINVAL;
}

/* "name=value,name=value" */
static int add_headers(struct http *http, const char *list)
{
	char header[HEADER_BYTES];

	while (list && *list) {
		size_t length = strcspn(list, ","), name = strcspn(list, "=");
		struct curl_slist *more = NULL;

		if (name < length) {
			snprintf(header, sizeof(header), "%.*s: %.*s", (int)name, list, (int)(length - name - 1),
				 list + name + 1);
			more = curl_slist_append(http->headers, header);
			if (!more)
				return -ENOMEM;
			http->headers = more;
		}
		list += length + (list[length] == ',');
	}
	return 0;
}

/* One that is set beside a URL takes the place of the URL's: so the user of the URL is set, too. */
static void set_password(struct http *http)
{
	char *user = NULL;
	bool has_user = !curl_url_get(http->url, CURLUPART_USER, &user, CURLU_URLDECODE);

	curl_easy_setopt(http->curl, CURLOPT_USERNAME, has_user ? user : http->options.user);
	curl_easy_setopt(http->curl, CURLOPT_PASSWORD, http->options.password);
	curl_free(user);
	curl_url_set(http->url, CURLUPART_USER, NULL, 0);
}

static int set_up(struct http *http)
{
	CURL *curl = http->curl;
	char type[128];
	int err;

	snprintf(type, sizeof(type), "content-type=%s", http->options.content_type);
	err = add_headers(http, type);
	if (!err)
		err = add_headers(http, "expect="); /* nothing asked before it is sent: "Expect:" takes it away */
	if (!err)
		err = add_headers(http, http->options.headers);
	if (err)
		return err;
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, http->headers);
	curl_easy_setopt(curl, CURLOPT_CURLU, http->url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, REQUEST_MS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "rsttrace/" RSTTRACE_VERSION);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_text);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_over);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, http);
	if (http->options.password)
		set_password(http);
	return 0;
}

int http_open(const struct http_options *options, struct http **ret_http, char *message, size_t size)
{
	struct http *http = calloc(1, sizeof(*http));
	int err = -ENOMEM;

	snprintf(message, size, "out of memory");
	if (!http)
		return err;
	http->options = *options;
	curl_global_init(CURL_GLOBAL_DEFAULT); /* counted: each needs its curl_global_cleanup() */
	http->curl = curl_easy_init();
	http->url = curl_url();
	if (http->curl && http->url)
		err = parse_url(http, message, size);
	if (!err)
		err = set_up(http);
	if (err)
		http_close(http);
	else
		*ret_http = http;
	return err;
}

void http_post(struct http *http, const char *query, const char *body, size_t size, struct http_answer *ret_answer)
{
	char *before = part_of(http->url, CURLUPART_QUERY);
	curl_off_t after_s = 0;
	CURLcode code;

	memset(ret_answer, 0, sizeof(*ret_answer));
	http->answer = ret_answer;
	*http->error = '\0';
	if (query)
		curl_url_set(http->url, CURLUPART_QUERY, query, CURLU_APPENDQUERY | CURLU_URLENCODE);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	code = curl_easy_perform(http->curl);
	curl_url_set(http->url, CURLUPART_QUERY, before, 0);
	curl_free(before);
	if (code) {
		snprintf(ret_answer->text, sizeof(ret_answer->text), "%s",
			 *http->error ? http->error : curl_easy_strerror(code));
		return;
	}
	curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &ret_answer->status);
	curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &after_s);
	ret_answer->retry_after_s = after_s > 0 ? (uint64_t)after_s : 0;
}

void http_why(const struct http_answer *answer, char *why, size_t size)
{
	char line[WHY_BYTES];

	text_printable(line, sizeof(line), answer->text, strcspn(answer->text, "\r\n"));
	if (answer->status)
		snprintf(why, size, "HTTP status %ld%s%s", answer->status, *line ? ": " : "", line);
	else
		snprintf(why, size, "%s", line);
}

bool http_take_parameter(struct http *http, const char *name, char *text, size_t size)
{
	char *query = part_of(http->url, CURLUPART_QUERY), *rest = query, *item;
	size_t length = strlen(name);
	bool has_it = false;

	curl_url_set(http->url, CURLUPART_QUERY, NULL, 0);
	while (rest && (item = strsep(&rest, "&"))) {
		if (strncmp(item, name, length) || item[length] != '=') {
			curl_url_set(http->url, CURLUPART_QUERY, item, CURLU_APPENDQUERY);
			continue;
		}
		snprintf(text, size, "%s", item + length + 1);
		has_it = true;
	}
	curl_free(query);
	return has_it;
}

void http_close(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	curl_url_cleanup(http->url);
	curl_slist_free_all(http->headers);
	curl_global_cleanup();
	free(http);
}
