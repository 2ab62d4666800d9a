/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Deaths on their way to a server, in batches, by a thread of its own: watching only ever puts one more behind the
 * others. What the server does not take waits, is tried again less and less often, and is counted where there is no
 * more room for it.
 */
#ifndef RSTTRACE_SHIPPER_H
#define RSTTRACE_SHIPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"

struct shipper;

enum ship {
	SHIP_DONE,
	SHIP_AGAIN, /* it may take the same later */
	SHIP_REFUSED, /* it never will */
};

/* What is particular to a kind of server. */
struct shipper_server {
	const char *name; /* in sentences: "ClickHouse" */
	const char *prefix, *separator, *suffix; /* of the records in a request */
	const char *query; /* for http_post(), NULL = none */
	/* Before the first batch, and again until that is done; NULL: there is nothing to prepare. Not SHIP_DONE: a
	 * sentence in message[size]. */
	enum ship (*prepare)(void *context, struct http *http, char *message, size_t size);
	enum ship (*judge)(const struct http_answer *answer);
	void *context;
};

struct shipper_options {
	struct shipper_server server;
	struct http_options http; /* without .is_over and .context */
	const char *folder; /* what waits is kept there; NULL = in memory */
	uint64_t max_bytes; /* of what waits */
};

struct shipper_counts {
	uint64_t sent, waiting, dropped; /* records */
};

/* 0, or a negative errno with a sentence in message[size]; -EINVAL: the URL is wrong. Strings in *options are copied
 * by nobody. */
int shipper_open(const struct shipper_options *options, struct shipper **ret_shipper, char *message, size_t size);
/* From now on it sends, by a thread that gives up all that root can do. 0 or a negative errno. */
int shipper_start(struct shipper *shipper);
/* One record. */
void shipper_put(struct shipper *shipper, const char *json);
struct shipper_counts shipper_counts(struct shipper *shipper);
/* Whether there is something to tell the user: then it is in message[size]. */
bool shipper_news(struct shipper *shipper, char *message, size_t size);
/* Gives the server some seconds to take what waits. What is in memory then counts as dropped. */
struct shipper_counts shipper_finish(struct shipper *shipper);
void shipper_close(struct shipper *shipper); /* NULL is fine */

#endif
