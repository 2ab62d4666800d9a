/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See elf_image.h. libelf knows classes and byte orders; every offset and size is checked before it is used, and
 * nothing is mapped: a file cut short while it is mapped kills the reader.
 */
#include "elf_image.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_functions.h"

#define FILE_BYTES_MAX (4LL << 30)
#define TABLES_BYTES_MAX (32u << 20)
#define NOTES_BYTES_MAX (64u << 10)
#define LOADS_MAX 16
#define HEADERS_MAX 128

struct load {
	uint64_t offset, size, address;
	bool is_code;
};

struct elf_image {
	struct load loads[LOADS_MAX];
	unsigned int loads_count;
	uint64_t entry;
	uint8_t build_id[EVIDENCE_BUILD_ID_BYTES];
	bool has_build_id;
	struct functions functions;
	uint8_t *tables;
	struct cfi cfi; /* .bytes is .tables */
};

static void *read_part(int fd, uint64_t offset, size_t size)
{
	uint8_t *bytes = size ? malloc(size) : NULL;
	size_t done = 0;
	ssize_t got = 1;

	while (bytes && done < size && (got = pread(fd, bytes + done, size - done, offset + done)) > 0)
		done += got;
	if (bytes && done < size) {
		free(bytes);
		return NULL;
	}
	return bytes;
}

/* Both numbers are the file's: their sum may wrap. */
static bool is_inside(uint64_t offset, uint64_t size, uint64_t whole)
{
	return offset <= whole && size <= whole - offset;
}

/* Names and contents are padded to 4 bytes. The kernel takes up to 20 bytes of "GNU" notes of type 3. */
static void find_build_id(struct elf_image *image, const uint8_t *notes, size_t size)
{
	size_t at = 0;

	while (size - at >= sizeof(Elf32_Nhdr) && !image->has_build_id) {
		Elf32_Nhdr note;
		uint64_t name, content, next;

		memcpy(&note, notes + at, sizeof(note));
		name = at + sizeof(note);
		content = name + ((note.n_namesz + 3ULL) & ~3ULL);
		next = content + ((note.n_descsz + 3ULL) & ~3ULL);
		if (content > size || note.n_descsz > size - content)
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(notes + name, "GNU", 4) &&
		    note.n_descsz && note.n_descsz <= EVIDENCE_BUILD_ID_BYTES) {
			memcpy(image->build_id, notes + content, note.n_descsz);
			image->has_build_id = true;
		}
		if (next > size)
			return;
		at = next;
	}
}

static void read_notes(struct elf_image *image, int fd, const GElf_Phdr *header)
{
	uint8_t *notes = header->p_filesz <= NOTES_BYTES_MAX ? read_part(fd, header->p_offset, header->p_filesz) : NULL;

	if (notes)
		find_build_id(image, notes, header->p_filesz);
	free(notes);
}

static const struct load *load_of(const struct elf_image *image, uint64_t address)
{
	for (unsigned int i = 0; i < image->loads_count; i++) {
		const struct load *load = &image->loads[i];

		if (address >= load->address && address - load->address < load->size)
			return load;
	}
	return NULL;
}

/* .eh_frame_hdr says where .eh_frame is; the two lie side by side, and how long they are no header tells. */
static void read_tables(struct elf_image *image, int fd, uint64_t header)
{
	const struct load *load = load_of(image, header);
	uint64_t begin = header, size;
	uint8_t *head;
	int32_t distance;

	if (!load || !(head = read_part(fd, load->offset + (header - load->address), 8)))
		return;
	memcpy(&distance, head + 4, sizeof(distance)); /* DW_EH_PE_pcrel | DW_EH_PE_sdata4: from where it stands */
	if (head[1] == 0x1b && header + 4 + distance < begin)
		begin = header + 4 + distance;
	free(head);
	if (load_of(image, begin) != load)
		return;
	size = load->size - (begin - load->address);
	if (size > TABLES_BYTES_MAX)
		size = TABLES_BYTES_MAX;
	image->tables = read_part(fd, load->offset + (begin - load->address), size);
	if (image->tables)
		image->cfi = (struct cfi){ image->tables, size, begin, header };
}

