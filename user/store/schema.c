/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables and views, as steps from each version of the schema to the next. A step that was released is never
 * changed: another one follows it. docs/record.md says what everything means.
 *
 * What repeats stands once, in a table of its own with an id: words, addresses, stacks. Sentences and the
 * evidence repeat but for their numbers, so a template stands for all that read alike: the incident has the numbers.
 * No incident after its .until_ns uses a row of these tables: what is older than every incident can go.
 */
#include "schema.h"

#define ID "id INTEGER PRIMARY KEY"
#define STRICT ") STRICT;\n"

/* Nanoseconds since the epoch as RFC 3339, UTC. */
#define TIME(ns)                                                       \
	"strftime('%Y-%m-%dT%H:%M:%S', " ns " / 1000000000, 'unixepoch')" \
	" || printf('.%09dZ', " ns " % 1000000000)"

/* The first numbers of a JSON array, for printf(): as many as TEMPLATE_VALUES_MAX and SENTENCE_VALUES_MAX. */
#define V(values, n) ", json_extract(" values ", '$[" #n "]')"
#define VALUES_12(v)                                                                                                 \
	V(v, 0) V(v, 1) V(v, 2) V(v, 3) V(v, 4) V(v, 5) V(v, 6) V(v, 7) V(v, 8) V(v, 9) V(v, 10) V(v, 11)
#define VALUES_48(v)                                                                                                 \
	VALUES_12(v)                                                                                                 \
	V(v, 12) V(v, 13) V(v, 14) V(v, 15) V(v, 16) V(v, 17) V(v, 18) V(v, 19) V(v, 20) V(v, 21) V(v, 22) V(v, 23) \
	V(v, 24) V(v, 25) V(v, 26) V(v, 27) V(v, 28) V(v, 29) V(v, 30) V(v, 31) V(v, 32) V(v, 33) V(v, 34) V(v, 35) \
	V(v, 36) V(v, 37) V(v, 38) V(v, 39) V(v, 40) V(v, 41) V(v, 42) V(v, 43) V(v, 44) V(v, 45) V(v, 46) V(v, 47)

#define DICTIONARIES                                                                                                 \
	"CREATE TABLE word (\n"                                                                                      \
	"  " ID ",\n"                                                                                                \
	"  text TEXT NOT NULL UNIQUE\n" STRICT                                                                       \
	"CREATE TABLE cause (\n"                                                                                     \
	"  " ID ",\n"                                                                                                \
	"  slug TEXT NOT NULL UNIQUE,\n"                                                                             \
	"  title TEXT NOT NULL\n" STRICT                                                                             \
	"CREATE TABLE address (\n"                                                                                   \
	"  " ID ",\n"                                                                                                \
	"  text TEXT NOT NULL UNIQUE CHECK (length(text) BETWEEN 2 AND 45),\n"                                       \
	"  until_ns INTEGER NOT NULL\n" STRICT                                                                        \
	"CREATE TABLE cgroup (\n"                                                                                    \
	"  " ID ",\n"                                                                                                \
	"  path TEXT NOT NULL UNIQUE,\n"                                                                             \
	"  container_id TEXT,\n"                                                                                     \
	"  container_runtime TEXT,\n"                                                                                \
	"  pod_uid TEXT,\n"                                                                                          \
	"  until_ns INTEGER NOT NULL\n" STRICT                                                                        \
	"CREATE TABLE process (\n"                                                                                   \
	"  " ID ",\n"                                                                                                \
	"  pid INTEGER NOT NULL CHECK (pid >= 0),\n"                                                                 \
	"  name TEXT NOT NULL,\n"                                                                                    \
	"  uid INTEGER NOT NULL CHECK (uid >= 0),\n"                                                                 \
	"  cgroup_number INTEGER NOT NULL, -- the kernel's id of it, 0 = not known\n"                                \
	"  cgroup INTEGER REFERENCES cgroup (id),\n"                                                                 \
	"  until_ns INTEGER NOT NULL\n" STRICT                                                                        \
	"CREATE UNIQUE INDEX process_key ON process (pid, name, uid, cgroup_number, ifnull(cgroup, 0));\n"           \
	"CREATE TABLE stack (\n"                                                                                     \
	"  " ID ",\n"                                                                                                \
	"  text TEXT NOT NULL UNIQUE CHECK (text LIKE '[%]'), -- JSON array of functions, innermost first\n"         \
	"  until_ns INTEGER NOT NULL\n" STRICT                                                                        \
	"CREATE TABLE sentence (\n"                                                                                  \
	"  " ID ",\n"                                                                                                \
	"  text TEXT NOT NULL UNIQUE, -- a printf() for the incident's sentence_values\n"                            \
	"  until_ns INTEGER NOT NULL\n" STRICT                                                                        \
	"CREATE TABLE shape (\n"                                                                                     \
	"  " ID ",\n"                                                                                                \
	"  text TEXT NOT NULL UNIQUE, -- JSON of the evidence, as a printf() for the incident's shape_values\n"      \
	"  until_ns INTEGER NOT NULL\n" STRICT

