/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An iterator that destroys every established TCP socket of the network namespace in which it is read. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

extern int bpf_sock_destroy(struct sock_common *sock) __ksym;

SEC("iter/tcp")
int lab_destroy(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;

	if (common && common->skc_state == TCP_ESTABLISHED)
		bpf_sock_destroy(common);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
