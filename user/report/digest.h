/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All that a report says, as data: what happened in a period, what of it is other than in the time before, and the
 * stories that explain it. Text, JSON and the page are written from it.
 */
#ifndef RSTTRACE_DIGEST_H
#define RSTTRACE_DIGEST_H

#include "groups.h"
#include "story.h"

#define BASELINE_NS (24 * 3600 * 1000000000LL) /* so much of the time before is looked at */
#define BASELINE_MIN_NS (60 * 1000000000LL) /* less tells nothing */
#define RATE_MIN_NS (60 * 1000000000LL) /* no rate is made of less time than that */
#define NOTES_MAX 64

/* One line on what else happened: a gap, a change of a setting, the recorder starting. */
struct note {
	int64_t time_ns;
	char text[192];
};

struct digest_wanted {
	const struct options *options;
	const char *path; /* as the user knows the source */
	bool is_recording; /* a raw one: its incidents are all there is, no session tells when it was made */
	struct period period; /* to_ns 0: all of a recording */
	const struct key_list *by;
	struct period before; /* to compare with; to_ns 0: the time just before */
};

struct digest {
	const char *path;
	struct period period;
	struct period before;
	int64_t recorded_ns; /* of the period: how long it was recorded */
	int64_t before_recorded_ns; /* 0: there is nothing to compare with */
	char host[65], kernel[65];
	int64_t deaths_count, unknown, lost;
	struct words *words;
	struct deaths deaths;
	struct groups *kinds; /* by kind */
	struct groups *groups; /* by what the user asked for */
	struct groups *changes; /* by cause and process */
	struct stories stories;
	struct note notes[NOTES_MAX];
	unsigned int notes_count;
};

/* 0, or a negative errno with a sentence in message[size]; digest_free() in any case. Between archive_begin() and
 * archive_end(), which must not come before what is written from it: examples are read then. */
int digest_make(struct archive *archive, const struct digest_wanted *wanted, struct digest *ret_digest, char *message,
		size_t size);
/* How many times as often as before: deaths an hour in the period over those before. 0: not before. */
double digest_times(const struct digest *digest, int64_t deaths, int64_t before);
void digest_free(struct digest *digest);

#endif
