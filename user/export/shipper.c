/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* See shipper.h. */
#include "shipper.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "../util/privileges.h"
#include "backlog.h"
#include "batch.h"

#define FLUSH_MS 1000 /* so long a record waits for others */
#define BACKOFF_MS 500 /* after the first failure, then twice as long each time */
#define BACKOFF_MAX_MS 30000
#define RETRY_AFTER_MAX_S 600 /* a server that wants more is asked nevertheless */
#define FINISH_MS 5000 /* at the end */
#define WHY_BYTES 256
#define NEWS_MAX 2 /* sentences that wait to be heard */
#define NEWS_BYTES 512

struct shipper {
	struct shipper_options options;
	struct http *http; /* of the thread */
	struct backlog *backlog; /* of the thread */
	bool is_prepared; /* of the thread, as what follows */
	bool is_down, is_full, is_refusing; /* that was said */
	uint64_t backoff_ms;
	int64_t retry_ms; /* CLOCK_MONOTONIC; not before */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t changed;
	struct batches pending; /* what comes while a server is waited for */
	int64_t pending_ms; /* when its first record came, or something was taken */
	struct shipper_counts counts; /* .waiting: of the backlog and the request on its way */
	int64_t finish_ms; /* 0 = it goes on */
	char news[NEWS_MAX][NEWS_BYTES]; /* "" = none */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Whether it will be heard: there is little room until the user was told what is there. */
static bool say(struct shipper *shipper, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool say(struct shipper *shipper, const char *format, ...)
{
	va_list arguments;
	unsigned int at = 0;

	va_start(arguments, format);
	pthread_mutex_lock(&shipper->lock);
	while (at < NEWS_MAX && *shipper->news[at])
		at++;
	if (at < NEWS_MAX)
		vsnprintf(shipper->news[at], sizeof(shipper->news[at]), format, arguments);
	pthread_mutex_unlock(&shipper->lock);
	va_end(arguments);
	return at < NEWS_MAX;
}

/* A callback of http: has the last patience ended? */
static bool is_over(void *context)
{
	struct shipper *shipper = context;
	bool is_late;

	pthread_mutex_lock(&shipper->lock);
	is_late = shipper->finish_ms && now_ms() >= shipper->finish_ms;
	pthread_mutex_unlock(&shipper->lock);
	return is_late;
}

static void count(struct shipper *shipper, enum ship ship, uint64_t rows)
{
	pthread_mutex_lock(&shipper->lock);
	shipper->counts.waiting -= rows;
	if (ship == SHIP_DONE)
		shipper->counts.sent += rows;
	else
		shipper->counts.dropped += rows;
	pthread_mutex_unlock(&shipper->lock);
}

/* After a failure: a little less than twice as long as before, so that a thousand hosts do not come back at once. */
static void back_off(struct shipper *shipper, uint64_t retry_after_s)
{
	uint64_t wait_ms;
	uint32_t noise;

	shipper->backoff_ms = shipper->backoff_ms ? 2 * shipper->backoff_ms : BACKOFF_MS;
	if (shipper->backoff_ms > BACKOFF_MAX_MS)
		shipper->backoff_ms = BACKOFF_MAX_MS;
	if (getrandom(&noise, sizeof(noise), GRND_NONBLOCK) != sizeof(noise))
		noise = (uint32_t)now_ms();
	wait_ms = shipper->backoff_ms / 2 + noise % (shipper->backoff_ms / 2);
	if (retry_after_s > RETRY_AFTER_MAX_S)
		retry_after_s = RETRY_AFTER_MAX_S;
	if (retry_after_s * 1000 > wait_ms)
		wait_ms = retry_after_s * 1000;
	shipper->retry_ms = now_ms() + (int64_t)wait_ms;
}

static void fail(struct shipper *shipper, const char *why)
{
	if (!shipper->is_down)
		say(shipper, "%s takes nothing: %s; deaths wait%s%s, and it is asked again",
		    shipper->options.server.name, why, shipper->options.folder ? " in " : "",
		    shipper->options.folder ? shipper->options.folder : "");
	shipper->is_down = true;
}

static enum ship deliver(struct shipper *shipper, const char *body, size_t size)
{
	const struct shipper_server *server = &shipper->options.server;
	struct http_answer answer;
	char why[WHY_BYTES] = "";
	enum ship ship = SHIP_DONE;

	if (server->prepare && !shipper->is_prepared)
		ship = server->prepare(server->context, shipper->http, why, sizeof(why));
	if (ship != SHIP_DONE) {
		back_off(shipper, 0);
		fail(shipper, why);
		return SHIP_AGAIN;
	}
	shipper->is_prepared = true;
	http_post(shipper->http, server->query, body, size, &answer);
	ship = server->judge(&answer);
	http_why(&answer, why, sizeof(why));
	if (ship == SHIP_AGAIN) {
		back_off(shipper, answer.retry_after_s);
		shipper->is_prepared = false; /* who knows what became of it */
		fail(shipper, why);
		return ship;
	}
	if (ship == SHIP_REFUSED && !shipper->is_refusing)
		shipper->is_refusing = say(shipper, "%s refuses deaths: %s", server->name, why);
	else if (ship == SHIP_DONE && shipper->is_down)
		say(shipper, "%s takes deaths again", server->name);
	shipper->is_refusing &= ship == SHIP_REFUSED;
	shipper->is_down = shipper->is_full = false;
	shipper->backoff_ms = 0;
	shipper->retry_ms = 0;
	return ship;
}

/* Behind what waits already, or there because the server does not take it now. */
static void put_away(struct shipper *shipper, const struct batch *batch)
{
	int err = backlog_put(shipper->backlog, batch->body, batch->size, batch->rows);

	if (!err)
		return;
	count(shipper, SHIP_REFUSED, batch->rows);
	if (!shipper->is_full)
		shipper->is_full = say(shipper, "%s takes nothing, and there is no room for more that waits%s%s (%s): "
					"deaths are dropped",
				       shipper->options.server.name, shipper->options.folder ? " in " : "",
				       shipper->options.folder ? shipper->options.folder : "", strerror(-err));
}

static void take_batch(struct shipper *shipper, struct batch *batch)
{
	enum ship ship = SHIP_AGAIN;

	if (batch_add(batch, shipper->options.server.suffix)) {
		count(shipper, SHIP_REFUSED, batch->rows);
		return;
	}
	if (!backlog_counts(shipper->backlog).rows && now_ms() >= shipper->retry_ms)
		ship = deliver(shipper, batch->body, batch->size);
	if (ship == SHIP_AGAIN)
		put_away(shipper, batch);
	else
		count(shipper, ship, batch->rows);
}

/* The oldest that waits. Whether it is away. */
static bool send_oldest(struct shipper *shipper)
{
	enum ship ship = SHIP_REFUSED;
	char *body = NULL;
	uint64_t rows = 0;
	size_t size;
	int err = backlog_first(shipper->backlog, &body, &size, &rows);

	if (err == -ENOENT)
		return false;
	if (err == -ENOMEM) {
		back_off(shipper, 0);
		return false;
	}
	if (err)
		say(shipper, "cannot read what waits in %s: %s; it is left out", shipper->options.folder,
		    strerror(-err));
	else
		ship = deliver(shipper, body, size);
	free(body);
	if (ship == SHIP_AGAIN)
		return false;
	if (!err)
		count(shipper, ship, rows);
	backlog_remove(shipper->backlog);
	return true;
}

/* When a batch is due, or the server may be asked again; CLOCK_MONOTONIC milliseconds. */
static int64_t due_ms(const struct shipper *shipper)
{
	int64_t due = INT64_MAX;

	if (batches_rows(&shipper->pending))
		due = shipper->pending.last ? 0 : shipper->pending_ms + FLUSH_MS;
	if (backlog_counts(shipper->backlog).rows && shipper->retry_ms < due)
		due = shipper->retry_ms;
	return due;
}

/* Waits, and takes what came. Whether it goes on. */
static bool wait_for_batch(struct shipper *shipper, struct batch *ret_batch)
{
	int64_t due;
	bool goes_on;

	pthread_mutex_lock(&shipper->lock);
	while (!shipper->finish_ms && (due = due_ms(shipper)) > now_ms()) {
		const struct timespec until = { .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000 };

		if (due == INT64_MAX)
			pthread_cond_wait(&shipper->changed, &shipper->lock);
		else
			pthread_cond_timedwait(&shipper->changed, &shipper->lock, &until);
	}
	*ret_batch = (struct batch){ 0 };
	if (shipper->pending.last || shipper->finish_ms || now_ms() >= shipper->pending_ms + FLUSH_MS) {
		*ret_batch = batches_take(&shipper->pending);
		shipper->pending_ms = now_ms();
		shipper->counts.waiting += ret_batch->rows;
	}
	goes_on = !shipper->finish_ms || batches_rows(&shipper->pending);
	pthread_mutex_unlock(&shipper->lock);
	return goes_on;
}

static void *run(void *context)
{
	struct shipper *shipper = context;
	struct batch batch;
	sigset_t all;
	bool goes_on;

	sigfillset(&all); /* they are for who watches */
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	if (privileges_keep(NULL, 0) || sandbox_enter(SANDBOX_SEND)) {
		say(shipper, "nothing is sent to %s: the thread that sends cannot drop its privileges",
		    shipper->options.server.name);
		return NULL;
	}
	do {
		goes_on = wait_for_batch(shipper, &batch);
		if (!goes_on)
			shipper->retry_ms = 0; /* once more, and no more */
		if (batch.rows)
			take_batch(shipper, &batch);
		free(batch.body);
		if (now_ms() >= shipper->retry_ms)
			send_oldest(shipper);
	} while (goes_on);
	while (!shipper->is_down && !is_over(shipper) && send_oldest(shipper))
		;
	return NULL;
}

int shipper_open(const struct shipper_options *options, struct shipper **ret_shipper, char *message, size_t size)
{
	struct shipper *shipper = calloc(1, sizeof(*shipper));
	pthread_condattr_t monotonic;
	int err;

	if (!shipper) {
		snprintf(message, size, "out of memory");
		return -ENOMEM;
	}
	shipper->options = *options;
	shipper->options.http.is_over = is_over;
	shipper->options.http.context = shipper;
	pthread_mutex_init(&shipper->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&shipper->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	err = http_open(&shipper->options.http, &shipper->http, message, size);
	if (!err)
		err = backlog_open(options->folder, options->max_bytes, &shipper->backlog, message, size);
	if (err) {
		shipper_close(shipper);
		return err;
	}
	shipper->counts.waiting = backlog_counts(shipper->backlog).rows;
	*ret_shipper = shipper;
	return 0;
}

int shipper_start(struct shipper *shipper)
{
	int err = pthread_create(&shipper->thread, NULL, run, shipper);

	shipper->has_thread = !err;
	return -err;
}

void shipper_put(struct shipper *shipper, const char *json)
{
	const struct shipper_server *server = &shipper->options.server;

	pthread_mutex_lock(&shipper->lock);
	if (!batches_rows(&shipper->pending))
		shipper->pending_ms = now_ms();
	if (batches_add(&shipper->pending, server->prefix, server->separator, json))
		shipper->counts.dropped++;
	pthread_cond_signal(&shipper->changed);
	pthread_mutex_unlock(&shipper->lock);
}

struct shipper_counts shipper_counts(struct shipper *shipper)
{
	struct shipper_counts counts;

	pthread_mutex_lock(&shipper->lock);
	counts = shipper->counts;
	counts.waiting += batches_rows(&shipper->pending);
	pthread_mutex_unlock(&shipper->lock);
	return counts;
}

bool shipper_news(struct shipper *shipper, char *message, size_t size)
{
	pthread_mutex_lock(&shipper->lock);
	snprintf(message, size, "%s", *shipper->news);
	memmove(shipper->news, shipper->news + 1, sizeof(shipper->news) - sizeof(*shipper->news));
	*shipper->news[NEWS_MAX - 1] = '\0';
	pthread_mutex_unlock(&shipper->lock);
	return *message;
}

struct shipper_counts shipper_finish(struct shipper *shipper)
{
	struct shipper_counts counts;

	if (shipper->has_thread) {
		pthread_mutex_lock(&shipper->lock);
		shipper->finish_ms = now_ms() + FINISH_MS;
		pthread_cond_signal(&shipper->changed);
		pthread_mutex_unlock(&shipper->lock);
		pthread_join(shipper->thread, NULL);
		shipper->has_thread = false;
	}
	counts = shipper_counts(shipper);
	if (!shipper->options.folder) {
		counts.dropped += counts.waiting;
		counts.waiting = 0;
	}
	return counts;
}

void shipper_close(struct shipper *shipper)
{
	if (!shipper)
		return;
	shipper_finish(shipper);
	backlog_close(shipper->backlog);
	http_close(shipper->http);
	batches_free(&shipper->pending);
	pthread_cond_destroy(&shipper->changed);
	pthread_mutex_destroy(&shipper->lock);
	free(shipper);
}
