/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Evidence into facts. Each function observes one part of the evidence, and says nothing where that part is absent. */
#include "facts.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <string.h>

#include <linux/errqueue.h>
#include <linux/netfilter.h>

#include "../decode/frames.h"
#include "misfit.h"
#include "facts_packet.h"
#include "facts_stalled.h"

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

static void set(struct facts *facts, fact_set fact, bool holds)
{
	facts->known |= fact;
	if (holds)
		facts->holds |= fact;
}

static void observe_hook(const struct evidence *ev, struct facts *facts)
{
	bool sent = ev->hook == HOOK_TCP_SEND_RESET || ev->hook == HOOK_FN_SEND_RESET;
	bool segment = ev->flags & EV_SEGMENT;

	set(facts, FACT(SENT), sent);
	set(facts, FACT(RECEIVED), ev->hook == HOOK_TCP_RECEIVE_RESET);
	set(facts, FACT(CLOSED), ev->hook == HOOK_INET_SOCK_SET_STATE);
	set(facts, FACT(ACTIVE), sent && !segment);
	set(facts, FACT(PASSIVE), sent && segment);
	set(facts, FACT(NO_SOCKET), !(ev->flags & (EV_SOCKET | EV_TIMEWAIT | EV_REQUEST)));
	set(facts, FACT(MINISOCK), ev->flags & EV_TIMEWAIT);
	set(facts, FACT(REQUEST), ev->flags & EV_REQUEST);
	set(facts, FACT(DROPPED), ev->hook == HOOK_KFREE_SKB);
	set(facts, FACT(LEFT), ev->hook == HOOK_NET_DEV_QUEUE);
	set(facts, FACT(ICMP), ev->hook == HOOK_ICMP);
	set(facts, FACT(REPORTED), ev->hook == HOOK_ERROR_REPORT);
	set(facts, FACT(CONNECT_FAILED), ev->hook == HOOK_CONNECT);
	set(facts, FACT(NO_MINISOCK), ev->hook == HOOK_TIMEWAIT_ALLOC);
	set(facts, FACT(EXPIRED), ev->hook == HOOK_REQUEST_TIMER || ev->hook == HOOK_TIMEWAIT_TIMER ||
					  ev->hook == HOOK_TIMER_EXPIRE);
}

/* A listener's reset tells what the segment had to do with a handshake only where handshakes are watched. */
static bool is_silent(const struct evidence *ev)
{
	return ev->hook == HOOK_TCP_SEND_RESET && !(ev->flags & EV_SEES_REQUESTS);
}

static void observe_event(const struct evidence *ev, struct facts *facts)
{
	static const fact_set event_facts[EVENT_MAX] = {
		[EVENT_GONE] = FACT(GONE),
		[EVENT_KEPT] = FACT(KEPT),
		[EVENT_CHALLENGED] = FACT(CHALLENGED),
		[EVENT_NO_CHILD] = FACT(NO_CHILD),
		[EVENT_MISMATCH] = FACT(MISMATCH),
		[EVENT_SYN_DROPPED] = FACT(SYN_DROPPED),
		[EVENT_COOKIE_SENT] = FACT(COOKIE_SENT),
		[EVENT_COOKIE_REFUSED] = FACT(COOKIE_REFUSED),
		[EVENT_RECYCLED] = FACT(RECYCLED),
	};

	set(facts, FACT(SEES_REQUESTS), ev->flags & EV_SEES_REQUESTS);
	for (unsigned int event = EVENT_NONE + 1; event < EVENT_MAX; event++) {
		if (is_silent(ev) && (event == EVENT_MISMATCH || event == EVENT_COOKIE_REFUSED))
			continue;
		set(facts, event_facts[event], ev->flags & EV_DETAIL && ev->detail.event == event);
	}
}

