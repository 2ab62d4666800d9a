/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* `rsttrace doctor`: what this kernel lets us see, what is missing, and what that costs. */
#include "commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../attach/cost.h"
#include "../attach/programs.h"
#include "../attach/session.h"
#include "../attach/symbols.h"
#include "../util/log.h"

#define COST_S 1

/* What this kernel may have or not; where it has not, what an operator will miss. */
static void print_kernel(const struct session *session, bool is_deep)
{
	const struct caps *caps = session_caps(session);
	const struct {
		const char *name;
		bool has;
		const char *without;
	} rows[] = {
		{ "reset reasons", caps->has_reset_reason,
		  "causes come from stack and socket alone: nothing is lost, nothing corroborates" },
		{ "resets without a socket", caps->sees_no_socket,
		  "the tracepoint is silent for no-listener, no-connection, late-syn-ack, fin-without-connection "
		  "and data-after-finwait2; tiers kprobe and fentry tell them" },
		{ "ICMP errors by type", caps->has_error_report,
		  "icmp-unreachable-late cannot be told from connect-abandoned" },
		{ "conntrack's view of IPv6", caps->has_reset_reason,
		  "IPv6 forgot it too early before v6.4, and only from v6.10 on is that known not to be so: whether "
		  "conntrack called an IPv6 segment INVALID is not told" },
		{ "segment of a reset received", caps->tcp_reset_has_skb && caps->has_fentry,
		  "TTL, sequence number and flags of a reset that arrives are not shown" },
		{ "reasons of dropped segments", is_deep && caps->drop_arguments >= 3,
		  "they take --deep, and v5.17: before that, only what netfilter drops is told" },
		{ "sockets of dropped segments", is_deep && caps->drop_arguments >= 4,
		  "they take --deep, and v6.11: before that, whose a segment was is only known by its port" },
		{ "reasons of refused handshakes", is_deep && caps_has_drop(caps, "TCP_LISTEN_OVERFLOW"),
		  "they take --deep, and v6.15: before that, handshake-out-of-memory takes tier kprobe or fentry" },
		{ "fentry", caps->has_fentry, "BPF trampolines are refused or not built in" },
		{ "kprobe", caps->has_kprobe, "kernel probes are not built in or not permitted" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		printf("  %-28s  %s\n", rows[i].name, rows[i].has ? "yes" : "no");
		if (!rows[i].has)
			printf("      without: %s\n", rows[i].without);
	}
}

static void print_symbols(void)
{
	struct symbols *symbols = NULL;
	int err = symbols_load(&symbols);

	printf("  %-28s  %s\n", "kernel symbols", err ? "no" : "yes");
	if (err)
		printf("      without: causes that need the kernel stack come out partial (%s; sysctl "
		       "kernel.kptr_restrict)\n",
		       strerror(-err));
	symbols_free(symbols);
}

/* What an option would add is listed by option, and what is not needed here by nobody. */
static bool is_worth_a_line(const struct session_hook *hook)
{
	return !hook->refused || hook->is_waiting ||
	       (strncmp(hook->refused, "only with", 9) && strncmp(hook->refused, "not needed", 10));
}

static void print_hooks(const struct session *session)
{
	const struct session_hook *hook;

	puts("\nHooks");
	for (unsigned int i = 0; (hook = session_hook(session, i)); i++) {
		if (!is_worth_a_line(hook))
			continue;
		printf("  %-10s  %-26s  %-8s  %s\n", hook->kind, hook->hook,
		       !hook->refused	? "attached" :
		       hook->is_waiting ? "waiting" :
					  "no",
		       hook->gives);
		if (hook->refused)
			printf("      %s\n", hook->refused);
	}
}

/* What an option adds in this tier. */
static void print_optional(const struct session *session, const char *option, const char *remark)
{
	char reason[64];
	const struct session_hook *hook;
	bool is_first = true;

	snprintf(reason, sizeof(reason), "only with %s", option);
	for (unsigned int i = 0; (hook = session_hook(session, i)); i++) {
		if (!hook->refused || strcmp(hook->refused, reason))
			continue;
		if (is_first)
			printf("\nWhat %s adds%s\n", option, remark);
		is_first = false;
		printf("  %-10s  %-26s  %s\n", hook->kind, hook->hook, hook->gives);
	}
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void print_cost(const struct session_hook *hook, struct session_cost cost, double seconds)
{
	printf("  %-10s  %-26s  %10.0f  %8.0f  %7.2f %%\n", hook->kind, hook->hook, cost.calls / seconds,
	       (double)cost.ns / cost.calls, cost.ns / seconds / 1e7);
}

/* 0, or a negative errno. */
static int print_costs(const struct session *session)
{
	struct session_cost before[PROGRAMS_MAX], after, sum = { 0 };
	double seconds = -seconds_now();
	int stats = session_cost_begin();
	const struct session_hook *hook;

	if (stats < 0)
		return stats;
	for (unsigned int i = 0; session_hook(session, i); i++)
		before[i] = session_cost(session, i);
	sleep(COST_S);
	seconds += seconds_now();
	printf("\nWhat each hook costs now\n  %-10s  %-26s  %10s  %8s  %9s\n", "", "", "calls/s", "ns each",
	       "processor");
	for (unsigned int i = 0; (hook = session_hook(session, i)); i++) {
		after = session_cost(session, i);
		after.calls -= before[i].calls;
		after.ns -= before[i].ns;
		sum.calls += after.calls;
		sum.ns += after.ns;
		if (after.calls)
			print_cost(hook, after, seconds);
	}
	printf("  all together, of one processor: %.2f %%\n", sum.ns / seconds / 1e7);
	close(stats);
	return 0;
}

int command_doctor(const struct options *options)
{
	struct session *session = NULL;
	char message[512];
	int err = session_open(options, &session, message, sizeof(message));

	if (!err)
		err = session_attach(session, options, message, sizeof(message));
	if (err) {
		log_line("%s", message);
		session_close(session);
		return EXIT_CANNOT;
	}
	printf("Kernel %s: tier %s\n\nWhat this kernel offers\n", session_info(session)->kernel,
	       tier_name(session_tier(session)));
	print_kernel(session, options->deep);
	print_symbols();
	print_hooks(session);
	print_optional(session, "--deep", " (6 % CPU time where connections are only opened and closed: docs/deep.md)");
	print_optional(session, "--fingerprint",
		       " (0.4 us a segment, 9 % of small requests and responses: docs/owners-and-ends.md)");
	print_optional(session, "rsttrace stalled", "");
	if (session_tier(session) == TIER_TRACEPOINT && !options->deep)
		puts("\nNot seen in this tier without --deep\n"
		     "  netfilter REJECT, raw-socket and forwarded resets: they are not made by TCP\n"
		     "  resets that arrive and are ignored, or end a handshake (SYN_RECV) or TIME_WAIT\n"
		     "  handshakes given up in the SYN queue or for a full accept queue");
	if (options->cost && (err = print_costs(session)))
		log_line("this kernel does not tell what a BPF program costs: %s", strerror(-err));
	puts("\nNot seen at all\n"
	     "  resets that XDP, AF_XDP or the network card sends: they do not pass the network stack");
	session_close(session);
	return err ? EXIT_FAILED : EXIT_DONE;
}
