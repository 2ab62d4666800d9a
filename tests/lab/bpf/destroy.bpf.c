/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An iterator that destroys every established TCP socket of the network namespace in which it is read. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct bpf_iter_meta;

/* As the kernel hands it to the program: read directly, so its layout is that of the running kernel. */
struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
} __attribute__((preserve_access_index));

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
