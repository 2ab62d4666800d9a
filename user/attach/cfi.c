/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See cfi.h: as much of the Linux Standard Base's .eh_frame and of DWARF 5 section 6.4 as compilers write for x86-64.
 * Of the registers only the CFA, rbp and the return address are followed. What is of another form has no rule.
 */
#include "cfi.h"

#include <errno.h>
#include <string.h>

#define RBP 6
#define RSP 7
#define RETURN_ADDRESS 16

#define ENCODED_PC 0x1b /* DW_EH_PE_pcrel | DW_EH_PE_sdata4 */
#define ENCODED_COUNT 0x03 /* DW_EH_PE_udata4 */
#define ENCODED_TABLE 0x3b /* DW_EH_PE_datarel | DW_EH_PE_sdata4 */
#define REMEMBERED_MAX 8

struct reader {
	const uint8_t *at, *end;
	bool is_bad;
};

struct row {
	struct cfi_rule rule;
	bool has_cfa; /* a register and an offset */
	bool has_bp; /* saved, or unchanged */
	bool has_return; /* where it always is */
};

struct program {
	uint64_t address; /* the rule for this is wanted */
	uint64_t location;
	uint64_t code_factor;
	int64_t data_factor;
	struct row row, initial;
	struct row remembered[REMEMBERED_MAX];
	unsigned int remembered_count;
};

static uint64_t take(struct reader *reader, unsigned int bytes)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < bytes) {
		reader->is_bad = true;
		reader->at = reader->end;
		return 0;
	}
	for (unsigned int i = 0; i < bytes; i++)
		value |= (uint64_t)reader->at[i] << 8 * i;
	reader->at += bytes;
	return value;
}

static uint64_t take_uleb(struct reader *reader)
{
	uint64_t value = 0, byte = 0x80;

	for (unsigned int shift = 0; byte & 0x80 && shift < 63; shift += 7) {
		byte = take(reader, 1);
		value |= (byte & 0x7f) << shift;
	}
	reader->is_bad |= byte >> 7;
	return value;
}

static int64_t take_sleb(struct reader *reader)
{
	uint64_t value = 0, byte = 0x80;
	unsigned int shift = 0;

	for (; byte & 0x80 && shift < 63; shift += 7) {
		byte = take(reader, 1);
		value |= (byte & 0x7f) << shift;
	}
	reader->is_bad |= byte >> 7;
	if (byte & 0x40)
		value |= ~0ULL << shift;
	return value;
}

static void skip(struct reader *reader, uint64_t bytes)
{
	if (bytes > (size_t)(reader->end - reader->at)) {
		reader->is_bad = true;
		bytes = reader->end - reader->at;
	}
	reader->at += bytes;
}

/* From an address to the end of the tables. */
static struct reader reader_at(const struct cfi *cfi, uint64_t address)
{
	uint64_t offset = address - cfi->base;

	if (address < cfi->base || offset >= cfi->size)
		return (struct reader){ .is_bad = true };
	return (struct reader){ cfi->bytes + offset, cfi->bytes + cfi->size, false };
}

/* One entry of .eh_frame: the length, then as much; 64-bit lengths are not written by anyone. */
static struct reader entry_at(const struct cfi *cfi, uint64_t address)
{
	struct reader reader = reader_at(cfi, address);
	uint64_t length = take(&reader, 4);

	if (!length || length > (size_t)(reader.end - reader.at))
		reader.is_bad = true;
	else
		reader.end = reader.at + length;
	return reader;
}

static uint64_t address_of(const struct cfi *cfi, const struct reader *reader)
{
	return cfi->base + (reader->at - cfi->bytes);
}

