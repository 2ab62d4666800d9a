/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One object a picture, on a line of its own: docs/rsttrace-hist-v1.schema.json. What is not known is left out. */
#include "hist.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/causes.h"
#include "../sinks/write.h"
#include "../util/text.h"
#include "spikes.h"

#define JSON_VERSION 1

static const char *const histogram_names[HISTOGRAM_MAX] = {
	[HISTOGRAM_LIFETIME] = "lifetime_ms",
	[HISTOGRAM_IDLE] = "idle_ms",
	[HISTOGRAM_RETRANSMITS] = "retransmits",
	[HISTOGRAM_STUCK] = "stuck_ms",
};

/* Only memory can be missing; one look at the end is enough. */
struct making {
	bool has_failed;
};

static void set(struct making *making, json_t *object, const char *key, json_t *value)
{
	making->has_failed |= json_object_set_new(object, key, value) != 0;
}

static void append(struct making *making, json_t *array, json_t *value)
{
	making->has_failed |= json_array_append_new(array, value) != 0;
}

static void set_number(struct making *making, json_t *object, const char *key, uint64_t number)
{
	set(making, object, key, json_integer((json_int_t)number));
}

static void set_share(struct making *making, json_t *object, uint64_t part, uint64_t whole)
{
	uint64_t ten_thousandths = whole ? (uint64_t)((double)part * 10000 / (double)whole + 0.5) : 0;

	set(making, object, "share", json_real((double)ten_thousandths / 10000));
}

static void set_time(struct making *making, json_t *object, const char *key, uint64_t wall_ns)
{
	char text[64];

	set(making, object, key, json_string(text_rfc3339(text, sizeof(text), wall_ns)));
}

static json_t *histogram_json(struct making *making, const uint64_t slots[HISTOGRAM_SLOTS])
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < HISTOGRAM_SLOTS; i++) {
		json_t *slot;

		if (!slots[i])
			continue;
		slot = json_object();
		set_number(making, slot, "from", (1ULL << i) / 2);
		if (i < HISTOGRAM_SLOTS - 1)
			set_number(making, slot, "to", (1ULL << i) - 1);
		set_number(making, slot, "deaths", slots[i]);
		append(making, array, slot);
	}
	return array;
}

static json_t *histograms_json(struct making *making, const struct hist_row *row)
{
	json_t *object = json_object();
	struct hist_measures sum = { 0 };

	for (const struct hist_cell *cell = row->cells; cell; cell = cell->next)
		hist_measures_add(&sum, &cell->measures);
	for (unsigned int which = 0; which < HISTOGRAM_MAX; which++)
		set(making, object, histogram_names[which], histogram_json(making, sum.slots[which]));
	return object;
}

static json_t *causes_json(struct making *making, const struct hist_row *row)
{
	json_t *array = json_array();

	for (const struct hist_cell *cell = row->cells; cell; cell = cell->next) {
		json_t *object = json_object();

		set(making, object, "cause", json_string(cell->cause->slug));
		set(making, object, "kind", json_string(kind_name(cell->kind)));
		set_number(making, object, "deaths", cell->deaths);
		set_share(making, object, cell->deaths, row->deaths);
		append(making, array, object);
	}
	return array;
}

static json_t *spikes_json(struct making *making, const struct hist_row *row)
{
	struct hist_spike spikes[HIST_SPIKES_MAX];
	unsigned int count = hist_spikes(row, spikes);
	json_t *array = json_array();
	char text[512];

	for (unsigned int i = 0; i < count; i++) {
		json_t *object = json_object();

		set(making, object, "histogram", json_string(histogram_names[spikes[i].which]));
		set(making, object, "kind", json_string(kind_name(spikes[i].kind)));
		set_number(making, object, "about", spikes[i].ms);
		set_number(making, object, "deaths", spikes[i].deaths);
		set_number(making, object, "of", spikes[i].of);
		set_share(making, object, spikes[i].deaths, spikes[i].of);
		set(making, object, "why", json_string(hist_spike_text(&spikes[i], text, sizeof(text))));
		append(making, array, object);
	}
	return array;
}

