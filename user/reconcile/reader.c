/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One request, one answer, over a socket pair; the process ends when the tracer's end of it closes.
 *
 * It enters a namespace with setns(): /proc/PID/net would do for those that a process is in, but many are held by a
 * mount or descriptor alone. It holds a namespace for as long as one reading takes and goes home, so that none lives
 * longer for being counted. A process and not a thread, because setns() needs CAP_SYS_ADMIN: the tracer, which parses
 * what comes from outside, is to have no way to that.
 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../util/privileges.h"
#include "spaces.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* e8b9eab99232 ("net: retrieve netns cookie via getsocketopt"), v5.14 */
#endif

#define SNMP_BYTES 16384 /* a page or two on every kernel */

enum operation { OPERATION_FIND = 1, OPERATION_READ = 2 };

struct request {
	uint32_t operation;
	uint32_t netns;
};

struct reader {
	int fd;
	pid_t pid;
};

/* What the process works with. */
struct work {
	int fd;
	int home; /* the namespace that it came from */
	const char *hint;
	struct spaces spaces;
	char snmp[SNMP_BYTES];
	char netstat[SNMP_BYTES];
};

static int send_all(int fd, const void *bytes, size_t size)
{
	while (size) {
		ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		bytes = (const char *)bytes + sent;
		size -= sent;
	}
	return 0;
}

/* -EPIPE at the end of the stream. */
static int receive_all(int fd, void *bytes, size_t size)
{
	while (size) {
		ssize_t received = recv(fd, bytes, size, MSG_WAITALL);

		if (received < 0 && errno == EINTR)
			continue;
		if (received <= 0)
			return received ? -errno : -EPIPE;
		bytes = (char *)bytes + received;
		size -= received;
	}
	return 0;
}

static uint64_t boot_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int read_file(const char *path, char text[SNMP_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	size_t length = 0;
	ssize_t got = 0;

	if (fd < 0)
		return -errno;
	while (length < SNMP_BYTES - 1 && (got = read(fd, text + length, SNMP_BYTES - 1 - length)) > 0)
		length += got;
	if (got < 0)
		err = -errno;
	text[length] = '\0';
	close(fd);
	return err;
}

static uint64_t netns_cookie(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t length = sizeof(uint64_t);
	uint64_t cookie = 0;

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length))
		cookie = 0;
	close(fd);
	return cookie;
}

/* Where the process is now. */
static int read_here(struct work *work, struct reading *reading)
{
	int err;

	reading->cookie = netns_cookie();
	reading->before_ns = boot_ns();
	err = read_file("/proc/self/net/snmp", work->snmp);
	if (!err)
		err = read_file("/proc/self/net/netstat", work->netstat);
	reading->after_ns = boot_ns();
	return err ? err : counters_parse(work->snmp, work->netstat, reading->values, &reading->found);
}

static bool is_netns(int fd, uint32_t netns)
{
	struct stat status;

	return !fstat(fd, &status) && (uint32_t)status.st_ino == netns;
}

/* A descriptor of the namespace, or a negative errno: a path may lead to another one by now. */
static int open_netns(struct work *work, uint32_t netns)
{
	for (unsigned int attempt = 0; attempt < 2; attempt++) {
		const char *path = spaces_path(&work->spaces, netns);
		int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1, err;

		if (fd >= 0 && is_netns(fd, netns))
			return fd;
		if (fd >= 0)
			close(fd);
		err = attempt ? 0 : spaces_find(&work->spaces, work->hint);
		if (err)
			return err;
	}
	return -ENOENT;
}

static void serve_read(struct work *work, uint32_t netns, struct reading *reading)
{
	int fd;

	memset(reading, 0, sizeof(*reading));
	reading->netns = netns;
	if (is_netns(work->home, netns)) {
		reading->err = read_here(work, reading);
		return;
	}
	fd = open_netns(work, netns);
	if (fd < 0) {
		reading->err = fd;
		return;
	}
	reading->err = setns(fd, CLONE_NEWNET) ? -errno : 0;
	close(fd);
	if (reading->err)
		return;
	reading->err = read_here(work, reading);
	if (setns(work->home, CLONE_NEWNET)) /* everything from here on would be read in the wrong place */
		_exit(1);
}

