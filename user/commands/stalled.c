/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `rsttrace stalled`: connections that are dying or leaking now.
 *
 * An iterator sees the sockets of the network namespace that its reader is in: this thread goes through all of them,
 * one after the other, and comes home.
 */
#include "commands.h"
#include "stalled_screen.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../attach/cgroups.h"
#include "../attach/stalled.h"
#include "../decode/decode.h"
#include "../explain/causes.h"
#include "../explain/explain.h"
#include "../filter.h"
#include "../findings.h"
#include "../outputs.h"
#include "../reconcile/spaces.h"
#include "../util/log.h"
#include "../util/privileges.h"

#define MESSAGE_BYTES 512
#define SILENCE_DEFAULT_MS 3600000
#define NS_PER_MS 1000000ULL

struct stalled_command {
	const struct options *options;
	struct filter filter;
	struct stalled *kernel;
	struct cgroups *cgroups;
	struct spaces spaces;
	struct findings findings;
	struct screen screen;
	struct outputs *outputs;
	int home; /* the network namespace that we came from */
	uint32_t silence_ms;
	unsigned int spaces_read;
	unsigned int spaces_closed; /* could not be entered */
	struct evidence_stacked record;
	struct incident incident;
	struct report report;
	char message[MESSAGE_BYTES];
};

static volatile sig_atomic_t stop_requested;

static void request_stop(int number)
{
	(void)number;
	stop_requested = 1;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The verdict on a socket, from its evidence. */
static void judge(struct stalled_command *command, const struct evidence *ev)
{
	struct incident *incident = &command->incident;
	struct report *report = &command->report;

	memset(incident, 0, sizeof(*incident));
	incident->evidence = *ev;
	incident->time_wall_ns = ev->time_ns + clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	incident->silence_ms = command->silence_ms;
	explain(incident, report);
	if (report->owner.source != OWNER_UNKNOWN)
		report->cgroup = cgroups_path(command->cgroups, &report->owner);
}

static int take_socket(void *context, const void *bytes, size_t size)
{
	struct stalled_command *command = context;
	int err = decode_evidence(bytes, size, &command->record);

	if (err)
		return err;
	judge(command, &command->record.evidence);
	if (command->report.cause == &cause_unknown || !filter_wants(&command->filter, &command->report))
		return 0;
	return findings_add(&command->findings, &command->report);
}

static bool is_netns(int fd, uint32_t netns)
{
	struct stat status;

	return !fstat(fd, &status) && (uint32_t)status.st_ino == netns;
}

/* A namespace that has gone since it was found, or that may not be entered, is left out. */
static int read_space(struct stalled_command *command, const struct space_path *space)
{
	bool is_home = is_netns(command->home, space->netns);
	int fd = is_home ? command->home : open(space->path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0 || !is_netns(fd, space->netns) || (!is_home && setns(fd, CLONE_NEWNET))) {
		command->spaces_closed += fd >= 0 || errno != ENOENT;
		if (fd >= 0)
			close(fd);
		return 0;
	}
	err = stalled_read(command->kernel, take_socket, command);
	command->spaces_read++;
	if (!is_home) {
		close(fd);
		if (setns(command->home, CLONE_NEWNET) && !err)
			err = -errno;
	}
	return err;
}

static int read_spaces(struct stalled_command *command)
{
	const char *name = command->options->netns;
	char hint[512] = "";
	int err;

	if (name)
		snprintf(hint, sizeof(hint), "%s%s", strchr(name, '/') ? "" : "/run/netns/", name);
	err = spaces_find(&command->spaces, name ? hint : NULL);
	command->spaces_read = command->spaces_closed = 0;
	for (size_t i = 0; !err && i < command->spaces.count; i++) {
		if (!command->filter.netns || command->filter.netns == command->spaces.paths[i].netns)
			err = read_space(command, &command->spaces.paths[i]);
	}
	return err;
}

static int tell(struct stalled_command *command)
{
	int err = 0;

	findings_sort(&command->findings);
	for (size_t i = 0; !err && i < command->findings.count; i++) {
		const struct finding *finding = &command->findings.rows[i];

		judge(command, &finding->evidence);
		command->report.count = finding->count;
		explain_again(&command->report);
		err = outputs_report(command->outputs, &command->report);
	}
	return err;
}

static size_t count_sockets(const struct findings *findings)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->rows[i].count;
	return count;
}

