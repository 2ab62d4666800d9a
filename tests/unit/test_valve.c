/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Deaths that are counted together get one verdict: in all recordings, those with one key have one cause. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attach/recording.h"
#include "bpf/valve.h"
#include "decode/decode.h"
#include "decode/join.h"
#include "explain/causes.h"
#include "explain/explain.h"

#define FOLDER "tests/replay"
#define RECORDS_MAX 8192

/* What is alike in two recordings only by accident: left out of the key, so that more keys are equal. */
static void forget_who(struct valve_key *key)
{
	key->netns = 0;
	key->pid = key->pid > 0;
	key->owner = key->owner > 0;
	key->port = 0;
}

struct seen {
	struct valve_key key;
	const char *cause;
	const char *state;
	const char *missing;
	enum certainty certainty;
	enum join_result result;
	int error;
	char reason[SYMBOL_BYTES];
	char drop[SYMBOL_BYTES];
	char file[96];
};

struct reading {
	struct recording *recording;
	struct join *join;
	const char *file;
	struct seen *seen;
	unsigned int count, pairs;
};

static const char *symbol(void *context, uint64_t address)
{
	return recording_symbol(((struct reading *)context)->recording, address);
}

static const char *named(const char *const *names, unsigned int count, int32_t number)
{
	return number >= 0 && (unsigned int)number < count ? names[number] : NULL;
}

static const char *reason(void *context, int32_t number)
{
	const struct source_info *info = recording_info(((struct reading *)context)->recording);

	return named(info->reasons, info->reasons_count, number);
}

static const char *drop(void *context, int32_t number)
{
	const struct source_info *info = recording_info(((struct reading *)context)->recording);

	return named(info->drops, info->drops_count, number);
}

/* The frames by their names: addresses differ from boot to boot. */
static uint32_t hash_of(const struct incident *incident)
{
	uint32_t hash = 2166136261u;

	for (unsigned int i = incident->first_frame; i < incident->end_frame && i < 16; i++) {
		for (const char *at = incident->frames[i]; *at; at++)
			hash = (hash ^ (unsigned char)*at) * 16777619u;
	}
	return hash;
}

static void compare(struct reading *reading, const struct seen *now)
{
	for (unsigned int i = 0; i < reading->count; i++) {
		const struct seen *then = &reading->seen[i];

		if (memcmp(&then->key, &now->key, sizeof(now->key)) || strcmp(then->reason, now->reason) ||
		    strcmp(then->drop, now->drop))
			continue;
		reading->pairs++;
		if (strcmp(then->cause, now->cause) || strcmp(then->state, now->state) ||
		    then->certainty != now->certainty || then->error != now->error || then->result != now->result)
			fail_msg("%s is %s (%s, %d), %s is %s (%s, %d), and both have one key", then->file, then->cause,
				 then->state, then->error, now->file, now->cause, now->state, now->error);
	}
}

static int take(void *context, const void *bytes, size_t size)
{
	struct reading *reading = context;
	struct evidence_stacked record;
	struct incident incident;
	struct report report;
	struct seen now = { .cause = "", .state = "" };
	int err = decode_evidence(bytes, size, &record);

	if (err || record.evidence.hook == HOOK_OWNER ||
	    !valve_counts(record.evidence.hook, &record.evidence))
		return err;
	now.result = join_record(reading->join, &record, &incident);
	if (now.result == JOIN_INCIDENT) {
		explain(&incident, &report);
		now.cause = report.cause->slug;
		now.state = report.state;
		now.certainty = report.certainty;
		now.error = report.application_errno;
	}
	snprintf(now.reason, sizeof(now.reason), "%s", incident.reason);
	snprintf(now.drop, sizeof(now.drop), "%s", incident.drop);
	snprintf(now.file, sizeof(now.file), "%s", reading->file);
	valve_key_of(&now.key, record.evidence.hook, size == EVIDENCE_BARE_BYTES, &record.evidence, hash_of(&incident));
	now.key.reason = 0; /* by name: numbers move with the kernel */
	forget_who(&now.key);
	compare(reading, &now);
	assert_true(reading->count < RECORDS_MAX);
	reading->seen[reading->count++] = now;
	return 0;
}

static int ignore(void *context, const struct source_tally *tally, const void *example, size_t size)
{
	(void)context;
	(void)tally;
	(void)example;
	(void)size;
	return 0;
}

static void read_file(struct reading *reading, const char *name)
{
	const struct join_names names = { .symbol = symbol, .reason = reason, .drop = drop, .context = reading };
	char path[512], message[256] = "";

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	reading->file = name;
	assert_int_equal(recording_open(path, &reading->recording, message, sizeof(message)), 0);
	reading->join = join_new(&names, 0);
	assert_non_null(reading->join);
	if (recording_read(reading->recording, take, ignore, reading, message, sizeof(message)))
		fail_msg("%s: %s", name, message);
	join_free(reading->join);
	recording_close(reading->recording);
}

static void test_one_key_one_cause(void **state)
{
	struct reading reading = { .seen = calloc(RECORDS_MAX, sizeof(*reading.seen)) };
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;

	(void)state;
	assert_non_null(reading.seen);
	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);

		if (length > 4 && !strcmp(entry->d_name + length - 4, ".rec"))
			read_file(&reading, entry->d_name);
	}
	closedir(folder);
	free(reading.seen);
	/* else it has shown nothing */
	assert_true(reading.pairs > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_key_one_cause),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
