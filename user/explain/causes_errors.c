/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Errors without a reset. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "icmp-unreachable",
		.kind = KIND_ERROR,
		.title = "connect() ended by an ICMP error",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(IN_ICMP),
		.owner = OWNER_IS_CONN,
		.why = "SYN answered by an error[: {icmp}]; connect() fails with {errno}",
		.meaning =
			"While this host was connecting, an ICMP error answered its SYN, and the "
			"kernel ended the attempt at once. Port unreachable (ECONNREFUSED) is the "
			"default answer of iptables and nft REJECT, of a Kubernetes Service "
			"without endpoints, and of IPVS without a backend. Host or "
			"administratively prohibited (EHOSTUNREACH, \"No route to host\", with "
			"IPv6 EACCES) is a firewall too: firewalld rejects so. Plain host "
			"unreachable is a host that does not answer ARP or neighbour discovery, "
			"reported by the last router or by this host itself after some 3 s; "
			"network unreachable is a router without a route.",
		.sees =
			"connect() fails with the errno of the line; a non-blocking one gets "
			"EPOLLERR and the errno from SO_ERROR.",
		.advice =
			"The sender of the ICMP error is the one to look at: `tcpdump -nvi any "
			"'icmp or icmp6'` shows its address. If it is this host, look at `ip "
			"neigh show PEER` (FAILED: host down, wrong subnet, wrong VLAN) and at "
			"local REJECT rules. If it is the peer or a router, look at the firewall "
			"or the routes there. In Kubernetes check `kubectl get endpointslices` of "
			"the Service.",
	},
	{
		.slug = "icmp-unreachable-late",
		.kind = KIND_ERROR,
		.title = "ICMP error while connect() held the socket",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(ICMP_SEEN),
		.forbids = FACT(IN_ICMP) | FACT(IN_RETRANSMIT_TIMER) | FACT(ERROR),
		.owner = OWNER_IS_CONN,
		.application_errno = ERRNO_OF_ICMP,
		.why =
			"SYN answered by an error while connect() held the socket[: {icmp}]; it "
			"gets {errno}",
		.meaning =
			"An ICMP error answered the SYN while a process held the lock of the "
			"socket, so the kernel could not end the attempt on the spot and only "
			"stored the error. A non-blocking connect() finds it in SO_ERROR and "
			"closes the socket; a blocking one waits for the answer to the next SYN, "
			"a second later. The answer must come back before connect() has let go of "
			"the socket, so the refusal comes from near: a REJECT rule on this host "
			"or in a container on it, loopback, veth, a Service without endpoints. "
			"The kernel counts it in TcpExtLockDroppedIcmps.",
		.sees =
			"SO_ERROR gives the errno of the line: ECONNREFUSED for port unreachable, "
			"EHOSTUNREACH for host unreachable or prohibited. A blocking connect() is "
			"a second late.",
		.advice =
			"Look for REJECT rules here and in the namespaces of the containers: `nft "
			"list ruleset | grep -i reject`, `iptables-save | grep REJECT`, and in "
			"Kubernetes `kubectl get endpointslices` of the Service. ICMP port "
			"unreachable from a Service means that no pod is ready. For TCP, a rule "
			"that rejects with tcp-reset ends the connect() at once, also a blocking "
			"one.",
	},
	{
		.slug = "connect-abandoned",
		.kind = KIND_ERROR,
		.title = "application gave up connecting",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(BY_APPLICATION),
		.forbids = FACT(ERROR) | FACT(ICMP_SEEN),
		.owner = OWNER_IS_TASK,
		.why = "closed while connecting[, after {waited}][ and {retransmits}][, {exit}]",
		.meaning =
			"The application called connect() and closed the socket before the peer "
			"had answered. It ran into its own connect timeout, its request was "
			"cancelled, the process ended, or it lost a happy-eyeballs race in which "
			"another address answered first. The kernel has no complaint: it would "
			"have gone on trying. A time of a round 1, 3, 5 or 10 s is the "
			"application's timeout; a few hundred milliseconds with another "
			"connection to the same name that succeeded is the race.",
		.sees =
			"No error from the kernel: the application ended the attempt itself and "
			"reports its own timeout. If SO_SNDTIMEO was the limit, connect() "
			"returned EINPROGRESS.",
		.advice =
			"If it was a timeout, find out why the SYN was not answered, as for "
			"syn-timeout: tcpdump at both ends, firewall, route, `nstat -az "
			"TcpExtListenOverflows TcpExtListenDrops` at the server. A limit of 1 s "
			"or less does not survive one lost SYN: use 3 s or more. If an answer "
			"comes after this, rsttrace shows it as late-syn-ack. Happy-eyeballs "
			"losers need nothing; many of them mean that one address family is slow "
			"or broken.",
	},
	{
		.slug = "recovered",
		.kind = KIND_RECOVERED,
		.title = "an outage that retransmission survived",
		.is_quiet = true,
		.needs = FACT(RECOVERED),
		.owner = OWNER_IS_CONN,
		.why =
			"[{outage_retransmits} unanswered; ]the peer answered {outage} after the "
			"first",
		.meaning =
			"Data was lost or unanswered for so long that the retransmission timer "
			"fired, at least once, and then the peer acknowledged it: the connection "
			"goes on as if nothing had happened, only late. It is told because such "
			"outages are the small sisters of timeouts: a congested or flapping link, "
			"a failover, a live migration, a peer whose host stood still. Told only "
			"when asked for (`--kind recovered`); losses that fast retransmission "
			"repaired are not counted. Kernels before 5.19 tell it only at the "
			"connection's next retransmission or change of state, so the time is then "
			"an upper limit.",
		.sees =
			"Nothing but a pause: of 200 ms at least, doubling with each "
			"retransmission.",
		.advice =
			"Compare times across connections: many to one peer at once are that peer "
			"or its link, many to all peers this host (its uplink, a CPU that was "
			"starved: `sar -q`, steal time). `nstat -az TcpExtTCPTimeouts` counts the "
			"timers, `ss -ti` shows losses of a connection that lives. If a timeout of "
			"the application is near the pause that is told here, it will fail next "
			"time: make it longer, or find the loss.",
	},
};

const struct cause_table causes_errors = { rows, sizeof(rows) / sizeof(rows[0]) };
