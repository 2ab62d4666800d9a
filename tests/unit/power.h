/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A disk that forgets at a power cut: an SQLite VFS that notes every write and every sync, and can say what may stand
 * in the files at any moment in between. What was synced stands there; of what came after, any part in any order.
 */
#ifndef RSTTRACE_POWER_H
#define RSTTRACE_POWER_H

#include <stddef.h>
#include <stdint.h>

/* From now on this is the default VFS. */
void power_watch(void);
/* How many writes, truncations and syncs there were. */
size_t power_moments(void);
/* Writes into the folder what a power cut at that moment may have left of the files, by their names. */
void power_cut(size_t moment, uint64_t seed, const char *folder);
/* Forgets the notes, and is no longer the default. */
void power_forget(void);

#endif
