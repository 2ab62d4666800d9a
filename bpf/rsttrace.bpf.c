/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel side as one object: every program in one compilation, so that they share maps and knobs by name. */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "conn.bpf.c"
#include "fingerprint.bpf.c"
#include "rst_in.bpf.c"
#include "module.bpf.c"
#include "owner.bpf.c"
#include "outage.bpf.c"
#include "rst_out.bpf.c"
#include "stalled.bpf.c"
#include "handshake.bpf.c"
#include "syn.bpf.c"
#include "report.bpf.c"
#include "icmp.bpf.c"
#include "connect.bpf.c"
#include "reject.bpf.c"
#include "timewait.bpf.c"
#include "ignored.bpf.c"
#include "hash.bpf.c"
#include "deep_packet.bpf.c"
#include "deep_handshake.bpf.c"
#include "deep_timer.bpf.c"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
