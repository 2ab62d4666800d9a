/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files, unwind tables and stacks belong to whoever is traced: whatever is in them, nothing breaks (make SAN=1). */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attach/elf_image.h"
#include "attach/user_symbols.h"

#define MUTANTS 400
#define HOSTILE_SAMPLES 400

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 33;
}

static void look_around(const struct elf_image *image, uint64_t *seed)
{
	uint8_t id[EVIDENCE_BUILD_ID_BYTES];
	struct cfi_rule rule;
	uint64_t address;

	elf_image_build_id(image, id);
	for (unsigned int i = 0; i < 64; i++) {
		uint64_t offset = next_random(seed) % (1 << 20);

		if (!elf_image_address(image, offset, &address))
			address = offset;
		elf_image_function(image, address);
		elf_image_rule(image, address, &rule);
	}
}

static uint8_t *read_self(size_t *ret_size)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat status;
	uint8_t *bytes;

	assert_true(fd >= 0 && !fstat(fd, &status));
	bytes = malloc(status.st_size);
	assert_int_equal(read(fd, bytes, status.st_size), status.st_size);
	close(fd);
	*ret_size = status.st_size;
	return bytes;
}

/* Headers, tables and symbols overwritten, files cut short: what is read of them may be wrong, but nothing breaks. Most
 * of the bytes that are changed lie where they hurt: at either end, where the headers are. */
static void test_files_that_lie(void **state)
{
	int fd = memfd_create("mutant", MFD_CLOEXEC);
	uint64_t seed = 42;
	unsigned int loaded = 0;
	struct elf_image *image;
	size_t size;
	uint8_t *whole = read_self(&size);

	(void)state;
	for (unsigned int i = 0; i < MUTANTS; i++) {
		size_t length = next_random(&seed) % 4 ? size : 64 + next_random(&seed) % (size - 64);

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, whole, length, 0), length);
		for (unsigned int j = 0; j < 24; j++) {
			uint64_t where = next_random(&seed), span = j % 3 ? 4096 : size;
			uint8_t byte = next_random(&seed) % 3 ? next_random(&seed) : 0xff;

			where = where % span % length;
			where = j % 2 ? length - 1 - where : where + 16; /* the magic number stays */
			if (where < length)
				assert_int_equal(pwrite(fd, &byte, 1, where), 1);
		}
		if (elf_image_load(fd, &image))
			continue;
		loaded++;
		look_around(image, &seed);
		elf_image_free(image);
	}
	assert_true(loaded > MUTANTS / 10);
	free(whole);
	close(fd);
}

/* Tables of random instructions: the entries of this program's own, overwritten. */
static void test_tables_that_lie(void **state)
{
	uint8_t bytes[4096];
	uint64_t seed = 7;

	(void)state;
	for (unsigned int i = 0; i < 200 * MUTANTS; i++) {
		struct cfi cfi = { bytes, 64 + next_random(&seed) % 192, 0x1000, 0x1000 };
		const uint8_t header[] = { 1, 0x1b, 3, 0x3b, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 44, 0, 0, 0 };
		const uint8_t common[] = { 20, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8,
					   0x90, 1, 0, 0 };
		const uint8_t entry[] = { 100, 0, 0, 0, 28, 0, 0, 0, 0xcc, 0xff, 0xff, 0xff, 0, 4, 0, 0, 0 };
		struct cfi_rule rule;

		for (size_t j = 0; j < cfi.size; j++)
			bytes[j] = next_random(&seed);
		memcpy(bytes, header, sizeof(header));
		memcpy(bytes + 20, common, sizeof(common));
		if (i % 4)
			memcpy(bytes + 44, entry, sizeof(entry));
		cfi_rule(&cfi, 0x1000 + next_random(&seed) % 1024, &rule);
	}
}

static void test_memory_that_lies(void **state)
{
	struct user_symbols *symbols = user_symbols_new();
	uint64_t seed = 3;

	(void)state;
	for (unsigned int i = 0; i < HOSTILE_SAMPLES; i++) {
		struct evidence_user_sample sample = { .bp = 0 };
		uint64_t here = (uint64_t)look_around;

		sample.user.stacked.evidence.task.pid = getpid();
		sample.user.stacked.evidence.detail.user_depth = next_random(&seed) % 20;
		sample.sp = next_random(&seed);
		sample.bp = sample.sp + next_random(&seed) % 4096;
		sample.ip = here + next_random(&seed) % 256;
		for (unsigned int j = 0; j < EVIDENCE_USER_WORDS; j++)
			sample.words[j] = next_random(&seed) % 2 ? here - 4096 + next_random(&seed) % 8192 :
								   sample.sp + next_random(&seed) % 4096;
		for (unsigned int j = 0; j < EVIDENCE_USER_FRAMES; j++) {
			sample.addresses[j] = here + next_random(&seed) % 8192;
			sample.user.frames[j].status = next_random(&seed) % 5;
		}
		user_symbols_complete(symbols, &sample);
		assert_true(sample.user.stacked.evidence.detail.user_depth <= EVIDENCE_USER_FRAMES);
	}
	user_symbols_free(symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_that_lie),
		cmocka_unit_test(test_tables_that_lie),
		cmocka_unit_test(test_memory_that_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
