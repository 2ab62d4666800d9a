/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of truths. Each row was read in the kernel's sources at the place of the increment, which a comment names
 * (functions, since lines move); what equals what is the same from 5.10 to 7.2 unless it says otherwise.
 */
#include "counters.h"

#include "../explain/facts.h"
#include "../util/mib.h"

enum { /* as in include/net/tcp_states.h */
	ESTABLISHED = 1 << 1,
	SYN_SENT = 1 << 2,
	SYN_RECV = 1 << 3,
	FIN_WAIT1 = 1 << 4,
	FIN_WAIT2 = 1 << 5,
	CLOSE_WAIT = 1 << 8,
	LAST_ACK = 1 << 9,
	CLOSING = 1 << 11,
};

#define STATE_CLOSE 7

const char *const counter_names[COUNTER_IDS] = {
#define C(name) [COUNTER_##name] = #name,
	COUNTERS(C)
#undef C
};

#define HANDSHAKE_HOOKS "tcp_check_req,timer_cancel"

const struct counter_row counter_rows[COUNTER_IDS] = {
	[COUNTER_OutRsts] = {
		.blind = "resets without a socket", /* no tracepoint before v6.10 */
		.hooks = "resets without a socket,tcp_v4_send_reset,net_dev_queue",
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	[COUNTER_EstabResets] = { .bounded_by = COUNTER_NONE, .is_told = true },
	[COUNTER_AttemptFails] = {
		.blind = "handshakes that the peer reset",
		.hooks = HANDSHAKE_HOOKS,
		.bounded_by = COUNTER_EmbryonicRsts,
		.needs_stack = true,
		.is_told = true,
	},
	[COUNTER_TCPAbortOnClose] = { .bounded_by = COUNTER_NONE, .needs_stack = true, .is_told = true },
	[COUNTER_TCPAbortOnData] = { .bounded_by = COUNTER_NONE, .needs_stack = true, .is_told = true },
	[COUNTER_TCPAbortOnMemory] = {
		/* tcp_out_of_resources() sends no reset where the time is up anyway; tcp_done() then sets no error. */
		.blind = "orphans given up for memory without a reset",
		.bounded_by = COUNTER_NONE,
		.needs_stack = true,
		.is_told = true,
	},
	[COUNTER_TCPAbortOnTimeout] = { .bounded_by = COUNTER_NONE, .needs_stack = true, .is_told = true },
	[COUNTER_TCPAbortOnLinger] = { .bounded_by = COUNTER_NONE, .needs_stack = true, .is_told = true },
	[COUNTER_TCPAbortFailed] = {
		.blind = "resets that could not be transmitted", /* they are told, as resets */
		.bounded_by = COUNTER_NONE,
	},
	[COUNTER_EmbryonicRsts] = {
		.blind = "handshakes that the peer reset",
		.hooks = HANDSHAKE_HOOKS,
		.bounded_by = COUNTER_NONE,
		.needs_stack = true,
		.is_told = true,
	},
	[COUNTER_ListenOverflows] = { .blind = "full accept queues", .bounded_by = COUNTER_NONE },
	[COUNTER_ListenDrops] = { .blind = "handshakes dropped by the listener", .bounded_by = COUNTER_NONE },
	[COUNTER_TCPReqQFullDrop] = { .blind = "full SYN queues", .bounded_by = COUNTER_NONE },
	[COUNTER_TCPTimeWaitOverflow] = { .blind = "minisocks not to be had", .bounded_by = COUNTER_NONE },
	[COUNTER_TCPMD5NotFound] = { .blind = "segments without a signature", .bounded_by = COUNTER_NONE },
	[COUNTER_TCPMD5Unexpected] = { .blind = "segments with a signature", .bounded_by = COUNTER_NONE },
	[COUNTER_TCPMD5Failure] = { .blind = "segments with a wrong signature", .bounded_by = COUNTER_NONE },
	[COUNTER_TCPChallengeACK] = { .blind = "challenge ACKs", .bounded_by = COUNTER_NONE },
};

/* One way to move a counter: any row that fits an incident counts it, once. */
static const struct tally_row {
	enum counter_id counter;
	fact_set needs;
	fact_set forbids;
	unsigned int left; /* states of which the socket left one for CLOSE; 0 = it does not matter */
} tally_rows[] = {
	/* tcp_send_active_reset() at its start, tcp_v4_send_reset() and tcp_v6_send_response() at their end */
	{ COUNTER_OutRsts, FACT(SENT), 0, 0 },
	{ COUNTER_OutRsts, FACT(ONLY_DROPPED), 0, 0 },

	/* tcp_set_state() */
	{ COUNTER_EstabResets, 0, 0, ESTABLISHED | CLOSE_WAIT },

	/* tcp_done(): whoever ends the attempt but close(), disconnect and a connect() that failed by itself ... */
	{ COUNTER_AttemptFails, FACT(RECEIVED), 0, SYN_SENT | SYN_RECV },
	{ COUNTER_AttemptFails, FACT(CLOSED), FACT(BY_APPLICATION) | FACT(IN_CONNECT), SYN_SENT | SYN_RECV },
	/* ... which may have lent its stack to a timer or ICMP error that waited for the socket's lock */
	{ COUNTER_AttemptFails, FACT(CLOSED) | FACT(IN_WRITE_TIMER), 0, SYN_SENT | SYN_RECV },
	{ COUNTER_AttemptFails, FACT(CLOSED) | FACT(IN_ICMP), 0, SYN_SENT | SYN_RECV },
	/* tcp_check_req(): a SYN or reset that the handshake does not wait for */
	{ COUNTER_AttemptFails, FACT(SENT) | FACT(IN_CHECK_REQ) | FACT(SYN), 0, 0 },
	{ COUNTER_AttemptFails, FACT(GONE) | FACT(REQUEST) | FACT(RST), 0, 0 },

	/* __tcp_close(): data was unread. Nothing else there sends a reset before the socket is an orphan. */
	{ COUNTER_TCPAbortOnClose, FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE),
	  FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET) | FACT(ORPHAN), 0 },

	/* __tcp_close(): SO_LINGER with 0, in every state but CLOSE and LISTEN, with a reset to send or without */
	{ COUNTER_TCPAbortOnData, FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(IN_DISCONNECT) | FACT(LINGER_ZERO),
	  FACT(IN_CHILD_FORGET), 0 },
	{ COUNTER_TCPAbortOnData, FACT(CLOSED) | FACT(IN_CLOSE) | FACT(LINGER_ZERO), 0,
	  SYN_SENT | CLOSING | LAST_ACK },
	/* tcp_rcv_state_process(): data after close or shutdown, TCP_LINGER2 < 0; all are answered by a reset */
	{ COUNTER_TCPAbortOnData, FACT(SENT) | FACT(PASSIVE) | FACT(IS_CLOSE), 0, 0 },

	/* __tcp_close(): tcp_check_oom(), on an orphan already; TCP_LINGER2 < 0 goes first, in FIN_WAIT2 */
	{ COUNTER_TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN),
	  FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET) | FACT(LINGER2_NEGATIVE), 0 },
	{ COUNTER_TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN),
	  FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET), FIN_WAIT1 | CLOSING | LAST_ACK },
	/* tcp_out_of_resources(): the only active reset of the retransmission and probe timers */
	{ COUNTER_TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_WRITE_TIMER), 0, 0 },
	{ COUNTER_TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_RETRANSMIT_TIMER), 0, 0 },

	/* tcp_write_err(), from those timers and after the reset of the keepalive timer. That one also sends a reset
	 * for an orphan in FIN_WAIT2 without it. */
	{ COUNTER_TCPAbortOnTimeout, FACT(CLOSED) | FACT(IN_WRITE_TIMER), 0, 0 },
	{ COUNTER_TCPAbortOnTimeout, FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER), 0, 0 },
	{ COUNTER_TCPAbortOnTimeout, FACT(SENT) | FACT(ACTIVE) | FACT(IN_KEEPALIVE_TIMER), FACT(ORPHAN), 0 },
	{ COUNTER_TCPAbortOnTimeout, FACT(SENT) | FACT(ACTIVE) | FACT(IN_KEEPALIVE_TIMER), FACT(IS_FIN_WAIT2), 0 },

	/* __tcp_close(): FIN_WAIT2 with TCP_LINGER2 < 0 */
	{ COUNTER_TCPAbortOnLinger,
	  FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN) | FACT(LINGER2_NEGATIVE),
	  FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET), FIN_WAIT2 },

	/* tcp_check_req(): the request is dropped for a reset, for a SYN, or for want of room in the accept queue */
	{ COUNTER_EmbryonicRsts, FACT(SENT) | FACT(IN_CHECK_REQ), 0, 0 },
	{ COUNTER_EmbryonicRsts, FACT(GONE) | FACT(REQUEST) | FACT(RST), 0, 0 },
};

