/* batch.c -- files become points, points become records. */
#include "sim/experiment/batch.h"

#include "sim/engine/parallel.h"
#include "sim/metrics/columns.h"
#include "sim/metrics/scopes.h"

#include <nettle/sha2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- fingerprints ----------------------------------------------------------------------------- */

static void hash_text(struct sha256_ctx *c, const char *text)
{
    sha256_update(c, strlen(text) + 1, (const uint8_t *)text);
}

static void hash_end(struct sha256_ctx *c, char out[FINGERPRINT])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(c, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static bool is_swept(const sweep_t *s, const char *path)
{
    for (int k = 0; k < sweep_axes(s); k++) {
        size_t n = strlen(sweep_path(s, k));
        if (!strncmp(path, sweep_path(s, k), n) && (!path[n] || path[n] == '.')) return true;
    }
    return false;
}

static void file_hash(batch_file_t *f, const char *version)
{
    struct sha256_ctx c;
    size_t n;
    const resolved_t *value = loaded_values(f->base, &n);
    sha256_init(&c);
    hash_text(&c, version);
    for (size_t i = 0; i < n; i++) {
        if (is_swept(f->sweep, value[i].path)) continue;
        hash_text(&c, value[i].path);
        hash_text(&c, value[i].value);
    }
    hash_end(&c, f->fingerprint);
}

static void batch_hash(batch_t *b)
{
    struct sha256_ctx c;
    sha256_init(&c);
    for (size_t i = 0; i < b->n_files; i++) {
        hash_text(&c, b->file[i].path);
        hash_text(&c, b->file[i].fingerprint);
    }
    hash_end(&c, b->fingerprint);
}

/* --- files ------------------------------------------------------------------------------------ */

static load_options_t how_to_load(const batch_t *b, const batch_file_t *f, const sweep_point_t *p)
{
    return (load_options_t){.set = b->set,
                            .n_set = b->n_set,
                            .edit = p ? p->edit : NULL,
                            .n_edits = p ? (size_t)p->n : 0,
                            .like = f->base,
                            .block = "sweep"};
}

static status_t file_open(batch_t *b, batch_file_t *f, const char *version, diagnostics_t *d,
                          error_t *err)
{
    load_options_t how = how_to_load(b, f, NULL);
    status_t st = scenario_load(f->path, &how, d, &f->base, err);
    if (st == OK) st = sweep_read(f->base, d, &f->sweep, err);
    if (st != OK) return st;
    file_hash(f, version);
    f->first = b->points;
    b->points += sweep_points(f->sweep);
    return OK;
}

static status_t params_collect(batch_t *b, error_t *err)
{
    size_t axes = 0;
    for (size_t i = 0; i < b->n_files; i++) axes += (size_t)sweep_axes(b->file[i].sweep);
    b->param = calloc(axes + 1, sizeof *b->param);
    if (!b->param) return fail_memory(err, "the names of what is swept");
    for (size_t i = 0; i < b->n_files; i++)
        for (int k = 0; k < sweep_axes(b->file[i].sweep); k++) {
            const char *path = sweep_path(b->file[i].sweep, k);
            size_t at = 0;
            while (at < b->n_params && strcmp(b->param[at], path) != 0) at++;
            if (at == b->n_params) b->param[b->n_params++] = path;
        }
    return OK;
}

status_t batch_init(batch_t *b, const char *version, const char *const *files, size_t n,
                    const char *const *set, size_t n_set, diagnostics_t *d, error_t *err)
{
    *b = (batch_t){.file = calloc(n, sizeof *b->file), .n_files = n, .set = set, .n_set = n_set};
    if (!b->file) return fail_memory(err, "the files of the batch");
    status_t worst = OK;
    for (size_t i = 0; i < n; i++) {
        error_t own = {""};
        b->file[i].path = files[i];
        status_t st = file_open(b, &b->file[i], version, d, &own);
        if (st == OK) continue;
        if (worst == OK || st == ERR_MEMORY) {
            worst = st;
            if (err) *err = own;
        }
        if (st == ERR_MEMORY) return st;
    }
    if (worst != OK) return worst;
    if (b->points > SWEEP_POINTS_MOST)
        return fail(err, ERR_INVALID, "the files have %zu points together, more than %d", b->points,
                    SWEEP_POINTS_MOST);
    batch_hash(b);
    return params_collect(b, err);
}

void batch_free(batch_t *b)
{
    for (size_t i = 0; b->file && i < b->n_files; i++) {
        sweep_free(b->file[i].sweep);
        loaded_free(b->file[i].base);
    }
    free(b->file);
    free(b->param);
    *b = (batch_t){0};
}

const batch_file_t *batch_file_of(const batch_t *b, size_t point)
{
    size_t low = 0, high = b->n_files;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (b->file[middle].first <= point)
            low = middle;
        else
            high = middle;
    }
    return &b->file[low];
}

