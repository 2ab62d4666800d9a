/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The causes, one row each, in the order in which documentation lists them. `why` becomes the sentence on a
 * death's line; meaning, sees and advice are what `rsttrace explain SLUG` prints, and take no more than that line
 * for granted. Titles stand in parentheses too: "until 12:01:07 it was redis[988] (closed with unread data)".
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "causes.h"

const struct cause causes[] = {
	/* Resets that this host sent */

	{
		.slug = "no-listener",
		.kind = KIND_RST_SENT,
		.title = "SYN to a port where nothing listens",
		.needs = FACT(NO_SOCKET) | FACT(SYN),
		.forbids = FACT(ACK),
		.reasons = "NO_SOCKET",
		.owner = OWNER_IS_CONN,
		.why =
			"nothing listens on port {local_port}[; until {former_ended} it was "
			"{former}][ ({former_how})]",
		.meaning =
			"A SYN arrived for an address and port of this host on which no socket "
			"listens, and the kernel refused it with a reset. The service is not "
			"running, has not started yet, has crashed, or listens elsewhere: on "
			"127.0.0.1 only, on another address or family, in another network "
			"namespace. Port scans and health checks of a stopped service look the "
			"same. When the line names a former listener, that process had the port "
			"until the time given.",
		.sees =
			"Nothing at this end: no socket is involved. The client's connect() fails "
			"with ECONNREFUSED.",
		.advice =
			"See what listens, in the same network namespace: `ss -ltnp 'sport = "
			":PORT'`, in a container `nsenter -t PID -n ss -ltnp`. If a former "
			"listener is named, find out why it went: `journalctl -u UNIT`, "
			"`journalctl -k` for the OOM killer, the deployment at that minute. If "
			"the service listens on 127.0.0.1, bind it to the address that clients "
			"use. If it was only slow to start, give the load balancer or the "
			"orchestrator a readiness check, so that no traffic comes before listen().",
	},
	{
		.slug = "no-connection",
		.kind = KIND_RST_SENT,
		.title = "segment for a connection that does not exist here",
		.needs = FACT(NO_SOCKET) | FACT(PASSIVE),
		.forbids = FACT(SYN) | FACT(FIN),
		.reasons = "NO_SOCKET",
		.owner = OWNER_IS_CONN,
		.why =
			"{segment}[ with {payload}] for a connection unknown here[; until "
			"{former_ended} it was {former}][ ({former_how})]",
		.meaning =
			"The peer sent a segment of a connection that it believes is open, and "
			"this host has no such connection, so the kernel answered with a reset. "
			"This side lost it earlier: the host or container restarted, a timeout "
			"gave it up without telling the peer, its FIN_WAIT2 expired "
			"(tcp_fin_timeout, 60 s) and the peer wrote after that, or the listener "
			"closed during the handshake. Otherwise the segment went to the wrong "
			"machine: a load balancer, ECMP or anycast route now sends the flow to "
			"another backend, or NAT lost its entry and the packet arrived "
			"untranslated. In Kubernetes the usual form is conntrack marking a reply "
			"INVALID, so that it reaches the pod or node without its address "
			"translation.",
		.sees =
			"Nothing at this end: no socket is involved. The peer's next read() or "
			"write() fails with ECONNRESET, or with EPIPE if it had already received "
			"a FIN.",
		.advice =
			"If a former owner is named, look at how its connection ended: that is "
			"the real death. If not, check whether the address pair belongs here at "
			"all: `conntrack -L -p tcp --dport PORT`, changes of backends at the load "
			"balancer, routes. For the conntrack case set "
			"net.netfilter.nf_conntrack_tcp_be_liberal=1 or drop packets with ctstate "
			"INVALID before they are delivered. For idle connections behind NAT or a "
			"stateful load balancer, set SO_KEEPALIVE with TCP_KEEPIDLE below its "
			"idle timeout.",
	},
	{
		.slug = "fin-without-connection",
		.kind = KIND_RST_SENT,
		.title = "FIN for a connection that is gone",
		.needs = FACT(NO_SOCKET) | FACT(FIN),
		.forbids = FACT(SYN),
		.reasons = "NO_SOCKET",
		.owner = OWNER_IS_CONN,
		.why =
			"FIN for a connection unknown here[; until {former_ended} it was "
			"{former}][ ({former_how})]",
		.meaning =
			"The peer closed its end of a connection that this host no longer has, "
			"and the kernel answered the FIN with a reset. The usual story: this side "
			"closed first, the peer sat in CLOSE_WAIT for longer than tcp_fin_timeout "
			"(60 s) before it called close(), and by then the kernel here had "
			"forgotten the connection. It also follows a timeout, `ss -K`, or a "
			"restarted container whose death never reached the peer.",
		.sees =
			"Nothing at this end, and nothing at the peer unless it called only "
			"shutdown() and still reads: it was closing anyway.",
		.advice =
			"By itself it is harmless. When there are many from one peer, that "
			"program is slow to close: look there for CLOSE_WAIT with `ss -tnp state "
			"close-wait`; it got end-of-file and did not act on it. If this side "
			"never closed, look for the timeout or kill that ended the connection "
			"here.",
	},
	{
		.slug = "late-syn-ack",
		.kind = KIND_RST_SENT,
		.title = "SYN-ACK that no connect() waits for",
		.needs = FACT(NO_SOCKET) | FACT(SYN) | FACT(ACK),
		.reasons = "NO_SOCKET",
		.owner = OWNER_IS_CONN,
		.why =
			"SYN-ACK arrived with no connect() waiting for it[: {former} gave up "
			"after {former_lasted}]",
		.meaning =
			"The answer to a SYN came when no socket was waiting for it, so the "
			"kernel refused it with a reset. The application had called connect() and "
			"closed the socket before the answer came: its own connect timeout, a "
			"cancelled request, Ctrl-C, or the loser of a happy-eyeballs race. The "
			"server is reachable: it or the way to it was slower than the client's "
			"patience. A connect timeout of 1 s or less loses against a single lost "
			"SYN, because the first retransmission is sent after 1 s. When no former "
			"owner is named and the addresses mean nothing here, the SYN was sent by "
			"someone else with this host's address (backscatter of a flood), or the "
			"answer took a path around the NAT that made the connection.",
		.sees =
			"The application saw its own connect timeout (or SO_SNDTIMEO: "
			"EINPROGRESS) earlier; this reset changes nothing for it. The server's "
			"half-open request is dropped before accept() returns it.",
		.advice =
			"Give connect() at least 3 s, so that one or two lost SYNs are survived. "
			"Then find out why the answer was late: at the server `nstat -az "
			"TcpExtListenOverflows TcpExtListenDrops` (a full accept queue drops "
			"SYNs), `ss -ltn` (Recv-Q near Send-Q), packet loss on the path with `mtr "
			"-T -P PORT HOST`. If it is a happy-eyeballs loser, nothing is wrong.",
	},
	{
		.slug = "close-unread",
		.kind = KIND_RST_SENT,
		.title = "closed with unread data",
		.needs = FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(UNREAD),
		.forbids = FACT(ORPHAN) | FACT(MPTCP) | FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET),
		.reasons = "TCP_ABORT_ON_CLOSE",
		.owner = OWNER_IS_TASK,
		.why = "closed with {unread} unread[, {exit}]",
		.meaning =
			"The application closed the socket, or exited, while data from the peer "
			"lay unread in the receive queue. The kernel then sends a reset in place "
			"of a FIN, to tell the peer that its data was lost (RFC 2525, 2.17). What "
			"this side had written and the peer had not yet acknowledged is thrown "
			"away too, so the peer can miss the end of an answer. Usual reasons: a "
			"server that answers (413, 401, a redirect) without reading the request "
			"body, a client that takes the part of the answer it needs and closes, a "
			"TLS close_notify or a TLS 1.3 session ticket that nobody read, a pooled "
			"connection dropped with leftover bytes in it, a health check that does "
			"not read the banner. If the line says how the process ended, it did not "
			"close at all: it died with the connection open.",
		.sees =
			"Nothing: close() returns 0. The peer's read() or write() fails with "
			"ECONNRESET.",
		.advice =
			"Before close(), call shutdown(SHUT_WR) and read until read() returns 0 "
			"or a short timeout passes; nginx calls it lingering_close, HTTP "
			"libraries \"draining the body\". Clients: read the whole answer before "
			"the connection is closed or goes back to the pool, and for TLS do the "
			"bidirectional shutdown. To see which bytes were left, run `strace -f -e "
			"trace=network,read,close -p PID`; `rsttrace -k` shows whether it was "
			"close(), execve() or an exit. If the process was killed, look for the "
			"OOM killer (`journalctl -k`) or a stop timeout in the unit or pod that "
			"is too short to drain.",
	},
	{
		.slug = "data-after-close",
		.kind = KIND_RST_SENT,
		.title = "data received after close()",
		.needs = FACT(PASSIVE) | FACT(IS_CLOSE) | FACT(ORPHAN),
		.forbids = FACT(LINGER2_ABORT),
		.reasons = "TCP_ABORT_ON_DATA",
		.owner = OWNER_IS_CONN,
		.why = "peer sent data after close()[: {payload}]",
		.meaning =
			"The application had called close(), the kernel had sent a FIN, and then "
			"new data came from the peer. Nobody can read it any more, so the kernel "
			"drops the connection and resets the peer. The FIN had not been "
			"acknowledged yet (FIN_WAIT1), or tcp_fin_timeout is above 60 s so that "
			"the full socket was kept in FIN_WAIT2. The classic is the HTTP "
			"keep-alive race: the server closes an idle connection at the moment the "
			"client sends its next request. The other is a server that closes while "
			"the client is still uploading.",
		.sees =
			"Nothing: the socket is closed already, but anything it wrote last and "
			"the peer had not acknowledged is lost. The peer's read() or write() "
			"fails with ECONNRESET, or with EPIPE if it had already received the FIN.",
		.advice =
			"Make the idle timeout of the side that sends requests shorter than that "
			"of the side that answers: client or load balancer below backend (AWS ALB "
			"uses 60 s, Node.js closes after 5 s unless server.keepAliveTimeout is "
			"raised). Let clients retry idempotent requests on a reset of a reused "
			"connection. A side that closes while the peer may be sending should call "
			"shutdown(SHUT_WR), read until end-of-file, and only then close().",
	},
	{
		.slug = "data-after-finwait2",
		.kind = KIND_RST_SENT,
		.title = "data received after close(), in FIN_WAIT2",
		.needs = FACT(MINISOCK) | FACT(PASSIVE),
		.forbids = FACT(SYN),
		.reasons = "TCP_TIMEWAIT_SOCKET",
		.owner = OWNER_IS_CONN,
		.why = "peer went on after close(), in FIN_WAIT2[: {segment} with {payload}]",
		.meaning =
			"The application closed the connection, the peer acknowledged the FIN, "
			"and the kernel kept only a small remnant that waits for the peer's own "
			"FIN. The peer sent data instead, which nobody can read, so the kernel "
			"answered with a reset and dropped the remnant. The peer had end-of-file "
			"waiting for it and wrote all the same: it had not read it yet (a "
			"keep-alive connection reused too late, an upload going on), or it took "
			"close() for a half-close.",
		.sees =
			"Nothing: the socket was closed long before. At the peer the first "
			"write() succeeded and drew the reset; its next write() fails with EPIPE "
			"and SIGPIPE, its read() returns 0.",
		.advice =
			"At the peer, check a pooled connection for end-of-file before reuse, and "
			"keep its idle timeout below the one of this side. At this side, when the "
			"peer may still be sending, call shutdown(SHUT_WR) and read to "
			"end-of-file before close(). If the peer needs to send after this side is "
			"done, shutdown(SHUT_WR) is the right call and close() is the wrong one.",
	},
	{
		.slug = "data-after-shutdown",
		.kind = KIND_RST_SENT,
		.title = "data received after shutdown(SHUT_RDWR)",
		.needs = FACT(PASSIVE) | FACT(IS_CLOSE) | FACT(WAS_RESET),
		.forbids = FACT(ORPHAN),
		.reasons = "TCP_ABORT_ON_DATA",
		.owner = OWNER_IS_CONN,
		.application_errno = ECONNRESET,
		.why = "peer sent data after shutdown(SHUT_RDWR)[: {payload}]",
		.meaning =
			"The application shut down both directions with shutdown() but has not "
			"closed the socket yet, and the peer sent data. The receive direction is "
			"shut, so the kernel ends the connection and resets the peer, exactly as "
			"it does after close(). Runtimes and proxies do it when they stop a "
			"connection from one thread and close it later in another. "
			"shutdown(SHUT_RD) alone never causes it: the sending side has to be shut "
			"as well.",
		.sees =
			"The next read(), write() or SO_ERROR gives ECONNRESET once, although the "
			"reset was sent by this host: the error is the result of its own "
			"shutdown(). The peer gets ECONNRESET too, or EPIPE if it had received "
			"the FIN.",
		.advice =
			"Where the peer may still be sending, use shutdown(SHUT_WR), read until "
			"end-of-file, then close(). Where the connection is to be given up on "
			"purpose, treat ECONNRESET after one's own shutdown() as normal and do "
			"not log it as a fault of the network. `strace -f -e trace=shutdown,close "
			"-p PID` shows who calls it.",
	},
	{
		.slug = "linger-zero",
		.kind = KIND_RST_SENT,
		.title = "closed with SO_LINGER 0",
		.needs = FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(IN_DISCONNECT) | FACT(LINGER_ZERO),
		.forbids = FACT(MPTCP) | FACT(IN_CONNECT) | FACT(IN_CHILD_FORGET),
		.reasons = "TCP_STATE,TCP_DISCONNECT_WITH_DATA",
		.owner = OWNER_IS_TASK,
		.why = "closed with SO_LINGER 0[: {unsent} unsent, {unacked} unacked][, {exit}]",
		.meaning =
			"The application had set SO_LINGER with a time of 0 and closed the "
			"socket, which asks the kernel to abort: a reset in place of a FIN, no "
			"TIME_WAIT, and everything not yet acknowledged thrown away. It is always "
			"a choice in some code. The usual choosers are health checks of load "
			"balancers, HAProxy (option nolinger, health checks), nginx "
			"(reset_timedout_connection, which also covers return 444), proxies such "
			"as Envoy that pass a reset on from their other side, Go SetLinger(0), "
			"Java setSoLinger(true, 0), and load generators that save ports. Kernel "
			"services (NFS server, RDS, NVMe over TCP) do it too and have no process.",
		.sees =
			"Nothing: close() returns 0. The peer's read() or write() fails with "
			"ECONNRESET, and bytes that the line shows as unsent or unacked never "
			"reach its application.",
		.advice =
			"For a health check nothing is wrong. Otherwise find the call: `strace -f "
			"-e trace=setsockopt -p PID`, or search the code for SO_LINGER. If it is "
			"there to avoid TIME_WAIT, remove it, and use net.ipv4.tcp_tw_reuse=1, a "
			"wider net.ipv4.ip_local_port_range, connection reuse, or let the other "
			"side close first. If a proxy passes resets on, look for the reset of its "
			"other connection at the same time.",
	},
	{
		.slug = "disconnect",
		.kind = KIND_RST_SENT,
		.title = "disconnected by connect(AF_UNSPEC)",
		.needs = FACT(ACTIVE) | FACT(IN_CONNECT) | FACT(IN_DISCONNECT),
		.forbids = FACT(IN_CHILD_FORGET),
		.reasons = "TCP_STATE,TCP_DISCONNECT_WITH_DATA",
		.owner = OWNER_IS_TASK,
		.application_errno = ECONNRESET,
		.why =
			"connect(AF_UNSPEC) on a live connection[: {unsent} unsent, {unacked} "
			"unacked]",
		.meaning =
			"The application called connect() with the address family AF_UNSPEC on a "
			"connected socket. Linux dissolves the connection at once: the peer gets "
			"a reset, the queues are emptied, and the same descriptor can be "
			"connected again. A few libraries and proxies use it to drop a connection "
			"without TIME_WAIT or to keep the descriptor number. With an address "
			"structure that was never filled in, it is a bug: family 0 is AF_UNSPEC.",
		.sees =
			"connect() returns 0 and the next read() or SO_ERROR gives ECONNRESET. "
			"The peer's read() or write() fails with ECONNRESET.",
		.advice =
			"`strace -f -k -e trace=connect -p PID` shows `{sa_family=AF_UNSPEC}` and "
			"the code that made the call. If it is not meant, look for a zeroed or "
			"stale sockaddr and for descriptors used after close(). If it is meant to "
			"end the connection in an orderly way, use shutdown(SHUT_WR) and close().",
	},
	{
		.slug = "listener-closed",
		.kind = KIND_RST_SENT,
		.title = "listener closed before accept()",
		.needs = FACT(ACTIVE) | FACT(IN_CHILD_FORGET) | FACT(IN_CLOSE),
		.forbids = FACT(IN_SHUTDOWN) | FACT(IN_ABORT) | FACT(IN_CHECK_REQ),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_TASK,
		.why =
			"listener on port {local_port} closed before accept()[, {age} after the "
			"handshake][, {exit}]",
		.meaning =
			"The handshake was complete and the connection waited in the accept "
			"queue, but the listening socket was closed (or its process ended) before "
			"accept() took it. The kernel resets every connection left in that queue. "
			"It is what a restart or a rolling deployment costs when the old process "
			"stops listening without emptying its queue. With SO_REUSEPORT each "
			"process has a queue of its own, so one worker that ends resets the "
			"connections it was dealt, while the other workers go on.",
		.sees =
			"Nothing at this end: accept() never returned this connection. The "
			"client's connect() had succeeded; its first read() or write() fails with "
			"ECONNRESET.",
		.advice =
			"For SO_REUSEPORT set net.ipv4.tcp_migrate_req=1 (5.14 and later): the "
			"kernel hands the queue to another listener of the group. Otherwise keep "
			"one listening socket across restarts: systemd socket activation, "
			"inheriting the descriptor, or SCM_RIGHTS to the new process. Take the "
			"instance out of the load balancer first, accept until EAGAIN, then close "
			"the listener. If the line shows a kill, look for the crash or the OOM "
			"killer.",
	},
	{
		.slug = "listener-shutdown",
		.kind = KIND_RST_SENT,
		.title = "listener shut down before accept()",
		.needs = FACT(ACTIVE) | FACT(IN_CHILD_FORGET) | FACT(IN_SHUTDOWN),
		.forbids = FACT(IN_CLOSE) | FACT(IN_ABORT),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_TASK,
		.why =
			"listener on port {local_port} shut down before accept()[, {age} after "
			"the handshake]",
		.meaning =
			"The handshake was complete and the connection waited in the accept queue "
			"when the application called shutdown() with SHUT_RD or SHUT_RDWR (or "
			"connect(AF_UNSPEC)) on the listening socket. That stops the listening "
			"and resets every connection left in the queue, even if the descriptor "
			"stays open or another process shares it. Runtimes use it to wake a "
			"thread that is blocked in accept(); some servers use it to pause a "
			"listener during a reload.",
		.sees =
			"A blocked accept(), and each later one, fails with EINVAL. The client's "
			"connect() had succeeded; its first read() or write() fails with "
			"ECONNRESET, and new clients get ECONNREFUSED.",
		.advice =
			"To wake an accepting thread, use an eventfd or a pipe in the same poll() "
			"and close the listener after the queue has been emptied with accept() "
			"until EAGAIN. If old and new process share the listening socket, the old "
			"one must only close() its descriptor: shutdown() acts on the socket of "
			"both. For SO_REUSEPORT groups net.ipv4.tcp_migrate_req=1 (5.14 and "
			"later) hands the queue to another listener.",
	},
	{
		.slug = "accept-queue-abort",
		.kind = KIND_RST_SENT,
		.title = "accept queue full, tcp_abort_on_overflow set",
		.needs = FACT(PASSIVE) | FACT(IS_LISTEN) | FACT(IN_CHECK_REQ) | FACT(QUEUE_FULL),
		.forbids = FACT(SYN),
		.reasons = "INVALID_SYN",
		.owner = OWNER_IS_CONN,
		.why =
			"accept queue of port {local_port} full[ ({backlog})], "
			"tcp_abort_on_overflow = 1",
		.meaning =
			"A client finished its handshake, but the queue of connections waiting "
			"for accept() was full. With net.ipv4.tcp_abort_on_overflow=1 the kernel "
			"resets such a client; with the default 0 it drops the ACK and the client "
			"tries again. The queue is as long as the backlog given to listen(), at "
			"most net.core.somaxconn (4096 by default). It fills when the application "
			"accepts too slowly: one accepting thread that does other work, a long "
			"garbage collection, a blocked event loop, a limit of descriptors or "
			"workers reached.",
		.sees =
			"Nothing: accept() never returns this connection. The client's connect() "
			"succeeded and its first read() or write() fails with ECONNRESET.",
		.advice =
			"`ss -ltn 'sport = :PORT'` shows the queue (Recv-Q) and its limit "
			"(Send-Q); `nstat -az TcpExtListenOverflows` counts. See what the "
			"accepting thread does (`perf top -p PID`, a thread dump), and whether it "
			"ran out of descriptors (EMFILE). Raise the backlog in listen() and "
			"net.core.somaxconn together and restart, since the limit is read at "
			"listen(). Set net.ipv4.tcp_abort_on_overflow=0 unless clients are known "
			"to retry on a reset: then short bursts only cost them a retransmission.",
	},
	{
		.slug = "admin-kill",
		.kind = KIND_RST_SENT,
		.title = "killed by an administrator (ss -K)",
		.needs = FACT(ACTIVE) | FACT(IN_ABORT) | FACT(IN_SOCK_DIAG),
		.forbids = FACT(IN_CHILD_FORGET),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_CONN,
		.application_errno = ECONNABORTED,
		.why = "killed by {task} through sock_diag, as ss -K does",
		.meaning =
			"A process with CAP_NET_ADMIN told the kernel to destroy this socket "
			"(SOCK_DESTROY of the sock_diag interface, the request behind `ss -K`). "
			"The kernel reset the peer and aborted the connection. The process named "
			"in the sentence gave the order; the owner of the socket had no part in "
			"it. Besides people with `ss -K`, it is done by scripts that drop "
			"connections after a failover or a firewall change, and by network agents "
			"that end connections to removed backends or on a lost network.",
		.sees =
			"The blocked or next read(), write() or SO_ERROR gives ECONNABORTED. The "
			"peer gets ECONNRESET.",
		.advice =
			"Ask who ran the named program, and for what: `journalctl`, the shell "
			"history, the log of the agent or failover script. Check that its filter "
			"matched no more than was meant: `ss -K` without a filter kills all "
			"sockets that it can. Applications should reconnect on ECONNABORTED as "
			"they do on ECONNRESET.",
	},
	{
		.slug = "keepalive-timeout",
		.kind = KIND_RST_SENT,
		.title = "keepalive probes unanswered",
		.needs = FACT(ACTIVE) | FACT(IN_KEEPALIVE_TIMER),
		.forbids = FACT(BY_USER_TIMEOUT) | FACT(ORPHAN),
		.reasons = "TCP_KEEPALIVE_TIMEOUT",
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"keepalive: {probes} unanswered[, peer silent for {elapsed}][; limit "
			"{keepalive}][; network reported {soft_errno}]",
		.meaning =
			"The connection was idle, the kernel asked the peer with keepalive probes "
			"whether it was still there, and none was answered. It gave the "
			"connection up and sent a reset in case someone hears it. The peer's host "
			"is down or cut off, its address has moved (pod or virtual machine "
			"deleted), or a firewall or NAT on the path has forgotten the idle "
			"connection and drops its segments silently. Until this moment nobody "
			"could know: an idle TCP connection sends nothing.",
		.sees =
			"The blocked or next read() or write() gives ETIMEDOUT, or the error the "
			"network reported last (EHOSTUNREACH, ENETUNREACH).",
		.advice =
			"Check whether the peer was alive at that time. If it was, a middlebox "
			"dropped the idle connection: make the first probe come before its "
			"timeout (AWS NLB and NAT gateway 350 s, Azure load balancer 4 min, "
			"conntrack nf_conntrack_tcp_timeout_established) with TCP_KEEPIDLE or "
			"net.ipv4.tcp_keepalive_time. If the peer was really gone, keepalive did "
			"its work; to notice sooner, lower TCP_KEEPIDLE, TCP_KEEPINTVL and "
			"TCP_KEEPCNT: the defaults of 7200 s + 9 x 75 s take over two hours. `ss "
			"-tno` shows the keepalive timer of each connection.",
	},
	{
		.slug = "keepalive-user-timeout",
		.kind = KIND_RST_SENT,
		.title = "keepalive cut short by TCP_USER_TIMEOUT",
		.needs = FACT(ACTIVE) | FACT(IN_KEEPALIVE_TIMER) | FACT(BY_USER_TIMEOUT),
		.forbids = FACT(ORPHAN),
		.reasons = "TCP_KEEPALIVE_TIMEOUT",
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"keepalive: {probes} unanswered[, peer silent for {elapsed}]; {limit} set "
			"the limit[; network reported {soft_errno}]",
		.meaning =
			"The connection was idle, at least one keepalive probe went unanswered, "
			"and nothing had come from the peer for longer than TCP_USER_TIMEOUT. "
			"When that option is set, it replaces the number of probes (TCP_KEEPCNT) "
			"as the limit: the connection is given up at the first keepalive timer "
			"after it has passed, and a reset is sent. With a value below "
			"TCP_KEEPIDLE + TCP_KEEPINTVL, one lost probe is enough.",
		.sees =
			"The blocked or next read() or write() gives ETIMEDOUT, or the error the "
			"network reported last (EHOSTUNREACH, ENETUNREACH).",
		.advice =
			"Check whether the peer was alive. If it was, the limit is too tight or a "
			"middlebox dropped the idle connection: set TCP_USER_TIMEOUT to about "
			"TCP_KEEPIDLE + TCP_KEEPINTVL x TCP_KEEPCNT, so that several probes may "
			"be lost, and TCP_KEEPIDLE below the idle timeout of the middlebox. gRPC "
			"(keepalive_time, keepalive_timeout), PostgreSQL (tcp_user_timeout) and "
			"HAProxy (tcp-ut) set the option from their own configuration.",
	},
	{
		.slug = "linger2-negative",
		.kind = KIND_RST_SENT,
		.title = "closed in FIN_WAIT2 with TCP_LINGER2 < 0",
		.needs = FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN) | FACT(LINGER2_NEGATIVE),
		.forbids = FACT(IN_DISCONNECT),
		.reasons = "TCP_ABORT_ON_LINGER",
		.owner = OWNER_IS_TASK,
		.why = "closed in FIN_WAIT2 with TCP_LINGER2 < 0[, {exit}]",
		.meaning =
			"The application had ended its sending with shutdown(SHUT_WR), the peer "
			"had acknowledged that but not closed its own side, and then the "
			"application called close(). It had set TCP_LINGER2 to a negative value, "
			"which forbids the kernel to keep the connection in FIN_WAIT2 until the "
			"peer closes. So the kernel resets the peer at once.",
		.sees =
			"Nothing: close() returns 0, and all its data had been acknowledged. At "
			"the peer read() returns 0 as after the FIN, and write() fails with EPIPE.",
		.advice =
			"`strace -f -e trace=setsockopt -p PID` shows who sets TCP_LINGER2. To "
			"keep fewer sockets in FIN_WAIT2 without resets, give TCP_LINGER2 a few "
			"seconds, or lower net.ipv4.tcp_fin_timeout. To end cleanly, read until "
			"end-of-file before close().",
	},
	{
		.slug = "linger2-negative-fin",
		.kind = KIND_RST_SENT,
		.title = "FIN acknowledged after close, with TCP_LINGER2 < 0",
		.needs = FACT(PASSIVE) | FACT(IS_CLOSE) | FACT(ORPHAN) | FACT(LINGER2_ABORT),
		.reasons = "TCP_ABORT_ON_DATA",
		.owner = OWNER_IS_CONN,
		.why = "peer acknowledged our FIN after close() with TCP_LINGER2 < 0",
		.meaning =
			"The application closed the connection, the kernel sent a FIN and the "
			"peer acknowledged it. Now the connection would wait in FIN_WAIT2 for the "
			"peer's own FIN, but the application had set TCP_LINGER2 to a negative "
			"value, which forbids that. So the kernel answered the acknowledgement "
			"with a reset. Every connection that this program closes first, and that "
			"the peer does not close in the same moment, ends this way.",
		.sees =
			"Nothing: the socket is closed and its data was acknowledged. The peer "
			"reads end-of-file as usual; if it writes, it gets EPIPE.",
		.advice =
			"`strace -f -e trace=setsockopt -p PID` shows who sets TCP_LINGER2. "
			"Remove the option, or give it a few seconds, or lower "
			"net.ipv4.tcp_fin_timeout (60 s) for the whole host. Peers that log these "
			"resets as errors can ignore them: they come after all data.",
	},
	{
		.slug = "bad-ack-in-syn-sent",
		.kind = KIND_RST_SENT,
		.title = "unexpected ACK in answer to our SYN",
		.needs = FACT(PASSIVE) | FACT(IS_SYN_SENT) | FACT(ACK_UNACCEPTABLE),
		.reasons = "TCP_INVALID_ACK_SEQUENCE",
		.owner = OWNER_IS_CONN,
		.why = "{segment} in answer to our SYN[ {ack_offset}]",
		.meaning =
			"This host is connecting, and the answer to its SYN acknowledges "
			"something that was never sent. The peer still holds an older connection "
			"with the same addresses and ports and answered from that one. The reset "
			"tells it to drop the old connection, and the attempt goes on: the next "
			"SYN, a second later, succeeds. It comes from a client that restarted or "
			"lost power and takes the same source port again, from NAT that reuses a "
			"port too soon, and from TIME_WAIT at the peer. When it repeats, a "
			"firewall or SYN proxy on the path is rewriting sequence numbers in one "
			"direction only.",
		.sees =
			"Nothing at once: connect() takes about a second longer. If every answer "
			"is wrong, connect() ends with ETIMEDOUT.",
		.advice =
			"A single one needs nothing. For many, find the port reuse: a fixed "
			"source port set by bind(), a narrow net.ipv4.ip_local_port_range, a NAT "
			"gateway short of ports (`conntrack -S`, the gateway's port allocation "
			"errors). At the peer `ss -tan dst HOST` shows the stale connection. If "
			"all answers are wrong, capture the handshake at both ends (`tcpdump -S`) "
			"and compare the sequence numbers.",
	},

	/* Resets that arrived */

	{
		.slug = "connection-refused",
		.kind = KIND_RST_RECEIVED,
		.title = "connection refused",
		.needs = FACT(RECEIVED) | FACT(IS_SYN_SENT),
		.owner = OWNER_IS_CONN,
		.why = "SYN answered by a reset: port {peer_port} is closed or rejected",
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
			"unacked]",
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

	/* Timeouts: no reset, the kernel gave up */

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
			"network reported {soft_errno}]",
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
			"network reported {soft_errno}]",
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
		.slug = "retransmission-timeout",
		.kind = KIND_TIMEOUT,
		.title = "data never acknowledged",
		.needs = FACT(CLOSED) | FACT(IN_RETRANSMIT_TIMER),
		.forbids = FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV) | FACT(ORPHAN) | FACT(BY_USER_TIMEOUT) | FACT(WINDOW_SHUT),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"[{retransmits} in {elapsed} ]unanswered; {limit} set the limit[; "
			"{unacked} unacked][; network reported {soft_errno}]",
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
			"{unacked} unacked][; network reported {soft_errno}]",
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
			"{unacked} unacked][; network reported {soft_errno}]",
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
		.forbids = FACT(IS_SYN_SENT) | FACT(IN_RETRANSMIT_TIMER) | FACT(ORPHAN) | FACT(BY_USER_TIMEOUT) | FACT(WINDOW_OPEN),
		.owner = OWNER_IS_CONN,
		.application_errno = ETIMEDOUT,
		.why =
			"peer's window closed[, {probes} in {elapsed} unanswered]; {limit} set "
			"the limit[; {unsent} unsent][; network reported {soft_errno}]",
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
			"network reported {soft_errno}]",
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

	/* Errors without a reset */

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
};

