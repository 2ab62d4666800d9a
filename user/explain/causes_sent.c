/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Resets that this host sends. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "no-listener",
		.kind = KIND_RST_SENT,
		.title = "SYN to a port where nothing listens",
		.needs = FACT(SENT) | FACT(NO_SOCKET) | FACT(SYN),
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
			"{former_ended} it was {former}][ ({former_how})][; "
			"{after_reset}][; {conntrack}]",
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
		.needs = FACT(SENT) | FACT(NO_SOCKET) | FACT(FIN),
		.forbids = FACT(SYN),
		.reasons = "NO_SOCKET",
		.owner = OWNER_IS_CONN,
		.why =
			"FIN for a connection unknown here[; until {former_ended} it was "
			"{former}][ ({former_how})][; "
			"{after_reset}][; {conntrack}]",
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
		.needs = FACT(SENT) | FACT(NO_SOCKET) | FACT(SYN) | FACT(ACK),
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
		.forbids = FACT(LINGER2_ABORT) | FACT(OUT_OF_ORDER),
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
		.slug = "out-of-order-after-close",
		.kind = KIND_RST_SENT,
		.title = "out-of-order data received after close()",
		.needs = FACT(PASSIVE) | FACT(IS_CLOSE) | FACT(ORPHAN) | FACT(OUT_OF_ORDER),
		.forbids = FACT(LINGER2_ABORT),
		.reasons = "TCP_ABORT_ON_DATA",
		.owner = OWNER_IS_CONN,
		.why =
			"segment out of order after close(), {seq_offset}[: {payload}]",
		.meaning =
			"The application had called close() and the kernel had sent a FIN, and "
			"then the peer sent a segment that begins beyond the next byte due: what "
			"stands before it was lost or overtaken on the way. The kernel does not "
			"wait for the missing part, since nobody can read it any more; data or a "
			"FIN out of order is enough to drop the connection and reset the peer. It "
			"is data-after-close with loss or reordering on top: the peer was sending "
			"a stream (an upload, a pipelined request) when this side closed.",
		.sees =
			"Nothing: the socket is closed already, but anything it wrote last and "
			"the peer had not acknowledged is lost. The peer's read() or write() "
			"fails with ECONNRESET, or with EPIPE if it had already received the FIN.",
		.advice =
			"Treat it as data-after-close: whoever closes while the peer may be "
			"sending should call shutdown(SHUT_WR), read until end-of-file, and only "
			"then close(). If it is frequent, look for the loss as well: `nstat -az "
			"TcpExtTCPOFOQueue TcpRetransSegs` at both ends, `ss -ti` (reordering, "
			"retrans), and paths that split one connection over several links.",
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
		.slug = "syn-after-finwait2",
		.kind = KIND_RST_SENT,
		.title = "SYN for a connection that waits in FIN_WAIT2",
		.needs = FACT(MINISOCK) | FACT(PASSIVE) | FACT(SYN),
		.reasons = "TCP_TIMEWAIT_SOCKET",
		.owner = OWNER_IS_CONN,
		.why =
			"SYN for a connection that this side closed and the peer did not "
			"(FIN_WAIT2)",
		.meaning =
			"The application closed a connection, the peer acknowledged that but "
			"never closed its own side, and now a SYN came from the same address and "
			"port. The peer has forgotten the old connection and starts a new one: it "
			"restarted, it lost power, or a NAT gave the port to another client too "
			"early. The kernel takes the SYN for a segment of the old connection, "
			"resets it and drops the remnant, so the next SYN gets through.",
		.sees =
			"Nothing: the socket was closed long before. The client's connect() fails "
			"with ECONNREFUSED although the service is up; a second attempt succeeds.",
		.advice =
			"One after a restart of the peer needs nothing: clients should retry once "
			"on ECONNREFUSED. Many behind one address mean a NAT that reuses ports "
			"within tcp_fin_timeout: give it more ports or addresses. If the remnants "
			"pile up, `ss -tan state fin-wait-2` shows peers that never close; lower "
			"net.ipv4.tcp_fin_timeout, and see why they do not close.",
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
		.slug = "disconnect-unsent",
		.kind = KIND_RST_SENT,
		.title = "aborted with the last data unsent",
		.needs = FACT(ACTIVE) | FACT(IN_DISCONNECT) | FACT(WAS_LAST_ACK),
		.forbids = FACT(IN_CHILD_FORGET) | FACT(MPTCP),
		.reasons = "TCP_DISCONNECT_WITH_DATA",
		.owner = OWNER_IS_TASK,
		.why = "aborted after both sides had closed[: {unsent} unsent][, {exit}]",
		.meaning =
			"Both sides had ended their sending, but this one still had data that it "
			"had not been able to send: the peer's window was closed, or the path did "
			"not let it through. Then the application closed the socket with SO_LINGER "
			"0 or called connect() with AF_UNSPEC. Where all data is out, that ends a "
			"connection in this state without a word; with data unsent, the kernel "
			"resets the peer, so that it does not take what it got for the whole. Such "
			"an abort is as a rule the impatience of a server or proxy that waits for "
			"a slow reader: a shutdown deadline, a write timeout.",
		.sees =
			"close() or connect() returns 0 (after connect(), SO_ERROR gives ECONNRESET). The bytes shown as unsent never "
			"reach the peer, which gets the reset after it has closed, and may not "
			"notice.",
		.advice =
			"Look at why the data did not go out: on the peer `ss -tnp` with a large "
			"Recv-Q names the process that does not read. `strace -f -e "
			"trace=setsockopt,connect,close -p PID` shows who aborts. If the data "
			"matters, wait until SIOCOUTQ says 0 before the socket is closed, with a "
			"deadline of the application's own.",
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
			"{keepalive}][; network reported {soft_error}]",
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
			"the limit[; network reported {soft_error}]",
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
		.slug = "close-out-of-memory",
		.kind = KIND_RST_SENT,
		.title = "closed while out of memory for orphans",
		.needs = FACT(ACTIVE) | FACT(IN_CLOSE) | FACT(ORPHAN),
		.forbids = FACT(LINGER2_CLOSE) | FACT(IN_DISCONNECT) | FACT(IN_CHILD_FORGET) |
			   FACT(MPTCP),
		.reasons = "TCP_ABORT_ON_MEMORY",
		.owner = OWNER_IS_TASK,
		.why =
			"too many orphans, or out of tcp_mem, at close()[: {unacked} unacked][, "
			"{unsent} unsent][, {exit}]",
		.meaning =
			"The application closed the socket in an orderly way, and the kernel would "
			"have gone on to deliver the last data and the FIN. But the host had more "
			"such orphans than net.ipv4.tcp_max_orphans allows, or TCP's memory had "
			"reached the last value of net.ipv4.tcp_mem, so the kernel gave the "
			"connection up at once and reset the peer. Many orphans at a time are many "
			"connections closed towards peers that do not answer: a flood, an outage "
			"at the peers' end, slow clients of a busy server.",
		.sees =
			"Nothing: close() returns 0, but bytes shown as unsent or unacked are "
			"lost. The peer's read() or write() fails with ECONNRESET.",
		.advice =
			"`cat /proc/net/sockstat` shows orphans and memory in pages; `sysctl "
			"net.ipv4.tcp_max_orphans net.ipv4.tcp_mem` the limits; `nstat -az "
			"TcpExtTCPAbortOnMemory` counts, and the kernel log says \"too many "
			"orphaned sockets\" or \"out of memory -- consider tuning tcp_mem\". See what "
			"the orphans wait for: `ss -tano state fin-wait-1`. Lower "
			"net.ipv4.tcp_orphan_retries to 2 or 3 so that they go sooner, and raise "
			"the limit only where there is memory: an orphan pins up to 64 KiB.",
	},
	{
		.slug = "finwait2-timeout-reset",
		.kind = KIND_RST_SENT,
		.title = "FIN_WAIT2 ran out, peer reset",
		.needs = FACT(ACTIVE) | FACT(IN_KEEPALIVE_TIMER) | FACT(ORPHAN) | FACT(IS_FIN_WAIT2),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_CONN,
		.why =
			"peer did not close its side[ within {closed_for}] of our close(); "
			"{limit} set the limit",
		.meaning =
			"The application had closed the connection, the peer acknowledged that "
			"but did not close its own side, and the time that the kernel waits for "
			"it ran out while the connection was still a full socket. That is rare: "
			"mostly such a connection lives on as a small remnant that ends without a "
			"word. It takes net.ipv4.tcp_fin_timeout or TCP_LINGER2 to have been "
			"shortened while the connection waited, or a process of this host to have "
			"held the socket's lock when the last acknowledgement came.",
		.sees =
			"Nothing: close() had returned 0 and all data was acknowledged. At the "
			"peer read() had returned 0; write() now fails with EPIPE.",
		.advice =
			"Find out why the peer does not close: there, `ss -tnp state close-wait` "
			"names the program that got end-of-file and does nothing. If the reset "
			"disturbs it, leave net.ipv4.tcp_fin_timeout as it is while connections "
			"wait.",
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
	{
		.slug = "bad-syn-in-handshake",
		.kind = KIND_RST_SENT,
		.title = "new SYN in the middle of a handshake",
		.needs = FACT(PASSIVE) | FACT(IS_LISTEN) | FACT(IN_CHECK_REQ) | FACT(SYN),
		.reasons = "INVALID_SYN",
		.owner = OWNER_IS_CONN,
		.why =
			"another SYN, with another sequence number, in the middle of a handshake "
			"with port {local_port}",
		.meaning =
			"This host had answered a SYN and waited for the last ACK, when a second "
			"SYN came from the same address and port with another sequence number "
			"inside the window. The kernel resets and forgets the handshake. The "
			"client restarted and took the same source port, several clients behind "
			"one NAT were given the same port, or a SYN proxy or firewall rewrote the "
			"sequence number of a repeated SYN.",
		.sees =
			"Nothing at this end. The client's connect() fails with ECONNREFUSED.",
		.advice =
			"Look for port reuse: a fixed source port in the client, a NAT gateway "
			"short of ports (`conntrack -S`). If repeated SYNs of one attempt differ "
			"(`tcpdump -S` at both ends), something on the path changes them.",
	},
	{
		.slug = "bad-ack-in-handshake",
		.kind = KIND_RST_SENT,
		.title = "wrong ACK number in a handshake",
		.needs = FACT(PASSIVE) | FACT(IS_LISTEN) | FACT(ACK) | FACT(MISMATCH) | FACT(SEES_REQUESTS),
		.forbids = FACT(IN_CHECK_REQ) | FACT(COOKIE_REFUSED),
		.reasons = "TCP_FLAGS",
		.owner = OWNER_IS_CONN,
		.why =
			"{segment} in a handshake with port {local_port} acknowledges the wrong "
			"number[: {request_ack}]",
		.meaning =
			"A handshake with this client was under way, and a segment came whose "
			"acknowledgement number is not that of the SYN-ACK. The kernel answers it "
			"with a reset and keeps the handshake. It belongs to an older connection "
			"of the same addresses and ports, to the SYN-ACK of another server behind "
			"the same address, or a device on the path rewrites sequence numbers in "
			"one direction only.",
		.sees =
			"Nothing here. If the client meant this connection, it gets ECONNRESET or "
			"ECONNREFUSED.",
		.advice =
			"A single one needs nothing. For many compare the handshake at both ends "
			"(`tcpdump -S`): a firewall with sequence randomisation or a SYN proxy "
			"shows there. With several servers behind one address, check that both "
			"directions use the same one.",
	},
	{
		.slug = "bad-syn-cookie",
		.kind = KIND_RST_SENT,
		.title = "ACK without a valid SYN cookie",
		.needs = FACT(PASSIVE) | FACT(IS_LISTEN) | FACT(ACK) | FACT(COOKIE_REFUSED) | FACT(SEES_REQUESTS),
		.forbids = FACT(IN_CHECK_REQ) | FACT(MISMATCH),
		.reasons = "TCP_FLAGS",
		.owner = OWNER_IS_CONN,
		.why =
			"{segment} to port {local_port} carries no valid SYN cookie",
		.meaning =
			"The listener had sent SYN cookies in the last two minutes, so the kernel "
			"holds nothing of the handshakes behind them, and an ACK came that fits "
			"none: its number is no cookie for these addresses. It came too late (a "
			"cookie is good for two minutes), belongs to a connection that this host "
			"has forgotten, or is an ACK flood.",
		.sees =
			"Nothing. The client gets ECONNRESET.",
		.advice =
			"First see why cookies are sent: syn-cookie-sent (-C syn-cookie-sent) and "
			"`nstat -az TcpExtSyncookiesSent TcpExtSyncookiesFailed`. With a real "
			"flood let it pass. With net.ipv4.tcp_syncookies=2 every stale ACK ends "
			"here: use 1.",
	},
	{
		.slug = "ack-to-listener",
		.kind = KIND_RST_SENT,
		.title = "ACK to a listener that fits no handshake",
		.needs = FACT(PASSIVE) | FACT(IS_LISTEN) | FACT(ACK),
		.forbids = FACT(IN_CHECK_REQ) | FACT(MISMATCH) | FACT(COOKIE_REFUSED),
		.reasons = "TCP_FLAGS",
		.owner = OWNER_IS_CONN,
		.why =
			"listener on port {local_port} got {segment} that fits no handshake",
		.meaning =
			"A segment came for a port on which this host listens, and it belongs to "
			"no connection and fits no handshake. The connection is gone here "
			"(restart, failover, its handshake given up because the accept queue "
			"stayed full), the balancing of flows changed so that it came to the "
			"wrong host or SO_REUSEPORT listener, or it is an ACK scan. Where "
			"functions cannot be hooked (tier tracepoint) it may also be bad-ack-in- "
			"handshake or bad-syn-cookie: the line is partial then.",
		.sees =
			"Nothing: no socket is concerned. The sender's connection ends with "
			"ECONNRESET.",
		.advice =
			"See whether the peer believes in a connection to this host (`ss -tn` "
			"there), and since when: if older than the last restart or failover here, "
			"that explains it. If many come after a change of a load balancer, it "
			"moved flows between hosts. `nstat -az TcpExtListenOverflows`: handshakes "
			"lost to a full accept queue end here, too.",
	},
	{
		.slug = "netfilter-reject-input",
		.kind = KIND_RST_SENT,
		.title = "rejected by this host's firewall (input)",
		.needs = FACT(REJECTED) | FACT(REJECT_INPUT),
		.owner = OWNER_IS_CONN,
		.why =
			"a REJECT rule on input answered {segment} from {peer} with a reset",
		.meaning =
			"A segment came in for this host, and a rule of nftables or iptables with "
			"\"reject with tcp reset\" (REJECT --reject-with tcp-reset) answered it at "
			"the INPUT hook. The segment never reached TCP: no socket saw it, neither "
			"TcpOutRsts nor any other TCP counter knows the reset. A SYN was refused; "
			"any other segment belongs to a connection that was open before the rule "
			"came, or that conntrack no longer knows, and the local socket of it stays "
			"behind half-open.",
		.sees =
			"The process here sees nothing: its listener gets no connection, and an "
			"open connection falls silent until it times out. The other end gets "
			"ECONNREFUSED from connect(), or ECONNRESET on an open connection, and "
			"cannot tell it from a closed port or an aborting application.",
		.advice =
			"Find the rule: `nft list ruleset | grep -n reject` or `iptables-save | "
			"grep REJECT`; `nft monitor trace` with a meta nftrace rule names the one "
			"that matched. If open connections are hit, see that `ct state "
			"established,related accept` comes first, and whether conntrack lost them: "
			"`conntrack -S`, `dmesg | grep conntrack`. With "
			"nf_conntrack_tcp_be_liberal=0 a segment out of window is INVALID, and a "
			"rule that rejects INVALID kills the connection: drop those instead.",
	},
	{
		.slug = "netfilter-reject-output",
		.kind = KIND_RST_SENT,
		.title = "rejected by this host's firewall (output)",
		.needs = FACT(REJECTED) | FACT(REJECT_OUTPUT),
		.owner = OWNER_IS_CONN,
		.why =
			"a REJECT rule on output answered this host's own {segment} to {local} with "
			"a reset to {peer}",
		.meaning =
			"A segment that this host was sending met a rule of nftables or iptables "
			"with \"reject with tcp reset\" at the OUTPUT hook. The rule built a reset "
			"as if the other end had refused, and handed it to the local sender. "
			"Nothing left the host. The addresses of this line are those of the "
			"pretended answer: local is where the segment was going to, peer is the "
			"socket here that sent it.",
		.sees =
			"connect() fails with ECONNREFUSED at once, or an open connection gets "
			"ECONNRESET, exactly as if the other end had sent it; rsttrace shows that "
			"as connection-refused or reset-by-peer and names the rule's reset there.",
		.advice =
			"The other end is innocent. Look at the rules for output: `nft list "
			"ruleset`, `iptables -S OUTPUT`, and in containers those of the container's "
			"own network namespace (`nsenter -t PID -n nft list ruleset`). Egress "
			"policies of service meshes and of Kubernetes network policy agents are "
			"written there; match by owner (skuid, cgroup) is usual.",
	},
	{
		.slug = "netfilter-reject-forward",
		.kind = KIND_RST_SENT,
		.title = "rejected by this host as a router",
		.needs = FACT(REJECTED) | FACT(REJECT_FORWARD),
		.owner = OWNER_IS_CONN,
		.why =
			"a REJECT rule on the way through this host answered {segment} from {peer} "
			"to {local} with a reset",
		.meaning =
			"A segment that this host was only passing on, or had not yet routed, met a "
			"rule of nftables or iptables with \"reject with tcp reset\" at the FORWARD "
			"or PREROUTING hook. This host answered in the name of the destination; "
			"that one never saw the segment. Usual on routers, on hosts of containers "
			"and virtual machines, and where Docker or a Kubernetes network policy "
			"forbids a way.",
		.sees =
			"The other end gets ECONNREFUSED from connect(), or ECONNRESET on an open "
			"connection, and cannot tell it from a closed port or an aborting "
			"application. Its address is that of the destination, so nothing points to "
			"this host.",
		.advice =
			"Find the rule: `nft list ruleset | grep -n reject`, `iptables -S FORWARD`, "
			"`iptables -S DOCKER-USER`. If the connection was open, conntrack may have "
			"forgotten it, or the way back passes another router (asymmetric routing): "
			"then the rule meets segments of a connection whose beginning it never saw. "
			"`conntrack -L -s PEER` shows what is known of it.",
	},
	{
		.slug = "netfilter-reject-bridge",
		.kind = KIND_RST_SENT,
		.title = "rejected on a bridge or device",
		.needs = FACT(REJECTED) | FACT(REJECT_LINK),
		.owner = OWNER_IS_CONN,
		.why =
			"a REJECT rule of a bridge or device answered a segment from {peer} to "
			"{local} with a reset",
		.meaning =
			"A rule of nftables in a table of the family bridge or netdev, \"reject "
			"with tcp reset\", answered a segment at the port of a bridge or at the "
			"ingress of a device, before routing. The reset goes back out of the same "
			"port. It exists since Linux 5.11 for netdev, for bridges before.",
		.sees =
			"The other end gets ECONNREFUSED from connect(), or ECONNRESET on an open "
			"connection, and cannot tell it from a closed port or an aborting "
			"application.",
		.advice =
			"`nft list tables bridge; nft list tables netdev`, then `nft list table` of "
			"each: virtual machine and container managers put filters there (libvirt "
			"nwfilter, OpenStack, Proxmox). `bridge link` names the ports.",
	},
	{
		.slug = "orphan-out-of-resources",
		.kind = KIND_RST_SENT,
		.title = "orphan given up for want of memory",
		.needs = FACT(ACTIVE) | FACT(IN_OUT_OF_RESOURCES),
		.reasons = "TCP_ABORT_ON_MEMORY",
		.owner = OWNER_IS_CONN,
		.why =
			"given up after close(): too many orphans, or out of tcp_mem[: {unacked} "
			"unacked][, {unsent} unsent]",
		.meaning =
			"The application had closed the connection, and the kernel was still "
			"trying to deliver the last data or the FIN to a peer that did not "
			"acknowledge it. When its timer fired again, the host had more of these "
			"orphans than net.ipv4.tcp_max_orphans allows, or TCP's memory had reached "
			"the last value of net.ipv4.tcp_mem. The kernel then gives up orphans "
			"rather than connections that somebody uses, those first that have been "
			"silent for long or have seen an ICMP error (they count double), and "
			"resets the peer.",
		.sees =
			"Nothing: close() had returned 0. Bytes shown as unsent or unacked are "
			"lost.",
		.advice =
			"As for close-out-of-memory: `cat /proc/net/sockstat` against `sysctl "
			"net.ipv4.tcp_max_orphans net.ipv4.tcp_mem`, then `ss -tano state "
			"fin-wait-1` for the peers that do not answer. If one address holds most "
			"of them, it is a flood or an outage there: limit connections per address "
			"in the firewall. Lower net.ipv4.tcp_orphan_retries before you raise "
			"tcp_max_orphans.",
	},
	{
		.slug = "bpf-destroy",
		.kind = KIND_RST_SENT,
		.title = "destroyed by a BPF program",
		.needs = FACT(ACTIVE) | FACT(IN_ABORT) | FACT(IN_BPF_DESTROY),
		.forbids = FACT(IN_CHILD_FORGET) | FACT(IN_SOCK_DIAG),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_CONN,
		.application_errno = ECONNABORTED,
		.why = "destroyed by a BPF program that {task} ran",
		.meaning =
			"A BPF iterator over the host's TCP sockets called bpf_sock_destroy() (6.5 "
			"and later) on this one. The kernel reset the peer and aborted the "
			"connection, as `ss -K` does. The process named in the sentence read the "
			"iterator; the owner of the socket had no part in it. Network agents do "
			"this, Cilium among them, to end connections to backends that are gone, so "
			"that clients connect anew to one that lives.",
		.sees =
			"The blocked or next read(), write() or SO_ERROR gives ECONNABORTED. The "
			"peer gets ECONNRESET.",
		.advice =
			"Look into the log of the named agent for the backend, pod or policy that "
			"changed at that moment. `bpftool prog show` and `bpftool link show` list "
			"iterators that are loaded. If connections die that should not, compare "
			"the agent's idea of the live backends with the truth. Applications should "
			"reconnect on ECONNABORTED as they do on ECONNRESET.",
	},
	{
		.slug = "smc-abort",
		.kind = KIND_RST_SENT,
		.title = "aborted by SMC",
		.needs = FACT(ACTIVE) | FACT(IN_ABORT) | FACT(IN_SMC),
		.forbids = FACT(IN_CHILD_FORGET) | FACT(IN_SOCK_DIAG) | FACT(IN_BPF_DESTROY),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_CONN,
		.why = "the SMC connection over it ended, and took it along",
		.meaning =
			"The connection belonged to SMC, shared memory communications: after the "
			"handshake over TCP the data goes by RDMA or by shared memory, and the TCP "
			"connection is kept only as a sign of life. The SMC connection broke down, "
			"its device was removed, or its socket was closed while it was still "
			"connecting, and SMC aborted the TCP connection with it.",
		.sees =
			"Its read() or write() on the SMC socket gives ECONNABORTED or ECONNRESET. "
			"The peer gets ECONNRESET.",
		.advice =
			"`smcss -a` (smc-tools) shows SMC connections and their links, "
			"`journalctl -k` RDMA devices and links that went. Where SMC is not meant "
			"to be used, see who asks for it: smc_run, a preload of "
			"libsmc-preload.so, sockets of the address family 43.",
	},
	{
		.slug = "listener-killed",
		.kind = KIND_RST_SENT,
		.title = "listener killed before accept()",
		.needs = FACT(ACTIVE) | FACT(IN_CHILD_FORGET) | FACT(IN_ABORT),
		.forbids = FACT(IN_CLOSE) | FACT(IN_SHUTDOWN),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_CONN,
		.why =
			"listener on port {local_port} killed by {task} before accept()[, {age} "
			"after the handshake]",
		.meaning =
			"The handshake was complete and the connection waited in the accept queue, "
			"when a process with CAP_NET_ADMIN told the kernel to destroy the "
			"listening socket (`ss -K` with a filter that matched it too, a network "
			"agent, a BPF program). The kernel stopped the listening and reset every "
			"connection in the queue. The process named in the sentence gave the "
			"order. The server still holds its descriptor, but nothing comes to it any "
			"more.",
		.sees =
			"A blocked accept(), and each later one, fails with EINVAL. The client's "
			"connect() had succeeded; its first read() or write() fails with "
			"ECONNRESET, and new clients get ECONNREFUSED.",
		.advice =
			"The server has to be restarted, or has to listen() again: `ss -ltnp` no "
			"longer shows it. Then ask who ran the named program. `ss -K` without "
			"`state established` kills listeners as well: let scripts always give a "
			"state and an address.",
	},
	{
		.slug = "listener-closed-race",
		.kind = KIND_RST_SENT,
		.title = "listener closed while a handshake was finished",
		.needs = FACT(ACTIVE) | FACT(IN_CHILD_FORGET) | FACT(IN_CHECK_REQ),
		.forbids = FACT(IN_CLOSE) | FACT(IN_SHUTDOWN) | FACT(IN_ABORT),
		.reasons = "TCP_STATE",
		.owner = OWNER_IS_CONN,
		.why = "listener on port {local_port} closed just when the last ACK of the handshake came",
		.meaning =
			"The last ACK of a handshake was being processed on one processor, while another "
			"one closed the listening socket: the finished connection had no accept queue left "
			"to go to, and the kernel reset it. It is listener-closed, met by accident a moment "
			"earlier.",
		.sees =
			"Nothing at this end: accept() never returned this connection. The client's "
			"connect() had succeeded; its first read() or write() fails with ECONNRESET.",
		.advice =
			"As for listener-closed: take the instance out of the load balancer before its "
			"listener closes, or keep one listening socket across restarts. One or two of these "
			"at a restart are expected.",
	},
	{
		.slug = "bad-timestamp-in-syn-sent",
		.kind = KIND_RST_SENT,
		.title = "SYN-ACK echoes a timestamp that was never sent",
		.needs = FACT(PASSIVE) | FACT(IS_SYN_SENT) | FACT(ACK),
		.forbids = FACT(ACK_UNACCEPTABLE),
		.reasons = "TCP_RFC7323_PAWS",
		.owner = OWNER_IS_CONN,
		.why = "{segment} in answer to our SYN echoes a timestamp that was not ours",
		.meaning =
			"This host is connecting. The answer acknowledges its SYN with the right "
			"number, but echoes a TCP timestamp (RFC 7323) that this SYN and its "
			"repetitions did not bear, so it is not believed, and its sender is reset. "
			"The attempt goes on: the next SYN follows. It comes from a box on the "
			"path that answers or rewrites SYNs (SYN proxy, DDoS protection, a NAT "
			"that changes timestamps in one direction only), or from a peer that "
			"answers an older SYN of the same port.",
		.sees =
			"Nothing at once: connect() takes longer. If every answer is like that, it "
			"ends with ETIMEDOUT.",
		.advice =
			"`nstat -az TcpExtPAWSActive` counts these. Capture the handshake at both "
			"ends (`tcpdump -v` prints `TS val` and `ecr`): where they differ, a box "
			"in between rewrites them. To prove it, turn timestamps off for a test "
			"(sysctl net.ipv4.tcp_timestamps=0 on the client): if connect() works "
			"then, that box is at fault. A single one after a client's restart needs "
			"nothing.",
	},
	{
		.slug = "bad-ack-in-syn-recv",
		.kind = KIND_RST_SENT,
		.title = "handshake acknowledged with a wrong number",
		.needs = FACT(PASSIVE) | FACT(IS_SYN_RECV) | FACT(ACK),
		.forbids = FACT(IN_CHECK_REQ) | FACT(SYN),
		.reasons = "TCP_OLD_ACK,TCP_TOO_OLD_ACK,TCP_ACK_UNSENT_DATA",
		.owner = OWNER_IS_CONN,
		.why = "{segment} for a handshake under way[ {ack_offset}]",
		.meaning =
			"A socket whose handshake is not finished (by TCP Fast Open, where it is "
			"made by the SYN, or because both ends connected to each other at once) "
			"got a segment that acknowledges something else than its SYN-ACK. The "
			"kernel resets the sender and keeps the socket: the right ACK may still "
			"come. The sender is a client that restarted and uses the same port, a "
			"scanner that guesses, or a firewall that rewrites sequence numbers in one "
			"direction.",
		.sees =
			"Nothing: the connection goes on, or ends later for want of the right ACK "
			"(fastopen-synack-timeout).",
		.advice =
			"A few of them are noise. If a client cannot connect at all, capture its "
			"handshake at both ends (`tcpdump -S`) and compare sequence numbers. Fast "
			"Open is off with bit 2 of net.ipv4.tcp_fastopen cleared: where no client "
			"uses it, that also takes this target from scanners.",
	},
	{
		.slug = "bad-syn-fastopen",
		.kind = KIND_RST_SENT,
		.title = "second SYN for a Fast Open connection",
		.needs = FACT(PASSIVE) | FACT(IS_SYN_RECV) | FACT(IN_CHECK_REQ) | FACT(SYN),
		.reasons = "INVALID_SYN",
		.owner = OWNER_IS_CONN,
		.why = "another SYN, inside the window, for a Fast Open handshake under way",
		.meaning =
			"A connection had been made by TCP Fast Open, from a SYN that carried "
			"data, and its handshake was not finished. Then a segment with the SYN "
			"flag came whose sequence number lies inside the window but is not that of "
			"the first SYN, so it is not its repetition. The kernel resets the sender "
			"and keeps the connection. It comes from a client that restarted and took "
			"the same port with a near sequence number, or from someone who forges "
			"segments.",
		.sees =
			"Nothing: the connection goes on, or ends for want of the last ACK "
			"(fastopen-synack-timeout).",
		.advice =
			"One needs nothing. Many from one address are a client that reuses ports "
			"too fast (a fixed source port, NAT short of ports), or an attack: Fast "
			"Open without cookies (0x200 in net.ipv4.tcp_fastopen) lets anyone make "
			"such sockets with a forged address; use it with cookies.",
	},
	{
		.slug = "mptcp-subflow-reset",
		.kind = KIND_RST_SENT,
		.title = "MPTCP gave up a subflow",
		.needs = FACT(ACTIVE) | FACT(IN_MPTCP_RESET),
		.forbids = FACT(IN_MPTCP_FASTCLOSE),
		.reasons = "MPTCP_RST_EUNSPEC,MPTCP_RST_EMPTCP,MPTCP_RST_ERESOURCE,MPTCP_RST_EPROHIBIT,MPTCP_RST_EWQ2BIG,MPTCP_RST_EBADPERF,MPTCP_RST_EMIDDLEBOX",
		.owner = OWNER_IS_CONN,
		.why = "MPTCP reset this subflow[: {mptcp_reset}]",
		.meaning =
			"The segment stream is one path (subflow) of a Multipath TCP connection, "
			"and MPTCP ended this path on purpose. An additional path was not answered "
			"as MPTCP, or with a wrong key proof (HMAC), as when the address belongs "
			"to another host or to a box that strips options; the data on it could not "
			"be placed; its checksum was wrong; or the peer did not react to a "
			"failure. The connection goes on over its other paths, and ends only if "
			"this was the last.",
		.sees =
			"Nothing, while another path is left. If it was the last, read() and "
			"write() fail with ECONNRESET.",
		.advice =
			"`ss -Mni` shows the connection and its paths, `nstat -az 'MPTcpExt*'` "
			"why: MPJoinSynAckHMacFailure and MPJoinNoTokenFound are wrong hosts "
			"behind an address, MPFailTx and DataCsumErr a box that changes data. "
			"Compare `ip mptcp endpoint show` at both ends with what can really be "
			"reached: a private address that is announced to the outside is the usual "
			"mistake.",
	},
	{
		.slug = "mptcp-data-error",
		.kind = KIND_RST_SENT,
		.title = "MPTCP data could not be placed",
		.needs = FACT(ACTIVE) | FACT(IN_MPTCP_DATA),
		.reasons = "MPTCP_RST_EUNSPEC,MPTCP_RST_EMPTCP,MPTCP_RST_ERESOURCE,MPTCP_RST_EPROHIBIT,MPTCP_RST_EWQ2BIG,MPTCP_RST_EBADPERF,MPTCP_RST_EMIDDLEBOX",
		.owner = OWNER_IS_CONN,
		.why =
			"data without a valid MPTCP mapping, and no way back to plain TCP[: "
			"{mptcp_reset}]",
		.meaning =
			"Data came in on a path of a Multipath TCP connection without the option "
			"that says where in the whole stream it belongs, or with one that "
			"contradicts what came before. Early in a connection MPTCP would go on as "
			"plain TCP; this one was past that, so the kernel closed the path and "
			"reset the peer rather than hand out wrong data. Something on the path "
			"strips or rewrites TCP options in the middle of connections: a proxy, a "
			"firewall that \"normalises\", a device that merges segments; or somebody "
			"injects data.",
		.sees =
			"If it was the only path, read() fails with EBADMSG or ECONNRESET. "
			"Otherwise nothing: the other paths go on.",
		.advice =
			"`nstat -az MPTcpExtDSSNotMatching MPTcpExtDSSTCPMismatch "
			"MPTcpExtInfiniteMapRx` counts. Capture at both ends and compare the MPTCP "
			"options (tcpdump prints `mptcp dss`). Take the device out of the path, or "
			"let the application use plain TCP there (`sysctl net.mptcp.enabled=0`, or "
			"IPPROTO_TCP instead of IPPROTO_MPTCP).",
	},
	{
		.slug = "mptcp-close-unread",
		.kind = KIND_RST_SENT,
		.title = "MPTCP connection aborted by its application",
		.needs = FACT(ACTIVE) | FACT(IN_MPTCP_FASTCLOSE),
		.forbids = FACT(IN_MPTCP_WORKER),
		.reasons = "TCP_ABORT_ON_CLOSE,MPTCP_RST_EUNSPEC,MPTCP_RST_EMPTCP,MPTCP_RST_ERESOURCE,MPTCP_RST_EPROHIBIT,MPTCP_RST_EWQ2BIG,MPTCP_RST_EBADPERF,MPTCP_RST_EMIDDLEBOX",
		.owner = OWNER_IS_TASK,
		.why =
			"MPTCP socket closed with data unread, with SO_LINGER 0, or disconnected[, "
			"{exit}]",
		.meaning =
			"The application ended a Multipath TCP connection in a way that aborts it: "
			"it closed the socket, or exited, with data unread in it, it had set "
			"SO_LINGER with a time of 0, or it called connect() with AF_UNSPEC. MPTCP "
			"resets every path of the connection at once (fast close); each path has a "
			"line of its own. The unread data is kept above the paths, so its size is "
			"not known here. Many programs speak MPTCP without knowing it: Go's "
			"listeners do by default since 1.24, others under mptcpize.",
		.sees =
			"Nothing: close() returns 0. The peer's read() or write() fails with "
			"ECONNRESET.",
		.advice =
			"As for close-unread: before close(), call shutdown(SHUT_WR) and read "
			"until end-of-file. `strace -f -e trace=network,close -p PID` shows what "
			"was left unread and who sets SO_LINGER.",
	},
	{
		.slug = "mptcp-fastclose",
		.kind = KIND_RST_SENT,
		.title = "path closed because the peer aborted the connection",
		.needs = FACT(ACTIVE) | FACT(IN_MPTCP_WORKER),
		.forbids = FACT(IN_MPTCP_FASTCLOSE) | FACT(IN_MPTCP_RESET) | FACT(IN_MPTCP_DATA),
		.reasons = "MPTCP_RST_EUNSPEC,MPTCP_RST_EMPTCP,MPTCP_RST_ERESOURCE,MPTCP_RST_EPROHIBIT,MPTCP_RST_EWQ2BIG,MPTCP_RST_EBADPERF,MPTCP_RST_EMIDDLEBOX",
		.owner = OWNER_IS_CONN,
		.application_errno = ECONNRESET,
		.why =
			"the peer aborted the MPTCP connection (MP_FASTCLOSE); this path is closed "
			"with it[: {mptcp_reset}]",
		.meaning =
			"The peer aborted a Multipath TCP connection: on one path it sent "
			"MP_FASTCLOSE, which ends the whole connection. This host answers by "
			"resetting all paths that are still open; this line is one of them. The "
			"death itself is the peer's: its application closed with data unread, with "
			"SO_LINGER 0, or was killed.",
		.sees =
			"The blocked or next read() or write() fails with ECONNRESET.",
		.advice =
			"Look at the peer: rsttrace there says mptcp-close-unread, and who did it. "
			"`nstat -az MPTcpExtMPFastcloseRx` counts these here.",
	},
	{
		.slug = "mptcp-close-timeout",
		.kind = KIND_RST_SENT,
		.title = "MPTCP connection given up after close()",
		.needs = FACT(ACTIVE) | FACT(IN_MPTCP_FASTCLOSE) | FACT(IN_MPTCP_WORKER),
		.reasons = "TCP_ABORT_ON_CLOSE,MPTCP_RST_EUNSPEC,MPTCP_RST_EMPTCP,MPTCP_RST_ERESOURCE,MPTCP_RST_EPROHIBIT,MPTCP_RST_EWQ2BIG,MPTCP_RST_EBADPERF,MPTCP_RST_EMIDDLEBOX",
		.owner = OWNER_IS_CONN,
		.why =
			"closed by its application, and the peer has not confirmed the end of the MPTCP "
			"connection in time[; last heard of {silence} ago][; {unacked} unacked]",
		.meaning =
			"The application had closed a Multipath TCP connection. MPTCP then tells the peer "
			"that the data is at its end (DATA_FIN) and waits until that is confirmed; "
			"meanwhile its paths stay ESTABLISHED, without an owner. It waits for 60 seconds "
			"(TCP_TIMEWAIT_LEN; net.mptcp.close_timeout is for connections that nobody has "
			"closed), and then resets all paths; each has a line of its own. The peer is "
			"unreachable, or a device on the path drops what carries MPTCP options.",
		.sees =
			"Nothing: close() returned 0 long ago. The peer, if it still listens, gets "
			"ECONNRESET.",
		.advice =
			"Nothing has to be done at this end. Where there are many: look for retransmission "
			"timeouts of other connections to the same peer, which say that it cannot be "
			"reached, and capture the close (`tcpdump` prints `mptcp dss fin`): a DATA_FIN that "
			"is repeated and never confirmed, while other segments get through, is stripped by "
			"a device on the path.",
	},
	{
		.slug = "mptcp-join-refused",
		.kind = KIND_RST_SENT,
		.title = "MPTCP path refused: unknown connection",
		.needs = FACT(PASSIVE) | FACT(IN_MPTCP_JOIN),
		.forbids = FACT(ACK),
		.reasons = "MPTCP_RST_EUNSPEC,MPTCP_RST_EMPTCP,MPTCP_RST_ERESOURCE,MPTCP_RST_EPROHIBIT,MPTCP_RST_EWQ2BIG,MPTCP_RST_EBADPERF,MPTCP_RST_EMIDDLEBOX",
		.owner = OWNER_IS_CONN,
		.why = "a new path (MP_JOIN) for an MPTCP connection that is not here",
		.meaning =
			"A SYN asked to add a path to a Multipath TCP connection, and the token in "
			"it names no connection of this host, or one that comes by another port. "
			"MPTCP does not make a plain connection of it; it resets the sender. The "
			"connection has ended meanwhile; or the SYN came to the wrong machine: "
			"behind a load balancer, each path can land on another backend, and only "
			"the one that has the first path knows the token.",
		.sees =
			"Nothing at this end. At the peer the connection goes on over its other "
			"paths.",
		.advice =
			"`nstat -az MPTcpExtMPJoinNoTokenFound` counts. Behind a load balancer, "
			"let each backend announce an address of its own (`ip mptcp endpoint add "
			"ADDRESS signal`), and forbid paths to the shared one: sysctl "
			"net.mptcp.allow_join_initial_addr_port=0. Otherwise ignore it.",
	},
	{
		.slug = "mptcp-child-disposed",
		.kind = KIND_RST_SENT,
		.title = "MPTCP path refused at the end of its handshake",
		.needs = FACT(PASSIVE) | FACT(IN_MPTCP_CHILD),
		.reasons = "MPTCP_RST_EUNSPEC,MPTCP_RST_EMPTCP,MPTCP_RST_ERESOURCE,MPTCP_RST_EPROHIBIT,MPTCP_RST_EWQ2BIG,MPTCP_RST_EBADPERF,MPTCP_RST_EMIDDLEBOX",
		.owner = OWNER_IS_CONN,
		.why =
			"a new path (MP_JOIN) failed its proof, or its MPTCP connection takes no "
			"more",
		.meaning =
			"A path was being added to a Multipath TCP connection of this host, and "
			"the last step of its handshake was not accepted: the proof in it (HMAC) "
			"was missing or wrong, the connection has as many paths as it may have, or "
			"it was closed in the meantime. MPTCP drops the path and resets the "
			"sender. A wrong proof means that the sender does not know the keys of the "
			"connection: somebody tries to slip in, or a box on the path strips the "
			"option.",
		.sees =
			"Nothing: the connection goes on over its other paths.",
		.advice =
			"`nstat -az MPTcpExtMPJoinAckHMacFailure` counts missing and wrong proofs; "
			"`ip mptcp limits show` has the number of paths allowed. If a peer's paths "
			"never succeed, capture the handshake: the last ACK must carry MP_JOIN.",
	},
	{
		.slug = "raw-socket-reset",
		.kind = KIND_RST_SENT,
		.title = "reset sent by a program through a raw socket",
		.needs = FACT(LEFT) | FACT(BY_RAW_SOCKET),
		.forbids = FACT(FORWARDED) | FACT(REJECTED),
		.owner = OWNER_IS_TASK,
		.why = "reset to {peer} sent by a raw or packet socket[ of {task}], in the name of {local}",
		.meaning =
			"A program on this host built a reset by itself and sent it through a raw or packet "
			"socket. TCP had no part in it, and no counter of TCP has it. The addresses are "
			"those that the program wrote into the segment; they need not be this host's. "
			"Programs that do it: tcpkill, hping3, nmap and scapy, intrusion prevention "
			"(Suricata and Snort in IPS mode, content filters), some load balancers and VPN "
			"gateways, and checkpoint tools.",
		.sees =
			"Nothing at the program's end. Whoever has the connection gets ECONNRESET if the "
			"sequence number fits, as from a genuine reset.",
		.advice =
			"The process that the line names did it on purpose: its configuration or log says "
			"why. If nobody should, look at who may: `ss -wap` and `ss -0ap` list raw and packet "
			"sockets, and the right to open them is CAP_NET_RAW, which containers have by "
			"default and can do without.",
	},
	{
		.slug = "forwarded-reset",
		.kind = KIND_RST_SENT,
		.title = "reset forwarded",
		.is_quiet = true,
		.needs = FACT(LEFT) | FACT(FORWARDED),
		.forbids = FACT(SENT) | FACT(REJECTED),
		.owner = OWNER_IS_CONN,
		.why = "reset of {local} to {peer} passed on by this host",
		.meaning =
			"This host, as a router, bridge, NAT gateway or container host, passed on a reset "
			"that another host, container or virtual machine had sent. It has no connection "
			"there itself. With NAT the addresses are those of the outgoing side.",
		.sees = "Nothing: the connection is another's.",
		.advice =
			"It shows that a reset really came from behind this host and was not made here. To "
			"find its cause run rsttrace on the host that sent it; for a container on this host, "
			"the same run tells that too, with another network namespace.",
	},
	{
		.slug = "below-stack-reset",
		.kind = KIND_RST_SENT,
		.title = "reset made below TCP",
		.needs = FACT(LEFT),
		.forbids = FACT(SENT) | FACT(REJECTED) | FACT(FORWARDED) | FACT(BY_RAW_SOCKET),
		.owner = OWNER_IS_CONN,
		.why = "a segment left for {peer} as a reset, which TCP had not made one",
		.meaning =
			"A reset left this host that neither TCP, nor netfilter's REJECT, nor a raw socket "
			"built, and that did not come from outside. So something between TCP and the device "
			"turned a segment into it or made it: a BPF program at traffic control or in a "
			"tunnel (a policy or load-balancing agent), a netfilter rule that rewrites headers, "
			"a kernel module. What XDP, AF_XDP or the network card answers by itself leaves no "
			"trace here at all.",
		.sees =
			"Nothing at this end: TCP believes that it sent something else, and goes on "
			"retransmitting or waiting. The peer gets ECONNRESET.",
		.advice =
			"`rsttrace -k` shows the way it took. List what can rewrite segments: `bpftool net`, "
			"`tc filter show dev DEV egress`, `nft list ruleset` (statements such as `@th,... "
			"set`), loaded modules. Agents such as Cilium log their denials.",
	},
	{
		.slug = "reset-not-sent",
		.kind = KIND_RST_SENT,
		.title = "reset that did not leave this host",
		.needs = FACT(DROPPED) | FACT(RST) | FACT(OUTGOING),
		.owner = OWNER_IS_CONN,
		.why = "reset to {peer} dropped on its way out[ by {dropper}][ ({drop})]",
		.meaning =
			"This host made a reset, which another line has with its cause, and then dropped it "
			"before it was on the wire: a firewall rule on output, no route back, a neighbour "
			"that does not answer, a full queue. The peer does not learn that the connection is "
			"over.",
		.sees =
			"Nothing at this end. The peer's connection stays half-open: its application waits, "
			"or writes until that times out; a connect() to a closed port times out instead of "
			"failing with ECONNREFUSED.",
		.advice =
			"NETFILTER_DROP: `nft list ruleset`, output and postrouting chains; a host that hides "
			"its closed ports on purpose does this. IP_OUTNOROUTES: `ip route get PEER`, policy "
			"routing and VRFs for the answer. NEIGH_...: `ip neigh`. QDISC_...: `tc -s qdisc`. "
			"`nstat -az TcpExtTCPAbortFailed` counts the resets of sockets that failed.",
	},
};

const struct cause_table causes_sent = { rows, sizeof(rows) / sizeof(rows[0]) };
