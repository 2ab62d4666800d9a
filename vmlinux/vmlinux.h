/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel, as much of it as we read. Hand-kept: only the members that bpf/ names, in no particular order; CO-RE
 * (preserve_access_index) finds where each really is in the running kernel, whatever the architecture or version.
 * A member that some supported kernel lacks may stand here, but only bpf/compat.h may touch it.
 */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;
typedef __u16 __sum16;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
typedef __u64 u64;
typedef _Bool bool;

enum { false = 0, true = 1 };

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};

enum {
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
};

enum {
	BPF_RB_AVAIL_DATA = 0,
};

enum {
	BPF_F_USER_STACK = 1 << 8,
	BPF_F_USER_BUILD_ID = 1 << 11,
};

enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT = 2,
	TCP_SYN_RECV = 3,
	TCP_FIN_WAIT1 = 4,
	TCP_FIN_WAIT2 = 5,
	TCP_TIME_WAIT = 6,
	TCP_CLOSE = 7,
	TCP_CLOSE_WAIT = 8,
	TCP_LAST_ACK = 9,
	TCP_LISTEN = 10,
	TCP_CLOSING = 11,
	TCP_NEW_SYN_RECV = 12,
};

#define SOCK_STREAM 1
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6

struct bpf_raw_tracepoint_args {
	__u64 args[0];
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs,
		flags, sp, ss;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};
struct pt_regs {
	struct user_pt_regs user_regs;
};
#endif

struct task_struct;
struct file;

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct sock_common;

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
	__u64 uid; /* 32 bits, aligned */
};

/* What an iterator over the open files of all tasks is called with; part of the kernel's interface to BPF. */
struct bpf_iter__task_file {
	void *meta;
	struct task_struct *task;
	__u64 fd; /* 32 bits, aligned */
	struct file *file;
};

/* The wire. Byte layout, never relocated. */
struct rst_ipv4 {
	__u8 version_ihl;
	__u8 tos;
	__be16 tot_len;
	__be16 id;
	__be16 frag_off;
	__u8 ttl;
	__u8 protocol;
	__be16 check;
	__u8 saddr[4];
	__u8 daddr[4];
};

struct rst_ipv6 {
	__u8 version_class[4];
	__be16 payload_len;
	__u8 nexthdr;
	__u8 hop_limit;
	__u8 saddr[16];
	__u8 daddr[16];
};

/* sockaddr_in and sockaddr_in6 */
struct rst_sockaddr {
	__u16 family;
	__be16 port;
	__u8 in[4]; /* sin6_flowinfo */
	__u8 in6[16];
};

