/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The live source. Phases: open (probe the kernel, choose the tier), attach (load and attach what the kernel takes),
 * then drain again and again. A program that this kernel refuses is left out and named, it never stops the others.
 */
#ifndef RSTTRACE_SESSION_H
#define RSTTRACE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../cli.h"
#include "caps.h"
#include "../../bpf/evidence.h"
#include "source.h"

struct session;

struct session_counts {
	uint64_t sent;
	/* records without room in the ring buffer, and events that the kernel skipped our programs for */
	uint64_t lost;
	uint64_t filtered;
	uint64_t counted; /* rather than streamed */
};

/* What became of one hook. */
struct session_hook {
	const char *hook; /* "tcp_send_reset" */
	const char *kind; /* "tracepoint", "fentry", "kprobe" */
	const char *gives; /* what it tells, one phrase */
	const char *refused; /* why it is not attached; NULL = it is */
	bool is_waiting; /* for the module that its function lives in */
};

/* 0, or a negative errno with a sentence in message[size]. */
int session_open(const struct options *options, struct session **ret_session, char *message, size_t size);
int session_attach(struct session *session, const struct options *options, char *message, size_t size);
const struct caps *session_caps(const struct session *session);
const struct source_info *session_info(const struct session *session);
enum tier session_tier(const struct session *session);
/* Readable when records wait that should not wait longer. */
int session_fd(const struct session *session);
/* Whether the next record makes session_fd() readable. After it is set, what came before that is to be drained. */
void session_set_asleep(struct session *session, bool is_asleep);
/* Hands every waiting record to `record`; the number of records, or its negative errno. */
int session_drain(struct session *session, source_record_fn record, void *context);
/* Reads what was counted rather than streamed, where anything was: four times a second, and when it `is_due`. Then the
 * records are to be drained, since they hold the examples; then session_tell() hands on what was read. */
void session_read_tallies(struct session *session, bool is_due);
/* As tallies_tell() and tallies_measured(). */
int session_tell(struct session *session, source_tally_fn tell, void *context);
struct histograms;
const struct histograms *session_measured(const struct session *session);
struct symbols;
/* Tells the kernel side where functions are that it meets as pointers. Again after a module has come. */
void session_tell_symbols(struct session *session, const struct symbols *symbols);
/* Finds the owners of the sockets that are open already, by every open file of every process: about 1 ms for each
 * thousand files. 0 or a negative errno; it can be done again at any time. */
int session_scan(struct session *session);
/* Who has the socket of that death open: looks through all open files once more, unless that was done so lately that
 * it would cost more than a fiftieth of the time. 1: *ret_owner; 0: nobody any more; -EAGAIN: not looked for yet. */
int session_owner(struct session *session, const struct evidence *ev, struct ev_task *ret_owner);
/* How many kernel modules have been loaded since: each may have brought symbols and functions. */
unsigned int session_modules(const struct session *session);
/* Detaches; what is still in the ring buffer can be drained afterwards. */
void session_detach(struct session *session);
void session_count(const struct session *session, struct session_counts *ret_counts);
/* The i-th hook, NULL after the last. */
const struct session_hook *session_hook(const struct session *session, unsigned int i);
void session_close(struct session *session); /* NULL is fine */

/* programs.c */
const char *tier_name(enum tier tier);

#endif
