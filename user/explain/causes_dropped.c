/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Handshakes and segments dropped before anyone saw them. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "accept-queue-full-syn",
		.kind = KIND_DROPPED,
		.title = "SYN dropped, accept queue full",
		.needs = FACT(SYN_DROPPED) | FACT(IS_LISTEN) | FACT(QUEUE_FULL),
		.forbids = FACT(SYN_QUEUE_FULL),
		.owner = OWNER_IS_CONN,
		.why =
			"SYN to port {local_port} dropped: accept queue full[ ({backlog})]",
		.meaning =
			"The listener's queue of connections that wait for accept() was full, so "
			"the kernel dropped the SYN without a word. The client sends it again "
			"after 1 s, 3 s, 7 s: a connect() that takes a round number of seconds is "
			"the mark of it. The queue holds the backlog given to listen(), at most "
			"net.core.somaxconn, and one more. Each dropped SYN is a line of its own.",
		.sees =
			"Nothing. The client's connect() is slow, and ends with ETIMEDOUT if the "
			"queue stays full for two minutes.",
		.advice =
			"See why the application does not accept: `ss -ltn 'sport = :PORT'` shows "
			"the queue (Recv-Q) and its limit (Send-Q), `perf top -p PID` or a thread "
			"dump what it does instead; look for EMFILE. For bursts raise the backlog "
			"in listen() and net.core.somaxconn together and restart the application. "
			"`nstat -az TcpExtListenOverflows` counts.",
	},
	{
		.slug = "syn-queue-full",
		.kind = KIND_DROPPED,
		.title = "SYN dropped, queue of handshakes full",
		.needs = FACT(SYN_DROPPED) | FACT(IS_LISTEN) | FACT(SYN_QUEUE_FULL),
		.owner = OWNER_IS_CONN,
		.why =
			"SYN to port {local_port} dropped: {requests}, as many as the listen() "
			"backlog allows, tcp_syncookies = 0",
		.meaning =
			"As many handshakes were under way at this listener as its backlog "
			"allows, and SYN cookies are off, so the kernel dropped the SYN. The "
			"clients of those handshakes have not sent their last ACK: a SYN flood, "
			"clients that cannot hear the SYN-ACK (one-way firewall, asymmetric "
			"route), or a long path with a short backlog.",
		.sees =
			"Nothing. The client's connect() is slow or ends with ETIMEDOUT.",
		.advice =
			"Set net.ipv4.tcp_syncookies=1 (the kernel's default): then a full queue "
			"is answered by cookies. `ss -tn state syn-recv` shows who holds the "
			"queue: many sources that never answer are a flood, one network is a path "
			"that loses SYN-ACKs. Raise the backlog in listen() and "
			"net.core.somaxconn. `nstat -az TcpExtTCPReqQFullDrop` counts.",
	},
	{
		.slug = "syn-backlog-limit",
		.kind = KIND_DROPPED,
		.title = "SYN dropped, tcp_max_syn_backlog nearly used up",
		.needs = FACT(SYN_DROPPED) | FACT(IS_LISTEN) | FACT(SYN_BACKLOG_SPENT),
		.forbids = FACT(QUEUE_FULL) | FACT(SYN_QUEUE_FULL),
		.owner = OWNER_IS_CONN,
		.why =
			"SYN to port {local_port} dropped: {requests}, tcp_max_syn_backlog = "
			"{max_syn_backlog}, peer not known from before",
		.meaning =
			"SYN cookies are off, and three quarters of net.ipv4.tcp_max_syn_backlog "
			"were taken by handshakes under way. The last quarter is kept for peers "
			"that the kernel knows from an earlier connection (its TCP metrics "
			"cache); this one was not, and its SYN was dropped.",
		.sees =
			"Nothing. The client's connect() is slow or ends with ETIMEDOUT.",
		.advice =
			"Set net.ipv4.tcp_syncookies=1: the limit then does not apply. If cookies "
			"must stay off, raise net.ipv4.tcp_max_syn_backlog, and see with `ss -tn "
			"state syn-recv` why so many handshakes are not finished.",
	},
	{
		.slug = "syn-cookie-sent",
		.kind = KIND_DROPPED,
		.title = "SYN answered by a cookie",
		.is_quiet = true,
		.needs = FACT(COOKIE_SENT) | FACT(IS_LISTEN),
		.owner = OWNER_IS_CONN,
		.why =
			"SYN to port {local_port} answered by a cookie[: {requests}]",
		.meaning =
			"The kernel answered the SYN, and kept nothing of it: all that it needs "
			"is in the sequence number of the SYN-ACK. It does so when the listener's "
			"queue of handshakes is full, or always with net.ipv4.tcp_syncookies=2. "
			"Nothing is lost by it but window scaling and SACK for clients without "
			"time stamps. Told only when asked for (-C or -K).",
		.sees =
			"Nothing: the connection comes about as usual.",
		.advice =
			"With tcp_syncookies=2 it is what was asked for. With 1 the queue of "
			"handshakes overflowed: `ss -tn state syn-recv` tells whether that is a "
			"flood; if not, raise the backlog in listen() and net.core.somaxconn.",
	},
	{
		.slug = "accept-queue-full-ack",
		.kind = KIND_DROPPED,
		.title = "last ACK dropped, accept queue full",
		.needs = FACT(NO_CHILD) | FACT(REQUEST) | FACT(QUEUE_FULL),
		.owner = OWNER_IS_CONN,
		.why =
			"last ACK of a handshake dropped: accept queue of port {local_port} full[ "
			"({backlog})]",
		.meaning =
			"The client finished its handshake, but the queue of connections waiting "
			"for accept() was full, so the kernel made no socket and dropped the ACK. "
			"The client believes that it is connected. Its data is not acknowledged "
			"and is sent again and again, each time with another chance; the SYN-ACK "
			"is repeated too. If the queue stays full until the SYN-ACK timer gives "
			"up, the client's next segment is answered by a reset.",
		.sees =
			"Nothing: accept() does not return this connection yet. The client's "
			"connect() succeeded, its first request waits without an answer.",
		.advice =
			"As for accept-queue-full-syn: find out why the application does not "
			"accept (`ss -ltn 'sport = :PORT'`, a thread dump, EMFILE), raise the "
			"backlog and net.core.somaxconn together. "
			"net.ipv4.tcp_abort_on_overflow=1 would reset the client at once instead.",
	},
	{
		.slug = "accept-queue-full-cookie",
		.kind = KIND_DROPPED,
		.title = "SYN cookie came back, accept queue full",
		.needs = FACT(NO_CHILD) | FACT(QUEUE_FULL),
		.forbids = FACT(REQUEST),
		.owner = OWNER_IS_CONN,
		.why =
			"last ACK with a SYN cookie dropped: accept queue of port {local_port} "
			"full[ ({backlog})]",
		.meaning =
			"The client's SYN had been answered by a cookie, its ACK brought the "
			"cookie back, and the queue of connections waiting for accept() was full. "
			"The kernel dropped the ACK and holds nothing of this client: no SYN-ACK "
			"will be repeated. The client believes that it is connected; only data "
			"that it sends can bring the cookie back once more, for two minutes.",
		.sees =
			"Nothing: accept() does not return this connection. A client that waits "
			"for the server to speak first waits for ever.",
		.advice =
			"Both queues overflowed: the application accepts too slowly. `ss -ltn "
			"'sport = :PORT'` and a thread dump, then raise the backlog and "
			"net.core.somaxconn. For protocols in which the server speaks first "
			"(SMTP, SSH, MySQL) give clients a timeout for the greeting.",
	},
	{
		.slug = "handshake-out-of-memory",
		.kind = KIND_DROPPED,
		.title = "last ACK dropped, no memory or route for its socket",
		.needs = FACT(NO_CHILD),
		.forbids = FACT(QUEUE_FULL),
		.owner = OWNER_IS_CONN,
		.why =
			"last ACK of a handshake dropped: no socket could be made for port "
			"{local_port} (no memory, or no route back)",
		.meaning =
			"The handshake was complete and the accept queue had room, but the kernel "
			"could not make a socket of it: the memory of the kernel or of the "
			"listener's cgroup was spent, or there was no route to the client any "
			"more (removed, unreachable, prohibited), or an MD5 key could not be "
			"copied. The request stays, so that later segments of the client try "
			"again.",
		.sees =
			"Nothing: accept() does not return this connection. The client's "
			"connect() succeeded and its data is not acknowledged.",
		.advice =
			"`ip route get CLIENT` first: a prohibited or unreachable route explains "
			"it at once. Then memory: `dmesg` for allocation failures, memory.max and "
			"memory.events of the cgroup, slab_unreclaimable in /proc/meminfo. `nstat "
			"-az TcpExtListenDrops` counts it, TcpExtListenOverflows does not.",
	},
	{
		.slug = "handshake-paws",
		.kind = KIND_DROPPED,
		.title = "segment refused in a handshake",
		.needs = FACT(KEPT) | FACT(REQUEST) | FACT(BY_SEGMENT) | FACT(ACK),
		.forbids = FACT(SYN) | FACT(RST),
		.owner = OWNER_IS_CONN,
		.why =
			"{segment} refused in a handshake: {refused}",
		.meaning =
			"A segment for a half-open connection had the right acknowledgement "
			"number, but a time stamp older than that of the SYN (PAWS, RFC 7323), or "
			"a sequence number outside the window. The kernel dropped it, answered "
			"with an ACK and goes on waiting. A NAT or load balancer that mixes the "
			"time stamps of several hosts behind one address does this, as do "
			"middleboxes that change sequence numbers, and old duplicates.",
		.sees =
			"Nothing: accept() does not return the connection before an acceptable "
			"ACK comes.",
		.advice =
			"`nstat -az TcpExtPAWSEstab` counts those with old time stamps. Capture "
			"the handshake (`tcpdump -S`) at both ends and compare TSval and sequence "
			"numbers: what differs was changed on the way. As a test, "
			"net.ipv4.tcp_timestamps=0 at the server takes time stamps out.",
	},
	{
		.slug = "listener-closed-in-handshake",
		.kind = KIND_DROPPED,
		.title = "listener closed in the middle of a handshake",
		.needs = FACT(REQUEST) | FACT(GONE) | FACT(LISTENER_GONE),
		.owner = OWNER_IS_CONN,
		.why =
			"listener on port {local_port} closed[ at {former_ended}] before the "
			"handshake was finished",
		.meaning =
			"The SYN had been answered, and before the client's last ACK was accepted "
			"the listener was closed. The kernel found out when the next segment of "
			"the client came, or the SYN-ACK timer ran out, and forgot the handshake. "
			"The client's segment is answered by a reset, unless another listener "
			"took over the port.",
		.sees =
			"Nothing at this end. The client's connect() fails with ECONNREFUSED, or, "
			"if it had succeeded already, its first read() or write() with "
			"ECONNRESET.",
		.advice =
			"It is the price of a restart that closes the listener while clients "
			"arrive: take the instance out of the load balancer first, hand the "
			"listening socket over (systemd socket activation, SCM_RIGHTS), or use "
			"SO_REUSEPORT with net.ipv4.tcp_migrate_req=1 (5.14 and later), which "
			"gives handshakes to another listener of the group.",
	},
	{
		.slug = "icmp-in-handshake",
		.kind = KIND_DROPPED,
		.title = "handshake ended by an ICMP error",
		.needs = FACT(REQUEST) | FACT(GONE) | FACT(BY_REQ_ERR),
		.forbids = FACT(LISTENER_GONE),
		.owner = OWNER_IS_CONN,
		.why =
			"ICMP error for the SYN-ACK ended a handshake with port {local_port}",
		.meaning =
			"The SYN was answered, and an ICMP error came back for the SYN-ACK: there "
			"is no way to the client, its firewall rejects, or its address was forged "
			"and leads nowhere. The kernel forgot the handshake silently. With IPv4 "
			"only host and network unreachable, time exceeded and parameter problem "
			"do so; with IPv6 those that end a connection (prohibited, port "
			"unreachable, policy).",
		.sees =
			"Nothing. The client, if there is one, sends its SYN again.",
		.advice =
			"`tcpdump -nvi any 'icmp or icmp6'` shows who sends the error: the "
			"client's own firewall, a router without a route back, or this host's "
			"gateway. Many from many sources are the echo of a SYN flood with forged "
			"addresses and need nothing.",
	},
	{
		.slug = "tw-recycle-drop",
		.kind = KIND_DROPPED,
		.title = "SYN dropped by tcp_tw_recycle (before 4.12)",
		.owner = OWNER_IS_CONN,
		.why = "SYN dropped by tcp_tw_recycle",
		.meaning =
			"Not seen any more: this row is here for who looks for it. Until Linux "
			"4.12, net.ipv4.tcp_tw_recycle=1 made the kernel remember the last TCP "
			"timestamp of each peer address, and silently drop SYNs with an older one. "
			"Behind NAT many hosts share an address and each has a clock of its own, "
			"so some clients could not connect, at random. The setting was removed in "
			"4.12; no kernel that rsttrace runs on has it, and timestamps are since "
			"4.10 random for each pair of addresses.",
		.sees =
			"Clients behind NAT or a load balancer: connect() ended with ETIMEDOUT, "
			"while others from the same address succeeded.",
		.advice =
			"If `sysctl net.ipv4.tcp_tw_recycle` exists, the kernel is older than "
			"4.12: set it to 0. It never was a cure for many TIME_WAIT sockets; "
			"net.ipv4.tcp_tw_reuse on the client's side is harmless. On newer kernels "
			"look at syn-timeout from the client's end, and at `nstat -az "
			"TcpExtListenDrops TcpExtPAWSEstab` at the server.",
	},
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
