/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See symbols_reading.h. */
#include "symbols_reading.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct symbols_reading {
	pthread_t thread;
	struct symbols *symbols;
	int err;
};

static void *read_all(void *argument)
{
	struct symbols_reading *reading = argument;

	reading->err = symbols_load(&reading->symbols);
	return NULL;
}

/* Signals are the main thread's. */
static int begin(struct symbols_reading *reading)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&reading->thread, NULL, read_all, reading);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

struct symbols_reading *symbols_reading_begin(void)
{
	struct symbols_reading *reading = calloc(1, sizeof(*reading));

	if (reading && begin(reading)) {
		free(reading);
		return NULL;
	}
	return reading;
}

int symbols_reading_end(struct symbols_reading *reading, struct symbols **ret_symbols)
{
	int err;

	if (!reading)
		return symbols_load(ret_symbols);
	pthread_join(reading->thread, NULL);
	*ret_symbols = reading->symbols;
	err = reading->err;
	free(reading);
	return err;
}