/* One look at everything. */
static int look(struct stalled_command *command)
{
	int err = stalled_find_owners(command->kernel);

	if (err)
		log_line("cannot look through the open files: owners are not known");
	command->findings.count = 0;
	err = read_spaces(command);
	if (err)
		return err;
	if (command->options->watch_ns)
		screen_begin(&command->screen, count_sockets(&command->findings), command->spaces_read);
	outputs_begin(command->outputs);
	err = tell(command);
	if (!err)
		err = outputs_flush(command->outputs);
	return err ? err : screen_end(&command->screen);
}

static void say_summary(const struct stalled_command *command)
{
	unsigned int spaces = command->spaces_read;
	size_t count = count_sockets(&command->findings);

	if (command->spaces_closed)
		log_line("%u network namespace%s could not be entered", command->spaces_closed,
			 command->spaces_closed == 1 ? "" : "s");
	if (count)
		log_line("%zu stalled in %u network namespace%s", count, spaces, spaces == 1 ? "" : "s");
	else
		log_line("nothing is stalled in %u network namespace%s", spaces, spaces == 1 ? "" : "s");
}

/* Until a signal comes, where it is to go on. */
static int watch(struct stalled_command *command)
{
	uint64_t interval_ns = command->options->watch_ns;
	const struct timespec interval = { interval_ns / 1000000000, interval_ns % 1000000000 };
	const struct sigaction stop = { .sa_handler = request_stop }; /* it interrupts a write, too */
	int err;

	if (interval_ns) {
		sigaction(SIGINT, &stop, NULL);
		sigaction(SIGTERM, &stop, NULL);
	}
	do {
		err = look(command);
		if (!err && interval_ns && !stop_requested)
			nanosleep(&interval, NULL);
	} while (!err && interval_ns && !stop_requested);
	return stop_requested && err == -EINTR ? 0 : err;
}

/* For the iterators, the way into other namespaces, and what other users' processes hold. */
static void drop_privileges(void)
{
	const int kept[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH };
	int err = privileges_keep(kept, sizeof(kept) / sizeof(*kept));

	if (!err)
		err = sandbox_enter(SANDBOX_ENTER);
	if (err)
		log_line("cannot drop privileges: %s; going on with them", strerror(-err));
}

/* EXIT_DONE, or the exit status after a line on stderr. */
static int stalled_start(struct stalled_command *command)
{
	const struct options *options = command->options;
	uint64_t silence_ms = options->silence_ns ? options->silence_ns / NS_PER_MS : SILENCE_DEFAULT_MS;
	int err = filter_open(options, &command->filter, command->message, sizeof(command->message));
	int status = EXIT_FAILED;

	command->silence_ms = silence_ms < UINT32_MAX ? silence_ms : UINT32_MAX - 1;
	command->cgroups = cgroups_new();
	command->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (!err && (command->home < 0 || !command->cgroups)) {
		snprintf(command->message, sizeof(command->message), "cannot open /proc/self/ns/net: %s",
			 strerror(errno));
		err = -errno;
	}
	if (!err) {
		err = screen_open(&command->screen, options);
		if (err)
			snprintf(command->message, sizeof(command->message), "out of memory");
	}
	if (!err)
		err = outputs_open(options, command->screen.out, &command->outputs, command->message,
				   sizeof(command->message));
	if (!err) {
		err = stalled_open(command->silence_ms, &command->kernel, command->message, sizeof(command->message));
		status = err == -ENOMEM ? EXIT_FAILED : EXIT_CANNOT;
	}
	if (err)
		log_line("%s", command->message);
	return err ? status : EXIT_DONE;
}

static int stalled_run(struct stalled_command *command)
{
	int status = stalled_start(command), err;

	if (status != EXIT_DONE)
		return status;
	drop_privileges();
	err = watch(command);
	if (err == -EPIPE)
		return EXIT_DONE;
	if (err) {
		log_line("cannot go on: %s", strerror(-err));
		return EXIT_FAILED;
	}
	say_summary(command);
	return EXIT_DONE;
}

int command_stalled(const struct options *options)
{
	struct stalled_command *command = calloc(1, sizeof(*command));
	int status, err;

	if (!command) {
		log_line("out of memory");
		return EXIT_FAILED;
	}
	command->options = options;
	command->home = -1;
	status = stalled_run(command);
	err = outputs_close(command->outputs);
	if (err && err != -EPIPE && status == EXIT_DONE) {
		log_line("output failed: %s", strerror(-err));
		status = EXIT_FAILED;
	}
	screen_close(&command->screen);
	stalled_close(command->kernel);
	cgroups_free(command->cgroups);
	spaces_free(&command->spaces);
	findings_free(&command->findings);
	if (command->home >= 0)
		close(command->home);
	free(command);
	return status;
}
