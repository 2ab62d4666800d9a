/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel side of `rsttrace stalled`: two iterators and no hook. Nothing runs there until somebody reads. */
#ifndef RSTTRACE_ATTACH_STALLED_H
#define RSTTRACE_ATTACH_STALLED_H

#include "source.h"

struct stalled;

/* silence_ms: a connection without keepalive that was quiet for less is not looked at. 0, or a negative errno with a
 * sentence in message[size]. */
int stalled_open(uint32_t silence_ms, struct stalled **ret_stalled, char *message, size_t size);
/* Finds the owners of all sockets anew, by every open file of every process. 0 or a negative errno. */
int stalled_find_owners(struct stalled *stalled);
/* Every TCP socket that is not simply well of the network namespace that this thread is in, as a record of evidence
 * each. 0, what `record` returned, or a negative errno. */
int stalled_read(struct stalled *stalled, source_record_fn record, void *context);
void stalled_close(struct stalled *stalled); /* NULL is fine */

#endif
