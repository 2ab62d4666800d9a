/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The first process of a guest that has nothing else but rsttrace. It runs that several times, makes connections die
 * for those that watch, and says how it went on the serial ports that tests/kernels/machine.py reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define CLOSED_PORT 9
#define WORDS_MAX 10

static const struct run {
	const char *words[WORDS_MAX];
	bool watches; /* two deaths, once it says that it is attached */
} runs[] = {
	{ { "/rsttrace", "--version" }, false },
	{ { "/rsttrace", "record", "-n", "2", "--db", "/incidents.db", "-o", "json=/proc/self/fd/1" }, true },
	{ { "/rsttrace", "report", "--db", "/incidents.db" }, false },
};

static void die(const char *what)
{
	dprintf(STDERR_FILENO, "init: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
}

static int serial(int number)
{
	char path[] = "/dev/ttyS0";
	struct termios modes;
	int fd;

	path[sizeof(path) - 2] += number;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || tcgetattr(fd, &modes))
		die(path);
	cfmakeraw(&modes);
	tcsetattr(fd, TCSANOW, &modes);
	return fd;
}

static void loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		die("lo");
	close(fd);
}

/* A connect() to a port on which nothing listens: one reset sent, one received. */
static void refuse(void)
{
	const struct sockaddr_in nobody = { .sin_family = AF_INET,
					    .sin_port = htons(CLOSED_PORT),
					    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || !connect(fd, (const struct sockaddr *)&nobody, sizeof(nobody)) || errno != ECONNREFUSED)
		die("connect");
	close(fd);
}

/* Its exit status. What it says on stderr is passed on, and read for the word that it watches. */
static int run(const struct run *what, int errors)
{
	char line[1024];
	int pipes[2], status;
	FILE *said;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC))
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		dup2(pipes[1], STDERR_FILENO);
		execv(what->words[0], (char *const *)what->words);
		_exit(127);
	}
	close(pipes[1]);
	said = fdopen(pipes[0], "r");
	while (said && fgets(line, sizeof(line), said)) {
		dprintf(errors, "%s", line);
		if (what->watches && strstr(line, "attached"))
			refuse();
	}
	fclose(said);
	if (waitpid(child, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	int errors, report, status = 0;

	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL) ||
	    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL))
		die("mount");
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	dup2(serial(1), STDOUT_FILENO);
	errors = serial(2);
	report = serial(3);
	loopback();
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs) && !status; i++)
		status = run(&runs[i], errors);
	dprintf(report, "status %d\n", status);
	tcdrain(STDOUT_FILENO);
	tcdrain(errors);
	tcdrain(report);
	reboot(RB_POWER_OFF);
	return 0;
}
