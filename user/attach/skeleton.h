/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel side's object, which is megabytes: one copy of it in the program, and none in memory once it was read. */
#ifndef RSTTRACE_SKELETON_H
#define RSTTRACE_SKELETON_H

#include "../../bpf/control.h"
#include "../../bpf/evidence.h"
#include "rsttrace.skel.h"

/* Nothing of it is loaded yet. NULL, with errno. */
struct rsttrace_bpf *skeleton_open(void);

#endif
