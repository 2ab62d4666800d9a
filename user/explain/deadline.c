/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See deadline.h. A timer only acts when it expires, and each expiry doubles the next interval, so the end is the first
 * expiry at which the limit is exceeded: minutes after the limit itself when the intervals are long.
 */
#include "deadline.h"

#include <stddef.h>

#define NEVER UINT32_MAX
#define RTO_MIN_MS 200 /* TCP_RTO_MIN: base of the model, whatever the route's rto_min */
#define SYN_RTO_MS 1000 /* TCP_TIMEOUT_INIT */
#define ORPHAN_RETRIES_OF_ZERO 8 /* tcp_orphan_retries() while the RTO is below its maximum */
#define WHEEL_SLOTS 63ULL /* of a level are used; the next has slots eight times as wide */
#define WHEEL_SHIFT 3
#define WHEEL_SHIFT_MAX 24
#define EXPIRIES_MAX 300 /* more than any sysctl allows (255) */

enum { SYN_SENT = 2, SYN_RECV = 3 };

static uint32_t lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* tcp_model_timeout(): how long `boundary` retransmits would take from the base RTO on. */
static uint64_t model_ms(unsigned int boundary, uint32_t base_ms, uint32_t max_ms)
{
	unsigned int thresh = 31 - __builtin_clz(max_ms / base_ms ? max_ms / base_ms : 1);

	if (boundary <= thresh)
		return ((2ULL << boundary) - 1) * base_ms;
	return ((2ULL << thresh) - 1) * base_ms + (uint64_t)(boundary - thresh) * max_ms;
}

/*
 * When a timer acts that is set to at_ms (from the record's time on) for interval_ms: the timer wheel keeps timers in
 * slots, the wider the longer they run, and rounds up to the next slot: up to an eighth of the interval. See
 * calc_index() in kernel/time/timer.c, 500462a9de65 ("timers: Switch to a non-cascading wheel"), v4.8.
 */
static uint64_t fires_ms(const struct evidence *ev, uint64_t at_ms, uint64_t interval_ms)
{
	unsigned int hz = ev->pending.hz, shift = 0;
	uint64_t ticks, late;

	if (!hz)
		return at_ms;
	while (shift < WHEEL_SHIFT_MAX && interval_ms * hz / 1000 >= WHEEL_SLOTS << shift)
		shift += WHEEL_SHIFT;
	ticks = ev->pending.jiffies + (at_ms * hz + 999) / 1000;
	late = (((ticks >> shift) + 1) << shift) - ticks;
	return at_ms + late * 1000 / hz;
}

static unsigned int orphan_tries(const struct ev_sock *sock)
{
	return sock->limits.orphan_retries ? sock->limits.orphan_retries : ORPHAN_RETRIES_OF_ZERO;
}

/* retransmits_timed_out() and the count of SYNs, at an expiry that comes `elapsed_ms` after the first retransmit. */
static bool has_expired(const struct ev_sock *sock, uint32_t max_ms, unsigned int retransmits, uint64_t elapsed_ms)
{
	const struct ev_limits *limits = &sock->limits;
	bool is_syn = sock->state == SYN_SENT || sock->state == SYN_RECV;
	unsigned int boundary = is_syn ? limits->syn_retries : sock->is_dead ? orphan_tries(sock) : limits->retries2;

	if (is_syn && retransmits >= boundary + (sock->state == SYN_SENT ? limits->syn_linear_timeouts : 0u))
		return true;
	if (!retransmits)
		return false;
	if (limits->user_timeout_ms)
		return elapsed_ms >= limits->user_timeout_ms;
	return elapsed_ms >= model_ms(boundary, is_syn ? SYN_RTO_MS : RTO_MIN_MS, max_ms);
}

