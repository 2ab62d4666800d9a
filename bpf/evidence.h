/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The contract between the kernel side and everything after it: what one record of evidence holds.
 *
 * Both compilers read this file. A recording (`--raw`) is a file header followed by these records, so nothing here
 * is ever renumbered or moved: a field is appended and EVIDENCE_VERSION raised, or it stays.
 * Integers are in host byte order (ports and sequence numbers too); times are CLOCK_BOOTTIME nanoseconds.
 */
#ifndef RSTTRACE_EVIDENCE_H
#define RSTTRACE_EVIDENCE_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#define EVIDENCE_VERSION 4 /* 1 had no .detail, 2 no .icmp, 3 no .window */

/* Deep enough to pass the tracing frames (3), the longest way from a reset builder to the system call (12 on
 * 5.10 to 7.2) and the exit path below it. */
#define EVIDENCE_STACK_FRAMES 24
#define EVIDENCE_COMM_BYTES 16 /* TASK_COMM_LEN */
#define EVIDENCE_NO_REASON (-1) /* this kernel gives no reset reason here */

/* Which hook observed it. Numbers are for ever. */
enum evidence_hook {
	HOOK_NONE = 0,
	HOOK_TCP_SEND_RESET = 1, /* tracepoint tcp:tcp_send_reset */
	HOOK_TCP_RECEIVE_RESET = 2, /* tracepoint tcp:tcp_receive_reset */
	HOOK_INET_SOCK_SET_STATE = 3, /* tracepoint sock:inet_sock_set_state, on the way to CLOSE */
	HOOK_FN_SEND_RESET = 4, /* function tcp_v4_send_reset or tcp_v6_send_reset (before 6.10) */
	HOOK_FN_TCP_RESET = 5, /* function tcp_reset: the segment behind the next HOOK_TCP_RECEIVE_RESET */
	/* Functions, or a tracepoint that tells the same. */
	HOOK_NF_SEND_RESET = 6, /* nf_send_reset(), nf_send_reset6(): REJECT; .segment is the one rejected */
	HOOK_ICMP = 7, /* tcp_v4_err(), tcp_v6_err(): an ICMP error arrived; .conn.icmp_* say which */
	HOOK_CONNECT = 8, /* tcp_v4_connect(), tcp_v6_connect() failed; .detail.result is the errno */
	HOOK_CONN_REQUEST = 9, /* tcp_conn_request(): what became of a SYN */
	HOOK_SYN_RECV_SOCK = 10, /* tcp_v4_syn_recv_sock(), tcp_v6_...: the last ACK of a handshake made no socket */
	HOOK_CHECK_REQ = 11, /* tcp_check_req(): a segment for a handshake, and what became of that */
	HOOK_REQUEST_TIMER = 12, /* reqsk_timer_handler(): a handshake was given up */
	HOOK_REQUEST_DROP = 13, /* inet_csk_reqsk_queue_drop_and_put(): its listener is gone */
	HOOK_REQ_ERR = 14, /* tcp_req_err(): an ICMP error ended a handshake */
	HOOK_TIMEWAIT = 15, /* tcp_timewait_state_process(): a segment for a minisock, and what became of that */
	HOOK_TIMEWAIT_TIMER = 16, /* tw_timer_handler(): a minisock ended in its time */
	HOOK_TIMEWAIT_ALLOC = 17, /* inet_twsk_alloc(): there was none to be had */
	HOOK_CHALLENGE_ACK = 18, /* tcp_send_challenge_ack() */
	HOOK_VALIDATE_INCOMING = 19, /* tcp_validate_incoming(): a segment was refused */
	HOOK_HASH = 20, /* tracepoints tcp_hash_*, tcp_ao_*: a segment without the right signature */
	HOOK_ERROR_REPORT = 21, /* tracepoint inet_sk_error_report: an error that the connection survives */
	HOOK_CONG_STATE = 22, /* tracepoint tcp_cong_state_set: an outage is over */
	HOOK_MODULE = 23, /* tracepoint module_load: functions may have come that are waited for; no incident */
	/* Tracepoints of --deep, where they say more than one of the above. */
	HOOK_NET_DEV_QUEUE = 24, /* a reset leaves: .segment is that reset (EV_OUTGOING) */
	HOOK_KFREE_SKB = 25, /* a segment was dropped; .reason is enum skb_drop_reason, the stack begins where */
	HOOK_CONSUME_SKB = 26, /* a SYN was dropped in tcp_conn_request() */
	HOOK_TIMER_CANCEL = 27, /* the timer of a request or minisock (EV_REQUEST, EV_TIMEWAIT) was taken away */
	HOOK_TIMER_EXPIRE = 28, /* ... ended it */
	HOOK_OWNER = 29, /* tcp_destroy_sock in a close(): to whom .sk, which died before, belonged; no incident */
	HOOK_ITERATOR = 30, /* no event: how a socket stands just now */
	HOOK_MAX
};

