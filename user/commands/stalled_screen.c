/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See stalled_screen.h. A picture is written over the one before, line by line, so that nothing flickers. */
#include "stalled_screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../util/text.h"

#define ROWS_DEFAULT 24
#define HOME "\033[H"
#define ERASE_LINE "\033[K"
#define ERASE_BELOW "\033[J"

/* Whether the table goes to stdout. */
static bool has_table(const struct options *options)
{
	for (unsigned int i = 0; i < options->outputs_count; i++) {
		if (!options->outputs[i].file && !strcmp(options->outputs[i].name, "table"))
			return true;
	}
	return !options->outputs_count;
}

int screen_open(struct screen *screen, const struct options *options)
{
	screen->options = options;
	screen->has_title = options->watch_ns && has_table(options);
	screen->out = stdout;
	if (!screen->has_title || !isatty(STDOUT_FILENO))
		return 0;
	screen->out = open_memstream(&screen->text, &screen->size);
	return screen->out ? 0 : -ENOMEM;
}

void screen_begin(struct screen *screen, size_t sockets, unsigned int spaces)
{
	struct timespec now;
	char clock[32];

	if (!screen->has_title)
		return;
	if (screen->out != stdout)
		rewind(screen->out);
	clock_gettime(CLOCK_REALTIME, &now);
	text_clock(clock, sizeof(clock), now.tv_sec * 1000000000ULL + now.tv_nsec, screen->options->utc);
	fprintf(screen->out, "%.8s  %zu stalled, network namespaces: %u\n", clock, sockets, spaces);
}

static unsigned int terminal_rows(void)
{
	struct winsize window;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) || !window.ws_row ? ROWS_DEFAULT : window.ws_row;
}

int screen_end(struct screen *screen)
{
	unsigned int rows = terminal_rows(), row = 0, more = 0;
	const char *at, *end;

	if (screen->out == stdout)
		return 0;
	if (fflush(screen->out))
		return -errno;
	fputs(HOME, stdout);
	for (at = screen->text; at < screen->text + screen->size; at = end + 1) {
		end = memchr(at, '\n', screen->text + screen->size - at);
		if (!end)
			break;
		if (++row < rows - 1)
			printf("%.*s" ERASE_LINE "\n", (int)(end - at), at);
		else
			more++;
	}
	if (more)
		printf("... and %u lines more" ERASE_LINE, more);
	fputs(ERASE_BELOW, stdout);
	return fflush(stdout) ? -errno : 0;
}

void screen_close(struct screen *screen)
{
	if (!screen->out || screen->out == stdout)
		return;
	fclose(screen->out);
	if (screen->size) /* a picture is there */
		putchar('\n');
	free(screen->text);
}
