/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Knobs that come from the kernel's types and the command line: collected while the types are there, set before
 * load. They are constants to the verifier. */
#ifndef RSTTRACE_KNOBS_H
#define RSTTRACE_KNOBS_H

#include "../cli.h"
#include "caps.h"

#define KNOB_FUNCTIONS_MAX 32

struct rsttrace_bpf;

struct knobs {
	unsigned char arguments[KNOB_FUNCTIONS_MAX]; /* of each function whose exit is hooked */
	bool sees_requests; /* tcp_check_req() is hooked */
	bool sees_cookies; /* somebody asked for SYN cookies */
	bool sees_icmp, sees_neighbours, sees_accept, sees_connect;
	bool asks_icmp;
	bool tells_ordinary; /* quiet causes are asked for */
	bool measures; /* rsttrace hist: nothing is streamed but examples, and what is counted is measured */
	bool by_peer; /* ... and counted by the peer's address */
	bool functions_see_no_socket; /* the tracepoint tells no reset without a socket */
};

void knobs_collect(struct knobs *ret_knobs, const struct caps *caps, enum tier tier, const struct options *options);
void knobs_set(const struct knobs *knobs, struct rsttrace_bpf *skeleton);

#endif