enum evidence_flags {
	EV_SOCKET = 1 << 0, /* .sock is filled: a full socket */
	EV_SEGMENT = 1 << 1, /* .segment is filled: the segment that arrived and triggered this */
	EV_CONN = 1 << 2, /* .conn is filled: what was remembered of this socket */
	EV_STACK = 1 << 3, /* .stack follows */
	EV_TIMEWAIT = 1 << 4, /* the socket was a TIME_WAIT minisock: only addresses and state are its own */
	EV_REQUEST = 1 << 5, /* the socket was a request (NEW_SYN_RECV) */
	EV_FORMER = 1 << 6, /* .conn is the former full socket of this tuple (now a minisock) */
	EV_SEES_ICMP = 1 << 7, /* ICMP errors queued on sockets are observed on this kernel */
	EV_DETAIL = 1 << 8, /* .detail is filled */
	EV_ICMP = 1 << 9, /* .conn.icmp_* are filled, though perhaps nothing else of .conn is */
	EV_OUTGOING = 1 << 10, /* .segment leaves: its source is .tuple.local */
	EV_SEES_REQUESTS = 1 << 11, /* what becomes of handshakes is observed in this session */
	EV_EXEMPLAR = 1 << 15, /* others are counted that were the same, and not streamed: bpf/valve.h */
	EV_PENDING = 1 << 14, /* .pending is filled, not .detail */
	EV_WINDOW = 1 << 16, /* .window is filled */
	EV_FINGERPRINT = 1 << 13, /* .fingerprint is filled, not .detail */
	EV_SEES_OUTGOING = 1 << 12, /* what netfilter, qdiscs and routes do to outgoing segments is observed (--deep) */

	EV_SEES_NEIGHBOURS = 1 << 20, /* failures of ARP and neighbour discovery are observed */
	EV_NEIGHBOUR_FAILED = 1 << 21, /* ... and just now one failed: the peer's, or that of the gateway to it */
	/* --deep: which other hooks of this session tell the same. */
	EV_SEES_NO_SOCKET = 1 << 24, /* resets without a socket have a hook of their own */
	EV_SEES_REJECTS = 1 << 25, /* nf_send_reset() is watched */
	EV_FORWARDED = 1 << 26, /* .segment had come in by a device: it is not of this host */
	EV_RAW_SOCKET = 1 << 28, /* a program made .segment: it leaves by a raw or packet socket */
	EV_SEES_IGNORED = 1 << 29, /* tcp_validate_incoming() is watched */
	EV_NO_SEGMENT_SOCKET = 1 << 27, /* this kernel does not say which socket a dropped segment was for */
	EV_QUIET_END = 1 << 22, /* no death, but counted as one: TCP_REPAIR, or SO_LINGER 0 and nothing to reset */
};

