/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One server that is told things by HTTP, again and again. */
#ifndef RSTTRACE_HTTP_H
#define RSTTRACE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_TEXT_BYTES 2048

struct http;

struct http_answer {
	long status; /* 0: there was none, and .text says why */
	uint64_t retry_after_s; /* 0 = it does not say */
	size_t text_bytes; /* of the whole body */
	char text[HTTP_TEXT_BYTES]; /* its beginning, as it came */
};

struct http_options {
	const char *url; /* a user may stand in it, a password must not */
	const char *path; /* where the URL has none, NULL = "/" */
	const char *user; /* where the URL has none, NULL = none */
	const char *password; /* NULL = none */
	const char *secret; /* where a password belongs, for the sentence that refuses one in the URL */
	const char *headers; /* "name=value,name=value" as OpenTelemetry has it, NULL = none */
	const char *content_type;
	/* Asked now and then while a request is on its way: whether to give it up. */
	bool (*is_over)(void *context);
	void *context;
};

/* 0, or a negative errno with a sentence in message[size]; -EINVAL: the URL is wrong. */
int http_open(const struct http_options *options, struct http **ret_http, char *message, size_t size);
/* `query`: "name=value" to be added to the URL's, its value escaped here; NULL = nothing. */
void http_post(struct http *http, const char *query, const char *body, size_t size, struct http_answer *ret_answer);
/* Why it failed, safe to print: "HTTP status 503: the first line of what it said". */
void http_why(const struct http_answer *answer, char *why, size_t size);
/* A parameter of the URL itself into text[size], and out of the URL; false: it has none of that name. */
bool http_take_parameter(struct http *http, const char *name, char *text, size_t size);
void http_close(struct http *http); /* NULL is fine */

#endif
