/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* When the kernel will give up a connection that is in trouble, if nothing changes. */
#ifndef RSTTRACE_DEADLINE_H
#define RSTTRACE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/evidence.h"

enum trouble {
	TROUBLE_NONE,
	TROUBLE_CONNECTING, /* SYNs unanswered */
	TROUBLE_RETRANSMITTING, /* data or FIN unanswered */
	TROUBLE_ZERO_WINDOW, /* the peer's window is shut: probed */
	TROUBLE_KEEPALIVE, /* keepalive probes unanswered */
	TROUBLE_MAX
};

/* ev_pending.write_event, as icsk_pending of the kernel. */
enum { PENDING_RETRANSMIT = 1, PENDING_PROBE = 3, PENDING_LOSS_PROBE = 5, PENDING_REORDERING = 6 };

struct deadline {
	enum trouble trouble;
	unsigned int tries; /* so far */
	unsigned int tries_allowed; /* 0 = time is what runs out */
	bool is_known; /* .in_ms is */
	uint64_t in_ms; /* from the record's time */
};

/* Works on a record with EV_SOCKET and EV_PENDING. What troubles the connection, and when its timers end it: by
 * playing on what tcp_write_timeout(), tcp_probe_timer() and tcp_keepalive_timer() do, expiry by expiry. */
void deadline_find(const struct evidence *ev, struct deadline *ret_deadline);
const char *trouble_name(enum trouble trouble);

#endif
