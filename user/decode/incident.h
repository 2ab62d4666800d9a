/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One death of one connection, as far as it was observed: the input of explain/. Everything here is a fact.
 *
 * Made by join from one or more records of evidence. Times are CLOCK_REALTIME nanoseconds since the epoch where the
 * name says wall, else as in evidence.h.
 */
#ifndef RSTTRACE_INCIDENT_H
#define RSTTRACE_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/evidence.h"

#define SYMBOL_BYTES 64

/* Who had this connection or port before, and how that ended (a no-socket reset has no socket to ask). */
struct former {
	bool known;
	bool was_listener;
	uint64_t ended_wall_ns; /* when it closed, or gave up connecting */
	uint64_t lasted_ns; /* from open to end, 0 = not known */
	const char *cause; /* slug of its own death, NULL = an ordinary end */
	bool has_exited; /* it ended because its owner's process ended: .owner.exit_code, .owner.is_oom say how */
	struct ev_task owner;
};

/* Which port deaths that were counted together have in common. */
enum common_port { COMMON_PORT_NONE, COMMON_PORT_LOCAL, COMMON_PORT_PEER };

struct incident {
	uint64_t time_wall_ns;
	/* More than one of a kind: counted, and not seen one by one. .evidence is an example's, but its time is that of
	 * the first; what differs from one to the other is not to be told. 0 = it is one. */
	uint64_t count;
	uint64_t last_ns, last_wall_ns; /* when the last of them was */
	enum common_port common_port;
	struct evidence evidence; /* the record that decided */
	unsigned int stack_depth;
	uint64_t stack[EVIDENCE_STACK_FRAMES];
	char frames[EVIDENCE_STACK_FRAMES][SYMBOL_BYTES]; /* the stack by name; "" = not resolved */
	unsigned int first_frame; /* innermost frame of TCP: tracing frames come before it */
	unsigned int end_frame; /* one past the last frame of this event: whoever was interrupted comes after it */
	char reason[SYMBOL_BYTES]; /* kernel's reset reason by name, "" = none */
	char drop[SYMBOL_BYTES]; /* kernel's drop reason by name, "" = none */
	struct former former;
	bool is_rejected_here; /* the reset that arrived was built by a REJECT rule of this host */
	uint32_t silence_ms; /* HOOK_ITERATOR: a peer that was not heard of for so long is silent */
	unsigned int user_depth;
	const char *user_frames[EVIDENCE_USER_FRAMES]; /* the program's own stack by name; NULL = not resolved */
};

#endif
