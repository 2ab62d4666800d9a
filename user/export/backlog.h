/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Requests that a server has not taken yet, oldest first: in memory or, where a folder is given, in files, which the
 * next run finds. There is a bound: what would exceed it is not taken.
 */
#ifndef RSTTRACE_BACKLOG_H
#define RSTTRACE_BACKLOG_H

#include <stddef.h>
#include <stdint.h>

struct backlog;

struct backlog_counts {
	uint64_t rows, bytes;
};

/* `folder`: NULL = memory; else it is made, and is ours alone. 0, or a negative errno with a sentence in
 * message[size]. */
int backlog_open(const char *folder, uint64_t max_bytes, struct backlog **ret_backlog, char *message, size_t size);
/* 0, -ENOSPC: that would be too much, or another negative errno. */
int backlog_put(struct backlog *backlog, const char *body, size_t size, uint64_t rows);
/* The oldest; *ret_body is the caller's to free. 0, -ENOENT: there is none, or another negative errno. */
int backlog_first(struct backlog *backlog, char **ret_body, size_t *ret_size, uint64_t *ret_rows);
/* The oldest is done with. */
void backlog_remove(struct backlog *backlog);
struct backlog_counts backlog_counts(const struct backlog *backlog);
void backlog_close(struct backlog *backlog); /* NULL is fine */

#endif