/* How a process came to be known as the owner of a socket. */
enum owner_source {
	OWNER_UNKNOWN = 0,
	OWNER_SYSCALL = 1, /* the task itself closed, shut down or exited */
	OWNER_CONNECT = 2, /* it called connect() */
	OWNER_LISTENER = 3, /* it owns the listener that the connection came in by */
	OWNER_FORMER = 4, /* it used to own this port or connection */
	OWNER_ACCEPT = 5, /* it called accept() */
	OWNER_SCAN = 6, /* found with an open file of it when the tool started */
	OWNER_SHARED = 7, /* as OWNER_LISTENER, but others may have that listener too: to be found out, or unknown */
	OWNER_READ = 8, /* it reads from the socket */
	OWNER_MAX
};

struct ev_tuple {
	__u8 local[16]; /* IPv4 as ::ffff:a.b.c.d */
	__u8 peer[16];
	__u16 local_port;
	__u16 peer_port;
	__u16 family; /* AF_INET or AF_INET6 as the segment or socket has it */
	__u16 pad;
	__u32 netns; /* inode number of the network namespace, 0 = not known */
};

enum segment_flags {
	SEG_FIN = 1 << 0,
	SEG_SYN = 1 << 1,
	SEG_RST = 1 << 2,
	SEG_PSH = 1 << 3,
	SEG_ACK = 1 << 4,
};

enum conntrack_verdict {
	CONNTRACK_UNKNOWN = 0, /* not asked, or this kernel has none */
	CONNTRACK_OFF = 1, /* not at work in this namespace */
	CONNTRACK_INVALID = 2, /* at work, and the segment belongs to nothing that it knows */
	CONNTRACK_UNTRACKED = 3, /* a rule says notrack */
	CONNTRACK_NEW = 4,
	CONNTRACK_ESTABLISHED = 5,
	CONNTRACK_RELATED = 6,
	CONNTRACK_MAX
};

struct ev_segment {
	__u32 seq;
	__u32 ack;
	__u32 payload; /* bytes of data */
	__u16 window; /* unscaled */
	__u16 ip_id; /* 0 for IPv6 */
	__u8 flags; /* enum segment_flags */
	__u8 ttl; /* or hop limit */
	__u8 conntrack; /* enum conntrack_verdict: what the connection tracking of this host made of it */
	__u8 pad;
};

struct ev_task {
	__u64 cgroup_id;
	__u32 pid; /* thread group id: what ps shows */
	__u32 tid;
	__u32 uid;
	__s32 exit_code; /* of an exiting task: wait(2) status word */
	__u8 is_exiting; /* PF_EXITING */
	__u8 is_kthread; /* PF_KTHREAD */
	__u8 source; /* enum owner_source */
	__u8 is_oom; /* killed for lack of memory */
	__u8 pad[4];
	char comm[EVIDENCE_COMM_BYTES];
};

/* Whether the death of a socket is in the ring buffer already. */
enum doom {
	DOOMED_NOT = 0,
	DOOMED_BY_EVENT = 1, /* a segment or a timer ended it: the application closes it later */
	DOOMED_BY_ITSELF = 2, /* it sent a reset and gave up */
};

/* What a hook saw happen, where the hook alone does not say it. Numbers are for ever. */
enum evidence_event {
	EVENT_NONE = 0,
	EVENT_GONE = 1, /* the request or minisock is no more */
	EVENT_KEPT = 2, /* it stays; the segment changed nothing */
	EVENT_CHALLENGED = 3, /* it stays; the segment was answered by a challenge ACK */
	EVENT_NO_CHILD = 4, /* the handshake is complete, but no socket could be made of it */
	EVENT_MISMATCH = 5, /* the segment is not what the handshake waits for, and goes on to the listener */
	EVENT_SYN_DROPPED = 6,
	EVENT_COOKIE_SENT = 7, /* a SYN was answered, and nothing kept of it */
	EVENT_COOKIE_REFUSED = 8, /* an ACK carried no valid SYN cookie */
	EVENT_RECYCLED = 9, /* a new connection takes the minisock's place */
	EVENT_MAX
};

