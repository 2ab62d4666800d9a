/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Load for `make bench`: `load WORKLOAD THREADS SECONDS` makes connections over loopback as fast as it can, in a network
 * namespace of its own, and prints how many, with the kernel's own counters of that namespace.
 *
 * refused: connects to a closed port. linger0: accepted, then reset by the client's SO_LINGER 0. unread: the server
 * closes with a byte unread. churn: an ordinary end on both sides. rr: requests and responses on one kept connection.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64
#define REQUEST_BYTES 100

struct worker {
	pthread_t thread;
	int (*work)(const struct worker *worker);
	atomic_bool *is_over;
	int listener;
	int connection, served; /* rr */
	struct sockaddr_in address;
	uint64_t done;
	int error;
};

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter_own_namespace(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET))
		die("a network namespace of its own");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		die("loopback");
	close(fd);
}

/* 127.0.0.N: each worker has its own, so that ports in TIME_WAIT do not run out. */
static int connect_to(const struct worker *worker)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&worker->address, sizeof(worker->address)) &&
	    errno != ECONNREFUSED) {
		close(fd);
		return -1;
	}
	return fd;
}

static int refuse(const struct worker *worker)
{
	int fd = connect_to(worker);

	return fd < 0 ? -errno : close(fd);
}

static void linger_zero(int fd)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Until the reset is there: closing earlier, this end would have died otherwise. */
static int close_reset(int fd)
{
	char nothing;

	if (recv(fd, &nothing, 1, 0) != -1 || errno != ECONNRESET)
		return -EPROTO;
	return close(fd);
}

static int linger0(const struct worker *worker)
{
	int client = connect_to(worker), server = accept(worker->listener, NULL, NULL);

	if (client < 0 || server < 0)
		return -errno;
	linger_zero(client);
	close(client);
	return close_reset(server);
}

static int unread(const struct worker *worker)
{
	int client = connect_to(worker), server = accept(worker->listener, NULL, NULL);

	if (client < 0 || server < 0 || send(client, "x", 1, 0) != 1)
		return -errno;
	close(server);
	return close_reset(client);
}

/* The server's end closes last, and has no TIME_WAIT; the client's has one, on a port of its own. */
static int churn(const struct worker *worker)
{
	int client = connect_to(worker), server = accept(worker->listener, NULL, NULL);
	char nothing;

	if (client < 0 || server < 0)
		return -errno;
	shutdown(client, SHUT_WR);
	if (recv(server, &nothing, 1, 0) != 0)
		return -EPROTO;
	close(server);
	return close(client);
}

static int request(const struct worker *worker)
{
	char bytes[REQUEST_BYTES] = { 0 };

	if (send(worker->connection, bytes, sizeof(bytes), 0) != sizeof(bytes) ||
	    recv(worker->served, bytes, sizeof(bytes), MSG_WAITALL) != sizeof(bytes) ||
	    send(worker->served, bytes, sizeof(bytes), 0) != sizeof(bytes) ||
	    recv(worker->connection, bytes, sizeof(bytes), MSG_WAITALL) != sizeof(bytes))
		return errno ? -errno : -EPROTO;
	return 0;
}

static const struct workload {
	const char *name;
	int (*work)(const struct worker *worker);
	bool has_listener;
} workloads[] = {
	{ "refused", refuse, false }, { "linger0", linger0, true }, { "unread", unread, true },
	{ "churn", churn, true },     { "rr", request, true },
};

static void open_worker(struct worker *worker, const struct workload *workload, unsigned int number)
{
	socklen_t length = sizeof(worker->address);
	int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	worker->work = workload->work;
	worker->address.sin_family = AF_INET;
	worker->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + number);
	if (probe < 0 || bind(probe, (struct sockaddr *)&worker->address, length) ||
	    getsockname(probe, (struct sockaddr *)&worker->address, &length))
		die("a port");
	if (!workload->has_listener) {
		close(probe);
		return;
	}
	worker->listener = probe;
	if (listen(probe, 128))
		die("listen");
	if (workload->work == request) {
		worker->connection = connect_to(worker);
		worker->served = accept(probe, NULL, NULL);
	}
}

