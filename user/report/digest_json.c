/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Objects of a digest. What is not known is left out. */
#include "digest_json.h"

#include <errno.h>
#include <stdio.h>

#include "../util/text.h"
#include "timeline.h"

#define GROUPS_MAX 1000
#define EXAMPLES_MAX 50 /* groups with an example */
#define STEPS 60

struct making {
	const struct digest *digest;
	struct archive *archive;
	char *message;
	size_t size;
	int err;
};

static const char *const fact_names[STORY_FACTS] = {
	[STORY_DEATHS] = "deaths",
	[STORY_CONNECTIONS] = "connections",
	[STORY_CAUSES] = "causes",
	[STORY_PROCESSES] = "process_names",
	[STORY_PIDS] = "processes",
	[STORY_PEERS] = "peers",
	[STORY_PEER_PORTS] = "peer_ports",
	[STORY_LOCAL_PORTS] = "local_ports",
	[STORY_LASTED_MS] = "lasted_ms",
	[STORY_SHARE] = "share_percent",
	[STORY_IDLE_MS] = "idle_ms",
};

static json_t *time_json(int64_t time_ns)
{
	char text[64];

	return json_string(text_rfc3339(text, sizeof(text), time_ns));
}

static void set(struct making *making, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) && !making->err)
		making->err = -ENOMEM;
}

static void append(struct making *making, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) && !making->err)
		making->err = -ENOMEM;
}

static json_t *period_json(struct making *making, struct period period, int64_t recorded_ns)
{
	json_t *object = json_object();

	set(making, object, "from", time_json(period.from_ns));
	set(making, object, "to", time_json(period.to_ns));
	set(making, object, "recorded_ms", json_integer(recorded_ns / 1000000));
	return object;
}

static int take_example(void *context, int64_t time_ns, const char *json)
{
	json_t **example = context;

	(void)time_ns;
	*example = json_loads(json, 0, NULL);
	return *example ? 0 : -EBADMSG;
}

static void set_example(struct making *making, json_t *object, int64_t time_ns)
{
	const struct archive_wanted wanted = { .from_ns = time_ns, .to_ns = time_ns + 1 };
	json_t *example = NULL;
	int err = archive_incidents(making->archive, &wanted, take_example, &example, making->message, making->size);

	if (err && !making->err)
		making->err = err;
	if (example)
		set(making, object, "example", example);
}

static void set_before(struct making *making, json_t *object, int64_t deaths, int64_t before)
{
	if (!making->digest->before_recorded_ns)
		return;
	set(making, object, "before", json_integer(before));
	if (before)
		set(making, object, "times", json_real(digest_times(making->digest, deaths, before)));
}

static json_t *groups_json(struct making *making, const struct groups *groups, bool has_examples)
{
	const struct key_list *by = groups_by(groups);
	json_t *array = json_array();

	for (size_t i = 0; i < groups_count(groups) && i < GROUPS_MAX; i++) {
		const struct group *group = groups_at(groups, i);
		json_t *object = json_object();

		for (unsigned int k = 0; k < by->count; k++) {
			if (*group->texts[k])
				set(making, object, by->keys[k]->name, json_string(group->texts[k]));
		}
		set(making, object, "deaths", json_integer(group->deaths));
		set_before(making, object, group->deaths, group->before);
		if (group->deaths) {
			set(making, object, "first", time_json(group->first_ns));
			set(making, object, "last", time_json(group->last_ns));
		}
		if (has_examples && group->deaths && i < EXAMPLES_MAX)
			set_example(making, object, group->example_ns);
		append(making, array, object);
	}
	return array;
}

static json_t *story_json(struct making *making, const struct story *story)
{
	json_t *object = json_object(), *facts = json_object(), *key = json_object();

	set(making, object, "story", json_string(story->pattern->slug));
	set(making, object, "id", json_integer(story->id));
	set(making, object, "usual", json_boolean(story->is_usual));
	set(making, object, "from", time_json(story->from_ns));
	set(making, object, "to", time_json(story->to_ns));
	set(making, object, "sentence", json_string(story->sentence));
	set(making, object, "check", json_string(story->check));
	for (unsigned int i = 0; i < 2 && story->pattern->by[i]; i++) {
		if (*story->key[i])
			set(making, key, story->pattern->by[i], json_string(story->key[i]));
	}
	set(making, object, "key", key);
	for (unsigned int i = 0; i < STORY_FACTS; i++) {
		if (fact_names[i])
			set(making, facts, fact_names[i], json_integer(story->facts[i]));
	}
	set(making, object, "facts", facts);
	set_before(making, object, story->facts[STORY_DEATHS], story->before);
	set_example(making, object, story->example_ns);
	return object;
}

static json_t *timeline_json(struct making *making)
{
	json_t *object = json_object(), *array = json_array();
	struct timeline timeline;
	int err = timeline_make(&making->digest->deaths, making->digest->period, STEPS, &timeline);

	if (err && !making->err)
		making->err = err;
	set(making, object, "from", time_json(timeline.from_ns));
	set(making, object, "step_ms", json_integer(timeline.step_ns / 1000000));
	for (unsigned int i = 0; i < timeline.count; i++)
		append(making, array, json_integer(timeline.moments[i].deaths));
	set(making, object, "deaths", array);
	return object;
}

static json_t *notes_json(struct making *making)
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < making->digest->notes_count; i++) {
		json_t *object = json_object();

		set(making, object, "time", time_json(making->digest->notes[i].time_ns));
		set(making, object, "text", json_string(making->digest->notes[i].text));
		append(making, array, object);
	}
	return array;
}

json_t *digest_json(const struct digest *digest, struct archive *archive, char *message, size_t size)
{
	struct making making = { digest, archive, message, size, 0 };
	json_t *root = json_object(), *stories = json_array();

	snprintf(message, size, "out of memory");
	for (size_t i = 0; i < digest->stories.count; i++)
		append(&making, stories, story_json(&making, &digest->stories.list[i]));
	set(&making, root, "v", json_integer(1));
	set(&making, root, "source", json_string(digest->path));
	if (*digest->host)
		set(&making, root, "host", json_string(digest->host));
	if (*digest->kernel)
		set(&making, root, "kernel", json_string(digest->kernel));
	set(&making, root, "period", period_json(&making, digest->period, digest->recorded_ns));
	if (digest->before_recorded_ns)
		set(&making, root, "before", period_json(&making, digest->before, digest->before_recorded_ns));
	set(&making, root, "deaths", json_integer(digest->deaths_count));
	set(&making, root, "unknown", json_integer(digest->unknown));
	set(&making, root, "lost", json_integer(digest->lost));
	set(&making, root, "stories", stories);
	set(&making, root, "kinds", groups_json(&making, digest->kinds, false));
	set(&making, root, "changes", groups_json(&making, digest->changes, false));
	set(&making, root, "groups", groups_json(&making, digest->groups, true));
	set(&making, root, "timeline", timeline_json(&making));
	set(&making, root, "notes", notes_json(&making));
	if (!making.err)
		return root;
	json_decref(root);
	return NULL;
}
