/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * See top.h. While the screen is there nothing else may write to the terminal: what goes to stderr waits in a file, its
 * last line stands at the foot, and all of it is said when the screen has gone.
 */
#include "top.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model.h"
#include "terminal.h"
#include "view.h"

#define MESSAGE_BYTES 256
#define LOG_PREFIX "rsttrace: "

struct top {
	struct terminal *terminal; /* NULL: not begun */
	struct canvas canvas;
	struct model *model;
	struct model *frozen; /* what is shown while the screen is paused, else NULL */
	struct state state;
	struct scene scene;
	struct surroundings around;
	uint64_t drawn_second;
	bool is_stale; /* a key has changed what is to be seen */
	struct guard_link *link;
	int stderr_before; /* -1: stderr stays as it is, or goes where it went before */
	off_t said_shown; /* bytes of it that were shown, or need not be any more */
	char message[MESSAGE_BYTES];
};

/* The one mutable global that signals need. */
static volatile sig_atomic_t end_requested;

static void request_end(int number)
{
	(void)number;
	end_requested = 1;
}

struct top *top_new(void)
{
	struct top *top = calloc(1, sizeof(*top));

	if (!top)
		return NULL;
	top->stderr_before = -1;
	top->model = model_new();
	if (top->model)
		return top;
	free(top);
	return NULL;
}

void top_report(struct top *top, const struct report *report)
{
	model_add(top->model, report);
}

/* The terminal is the screen's alone: stderr goes to the file. */
static void take(struct top *top)
{
	top->link->is_taken = true;
	if (top->link->said < 0)
		return;
	top->stderr_before = dup(STDERR_FILENO);
	if (top->stderr_before >= 0)
		dup2(top->link->said, STDERR_FILENO);
}

/* It was given back: stderr goes to where it went before, and what waited is said. */
static void give_back(struct top *top)
{
	top->link->is_taken = false;
	if (top->stderr_before < 0)
		return;
	dup2(top->stderr_before, STDERR_FILENO);
	close(top->stderr_before);
	top->stderr_before = -1;
	guard_say(top->link->said);
	top->said_shown = 0;
}

/* Those that end it are noted; Ctrl-Z waits until the terminal can be given back. */
static void catch_signals(void)
{
	const struct sigaction end = { .sa_handler = request_end };
	sigset_t stop;

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}

int top_begin(struct top *top, const char *source, int64_t wall_offset_ns, struct guard_link *link)
{
	int err;

	top->link = link;
	link->is_taken = true;
	err = terminal_open(&top->terminal);
	if (err) {
		link->is_taken = false;
		return err;
	}
	catch_signals();
	top->around = (struct surroundings){
		.source = source,
		.wall_offset_ns = wall_offset_ns,
		.message = top->message,
	};
	/* A recording, which is there already, is looked at from the end of its last second: that one is whole. */
	if (top->model->now_ns)
		model_advance(top->model, (model_second(top->model->now_ns) + 1) * 1000000000);
	top->is_stale = true;
	take(top);
	return 0;
}

/* The last line that waits to be said. */
static void read_said(struct top *top)
{
	char bytes[MESSAGE_BYTES], *line;
	struct stat stat;
	off_t from;
	ssize_t count;

	if (top->stderr_before < 0 || fstat(top->link->said, &stat) ||
	    stat.st_size <= top->said_shown)
		return;
	from = stat.st_size > (off_t)sizeof(bytes) - 1 ? stat.st_size - (off_t)sizeof(bytes) + 1 :
							 0;
	count = pread(top->link->said, bytes, sizeof(bytes) - 1, from);
	top->said_shown = stat.st_size;
	if (count <= 0)
		return;
	bytes[bytes[count - 1] == '\n' ? count - 1 : count] = '\0';
	line = strrchr(bytes, '\n');
	line = line ? line + 1 : bytes;
	line += strncmp(line, LOG_PREFIX, strlen(LOG_PREFIX)) ? 0 : strlen(LOG_PREFIX);
	memcpy(top->message, line, strlen(line) + 1);
	top->is_stale = true;
}

static void pause_or_go_on(struct top *top)
{
	if (top->state.is_paused) {
		top->frozen = malloc(sizeof(*top->frozen));
		if (top->frozen)
			*top->frozen = *top->model;
		top->state.is_paused = top->frozen;
	} else {
		free(top->frozen);
		top->frozen = NULL;
	}
}

/* Ctrl-Z: stops when somebody is there to make it go on, which the kernel knows. */
static void stop(struct top *top)
{
	struct sigaction before, ordinary = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigaction(SIGTSTP, NULL, &before);
	if (before.sa_handler == SIG_IGN)
		return;
	terminal_leave(top->terminal);
	give_back(top);
	sigaction(SIGTSTP, &ordinary, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL); /* here it stops */
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGTSTP, &before, NULL);
	take(top);
	terminal_repaint(top->terminal);
	top->is_stale = true;
}

static bool is_to_stop(void)
{
	const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	return sigtimedwait(&set, NULL, &now) > 0;
}

/* On the canvas: each key moves in what the one before has left, shown or not. */
static int look(struct top *top)
{
	const struct model *model = top->frozen ? top->frozen : top->model;

	if (terminal_fit(top->terminal, &top->canvas))
		return -ENOMEM;
	view_draw(&top->canvas, model, &top->state, &top->scene, &top->around);
	return 0;
}

/* 0, -ECANCELED: the user has had enough, or another negative errno. */
static int take_keys(struct top *top)
{
	struct key key;
	int err = 0;

	while (!err && terminal_key(top->terminal, &key)) {
		top->is_stale = true;
		top->message[0] = '\0';
		switch (state_key(&top->state, &top->scene, &key)) {
		case ACTION_NONE:
			break;
		case ACTION_QUIT:
			return -ECANCELED;
		case ACTION_PAUSE:
			pause_or_go_on(top);
			break;
		case ACTION_CLEAR:
			model_clear(top->model);
			break;
		case ACTION_REPAINT:
			terminal_repaint(top->terminal);
			break;
		}
		err = look(top);
	}
	return err;
}

static int draw(struct top *top)
{
	int err = look(top);

	if (err)
		return err;
	terminal_draw(top->terminal, &top->canvas);
	top->drawn_second = model_second(top->model->now_ns);
	top->is_stale = false;
	return 0;
}

int top_step(struct top *top, uint64_t now_ns, const uint64_t *lost)
{
	int err;

	if (is_to_stop())
		stop(top);
	err = end_requested ? -ECANCELED : take_keys(top);
	if (err)
		return err;
	model_advance(top->model, now_ns);
	top->around.has_lost = lost;
	top->around.lost = lost ? *lost : 0;
	read_said(top);
	if (!top->is_stale && model_second(top->model->now_ns) == top->drawn_second)
		return 0;
	return draw(top);
}

void top_end(struct top *top)
{
	if (!top->terminal)
		return;
	/* When the guard was killed, the shell has the terminal already: giving it back must not stop us. */
	signal(SIGTTOU, SIG_IGN);
	terminal_close(top->terminal);
	top->terminal = NULL;
	give_back(top);
}

void top_free(struct top *top)
{
	if (!top)
		return;
	top_end(top);
	canvas_free(&top->canvas);
	free(top->frozen);
	free(top->model);
	free(top);
}
