/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text for people, and numbers from people: in integers, so that every machine rounds alike. */
#include "text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define NS_PER_US 1000ull
#define NS_PER_MS (1000 * NS_PER_US)
#define NS_PER_SECOND (1000 * NS_PER_MS)
#define NS_PER_MINUTE (60 * NS_PER_SECOND)
#define NS_PER_HOUR (60 * NS_PER_MINUTE)
#define NS_PER_DAY (24 * NS_PER_HOUR)

#define IPV4_MAPPED_BYTES 12 /* what stands before the IPv4 address in ::ffff:a.b.c.d */
#define IPV4_MAPPED_BITS (8 * IPV4_MAPPED_BYTES)
#define NEAREST_NAME_MAX 64 /* longer names are nobody's typing error */

static const uint8_t ipv4_mapped[IPV4_MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

char *text_address(char *text, size_t size, const uint8_t address[16])
{
	char whole[INET6_ADDRSTRLEN] = "";

	if (!memcmp(address, ipv4_mapped, sizeof(ipv4_mapped)))
		inet_ntop(AF_INET, address + IPV4_MAPPED_BYTES, whole, sizeof(whole));
	else
		inet_ntop(AF_INET6, address, whole, sizeof(whole));
	snprintf(text, size, "%s", whole);
	return text;
}

char *text_endpoint(char *text, size_t size, const uint8_t address[16], unsigned int port)
{
	char whole[INET6_ADDRSTRLEN];

	text_address(whole, sizeof(whole), address);
	if (!memcmp(address, ipv4_mapped, sizeof(ipv4_mapped)))
		snprintf(text, size, "%s:%u", whole, port);
	else
		snprintf(text, size, "[%s]:%u", whole, port);
	return text;
}

/* Half goes up. Without the sum that would overflow near the end of the range. */
static uint64_t divide_rounded(uint64_t value, uint64_t unit)
{
	return value / unit + (value % unit >= unit - unit / 2);
}

/* "12.5 ms": a number of tenths and its unit, without ".0". */
static void write_tenths(char *text, size_t size, uint64_t tenths, const char *unit)
{
	if (tenths % 10)
		snprintf(text, size, "%llu.%llu %s", (unsigned long long)tenths / 10,
			 (unsigned long long)tenths % 10, unit);
	else
		snprintf(text, size, "%llu %s", (unsigned long long)tenths / 10, unit);
}

/* "2 h 13 min": a number of small units as big and small ones, without "0 min". */
static void write_pair(char *text, size_t size, uint64_t smalls, unsigned int smalls_per_big,
		       const char *big_unit, const char *small_unit)
{
	unsigned long long big = smalls / smalls_per_big, rest = smalls % smalls_per_big;

	if (rest)
		snprintf(text, size, "%llu %s %llu %s", big, big_unit, rest, small_unit);
	else
		snprintf(text, size, "%llu %s", big, big_unit);
}

/* Each form is left by its rounded value, so that 999.6 us is "1 ms" and never "1000 us". */
char *text_duration(char *text, size_t size, uint64_t ns)
{
	if (divide_rounded(ns, NS_PER_US) < 1000)
		write_tenths(text, size, divide_rounded(ns, NS_PER_US) * 10, "us");
	else if (divide_rounded(ns, NS_PER_MS / 10) < 1000)
		write_tenths(text, size, divide_rounded(ns, NS_PER_MS / 10), "ms");
	else if (divide_rounded(ns, NS_PER_MS) < 1000)
		write_tenths(text, size, divide_rounded(ns, NS_PER_MS) * 10, "ms");
	else if (divide_rounded(ns, NS_PER_SECOND / 10) < 1000)
		write_tenths(text, size, divide_rounded(ns, NS_PER_SECOND / 10), "s");
	else if (divide_rounded(ns, NS_PER_SECOND) < 1000)
		write_tenths(text, size, divide_rounded(ns, NS_PER_SECOND) * 10, "s");
	else if (divide_rounded(ns, NS_PER_SECOND) < 3600)
		write_pair(text, size, divide_rounded(ns, NS_PER_SECOND), 60, "min", "s");
	else if (divide_rounded(ns, NS_PER_MINUTE) < 24 * 60)
		write_pair(text, size, divide_rounded(ns, NS_PER_MINUTE), 60, "h", "min");
	else
		write_pair(text, size, divide_rounded(ns, NS_PER_HOUR), 24, "d", "h");
	return text;
}

/* bytes * 10 / unit, rounded, for a unit that is a power of two above 8. */
static uint64_t tenths_of(uint64_t bytes, uint64_t unit)
{
	return bytes / unit * 10 + divide_rounded(bytes % unit * 10, unit);
}

char *text_bytes(char *text, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	uint64_t unit = 1024;
	size_t i = 0;

	if (bytes < 10000) {
		snprintf(text, size, "%u byte%s", (unsigned int)bytes, bytes == 1 ? "" : "s");
		return text;
	}
	while (i + 1 < ARRAY_SIZE(units) && divide_rounded(bytes, unit) >= 1024) {
		unit *= 1024;
		i++;
	}
	if (tenths_of(bytes, unit) < 1000)
		write_tenths(text, size, tenths_of(bytes, unit), units[i]);
	else
		write_tenths(text, size, divide_rounded(bytes, unit) * 10, units[i]);
	return text;
}

char *text_clock(char *text, size_t size, uint64_t wall_ns, bool utc)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_SECOND);
	unsigned int ms = wall_ns % NS_PER_SECOND / NS_PER_MS;
	struct tm tm = { 0 };

	/* Neither fails: 64 bits of nanoseconds end in the year 2554. */
	if (utc)
		gmtime_r(&seconds, &tm);
	else
		localtime_r(&seconds, &tm);
	snprintf(text, size, "%02d:%02d:%02d.%03u", tm.tm_hour, tm.tm_min, tm.tm_sec, ms);
	return text;
}

