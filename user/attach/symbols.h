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
/* Where the function of that name begins; 0 when there is none. */
uint64_t symbols_address(const struct symbols *symbols, const char *name);
/* The name under which the kernel has a function that the compiler took an argument from ("f.constprop.0"). 0, or a
 * negative errno: -ENOENT when there is none. */
int symbols_special_name(const char *function, char *name, size_t size);
/* First and one past the last address of the function of that name; false, and both left alone, when there is none. */
bool symbols_find(const struct symbols *symbols, const char *name, uint64_t *ret_start, uint64_t *ret_end);
void symbols_free(struct symbols *symbols); /* NULL is fine */

#endif
