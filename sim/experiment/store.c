/* store.c -- SQLite: the tables, prepared statements, transactions. No text of a user ever becomes SQL; the
 * columns of `results` are those of metrics/columns.h. */
#include "sim/experiment/store.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

enum { BUSY_MILLISECONDS = 60000, ROW_FIELDS = 6, TEXTS = 16 };

typedef enum {
    PUT_POINT,
    PUT_PARAM,
    PUT_RESULT,
    PUT_NOTICE,
    DROP_POINT,
    DROP_PARAMS,
    DROP_RESULTS,
    DROP_NOTICES,
    GET_POINTS,
    GET_PARAMS,
    GET_RESULTS,
    GET_COUNT,
    GET_AXES,
    GET_TEXT,
    STATEMENTS
} statement_t;

struct store {
    sqlite3 *db;
    sqlite3_stmt *statement[STATEMENTS];
    bool writes;
    const char **axis;
    size_t n_axes;
    char *text[TEXTS]; /* of `study`, as they were asked for */
    int n_texts;
    store_row_t *row;
    size_t rows_room;
};

/* --- failures --------------------------------------------------------------------------------- */

static status_t failed(const store_t *s, status_t status, const char *doing, error_t *err)
{
    int code = sqlite3_errcode(s->db);
    if (code == SQLITE_NOMEM) return fail_memory(err, "the store");
    return fail(err, status, "the store cannot be %s: %s", doing, sqlite3_errmsg(s->db));
}

static status_t execute(store_t *s, const char *sql, error_t *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK
               ? OK
               : failed(s, ERR_OUTPUT, "written", err);
}

