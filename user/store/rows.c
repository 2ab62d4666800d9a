/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fields into columns, as the table of columns says. */
#include "rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../explain/causes.h"
#include "columns.h"
#include "database.h"
#include "details.h"
#include "dictionary.h"
#include "safe.h"
#include "schema.h"
#include "template.h"

#define COLUMNS_MAX 64
#define NS_PER_SECOND 1000000000LL
#define SCRATCH_BYTES 8192
#define TIME_MAX_NS (INT64_MAX - 86400 * NS_PER_SECOND) /* in the year 2262; a recording may have any */
#define SAME_TIME_MAX 4096 /* that a clock which does not move may give to so many */

/* The tables that hold what repeats. */
enum table {
	TABLE_WORD,
	TABLE_CAUSE,
	TABLE_ADDRESS,
	TABLE_STACK,
	TABLE_SENTENCE,
	TABLE_SHAPE,
	TABLE_CGROUP,
	TABLE_PROCESS,
	TABLE_MAX
};

#define USED "DO UPDATE SET until_ns = max(until_ns, excluded.until_ns) RETURNING id"
#define PUT_TEXT(table) "INSERT INTO " table " (text, until_ns) VALUES (?1, :until) ON CONFLICT (text) " USED

static const char *const statements[TABLE_MAX] = {
	[TABLE_WORD] =
		"INSERT INTO word (text) VALUES (?1) ON CONFLICT (text) DO UPDATE SET text = text RETURNING id",
	[TABLE_CAUSE] = "INSERT INTO cause (slug, title) VALUES (?1, ?2) ON CONFLICT (slug) "
			"DO UPDATE SET title = excluded.title RETURNING id",
	[TABLE_ADDRESS] = PUT_TEXT("address"),
	[TABLE_STACK] = PUT_TEXT("stack"),
	[TABLE_SENTENCE] = PUT_TEXT("sentence"),
	[TABLE_SHAPE] = PUT_TEXT("shape"),
	[TABLE_CGROUP] = "INSERT INTO cgroup (path, container_id, container_runtime, pod_uid, until_ns) "
			 "VALUES (?1, ?2, ?3, ?4, :until) ON CONFLICT (path) " USED,
	[TABLE_PROCESS] = "INSERT INTO process (pid, name, uid, cgroup_number, cgroup, until_ns) "
			  "VALUES (?1, ?2, ?3, ?4, ?5, :until) "
			  "ON CONFLICT (pid, name, uid, cgroup_number, ifnull(cgroup, 0)) " USED,
};

struct rows {
	struct dictionary *tables[TABLE_MAX];
	sqlite3_stmt *insert;
	struct details *details;
	const struct field *fields[COLUMNS_MAX]; /* of columns[]; NULL: this version has no such field */
	const struct field *count, *name, *uid, *cgroup_number, *cgroup, *container, *runtime, *pod;
	int64_t span_ns; /* for which a row that is written may be used */
	int64_t time_ns, until_ns; /* of the report that is being put in */
	struct template sentence;
	char scratch[SCRATCH_BYTES];
	char list[SCRATCH_BYTES];
};

/* What comes after columns[]. */
enum more { MORE_SESSION = 1, MORE_SENTENCE_VALUES, MORE_SHAPE, MORE_SHAPE_VALUES, MORE_COUNT = MORE_SHAPE_VALUES };

static char *insert_statement(void)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	sqlite3_str_appendall(sql, "INSERT INTO incident (");
	for (unsigned int i = 0; i < columns_count; i++)
		sqlite3_str_appendf(sql, "%s, ", columns[i].name);
	sqlite3_str_appendall(sql, "session, sentence_values, shape, shape_values) VALUES (?");
	for (unsigned int i = 1; i < columns_count + MORE_COUNT; i++)
		sqlite3_str_appendall(sql, ", ?");
	sqlite3_str_appendall(sql, ")");
	return sqlite3_str_finish(sql);
}

static void find_fields(struct rows *rows)
{
	for (unsigned int i = 0; i < columns_count; i++)
		rows->fields[i] = field_find(columns[i].path);
	rows->count = field_find("count");
	rows->name = field_find("process.executable.name");
	rows->uid = field_find("process.user.id");
	rows->cgroup_number = field_find("process.cgroup.id");
	rows->cgroup = field_find("cgroup");
	rows->container = field_find("container.id");
	rows->runtime = field_find("container.runtime");
	rows->pod = field_find("k8s.pod.uid");
}

struct rows *rows_new(sqlite3 *db)
{
	struct rows *rows = calloc(1, sizeof(*rows));
	char *sql = insert_statement();
	bool is_ready = rows && sql && columns_count <= COLUMNS_MAX;

