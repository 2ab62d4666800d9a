/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The segments that mattered, rebuilt from evidence, as a capture for Wireshark: verdicts are comments. */
#include <errno.h>
#include <string.h>

#include "../explain/causes.h"
#include "../util/text.h"
#include "pcapng_file.h"
#include "sink.h"

static void take_socket(const struct ev_sock *sock, struct seen *seen)
{
	seen->has_numbers = sock->snd_nxt || sock->rcv_nxt;
	seen->snd_nxt = sock->snd_nxt;
	seen->snd_una = sock->snd_una;
	seen->rcv_nxt = sock->rcv_nxt;
	seen->unacked = sock->unacked;
	seen->mss = sock->mss;
	seen->window = sock->rcv_wnd;
}

static int pcapng_report(void *state, const struct report *report)
{
	const struct evidence *evidence = &report->incident->evidence;
	char process[128] = "", comm[4 * EVIDENCE_COMM_BYTES + 1];
	struct seen seen = {
		.time_ns = report->incident->time_wall_ns,
		.kind = report->kind,
		.certainty = certainty_name(report->certainty),
		.why = report->why,
		.process = process,
		.state = report->state,
		.local_port = evidence->tuple.local_port,
		.peer_port = evidence->tuple.peer_port,
		.has_segment = evidence->flags & EV_SEGMENT,
		.is_outgoing = evidence->flags & EV_OUTGOING,
		.segment = evidence->segment,
	};

	seen.cause = report->cause->slug;
	memcpy(seen.local, evidence->tuple.local, sizeof(seen.local));
	memcpy(seen.peer, evidence->tuple.peer, sizeof(seen.peer));
	if (evidence->flags & EV_SOCKET)
		take_socket(&evidence->sock, &seen);
	if (report->owner.source != OWNER_UNKNOWN) {
		text_printable(comm, sizeof(comm), report->owner.comm, sizeof(report->owner.comm));
		snprintf(process, sizeof(process), "%s[%u]", comm, report->owner.pid);
	}
	return pcapng_seen(state, &seen);
}

static void *pcapng_open(FILE *out, const struct sink_options *options)
{
	int err = pcapng_head(out);

	(void)options; /* a capture is the same for everybody */
	if (!err)
		return out;
	errno = -err;
	return NULL;
}

static void pcapng_close(void *state)
{
	(void)state; /* the caller's file */
}

const struct sink sink_pcapng = {
	.name = "pcapng",
	.help = "a capture for Wireshark, verdicts as comments",
	.open = pcapng_open,
	.report = pcapng_report,
	.close = pcapng_close,
};
