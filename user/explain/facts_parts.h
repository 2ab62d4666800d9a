/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to the files that make facts: each observes its part of the evidence, in the order of facts_observe(). */
#ifndef RSTTRACE_FACTS_PARTS_H
#define RSTTRACE_FACTS_PARTS_H

#include <stdbool.h>

#include "facts.h"

enum { /* as in include/net/tcp_states.h */
	ESTABLISHED = 1,
	SYN_SENT = 2,
	SYN_RECV = 3,
	FIN_WAIT1 = 4,
	FIN_WAIT2 = 5,
	TIME_WAIT = 6,
	CLOSE = 7,
	CLOSE_WAIT = 8,
	LAST_ACK = 9,
	LISTEN = 10,
	CLOSING = 11,
};

static inline void set(struct facts *facts, fact_set fact, bool holds)
{
	facts->known |= fact;
	if (holds)
		facts->holds |= fact;
}

/* facts_stack.c: the way through the kernel, and what ended it where only that way tells */
void facts_observe_stack(const struct incident *incident, struct facts *facts);
void facts_observe_end(const struct incident *incident, struct facts *facts);
/* Whether any frame of the stack has a name. */
bool facts_has_names(const struct incident *incident);

/* facts_errors.c: REJECT rules, ICMP errors, connect() */
void facts_observe_reject(const struct incident *incident, struct facts *facts);
void facts_observe_icmp(const struct evidence *ev, struct facts *facts);
void facts_observe_connect(const struct incident *incident, struct facts *facts);

/* facts_packet.c: segments that leave or are dropped. Comes last: some of what the other observers take for known is
 * not, for a segment without its socket. */
void facts_observe_packet(const struct incident *incident, struct facts *facts);

#endif
