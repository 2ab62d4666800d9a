/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Attempts to connect that failed on this host, before anything was sent: tcp_v4_connect() and tcp_v6_connect().
 *
 * conn.bpf.c leaves to these the attempts that went as far as SYN_SENT: only the result says why they failed. Every
 * connect() comes this way: nothing is done for those that succeed.
 */
#include "conn.bpf.h"
#include "filter.bpf.h"
#include "function.bpf.h"

#define EAFNOSUPPORT 97

struct connect_arguments {
	__u64 sk;
	__u64 address;
};

/* A kernel probe's exit has no arguments: by thread. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct connect_arguments);
} connects SEC(".maps");

static __always_inline bool connect_target(struct ev_tuple *tuple, const void *address)
{
	struct rst_sockaddr target = {};

	bpf_probe_read_kernel(&target, sizeof(target), address);
	tuple->family = target.family;
	tuple->peer_port = bpf_ntohs(target.port);
	if (target.family == AF_INET) {
		mapped_address(tuple->peer, target.in);
		return true;
	}
	__builtin_memcpy(tuple->peer, target.in6, sizeof(tuple->peer));
	return target.family == AF_INET6;
}

static __always_inline void connect_failed(struct sock *sk, const void *address, __s32 result, bool is_ipv6)
{
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
	struct ev_tuple tuple = {};
	struct evidence *ev;

	/* An address of another family is the caller's mistake, and no connection. */
	if (result >= 0 || result == -EAFNOSUPPORT || !snapshot_is_tcp(sk))
		return;
	snapshot_tuple(&tuple, sk, state);
	if (!connect_target(&tuple, address))
		return;
	/* An IPv4 address in an IPv6 socket: tcp_v6_connect() calls tcp_v4_connect(), which has told it. */
	if (is_ipv6 && tuple.family == AF_INET6 && is_mapped(tuple.peer))
		return;
	if (!filter_wants(&tuple))
		return;
	ev = emit_reserve(sizeof(struct evidence), HOOK_CONNECT);
	if (!ev)
		return;
	ev->sk = (__u64)sk;
	ev->tuple = tuple;
	ev->flags = EV_DETAIL;
	ev->detail.result = result;
	snapshot_task(&ev->task);
	snapshot_sock(ev, sk, state);
	conn_attach(ev, sk);
	emit_submit(ev, HOOK_CONNECT);
}

static __always_inline void connect_enter(__u64 sk, __u64 address)
{
	struct connect_arguments arguments = { sk, address };
	__u64 thread = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&connects, &thread, &arguments, BPF_ANY);
}

static __always_inline void connect_exit(__s32 result, bool is_ipv6)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct connect_arguments *arguments;

	if (result >= 0)
		return;
	arguments = bpf_map_lookup_elem(&connects, &thread);
	if (arguments)
		connect_failed((struct sock *)arguments->sk, (const void *)arguments->address, result, is_ipv6);
}

SEC("fexit/tcp_v4_connect")
int rst_fexit_tcp_v4_connect(__u64 *ctx)
{
	connect_failed((struct sock *)ctx[0], (const void *)ctx[1], ctx[3], false);
	return 0;
}

SEC("fexit/tcp_v6_connect")
int rst_fexit_tcp_v6_connect(__u64 *ctx)
{
	connect_failed((struct sock *)ctx[0], (const void *)ctx[1], ctx[3], true);
	return 0;
}

SEC("kprobe/tcp_v4_connect")
int rst_kprobe_tcp_v4_connect(struct pt_regs *ctx)
{
	connect_enter(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx));
	return 0;
}

SEC("kprobe/tcp_v6_connect")
int rst_kprobe_tcp_v6_connect(struct pt_regs *ctx)
{
	connect_enter(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx));
	return 0;
}

SEC("kretprobe/tcp_v4_connect")
int rst_kretprobe_tcp_v4_connect(struct pt_regs *ctx)
{
	connect_exit(PT_REGS_RC(ctx), false);
	return 0;
}

SEC("kretprobe/tcp_v6_connect")
int rst_kretprobe_tcp_v6_connect(struct pt_regs *ctx)
{
	connect_exit(PT_REGS_RC(ctx), true);
	return 0;
}
