/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Facts: true, false, or not observable here. The causes table is written in them, and nothing else reads evidence
 * to find a cause.
 */
#ifndef RSTTRACE_FACTS_H
#define RSTTRACE_FACTS_H

#include <stdint.h>

#include "../decode/incident.h"

typedef unsigned __int128 fact_set;

/* name, what a person calls it (for "partial": ... could not be seen) */
#define FACTS(F)                                                                                                 \
	/* what happened */                                                                                      \
	F(SENT, "a reset was sent")                                                                              \
	F(RECEIVED, "a reset was received")                                                                      \
	F(CLOSED, "the state changed to CLOSE")                                                                  \
	F(ACTIVE, "the socket gave up by itself")                                                                \
	F(PASSIVE, "the reset answered a segment")                                                               \
	F(DROPPED, "a segment was dropped")                                                                      \
	F(REJECTED, "netfilter's REJECT built a reset")                                                          \
	F(LEFT, "a reset left, whoever built it")                                                                \
	F(EXPIRED, "its own timer ended it")                                                                     \
	F(GONE, "the handshake or minisock is no more")                                                          \
	F(KEPT, "the segment changed nothing")                                                                   \
	F(CHALLENGED, "a challenge ACK was sent")                                                                \
	F(NO_CHILD, "a finished handshake made no socket")                                                       \
	F(MISMATCH, "the segment did not fit the handshake")                                                     \
	F(SYN_DROPPED, "the SYN was dropped")                                                                    \
	F(COOKIE_SENT, "a SYN cookie was sent")                                                                  \
	F(COOKIE_REFUSED, "the SYN cookie was not valid")                                                        \
	F(RECYCLED, "a new connection took the minisock's place")                                                \
	F(ENDED_BY_RESET, "the reset ended it")                                                                  \
	F(NO_MINISOCK, "there was no minisock to be had")                                                        \
	/* which socket */                                                                                       \
	F(REQUEST, "the handshake had not been finished")                                                        \
	F(NO_SOCKET, "there was no socket")                                                                      \
	F(MINISOCK, "the socket was a TIME_WAIT minisock")                                                       \
	F(MPTCP, "the socket was an MPTCP subflow")                                                              \
	F(ORPHAN, "the application had closed the socket")                                                       \
	F(LINGER_ZERO, "SO_LINGER was set with 0")                                                               \
	F(LINGER2_NEGATIVE, "TCP_LINGER2 was negative")                                                          \
	/* state when the hook ran; the state it left when the hook is the change to CLOSE */                    \
	F(IS_LISTEN, "the state was LISTEN")                                                                     \
	F(IS_SYN_SENT, "the state was SYN_SENT")                                                                 \
	F(IS_SYN_RECV, "the state was SYN_RECV")                                                                 \
	F(IS_ESTABLISHED, "the state was ESTABLISHED")                                                           \
	F(IS_CLOSE_WAIT, "the state was CLOSE_WAIT")                                                             \
	F(IS_CLOSING, "the state was FIN_WAIT1, FIN_WAIT2, CLOSING or LAST_ACK")                                 \
	F(IS_FIN_WAIT2, "the state was FIN_WAIT2")                                                               \
	F(IS_CLOSE, "the state was CLOSE already")                                                               \
	F(IS_TIME_WAIT, "the state was TIME_WAIT")                                                               \
	/* the segment that arrived */                                                                           \
	F(SYN, "the segment's SYN flag")                                                                         \
	F(ACK, "the segment's ACK flag")                                                                         \
	F(FIN, "the segment's FIN flag")                                                                         \
	F(RST, "the segment's RST flag")                                                                         \
	F(PLAIN, "the reset's ACK flag")                                                                         \
	F(DOES_NOT_FIT, "what the connection's segments looked like")                                            \
	F(ACK_UNACCEPTABLE, "the segment acknowledged what was never sent")                                      \
	F(OUT_OF_ORDER, "the segment began beyond what was expected")                                            \
	/* the socket's numbers */                                                                               \
	F(UNREAD, "data waited unread")                                                                          \
	F(UNSENT, "data waited unsent")                                                                          \
	F(ERROR, "an error was set on the socket")                                                               \
	F(WINDOW_OPEN, "the peer's window had room")                                                             \
	F(WINDOW_SHUT, "the peer's window was zero and nothing was retransmitted")                               \
	F(BY_USER_TIMEOUT, "TCP_USER_TIMEOUT set the limit")                                                     \
	F(QUEUE_FULL, "the accept queue was full")                                                               \
	/* a handshake on the passive side */                                                                    \
	F(SEES_REQUESTS, "what becomes of handshakes")                                                           \
	F(SYN_QUEUE_FULL, "the listener's queue of handshakes was full")                                         \
	F(SYN_BACKLOG_SPENT, "three quarters of tcp_max_syn_backlog were taken")                                 \
	F(DEFERRED, "it waited for data because of TCP_DEFER_ACCEPT")                                            \
	F(LISTENER_GONE, "the listener was closed")                                                              \
	F(BY_REQ_ERR, "an ICMP error ended the handshake")                                                       \
	F(BY_SEGMENT, "a segment ended the handshake")                                                           \
	/* what was remembered */                                                                                \
	F(WAS_RESET, "tcp_reset() ran on it before")                                                             \
	F(AFTER_IDLE, "the peer had long been silent")                                                           \
	F(LINGER2_ABORT, "TCP_LINGER2 was negative and tcp_reset() had not run")                                 \
	F(ICMP_SEEN, "an ICMP error was queued on it before")                                                    \
	/* the way through the kernel */                                                                         \
	F(IN_CLOSE, "the kernel stack")                                                                          \
	F(IN_DISCONNECT, "the kernel stack")                                                                     \
	F(IN_CONNECT, "the kernel stack")                                                                        \
	F(IN_CHILD_FORGET, "the kernel stack")                                                                   \
	F(IN_SHUTDOWN, "the kernel stack")                                                                       \
	F(IN_ABORT, "the kernel stack")                                                                          \
	F(IN_SOCK_DIAG, "the kernel stack")                                                                      \
	F(IN_KEEPALIVE_TIMER, "the kernel stack")                                                                \
	F(IN_RETRANSMIT_TIMER, "the kernel stack")                                                               \
	F(IN_WRITE_TIMER, "the kernel stack")                                                                    \
	F(IN_CHECK_REQ, "the kernel stack")                                                                      \
	F(IN_VALIDATE_INCOMING, "the kernel stack")                                                              \
	F(IN_ICMP, "the kernel stack")                                                                           \
	F(BY_APPLICATION, "the kernel stack")                                                                    \
	/* netfilter, ICMP and connect() */                                                                      \
	F(REJECT_INPUT, "where the REJECT rule stands")                                                          \
	F(REJECT_OUTPUT, "where the REJECT rule stands")                                                         \
	F(REJECT_FORWARD, "where the REJECT rule stands")                                                        \
	F(REJECT_LINK, "where the REJECT rule stands")                                                           \
	F(ICMP, "an ICMP error arrived")                                                                         \
	F(ICMP_TOO_BIG, "the ICMP error said that a packet was too big")                                         \
	F(ICMP_IGNORED, "the socket that the ICMP error was for")                                                \
	F(NEIGHBOUR_FAILED, "ARP or neighbour discovery failed")                                                 \
	F(REPORTED, "an error was reported to the application")                                                  \
	F(IN_ULP, "the kernel stack")                                                                            \
	F(CONNECT_FAILED, "connect() failed on this host")                                                       \
	F(NO_ROUTE, "there was no route")                                                                        \
	F(NO_PORT, "there was no free local port")                                                               \
	/* memory, MPTCP, outages */                                                                             \
	F(RECOVERED, "retransmission had survived an outage")                                                    \
	F(WAS_LAST_ACK, "the state had been CLOSING or LAST_ACK")                                                \
	F(LINGER2_CLOSE, "TCP_LINGER2 was negative and the state had been FIN_WAIT2")                            \
	F(SMALL_PASSES, "only full-sized segments were lost")                                                    \
	F(IN_OUT_OF_RESOURCES, "the kernel stack")                                                               \
	F(IN_BPF_DESTROY, "the kernel stack")                                                                    \
	F(IN_SMC, "the kernel stack")                                                                            \
	F(IN_MPTCP_RESET, "the kernel stack")                                                                    \
	F(IN_MPTCP_DATA, "the kernel stack")                                                                     \
	F(IN_MPTCP_FASTCLOSE, "the kernel stack")                                                                \
	F(IN_MPTCP_WORKER, "the kernel stack")                                                                   \
	F(IN_MPTCP_JOIN, "the kernel stack")                                                                     \
	F(IN_MPTCP_CHILD, "the kernel stack")                                                                    \
	/* what leaves, and what is dropped */                                                                   \
	F(OUTGOING, "the segment was leaving")                                                                   \
	F(FORWARDED, "the segment came from another host")                                                       \
	F(BY_RAW_SOCKET, "the kernel stack")                                                                     \
	F(FILTERED, "the kernel's drop reason")                                                                  \
	F(FAILED_CHECK, "the kernel's drop reason")                                                              \
	F(UNSIGNED, "the kernel's drop reason")                                                                  \
	F(OUT_OF_WINDOW, "the kernel's drop reason")                                                             \
	F(FOR_NOBODY, "the kernel's drop reason")                                                                \
	F(IN_DO_RCV, "the kernel stack")                                                                         \
	F(ONLY_DROPPED, "who built the reset")                                                    \
	/* how a living socket stands */                                                                         \
	F(STALLED, "how the socket stands now")                                                                  \
	F(UNANSWERED, "what was sent again had no answer")                                                       \
	F(PROBED, "the peer's window is probed")                                                                 \
	F(KEEPALIVE_PROBED, "keepalive probes had no answer")                                                    \
	F(SILENT, "the peer was silent for long")                                                                \
	F(LEAKED, "the peer had closed long before")                                                             \
	F(SYN_PILE, "handshakes pile up unanswered")

enum fact {
#define F(name, text) FACT_##name,
	FACTS(F)
#undef F
	FACT_COUNT
};

_Static_assert(FACT_COUNT <= 128, "facts fit a fact_set");

#define FACT(name) ((fact_set)1 << FACT_##name)

struct facts {
	fact_set holds; /* true */
	fact_set known; /* true or false; the rest could not be observed */
};

void facts_observe(const struct incident *incident, struct facts *ret_facts);
/* What a person calls the first fact of a non-empty set. */
const char *facts_text(fact_set set);
/* How many facts are in a set. */
int facts_count(fact_set set);

#endif
