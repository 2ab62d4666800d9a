/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See types.h. */
#include "types.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct types {
	struct btf *btf;
	uint32_t *slots; /* ids by name; 0 = free */
	uint32_t slots_count; /* a power of two, more than there are types; fewer than half of these have such names */
};

static bool is_kept(const struct btf_type *type)
{
	return type->name_off && (btf_is_func(type) || btf_is_typedef(type) || btf_is_enum(type));
}

static uint32_t hash(const char *name)
{
	uint32_t value = 2166136261u;

	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 16777619u; /* FNV-1a */
	return value ^ value >> 15;
}

static void put(struct types *types, uint32_t id)
{
	const char *name = types_name(types, types_at(types, id)->name_off);
	uint32_t slot = hash(name);

	while (types->slots[slot % types->slots_count])
		slot++;
	types->slots[slot % types->slots_count] = id;
}

static int index_names(struct types *types)
{
	uint32_t count = btf__type_cnt(types->btf);

	for (types->slots_count = 1; types->slots_count <= count; types->slots_count *= 2)
		;
	types->slots = calloc(types->slots_count, sizeof(*types->slots));
	if (!types->slots)
		return -ENOMEM;
	for (uint32_t id = 1; id < count; id++) {
		if (is_kept(types_at(types, id)))
			put(types, id);
	}
	return 0;
}

struct types *types_load(void)
{
	struct types *types = calloc(1, sizeof(*types));
	int err = -ENOMEM;

	if (types) {
		types->btf = btf__load_vmlinux_btf();
		err = types->btf ? index_names(types) : -errno;
	}
	if (!err)
		return types;
	types_free(types);
	errno = -err;
	return NULL;
}

const struct btf_type *types_find(const struct types *types, const char *name, uint32_t kind, uint32_t *ret_id)
{
	uint32_t id;

	for (uint32_t slot = hash(name); (id = types->slots[slot % types->slots_count]); slot++) {
		const struct btf_type *type = types_at(types, id);

		if (btf_kind(type) != kind || strcmp(types_name(types, type->name_off), name))
			continue;
		if (ret_id)
			*ret_id = id;
		return type;
	}
	return NULL;
}

const struct btf_type *types_at(const struct types *types, uint32_t id)
{
	return btf__type_by_id(types->btf, id);
}

const char *types_name(const struct types *types, uint32_t name_offset)
{
	return btf__name_by_offset(types->btf, name_offset);
}

void types_free(struct types *types)
{
	if (!types)
		return;
	btf__free(types->btf);
	free(types->slots);
	free(types);
}