/* What is remembered of a socket between hooks, keyed by its address. */
struct ev_conn {
	struct ev_task owner;
	__u64 opened_ns; /* first state change seen: connect, listen, accept */
	__u64 state_ns; /* last state change */
	__u64 closed_ns; /* the application closed or shut down its sending side, 0 = it did not */
	__u64 first_retransmit_ns; /* of the present run of retransmits without progress */
	__u64 last_retransmit_ns;
	__u64 icmp_ns; /* last ICMP error queued for this socket */
	__u64 reset_ns; /* last passive reset sent, or reset received */
	__u32 retransmits; /* in the connection's life, as far as it was watched */
	union {
		__u32 synack_retransmits; /* of a listener: for all its requests */
		__u32 retransmit_runs; /* of a connection: runs of retransmits without progress; since version 4 */
	};
	__s32 icmp_errno;
	__u32 retransmit_una; /* snd_una of the present run of retransmits */
	__u8 icmp_origin; /* SO_EE_ORIGIN_* */
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 old_state; /* of the last state change */
	__u8 new_state;
	__u8 reset_state; /* state in which tcp_receive_reset fired, 0 = never */
	__u8 is_passive; /* came in by a listener */
	__u8 is_doomed; /* enum doom */
};

/* Which of the segments in flight the peer still takes, where that was looked at. Numbers are for ever. */
enum passing_segments {
	PASSING_UNKNOWN = 0,
	PASSING_NONE = 1, /* or full-sized ones too */
	PASSING_SMALL = 2, /* the oldest is full-sized and lost, the last is smaller and was acknowledged (SACK) */
};

/* Limits that were in force, as this namespace and socket had them; 0 where the kernel has no such setting. */
struct ev_limits {
	__u32 user_timeout_ms; /* TCP_USER_TIMEOUT, 0 = unset */
	__u32 fin_timeout_s;
	__u32 keepalive_time_s; /* effective: socket option, else sysctl */
	__u32 keepalive_interval_s;
	__u8 keepalive_probes; /* effective */
	__u8 retries2; /* sysctl net.ipv4.tcp_retries2 */
	__u8 syn_retries; /* effective: TCP_SYNCNT, else sysctl */
	__u8 syn_linear_timeouts; /* sysctl net.ipv4.tcp_syn_linear_timeouts */
	__u8 orphan_retries; /* sysctl net.ipv4.tcp_orphan_retries; 0 means 8 */
	__u8 is_syncnt; /* syn_retries came from TCP_SYNCNT */
	__u8 is_keepalive_option; /* bit 0 time, 1 interval, 2 probes: came from socket options */
	__u8 pad;
};

