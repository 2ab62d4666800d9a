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
	F(RCV_STATE_PROCESS, "tcp_rcv_state_process")                                                            \
	F(VALIDATE_INCOMING, "tcp_validate_incoming")                                                            \
	F(V4_ERR, "tcp_v4_err")                                                                                  \
	F(V6_ERR, "tcp_v6_err")                                                                                  \
	F(V4_CONNECT, "tcp_v4_connect")                                                                          \
	F(V6_CONNECT, "tcp_v6_connect")                                                                          \
	F(MPTCP_FASTCLOSE, "mptcp_do_fastclose")                                                                 \
	/* who builds a reset that leaves, who drops a segment */                                                \
	F(SEND_ACTIVE_RESET, "tcp_send_active_reset")                                                            \
	F(V4_SEND_RESET, "tcp_v4_send_reset")                                                                    \
	F(V6_SEND_RESET, "tcp_v6_send_reset")                                                                    \
	F(V4_DO_RCV, "tcp_v4_do_rcv")                                                                            \
	F(V6_DO_RCV, "tcp_v6_do_rcv")                                                                            \
	F(NF_SEND_RESET, "nf_send_reset")                                                                        \
	F(NF_SEND_RESET6, "nf_send_reset6")                                                                      \
	F(NF_REJECT_V4, "nf_reject_skb_v4_tcp_reset")                                                            \
	F(NF_REJECT_V6, "nf_reject_skb_v6_tcp_reset")                                                            \
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
	F(EXPIRE_TIMERS, "expire_timers")                                                                        \
	F(TIMEWAIT_DESCHEDULE, "inet_twsk_deschedule_put")                                                       \
	F(TIMEWAIT_PROCESS, "tcp_timewait_state_process")

enum frame {
#define F(name, function) FRAME_##name,
	FRAMES(F)
#undef F
	FRAME_COUNT
};

typedef unsigned __int128 frame_set;

_Static_assert(FRAME_COUNT <= 128, "frames fit a frame_set");

#define FRAME(name) ((frame_set)1 << FRAME_##name)

/* Sets .first_frame and .end_frame: the tracing frames come first, and below the point where the network stack was
 * entered from outside stands whoever was interrupted. */
void frames_delimit(struct incident *incident);
/* The set of known functions between those two. */
frame_set frames_hold(const struct incident *incident);

#endif