#define RECORDER                                                                                                     \
	"CREATE TABLE session (\n"                                                                                   \
	"  " ID ",\n"                                                                                                \
	"  started_ns INTEGER NOT NULL,\n"                                                                           \
	"  alive_ns INTEGER NOT NULL, -- last sign of life\n"                                                        \
	"  has_ended INTEGER NOT NULL DEFAULT 0 CHECK (has_ended IN (0, 1)), -- in order, not killed\n"              \
	"  boot_id TEXT NOT NULL,\n"                                                                                 \
	"  host TEXT NOT NULL,\n"                                                                                    \
	"  kernel TEXT NOT NULL,\n"                                                                                  \
	"  machine TEXT NOT NULL,\n"                                                                                 \
	"  version TEXT NOT NULL, -- of rsttrace\n"                                                                  \
	"  tier TEXT NOT NULL,\n"                                                                                    \
	"  command TEXT NOT NULL,\n"                                                                                 \
	"  pid INTEGER NOT NULL,\n"                                                                                  \
	"  netns INTEGER NOT NULL,\n"                                                                                \
	"  lost INTEGER NOT NULL DEFAULT 0 -- records that the ring buffer had no room for\n" STRICT                 \
	"CREATE TABLE gap (\n"                                                                                       \
	"  " ID ",\n"                                                                                                \
	"  session INTEGER NOT NULL REFERENCES session (id),\n"                                                      \
	"  started_ns INTEGER NOT NULL,\n"                                                                           \
	"  ended_ns INTEGER NOT NULL CHECK (ended_ns >= started_ns),\n"                                              \
	"  reason TEXT NOT NULL,\n"                                                                                  \
	"  incidents INTEGER NOT NULL CHECK (incidents >= 0), -- that could not be kept\n"                           \
	"  deaths INTEGER NOT NULL CHECK (deaths >= incidents) -- that these stand for\n" STRICT                     \
	"CREATE TABLE setting (\n"                                                                                   \
	"  " ID ",\n"                                                                                                \
	"  session INTEGER NOT NULL REFERENCES session (id),\n"                                                      \
	"  time_ns INTEGER NOT NULL, -- when it was noticed\n"                                                       \
	"  name TEXT NOT NULL,\n"                                                                                    \
	"  value TEXT -- NULL: this kernel has none any more\n" STRICT                                               \
	"CREATE INDEX setting_name ON setting (name, id);\n"

