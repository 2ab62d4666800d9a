/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See user_symbols.h. The kernel knows the innermost place for certain, and callers as far as there are frame pointers:
 * most distributions' libraries have none, and then the very caller of close() is missing, or everything is. So the
 * stack is walked again by the tables that the files carry, over the words that came with the sample; where those end,
 * the kernel's walk goes on, when it is still on the same frames. A caller is never guessed.
 */
#include "user_symbols.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user_images.h"
#include "user_names.h"

#define TEXT_BYTES 192

struct user_symbols {
	struct user_images *images;
	struct user_names *names;
};

/* The sampled process, as far as it was looked at. */
struct process {
	struct user_symbols *symbols;
	const struct evidence_user_sample *sample;
	unsigned int depth; /* of the kernel's walk */
	struct process_maps *maps; /* NULL = not read yet, or it has gone */
	bool was_read;
};

/* A place in the program's code. */
struct place {
	uint64_t address;
	struct ev_user_frame frame;
};

struct walk {
	struct place places[EVIDENCE_USER_FRAMES];
	unsigned int count;
	uint64_t ip, sp, bp;
	unsigned int links; /* frame pointers followed */
	bool is_complete; /* up to the outermost */
	bool is_chained; /* the caller's place is where the frame pointer says */
};

struct user_symbols *user_symbols_new(void)
{
	struct user_symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return NULL;
	symbols->images = user_images_new();
	symbols->names = user_names_new();
	if (symbols->images && symbols->names)
		return symbols;
	user_symbols_free(symbols);
	return NULL;
}

/* Whether these maps are still those of the sample: the process may have gone, and another have its number, or it runs
 * another program. */
static bool is_sampled(const struct process_maps *maps, const struct evidence_user_sample *sample)
{
	const struct mapping *mapping = process_maps_find(maps, sample->addresses[0]);

	if (!mapping)
		return false;
	return sample->user.frames[0].status != USER_FRAME_BUILD_ID ||
	       sample->addresses[0] - mapping->start + mapping->offset == sample->user.frames[0].offset;
}

static const struct mapping *mapping_of(struct process *process, uint64_t address)
{
	if (!process->was_read) {
		process->maps = process_maps_read(process->sample->user.stacked.evidence.task.pid);
		if (process->maps && !is_sampled(process->maps, process->sample)) {
			process_maps_free(process->maps);
			process->maps = NULL;
		}
	}
	process->was_read = true;
	return process->maps ? process_maps_find(process->maps, address) : NULL;
}

/* The file that the kernel named, wherever it is found: it must bear that build id. */
static const struct user_image *image_of(struct process *process, const struct place *place)
{
	const struct user_image *image = user_images_find(process->symbols->images, &place->frame);
	const struct mapping *mapping;

	if (image || place->frame.status != USER_FRAME_BUILD_ID)
		return image;
	mapping = mapping_of(process, place->address);
	if (mapping)
		image = user_images_of_mapping(process->symbols->images, process->maps, mapping);
	if (image && !memcmp(image->key.id, place->frame.id, sizeof(place->frame.id)))
		return image;
	return user_images_search(process->symbols->images, &place->frame,
				  process->sample->user.stacked.evidence.task.comm);
}

/* A process that has gone: its files lie where the kernel's walk met them. */
static bool locate_beside(struct process *process, struct place *place)
{
	const struct evidence_user_sample *sample = process->sample;

	for (unsigned int i = 0; i < process->depth; i++) {
		const struct ev_user_frame *frame = &sample->user.frames[i];
		const struct user_image *image = user_images_find(process->symbols->images, frame);
		uint64_t offset = place->address - (sample->addresses[i] - frame->offset), ignored;

		if (frame->status != USER_FRAME_BUILD_ID || !image ||
		    !elf_image_address(image->elf, offset - 1, &ignored))
			continue;
		place->frame = *frame;
		place->frame.offset = offset;
		return true;
	}
	return false;
}

