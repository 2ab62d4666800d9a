/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `--reconcile`: what live.c asks of user/reconcile/. Every function does nothing, well, where it was not asked for. */
#ifndef RSTTRACE_LIVE_RECONCILE_H
#define RSTTRACE_LIVE_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../attach/session.h"
#include "../pipeline.h"

struct live_reconcile;

/* Before privileges are dropped and programs attached. 0, or a negative errno with a sentence in message[size]. */
int live_reconcile_open(const struct options *options, struct live_reconcile **ret_reconcile, char *message,
			size_t size);
/* When all is attached. `drain` waits a little, hands on what waits, and returns 0 when that was all. */
void live_reconcile_begin(struct live_reconcile *reconcile, struct session *session, struct pipeline *pipeline,
			  int (*drain)(void *context), void *context);
void live_reconcile_step(struct live_reconcile *reconcile);
/* Before anything is detached. `is_broken`: an output failed, and records were left unread for it. */
void live_reconcile_end(struct live_reconcile *reconcile, bool is_broken);
/* Says what came of it; whether all is accounted for. */
bool live_reconcile_report(const struct live_reconcile *reconcile, bool has_symbols, uint64_t lost);
void live_reconcile_close(struct live_reconcile *reconcile);

#endif
