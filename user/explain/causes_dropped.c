/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Handshakes and segments dropped before anyone saw them. causes.h says what a row holds. */
#include <errno.h>
#include <stddef.h>

#include "causes.h"

static const struct cause rows[] = {
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
};

const struct cause_table causes_dropped = { rows, sizeof(rows) / sizeof(rows[0]) };
