/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Resets that arrive and change nothing. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
	{
		.slug = "challenge-ack",
		.kind = KIND_RST_IGNORED,
		.title = "reset questioned by a challenge ACK",
		.needs = FACT(RST) | FACT(CHALLENGED),
		.forbids = FACT(REQUEST),
		.owner = OWNER_IS_CONN,
		.why = "reset inside the window but not where expected: challenged[; {seq_offset}]",
		.meaning =
			"A reset arrived whose sequence number lies inside the receive window, but not at "
			"its left edge. It may be forged, so the kernel did not believe it (RFC 5961): it "
			"sent a challenge ACK instead, and the connection goes on. A peer that really has "
			"no such connection answers the challenge with an exact reset, which then ends it: "
			"that follows within a round trip. If it does not follow, somebody guesses.",
		.sees = "Nothing. The connection goes on as if nothing had come.",
		.advice =
			"One of these, followed at once by reset-by-peer on the same connection, is a peer "
			"that had data on the way when it gave up: nothing is wrong. Many without that, "
			"over many ports or sequence numbers, are an attempt to break connections: look at "
			"TTL and source of the segments (`rsttrace -v`), filter spoofed sources at the "
			"border. If connections to a peer hang after its restart, see whether the answers "
			"are lost: challenge ACKs are limited by net.ipv4.tcp_challenge_ack_limit and "
			"net.ipv4.tcp_invalid_ratelimit.",
	},
	{
		.slug = "reset-out-of-window",
		.kind = KIND_RST_IGNORED,
		.title = "reset outside the window",
		.needs = FACT(RST) | FACT(OUT_OF_WINDOW),
		.forbids = FACT(REQUEST) | FACT(IS_TIME_WAIT),
		.owner = OWNER_IS_CONN,
		.why = "reset with a sequence number outside the window: ignored[; {seq_offset}]",
		.meaning =
			"A reset arrived for an open connection, with a sequence number that is nowhere "
			"near what the connection expects, and was dropped without an answer. It belongs to "
			"an earlier connection with the same addresses and ports, was delayed on the way, "
			"comes from a middlebox that has lost count (a NAT or firewall that resets flows it "
			"does not follow), or is forged and guessed wrong.",
		.sees =
			"Nothing. But when the sender really has no such connection, the application waits "
			"for it in vain until a timeout.",
		.advice =
			"A few after ports are used again are harmless. When connections through one "
			"firewall or load balancer hang while such resets come in, that box gave the flow "
			"up and its resets do not count: compare TTLs (`rsttrace -v`) with those of the "
			"peer, raise its idle timeout, or set SO_KEEPALIVE below it. Many on many ports are "
			"an attempt to break connections.",
	},
	{
		.slug = "reset-without-ack-in-syn-sent",
		.kind = KIND_RST_IGNORED,
		.title = "reset that does not answer our SYN",
		.needs = FACT(DROPPED) | FACT(RST) | FACT(IN_DO_RCV) | FACT(IS_SYN_SENT),
		.forbids = FACT(OUTGOING) | FACT(FILTERED) | FACT(OUT_OF_WINDOW),
		.owner = OWNER_IS_CONN,
		.why = "reset ({segment}) while connecting that acknowledges no SYN: ignored",
		.meaning =
			"While this host was connecting, a reset came that does not acknowledge its SYN, as "
			"a refusal has to (RFC 9293, 3.10.7.3). The kernel ignored it and goes on trying. "
			"It is a late reset of an earlier connection from the same port, the product of a "
			"firewall or load balancer that builds resets wrongly, or a forgery.",
		.sees =
			"Nothing now: connect() goes on, and succeeds or times out. A refusal that is built "
			"wrongly is not noticed, so connect() takes the full timeout (two minutes by "
			"default) instead of failing at once.",
		.advice =
			"If connect() to that peer then times out, a device on the way refuses with resets "
			"that do not count: find it by the TTL of the reset (`rsttrace -v`) or a capture on "
			"both sides of it, and have it answer with RST|ACK or an ICMP error. If the "
			"connection then comes about, ignore it.",
	},
	{
		.slug = "reset-to-listener",
		.kind = KIND_RST_IGNORED,
		.title = "reset sent to a listener",
		.needs = FACT(DROPPED) | FACT(RST) | FACT(IS_LISTEN) | FACT(IN_DO_RCV),
		.forbids = FACT(OUTGOING) | FACT(FILTERED) | FACT(FAILED_CHECK),
		.owner = OWNER_IS_CONN,
		.why = "{segment} for port {local_port}, which only listens: ignored",
		.meaning =
			"A reset arrived for a port on which a socket listens, and fits no connection and "
			"no handshake of it. A listener ignores resets. Usual senders: a SYN scanner, a "
			"health check or a load balancer that ends its half-open probe after this side "
			"answered with a SYN cookie and kept nothing, and clients that reset a connection "
			"which this side has already forgotten.",
		.sees = "Nothing: it concerns no connection.",
		.advice =
			"By itself nothing. Many from many addresses that never finish a handshake are a "
			"scan, or the other half of a SYN flood with forged sources: see `nstat -az "
			"TcpExtSyncookiesSent TcpExtSyncookiesRecv`.",
	},
	{
		.slug = "reset-without-connection",
		.kind = KIND_RST_IGNORED,
		.title = "reset for a connection that does not exist here",
		.is_quiet = true,
		.needs = FACT(DROPPED) | FACT(RST) | FACT(FOR_NOBODY),
		.forbids = FACT(OUTGOING),
		.owner = OWNER_IS_CONN,
		.why = "{segment} for a connection unknown here: ignored[; until {former_ended} it was {former}]",
		.meaning =
			"A reset arrived for which this host has no socket. Nobody answers a reset, so it "
			"was dropped. Most often it is the peer's second reset: several segments of ours "
			"were on the way when it gave up, and each drew one. Otherwise it is backscatter: "
			"somebody sends SYNs with this host's address.",
		.sees = "Nothing: no socket is involved.",
		.advice =
			"Nothing, unless they come in numbers from hosts with which this one has no "
			"business: then its address is used by somebody else, as a forged source or by a "
			"duplicate on the network (`arping -D`).",
	},
	/* Before the next one: where the kernel gives no reason for a drop, a minisock refuses more than checks do. */
	{
		.slug = "reset-in-time-wait",
		.kind = KIND_RST_IGNORED,
		.title = "reset in TIME_WAIT ignored",
		.needs = FACT(MINISOCK) | FACT(RST) | FACT(KEPT) | FACT(IS_TIME_WAIT),
		.owner = OWNER_IS_CONN,
		.why =
			"reset in TIME_WAIT ignored[, {seq_offset}][ ({segment})]",
		.meaning =
			"Both sides had closed, this side held the address pair in TIME_WAIT, and "
			"a reset arrived for it. It changed nothing: either net.ipv4.tcp_rfc1337 "
			"is set, which protects TIME_WAIT from every reset, or the sequence "
			"number was not exactly the one due, which protects it always. TIME_WAIT "
			"ends in its own time, at most 60 s after the last segment.",
		.sees =
			"Nothing: the socket was closed, and both ends had their end-of-file.",
		.advice =
			"Nothing. If clients cannot reconnect from the same port while TIME_WAIT "
			"lasts, and net.ipv4.tcp_rfc1337 is 1, that is its price; "
			"net.ipv4.tcp_timestamps=1 at both ends lets a new SYN take over at once.",
	},
	{
		.slug = "reset-failed-check",
		.kind = KIND_RST_IGNORED,
		.title = "reset that failed a check of TCP",
		.needs = FACT(RST) | FACT(FAILED_CHECK),
		.forbids = FACT(OUTGOING),
		.owner = OWNER_IS_CONN,
		.why = "reset refused before it reached the connection[: {drop}]",
		.meaning =
			"A reset came for a socket of this host and failed a check before its sequence "
			"number was even looked at: the TCP checksum (TCP_CSUM), a TCP-MD5 or TCP-AO "
			"signature (TCP_MD5..., TCP_AO...), the least TTL that the socket accepts "
			"(TCP_MINTTL, IP_MINTTL), an IPsec policy (XFRM_POLICY) or a socket filter "
			"(SOCKET_FILTER). With signatures this is as it should be: a peer that has "
			"restarted does not know the key's connection any more, and its plain resets must "
			"not count.",
		.sees =
			"Nothing. The connection stays until a timeout, although the peer may be gone.",
		.advice =
			"TCP_CSUM: look at offloading on both hosts and at devices that rewrite segments. "
			"Signatures: both ends need the same keys; a BGP session to a router that has "
			"restarted hangs until its hold timer, so keep that short or use BFD. TCP_MINTTL "
			"and XFRM_POLICY: the reset did not come from where the peer is, which is what the "
			"setting is for.",
	},
	{
		.slug = "reset-filtered",
		.kind = KIND_RST_IGNORED,
		.title = "reset filtered before TCP saw it",
		.needs = FACT(DROPPED) | FACT(RST) | FACT(FILTERED),
		.forbids = FACT(OUTGOING) | FACT(FAILED_CHECK),
		.owner = OWNER_IS_CONN,
		.why = "reset dropped on its way in[ by {dropper}][ ({drop})]",
		.meaning =
			"A reset arrived at this host, and netfilter, XDP, a traffic-control program, the "
			"reverse-path filter or a full queue dropped it before TCP saw it. The peer has "
			"ended the connection, and this side does not learn it: a half-open connection. "
			"The usual rule behind it drops packets that conntrack calls INVALID.",
		.sees =
			"Nothing. The application goes on waiting, or writes until its retransmissions "
			"time out (15 minutes by default); connect() to a closed port times out instead of "
			"failing with ECONNREFUSED.",
		.advice =
			"Find the rule: `nft list ruleset`, `nft monitor trace` with `meta nftrace set 1`, "
			"`iptables-save -c` (counters), `bpftool net`. If the rule drops INVALID, set "
			"net.netfilter.nf_conntrack_tcp_be_liberal=1 or accept resets before it. "
			"IP_RPFILTER: the answer's route does not lead out where the packet came in, see "
			"net.ipv4.conf.*.rp_filter. Until then SO_KEEPALIVE or TCP_USER_TIMEOUT finds dead "
			"peers.",
	},
	{
		.slug = "inexact-reset-in-handshake",
		.kind = KIND_RST_IGNORED,
		.title = "reset in a handshake not believed",
		.needs = FACT(REQUEST) | FACT(CHALLENGED) | FACT(RST),
		.owner = OWNER_IS_CONN,
		.why =
			"{segment} in a handshake with port {local_port} was not exactly in "
			"sequence, and was challenged",
		.meaning =
			"A reset for a half-open connection lay in the window but had not exactly "
			"the sequence number expected. It may be forged, so the kernel answered "
			"with a challenge ACK (RFC 9293, section 3.10.7.4) and keeps the "
			"handshake: a client that means it answers that with an exact reset. "
			"Kernels without this rule end the handshake at once, which is told as "
			"reset-in-handshake.",
		.sees =
			"Nothing.",
		.advice =
			"A single one, followed by reset-in-handshake, is a client that gave up "
			"after it had sent data. Many for connections that then come about are "
			"forged: look at the TTL of the segments (-v) against that of the "
			"client's others.",
	},
};

const struct cause_table causes_ignored = { rows, sizeof(rows) / sizeof(rows[0]) };
