/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Points in time as a person says them. */
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000LL
#define YEAR_MIN 1970
#define YEAR_MAX 2200 /* in nanoseconds since 1970 it still fits 63 bits */

struct cursor {
	const char *text;
};

/* Exactly so many digits. */
static bool take_number(struct cursor *cursor, int digits, int *ret_number)
{
	*ret_number = 0;
	for (int i = 0; i < digits; i++) {
		if (!isdigit((unsigned char)cursor->text[i]))
			return false;
		*ret_number = *ret_number * 10 + cursor->text[i] - '0';
	}
	cursor->text += digits;
	return true;
}

static bool take(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(cursor->text, word, length))
		return false;
	cursor->text += length;
	return true;
}

/* "10:40", "10:40:05", "10:40:05.25" */
static bool take_clock(struct cursor *cursor, struct tm *tm, int64_t *ret_fraction_ns)
{
	int64_t unit = SECOND_NS / 10;

	*ret_fraction_ns = 0;
	tm->tm_sec = 0;
	if (!take_number(cursor, 2, &tm->tm_hour) || !take(cursor, ":") || !take_number(cursor, 2, &tm->tm_min))
		return false;
	if (take(cursor, ":") && !take_number(cursor, 2, &tm->tm_sec))
		return false;
	if (take(cursor, ".")) {
		if (!isdigit((unsigned char)*cursor->text))
			return false;
		for (; isdigit((unsigned char)*cursor->text); cursor->text++, unit /= 10)
			*ret_fraction_ns += unit * (*cursor->text - '0');
	}
	return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec < 60;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool take_date(struct cursor *cursor, struct tm *tm)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month;

	if (!take_number(cursor, 4, &year) || !take(cursor, "-") || !take_number(cursor, 2, &month) ||
	    !take(cursor, "-") || !take_number(cursor, 2, &tm->tm_mday))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12)
		return false;
	return tm->tm_mday >= 1 && tm->tm_mday <= days[tm->tm_mon] - (month == 2 && !is_leap(year));
}

static int64_t seconds_of(struct tm tm, bool utc)
{
	tm.tm_isdst = -1;
	return utc ? timegm(&tm) : mktime(&tm);
}

static struct tm day_of(int64_t now_ns, bool utc)
{
	time_t now = now_ns / SECOND_NS;
	struct tm tm;

	if (utc)
		gmtime_r(&now, &tm);
	else
		localtime_r(&now, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return tm;
}

/* "2h ago" */
static int parse_ago(const char *text, size_t length, int64_t now_ns, int64_t *ret_ns)
{
	char amount[32];
	uint64_t ago_ns;
	int err;

	while (length && text[length - 1] == ' ')
		length--;
	if (!length || length >= sizeof(amount))
		return -EINVAL;
	memcpy(amount, text, length);
	amount[length] = '\0';
	err = text_parse_duration(amount, &ago_ns);
	if (!err && ago_ns > (uint64_t)now_ns)
		err = -ERANGE;
	if (!err)
		*ret_ns = now_ns - (int64_t)ago_ns;
	return err;
}

int text_parse_time(const char *text, int64_t now_ns, bool utc, int64_t *ret_ns)
{
	const char *ago = strstr(text, "ago");
	struct cursor cursor = { text };
	struct tm tm = day_of(now_ns, utc);
	int64_t fraction_ns = 0;
	bool has_day = true, has_clock;

	if (!strcmp(text, "now")) {
		*ret_ns = now_ns;
		return 0;
	}
	if (ago && ago > text && !ago[3])
		return parse_ago(text, ago - text, now_ns, ret_ns);
	if (take(&cursor, "yesterday"))
		tm.tm_mday--;
	else if (!take(&cursor, "today"))
		has_day = strchr(text, '-') != NULL;
	if (has_day && cursor.text == text && !take_date(&cursor, &tm))
		return -EINVAL;
	has_clock = !has_day || *cursor.text;
	if (has_day && has_clock && !take(&cursor, " ") && !take(&cursor, "T"))
		return -EINVAL;
	if (has_clock && !take_clock(&cursor, &tm, &fraction_ns))
		return -EINVAL;
	utc |= take(&cursor, "Z");
	if (*cursor.text)
		return -EINVAL;
	*ret_ns = seconds_of(tm, utc) * SECOND_NS + fraction_ns;
	/* A time of day that has not come yet is yesterday's. */
	if (!has_day && *ret_ns > now_ns) {
		tm.tm_mday--;
		*ret_ns = seconds_of(tm, utc) * SECOND_NS + fraction_ns;
	}
	return *ret_ns < 0 ? -ERANGE : 0;
}

int text_parse_period(const char *text, int64_t now_ns, bool utc, int64_t *ret_from_ns, int64_t *ret_to_ns)
{
	const char *dots = strstr(text, "..");
	char from[64];
	int err;

	if (!dots || (size_t)(dots - text) >= sizeof(from))
		return -EINVAL;
	memcpy(from, text, dots - text);
	from[dots - text] = '\0';
	err = text_parse_time(from, now_ns, utc, ret_from_ns);
	if (!err)
		err = text_parse_time(dots + 2, now_ns, utc, ret_to_ns);
	return !err && *ret_from_ns >= *ret_to_ns ? -ERANGE : err;
}
