/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The deaths that happen inside a hook. Since 05b24ff9b2cf ("bpf: Prevent bpf program recursion for raw tracepoint
 * probes"), v6.2, a program that is interrupted by a softirq is skipped there: a timer that fires in the middle of
 * somebody's connect() would lose its timeout, silently. So each hook that tells deaths has a second program, which
 * comes right after the first and does its work unless the first has left word on this CPU that it did. The word is
 * left last, and taken away when it is read: wherever the first is interrupted, what comes inside finds none.
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

/* Events that lie one in the other: of a process, and of the softirqs that interrupt it between the two programs. */
#define NESTED_WORDS 4

struct nested_words {
	__u64 next;
	__u64 words[NESTED_WORDS];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NESTED_MAX);
	__type(key, __u32);
	__type(value, struct nested_words);
} nested SEC(".maps");

/* In the first program, at its end. An event is known by what it is about: never 0. */
static __always_inline void nested_done(__u32 hook, __u64 event)
{
	struct nested_words *words = bpf_map_lookup_elem(&nested, &hook);

	if (words)
		words->words[words->next++ % NESTED_WORDS] = event;
}

/* In the second program: whether the first was skipped for this event. Counts it. */
static __always_inline bool nested_is_skipped(__u32 hook, __u64 event)
{
	struct nested_words *words = bpf_map_lookup_elem(&nested, &hook);

	if (!words)
		return false;
	for (int i = 0; i < NESTED_WORDS; i++) {
		if (words->words[i] != event)
			continue;
		words->words[i] = 0;
		return false;
	}
	count(COUNTER_NESTED);
	return true;
}

#endif