status_t batch_values(const batch_t *b, size_t point, sweep_point_t *p, const char **text,
                      error_t *err)
{
    const batch_file_t *f = batch_file_of(b, point);
    status_t st = sweep_point(f->sweep, point - f->first, p, err);
    for (size_t k = 0; st == OK && k < b->n_params; k++) {
        text[k] = NULL;
        for (int i = 0; i < p->n; i++)
            if (!strcmp(p->edit[i].path, b->param[k])) text[k] = p->text[i];
    }
    return st;
}

/* --- checking --------------------------------------------------------------------------------- */

static status_t value_check(const batch_t *b, const batch_file_t *f, int axis, size_t value,
                            diagnostics_t *d, error_t *err)
{
    sweep_point_t p;
    diagnostics_t *own = diagnostics_new();
    loaded_t *loaded = NULL;
    status_t st =
        own ? sweep_point_with(f->sweep, axis, value, &p, err) : fail_memory(err, "the messages");
    if (st == OK) {
        load_options_t how = how_to_load(b, f, &p);
        st = scenario_load(f->path, &how, own, &loaded, err);
        if (st == ERR_INVALID) diagnostics_take(d, own, "");
        loaded_free(loaded);
    }
    if (own) sweep_point_free(&p);
    diagnostics_free(own);
    return st;
}

static status_t file_check(const batch_t *b, const batch_file_t *f, diagnostics_t *d, error_t *err)
{
    status_t worst = OK;
    for (int k = 0; k < sweep_axes(f->sweep); k++) {
        size_t n = sweep_values(f->sweep, k) ? sweep_values(f->sweep, k) : 2;
        bool in_full = sweep_is_list(f->sweep, k);
        for (size_t i = 0; i < n; i += in_full || n < 3 ? 1 : n - 1) {
            status_t st = value_check(b, f, k, i, d, err);
            if (st != OK) worst = st;
            if (st != OK && st != ERR_INVALID) return st;
        }
    }
    return worst;
}

status_t batch_check(const batch_t *b, diagnostics_t *d, error_t *err)
{
    status_t worst = OK;
    for (size_t i = 0; i < b->n_files; i++) {
        status_t st = file_check(b, &b->file[i], d, err);
        if (st != OK && st != ERR_INVALID) return st;
        if (st != OK) worst = st;
    }
    return worst;
}

/* --- one point -------------------------------------------------------------------------------- */

static void record_rows(record_t *out, const study_t *s)
{
    const scenario_t *sc = s->scenario;
    scopes_t scopes = s->evidence.scopes;
    record_count(out, (uint64_t)scopes_count(scopes));
    for (int scope = 0; scope < scopes_count(scopes); scope++) {
        const ad_set_t *a = scope < scopes.n_ad_sets ? &sc->ad_set[scope] : NULL;
        record_text(out, scope_kind(scopes, scope));
        record_text(out, scope_name(sc, scopes, scope));
        record_text(out, a ? sc->campaign[a->campaign].name : NULL);
        record_text(out, a ? sc->platform[a->platform].name : NULL);
        for (int c = 0; c < COLUMNS; c++) {
            const estimate_t *x = &s->estimate[scope * COLUMNS + c];
            const double value[RESULT_VALUES] = {x->mean, x->lo, x->hi, x->mc_se};
            for (int v = 0; v < RESULT_VALUES; v++) record_real(out, value[v]);
        }
    }
    record_count(out, s->notices.n);
    for (size_t i = 0; i < s->notices.n; i++) record_text(out, s->notices.item[i].text);
}

static void record_failure(record_t *out, outcome_t o, const char *reason)
{
    record_clear(out);
    o.failed = true;
    o.reason = reason;
    record_outcome(out, &o);
    record_count(out, 0);
    record_count(out, 0);
}

/* The complaints on one line, without the line that counts them. */
static char *reason_of(const diagnostics_t *d)
{
    char *text = diagnostics_text(d, FORMAT_SHORT, NULL);
    for (int last = 0; text && last < 2; last++) { /* the end of the text, and the line before it */
        char *newline = strrchr(text, '\n');
        if (newline) *newline = '\0';
    }
    for (char *c = text; c && *c; c++)
        if (*c == '\n') *c = ';';
    return text;
}

