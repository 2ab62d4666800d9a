/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A process that has the terminal in a mode of its own cannot give it back when it is killed: so another one waits for
 * it, and does. Either of the two may die in any way; the other then leaves the terminal as it was.
 */
#ifndef RSTTRACE_GUARD_H
#define RSTTRACE_GUARD_H

#include <signal.h>

/* What the two processes share. */
struct guard_link {
	/* A file that takes what is written to stderr while a full screen is shown; -1: stderr is no terminal. */
	int said;
	volatile sig_atomic_t
		is_taken; /* the terminal, by the one that is guarded: it is to say so */
};

typedef int (*guard_run_fn)(void *context, struct guard_link *link);

/* Runs it in a child process and returns what it returns, an exit status. A child that dies has failed. */
int guard_run(guard_run_fn run, void *context);
/* Writes what has been said to stderr, and forgets it. */
void guard_say(int said);

#endif