static void observe_state(const struct evidence *ev, struct facts *facts)
{
	unsigned int state = ev->hook == HOOK_INET_SOCK_SET_STATE ? ev->sock.old_state : ev->sock.state;

	if (!(ev->flags & (EV_SOCKET | EV_TIMEWAIT)))
		state = 0;
	set(facts, FACT(IS_LISTEN), state == LISTEN);
	set(facts, FACT(IS_SYN_SENT), state == SYN_SENT);
	set(facts, FACT(IS_SYN_RECV), state == SYN_RECV);
	set(facts, FACT(IS_ESTABLISHED), state == ESTABLISHED);
	set(facts, FACT(IS_CLOSE_WAIT), state == CLOSE_WAIT);
	set(facts, FACT(IS_CLOSE), state == CLOSE);
	if (ev->flags & EV_TIMEWAIT && !state) /* recordings of before say nothing of a minisock's state */
		return;
	set(facts, FACT(IS_CLOSING),
	    state == FIN_WAIT1 || state == FIN_WAIT2 || state == CLOSING || state == LAST_ACK);
	set(facts, FACT(IS_FIN_WAIT2), state == FIN_WAIT2);
	set(facts, FACT(IS_TIME_WAIT), state == TIME_WAIT);
}

/* Sequence numbers are compared modulo 2^32 (RFC 9293 section 3.4). */
static bool is_in_flight(uint32_t ack, const struct ev_sock *sock)
{
	return (int32_t)(ack - sock->snd_una) > 0 && (int32_t)(ack - sock->snd_nxt) <= 0;
}

static void observe_segment(const struct evidence *ev, struct facts *facts)
{
	const struct ev_segment *segment = &ev->segment;

	if (!(ev->flags & EV_SEGMENT))
		return;
	set(facts, FACT(SYN), segment->flags & SEG_SYN);
	set(facts, FACT(ACK), segment->flags & SEG_ACK);
	set(facts, FACT(FIN), segment->flags & SEG_FIN);
	set(facts, FACT(RST), segment->flags & SEG_RST);
	set(facts, FACT(PLAIN), segment->flags & SEG_RST && !(segment->flags & SEG_ACK));
	if (!(ev->flags & EV_SOCKET))
		return;
	set(facts, FACT(ACK_UNACCEPTABLE), segment->flags & SEG_ACK && !is_in_flight(segment->ack, &ev->sock));
	set(facts, FACT(OUT_OF_ORDER), (int32_t)(segment->seq - ev->sock.rcv_nxt) > 0);
}

/* tcp_write_timeout(): in SYN_SENT the number of tries and the user timeout both end it, whichever comes first;
 * afterwards a user timeout replaces the number of tries. */
static bool is_by_user_timeout(const struct ev_sock *sock, bool is_syn_sent)
{
	const struct ev_limits *limits = &sock->limits;

	if (!limits->user_timeout_ms)
		return false;
	return !is_syn_sent || sock->retransmits < limits->syn_retries + limits->syn_linear_timeouts;
}

/* Room for the next segment: a window of a few bytes only is as good as shut (RFC 9293 section 3.8.6.2.1). */
static bool is_window_open(const struct ev_sock *sock)
{
	uint32_t next = sock->unsent < sock->mss ? sock->unsent : sock->mss;
	int64_t room = (int64_t)sock->snd_wnd - sock->unacked;

	return sock->snd_wnd && room >= (int64_t)next;
}

static void observe_socket(const struct evidence *ev, struct facts *facts)
{
	const struct ev_sock *sock = &ev->sock;

	if (!(ev->flags & EV_SOCKET))
		return;
	set(facts, FACT(MPTCP), sock->is_mptcp);
	set(facts, FACT(ORPHAN), sock->is_dead);
	set(facts, FACT(LINGER_ZERO), sock->is_linger_zero);
	set(facts, FACT(LINGER2_NEGATIVE), sock->linger2 < 0);
	set(facts, FACT(UNREAD), (int32_t)sock->unread > 0);
	set(facts, FACT(UNSENT), (int32_t)sock->unsent > 0);
	set(facts, FACT(ERROR), sock->err);
	set(facts, FACT(WINDOW_OPEN), is_window_open(sock));
	set(facts, FACT(WINDOW_SHUT), !sock->snd_wnd && !sock->retransmits);
	set(facts, FACT(BY_USER_TIMEOUT), is_by_user_timeout(sock, facts->holds & FACT(IS_SYN_SENT)));
	set(facts, FACT(QUEUE_FULL), sock->ack_backlog > sock->max_ack_backlog);
	if (ev->flags & EV_CONN)
		set(facts, FACT(WAS_RESET), ev->conn.reset_state);
	if (ev->flags & EV_CONN || sock->linger2 >= 0)
		set(facts, FACT(LINGER2_ABORT), sock->linger2 < 0 && !ev->conn.reset_state);
	/* tcp_v4_err() leaves a soft error behind when the socket was locked; getsockopt(SO_ERROR) takes it away. */
	if (ev->conn.icmp_ns || sock->err_soft || ev->flags & EV_SEES_ICMP)
		set(facts, FACT(ICMP_SEEN), ev->conn.icmp_ns || sock->err_soft);
}

