/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the parser and the rows of the command line share: how a wrong one is refused, in one line. */
#ifndef RSTTRACE_CLI_PRIVATE_H
#define RSTTRACE_CLI_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

struct options;
struct endpoint_address;

#define OPTION_ROWS_MAX 64 /* with the last, empty one: the parser keeps a bit for each */

/* All put one line into message[size] and return -EINVAL. `wrong` is escaped. */

int cli_refuse(char *message, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* `WHAT "WRONG" INSTEAD` */
int cli_refuse_value(char *message, size_t size, const char *what, const char *wrong,
		     const char *instead);
/* `unknown WHAT "WRONG": did you mean NAME?`; the prefix ("--") stands before both. */
int cli_refuse_name(char *message, size_t size, const char *what, const char *prefix,
		    const char *wrong, const char *const *names, size_t count);
/* "live, replay": the verbs of an option. */
void cli_list_verbs(char *text, size_t size, unsigned int verbs);
/* Into nanoseconds. */
int cli_parse_duration(const char *what, const char *value, uint64_t *ret_ns, char *message, size_t size);
/* Options that make no sense beside each other. */
int cli_check_together(const struct options *options, char *message, size_t size);

/* cli_record.c: in the place of verbs that this build cannot have, and the setters of the flight recorder's options */
int cli_absent(const struct options *options);
int cli_set_keep(struct options *options, const char *value, char *message, size_t size);
int cli_set_max_size(struct options *options, const char *value, char *message, size_t size);
int cli_set_spool_max(struct options *options, const char *value, char *message, size_t size);
int cli_set_raw_max(struct options *options, const char *value, char *message, size_t size);

/* cli_export.c: where deaths are exported to */
int cli_parse_endpoint(const char *what, const char *value, struct endpoint_address *ret_address, char *message,
		       size_t size);
int cli_set_metrics(struct options *options, const char *value, char *message, size_t size);

/* cli_output.c: outputs and where they go */
int cli_set_output(struct options *options, const char *value, char *message, size_t size);

/* cli_times.c: how long */
int cli_set_duration(struct options *options, const char *value, char *message, size_t size);
int cli_set_watch(struct options *options, const char *value, char *message, size_t size);
int cli_set_interval(struct options *options, const char *value, char *message, size_t size);
int cli_set_silence(struct options *options, const char *value, char *message, size_t size);

/* cli_report.c: those of the report */
int cli_set_since(struct options *options, const char *value, char *message, size_t size);
int cli_set_until(struct options *options, const char *value, char *message, size_t size);
int cli_set_compare(struct options *options, const char *value, char *message, size_t size);
int cli_set_connection(struct options *options, const char *value, char *message, size_t size);

/* cli_hist.c */
int cli_set_top(struct options *options, const char *value, char *message, size_t size);
/* What hist cannot count by, or write. */
int cli_check_hist(const struct options *options, char *message, size_t size);

#endif
