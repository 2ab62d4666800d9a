/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Resets that arrive and change nothing. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
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
	{
		.slug = "challenge-ack",
		.kind = KIND_RST_IGNORED,
		.title = "inexact reset answered with a challenge ACK",
		.needs = FACT(RST) | FACT(CHALLENGED),
		.forbids = FACT(REQUEST),
		.owner = OWNER_IS_CONN,
		.why =
			"inexact reset, {seq_offset}: not accepted, a challenge ACK is to settle "
			"it[ ({segment})]",
		.meaning =
			"A reset arrived whose sequence number is inside the receive window but "
			"is not exactly the one that is due. A forger who guesses would send such "
			"resets, so the kernel keeps the connection and answers with a challenge "
			"ACK (RFC 5961): if the peer is really gone, it answers that with a reset "
			"that fits, and only then the connection ends. Honest reasons: the peer "
			"reset the connection while data from it was still on the way, or a "
			"middlebox that makes resets uses a number of a few segments ago. The "
			"number of challenge ACKs is limited (net.ipv4.tcp_challenge_ack_limit), "
			"so some go unanswered.",
		.sees =
			"Nothing: the connection goes on. If the peer is really gone, a reset "
			"that fits follows and ends it.",
		.advice =
			"A single one followed by a reset needs nothing. Where a connection then "
			"hangs, the answer to the challenge ACK is lost: a firewall that tracks "
			"connections has dropped its state after the first reset, and drops what "
			"comes after. Many on different connections, or from a TTL unlike that of "
			"the peer's data, are an attempt to break connections: `nstat -az "
			"TcpExtTCPChallengeACK` counts, `tcpdump -v 'tcp[tcpflags] & tcp-rst != "
			"0'` shows the TTL.",
	},
	{
		.slug = "reset-out-of-window",
		.kind = KIND_RST_IGNORED,
		.title = "reset outside the window ignored",
		.needs = FACT(RST) | FACT(KEPT),
		.forbids = FACT(REQUEST) | FACT(IS_TIME_WAIT) | FACT(IS_SYN_SENT) | FACT(IS_LISTEN),
		.owner = OWNER_IS_CONN,
		.why =
			"reset ignored[, {seq_offset}][ ({segment})]",
		.meaning =
			"A reset arrived for an open connection, but its sequence number is "
			"outside the receive window, so the kernel dropped it without a word and "
			"the connection goes on. It is a late duplicate from an earlier "
			"connection of the same addresses and ports, the work of a middlebox that "
			"rewrites or made up its sequence numbers, or a forger's guess. If the "
			"peer is in fact gone, this side does not know it yet: it will find out "
			"by retransmitting or by keepalive.",
		.sees =
			"Nothing: the connection goes on.",
		.advice =
			"If the connection dies of a timeout soon after, the peer had really "
			"reset it, and something on the path gave the reset a wrong sequence "
			"number: look for a firewall with sequence randomisation or a NAT that "
			"sees only one direction. If not, nothing is lost. Many, on many "
			"connections, are an attempt at blind resets: compare the TTL with that "
			"of the peer's data.",
	},
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
};

const struct cause_table causes_ignored = { rows, sizeof(rows) / sizeof(rows[0]) };
