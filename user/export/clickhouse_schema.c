/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is made in a ClickHouse that lacks it, in words that versions from 18.16 to today's understand.
 *
 * ReplacingMergeTree takes rows with the same key for one: a batch that is sent again because its answer got lost adds
 * nothing. Until they are merged both are there, so queries say FINAL, or ask the views.
 */
#include "clickhouse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* DATABASE stands for its name. */
static const char *const statements[] = {
	"CREATE DATABASE IF NOT EXISTS DATABASE",
	"CREATE TABLE IF NOT EXISTS DATABASE.deaths (id String, host String, machine String, time DateTime, "
	"time_ns UInt64, COLUMNS, details String) "
	"ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(time) ORDER BY (time, host, id)",

	/* Both ends of what died in the last day, the one that sent the reset first. 120 s: clocks differ, and so does
	 * what two ends take to give up. */
	"CREATE VIEW IF NOT EXISTS DATABASE.both_ends AS SELECT "
	"time, time_ns, host, process, kind, cause, why, address, port, "
	"far_time_ns AS peer_time_ns, far_host AS peer_host, far_process AS peer_process, far_kind AS peer_kind, "
	"far_cause AS peer_cause, far_why AS peer_why, far_address AS peer_address, far_port AS peer_port, "
	"multiIf(kind = 'rst-sent' AND far_kind = 'rst-received', "
	"concat(if(process = '', 'no process', process), ' on ', host), "
	"kind = 'rst-sent' AND far_kind = 'timeout', 'the network: the reset did not arrive', "
	"kind = 'timeout' AND far_kind = 'timeout', 'the network: neither heard the other', 'not clear') AS fault "
	"FROM (SELECT time, time_ns, host, process, kind, cause, why, local_address AS address, local_port AS port, "
	"concat(local_address, ' ', toString(local_port), ' ', peer_address, ' ', toString(peer_port)) AS ends "
	"FROM DATABASE.deaths FINAL WHERE time > now() - 86400 AND peer_port != 0) "
	"ALL INNER JOIN (SELECT time_ns AS far_time_ns, host AS far_host, process AS far_process, "
	"kind AS far_kind, cause AS far_cause, why AS far_why, local_address AS far_address, local_port AS far_port, "
	"concat(peer_address, ' ', toString(peer_port), ' ', local_address, ' ', toString(local_port)) AS ends "
	"FROM DATABASE.deaths FINAL WHERE time > now() - 86400) USING (ends) "
	"WHERE abs(toInt64(time_ns) - toInt64(far_time_ns)) < 120000000000 AND "
	"(kind != 'rst-sent', address, port) < (far_kind != 'rst-sent', far_address, far_port)",

	/* Resets that arrived from hosts that are watched too, and did not send them: something between made them. */
	"CREATE VIEW IF NOT EXISTS DATABASE.resets_nobody_sent AS SELECT * FROM DATABASE.deaths FINAL "
	"WHERE kind = 'rst-received' AND count = 1 AND local_port != 0 AND peer_port != 0 AND time > now() - 86400 "
	"AND peer_address IN (SELECT local_address FROM DATABASE.deaths WHERE time > now() - 86400) "
	"AND concat(local_address, ' ', toString(local_port), ' ', peer_address, ' ', toString(peer_port)) NOT IN "
	"(SELECT concat(peer_address, ' ', toString(peer_port), ' ', local_address, ' ', toString(local_port)) "
	"FROM DATABASE.deaths WHERE kind = 'rst-sent' AND time > now() - 86400 - 120)",
	NULL,
};

static void put_columns(FILE *out)
{
	for (unsigned int i = 0; i < clickhouse_columns_count; i++)
		fprintf(out, "%s%s %s", i ? ", " : "", clickhouse_columns[i].name, clickhouse_columns[i].type);
}

char *clickhouse_statement(const char *database, unsigned int index)
{
	static const char place[] = "DATABASE", columns[] = "COLUMNS", make[] = "CREATE DATABASE ";
	const char *at = statements[index];
	char *text = NULL;
	size_t size;
	FILE *out = at ? open_memstream(&text, &size) : NULL;

	if (!out)
		return NULL;
	if (!strncmp(at, make, strlen(make))) {
		fputs(make, out);
		at += strlen(make);
	}
	while (*at) {
		if (!strncmp(at, place, strlen(place))) {
			fputs(database, out);
			at += strlen(place);
		} else if (!strncmp(at, columns, strlen(columns))) {
			put_columns(out);
			at += strlen(columns);
		} else {
			fputc(*at++, out);
		}
	}
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
