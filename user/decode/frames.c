/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads a stack that has names. */
#include "frames.h"

#include <string.h>

static const char *const functions[FRAME_COUNT] = {
#define F(name, function) [FRAME_##name] = function,
	FRAMES(F)
#undef F
};

/* Where tracing frames can stand; a JIT-compiled program among them may have no name. */
#define TRACING_FRAMES 6

/* Innermost frames that only belong to the tracing itself, by their beginnings. */
static const char *const tracing[] = {
	"bpf_prog_", "bpf_trace_run", "__bpf_trace_", "__traceiter_", "bpf_get_stack", "trace_event_raw_event_",
	"bpf_trampoline_", "ftrace_", "__bpf_trampoline", "kprobe_", "bpf_dispatcher_",
};

/* The network stack is entered here from below: frames further out belong to whoever this CPU interrupted, and on one
 * host that is often the other end of the same connection. Work that waited for a locked socket is done when that is
 * released: what the lock was held for is no part of it. */
static const char *const entries[] = {
	"ip_protocol_deliver_rcu", "ip6_protocol_deliver_rcu", "ip_local_deliver_finish", "ip6_input_finish",
	"icmp_rcv", "process_backlog", "__napi_poll", "call_timer_fn", "__release_sock", "release_sock",
};

static bool begins(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strncmp(name, list[i], strlen(list[i])))
			return true;
	}
	return false;
}

static bool is_entry(const char *name)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++) {
		if (!strcmp(name, entries[i]))
			return true;
	}
	return false;
}

void frames_delimit(struct incident *incident)
{
	unsigned int i;

	for (i = 0; i < incident->stack_depth && i < TRACING_FRAMES; i++) {
		if (begins(incident->frames[i], tracing, sizeof(tracing) / sizeof(*tracing)))
			incident->first_frame = i + 1;
		else if (*incident->frames[i])
			break; /* a trampoline further out is that of a function on the way */
	}
	i = incident->first_frame;
	while (i < incident->stack_depth && !is_entry(incident->frames[i]))
		i++;
	incident->end_frame = i;
}

static enum frame frame_of(const char *name)
{
	unsigned int frame = 0;

	while (frame < FRAME_COUNT && strcmp(name, functions[frame]))
		frame++;
	return frame;
}

frame_set frames_hold(const struct incident *incident)
{
	frame_set set = 0;

	for (unsigned int i = incident->first_frame; i < incident->end_frame; i++) {
		enum frame frame = frame_of(incident->frames[i]);

		if (frame < FRAME_COUNT)
			set |= (frame_set)1 << frame;
	}
	return set;
}

enum frame frames_nearest(const struct incident *incident, frame_set wanted, frame_set below)
{
	enum frame nearest = FRAME_COUNT;

	for (unsigned int i = incident->first_frame; i < incident->end_frame; i++) {
		enum frame frame = frame_of(incident->frames[i]);
		frame_set set = frame < FRAME_COUNT ? (frame_set)1 << frame : 0;

		if (set & below)
			nearest = FRAME_COUNT;
		else if (set & wanted && nearest == FRAME_COUNT)
			nearest = frame;
	}
	return nearest;
}
