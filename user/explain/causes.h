/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The causes table: one row per cause, and nothing about a cause anywhere else. explain.c matches rows without
 * knowing any of them; `rsttrace explain`, the man page and docs/causes.md are printed from them.
 *
 * The rows stand in one file per kind. `why` becomes the sentence on a death's line; meaning, sees and advice are what
 * `rsttrace explain SLUG` prints, and take no more than that line for granted. Titles stand in parentheses too:
 * "until 12:01:07 it was redis[988] (closed with unread data)".
 */
#ifndef RSTTRACE_CAUSES_H
#define RSTTRACE_CAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"
#include "report.h"

/* Whom a cause's line names. */
enum owner_rule {
	OWNER_IS_CONN = 0, /* who is remembered as the socket's owner; the task on the CPU is anybody */
	OWNER_IS_TASK, /* the hook ran inside the owner's own system call or exit */
};

#define ERRNO_OF_ICMP (-1)

struct cause {
	const char *slug; /* stable name, as in --cause and JSON */
	enum kind kind;
	const char *title; /* a few words */
	bool is_likely; /* likely at best: the evidence speaks for it and proves nothing */
	bool is_quiet; /* told only when asked for by --cause or --kind: ordinary, or not a death */
	fact_set needs; /* facts that must hold; none: never matched, the row is there for `explain` alone */
	fact_set forbids; /* facts that must not */
	const char *reasons; /* the kernel's own reset reasons that agree, by commas; NULL = it gives none here */
	enum owner_rule owner;
	bool is_per_process; /* KIND_STALLED: one line for all that a process has, the worst stands for them */
	/* What the application gets for it: an errno (a soft error seen before replaces ETIMEDOUT, as in the kernel's
	 * tcp_write_err), or ERRNO_OF_ICMP: that of the ICMP error queued on the socket. 0: what sk_err says, or the
	 * state when a reset arrives. Nothing on an orphan. */
	int application_errno;
	const char *why; /* the sentence: {name} is replaced by that field's text, see fields.h */
	const char *meaning; /* for `explain`: what happened, in the kernel's and the connection's terms */
	const char *sees; /* what the application at this end sees, and when */
	const char *advice; /* what to do about it, what to look at next */
};

struct cause_table {
	const struct cause *rows;
	unsigned int count;
};

extern const struct cause_table causes_sent; /* resets that this host sends */
extern const struct cause_table causes_received; /* resets that end something here */
extern const struct cause_table causes_ignored; /* resets that arrive and change nothing */
extern const struct cause_table causes_timeouts;
extern const struct cause_table causes_errors; /* ICMP and local errors, outages survived */
extern const struct cause_table causes_dropped; /* handshakes and segments dropped before anyone saw them */
extern const struct cause_table causes_stalled; /* no deaths: what stands still now */
extern const struct cause cause_unknown;

/* How many rows there are, without "unknown"; the row with that number from 0, NULL past the end. */
unsigned int causes_count(void);
const struct cause *causes_at(unsigned int i);

/* The row with that slug, "unknown" included; NULL when there is none. */
const struct cause *cause_find(const char *slug);

#endif
