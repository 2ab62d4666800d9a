/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Deaths of many connections at the same age, or after the same idle time: somebody's setting, and whose it may be. */
#ifndef RSTTRACE_HIST_SPIKES_H
#define RSTTRACE_HIST_SPIKES_H

#include "model.h"

#define HIST_SPIKES_MAX 8 /* of one row */

struct hist_spike {
	enum kind kind;
	enum histogram which;
	uint64_t ms; /* their mean */
	uint64_t deaths; /* in it */
	uint64_t of; /* deaths of that kind that were measured */
	const char *meaning; /* half a sentence */
};

/* How many, the strongest of each kind first. */
unsigned int hist_spikes(const struct hist_row *row, struct hist_spike ret_spikes[HIST_SPIKES_MAX]);
/* "68% of the resets received (348 of 512) came after about 350 s of silence: ..." */
char *hist_spike_text(const struct hist_spike *spike, char *text, size_t size);

#endif