static void *run(void *argument)
{
	struct worker *worker = argument;

	while (!worker->error && !atomic_load_explicit(worker->is_over, memory_order_relaxed)) {
		worker->error = worker->work(worker);
		worker->done += !worker->error;
	}
	return NULL;
}

static void write_sysctl(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, value, strlen(value)) < 0)
		die(path);
	if (fd >= 0)
		close(fd);
}

/* "OutRsts": a counter of this namespace, by its name in the Tcp lines of /proc/net/snmp. */
static long long counter(const char *wanted)
{
	char names[4096] = "", values[4096] = "", *name_at, *value_at, *name, *value;
	FILE *file = fopen("/proc/thread-self/net/snmp", "re");
	long long result = -1;

	while (file && fgets(names, sizeof(names), file)) {
		if (!strncmp(names, "Tcp:", 4) && fgets(values, sizeof(values), file))
			break;
	}
	if (file)
		fclose(file);
	name = strtok_r(names, " \n", &name_at);
	value = strtok_r(values, " \n", &value_at);
	while (name && value) {
		if (!strcmp(name, wanted))
			result = atoll(value);
		name = strtok_r(NULL, " \n", &name_at);
		value = strtok_r(NULL, " \n", &value_at);
	}
	return result;
}

static unsigned long long own_namespace(void)
{
	struct stat status;

	if (stat("/proc/thread-self/ns/net", &status))
		die("/proc/thread-self/ns/net");
	return status.st_ino;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) + (now.tv_nsec - start->tv_nsec) / 1e9;
}

static int measure(struct worker *workers, unsigned int count, double seconds)
{
	struct timespec start, pause = { (time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9) };
	atomic_bool is_over = false;
	uint64_t done = 0;
	double elapsed;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (unsigned int i = 0; i < count; i++) {
		workers[i].is_over = &is_over;
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]))
			die("a thread");
	}
	nanosleep(&pause, NULL);
	is_over = true;
	for (unsigned int i = 0; i < count; i++) {
		pthread_join(workers[i].thread, NULL);
		done += workers[i].done;
		if (workers[i].error) {
			fprintf(stderr, "load: %s\n", strerror(-workers[i].error));
			return 1;
		}
	}
	elapsed = seconds_since(&start);
	printf("{\"netns\":%llu,\"done\":%llu,\"seconds\":%.6f,\"OutRsts\":%lld,\"AttemptFails\":%lld,\"EstabResets\":%lld}\n",
	       own_namespace(), (unsigned long long)done, elapsed, counter("OutRsts"), counter("AttemptFails"),
	       counter("EstabResets"));
	return 0;
}

int main(int argc, char *argv[])
{
	struct worker workers[THREADS_MAX] = { 0 };
	unsigned int count = argc > 2 ? atoi(argv[2]) : 0;
	const struct workload *workload = NULL;

	for (size_t i = 0; argc == 4 && i < sizeof(workloads) / sizeof(*workloads); i++) {
		if (!strcmp(argv[1], workloads[i].name))
			workload = &workloads[i];
	}
	if (!workload || count < 1 || count > THREADS_MAX) {
		fprintf(stderr, "usage: load refused|linger0|unread|churn|rr THREADS SECONDS\n");
		return 2;
	}
	enter_own_namespace();
	write_sysctl("/proc/sys/net/ipv4/ip_local_port_range", "1024 65535");
	write_sysctl("/proc/sys/net/ipv4/tcp_max_tw_buckets", "1000");
	for (unsigned int i = 0; i < count; i++)
		open_worker(&workers[i], workload, i);
	return measure(workers, count, atof(argv[3]));
}
