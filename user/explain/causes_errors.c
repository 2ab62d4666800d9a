/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Errors without a reset. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "neighbour-unresolved",
		.kind = KIND_ERROR,
		.title = "connect() ended: ARP or neighbour discovery failed",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(IN_ICMP) | FACT(NEIGHBOUR_FAILED),
		.owner = OWNER_IS_CONN,
		.application_errno = ERRNO_OF_ICMP,
		.why =
			"nobody on the link answers for {peer_address} or the gateway to it[, after "
			"{waited}]; connect() fails with {errno}",
		.meaning =
			"This host could not find out the link-layer address of the peer, or of the "
			"gateway on the way to it: it asked by ARP or neighbour discovery, and "
			"nobody answered. It then sent itself an ICMP error, host unreachable, in "
			"the name of its own address, and that ended the connect(). No SYN has left "
			"this host. The peer is down or has another address, the netmask or VLAN is "
			"wrong, or the gateway is gone.",
		.sees =
			"connect() fails with EHOSTUNREACH (\"No route to host\") after about 3 s, "
			"by default three requests one second apart; a non-blocking one gets it "
			"from SO_ERROR.",
		.advice =
			"`ip route get PEER` says whether the peer should be on the link or behind "
			"a gateway; `ip neigh show` lists who FAILED. `arping -I DEV ADDRESS` or "
			"`ndisc6 ADDRESS DEV` asks by hand, `tcpdump -eni DEV arp or icmp6` shows "
			"whether requests leave and answers come. Then check cable, VLAN, netmask, "
			"security of the virtual switch (ARP filtering), and whether the neighbour "
			"table overflowed: `dmesg | grep 'neighbour table overflow'`.",
	},
	{
		.slug = "icmp-unreachable",
		.kind = KIND_ERROR,
		.title = "connect() ended by an ICMP error",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(IN_ICMP),
		.owner = OWNER_IS_CONN,
		.application_errno = ERRNO_OF_ICMP, /* getsockopt() on another CPU may have taken it from the socket */
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
		.forbids = FACT(IN_ICMP) | FACT(IN_RETRANSMIT_TIMER) | FACT(ERROR) | FACT(NO_PORT),
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
		.slug = "icmp-error-recverr",
		.kind = KIND_ERROR,
		.title = "ICMP error reported to the application",
		.needs = FACT(REPORTED) | FACT(IN_ICMP),
		.owner = OWNER_IS_CONN,
		.why =
			"an ICMP error on an open connection[: {icmp}]; the application asked for "
			"such and gets {errno}",
		.meaning =
			"The application has set IP_RECVERR (IPV6_RECVERR) on its connection. So an "
			"ICMP error about one of its segments is not only remembered, as usual, but "
			"reported at once: the next system call on the socket fails with its errno. "
			"The connection itself lives on, and TCP goes on retransmitting.",
		.sees =
			"The next read or write fails once with the errno of this line; poll() "
			"reports EPOLLERR. The call after that works as if nothing had happened.",
		.advice =
			"An application that takes every errno for the end closes a connection that "
			"might have recovered: it should go on after EHOSTUNREACH and ENETUNREACH, "
			"or not set IP_RECVERR on TCP. The sender of the ICMP error says where the "
			"way is broken: its route or its firewall is the one to look at.",
	},
	{
		.slug = "icmp-soft-error",
		.kind = KIND_ERROR,
		.title = "ICMP error remembered on an open connection",
		.is_quiet = true,
		.needs = FACT(ICMP),
		.forbids = FACT(ICMP_IGNORED) | FACT(ICMP_TOO_BIG),
		.owner = OWNER_IS_CONN,
		.why =
			"an ICMP error on an open connection[: {icmp}]; TCP remembers {icmp_errno} "
			"and goes on",
		.meaning =
			"An ICMP error arrived about a segment of an open connection. RFC 1122 "
			"section 4.2.3.9 forbids to end a connection for it: routes recover. The "
			"kernel stores the errno and goes on retransmitting. If nothing ever comes "
			"back, the timeout at the end reports this errno instead of ETIMEDOUT, and "
			"its line names this error.",
		.sees =
			"Nothing now. At an eventual timeout the errno of the ICMP error, most "
			"often EHOSTUNREACH; getsockopt(SO_ERROR) returns and clears it at any time.",
		.advice =
			"Told only when asked for: a connection that recovers needs nothing. The "
			"sender of the ICMP error is the router, firewall or host that could not "
			"deliver: look at its routes (`ip route get`), its neighbours (`ip neigh`) "
			"and its REJECT rules.",
	},
	{
		.slug = "path-mtu-update",
		.kind = KIND_ERROR,
		.title = "path MTU lowered",
		.is_quiet = true,
		.needs = FACT(ICMP) | FACT(ICMP_TOO_BIG),
		.forbids = FACT(ICMP_IGNORED),
		.owner = OWNER_IS_CONN,
		.why =
			"a packet was too big for the path[: {icmp}]; path MTU now {path_mtu}[, "
			"segments of {mss}]",
		.meaning =
			"A router on the way could not pass on a packet of this connection because "
			"it was too big, and said so by ICMP (fragmentation needed, or ICMPv6 "
			"packet too big). TCP lowered the path MTU of the connection and sends the "
			"segment again in smaller parts. That is how path MTU discovery works (RFC "
			"1191, RFC 8201); the connection goes on.",
		.sees =
			"Nothing, apart from a pause of one round trip.",
		.advice =
			"Told only when asked for. Common with tunnels and VPNs (WireGuard 1420, "
			"VXLAN 1450, PPPoE 1492). If connections hang although this appears, the "
			"ICMP error reaches this host but its answer does not help: see `ip route "
			"get PEER` for a cached mtu. If they hang and this never appears, somebody "
			"filters ICMP: clamp the MSS (`nft add rule ... tcp option maxseg size set "
			"rt mtu`) or set net.ipv4.tcp_mtu_probing=1.",
	},
	{
		.slug = "icmp-ignored",
		.kind = KIND_DROPPED,
		.title = "ICMP error ignored",
		.is_quiet = true,
		.needs = FACT(ICMP) | FACT(ICMP_IGNORED),
		.owner = OWNER_IS_CONN,
		.why =
			"an ICMP error changed nothing[: {icmp}]: {icmp_ignored}",
		.meaning =
			"An ICMP error arrived that quotes a segment of this host, but the kernel "
			"had no use for it: there is no such connection any more, the quoted "
			"sequence number is not in flight (the check of RFC 5927 against forged "
			"errors), or the packet had fewer hops left than IP_MINTTL demands.",
		.sees =
			"Nothing.",
		.advice =
			"Told only when asked for. Single ones are late answers to closed "
			"connections. Many with a sequence number that is not in flight, from "
			"addresses that have no part in the connection, are an attempt to disturb "
			"it: `nstat -az TcpExtOutOfWindowIcmps IcmpInErrors`, and filter at the "
			"border what comes from there.",
	},
	{
		.slug = "no-route",
		.kind = KIND_ERROR,
		.title = "connect() found no route",
		.needs = FACT(CONNECT_FAILED) | FACT(NO_ROUTE),
		.owner = OWNER_IS_TASK,
		.why =
			"no usable route to {peer}; connect() fails with {errno}",
		.meaning =
			"The routing table of this network namespace has no usable route to the "
			"peer, so connect() failed before a SYN was made. ENETUNREACH: no route at "
			"all, typically no default route, IPv6 not configured, or the interface is "
			"down. EHOSTUNREACH, EACCES and EINVAL: a route of type unreachable, "
			"prohibit or blackhole stands there on purpose, or no route fits the source "
			"address that was bound (for an IPv6 link-local peer: no scope was given).",
		.sees =
			"connect() fails at once with the errno of the line.",
		.advice =
			"`ip route get PEER` (in a container: `nsenter -t PID -n ip route get "
			"PEER`; with policy routing add `from ADDRESS` and `mark`) repeats the "
			"look-up. Compare `ip rule`, `ip route show table all`, `ip -6 addr`. Right "
			"after boot or start of a container it means that the application started "
			"before the network. An application that tries IPv6 first on a host without "
			"IPv6 shows this for every attempt: harmless when IPv4 follows.",
	},
	{
		.slug = "ports-exhausted",
		.kind = KIND_ERROR,
		.title = "connect() found no free local port",
		.needs = FACT(NO_PORT),
		.owner = OWNER_IS_TASK,
		.application_errno = EADDRNOTAVAIL,
		.why =
			"no free local port towards {peer}; connect() fails with {errno}",
		.meaning =
			"Every port of net.ipv4.ip_local_port_range is in use towards this "
			"destination address and port, by open connections or by ones in TIME_WAIT, "
			"or the port that the application bound is already connected there. "
			"connect() failed before a SYN was made. By default 28,232 ports exist for "
			"each destination, and each closed connection keeps its one for 60 s in "
			"TIME_WAIT: about 470 new connections a second to one destination are the "
			"limit.",
		.sees =
			"connect() fails at once with EADDRNOTAVAIL (\"Cannot assign requested "
			"address\").",
		.advice =
			"`ss -tan dst PEER | awk '{print $1}' | sort | uniq -c` counts what holds "
			"the ports. Keep connections open and reuse them (keep-alive, pools): that "
			"is the cure. Otherwise widen net.ipv4.ip_local_port_range, see that "
			"net.ipv4.tcp_tw_reuse is not 0, add source or destination addresses, and "
			"let applications that bind a source address set IP_BIND_ADDRESS_NO_PORT. "
			"Many in CLOSE_WAIT instead are a leak in the application.",
	},
	{
		.slug = "abort-without-reset",
		.kind = KIND_ERROR,
		.title = "socket destroyed by an administrator while connecting",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(IN_ABORT),
		.owner = OWNER_IS_CONN,
		.why =
			"destroyed by {task} while connecting[, after {waited}]: no reset, nobody "
			"to send it to",
		.meaning =
			"Somebody with CAP_NET_ADMIN destroyed the socket through the kernel's "
			"diagnostic interface (`ss -K`, or a program that uses SOCK_DESTROY) while "
			"it was still connecting. The peer has not answered yet, so no reset is "
			"sent; an answer that comes later is refused as unknown.",
		.sees =
			"connect() fails with ECONNABORTED.",
		.advice =
			"The process named in the line did it, not the application: `ss -K` by hand "
			"or in a script, a VPN or network manager that ends connections when an "
			"address goes, Android's netd, an agent that enforces policies.",
	},
	{
		.slug = "ulp-error",
		.kind = KIND_ERROR,
		.title = "kernel TLS gave up on the connection",
		.needs = FACT(REPORTED) | FACT(IN_ULP),
		.owner = OWNER_IS_CONN,
		.why =
			"kernel TLS reported {errno}[, {idle} after the last data]",
		.meaning =
			"The connection is encrypted by the kernel (kTLS), and a record could not "
			"be decrypted, or not be sent as a whole. EBADMSG: the record's "
			"authentication tag is wrong: keys of the two ends differ, sequence numbers "
			"are out of step (after a key update that the kernel does not know), or "
			"data was changed on the way. EINVAL: the version in the record's header is "
			"wrong. EMSGSIZE: the record is longer than TLS allows. TCP itself is "
			"intact: the connection stays open until the application closes it, but "
			"carries nothing any more.",
		.sees =
			"read() or write() fails with the errno of the line, every time.",
		.advice =
			"`cat /proc/net/tls_stat` counts TlsDecryptError. If it came right after "
			"the handshake, the library gave the kernel wrong keys or sequence numbers: "
			"check its version, or turn kTLS off (OpenSSL: without SSL_OP_ENABLE_KTLS). "
			"If it came later, look for a key update (TLS 1.3) that this kernel does "
			"not support, for a device with TLS offload (`ethtool -k DEV | grep tls`: "
			"try it off), and for middleboxes that change data.",
	},
	{
		.slug = "time-wait-recycled",
		.kind = KIND_RECOVERED,
		.title = "TIME_WAIT made room for a new connection",
		.is_quiet = true,
		.needs = FACT(RECYCLED),
		.owner = OWNER_IS_CONN,
		.why =
			"new SYN from the same address and port took the place of TIME_WAIT[, "
			"{closed_for} after close()]",
		.meaning =
			"A SYN arrived from an address and port whose last connection to this "
			"port was still in TIME_WAIT here. Its sequence number or timestamp "
			"proved that it is new, so the kernel ended TIME_WAIT early and took the "
			"connection. This is how clients reuse ports within 60 s (RFC 6191), and "
			"it is told only when asked for.",
		.sees =
			"Nothing: the old connection was over, and the new one is accepted as any "
			"other.",
		.advice =
			"Nothing. When the same pairs come again and again, the client has few "
			"ports for many connections: widen net.ipv4.ip_local_port_range there, or "
			"keep connections alive. Behind NAT, with timestamps that do not agree, "
			"some of these SYNs are not recognised and dropped: that shows as "
			"syn-timeout at the client.",
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
