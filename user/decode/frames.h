/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel functions that mean something in a stack. Sets of them are matched, never exact stacks: tail calls and
 * inlining leave frames out, differently in every build.
 */
#ifndef RSTTRACE_FRAMES_H
#define RSTTRACE_FRAMES_H

#include "incident.h"

/* name in facts and code, function in the kernel */
#define FRAMES(F)                                                                                                \
	F(TCP_CLOSE, "__tcp_close")                                                                              \
	F(TCP_DISCONNECT, "tcp_disconnect")                                                                      \
	F(STREAM_CONNECT, "__inet_stream_connect")                                                               \
	F(CHILD_FORGET, "inet_child_forget")                                                                     \
	F(LISTEN_STOP, "inet_csk_listen_stop")                                                                   \
	F(SHUTDOWN, "inet_shutdown")                                                                             \
	F(ABORT, "tcp_abort")                                                                                    \
	F(DIAG_DESTROY, "tcp_diag_destroy")                                                                      \
	F(DIAG_EXACT, "inet_diag_cmd_exact")                                                                     \
	F(DIAG_MESSAGE, "sock_diag_rcv_msg")                                                                     \
	F(DIAG_SOCK_DESTROY, "sock_diag_destroy")                                                                \
	F(OUT_OF_RESOURCES, "tcp_out_of_resources")                                                              \
	F(KEEPALIVE_TIMER, "tcp_keepalive_timer")                                                                \
	F(RETRANSMIT_TIMER, "tcp_retransmit_timer")                                                              \
	F(WRITE_TIMER, "tcp_write_timer")                                                                        \
	F(WRITE_TIMER_HANDLER, "tcp_write_timer_handler")                                                        \
	F(RELEASE_CB, "tcp_release_cb")                                                                          \
	F(CHECK_REQ, "tcp_check_req")                                                                            \
	F(REQUEST_DROP, "inet_csk_reqsk_queue_drop_and_put")                                                     \
	F(REQ_ERR, "tcp_req_err")                                                                                \
	F(RCV_STATE_PROCESS, "tcp_rcv_state_process")                                                            \
	F(VALIDATE_INCOMING, "tcp_validate_incoming")                                                            \
	F(V4_ERR, "tcp_v4_err")                                                                                  \
	F(V6_ERR, "tcp_v6_err")                                                                                  \
	F(V4_CONNECT, "tcp_v4_connect")                                                                          \
	F(V6_CONNECT, "tcp_v6_connect")                                                                          \
	F(MPTCP_FASTCLOSE, "mptcp_do_fastclose")                                                                 \
	/* netfilter's REJECT, and the hooks that it stands at */                                                \
	F(NF_SEND_RESET, "nf_send_reset")                                                                        \
	F(NF_SEND_RESET6, "nf_send_reset6")                                                                      \
	F(NF_REJECT_SKB_V4, "nf_reject_skb_v4_tcp_reset")                                                        \
	F(NF_REJECT_SKB_V6, "nf_reject_skb_v6_tcp_reset")                                                        \
	F(NF_REJECT_BRIDGE, "nft_reject_bridge_eval")                                                            \
	F(NF_REJECT_NETDEV, "nft_reject_netdev_eval")                                                            \
	F(LOCAL_DELIVER, "ip_local_deliver")                                                                     \
	F(INPUT6, "ip6_input")                                                                                   \
	F(LOCAL_OUT, "__ip_local_out")                                                                           \
	F(LOCAL_OUT6, "__ip6_local_out")                                                                         \
	F(XMIT6, "ip6_xmit")                                                                                     \
	F(FORWARD, "ip_forward")                                                                                 \
	F(FORWARD6, "ip6_forward")                                                                               \
	F(IP_RCV, "ip_rcv")                                                                                      \
	F(IP_SUBLIST_RCV, "ip_sublist_rcv")                                                                      \
	F(IPV6_RCV, "ipv6_rcv")                                                                                  \
	F(IPV6_SUBLIST_RCV, "ip6_sublist_rcv")                                                                   \
	/* kernel TLS */                                                                                         \
	F(TLS_ABORT, "tls_err_abort")                                                                            \
	F(TLS_RECVMSG, "tls_sw_recvmsg")                                                                         \
	F(TLS_SENDMSG, "tls_sw_sendmsg")                                                                         \
	F(TLS_RX_RECORD, "tls_rx_one_record")                                                                    \
	F(TLS_READ_SOCK, "tls_strp_read_sock")                                                                   \
	F(TLS_ABORT_STRP, "tls_strp_abort_strp")                                                                 \
	F(TLS_DECRYPT_DONE, "tls_decrypt_done")                                                                  \
	F(TLS_ENCRYPT_DONE, "tls_encrypt_done")                                                                  \
	F(TIMEWAIT_PROCESS, "tcp_timewait_state_process")                                                        \
	F(TIMEWAIT_DESCHEDULE, "inet_twsk_deschedule_put")                                                       \
	F(V4_RCV, "tcp_v4_rcv")                                                                                  \
	F(V6_RCV, "tcp_v6_rcv")                                                                                  \
	F(MPTCP_RESET, "mptcp_subflow_reset")                                                                    \
	F(MPTCP_DATA, "mptcp_subflow_data_available")                                                            \
	F(MPTCP_WORKER, "mptcp_worker")                                                                          \
	F(MPTCP_V4_JOIN, "subflow_v4_route_req")                                                                 \
	F(MPTCP_V6_JOIN, "subflow_v6_route_req")                                                                 \
	F(MPTCP_CHILD, "subflow_syn_recv_sock")                                                                  \
	F(BPF_DESTROY, "bpf_sock_destroy")                                                                       \
	F(BPF_ITERATOR, "bpf_iter_run_prog")                                                                     \
	F(SMC_ABORT, "smc_close_active_abort")                                                                   \
	F(SMC_RELEASE, "smc_release")                                                                            \
	/* who builds a reset that leaves, who drops a segment */                                                \
	F(SEND_ACTIVE_RESET, "tcp_send_active_reset")                                                            \
	F(V4_SEND_RESET, "tcp_v4_send_reset")                                                                    \
	F(V6_SEND_RESET, "tcp_v6_send_reset")                                                                    \
	F(V4_DO_RCV, "tcp_v4_do_rcv")                                                                            \
	F(V6_DO_RCV, "tcp_v6_do_rcv")                                                                            \
	F(RAW_SENDMSG, "raw_sendmsg")                                                                            \
	F(RAWV6_SENDMSG, "rawv6_sendmsg")                                                                        \
	F(PACKET_SENDMSG, "packet_sendmsg")                                                                      \
	F(PACKET_SENDMSG_SPKT, "packet_sendmsg_spkt")                                                            \
	F(NEIGH_UPDATE, "neigh_update")                                                                          \
	F(NEIGH_UPDATE_INNER, "__neigh_update")                                                                  \
	F(HARD_START_XMIT, "dev_hard_start_xmit")                                                                \
	F(QUEUE_PURGE, "skb_queue_purge")                                                                        \
	F(QUEUE_PURGE_REASON, "skb_queue_purge_reason")                                                          \
	F(PACKET_RCV, "packet_rcv")                                                                              \
	F(TPACKET_RCV, "tpacket_rcv")                                                                            \
	F(RAW_LOCAL_DELIVER, "raw_local_deliver")                                                                \
	F(RAWV6_LOCAL_DELIVER, "raw6_local_deliver")                                                             \
	F(NF_HOOK_SLOW, "nf_hook_slow")                                                                          \
	F(NFT_DO_CHAIN, "nft_do_chain")                                                                          \
	F(HASHDANCE, "inet_csk_complete_hashdance")                                                              \
	F(MOD_TIMER, "__mod_timer")                                                                              \
	F(MOD_TIMER_1, "mod_timer")                                                                              \
	F(RUN_TIMERS, "__run_timers")                                                                            \
	F(EXPIRE_TIMERS, "expire_timers")

