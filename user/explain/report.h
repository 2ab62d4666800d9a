/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every sink receives: an incident and the verdict on it. */
#ifndef RSTTRACE_REPORT_H
#define RSTTRACE_REPORT_H

#include "../decode/incident.h"

enum kind {
	KIND_RST_SENT,
	KIND_RST_RECEIVED,
	KIND_RST_IGNORED,
	KIND_TIMEOUT,
	KIND_ERROR,
	KIND_DROPPED,
	KIND_RECOVERED,
	KIND_STALLED, /* no death yet: what `rsttrace stalled` finds, and nothing else */
	KIND_MAX
};

enum certainty {
	CERTAINTY_CERTAIN, /* every fact that the cause needs was observed, and the kernel's own reason agrees */
	CERTAINTY_LIKELY, /* observed, but a source that should corroborate disagrees */
	CERTAINTY_PARTIAL, /* something needed was not observable here: `missing` says what */
	CERTAINTY_UNKNOWN, /* no cause fits: shown with its evidence */
	CERTAINTY_MAX
};

struct histograms; /* bpf/histogram.h */

/* One row of the causes table (explain/causes.c). */
struct cause;

/* The death of the other end, where that is on this host too. */
struct peer_end {
	const struct cause *cause; /* NULL = not seen here */
	enum certainty certainty;
	struct ev_task owner; /* .source OWNER_UNKNOWN: not known */
	uint32_t netns;
	char why[256]; /* the sentence on it, without what it says of this end */
	char story[352]; /* the same after the owner's name: "nginx[2211]: closed with 128 bytes unread" */
};

struct report {
	const struct incident *incident;
	const struct cause *cause; /* never NULL: the row "unknown" at worst */
	enum kind kind;
	enum certainty certainty;
	struct ev_task owner; /* .source says how it is known; OWNER_UNKNOWN: nothing else in it counts */
	int application_errno; /* what the application sees, 0 = nothing */
	const char *state; /* TCP state at death, "" = there was no socket */
	const char *missing; /* CERTAINTY_PARTIAL: what could not be seen, else NULL */
	const char *cgroup; /* path of the owner's cgroup, NULL = not known */
	struct peer_end peer;
	bool is_nobodys; /* the owner was sought after the death: nobody has the socket open any more */
	uint64_t count; /* how many sockets or deaths this stands for; 0 = one */
	const struct histograms *histograms; /* how those were measured; NULL: they were not, or it is one */
	char why[512]; /* one sentence with the facts in it, no full stop */
};

/* Names as they appear in output and options: "rst-sent", "certain", "syscall". Never NULL. */
const char *kind_name(enum kind kind);
const char *certainty_name(enum certainty certainty);
const char *owner_source_name(enum owner_source source);
/* The tracepoint or function that saw it, as this family's connections know it. */
const char *hook_name(enum evidence_hook hook, bool is_ipv4);

#endif