	is_ready = is_ready && !sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->insert, NULL);
	for (unsigned int i = 0; is_ready && i < TABLE_MAX; i++) {
		rows->tables[i] = dictionary_new(db, statements[i]);
		is_ready = rows->tables[i];
	}
	if (is_ready) {
		rows->details = details_new();
		is_ready = rows->details;
	}
	sqlite3_free(sql);
	if (!is_ready) {
		rows_free(rows);
		return NULL;
	}
	find_fields(rows);
	return rows;
}

void rows_set_span(struct rows *rows, int64_t span_ns)
{
	rows->span_ns = span_ns;
}

void rows_forget(struct rows *rows)
{
	for (unsigned int i = 0; i < TABLE_MAX; i++)
		dictionary_forget(rows->tables[i]);
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	for (unsigned int i = 0; i < TABLE_MAX; i++)
		dictionary_free(rows->tables[i]);
	details_free(rows->details);
	sqlite3_finalize(rows->insert);
	free(rows);
}

int64_t rows_deaths(const struct rows *rows, const struct report *report)
{
	struct field_value value = { 0 };

	return field_get(rows->count, report, &value) && value.integer > 0 ? value.integer : 1;
}

/* NULL when it is not known. */
static const char *text_of(const struct field *field, const struct report *report, struct field_value *value,
			   char *scratch, size_t size)
{
	return field_get(field, report, value) ? safe_text(value->string, scratch, size) : NULL;
}

static int64_t integer_of(const struct field *field, const struct report *report)
{
	struct field_value value = { 0 };

	return field_get(field, report, &value) ? value.integer : 0;
}

/* As long as the process that is in it. */
static int cgroup_id(struct rows *rows, const struct report *report, int64_t *ret_id)
{
	const struct field *const parts[] = { rows->container, rows->runtime, rows->pod };
	struct dictionary *table = rows->tables[TABLE_CGROUP];
	sqlite3_stmt *statement = dictionary_statement(table);
	struct field_value value = { 0 }, part;
	const char *path = text_of(rows->cgroup, report, &value, rows->scratch, sizeof(rows->scratch));

	*ret_id = path ? dictionary_recall(table, path, rows->until_ns) : 0;
	if (!path || *ret_id)
		return 0;
	sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
	for (int i = 0; i < 3; i++) {
		const char *text = text_of(parts[i], report, &part, rows->list, sizeof(rows->list));

		sqlite3_bind_text(statement, i + 2, text, -1, SQLITE_TRANSIENT); /* NULL binds NULL */
	}
	return dictionary_put(table, path, rows->until_ns + rows->span_ns, ret_id);
}

static int process_id(struct rows *rows, const struct report *report, int64_t pid, int64_t *ret_id)
{
	struct dictionary *table = rows->tables[TABLE_PROCESS];
	sqlite3_stmt *statement = dictionary_statement(table);
	const int64_t uid = integer_of(rows->uid, report), number = integer_of(rows->cgroup_number, report);
	struct field_value value = { 0 };
	int64_t cgroup;
	int err = cgroup_id(rows, report, &cgroup);
	const char *name = text_of(rows->name, report, &value, rows->list, sizeof(rows->list));

	if (err)
		return err;
	name = name ? name : "";
	snprintf(rows->scratch, sizeof(rows->scratch), "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %s", pid,
		 uid, number, cgroup, name);
	*ret_id = dictionary_recall(table, rows->scratch, rows->time_ns);
	if (*ret_id)
		return 0;
	sqlite3_bind_int64(statement, 1, pid);
	sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, uid);
	sqlite3_bind_int64(statement, 4, number);
	if (cgroup)
		sqlite3_bind_int64(statement, 5, cgroup);
	else
		sqlite3_bind_null(statement, 5);
	return dictionary_put(table, rows->scratch, rows->until_ns, ret_id);
}

static int cause_id(struct rows *rows, const struct report *report, int64_t *ret_id)
{
	struct dictionary *table = rows->tables[TABLE_CAUSE];
	sqlite3_stmt *statement = dictionary_statement(table);

	*ret_id = dictionary_recall(table, report->cause->slug, rows->time_ns);
	if (*ret_id)
		return 0;
	sqlite3_bind_text(statement, 1, report->cause->slug, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, report->cause->title, -1, SQLITE_STATIC);
	return dictionary_put(table, report->cause->slug, rows->until_ns, ret_id);
}