enum frame {
#define F(name, function) FRAME_##name,
	FRAMES(F)
#undef F
	FRAME_COUNT
};

typedef unsigned __int128 frame_set;

_Static_assert(FRAME_COUNT <= 128, "frames fit a frame_set");

#define FRAME(name) ((frame_set)1 << FRAME_##name)

#define FRAMES_OF_TLS                                                                                            \
	(FRAME(TLS_ABORT) | FRAME(TLS_RECVMSG) | FRAME(TLS_SENDMSG) | FRAME(TLS_RX_RECORD) |                     \
	 FRAME(TLS_READ_SOCK) | FRAME(TLS_ABORT_STRP) | FRAME(TLS_DECRYPT_DONE) | FRAME(TLS_ENCRYPT_DONE))

/* Who builds a reset for a REJECT rule. On bridges and devices the builder has returned when the reset leaves. */
#define FRAMES_OF_REJECT                                                                                         \
	(FRAME(NF_SEND_RESET) | FRAME(NF_SEND_RESET6) | FRAME(NF_REJECT_SKB_V4) | FRAME(NF_REJECT_SKB_V6) |       \
	 FRAME(NF_REJECT_BRIDGE) | FRAME(NF_REJECT_NETDEV))

/* Sets .first_frame and .end_frame: the tracing frames come first, and below the point where the network stack was
 * entered from outside stands whoever was interrupted. */
void frames_delimit(struct incident *incident);
/* The set of known functions between those two. */
frame_set frames_hold(const struct incident *incident);
/* The first of `wanted`, from the innermost frame out, beyond every frame of `below`; FRAME_COUNT when there is
 * none. */
enum frame frames_nearest(const struct incident *incident, frame_set wanted, frame_set below);

#endif
