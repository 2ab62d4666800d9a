/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Checks what it is given, so that nothing after it has to. */
#include "decode.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define TCP_STATES 14 /* TCP_BOUND_INACTIVE + 1 */

static bool is_named(const struct ev_task *task)
{
	return memchr(task->comm, '\0', sizeof(task->comm)) && task->source < OWNER_MAX;
}

static bool is_of_size(size_t size)
{
	return size == EVIDENCE_BARE_BYTES || size == sizeof(struct evidence) ||
	       size == sizeof(struct evidence_stacked) || size == sizeof(struct evidence_user);
}

static bool is_sound(const struct evidence *ev, size_t size)
{
	size_t stack = size > sizeof(*ev) ? size - sizeof(*ev) : 0;

	return ev->version == EVIDENCE_VERSION && ev->size == size && ev->hook > HOOK_NONE && ev->hook < HOOK_MAX &&
	       (!(ev->flags & EV_DETAIL) || ev->detail.event < EVENT_MAX) &&
	       ev->segment.conntrack < CONNTRACK_MAX &&
	       ev->detail.user_depth <= (size == sizeof(struct evidence_user) ? EVIDENCE_USER_FRAMES : 0) &&
	       ev->stack_depth <= EVIDENCE_STACK_FRAMES && ev->stack_depth * sizeof(__u64) <= stack &&
	       (size > EVIDENCE_BARE_BYTES || !(ev->flags & (EV_SOCKET | EV_CONN))) &&
	       ev->sock.state < TCP_STATES && ev->sock.old_state < TCP_STATES && is_named(&ev->task) &&
	       is_named(&ev->conn.owner);
}

/* What was appended since an older version is put in, as zeroes, before the stack; the program's own frames behind that
 * are left to decode_user(). Returns the size that it has then, 0 when it is no such record. */
static size_t upgrade(const unsigned char *bytes, size_t size, size_t former_bytes,
		      struct evidence_stacked *ret_evidence)
{
	struct evidence *ev = &ret_evidence->evidence;
	size_t head = size < former_bytes ? size : former_bytes, stack = size - head;

	if (stack > sizeof(ret_evidence->stack))
		stack = sizeof(ret_evidence->stack);
	memset(ret_evidence, 0, sizeof(*ret_evidence));
	memcpy(ev, bytes, head);
	memcpy(ret_evidence->stack, bytes + head, stack);
	if (ev->size != size)
		return 0;
	ev->version = EVIDENCE_VERSION;
	if (size >= former_bytes)
		ev->size = size += sizeof(*ev) - former_bytes;
	return size;
}

int decode_evidence(const void *bytes, size_t size, struct evidence_stacked *ret_evidence)
{
	static const size_t former_bytes[EVIDENCE_VERSION] = {
		[1] = EVIDENCE_BYTES_1,
		[2] = EVIDENCE_BYTES_2,
		[3] = EVIDENCE_BYTES_3,
	};
	unsigned int version = size >= EVIDENCE_BARE_BYTES ? *(const unsigned char *)bytes : 0;

	if (version && version < EVIDENCE_VERSION) {
		size = upgrade(bytes, size, former_bytes[version], ret_evidence);
		return is_of_size(size) && is_sound(&ret_evidence->evidence, size) ? 0 : -EBADMSG;
	}
	if (!is_of_size(size))
		return -EBADMSG;
	memset(ret_evidence, 0, sizeof(*ret_evidence));
	memcpy(ret_evidence, bytes, size < sizeof(*ret_evidence) ? size : sizeof(*ret_evidence));
	return is_sound(&ret_evidence->evidence, size) ? 0 : -EBADMSG;
}

unsigned int decode_user(const void *bytes, size_t size, struct ev_user_frame ret_frames[EVIDENCE_USER_FRAMES])
{
	const size_t frames_bytes = sizeof(((struct evidence_user *)0)->frames);
	struct evidence_stacked stacked;

	if (decode_evidence(bytes, size, &stacked) || stacked.evidence.size != sizeof(struct evidence_user))
		return 0;
	memcpy(ret_frames, (const char *)bytes + size - frames_bytes, frames_bytes);
	return stacked.evidence.detail.user_depth;
}