#define INCIDENT                                                                                                     \
	"CREATE TABLE incident (\n"                                                                                  \
	"  time_ns INTEGER PRIMARY KEY, -- of two in one nanosecond, the second has the next\n"                      \
	"  last_ns INTEGER, -- of a burst: when the last was observed\n"                                             \
	"  session INTEGER NOT NULL REFERENCES session (id),\n"                                                      \
	"  count INTEGER NOT NULL CHECK (count > 0), -- deaths that it stands for\n"                                 \
	"  kind INTEGER NOT NULL REFERENCES word (id),\n"                                                            \
	"  cause INTEGER NOT NULL REFERENCES cause (id),\n"                                                          \
	"  certainty INTEGER NOT NULL REFERENCES word (id),\n"                                                       \
	"  missing INTEGER REFERENCES word (id),\n"                                                                  \
	"  sentence INTEGER NOT NULL REFERENCES sentence (id),\n"                                                    \
	"  sentence_values TEXT CHECK (sentence_values LIKE '[%]'),\n"                                               \
	"  network INTEGER REFERENCES word (id),\n"                                                                  \
	"  local_address INTEGER REFERENCES address (id),\n"                                                         \
	"  local_port INTEGER CHECK (local_port BETWEEN 1 AND 65535),\n"                                             \
	"  peer_address INTEGER REFERENCES address (id),\n"                                                          \
	"  peer_port INTEGER CHECK (peer_port BETWEEN 1 AND 65535),\n"                                               \
	"  netns INTEGER,\n"                                                                                         \
	"  process INTEGER REFERENCES process (id),\n"                                                               \
	"  process_source INTEGER REFERENCES word (id),\n"                                                           \
	"  user_stack INTEGER REFERENCES stack (id),\n"                                                              \
	"  state INTEGER REFERENCES word (id),\n"                                                                    \
	"  errno INTEGER REFERENCES word (id),\n"                                                                    \
	"  unread_bytes INTEGER,\n"                                                                                  \
	"  unsent_bytes INTEGER,\n"                                                                                  \
	"  unacked_bytes INTEGER,\n"                                                                                 \
	"  received_bytes INTEGER,\n"                                                                                \
	"  acked_bytes INTEGER,\n"                                                                                   \
	"  age_ms INTEGER,\n"                                                                                        \
	"  idle_ms INTEGER,\n"                                                                                       \
	"  silence_ms INTEGER,\n"                                                                                    \
	"  rtt_us INTEGER,\n"                                                                                        \
	"  min_rtt_us INTEGER,\n"                                                                                    \
	"  retransmits INTEGER,\n"                                                                                   \
	"  retransmits_total INTEGER,\n"                                                                             \
	"  timer INTEGER REFERENCES word (id),\n"                                                                    \
	"  tries INTEGER,\n"                                                                                         \
	"  tries_allowed INTEGER,\n"                                                                                 \
	"  elapsed_ms INTEGER,\n"                                                                                    \
	"  limit_ms INTEGER,\n"                                                                                      \
	"  setting INTEGER REFERENCES word (id),\n"                                                                  \
	"  hook INTEGER REFERENCES word (id),\n"                                                                     \
	"  reset_reason INTEGER REFERENCES word (id),\n"                                                             \
	"  drop_reason INTEGER REFERENCES word (id),\n"                                                              \
	"  kernel_stack INTEGER REFERENCES stack (id),\n"                                                            \
	"  shape INTEGER NOT NULL REFERENCES shape (id),\n"                                                          \
	"  shape_values TEXT CHECK (shape_values LIKE '[%]')\n" STRICT

