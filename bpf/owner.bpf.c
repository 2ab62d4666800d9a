/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose socket it is, beyond connect() and listen(): who accepted it, who had it open before we came, and who closes
 * it after it died. The task on the CPU counts only inside a system call of its own on that socket.
 */
#include "conn.bpf.h"
#include "emit.bpf.h"
#include "function.bpf.h"

#define FILE_TYPE_MASK 0170000
#define FILE_IS_SOCKET 0140000

const volatile __u8 knob_arguments_inet_csk_accept = 0; /* four, and two since v6.10 */

/* The connection belongs to who accepted it, and not to who listened: prefork servers. */
SEC("fexit/inet_csk_accept")
int rst_fexit_inet_csk_accept(__u64 *ctx)
{
	struct sock *sk = (struct sock *)fexit_result(ctx, knob_arguments_inet_csk_accept);
	struct ev_conn *conn;

	if (!sk)
		return 0;
	conn = conn_find_or_make(sk);
	if (conn)
		conn_own(conn, OWNER_ACCEPT);
	return 0;
}

/* As inet_accept() gives the connection its struct socket: a kernel probe on the return of a call that blocks would run
 * out of places to keep it, and miss most. */
SEC("kprobe/security_sock_graft")
int rst_kprobe_security_sock_graft(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_PARM1(ctx);
	struct ev_conn *conn = snapshot_is_tcp(sk) ? conn_find_or_make(sk) : 0;

	if (conn)
		conn_own(conn, OWNER_ACCEPT);
	return 0;
}

/* Where accept() cannot be seen, who reads is who accepted, when it is not sure that the listener's owner did. */
SEC("raw_tp/tcp_rcv_space_adjust")
int rst_read(struct bpf_raw_tracepoint_args *ctx)
{
	struct ev_conn *conn = conn_find((struct sock *)ctx->args[0]);

	if (conn && conn->owner.source == OWNER_SHARED)
		conn_own(conn, OWNER_READ);
	return 0;
}

static __always_inline void scanned_task(struct ev_task *owner, struct task_struct *task)
{
	owner->pid = BPF_CORE_READ(task, tgid);
	owner->tid = BPF_CORE_READ(task, pid);
	owner->uid = BPF_CORE_READ(task, cred, uid.val);
	owner->cgroup_id = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	BPF_CORE_READ_STR_INTO(&owner->comm, task, comm);
	owner->source = OWNER_SCAN;
}

/* What a hook has seen is better, but who listens is not who accepted. */
static __always_inline bool is_worth_a_scan(const struct ev_task *owner, __u8 state)
{
	return !owner->pid || owner->source == OWNER_SCAN || owner->source == OWNER_SHARED ||
	       (owner->source == OWNER_LISTENER && state != TCP_LISTEN);
}

/* Made by vfork() or posix_spawn() and not yet what it will be: it has its parent's sockets by no wish of its own. */
static __always_inline bool is_about_to_exec(struct task_struct *task)
{
	return BPF_CORE_READ(task, vfork_done);
}

/* After the start, and when somebody asks: every socket that some task has open. Of several holders the youngest is
 * meant, a parent that forgot to close is not. */
SEC("iter/task_file")
int rst_scan_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct ev_conn *conn;
	struct sock *sk;
	__u16 family;
	__u8 state;

	if (!task || !file || (BPF_CORE_READ(file, f_inode, i_mode) & FILE_TYPE_MASK) != FILE_IS_SOCKET)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if ((family != AF_INET && family != AF_INET6) || !snapshot_is_tcp(sk))
		return 0;
	/* dead already, and still open: of interest only when its life was watched */
	conn = state == TCP_CLOSE ? conn_find(sk) : conn_find_or_make(sk);
	if (!conn || !is_worth_a_scan(&conn->owner, state) || is_about_to_exec(task))
		return 0;
	scanned_task(&conn->owner, task);
	if (state == TCP_LISTEN)
		listener_scanned(sk, conn);
	return 0;
}