char *text_rfc3339(char *text, size_t size, uint64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_SECOND);
	unsigned int ns = wall_ns % NS_PER_SECOND;
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	snprintf(text, size, "%04d-%02d-%02dT%02d:%02d:%02d.%09uZ", tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ns);
	return text;
}

/* Length of the UTF-8 character at bytes[0] and its code point; 0 when these bytes are none (RFC 3629). */
static size_t utf8_decode(const unsigned char *bytes, size_t length, uint32_t *ret_point)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t min; /* below it the form is overlong */
	} forms[] = {
		{ 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};
	uint32_t point;
	size_t form, i;

	for (form = 0; form < ARRAY_SIZE(forms); form++) {
		if ((bytes[0] & forms[form].mask) != forms[form].lead)
			continue;
		if (form >= length)
			return 0;
		point = bytes[0] & (unsigned char)~forms[form].mask;
		for (i = 1; i <= form; i++) {
			if ((bytes[i] & 0xc0) != 0x80)
				return 0;
			point = point << 6 | (bytes[i] & 0x3f);
		}
		if (point < forms[form].min || point > 0x10ffff ||
		    (point >= 0xd800 && point <= 0xdfff)) /* surrogates */
			return 0;
		*ret_point = point;
		return form + 1;
	}
	return 0;
}

