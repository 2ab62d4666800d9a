/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which of the kernel's counters must equal what of ours: the table. To add a counter: a line here, its row and its
 * tally rows in counters.c, its paragraph in docs/reconciliation.md.
 */
#ifndef RSTTRACE_COUNTERS_H
#define RSTTRACE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "../decode/incident.h"

/* As the kernel calls them. */
#define COUNTERS(C)                                                                                              \
	C(OutRsts)                                                                                               \
	C(EstabResets)                                                                                           \
	C(AttemptFails)                                                                                          \
	C(TCPAbortOnClose)                                                                                       \
	C(TCPAbortOnData)                                                                                        \
	C(TCPAbortOnMemory)                                                                                      \
	C(TCPAbortOnTimeout)                                                                                     \
	C(TCPAbortOnLinger)                                                                                      \
	C(TCPAbortFailed)                                                                                        \
	C(EmbryonicRsts)                                                                                         \
	C(ListenOverflows)                                                                                       \
	C(ListenDrops)                                                                                           \
	C(TCPReqQFullDrop)                                                                                       \
	C(TCPTimeWaitOverflow)                                                                                   \
	C(TCPMD5NotFound)                                                                                        \
	C(TCPMD5Unexpected)                                                                                      \
	C(TCPMD5Failure)                                                                                         \
	C(TCPChallengeACK)

enum counter_id {
#define C(name) COUNTER_##name,
	COUNTERS(C)
#undef C
	COUNTER_IDS
};

_Static_assert(COUNTER_IDS <= 64, "a set of counters fits 64 bits");

#define COUNTER_BIT(name) (1ULL << COUNTER_##name)
#define COUNTER_NONE COUNTER_IDS

struct counter_row {
	/* What of it a session may have no hook for, in words for people; NULL = all is told everywhere. */
	const char *blind;
	const char *hooks; /* by commas, as doctor names them: any of them tells that part too; NULL = none does */
	enum counter_id bounded_by; /* each event of that part moves this one too; COUNTER_NONE: none does */
	bool needs_stack; /* kernel symbols, or nothing can be told apart */
	bool is_told; /* there are tally rows for it */
};

extern const char *const counter_names[COUNTER_IDS];
extern const struct counter_row counter_rows[COUNTER_IDS];

/* Fills values[] and *ret_found from the text of /proc/net/snmp and /proc/net/netstat; as mib_parse(). */
int counters_parse(const char *snmp, const char *netstat, uint64_t values[COUNTER_IDS], uint64_t *ret_found);
/* By how much the kernel moved each counter for this incident. */
void counters_moved_by(const struct incident *incident, uint8_t ret_moves[COUNTER_IDS]);

#endif
