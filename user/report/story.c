/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Finds stories: for one pattern after the other, the deaths of its families that no story has yet, gathered by its
 * keys, cut where nothing happened for a while, and held against its conditions.
 */
#include "story.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATTERNS_MAX 32
#define STORIES_MAX 200 /* what nobody reads needs not be found */
#define TIMES_USUAL 2 /* less often than that, against before, is no news */
#define ALWAYS_MS 600000 /* of so much time, three quarters are always */

struct teller {
	struct words *words;
	struct groups *before[PATTERNS_MAX]; /* for each pattern: deaths of its families, by its keys */
	struct groups *pids; /* processes that were seen before */
};

/* What is being gathered for one pattern. */
struct gathering {
	const struct teller *teller;
	const struct story_pattern *pattern;
	struct key_list by;
	unsigned int index; /* of the pattern */
	double ratio;
	bool utc;
	const struct deaths *deaths;
	struct stories *stories;
};

struct gathered {
	const struct death *death;
	const char *key[2];
	int64_t from_ns;
};

static struct key_list keys_of(const char *const names[2])
{
	struct key_list list = { 0 };

	for (unsigned int i = 0; i < 2 && names[i]; i++) {
		for (unsigned int k = 0; k < keys_count; k++) {
			if (!strcmp(keys[k].name, names[i]))
				list.keys[list.count++] = &keys[k];
		}
	}
	return list;
}

struct teller *teller_new(struct words *words)
{
	static const char *const by_pid[2] = { "process", "pid" };
	struct teller *teller = calloc(1, sizeof(*teller));
	struct key_list by = keys_of(by_pid);
	bool is_complete;

	if (!teller)
		return NULL;
	teller->words = words;
	teller->pids = groups_new(words, &by);
	is_complete = teller->pids != NULL;
	for (unsigned int i = 0; is_complete && i < patterns_count && i < PATTERNS_MAX; i++) {
		by = keys_of(patterns[i].by);
		teller->before[i] = groups_new(words, &by);
		is_complete = teller->before[i] != NULL;
	}
	if (is_complete)
		return teller;
	teller_free(teller);
	return NULL;
}

void teller_free(struct teller *teller)
{
	if (!teller)
		return;
	for (unsigned int i = 0; i < PATTERNS_MAX; i++)
		groups_free(teller->before[i]);
	groups_free(teller->pids);
	free(teller);
}

int teller_before(struct teller *teller, const struct death *death)
{
	unsigned int family = family_of(death->cause);
	int err = groups_add_before(teller->pids, death);

	for (unsigned int i = 0; !err && i < patterns_count; i++) {
		if (patterns[i].families & family)
			err = groups_add_before(teller->before[i], death);
	}
	return err;
}

static int64_t times_before(const struct gathering *gathering, const struct story *story)
{
	if (gathering->ratio <= 0)
		return 1;
	if (!story->before)
		return TIMES_NEW;
	return (int64_t)(story->facts[STORY_DEATHS] * gathering->ratio / story->before);
}

/* Whether the time before is known, and its process was not seen in it. */
static bool is_new(const struct gathering *gathering, const struct death *death)
{
	const struct key_list *by = groups_by(gathering->teller->pids);
	const char *texts[KEYS_MAX] = { NULL };
	char scratch[KEY_BYTES];

	if (gathering->ratio <= 0 || death->pid == NOT_KNOWN)
		return false;
	for (unsigned int k = 0; k < by->count; k++)
		texts[k] = words_keep(gathering->teller->words, by->keys[k]->text(death, scratch));
	return !groups_find(gathering->teller->pids, texts);
}

static bool has_key(const struct gathering *gathering, const struct death *death, const char *const key[2])
{
	char scratch[KEY_BYTES];

	for (unsigned int i = 0; i < gathering->by.count; i++) {
		if (strcmp(gathering->by.keys[i]->text(death, scratch), key[i]))
			return false;
	}
	return true;
}

