/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The verbs and the options: one row each, and for each option how its value is checked and kept.
 *
 * Lists are cut at their commas inside argv itself: the pointers handed out need no owner, and nothing is freed.
 */
#include "cli.h"

#include <errno.h>
#include <string.h>

#include "cli_private.h"
#include "commands/commands.h"
#include "explain/causes.h"
#include "top/terminal.h"
#include "util/text.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define PID_LIMIT 4194304 /* PID_MAX_LIMIT of 64-bit kernels */
#define CHOICES_MAX 256 /* names to look for the nearest one in */

enum verb {
	VERB_LIVE,
	VERB_RECORD,
	VERB_REPORT,
	VERB_EXPORT,
	VERB_REPLAY,
	VERB_HIST,
	VERB_TOP,
	VERB_STALLED,
	VERB_EXPLAIN,
	VERB_DOCTOR,
	VERB_MAX
};

#define RECORD (1u << VERB_RECORD)
#define EXPORT (1u << VERB_EXPORT)
#define LIVE (1u << VERB_LIVE | RECORD | EXPORT)
#define REPLAY (1u << VERB_REPLAY)
#define REPORT (1u << VERB_REPORT)
#define DOCTOR (1u << VERB_DOCTOR)
#define STALLED (1u << VERB_STALLED)
#define HIST (1u << VERB_HIST)
#define TOP (1u << VERB_TOP)
#define LINES (LIVE | REPLAY)
#define WATCH (LINES | TOP)
#define SELECT (WATCH | HIST | STALLED | REPORT)
#define ANY ((1u << VERB_MAX) - 1)

#ifdef HAVE_SQLITE
#define RECORD_HELP "the flight recorder: every death with its evidence goes into a database, for months"
#define COMMAND_RECORD command_record
#define REPORT_HELP "what happened, from what was recorded: the story, what changed, who, when, an example of each"
#define COMMAND_REPORT command_report
#else
#define RECORD_HELP "not in this build, which has no SQLite: the flight recorder"
#define COMMAND_RECORD cli_absent
#define REPORT_HELP "not in this build, which has no SQLite: what happened, from what was recorded"
#define COMMAND_REPORT cli_absent
#endif

#ifdef HAVE_EXPORT
#define EXPORT_HELP "deaths where fleets look: Prometheus, OpenTelemetry, ClickHouse"
#define COMMAND_EXPORT command_export
#else
#define EXPORT_HELP "not in this build, which has no libmicrohttpd or no libcurl: deaths where fleets look"
#define COMMAND_EXPORT cli_absent
#endif

const struct verb_row verb_rows[] = {
	[VERB_LIVE] = { "live", NULL, "one line for each death as it happens (the default)",
			command_live },
	[VERB_RECORD] = { "record", NULL, RECORD_HELP, COMMAND_RECORD },
	[VERB_REPORT] = { "report", "[FILE]", REPORT_HELP, COMMAND_REPORT },
	[VERB_EXPORT] = { "export", NULL, EXPORT_HELP, COMMAND_EXPORT },
	[VERB_REPLAY] = { "replay", "FILE",
			  "the same from a recording made with --raw; needs no root",
			  command_replay },
	[VERB_HIST] = { "hist", "[FILE]",
			"how the connections of each process die: counts, histograms, what stands out; of a recording, "
			"if one is given",
			command_hist },
	[VERB_TOP] = { "top", "[FILE]",
		       "the same in the terminal, by process and cause; of a recording, if one is given"
		       TERMINAL_HELP_NOTE,
		       command_top },
	[VERB_STALLED] = { "stalled", NULL,
			   "connections that are dying or leaking now, and when the kernel gives them up",
			   command_stalled },
	[VERB_EXPLAIN] = { "explain", "[CAUSE...]",
			   "what a cause means, what the application sees, what to do about it",
			   command_explain },
	[VERB_DOCTOR] = { "doctor", NULL,
			  "what this kernel lets us see, what is missing, and what that costs",
			  command_doctor },
	[VERB_MAX] = { NULL, NULL, NULL, NULL },
};

const char *const tier_names[TIER_MAX] = {
	[TIER_AUTO] = "auto",
	[TIER_TRACEPOINT] = "tracepoint",
	[TIER_KPROBE] = "kprobe",
	[TIER_FENTRY] = "fentry",
};