/* --- tables ----------------------------------------------------------------------------------- */

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS study(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS axes(number INTEGER PRIMARY KEY, param TEXT NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS points(point INTEGER PRIMARY KEY, file TEXT, scenario TEXT, status "
    "TEXT NOT "
    "NULL, reason TEXT, fingerprint TEXT NOT NULL, people REAL, replications REAL, seconds REAL);"
    "CREATE TABLE IF NOT EXISTS params(point INTEGER NOT NULL, param TEXT NOT NULL, value TEXT NOT "
    "NULL, number "
    "REAL, PRIMARY KEY(param, point)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS params_of_point ON params(point);"
    "CREATE TABLE IF NOT EXISTS notices(point INTEGER NOT NULL, notice TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS notices_of_point ON notices(point);";

/* "CREATE TABLE results(...)" or "INSERT INTO results VALUES(?, ...)" with the columns' names; malloc'ed. */
static char *results_sql(bool create)
{
    char *sql = NULL;
    size_t length;
    FILE *to = open_memstream(&sql, &length);
    if (!to) return NULL;
    fputs(create ? "CREATE TABLE IF NOT EXISTS results(point INTEGER NOT NULL, row INTEGER NOT "
                   "NULL, scope TEXT, "
                   "name TEXT, campaign TEXT, platform TEXT"
                 : "INSERT INTO results VALUES(?, ?, ?, ?, ?, ?",
          to);
    for (int c = 0; c < COLUMNS; c++)
        for (int v = 0; v < RESULT_VALUES; v++)
            if (create)
                fprintf(to, ", %s%s REAL", columns[c].name, result_suffix[v]);
            else
                fputs(", ?", to);
    fputs(create ? ", PRIMARY KEY(point, row)) WITHOUT ROWID;"
                   "CREATE INDEX IF NOT EXISTS results_of_scope ON results(scope, name);"
                 : ")",
          to);
    if (fclose(to)) {
        free(sql);
        return NULL;
    }
    return sql;
}

static const char *const statements[STATEMENTS] = {
    [PUT_POINT] = "INSERT INTO points VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [PUT_PARAM] = "INSERT INTO params VALUES(?, ?, ?, ?)",
    [PUT_NOTICE] = "INSERT INTO notices VALUES(?, ?)",
    [DROP_POINT] = "DELETE FROM points WHERE point = ?",
    [DROP_PARAMS] = "DELETE FROM params WHERE point = ?",
    [DROP_RESULTS] = "DELETE FROM results WHERE point = ?",
    [DROP_NOTICES] = "DELETE FROM notices WHERE point = ?",
    [GET_POINTS] =
        "SELECT point, file, scenario, status, reason, fingerprint, people, replications, seconds "
        "FROM points ORDER BY point",
    [GET_PARAMS] = "SELECT axes.number, value FROM params JOIN axes USING(param) WHERE point = ?",
    [GET_RESULTS] = "SELECT * FROM results WHERE point = ? ORDER BY row",
    [GET_COUNT] =
        "SELECT count(*) FILTER(WHERE status = 'done'), count(*) FILTER(WHERE status <> 'done'), "
        "total(seconds) FROM points",
    [GET_AXES] = "SELECT param FROM axes ORDER BY number",
    [GET_TEXT] = "SELECT value FROM study WHERE key = ?",
};

static status_t prepare_all(store_t *s, error_t *err)
{
    for (int k = 0; k < STATEMENTS; k++) {
        char *own = k == PUT_RESULT ? results_sql(false) : NULL;
        const char *sql = own ? own : statements[k];
        if (!sql) return fail_memory(err, "the store");
        int code =
            sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->statement[k], NULL);
        free(own);
        if (code != SQLITE_OK) return failed(s, ERR_UNREADABLE, "read", err);
    }
    return OK;
}

/* File systems over a network, by the number that statfs tells (linux/magic.h and their own sources). */
static bool is_remote(const char *path)
{
    static const unsigned long remote[] = {
        0x6969 /* NFS */,        0x517b /* SMB */,        0xff534d42 /* CIFS */,
        0xfe534d42 /* SMB2 */,   0x0bd00bd0 /* Lustre */, 0x47504653 /* GPFS */,
        0x19830326 /* BeeGFS */, 0x00c36400 /* Ceph */,   0x65735546 /* FUSE */,
        0x01021997 /* 9p */,
    };
    struct statfs fs;
    if (statfs(path, &fs)) return false;
    for (size_t i = 0; i < sizeof remote / sizeof *remote; i++)
        if (((unsigned long)fs.f_type & 0xffffffff) == remote[i]) return true;
    return false;
}

/* --- binding ---------------------------------------------------------------------------------- */

static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, at);
}

static void bind_real(sqlite3_stmt *st, int at, double x)
{
    if (isfinite(x))
        sqlite3_bind_double(st, at, x + 0.0);
    else
        sqlite3_bind_null(st, at);
}

static status_t step_once(store_t *s, statement_t which, error_t *err)
{
    sqlite3_stmt *st = s->statement[which];
    int code = sqlite3_step(st);
    status_t status = code == SQLITE_DONE ? OK : failed(s, ERR_OUTPUT, "written", err);
    sqlite3_reset(st);
    return status;
}

/* --- opening ---------------------------------------------------------------------------------- */

const char *store_library(void)
{
    return sqlite3_libversion();
}

const char *store_text(store_t *s, const char *key)
{
    sqlite3_stmt *st = s->statement[GET_TEXT];
    const char *found = "";
    bind_text(st, 1, key);
    if (sqlite3_step(st) == SQLITE_ROW && s->n_texts < TEXTS) {
        const char *text = (const char *)sqlite3_column_text(st, 0);
        char *copy = text ? strdup(text) : NULL;
        if (copy) found = s->text[s->n_texts++] = copy;
    }
    sqlite3_reset(st);
    return found;
}

size_t store_points_wanted(store_t *s)
{
    return (size_t)strtoull(store_text(s, "points"), NULL, 10);
}

