/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The numbers as text: OpenMetrics 1.0, and Prometheus' older format for who does not ask for that. */
#include "metrics.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../util/text.h"

#ifndef RSTTRACE_VERSION
#define RSTTRACE_VERSION "0.1.0" /* for builds without the Makefile */
#endif

#define EXEMPLAR_BYTES 128 /* what OpenMetrics allows names and values of an exemplar's labels together */

struct writer {
	FILE *out;
	bool is_openmetrics;
};

static void put_value(FILE *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			fputc(*value, out);
	}
}

static void put_label(FILE *out, const char *separator, const char *name, const char *value)
{
	fprintf(out, "%s%s=\"", separator, name);
	put_value(out, value);
	fputc('"', out);
}

/* In the older format a counter's name has its _total here, too, and there is no type for what only has labels. */
static void begin_family(const struct writer *writer, const char *name, const char *type, const char *unit,
			 const char *help)
{
	bool is_info = !strcmp(type, "info");
	const char *suffix = writer->is_openmetrics ? "" : !strcmp(type, "counter") ? "_total" : is_info ? "_info" : "";

	fprintf(writer->out, "# TYPE %s%s %s\n", name, suffix, is_info && !writer->is_openmetrics ? "gauge" : type);
	if (*unit && writer->is_openmetrics)
		fprintf(writer->out, "# UNIT %s %s\n", name, unit);
	fprintf(writer->out, "# HELP %s%s %s\n", name, suffix, help);
}

static void put_exemplar(const struct writer *writer, const struct metrics_exemplar *exemplar)
{
	char local[INET6_ADDRSTRLEN + 8], peer[INET6_ADDRSTRLEN + 8];

	if (!writer->is_openmetrics)
		return;
	text_endpoint(local, sizeof(local), exemplar->local, exemplar->local_port);
	text_endpoint(peer, sizeof(peer), exemplar->peer, exemplar->peer_port);
	if (strlen("local") + strlen(local) + strlen("peer") + strlen(peer) > EXEMPLAR_BYTES)
		return;
	fprintf(writer->out, " # {local=\"%s\",peer=\"%s\"} 1 %" PRId64 ".%03" PRId64, local, peer,
		exemplar->time_ns / 1000000000, exemplar->time_ns / 1000000 % 1000);
}

static void write_deaths(const struct metrics *metrics, const struct writer *writer)
{
	FILE *out = writer->out;

	begin_family(writer, "rsttrace_deaths", "counter", "",
		     "TCP connections that died, as rsttrace explain lists the causes.");
	for (unsigned int i = 0; i < metrics->series_count; i++) {
		const struct metrics_series *series = &metrics->series[i];

		put_label(out, "rsttrace_deaths_total{", "kind", kind_name(series->kind));
		put_label(out, ",", "cause", series->cause);
		put_label(out, ",", "process", metrics->processes.names[series->process]);
		put_label(out, ",", "cgroup", metrics->cgroups.names[series->cgroup]);
		fprintf(out, "} %" PRIu64, series->count);
		put_exemplar(writer, &series->exemplar);
		fputc('\n', out);
	}
}

static void write_counter(const struct writer *writer, const char *name, const char *help, uint64_t value)
{
	begin_family(writer, name, "counter", "", help);
	fprintf(writer->out, "%s_total %" PRIu64 "\n", name, value);
}

static void write_sendings(const struct metrics *metrics, const struct writer *writer)
{
	const struct metrics_sending *sending = metrics->sendings;

	if (!sending->server)
		return;
	begin_family(writer, "rsttrace_export_incidents", "counter", "",
		     "Incidents that a server took, and that were dropped because it did not.");
	for (unsigned int i = 0; i < METRICS_SENDINGS && sending[i].server; i++)
		fprintf(writer->out,
			"rsttrace_export_incidents_total{server=\"%s\",result=\"sent\"} %" PRIu64 "\n"
			"rsttrace_export_incidents_total{server=\"%s\",result=\"dropped\"} %" PRIu64 "\n",
			sending[i].server, sending[i].sent, sending[i].server, sending[i].dropped);
	begin_family(writer, "rsttrace_export_waiting", "gauge", "", "Incidents that a server has not taken yet.");
	for (unsigned int i = 0; i < METRICS_SENDINGS && sending[i].server; i++)
		fprintf(writer->out, "rsttrace_export_waiting{server=\"%s\"} %" PRIu64 "\n", sending[i].server,
			sending[i].waiting);
}