static int read_headers(struct elf_image *image, Elf *elf, int fd, uint64_t file_bytes)
{
	uint64_t tables = 0;
	GElf_Ehdr head;
	size_t count;

	if (!gelf_getehdr(elf, &head) || elf_getphdrnum(elf, &count) || count > HEADERS_MAX)
		return -EBADMSG;
	image->entry = head.e_entry;
	for (size_t i = 0; i < count; i++) {
		GElf_Phdr header;

		if (!gelf_getphdr(elf, i, &header) || !is_inside(header.p_offset, header.p_filesz, file_bytes))
			continue;
		if (header.p_type == PT_LOAD && image->loads_count < LOADS_MAX)
			image->loads[image->loads_count++] = (struct load){
				header.p_offset, header.p_filesz, header.p_vaddr, header.p_flags & PF_X };
		else if (header.p_type == PT_NOTE && !image->has_build_id)
			read_notes(image, fd, &header);
		else if (header.p_type == PT_GNU_EH_FRAME)
			tables = header.p_vaddr;
	}
	if (tables && head.e_machine == EM_X86_64)
		read_tables(image, fd, tables);
	return 0;
}

static Elf *begin(int fd, uint64_t *ret_bytes, int *ret_err)
{
	struct stat status;
	Elf *elf;

	*ret_err = fstat(fd, &status) ? -errno : 0;
	if (!*ret_err && !S_ISREG(status.st_mode))
		*ret_err = -EBADMSG;
	if (!*ret_err && status.st_size > FILE_BYTES_MAX)
		*ret_err = -EFBIG;
	if (*ret_err || elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		elf = NULL;
	}
	*ret_err = elf ? 0 : -EBADMSG;
	*ret_bytes = status.st_size;
	return elf;
}

int elf_image_load(int fd, struct elf_image **ret_image)
{
	struct elf_image *image = calloc(1, sizeof(*image));
	uint64_t file_bytes = 0;
	int err = -ENOMEM;
	Elf *elf = image ? begin(fd, &file_bytes, &err) : NULL;

	if (elf)
		err = read_headers(image, elf, fd, file_bytes);
	if (!elf || err) {
		elf_image_free(image);
		elf_end(elf);
		return err;
	}
	functions_read(elf, &image->functions);
	elf_end(elf);
	*ret_image = image;
	return 0;
}

void elf_image_add_symbols(struct elf_image *image, int fd)
{
	struct functions functions;
	uint64_t file_bytes;
	int err;
	Elf *elf = begin(fd, &file_bytes, &err);

	if (!elf)
		return;
	functions_read(elf, &functions);
	elf_end(elf);
	if (functions.is_complete) {
		functions_free(&image->functions);
		image->functions = functions;
	} else {
		functions_free(&functions);
	}
}

bool elf_image_has_symbols(const struct elf_image *image)
{
	return image->functions.is_complete;
}

bool elf_image_build_id(const struct elf_image *image, uint8_t id[EVIDENCE_BUILD_ID_BYTES])
{
	memcpy(id, image->build_id, EVIDENCE_BUILD_ID_BYTES);
	return image->has_build_id;
}

bool elf_image_address(const struct elf_image *image, uint64_t offset, uint64_t *ret_address)
{
	for (unsigned int i = 0; i < image->loads_count; i++) {
		const struct load *load = &image->loads[i];

		if (!load->is_code || offset < load->offset || offset - load->offset >= load->size)
			continue;
		*ret_address = load->address + (offset - load->offset);
		return true;
	}
	return false;
}

bool elf_image_is_entry(const struct elf_image *image, uint64_t address)
{
	return address == image->entry;
}

const char *elf_image_function(const struct elf_image *image, uint64_t address)
{
	return functions_name(&image->functions, address);
}

int elf_image_rule(const struct elf_image *image, uint64_t address, struct cfi_rule *ret_rule)
{
	return image->tables ? cfi_rule(&image->cfi, address, ret_rule) : -ENOENT;
}

size_t elf_image_bytes(const struct elf_image *image)
{
	return sizeof(*image) + functions_bytes(&image->functions) + image->cfi.size;
}

void elf_image_free(struct elf_image *image)
{
	if (!image)
		return;
	functions_free(&image->functions);
	free(image->tables);
	free(image);
}
