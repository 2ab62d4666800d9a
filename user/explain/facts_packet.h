/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to facts.c: the facts of segments that leave or are dropped. */
#ifndef RSTTRACE_FACTS_PACKET_H
#define RSTTRACE_FACTS_PACKET_H

#include "facts.h"

/* Comes last: some of what the other observers take for known is not, for a segment without its socket. */
void facts_observe_packet(const struct incident *incident, struct facts *facts);

#endif
