/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reports wait here for a moment before they are told, because what completes them comes just after: the other end's
 * death, where both ends are on this host (which comes first is chance), and the owner's own close() of a socket that
 * died in an interrupt. One whose owner is still sought waits a little longer. Told in the order in which they came.
 */
#ifndef RSTTRACE_HOLD_H
#define RSTTRACE_HOLD_H

#include "explain/report.h"

/* How long: on one host the other end follows within microseconds, an application that waits in poll() closes within
 * a few milliseconds; with the ring buffer's drain timer a lone event must still appear within 100 ms. */
#define HOLD_NS 20000000ULL

struct hold;

/* What to do with a report whose time has come; 0 or a negative errno, which ends the run. */
typedef int (*hold_release_fn)(void *context, struct report *report);

/* Whether a report whose time has come had better wait still. It is asked again at the next release. */
typedef bool (*hold_wait_fn)(void *context, struct report *report);

struct hold *hold_new(hold_release_fn release, hold_wait_fn waits, void *context); /* NULL without memory */
/* Takes a copy of the report and its incident. Releases the oldest when there is no room, and its negative errno is
 * returned. */
int hold_put(struct hold *hold, const struct report *report);
/* The socket of that record, whose death may still be held, belonged to the task of that record. */
void hold_owner(struct hold *hold, const struct evidence *closed);
/* Releases what was observed before that time (CLOCK_BOOTTIME), up to the first that waits; UINT64_MAX: everything. 0,
 * or the first negative errno of a release, after which the rest stays. */
int hold_release(struct hold *hold, uint64_t before_ns);
void hold_free(struct hold *hold); /* NULL is fine */

#endif