/* Of all deaths with the same key from its beginning to its end, how many per cent are this story's. */
static int64_t count_share(const struct gathering *gathering, const struct story *story)
{
	const struct deaths *deaths = gathering->deaths;
	size_t low = 0, high = deaths->count;
	int64_t all = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (deaths->list[middle].time_ns < story->from_ns)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < deaths->count && deaths->list[low].time_ns <= story->to_ns; low++) {
		if (has_key(gathering, &deaths->list[low], story->key))
			all += deaths->list[low].count;
	}
	return all ? 100 * story->facts[STORY_DEATHS] / all : 100;
}

static bool is_usual(const struct gathering *gathering, const struct story *story)
{
	const struct deaths *deaths = gathering->deaths;
	int64_t all_ms = (deaths->list[deaths->count - 1].last_ns - deaths->list[0].time_ns) / 1000000;

	if (gathering->ratio > 0)
		return story->facts[STORY_TIMES] < TIMES_USUAL;
	return all_ms > ALWAYS_MS && story->facts[STORY_LASTED_MS] > all_ms / 4 * 3;
}

static bool holds(const struct story *story, bool only_share)
{
	for (unsigned int i = 0; i < CONDITIONS_MAX; i++) {
		const struct story_condition *condition = &story->pattern->conditions[i];
		int64_t value = story->facts[condition->fact];

		if ((!condition->min && !condition->max) || (condition->fact == STORY_SHARE) != only_share)
			continue;
		if (value < condition->min || (condition->max && value > condition->max))
			return false;
	}
	return true;
}

