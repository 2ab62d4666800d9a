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
			"{reject}]",
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
		.slug = "reset-by-peer",
		.kind = KIND_RST_RECEIVED,
		.title = "connection reset by peer",
		.needs = FACT(RECEIVED) | FACT(IS_ESTABLISHED),
		.owner = OWNER_IS_CONN,
		.why =
			"reset by the peer[: {segment}][, {idle} after the last data][, {unacked} "
			"unacked][; {reject}]",
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
			"idle times before such resets: many at 350 s point to an AWS NLB or NAT "
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
		.why = "peer had closed, then reset[ with {segment}][; {unacked} unacked]",
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
		.needs = FACT(RECEIVED) | FACT(IS_CLOSING) | FACT(IN_VALIDATE_INCOMING),
		.owner = OWNER_IS_CONN,
		.why = "peer reset in {state}, after this side had closed[; {unacked} unacked]",
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
};

const struct cause_table causes_received = { rows, sizeof(rows) / sizeof(rows[0]) };
