/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of truths. Each row was read in the kernel's sources at the place of the increment, which a comment names
 * (functions, since lines move); what equals what is the same from 5.10 to 7.2 unless it says otherwise.
 */
#include "counters.h"

#include <string.h>

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
/* All three come with the tiers that hook functions; --deep sees some of what they see. */
#define LISTENER_HOOKS "tcp_conn_request"

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
	[COUNTER_ListenOverflows] = {
		.blind = "full accept queues",
		.hooks = LISTENER_HOOKS,
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	[COUNTER_ListenDrops] = {
		.blind = "handshakes dropped by the listener",
		.hooks = LISTENER_HOOKS,
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	[COUNTER_TCPReqQFullDrop] = {
		.blind = "full SYN queues",
		.hooks = LISTENER_HOOKS,
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	[COUNTER_TCPTimeWaitOverflow] = {
		.blind = "minisocks not to be had",
		.hooks = "inet_twsk_alloc",
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	[COUNTER_TCPMD5NotFound] = {
		.blind = "segments without a signature",
		.hooks = "tcp_hash_md5_required",
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	[COUNTER_TCPMD5Unexpected] = {
		.blind = "segments with a signature",
		.hooks = "tcp_hash_md5_unexpected",
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	[COUNTER_TCPMD5Failure] = {
		.blind = "segments with a wrong signature",
		.hooks = "tcp_hash_md5_mismatch",
		.bounded_by = COUNTER_NONE,
		.is_told = true,
	},
	/* It answers segments of every kind, and a limit for each socket and the namespace decides which. */
	[COUNTER_TCPChallengeACK] = { .blind = "challenge ACKs", .bounded_by = COUNTER_NONE },
};

/* One way to move a counter: any row that fits an incident counts it, once. */
static const struct tally_row {
	enum counter_id counter;
	fact_set needs;
	fact_set forbids;
	unsigned int left; /* states of which the socket left one for CLOSE; 0 = it does not matter */
	const char *drop; /* the kernel's drop reason; NULL = it does not matter */
	bool is_further; /* counted at another place of the kernel, on top of what the other rows count */
} tally_rows[] = {
#define TALLY(name, facts, ...) { .counter = COUNTER_##name, .needs = (facts), ##__VA_ARGS__ }
	/* tcp_send_active_reset() at its start, tcp_v4_send_reset() and tcp_v6_send_response() at their end */
	TALLY(OutRsts, FACT(SENT)),
	TALLY(OutRsts, FACT(ONLY_DROPPED)),

	/* tcp_set_state() */
	TALLY(EstabResets, 0, .left = ESTABLISHED | CLOSE_WAIT),

	/* tcp_done(): whoever ends the attempt but close(), disconnect and a connect() that failed by itself ... */
	TALLY(AttemptFails, FACT(RECEIVED), .left = SYN_SENT | SYN_RECV),
	TALLY(AttemptFails, FACT(CLOSED), .forbids = FACT(BY_APPLICATION) | FACT(IN_CONNECT),
	      .left = SYN_SENT | SYN_RECV),
	/* ... which may have lent its stack to a timer or ICMP error that waited for the socket's lock */
	TALLY(AttemptFails, FACT(CLOSED) | FACT(IN_WRITE_TIMER), .left = SYN_SENT | SYN_RECV),
	TALLY(AttemptFails, FACT(CLOSED) | FACT(IN_ICMP), .left = SYN_SENT | SYN_RECV),
	/* tcp_check_req(): a SYN or reset that the handshake does not wait for */
	TALLY(AttemptFails, FACT(SENT) | FACT(IN_CHECK_REQ) | FACT(SYN)),
	TALLY(AttemptFails, FACT(GONE) | FACT(REQUEST) | FACT(RST)),
	/* ... of Fast Open, where it ends the child by tcp_reset() and thus tcp_done() as well */
	TALLY(AttemptFails, FACT(RECEIVED) | FACT(IN_CHECK_REQ), .is_further = true),

	/* __tcp_close(): data was unread. Nothing else there sends a reset before the socket is an orphan. */
	TALLY(TCPAbortOnClose, FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE),
	      .forbids = FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET) | FACT(ORPHAN)),

	/* __tcp_close(): SO_LINGER with 0, in every state but CLOSE and LISTEN, with a reset to send or without */
	TALLY(TCPAbortOnData,
	      FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(IN_DISCONNECT) | FACT(LINGER_ZERO),
	      .forbids = FACT(IN_CHILD_FORGET)),
	TALLY(TCPAbortOnData, FACT(CLOSED) | FACT(IN_CLOSE) | FACT(LINGER_ZERO),
	      .left = SYN_SENT | CLOSING | LAST_ACK),
	/* tcp_rcv_state_process(): data after close or shutdown, TCP_LINGER2 < 0; all are answered by a reset */
	TALLY(TCPAbortOnData, FACT(SENT) | FACT(PASSIVE) | FACT(IS_CLOSE)),

	/* __tcp_close(): tcp_check_oom(), on an orphan already; TCP_LINGER2 < 0 goes first, in FIN_WAIT2 */
	TALLY(TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN),
	      .forbids = FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET) | FACT(LINGER2_NEGATIVE)),
	TALLY(TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN),
	      .forbids = FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET), .left = FIN_WAIT1 | CLOSING | LAST_ACK),
	/* tcp_out_of_resources(): the only active reset of the retransmission and probe timers */
	TALLY(TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_WRITE_TIMER)),
	TALLY(TCPAbortOnMemory, FACT(SENT) | FACT(ACTIVE) | FACT(IN_RETRANSMIT_TIMER)),

	/* tcp_write_err(), from those timers and after the reset of the keepalive timer. That one also sends a reset
	 * for an orphan in FIN_WAIT2 without it. */
	TALLY(TCPAbortOnTimeout, FACT(CLOSED) | FACT(IN_WRITE_TIMER)),
	TALLY(TCPAbortOnTimeout, FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER)),
	TALLY(TCPAbortOnTimeout, FACT(SENT) | FACT(ACTIVE) | FACT(IN_KEEPALIVE_TIMER), .forbids = FACT(ORPHAN)),
	TALLY(TCPAbortOnTimeout, FACT(SENT) | FACT(ACTIVE) | FACT(IN_KEEPALIVE_TIMER),
	      .forbids = FACT(IS_FIN_WAIT2)),

	/* __tcp_close(): FIN_WAIT2 with TCP_LINGER2 < 0 */
	TALLY(TCPAbortOnLinger,
	      FACT(SENT) | FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN) | FACT(LINGER2_NEGATIVE),
	      .forbids = FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET), .left = FIN_WAIT2),

	/* tcp_check_req(): the request is dropped for a reset, for a SYN, or for want of room in the accept queue. It
	 * lives where it belongs to a child of Fast Open, and MPTCP drops it elsewhere. */
	TALLY(EmbryonicRsts, FACT(SENT) | FACT(IN_CHECK_REQ) | FACT(IS_LISTEN),
	      .forbids = FACT(IN_MPTCP_CHILD)),
	TALLY(EmbryonicRsts, FACT(GONE) | FACT(REQUEST) | FACT(RST)),

	/* tcp_conn_request(), which asks for the SYN queue first; tcp_v4_syn_recv_sock() and its IPv6 twin, whose
	 * failure tcp_check_req() answers with a reset if tcp_abort_on_overflow says so */
	TALLY(ListenOverflows, FACT(SYN_DROPPED) | FACT(QUEUE_FULL), .forbids = FACT(SYN_QUEUE_FULL)),
	TALLY(ListenOverflows, FACT(NO_CHILD) | FACT(QUEUE_FULL)),
	TALLY(ListenOverflows, FACT(SENT) | FACT(IN_CHECK_REQ) | FACT(IS_LISTEN) | FACT(QUEUE_FULL),
	      .forbids = FACT(SYN) | FACT(IN_MPTCP_CHILD)),

	/* tcp_listendrop(): from the same functions, whatever it was for, and from tcp_req_err() */
	TALLY(ListenDrops, FACT(SYN_DROPPED)),
	TALLY(ListenDrops, FACT(NO_CHILD)),
	TALLY(ListenDrops, FACT(SENT) | FACT(IN_CHECK_REQ) | FACT(IS_LISTEN),
	      .forbids = FACT(SYN) | FACT(IN_MPTCP_CHILD)),
	TALLY(ListenDrops, FACT(GONE) | FACT(REQUEST) | FACT(BY_REQ_ERR)),
	/* ... where MPTCP has refused a path: subflow_v4_route_req() sends the reset, and gives no route (v5.12) */
	TALLY(ListenDrops, FACT(SENT) | FACT(PASSIVE) | FACT(IN_MPTCP_JOIN), .forbids = FACT(ACK)),

	/* tcp_syn_flood_action() */
	TALLY(TCPReqQFullDrop, FACT(SYN_DROPPED) | FACT(SYN_QUEUE_FULL)),

	/* tcp_time_wait() */
	TALLY(TCPTimeWaitOverflow, FACT(NO_MINISOCK)),

	/* tcp_inbound_hash(), tcp_inbound_md5_hash() */
	TALLY(TCPMD5NotFound, FACT(UNSIGNED), .drop = "TCP_MD5NOTFOUND"),
	TALLY(TCPMD5Unexpected, FACT(UNSIGNED), .drop = "TCP_MD5UNEXPECTED"),
	TALLY(TCPMD5Failure, FACT(UNSIGNED), .drop = "TCP_MD5FAILURE"),
