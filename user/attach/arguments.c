/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The functions whose result some program reads, as rows. */
#include "arguments.h"

#include <stddef.h>

#include <bpf/libbpf.h>

#include "../../bpf/control.h"
#include "rsttrace.skel.h"

static const struct argument_row {
	const char *function;
	size_t knob; /* offset in the constants of the BPF object */
} rows[] = {
	{ "tcp_timewait_state_process",
	  offsetof(struct rsttrace_bpf__rodata, knob_arguments_tcp_timewait_state_process) },
	{ "inet_twsk_alloc", offsetof(struct rsttrace_bpf__rodata, knob_arguments_inet_twsk_alloc) },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

_Static_assert(ROWS <= ARGUMENTS_MAX, "arguments.h keeps a count for each");

void arguments_count(const struct caps *caps, struct arguments *ret_arguments)
{
	for (unsigned int i = 0; i < ROWS; i++) {
		int count = caps_function_arguments(caps, rows[i].function);

		ret_arguments->counts[i] = count > 0 ? count : 0;
	}
}

void arguments_set(const struct arguments *arguments, struct rsttrace_bpf__rodata *rodata)
{
	for (unsigned int i = 0; i < ROWS; i++)
		*((uint8_t *)rodata + rows[i].knob) = arguments->counts[i];
}