static status_t put_study(store_t *s, const char *key, const char *value, error_t *err)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(s->db, "INSERT OR REPLACE INTO study VALUES(?, ?)", -1, &st, NULL) !=
        SQLITE_OK)
        return failed(s, ERR_OUTPUT, "written", err);
    bind_text(st, 1, key);
    bind_text(st, 2, value);
    int code = sqlite3_step(st);
    sqlite3_finalize(st);
    return code == SQLITE_DONE ? OK : failed(s, ERR_OUTPUT, "written", err);
}

static status_t put_axes(store_t *s, const study_head_t *h, error_t *err)
{
    sqlite3_stmt *st = NULL;
    status_t status = execute(s, "DELETE FROM axes", err);
    if (status == OK &&
        sqlite3_prepare_v2(s->db, "INSERT INTO axes VALUES(?, ?)", -1, &st, NULL) != SQLITE_OK)
        status = failed(s, ERR_OUTPUT, "written", err);
    for (size_t k = 0; status == OK && k < h->n_params; k++) {
        sqlite3_bind_int64(st, 1, (sqlite3_int64)k);
        bind_text(st, 2, h->param[k]);
        if (sqlite3_step(st) != SQLITE_DONE) status = failed(s, ERR_OUTPUT, "written", err);
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
    return status;
}

static status_t put_head(store_t *s, const study_head_t *h, error_t *err)
{
    char points[24];
    snprintf(points, sizeof points, "%zu", h->points);
    status_t st = put_study(s, "version", h->version, err);
    if (st == OK) st = put_study(s, "fingerprint", h->fingerprint, err);
    if (st == OK) st = put_study(s, "points", points, err);
    if (st == OK) st = put_study(s, "manifest", h->manifest, err);
    return st == OK ? put_axes(s, h, err) : st;
}

static status_t check_fingerprint(store_t *s, const char *path, const char *wanted, error_t *err)
{
    const char *found = store_text(s, "fingerprint");
    if (!*found || !strcmp(found, wanted)) return OK;
    return fail(
        err, ERR_INVALID,
        "%s holds another study: its fingerprint is %s, not %s. Something else than the swept "
        "values is different, or adsim's version: choose another folder, or -f to start anew",
        path, found, wanted);
}

static status_t open_at(const char *path, int flags, store_t **out, error_t *err)
{
    store_t *s = *out = calloc(1, sizeof *s);
    if (!s) return fail_memory(err, "the store");
    if (sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK)
        return fail(err, flags & SQLITE_OPEN_CREATE ? ERR_OUTPUT : ERR_UNREADABLE,
                    "cannot open %s: %s", path, s->db ? sqlite3_errmsg(s->db) : "out of memory");
    sqlite3_busy_timeout(s->db, BUSY_MILLISECONDS);
    return OK;
}

/* All tables in one transaction: a file is empty, or a study. */
static status_t make_tables(store_t *s, error_t *err)
{
    char *results = results_sql(true);
    if (!results) return fail_memory(err, "the store");
    status_t st = execute(s, schema, err);
    if (st == OK) st = execute(s, results, err);
    free(results);
    return st;
}

status_t store_open(const char *path, const study_head_t *head, store_t **out, error_t *err)
{
    status_t st = open_at(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, out, err);
    store_t *s = *out;
    if (st != OK) return st;
    s->writes = true;
    /* A row of results takes 2.6 kB: of SQLite's usual pages it would leave a third empty. */
    st = execute(s, "PRAGMA page_size = 16384", err);
    if (st != OK) return st;
    st = execute(s, is_remote(path) ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL",
                 err);
    if (st == OK) st = execute(s, "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE", err);
    if (st != OK) return st;
    st = make_tables(s, err);
    if (st == OK) st = prepare_all(s, err);
    if (st == OK) st = check_fingerprint(s, path, head->fingerprint, err);
    if (st == OK) st = put_head(s, head, err);
    if (st == OK) return execute(s, "COMMIT", err);
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return st;
}

status_t store_open_to_read(const char *path, store_t **out, error_t *err)
{
    status_t st = open_at(path, SQLITE_OPEN_READWRITE, out, err);
    return st == OK ? prepare_all(*out, err) : st;
}

void store_close(store_t *s)
{
    if (!s) return;
    for (int k = 0; k < STATEMENTS; k++) sqlite3_finalize(s->statement[k]);
    if (s->writes) sqlite3_exec(s->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    sqlite3_close(s->db);
    for (int k = 0; k < s->n_texts; k++) free(s->text[k]);
    for (size_t k = 0; k < s->n_axes; k++) free((char *)s->axis[k]);
    free(s->axis);
    free(s->row);
    free(s);
}

/* --- keeping ---------------------------------------------------------------------------------- */

static status_t drop_point(store_t *s, size_t point, error_t *err)
{
    status_t st = OK;
    for (int k = DROP_POINT; st == OK && k <= DROP_NOTICES; k++) {
        sqlite3_bind_int64(s->statement[k], 1, (sqlite3_int64)point + 1);
        st = step_once(s, (statement_t)k, err);
    }
    return st;
}

static status_t put_point(store_t *s, const batch_t *b, const outcome_t *o, error_t *err)
{
    const batch_file_t *f = batch_file_of(b, o->point);
    sqlite3_stmt *st = s->statement[PUT_POINT];
    sqlite3_bind_int64(st, 1, (sqlite3_int64)o->point + 1);
    bind_text(st, 2, f->path);
    bind_text(st, 3, loaded_scenario(f->base)->name);
    bind_text(st, 4, o->failed ? "failed" : "done");
    bind_text(st, 5, o->reason);
    bind_text(st, 6, f->fingerprint);
    bind_real(st, 7, o->failed ? NAN : o->people);
    bind_real(st, 8, o->failed ? NAN : o->replications);
    bind_real(st, 9, o->seconds);
    return step_once(s, PUT_POINT, err);
}

static status_t put_params(store_t *s, const batch_t *b, size_t point, error_t *err)
{
    const batch_file_t *f = batch_file_of(b, point);
    sqlite3_stmt *st = s->statement[PUT_PARAM];
    sweep_point_t p;
    status_t status = sweep_point(f->sweep, point - f->first, &p, err);
    for (int k = 0; status == OK && k < p.n; k++) {
        sqlite3_bind_int64(st, 1, (sqlite3_int64)point + 1);
        bind_text(st, 2, p.edit[k].path);
        bind_text(st, 3, p.text[k]);
        bind_real(st, 4, sweep_number(p.text[k]));
        status = step_once(s, PUT_PARAM, err);
    }
    sweep_point_free(&p);
    return status;
}

static status_t put_rows(store_t *s, size_t point, record_reader_t *r, error_t *err)
{
    sqlite3_stmt *st = s->statement[PUT_RESULT];
    status_t status = OK;
    uint64_t rows = read_count(r);
    for (uint64_t k = 0; status == OK && k < rows; k++) {
        int at = 1;
        sqlite3_bind_int64(st, at++, (sqlite3_int64)point + 1);
        sqlite3_bind_int64(st, at++, (sqlite3_int64)k);
        for (int t = 0; t < 4; t++) bind_text(st, at++, read_text(r));
        for (int v = 0; v < COLUMNS * RESULT_VALUES; v++) bind_real(st, at++, read_real(r));
        status = step_once(s, PUT_RESULT, err);
    }
    return status;
}

static status_t put_notices(store_t *s, size_t point, record_reader_t *r, error_t *err)
{
    sqlite3_stmt *st = s->statement[PUT_NOTICE];
    status_t status = OK;
    uint64_t n = read_count(r);
    for (uint64_t k = 0; status == OK && k < n; k++) {
        sqlite3_bind_int64(st, 1, (sqlite3_int64)point + 1);
        bind_text(st, 2, read_text(r));
        status = step_once(s, PUT_NOTICE, err);
    }
    return status;
}

/* Ends the transaction that gave `st`. */
static status_t finish(store_t *s, status_t st, error_t *err)
{
    if (st == OK) st = execute(s, "COMMIT", err);
    if (st != OK) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return st;
}

status_t store_keep(store_t *s, const batch_t *b, const record_t *record, error_t *err)
{
    record_reader_t r = record_begin(record);
    outcome_t o = read_outcome(&r);
    status_t st = execute(s, "BEGIN IMMEDIATE", err);
    if (st != OK) return st;
    st = drop_point(s, o.point, err);
    if (st == OK) st = put_point(s, b, &o, err);
    if (st == OK) st = put_params(s, b, o.point, err);
    if (st == OK) st = put_rows(s, o.point, &r, err);
    if (st == OK) st = put_notices(s, o.point, &r, err);
    return finish(s, st, err);
}

static status_t store_forget(store_t *s, size_t point, error_t *err)
{
    status_t st = execute(s, "BEGIN IMMEDIATE", err);
    return st == OK ? finish(s, drop_point(s, point, err), err) : st;
}

/* --- joining ---------------------------------------------------------------------------------- */

static const char join_sql[] =
    "CREATE TEMP TABLE wanted AS SELECT point FROM shard.points AS theirs WHERE NOT EXISTS(SELECT "
    "1 FROM "
    "main.points AS ours WHERE ours.point = theirs.point AND (ours.status = 'done' OR "
    "theirs.status <> 'done'));"
    "DELETE FROM main.points WHERE point IN wanted;"
    "DELETE FROM main.params WHERE point IN wanted;"
    "DELETE FROM main.results WHERE point IN wanted;"
    "DELETE FROM main.notices WHERE point IN wanted;"
    "INSERT INTO main.points SELECT * FROM shard.points WHERE point IN wanted;"
    "INSERT INTO main.params SELECT * FROM shard.params WHERE point IN wanted;"
    "INSERT INTO main.results SELECT * FROM shard.results WHERE point IN wanted;"
    "INSERT INTO main.notices SELECT * FROM shard.notices WHERE point IN wanted ORDER BY rowid;"
    "DROP TABLE wanted;";

static status_t attach(store_t *s, const char *path, error_t *err)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(s->db, "ATTACH ? AS shard", -1, &st, NULL);
    if (code == SQLITE_OK) {
        bind_text(st, 1, path);
        code = sqlite3_step(st);
    }
    sqlite3_finalize(st);
    if (code == SQLITE_DONE) return OK;
    return fail(err, ERR_UNREADABLE, "cannot read %s: %s", path, sqlite3_errmsg(s->db));
}

status_t store_join(store_t *s, const char *path, error_t *err)
{
    store_t *other = NULL;
    status_t st = store_open_to_read(path, &other, err);
    if (st == OK) st = check_fingerprint(other, path, store_text(s, "fingerprint"), err);
    store_close(other);
    if (st == OK) st = attach(s, path, err);
    if (st != OK) return st;
    st = execute(s, "BEGIN IMMEDIATE", err);
    if (st == OK) st = finish(s, execute(s, join_sql, err), err);
    sqlite3_exec(s->db, "DETACH shard", NULL, NULL, NULL);
    return st;
}

/* --- reading ---------------------------------------------------------------------------------- */

static const char *column_text(sqlite3_stmt *st, int at)
{
    return (const char *)sqlite3_column_text(st, at);
}

static double column_real(sqlite3_stmt *st, int at)
{
    return sqlite3_column_type(st, at) == SQLITE_NULL ? NAN : sqlite3_column_double(st, at);
}

status_t store_axes(store_t *s, const char *const **param, size_t *n_params, error_t *err)
{
    sqlite3_stmt *st = s->statement[GET_AXES];
    status_t status = OK;
    int code = SQLITE_DONE;
    while (!s->axis && status == OK && (code = sqlite3_step(st)) == SQLITE_ROW) s->n_axes++;
    sqlite3_reset(st);
    if (!s->axis) {
        size_t n = 0;
        s->axis = calloc(s->n_axes + 1, sizeof *s->axis);
        while (s->axis && n < s->n_axes && sqlite3_step(st) == SQLITE_ROW)
            if (!(s->axis[n++] = strdup(column_text(st, 0)))) status = ERR_MEMORY;
        sqlite3_reset(st);
    }
    if (!s->axis || status != OK) return fail_memory(err, "the names of what is swept");
    if (code != SQLITE_DONE) return failed(s, ERR_UNREADABLE, "read", err);
    *param = s->axis;
    *n_params = s->n_axes;
    return OK;
}

/* Fills p->param from a statement that is reset when the next point is read. */
static void read_params(store_t *s, store_point_t *p)
{
    sqlite3_stmt *st = s->statement[GET_PARAMS];
    for (size_t k = 0; k < p->n_params; k++) {
        free((char *)p->param[k]);
        p->param[k] = NULL;
    }
    sqlite3_bind_int64(st, 1, (sqlite3_int64)p->point);
    while (sqlite3_step(st) == SQLITE_ROW) {
        size_t axis = (size_t)sqlite3_column_int64(st, 0);
        if (axis < p->n_params) p->param[axis] = strdup(column_text(st, 1));
    }
    sqlite3_reset(st);
}

static void free_rows(store_t *s, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        free((char *)s->row[k].scope);
        free((char *)s->row[k].name);
        free((char *)s->row[k].campaign);
        free((char *)s->row[k].platform);
    }
}

