/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See iterator.h. */
#include "iterator.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define BUFFER_BYTES 32768 /* what the kernel gathers for one read */

/* A record may lie across the end of a read: what is left of it is moved to the front. */
static int drain(int fd, size_t record_bytes, source_record_fn record, void *context)
{
	char bytes[BUFFER_BYTES];
	size_t length = 0, at;
	ssize_t got;
	int err = 0;

	for (;;) {
		got = read(fd, bytes + length, sizeof(bytes) - length);
		if (got < 0 && (errno == EAGAIN || errno == EINTR)) /* EAGAIN: it has looked at a million objects */
			continue;
		if (got <= 0)
			return got ? -errno : 0;
		length += got;
		for (at = 0; record && !err && length - at >= record_bytes; at += record_bytes)
			err = record(context, bytes + at, record_bytes);
		if (err)
			return err;
		length = record ? length - at : 0;
		memmove(bytes, bytes + at, length);
	}
}

int iterator_run(struct bpf_program *program, size_t record_bytes, source_record_fn record, void *context)
{
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -errno;
	int err = fd < 0 ? fd : drain(fd, record_bytes, record, context);

	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return err;
}
