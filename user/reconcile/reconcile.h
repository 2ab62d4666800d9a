/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Coverage, proved: what the kernel counted in each network namespace against what was seen there
 * (docs/reconciliation.md). Phases: open while there are privileges, begin when attached, observe every incident,
 * step between drains, end before detaching, report.
 */
#ifndef RSTTRACE_RECONCILE_H
#define RSTTRACE_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../decode/incident.h"

struct reconcile;

struct reconcile_host {
	/* Waits a little, then hands all waiting records on, which leads to reconcile_observe(). 0: all; a negative
	 * errno: not all of them, or none any more. */
	int (*drain)(void *context);
	bool (*has_hook)(void *context, const char *name); /* attached, or offered by this kernel, as doctor says */
	void (*say)(void *context, const char *line);
	void *context;
};

struct reconcile_sums {
	uint64_t unattributed; /* counted by the kernel and not seen, though it could have been */
	uint64_t surplus; /* seen more often than counted */
	unsigned int spaces; /* namespaces that were compared */
	unsigned int gone; /* ended before their last reading */
	unsigned int unsettled; /* moved too fast to be read exactly */
};

/* `netns` is the only namespace to look at, 0 = all; `path` leads to it where it has one, else NULL. 0, or a negative
 * errno with a sentence in message[size]. */
int reconcile_open(uint32_t netns, const char *path, struct reconcile **ret_reconcile, char *message, size_t size);
/* Takes the baselines. 0 or a negative errno. */
int reconcile_begin(struct reconcile *reconcile, const struct reconcile_host *host);
void reconcile_observe(struct reconcile *reconcile, const struct incident *incident);
/* Looks for namespaces that records have named and nobody knows. 0 or a negative errno. */
int reconcile_step(struct reconcile *reconcile);
/* Takes the last readings. 0 or a negative errno. */
int reconcile_end(struct reconcile *reconcile);
/* One line for each counter that moved, and for each namespace that cannot be compared. */
void reconcile_report(const struct reconcile *reconcile, bool has_symbols, struct reconcile_sums *ret_sums);
void reconcile_close(struct reconcile *reconcile); /* NULL is fine */

#endif
