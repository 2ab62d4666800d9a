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

/* A memory without anything in it. Not on the stack: of that, a program and what it calls have 512 bytes in all. */
const volatile struct ev_conn conn_blank;

static __always_inline struct ev_conn *conn_make(struct sock *sk)
{
	conn_store(sk, (const struct ev_conn *)&conn_blank);
	return conn_find(sk);
}

/* Of a socket that was open before we watched: nothing is known of it but what follows. */
static __always_inline struct ev_conn *conn_find_or_make(struct sock *sk)
{
	struct ev_conn *conn = conn_find(sk);

	return conn ? conn : conn_make(sk);
}

static __always_inline struct percpu_note *note_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&notes, &zero);
}

static __always_inline struct evidence *scratch_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
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

static __always_inline void listener_key(struct listener_key *key, const struct ev_tuple *tuple)
{
	__builtin_memcpy(key->address, tuple->local, sizeof(key->address));
	key->netns = tuple->netns;
	key->port = tuple->local_port;
}

static __always_inline void listener_remember(struct sock *sk, const struct ev_tuple *tuple,
					      const struct ev_conn *conn)
{
	struct listener listener = { .owner = conn->owner, .sk = (__u64)sk };
	struct listener_key key = {};

	listener_key(&key, tuple);
	bpf_map_update_elem(&listeners, &key, &listener, BPF_ANY);
}

/* A listener that was there before us. */
static __always_inline void listener_scanned(struct sock *sk, const struct ev_conn *conn)
{
	struct ev_tuple tuple = {};

	snapshot_tuple(&tuple, sk, TCP_LISTEN);
	listener_remember(sk, &tuple, conn);
}

/* Set once: user space then attaches what tells who it is that has a connection. */
__u8 has_shared_listeners = 0;

/* The listener that a connection came in by: on its address, on any IPv4 address, on any address. */
static __always_inline void listener_inherit(const struct ev_tuple *tuple, struct ev_conn *conn)
{
	struct listener_key key = {};
	struct listener *listener;

	listener_key(&key, tuple);
	listener = bpf_map_lookup_elem(&listeners, &key);
	if (!listener) {
		__builtin_memset(key.address + 12, 0, 4);
		listener = bpf_map_lookup_elem(&listeners, &key);
	}
	if (!listener) {
		__builtin_memset(key.address, 0, sizeof(key.address));
		listener = bpf_map_lookup_elem(&listeners, &key);
	}
	if (!listener)
		return;
	conn->owner = listener->owner;
	conn->owner.source = OWNER_LISTENER;
	if (!knob_sees_accept && compat_is_shared((struct sock *)listener->sk)) {
		conn->owner.source = OWNER_SHARED;
		if (!has_shared_listeners)
			has_shared_listeners = 1;
	}
}

/* Puts the memory of sk into the record: the living one, or the one that tcp_destroy_sock left on this CPU. */
static __always_inline void conn_attach_memory(struct evidence *ev, struct sock *sk)
{
	struct ev_conn *conn = conn_find(sk);
	struct percpu_note *note;

	if (!conn) {
		note = note_here();
		/* In SYN_RECV it is of another socket that had the address before. */
		if (!note || note->destroyed_sk != (__u64)sk || ev->sock.state == TCP_SYN_RECV)
			return;
		conn = &note->destroyed;
	}
	ev->conn = *conn;
	ev->flags |= EV_CONN;
}

/* Puts into the record who had the full socket that this minisock was: sockets are remembered by their own family,
 * while `tuple` has that of the wire. */
static __always_inline void former_attach(struct evidence *ev, struct sock *sk, const struct ev_tuple *tuple)
{
	struct ev_tuple key = *tuple;
	struct ev_conn *former;

	key.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	former = bpf_map_lookup_elem(&formers, &key);
	if (!former)
		return;
	ev->conn = *former;
	ev->flags |= EV_CONN | EV_FORMER;
}

static __always_inline void conn_attach(struct evidence *ev, struct sock *sk)
{
	conn_attach_memory(ev, sk);
	/* A Fast Open child is handed to accept() in this state, before the change from which on we remember. */
	if (ev->flags & EV_SOCKET && ev->sock.state == TCP_SYN_RECV && !ev->conn.owner.pid) {
		ev->conn.is_passive = true;
		listener_inherit(&ev->tuple, &ev->conn);
		ev->flags |= EV_CONN;
	}
}

/*
 * Ends without error or reset that the kernel's counters hold all the same: user space weighs those against what was
 * told. tcp_disconnect() sends none for a socket in repair, nor in CLOSING and LAST_ACK when everything was sent. And a
 * child that has no struct socket yet in SYN_RECV is disposed of where it was made: another hook tells why.
 */
static __always_inline bool conn_is_quiet_end(struct sock *sk, int old_state)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	if (old_state == TCP_ESTABLISHED || old_state == TCP_CLOSE_WAIT)
		return READ_NUMBER(tp, repair);
	if (old_state == TCP_SYN_RECV)
		return !BPF_CORE_READ(sk, sk_socket);
	return (old_state == TCP_CLOSING || old_state == TCP_LAST_ACK) && snapshot_is_linger_zero(sk) &&
	       BPF_CORE_READ(tp, snd_nxt) == BPF_CORE_READ(tp, write_seq);
}

#endif