static void set_process(struct making *making, json_t *object, const struct hist_key *key, const char *name)
{
	json_t *process = json_object(), *executable = json_object();

	set_number(making, process, "pid", key->number);
	set(making, executable, "name", json_string(name));
	set(making, process, "executable", executable);
	set(making, object, "process", process);
	if (key->known == HIST_FORMER)
		set(making, object, "is_former", json_true());
}

static void set_key(struct making *making, json_t *object, const struct hist_by *by, const struct hist_key *key)
{
	char name[4 * HIST_NAME_BYTES + 1];

	text_printable(name, sizeof(name), key->name, sizeof(key->name));
	if (key->known == HIST_NOBODY || key->known == HIST_MANY)
		return;
	if (key->number && *name) {
		set_process(making, object, key, name);
	} else if (key->number) {
		set_number(making, object, by->name, key->number);
		set(making, object, "is_peers", json_boolean(key->known == HIST_PEERS));
	} else {
		set(making, object, by->name, json_string(name));
	}
}

static json_t *row_json(struct making *making, const struct hist_row *row, uint64_t deaths)
{
	json_t *object = json_object();

	set_number(making, object, "deaths", row->deaths);
	set_share(making, object, row->deaths, deaths);
	set(making, object, "causes", causes_json(making, row));
	set(making, object, "histograms", histograms_json(making, row));
	return object;
}

static json_t *group_json(struct making *making, const struct hist_model *model, const struct hist_row *row)
{
	json_t *object = row_json(making, row, hist_model_sums(model)->deaths);
	char label[HIST_LABEL_BYTES];

	set(making, object, "label",
	    json_string(hist_label(hist_model_by(model), &row->key, label, sizeof(label))));
	set_key(making, object, hist_model_by(model), &row->key);
	set(making, object, "spikes", spikes_json(making, row));
	return object;
}

static void set_sums(struct making *making, json_t *object, const struct hist_picture *picture)
{
	const struct hist_sums *sums = hist_model_sums(picture->model);
	json_t *kinds = json_object();

	set_number(making, object, "deaths", sums->deaths);
	set_number(making, object, "unknown", sums->unknown);
	if (!picture->is_interval)
		set_number(making, object, "unmeasured", hist_unmeasured(sums));
	if (picture->has_lost)
		set_number(making, object, "lost", picture->lost);
	for (unsigned int kind = 0; kind < KIND_MAX; kind++) {
		if (sums->kinds[kind])
			set_number(making, kinds, kind_name(kind), sums->kinds[kind]);
	}
	set(making, object, "kinds", kinds);
}

static json_t *picture_json(struct making *making, const struct hist_picture *picture)
{
	unsigned int rows = hist_model_rows(picture->model);
	json_t *object = json_object(), *groups = json_array();
	const struct hist_row *others;

	if (picture->top && picture->top < rows)
		rows = (unsigned int)picture->top;
	others = hist_model_others(picture->model, rows);
	set_number(making, object, "v", JSON_VERSION);
	set(making, object, "period", json_string(picture->is_interval ? "interval" : "all"));
	set_time(making, object, "from", picture->from_wall_ns);
	set_time(making, object, "to", picture->to_wall_ns);
	set(making, object, "by", json_string(hist_model_by(picture->model)->name));
	set_sums(making, object, picture);
	for (unsigned int i = 0; i < rows; i++)
		append(making, groups, group_json(making, picture->model, hist_model_row(picture->model, i)));
	set(making, object, "groups", groups);
	making->has_failed |= !others;
	if (others && others->deaths)
		set(making, object, "others",
		    row_json(making, others, hist_model_sums(picture->model)->deaths));
	return object;
}

static int json_write(FILE *out, const struct hist_picture *picture)
{
	struct making making = { false };
	json_t *object = picture_json(&making, picture);
	char *line = making.has_failed ? NULL : json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(4));
	size_t length;
	int err;

	json_decref(object);
	if (!line)
		return -ENOMEM;
	length = strlen(line);
	line[length] = '\n'; /* in place of the NUL: the line goes out whole */
	err = write_text(out, line, length + 1);
	free(line);
	return err;
}

const struct hist_form hist_json = { .name = "json", .write = json_write };

const struct hist_form *hist_form_find(const char *name)
{
	static const struct hist_form *const forms[] = { &hist_text, &hist_json };

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (!strcmp(forms[i]->name, name))
			return forms[i];
	}
	return NULL;
}
