/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A report with everything in it, for tests to take things away from. */
#ifndef RSTTRACE_SAMPLE_H
#define RSTTRACE_SAMPLE_H

#include "../../user/explain/report.h"

/* TCP_* by their numbers in the kernel. */
enum { ESTABLISHED = 1, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, CLOSE = 7, LISTEN = 10 };

struct sample {
	struct incident incident;
	struct report report;
};

/* nginx[2211] closes with 128 bytes unread; the port was once redis[988]'s. 2026-01-02T03:04:05.678901234Z. */
void sample_init(struct sample *sample);
/* The same of a listener. */
void sample_listener(struct sample *sample);
/* Nothing known but that it happened. */
void sample_bare(struct sample *sample);
void sample_ipv6(struct sample *sample);
/* A process name that would like to speak to the terminal. */
void sample_hostile(struct sample *sample);

#endif
