/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See elf_functions.h. The file is not trusted: sizes are bounded, names end where the section does. */
#include "elf_functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECTION_BYTES_MAX (64u << 20)
#define SECTIONS_MAX 65536
#define NAME_BYTES_MAX 120 /* of a function's name are kept */

struct function {
	uint64_t address;
	uint32_t size; /* 0 = not known: up to the next */
	uint32_t name; /* offset into names */
};

/* Of the names of one function the plainest: "close" rather than "__close". */
static bool is_plainer(const char *name, const char *other)
{
	size_t scores = strspn(name, "_"), others = strspn(other, "_");

	return scores != others ? scores < others : strlen(name) < strlen(other);
}

static int compare(const void *a, const void *b)
{
	const struct function *left = a, *right = b;

	return left->address < right->address ? -1 : left->address > right->address;
}

/* Sorted, each address once. */
static void put_in_order(struct functions *functions)
{
	size_t kept = 0;

	qsort(functions->table, functions->count, sizeof(*functions->table), compare);
	for (size_t i = 0; i < functions->count; i++) {
		struct function *next = &functions->table[i], *last = &functions->table[kept - !!kept];

		if (!kept || last->address != next->address) {
			functions->table[kept++] = *next;
			continue;
		}
		if (is_plainer(functions->names + next->name, functions->names + last->name))
			last->name = next->name;
		if (next->size > last->size)
			last->size = next->size;
	}
	functions->count = kept;
}

static void add_function(struct functions *functions, const GElf_Sym *symbol, const Elf_Data *strings)
{
	int type = GELF_ST_TYPE(symbol->st_info);
	const char *name = (const char *)strings->d_buf + symbol->st_name;
	size_t length;

	if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol->st_shndx == SHN_UNDEF || !symbol->st_value ||
	    symbol->st_name >= strings->d_size)
		return;
	length = strnlen(name, strings->d_size - symbol->st_name);
	if (!length || symbol->st_name + length == strings->d_size)
		return;
	if (length > NAME_BYTES_MAX)
		length = NAME_BYTES_MAX;
	functions->table[functions->count++] = (struct function){
		symbol->st_value, symbol->st_size < UINT32_MAX ? symbol->st_size : UINT32_MAX, functions->names_size };
	memcpy(functions->names + functions->names_size, name, length);
	functions->names[functions->names_size + length] = '\0';
	functions->names_size += length + 1;
}

/* A section's contents, when they are of that type and size. */
static Elf_Data *section_data(Elf_Scn *section, unsigned int type, GElf_Shdr *ret_header)
{
	Elf_Data *data;

	if (!section || !gelf_getshdr(section, ret_header) || ret_header->sh_type != type ||
	    ret_header->sh_size > SECTION_BYTES_MAX || ret_header->sh_flags & SHF_COMPRESSED)
		return NULL;
	data = elf_getdata(section, NULL);
	return data && data->d_buf && data->d_size ? data : NULL;
}

/* Several names may share their end: their bytes together are more than the section has. */
static int read_section(Elf *elf, Elf_Scn *section, unsigned int type, struct functions *ret_functions)
{
	struct functions functions = { 0 };
	GElf_Shdr header, strings_header;
	Elf_Data *symbols = section_data(section, type, &header);
	Elf_Data *strings = symbols ? section_data(elf_getscn(elf, header.sh_link), SHT_STRTAB, &strings_header) : NULL;
	size_t entry = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT), names_room;
	GElf_Sym symbol;

	if (!strings || !entry)
		return -EBADMSG;
	names_room = strings->d_size * 2 + 4096;
	functions.table = calloc(symbols->d_size / entry + 1, sizeof(*functions.table));
	functions.names = malloc(names_room);
	for (size_t i = 0; functions.table && functions.names && i < symbols->d_size / entry; i++) {
		if (functions.names_size + NAME_BYTES_MAX >= names_room)
			break;
		if (gelf_getsym(symbols, i, &symbol))
			add_function(&functions, &symbol, strings);
	}
	if (!functions.count) {
		free(functions.table);
		free(functions.names);
		return -ENOENT;
	}
	put_in_order(&functions);
	*ret_functions = functions;
	return 0;
}

void functions_read(Elf *elf, struct functions *ret_functions)
{
	Elf_Scn *section = NULL, *symtab = NULL, *dynsym = NULL;
	unsigned int count = 0;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section)) && count++ < SECTIONS_MAX) {
		if (!gelf_getshdr(section, &header))
			continue;
		if (header.sh_type == SHT_SYMTAB)
			symtab = section;
		else if (header.sh_type == SHT_DYNSYM)
			dynsym = section;
	}
	memset(ret_functions, 0, sizeof(*ret_functions));
	if (symtab && !read_section(elf, symtab, SHT_SYMTAB, ret_functions))
		ret_functions->is_complete = true;
	else if (dynsym)
		read_section(elf, dynsym, SHT_DYNSYM, ret_functions);
}

const char *functions_name(const struct functions *functions, uint64_t address)
{
	size_t low = 0, high = functions->count;
	const struct function *found;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (functions->table[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	found = &functions->table[low - 1];
	/* Hand-written assembly gives no sizes; among the exported ones alone the next may be far. */
	if (found->size ? address - found->address >= found->size : !functions->is_complete)
		return NULL;
	return functions->names + found->name;
}

size_t functions_bytes(const struct functions *functions)
{
	return functions->count * sizeof(*functions->table) + functions->names_size;
}

void functions_free(struct functions *functions)
{
	free(functions->table);
	free(functions->names);
}
