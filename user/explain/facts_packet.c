/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts of segments that leave or are dropped: from the kernel's drop reason, its stack, and where they came from. */
#include "facts_parts.h"

#include <string.h>

#include "../decode/frames.h"

static void set_all(struct facts *facts, fact_set among, fact_set holds)
{
	facts->known |= among;
	facts->holds |= holds & among;
}

static bool has_stack(const struct incident *incident)
{
	return incident->first_frame < incident->end_frame && *incident->frames[incident->first_frame];
}

/* What the kernel's drop reasons say. A name that ends with "*" stands for all that begin so. */
static const struct drop_row {
	const char *reason;
	fact_set implies;
} drop_rows[] = {
	{ "NETFILTER_DROP", FACT(FILTERED) },
	{ "XDP", FACT(FILTERED) },
	{ "TC_*", FACT(FILTERED) },
	{ "BPF_CGROUP_EGRESS", FACT(FILTERED) },
	{ "IP_RPFILTER", FACT(FILTERED) },
	{ "IP_OUTNOROUTES", FACT(FILTERED) },
	{ "CPU_BACKLOG", FACT(FILTERED) },
	{ "QDISC_*", FACT(FILTERED) },
	{ "NEIGH_*", FACT(FILTERED) },
	{ "SOCKET_BACKLOG", FACT(FILTERED) },
	{ "SOCKET_FILTER", FACT(FAILED_CHECK) | FACT(FILTERED) },
	{ "XFRM_POLICY", FACT(FAILED_CHECK) | FACT(FILTERED) },
	{ "TCP_MINTTL", FACT(FAILED_CHECK) | FACT(FILTERED) },
	{ "TCP_CSUM", FACT(FAILED_CHECK) | FACT(FILTERED) },
	{ "TCP_MD5*", FACT(FAILED_CHECK) | FACT(UNSIGNED) },
	{ "TCP_AO*", FACT(FAILED_CHECK) | FACT(UNSIGNED) },
	{ "TCP_AUTH_HDR", FACT(FAILED_CHECK) | FACT(UNSIGNED) },
	{ "TCP_INVALID_SEQUENCE", FACT(OUT_OF_WINDOW) },
	{ "TCP_OLD_SEQUENCE", FACT(OUT_OF_WINDOW) },
	{ "TCP_INVALID_END_SEQUENCE", FACT(OUT_OF_WINDOW) },
	{ "NO_SOCKET", FACT(FOR_NOBODY) },
};

#define DROP_FACTS (FACT(FILTERED) | FACT(FAILED_CHECK) | FACT(UNSIGNED) | FACT(OUT_OF_WINDOW) | FACT(FOR_NOBODY))

static bool names_drop(const char *pattern, const char *name)
{
	size_t length = strlen(pattern);

	return pattern[length - 1] == '*' ? !strncmp(pattern, name, length - 1) : !strcmp(pattern, name);
}

static fact_set implied_by_drop(const char *reason)
{
	for (unsigned int i = 0; i < sizeof(drop_rows) / sizeof(*drop_rows); i++) {
		if (names_drop(drop_rows[i].reason, reason))
			return drop_rows[i].implies;
	}
	return 0;
}

/* tcp_timewait_state_process(): every reset in the window ends FIN_WAIT2. In TIME_WAIT a sysctl may forbid that. */
static void observe_kept_minisock(struct facts *facts)
{
	if (facts->known & FACT(IS_FIN_WAIT2))
		set(facts, FACT(OUT_OF_WINDOW), facts->holds & FACT(IS_FIN_WAIT2) && facts->holds & FACT(RST));
	else
		facts->known &= ~FACT(OUT_OF_WINDOW);
}

#define SEND_RESET_FRAMES (FRAME(V4_SEND_RESET) | FRAME(V6_SEND_RESET))

/* A reset of TCP's for no full socket, dropped by netfilter on its way out, of which no other hook knows: before v6.10
 * the tracepoint is silent, and it comes no further. */
