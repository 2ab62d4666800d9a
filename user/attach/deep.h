/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the programs of --deep must know before they are loaded: addresses of functions, and which drops matter. */
#ifndef RSTTRACE_DEEP_H
#define RSTTRACE_DEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/control.h"
#include "programs.h"

struct rsttrace_bpf;

struct deep {
	/* What has a hook of its own in this session: resets without a socket, REJECT, resets that a connection
	 * ignores, the ends of handshakes. */
	bool sees_no_socket, sees_rejects, sees_ignored, sees_handshakes;
	unsigned int drop_arguments;
	uint64_t request_timer, timewait_timer; /* reqsk_timer_handler(), tw_timer_handler(); 0 = not known */
	uint64_t function_start[DEEP_FUNCTIONS_MAX], function_end[DEEP_FUNCTIONS_MAX];
	uint8_t drops[DROP_REASONS_MAX]; /* enum deep_drop by drop reason */
};

/* Reads the kernel's symbols only when is_deep. */
void deep_prepare(struct deep *ret_deep, const struct caps *caps, enum tier tier, bool is_deep);
/* Why a program cannot do its work after all; NULL: it can. */
const char *deep_left_out(const struct deep *deep, const struct program_row *row);
void deep_set(const struct deep *deep, struct rsttrace_bpf *skeleton);

#endif
