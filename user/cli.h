/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The command line as data: one row per option and per verb. --help, the man page and completion come from the rows. */
#ifndef RSTTRACE_CLI_H
#define RSTTRACE_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "explain/report.h"

#define OPTIONS_LIST_MAX 32
#define SPOOL_PARENT "/var/lib/rsttrace"
#define SPOOL_PATH SPOOL_PARENT "/spool" /* of rsttrace export --clickhouse */
#define DATABASE_PATH "/var/lib/rsttrace/incidents.db" /* of rsttrace record */

enum tier { TIER_AUTO, TIER_TRACEPOINT, TIER_KPROBE, TIER_FENTRY, TIER_MAX };

struct output {
	const char *name; /* of a sink */
	const char *file; /* NULL = stdout */
};

struct cidr {
	uint8_t address[16];
	unsigned int prefix; /* 0 to 128 */
};

struct endpoint_address {
	uint8_t address[16];
	uint16_t port;
};

/* What the command line asks for. Zero means "not given" unless said otherwise. */
struct options {
	const char *verb; /* "live" when none is given */
	const char *arguments[OPTIONS_LIST_MAX]; /* of the verb: FILE, CAUSE */
	unsigned int arguments_count;
	uint32_t pids[OPTIONS_LIST_MAX];
	unsigned int pids_count;
	const char *comms[OPTIONS_LIST_MAX]; /* fnmatch(3) patterns */
	unsigned int comms_count;
	uint16_t ports[OPTIONS_LIST_MAX];
	unsigned int ports_count;
	struct cidr addresses[OPTIONS_LIST_MAX];
	unsigned int addresses_count;
	const char *causes[OPTIONS_LIST_MAX * 4]; /* slugs, all known */
	unsigned int causes_count;
	bool kinds[KIND_MAX];
	bool has_kinds;
	const char *netns; /* name under /run/netns, path, or inode number; as given */
	const char *cgroup; /* path as given */
	uint64_t duration_ns;
	uint64_t count;
	struct output outputs[8];
	unsigned int outputs_count; /* 0 = table on stdout */
	const char *raw; /* file, of record the folder, to keep raw evidence in */
	const char *db; /* NULL = DATABASE_PATH */
	uint64_t keep_ns; /* record: 0 = not given */
	uint64_t max_bytes; /* record: of the database; 0 = not given */
	uint64_t raw_max_bytes; /* record: of the folder of raw evidence; 0 = not given */
	const char *since, *until; /* report: points in time that text_parse_time() takes; NULL = not given */
	const char *by; /* report: names of keys, by commas; hist: one */
	uint64_t interval_ns; /* hist: 0 = only at the end */
	uint64_t top; /* hist: rows; 0 = not given */
	const char *html; /* report: file for the page */
	const char *compare[2]; /* report: periods that text_parse_period() takes */
	struct endpoint_address connection; /* report: one end of a connection */
	bool has_connection;
	struct endpoint_address metrics; /* export: where scrapers come */
	bool has_metrics;
	const char *otlp; /* export: URL of a collector */
	const char *clickhouse; /* export: URL of its HTTP interface */
	const char *password_file, *spool; /* export: of ClickHouse; NULL = not given */
	uint64_t spool_max_bytes; /* export: 0 = not given */
	enum tier tier;
	uint64_t watch_ns; /* stalled: look again after so long; 0 = once */
	uint64_t silence_ns; /* stalled: 0 = the default */
	bool reconcile; /* against the kernel's own counters */
	bool cost; /* doctor: what each hook costs now */
	bool deep; /* hooks on paths that every packet takes, too */
	bool fingerprint; /* remember what a connection's segments look like */
	bool kernel_stack;
	bool user_stack;
	bool verbose;
	bool utc;
	bool help;
	bool version;
};

struct option_row {
	char letter; /* 0 = none */
	const char *name;
	/* placeholder for help, NULL = takes none, in [brackets]: need not be given; two words: two values, which are
	 * set one after the other */
	const char *argument;
	unsigned int verbs; /* the verbs that it is for: bit i is verb_rows[i] */
	const char *help;
	/* 0, or a negative errno after a sentence was put into message[size] */
	int (*set)(struct options *options, const char *value, char *message, size_t size);
};

struct verb_row {
	const char *name;
	const char *argument; /* placeholder, NULL = takes none */
	const char *help;
	int (*run)(const struct options *options); /* exit status */
};

/* What stands beside its meaning. */
struct cli_line {
	const char *name, *meaning;
};

extern const char *const tier_names[TIER_MAX];
extern const struct cli_line cli_examples[], cli_statuses[]; /* end with name NULL */
extern const struct option_row option_rows[]; /* ends with name NULL */
extern const struct verb_row verb_rows[]; /* ends with name NULL; the first is the default */

/* Fills *ret_options from argv; pointers in it point into argv. 0, or -EINVAL after one line for the user was put
 * into message[size]: an unknown option or verb with the nearest name, port 70000, a bad CIDR, an unknown cause. */
int cli_parse(int argc, char *const argv[], struct options *ret_options, char *message, size_t size);
void cli_help(FILE *out);
const struct verb_row *cli_verb(const char *name);

#endif
