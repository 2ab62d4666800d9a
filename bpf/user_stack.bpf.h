/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who in the program closed the connection: its own stack, when that was asked for, and only where the task on the CPU
 * is inside its own system call on this very socket. The kernel finds files and offsets (build ids), by which a process
 * that has gone is still understood; it follows frame pointers, so registers and the top of the stack go along, for
 * user space to unwind code that has none.
 */
#ifndef RSTTRACE_USER_STACK_BPF_H
#define RSTTRACE_USER_STACK_BPF_H

#include "conn.bpf.h"
#include "emit.bpf.h"

#define WORDS_AT_A_TIME 64

/* The lock says that it is a system call on this socket. What waits in a listener's queue is ended by who closes the
 * listener, and never locked: that is the same task, on the same CPU. */
static __always_inline bool user_stack_is_due(struct sock *sk)
{
	struct task_struct *current;
	struct percpu_note *note;

	if (!knob_user_stack)
		return false;
	current = (struct task_struct *)bpf_get_current_task();
	if (BPF_CORE_READ(current, flags) & (PF_KTHREAD | PF_EXITING))
		return false;
	if (BPF_CORE_READ(sk, sk_lock.owned))
		return true;
	note = note_here();
	return note && note->stopping == bpf_get_current_pid_tgid() && !BPF_CORE_READ(sk, sk_socket);
}

/* A listener goes: what waits in its queue is ended next. */
static __always_inline void user_stack_stops(struct sock *sk)
{
	struct percpu_note *note;

	if (!knob_user_stack || !BPF_CORE_READ(sk, sk_lock.owned))
		return;
	note = note_here();
	if (note)
		note->stopping = bpf_get_current_pid_tgid();
}

/* A record of one size or the other: the verifier wants a constant for each. */
static __always_inline struct evidence *user_stack_reserve(bool is_due, __u8 hook,
							     struct evidence_user_sample **ret_user)
{
	if (!is_due)
		return emit_reserve(sizeof(struct evidence_stacked), hook);
	*ret_user = (struct evidence_user_sample *)emit_reserve(sizeof(struct evidence_user_sample), hook);
	return (struct evidence *)*ret_user;
}

/* As much as there is, in steps: the stack may end below a step's end. */
static __always_inline void user_stack_words(struct evidence_user_sample *sample)
{
	bool is_over = !sample->sp;

	for (__u32 i = 0; i < EVIDENCE_USER_WORDS; i += WORDS_AT_A_TIME) {
		void *from = (void *)(sample->sp + i * sizeof(__u64));

		if (is_over)
			__builtin_memset(sample->words + i, 0, WORDS_AT_A_TIME * sizeof(__u64));
		else if (bpf_probe_read_user(sample->words + i, WORDS_AT_A_TIME * sizeof(__u64), from))
			is_over = true; /* the helper has cleared it */
	}
}

static __always_inline void user_stack_fill(void *ctx, struct evidence_user_sample *sample)
{
	struct evidence *ev = &sample->user.stacked.evidence;
	struct user_registers registers = {};
	long bytes;

	bytes = bpf_get_stack(ctx, sample->user.frames, sizeof(sample->user.frames),
			      BPF_F_USER_STACK | BPF_F_USER_BUILD_ID);
	ev->detail.user_depth = bytes > 0 ? bytes / sizeof(struct ev_user_frame) : 0;
	bpf_get_stack(ctx, sample->addresses, sizeof(sample->addresses), BPF_F_USER_STACK);
	if (ev->detail.user_depth)
		compat_user_registers(&registers, sample->addresses[0]);
	if (registers.is_new) /* whoever called it is no more */
		ev->detail.user_depth = 0;
	sample->ip = registers.ip;
	sample->sp = registers.sp;
	sample->bp = registers.bp;
	user_stack_words(sample);
}

/* `user` is the record, or NULL where it has no room for this. Told early: the process may be gone soon, and with it
 * what addresses mean. */
static __always_inline void user_stack_submit(void *ctx, struct evidence *ev, __u8 hook,
					      struct evidence_user_sample *user)
{
	if (!user) {
		emit_submit(ev, hook);
		return;
	}
	user_stack_fill(ctx, user);
	emit_urgent(ev);
}

#endif
