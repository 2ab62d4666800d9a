/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A program whose functions have names: main -> serve -> drop_client closes a connection with data unread in it. Built
 * in several ways (Makefile) and traced by tests/stacks/run.
 *
 * victim PORT [thread] [stay]: connects to 127.0.0.1:PORT, says "ready" when data has come, waits for a line, closes;
 * with "stay" it then waits for the end of stdin, else it is gone at once. With "thread" another thread serves: the
 * C library calls the kernel from elsewhere then.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noclone))

KEPT void drop_client(int fd);
KEPT int serve(int fd);

/* What follows a call keeps the compiler from jumping where it should call. */
KEPT void drop_client(int fd)
{
	if (close(fd))
		_exit(3);
	__asm__ volatile("" ::: "memory");
}

KEPT int serve(int fd)
{
	char byte, line[16];

	if (recv(fd, &byte, 1, MSG_PEEK) != 1)
		return 2;
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 2;
	drop_client(fd);
	__asm__ volatile("" ::: "memory");
	return 0;
}

static void *serve_in_thread(void *fd)
{
	return (void *)(long)serve(*(int *)fd);
}

static int serve_somewhere(int fd, int is_threaded)
{
	pthread_t thread;
	void *status;

	if (!is_threaded)
		return serve(fd);
	if (pthread_create(&thread, NULL, serve_in_thread, &fd) || pthread_join(thread, &status))
		return 2;
	return (long)status;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), status;
	char byte;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return 2;
	status = serve_somewhere(fd, argc > 2 && !strcmp(argv[2], "thread"));
	if (!strcmp(argv[argc - 1], "stay"))
		while (read(STDIN_FILENO, &byte, 1) > 0)
			continue;
	return status;
}
