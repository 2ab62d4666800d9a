/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Deaths for the tests of top: who, of what, and when. */
#ifndef RSTTRACE_TOP_SAMPLE_H
#define RSTTRACE_TOP_SAMPLE_H

#include "../../user/top/model.h"

/* The clock of these tests begins here: far from 0, as a machine that has been up for a while. */
#define TOP_START_S 1000

/* A death of comm[pid] in that second from the start; pid 0: of nobody, below 0: of who had it before. */
void top_sample_add(struct model *model, const char *comm, int pid, const char *slug, unsigned int second);
/* The same as so many at once. */
void top_sample_add_many(struct model *model, const char *comm, int pid, const char *slug,
			 unsigned int second, unsigned int count);
/* Time goes on to the beginning of that second. */
void top_sample_time(struct model *model, unsigned int second);

#endif