static bool is_only_dropped(const struct incident *incident)
{
	const struct evidence *ev = &incident->evidence;
	frame_set frames = frames_hold(incident);

	return ev->hook == HOOK_KFREE_SKB && ev->flags & EV_OUTGOING && ev->segment.flags & SEG_RST &&
	       !(ev->flags & EV_SEES_NO_SOCKET) && frames & SEND_RESET_FRAMES &&
	       !(frames & (FRAME(V4_DO_RCV) | FRAME(V6_DO_RCV) | FRAME(CHECK_REQ))) &&
	       (*incident->drop ? !strcmp(incident->drop, "NETFILTER_DROP") : !!(frames & FRAME(NF_HOOK_SLOW)));
}

/* A dropped segment: why, where, and for whom, as far as this kernel says. */
static void observe_drop(const struct incident *incident, struct facts *facts)
{
	const fact_set socket = FACT(NO_SOCKET) | FACT(IS_LISTEN) | FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV) |
				FACT(IS_ESTABLISHED) | FACT(IS_CLOSE_WAIT) | FACT(IS_CLOSING) | FACT(IS_FIN_WAIT2) |
				FACT(IS_CLOSE);
	const struct evidence *ev = &incident->evidence;
	frame_set frames = frames_hold(incident);
	bool is_drop = ev->hook == HOOK_KFREE_SKB;

	set(facts, FACT(OUTGOING), ev->flags & EV_OUTGOING);
	set(facts, FACT(FORWARDED), ev->flags & EV_FORWARDED);
	set(facts, FACT(ONLY_DROPPED), is_only_dropped(incident));
	if (!is_drop && ev->hook != HOOK_HASH)
		set_all(facts, DROP_FACTS, 0);
	else if (*incident->drop)
		set_all(facts, DROP_FACTS, implied_by_drop(incident->drop));
	else if (frames & FRAME(NF_HOOK_SLOW)) /* before v5.17 the place alone has to say it */
		set_all(facts, DROP_FACTS, FACT(FILTERED));
	else if (frames & (FRAME(V4_DO_RCV) | FRAME(V6_DO_RCV))) /* past all checks and filters, for a socket */
		set_all(facts, DROP_FACTS & ~FACT(OUT_OF_WINDOW), 0);
	if (is_drop && !*incident->drop && ev->flags & EV_TIMEWAIT)
		set(facts, FACT(FOR_NOBODY), false);
	if (facts->holds & FACT(OUT_OF_WINDOW))
		set(facts, FACT(KEPT), true);
	if (is_drop && !(ev->flags & (EV_SOCKET | EV_TIMEWAIT)) && ev->flags & EV_NO_SEGMENT_SOCKET)
		facts->known &= ~socket;
	/* RFC 5961 section 3.2: a reset in the window, but not at its left edge. */
	if (is_drop && frames & FRAME(VALIDATE_INCOMING) && !strcmp(incident->drop, "TCP_RESET"))
		set(facts, FACT(CHALLENGED), true);
	if (ev->hook == HOOK_VALIDATE_INCOMING && ev->flags & EV_DETAIL)
		set(facts, FACT(OUT_OF_WINDOW), ev->detail.event == EVENT_KEPT);
	if (facts->holds & FACT(MINISOCK) && facts->holds & FACT(KEPT))
		observe_kept_minisock(facts);
}


/* Who built a reset that leaves: TCP for a segment without a socket, netfilter, or neither. */
static void observe_builder(const struct incident *incident, struct facts *facts)
{
	frame_set frames = frames_hold(incident);

	if (incident->evidence.hook != HOOK_NET_DEV_QUEUE)
		return;
	if (!has_stack(incident)) {
		facts->known &= ~(FACT(SENT) | FACT(PASSIVE) | FACT(REJECTED));
		return;
	}
	set_all(facts, FACT(SENT) | FACT(PASSIVE), frames & SEND_RESET_FRAMES ? FACT(SENT) | FACT(PASSIVE) : 0);
	if (incident->evidence.flags & EV_RAW_SOCKET)
		set(facts, FACT(BY_RAW_SOCKET), true);
	set_all(facts, FACT(REJECTED), frames & FRAMES_OF_REJECT ? FACT(REJECTED) : 0);
}

void facts_observe_packet(const struct incident *incident, struct facts *facts)
{
	observe_drop(incident, facts);
	observe_builder(incident, facts);
}