static int keep_story(struct stories *stories, const struct story *story)
{
	if (stories->count == stories->room) {
		size_t room = stories->room ? 2 * stories->room : 16;
		struct story *list = reallocarray(stories->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		stories->list = list;
		stories->room = room;
	}
	stories->list[stories->count++] = *story;
	stories->news += !story->is_usual;
	stories->told += story->facts[STORY_DEATHS];
	return 0;
}

/* Deaths that belong together: a story, if its pattern's conditions hold. */
static int consider(struct gathering *gathering, const struct gathered *list, size_t count, int64_t to_ns)
{
	const struct death **deaths = calloc(count, sizeof(*deaths));
	struct story story = { .pattern = gathering->pattern, .to_ns = to_ns };
	const char *texts[KEYS_MAX] = { list[0].key[0], list[0].key[1] };
	const struct group *before = groups_find(gathering->teller->before[gathering->index], texts);
	int err;

	if (!deaths)
		return -ENOMEM;
	story.from_ns = list[0].from_ns;
	for (size_t i = 0; i < count; i++) {
		deaths[i] = list[i].death;
		if (list[i].from_ns < story.from_ns)
			story.from_ns = list[i].from_ns;
	}
	memcpy(story.key, list[0].key, sizeof(story.key));
	story.before = before ? before->before : 0;
	story.example_ns = list[0].death->time_ns;
	err = story_count(&story, deaths, count);
	story.facts[STORY_TIMES] = times_before(gathering, &story);
	if (!err && holds(&story, false)) {
		story.facts[STORY_SHARE] = count_share(gathering, &story);
		if (holds(&story, true)) {
			story.is_usual = is_usual(gathering, &story);
			story_tell(&story, deaths, count, gathering->utc);
			story.id = gathering->stories->count + 1;
			err = keep_story(gathering->stories, &story);
			for (size_t i = 0; i < count; i++)
				gathering->stories->of[list[i].death - gathering->deaths->list] = story.id;
		}
	}
	free(deaths);
	return err;
}

static int by_key(const void *a, const void *b)
{
	const struct gathered *left = a, *right = b;

	for (unsigned int i = 0; i < 2; i++) {
		if (left->key[i] != right->key[i])
			return strcmp(left->key[i], right->key[i]);
	}
	return (left->death > right->death) - (left->death < right->death); /* in order of time */
}

/* Runs of one key, cut where nothing happened for a while. */
static int cut(struct gathering *gathering, const struct gathered *list, size_t count)
{
	size_t begin = 0;
	int64_t to_ns = 0;
	int err = 0;

	for (size_t i = 0; !err && i <= count && gathering->stories->count < STORIES_MAX; i++) {
		bool ends = i == count;

		if (!ends && i > begin)
			ends = list[i].key[0] != list[begin].key[0] || list[i].key[1] != list[begin].key[1] ||
			       list[i].from_ns > to_ns + gathering->pattern->gap_ms * 1000000;
		if (ends && i > begin) {
			err = consider(gathering, list + begin, i - begin, to_ns);
			begin = i;
			to_ns = 0;
		}
		if (i < count && list[i].death->last_ns > to_ns)
			to_ns = list[i].death->last_ns;
	}
	return err;
}

static int64_t begun_ns(const struct gathering *gathering, const struct death *death)
{
	int64_t silent_ms = death->elapsed_ms > 0 ? death->elapsed_ms : death->silence_ms;

	if (!gathering->pattern->from_silence || silent_ms <= 0)
		return death->time_ns;
	return death->time_ns - silent_ms * 1000000;
}

static int gather(struct gathering *gathering, struct gathered *list)
{
	const struct deaths *deaths = gathering->deaths;
	char scratch[KEY_BYTES];
	size_t count = 0;

	for (size_t i = 0; i < deaths->count; i++) {
		struct gathered *gathered = &list[count];

		if (gathering->stories->of[i] || !(family_of(deaths->list[i].cause) & gathering->pattern->families))
			continue;
		if (gathering->pattern->only_new && !is_new(gathering, &deaths->list[i]))
			continue;
		gathered->death = &deaths->list[i];
		gathered->from_ns = begun_ns(gathering, gathered->death);
		for (unsigned int k = 0; k < 2; k++)
			gathered->key[k] = k >= gathering->by.count ? words_keep(gathering->teller->words, NULL) :
					   words_keep(gathering->teller->words,
						      gathering->by.keys[k]->text(gathered->death, scratch));
		count += *gathered->key[0] || !gathering->pattern->needs_key;
	}
	if (!count)
		return 0;
	qsort(list, count, sizeof(*list), by_key);
	return cut(gathering, list, count);
}

static int by_deaths(const void *a, const void *b)
{
	const struct story *left = a, *right = b;
	int64_t most = right->facts[STORY_DEATHS] - left->facts[STORY_DEATHS];

	if (left->is_usual != right->is_usual)
		return left->is_usual - right->is_usual;
	return most ? (most > 0) - (most < 0) : (left->from_ns > right->from_ns) - (left->from_ns < right->from_ns);
}

int teller_tell(struct teller *teller, const struct deaths *deaths, double ratio, bool utc, struct stories *ret_stories)
{
	struct gathered *list = calloc(deaths->count + 1, sizeof(*list));
	struct gathering gathering = {
		.teller = teller,
		.ratio = ratio,
		.utc = utc,
		.deaths = deaths,
		.stories = ret_stories,
	};
	int err;

	ret_stories->of = calloc(deaths->count + 1, sizeof(*ret_stories->of));
	err = list && ret_stories->of ? 0 : -ENOMEM;

	for (unsigned int i = 0; !err && i < patterns_count; i++) {
		gathering.pattern = &patterns[i];
		gathering.index = i;
		gathering.by = keys_of(patterns[i].by);
		err = gather(&gathering, list);
	}
	if (!err && ret_stories->count)
		qsort(ret_stories->list, ret_stories->count, sizeof(*ret_stories->list), by_deaths);
	free(list);
	return err;
}

void stories_free(struct stories *stories)
{
	free(stories->list);
	free(stories->of);
	*stories = (struct stories){ 0 };
}
