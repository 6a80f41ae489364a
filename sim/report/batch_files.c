/* batch_files.c -- the files of a study's folder. */
#include "sim/report/batch.h"

#include "sim/report/assumptions.h"
#include "sim/report/csv.h"
#include "sim/report/estimates.h"
#include "sim/report/json.h"

#include <errno.h>
#include <math.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

/* --- manifest.json ---------------------------------------------------------------------------- */

static json_t *axes_json(const sweep_t *s)
{
    json_t *all = json_array();
    for (int k = 0; k < sweep_axes(s); k++)
        json_add(&all, json_pack("{ss si ss}", "path", sweep_path(s, k), "line", sweep_line(s, k),
                                 "values", sweep_values_text(s, k)));
    return all;
}

static json_t *file_json(const batch_file_t *f)
{
    const scenario_t *sc = loaded_scenario(f->base);
    json_t *file =
        json_pack("{ss ss sI ss sI sI}", "file", f->path, "scenario", sc->name, "seed",
                  (json_int_t)sc->seed, "fingerprint", f->fingerprint, "first",
                  (json_int_t)f->first + 1, "points", (json_int_t)sweep_points(f->sweep));
    if (sweep_axes(f->sweep)) {
        json_put(&file, "design", json_string(sweep_design_word(f->sweep)));
        json_put(&file, "over", axes_json(f->sweep));
    }
    return file;
}

static bool is_within(const char *path, const char *whole)
{
    size_t n = strlen(whole);
    return !strncmp(path, whole, n) && (!path[n] || path[n] == '.');
}

/* Is it swept, or part of what is, or is a part of it? */
static bool is_swept(const batch_t *b, const char *path)
{
    for (size_t k = 0; k < b->n_params; k++)
        if (is_within(path, b->param[k]) || is_within(b->param[k], path)) return true;
    return false;
}

static bool has_value(const loaded_t *l, const resolved_t *v)
{
    size_t n;
    const resolved_t *other = loaded_values(l, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(other[i].path, v->path))
            return !strcmp(other[i].value, v->value) && other[i].origin == v->origin;
    return false;
}

/* The values that all points have alike. */
static json_t *values_json(const batch_t *b)
{
    size_t n;
    const resolved_t *value = loaded_values(b->file[0].base, &n);
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        const resolved_t *v = &value[i];
        bool alike = !is_swept(b, v->path);
        for (size_t f = 1; alike && f < b->n_files; f++) alike = has_value(b->file[f].base, v);
        if (alike)
            json_add(&all,
                     json_pack("{ss ss ss* ss ss*}", "key", v->path, "value", v->value, "unit",
                               v->unit, "origin", origin_words[v->origin], "source", v->source));
    }
    return all;
}

char *manifest_text(const batch_t *b)
{
    json_t *set = json_array(), *files = json_array();
    for (size_t i = 0; i < b->n_set; i++) json_add(&set, json_string(b->set[i]));
    for (size_t i = 0; i < b->n_files; i++) json_add(&files, file_json(&b->file[i]));
    json_t *all = json_pack("{ss ss sI so so so}", "version", ADSIM_VERSION, "fingerprint",
                            b->fingerprint, "points", (json_int_t)b->points, "set", set, "files",
                            files, "values", values_json(b));
    char *text = all ? json_dumps(all, JSON_INDENT(2)) : NULL;
    json_decref(all);
    return text;
}

/* --- CSV -------------------------------------------------------------------------------------- */

typedef struct {
    csv_t csv;
    const char *const *param;
    size_t n_params;
} table_t;

static void params_header(table_t *t)
{
    char name[1100];
    for (size_t k = 0; k < t->n_params; k++) {
        snprintf(name, sizeof name, "param_%s", t->param[k]);
        csv_text(&t->csv, name);
    }
}

static status_t point_row(void *context, const store_point_t *p, error_t *err)
{
    (void)err;
    table_t *t = context;
    for (size_t k = 0; k < t->n_params; k++) csv_text(&t->csv, p->param[k]);
    csv_real(&t->csv, (double)p->point);
    csv_text(&t->csv, p->file);
    csv_text(&t->csv, p->scenario);
    csv_text(&t->csv, p->status);
    csv_text(&t->csv, p->reason);
    csv_real(&t->csv, p->people);
    csv_real(&t->csv, p->replications);
    csv_end(&t->csv);
    return OK;
}

