/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel side as one object: every program in one compilation, so that they share maps and knobs by name. */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "conn.bpf.c"
#include "rst_in.bpf.c"
#include "module.bpf.c"
#include "rst_out.bpf.c"
#include "hash.bpf.c"
#include "deep_packet.bpf.c"
#include "deep_handshake.bpf.c"
#include "deep_timer.bpf.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
