/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the kernel counted rather than streamed (bpf/valve.h): sums over all CPUs, and what they grew by. */
#ifndef RSTTRACE_TALLIES_H
#define RSTTRACE_TALLIES_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/histogram.h"
#include "source.h"

struct tallies;

/* Of two maps, with and without ports, and one of how their deaths were measured, -1 = none. NULL: no memory. */
struct tallies *tallies_new(int fd, int spare_fd, int histograms_fd);
/* Reads the maps; forgets keys that have long been idle. `now_ns` is CLOCK_BOOTTIME. */
void tallies_read(struct tallies *tallies, uint64_t now_ns);
/* Hands on what was read and not handed on yet. A tally that `tell` refuses with -EAGAIN comes again; any other
 * negative errno ends it, and is returned. */
int tallies_tell(struct tallies *tallies, source_tally_fn tell, void *context);
/* While `tell` runs: how the deaths of that tally were measured; NULL: they were not. */
const struct histograms *tallies_measured(const struct tallies *tallies);
/* Deaths that were read, and that no example came for. */
uint64_t tallies_untold(const struct tallies *tallies);
/* All that was counted. */
uint64_t tallies_sum(const struct tallies *tallies);
void tallies_free(struct tallies *tallies); /* NULL is fine */

#endif