/* The entry of the last function that begins at or before the address: .eh_frame_hdr is a sorted table. 0 = none. */
static uint64_t find_entry(const struct cfi *cfi, uint64_t address)
{
	struct reader reader = reader_at(cfi, cfi->header);
	uint64_t encodings = take(&reader, 4), low = 0, high;
	const uint8_t *table;

	skip(&reader, 4);
	high = take(&reader, 4);
	if (reader.is_bad || (encodings & 0xff) != 1 || encodings >> 16 != (ENCODED_TABLE << 8 | ENCODED_COUNT) ||
	    high > (size_t)(reader.end - reader.at) / 8)
		return 0;
	table = reader.at;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct reader pair = { table + middle * 8, reader.end, false };

		if (cfi->header + (int32_t)take(&pair, 4) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return 0;
	reader.at = table + (low - 1) * 8 + 4;
	return cfi->header + (int32_t)take(&reader, 4);
}

/* Of any size: it wraps as addresses do. */
static int64_t scaled(const struct program *program, uint64_t value)
{
	return value * (uint64_t)program->data_factor;
}

static void set_cfa(struct program *program, uint64_t number, int64_t offset)
{
	program->row.has_cfa = number == RSP || number == RBP;
	program->row.rule.is_cfa_of_bp = number == RBP;
	program->row.rule.cfa_offset = offset;
}

/* The register was saved at CFA + offset. */
static void set_saved(struct program *program, uint64_t number, int64_t offset)
{
	struct row *row = &program->row;

	if (number == RBP) {
		row->rule.is_bp_saved = true;
		row->rule.bp_offset = offset;
		row->has_bp = true;
	} else if (number == RETURN_ADDRESS) {
		row->has_return = offset == -8;
		row->rule.is_outermost = false;
	}
}

static void set_same(struct program *program, uint64_t number)
{
	if (number != RBP)
		return;
	program->row.has_bp = true;
	program->row.rule.is_bp_saved = false;
}

/* In a way that is not followed. */
static void set_other(struct program *program, uint64_t number)
{
	if (number == RBP)
		program->row.has_bp = false;
	else if (number == RETURN_ADDRESS)
		program->row.has_return = false;
}

static void set_initial(struct program *program, uint64_t number)
{
	const struct row *initial = &program->initial;
	struct row *row = &program->row;

	if (number == RBP) {
		row->has_bp = initial->has_bp;
		row->rule.is_bp_saved = initial->rule.is_bp_saved;
		row->rule.bp_offset = initial->rule.bp_offset;
	} else if (number == RETURN_ADDRESS) {
		row->has_return = initial->has_return;
		row->rule.is_outermost = initial->rule.is_outermost;
	}
}

/* DW_CFA_remember_state, DW_CFA_restore_state */
static bool remember(struct program *program, bool is_restore)
{
	if (is_restore ? !program->remembered_count : program->remembered_count == REMEMBERED_MAX)
		return false;
	if (is_restore)
		program->row = program->remembered[--program->remembered_count];
	else
		program->remembered[program->remembered_count++] = program->row;
	return true;
}

/* The instructions whose operand is the CFA, or one register. False: not of them. */
static bool run_definition(struct program *program, struct reader *reader, unsigned int opcode)
{
	bool is_bp = program->row.rule.is_cfa_of_bp;
	uint64_t number;

	switch (opcode) {
	case 0x0c: /* DW_CFA_def_cfa */
		number = take_uleb(reader);
		set_cfa(program, number, take_uleb(reader));
		return true;
	case 0x12: /* DW_CFA_def_cfa_sf */
		number = take_uleb(reader);
		set_cfa(program, number, scaled(program, take_sleb(reader)));
		return true;
	case 0x0d: /* DW_CFA_def_cfa_register */
		set_cfa(program, take_uleb(reader), program->row.rule.cfa_offset);
		return true;
	case 0x0e: /* DW_CFA_def_cfa_offset */
		set_cfa(program, is_bp ? RBP : RSP, take_uleb(reader));
		return true;
	case 0x13: /* DW_CFA_def_cfa_offset_sf */
		set_cfa(program, is_bp ? RBP : RSP, scaled(program, take_sleb(reader)));
		return true;
	case 0x0f: /* DW_CFA_def_cfa_expression */
		program->row.has_cfa = false;
		skip(reader, take_uleb(reader));
		return true;
	}
	return false;
}

static bool run_register(struct program *program, struct reader *reader, unsigned int opcode)
{
	uint64_t number = take_uleb(reader);

	switch (opcode) {
	case 0x05: /* DW_CFA_offset_extended */
		set_saved(program, number, scaled(program, take_uleb(reader)));
		return true;
	case 0x11: /* DW_CFA_offset_extended_sf */
		set_saved(program, number, scaled(program, take_sleb(reader)));
		return true;
	case 0x06: /* DW_CFA_restore_extended */
		set_initial(program, number);
		return true;
	case 0x07: /* DW_CFA_undefined: of the return address, how _start and clone() say that nobody called them */
		set_other(program, number);
		program->row.rule.is_outermost |= number == RETURN_ADDRESS;
		return true;
	case 0x08: /* DW_CFA_same_value */
		set_same(program, number);
		return true;
	case 0x09: /* DW_CFA_register */
	case 0x14: /* DW_CFA_val_offset */
		set_other(program, number);
		take_uleb(reader);
		return true;
	case 0x10: /* DW_CFA_expression */
	case 0x16: /* DW_CFA_val_expression */
		set_other(program, number);
		skip(reader, take_uleb(reader));
		return true;
	}
	return false;
}

/* False: the address is reached, or the instruction is not known. */
static bool advance(struct program *program, uint64_t delta)
{
	program->location += delta * program->code_factor;
	return program->location <= program->address;
}

static bool run_one(struct program *program, struct reader *reader)
{
	unsigned int opcode = take(reader, 1), operand = opcode & 0x3f;

	switch (opcode & 0xc0) {
	case 0x40: /* DW_CFA_advance_loc */
		return advance(program, operand);
	case 0x80: /* DW_CFA_offset */
		set_saved(program, operand, scaled(program, take_uleb(reader)));
		return true;
	case 0xc0: /* DW_CFA_restore */
		set_initial(program, operand);
		return true;
	}
	switch (opcode) {
	case 0x00: /* DW_CFA_nop */
		return true;
	case 0x02: /* DW_CFA_advance_loc1, 2, 4 */
	case 0x03:
	case 0x04:
		return advance(program, take(reader, 1 << (opcode - 2)));
	case 0x0a: /* DW_CFA_remember_state */
	case 0x0b: /* DW_CFA_restore_state */
		reader->is_bad |= !remember(program, opcode == 0x0b);
		return true;
	case 0x2e: /* DW_CFA_GNU_args_size */
		take_uleb(reader);
		return true;
	}
	if (!run_definition(program, reader, opcode) && !run_register(program, reader, opcode))
		reader->is_bad = true;
	return true;
}

/* False when they are not of the form that is followed. */
static bool run(struct program *program, struct reader *reader)
{
	while (reader->at < reader->end && !reader->is_bad && run_one(program, reader))
		continue;
	return !reader->is_bad;
}

/* The head of a CIE: factors, and that addresses are encoded as everybody does. The rest are instructions. */
static bool read_common(struct program *program, struct reader *reader)
{
	const char *augmentation;
	struct reader data;
	unsigned int version;

	if (take(reader, 4))
		return false;
	version = take(reader, 1);
	augmentation = (const char *)reader->at;
	if (!memchr(augmentation, '\0', reader->end - reader->at))
		return false;
	skip(reader, strlen(augmentation) + 1);
	program->code_factor = take_uleb(reader);
	program->data_factor = take_sleb(reader);
	if ((version == 1 ? take(reader, 1) : take_uleb(reader)) != RETURN_ADDRESS || augmentation[0] != 'z' ||
	    program->data_factor < -64 || program->data_factor > 64)
		return false;
	data = *reader;
	skip(reader, take_uleb(reader));
	take_uleb(&data);
	for (const char *at = augmentation + 1; *at; at++) {
		if (*at == 'P') /* the personality's address */
			skip(&data, (take(&data, 1) & 0x0f) == 0x0b ? 4 : 8);
		else if (*at == 'L')
			take(&data, 1);
		else if (*at != 'R' || take(&data, 1) != ENCODED_PC)
			return false; /* 'S', a signal's frame, among them */
	}
	return !reader->is_bad && !data.is_bad;
}

int cfi_rule(const struct cfi *cfi, uint64_t address, struct cfi_rule *ret_rule)
{
	struct program program = { .address = address, .row = { .has_bp = true, .has_return = true } };
	const struct row *row = &program.row;
	uint64_t entry = find_entry(cfi, address), common_at, begin, length;
	struct reader reader = entry_at(cfi, entry), common;

	if (!entry || reader.is_bad)
		return -ENOENT;
	common_at = address_of(cfi, &reader);
	common_at -= take(&reader, 4);
	common = entry_at(cfi, common_at);
	if (common.is_bad || !read_common(&program, &common))
		return -EOPNOTSUPP;
	begin = address_of(cfi, &reader);
	begin += (int32_t)take(&reader, 4);
	length = take(&reader, 4);
	skip(&reader, take_uleb(&reader));
	if (reader.is_bad || address < begin || address - begin >= length)
		return -ENOENT;
	program.location = begin;
	if (!run(&program, &common))
		return -EOPNOTSUPP;
	program.location = begin;
	program.initial = program.row;
	if (!run(&program, &reader) ||
	    (!row->rule.is_outermost && (!row->has_cfa || !row->has_bp || !row->has_return)))
		return -EOPNOTSUPP;
	*ret_rule = row->rule;
	return 0;
}
