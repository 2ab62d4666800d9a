/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The running kernel's functions, typedefs and enums by name: libbpf looks through all types for each name. */
#ifndef RSTTRACE_TYPES_H
#define RSTTRACE_TYPES_H

#include <stdint.h>

#include <bpf/btf.h>

struct types;

/* NULL, with errno: this kernel gives no type information, or there is no memory. */
struct types *types_load(void);
/* The type of that name and kind, which is BTF_KIND_FUNC, BTF_KIND_TYPEDEF or BTF_KIND_ENUM; NULL: there is none. */
const struct btf_type *types_find(const struct types *types, const char *name, uint32_t kind, uint32_t *ret_id);
const struct btf_type *types_at(const struct types *types, uint32_t id);
const char *types_name(const struct types *types, uint32_t name_offset);
void types_free(struct types *types); /* NULL is fine */

#endif