static uint64_t find_retransmission(const struct evidence *ev, uint64_t in_ms)
{
	const struct ev_sock *sock = &ev->sock;
	uint32_t max_ms = ev->pending.rto_max_ms, rto_ms = sock->rto_ms ? sock->rto_ms : RTO_MIN_MS;
	unsigned int retransmits = sock->retransmits;
	int64_t start_ms; /* the clock starts with the first SYN, or with the first retransmit */
	uint64_t elapsed_ms;
	uint32_t next_ms;

	in_ms = fires_ms(ev, in_ms, rto_ms);
	start_ms = sock->retransmit_elapsed_ms ? -(int64_t)sock->retransmit_elapsed_ms : (int64_t)in_ms;
	for (unsigned int i = 0; i < EXPIRIES_MAX; i++) {
		elapsed_ms = (int64_t)in_ms - start_ms;
		if (has_expired(sock, max_ms, retransmits, elapsed_ms))
			break;
		if (sock->state != SYN_SENT || retransmits >= sock->limits.syn_linear_timeouts)
			rto_ms = lesser(rto_ms * 2, max_ms);
		retransmits++;
		next_ms = rto_ms;
		/* tcp_clamp_rto_to_user_timeout() */
		if (sock->limits.user_timeout_ms > elapsed_ms)
			next_ms = lesser(next_ms, sock->limits.user_timeout_ms - elapsed_ms);
		in_ms = fires_ms(ev, in_ms + next_ms, next_ms);
	}
	return in_ms;
}

/* tcp_rtx_probe0_timed_out(): against a window that shut with data in flight nothing is counted, the peer's silence
 * is: as long as it answers, this goes on for ever. */
static bool find_shut_window(const struct evidence *ev, uint64_t *in_ms)
{
	const struct ev_sock *sock = &ev->sock;
	uint32_t user_ms = sock->limits.user_timeout_ms;
	uint64_t limit_ms = user_ms ? user_ms : 2ULL * ev->pending.rto_max_ms;
	uint64_t since_ms = user_ms ? sock->retransmit_elapsed_ms : sock->last_ack_ms;
	uint32_t rto_ms = lesser(sock->rto_ms ? sock->rto_ms : RTO_MIN_MS, ev->pending.rto_max_ms);

	if (!user_ms && (sock->last_ack_ms == NEVER || sock->last_ack_ms <= sock->rto_ms))
		return false;
	*in_ms = fires_ms(ev, *in_ms, rto_ms);
	while (since_ms + *in_ms < limit_ms)
		*in_ms = fires_ms(ev, *in_ms + rto_ms, rto_ms);
	return true;
}

/* tcp_probe0_when() */
static uint32_t probe_interval_ms(const struct evidence *ev, unsigned int backoff)
{
	uint64_t base_ms = ev->sock.rto_ms > RTO_MIN_MS ? ev->sock.rto_ms : RTO_MIN_MS;

	if (backoff >= 20 || base_ms << backoff > ev->pending.rto_max_ms)
		return ev->pending.rto_max_ms;
	return base_ms << backoff;
}

/* tcp_probe_timer() and tcp_send_probe0(). */
static bool find_probe(const struct evidence *ev, unsigned int allowed, uint64_t *in_ms)
{
	const struct ev_sock *sock = &ev->sock;
	uint32_t user_ms = sock->limits.user_timeout_ms, next_ms;
	unsigned int probes = sock->probes, backoff = sock->backoff;
	uint64_t elapsed_ms;

	/* A peer that answers its probes sets their count back: only silence, or TCP_USER_TIMEOUT, ends it. */
	if (!user_ms && sock->last_ack_ms != NEVER && sock->last_ack_ms < sock->probe_elapsed_ms && probes <= 1 &&
	    !sock->is_dead)
		return false;
	*in_ms = fires_ms(ev, *in_ms, probe_interval_ms(ev, backoff));
	for (unsigned int i = 0; i < EXPIRIES_MAX; i++) {
		elapsed_ms = sock->probe_elapsed_ms + *in_ms;
		if ((user_ms && elapsed_ms >= user_ms) || probes >= allowed)
			break;
		probes++;
		if (backoff < sock->limits.retries2)
			backoff++;
		next_ms = probe_interval_ms(ev, backoff);
		if (user_ms > elapsed_ms)
			next_ms = lesser(next_ms, user_ms - elapsed_ms);
		*in_ms = fires_ms(ev, *in_ms + next_ms, next_ms);
	}
	return true;
}

