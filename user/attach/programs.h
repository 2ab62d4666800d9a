/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every BPF program: the hook that it stands on, the tier that it belongs to, and what is lost without it. */
#ifndef RSTTRACE_PROGRAMS_H
#define RSTTRACE_PROGRAMS_H

#include "../cli.h"
#include "caps.h"

struct bpf_link;
struct bpf_program;

enum program_flags {
	PROGRAM_DEEP = 1 << 0, /* on a path that every packet or timer takes: only with --deep */
	/* Tells by a tracepoint what the function hooks tell cheaper: left out where those are. */
	PROGRAM_WITHOUT_FUNCTIONS = 1 << 1,
	PROGRAM_BEFORE_6_10 = 1 << 2, /* the tracepoint tells it where it fires without a socket */
	/* A kernel probe that serves the tier fentry too: its function lives in a module, or is only met by name. */
	PROGRAM_ANY_FUNCTION_TIER = 1 << 3,
	PROGRAM_FINGERPRINT = 1 << 5, /* on every segment's way: only with --fingerprint */
	PROGRAM_ITERATOR = 1 << 4, /* is run, by session_scan(); stands on no hook */
	PROGRAM_BEFORE_5_14 = 1 << 8, /* the tracepoint inet_sk_error_report tells it where it is */
	PROGRAM_RECOVERED = 1 << 9, /* only when outages that were survived are asked for */
	PROGRAM_IF_THERE = 1 << 10, /* for a feature that many kernels are built without */
	PROGRAM_STALLED = 1 << 11, /* for `rsttrace stalled` alone, see stalled.h */
	PROGRAM_BODY = 1 << 13, /* others go on with it: it stands on no hook itself */
	PROGRAM_SHARED = 1 << 12, /* on every read's way: only when a listener is found that several may have */
};

struct program_row {
	const char *program; /* in the BPF object */
	const char *hook; /* tracepoint or function */
	enum tier tier; /* the kind of hook: raw tracepoint, kprobe, fentry */
	unsigned int flags; /* enum program_flags */
	const char *module; /* in which the function may live: attached when that comes; NULL = in the kernel itself */
	const char *gives;
};

extern const struct program_row program_rows[];
extern const unsigned int program_rows_count;

/* The first rows tell deaths: without these there is nothing to tell. */
#define DEATH_PROGRAMS 3
#define PROGRAMS_MAX 128

/* Why this kernel, tier or command line leaves the program out; NULL: it does not. */
const char *program_left_out(const struct program_row *row, const struct caps *caps, enum tier tier,
			     const struct options *options);
/* Attaches it. A kernel probe also finds a function of which the compiler made a special version, under a longer name.
 * NULL with errno set: the kernel refuses. */
struct bpf_link *program_attach(struct bpf_program *program, const struct program_row *row);
/* Whether the command line asks for outages that were survived; for what the program tells. */
bool program_wants_recovered(const struct options *options);
bool program_is_asked_for(const struct program_row *row, const struct options *options);
/* Whether this build leaves the program out on purpose (make MUTANT=program). */
bool program_is_mutilated(const struct program_row *row);
/* Whether the row is not even worth a line in `doctor`: it belongs to another tier. */
bool program_is_foreign(const struct program_row *row, enum tier tier);

#endif
