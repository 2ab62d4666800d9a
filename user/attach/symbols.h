/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Kernel addresses to function names, from /proc/kallsyms. */
#ifndef RSTTRACE_SYMBOLS_H
#define RSTTRACE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;

/* 0, or a negative errno: -EPERM when the kernel hides the addresses (kptr_restrict). */
int symbols_load(struct symbols **ret_symbols);
/* The function that holds this address, without .isra/.constprop/.part/.cold endings; NULL when unknown. */
const char *symbols_name(const struct symbols *symbols, uint64_t address);
/* First and one past the last address of the function of that name; false, and both left alone, when there is none. */
bool symbols_find(const struct symbols *symbols, const char *name, uint64_t *ret_start, uint64_t *ret_end);
void symbols_free(struct symbols *symbols); /* NULL is fine */

#endif