const unsigned int causes_count = sizeof(causes) / sizeof(causes[0]);

/* .kind is a placeholder: the report of an unknown death takes its kind from the hook that saw it. */
const struct cause cause_unknown = {
	.slug = "unknown",
	.kind = KIND_RST_SENT,
	.title = "no known cause fits",
	.owner = OWNER_IS_CONN,
	.why = "no known cause fits this evidence[ (in {state})]",
	.meaning =
		"A reset, timeout or error was observed that fits none of the causes of "
		"this table. Either the kernel has a path that the table does not know "
		"yet, or what would tell was not observed: a hook is missing on this "
		"kernel, or rsttrace was started after the connection and never saw the "
		"earlier part of it.",
	.sees =
		"The errno column, if there is one, is what the kernel stored for the "
		"application.",
	.advice =
		"`rsttrace -v -k` prints the evidence and the kernel stack under the "
		"line, and `rsttrace doctor` says which hooks this kernel does not offer. "
		"The innermost frames name the function that gave the connection up. "
		"Please report the line together with a recording of it (`--raw FILE`): a "
		"new cause is one row.",
};

const struct cause *cause_find(const char *slug)
{
	for (unsigned int i = 0; i < causes_count; i++) {
		if (strcmp(causes[i].slug, slug) == 0)
			return &causes[i];
	}
	return strcmp(cause_unknown.slug, slug) == 0 ? &cause_unknown : NULL;
}
