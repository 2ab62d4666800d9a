/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See spikes.h. A spike is a fine slot and the next that hold a good part of all deaths of a kind, and much more than
 * what stands beside them: what only has a most frequent value is none.
 */
#include "spikes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../explain/causes.h"
#include "../util/text.h"

#define DEATHS_MIN 8
#define SHARE_MIN 15 /* per cent */
#define NEIGHBOURS 2 /* fine slots on either side, */
#define TIMES_NEIGHBOURS 3 /* that the spike holds so many times more than */
#define SPIKES_OF_ONE 3 /* in one histogram */
#define MS_MIN 1000
#define SAME_TIMES 4 /* an age is that of an idle time when they differ by less than a fourth of it */

static const struct {
	enum kind kind;
	const char *deaths;
	const char *meanings[HISTOGRAM_FINE];
} rows[] = {
	{ KIND_RST_RECEIVED,
	  "resets received",
	  { [HISTOGRAM_IDLE] = "the peer, or a NAT, firewall or load balancer on the way, ends connections that "
			       "are idle for so long; keepalive or a pool's limit below that avoids it",
	    [HISTOGRAM_LIFETIME] = "the peer, or a proxy on the way, ends connections at that age" } },
	{ KIND_RST_SENT,
	  "resets sent",
	  { [HISTOGRAM_IDLE] = "a limit of this program or its library on how long a connection may be idle",
	    [HISTOGRAM_LIFETIME] = "a limit of this program or its library on how long a connection may last" } },
	{ KIND_TIMEOUT,
	  "timeouts",
	  { [HISTOGRAM_IDLE] = "a setting that decides how long silence may last (keepalive, TCP_USER_TIMEOUT, "
			       "tcp_retries2); `rsttrace -v` says which" } },
};

/* Of the deaths in the slots from `first` on, as many as `count`; places of 2^HISTOGRAM_OFFSET_BITS in each. */
static uint64_t mean_ms(const struct hist_fine *fine, unsigned int first, unsigned int count)
{
	uint64_t deaths = 0;
	double sum = 0;

	for (unsigned int i = first; i < first + count && i < HISTOGRAM_FINE_SLOTS; i++) {
		unsigned int octave = i >> HISTOGRAM_FINE_BITS, eighth = i & ((1 << HISTOGRAM_FINE_BITS) - 1);
		double place = (double)fine[i].offsets + fine[i].deaths / 2.0; /* in the middle of each */

		place += (double)fine[i].deaths * ((1 << HISTOGRAM_FINE_BITS | eighth) << HISTOGRAM_OFFSET_BITS);
		sum += place * (double)(1u << octave);
		deaths += fine[i].deaths;
	}
	return deaths ? (uint64_t)(sum / (double)deaths) : 0;
}

static uint64_t deaths_in(const struct hist_fine *fine, int first, int last)
{
	uint64_t deaths = 0;

	for (int i = first < 0 ? 0 : first; i <= last && i < HISTOGRAM_FINE_SLOTS; i++)
		deaths += fine[i].deaths;
	return deaths;
}

/* The pair of slots that holds most; it is emptied for the next search. Beside it stands what stood there at first. */
static uint64_t take_highest(struct hist_fine *fine, const struct hist_fine *all, uint64_t *ret_ms,
			     uint64_t *ret_beside)
{
	int best = 0;
	uint64_t deaths;

	for (int i = 1; i < HISTOGRAM_FINE_SLOTS; i++) {
		if (deaths_in(fine, i, i + 1) > deaths_in(fine, best, best + 1))
			best = i;
	}
	deaths = deaths_in(fine, best, best + 1);
	*ret_ms = mean_ms(fine, best, 2);
	*ret_beside = deaths_in(all, best - NEIGHBOURS, best + 1 + NEIGHBOURS) - deaths;
	for (int i = best; i <= best + 1 && i < HISTOGRAM_FINE_SLOTS; i++)
		fine[i] = (struct hist_fine){ 0 };
	return deaths;
}

/* A connection that nothing came over has one number for both. */
static bool is_known(const struct hist_spike *spikes, unsigned int count, enum kind kind, uint64_t ms)
{
	for (unsigned int i = 0; i < count; i++) {
		uint64_t apart = spikes[i].ms > ms ? spikes[i].ms - ms : ms - spikes[i].ms;

		if (spikes[i].kind == kind && apart * SAME_TIMES < ms)
			return true;
	}
	return false;
}

static unsigned int find(const struct hist_measures *measures, unsigned int row, enum histogram which,
			 struct hist_spike *spikes, unsigned int count)
{
	struct hist_fine fine[HISTOGRAM_FINE_SLOTS];
	unsigned int before = count;
	uint64_t total = 0, deaths, ms, beside;

	if (!rows[row].meanings[which])
		return count;
	memcpy(fine, measures->fine[which], sizeof(fine));
	for (unsigned int i = 0; i < HISTOGRAM_SLOTS; i++)
		total += measures->slots[which][i];
	for (unsigned int i = 0; i < SPIKES_OF_ONE && count < HIST_SPIKES_MAX; i++) {
		deaths = take_highest(fine, measures->fine[which], &ms, &beside);
		if (deaths < DEATHS_MIN || deaths * 100 < total * SHARE_MIN)
			break;
		if (ms < MS_MIN || deaths < beside * TIMES_NEIGHBOURS || is_known(spikes, before, rows[row].kind, ms))
			continue;
		spikes[count++] = (struct hist_spike){
			.kind = rows[row].kind,
			.which = which,
			.ms = ms,
			.deaths = deaths,
			.of = total,
			.meaning = rows[row].meanings[which],
		};
	}
	return count;
}

/* Some timeouts end with a reset that is sent. */
static enum kind kind_of(const struct hist_cell *cell)
{
	return cell->cause->application_errno == ETIMEDOUT ? KIND_TIMEOUT : cell->kind;
}

unsigned int hist_spikes(const struct hist_row *row, struct hist_spike ret_spikes[HIST_SPIKES_MAX])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct hist_measures sum = { 0 };

		for (const struct hist_cell *cell = row->cells; cell; cell = cell->next) {
			if (kind_of(cell) == rows[i].kind)
				hist_measures_add(&sum, &cell->measures);
		}
		count = find(&sum, i, HISTOGRAM_IDLE, ret_spikes, count);
		count = find(&sum, i, HISTOGRAM_LIFETIME, ret_spikes, count);
	}
	return count;
}

char *hist_spike_text(const struct hist_spike *spike, char *text, size_t size)
{
	const char *deaths = "deaths";
	char duration[32];

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].kind == spike->kind)
			deaths = rows[i].deaths;
	}
	text_duration(duration, sizeof(duration), spike->ms * 1000000);
	snprintf(text, size, "%" PRIu64 "%% of the %s (%" PRIu64 " of %" PRIu64 ") came %s%s%s: %s",
		 spike->deaths * 100 / spike->of, deaths, spike->deaths, spike->of,
		 spike->which == HISTOGRAM_IDLE ? "after about " : "at an age of about ", duration,
		 spike->which == HISTOGRAM_IDLE ? " idle" : "", spike->meaning);
	return text;
}