/* 1 to max */
static int parse_number(const char *what, const char *value, uint64_t max, uint64_t *ret_number,
			char *message, size_t size)
{
	int err = text_parse_unsigned(value, 1, max, ret_number);
	char instead[64];

	if (err == -ERANGE) /* so it is all digits */
		return cli_refuse(message, size, "%s %.32s is not in 1..%llu", what, value,
				  (unsigned long long)max);
	if (!err)
		return 0;
	snprintf(instead, sizeof(instead), "is not a number in 1..%llu", (unsigned long long)max);
	return cli_refuse_value(message, size, what, value, instead);
}

static int refuse_more(char *message, size_t size, const char *what, size_t max)
{
	return cli_refuse(message, size, "more than %zu of --%s", max, what);
}

typedef int add_item(struct options *options, char *item, char *message, size_t size);

static int each_item(struct options *options, const char *value, add_item *add, char *message,
		     size_t size)
{
	char *rest = (char *)value, *item; /* argv's own bytes, which are ours to change */
	int err = 0;

	while (!err && (item = strsep(&rest, ",")))
		err = add(options, item, message, size);
	return err;
}

static int add_pid(struct options *options, char *item, char *message, size_t size)
{
	uint64_t pid = 0;
	int err = parse_number("pid", item, PID_LIMIT, &pid, message, size);

	if (err)
		return err;
	if (options->pids_count == ARRAY_SIZE(options->pids))
		return refuse_more(message, size, "pid", ARRAY_SIZE(options->pids));
	options->pids[options->pids_count++] = (uint32_t)pid;
	return 0;
}

static int add_comm(struct options *options, char *item, char *message, size_t size)
{
	if (!*item)
		return cli_refuse_value(message, size, "comm", item, "names no process");
	if (options->comms_count == ARRAY_SIZE(options->comms))
		return refuse_more(message, size, "comm", ARRAY_SIZE(options->comms));
	options->comms[options->comms_count++] = item;
	return 0;
}

static int add_port(struct options *options, char *item, char *message, size_t size)
{
	uint64_t port = 0;
	int err = parse_number("port", item, UINT16_MAX, &port, message, size);

	if (err)
		return err;
	if (options->ports_count == ARRAY_SIZE(options->ports))
		return refuse_more(message, size, "port", ARRAY_SIZE(options->ports));
	options->ports[options->ports_count++] = (uint16_t)port;
	return 0;
}

static int add_address(struct options *options, char *item, char *message, size_t size)
{
	struct cidr cidr;
	int err = text_parse_cidr(item, cidr.address, &cidr.prefix);

	if (err == -ERANGE)
		return cli_refuse_value(message, size, "address", item,
					"has a prefix above 32 (IPv4) or 128 (IPv6)");
	if (err)
		return cli_refuse_value(message, size, "address", item,
					"is not like 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32");
	if (options->addresses_count == ARRAY_SIZE(options->addresses))
		return refuse_more(message, size, "addr", ARRAY_SIZE(options->addresses));
	options->addresses[options->addresses_count++] = cidr;
	return 0;
}

static int add_cause(struct options *options, char *item, char *message, size_t size)
{
	const struct cause *cause = cause_find(item);
	const char *names[CHOICES_MAX] = { cause_unknown.slug };
	size_t count = 1;

	if (!cause) {
		while (count <= causes_count() && count < ARRAY_SIZE(names)) {
			names[count] = causes_at(count - 1)->slug;
			count++;
		}
		return cli_refuse_name(message, size, "cause", "", item, names, count);
	}
	if (options->causes_count == ARRAY_SIZE(options->causes))
		return refuse_more(message, size, "cause", ARRAY_SIZE(options->causes));
	options->causes[options->causes_count++] = cause->slug;
	return 0;
}

static int add_kind(struct options *options, char *item, char *message, size_t size)
{
	const char *names[KIND_MAX];
	unsigned int kind;

	for (kind = 0; kind < KIND_MAX; kind++) {
		names[kind] = kind_name(kind);
		if (strcmp(item, names[kind]))
			continue;
		options->kinds[kind] = true;
		options->has_kinds = true;
		return 0;
	}
	return cli_refuse_name(message, size, "kind", "", item, names, KIND_MAX);
}

static int set_pids(struct options *options, const char *value, char *message, size_t size)
{
	return each_item(options, value, add_pid, message, size);
}

