/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Histograms: the slots, what is counted by which key, what is done without room, what stands out and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../bpf/histogram.h"
#include "../../user/explain/causes.h"
#include "../../user/hist/hist.h"
#include "../../user/hist/spikes.h"
#include "sample.h"

#define LIMIT_MS 350000u
#define MANY 100

/* Every power of two begins a slot, and the number before it ends one. */
static void test_slots(void **state)
{
	(void)state;
	assert_int_equal(histogram_slot(0), 0);
	assert_int_equal(histogram_slot(1), 1);
	for (unsigned int bit = 1; bit < 31; bit++) {
		assert_int_equal(histogram_slot(1u << bit), bit + 1);
		assert_int_equal(histogram_slot((1u << bit) - 1), bit);
	}
	assert_int_equal(histogram_slot(1u << 31), HISTOGRAM_SLOTS - 1);
	assert_int_equal(histogram_slot(UINT32_MAX - 1), HISTOGRAM_SLOTS - 1);
}

static void count_idle(struct histograms *histograms, uint32_t ms)
{
	struct evidence ev = { .flags = EV_SOCKET, .sock = { .state = ESTABLISHED } };

	ev.sock.last_received_ms = ms;
	ev.sock.last_ack_ms = ms + 1;
	histograms_count(histograms, &ev);
}

/* A fine slot is an eighth of a slot, and counts what its slot counts. */
static void test_fine_slots(void **state)
{
	struct histograms histograms = { 0 };
	uint64_t fine = 0, coarse = 0;

	(void)state;
	for (uint32_t ms = 1; ms < UINT32_MAX / 2; ms += ms / 3 + 1)
		count_idle(&histograms, ms);
	for (unsigned int i = 0; i < HISTOGRAM_FINE_SLOTS; i++)
		fine += histograms.fine[HISTOGRAM_IDLE][i].deaths;
	for (unsigned int i = HISTOGRAM_FINE_FIRST; i < HISTOGRAM_FINE_FIRST + HISTOGRAM_FINE_SLOTS / 8; i++)
		coarse += histograms.slots[HISTOGRAM_IDLE][i];
	assert_true(fine > 30);
	assert_int_equal(fine, coarse);
	memset(&histograms, 0, sizeof(histograms));
	count_idle(&histograms, 512);
	count_idle(&histograms, 512 + 64);
	count_idle(&histograms, 1024 + 127);
	assert_int_equal(histograms.fine[HISTOGRAM_IDLE][0].deaths, 1);
	assert_int_equal(histograms.fine[HISTOGRAM_IDLE][1].deaths, 1);
	assert_int_equal(histograms.fine[HISTOGRAM_IDLE][8].deaths, 1);
	assert_int_equal(histograms.fine[HISTOGRAM_IDLE][8].offsets, 63);
}

static void test_what_is_measured(void **state)
{
	struct sample sample;
	struct evidence *ev = &sample.incident.evidence;

	(void)state;
	sample_init(&sample);
	assert_int_equal(histogram_value(ev, HISTOGRAM_LIFETIME),
			 (ev->time_ns - ev->conn.opened_ns) / 1000000);
	assert_int_equal(histogram_value(ev, HISTOGRAM_IDLE), 1400);
	assert_int_equal(histogram_value(ev, HISTOGRAM_RETRANSMITS), 3);
	assert_int_equal(histogram_value(ev, HISTOGRAM_STUCK), 612);
	ev->sock.state = LISTEN;
	for (unsigned int which = 0; which < HISTOGRAM_MAX; which++)
		assert_int_equal(histogram_value(ev, which), HISTOGRAM_UNKNOWN);
	ev->sock.state = SYN_SENT;
	ev->hook = HOOK_TCP_RECEIVE_RESET;
	assert_int_equal(histogram_value(ev, HISTOGRAM_STUCK), HISTOGRAM_UNKNOWN);
	ev->flags &= ~EV_CONN;
	assert_int_equal(histogram_value(ev, HISTOGRAM_LIFETIME), HISTOGRAM_UNKNOWN);
}

