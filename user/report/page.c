/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writes the page. Its data is JSON in a script element that no browser executes; "<", ">" and "&" are escaped in it,
 * which JSON allows wherever they can stand, so that no text of an incident can end the element.
 *
 * Rows, sentences and evidence repeat: words are numbers, texts are patterns with their numbers beside them. Of many
 * incidents only the first of each group have their evidence in the page.
 */
#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "digest_json.h"
#include "numbered.h"
#include "page_files.h"

#define ROWS_MAX 250000
#define EVIDENCE_MAX 20000
#define LINE_BYTES 16384 /* of an incident as JSON: longer ones have no evidence in the page */

static const char head[] =
	"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta http-equiv=\"Content-Security-Policy\""
	" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
	"<link rel=\"icon\" href=\"data:,\">\n<title>rsttrace report</title>\n<style>\n";

struct page {
	const struct digest *digest;
	struct archive *archive;
	FILE *out;
	struct numbered *words, *sentences, *shapes;
	size_t next; /* of the digest's deaths */
	size_t rows; /* that the page has */
	bool *has_evidence; /* of each of them */
	int evidence; /* how many have */
	bool is_first;
	char pattern[LINE_BYTES], values[LINE_BYTES];
};

static void put_escaped(FILE *out, const char *json)
{
	for (; *json; json++) {
		if (*json == '<' || *json == '>' || *json == '&')
			fprintf(out, "\\u%04x", *json);
		else
			fputc(*json, out);
	}
}

static int put_json(FILE *out, json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	json_decref(json);
	if (!text)
		return -ENOMEM;
	put_escaped(out, text);
	free(text);
	return 0;
}

static int put_words(FILE *out, const char *name, const struct numbered *numbered)
{
	int err = 0;

	fprintf(out, ",\n\"%s\":[", name);
	for (size_t i = 0; !err && i < numbered_count(numbered); i++) {
		fputs(i ? "," : "", out);
		err = put_json(out, json_string(numbered_at(numbered, i)));
	}
	fputc(']', out);
	return err;
}

/* The death with that time, of those that have a row; NULL: the filters left it out, or there is no more room. */
static const struct death *death_at(struct page *page, int64_t time_ns)
{
	const struct death *list = page->digest->deaths.list;

	while (page->next < page->rows && list[page->next].time_ns < time_ns)
		page->next++;
	return page->next < page->rows && list[page->next].time_ns == time_ns ? &list[page->next] : NULL;
}

static int put_row(struct page *page, const struct death *death, int sentence)
{
	const char *const texts[] = { death->kind,    death->cause, death->certainty,
				      death->process, death->local, death->peer };
	const struct digest *digest = page->digest;
	size_t index = death - digest->deaths.list;
	int numbers[6];

	for (size_t i = 0; i < 6; i++) {
		numbers[i] = numbered_of(page->words, texts[i]);
		if (numbers[i] < 0)
			return numbers[i];
	}
	fprintf(page->out, "%s[%" PRId64 ",%" PRId64 ",%d,%d,%d,%d,%" PRId64 ",%d,%" PRId64 ",%d,%" PRId64,
		page->is_first ? "\n" : ",\n", (death->time_ns - digest->period.from_ns) / 1000, death->count,
		numbers[0], numbers[1], numbers[2], numbers[3], death->pid, numbers[4], death->local_port, numbers[5],
		death->peer_port);
	fprintf(page->out, ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%u,%d,\"%s\",%d]", death->age_ms, death->idle_ms,
		death->retransmits, digest->stories.of[index], sentence, page->values,
		page->has_evidence[index] ? page->evidence++ : -1);
	page->is_first = false;
	return 0;
}

static int take_sentence(void *context, struct archive_row *row)
{
	struct page *page = context;
	const struct death *death = death_at(page, archive_integer(row, 0));
	const char *why = archive_text(row, 1);
	int sentence;

	if (!death)
		return 0;
	why = why && strlen(why) < LINE_BYTES ? why : "";
	pattern_of(why, page->pattern, page->values);
	sentence = numbered_of(page->sentences, words_keep(page->digest->words, page->pattern));
	return sentence < 0 ? sentence : put_row(page, death, sentence);
}

static int take_evidence(void *context, int64_t time_ns, const char *json)
{
	struct page *page = context;
	const struct death *death = death_at(page, time_ns);
	int shape;

	if (!death || !page->has_evidence[death - page->digest->deaths.list])
		return 0;
	if (strlen(json) >= LINE_BYTES)
		json = "{}";
	pattern_of(json, page->pattern, page->values);
	shape = numbered_of(page->shapes, words_keep(page->digest->words, page->pattern));
	if (shape < 0)
		return shape;
	fprintf(page->out, "%s[%d,\"%s\"]", page->is_first ? "\n" : ",\n", shape, page->values);
	page->is_first = false;
	return 0;
}

