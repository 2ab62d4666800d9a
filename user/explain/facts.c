/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Evidence into facts. Each function observes one part of the evidence, and says nothing where that part is absent. */
#include "facts.h"

#include <stdbool.h>
#include <string.h>

#include "../../bpf/measure.h"
#include "../decode/frames.h"
#include "facts_parts.h"
#include "misfit.h"
#include "facts_stalled.h"

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
	set(facts, FACT(ACK_UNACCEPTABLE), segment->flags & SEG_ACK && !measure_in_flight(segment->ack, &ev->sock));
	set(facts, FACT(OUT_OF_ORDER), (int32_t)(segment->seq - ev->sock.rcv_nxt) > 0);
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
	set(facts, FACT(WINDOW_OPEN), measure_window_open(sock));
	set(facts, FACT(WINDOW_SHUT), measure_window_shut(sock));
	set(facts, FACT(BY_USER_TIMEOUT), measure_by_user_timeout(sock, !!(facts->holds & FACT(IS_SYN_SENT))));
	set(facts, FACT(QUEUE_FULL), sock->ack_backlog > sock->max_ack_backlog);
	if (ev->flags & EV_CONN)
		set(facts, FACT(WAS_RESET), ev->conn.reset_state);
	if (ev->flags & EV_CONN || sock->linger2 >= 0)
		set(facts, FACT(LINGER2_ABORT), sock->linger2 < 0 && !ev->conn.reset_state);
	/* tcp_v4_err() leaves a soft error behind when the socket was locked; getsockopt(SO_ERROR) takes it away. */
	if (ev->conn.icmp_ns || sock->err_soft || ev->flags & EV_SEES_ICMP)
		set(facts, FACT(ICMP_SEEN), ev->conn.icmp_ns || sock->err_soft);
}

static void observe_reset(const struct evidence *ev, struct facts *facts)
{
	char ignored[96];

	if (ev->hook != HOOK_TCP_RECEIVE_RESET)
		return;
	set(facts, FACT(AFTER_IDLE), measure_after_idle(&ev->sock));
	if (misfit_is_observable(ev))
		set(facts, FACT(DOES_NOT_FIT), misfit_describe(ev, ignored, sizeof(ignored)));
}

/* Which way a handshake ended: the hook says it, or a frame of the stack. */
static void observe_request(const struct incident *incident, struct facts *facts)
{
	const struct evidence *ev = &incident->evidence;
	frame_set frames = frames_hold(incident);

	if (ev->flags & EV_DETAIL && ev->flags & EV_SOCKET && facts->holds & FACT(IS_LISTEN)) {
		set(facts, FACT(SYN_QUEUE_FULL), measure_syn_queue_full(ev));
		set(facts, FACT(SYN_BACKLOG_SPENT), measure_syn_backlog_spent(&ev->detail));
	}
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
	facts_observe_stack(incident, ret_facts);
	observe_request(incident, ret_facts);
	facts_observe_reject(incident, ret_facts);
	facts_observe_icmp(&incident->evidence, ret_facts);
	facts_observe_connect(incident, ret_facts);
	facts_observe_end(incident, ret_facts);
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