static const char *text_kept(sqlite3_stmt *st, int at)
{
    const char *text = column_text(st, at);
    return text ? strdup(text) : NULL;
}

static status_t read_rows(store_t *s, store_point_t *p, error_t *err)
{
    sqlite3_stmt *st = s->statement[GET_RESULTS];
    int code;
    p->n_rows = 0;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)p->point);
    while ((code = sqlite3_step(st)) == SQLITE_ROW) {
        if (p->n_rows == s->rows_room) {
            size_t room = 2 * s->rows_room + 16;
            store_row_t *grown = realloc(s->row, room * sizeof *grown);
            if (!grown) {
                sqlite3_reset(st);
                return fail_memory(err, "the rows of a point");
            }
            s->row = grown;
            s->rows_room = room;
        }
        store_row_t *row = &s->row[p->n_rows++];
        row->scope = text_kept(st, 2);
        row->name = text_kept(st, 3);
        row->campaign = text_kept(st, 4);
        row->platform = text_kept(st, 5);
        for (int v = 0; v < COLUMNS * RESULT_VALUES; v++)
            row->value[v / RESULT_VALUES][v % RESULT_VALUES] = column_real(st, ROW_FIELDS + v);
    }
    sqlite3_reset(st);
    p->row = s->row;
    return code == SQLITE_DONE ? OK : failed(s, ERR_UNREADABLE, "read", err);
}

