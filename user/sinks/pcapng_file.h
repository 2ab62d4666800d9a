/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Segments as a capture file: what evidence tells of one, and the pcapng blocks that Wireshark reads. The one that
 * triggered a verdict was observed; others are reconstructed, and say so in their comment.
 */
#ifndef RSTTRACE_PCAPNG_FILE_H
#define RSTTRACE_PCAPNG_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../explain/report.h"

/* What is known of an incident, as far as segments can be made of it. */
struct seen {
	int64_t time_ns;
	enum kind kind;
	const char *cause; /* slug */
	const char *certainty;
	const char *why;
	const char *process; /* "nginx[2211]", "" = not known */
	const char *state; /* of the socket, "" = there was none */
	uint8_t local[16], peer[16]; /* IPv4 as ::ffff:a.b.c.d */
	uint16_t local_port, peer_port;
	bool has_segment;
	bool is_outgoing; /* the segment leaves */
	struct ev_segment segment;
	bool has_numbers; /* the first three of these are known */
	uint32_t snd_nxt, snd_una, rcv_nxt;
	uint32_t unacked, mss, window; /* bytes; the window that this end offered */
};

/* Both: 0 or the negative errno of a write that failed. */
int pcapng_head(FILE *out);
int pcapng_seen(FILE *out, const struct seen *seen);

#endif