struct ev_sock {
	__u64 bytes_received;
	__u64 bytes_acked;
	__u32 unread; /* rcv_nxt - copied_seq: bytes in the receive queue (a FIN counts 1) */
	__u32 unsent; /* write_seq - snd_nxt */
	__u32 unacked; /* snd_nxt - snd_una */
	__u32 rcv_nxt;
	__u32 snd_una;
	__u32 snd_nxt;
	__u32 snd_wnd; /* peer's window, bytes */
	__u32 rcv_wnd;
	__u32 mss;
	__u32 packets_out;
	__u32 total_retrans;
	__u32 srtt_us;
	__u32 min_rtt_us; /* ~0 = never measured */
	__u32 rto_ms;
	__u32 ack_backlog; /* listener: connections waiting for accept() */
	__u32 max_ack_backlog;
	__u32 last_sent_ms; /* since the last data went out; ~0 = never */
	__u32 last_received_ms; /* since the last data came in */
	__u32 last_ack_ms; /* since the last ACK came in */
	__u32 retransmit_elapsed_ms; /* since the oldest unacknowledged segment was sent; 0 = none was retransmitted */
	__u32 probe_elapsed_ms; /* since the first unanswered window probe; 0 = none */
	__s32 err;
	__s32 err_soft;
	__s32 linger2;
	__u8 state; /* TCP_* as the hook sees it */
	__u8 old_state; /* HOOK_INET_SOCK_SET_STATE: the state it leaves */
	__u8 shutdown; /* bit 0 receive, bit 1 send */
	__u8 is_dead; /* SOCK_DEAD: the application has closed it (an orphan) */
	__u8 is_linger; /* SO_LINGER set */
	__u8 is_linger_zero; /* with l_linger 0 */
	__u8 has_socket; /* sk_socket: a file descriptor may still own it */
	__u8 has_file; /* ... and it has a file: not a kernel-owned socket */
	__u8 retransmits; /* icsk_retransmits: unanswered so far */
	__u8 probes; /* icsk_probes_out */
	__u8 backoff;
	__u8 is_mptcp;
	__u8 is_keepalive; /* SO_KEEPALIVE */
	__u8 is_owned; /* locked by a process */
	__u8 passing; /* enum passing_segments */
	__u8 mptcp_reset; /* the subflow's reset reason (RFC 8684 section 3.6) plus 1; 0 = none */
	struct ev_limits limits;
};

/* What only some hooks see: what happened, and the queues of a listener. Appended in version 2. */
struct ev_detail {
	__u32 queue_length; /* handshakes that this listener has under way */
	__u32 max_syn_backlog; /* sysctl net.ipv4.tcp_max_syn_backlog */
	__u32 drops; /* segments that the listener dropped since it listens */
	__s32 result; /* what the function returned, where that is an errno */
	__u8 event; /* enum evidence_event */
	__u8 timeouts; /* of a request: SYN-ACKs unanswered so far; HOOK_CONG_STATE: retransmits unanswered */
	__u8 max_timeouts; /* ... until it is given up; TCP_SYNCNT or sysctl net.ipv4.tcp_synack_retries */
	__u8 is_acked; /* of a request: the last ACK of the handshake has come */
	__u8 defer_accept; /* of a listener: TCP_DEFER_ACCEPT as a number of SYN-ACK timeouts, 0 = off */
	__u8 syncookies; /* sysctl net.ipv4.tcp_syncookies */
	__u8 netfilter_hook; /* HOOK_NF_SEND_RESET: NF_INET_* that rejected */
	__u8 user_depth; /* frames in struct ev_user */
};

/* What the segments looked like that came in on an established connection, the reset excepted (--fingerprint). In the
 * place of .detail, which such records have no use for. */
struct ev_fingerprint {
	__u64 last_ns; /* when the last one came */
	__u32 segments; /* how many */
	__u16 ip_id; /* of the last one */
	__u16 window; /* of the last one, unscaled */
	__u8 ttl_first;
	__u8 ttl_last;
	__u8 ttl_min;
	__u8 ttl_max;
	__u8 has_timestamps; /* they carry the timestamps option */
	__u8 reset_has_timestamps; /* the reset does */
	__u8 pad[2];
};

/* Which timers of a living socket run. In the place of .detail. */
struct ev_pending {
	__u32 write_ms; /* until the write timer fires, ~0 = it is not armed */
	__u32 keepalive_ms; /* until the keepalive timer fires, ~0 = it is not armed */
	__u32 rto_max_ms; /* no backoff goes beyond */
	union {
		__u32 queue_length; /* of a listener: handshakes under way */
		__u32 jiffies; /* of a connection: the kernel's clock, to whose ticks timers are rounded up */
	};
	__u8 write_event; /* icsk_pending: 1 retransmission, 3 window probe, 5 loss probe, 6 reordering */
	__u8 pad;
	union {
		__u16 young; /* of a listener: handshakes without an unanswered SYN-ACK yet; no more than fit */
		__u16 hz; /* of a connection: ticks of that clock a second, 0 = not known */
	};
	__u8 pad2[4]; /* .detail.user_depth has its place here */
};

