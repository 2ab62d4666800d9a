/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Finds the row whose facts hold. A row with everything observed beats one with something unobservable; the kernel's
 * own reason corroborates, and decides only between rows that something could not be observed for (it is absent before
 * v6.10 and too coarse after).
 */
#include "explain.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "../util/text.h"
#include "causes.h"
#include "fields.h"

struct match {
	const struct cause *cause;
	fact_set unobserved; /* facts that the row asks for and that could not be seen */
};

/* Whether a comma-separated list has the name. */
static bool lists(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) && (at[length] == ',' || !at[length]))
			return true;
	}
	return false;
}

/* How much a row takes for granted. What it needs and nobody saw weighs more than what it forbids: without evidence
 * of an ICMP error there was none. */
static int assumes(const struct cause *cause, fact_set unobserved)
{
	return facts_count(unobserved) * 2 + !!(unobserved & cause->needs);
}

static bool contradicts(const struct cause *cause, const char *reason)
{
	bool has_reason = *reason && strcmp(reason, "NOT_SPECIFIED");

	return has_reason && cause->reasons && !lists(cause->reasons, reason);
}

static bool is_better(const struct match *match, const struct match *best, const char *reason)
{
	bool is_contradicted = match->unobserved && contradicts(match->cause, reason);
	bool is_best_contradicted = best->unobserved && contradicts(best->cause, reason);

	if (is_contradicted != is_best_contradicted)
		return is_best_contradicted;
	return assumes(match->cause, match->unobserved) < assumes(best->cause, best->unobserved);
}

static struct match find_row(const struct facts *facts, const char *reason)
{
	struct match best = { NULL, 0 };

	for (unsigned int i = 0; i < causes_count(); i++) {
		const struct cause *cause = causes_at(i);
		fact_set asked = cause->needs | cause->forbids;
		struct match match = { cause, asked & ~facts->known };

		if (!cause->needs || cause->needs & facts->known & ~facts->holds || cause->forbids & facts->holds)
			continue;
		if (!best.cause || is_better(&match, &best, reason))
			best = match;
	}
	return best;
}

static enum certainty weigh(const struct match *match, const char *reason)
{
	if (match->unobserved)
		return CERTAINTY_PARTIAL;
	if (match->cause->is_likely || contradicts(match->cause, reason))
		return CERTAINTY_LIKELY;
	return CERTAINTY_CERTAIN;
}

static struct ev_task find_owner(const struct incident *incident, const struct cause *cause)
{
	const struct evidence *ev = &incident->evidence;
	struct ev_task owner = { 0 };

	if (cause->owner == OWNER_IS_TASK && ev->task.pid && !ev->task.is_kthread) {
		owner = ev->task;
		owner.source = OWNER_SYSCALL;
	} else if (ev->flags & EV_CONN && ev->conn.owner.pid) {
		owner = ev->conn.owner;
	} else if (incident->former.known && incident->former.owner.pid) {
		owner = incident->former.owner;
		owner.source = OWNER_FORMER;
	}
	return owner;
}

static const char *find_state(const struct evidence *ev)
{
	static const char *const names[] = { "",	  "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1",
					     "FIN_WAIT2", "TIME_WAIT",	 "CLOSE",    "CLOSE_WAIT", "LAST_ACK",
					     "LISTEN",	  "CLOSING",	 "NEW_SYN_RECV", "BOUND_INACTIVE" };
	unsigned int state = ev->sock.state;

	if (ev->flags & EV_TIMEWAIT && !state && ev->hook != HOOK_KFREE_SKB)
		return "FIN_WAIT2"; /* the only substate in which a minisock answers with a reset */
	if (ev->flags & EV_REQUEST)
		return "SYN_RECV"; /* as ss and netstat call it; .sock is the listener */
	if (ev->flags & EV_TIMEWAIT)
		return state < sizeof(names) / sizeof(*names) ? names[state] : "";
	if (!(ev->flags & EV_SOCKET))
		return "";
	if (ev->hook == HOOK_INET_SOCK_SET_STATE)
		state = ev->sock.old_state;
	else if (!strcmp(names[state], "CLOSE") && ev->flags & EV_CONN && ev->conn.new_state == state)
		state = ev->conn.old_state;
	return state < sizeof(names) / sizeof(*names) ? names[state] : "";
}

/* As tcp_reset() sets sk_err. */
static int errno_of_reset(const char *state)
{
	if (!strcmp(state, "SYN_SENT"))
		return ECONNREFUSED;
	return strcmp(state, "CLOSE_WAIT") ? ECONNRESET : EPIPE;
}