status_t points_csv(store_t *s, FILE *to, error_t *err)
{
    static const char *const names[] = {"point",  "file",   "scenario",    "status",
                                        "reason", "people", "replications"};
    table_t t = {.csv = {.to = to}};
    status_t st = store_axes(s, &t.param, &t.n_params, err);
    if (st != OK) return st;
    params_header(&t);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) csv_text(&t.csv, names[i]);
    csv_end(&t.csv);
    return store_visit(s, false, 0, point_row, &t, err);
}

static status_t result_rows(void *context, const store_point_t *p, error_t *err)
{
    (void)err;
    table_t *t = context;
    for (size_t r = 0; r < p->n_rows; r++) {
        const store_row_t *row = &p->row[r];
        for (size_t k = 0; k < t->n_params; k++) csv_text(&t->csv, p->param[k]);
        csv_real(&t->csv, (double)p->point);
        csv_text(&t->csv, p->file);
        csv_text(&t->csv, row->scope);
        csv_text(&t->csv, row->name);
        csv_text(&t->csv, row->campaign);
        csv_text(&t->csv, row->platform);
        for (int c = 0; c < COLUMNS; c++)
            for (int v = 0; v < RESULT_VALUES; v++) csv_real(&t->csv, row->value[c][v]);
        csv_end(&t->csv);
    }
    return OK;
}

status_t results_csv(store_t *s, FILE *to, error_t *err)
{
    static const char *const names[] = {"point", "file", "scope", "name", "campaign", "platform"};
    table_t t = {.csv = {.to = to}};
    status_t st = store_axes(s, &t.param, &t.n_params, err);
    if (st != OK) return st;
    params_header(&t);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) csv_text(&t.csv, names[i]);
    for (int c = 0; c < COLUMNS; c++) estimate_header(&t.csv, columns[c].name);
    csv_end(&t.csv);
    return store_visit(s, true, 0, result_rows, &t, err);
}

/* --- JSON ------------------------------------------------------------------------------------- */

typedef struct {
    FILE *to;
    const char *const *param;
    size_t n_params, written;
} listing_t;

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x + 0.0) : json_null();
}

static json_t *row_json(const store_row_t *row)
{
    json_t *all = json_pack("{ss ss ss* ss*}", "scope", row->scope, "name", row->name, "campaign",
                            row->campaign, "platform", row->platform);
    for (int c = 0; c < COLUMNS; c++) {
        const double *x = row->value[c];
        json_put(&all, columns[c].name,
                 json_pack("{so so so so}", "mean", real_or_null(x[0]), "lo", real_or_null(x[1]),
                           "hi", real_or_null(x[2]), "mc_se", real_or_null(x[3])));
    }
    return all;
}

static json_t *point_json(const listing_t *l, const store_point_t *p)
{
    json_t *params = json_object(), *rows = json_array();
    for (size_t k = 0; k < l->n_params; k++)
        if (p->param[k]) json_put(&params, l->param[k], json_string(p->param[k]));
    for (size_t r = 0; r < p->n_rows; r++) json_add(&rows, row_json(&p->row[r]));
    json_t *all = json_pack("{sI ss ss so ss ss* so so}", "point", (json_int_t)p->point, "file",
                            p->file, "scenario", p->scenario, "params", params, "status", p->status,
                            "reason", p->reason, "people", real_or_null(p->people), "replications",
                            real_or_null(p->replications));
    json_put(&all, "results", rows);
    return all;
}

static status_t point_listed(void *context, const store_point_t *p, error_t *err)
{
    listing_t *l = context;
    json_t *point = point_json(l, p);
    char *text = point ? json_dumps(point, JSON_COMPACT) : NULL;
    json_decref(point);
    if (!text) return fail_memory(err, "a point as JSON");
    fprintf(l->to, "%s\n%s", l->written++ ? "," : "", text);
    free(text);
    return OK;
}

status_t results_json(store_t *s, FILE *to, error_t *err)
{
    listing_t l = {.to = to};
    status_t st = store_axes(s, &l.param, &l.n_params, err);
    if (st != OK) return st;
    fprintf(to, "{\"version\": \"%s\", \"fingerprint\": \"%s\", \"points\": [",
            store_text(s, "version"), store_text(s, "fingerprint"));
    st = store_visit(s, true, 0, point_listed, &l, err);
    fputs("\n]}\n", to);
    return st;
}

/* --- the folder ------------------------------------------------------------------------------- */

const char *const study_files[STUDY_FILES] = {"manifest.json", "points.csv", "results.csv",
                                              "assumptions.csv", "given.csv"};

static status_t manifest_write(store_t *s, FILE *to, error_t *err)
{
    (void)err;
    fprintf(to, "%s\n", store_text(s, "manifest"));
    return OK;
}

