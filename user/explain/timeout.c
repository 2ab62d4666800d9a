/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The dissection of a timer that gave up: which timer, tries of tries allowed, and which setting set the limit.
 * The rules are those of the kernel's tcp_write_timeout(), tcp_probe_timer() and tcp_keepalive_timer().
 */
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "../util/text.h"
#include "deadline.h"
#include "getters.h"

#define NEVER UINT32_MAX
/* tcp_orphan_retries(): as long as the RTO is below its maximum */
#define ORPHAN_RETRIES_OF_ZERO 8
#define KEEPALIVE_OPTION_PROBES 4 /* ev_limits.is_keepalive_option, bit 2 */

enum timer {
	TIMER_NONE,
	TIMER_SYN,
	TIMER_SYN_ACK, /* of a Fast Open child */
	TIMER_RETRANSMISSION,
	TIMER_PROBE,
	TIMER_KEEPALIVE,
	TIMER_FIN_WAIT2, /* shares the keepalive timer */
	TIMER_MAX
};

struct limit {
	const char *setting;
	const char *note; /* after the value */
	unsigned int value; /* as it is set */
	unsigned int tries; /* 0 = time is what runs out */
	unsigned int ms; /* 0 = tries are what runs out */
	unsigned int linear; /* SYN retransmits that do not back off, on top */
};

/* Among this event's own frames: a timer further out may be another connection's. */
static bool has_frame(const struct report *report, const char *name)
{
	struct field_value stack;

	if (!get_stack(report, &stack))
		return false;
	for (unsigned int i = 0; i < stack.count; i++)
		if (strncmp(stack.strings[i], name, SYMBOL_BYTES) == 0)
			return true;
	return false;
}

static enum timer retransmission_timer(unsigned int state)
{
	if (state == TCP_SYN_SENT)
		return TIMER_SYN;
	return state == TCP_SYN_RECV ? TIMER_SYN_ACK : TIMER_RETRANSMISSION;
}

/* Of a connection that lives, its timers tell which one runs. */
static enum timer timer_of_living(const struct evidence *ev)
{
	struct deadline deadline;

	deadline_find(ev, &deadline);
	switch (deadline.trouble) {
	case TROUBLE_CONNECTING:
		return TIMER_SYN;
	case TROUBLE_RETRANSMITTING:
		return TIMER_RETRANSMISSION;
	case TROUBLE_ZERO_WINDOW:
		return ev->pending.write_event == PENDING_PROBE ? TIMER_PROBE : TIMER_RETRANSMISSION;
	case TROUBLE_KEEPALIVE:
		return TIMER_KEEPALIVE;
	case TROUBLE_NONE:
	case TROUBLE_MAX:
		break;
	}
	return TIMER_NONE;
}

/* The frames tell which timer fired; on another death, the counters tell which one was running. */
static enum timer timer_of(const struct report *report)
{
	const struct ev_sock *sock = report_connection(report);
	unsigned int state = report_state(report);

	if (!sock)
		return TIMER_NONE;
	if (report->incident->evidence.hook == HOOK_ITERATOR)
		return timer_of_living(&report->incident->evidence);
	if (has_frame(report, "tcp_keepalive_timer"))
		return state == TCP_FIN_WAIT2 && sock->is_dead ? TIMER_FIN_WAIT2 : TIMER_KEEPALIVE;
	if (has_frame(report, "tcp_retransmit_timer"))
		return retransmission_timer(state);
	/* tcp_probe_timer is inlined: the write timer without tcp_retransmit_timer is that one */
	if (has_frame(report, "tcp_write_timer") || has_frame(report, "tcp_write_timer_handler"))
		return TIMER_PROBE;
	if (sock->retransmits || sock->retransmit_elapsed_ms)
		return retransmission_timer(state);
	if (sock->probe_elapsed_ms || (sock->probes && sock->unsent))
		return TIMER_PROBE;
	return sock->probes ? TIMER_KEEPALIVE : TIMER_NONE;
}

static unsigned int tries_of(const struct ev_sock *sock, enum timer timer)
{
	return timer == TIMER_PROBE || timer == TIMER_KEEPALIVE ? sock->probes : sock->retransmits;
}