static store_point_t point_read(sqlite3_stmt *st)
{
    return (store_point_t){.point = (size_t)sqlite3_column_int64(st, 0),
                           .file = column_text(st, 1),
                           .scenario = column_text(st, 2),
                           .status = column_text(st, 3),
                           .reason = column_text(st, 4),
                           .people = column_real(st, 6),
                           .replications = column_real(st, 7),
                           .seconds = column_real(st, 8)};
}

status_t store_visit(store_t *s, bool with_rows, size_t most,
                     status_t (*visit)(void *context, const store_point_t *p, error_t *err),
                     void *context, error_t *err)
{
    const char *const *axis;
    size_t n_axes;
    sqlite3_stmt *st = s->statement[GET_POINTS];
    status_t status = store_axes(s, &axis, &n_axes, err);
    const char **param = calloc(n_axes + 1, sizeof *param);
    if (status == OK && !param) status = fail_memory(err, "the values of a point");
    int code = SQLITE_DONE;
    for (size_t n = 0; status == OK && (!most || n < most); n++) {
        if ((code = sqlite3_step(st)) != SQLITE_ROW) break;
        store_point_t p = point_read(st);
        p.param = param;
        p.n_params = n_axes;
        read_params(s, &p);
        if (with_rows) status = read_rows(s, &p, err);
        if (status == OK) status = visit(context, &p, err);
        free_rows(s, p.n_rows);
    }
    if (status == OK && code != SQLITE_DONE && code != SQLITE_ROW)
        status = failed(s, ERR_UNREADABLE, "read", err);
    sqlite3_reset(st);
    for (size_t k = 0; param && k < n_axes; k++) free((char *)param[k]);
    free(param);
    return status;
}

