/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What `rsttrace stalled` finds: connections that live, and are dying or leaking. causes.h says what a row holds. */
#include <stddef.h>

#include "causes.h"

#define IN_TROUBLE (FACT(UNANSWERED) | FACT(PROBED) | FACT(KEEPALIVE_PROBED))

static const struct cause rows[] = {
	{
		.slug = "stalled-connecting",
		.kind = KIND_STALLED,
		.title = "connect() has no answer yet",
		.needs = FACT(STALLED) | FACT(IS_SYN_SENT) | FACT(UNANSWERED),
		.why =
			"no answer to the SYN[ for {elapsed}], {try}[; {gives_up}][; network "
			"reported {soft_error}]",
		.meaning =
			"The SYN of a connect() was sent again and nothing came back: neither a "
			"SYN-ACK nor a reset. The host is down, the address is wrong, a firewall "
			"drops the SYN or its answer, or the listener drops it because its queues "
			"are full. The kernel goes on for net.ipv4.tcp_syn_retries retransmits "
			"(TCP_SYNCNT on the socket; since v6.5 net.ipv4.tcp_syn_linear_timeouts "
			"on top), 127 to 131 s by default.",
		.sees =
			"connect() blocks, or the socket does not become writable. At the time in "
			"the first column it gets ETIMEDOUT, or the error that the network "
			"reported.",
		.advice =
			"Look at the peer with `rsttrace -K dropped` (a full queue) and with "
			"`tcpdump -ni any host ADDRESS and port PORT` at both ends: that tells on "
			"which side the SYN is lost. If the program should not wait so long, give it "
			"a timeout of its own, or TCP_USER_TIMEOUT.",
	},
	{
		.slug = "stalled-retransmitting",
		.kind = KIND_STALLED,
		.title = "data sent has no answer",
		.needs = FACT(STALLED) | FACT(UNANSWERED),
		.forbids = FACT(IS_SYN_SENT) | FACT(ORPHAN),
		.why =
			"no answer[ to {unacked}][ for {elapsed}], {try}[; {gives_up}][; network "
			"reported {soft_error}]",
		.meaning =
			"Data, or a FIN, was sent again and again and the peer acknowledges nothing. "
			"Each interval is twice the one before, up to 120 s. The kernel gives up when "
			"the time is over that net.ipv4.tcp_retries2 retransmits take (924 s and more "
			"for the default 15), or TCP_USER_TIMEOUT where the program set it. The count "
			"of retransmits is smaller on paths with a long round trip: it is the time "
			"that is measured.",
		.sees =
			"Nothing yet: write() goes into the send buffer until that is full. At the "
			"time in the first column ETIMEDOUT, or the error that the network reported.",
		.advice =
			"One or two retransmits come and go on a lossy path: `--watch` shows whether "
			"they grow. If all of them go to one peer, it or the way to it is gone; if "
			"only large writes hang, suspect the path MTU. Nothing is to be gained by "
			"waiting longer than a client waits for its answer: set TCP_USER_TIMEOUT. `ss "
			"-K dst ADDRESS` ends them now.",
	},
	{
		.slug = "stalled-zero-window",
		.kind = KIND_STALLED,
		.title = "the peer takes no more data",
		.needs = FACT(STALLED) | FACT(PROBED),
		.forbids = FACT(ORPHAN),
		.why =
			"the peer's receive window is shut[ for {zero_window}][, {unsent} wait "
			"unsent][, {unacked} unacked][, {try}][; {gives_up}][; {answers}]",
		.meaning =
			"The peer's receive buffer is full, because its application does not read, "
			"and this end probes whether there is room again. As long as the probes are "
			"answered the kernel goes on for ever, unless TCP_USER_TIMEOUT is set; when "
			"the answers stop, it gives up after net.ipv4.tcp_retries2 of them.",
		.sees =
			"write() blocks, or returns EAGAIN: the send buffer is full, or will be.",
		.advice =
			"Look at the process at the other end: it is stopped, overloaded, or waits "
			"for something else before it reads on. Two programs that both write and do "
			"not read wait for each other for ever. A server that must not be held up by "
			"slow readers needs a timeout for its writes, or TCP_USER_TIMEOUT.",
	},
	{
		.slug = "stalled-orphan",
		.kind = KIND_STALLED,
		.title = "closed by its application, and the peer does not answer",
		.needs = FACT(STALLED) | FACT(ORPHAN) | FACT(UNANSWERED),
		.why =
			"closed by its application, and no answer[ to {unacked}][ for {elapsed}], "
			"{try}[; {gives_up}]",
		.meaning =
			"The application has closed the socket, and the kernel alone still tries to "
			"deliver what was written, and the FIN (states FIN_WAIT1, CLOSING, LAST_ACK). "
			"The peer acknowledges nothing. net.ipv4.tcp_orphan_retries decides how long "
			"that goes on (0, the default, means 8: 100 s and more), TCP_USER_TIMEOUT "
			"where it was set.",
		.sees =
			"Nothing: it has closed. What it wrote last is lost.",
		.advice =
			"A few are normal where clients vanish (mobile networks). Many hold memory up "
			"to net.ipv4.tcp_max_orphans: look whether the peers are all in one network, "
			"or lower tcp_orphan_retries. No process owns such a socket any more.",
	},
	{
		.slug = "stalled-orphan-zero-window",
		.kind = KIND_STALLED,
		.title = "closed by its application, and the peer takes no more data",
		.needs = FACT(STALLED) | FACT(ORPHAN) | FACT(PROBED),
		.why =
			"closed by its application, and the peer's receive window is shut[, {unsent} "
			"wait unsent], {try}[; {gives_up}]",
		.meaning =
			"The application has closed the socket while the peer's receive window was "
			"shut: the rest of the data and the FIN wait in the kernel, which probes the "
			"window. It gives up after net.ipv4.tcp_orphan_retries probes (0 means 8), "
			"even if the peer answers them.",
		.sees =
			"Nothing: it has closed. The unsent rest will be lost.",
		.advice =
			"The peer's application does not read: look there. A peer that does so on "
			"purpose holds this host's memory (net.ipv4.tcp_max_orphans bounds it).",
	},
	{
		.slug = "stalled-keepalive",
		.kind = KIND_STALLED,
		.title = "keepalive probes have no answer",
		.needs = FACT(STALLED) | FACT(KEEPALIVE_PROBED),
		.forbids = FACT(UNANSWERED) | FACT(PROBED),
		.why =
			"peer silent for {silence}, {try}[; {gives_up}]",
		.meaning =
			"The connection was idle, keepalive asked whether the peer is still there, "
			"and nothing came back. After net.ipv4.tcp_keepalive_probes (TCP_KEEPCNT) "
			"probes, one every net.ipv4.tcp_keepalive_intvl (TCP_KEEPINTVL) seconds, the "
			"kernel ends it; with TCP_USER_TIMEOUT that time decides instead.",
		.sees =
			"Nothing yet. At the time in the first column read() and write() fail with "
			"ETIMEDOUT.",
		.advice =
			"The peer is down or unreachable, or a firewall or NAT on the way has "
			"forgotten the idle connection. If that happens often to connections that "
			"are idle for the same time, let keepalive begin before it "
			"(net.ipv4.tcp_keepalive_time, TCP_KEEPIDLE).",
	},
	{
		.slug = "half-open-suspect",
		.kind = KIND_STALLED,
		.title = "peer silent for long, and nothing will notice if it is gone",
		.is_likely = true,
		.needs = FACT(STALLED) | FACT(SILENT),
		.forbids = IN_TROUBLE | FACT(IS_LISTEN) | FACT(IS_SYN_SENT) | FACT(IS_SYN_RECV) | FACT(IS_CLOSE_WAIT),
		.why =
			"nothing heard of the peer for {silence}, and keepalive is off[; {unread} "
			"unread]",
		.meaning =
			"The connection is established (or waits for the peer's FIN after a "
			"shutdown()), nothing came from the peer for longer than --silence (1 hour "
			"by default), nothing is under way, and SO_KEEPALIVE is off. If the peer, "
			"or a box on the way that kept its state, is gone, nothing here will ever "
			"find out until something is sent. It may as well be alive and have nothing to "
			"say: TCP cannot tell the two apart without asking.",
		.sees =
			"read() waits for ever. A later write() may succeed, and fail minutes after, "
			"or be answered by a reset.",
		.advice =
			"Let the program set SO_KEEPALIVE, with TCP_KEEPIDLE below the idle timeout of "
			"the firewalls on the way, or let its protocol ask now and then. "
			"Whether the peer still knows the connection, `ss -tn` says there. `ss -K dst ADDRESS "
			"dport = PORT` ends one.",
	},
	{
		.slug = "close-wait-leak",
		.kind = KIND_STALLED,
		.title = "the peer has closed, the program has not",
		.is_per_process = true,
		.needs = FACT(STALLED) | FACT(LEAKED),
		.forbids = IN_TROUBLE,
		.why =
			"{close_waits} closed by the peer and not by the program, the oldest silent "
			"for {silence}[, with {unread} unread]",
		.meaning =
			"The peer's FIN has come (state CLOSE_WAIT), nothing was heard for at least a "
			"minute (or --silence, if that is less), nothing is under way, and the "
			"program has not closed its end. No timer ends such a socket, keepalive does "
			"not either as long as the peer's host answers: it stays until the program "
			"closes it or ends. One line stands for all such sockets of a process, with "
			"the addresses of the one that was silent for the longest time; .count in "
			"JSON is their number.",
		.sees =
			"read() returns 0, and did so from the moment the FIN came; poll() reports "
			"the socket readable.",
		.advice =
			"This is a bug in the program: it forgot the descriptor after end of file, "
			"does not read it any more (a connection pool, a thread that hangs), or "
			"handed it to a child that keeps it. Each costs a descriptor (`ls "
			"/proc/PID/fd | wc -l` against `ulimit -n`). `lsof -p PID | grep CLOSE_WAIT` "
			"lists them; restarting the program frees them.",
	},
	{
		.slug = "accept-queue-full",
		.kind = KIND_STALLED,
		.title = "the listener's accept queue is full",
		.needs = FACT(STALLED) | FACT(IS_LISTEN) | FACT(QUEUE_FULL),
		.why =
			"accept queue full: {backlog} connections wait for accept()[; {more_requests}]",
		.meaning =
			"More finished connections wait for accept() than the listener's backlog "
			"allows (the smaller of listen()'s argument and net.core.somaxconn). "
			"The kernel drops new SYNs and last ACKs until there is room.",
		.sees =
			"This program: nothing. Its clients connect late, after 1, 3 and 7 s, or not "
			"at all; or believe that they are connected and get no answer.",
		.advice =
			"The program accepts too slowly: it is stopped, out of descriptors (EMFILE), or "
			"too few threads accept. A larger backlog only helps against bursts: listen()'s "
			"argument and net.core.somaxconn. `rsttrace -K dropped` tells which clients it "
			"hits, `nstat -az TcpExtListenOverflows` how many.",
	},
	{
		.slug = "syn-flood-suspect",
		.kind = KIND_STALLED,
		.title = "handshakes pile up that their clients do not finish",
		.is_likely = true,
		.needs = FACT(STALLED) | FACT(SYN_PILE),
		.forbids = FACT(QUEUE_FULL),
		.why =
			"{listener_requests} handshakes under way, {listener_unanswered} of them with a "
			"SYN-ACK that nobody answered; backlog {queue_limit}",
		.meaning =
			"Half or more of the handshakes at this listener (state SYN_RECV) have had "
			"their SYN-ACK sent again, and they are at least 64, or as many as its "
			"backlog allows, while its accept queue has room: SYNs come whose senders do "
			"not go on. That is a flood with forged addresses, a port scan that "
			"leaves them half-open, or an outage on the way back.",
		.sees =
			"Nothing. If net.ipv4.tcp_syncookies is 0, new clients are not answered while "
			"the queue is full; with cookies they are, but without window scaling and SACK "
			"where timestamps are off.",
		.advice =
			"`ss -tn state syn-recv sport = PORT` lists the addresses: many and strange "
			"means a flood, one network means an outage to there. Keep "
			"net.ipv4.tcp_syncookies at 1. net.ipv4.tcp_synack_retries = 2 makes such "
			"handshakes go after 7 s rather than 63 s. A firewall before the host (nftables "
			"synproxy) takes the load off it.",
	},
};

const struct cause_table causes_stalled = { rows, sizeof(rows) / sizeof(rows[0]) };
