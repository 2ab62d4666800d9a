/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Constants of the BPF programs that depend on the kernel's functions and on what is asked for. */
#ifndef RSTTRACE_KNOBS_H
#define RSTTRACE_KNOBS_H

#include "../cli.h"
#include "caps.h"

struct rsttrace_bpf;

#define KNOB_FUNCTIONS_MAX 32

struct knobs {
	unsigned char arguments[KNOB_FUNCTIONS_MAX]; /* of the functions whose result is read */
	bool sees_icmp;
	bool sees_neighbours;
	bool sees_connect;
	bool asks_icmp;
};

/* While the kernel's types are there. */
void knobs_collect(struct knobs *ret_knobs, const struct caps *caps, enum tier tier, const struct options *options);
void knobs_set(const struct knobs *knobs, struct rsttrace_bpf *skeleton);

#endif
