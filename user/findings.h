/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `rsttrace stalled` has found in one round: kept small, put in order, told at the end of it. */
#ifndef RSTTRACE_FINDINGS_H
#define RSTTRACE_FINDINGS_H

#include "explain/report.h"

struct finding {
	struct evidence evidence;
	const struct cause *cause;
	uint64_t in_ms; /* until the kernel gives it up; UINT64_MAX = it does not */
	uint32_t silence_ms; /* since the peer was heard of */
	uint32_t count; /* how many sockets it stands for */
	uint32_t pid; /* of the owner, 0 = not known */
};

struct findings {
	struct finding *rows;
	size_t count;
	size_t room;
};

/* Adds what the report tells; what is told once for each process goes to the line of that, which the socket stands for
 * that was silent for the longest time. 0 or -ENOMEM. */
int findings_add(struct findings *findings, const struct report *report);
/* What ends soonest first; what does not end by itself by cause, and the longest silence first. */
void findings_sort(struct findings *findings);
void findings_free(struct findings *findings);

#endif