/* Joins that a query does not look at cost it nothing. */
#define INCIDENTS                                                                                                    \
	"CREATE VIEW incidents AS SELECT\n"                                                                          \
	"  " TIME("i.time_ns") " AS time,\n"                                                                         \
	"  i.time_ns, i.last_ns, i.session, i.count,\n"                                                              \
	"  kind.text AS kind, cause.slug AS cause, cause.title, certainty.text AS certainty,\n"                      \
	"  missing.text AS missing,\n"                                                                               \
	"  printf(sentence.text" VALUES_12("i.sentence_values") ") AS why,\n"                                        \
	"  network.text AS network, local.text AS local_address, i.local_port,\n"                                    \
	"  peer.text AS peer_address, i.peer_port, i.netns,\n"                                                       \
	"  process.pid, process.name AS process, process.uid, source.text AS process_source,\n"                      \
	"  cgroup.path AS cgroup, cgroup.container_id, cgroup.container_runtime, cgroup.pod_uid,\n"                  \
	"  user_stack.text AS user_stack,\n"                                                                         \
	"  state.text AS state, errno.text AS errno,\n"                                                              \
	"  i.unread_bytes, i.unsent_bytes, i.unacked_bytes, i.received_bytes, i.acked_bytes,\n"                      \
	"  i.age_ms, i.idle_ms, i.silence_ms, i.rtt_us, i.min_rtt_us, i.retransmits, i.retransmits_total,\n"         \
	"  timer.text AS timer, i.tries, i.tries_allowed, i.elapsed_ms, i.limit_ms, setting.text AS setting,\n"      \
	"  hook.text AS hook, reset_reason.text AS reset_reason, drop_reason.text AS drop_reason,\n"                 \
	"  kernel_stack.text AS kernel_stack,\n"                                                                     \
	"  printf(shape.text" VALUES_48("i.shape_values") ") AS details\n"                                           \
	"FROM incident AS i\n"                                                                                       \
	"  LEFT JOIN word AS kind ON kind.id = i.kind\n"                                                             \
	"  LEFT JOIN cause ON cause.id = i.cause\n"                                                                  \
	"  LEFT JOIN word AS certainty ON certainty.id = i.certainty\n"                                              \
	"  LEFT JOIN word AS missing ON missing.id = i.missing\n"                                                    \
	"  LEFT JOIN sentence ON sentence.id = i.sentence\n"                                                         \
	"  LEFT JOIN word AS network ON network.id = i.network\n"                                                    \
	"  LEFT JOIN address AS local ON local.id = i.local_address\n"                                               \
	"  LEFT JOIN address AS peer ON peer.id = i.peer_address\n"                                                  \
	"  LEFT JOIN process ON process.id = i.process\n"                                                            \
	"  LEFT JOIN cgroup ON cgroup.id = process.cgroup\n"                                                         \
	"  LEFT JOIN word AS source ON source.id = i.process_source\n"                                               \
	"  LEFT JOIN stack AS user_stack ON user_stack.id = i.user_stack\n"                                          \
	"  LEFT JOIN word AS state ON state.id = i.state\n"                                                          \
	"  LEFT JOIN word AS errno ON errno.id = i.errno\n"                                                          \
	"  LEFT JOIN word AS timer ON timer.id = i.timer\n"                                                          \
	"  LEFT JOIN word AS setting ON setting.id = i.setting\n"                                                    \
	"  LEFT JOIN word AS hook ON hook.id = i.hook\n"                                                             \
	"  LEFT JOIN word AS reset_reason ON reset_reason.id = i.reset_reason\n"                                     \
	"  LEFT JOIN word AS drop_reason ON drop_reason.id = i.drop_reason\n"                                        \
	"  LEFT JOIN stack AS kernel_stack ON kernel_stack.id = i.kernel_stack\n"                                    \
	"  LEFT JOIN shape ON shape.id = i.shape;\n"

