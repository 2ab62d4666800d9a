/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How to step from a function to its caller without frame pointers: the tables .eh_frame_hdr and .eh_frame that nearly
 * every x86-64 program carries. Whoever made the tables is not trusted. */
#ifndef RSTTRACE_CFI_H
#define RSTTRACE_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cfi {
	const uint8_t *bytes; /* both tables, and whatever lies between them */
	size_t size;
	uint64_t base; /* address of bytes[0], as the file counts */
	uint64_t header; /* address of .eh_frame_hdr */
};

/* Where the caller's registers are. The return address lies 8 bytes below the canonical frame address (CFA). */
struct cfi_rule {
	bool is_outermost; /* nobody called it */
	bool is_cfa_of_bp; /* the CFA is counted from the frame pointer, else from the stack pointer */
	int64_t cfa_offset;
	bool is_bp_saved; /* at CFA + .bp_offset; else it is unchanged */
	int64_t bp_offset;
};

/* The rule for an address inside a function. 0; -ENOENT where the tables have nothing on that function, -EOPNOTSUPP
 * where what they have is not of this simple form. */
int cfi_rule(const struct cfi *cfi, uint64_t address, struct cfi_rule *ret_rule);

#endif