#undef TALLY
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

static bool fits(const struct tally_row *row, const struct incident *incident, const struct facts *facts,
		 unsigned int left)
{
	if ((facts->holds & row->needs) != row->needs || facts->holds & row->forbids)
		return false;
	return (!row->left || left & row->left) && (!row->drop || !strcmp(row->drop, incident->drop));
}

void counters_moved_by(const struct incident *incident, uint8_t ret_moves[COUNTER_IDS])
{
	uint64_t once = 0, further = 0;
	struct facts facts;
	unsigned int left;

	facts_observe(incident, &facts);
	left = state_left(&incident->evidence, facts.holds & FACT(ACTIVE));
	for (unsigned int i = 0; i < sizeof(tally_rows) / sizeof(*tally_rows); i++) {
		if (fits(&tally_rows[i], incident, &facts, left))
			*(tally_rows[i].is_further ? &further : &once) |= 1ULL << tally_rows[i].counter;
	}
	for (unsigned int i = 0; i < COUNTER_IDS; i++)
		ret_moves[i] = (once >> i & 1) + (further >> i & 1);
}

int counters_parse(const char *snmp, const char *netstat, uint64_t values[COUNTER_IDS], uint64_t *ret_found)
{
	int err;

	*ret_found = 0;
	err = mib_parse(snmp, "Tcp", counter_names, COUNTER_IDS, values, ret_found);
	return err ? err : mib_parse(netstat, "TcpExt", counter_names, COUNTER_IDS, values, ret_found);
}
