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
};

const struct cause_table causes_ignored = { rows, sizeof(rows) / sizeof(rows[0]) };