static int set_comms(struct options *options, const char *value, char *message, size_t size)
{
	return each_item(options, value, add_comm, message, size);
}

static int set_ports(struct options *options, const char *value, char *message, size_t size)
{
	return each_item(options, value, add_port, message, size);
}

static int set_addresses(struct options *options, const char *value, char *message, size_t size)
{
	return each_item(options, value, add_address, message, size);
}

static int set_causes(struct options *options, const char *value, char *message, size_t size)
{
	return each_item(options, value, add_cause, message, size);
}

static int set_kinds(struct options *options, const char *value, char *message, size_t size)
{
	return each_item(options, value, add_kind, message, size);
}

static int set_count(struct options *options, const char *value, char *message, size_t size)
{
	return parse_number("count", value, UINT64_MAX, &options->count, message, size);
}

static int set_tier(struct options *options, const char *value, char *message, size_t size)
{
	unsigned int tier;

	for (tier = 0; tier < TIER_MAX; tier++) {
		if (strcmp(value, tier_names[tier]))
			continue;
		options->tier = (enum tier)tier;
		return 0;
	}
	return cli_refuse_name(message, size, "tier", "", value, tier_names, TIER_MAX);
}

/* The setters of plain strings and flags differ in the member alone. */
#define DEFINE_SET(member, kept)                                                           \
	static int set_##member(struct options *options, const char *value, char *message, \
				size_t size)                                               \
	{                                                                                  \
		(void)value;                                                               \
		(void)message;                                                             \
		(void)size;                                                                \
		options->member = kept;                                                    \
		return 0;                                                                  \
	}

DEFINE_SET(netns, value)
DEFINE_SET(cgroup, value)
DEFINE_SET(raw, value)
DEFINE_SET(db, value)
DEFINE_SET(by, value)
DEFINE_SET(html, value)
DEFINE_SET(otlp, value)
DEFINE_SET(clickhouse, value)
DEFINE_SET(password_file, value)
DEFINE_SET(spool, value)
DEFINE_SET(kernel_stack, true)
DEFINE_SET(user_stack, true)
DEFINE_SET(verbose, true)
DEFINE_SET(deep, true)
DEFINE_SET(fingerprint, true)
DEFINE_SET(reconcile, true)
DEFINE_SET(cost, true)
DEFINE_SET(utc, true)
DEFINE_SET(help, true)
DEFINE_SET(version, true)