/* Grouped by ids, named afterwards: that is several times as fast as the other way round. */
#define SUMMARIES                                                                                                    \
	"CREATE VIEW deaths_by_cause AS SELECT\n"                                                                    \
	"  kind.text AS kind, cause.slug AS cause, cause.title, g.deaths, g.incidents,\n"                            \
	"  " TIME("g.first_ns") " AS first, " TIME("g.last_ns") " AS last\n"                                         \
	"FROM (SELECT kind, cause, sum(count) AS deaths, count(*) AS incidents, min(time_ns) AS first_ns,\n"         \
	"  max(ifnull(last_ns, time_ns)) AS last_ns FROM incident GROUP BY kind, cause) AS g\n"                      \
	"  JOIN word AS kind ON kind.id = g.kind JOIN cause ON cause.id = g.cause\n"                                 \
	"ORDER BY g.deaths DESC, cause.slug;\n"                                                                      \
	"CREATE VIEW deaths_by_process AS SELECT\n"                                                                  \
	"  ifnull(process.name, '-') AS process, kind.text AS kind, cause.slug AS cause,\n"                          \
	"  sum(g.deaths) AS deaths, count(DISTINCT process.pid) AS pids\n"                                           \
	"FROM (SELECT process, kind, cause, sum(count) AS deaths FROM incident GROUP BY process, kind, cause) AS g\n" \
	"  LEFT JOIN process ON process.id = g.process\n"                                                            \
	"  JOIN word AS kind ON kind.id = g.kind JOIN cause ON cause.id = g.cause\n"                                 \
	"GROUP BY process.name, g.kind, g.cause ORDER BY deaths DESC, process.name, cause.slug;\n"                   \
	"CREATE VIEW deaths_by_peer AS SELECT\n"                                                                     \
	"  ifnull(peer.text, '-') AS peer_address, kind.text AS kind, cause.slug AS cause, g.deaths\n"               \
	"FROM (SELECT peer_address, kind, cause, sum(count) AS deaths FROM incident\n"                               \
	"  GROUP BY peer_address, kind, cause) AS g\n"                                                               \
	"  LEFT JOIN address AS peer ON peer.id = g.peer_address\n"                                                  \
	"  JOIN word AS kind ON kind.id = g.kind JOIN cause ON cause.id = g.cause\n"                                 \
	"ORDER BY g.deaths DESC, peer.text, cause.slug;\n"                                                           \
	"CREATE VIEW deaths_by_hour AS SELECT\n"                                                                     \
	"  strftime('%Y-%m-%dT%H:00:00Z', g.hour * 3600, 'unixepoch') AS hour,\n"                                    \
	"  kind.text AS kind, cause.slug AS cause, g.deaths\n"                                                       \
	"FROM (SELECT time_ns / 3600000000000 AS hour, kind, cause, sum(count) AS deaths FROM incident\n"            \
	"  GROUP BY time_ns / 3600000000000, kind, cause) AS g\n"                                                    \
	"  JOIN word AS kind ON kind.id = g.kind JOIN cause ON cause.id = g.cause\n"                                 \
	"ORDER BY g.hour, g.deaths DESC, cause.slug;\n"                                                              \
	"CREATE VIEW sessions AS SELECT\n"                                                                           \
	"  id, " TIME("started_ns") " AS started, " TIME("alive_ns") " AS alive, has_ended,\n"                       \
	"  boot_id, host, kernel, machine, version, tier, command, pid, netns, lost,\n"                              \
	"  started_ns, alive_ns FROM session;\n"                                                                     \
	"CREATE VIEW gaps AS SELECT\n"                                                                               \
	"  " TIME("started_ns") " AS started, " TIME("ended_ns") " AS ended, reason, incidents, deaths,\n"           \
	"  session, started_ns, ended_ns FROM gap;\n"                                                                \
	"CREATE VIEW setting_changes AS SELECT\n"                                                                    \
	"  " TIME("time_ns") " AS time, name, before, value, session, time_ns\n"                                     \
	"FROM (SELECT *, lag(value) OVER each AS before, row_number() OVER each AS number FROM setting\n"            \
	"  WINDOW each AS (PARTITION BY name ORDER BY id)) WHERE number > 1;\n"                                      \
	"CREATE VIEW settings AS SELECT\n"                                                                           \
	"  name, value, " TIME("time_ns") " AS since FROM setting\n"                                                 \
	"WHERE id IN (SELECT max(id) FROM setting GROUP BY name) AND value IS NOT NULL ORDER BY name;\n"

static const char *const steps[] = {
	DICTIONARIES RECORDER INCIDENT INCIDENTS SUMMARIES,
};

const char *const *const schema_steps = steps;
const unsigned int schema_version = sizeof(steps) / sizeof(*steps);
