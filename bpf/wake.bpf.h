/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * User space drains the ring buffer on a timer while anything happens, and sleeps while nothing does: then the first
 * record wakes it.
 */
#ifndef RSTTRACE_WAKE_BPF_H
#define RSTTRACE_WAKE_BPF_H

#include "maps.bpf.h"

/* User space sets it, looks whether a record has come before that, and sleeps. */
__u8 reader_sleeps = 0;

/* After what the reader is to see, which is in the ring buffer or in a variable by now: had this been asked before, the
 * reader could have gone to sleep in between. A discarded record wakes as well as any. */
static __always_inline void wake_reader(void)
{
	__u64 *nothing;

	if (!reader_sleeps)
		return;
	nothing = bpf_ringbuf_reserve(&events, sizeof(*nothing), 0);
	if (!nothing)
		return;
	reader_sleeps = 0;
	bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

#endif