static struct limit user_timeout_limit(const struct ev_limits *limits)
{
	return (struct limit){ .setting = "TCP_USER_TIMEOUT",
			       .value = limits->user_timeout_ms,
			       .ms = limits->user_timeout_ms };
}

static struct limit syn_limit(const struct ev_sock *sock)
{
	const struct ev_limits *limits = &sock->limits;
	unsigned int tries = limits->syn_retries + limits->syn_linear_timeouts;

	/* the count is looked at before the time */
	if (limits->user_timeout_ms && sock->retransmits < tries)
		return user_timeout_limit(limits);
	return (struct limit){ .setting = limits->is_syncnt ? "TCP_SYNCNT" : "tcp_syn_retries",
			       .value = limits->syn_retries,
			       .linear = limits->syn_linear_timeouts,
			       .tries = tries };
}

/* What counts unanswered data and probes: another sysctl once the application has closed. */
static struct limit count_limit(const struct ev_sock *sock)
{
	unsigned int retries = sock->limits.orphan_retries;

	if (!sock->is_dead)
		return (struct limit){ .setting = "tcp_retries2",
				       .value = sock->limits.retries2,
				       .tries = sock->limits.retries2 };
	return (struct limit){ .setting = "tcp_orphan_retries",
			       .note = retries ? NULL : ", which means 8",
			       .value = retries,
			       .tries = retries ? retries : ORPHAN_RETRIES_OF_ZERO };
}

static struct limit retransmission_limit(const struct ev_sock *sock)
{
	if (sock->limits.user_timeout_ms)
		return user_timeout_limit(&sock->limits);
	/* tcp_rtx_probe0_timed_out(): against a closed window no retransmit is counted, silence is */
	if (sock->retransmits == 0 && sock->snd_wnd == 0 && !sock->is_dead)
		return (struct limit){ .setting = "twice the maximum RTO" };
	return count_limit(sock);
}

static struct limit probe_limit(const struct ev_sock *sock)
{
	struct limit count = count_limit(sock);
	unsigned int user_timeout_ms = sock->limits.user_timeout_ms;

	/* whichever comes first */
	if (user_timeout_ms &&
	    (sock->probes < count.tries || sock->probe_elapsed_ms >= user_timeout_ms))
		return user_timeout_limit(&sock->limits);
	return count;
}

static struct limit keepalive_limit(const struct ev_limits *limits)
{
	bool is_option = limits->is_keepalive_option & KEEPALIVE_OPTION_PROBES;

	/* setting it turns the rule that counts probes off */
	if (limits->user_timeout_ms)
		return user_timeout_limit(limits);
	return (struct limit){ .setting = is_option ? "TCP_KEEPCNT" : "tcp_keepalive_probes",
			       .value = limits->keepalive_probes,
			       .tries = limits->keepalive_probes };
}

static struct limit fin_wait2_limit(const struct ev_sock *sock)
{
	if (sock->linger2)
		return (struct limit){ .setting = "TCP_LINGER2" };
	return (struct limit){ .setting = "tcp_fin_timeout",
			       .note = " s",
			       .value = sock->limits.fin_timeout_s,
			       .ms = sock->limits.fin_timeout_s * 1000 };
}

static bool limit_of(const struct report *report, struct limit *ret_limit)
{
	const struct ev_sock *sock = report_connection(report);

	switch (timer_of(report)) {
	case TIMER_SYN:
		*ret_limit = syn_limit(sock);
		return true;
	case TIMER_RETRANSMISSION:
		*ret_limit = retransmission_limit(sock);
		return true;
	case TIMER_PROBE:
		*ret_limit = probe_limit(sock);
		return true;
	case TIMER_KEEPALIVE:
		*ret_limit = keepalive_limit(&sock->limits);
		return true;
	case TIMER_FIN_WAIT2:
		*ret_limit = fin_wait2_limit(sock);
		return true;
	case TIMER_NONE:
	case TIMER_SYN_ACK: /* the listener's limits: not on this socket */
	case TIMER_MAX:
		break;
	}
	return false;
}

