/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Timeouts: no reset, the kernel gave up. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "syn-timeout",
		.kind = KIND_TIMEOUT,
		.title = "connect() timed out",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(IN_RETRANSMIT_TIMER),
		.forbids = FACT(BY_USER_TIMEOUT),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"SYN unanswered[: {retransmits} in {elapsed}]; {limit} set the limit[; "
			"network reported {soft_error}]",
		.meaning =
			"connect() sent its SYN, repeated it until the limit was reached, and "
			"nothing came back, not even a refusal. Something drops the SYN or its "
			"answer: a firewall or security group that drops instead of rejecting, a "
			"wrong route or address, a host that is down behind a router, a full "
			"accept queue or SYN queue at the server, a full conntrack table, or an "
			"answer that takes another way and is filtered (rp_filter, asymmetric "
			"routing). The default net.ipv4.tcp_syn_retries=6 takes 127 s; since 6.5 "
			"four further tries one second apart (tcp_syn_linear_timeouts) make it "
			"131 s.",
		.sees =
			"connect() fails with ETIMEDOUT, or with the error the network reported "
			"last (EHOSTUNREACH, ENETUNREACH); a non-blocking one gets it from "
			"SO_ERROR.",
		.advice =
			"Run `tcpdump -ni any 'tcp[tcpflags] & tcp-syn != 0 and host PEER'` at "
			"both ends: it shows which direction is lost. If the SYN reaches the "
			"server and is not answered, look there at `nstat -az "
			"TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop` and at "
			"its firewall; on every hop with NAT, `dmesg | grep conntrack` for a full "
			"table. If it does not arrive, check security groups, `ip route get PEER` "
			"and `mtr -T -P PORT PEER`. To fail sooner, set a connect timeout in the "
			"application, TCP_SYNCNT on the socket, or net.ipv4.tcp_syn_retries.",
	},
	{
		.slug = "syn-user-timeout",
		.kind = KIND_TIMEOUT,
		.title = "connect() cut short by TCP_USER_TIMEOUT",
		.needs = FACT(CLOSED) | FACT(IS_SYN_SENT) | FACT(IN_RETRANSMIT_TIMER) | FACT(BY_USER_TIMEOUT),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"SYN unanswered[: {retransmits} in {elapsed}]; {limit} set the limit[; "
			"network reported {soft_error}]",
		.meaning =
			"connect() sent its SYN, nothing came back, and TCP_USER_TIMEOUT passed "
			"before the retries of tcp_syn_retries were used up. The option limits "
			"connect() as well as established connections. As with any unanswered "
			"SYN, something drops it or its answer: a firewall, a wrong route, a host "
			"that is down, a full accept queue at the server.",
		.sees =
			"connect() fails with ETIMEDOUT, or with the error the network reported "
			"last (EHOSTUNREACH, ENETUNREACH).",
		.advice =
			"Values under 3 s give up after one or two SYNs: with so few tries, "
			"ordinary loss is enough. Set the option after connect() when it is meant "
			"for data only. If the time is generous, treat it as syn-timeout: tcpdump "
			"at both ends to see which direction is lost, then firewall, route, and "
			"at the server `nstat -az TcpExtListenOverflows TcpExtListenDrops`.",
	},
	{
		.slug = "path-mtu-black-hole",
		.kind = KIND_TIMEOUT,
		.title = "large segments lost, small ones delivered",
		.is_likely = true,
		.needs = FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER) | FACT(SMALL_PASSES),
		.forbids = FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV) | FACT(WINDOW_SHUT),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"segments of {mss} lost[, {retransmits} in {elapsed}], a smaller one after "
			"them was acknowledged; {limit} set the limit[; network reported "
			"{soft_errno}]",
		.meaning =
			"The oldest unacknowledged segment has the full size and was repeated in "
			"vain, while a smaller one, sent after it, did arrive: the peer "
			"acknowledged it selectively. So the peer is alive and the path works, but "
			"not for large packets. Somewhere a link takes less than this host "
			"believes (a tunnel, VPN, PPPoE, an overlay network of containers), and "
			"the ICMP message that should say so (fragmentation needed, packet too "
			"big) is filtered on its way back or was never sent. Likely and not "
			"certain, because chance can lose all the large ones too.",
		.sees =
			"The handshake and small requests work, large transfers hang: a TLS "
			"handshake stops at the certificate, a page never loads, ssh stops after "
			"the key exchange. In the end read() and write() fail with ETIMEDOUT.",
		.advice =
			"Find the size that passes: `ping -M do -s 1472 PEER`, then smaller; "
			"`tracepath PEER` shows where it changes. Let ICMP type 3 code 4 and "
			"ICMPv6 type 2 pass all firewalls. Where the path is not yours, set "
			"net.ipv4.tcp_mtu_probing=1 (the kernel then tries smaller segments by "
			"itself), clamp the MSS on the tunnel (`nft ... tcp option maxseg size set "
			"rt mtu`), or lower the MTU of the interface or route: `ip route change "
			"... mtu 1400`.",
	},
	{
		.slug = "retransmission-timeout",
		.kind = KIND_TIMEOUT,
		.title = "data never acknowledged",
		.needs = FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER),
		.forbids = FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV) | FACT(ORPHAN) | FACT(BY_USER_TIMEOUT) |
			   FACT(WINDOW_SHUT),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"[{retransmits} in {elapsed} ]unanswered; {limit} set the limit[; "
			"{unacked} unacked][; network reported {soft_error}]",
		.meaning =
			"This side sent data, repeated it with growing pauses, never got an "
			"acknowledgement, and gave the connection up without a word to the peer. "
			"The peer's host is gone (power, crash, deleted pod or virtual machine), "
			"the path is cut, or a firewall, NAT or load balancer has forgotten the "
			"connection and drops its segments silently. If small messages passed and "
			"only large ones were lost, it is a path MTU black hole. tcp_retries2 "
			"stands for a time and not for a count: 15 means at least 924 s, 15 to 30 "
			"minutes in practice. Keepalive does not shorten that, since it rests "
			"while data is unacknowledged.",
		.sees =
			"The blocked or next read() or write() fails with ETIMEDOUT, or with the "
			"error the network reported last (EHOSTUNREACH: a router or ARP said so). "
			"Until then write() succeeds as long as the send buffer has room.",
		.advice =
			"See whether the peer was alive and whether the segments reached it "
			"(`tcpdump` there). If it was alive, look for what forgot the connection: "
			"conntrack timeouts, a load balancer's idle timeout, a changed security "
			"group; for large segments test `ping -M do -s 1472 PEER` and set "
			"net.ipv4.tcp_mtu_probing=1. To notice sooner, set TCP_USER_TIMEOUT (30 s "
			"is a common choice) on the sockets that matter, or lower "
			"net.ipv4.tcp_retries2 to 8 (about 100 s) for the whole host. `ss -tnoi` "
			"shows connections that are on this way now: timer:(on,...) with a "
			"growing retry count.",
	},
	{
		.slug = "user-timeout",
		.kind = KIND_TIMEOUT,
		.title = "data not acknowledged within TCP_USER_TIMEOUT",
		.needs = FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER) | FACT(BY_USER_TIMEOUT),
		.forbids = FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV) | FACT(ORPHAN) | FACT(WINDOW_SHUT),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"[{retransmits} in {elapsed} ]unanswered; {limit} set the limit[; "
			"{unacked} unacked][; network reported {soft_error}]",
		.meaning =
			"This side sent data, got no acknowledgement for as long as the "
			"application allows with TCP_USER_TIMEOUT, and the kernel gave the "
			"connection up without a word to the peer. The peer's host is gone, the "
			"path is cut, or a firewall or NAT drops the segments silently. With a "
			"limit of a few seconds a short interruption is enough: a failover, a "
			"live migration of a virtual machine, a Wi-Fi handover. The check is made "
			"when a retransmission is due.",
		.sees =
			"The blocked or next read() or write() fails with ETIMEDOUT, or with the "
			"error the network reported last (EHOSTUNREACH, ENETUNREACH).",
		.advice =
			"Compare the limit with the outages that the connection should survive; "
			"10 to 30 s suits most services. gRPC with keepalive sets the option from "
			"its keepalive timeout (20 s by default), PostgreSQL from "
			"tcp_user_timeout, HAProxy from tcp-ut. If the limit is as it should be, "
			"look for the outage: whether the peer was up, link errors, other "
			"connections to the same peer that died or were retransmitting in the "
			"same second.",
	},
	{
		.slug = "orphan-retransmission-timeout",
		.kind = KIND_TIMEOUT,
		.title = "last data never acknowledged after close",
		.needs = FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER) | FACT(ORPHAN),
		.forbids = FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV),
		.owner = OWNER_IS_CONN,
		.why =
			"after close(), [{retransmits} in {elapsed} ]unanswered; limit {limit}[; "
			"{unacked} unacked][; network reported {soft_error}]",
		.meaning =
			"The application had closed the connection, the kernel went on to deliver "
			"the last data and the FIN, and they were never acknowledged. Such an "
			"orphan gets fewer tries than an open connection: "
			"net.ipv4.tcp_orphan_retries (0 means 8, over 100 s), and fewer still "
			"after an ICMP error. The peer had vanished before or at the moment of "
			"the close: power, a deleted pod, a mobile client out of reach, a "
			"firewall that dropped the state.",
		.sees =
			"Nothing: close() had returned 0. Bytes shown as unacked were lost "
			"without anybody being told (the FIN counts 1).",
		.advice =
			"With 1 byte unacked only the FIN was lost: harmless. If lost data "
			"matters, the application must wait for proof before it closes: an answer "
			"of the protocol, or shutdown(SHUT_WR) and read until end-of-file. If "
			"many orphans pile up (`ss -tan state fin-wait-1`, `ss -tan state "
			"last-ack`, `/proc/net/sockstat`), lower net.ipv4.tcp_orphan_retries to 2 "
			"or 3.",
	},
	{
		.slug = "zero-window-timeout",
		.kind = KIND_TIMEOUT,
		.title = "peer closed its window and vanished",
		.needs = FACT(CLOSED) | FACT(IN_WRITE_TIMER),
		.forbids = FACT(IS_SYN_SENT) | FACT(IN_RETRANSMIT_TIMER) | FACT(ORPHAN) | FACT(BY_USER_TIMEOUT) |
			   FACT(WINDOW_OPEN),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"peer's window closed[ for {zero_window}][, {probes} in {elapsed} unanswered]; {limit} set "
			"the limit[; {unsent} unsent][; network reported {soft_error}]",
		.meaning =
			"The peer had closed its receive window because its application did not "
			"read, so this side could only send window probes, and in the end those "
			"were not answered any more. A peer that is alive answers each probe and "
			"is waited for without limit; here the probes ran into "
			"net.ipv4.tcp_retries2. So two things happened: the peer's application "
			"stalled, and then its host went away or the path was cut.",
		.sees =
			"write() blocked or gave EAGAIN while the window was closed; now it fails "
			"with ETIMEDOUT, or with the error the network reported last. Bytes shown "
			"as unsent were never sent.",
		.advice =
			"Look at the peer at the time the window closed: a process stopped, "
			"swapped out or stuck, out of memory, then a crash or a lost link. To "
			"give up sooner, set TCP_USER_TIMEOUT on the socket or a write timeout in "
			"the application; the probes alone take 15 minutes and more. `ss -tnoi` "
			"shows such connections: timer:(persist,...) and a large Send-Q.",
	},
	{
		.slug = "zero-window-user-timeout",
		.kind = KIND_TIMEOUT,
		.title = "peer did not read within TCP_USER_TIMEOUT",
		.needs = FACT(CLOSED) | FACT(IN_WRITE_TIMER) | FACT(BY_USER_TIMEOUT),
		.forbids = FACT(IS_SYN_SENT) | FACT(IN_RETRANSMIT_TIMER) | FACT(ORPHAN) | FACT(WINDOW_OPEN),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"peer's window closed[ for {elapsed}]; {limit} set the limit[; "
			"{probes}][; {unsent} unsent]",
		.meaning =
			"The peer's receive window stayed closed for longer than the application "
			"allows with TCP_USER_TIMEOUT, so the kernel gave the connection up. The "
			"peer can be alive and answer every window probe: it is its application "
			"that does not read. A consumer stuck in other work, a stopped process or "
			"a debugger, a proxy that holds back because its own client is slow, a "
			"paused download. The option counts time without progress, whatever the "
			"reason.",
		.sees =
			"write() blocked or gave EAGAIN while the window was closed; now it fails "
			"with ETIMEDOUT. Bytes shown as unsent were never sent.",
		.advice =
			"On the peer, `ss -tnp` with a large Recv-Q names the process that does "
			"not read; find out what it waits for (`cat /proc/PID/stack`, a thread "
			"dump). Where slow readers are normal (streaming, exports, back-pressure "
			"through a proxy), raise TCP_USER_TIMEOUT or set it to 0 there and use a "
			"timeout in the application. Otherwise the limit did its work.",
	},
	{
		.slug = "orphan-zero-window-timeout",
		.kind = KIND_TIMEOUT,
		.title = "peer never took the last data after close",
		.needs = FACT(CLOSED) | FACT(IN_WRITE_TIMER) | FACT(ORPHAN),
		.forbids = FACT(IS_SYN_SENT) | FACT(IN_RETRANSMIT_TIMER) | FACT(WINDOW_OPEN),
		.owner = OWNER_IS_CONN,
		.why =
			"after close(), peer's window stayed closed[: {probes} in {elapsed}]; "
			"limit {limit}[; {unsent} unsent]",
		.meaning =
			"The application had closed the connection with data still to be sent, "
			"but the peer's receive window was closed, so the kernel could only probe "
			"it. After close() the patience is short: net.ipv4.tcp_orphan_retries (0 "
			"means 8) unanswered probes, and once the pause between probes has grown "
			"to its maximum the orphan is dropped even if the peer answers. The "
			"peer's application had stopped reading, or its host had vanished.",
		.sees =
			"Nothing: close() had returned 0. Bytes shown as unsent were lost without "
			"anybody being told.",
		.advice =
			"On the peer, look for the process that does not read: `ss -tnp` with a "
			"large Recv-Q. If the data matters, do not close before it is through: "
			"wait for an answer of the protocol, or call shutdown(SHUT_WR) and read "
			"until end-of-file with a timeout. SIOCOUTQ tells how much is still in "
			"the send queue. Slow clients that pin memory this way show in `ss -tan "
			"state fin-wait-1` with a Send-Q.",
	},
	{
		.slug = "window-never-reopened",
		.kind = KIND_TIMEOUT,
		.title = "window closed on data in flight",
		.needs = FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER) | FACT(WINDOW_SHUT),
		.forbids = FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV) | FACT(ORPHAN),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"peer's window closed with {unacked} in flight[, no progress for "
			"{elapsed}]; {limit} set the limit",
		.meaning =
			"Data was in flight when the peer closed its receive window to zero and "
			"did not take that data. The kernel repeats the oldest segment as a "
			"probe, and gives up when neither an acknowledgement nor progress has "
			"come for twice the maximum retransmission timeout: 240 s "
			"(net.ipv4.tcp_rto_max_ms changes it on 6.15 and later), or less by "
			"TCP_USER_TIMEOUT. The peer's application had stopped reading, and then "
			"its host went away, the path was cut, or a middlebox that shrinks "
			"windows lost the connection.",
		.sees =
			"write() blocked or gave EAGAIN while the window was closed; now it and "
			"read() fail with ETIMEDOUT.",
		.advice =
			"On the peer, look for a process that stopped reading (`ss -tnp`, large "
			"Recv-Q) and for a crash or lost link soon after. A tiny SO_RCVBUF there "
			"makes windows close all the time: leave it unset and let "
			"net.ipv4.tcp_rmem do it. If TCP_USER_TIMEOUT was the limit, compare it "
			"with the pauses that the peer is allowed. A capture at both ends shows "
			"whether a box in between rewrites the window.",
	},
	{
		.slug = "local-output-failure",
		.kind = KIND_TIMEOUT,
		.title = "segments never left this host",
		.needs = FACT(CLOSED) | FACT(IN_WRITE_TIMER) | FACT(WINDOW_OPEN) | FACT(UNSENT),
		.forbids = FACT(IS_SYN_SENT) | FACT(IN_RETRANSMIT_TIMER),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"{unsent} never left this host though the peer's window is open[ "
			"({window})][; {probes} failed in {elapsed}][; {limit} set the limit][; "
			"network reported {soft_error}]",
		.meaning =
			"The application wrote data and the peer had room for it, but each "
			"attempt to send failed inside this host, before the network. The kernel "
			"treats that like a closed window, tries again as if it were probing, and "
			"reports a timeout in the end, although the peer and the network had no "
			"part in it. A firewall rule on the OUTPUT path, a deleted or unreachable "
			"route, a removed source address or interface, an IPsec policy without a "
			"key, a cgroup eBPF program, or a full queueing discipline refused the "
			"packets.",
		.sees =
			"write() succeeds until the send buffer is full. Minutes later read() and "
			"write() fail with ETIMEDOUT, or with the error of the route lookup "
			"(EHOSTUNREACH, ENETUNREACH).",
		.advice =
			"`ip route get PEER from LOCAL` shows a missing route or address; `nft "
			"list ruleset` or `iptables-save -c` with growing counters a DROP in "
			"OUTPUT; `nstat -az IpOutNoRoutes IpOutDiscards` counts. Then `tc -s "
			"qdisc` for drops, `ip -s xfrm state` for IPsec, `bpftool cgroup tree` "
			"for egress programs. Look for what changed at the time of the last good "
			"data: a VPN or network agent that rewrote routes, a firewall reload. In "
			"a container run these in its network namespace: `nsenter -t PID -n`.",
	},
	{
		.slug = "synack-timeout",
		.kind = KIND_TIMEOUT,
		.title = "SYN-ACK never answered",
		.needs = FACT(REQUEST) | FACT(EXPIRED) | FACT(GONE),
		.forbids = FACT(LISTENER_GONE) | FACT(DEFERRED),
		.owner = OWNER_IS_CONN,
		.why =
			"{synacks} from port {local_port} unanswered; handshake given up[; "
			"{acked}]",
		.meaning =
			"A client sent a SYN, this host answered, and the last ACK of the "
			"handshake never came. Either the client went away or never existed "
			"(scan, SYN flood with forged addresses), or it does not get the SYN- "
			"ACKs: one-way firewall, asymmetric route, rp_filter, a NAT that forgot; "
			"or its ACKs are lost. The number of repeats is "
			"net.ipv4.tcp_synack_retries (5: about a minute) or TCP_SYNCNT of the "
			"listener, and fewer when the queue is more than half full.",
		.sees =
			"Nothing: accept() never learns of it. A client that thinks it is "
			"connected gets a reset for its next segment.",
		.advice =
			"If the line says that the last ACK had come, treat it as accept-queue- "
			"full-ack. Otherwise look at the client: `tcpdump` there tells whether "
			"the SYN-ACK arrives. If it does, its ACK is lost on the way back; if "
			"not, look at firewalls and routes from here to there (`ip route get "
			"CLIENT`). Many sources with one line each are a scan or flood: keep "
			"net.ipv4.tcp_syncookies=1.",
	},
	{
		.slug = "defer-accept-timeout",
		.kind = KIND_TIMEOUT,
		.title = "no data within TCP_DEFER_ACCEPT",
		.needs = FACT(REQUEST) | FACT(EXPIRED) | FACT(GONE) | FACT(DEFERRED),
		.forbids = FACT(LISTENER_GONE),
		.owner = OWNER_IS_CONN,
		.why =
			"client sent no data within TCP_DEFER_ACCEPT; handshake on port "
			"{local_port} given up",
		.meaning =
			"The listener has TCP_DEFER_ACCEPT set, so a connection is only handed to "
			"accept() when its first data has come. This client finished its "
			"handshake and sent nothing; the ACK that the kernel asked for at the end "
			"of the time, by one more SYN-ACK, did not come either, or no socket "
			"could be made of it. Pre-connecting browsers, health checks that only "
			"connect, and port scans do so.",
		.sees =
			"Nothing: accept() never learns of it. The client believes that it is "
			"connected; what it sends later is answered by a reset.",
		.advice =
			"Harmless for checks and scans. If real clients wait for the server to "
			"speak first, TCP_DEFER_ACCEPT is wrong for this protocol: remove it "
			"(nginx: listen ... deferred, Apache: AcceptFilter). If they send late, "
			"raise its value.",
	},
	{
		.slug = "finwait2-timeout",
		.kind = KIND_TIMEOUT,
		.title = "peer never closed its side",
		.is_quiet = true,
		.needs = FACT(EXPIRED) | FACT(MINISOCK) | FACT(IS_FIN_WAIT2),
		.owner = OWNER_IS_CONN,
		.why =
			"peer did not close its side[ within {closed_for}] of our close(); now "
			"forgotten here",
		.meaning =
			"The application closed the connection, the peer acknowledged the FIN but "
			"did not send its own, and after net.ipv4.tcp_fin_timeout (60 s; "
			"TCP_LINGER2 for a single socket) the kernel forgot the connection "
			"without a word. The peer's program has not noticed the end-of-file (an "
			"idle pool of connections, a thread that does not read), or its host has "
			"vanished since. It is ordinary for servers that close idle keep-alive "
			"connections, and is told only when asked for.",
		.sees =
			"Nothing here. The peer still holds its socket in CLOSE_WAIT: when it "
			"writes or closes at last, it gets a reset.",
		.advice =
			"Nothing, if the peer is a client's connection pool. If the peer is "
			"yours, `ss -tnp state close-wait` there names the program that does not "
			"act on end-of-file. Lines no-connection or fin-without-connection that "
			"name this cause are the same peers, waking up later. To hold fewer "
			"remnants, lower net.ipv4.tcp_fin_timeout.",
	},
	{
		.slug = "finwait2-long-timeout",
		.kind = KIND_TIMEOUT,
		.title = "long wait for the peer to close its side",
		.is_quiet = true,
		.needs = FACT(CLOSED) | FACT(IS_FIN_WAIT2) | FACT(ORPHAN) | FACT(IN_KEEPALIVE_TIMER),
		.forbids = FACT(ERROR),
		.owner = OWNER_IS_CONN,
		.why =
			"peer has not closed its side[ for {closed_for}] after our close(); "
			"{limit} set the limit",
		.meaning =
			"The application closed the connection, the peer acknowledged the FIN and "
			"did not send its own. net.ipv4.tcp_fin_timeout or TCP_LINGER2 is above "
			"60 s, so the kernel kept the full socket for what exceeds 60 s, and now "
			"goes on with a small remnant for as long again as it exceeded them. The "
			"peer's program has not noticed the end-of-file, or its host has "
			"vanished. When the remnant ends as well, finwait2-timeout is told.",
		.sees =
			"Nothing here. The peer still holds its socket in CLOSE_WAIT.",
		.advice =
			"Each such connection holds a full socket's memory and counts as an "
			"orphan (`/proc/net/sockstat`, net.ipv4.tcp_max_orphans): set "
			"net.ipv4.tcp_fin_timeout back to 60 or less unless the peers need "
			"longer. At the peer, `ss -tnp state close-wait` names the program that "
			"does not close.",
	},
	{
		.slug = "time-wait-overflow",
		.kind = KIND_TIMEOUT,
		.title = "no room for TIME_WAIT",
		.needs = FACT(NO_MINISOCK),
		.owner = OWNER_IS_CONN,
		.why =
			"TIME_WAIT table full (net.ipv4.tcp_max_tw_buckets) or no memory: closed "
			"from {state} without it",
		.meaning =
			"This side closed first, and its connection was to go on as a TIME_WAIT "
			"(or FIN_WAIT2) remnant, but the network namespace already held "
			"net.ipv4.tcp_max_tw_buckets of them, or memory for one more could not be "
			"had. The kernel drops the connection at once. All data that was "
			"acknowledged is safe. If the peer's last ACK or FIN comes again it is "
			"answered with a reset, and late segments can get into a new connection "
			"of the same ports.",
		.sees =
			"Nothing here: the socket is closed. A peer that had not closed its own "
			"side yet is reset at its next segment.",
		.advice =
			"`nstat -az TcpExtTCPTimeWaitOverflow` counts, the kernel logs \"time wait "
			"bucket table overflow\", and `ss -s` shows how many there are. A remnant "
			"takes about 250 bytes: raise net.ipv4.tcp_max_tw_buckets well above "
			"connections per second x 60. Better, close fewer first: keep connections "
			"alive and reuse them, or let the clients close.",
	},
	{
		.slug = "fastopen-synack-timeout",
		.kind = KIND_TIMEOUT,
		.title = "Fast Open handshake never finished",
		.needs = FACT(CLOSED) | FACT(IS_SYN_RECV) | FACT(IN_RETRANSMIT_TIMER),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"client never acknowledged the SYN-ACK of a Fast Open connection[, {age} "
			"after its SYN]",
		.meaning =
			"A client opened a connection by TCP Fast Open: its SYN carried data, and "
			"the application could accept the connection at once. The SYN-ACK was "
			"repeated net.ipv4.tcp_synack_retries times (or TCP_SYNCNT), and the ACK "
			"that ends the handshake never came. The client has vanished, a firewall "
			"drops the SYN-ACK or the ACK (some drop whatever has to do with Fast "
			"Open), or the SYN had a forged address.",
		.sees =
			"If the connection was accepted, read() and write() fail with ETIMEDOUT; "
			"what had been read of the request is all there is.",
		.advice =
			"Capture at the server: `tcpdump -ni any port PORT` shows SYN-ACKs without "
			"an answer. If it is always the same network, a box there does not bear "
			"Fast Open: clients remember that after a while (`ip tcp_metrics show`). "
			"If the addresses are many and strange, it is a flood: use Fast Open with "
			"cookies only (clear 0x200 in net.ipv4.tcp_fastopen) or turn it off.",
	},
};

const struct cause_table causes_timeouts = { rows, sizeof(rows) / sizeof(rows[0]) };
