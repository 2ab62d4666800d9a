/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See guard.h. Keys that make signals reach both processes, because both are in the foreground; what somebody sends to
 * the guard by its pid is handed on. It stops and goes on with its child, as one job.
 */
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../util/log.h"
#include "terminal.h"

#define RESCUE_PATIENCE_S \
	2 /* for a terminal that takes no more output: better none than a guard that hangs */

struct guard {
	struct termios modes;
	bool has_modes;
	sigset_t waited,
		before; /* signals: what the guard waits for; what was blocked before it did */
	pid_t parent, child;
	struct guard_link *link; /* in memory that both see */
};

void guard_say(int said)
{
	char bytes[4096];
	off_t at = 0;
	ssize_t count;

	if (said < 0)
		return;
	while ((count = pread(said, bytes, sizeof(bytes), at)) > 0) {
		if (write(STDERR_FILENO, bytes, (size_t)count) < 0)
			break;
		at += count;
	}
	if (ftruncate(said, 0) == 0)
		lseek(said, 0, SEEK_SET);
}

static bool open_guard(struct guard *guard)
{
	static const int numbers[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1, SIGUSR2,
				       SIGCHLD, SIGTSTP, SIGTTOU, SIGTTIN, SIGCONT };

	guard->has_modes = !tcgetattr(STDIN_FILENO, &guard->modes);
	guard->link = mmap(NULL, sizeof(*guard->link), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (guard->link == MAP_FAILED)
		return false;
	guard->link->said = isatty(STDERR_FILENO) ? memfd_create("rsttrace-said", MFD_CLOEXEC) : -1;
	sigemptyset(&guard->waited);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaddset(&guard->waited, numbers[i]);
	sigprocmask(SIG_BLOCK, &guard->waited, &guard->before);
	guard->parent = getpid();
	return true;
}

static void close_guard(struct guard *guard)
{
	sigprocmask(SIG_SETMASK, &guard->before, NULL);
	if (guard->link->said >= 0)
		close(guard->link->said);
	munmap(guard->link, sizeof(*guard->link));
}

/* In the child: it ends, and puts the terminal back by itself, when the guard has gone. */
static bool follow_guard(const struct guard *guard)
{
	sigprocmask(SIG_SETMASK, &guard->before, NULL);
	return !prctl(PR_SET_PDEATHSIG, SIGTERM) && getppid() == guard->parent;
}

static void rescue(const struct guard *guard)
{
	alarm(RESCUE_PATIENCE_S);
	/* SIGTTOU is blocked: it works although the shell may have the terminal by now. */
	if (guard->has_modes)
		tcsetattr(STDIN_FILENO, TCSANOW, &guard->modes);
	terminal_rescue();
	alarm(0);
}

/* A child that has stopped, because of Ctrl-Z, has given the terminal back. */
static void stop_too(const struct guard *guard)
{
	raise(SIGSTOP);
	kill(guard->child, SIGCONT);
}

/* Until the child has ended: its wait status. */
static int wait_for_child(const struct guard *guard)
{
	siginfo_t info;
	int status;

	for (;;) {
		pid_t pid = waitpid(guard->child, &status, WNOHANG | WUNTRACED);

		if (pid < 0 && errno != EINTR)
			return EXIT_FAILED << 8;
		if (pid > 0 && !WIFSTOPPED(status))
			return status;
		if (pid > 0)
			stop_too(guard);
		else if (sigwaitinfo(&guard->waited, &info) > 0 && info.si_code <= 0 &&
			 info.si_signo != SIGCHLD)
			kill(guard->child, info.si_signo);
	}
}

int guard_run(guard_run_fn run, void *context)
{
	struct guard guard = { 0 };
	int status;

	if (!open_guard(&guard)) {
		log_line("out of memory");
		return EXIT_FAILED;
	}
	fflush(NULL);
	guard.child = fork();
	if (guard.child < 0) {
		log_line("cannot start a process: %s", strerror(errno));
		close_guard(&guard);
		return EXIT_FAILED;
	}
	if (!guard.child)
		return follow_guard(&guard) ? run(context, guard.link) : EXIT_FAILED;
	status = wait_for_child(&guard);
	if (guard.link->is_taken)
		rescue(&guard);
	guard_say(guard.link->said);
	if (WIFSIGNALED(status))
		log_line("ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	close_guard(&guard);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}
