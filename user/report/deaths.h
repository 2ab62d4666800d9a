/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The deaths of a period, as much of each as counting and comparing them takes; all of one is asked for by its time. */
#ifndef RSTTRACE_DEATHS_H
#define RSTTRACE_DEATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../cli.h"
#include "../store/archive.h"
#include "words.h"

#define DEATHS_MAX 1000000 /* about 250 bytes each */
#define NOT_KNOWN (-1)

struct period {
	int64_t from_ns;
	int64_t to_ns; /* not in it */
};

/* Texts are of a struct words, "" = not known; numbers NOT_KNOWN. */
struct death {
	int64_t time_ns; /* no other has it */
	int64_t last_ns; /* of a burst: when the last was observed; else time_ns */
	int64_t count; /* deaths that it stands for, at least 1 */
	const char *kind;
	const char *cause;
	const char *title; /* of the cause */
	const char *certainty;
	const char *process;
	const char *source; /* how the owner is known */
	const char *state;
	const char *error;
	const char *local;
	const char *peer;
	const char *cgroup;
	const char *container;
	int64_t pid;
	int64_t local_port;
	int64_t peer_port;
	int64_t netns;
	int64_t age_ms;
	int64_t idle_ms;
	int64_t silence_ms;
	int64_t elapsed_ms;
	int64_t retransmits;
};

typedef int (*death_fn)(void *context, const struct death *death);

/* Those of the period that the options ask for, in order of time. 0, what `each` returned, or a negative errno with a
 * sentence in message[size]. */
int deaths_each(struct archive *archive, struct words *words, const struct options *options, struct period period,
		death_fn each, void *context, char *message, size_t size);

struct deaths {
	struct death *list;
	size_t count;
	size_t room;
};

/* The same, kept. -E2BIG: more than DEATHS_MAX. */
int deaths_load(struct archive *archive, struct words *words, const struct options *options, struct period period,
		struct deaths *ret_deaths, char *message, size_t size);
void deaths_free(struct deaths *deaths);

/* Whether the options ask for it. */
bool death_wanted(const struct options *options, const struct death *death);

#endif
