/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * /proc/kallsyms as a sorted table. 150,000 text symbols of a Debian kernel take 5 MB, so names are kept once, cut at
 * the first dot: the compiler's endings (.isra.0, .constprop.0, .part.0, .cold) differ per build and say nothing.
 */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)
#define USERS_COLUMN 2 /* of /proc/modules */
#define READINGS_MAX 5 /* for one during which no module comes */
/* Further from the nearest symbol than this, an address belongs to code that was loaded later. */
#define FUNCTION_BYTES_MAX (64 * 1024)

struct symbol {
	uint64_t address;
	uint32_t name; /* offset into names */
	bool is_cold; /* the part that the compiler took out of a function: before it in memory on 7.2, else after */
};

struct symbols {
	struct symbol *table;
	size_t count, room;
	char *names;
	size_t names_size, names_room;
};

static int grow(void **memory, size_t *room, size_t needed, size_t element)
{
	size_t wanted = *room ? *room : 4096;
	void *larger;

	if (needed <= *room)
		return 0;
	while (wanted < needed)
		wanted += wanted / 2;
	larger = realloc(*memory, wanted * element);
	if (!larger)
		return -ENOMEM;
	*memory = larger;
	*room = wanted;
	return 0;
}

static bool ends_name(char c)
{
	return c == '.' || c == '\t' || c == ' ';
}

static bool is_code(char kind)
{
	return kind == 't' || kind == 'T' || kind == 'w' || kind == 'W';
}

/* "ffffffff81000000 T name[\t[module]]": keeps functions. */
static int add_line(struct symbols *symbols, const char *line, size_t length)
{
	const char *end = line + length;
	uint64_t address = 0;
	size_t name_length = 0;
	const char *name;

	while (line < end && *line != ' ') {
		unsigned char c = *line++;

		address = address << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	if (end - line < 4 || !is_code(line[1]) || !address)
		return 0;
	name = line + 3;
	while (name + name_length < end && !ends_name(name[name_length]))
		name_length++;
	if (!name_length ||
	    grow((void **)&symbols->table, &symbols->room, symbols->count + 1, sizeof(*symbols->table)) ||
	    grow((void **)&symbols->names, &symbols->names_room, symbols->names_size + name_length + 1, 1))
		return name_length ? -ENOMEM : 0;
	symbols->table[symbols->count++] = (struct symbol){
		.address = address,
		.name = symbols->names_size,
		.is_cold = end - (name + name_length) >= 5 && !memcmp(name + name_length, ".cold", 5),
	};
	memcpy(symbols->names + symbols->names_size, name, name_length);
	symbols->names[symbols->names_size + name_length] = '\0';
	symbols->names_size += name_length + 1;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct symbol *left = a, *right = b;

	return left->address < right->address ? -1 : left->address > right->address;
}

static int read_lines(struct symbols *symbols, int fd, char *buffer)
{
	size_t kept = 0;
	ssize_t got;

	while ((got = read(fd, buffer + kept, READ_BYTES - kept)) > 0) {
		char *line = buffer, *end = buffer + kept + got, *newline;

		while ((newline = memchr(line, '\n', end - line))) {
			if (add_line(symbols, line, newline - line))
				return -ENOMEM;
			line = newline + 1;
		}
		kept = end - line;
		memmove(buffer, line, kept);
		if (kept == READ_BYTES)
			return -EBADMSG;
	}
	return got < 0 ? -errno : 0;
}

/* What the kernel says of its modules but for how many use them, as a number. */
static uint64_t modules_stamp(void)
{
	int fd = open("/proc/modules", O_RDONLY | O_CLOEXEC);
	uint64_t stamp = 14695981039346656037ULL; /* FNV-1a */
	unsigned char bytes[4096];
	unsigned int column = 0;
	ssize_t got = 0;

	while (fd >= 0 && (got = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			column = bytes[i] == '\n' ? 0 : column + (bytes[i] == ' ');
			if (column != USERS_COLUMN)
				stamp = (stamp ^ bytes[i]) * 1099511628211ULL;
		}
	}
	if (fd >= 0)
		close(fd);
	return stamp;
}

static int read_symbols(struct symbols **ret_symbols)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));
	char *buffer = malloc(READ_BYTES);
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? -errno : 0;

	if (!err)
		err = symbols && buffer ? read_lines(symbols, fd, buffer) : -ENOMEM;
	if (!err && !symbols->count)
		err = -EPERM; /* every address read as zero */
	if (fd >= 0)
		close(fd);
	free(buffer);
	if (err) {
		symbols_free(symbols);
		return err;
	}
	qsort(symbols->table, symbols->count, sizeof(*symbols->table), compare);
	*ret_symbols = symbols;
	return 0;
}

/* /proc/kallsyms counts lines: a module that has begun to run, and so has given up the symbols of its start, moves
 * those of others out of sight of who is reading just then. */
int symbols_load(struct symbols **ret_symbols)
{
	uint64_t before = modules_stamp(), after;
	int err = read_symbols(ret_symbols);

	for (unsigned int i = 0; !err && i < READINGS_MAX && (after = modules_stamp()) != before; i++) {
		before = after;
		symbols_free(*ret_symbols);
		*ret_symbols = NULL;
		err = read_symbols(ret_symbols);
	}
	return err;
}

const char *symbols_name(const struct symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->table[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - symbols->table[low - 1].address > FUNCTION_BYTES_MAX)
		return NULL;
	return symbols->names + symbols->table[low - 1].name;
}

static bool is_function(const struct symbols *symbols, size_t i, const char *name)
{
	return !symbols->table[i].is_cold && !strcmp(symbols->names + symbols->table[i].name, name);
}

uint64_t symbols_address(const struct symbols *symbols, const char *name)
{
	for (size_t i = 0; i < symbols->count; i++) {
		if (is_function(symbols, i, name))
			return symbols->table[i].address;
	}
	return 0;
}

int symbols_special_name(const char *function, char *name, size_t size)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	size_t length = strlen(function);
	char line[512], symbol[256];
	int err = file ? -ENOENT : -errno;

	while (err == -ENOENT && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*x %*[tT] %255s", symbol) != 1 || strncmp(symbol, function, length) ||
		    strncmp(symbol + length, ".constprop.", strlen(".constprop.")))
			continue;
		err = (size_t)snprintf(name, size, "%s", symbol) < size ? 0 : -ENAMETOOLONG;
	}
	if (file)
		fclose(file);
	return err;
}

bool symbols_find(const struct symbols *symbols, const char *name, uint64_t *ret_start, uint64_t *ret_end)
{
	for (size_t i = 0; i < symbols->count; i++) {
		if (!is_function(symbols, i, name))
			continue;
		*ret_start = symbols->table[i].address;
		*ret_end = i + 1 < symbols->count ? symbols->table[i + 1].address : UINT64_MAX;
		return true;
	}
	return false;
}

void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->table);
	free(symbols->names);
	free(symbols);
}
