/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many arguments this kernel's functions take: the result follows them (bpf/function.bpf.h). */
#ifndef RSTTRACE_ARGUMENTS_H
#define RSTTRACE_ARGUMENTS_H

#include "caps.h"

#include <stdint.h>

#define ARGUMENTS_MAX 16

struct rsttrace_bpf__rodata;

struct arguments {
	uint8_t counts[ARGUMENTS_MAX]; /* 0 = there is no such function */
};

/* Asks the kernel's types, before they are forgotten. */
void arguments_count(const struct caps *caps, struct arguments *ret_arguments);
/* Sets the knobs of the BPF object. */
void arguments_set(const struct arguments *arguments, struct rsttrace_bpf__rodata *rodata);

#endif
