/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The address where scrapers come: GET /metrics, answered by a thread of its own. However many come and whatever they
 * send, watching waits no longer than a copy of the numbers takes.
 */
#ifndef RSTTRACE_ENDPOINT_H
#define RSTTRACE_ENDPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "metrics.h"

struct endpoint;

/* Takes the address, so that it is known early whether it is free. 0, or a negative errno with a sentence in
 * message[size]. */
int endpoint_open(const uint8_t address[16], uint16_t port, struct endpoint **ret_endpoint, char *message, size_t size);
/* From now on it answers, by a thread that gives up all that root can do: that there are no numbers yet. 0 or a
 * negative errno. */
int endpoint_start(struct endpoint *endpoint);
/* From now on there are numbers. */
void endpoint_begin(struct endpoint *endpoint, const char *kernel, const char *tier);
void endpoint_report(struct endpoint *endpoint, const struct report *report);
/* `index` is below METRICS_SENDINGS. */
void endpoint_sending(struct endpoint *endpoint, unsigned int index, const struct metrics_sending *sending);
void endpoint_lost(struct endpoint *endpoint, uint64_t lost);
void endpoint_close(struct endpoint *endpoint); /* NULL is fine */

#endif