/* Rows with the same verbs stand together: cli_help() makes each such run a section. */
const struct option_row option_rows[] = {
	{ 'p', "pid", "PID,...", SELECT, "only sockets owned by these processes", set_pids },
	{ 'c', "comm", "NAME,...", SELECT, "only processes with these names; *, ? and [] match",
	  set_comms },
	{ 'P', "port", "PORT,...", SELECT, "only these ports, of either end", set_ports },
	{ 'a', "addr", "CIDR,...", SELECT, "only these addresses or networks, of either end",
	  set_addresses },
	{ 'C', "cause", "SLUG,...", SELECT, "only these causes (rsttrace explain lists them)",
	  set_causes },
	{ 'o', "output", "NAME[=FILE]", SELECT,
	  "an output, listed below, and the file it goes to instead of stdout; may be repeated",
	  cli_set_output },
	{ 0, "utc", NULL, SELECT, "print times in UTC, not in local time", set_utc },
	{ 0, "netns", "NAME", SELECT,
	  "only this network namespace: a name under /run/netns, a path or an inode number",
	  set_netns },
	{ 0, "cgroup", "PATH", SELECT, "only processes in this cgroup", set_cgroup },
	{ 'v', "verbose", NULL, LINES | STALLED | REPORT,
	  "print the evidence under each line; report: leave nothing out", set_verbose },
	{ 'K', "kind", "KIND,...", WATCH | HIST | REPORT, "only these kinds of death, listed below", set_kinds },
	{ 'u', "user-stack", NULL, WATCH,
	  "take, and show, the program's own stack where it closed the connection itself", set_user_stack },
	{ 'n', "count", "N", LINES, "end after N deaths", set_count },
	{ 'k', "kernel-stack", NULL, LINES, "print the kernel stack under each line",
	  set_kernel_stack },
	{ 'd', "duration", "SECONDS", LIVE | TOP | HIST, "end after this time; 300ms, 5m, 2h and 7d work too",
	  cli_set_duration },
	{ 0, "raw", "FILE", LIVE | TOP,
	  "keep the raw evidence in FILE, for rsttrace replay; record: in files in this folder", set_raw },
	{ 0, "tier", "TIER", LIVE | TOP | HIST | DOCTOR,
	  "which hooks to use: auto (the default), fentry, kprobe or tracepoint", set_tier },
	{ 0, "deep", NULL, LIVE | TOP | HIST | DOCTOR,
	  "hooks on paths that every packet takes, too: firewalls' resets, drops, ignored resets", set_deep },
	{ 0, "fingerprint", NULL, LIVE | TOP | HIST | DOCTOR,
	  "hold resets against the look of earlier segments: forged ones (0.4 us a segment)", set_fingerprint },
	{ 0, "reconcile", NULL, LIVE,
	  "at the end, compare what was seen with the kernel's own counters; status 1 when something is missing",
	  set_reconcile },
	{ 0, "cost", NULL, DOCTOR, "what each hook costs just now: watches for a second", set_cost },
	{ 0, "db", "FILE", RECORD | REPORT, "the database; " DATABASE_PATH " unless given", set_db },
	{ 0, "keep", "TIME", RECORD, "let go what is older: 12h, 30d; 7d unless given", cli_set_keep },
	{ 0, "max-size", "SIZE", RECORD,
	  "let the oldest go when the database would exceed it: 64M, 2G; 512M unless given", cli_set_max_size },
	{ 0, "raw-max", "SIZE", RECORD, "the same of the folder that --raw names", cli_set_raw_max },
	{ 0, "since", "TIME", REPORT, "from then: 10:40, \"2h ago\", \"2026-01-02 10:40\"; 1h ago unless given",
	  cli_set_since },
	{ 0, "until", "TIME", REPORT, "up to then; now unless given", cli_set_until },
	{ 0, "by", "KEY,...", REPORT | HIST,
	  "report: count by these; cause,process unless given; hist: by process (the default), cause, peer, port, "
	  "cgroup or state", set_by },
	{ 'i', "interval", "SECONDS", HIST, "what died in each such time, and at the end all of it", cli_set_interval },
	{ 0, "top", "N", HIST, "show the N with the most deaths; 5 unless given, JSON all", cli_set_top },
	{ 0, "connection", "ADDR:PORT", REPORT, "all that is known of the connections with that end",
	  cli_set_connection },
	{ 0, "compare", "A..B C..D", REPORT, "two periods side by side", cli_set_compare },
	{ 0, "html", "FILE", REPORT, "one page with everything, for a browser", set_html },
	{ 0, "metrics", "[ADDR:PORT]", EXPORT, "answer GET /metrics there; 127.0.0.1:9435 unless given",
	  cli_set_metrics },
	{ 0, "otlp", "URL", EXPORT, "send each to that OpenTelemetry collector: http://127.0.0.1:4318", set_otlp },
	{ 0, "clickhouse", "URL", EXPORT,
	  "insert each into that ClickHouse, and make its tables: https://user@host:8443/?database=rsttrace",
	  set_clickhouse },
	{ 0, "password-file", "FILE", EXPORT,
	  "ClickHouse's password is the first line of it, or in RSTTRACE_CLICKHOUSE_PASSWORD", set_password_file },
	{ 0, "spool", "FOLDER", EXPORT,
	  "where deaths wait while ClickHouse is away; " SPOOL_PATH " unless given", set_spool },
	{ 0, "spool-max", "SIZE", EXPORT, "so much may wait there; 256M unless given", cli_set_spool_max },
	{ 0, "watch", "[SECONDS]", STALLED, "look again every 2 seconds, or as many as given, until interrupted",
	  cli_set_watch },
	{ 0, "silence", "SECONDS", STALLED,
	  "without keepalive, a peer not heard of for so long is suspect; 30m and 2h work too, 1h is the default",
	  cli_set_silence },
	{ 'h', "help", NULL, ANY, "print this text and end", set_help },
	{ 'V', "version", NULL, ANY, "print the version and end", set_version },
	{ 0, NULL, NULL, 0, NULL, NULL },
};

_Static_assert(ARRAY_SIZE(option_rows) <= OPTION_ROWS_MAX, "cli_parse() has a bit for each");
