/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A database for tests of store/, in a folder of its own. */
#ifndef RSTTRACE_STORE_FIXTURE_H
#define RSTTRACE_STORE_FIXTURE_H

#include "../../user/store/store.h"

/* 2026-01-02T03:04:05.678901234Z and so many milliseconds, on both clocks. */
struct store_time fixture_time(int64_t ms);
/* The path of the database; its folder is made when it is first asked for. */
const char *fixture_path(void);
/* Open, and a session begun. */
struct store *fixture_store(uint64_t max_bytes, uint64_t keep_ns);
struct store_counts fixture_close(struct store *store);
/* The first column of the first row. */
int64_t fixture_integer(const char *sql);
void fixture_remove(void);

#endif
