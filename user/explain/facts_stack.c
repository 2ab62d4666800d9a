/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts that the way through the kernel tells: the stack, or a reset reason that only one way gives. */
#include "facts_parts.h"

#include <string.h>

#include "../decode/frames.h"

/* Which frames of a stack make which fact. */
static const struct frame_row {
	fact_set fact;
	frame_set any_of;
} frame_rows[] = {
	{ FACT(IN_CLOSE), FRAME(TCP_CLOSE) },
	{ FACT(IN_DISCONNECT), FRAME(TCP_DISCONNECT) },
	{ FACT(IN_CONNECT), FRAME(STREAM_CONNECT) | FRAME(V4_CONNECT) | FRAME(V6_CONNECT) },
	{ FACT(IN_CHILD_FORGET), FRAME(CHILD_FORGET) },
	{ FACT(IN_SHUTDOWN), FRAME(SHUTDOWN) },
	{ FACT(IN_ABORT), FRAME(ABORT) },
	{ FACT(IN_SOCK_DIAG),
	  FRAME(DIAG_DESTROY) | FRAME(DIAG_EXACT) | FRAME(DIAG_MESSAGE) | FRAME(DIAG_SOCK_DESTROY) },
	{ FACT(IN_KEEPALIVE_TIMER), FRAME(KEEPALIVE_TIMER) },
	{ FACT(IN_RETRANSMIT_TIMER), FRAME(RETRANSMIT_TIMER) },
	{ FACT(IN_WRITE_TIMER), FRAME(WRITE_TIMER) | FRAME(WRITE_TIMER_HANDLER) | FRAME(RELEASE_CB) },
	{ FACT(IN_CHECK_REQ), FRAME(CHECK_REQ) },
	{ FACT(IN_VALIDATE_INCOMING), FRAME(VALIDATE_INCOMING) },
	{ FACT(IN_ICMP), FRAME(V4_ERR) | FRAME(V6_ERR) },
	{ FACT(IN_ULP), FRAMES_OF_TLS },
	{ FACT(BY_APPLICATION), FRAME(TCP_CLOSE) | FRAME(TCP_DISCONNECT) | FRAME(SHUTDOWN) },
	{ FACT(IN_OUT_OF_RESOURCES), FRAME(OUT_OF_RESOURCES) },
	/* bpf_sock_destroy() ends in a tail call: the iterator below it is what is left. */
	{ FACT(IN_BPF_DESTROY), FRAME(BPF_DESTROY) | FRAME(BPF_ITERATOR) },
	{ FACT(IN_SMC), FRAME(SMC_ABORT) | FRAME(SMC_RELEASE) },
	{ FACT(IN_MPTCP_RESET), FRAME(MPTCP_RESET) },
	{ FACT(IN_MPTCP_DATA), FRAME(MPTCP_DATA) },
	{ FACT(IN_MPTCP_FASTCLOSE), FRAME(MPTCP_FASTCLOSE) },
	{ FACT(IN_MPTCP_WORKER), FRAME(MPTCP_WORKER) },
	{ FACT(IN_MPTCP_JOIN), FRAME(MPTCP_V4_JOIN) | FRAME(MPTCP_V6_JOIN) },
	{ FACT(IN_MPTCP_CHILD), FRAME(MPTCP_CHILD) },
	{ FACT(BY_RAW_SOCKET), FRAME(RAW_SENDMSG) | FRAME(RAWV6_SENDMSG) | FRAME(PACKET_SENDMSG) |
				       FRAME(PACKET_SENDMSG_SPKT) },
	{ FACT(IN_DO_RCV), FRAME(V4_DO_RCV) | FRAME(V6_DO_RCV) },
};

#define FRAME_ROWS (sizeof(frame_rows) / sizeof(*frame_rows))

/* Reset reasons that only one way through the kernel gives: as good as its stack where there is none. */
static const struct reason_row {
	const char *reason;
	fact_set implies;
} reason_rows[] = {
	{ "TCP_ABORT_ON_CLOSE", FACT(IN_CLOSE) | FACT(BY_APPLICATION) },
	{ "TCP_ABORT_ON_LINGER", FACT(IN_CLOSE) | FACT(BY_APPLICATION) },
	{ "TCP_KEEPALIVE_TIMEOUT", FACT(IN_KEEPALIVE_TIMER) },
};

bool facts_has_names(const struct incident *incident)
{
	for (unsigned int i = incident->first_frame; i < incident->end_frame; i++) {
		if (*incident->frames[i])
			return true;
	}
	return false;
}

void facts_observe_stack(const struct incident *incident, struct facts *facts)
{
	frame_set frames = frames_hold(incident);

	if (facts_has_names(incident)) {
		for (unsigned int i = 0; i < FRAME_ROWS; i++)
			set(facts, frame_rows[i].fact, frames & frame_rows[i].any_of);
		return;
	}
	for (unsigned int i = 0; i < sizeof(reason_rows) / sizeof(*reason_rows); i++) {
		if (strcmp(incident->reason, reason_rows[i].reason))
			continue;
		for (unsigned int j = 0; j < FRAME_ROWS; j++)
			set(facts, frame_rows[j].fact, frame_rows[j].fact & reason_rows[i].implies);
	}
}

/*
 * Whether a reset ended it. tcp_reset() runs for data after close() too, and only the stack tells the two apart. Of a
 * minisock the hook on tcp_timewait_state_process() sees segment and end; where its timer's cancellation is seen
 * instead, the way there tells: only a reset leads from that function to inet_twsk_deschedule_put(), and from
 * tcp_v4_rcv() itself only a SYN in TIME_WAIT, or what FIN_WAIT2 answers with a reset of its own.
 */
void facts_observe_end(const struct incident *incident, struct facts *facts)
{
	const struct evidence *ev = &incident->evidence;
	frame_set frames = frames_hold(incident);

	if (ev->hook == HOOK_TCP_RECEIVE_RESET) {
		if (facts->known & FACT(IN_VALIDATE_INCOMING))
			set(facts, FACT(ENDED_BY_RESET), facts->holds & FACT(IN_VALIDATE_INCOMING));
		return;
	}
	if (ev->hook != HOOK_TIMER_CANCEL || !(ev->flags & EV_TIMEWAIT)) {
		set(facts, FACT(ENDED_BY_RESET), ev->hook == HOOK_TIMEWAIT && facts->holds & FACT(GONE) &&
							 facts->holds & FACT(RST));
		return;
	}
	if (!facts_has_names(incident))
		return;
	set(facts, FACT(ENDED_BY_RESET),
	    frames & FRAME(TIMEWAIT_PROCESS) && frames & FRAME(TIMEWAIT_DESCHEDULE));
	set(facts, FACT(RECYCLED),
	    facts->holds & FACT(IS_TIME_WAIT) && frames & FRAME(TIMEWAIT_DESCHEDULE) &&
		    frames & (FRAME(V4_RCV) | FRAME(V6_RCV)) && !(frames & FRAME(TIMEWAIT_PROCESS)));
}