bool get_timer(const struct report *report, struct field_value *ret_value)
{
	static const char *const names[TIMER_MAX] = {
		[TIMER_SYN] = "syn",
		[TIMER_SYN_ACK] = "syn-ack",
		[TIMER_RETRANSMISSION] = "retransmission",
		[TIMER_PROBE] = "zero-window-probe",
		[TIMER_KEEPALIVE] = "keepalive",
		[TIMER_FIN_WAIT2] = "fin-wait-2",
	};

	return value_string(ret_value, names[timer_of(report)]);
}

bool get_tries(const struct report *report, struct field_value *ret_value)
{
	enum timer timer = timer_of(report);

	if (timer == TIMER_NONE || timer == TIMER_FIN_WAIT2)
		return false;
	return value_integer(ret_value, tries_of(report_connection(report), timer));
}

bool get_tries_allowed(const struct report *report, struct field_value *ret_value)
{
	struct limit limit;

	return limit_of(report, &limit) && limit.tries && value_integer(ret_value, limit.tries);
}

bool get_limit_ms(const struct report *report, struct field_value *ret_value)
{
	struct limit limit;

	return limit_of(report, &limit) && limit.ms && value_integer(ret_value, limit.ms);
}

bool get_setting(const struct report *report, struct field_value *ret_value)
{
	struct limit limit;

	return limit_of(report, &limit) && value_string(ret_value, limit.setting);
}

bool phrase_limit(const struct report *report, struct field_value *ret_value)
{
	char *text = ret_value->text;
	size_t size = sizeof(ret_value->text);
	struct limit limit;

	if (!limit_of(report, &limit))
		return false;
	if (!limit.tries && !limit.ms)
		return value_string(ret_value, limit.setting);
	if (limit.linear)
		snprintf(text, size, "%s = %u (+%u linear)", limit.setting, limit.value,
			 limit.linear);
	else if (limit.note)
		snprintf(text, size, "%s = %u%s", limit.setting, limit.value, limit.note);
	else
		snprintf(text, size, "%s = %u%s", limit.setting, limit.value,
			 limit.ms ? " ms" : "");
	return value_string(ret_value, text);
}

/* Since anything was heard of the peer: what the keepalive timer counts from. */
static bool silence_ms(const struct ev_sock *sock, struct field_value *ret_value)
{
	uint32_t ack_ms = sock->last_ack_ms, data_ms = sock->last_received_ms;
	uint32_t ms = ack_ms < data_ms ? ack_ms : data_ms;

	return ms != NEVER && value_integer(ret_value, ms);
}

static bool since_close_ms(const struct report *report, struct field_value *ret_value)
{
	const struct ev_conn *conn = report_conn(report);
	uint64_t now_ns = report->incident->evidence.time_ns;

	if (!conn || !conn->closed_ns || conn->closed_ns > now_ns)
		return false;
	return value_integer(ret_value, (now_ns - conn->closed_ns) / 1000000);
}

bool get_elapsed(const struct report *report, struct field_value *ret_value)
{
	enum timer timer = timer_of(report);
	const struct ev_sock *sock = report_connection(report);
	uint32_t ms;

	if (timer == TIMER_NONE)
		return false;
	if (timer == TIMER_KEEPALIVE)
		return silence_ms(sock, ret_value);
	if (timer == TIMER_FIN_WAIT2)
		return since_close_ms(report, ret_value);
	if (timer == TIMER_SYN && get_age(report, ret_value))
		return true;
	ms = sock->retransmit_elapsed_ms;
	if (sock->probe_elapsed_ms && (timer == TIMER_PROBE || !sock->retransmits))
		ms = sock->probe_elapsed_ms;
	return ms && value_integer(ret_value, ms);
}

bool phrase_keepalive(const struct report *report, struct field_value *ret_value)
{
	const struct ev_sock *sock = report_connection(report);
	char idle[32], interval[32];
	unsigned int probes;

	if (!sock || !sock->is_keepalive)
		return false;
	text_duration(idle, sizeof(idle), sock->limits.keepalive_time_s * 1000000000ULL);
	text_duration(interval, sizeof(interval),
		      sock->limits.keepalive_interval_s * 1000000000ULL);
	probes = sock->limits.keepalive_probes;
	snprintf(ret_value->text, sizeof(ret_value->text), "%s idle, then %u probe%s every %s",
		 idle, probes, probes == 1 ? "" : "s", interval);
	return value_string(ret_value, ret_value->text);
}
