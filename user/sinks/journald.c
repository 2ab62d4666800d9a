/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entries of the systemd journal, by its native protocol: every field of the JSON form as a field of the entry.
 *
 * One datagram is one entry. It may have 200 KiB, of which the longest stacks and sentences fill a tenth. The socket
 * stands as long as the machine does: what is sent while journald starts again waits in it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../explain/fields.h"
#include "sink.h"
#include "wording.h"

#define SOCKET_PATH "/run/systemd/journal/socket"
#define MESSAGE_ID "108d18f4ebee4d188914eacb34d1eee3" /* of a death, for ever: journalctl MESSAGE_ID=... */
#define PREFIX "RSTTRACE_"
#define KEY_BYTES 64 /* what the journal allows */
#define MESSAGE_BYTES 1024
#define UNIT_BYTES 256

struct journal {
	int socket;
	FILE *out; /* into .entry */
	char *entry;
	size_t size;
};

/* syslog(3): what somebody is to look at, what the network shrugged off, what ended well. */
static const char priorities[KIND_MAX] = {
	[KIND_RST_SENT] = '4',	  [KIND_RST_RECEIVED] = '4', [KIND_TIMEOUT] = '4', [KIND_ERROR] = '4',
	[KIND_RST_IGNORED] = '5', [KIND_DROPPED] = '5',	     [KIND_STALLED] = '5', [KIND_RECOVERED] = '6',
};

/* "KEY=value", or where the value has more than one line "KEY", its size as 64 bits of little endian, and itself. */
static void put(FILE *out, const char *key, const char *value, size_t size)
{
	unsigned char length[8];

	fputs(key, out);
	if (memchr(value, '\n', size)) {
		for (unsigned int i = 0; i < sizeof(length); i++)
			length[i] = (uint64_t)size >> 8 * i;
		fputc('\n', out);
		fwrite(length, 1, sizeof(length), out);
	} else {
		fputc('=', out);
	}
	fwrite(value, 1, size, out);
	fputc('\n', out);
}

/* "network.local.port" becomes RSTTRACE_NETWORK_LOCAL_PORT. */
static void key_of(const char *path, char key[KEY_BYTES])
{
	size_t at = strlen(PREFIX);

	memcpy(key, PREFIX, at);
	for (; *path && at < KEY_BYTES - 1; path++, at++)
		key[at] = *path == '.' ? '_' : *path >= 'a' && *path <= 'z' ? *path - 'a' + 'A' : *path;
	key[at] = '\0';
}

/* A list has a line for each. */
static void put_strings(FILE *out, const char *key, const struct field_value *value)
{
	char *text = NULL;
	size_t size;
	FILE *lines = open_memstream(&text, &size);

	if (!lines)
		return;
	for (unsigned int i = 0; i < value->count; i++)
		fprintf(lines, "%s%s", i ? "\n" : "", value->strings[i]);
	if (!fclose(lines))
		put(out, key, text, size);
	free(text);
}

static void put_fields(FILE *out, const struct report *report)
{
	char key[KEY_BYTES], number[24];

	for (unsigned int i = 0; i < fields_count; i++) {
		struct field_value value = { 0 };

		if (!fields[i].path || !fields[i].get(report, &value))
			continue;
		key_of(fields[i].path, key);
		switch (fields[i].type) {
		case FIELD_INTEGER:
			snprintf(number, sizeof(number), "%" PRId64, value.integer);
			put(out, key, number, strlen(number));
			break;
		case FIELD_BOOLEAN:
			put(out, key, value.integer ? "true" : "false", value.integer ? 4 : 5);
			break;
		case FIELD_STRING:
			put(out, key, value.string, strlen(value.string));
			break;
		case FIELD_STRINGS:
			put_strings(out, key, &value);
			break;
		}
	}
}

/* Who and where, for journalctl's own lines; the sentence alone is RSTTRACE_WHY. */
static void put_message(FILE *out, const struct report *report)
{
	char process[128], local[80], peer[80], text[MESSAGE_BYTES];

	wording_process(report, process, sizeof(process));
	wording_phrase(report, "local", local, sizeof(local));
	wording_phrase(report, "peer", peer, sizeof(peer));
	snprintf(text, sizeof(text), "%s %s %s %s: %s", process, local, peer, kind_name(report->kind), report->why);
	put(out, "MESSAGE", text, strlen(text));
}

/* The unit in a cgroup's path, so that `journalctl -u nginx` and `systemctl status nginx` show it. */
static void put_unit(FILE *out, const char *path)
{
	char unit[UNIT_BYTES];
	size_t length;

	for (; path && *path; path += length) {
		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (length >= sizeof(unit))
			continue;
		snprintf(unit, sizeof(unit), "%.*s", (int)length, path);
		if ((length > 8 && !strcmp(unit + length - 8, ".service")) ||
		    (length > 6 && !strcmp(unit + length - 6, ".scope"))) {
			put(out, "OBJECT_SYSTEMD_UNIT", unit, length);
			return;
		}
	}
}

/* 0 or a negative errno. */
static int send_entry(const struct journal *journal)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };
	ssize_t sent = sendto(journal->socket, journal->entry, journal->size, MSG_NOSIGNAL,
			      (struct sockaddr *)&address, sizeof(address));

	return sent < 0 ? -errno : 0;
}

static int journald_report(void *state, const struct report *report)
{
	struct journal *journal = state;

	rewind(journal->out);
	put_message(journal->out, report);
	fprintf(journal->out, "MESSAGE_ID=" MESSAGE_ID "\nPRIORITY=%c\nSYSLOG_IDENTIFIER=rsttrace\n",
		priorities[report->kind]);
	put_unit(journal->out, report->cgroup);
	put_fields(journal->out, report);
	if (fflush(journal->out))
		return -ENOMEM;
	return send_entry(journal);
}

static void journald_close(void *state)
{
	struct journal *journal = state;

	fclose(journal->out);
	free(journal->entry);
	close(journal->socket);
	free(journal);
}

static void *journald_open(FILE *out, const struct sink_options *options)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET_PATH };
	struct journal *journal = calloc(1, sizeof(*journal));
	int err;

	(void)out; /* it goes to .place */
	(void)options;
	if (!journal)
		return NULL;
	journal->out = open_memstream(&journal->entry, &journal->size);
	journal->socket = journal->out ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
	/* Asks whether anybody is there; each entry finds its own way, should somebody else be there later. */
	if (journal->socket >= 0 && !connect(journal->socket, (struct sockaddr *)&address, sizeof(address)))
		return journal;
	err = errno;
	if (journal->socket >= 0)
		close(journal->socket);
	if (journal->out)
		fclose(journal->out);
	free(journal->entry);
	free(journal);
	errno = err;
	return NULL;
}

const struct sink sink_journald = {
	.name = "journald",
	.help = "entries of the systemd journal, a field per fact",
	.place = SOCKET_PATH,
	.open = journald_open,
	.report = journald_report,
	.close = journald_close,
};