static void add(struct hist_model *model, const char *comm, unsigned int pid, const char *cause, uint64_t count,
		const struct histograms *histograms)
{
	struct sample sample;

	sample_init(&sample);
	sample.incident.evidence.size = sizeof(struct evidence);
	sample.report.cause = cause_find(cause);
	sample.report.kind = sample.report.cause->kind;
	sample.report.owner.pid = pid;
	snprintf(sample.report.owner.comm, sizeof(sample.report.owner.comm), "%s", comm);
	sample.report.count = sample.incident.count = count;
	sample.report.histograms = histograms;
	assert_int_equal(hist_model_add(model, &sample.report), 0);
}

static struct hist_model *model_by(const char *name)
{
	struct hist_model *model = hist_model_new(hist_by_find(name));

	assert_non_null(model);
	return model;
}

static const struct hist_row *only_row(struct hist_model *model)
{
	hist_model_sort(model);
	assert_int_equal(hist_model_rows(model), 1);
	return hist_model_row(model, 0);
}

/* `idle_ms` of so many, and other times of others. */
static unsigned int spikes_of(uint32_t idle_ms, unsigned int deaths, unsigned int others, struct hist_spike *spikes)
{
	struct hist_model *model = model_by("process");
	struct histograms histograms = { 0 };
	unsigned int count;

	for (unsigned int i = 0; i < deaths; i++)
		count_idle(&histograms, idle_ms + i * 9); /* within a second */
	for (unsigned int i = 0; i < others; i++)
		count_idle(&histograms, 3 + (1u << i % 15));
	add(model, "redis", 988, "reset-by-peer", deaths + others, &histograms);
	count = hist_spikes(only_row(model), spikes);
	hist_model_free(model);
	return count;
}

static void test_spike(void **state)
{
	struct hist_spike spikes[HIST_SPIKES_MAX];
	char text[512];

	(void)state;
	assert_int_equal(spikes_of(LIMIT_MS, 68, 32, spikes), 1);
	assert_int_equal(spikes[0].deaths, 68);
	assert_int_equal(spikes[0].of, 100);
	assert_in_range(spikes[0].ms, LIMIT_MS - 500, LIMIT_MS + 1000);
	assert_non_null(strstr(hist_spike_text(&spikes[0], text, sizeof(text)),
			       "68% of the resets received (68 of 100) came after about 350 s idle: "));
	/* across the border of two slots */
	assert_int_equal(spikes_of((1u << 18) - 300, 68, 32, spikes), 1);
	assert_int_equal(spikes[0].deaths, 68);
	assert_in_range(spikes[0].ms, (1u << 18) - 300, (1u << 18) + 1000);
}

/* Too few, too small a part, spread over all times, or shorter than what nobody sets. */
static void test_no_spike(void **state)
{
	struct hist_spike spikes[HIST_SPIKES_MAX];
	struct hist_model *model = model_by("process");
	struct histograms histograms = { 0 };

	(void)state;
	assert_int_equal(spikes_of(LIMIT_MS, 7, 0, spikes), 0);
	assert_int_equal(spikes_of(LIMIT_MS, 10, 90, spikes), 0);
	assert_int_equal(spikes_of(600, 10, 0, spikes), 0);
	for (uint32_t ms = 60000; ms < 90000; ms += 100)
		count_idle(&histograms, ms);
	add(model, "redis", 988, "reset-by-peer", 300, &histograms);
	assert_int_equal(hist_spikes(only_row(model), spikes), 0);
	hist_model_free(model);
}

/* All of a counted tally are one row with their histograms; a death that was streamed is measured here. */
static void test_counts(void **state)
{
	struct hist_model *model = model_by("process");
	struct histograms histograms = { 0 };
	const struct hist_row *row;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		count_idle(&histograms, LIMIT_MS);
	add(model, "redis", 988, "reset-by-peer", MANY, &histograms);
	add(model, "redis", 988, "close-unread", 0, NULL);
	row = only_row(model);
	assert_int_equal(row->deaths, MANY + 1);
	assert_string_equal(row->cells->cause->slug, "reset-by-peer");
	assert_int_equal(row->cells->measures.slots[HISTOGRAM_IDLE][19], MANY);
	assert_int_equal(row->cells->next->measures.slots[HISTOGRAM_RETRANSMITS][2], 1);
	assert_int_equal(hist_unmeasured(hist_model_sums(model)), 0);
	add(model, "redis", 988, "reset-by-peer", 3, NULL);
	assert_int_equal(hist_unmeasured(hist_model_sums(model)), 3);
	hist_model_clear(model);
	assert_int_equal(hist_model_sums(model)->deaths, 0);
	assert_int_equal(hist_model_rows(model), 0);
	hist_model_free(model);
}

