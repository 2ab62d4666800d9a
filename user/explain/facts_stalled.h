/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to facts.c: the facts of sockets that live. */
#ifndef RSTTRACE_FACTS_STALLED_H
#define RSTTRACE_FACTS_STALLED_H

#include "facts.h"

/* Comes after the facts of the socket and its state. */
void facts_observe_stalled(const struct incident *incident, struct facts *facts);

#endif
