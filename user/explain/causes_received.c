/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Resets that end a connection here. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "connection-refused",
		.kind = KIND_RST_RECEIVED,
		.title = "connection refused",
		.needs = FACT(RECEIVED) | FACT(IS_SYN_SENT),
		.owner = OWNER_IS_CONN,
		.why =
			"SYN answered by a reset: port {peer_port} is closed or rejected[; "
			"{reject}][; peer is {peer_end}]",
		.meaning =
			"The SYN of this host was answered with a reset. At the peer's address "
			"nothing listens on that port, or a firewall, load balancer or NAT on the "
			"way refuses for it (REJECT with tcp-reset, no healthy backend). The host "
			"itself is up. Usual reasons: the service is stopped or still starting, "
			"it listens only on 127.0.0.1 or only on IPv4 while \"localhost\" gave "
			"::1, the port is wrong, the address belongs to a pod or container that "
			"has been replaced. A full accept queue does not refuse; it makes "
			"connect() slow.",
		.sees =
			"connect() fails with ECONNREFUSED; a non-blocking one gets EPOLLERR and "
			"SO_ERROR gives ECONNREFUSED.",
		.advice =
			"On the peer `ss -ltnp 'sport = :PORT'` tells whether something listens "
			"and on which address; run rsttrace there: it says no-listener and who "
			"had the port before, or shows nothing when something in between refused. "
			"Look for REJECT rules: `nft list ruleset | grep -i reset`, "
			"`iptables-save | grep tcp-reset`. Clients that start together with the "
			"service should retry with a growing delay.",
	},
	{
		.slug = "mptcp-reset-by-peer",
		.kind = KIND_RST_RECEIVED,
		.title = "MPTCP path reset by peer",
		.needs = FACT(RECEIVED) | FACT(MPTCP) | FACT(IS_ESTABLISHED),
		.owner = OWNER_IS_CONN,
		.why =
			"a path of an MPTCP connection was reset by the peer[: {segment}][, {idle} "
			"after the last data][, {unacked} unacked]",
		.meaning =
			"A reset with the right sequence number arrived on one path (subflow) of a "
			"Multipath TCP connection. If the peer aborted the whole connection (it "
			"closed with data unread or with SO_LINGER 0, or was killed), each path "
			"gets a reset. If it was only this path, the peer's MPTCP or a box on the "
			"way gave it up, and the connection goes on over the others.",
		.sees =
			"If no path is left, the blocked or next read() or write() fails with "
			"ECONNRESET. Otherwise nothing: what was on this path is sent again on "
			"another.",
		.advice =
			"`ss -Mni` shows which paths are left; `nstat -az MPTcpExtMPRstRx "
			"MPTcpExtMPFastcloseRx` tells aborts of the connection (both grow) from "
			"lost paths (only the first). Run rsttrace on the peer: it says "
			"mptcp-close-unread, mptcp-subflow-reset, or nothing when a box in between "
			"did it.",
	},
	{
		.slug = "injected-suspected",
		.kind = KIND_RST_RECEIVED,
		.title = "reset that does not look like the peer's own",
		.is_likely = true,
		.needs = FACT(RECEIVED) | FACT(IS_ESTABLISHED) | FACT(DOES_NOT_FIT),
		.owner = OWNER_IS_CONN,
		.why =
			"reset that the peer itself may not have sent: {misfit}[; {segment}][, "
			"{idle} after the last data][; peer is {peer_end}]",
		.meaning =
			"A reset with the right sequence number ended the connection, but it "
			"differs from the segments that came before it in something that the "
			"peer cannot change from one segment to the next: it has travelled "
			"another number of hops (TTL), or it answers data that the peer cannot "
			"have received yet. Somebody on the way made it: a firewall, an intrusion "
			"prevention system, a load balancer or NAT that closes idle connections, "
			"a censor; or, rarely, the path changed at this very moment. It is a "
			"suspicion with its evidence, never a proof. Seen with --fingerprint "
			"only, which remembers what each connection's segments look like.",
		.sees =
			"ECONNRESET from read() or write(), as for any reset. The peer, if it was "
			"not reset as well, still holds the connection open.",
		.advice =
			"Compare segment.ttl with fingerprint.ttl in the JSON output: the "
			"difference in hops says how far away the sender is, and `traceroute` "
			"(`mtr --tcp --port PORT HOST`) names that hop. Capture at both ends (`tcpdump "
			"'tcp[13] & 4 != 0'`): a reset that the peer never sent came from between. "
			"Ask who runs the firewalls on the path for their idle timeouts and their "
			"logs of this address pair.",
	},
	{
		.slug = "peer-lost-state",
		.kind = KIND_RST_RECEIVED,
		.title = "peer no longer knew the connection",
		.is_likely = true,
		.needs = FACT(RECEIVED) | FACT(IS_ESTABLISHED) | FACT(PLAIN) | FACT(AFTER_IDLE),
		.owner = OWNER_IS_CONN,
		.why =
			"peer no longer knows this connection, {silence} after it was last heard "
			"of: plain {segment}[; {unacked} unacked][; peer is {peer_end}]",
		.meaning =
			"After a pause, this side sent something, and the answer was a reset "
			"without the ACK flag: the form that RFC 9293 (section 3.10.7.1) "
			"prescribes for a segment that belongs to no connection. So whoever "
			"answered had forgotten the connection without ending it: the peer was "
			"restarted, moved (failover, a new container with the old address) or "
			"gave up long ago, or a firewall, NAT or load balancer in between dropped "
			"its idle entry and rejects what it no longer knows.",
		.sees =
			"ECONNRESET from the first read() or write() after the pause. What was "
			"written has not arrived.",
		.advice =
			"See whether the pauses have one length: `rsttrace hist` shows the idle "
			"time before resets; a spike at 350 s or 3600 s is a middlebox's timeout. "
			"Then keep the connection busy: SO_KEEPALIVE with TCP_KEEPIDLE below that "
			"time, or the client pool's own maximum idle time. If the lengths vary, "
			"look at the peer: its uptime, its deployments, its failover at that "
			"moment.",
	},
	{
		.slug = "reset-by-peer",
		.kind = KIND_RST_RECEIVED,
		.title = "connection reset by peer",
		.needs = FACT(RECEIVED) | FACT(IS_ESTABLISHED),
		.owner = OWNER_IS_CONN,
		.why =
			"reset by the peer[: {segment}][, {idle} after the last data][, {unacked} "
			"unacked][, its window shut for {zero_window}][; {reject}][; peer is "
			"{peer_end}]",
		.meaning =
			"A reset with the right sequence number arrived on an open connection. "
			"RST|ACK is as a rule an abort by the other end: it closed with data "
			"unread or with SO_LINGER 0, its process was killed with data unread, or "
			"its keepalive gave up. A plain RST is an answer to a segment of ours: "
			"the other end had already closed, has restarted, or does not know the "
			"connection any more, and neither does the NAT, firewall or load balancer "
			"that may have sent it in its name. A reset that answers the first data "
			"after a long silence is the mark of a middlebox with an idle timeout.",
		.sees =
			"The blocked or next read() or write() fails with ECONNRESET, after data "
			"that had already arrived has been read; epoll gives EPOLLERR and "
			"EPOLLHUP. After that read() returns 0 and write() gives EPIPE with "
			"SIGPIPE. Bytes shown as unacked may never have reached the peer's "
			"application.",
		.advice =
			"Run rsttrace on the peer at the same time: it names the cause at that "
			"end, or shows that it sent nothing and a box in between did. Compare the "
			"idle times before such resets (rsttrace hist): many at 350 s point to an AWS NLB or NAT "
			"gateway, at 240 s to an Azure load balancer, at 60 s to an AWS ALB. "
			"Against those, set SO_KEEPALIVE with TCP_KEEPIDLE below that time, and "
			"keep the client pool's idle timeout below the server's keep-alive "
			"timeout. Retry idempotent requests when a reused connection is reset "
			"before any answer.",
	},
	{
		.slug = "reset-after-peer-fin",
		.kind = KIND_RST_RECEIVED,
		.title = "peer closed, then reset",
		.needs = FACT(RECEIVED) | FACT(IS_CLOSE_WAIT) | FACT(IN_VALIDATE_INCOMING),
		.owner = OWNER_IS_CONN,
		.why =
			"peer had closed, then reset[ with {segment}][; {unacked} unacked][; peer is "
			"{peer_end}]",
		.meaning =
			"The peer had closed its end (FIN received, CLOSE_WAIT here), this side "
			"kept the connection and most often wrote to it, and the peer answered "
			"with a reset because nobody there reads any more. The usual case is a "
			"pooled or keep-alive connection: the server closed it when idle, and the "
			"client sent its next request without having noticed. Another is a server "
			"that goes on sending an answer to a client that has left: a browser tab "
			"closed, a load balancer whose request timed out.",
		.sees =
			"read() returns 0, as after any end-of-file, never ECONNRESET. write() "
			"fails with EPIPE and raises SIGPIPE, which kills a process that does not "
			"ignore it; SO_ERROR gives EPIPE.",
		.advice =
			"Clients: before a pooled connection is reused, test it for end-of-file "
			"(a non-blocking recv() with MSG_PEEK), and keep the pool's idle timeout "
			"some seconds below the server's keep-alive timeout. Servers: treat EPIPE "
			"as \"the client has left\" and stop the work; ignore SIGPIPE or send "
			"with MSG_NOSIGNAL. If many connections stay in CLOSE_WAIT (`ss -tnp "
			"state close-wait`), the program does not act on end-of-file.",
	},
	{
		.slug = "reset-after-close",
		.kind = KIND_RST_RECEIVED,
		.title = "reset after our own close",
		.needs = FACT(ENDED_BY_RESET) | FACT(IS_CLOSING),
		.owner = OWNER_IS_CONN,
		.why =
			"peer reset in {state}, after this side had closed[; {unacked} unacked][; peer "
			"is {peer_end}]",
		.meaning =
			"This side had already ended its sending with close() or shutdown(), and "
			"the peer answered with a reset where a FIN would have been the orderly "
			"end. Most often the peer closed with our last bytes unread: a protocol's "
			"goodbye such as QUIT, a TLS close_notify or an HTTP/2 GOAWAY, written "
			"just before close(). Load balancers, browsers and health checks end "
			"connections like that as a matter of course.",
		.sees =
			"Nothing after close(). After shutdown(SHUT_WR) alone, the read() that "
			"waits for the peer's answer fails with ECONNRESET.",
		.advice =
			"With nothing or 1 byte unacked (the FIN counts 1) all data had reached "
			"the peer's host: ignore it. With more, the end of what this side sent "
			"may not have reached the peer's application: if that matters, call "
			"shutdown(SHUT_WR), read until end-of-file, and only then close(). If "
			"this side was reading after shutdown(SHUT_WR), the peer does not support "
			"half-close: run rsttrace there.",
	},
	{
		.slug = "reset-in-handshake",
		.kind = KIND_RST_RECEIVED,
		.title = "client reset the handshake",
		.needs = FACT(REQUEST) | FACT(GONE) | FACT(BY_SEGMENT) | FACT(RST),
		.forbids = FACT(LISTENER_GONE),
		.owner = OWNER_IS_CONN,
		.why =
			"client reset a handshake with port {local_port}[: {segment}]",
		.meaning =
			"The SYN was answered by a SYN-ACK, and the client's answer to that was a "
			"reset: it had given up meanwhile (a connect() that was closed), it never "
			"sent the SYN (a forged source address whose real owner refuses), it is a "
			"scanner (SYN scan: nmap -sS does exactly this), or a load balancer "
			"checks the port without finishing the handshake.",
		.sees =
			"Nothing: accept() never learns of it.",
		.advice =
			"From a load balancer's address it is a health check; from many addresses "
			"or over many ports a scan; from real clients it means that they gave up "
			"waiting: see whether their SYNs were dropped before (accept-queue-full- "
			"syn, syn-queue-full) or the round trip is longer than their connect "
			"timeout. `nstat -az TcpAttemptFails TcpExtEmbryonicRsts` counts.",
	},
	{
		.slug = "time-wait-assassination",
		.kind = KIND_RST_RECEIVED,
		.title = "reset ended TIME_WAIT early",
		.needs = FACT(ENDED_BY_RESET) | FACT(MINISOCK) | FACT(IS_TIME_WAIT),
		.owner = OWNER_IS_CONN,
		.why =
			"reset in TIME_WAIT[, {closed_for} after close()]: it ended early[ "
			"({segment})]",
		.meaning =
			"Both sides had closed, and this side, which closed first, kept the "
			"address pair in TIME_WAIT for 60 s, so that late segments of the old "
			"connection cannot get into a new one. A reset with the right sequence "
			"number arrived and ended that at once (RFC 1337 calls it TIME-WAIT "
			"assassination). It comes from a peer that answers this side's last ACK "
			"with a reset because it has forgotten the connection by then, from a "
			"firewall, NAT or load balancer that clears its state with resets, or "
			"from a scanner. No data is lost: the connection was over.",
		.sees =
			"Nothing: the socket was closed, and both ends had their end-of-file.",
		.advice =
			"As a rule nothing. If new connections between the same two ports (a "
			"fixed source port, a small port range) now and then get garbage or hang "
			"at once, set net.ipv4.tcp_rfc1337=1: such resets are then ignored. If "
			"they come in numbers, run rsttrace at the peer: when it sent none, a box "
			"in between did.",
	},
	{
		.slug = "reset-fastopen-child",
		.kind = KIND_RST_RECEIVED,
		.title = "Fast Open connection reset before its handshake ended",
		.needs = FACT(RECEIVED) | FACT(IS_SYN_RECV) | FACT(IN_CHECK_REQ),
		.owner = OWNER_IS_CONN,
		.why =
			"client reset a Fast Open connection before the handshake was over[: "
			"{segment}]",
		.meaning =
			"A client had opened a connection by TCP Fast Open: its SYN carried data, "
			"and the application could accept the connection and read that data at "
			"once. Before the last ACK of the handshake, a reset came and ended it. "
			"The client gave up (its process ended, its connect timed out and the "
			"answer found nobody), or it never sent that SYN: the address was forged, "
			"and the host that it belongs to refused the SYN-ACK.",
		.sees =
			"If the connection was accepted already, the next read() or write() fails "
			"with ECONNRESET. If not, accept() returns it and the first read() fails.",
		.advice =
			"A few are ordinary. If many come from many addresses, someone forges "
			"SYNs: use Fast Open with cookies only (clear 0x200 in "
			"net.ipv4.tcp_fastopen), and limit the queue given with TCP_FASTOPEN to "
			"what the server can bear. A request taken from such a SYN may come twice: "
			"act at once only on idempotent ones.",
	},
};

const struct cause_table causes_received = { rows, sizeof(rows) / sizeof(rows[0]) };