static int find_errno(const struct evidence *ev, const struct cause *cause, const char *state)
{
	if (!(ev->flags & EV_SOCKET) || ev->flags & EV_REQUEST || ev->sock.is_dead)
		return 0;
	if (cause->application_errno == ERRNO_OF_ICMP)
		return ev->sock.err ? ev->sock.err : ev->conn.icmp_errno ? ev->conn.icmp_errno : ev->sock.err_soft;
	if (cause->application_errno == ETIMEDOUT && ev->sock.err_soft)
		return ev->sock.err_soft;
	if (cause->application_errno)
		return cause->application_errno;
	if (ev->sock.is_mptcp) /* its application holds the connection above: one path of it tells nothing */
		return 0;
	if (ev->hook == HOOK_TCP_RECEIVE_RESET)
		return errno_of_reset(state);
	if (ev->hook == HOOK_CONNECT)
		return -ev->detail.result;
	return ev->hook == HOOK_INET_SOCK_SET_STATE || ev->hook == HOOK_ERROR_REPORT ? ev->sock.err : 0;
}

static enum kind kind_of_hook(const struct evidence *ev)
{
	switch (ev->hook) {
	case HOOK_TCP_RECEIVE_RESET:
	case HOOK_TIMEWAIT:
		return KIND_RST_RECEIVED;
	case HOOK_CHALLENGE_ACK:
	case HOOK_VALIDATE_INCOMING:
		return KIND_RST_IGNORED;
	case HOOK_TIMEWAIT_TIMER:
	case HOOK_TIMEWAIT_ALLOC:
		return KIND_TIMEOUT;
	case HOOK_INET_SOCK_SET_STATE:
	case HOOK_ICMP:
	case HOOK_CONNECT:
	case HOOK_ERROR_REPORT:
		return KIND_ERROR;
	case HOOK_CONN_REQUEST:
	case HOOK_SYN_RECV_SOCK:
	case HOOK_CHECK_REQ:
	case HOOK_REQUEST_TIMER:
	case HOOK_REQUEST_DROP:
	case HOOK_REQ_ERR:
		return KIND_DROPPED;
	case HOOK_KFREE_SKB:
		return ev->flags & EV_OUTGOING ? KIND_RST_SENT :
		       ev->segment.flags & SEG_RST ? KIND_RST_IGNORED : KIND_DROPPED;
	case HOOK_CONSUME_SKB:
	case HOOK_HASH:
		return KIND_DROPPED;
	case HOOK_TIMER_CANCEL:
		return ev->segment.flags & SEG_RST ? KIND_RST_RECEIVED : KIND_DROPPED;
	case HOOK_TIMER_EXPIRE:
		return KIND_TIMEOUT;
	}
	return KIND_RST_SENT;
}

void explain(const struct incident *incident, struct report *ret_report)
{
	const struct evidence *ev = &incident->evidence;
	struct facts facts;
	struct match match;

	memset(ret_report, 0, sizeof(*ret_report));
	facts_observe(incident, &facts);
	match = find_row(&facts, incident->reason);
	ret_report->incident = incident;
	ret_report->count = incident->count;
	if (match.cause) {
		ret_report->cause = match.cause;
		ret_report->kind = match.cause->kind;
		ret_report->certainty = weigh(&match, incident->reason);
		ret_report->missing = match.unobserved ? facts_text(match.unobserved) : NULL;
	} else {
		ret_report->cause = &cause_unknown;
		ret_report->kind = kind_of_hook(ev);
		ret_report->certainty = CERTAINTY_UNKNOWN;
	}
	ret_report->state = find_state(ev);
	ret_report->owner = find_owner(incident, ret_report->cause);
	ret_report->application_errno = find_errno(ev, ret_report->cause, ret_report->state);
	fields_expand(ret_report->cause->why, ret_report, ret_report->why, sizeof(ret_report->why));
}

static void tell_peer(struct peer_end *peer)
{
	char comm[4 * EVIDENCE_COMM_BYTES + 1];

	text_printable(comm, sizeof(comm), peer->owner.comm, sizeof(peer->owner.comm));
	if (peer->owner.source != OWNER_UNKNOWN && peer->owner.source != OWNER_FORMER)
		snprintf(peer->story, sizeof(peer->story), "%s[%u]: %s", comm, peer->owner.pid, peer->why);
	else
		snprintf(peer->story, sizeof(peer->story), "on this host: %s", peer->why);
}

void explain_again(struct report *report)
{
	if (report->peer.cause)
		tell_peer(&report->peer);
	fields_expand(report->cause->why, report, report->why, sizeof(report->why));
}