/* Control characters, and those that reorder the text around them on a screen. */
static bool is_hostile(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
	       (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

char *text_printable(char *text, size_t size, const char *bytes, size_t length)
{
	const unsigned char *in = (const unsigned char *)bytes;
	char unit[4 * 4 + 1]; /* one character as it will be written: at most four bytes as \xNN */
	size_t used = 0, taken, written, i;
	uint32_t point;

	if (!size)
		return text;
	while (length && *in) {
		point = 0;
		taken = utf8_decode(in, length, &point);
		if (!taken || is_hostile(point)) {
			taken = taken ? taken : 1;
			for (i = 0; i < taken; i++)
				snprintf(unit + 4 * i, 5, "\\x%02x", in[i]);
			written = 4 * taken;
		} else if (point == '\\') {
			memcpy(unit, "\\\\", 2);
			written = 2;
		} else {
			memcpy(unit, in, taken);
			written = taken;
		}
		if (written >= size - used)
			break;
		memcpy(text + used, unit, written);
		used += written;
		in += taken;
		length -= taken;
	}
	text[used] = '\0';
	return text;
}

size_t text_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

/* Moves *text past its digits. -EINVAL when there are none, -ERANGE when they do not fit. */
static int take_digits(const char **text, uint64_t *ret_value)
{
	const char *start = *text;
	uint64_t value = 0;
	unsigned int digit;
	int err = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		digit = **text - '0';
		if (value > (UINT64_MAX - digit) / 10)
			err = -ERANGE;
		else
			value = value * 10 + digit;
	}
	*ret_value = value;
	return *text == start ? -EINVAL : err;
}

int text_parse_unsigned(const char *text, uint64_t min, uint64_t max, uint64_t *ret_value)
{
	uint64_t value;
	int err = take_digits(&text, &value);

	if (err == -EINVAL || *text)
		return -EINVAL;
	if (err || value < min || value > max)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

/* Moves *text past the digits behind a point. Those behind the ninth are read over. */
static uint64_t parse_billionths(const char **text)
{
	uint64_t value = 0, weight = 100000000;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		value += (**text - '0') * weight;
		weight /= 10;
	}
	return value;
}

int text_parse_duration(const char *text, uint64_t *ret_ns)
{
	static const struct {
		const char *suffix;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_SECOND }, { "ms", NS_PER_MS }, { "s", NS_PER_SECOND },
		{ "m", NS_PER_MINUTE }, { "h", NS_PER_HOUR }, { "d", NS_PER_DAY },
	};
	uint64_t whole, part = 0;
	int err = take_digits(&text, &whole);
	size_t i;

	if (err == -EINVAL)
		return err;
	if (*text == '.') {
		text++;
		if (*text < '0' || *text > '9')
			return -EINVAL;
		part = parse_billionths(&text);
	}
	for (i = 0; i < ARRAY_SIZE(units) && strcmp(text, units[i].suffix); i++)
		;
	if (i == ARRAY_SIZE(units))
		return -EINVAL;
	/* Every unit is a whole number of ms, so this division loses nothing but fractions of a ns. */
	part = part * (units[i].ns / NS_PER_MS) / (NS_PER_SECOND / NS_PER_MS);
	if (err || whole > (UINT64_MAX - part) / units[i].ns)
		return -ERANGE;
	whole = whole * units[i].ns + part;
	if (!whole)
		return -ERANGE;
	*ret_ns = whole;
	return 0;
}

int text_parse_cidr(const char *text, uint8_t ret_address[16], unsigned int *ret_prefix)
{
	size_t length = strcspn(text, "/"), i;
	uint8_t address[16] = { 0 };
	char number[INET6_ADDRSTRLEN];
	unsigned int skip = 0;
	uint64_t prefix = 128;
	int err = 0;

	if (length >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, length);
	number[length] = '\0';
	if (inet_pton(AF_INET, number, address + IPV4_MAPPED_BYTES) == 1) {
		memcpy(address, ipv4_mapped, sizeof(ipv4_mapped));
		skip = IPV4_MAPPED_BITS;
	} else if (inet_pton(AF_INET6, number, address) != 1) {
		return -EINVAL;
	}
	if (text[length]) {
		err = text_parse_unsigned(text + length + 1, 0, 128 - skip, &prefix);
		if (err)
			return err;
		prefix += skip;
	}
	/* Host bits are cleared, so that whoever compares needs no mask on this side. */
	for (i = prefix / 8; i < sizeof(address); i++)
		address[i] &= i == prefix / 8 ? (uint8_t)(0xff00 >> prefix % 8) : 0;
	memcpy(ret_address, address, sizeof(address));
	*ret_prefix = (unsigned int)prefix;
	return 0;
}

/* Levenshtein's distance without regard to case. Neither is longer than NEAREST_NAME_MAX. */
static unsigned int edit_distance(const char *from, const char *to)
{
	unsigned int row[NEAREST_NAME_MAX + 1], diagonal, above, best;
	size_t length = strlen(to), i, k;
	int letter;

	for (k = 0; k <= length; k++)
		row[k] = k;
	for (i = 0; from[i]; i++) {
		diagonal = row[0];
		row[0] = i + 1;
		letter = tolower((unsigned char)from[i]);
		for (k = 0; k < length; k++) {
			above = row[k + 1];
			best = diagonal + (letter != tolower((unsigned char)to[k]));
			if (above + 1 < best)
				best = above + 1;
			if (row[k] + 1 < best)
				best = row[k] + 1;
			row[k + 1] = best;
			diagonal = above;
		}
	}
	return row[length];
}

const char *text_nearest(const char *wrong, const char *const *names, size_t count)
{
	size_t length = strlen(wrong), i;
	unsigned int best = length / 2 + 1, distance;
	const char *nearest = NULL;

	if (length > NEAREST_NAME_MAX)
		return NULL;
	for (i = 0; i < count; i++) {
		if (strlen(names[i]) > NEAREST_NAME_MAX)
			continue;
		distance = edit_distance(wrong, names[i]);
		if (distance < best) {
			best = distance;
			nearest = names[i];
		}
	}
	return nearest;
}