struct rst_tcp {
	__be16 source;
	__be16 dest;
	__be32 seq;
	__be32 ack_seq;
	__u8 doff; /* upper four bits */
	__u8 flags;
	__be16 window;
	__be16 check;
	__be16 urg_ptr;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

enum sk_rst_reason { SK_RST_REASON_NOT_SPECIFIED };

/* Names for bpf_core_enum_value(); the numbers here are nobody's. */
enum skb_drop_reason {
	SKB_DROP_REASON_TCP_AUTH_HDR,
	SKB_DROP_REASON_TCP_MD5NOTFOUND,
	SKB_DROP_REASON_TCP_MD5UNEXPECTED,
	SKB_DROP_REASON_TCP_MD5FAILURE,
	SKB_DROP_REASON_TCP_AONOTFOUND,
	SKB_DROP_REASON_TCP_AOKEYNOTFOUND,
	SKB_DROP_REASON_TCP_AOFAILURE,
};

struct mm_struct;

struct signal_struct {
	struct mm_struct *oom_mm;
};

typedef struct {
	unsigned int val;
} kuid_t;

struct cred {
	kuid_t uid;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct completion;

struct task_struct {
	unsigned int flags;
	void *stack;
	int exit_code;
	int pid;
	int tgid;
	struct completion *vfork_done;
	char comm[16];
	const struct cred *cred;
	struct css_set *cgroups;
	struct signal_struct *signal;
};

struct inode {
	unsigned short i_mode;
};

struct file {
	struct inode *f_inode;
	void *private_data;
	struct {
		__s64 counter;
	} f_count;
	struct {
		struct {
			__s64 counter;
		} refcnt;
	} f_ref;
};

struct ns_common {
	unsigned int inum;
};

struct netns_ipv4 {
	__u8 sysctl_tcp_retries2;
	__u8 sysctl_tcp_syn_retries;
	__u8 sysctl_tcp_syn_linear_timeouts;
	__u8 sysctl_tcp_orphan_retries;
	__u8 sysctl_tcp_keepalive_probes;
	int sysctl_tcp_keepalive_time;
	int sysctl_tcp_keepalive_intvl;
	int sysctl_tcp_fin_timeout;
	__u8 sysctl_tcp_syncookies;
	__u8 sysctl_tcp_synack_retries;
	__u8 sysctl_tcp_abort_on_overflow;
	int sysctl_max_syn_backlog;
};

struct nf_hook_entry {
	void *hook;
	void *priv;
};

struct nf_hook_entries {
	__u16 num_hook_entries;
	struct nf_hook_entry hooks[];
};

struct netns_nf {
	struct nf_hook_entries *hooks_ipv4[5];
	struct nf_hook_entries *hooks_ipv6[5];
};

struct net {
	struct ns_common ns;
	struct netns_nf nf;
	struct netns_ipv4 ipv4;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct rb_node {
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct net_device {
	possible_net_t nd_net;
};

struct dst_entry {
	struct net_device *dev;
};

struct sk_buff {
	struct sk_buff *next;
	struct rb_node rbnode;
	unsigned int len;
	struct sock *sk;
	struct net_device *dev;
	int skb_iif;
	__be16 protocol;
	unsigned char *head;
	unsigned char *data;
	unsigned long _skb_refdst;
	unsigned long _nfct;
	__u8 ip_summed : 2;
	__u8 csum_valid : 1;
	__u8 csum_complete_sw : 1;
	char cb[48];
	__u16 network_header;
	__u16 transport_header;
};

struct rtable {
	__u16 rt_type;
	__u8 rt_gw_family;
	__be32 rt_gw4;
	struct in6_addr rt_gw6;
};

struct rt6_info {
	struct in6_addr rt6i_gateway;
};

struct neigh_table {
	int family;
};

struct neighbour {
	struct neigh_table *tbl;
	struct net_device *dev;
	__u8 nud_state;
	__u8 primary_key[0];
};

struct sk_buff_head {
	struct sk_buff *next;
	struct sk_buff *prev;
};

struct sock_extended_err {
	__u32 ee_errno;
	__u8 ee_origin;
	__u8 ee_type;
	__u8 ee_code;
};

struct sock_exterr_skb {
	struct sock_extended_err ee;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	unsigned long skc_flags;
	struct sock *skc_listener; /* of a request, as is skc_rcv_wnd */
	__u32 skc_rcv_wnd;
	unsigned char skc_reuseport : 1;
	__u32 skc_tw_rcv_nxt; /* of a minisock */
};

struct sock;
typedef enum {
	SS_UNCONNECTED = 1,
} socket_state;

struct socket {
	socket_state state;
	struct file *file;
	struct sock *sk;
};

struct timer_list {
	struct {
		void **pprev;
	} entry;
	unsigned long expires;
	void *function;
};

typedef struct {
	int counter;
} atomic_t;

struct sock_reuseport {
	unsigned int synq_overflow_ts;
};

struct sock {
	struct sock_common __sk_common;
	atomic_t sk_drops;
	struct sock_reuseport *sk_reuseport_cb;
	struct {
		int owned;
	} sk_lock;
	struct sk_buff_head sk_error_queue;
	struct timer_list sk_timer;
	struct timer_list tcp_retransmit_timer;
	struct rb_root tcp_rtx_queue;
	struct socket *sk_socket;
	struct dst_entry *sk_dst_cache;
	unsigned long sk_lingertime;
	int sk_err;
	int sk_err_soft;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	__u16 sk_protocol;
	__u16 sk_type;
	__u8 sk_shutdown;
};

struct hlist_node {
	struct hlist_node *next;
	struct hlist_node **pprev;
};

struct inet_timewait_sock {
	struct sock_common __tw_common;
	unsigned char tw_substate;
	struct timer_list tw_timer;
};

struct request_sock {
	struct sock_common __req_common;
	__u8 num_timeout : 7;
	struct timer_list rsk_timer;
};

struct inet_request_sock {
	__u16 acked : 1;
};

struct tcp_request_sock {
	__u32 rcv_isn;
	__u32 snt_isn;
	__u32 rcv_nxt;
};

struct request_sock_queue {
	__u8 rskq_defer_accept;
	atomic_t qlen;
	atomic_t young;
};

struct inet_sock {
	__be16 inet_sport;
};

/* In sk_buff.cb of a TCP segment. */
struct tcp_skb_cb {
	__u8 sacked;
};

struct mptcp_subflow_context {
	__u32 request_join : 1;
	__u32 mp_capable : 1;
	__u32 mp_join : 1;
	__u32 reset_reason : 4;
};

struct inet_connection_sock {
	struct timer_list icsk_retransmit_timer;
	struct timer_list icsk_keepalive_timer;
	unsigned long icsk_timeout;
	__u8 icsk_pending;
	__u32 icsk_rto_max;
	void *icsk_ulp_data;
	__u8 icsk_ca_state : 5;
	__u8 icsk_retransmits;
	__u8 icsk_backoff;
	__u8 icsk_syn_retries;
	__u8 icsk_probes_out;
	__u32 icsk_rto;
	__u32 icsk_user_timeout;
	__u32 icsk_probes_tstamp;
	__u32 icsk_pmtu_cookie;
	struct {
		__u32 lrcvtime;
	} icsk_ack;
	struct request_sock_queue icsk_accept_queue;
};

struct minmax_sample {
	__u32 t;
	__u32 v;
};

struct minmax {
	struct minmax_sample s[3];
};

struct tcp_options_received {
	int ts_recent_stamp;
};

struct tcp_sock {
	struct tcp_options_received rx_opt;
	__u64 bytes_received;
	__u64 bytes_acked;
	__u32 rcv_nxt;
	__u32 copied_seq;
	__u32 snd_una;
	__u32 snd_nxt;
	__u32 write_seq;
	__u32 snd_wnd;
	__u32 rcv_wnd;
	__u32 mss_cache;
	__u32 packets_out;
	__u32 total_retrans;
	__u32 srtt_us;
	__u32 lsndtime;
	__u32 rcv_tstamp;
	__u32 retrans_stamp;
	struct minmax rtt_min;
	int linger2;
	unsigned int keepalive_time;
	unsigned int keepalive_intvl;
	__u8 keepalive_probes;
	__u8 chrono_type;
	__u32 chrono_start;
	__u32 chrono_stat[3];
	__u8 tcp_usec_ts : 1;
	bool is_mptcp;
	__u8 repair : 1;
};

#pragma clang attribute pop

#endif