static void write_histogram(const struct writer *writer, const char *name, const char *kind,
			    const struct metrics_histogram *histogram)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < METRICS_BUCKETS; i++) {
		count += histogram->counts[i];
		fprintf(writer->out, "%s_bucket{kind=\"%s\",le=\"%" PRIu64 ".%03" PRIu64 "\"} %" PRIu64 "\n", name,
			kind, metrics_bounds_ms[i] / 1000, metrics_bounds_ms[i] % 1000, count);
	}
	count += histogram->counts[METRICS_BUCKETS];
	fprintf(writer->out, "%s_bucket{kind=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, kind, count);
	fprintf(writer->out, "%s_sum{kind=\"%s\"} %" PRIu64 ".%03" PRIu64 "\n", name, kind,
		histogram->sum_ms / 1000, histogram->sum_ms % 1000);
	fprintf(writer->out, "%s_count{kind=\"%s\"} %" PRIu64 "\n", name, kind, count);
}

static void write_histograms(const struct writer *writer, const char *name, const char *help,
			     const struct metrics_histogram histograms[KIND_MAX])
{
	begin_family(writer, name, "histogram", "seconds", help);
	for (enum kind kind = 0; kind < KIND_STALLED; kind++)
		write_histogram(writer, name, kind_name(kind), &histograms[kind]);
}

static void write_verdicts(const struct metrics *metrics, const struct writer *writer)
{
	begin_family(writer, "rsttrace_verdicts", "counter", "", "Deaths by how well the evidence supports the cause.");
	for (enum certainty certainty = 0; certainty < CERTAINTY_MAX; certainty++)
		fprintf(writer->out, "rsttrace_verdicts_total{certainty=\"%s\"} %" PRIu64 "\n",
			certainty_name(certainty), metrics->certainties[certainty]);
}

static void write_build(const struct metrics *metrics, const struct writer *writer)
{
	begin_family(writer, "rsttrace_build", "info", "", "What watches, on what, with which hooks.");
	put_label(writer->out, "rsttrace_build_info{", "version", RSTTRACE_VERSION);
	put_label(writer->out, ",", "kernel", metrics->kernel);
	put_label(writer->out, ",", "tier", metrics->tier);
	fputs("} 1\n", writer->out);
}

/* As Prometheus' own client libraries name it. */
static void write_process(const struct metrics *metrics, const struct writer *writer)
{
	struct rusage usage;

	begin_family(writer, "process_start_time_seconds", "gauge", "seconds",
		     "When this began to watch, since the epoch.");
	fprintf(writer->out, "process_start_time_seconds %.3f\n", metrics->started);
	getrusage(RUSAGE_SELF, &usage);
	begin_family(writer, "process_cpu_seconds", "counter", "seconds",
		     "Time on processors, of rsttrace itself: not that of its hooks.");
	fprintf(writer->out, "process_cpu_seconds_total %.6f\n",
		(double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

void metrics_write(const struct metrics *metrics, bool is_openmetrics, FILE *out)
{
	const struct writer writer = { .out = out, .is_openmetrics = is_openmetrics };

	write_deaths(metrics, &writer);
	write_verdicts(metrics, &writer);
	write_counter(&writer, "rsttrace_deaths_unattributed",
		      "Deaths of which no process is known to have had the socket.", metrics->unattributed);
	write_counter(&writer, "rsttrace_deaths_suppressed",
		      "Deaths of storms, which were counted and not told one by one: they are in rsttrace_deaths.",
		      metrics->suppressed);
	write_sendings(metrics, &writer);
	write_counter(&writer, "rsttrace_events_lost", "Events for which the ring buffer had no room.", metrics->lost);
	write_histograms(&writer, "rsttrace_connection_age_seconds",
			 "From the beginning of a connection to its death, where both were seen.", metrics->age);
	write_histograms(&writer, "rsttrace_connection_idle_seconds",
			 "From a connection's last data to its death, where that is known.", metrics->idle);
	write_build(metrics, &writer);
	write_process(metrics, &writer);
	if (is_openmetrics)
		fputs("# EOF\n", out);
}