static void bind_values(struct rows *rows, enum more more, const struct template *template)
{
	const char *values = template->values_count ? template->values : NULL;

	sqlite3_bind_text(rows->insert, columns_count + more, values, -1, SQLITE_STATIC);
}

static int sentence_id(struct rows *rows, const char *sentence, int64_t *ret_id)
{
	template_begin(&rows->sentence, SENTENCE_VALUES_MAX);
	template_sentence(&rows->sentence, safe_text(sentence, rows->scratch, sizeof(rows->scratch)));
	if (!template_end(&rows->sentence))
		return -E2BIG;
	bind_values(rows, MORE_SENTENCE_VALUES, &rows->sentence);
	return dictionary_id(rows->tables[TABLE_SENTENCE], rows->sentence.text, rows->time_ns, rows->until_ns,
			     ret_id);
}

static int text_id(struct rows *rows, enum table table, const char *text, int64_t *ret_id)
{
	return dictionary_id(rows->tables[table], safe_text(text, rows->scratch, sizeof(rows->scratch)),
			     rows->time_ns, rows->until_ns, ret_id);
}

/* As text_rfc3339() writes it. */
static int parse_time(const char *text, int64_t *ret_ns)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S.", &tm);

	if (!rest)
		return -EINVAL;
	if (__builtin_mul_overflow(timegm(&tm), NS_PER_SECOND, ret_ns) || *ret_ns > TIME_MAX_NS)
		*ret_ns = TIME_MAX_NS;
	else
		*ret_ns += strtol(rest, NULL, 10);
	return 0;
}

/* The id or number that stands in a column for a value. */
static int column_value(struct rows *rows, enum storage storage, const struct report *report,
			const struct field_value *value, int64_t *ret_value)
{
	switch (storage) {
	case STORED_INTEGER:
		*ret_value = value->integer;
		return 0;
	case STORED_TIME:
		return parse_time(value->string, ret_value);
	case STORED_CAUSE:
		return cause_id(rows, report, ret_value);
	case STORED_WORD:
		return text_id(rows, TABLE_WORD, value->string, ret_value);
	case STORED_ADDRESS:
		return text_id(rows, TABLE_ADDRESS, value->string, ret_value);
	case STORED_STACK:
		if (!details_list(value, rows->list, sizeof(rows->list)))
			return -E2BIG;
		return text_id(rows, TABLE_STACK, rows->list, ret_value);
	case STORED_SENTENCE:
		return sentence_id(rows, value->string, ret_value);
	case STORED_PROCESS:
		return process_id(rows, report, value->integer, ret_value);
	}
	return -EINVAL;
}

static int bind_columns(struct rows *rows, const struct report *report)
{
	int64_t bound;
	int err = 0;

	for (unsigned int i = 0; !err && i < columns_count; i++) {
		struct field_value value = { 0 };

		if (!rows->fields[i] || !field_get(rows->fields[i], report, &value)) {
			sqlite3_bind_null(rows->insert, i + 1);
			continue;
		}
		err = column_value(rows, columns[i].storage, report, &value, &bound);
		sqlite3_bind_int64(rows->insert, i + 1, bound);
	}
	return err;
}

static int bind_details(struct rows *rows, const struct report *report)
{
	const struct template *shape = details_of(rows->details, report);
	int64_t id;
	int err = dictionary_id(rows->tables[TABLE_SHAPE], shape->text, rows->time_ns, rows->until_ns, &id);

	sqlite3_bind_int64(rows->insert, columns_count + MORE_SHAPE, id);
	bind_values(rows, MORE_SHAPE_VALUES, shape);
	return err;
}

/* The first column, the time, is the key: of two in one nanosecond, the second gets the next. */
static int insert(struct rows *rows)
{
	int code = SQLITE_CONSTRAINT_PRIMARYKEY;

	for (int64_t i = 0; code == SQLITE_CONSTRAINT_PRIMARYKEY && i < SAME_TIME_MAX; i++) {
		sqlite3_bind_int64(rows->insert, 1, rows->time_ns + i);
		sqlite3_step(rows->insert);
		code = sqlite3_reset(rows->insert);
	}
	return database_errno(code);
}

int rows_insert(struct rows *rows, const struct report *report, int64_t session)
{
	int err;

	rows->time_ns = report->incident->time_wall_ns < TIME_MAX_NS ? report->incident->time_wall_ns : TIME_MAX_NS;
	rows->until_ns = rows->time_ns + rows->span_ns;
	sqlite3_bind_int64(rows->insert, columns_count + MORE_SESSION, session);
	err = bind_columns(rows, report);
	err = err ? err : bind_details(rows, report);
	return err ? err : insert(rows);
}