/* Longer than any conversation pauses for by itself, and than a slow answer takes. */
#define IDLE_MS 1000

static bool is_after_idle(const struct ev_sock *sock)
{
	uint32_t heard = sock->last_received_ms < sock->last_ack_ms ? sock->last_received_ms : sock->last_ack_ms;

	return heard >= IDLE_MS && heard / 4 > sock->srtt_us / 1000;
}

static void observe_reset(const struct evidence *ev, struct facts *facts)
{
	char ignored[96];

	if (ev->hook != HOOK_TCP_RECEIVE_RESET)
		return;
	set(facts, FACT(AFTER_IDLE), is_after_idle(&ev->sock));
	if (misfit_is_observable(ev))
		set(facts, FACT(DOES_NOT_FIT), misfit_describe(ev, ignored, sizeof(ignored)));
}

/* tcp_conn_request() asks for the queue of handshakes first. It is full when it holds as many as the backlog, since
 * 3479c7549fb1 ("tcp/dccp: allow a connection when sk_max_ack_backlog is zero"), v6.14, one more: at that length, an
 * accept queue that is full decides. */
static void observe_queues(const struct evidence *ev, struct facts *facts)
{
	const struct ev_detail *detail = &ev->detail;
	int64_t free = (int64_t)detail->max_syn_backlog - detail->queue_length;
	bool is_full = detail->queue_length > ev->sock.max_ack_backlog ||
		       (detail->queue_length == ev->sock.max_ack_backlog && !(facts->holds & FACT(QUEUE_FULL)));

	set(facts, FACT(SYN_QUEUE_FULL), !detail->syncookies && is_full);
	set(facts, FACT(SYN_BACKLOG_SPENT), !detail->syncookies && free < detail->max_syn_backlog >> 2);
}

/* Which way a handshake ended: the hook says it, or a frame of the stack. */
static void observe_request(const struct incident *incident, struct facts *facts)
{
	const struct evidence *ev = &incident->evidence;
	frame_set frames = frames_hold(incident);

	if (ev->flags & EV_DETAIL && ev->flags & EV_SOCKET && facts->holds & FACT(IS_LISTEN))
		observe_queues(ev, facts);
	if (!(ev->flags & EV_REQUEST))
		return;
	if (ev->flags & EV_DETAIL)
		set(facts, FACT(DEFERRED), ev->detail.defer_accept && ev->detail.is_acked);
	if (ev->hook == HOOK_REQUEST_DROP || frames & FRAME(REQUEST_DROP))
		set(facts, FACT(LISTENER_GONE), true);
	else if (ev->flags & EV_SOCKET)
		set(facts, FACT(LISTENER_GONE), !(facts->holds & FACT(IS_LISTEN)));
	set(facts, FACT(BY_REQ_ERR), ev->hook == HOOK_REQ_ERR || frames & FRAME(REQ_ERR));
	set(facts, FACT(BY_SEGMENT), ev->hook == HOOK_CHECK_REQ || frames & FRAME(CHECK_REQ));
}

/* What the state was before close() or connect() set CLOSE, and which segments the peer still took. */
static void observe_past(const struct evidence *ev, struct facts *facts)
{
	unsigned int old = ev->flags & EV_CONN ? ev->conn.old_state : 0;

	set(facts, FACT(RECOVERED), ev->hook == HOOK_CONG_STATE);
	if (!(ev->flags & EV_SOCKET))
		return;
	if (old)
		set(facts, FACT(WAS_LAST_ACK), old == CLOSING || old == LAST_ACK);
	if (old || ev->sock.linger2 >= 0)
		set(facts, FACT(LINGER2_CLOSE), ev->sock.linger2 < 0 && old == FIN_WAIT2);
	if (ev->sock.passing != PASSING_UNKNOWN)
		set(facts, FACT(SMALL_PASSES), ev->sock.passing == PASSING_SMALL);
}

