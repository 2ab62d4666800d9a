/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The screen at work: reports and keys go in, a picture comes out at least once a second. */
#ifndef RSTTRACE_TOP_H
#define RSTTRACE_TOP_H

#include <stddef.h>
#include <stdint.h>

#include "../explain/report.h"
#include "guard.h"

struct top;

struct top *top_new(void); /* NULL without memory */
void top_report(struct top *top, const struct report *report);
/* Takes the terminal. `source` stands in its corner and stays the caller's; The link says that it is
 * taken. 0 or a negative errno. */
int top_begin(struct top *top, const char *source, int64_t wall_offset_ns, struct guard_link *link);
/* What there is to do now: keys, the size of the terminal, a picture. `lost`: records that were lost so far, NULL = not
 * known. 0, or -ECANCELED: it is to end, by a key or a signal. */
int top_step(struct top *top, uint64_t now_ns, const uint64_t *lost);
/* Gives the terminal back. */
void top_end(struct top *top);
void top_free(struct top *top); /* NULL is fine */

#endif
