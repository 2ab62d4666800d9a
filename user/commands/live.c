/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `rsttrace`: every death on this host as it happens.
 *
 * Records wait in the ring buffer until a timer drains them: a wake-up for each would halve what is traced. A lone
 * record wakes us: see live_wait.h.
 */
#include "commands.h"
#include "front.h"
#include "live_names.h"
#include "live_privileges.h"
#include "live_raw.h"
#include "live_reconcile.h"
#include "live_signals.h"
#include "live_wait.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../attach/symbols_reading.h"
#include "../outputs.h"
#include "../pipeline.h"
#include "../util/log.h"

#define SAMPLE_PAUSE_MS 3 /* between two readings of the counters: longer than an event takes */
#define SAMPLE_DRAIN_MS 100 /* for what a storm may have left waiting */
#define CLOCK_STEP_NS 10000000LL /* two readings of two clocks differ by less, unless one was set */
#define COUNT_MS 1000 /* between two readings of what was lost */
#define MESSAGE_BYTES 512

struct live {
	const struct options *options;
	const struct front *front; /* NULL: lines on stdout */
	struct session *session;
	struct pipeline *pipeline;
	int64_t wall_offset_ns; /* of the clock, as it was last looked at */
	struct live_raw *raw; /* NULL: not asked for, or over */
	struct live_names names;
	struct live_reconcile *reconcile; /* NULL: not asked for */
	struct evidence_user_sample sample;
	int64_t front_ms; /* CLOCK_MONOTONIC; when the front is to be asked again, storm or not */
	int64_t counted_ms; /* CLOCK_MONOTONIC; when the front was told of losses last */
	uint64_t lost;
	uint64_t records; /* that were read */
	uint64_t read_ns; /* CLOCK_BOOTTIME; of the last of them */
	int64_t end_ms; /* CLOCK_MONOTONIC; when --duration is over */
	int64_t sample_end_ms; /* not 0: records are read for the sake of counters, and until then */
	bool is_finishing; /* detached: what is left in the ring buffer is bounded, and told to the end */
	bool has_failed; /* an output ended early, and that was said */
	char message[MESSAGE_BYTES];
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int64_t monotonic_ms(void)
{
	return clock_ns(CLOCK_MONOTONIC) / 1000000;
}

/* Between two records: in a storm the ring buffer is never empty, and draining it never ends by itself. */
static bool is_over(const struct live *live)
{
	if (live->sample_end_ms)
		return monotonic_ms() >= live->sample_end_ms;
	if (live->front && !live->is_finishing && monotonic_ms() >= live->front_ms)
		return true;
	return !live->is_finishing && (live_signals_stop() || monotonic_ms() >= live->end_ms);
}

static void end_recording(struct live *live, int err)
{
	log_line("cannot write %s: %s; the recording ends here, live output goes on", live->options->raw,
		 strerror(-err));
	live_raw_close(live->raw);
	live->raw = NULL;
	live->has_failed = true;
}

static int live_record(void *context, const void *bytes, size_t size)
{
	struct live *live = context;
	int err = 0;

	live->records++;
	if (size >= EVIDENCE_BARE_BYTES)
		live->read_ns = ((const struct evidence *)bytes)->time_ns;
	if (live->names.user_symbols && size == sizeof(live->sample)) {
		memcpy(&live->sample, bytes, size);
		user_symbols_complete(live->names.user_symbols, &live->sample);
		bytes = &live->sample;
		size = sizeof(live->sample.user);
	}
	if (live->raw)
		err = live_raw_record(live->raw, bytes, size);
	if (err)
		end_recording(live, err);
	if (live->front && live->front->record)
		live->front->record(live->front->context, bytes, size);
	err = pipeline_record(live->pipeline, bytes, size);
	if (live->is_finishing && live_signals_stop())
		live_signals_patience(); /* the reader reads on */
	return !err && is_over(live) ? -ETIME : err;
}

static int exit_status_of(int err)
{
	return err == -ENOENT || err == -ENOMEM || err == -ENOSPC || err == -EISDIR || err == -EROFS ? EXIT_FAILED :
												       EXIT_CANNOT;
}

/* EXIT_DONE, or the exit status after a line on stderr. */
static int live_open(struct live *live)
{
	const struct options *options = live->options;
	const struct front *front = live->front;
	const struct pipeline_show show = { front ? front->report : NULL, front ? front->context : NULL };
	const struct join_names names = live_names_join(&live->names);
	int err;

	live->names.counts_alike = front && front->counts_alike;
	live_signals_catch();
	live->names.cgroups = cgroups_new();
	live->names.user_symbols = options->user_stack ? user_symbols_new() : NULL;
	if (!live->names.cgroups || (options->user_stack && !live->names.user_symbols))
		return EXIT_FAILED;
	err = live_reconcile_open(options, &live->reconcile, live->message, sizeof(live->message));
	if (!err)
		err = session_open(options, &live->session, live->message, sizeof(live->message));
	if (!err)
		err = session_attach(live->session, options, live->message, sizeof(live->message));
	if (err) {
		log_line("%s", live->message);
		return exit_status_of(err);
	}
	live->names.session = live->session;
	live->wall_offset_ns = session_info(live->session)->wall_offset_ns;
	err = pipeline_open(options, &names, session_info(live->session), front ? &show : NULL, &live->pipeline,
			    live->message, sizeof(live->message));
	if (err) {
		log_line("%s", live->message);
		return EXIT_FAILED;
	}
	err = options->raw ? live_raw_open(options->raw, session_info(live->session), &names, &live->raw) : 0;
	if (err) {
		log_line("cannot write %s: %s", options->raw, strerror(-err));
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static void say_attached(const struct live *live)
{
	const struct session_hook *hook;

	for (unsigned int i = 0; (hook = session_hook(live->session, i)); i++) {
		if (hook->refused && strncmp(hook->refused, "not needed", 10) &&
		    strncmp(hook->refused, "only with", 9))
			log_line("without %s %s (%s): %s", hook->kind, hook->hook, hook->refused, hook->gives);
	}
	log_line("attached (tier %s)", tier_name(session_tier(live->session)));
}

/* A clock that is set: what comes from now on shall have the right time. */
static void follow_clock(struct live *live)
{
	int64_t offset_ns = (int64_t)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME));

	if (llabs(offset_ns - live->wall_offset_ns) < CLOCK_STEP_NS)
		return;
	live->wall_offset_ns = offset_ns;
	pipeline_set_clock(live->pipeline, offset_ns);
}

static int live_tally(void *context, const struct source_tally *tally, const void *bytes, size_t size)
{
	struct live *live = context;
	int err = pipeline_tally(live->pipeline, tally, bytes, size), failed;
	const struct evidence_stacked *example;

	if (!err)
		err = pipeline_measure(live->pipeline, tally, session_measured(live->session));
	if (err)
		return err;
	example = pipeline_example(live->pipeline, tally);
	if (live->front && live->front->tally)
		live->front->tally(live->front->context, tally, example);
	failed = live->raw ? live_raw_tally(live->raw, tally, example) : 0;
	if (failed)
		end_recording(live, failed);
	return 0;
}

/* The tallies first: then their examples are among the records. -ETIME: more records wait. */
static int drain_records(struct live *live)
{
	int drained, err;

	session_read_tallies(live->session, live->is_finishing || live->sample_end_ms);
	drained = session_drain(live->session, live_record, live);
	if (drained < 0 && drained != -ETIME)
		return drained;
	err = session_tell(live->session, live_tally, live);
	return err ? err : drained < 0 ? drained : 0;
}

/* Where more waits, nothing is due that what waits may belong to. */
static int drain(struct live *live)
{
	bool has_more;
	int err;

	follow_clock(live);
	live->front_ms = monotonic_ms() + DRAIN_MS;
	err = drain_records(live);
	has_more = err == -ETIME && live->front && !live_signals_stop();
	if (err < 0 && !has_more)
		return err;
	err = live->is_finishing ? pipeline_end(live->pipeline) :
				   pipeline_release(live->pipeline,
						    has_more ? live->read_ns : clock_ns(CLOCK_BOOTTIME));
	return err ? err : pipeline_flush(live->pipeline);
}

/* What waits now, after a pause: the counters were read, and events that were on their way then shall be over. */
static int drain_for_sample(void *context)
{
	const struct timespec pause = { .tv_nsec = SAMPLE_PAUSE_MS * 1000000L };
	struct live *live = context;
	int err;

	nanosleep(&pause, NULL);
	live->sample_end_ms = monotonic_ms() + SAMPLE_DRAIN_MS;
	err = drain_records(live);
	live->sample_end_ms = 0;
	return err;
}

static int step_front(struct live *live)
{
	struct session_counts counts;

	if (!live->front)
		return 0;
	if (monotonic_ms() - live->counted_ms >= COUNT_MS) {
		session_count(live->session, &counts);
		live->lost = counts.lost;
		live->counted_ms = monotonic_ms();
	}
	return live->front->step(live->front->context, clock_ns(CLOCK_BOOTTIME), &live->lost);
}

/* Until a signal, the end of the duration, the last key (0), or a negative errno. */
static int watch(struct live *live)
{
	struct live_wait wait;
	int64_t left_ms;
	int err = 0;

	live->end_ms = live->options->duration_ns ?
			       monotonic_ms() + (int64_t)((live->options->duration_ns + 999999) / 1000000) :
			       INT64_MAX;
	live_wait_begin(&wait, live->session, live->front, outputs_use_stdout(live->options) ? STDOUT_FILENO : -1,
			monotonic_ms());
	while (!err && !live_signals_stop() && (left_ms = live->end_ms - monotonic_ms()) > 0) {
		err = live_wait(&wait, live->records, monotonic_ms(), left_ms);
		if (err)
			return err;
		err = drain(live);
		live_reconcile_step(live->reconcile);
		if (!err && (err = step_front(live)) == -ECANCELED)
			return 0;
	}
	return err == -ETIME ? 0 : err;
}

/* The screen of a front is there as long as deaths are watched, and no longer: what is said before and after it is
 * seen. */
static int watch_in_front(struct live *live)
{
	const struct join_names names = live_names_join(&live->names);
	int err;

	if (!live->front)
		return watch(live);
	err = live->front->begin(live->front->context, session_info(live->session), &names);
	if (!err)
		err = watch(live);
	live->front->end(live->front->context);
	return err;
}

/* What is still in the ring buffer is not lost: detach first, then drain. */
static int finish(struct live *live, int err)
{
	struct session_counts counts;

	live_reconcile_end(live->reconcile, err && err != -ECANCELED);
	session_detach(live->session);
	live->is_finishing = true;
	if (!err)
		err = drain(live);
	if (!err && live->front && live->front->finish) {
		session_count(live->session, &counts);
		err = live->front->finish(live->front->context, clock_ns(CLOCK_BOOTTIME), counts.lost);
	}
	if (live->raw) {
		int failed = live_raw_close(live->raw);

		if (failed)
			log_line("cannot write %s: %s", live->options->raw, strerror(-failed));
		err = err ? err : failed;
		live->raw = NULL;
	}
	return err;
}

/* Whether what was told is all that happened, as far as anybody asked for that. */
static bool say_summary(const struct live *live)
{
	struct session_counts counts;
	char text[256];

	session_count(live->session, &counts);
	pipeline_summary(live->pipeline, text, sizeof(text));
	log_line("%s, %" PRIu64 " lost, %" PRIu64 " suppressed", text, counts.lost, counts.counted);
	return live_reconcile_report(live->reconcile, live->names.symbols, counts.lost);
}

static int live_run(struct live *live)
{
	struct symbols_reading *symbols = symbols_reading_begin();
	int status = live_open(live), err = symbols_reading_end(symbols, &live->names.symbols);
	bool is_accounted;

	if (status != EXIT_DONE)
		return status;
	if (err)
		log_line("this kernel hides its symbols (sysctl kernel.kptr_restrict): causes that need the stack "
			 "come out partial");
	else
		session_tell_symbols(live->session, live->names.symbols);
	if (session_scan(live->session))
		log_line("cannot look through the open files: connections that are open already have no known owner");
	live_drop_privileges(live->names.user_symbols);
	live_reconcile_begin(live->reconcile, live->session, live->pipeline, drain_for_sample, live);
	say_attached(live);
	err = finish(live, watch_in_front(live));
	is_accounted = say_summary(live);
	if (err == -EINTR)
		log_line("the reader of the output does not read: what had not been written is lost");
	else if (err && err != -EPIPE && err != -ECANCELED)
		log_line("output failed: %s", strerror(-err));
	if (err && err != -EPIPE && err != -ECANCELED)
		return EXIT_FAILED;
	return live->has_failed || !is_accounted ? EXIT_FAILED : EXIT_DONE;
}

int live_with(const struct options *options, const struct front *front)
{
	struct live *live = calloc(1, sizeof(*live));
	int status, err;

	if (!live) {
		log_line("out of memory");
		return EXIT_FAILED;
	}
	live->options = options;
	live->front = front;
	status = live_run(live);
	err = pipeline_close(live->pipeline);
	if (err && err != -EPIPE && status == EXIT_DONE) {
		log_line("output failed: %s", strerror(-err));
		status = EXIT_FAILED;
	}
	live_raw_close(live->raw);
	session_close(live->session);
	live_reconcile_close(live->reconcile);
	live_names_free(&live->names);
	free(live);
	return status;
}

int command_live(const struct options *options)
{
	return live_with(options, NULL);
}