/* More processes than there is room for: the frequent ones stay, and all deaths. */
static void test_room(void **state)
{
	struct hist_model *model = model_by("process");
	const struct hist_row *others;
	uint64_t deaths = 0;

	(void)state;
	add(model, "redis", 1, "reset-by-peer", MANY, NULL);
	for (unsigned int i = 0; i < 3 * HIST_ROWS_MAX; i++)
		add(model, "curl", 100 + i, "connection-refused", 0, NULL);
	hist_model_sort(model);
	assert_in_range(hist_model_rows(model), 2, HIST_ROWS_MAX);
	assert_string_equal(hist_model_row(model, 0)->key.name, "redis");
	assert_true(hist_model_sums(model)->rows > 0);
	others = hist_model_others(model, 1);
	assert_non_null(others);
	assert_int_equal(others->deaths, 3 * HIST_ROWS_MAX);
	others = hist_model_others(model, hist_model_rows(model));
	deaths = others->deaths;
	for (unsigned int i = 0; i < hist_model_rows(model); i++)
		deaths += hist_model_row(model, i)->deaths;
	assert_int_equal(deaths, MANY + 3 * HIST_ROWS_MAX);
	hist_model_free(model);
}

static void assert_label(const char *by, const struct report *report, const char *expected)
{
	const struct hist_by *row = hist_by_find(by);
	struct hist_key key;
	char text[HIST_LABEL_BYTES];

	memset(&key, 0, sizeof(key));
	row->fill(report, &key);
	assert_string_equal(hist_label(row, &key, text, sizeof(text)), expected);
}

static void test_keys(void **state)
{
	struct sample sample;

	(void)state;
	sample_init(&sample);
	assert_label("process", &sample.report, "nginx[2211]");
	assert_label("cause", &sample.report, "close-unread");
	assert_label("peer", &sample.report, "10.0.0.9");
	assert_label("port", &sample.report, "port 443");
	assert_label("state", &sample.report, sample.report.state);
	sample.report.count = 2; /* and nothing in common */
	assert_label("peer", &sample.report, "(other peers)");
	assert_label("port", &sample.report, "(other ports)");
	sample.incident.common_port = COMMON_PORT_LOCAL;
	assert_label("peer", &sample.report, "10.0.0.9");
	assert_label("port", &sample.report, "port 443");
	sample.report.owner.source = OWNER_FORMER;
	sample.incident.former.was_listener = true;
	assert_label("process", &sample.report, "(nginx[2211])");
	sample.incident.former.was_listener = false; /* known of the example alone */
	assert_label("process", &sample.report, "(no process)");
	assert_null(hist_by_find("prot"));
}

/* A name that would like to speak to the terminal, in both forms. */
static void test_hostile_names(void **state)
{
	struct hist_model *model = model_by("process");
	struct hist_picture picture = { .model = model, .to_wall_ns = 1000000000, .utc = true };
	const struct hist_form *const forms[] = { &hist_text, &hist_json };
	char *text = NULL;
	size_t size = 0;

	(void)state;
	add(model, "\033[2J\n\"\\\xff", 7, "close-unread", MANY, NULL);
	hist_model_sort(model);
	for (unsigned int i = 0; i < 2; i++) {
		FILE *out = open_memstream(&text, &size);

		assert_int_equal(forms[i]->write(out, &picture), 0);
		fclose(out);
		assert_null(strchr(text, '\033'));
		assert_null(strchr(text, '\xff'));
		assert_non_null(strstr(text, "x1b[2J"));
		free(text);
	}
	hist_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_fine_slots),
		cmocka_unit_test(test_what_is_measured),
		cmocka_unit_test(test_spike),
		cmocka_unit_test(test_no_spike),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