/* What all points have alike, given or not, as the manifest has it. */
static status_t shared_write(store_t *s, bool given, FILE *to, error_t *err)
{
    csv_t c = {.to = to};
    json_t *manifest = json_loads(store_text(s, "manifest"), 0, NULL), *one;
    size_t i;
    if (!manifest) return fail_memory(err, "the values of the study"); /* it is our own text */
    value_row(&c, value_fields);
    json_array_foreach(json_object_get(manifest, "values"), i, one)
    {
        const char *field[VALUE_FIELDS], *origin;
        for (int k = 0; k < VALUE_FIELDS; k++)
            field[k] = json_string_value(json_object_get(one, value_fields[k]));
        origin = json_string_value(json_object_get(one, "origin"));
        bool yours = origin && (!strcmp(origin, origin_words[ORIGIN_GIVEN]) ||
                                !strcmp(origin, origin_words[ORIGIN_SET]));
        if (yours == given) value_row(&c, field);
    }
    json_decref(manifest);
    return OK;
}

static status_t assumed_write(store_t *s, FILE *to, error_t *err)
{
    return shared_write(s, false, to, err);
}

static status_t given_write(store_t *s, FILE *to, error_t *err)
{
    return shared_write(s, true, to, err);
}

static status_t (*const writer[STUDY_FILES])(store_t *s, FILE *to, error_t *err) = {
    manifest_write, points_csv, results_csv, assumed_write, given_write};

static void digest_of(FILE *from, char hex[65])
{
    struct sha256_ctx c;
    uint8_t digest[SHA256_DIGEST_SIZE], buffer[8192];
    sha256_init(&c);
    rewind(from);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, from));) sha256_update(&c, n, buffer);
    sha256_digest(&c, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

/* A file that takes its name when it is whole. */
typedef struct {
    char path[4096], part[4110];
    FILE *to;
} whole_t;

static status_t whole_open(whole_t *w, const char *folder, const char *name, error_t *err)
{
    snprintf(w->path, sizeof w->path, "%s/%s", folder, name);
    snprintf(w->part, sizeof w->part, "%s.part", w->path);
    w->to = fopen(w->part, "w+");
    if (w->to) return OK;
    return fail(err, ERR_OUTPUT, "cannot write %s: %s", w->path, strerror(errno));
}

static status_t whole_close(whole_t *w, status_t st, char hex[65], error_t *err)
{
    if (st == OK && hex) digest_of(w->to, hex);
    bool fine = !fflush(w->to) && !ferror(w->to);
    if ((fclose(w->to) || !fine) && st == OK)
        st = fail(err, ERR_OUTPUT, "cannot write %s: %s", w->path, strerror(errno));
    if (st == OK && rename(w->part, w->path))
        st = fail(err, ERR_OUTPUT, "cannot write %s: %s", w->path, strerror(errno));
    if (st != OK) remove(w->part);
    return st;
}

status_t study_export(store_t *s, const char *folder, study_digests_t *digests, error_t *err)
{
    status_t st = OK;
    for (int k = 0; st == OK && k < STUDY_FILES; k++) {
        whole_t w;
        st = whole_open(&w, folder, study_files[k], err);
        if (st == OK) st = whole_close(&w, writer[k](s, w.to, err), digests->sha256[k], err);
    }
    return st;
}

status_t study_write_text(const char *folder, const char *name, const char *text, error_t *err)
{
    whole_t w;
    status_t st = whole_open(&w, folder, name, err);
    if (st != OK) return st;
    fprintf(w.to, "%s\n", text);
    return whole_close(&w, OK, NULL, err);
}

status_t study_run_json(const provenance_t *p, const char *fingerprint, const study_digests_t *d,
                        const char *folder, error_t *err)
{
    json_t *digests = json_object();
    for (int k = 0; k < STUDY_FILES; k++)
        json_put(&digests, study_files[k], json_string(d->sha256[k]));
    json_t *run = json_pack("{ss ss ss ss? ss? ss? sf si ss so}", "version", ADSIM_VERSION, "git",
                            git_id, "compiler", __VERSION__, "started", p->started, "host", p->host,
                            "command_line", p->command_line, "seconds", p->seconds, "threads",
                            p->threads, "fingerprint", fingerprint, "sha256", digests);
    char *text = run ? json_dumps(run, JSON_INDENT(2)) : NULL;
    json_decref(run);
    status_t st =
        text ? study_write_text(folder, "run.json", text, err) : fail_memory(err, "run.json");
    free(text);
    return st;
}
