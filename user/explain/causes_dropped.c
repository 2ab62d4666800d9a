/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Handshakes and segments dropped before anyone saw them. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "md5-ao-mismatch",
		.kind = KIND_DROPPED,
		.title = "segment without the right signature",
		.needs = FACT(UNSIGNED),
		.forbids = FACT(RST) | FACT(OUTGOING),
		.owner = OWNER_IS_CONN,
		.why = "{segment} without the signature that is asked for: dropped[ ({drop})]",
		.meaning =
			"One end uses TCP-MD5 (RFC 2385) or TCP-AO (RFC 5925) and the other does not, or "
			"with another key, so this host dropped the segment without an answer. "
			"TCP_MD5NOTFOUND and TCP_AONOTFOUND: a key is set here, and the segment carries no "
			"signature. TCP_MD5UNEXPECTED and TCP_AOUNEXPECTED: it is signed, and no key is set "
			"here. TCP_MD5FAILURE and TCP_AOFAILURE: the keys differ, or something on the way, "
			"NAT above all, changed what is signed. TCP_AOKEYNOTFOUND: the key's id is unknown.",
		.sees =
			"Nothing at the listener. The peer's connect() times out; on an open connection "
			"both ends retransmit until they give up.",
		.advice =
			"Compare the keys of both ends (in BGP the neighbour's password) and the address "
			"that each has its key set for: behind NAT or with another source address it is "
			"not that neighbour's. `nstat -az | grep -E 'TCPMD5|TCPAO'` counts each kind.",
	},
	{
		.slug = "segment-filtered",
		.kind = KIND_DROPPED,
		.title = "segment filtered",
		.is_quiet = true,
		.needs = FACT(DROPPED) | FACT(FILTERED),
		.forbids = FACT(RST),
		.owner = OWNER_IS_CONN,
		.why = "{segment}[ with {payload}] dropped[ by {dropper}][ ({drop})]",
		.meaning =
			"Netfilter, XDP, a traffic-control program, the reverse-path filter, a missing "
			"route, a neighbour that does not answer, a full queue or a check before the "
			"socket dropped a segment on its way in or out of this host. One is no death: TCP "
			"sends it again. When all are dropped, the connection ends in one of the timeouts, "
			"at this end or the other, and this is why.",
		.sees =
			"Nothing at first; then a timeout: syn-timeout, retransmission-timeout or "
			"local-output-failure.",
		.advice =
			"NETFILTER_DROP: `nft list ruleset`, `iptables-save -c`, or `nft monitor trace` with "
			"`meta nftrace set 1`. XDP, TC_INGRESS, TC_EGRESS: `bpftool net`, `tc -s filter show "
			"dev DEV`. IP_RPFILTER: net.ipv4.conf.*.rp_filter and the route back. QDISC_...: `tc "
			"-s qdisc`. NEIGH_...: `ip neigh`. SOCKET_BACKLOG, CPU_BACKLOG: the host cannot "
			"keep up, see `nstat -az TcpExtTCPBacklogDrop` and /proc/net/softnet_stat. TCP_CSUM: "
			"offloading, or damage on the way.",
	},
};

const struct cause_table causes_dropped = { rows, sizeof(rows) / sizeof(rows[0]) };