status_t store_count(store_t *s, store_count_t *out, error_t *err)
{
    sqlite3_stmt *st = s->statement[GET_COUNT];
    status_t status = OK;
    if (sqlite3_step(st) == SQLITE_ROW)
        *out = (store_count_t){(size_t)sqlite3_column_int64(st, 0),
                               (size_t)sqlite3_column_int64(st, 1), sqlite3_column_double(st, 2)};
    else
        status = failed(s, ERR_UNREADABLE, "read", err);
    sqlite3_reset(st);
    return status;
}

/* --- what is complete ------------------------------------------------------------------------- */

typedef struct {
    const batch_t *batch;
    bool *done;
    const char **text;
    size_t *stale, n_stale, stale_room; /* kept points, from 0, that the batch does not have */
} complete_t;

static status_t add_stale(complete_t *c, size_t point, error_t *err)
{
    if (c->n_stale == c->stale_room) {
        size_t room = 2 * c->stale_room + 64;
        size_t *grown = realloc(c->stale, room * sizeof *grown);
        if (!grown) return fail_memory(err, "which points are complete");
        c->stale = grown;
        c->stale_room = room;
    }
    c->stale[c->n_stale++] = point;
    return OK;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static status_t look_at_point(complete_t *c, const store_point_t *p, const char *fingerprint,
                              error_t *err)
{
    sweep_point_t now;
    const batch_t *b = c->batch;
    if (p->point > b->points ||
        strcmp(fingerprint, batch_file_of(b, p->point - 1)->fingerprint) != 0)
        return add_stale(c, p->point - 1, err);
    status_t st = batch_values(b, p->point - 1, &now, c->text, err);
    bool same = st == OK;
    for (size_t k = 0; same && k < b->n_params; k++) same = same_text(c->text[k], p->param[k]);
    sweep_point_free(&now);
    if (st == OK && !same) st = add_stale(c, p->point - 1, err);
    c->done[p->point - 1] = same && !strcmp(p->status, "done");
    return st;
}

status_t store_complete(store_t *s, const batch_t *b, bool *done, error_t *err)
{
    complete_t c = {.batch = b, .done = done, .text = calloc(b->n_params + 1, sizeof *c.text)};
    const char **param = calloc(b->n_params + 1, sizeof *param);
    sqlite3_stmt *st = s->statement[GET_POINTS];
    status_t status = c.text && param ? OK : fail_memory(err, "which points are complete");
    int code = SQLITE_DONE;
    memset(done, 0, b->points * sizeof *done);
    while (status == OK && (code = sqlite3_step(st)) == SQLITE_ROW) {
        store_point_t p = point_read(st);
        p.param = param;
        p.n_params = b->n_params;
        read_params(s, &p);
        status = look_at_point(&c, &p, column_text(st, 5), err);
    }
    if (status == OK && code != SQLITE_DONE) status = failed(s, ERR_UNREADABLE, "read", err);
    sqlite3_reset(st);
    for (size_t k = 0; param && k < b->n_params; k++) free((char *)param[k]);
    for (size_t k = 0; status == OK && k < c.n_stale; k++)
        status = store_forget(s, c.stale[k], err);
    free(param);
    free(c.text);
    free(c.stale);
    return status;
}