static void find_keepalive(const struct evidence *ev, struct deadline *deadline)
{
	const struct ev_sock *sock = &ev->sock;
	const struct ev_limits *limits = &sock->limits;
	uint64_t interval_ms = limits->keepalive_interval_s * 1000ULL;
	uint64_t in_ms = fires_ms(ev, ev->pending.keepalive_ms, interval_ms);
	uint64_t silence_ms = lesser(sock->last_ack_ms, sock->last_received_ms);
	unsigned int probes = sock->probes;

	for (unsigned int i = 0; i < EXPIRIES_MAX; i++, probes++) {
		if (limits->user_timeout_ms ? probes && silence_ms + in_ms >= limits->user_timeout_ms :
					      probes >= limits->keepalive_probes)
			break;
		in_ms = fires_ms(ev, in_ms + interval_ms, interval_ms);
	}
	deadline->trouble = TROUBLE_KEEPALIVE;
	deadline->tries = sock->probes;
	deadline->tries_allowed = limits->user_timeout_ms ? 0 : limits->keepalive_probes;
	deadline->in_ms = in_ms;
	deadline->is_known = true;
}

static void find_write(const struct evidence *ev, struct deadline *deadline)
{
	const struct ev_sock *sock = &ev->sock;
	bool is_syn = sock->state == SYN_SENT;
	unsigned int count = sock->is_dead ? orphan_tries(sock) : sock->limits.retries2;

	deadline->in_ms = ev->pending.write_ms;
	if (ev->pending.write_event == PENDING_PROBE) {
		deadline->trouble = TROUBLE_ZERO_WINDOW;
		deadline->tries = sock->probes;
		deadline->tries_allowed = sock->limits.user_timeout_ms ? 0 : count;
		deadline->is_known = find_probe(ev, count, &deadline->in_ms);
		return;
	}
	deadline->trouble = is_syn ? TROUBLE_CONNECTING : TROUBLE_RETRANSMITTING;
	deadline->tries = sock->retransmits;
	if (!is_syn && !sock->snd_wnd && !sock->is_dead && sock->retransmit_elapsed_ms) {
		deadline->trouble = TROUBLE_ZERO_WINDOW;
		deadline->is_known = find_shut_window(ev, &deadline->in_ms);
		return;
	}
	if (is_syn)
		deadline->tries_allowed = sock->limits.syn_retries + sock->limits.syn_linear_timeouts;
	else if (!sock->limits.user_timeout_ms)
		deadline->tries_allowed = count;
	deadline->in_ms = find_retransmission(ev, deadline->in_ms);
	deadline->is_known = true;
}

static bool is_unanswered(const struct evidence *ev)
{
	unsigned int event = ev->pending.write_event;

	if (ev->pending.write_ms == NEVER)
		return false;
	if (event == PENDING_PROBE || ev->sock.state == SYN_SENT)
		return true;
	return (event == PENDING_RETRANSMIT || event == PENDING_LOSS_PROBE || event == PENDING_REORDERING) &&
	       (ev->sock.retransmits || (!ev->sock.snd_wnd && ev->sock.retransmit_elapsed_ms));
}

void deadline_find(const struct evidence *ev, struct deadline *ret_deadline)
{
	*ret_deadline = (struct deadline){ .trouble = TROUBLE_NONE };
	if (!(ev->flags & EV_SOCKET) || !(ev->flags & EV_PENDING) || !ev->pending.rto_max_ms)
		return;
	if (is_unanswered(ev))
		find_write(ev, ret_deadline);
	else if (ev->sock.is_keepalive && ev->sock.probes && ev->pending.keepalive_ms != NEVER)
		find_keepalive(ev, ret_deadline);
}

const char *trouble_name(enum trouble trouble)
{
	static const char *const names[TROUBLE_MAX] = {
		[TROUBLE_NONE] = "none",
		[TROUBLE_CONNECTING] = "connecting",
		[TROUBLE_RETRANSMITTING] = "retransmitting",
		[TROUBLE_ZERO_WINDOW] = "zero-window",
		[TROUBLE_KEEPALIVE] = "keepalive-probing",
	};

	return (unsigned int)trouble < TROUBLE_MAX ? names[trouble] : "none";
}
