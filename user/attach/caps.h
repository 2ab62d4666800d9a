/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this kernel lets us see: asked of its BTF and of the bpf() system call, never of its version. */
#ifndef RSTTRACE_CAPS_H
#define RSTTRACE_CAPS_H

#include <stdbool.h>
#include <stddef.h>

struct types;

#define CAPS_REASONS_MAX 64
#define CAPS_DROPS_MAX 256
#define CAPS_NAME_BYTES 48

struct caps {
	bool has_reset_reason; /* enum sk_rst_reason: resets carry the kernel's own reason (v6.10) */
	bool sees_no_socket; /* tcp_send_reset fires without a full socket (v6.10) */
	bool has_error_report; /* tracepoint inet_sk_error_report (v5.14) */
	bool tcp_reset_has_skb; /* tcp_reset(sk, skb) (v5.11) */
	bool has_ipv6; /* tcp_v6_send_reset() */
	bool has_fentry; /* BPF trampolines work here */
	bool has_kprobe; /* kernel probes can be attached here */
	struct types *types; /* this kernel's, until caps_forget_types() */
	unsigned int hz;
	char reasons[CAPS_REASONS_MAX][CAPS_NAME_BYTES];
	const char *reason_names[CAPS_REASONS_MAX];
	unsigned int reasons_count;
	/* kfree_skb has so many arguments: 2, with the drop reason 3 (v5.17), with the socket 4 (v6.11) */
	unsigned int drop_arguments;
	char drops[CAPS_DROPS_MAX][CAPS_NAME_BYTES];
	const char *drop_names[CAPS_DROPS_MAX];
	unsigned int drops_count;
};

/* Whether this kernel has the tracepoint; the function, not inlined, in the kernel itself (not in a module). */
bool caps_has_tracepoint(const struct caps *caps, const char *name);
bool caps_has_function(const struct caps *caps, const char *name);
/* Whether this kernel has a drop reason of that name. */
bool caps_has_drop(const struct caps *caps, const char *name);
/* How many arguments it takes, -1 when there is no such function. */
int caps_function_arguments(const struct caps *caps, const char *name);
/* Gives the type information back: megabytes. Nothing of the above may be asked afterwards. */
void caps_forget_types(struct caps *caps);

/* For libbpf's btf_custom_path: NULL, or the kernel's own types by their file. Types that are not among them libbpf
 * looks for in modules, which it takes CAP_SYS_ADMIN to list; of a file it knows that there are no others. */
const char *caps_types_path(void);

/* Fills *ret_caps. 0, or a negative errno with a sentence in message[size]: no BTF, BPF refused, no privileges. */
int caps_probe(struct caps *ret_caps, char *message, size_t size);

#endif