/* What the kernel would have said of an address, had it met it. */
static struct place locate(struct process *process, uint64_t address)
{
	struct place place = { address, { .status = USER_FRAME_ADDRESS, .offset = address } };
	const struct mapping *mapping = mapping_of(process, address - 1);
	const struct user_image *image;

	for (unsigned int i = 0; i < process->depth; i++) {
		const struct ev_user_frame *frame = &process->sample->user.frames[i];

		if (process->sample->addresses[i] == address && frame->status == USER_FRAME_BUILD_ID) {
			place.frame = *frame;
			return place;
		}
	}
	if (!mapping) {
		locate_beside(process, &place);
		return place;
	}
	image = user_images_of_mapping(process->symbols->images, process->maps, mapping);
	if (image) {
		place.frame = image->key;
		place.frame.offset = address - mapping->start + mapping->offset;
	}
	return place;
}

static bool word_at(const struct evidence_user_sample *sample, uint64_t address, uint64_t *ret_word)
{
	uint64_t offset = address - sample->sp;

	if (address < sample->sp || offset % sizeof(uint64_t) || offset / sizeof(uint64_t) >= EVIDENCE_USER_WORDS)
		return false;
	*ret_word = sample->words[offset / sizeof(uint64_t)];
	return true;
}

/* From the place to its caller. False at the end, and where the way is lost. */
static bool step(struct process *process, const struct place *place, struct walk *walk)
{
	const struct user_image *image = image_of(process, place);
	struct cfi_rule rule;
	uint64_t address, cfa;
	bool is_link;
	int err;

	walk->is_chained = false;
	/* A return address is behind its call, and may be the next function's first. */
	if (!image || !elf_image_address(image->elf, place->frame.offset - 1, &address))
		return false;
	err = elf_image_rule(image->elf, address, &rule);
	/* Who leaves the tables out keeps frame pointers, as Go does: nothing else could walk its stack. */
	walk->is_chained = err == -ENOENT;
	if (err)
		return false;
	walk->is_complete = rule.is_outermost;
	is_link = rule.is_cfa_of_bp && rule.cfa_offset == 16 && rule.is_bp_saved && rule.bp_offset == -16;
	walk->is_chained = is_link;
	cfa = (rule.is_cfa_of_bp ? walk->bp : walk->sp) + rule.cfa_offset;
	if (rule.is_outermost || cfa <= walk->sp || !word_at(process->sample, cfa - 8, &walk->ip) ||
	    (rule.is_bp_saved && !word_at(process->sample, cfa + rule.bp_offset, &walk->bp)))
		return false;
	walk->sp = cfa;
	walk->links += is_link;
	walk->is_chained = false;
	walk->is_complete = !walk->ip;
	return walk->ip;
}

static struct place place_of_kernel(const struct process *process, unsigned int i)
{
	return (struct place){ process->sample->addresses[i], process->sample->user.frames[i] };
}

/* Where our walk has ended too early, the kernel's frames that follow. */
static void append_kernel(const struct process *process, struct walk *walk)
{
	unsigned int next = walk->is_chained ? walk->links + 1 : process->depth;

	for (unsigned int i = 0; i < process->depth && walk->count; i++) {
		if (process->sample->addresses[i] == walk->places[walk->count - 1].address)
			next = i + 1;
	}
	for (unsigned int i = walk->count ? next : 0; i < process->depth && walk->count < EVIDENCE_USER_FRAMES; i++)
		walk->places[walk->count++] = place_of_kernel(process, i);
}

/* execve() closes what is not inherited when the program that called it is no more, and its successor is about to run
 * its first instruction. */
static bool is_beginning(struct process *process, const struct place *place)
{
	const struct user_image *image = image_of(process, place);
	uint64_t address;

	return image && elf_image_address(image->elf, place->frame.offset, &address) &&
	       elf_image_is_entry(image->elf, address);
}

