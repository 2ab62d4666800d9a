/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The part of evidence.h, which includes it, that is about the program's own stack (--user-stack). */
#ifndef RSTTRACE_EVIDENCE_USER_H
#define RSTTRACE_EVIDENCE_USER_H

#define EVIDENCE_USER_FRAMES 16
#define EVIDENCE_BUILD_ID_BYTES 20

/* What .id is. The first three are enum bpf_stack_build_id_status of the kernel. Numbers are for ever. */
enum user_frame_status {
	USER_FRAME_EMPTY = 0,
	USER_FRAME_BUILD_ID = 1, /* the file's build id, zeros behind a shorter one; .offset is in that file */
	USER_FRAME_ADDRESS = 2, /* nothing: .offset is an address of that process */
	USER_FRAME_FILE = 3, /* device, inode and change time of a file that has no build id */
};

/* One frame of the program's own stack: struct bpf_stack_build_id. It outlives the process. */
struct ev_user_frame {
	__s32 status; /* enum user_frame_status */
	__u8 id[EVIDENCE_BUILD_ID_BYTES];
	__u64 offset;
};

/* Of a task that was inside its own system call on this socket, when that was asked for: innermost first. */
struct evidence_user {
	struct evidence_stacked stacked;
	struct ev_user_frame frames[EVIDENCE_USER_FRAMES];
};

#define EVIDENCE_USER_WORDS 256

/*
 * As the kernel side hands it over: what it takes to unwind code without frame pointers, and no longer there when the
 * record goes on. In no recording: it is the program's own memory, which nobody asked to keep.
 */
struct evidence_user_sample {
	struct evidence_user user;
	__u64 addresses[EVIDENCE_USER_FRAMES]; /* of .frames */
	__u64 ip, sp, bp; /* of the task when it entered the kernel; 0 = not known */
	__u64 words[EVIDENCE_USER_WORDS]; /* its stack from .sp on, zeros where that could not be read */
};

_Static_assert(sizeof(struct ev_user_frame) == 32, "ev_user_frame is struct bpf_stack_build_id");
_Static_assert(sizeof(struct evidence_user) == 1184, "evidence_user is part of the recording format");

#endif
