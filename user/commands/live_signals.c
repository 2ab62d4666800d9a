/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See live_signals.h. A signal lets the write go on, and the alarm that it sets interrupts it. */
#include "live_signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#define READER_PATIENCE_S 1 /* for a reader that takes nothing */

/* The one mutable global that signals need. */
static volatile sig_atomic_t stop_requested;

static void request_stop(int number)
{
	(void)number;
	stop_requested = 1;
	alarm(READER_PATIENCE_S);
}

static void interrupt(int number)
{
	(void)number;
}

void live_signals_catch(void)
{
	const struct sigaction stop = { .sa_handler = request_stop, .sa_flags = SA_RESTART };
	const struct sigaction alarmed = { .sa_handler = interrupt };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGALRM, &alarmed, NULL);
}

bool live_signals_stop(void)
{
	return stop_requested;
}

void live_signals_patience(void)
{
	alarm(READER_PATIENCE_S);
}
