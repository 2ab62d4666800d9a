/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hooks on functions, in both forms: a trampoline (fentry, fexit) where the kernel has them, else a kernel probe.
 *
 * FUNCTION_ENTER(function, handler, arguments) and FUNCTION_EXIT(function, handler) define the programs
 * rst_{fentry,kprobe}_FUNCTION and rst_{fexit,kretprobe}_FUNCTION; user/attach/programs.c has a row for each. Handlers
 * take __u64, since the two forms give no types. Nobody hands a kretprobe the arguments: what the exit needs, the
 * entry keeps, by CPU for what runs in softirq alone, by thread for system calls.
 */
#ifndef RSTTRACE_FUNCTION_BPF_H
#define RSTTRACE_FUNCTION_BPF_H

#include "maps.bpf.h"

#include <bpf/bpf_tracing.h>

#define FENTRY_1(handler) handler(ctx[0])
#define FENTRY_2(handler) handler(ctx[0], ctx[1])
#define FENTRY_3(handler) handler(ctx[0], ctx[1], ctx[2])
#define FENTRY_4(handler) handler(ctx[0], ctx[1], ctx[2], ctx[3])
#define FENTRY_5(handler) handler(ctx[0], ctx[1], ctx[2], ctx[3], ctx[4])
#define KPROBE_1(handler) handler(PT_REGS_PARM1(ctx))
#define KPROBE_2(handler) handler(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx))
#define KPROBE_3(handler) handler(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx))
#define KPROBE_4(handler) handler(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx))
#define KPROBE_5(handler)                                                                                        \
	handler(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx), PT_REGS_PARM4(ctx), PT_REGS_PARM5(ctx))

#define FUNCTION_ENTER(function, handler, arguments)                                                             \
	SEC("fentry/" #function)                                                                                 \
	int rst_fentry_##function(__u64 *ctx)                                                                    \
	{                                                                                                        \
		FENTRY_##arguments(handler);                                                                     \
		return 0;                                                                                        \
	}                                                                                                        \
	SEC("kprobe/" #function)                                                                                 \
	int rst_kprobe_##function(struct pt_regs *ctx)                                                           \
	{                                                                                                        \
		KPROBE_##arguments(handler);                                                                     \
		return 0;                                                                                        \
	}

/* A function's result follows its arguments, whose number changes with the kernel: user space counts them in BTF and
 * sets knob_arguments_FUNCTION; the verifier prunes the rest. */
/* The barriers keep the loads apart: made one, of a computed address, they are refused before v6.5 ("dereference of
 * modified ctx ptr"). */
#define FEXIT_RESULT_AT(n)              \
	if (arguments == (n)) {         \
		result = ctx[n];        \
		barrier_var(result);    \
	}

static __always_inline __u64 fexit_result(__u64 *ctx, __u8 arguments)
{
	__u64 result = 0;

	FEXIT_RESULT_AT(1)
	FEXIT_RESULT_AT(2)
	FEXIT_RESULT_AT(3)
	FEXIT_RESULT_AT(4)
	FEXIT_RESULT_AT(5)
	FEXIT_RESULT_AT(6)
	FEXIT_RESULT_AT(7)
	return result;
}

#define FUNCTION_EXIT(function, handler)                                                                         \
	const volatile __u8 knob_arguments_##function = 0;                                                       \
	SEC("fexit/" #function)                                                                                  \
	int rst_fexit_##function(__u64 *ctx)                                                                     \
	{                                                                                                        \
		handler(fexit_result(ctx, knob_arguments_##function));                                               \
		return 0;                                                                                        \
	}                                                                                                        \
	SEC("kretprobe/" #function)                                                                              \
	int rst_kretprobe_##function(struct pt_regs *ctx)                                                        \
	{                                                                                                        \
		handler(PT_REGS_RC(ctx));                                                                        \
		return 0;                                                                                        \
	}

/* Of a function that returns nothing: the verifier lets nobody ask for it. */
#define FUNCTION_EXIT_VOID(function, handler)              \
	SEC("fexit/" #function)                            \
	int rst_fexit_##function(__u64 *ctx)               \
	{                                                  \
		handler();                                 \
		return 0;                                  \
	}                                                  \
	SEC("kretprobe/" #function)                        \
	int rst_kretprobe_##function(struct pt_regs *ctx)  \
	{                                                  \
		handler();                                 \
		return 0;                                  \
	}

#endif
