/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only place that touches the ring buffer: reserve, stamp the header, submit; and the only loss counter.
 *
 * Wake-ups are batched: a wake-up per record halves the traced workload (docs/performance.md). User space drains on
 * a timer, so that a lone record is never late, and is woken early only when the ring fills.
 */
#ifndef RSTTRACE_EMIT_BPF_H
#define RSTTRACE_EMIT_BPF_H

#include "maps.bpf.h"

static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		(*value)++;
}

/* A zeroed record with its header, or NULL: it was counted as lost. `size` must be a constant: one of the three
 * sizes of evidence.h. */
static __always_inline struct evidence *emit_reserve(__u64 size, __u8 hook)
{
	struct evidence *ev = bpf_ringbuf_reserve(&events, size, 0);

	if (!ev) {
		count(COUNTER_LOST);
		return 0;
	}
	__builtin_memset(ev, 0, size < sizeof(*ev) ? size : sizeof(*ev));
	ev->version = EVIDENCE_VERSION;
	ev->hook = hook;
	ev->size = size;
	ev->time_ns = bpf_ktime_get_boot_ns();
	ev->reason = EVIDENCE_NO_REASON;
	return ev;
}

static __always_inline void emit_submit(struct evidence *ev)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	count(COUNTER_SENT);
	bpf_ringbuf_submit(ev, waiting >= RING_WAKE_BYTES ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

/* For what user space has to act on, not only to tell. */
static __always_inline void emit_urgent(struct evidence *ev)
{
	count(COUNTER_SENT);
	bpf_ringbuf_submit(ev, BPF_RB_FORCE_WAKEUP);
}

/* For a record reserved with sizeof(struct evidence_stacked). */
static __always_inline void emit_stack(void *ctx, struct evidence *ev)
{
	struct evidence_stacked *stacked = (struct evidence_stacked *)ev;
	long bytes;

	__builtin_memset(stacked->stack, 0, sizeof(stacked->stack));
	bytes = bpf_get_stack(ctx, stacked->stack, sizeof(stacked->stack), 0);
	if (bytes <= 0)
		return;
	ev->stack_depth = bytes / sizeof(__u64);
	ev->flags |= EV_STACK;
}

#endif
