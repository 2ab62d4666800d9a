/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Facts of what stands in a connection's way: REJECT rules, ICMP errors, connect() that fails by itself. */
#include "facts_parts.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <linux/errqueue.h>
#include <linux/netfilter.h>

#include "../decode/frames.h"

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

void facts_observe_reject(const struct incident *incident, struct facts *facts)
{
	const struct evidence *ev = &incident->evidence;
	bool is_hook = ev->flags & EV_DETAIL && ev->hook == HOOK_NF_SEND_RESET &&
		       ev->detail.netfilter_hook < NF_INET_NUMHOOKS;
	/* Of bridges and devices the hook sees the reset itself, which they send past TCP and IP. */
	bool is_link = ev->flags & EV_OUTGOING && ev->hook == HOOK_NF_SEND_RESET;
	frame_set frames = frames_hold(incident), ways = 0;
	enum frame nearest;

	if (ev->hook == HOOK_NET_DEV_QUEUE && !facts_has_names(incident))
		return;
	set(facts, FACT(REJECTED), ev->hook == HOOK_NF_SEND_RESET || (ev->hook == HOOK_NET_DEV_QUEUE &&
								       frames & FRAMES_OF_REJECT));
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

void facts_observe_icmp(const struct evidence *ev, struct facts *facts)
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
void facts_observe_connect(const struct incident *incident, struct facts *facts)
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
	else if (facts_has_names(incident))
		set(facts, FACT(NO_PORT),
		    facts->holds & FACT(IS_SYN_SENT) && !ev->tuple.local_port &&
			    frames_hold(incident) & (FRAME(V4_CONNECT) | FRAME(V6_CONNECT)));
}