/* The state that a full socket left for CLOSE at this incident, as a bit; 0: it did not, or that is not known. */
static unsigned int state_left(const struct evidence *ev, bool is_active)
{
	if (!(ev->flags & EV_SOCKET))
		return 0;
	if (ev->hook == HOOK_INET_SOCK_SET_STATE)
		return 1u << (ev->sock.old_state & 31);
	if (ev->hook == HOOK_TCP_RECEIVE_RESET)
		return 1u << (ev->sock.state & 31);
	if (ev->hook != HOOK_TCP_SEND_RESET)
		return 0;
	if (ev->sock.state != STATE_CLOSE) /* who gives up sends first; who answers a segment lives on */
		return is_active ? 1u << (ev->sock.state & 31) : 0;
	if (ev->flags & EV_CONN && ev->conn.new_state == STATE_CLOSE)
		return 1u << (ev->conn.old_state & 31);
	return 0;
}

uint64_t counters_moved_by(const struct incident *incident)
{
	unsigned int left;
	struct facts facts;
	uint64_t moved = 0;

	facts_observe(incident, &facts);
	left = state_left(&incident->evidence, facts.holds & FACT(ACTIVE));
	for (unsigned int i = 0; i < sizeof(tally_rows) / sizeof(*tally_rows); i++) {
		const struct tally_row *row = &tally_rows[i];

		if ((facts.holds & row->needs) == row->needs && !(facts.holds & row->forbids) &&
		    (!row->left || left & row->left))
			moved |= 1ULL << row->counter;
	}
	return moved;
}

int counters_parse(const char *snmp, const char *netstat, uint64_t values[COUNTER_IDS], uint64_t *ret_found)
{
	int err;

	*ret_found = 0;
	err = mib_parse(snmp, "Tcp", counter_names, COUNTER_IDS, values, ret_found);
	return err ? err : mib_parse(netstat, "TcpExt", counter_names, COUNTER_IDS, values, ret_found);
}
