/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Recordings that anybody may have made: read, joined, judged, kept as JSON and in a database. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../user/sinks/sink.h"
#include "../../user/store/store.h"
#include "../unit/replayed.h"

struct target {
	struct store *store; /* open for all inputs: that is what a recorder lives through */
	FILE *out;
	void *json, *table;
};

static int take(void *context, const struct report *report)
{
	const struct store_time now = { 1767323045678901234, 1000000 };
	struct target *target = context;

	sink_find("json")->report(target->json, report);
	sink_find("table")->report(target->table, report);
	store_report(target->store, report, now);
	return 0;
}

static struct target *make(void)
{
	static const struct sink_options verbose = { .verbose = true, .kernel_stack = true, .user_stack = true };
	static const struct store_session session = { "b", "h", "k", "m", "t", "c", 1 };
	static struct target target;
	const struct store_time now = { 1, 1 };
	struct store_options options = { .max_bytes = STORE_SIZE_MIN };
	char path[64], message[512];

	if (target.store)
		return &target;
	snprintf(path, sizeof(path), "/dev/shm/rsttrace-fuzz-%d.db", getpid());
	options.path = path;
	if (store_open(&options, now, &target.store, message, sizeof(message)) ||
	    store_begin(target.store, &session, now, message, sizeof(message))) {
		fprintf(stderr, "%s\n", message);
		exit(1);
	}
	unlink(path);
	target.out = fopen("/dev/null", "w");
	target.json = sink_find("json")->open(target.out, &verbose);
	target.table = sink_find("table")->open(target.out, &verbose);
	return &target;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct target *target = make();
	int fd = memfd_create("recording", MFD_CLOEXEC);
	char path[64];

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	replayed_reports(path, take, target);
	close(fd);
	return 0;
}