static int serve_find(struct work *work)
{
	int32_t answer = spaces_find(&work->spaces, work->hint);
	int err;

	if (!answer)
		answer = (int32_t)work->spaces.count;
	err = send_all(work->fd, &answer, sizeof(answer));
	for (int32_t i = 0; !err && i < answer; i++)
		err = send_all(work->fd, &work->spaces.paths[i].netns, sizeof(uint32_t));
	return err;
}

static void keep_capabilities(void)
{
	/* CAP_SYS_PTRACE opens the namespaces of others' processes, CAP_DAC_READ_SEARCH leads to private mounts. */
	const int kept[] = { CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH };

	if (!privileges_keep(kept, sizeof(kept) / sizeof(*kept)))
		sandbox_enter(SANDBOX_ENTER);
}

/* The process. Signals for the tracer's group are not for it: it ends when the tracer does. */
static void serve(struct work *work)
{
	struct request request;
	struct reading reading;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_NAME, "rsttrace-reader");
	keep_capabilities();
	while (!receive_all(work->fd, &request, sizeof(request))) {
		if (request.operation == OPERATION_FIND) {
			if (serve_find(work))
				break;
			continue;
		}
		serve_read(work, request.netns, &reading);
		if (send_all(work->fd, &reading, sizeof(reading)))
			break;
	}
}

static int start(struct reader *reader, const char *hint, char *message, size_t size)
{
	struct work work = { .home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), .hint = hint };
	int ends[2], err = -errno;

	if (work.home < 0) {
		snprintf(message, size, "--reconcile reads counters in /proc, which is not there (%s): mount it",
			 strerror(-err));
		return -EOPNOTSUPP;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		err = -errno;
		close(work.home);
		snprintf(message, size, "cannot start the reader of counters: %s", strerror(-err));
		return err;
	}
	reader->pid = fork();
	err = -errno;
	if (!reader->pid) {
		close(ends[0]);
		work.fd = ends[1];
		serve(&work);
		_exit(0);
	}
	close(ends[1]);
	close(work.home);
	reader->fd = ends[0];
	if (reader->pid > 0)
		return 0;
	close(ends[0]);
	snprintf(message, size, "cannot start the reader of counters: %s", strerror(-err));
	return err;
}

int reader_open(const char *only, struct reader **ret_reader, char *message, size_t size)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int err = reader ? start(reader, only, message, size) : -ENOMEM;

	if (err) {
		free(reader);
		return err;
	}
	*ret_reader = reader;
	return 0;
}

int reader_find(struct reader *reader, uint32_t **ret_numbers, size_t *ret_count)
{
	const struct request request = { .operation = OPERATION_FIND };
	uint32_t *numbers;
	int32_t count;
	int err = send_all(reader->fd, &request, sizeof(request));

	if (!err)
		err = receive_all(reader->fd, &count, sizeof(count));
	if (err || count < 0)
		return err ? err : count;
	if (count > SPACES_MAX)
		return -EPROTO;
	numbers = calloc(count + 1, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	err = receive_all(reader->fd, numbers, count * sizeof(*numbers));
	if (err) {
		free(numbers);
		return err;
	}
	*ret_numbers = numbers;
	*ret_count = count;
	return 0;
}

int reader_read(struct reader *reader, uint32_t netns, struct reading *ret_reading)
{
	const struct request request = { .operation = OPERATION_READ, .netns = netns };
	int err = send_all(reader->fd, &request, sizeof(request));

	return err ? err : receive_all(reader->fd, ret_reading, sizeof(*ret_reading));
}

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	close(reader->fd);
	while (waitpid(reader->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(reader);
}