/* Which frames of a stack make which fact. */
static const struct frame_row {
	fact_set fact;
	frame_set any_of;
} frame_rows[] = {
	{ FACT(IN_CLOSE), FRAME(TCP_CLOSE) },
	{ FACT(IN_DISCONNECT), FRAME(TCP_DISCONNECT) },
	{ FACT(IN_CONNECT), FRAME(STREAM_CONNECT) },
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

static bool has_names(const struct incident *incident)
{
	for (unsigned int i = incident->first_frame; i < incident->end_frame; i++) {
		if (*incident->frames[i])
			return true;
	}
	return false;
}

#define REJECT_FRAMES                                                                                            \
	(FRAME(NF_SEND_RESET) | FRAME(NF_SEND_RESET6) | FRAME(NF_REJECT_SKB_V4) | FRAME(NF_REJECT_SKB_V6) | \
	 FRAME(NF_REJECT_BRIDGE) | FRAME(NF_REJECT_NETDEV))

/* Where a REJECT rule stands: the nearest of these beyond the function that built the reset, which goes out by way of
 * some of them itself. */
static const struct way_row {
	fact_set fact;
	frame_set any_of;
	unsigned int hooks; /* bit for each NF_INET_* */
} way_rows[] = {
	{ FACT(REJECT_LINK),
	  FRAME(NF_REJECT_BRIDGE) | FRAME(NF_REJECT_NETDEV) | FRAME(NF_REJECT_SKB_V4) | FRAME(NF_REJECT_SKB_V6), 0 },
	{ FACT(REJECT_INPUT), FRAME(LOCAL_DELIVER) | FRAME(INPUT6), 1 << NF_INET_LOCAL_IN },
	{ FACT(REJECT_OUTPUT), FRAME(LOCAL_OUT) | FRAME(LOCAL_OUT6) | FRAME(XMIT6), 1 << NF_INET_LOCAL_OUT },
	{ FACT(REJECT_FORWARD),
	  FRAME(FORWARD) | FRAME(FORWARD6) | FRAME(IP_RCV) | FRAME(IP_SUBLIST_RCV) | FRAME(IPV6_RCV) |
		  FRAME(IPV6_SUBLIST_RCV),
	  1 << NF_INET_FORWARD | 1 << NF_INET_PRE_ROUTING },
};

#define WAY_ROWS (sizeof(way_rows) / sizeof(*way_rows))

static void observe_reject(const struct incident *incident, struct facts *facts)
{
	const struct evidence *ev = &incident->evidence;
	bool is_hook = ev->flags & EV_DETAIL && ev->hook == HOOK_NF_SEND_RESET;
	/* Of bridges and devices the hook sees the reset itself, which they send past TCP and IP. */
	bool is_link = ev->flags & EV_OUTGOING && ev->hook == HOOK_NF_SEND_RESET;
	frame_set frames = frames_hold(incident), ways = 0;
	enum frame nearest;

	if (ev->hook == HOOK_NET_DEV_QUEUE && !has_names(incident))
		return;
	set(facts, FACT(REJECTED), ev->hook == HOOK_NF_SEND_RESET || (ev->hook == HOOK_NET_DEV_QUEUE &&
								       frames & REJECT_FRAMES));
	for (unsigned int i = 0; i < WAY_ROWS; i++)
		ways |= way_rows[i].any_of;
	nearest = frames_nearest(incident, ways, FRAME(NF_SEND_RESET) | FRAME(NF_SEND_RESET6));
	if (is_link)
		nearest = FRAME_NF_REJECT_NETDEV;
	else if (!is_hook && nearest == FRAME_COUNT && facts->holds & FACT(REJECTED))
		return;
	for (unsigned int i = 0; i < WAY_ROWS; i++)
		set(facts, way_rows[i].fact,
		    is_hook ? way_rows[i].hooks >> ev->detail.netfilter_hook & 1 :
			      nearest < FRAME_COUNT && way_rows[i].any_of >> nearest & 1);
}

static bool is_too_big(const struct ev_conn *conn)
{
	if (conn->icmp_origin == SO_EE_ORIGIN_ICMP6)
		return conn->icmp_type == ICMP6_PACKET_TOO_BIG;
	return conn->icmp_type == ICMP_UNREACH && conn->icmp_code == ICMP_UNREACH_NEEDFRAG;
}

/* As tcp_v4_err(): no such connection, or it quotes a segment that is not in flight (RFC 5927 section 4.1). What it
 * accepts it stores, unless IP_MINTTL forbade it. */
static bool is_ignored(const struct evidence *ev)
{
	const struct ev_sock *sock = &ev->sock;

	if (ev->detail.result)
		return true;
	if (ev->segment.seq - sock->snd_una > sock->snd_nxt - sock->snd_una)
		return true;
	return !is_too_big(&ev->conn) && sock->err_soft != ev->conn.icmp_errno;
}

static void observe_icmp(const struct evidence *ev, struct facts *facts)
{
	bool is_icmp = ev->hook == HOOK_ICMP;

	set(facts, FACT(ICMP_TOO_BIG), is_icmp && is_too_big(&ev->conn));
	if (!is_icmp || ev->detail.result || ev->flags & EV_SOCKET)
		set(facts, FACT(ICMP_IGNORED), is_icmp && is_ignored(ev));
	if (ev->flags & EV_SEES_NEIGHBOURS)
		set(facts, FACT(NEIGHBOUR_FAILED), ev->flags & EV_NEIGHBOUR_FAILED);
}

/* connect() that failed in tcp_v4_connect(). Without its result there is the change from SYN_SENT back to CLOSE: no
 * local port then means that none was found. */
static void observe_connect(const struct incident *incident, struct facts *facts)
{
	const struct evidence *ev = &incident->evidence;
	bool is_connect = ev->hook == HOOK_CONNECT && ev->flags & EV_DETAIL;
	bool has_begun = ev->flags & EV_CONN && ev->conn.old_state == SYN_SENT && ev->conn.new_state == CLOSE;
	int error = is_connect ? -ev->detail.result : 0;

	set(facts, FACT(NO_ROUTE), error == ENETUNREACH || error == EHOSTUNREACH || error == EACCES || error == EINVAL);
	if (is_connect)
		set(facts, FACT(NO_PORT), error == EADDRNOTAVAIL && has_begun);
	else if (ev->hook != HOOK_INET_SOCK_SET_STATE)
		set(facts, FACT(NO_PORT), false);
	else if (has_names(incident))
		set(facts, FACT(NO_PORT),
		    facts->holds & FACT(IS_SYN_SENT) && !ev->tuple.local_port &&
			    frames_hold(incident) & (FRAME(V4_CONNECT) | FRAME(V6_CONNECT)));
}

static void observe_stack(const struct incident *incident, struct facts *facts)
{
	frame_set frames = frames_hold(incident);

	if (has_names(incident)) {
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
static void observe_end(const struct incident *incident, struct facts *facts)
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
	if (!has_names(incident))
		return;
	set(facts, FACT(ENDED_BY_RESET),
	    frames & FRAME(TIMEWAIT_PROCESS) && frames & FRAME(TIMEWAIT_DESCHEDULE));
	set(facts, FACT(RECYCLED),
	    facts->holds & FACT(IS_TIME_WAIT) && frames & FRAME(TIMEWAIT_DESCHEDULE) &&
		    frames & (FRAME(V4_RCV) | FRAME(V6_RCV)) && !(frames & FRAME(TIMEWAIT_PROCESS)));
}

void facts_observe(const struct incident *incident, struct facts *ret_facts)
{
	memset(ret_facts, 0, sizeof(*ret_facts));
	observe_hook(&incident->evidence, ret_facts);
	observe_event(&incident->evidence, ret_facts);
	observe_state(&incident->evidence, ret_facts);
	observe_segment(&incident->evidence, ret_facts);
	observe_socket(&incident->evidence, ret_facts);
	observe_reset(&incident->evidence, ret_facts);
	observe_past(&incident->evidence, ret_facts);
	observe_stack(incident, ret_facts);
	observe_request(incident, ret_facts);
	observe_reject(incident, ret_facts);
	observe_icmp(&incident->evidence, ret_facts);
	observe_connect(incident, ret_facts);
	observe_end(incident, ret_facts);
	facts_observe_stalled(incident, ret_facts);
	facts_observe_packet(incident, ret_facts);
}

const char *facts_text(fact_set wanted)
{
	static const char *const texts[FACT_COUNT] = {
#define F(name, text) [FACT_##name] = text,
		FACTS(F)
#undef F
	};

	uint64_t low = wanted, high = wanted >> 64;

	return texts[low ? __builtin_ctzll(low) : 64 + __builtin_ctzll(high)];
}

int facts_count(fact_set set)
{
	return __builtin_popcountll((uint64_t)set) + __builtin_popcountll((uint64_t)(set >> 64));
}
