/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a program's file says of its code: functions by address, how to unwind, its build id. Read once, into memory of
 * our own: a file that shrinks, is replaced or lies on a disk that goes does no harm later. It belongs to whoever is
 * traced, and is not trusted.
 */
#ifndef RSTTRACE_ELF_IMAGE_H
#define RSTTRACE_ELF_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../bpf/evidence.h"
#include "cfi.h"

struct elf_image;

/* Reads a regular file; the descriptor stays the caller's. 0, -EBADMSG when it is no ELF file, -EFBIG, -ENOMEM, or
 * what reading failed with. */
int elf_image_load(int fd, struct elf_image **ret_image);
/* Its functions, from a file with nothing but symbols, when it has only the exported ones. */
void elf_image_add_symbols(struct elf_image *image, int fd);
bool elf_image_has_symbols(const struct elf_image *image); /* more than the exported ones */
/* False when it has none, or one that the kernel does not take. */
bool elf_image_build_id(const struct elf_image *image, uint8_t id[EVIDENCE_BUILD_ID_BYTES]);
/* The address, as the file counts, of the code at an offset in the file. */
bool elf_image_address(const struct elf_image *image, uint64_t offset, uint64_t *ret_address);
/* Whether the program begins there. */
bool elf_image_is_entry(const struct elf_image *image, uint64_t address);
/* The function that holds this address; NULL when unknown. */
const char *elf_image_function(const struct elf_image *image, uint64_t address);
/* How to unwind there: cfi_rule(). */
int elf_image_rule(const struct elf_image *image, uint64_t address, struct cfi_rule *ret_rule);
size_t elf_image_bytes(const struct elf_image *image); /* of memory */
void elf_image_free(struct elf_image *image); /* NULL is fine */

#endif
