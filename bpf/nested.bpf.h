/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The deaths that happen inside a hook. Since 05b24ff9b2cf ("bpf: Prevent bpf program recursion for raw tracepoint
 * probes"), v6.2, a program that is interrupted by a softirq is skipped there: a timer that fires in the middle of
 * somebody's connect() would lose its timeout, silently. So each hook that tells deaths has a second program, which
 * comes right after the first and does its work when, and only when, the first is in the middle of another event on
 * this CPU. What is left are the few instructions around the mark; the kernel counts those misses, and so do we.
 */
#ifndef RSTTRACE_NESTED_BPF_H
#define RSTTRACE_NESTED_BPF_H

#include "emit.bpf.h"

enum nested_hook {
	NESTED_SET_STATE,
	NESTED_SEND_RESET,
	NESTED_RECEIVE_RESET,
	NESTED_MAX
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NESTED_MAX);
	__type(key, __u32);
	__type(value, __u64);
} nested SEC(".maps");

static __always_inline void nested_mark(__u32 hook, __u64 is_busy)
{
	volatile __u64 *busy = bpf_map_lookup_elem(&nested, &hook);

	if (busy)
		*busy = is_busy;
}

static __always_inline void nested_enter(__u32 hook)
{
	nested_mark(hook, 1);
}

static __always_inline void nested_leave(__u32 hook)
{
	nested_mark(hook, 0);
}

/* In the second program: whether the first was skipped for this event. Counts it. */
static __always_inline bool nested_is_skipped(__u32 hook)
{
	volatile __u64 *busy = bpf_map_lookup_elem(&nested, &hook);

	if (!busy || !*busy)
		return false;
	count(COUNTER_NESTED);
	return true;
}

#endif
