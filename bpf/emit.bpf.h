/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only place that touches the ring buffer: reserve, stamp the header, submit. What the valve keeps is counted.
 *
 * Wake-ups are batched: a wake-up per record halves the traced workload (docs/performance.md). User space drains on
 * a timer, and is woken early only when the ring fills, or when it sleeps (wake.bpf.h).
 */
#ifndef RSTTRACE_EMIT_BPF_H
#define RSTTRACE_EMIT_BPF_H

#include "valve.bpf.h"
#include "wake.bpf.h"

/* A free slot, or NULL. Who finds one busy gives it back; interrupted then, both do. */
static __always_inline struct emit_slot *emit_claim(void)
{
	for (__u32 i = 0; i < EMIT_SLOTS; i++) {
		__u32 number = i;
		struct emit_slot *slot = bpf_map_lookup_elem(&emit_slots, &number);

		if (!slot)
			break;
		__sync_fetch_and_add(&slot->busy, 1);
		if (*(volatile __u64 *)&slot->busy == 1) {
			slot->number = i;
			return slot;
		}
		__sync_fetch_and_add(&slot->busy, -1);
	}
	count(COUNTER_LOST);
	return 0;
}

/* A zeroed record with its header, or NULL: it was counted as lost. It must be submitted. `size` must be a constant:
 * one of the sizes of evidence.h. */
static __always_inline struct evidence *emit_reserve(__u64 size, __u8 hook)
{
	struct emit_slot *slot = emit_claim();
	struct evidence *ev;

	if (!slot)
		return 0;
	ev = (struct evidence *)&slot->record;
	__builtin_memset(ev, 0, size < sizeof(*ev) ? size : sizeof(*ev));
	ev->version = EVIDENCE_VERSION;
	ev->hook = hook;
	ev->size = size;
	ev->time_ns = bpf_ktime_get_boot_ns();
	ev->reason = EVIDENCE_NO_REASON;
	return ev;
}

static __always_inline __u64 emit_waiting(void)
{
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
}

/* 0, or it found no room. */
static __always_inline long emit_output(struct evidence *ev, bool is_urgent)
{
	bool is_due = is_urgent || emit_waiting() >= RING_WAKE_BYTES;
	__u64 wake = is_due ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
	__u64 size = ev->size;
	long err;

	if (size > sizeof(struct evidence_user_sample))
		return -1;
	err = bpf_ringbuf_output(&events, ev, size, wake);
	wake_reader();
	return err;
}

/* Streamed, or counted where there are too many. `hook` and `is_bare` are constants: what does not concern the record
 * costs the verifier nothing. */
static __always_inline void emit_pass(struct evidence *ev, __u8 hook, bool is_bare)
{
	struct valve_tally *tally = 0;

	if (valve_counts(hook, ev) && !(valve_may_stream(ev, is_bare) && valve_lets_pass(emit_waiting())))
		tally = valve_tally_of(ev, hook, is_bare);
	if (tally && tally->exemplar_ns) {
		valve_measure(ev, is_bare);
		valve_count(tally, ev->time_ns);
	} else {
		if (tally)
			ev->flags |= EV_EXEMPLAR;
		if (!emit_output(ev, false)) {
			if (tally)
				tally->exemplar_ns = ev->time_ns;
			count(COUNTER_SENT);
		} else if (tally) {
			valve_measure(ev, is_bare);
			valve_count(tally, ev->time_ns);
		} else {
			count(COUNTER_LOST);
		}
	}
	__sync_fetch_and_add(&emit_slot_of(ev)->busy, -1);
}

/* `hook` is that of the record. */
static __always_inline void emit_submit(struct evidence *ev, __u8 hook)
{
	emit_pass(ev, hook, false);
}

/* For a record reserved with EVIDENCE_BARE_BYTES. */
static __always_inline void emit_submit_bare(struct evidence *ev, __u8 hook)
{
	emit_pass(ev, hook, true);
}

/* For what user space has to act on, not only to tell. */
static __always_inline void emit_urgent(struct evidence *ev)
{
	count(emit_output(ev, true) ? COUNTER_LOST : COUNTER_SENT);
	__sync_fetch_and_add(&emit_slot_of(ev)->busy, -1);
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