/* Of the ICMP error that .conn.icmp_* tell of. Appended in version 3. */
struct ev_icmp {
	__u8 sender[16]; /* IPv4 as ::ffff:a.b.c.d; zeroes = not known */
	__u32 path_mtu; /* that of the connection after a packet was too big, 0 = not known */
	__u32 pad;
};

/* How long data has waited for room in the peer's window. Appended in version 4. */
struct ev_window {
	__u32 limited_ms; /* in the connection's life, the present wait included */
	__u32 waiting_ms; /* the present wait; ~0 = there is none */
};

struct evidence {
	__u8 version; /* EVIDENCE_VERSION */
	__u8 hook; /* enum evidence_hook */
	__u16 size; /* of this record, stack included */
	__u32 flags; /* enum evidence_flags */
	__u64 time_ns;
	__u64 sk; /* the socket's address: an identity, never shown */
	__s32 reason; /* enum sk_rst_reason of this kernel, EVIDENCE_NO_REASON */
	__u32 stack_depth; /* frames in .stack */
	struct ev_tuple tuple;
	struct ev_segment segment;
	struct ev_task task; /* on the CPU: the owner only where the cause says so */
	struct ev_sock sock;
	struct ev_conn conn;
	union {
		struct ev_detail detail; /* EV_DETAIL */
		struct ev_fingerprint fingerprint; /* EV_FINGERPRINT */
		struct ev_pending pending; /* EV_PENDING */
	};
	struct ev_icmp icmp;
	struct ev_window window; /* EV_WINDOW */
};

/* A record without socket and memory ends before .task: most resets of a port scan are of this kind. */
#define EVIDENCE_BARE_BYTES __builtin_offsetof(struct evidence, task)
/* What `struct evidence` was in version 1; the stack followed it. */
#define EVIDENCE_BYTES_1 __builtin_offsetof(struct evidence, detail)
/* ... in versions 2 and 3. */
#define EVIDENCE_BYTES_2 __builtin_offsetof(struct evidence, icmp)
#define EVIDENCE_BYTES_3 __builtin_offsetof(struct evidence, window)

struct evidence_stacked {
	struct evidence evidence;
	__u64 stack[EVIDENCE_STACK_FRAMES]; /* kernel return addresses, innermost first */
};

#include "evidence_user.h"

_Static_assert(sizeof(struct ev_tuple) == 44, "ev_tuple is part of the recording format");
_Static_assert(sizeof(struct ev_segment) == 20, "ev_segment is part of the recording format");
_Static_assert(sizeof(struct ev_task) == 48, "ev_task is part of the recording format");
_Static_assert(sizeof(struct ev_conn) == 128, "ev_conn is part of the recording format");
_Static_assert(sizeof(struct ev_limits) == 24, "ev_limits is part of the recording format");
_Static_assert(sizeof(struct ev_sock) == 152, "ev_sock is part of the recording format");
_Static_assert(EVIDENCE_BARE_BYTES == 96, "evidence is part of the recording format");
_Static_assert(sizeof(struct ev_detail) == 24, "ev_detail is part of the recording format");
_Static_assert(sizeof(struct ev_fingerprint) == 24, "ev_fingerprint is part of the recording format");
_Static_assert(sizeof(struct ev_pending) == 24, "ev_pending is part of the recording format");
_Static_assert(EVIDENCE_BYTES_1 == 424, "evidence is part of the recording format");
_Static_assert(sizeof(struct ev_icmp) == 24, "ev_icmp is part of the recording format");
_Static_assert(EVIDENCE_BYTES_2 == 448, "evidence is part of the recording format");
_Static_assert(EVIDENCE_BYTES_3 == 472, "evidence is part of the recording format");
_Static_assert(sizeof(struct evidence) == 480, "evidence is part of the recording format");

#endif
