/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Private to elf_image.c: the functions of an ELF file as a sorted table, copied out of it. */
#ifndef RSTTRACE_ELF_FUNCTIONS_H
#define RSTTRACE_ELF_FUNCTIONS_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function;

struct functions {
	struct function *table;
	size_t count;
	char *names;
	size_t names_size;
	bool is_complete; /* from .symtab; .dynsym has the exported ones only */
};

/* Empty where there are none. */
void functions_read(Elf *elf, struct functions *ret_functions);
/* The function that holds this address; NULL when unknown. */
const char *functions_name(const struct functions *functions, uint64_t address);
size_t functions_bytes(const struct functions *functions); /* of memory */
void functions_free(struct functions *functions);

#endif
