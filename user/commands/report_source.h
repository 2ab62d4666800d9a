/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a report is made from, as a database: that of rsttrace record, or one made for the time being of a recording. */
#ifndef RSTTRACE_REPORT_SOURCE_H
#define RSTTRACE_REPORT_SOURCE_H

#include "../cli.h"
#include "../store/archive.h"

struct report_source {
	const char *path; /* as the user knows it */
	bool is_recording;
	bool is_damaged; /* a recording, of which all was read that could be: `message` says where it ends */
	struct archive *archive;
	char folder[64]; /* of the database that was made; "" = none */
	char message[512];
};

/* 0, or a negative errno with a sentence in .message; report_source_close() in any case. */
int report_source_open(struct report_source *source, const struct options *options);
void report_source_close(struct report_source *source);

#endif
