/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Text for people, and numbers from people: addresses, durations, sizes, times, safe strings. */
#ifndef RSTTRACE_TEXT_H
#define RSTTRACE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All writers end the text with NUL, cut it when size is too small, and return text. */

/* A 16-byte address; ::ffff:a.b.c.d is written as IPv4. */
char *text_address(char *text, size_t size, const uint8_t address[16]);
/* "10.0.0.1:80" or "[2001:db8::1]:80" */
char *text_endpoint(char *text, size_t size, const uint8_t address[16], unsigned int port);
/* Two or three figures and a unit: "350 us", "12.5 ms", "3.1 s", "924 s", "2 h 13 min", "3 d 4 h". */
char *text_duration(char *text, size_t size, uint64_t ns);
/* "1 byte", "128 bytes", "64 KiB", "1.5 MiB" (exact bytes below 10 000) */
char *text_bytes(char *text, size_t size, uint64_t bytes);
/* "12:01:07.123" local or UTC */
char *text_clock(char *text, size_t size, uint64_t wall_ns, bool utc);
/* RFC 3339 with nanoseconds, UTC: "2026-01-02T03:04:05.678901234Z" */
char *text_rfc3339(char *text, size_t size, uint64_t wall_ns);
/* Bytes from outside (a process name) made safe for terminal and JSON: control characters, DEL, and bytes that are
 * not valid UTF-8 become \xNN, a backslash \\. Stops at NUL or length. Never cuts inside an escape or a character. */
char *text_printable(char *text, size_t size, const char *bytes, size_t length);
/* Columns that a printable UTF-8 string takes: one per character. */
size_t text_columns(const char *text);

/* Parsers: 0, or -EINVAL (not of that form) or -ERANGE. The whole string must be of the form. */
int text_parse_unsigned(const char *text, uint64_t min, uint64_t max, uint64_t *ret_value);
/* "5", "0.5", "300ms", "10s", "5m", "2h", "7d" into nanoseconds; a bare number is seconds. More than 0. */
int text_parse_duration(const char *text, uint64_t *ret_ns);
/* "65536", "64K", "512M", "2G", "1T", of 1024 each, into bytes. */
int text_parse_bytes(const char *text, uint64_t *ret_bytes);
/* A point in time, nanoseconds since the epoch: "now", "2h ago", "10:40" (the last that was), "10:40:05", "yesterday
 * 10:40", "2026-01-02", "2026-01-02 10:40:05.25", the same with T between and Z behind (UTC). */
int text_parse_time(const char *text, int64_t now_ns, bool utc, int64_t *ret_ns);
/* "A..B" of two such; -ERANGE when B is not after A. */
int text_parse_period(const char *text, int64_t now_ns, bool utc, int64_t *ret_from_ns, int64_t *ret_to_ns);
/* ADDRESS or ADDRESS/PREFIX, both families; into a 16-byte address and the prefix length of that (IPv4: +96). */
int text_parse_cidr(const char *text, uint8_t ret_address[16], unsigned int *ret_prefix);

/* The nearest of count names to `wrong` by edit distance; NULL when none is near (distance > 1/2 of its length). */
const char *text_nearest(const char *wrong, const char *const *names, size_t count);

#endif