static status_t simulate(const loaded_t *loaded, const point_how_t *how, outcome_t *o,
                         record_t *out, error_t *err)
{
    study_t study = {0};
    run_options_t run = {.threads = how->threads, .interrupted = how->interrupted};
    double began = how->clock ? how->clock() : 0;
    status_t st = study_open(&study, loaded_scenario(loaded), &run, err);
    if (st == OK) st = study_simulate(&study, err);
    if (st == OK && study.interrupted) st = fail(err, ERR_INTERRUPTED, "stopped within a point");
    if (st == OK) {
        o->people = (double)world_people(study.world);
        o->replications = (double)study_replications(&study);
        o->seconds += how->clock ? how->clock() - began : 0;
        record_outcome(out, o);
        record_rows(out, &study);
    }
    study_close(&study);
    return st;
}

status_t batch_run_point(const batch_t *b, size_t point, const point_how_t *how, record_t *out,
                         error_t *err)
{
    const batch_file_t *f = batch_file_of(b, point);
    outcome_t o = {.point = point};
    error_t own = {""};
    sweep_point_t p;
    loaded_t *loaded = NULL;
    char *reason = NULL;
    record_clear(out);
    double began = how->clock ? how->clock() : 0;
    diagnostics_t *d = diagnostics_new();
    status_t st = d ? OK : fail_memory(err, "the messages");
    if (st == OK) st = sweep_point(f->sweep, point - f->first, &p, err);
    if (st != OK) goto out;
    load_options_t load = how_to_load(b, f, &p);
    st = scenario_load(f->path, &load, d, &loaded, &own);
    if (st == ERR_INVALID) reason = reason_of(d);
    o.seconds = how->clock ? how->clock() - began : 0;
    if (st == OK) st = simulate(loaded, how, &o, out, &own);
    if (st != OK && st != ERR_INTERRUPTED) {
        record_failure(out, o, reason ? reason : own.text);
        st = OK;
    } else if (st != OK && err) {
        *err = own;
    }
    if (st == OK && out->lost) st = fail_memory(err, "what came of a point");
    sweep_point_free(&p);
out:
    free(reason);
    loaded_free(loaded);
    diagnostics_free(d);
    return st;
}

/* --- many points ------------------------------------------------------------------------------ */

/* Simulated people that points in flight may hold together: half a gigabyte, as of one automatic run. */
static const double PEOPLE_AT_ONCE = 5e6;

typedef struct {
    const batch_t *batch;
    const size_t *point;
    const batch_how_t *how;
    point_how_t each;
    record_t *record; /* by worker */
    atomic_bool stopped;
    status_t status; /* the first failure; written alone */
    error_t err;
} flight_t;

typedef struct {
    flight_t *flight;
    const record_t *record;
    status_t status;
    error_t err;
} landing_t;

static void land(void *context)
{
    landing_t *l = context;
    flight_t *f = l->flight;
    if (l->status == OK) l->status = f->how->keep(f->how->context, l->record, &l->err);
    if (l->status == OK || f->status != OK) return;
    f->status = l->status;
    f->err = l->err;
    atomic_store(&f->stopped, true);
}

static void fly(void *context, size_t i, int worker)
{
    flight_t *f = context;
    const volatile sig_atomic_t *interrupted = f->each.interrupted;
    landing_t l = {.flight = f, .record = &f->record[worker]};
    if (atomic_load(&f->stopped)) return;
    if (interrupted && *interrupted)
        l.status = fail(&l.err, ERR_INTERRUPTED, "stopped");
    else
        l.status = batch_run_point(f->batch, f->point[i], &f->each, &f->record[worker], &l.err);
    parallel_alone(land, &l);
}

/* How many of the first points are run side by side. */
static size_t side_by_side(const batch_t *b, size_t n, int threads)
{
    double most = 1;
    for (size_t i = 0; i < b->n_files; i++) {
        double people = (double)study_people(loaded_scenario(b->file[i].base));
        if (people > most) most = people;
    }
    if (threads == 1 || most * threads > PEOPLE_AT_ONCE) return 0;
    return n - n % (size_t)threads;
}

status_t batch_run(const batch_t *b, const size_t *point, size_t n, const batch_how_t *how,
                   error_t *err)
{
    int threads = how->how.threads;
    flight_t f = {.batch = b, .point = point, .how = how, .each = how->how};
    f.record = calloc((size_t)threads, sizeof *f.record);
    if (!f.record) return fail_memory(err, "what comes of points");
    size_t beside = side_by_side(b, n, threads);
    f.each.threads = 1;
    parallel_for(beside, threads, fly, &f);
    f.each.threads = threads;
    for (size_t i = beside; i < n; i++) fly(&f, i, 0);
    for (int t = 0; t < threads; t++) record_free(&f.record[t]);
    free(f.record);
    return f.status == OK ? OK : fail(err, f.status, "%s", f.err.text);
}
