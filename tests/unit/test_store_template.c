/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Templates: text comes back to the letter, whatever it is, from our own hands and from SQLite's printf(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "../../user/store/schema.h"
#include "../../user/store/template.h"

static void fill(const struct template *template, char *text, size_t size)
{
	assert_int_equal(template_fill(template->text, template->values, text, size), 0);
}

/* printf() with as many values as the view gives it. */
static void format(const struct template *template, char *text, size_t size)
{
	char sql[1024] = "SELECT printf(?1";
	sqlite3_stmt *statement;
	sqlite3 *db;

	for (int i = 0; i < SENTENCE_VALUES_MAX; i++)
		snprintf(sql + strlen(sql), sizeof(sql) - strlen(sql), ", json_extract(?2, '$[%d]')", i);
	strcat(sql, ")");
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	sqlite3_bind_text(statement, 1, template->text, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, template->values_count ? template->values : NULL, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	snprintf(text, size, "%s", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

static void test_sentences(void **state)
{
	static const char *const sentences[] = {
		"reset by the peer, 200 ms after the last data",
		"until 07:00:45 it was python3[406]",
		"0",
		"007",
		"100% of 50 %s and %%d \\x1b[2J \"quoted\" 5'6\"",
		"123456789012345678 1234567890123456789 99999999999999999999999999",
		"[fd09::1]:53812 \xc3\xa9t\xc3\xa9 2",
		"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
		"-5 of 1.05",
	};
	struct template template;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		template_begin(&template, SENTENCE_VALUES_MAX);
		template_sentence(&template, sentences[i]);
		assert_true(template_end(&template));
		fill(&template, text, sizeof(text));
		assert_string_equal(text, sentences[i]);
		format(&template, text, sizeof(text));
		assert_string_equal(text, sentences[i]);
	}
}

/* That is what they are for. */
static void test_sentences_share(void **state)
{
	struct template a, b;

	(void)state;
	template_begin(&a, SENTENCE_VALUES_MAX);
	template_sentence(&a, "closed with 128 bytes unread");
	template_begin(&b, SENTENCE_VALUES_MAX);
	template_sentence(&b, "closed with 7 bytes unread");
	assert_true(template_end(&a) && template_end(&b));
	assert_string_equal(a.text, b.text);
	assert_string_equal(a.text, "closed with %s bytes unread");
	assert_string_equal(a.values, "[128]");
}

static void test_values(void **state)
{
	struct template template;
	char text[128];

	(void)state;
	template_begin(&template, 3);
	template_literal(&template, "{\"a\":");
	template_integer(&template, INT64_MIN);
	template_literal(&template, ",\"b\":\"");
	template_string(&template, "x\"\\\n\x01y");
	template_literal(&template, "\",\"c\":");
	template_integer(&template, 7);
	template_integer(&template, 8); /* one too many: it stays */
	template_literal(&template, "}");
	assert_true(template_end(&template));
	assert_string_equal(template.text, "{\"a\":%s,\"b\":\"%s\",\"c\":%s8}");
	fill(&template, text, sizeof(text));
	assert_string_equal(text, "{\"a\":-9223372036854775808,\"b\":\"x\"\\\n\x01y\",\"c\":78}");
}

/* The longest that fits, and what does not. */
static void test_room(void **state)
{
	char text[TEMPLATE_BYTES + 1];
	struct template template;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[TEMPLATE_BYTES - 1] = '\0';
	template_begin(&template, 1);
	template_literal(&template, text);
	assert_true(template_end(&template));
	text[TEMPLATE_BYTES - 1] = 'a';
	text[TEMPLATE_BYTES] = '\0';
	template_begin(&template, 1);
	template_literal(&template, text);
	assert_false(template_end(&template));
	template_begin(&template, 1);
	template_string(&template, text);
	assert_false(template_end(&template));
}

static void test_not_templates(void **state)
{
	static const char *const pairs[][2] = {
		{ "%s", NULL },	    { "%s", "" },      { "%s", "[]" },	      { "%s%s", "[1]" }, { "%s", "[1.5]" },
		{ "%s", "[null]" }, { "%s", "[[1]]" }, { "%s", "{}" },	      { "%s", "[1" },	 { "%d", "[1]" },
		{ "%", "[1]" },	    { "%s", "1" },     { "%-99999s", "[1]" }, { "%n", "[1]" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		assert_int_equal(template_fill(pairs[i][0], pairs[i][1], text, sizeof(text)), -EBADMSG);
	assert_int_equal(template_fill("0123456789abcde", NULL, text, sizeof(text)), 0);
	assert_int_equal(template_fill("0123456789abcdef", NULL, text, sizeof(text)), -EBADMSG);
	assert_int_equal(template_fill("%s", "[\"0123456789abcdef\"]", text, sizeof(text)), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentences),     cmocka_unit_test(test_sentences_share),
		cmocka_unit_test(test_values),	      cmocka_unit_test(test_room),
		cmocka_unit_test(test_not_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
