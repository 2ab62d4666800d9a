/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is remembered of a socket between hooks: look it up, make it, put it into a record. */
#ifndef RSTTRACE_CONN_BPF_H
#define RSTTRACE_CONN_BPF_H

#include "snapshot.bpf.h"

static __always_inline struct ev_conn *conn_find(struct sock *sk)
{
	__u64 key = (__u64)sk;

	return bpf_map_lookup_elem(&conns, &key);
}

/* Starts afresh: an address is used again for another connection. */
static __always_inline void conn_store(struct sock *sk, const struct ev_conn *conn)
{
	__u64 key = (__u64)sk;

	bpf_map_update_elem(&conns, &key, conn, BPF_ANY);
}

/* Of a socket that was open before we watched: nothing is known of it but what follows. */
static __always_inline struct ev_conn *conn_find_or_make(struct sock *sk)
{
	struct ev_conn fresh = {};
	struct ev_conn *conn = conn_find(sk);

	if (conn)
		return conn;
	conn_store(sk, &fresh);
	return conn_find(sk);
}

static __always_inline struct percpu_note *note_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&notes, &zero);
}

/* Remembers who it is that runs this hook, unless that is a kernel thread doing somebody's errand (delayed fput). */
static __always_inline void conn_own(struct ev_conn *conn, __u8 source)
{
	struct ev_task task = {};

	snapshot_task(&task);
	if (task.is_kthread)
		return;
	task.source = source;
	conn->owner = task;
}

/* Puts the memory of sk into the record: the living one, or the one that tcp_destroy_sock left on this CPU. */
static __always_inline void conn_attach(struct evidence *ev, struct sock *sk)
{
	struct ev_conn *conn = conn_find(sk);
	struct percpu_note *note;

	if (!conn) {
		note = note_here();
		if (!note || note->destroyed_sk != (__u64)sk)
			return;
		conn = &note->destroyed;
	}
	ev->conn = *conn;
	ev->flags |= EV_CONN;
}

/*
 * Ends without error or reset that the kernel's counters hold all the same: user space weighs those against what was
 * told. tcp_disconnect() sends none for a socket in repair, nor in CLOSING and LAST_ACK when everything was sent.
 */
static __always_inline bool conn_is_quiet_end(struct sock *sk, int old_state)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	if (old_state == TCP_ESTABLISHED || old_state == TCP_CLOSE_WAIT)
		return READ_NUMBER(tp, repair);
	return (old_state == TCP_CLOSING || old_state == TCP_LAST_ACK) && snapshot_is_linger_zero(sk) &&
	       BPF_CORE_READ(tp, snd_nxt) == BPF_CORE_READ(tp, write_seq);
}

#endif
