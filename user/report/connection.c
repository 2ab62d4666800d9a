/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One connection's whole story: what was survived, what it died of, and what came for it afterwards. */
#include "connection.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../sinks/flow.h"
#include "../sinks/pcapng_file.h"
#include "../util/text.h"
#include "evidence.h"
#include "packets.h"

#define INCIDENTS_MAX 1000 /* of one end; more are of a service, not of a connection */
#define END_BYTES 80

struct incident_text {
	int64_t time_ns;
	char ends[2 * END_BYTES + 8]; /* "ONE and OTHER" */
	char *json;
};

struct gathered {
	struct incident_text list[INCIDENTS_MAX];
	size_t count;
	size_t connections;
};

static const char condition[] =
	"(i.local_port = ?4 AND i.local_address = (SELECT id FROM address WHERE text = ?3))"
	" OR (i.peer_port = ?4 AND i.peer_address = (SELECT id FROM address WHERE text = ?3))";

static void end_text(const json_t *network, const char *end, char text[END_BYTES])
{
	const json_t *object = json_object_get(network, end);
	const char *address = json_string_value(json_object_get(object, "address")) ?: "-";

	snprintf(text, END_BYTES, strchr(address, ':') ? "[%.45s]:%lld" : "%.45s:%lld", address,
		 (long long)json_integer_value(json_object_get(object, "port")));
}

static int take(void *context, int64_t time_ns, const char *json)
{
	struct gathered *gathered = context;
	struct incident_text *incident = &gathered->list[gathered->count];
	json_t *root = json_loads(json, 0, NULL);
	char local[END_BYTES], peer[END_BYTES];

	if (!root)
		return -EBADMSG;
	end_text(json_object_get(root, "network"), "local", local);
	end_text(json_object_get(root, "network"), "peer", peer);
	json_decref(root);
	/* Seen from either end it is one connection, where both are on this host. */
	snprintf(incident->ends, sizeof(incident->ends), "%s and %s", strcmp(local, peer) < 0 ? local : peer,
		 strcmp(local, peer) < 0 ? peer : local);
	incident->time_ns = time_ns;
	incident->json = strdup(json);
	gathered->count += incident->json != NULL;
	return incident->json ? 0 : -ENOMEM;
}

/* By connection, and then in order of time. */
static int by_connection(const void *a, const void *b)
{
	const struct incident_text *left = a, *right = b;
	int order = strcmp(left->ends, right->ends);

	return order ? order : (left->time_ns > right->time_ns) - (left->time_ns < right->time_ns);
}

static bool begins(const struct gathered *gathered, size_t i)
{
	return !i || strcmp(gathered->list[i].ends, gathered->list[i - 1].ends);
}

static void write_head(struct flow *flow, const char *end, const struct gathered *gathered)
{
	char text[192];

	if (!gathered->count)
		snprintf(text, sizeof(text), "Nothing is known of %s in that time.", end);
	else
		snprintf(text, sizeof(text), "%s: %s%zu incident%s of %zu connection%s", end,
			 gathered->count == INCIDENTS_MAX ? "the first " : "", gathered->count,
			 gathered->count == 1 ? "" : "s", gathered->connections, gathered->connections == 1 ? "" : "s");
	flow_words(flow, text, "1");
	flow_end(flow);
}

static int write_text(const struct gathered *gathered, const char *end, const struct text_options *options, FILE *out)
{
	struct flow flow = { .out = out, .width = options->width, .colour = options->colour };
	char text[64], after[32];
	int err = 0;

	write_head(&flow, end, gathered);
	for (size_t i = 0; !err && i < gathered->count; i++) {
		const struct incident_text *incident = &gathered->list[i];

		flow.indent = 0;
		if (begins(gathered, i)) {
			flow_end(&flow);
			flow_words(&flow, incident->ends, "1");
			flow_end(&flow);
		} else {
			text_duration(after, sizeof(after), incident->time_ns - incident[-1].time_ns);
			snprintf(text, sizeof(text), "  %s later:", after);
			flow_piece(&flow, 0, text, "2");
			flow_end(&flow);
		}
		flow_cell(&flow, 2, "", NULL);
		err = evidence_write_json(incident->time_ns, incident->json, options->utc, &flow);
	}
	return err;
}

static int write_all(const struct gathered *gathered, const char *end, const struct connection_wanted *wanted,
		     FILE *out)
{
	int err = 0;

	if (wanted->form == CONNECTION_TEXT)
		return write_text(gathered, end, &wanted->text, out);
	if (wanted->form == CONNECTION_PCAPNG)
		err = pcapng_head(out);
	for (size_t i = 0; !err && i < gathered->count; i++) {
		if (wanted->form == CONNECTION_PCAPNG)
			err = packets_write_json(gathered->list[i].time_ns, gathered->list[i].json, out);
		else
			fprintf(out, "%s\n", gathered->list[i].json);
	}
	return err;
}

int connection_write(struct archive *archive, const struct connection_wanted *wanted, FILE *out, char *message,
		     size_t size)
{
	struct gathered *gathered = calloc(1, sizeof(*gathered));
	char address[64], end[END_BYTES];
	const struct archive_value values[] = { { .text = address }, { .integer = wanted->end.port } };
	const struct archive_wanted incidents = {
		.from_ns = wanted->period.from_ns,
		.to_ns = wanted->period.to_ns,
		.condition = condition,
		.values = values,
		.count = 2,
		.limit = INCIDENTS_MAX,
	};
	int err;

	snprintf(message, size, "out of memory");
	if (!gathered)
		return -ENOMEM;
	text_address(address, sizeof(address), wanted->end.address);
	text_endpoint(end, sizeof(end), wanted->end.address, wanted->end.port);
	err = archive_incidents(archive, &incidents, take, gathered, message, size);
	qsort(gathered->list, gathered->count, sizeof(*gathered->list), by_connection);
	for (size_t i = 0; i < gathered->count; i++)
		gathered->connections += begins(gathered, i);
	if (!err) {
		err = write_all(gathered, end, wanted, out);
		if (err)
			snprintf(message, size, "output failed: %s", strerror(-err));
	}
	for (size_t i = 0; i < gathered->count; i++)
		free(gathered->list[i].json);
	free(gathered);
	return err;
}