/* As many of each cause and process as there is room for, the first ones. */
static int choose_evidence(struct page *page)
{
	const struct digest *digest = page->digest;
	size_t groups = groups_count(digest->changes), each = groups ? EVIDENCE_MAX / groups : 0;
	struct numbered *numbered = numbered_new();
	uint32_t *taken = calloc(groups + 1, sizeof(*taken));
	int err = numbered && taken ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < page->rows; i++) {
		const char *texts[KEYS_MAX] = { digest->deaths.list[i].cause, digest->deaths.list[i].process };
		int number = numbered_of(numbered, (const char *)groups_find(digest->changes, texts));

		err = number < 0 ? number : 0;
		page->has_evidence[i] = !err && (page->rows <= EVIDENCE_MAX || taken[number]++ <= each);
	}
	numbered_free(numbered);
	free(taken);
	return err;
}

static int put_data(struct page *page, char *message, size_t size)
{
	const struct digest *digest = page->digest;
	const struct archive_value range[] = { { .integer = digest->period.from_ns },
					       { .integer = digest->period.to_ns } };
	const struct archive_wanted wanted = { .from_ns = digest->period.from_ns, .to_ns = digest->period.to_ns };
	int err;

	fputs(",\n\"rows\":[", page->out);
	page->is_first = true;
	err = archive_query(page->archive,
			    "SELECT time_ns, why FROM incidents WHERE time_ns >= ?1 AND time_ns < ?2 ORDER BY time_ns",
			    range, 2, take_sentence, page, message, size);
	fputs("],\n\"evidence\":[", page->out);
	page->is_first = true;
	page->next = 0;
	if (!err)
		err = archive_incidents(page->archive, &wanted, take_evidence, page, message, size);
	fputc(']', page->out);
	if (err)
		return err;
	err = put_words(page->out, "words", page->words);
	err = err ? err : put_words(page->out, "sentences", page->sentences);
	return err ? err : put_words(page->out, "shapes", page->shapes);
}

/* What the server's clock is ahead of UTC. */
static long offset_s(int64_t time_ns, bool utc)
{
	time_t seconds = time_ns / 1000000000;
	struct tm tm;

	localtime_r(&seconds, &tm);
	return utc ? 0 : tm.tm_gmtoff;
}

static int put_page(struct page *page, bool utc, char *message, size_t size)
{
	const struct digest *digest = page->digest;
	FILE *out = page->out;
	int err;

	fputs(head, out);
	fputs(page_css, out);
	fputs("</style>\n</head>\n<body>\n", out);
	fputs(page_html, out);
	fprintf(out,
		"<script type=\"application/json\" id=\"data\">{\"from_ms\":%.3f,\"to_ms\":%.3f,\"offset_s\":%ld,"
		"\"left_out\":%zu,\n\"digest\":",
		digest->period.from_ns / 1e6, digest->period.to_ns / 1e6, offset_s(digest->period.from_ns, utc),
		digest->deaths.count - page->rows);
	err = put_json(out, digest_json(digest, page->archive, message, size));
	if (!err)
		err = put_data(page, message, size);
	fputs("}\n</script>\n<script>\n(() => {\n", out); /* its names are its own */
	fputs(page_data_js, out);
	fputs(page_charts_js, out);
	fputs(page_table_js, out);
	fputs(page_page_js, out);
	fputs("})();\n</script>\n</body>\n</html>\n", out);
	return err;
}

int page_write(const struct digest *digest, struct archive *archive, bool utc, FILE *out, char *message, size_t size)
{
	struct page *page = calloc(1, sizeof(*page));
	int err = -ENOMEM;

	snprintf(message, size, "out of memory");
	if (!page)
		return err;
	page->digest = digest;
	page->archive = archive;
	page->out = out;
	page->rows = digest->deaths.count < ROWS_MAX ? digest->deaths.count : ROWS_MAX;
	page->words = numbered_new();
	page->sentences = numbered_new();
	page->shapes = numbered_new();
	page->has_evidence = calloc(page->rows + 1, sizeof(bool));
	if (page->words && page->sentences && page->shapes && page->has_evidence)
		err = choose_evidence(page);
	/* The first word is the empty one. */
	if (!err && numbered_of(page->words, words_keep(digest->words, "")) < 0)
		err = -ENOMEM;
	if (!err)
		err = put_page(page, utc, message, size);
	numbered_free(page->words);
	numbered_free(page->sentences);
	numbered_free(page->shapes);
	free(page->has_evidence);
	free(page);
	return err;
}