static void walk_stack(struct process *process, struct walk *walk)
{
	const struct evidence_user_sample *sample = process->sample;
	struct place place = place_of_kernel(process, 0);

	*walk = (struct walk){ .ip = sample->ip, .sp = sample->sp, .bp = sample->bp };
	if (sample->ip && place.frame.status != USER_FRAME_BUILD_ID)
		place = locate(process, sample->ip);
	if (is_beginning(process, &place))
		return;
	while (sample->ip) {
		walk->places[walk->count++] = place;
		if (walk->count == EVIDENCE_USER_FRAMES || !step(process, &place, walk))
			break;
		place = locate(process, walk->ip);
	}
	if (!walk->is_complete)
		append_kernel(process, walk);
}

static void describe(const struct place *place, const struct user_image *image, const struct mapping *mapping,
		     char *text, size_t size)
{
	const char *file = mapping && *mapping->name ? mapping->name : image ? image->name : "";
	uint64_t address = place->frame.offset;
	const char *function = NULL;
	size_t at;

	if (place->frame.status == USER_FRAME_ADDRESS) {
		snprintf(text, size, "0x%" PRIx64 " (no file known)", place->address);
		return;
	}
	if (image && elf_image_address(image->elf, place->frame.offset - 1, &address)) {
		function = elf_image_function(image->elf, address);
		address++;
	}
	if (function) {
		snprintf(text, size, "%s", function);
		return;
	}
	at = snprintf(text, size, "%s+0x%" PRIx64, *file ? file : "?", address);
	if (place->frame.status != USER_FRAME_BUILD_ID)
		return;
	at += snprintf(text + at, size - at, " (build id ");
	for (unsigned int i = 0; i < EVIDENCE_BUILD_ID_BYTES; i++)
		at += snprintf(text + at, size - at, "%02x", place->frame.id[i]);
	snprintf(text + at, size - at, ")");
}

/* A name that was found stays; where only the file's was, the file itself may be found by now. */
static void keep_name(struct process *process, const struct place *place)
{
	struct user_names *names = process->symbols->names;
	const char *known = user_names_find(names, &place->frame);
	const struct user_image *image;
	char text[TEXT_BYTES];

	if (known && !strstr(known, "+0x"))
		return;
	image = image_of(process, place);
	describe(place, image, mapping_of(process, place->address), text, sizeof(text));
	if (!known || strcmp(known, text))
		user_names_put(names, &place->frame, text);
}

/* Ours where the kernel gave only addresses. */
static void locate_all(struct process *process, struct walk *walk)
{
	for (unsigned int i = 0; i < walk->count; i++) {
		const struct place *place = &walk->places[i];

		if (place->frame.status != USER_FRAME_BUILD_ID && place->frame.status != USER_FRAME_FILE)
			walk->places[i] = locate(process, place->address);
	}
}

void user_symbols_complete(struct user_symbols *symbols, struct evidence_user_sample *sample)
{
	struct evidence *ev = &sample->user.stacked.evidence;
	struct process process = { .symbols = symbols, .sample = sample };
	struct walk walk;

	process.depth = ev->detail.user_depth < EVIDENCE_USER_FRAMES ? ev->detail.user_depth : EVIDENCE_USER_FRAMES;
	if (process.depth)
		walk_stack(&process, &walk);
	else
		walk.count = 0;
	locate_all(&process, &walk);
	for (unsigned int i = 0; i < walk.count; i++)
		keep_name(&process, &walk.places[i]);
	process_maps_free(process.maps);
	memset(sample->user.frames, 0, sizeof(sample->user.frames));
	for (unsigned int i = 0; i < walk.count; i++)
		sample->user.frames[i] = walk.places[i].frame;
	ev->detail.user_depth = walk.count;
	ev->size = sizeof(sample->user);
}

const char *user_symbols_name(struct user_symbols *symbols, const struct ev_user_frame *frame)
{
	return user_names_find(symbols->names, frame);
}

void user_symbols_free(struct user_symbols *symbols)
{
	if (!symbols)
		return;
	user_images_free(symbols->images);
	user_names_free(symbols->names);
	free(symbols);
}
