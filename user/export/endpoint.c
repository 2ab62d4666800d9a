/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See endpoint.h. The only file that includes libmicrohttpd. */
#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../util/privileges.h"
#include "../util/text.h"

#define CONNECTIONS_MAX 32 /* at a time; others wait to be accepted */
#define BACKLOG 64
#define PATIENCE_S 10 /* with a scraper that says nothing, or does not take its answer */
#define REQUEST_BYTES 16384 /* of headers */
#define STEP_MS 100 /* so long the end may take to be noticed */

#define OPENMETRICS "application/openmetrics-text"
#define TYPE_OPENMETRICS OPENMETRICS "; version=1.0.0; charset=utf-8"
#define TYPE_TEXT "text/plain; version=0.0.4; charset=utf-8"

static const char not_here[] = "rsttrace: the numbers are at /metrics\n";
static const char not_so[] = "rsttrace: GET or HEAD\n";
static const char not_yet[] = "rsttrace: not attached yet\n";

struct endpoint {
	int socket;
	struct MHD_Daemon *daemon; /* NULL: not started; has the socket then */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, up to the copy */
	bool has_begun, is_over;
	struct metrics metrics;
	struct metrics shown; /* the copy that is written: of the one thread that answers */
};

/* IPv4 by its own family: an IPv6 socket may be forbidden to take it. */
static socklen_t socket_address(const uint8_t address[16], uint16_t port, struct sockaddr_storage *ret_address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret_address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret_address;

	memset(ret_address, 0, sizeof(*ret_address));
	if (!memcmp(address, mapped, sizeof(mapped))) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, address + sizeof(mapped), sizeof(v4->sin_addr));
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	memcpy(&v6->sin6_addr, address, sizeof(v6->sin6_addr));
	return sizeof(*v6);
}

/* The socket, or a negative errno. */
static int listen_at(const uint8_t address[16], uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t length = socket_address(address, port, &at);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1, err;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) || bind(fd, (struct sockaddr *)&at, length) ||
	    listen(fd, BACKLOG)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

int endpoint_open(const uint8_t address[16], uint16_t port, struct endpoint **ret_endpoint, char *message, size_t size)
{
	struct endpoint *endpoint = calloc(1, sizeof(*endpoint));
	char at[64];

	if (!endpoint) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	endpoint->socket = listen_at(address, port);
	if (endpoint->socket < 0) {
		int err = endpoint->socket;

		snprintf(message, size, "cannot listen at %s: %s", text_endpoint(at, sizeof(at), address, port),
			 strerror(-err));
		free(endpoint);
		return err;
	}
	pthread_mutex_init(&endpoint->lock, NULL);
	*ret_endpoint = endpoint;
	return 0;
}

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status, const char *type,
			      const char *text, size_t size, enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(size, (char *)text, mode);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_metrics(struct endpoint *endpoint, struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	bool is_openmetrics = accept && strstr(accept, OPENMETRICS), has_begun, has_failed;
	char *text = NULL;
	size_t size;
	FILE *out;

	pthread_mutex_lock(&endpoint->lock);
	has_begun = endpoint->has_begun;
	if (has_begun)
		endpoint->shown = endpoint->metrics;
	pthread_mutex_unlock(&endpoint->lock);
	if (!has_begun)
		return answer(connection, MHD_HTTP_SERVICE_UNAVAILABLE, TYPE_TEXT, not_yet, strlen(not_yet),
			      MHD_RESPMEM_PERSISTENT);
	out = open_memstream(&text, &size);
	if (!out)
		return MHD_NO;
	metrics_write(&endpoint->shown, is_openmetrics, out);
	has_failed = ferror(out);
	if (fclose(out) || has_failed) {
		free(text);
		return MHD_NO;
	}
	return answer(connection, MHD_HTTP_OK, is_openmetrics ? TYPE_OPENMETRICS : TYPE_TEXT, text, size,
		      MHD_RESPMEM_MUST_FREE);
}

/* A MHD_AccessHandlerCallback. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
			      const char *version, const char *upload, size_t *upload_size, void **request)
{

	(void)version;
	(void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, TYPE_TEXT, not_so, strlen(not_so),
			      MHD_RESPMEM_PERSISTENT);
	if (!*request) { /* the headers are here, a body may follow: it is not wanted */
		*request = connection;
		return MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (strcmp(url, "/metrics"))
		return answer(connection, MHD_HTTP_NOT_FOUND, TYPE_TEXT, not_here, strlen(not_here),
			      MHD_RESPMEM_PERSISTENT);
	return answer_metrics(context, connection);
}

static bool is_over(struct endpoint *endpoint)
{
	bool over;

	pthread_mutex_lock(&endpoint->lock);
	over = endpoint->is_over;
	pthread_mutex_unlock(&endpoint->lock);
	return over;
}

/* What strangers send is read by who can do nothing else. */
static void *run(void *context)
{
	struct endpoint *endpoint = context;
	sigset_t all;

	sigfillset(&all); /* they are for who watches */
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	if (privileges_keep(NULL, 0) || sandbox_enter(SANDBOX_SEND))
		return NULL;
	while (!is_over(endpoint))
		MHD_run_wait(endpoint->daemon, STEP_MS);
	return NULL;
}

int endpoint_start(struct endpoint *endpoint)
{
	int err;

	endpoint->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, handle, endpoint, MHD_OPTION_LISTEN_SOCKET,
					    endpoint->socket, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
					    MHD_OPTION_CONNECTION_TIMEOUT, PATIENCE_S,
					    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_BYTES, MHD_OPTION_END);
	if (!endpoint->daemon)
		return -ENOMEM;
	err = pthread_create(&endpoint->thread, NULL, run, endpoint);
	if (err) {
		MHD_stop_daemon(endpoint->daemon);
		endpoint->daemon = NULL;
		endpoint->socket = -1;
	}
	return -err;
}

void endpoint_begin(struct endpoint *endpoint, const char *kernel, const char *tier)
{
	pthread_mutex_lock(&endpoint->lock);
	metrics_init(&endpoint->metrics, kernel, tier);
	endpoint->has_begun = true;
	pthread_mutex_unlock(&endpoint->lock);
}

void endpoint_report(struct endpoint *endpoint, const struct report *report)
{
	pthread_mutex_lock(&endpoint->lock);
	metrics_report(&endpoint->metrics, report);
	pthread_mutex_unlock(&endpoint->lock);
}

void endpoint_sending(struct endpoint *endpoint, unsigned int index, const struct metrics_sending *sending)
{
	pthread_mutex_lock(&endpoint->lock);
	endpoint->metrics.sendings[index] = *sending;
	pthread_mutex_unlock(&endpoint->lock);
}

void endpoint_lost(struct endpoint *endpoint, uint64_t lost)
{
	pthread_mutex_lock(&endpoint->lock);
	endpoint->metrics.lost = lost;
	pthread_mutex_unlock(&endpoint->lock);
}

void endpoint_close(struct endpoint *endpoint)
{
	if (!endpoint)
		return;
	if (endpoint->daemon) {
		pthread_mutex_lock(&endpoint->lock);
		endpoint->is_over = true;
		pthread_mutex_unlock(&endpoint->lock);
		pthread_join(endpoint->thread, NULL);
		MHD_stop_daemon(endpoint->daemon); /* closes the socket */
	} else if (endpoint->socket >= 0) {
		close(endpoint->socket);
	}
	pthread_mutex_destroy(&endpoint->lock);
	free(endpoint);
}
