/* sensitivity.c -- flights at chosen parameters, and what their differences say. */
#include "sim/experiment/sensitivity.h"

#include "models/base/maths.h"
#include "models/base/sobol.h"
#include "sim/config/sweep.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/pilot.h"
#include "sim/metrics/columns.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double LOW = 0.1, HIGH = 0.9, MOVE = 0.2;

/* --- flights at a given theta ----------------------------------------------------------------- */

/* Numerator and denominator of each metric, of one flight. */
typedef struct {
    double above[SENSITIVITY_METRICS], below[SENSITIVITY_METRICS];
} parts_t;

typedef struct {
    const scenario_t *sc;
    const sensitivity_t *s;
    const sensitivity_how_t *how;
    world_t *world;
    pilot_t *pilot;
    atomic_size_t *done;
    size_t planned;
} field_of_flights_t;

/* One flight of the pilot's theta. */
static status_t fly(field_of_flights_t *f, pilot_t *p, uint32_t replication, parts_t *out)
{
    scopes_t scopes = world_scopes(f->world);
    workspace_forget_parameters(p->workspace);
    status_t st =
        replication_run(f->world, p->theta, replication, p->workspace, &p->totals, &p->err);
    if (st != OK) return st;
    const int64_t *plan = p->totals.value + scope_plan(scopes) * COUNTS;
    economics_t economics = economics_of(&p->theta->product);
    double weight = world_weight(f->world), population = f->sc->population->size;
    for (int m = 0; m < f->s->n_metrics; m++) {
        const column_t *c = &columns[f->s->column[m]];
        out->above[m] = form_of_plan(&c->numerator, plan, weight, &economics, population);
        out->below[m] = form_of_plan(&c->denominator, plan, weight, &economics, population);
    }
    atomic_fetch_add(f->done, 1);
    return OK;
}

static void field_close(field_of_flights_t *f)
{
    pilots_delete(f->pilot, f->how->run.threads);
    world_delete(f->world);
    f->pilot = NULL;
    f->world = NULL;
}

static status_t field_open(field_of_flights_t *f, const scenario_t *sc, error_t *err)
{
    int threads = f->how->run.threads;
    f->sc = sc;
    status_t st = world_new(sc, study_people(sc), threads, &f->world, err);
    return st == OK ? pilots_new(f->world, threads, &f->pilot, err) : st;
}

static status_t field_status(const field_of_flights_t *f, error_t *err)
{
    return pilots_status(f->pilot, f->how->run.threads, err);
}

/* Between flights: stopped? And how far it is. */
static bool goes_on(field_of_flights_t *f, pilot_t *p, int worker)
{
    const run_options_t *run = &f->how->run;
    if (p->status != OK) return false;
    if (run->interrupted && *run->interrupted)
        p->status = fail(&p->err, ERR_INTERRUPTED, "stopped before the end");
    else if (worker == 0 && run->progress)
        run->progress(run->context, &(progress_t){atomic_load(f->done), f->planned});
    return p->status == OK;
}

static void theta_set(scenario_t *theta, const uncertain_t *u, double share)
{
    double x = distribution_quantile(u->law, share);
    *(double *)((char *)theta + u->offset) = fmin(fmax(x, u->low), u->high);
}

/* --- Sobol's indices -------------------------------------------------------------------------- */

typedef struct {
    field_of_flights_t *field;
    size_t rows;
    int inputs;
    parts_t
        *part; /* [inputs + 3][rows]: A, B, A with another luck, A with B's value of each input */
} saltelli_run_t;
enum { POINT_A, POINT_B, POINT_LUCK, POINTS };

/* B's coordinates follow A's; where there are too many for Sobol points, two Latin hypercubes. */
static double coordinate(const saltelli_run_t *r, size_t row, int input, bool b)
{
    const scenario_t *sc = r->field->sc;
    rng_key_t key = rng_key(sc->seed);
    int dimension = input + (b ? r->inputs : 0);
    if (2 * r->inputs <= SOBOL_DIMENSIONS) return sobol_unit(key, 0, (uint32_t)row, dimension);
    uint64_t stream = sc->uncertain[input].path_hash + (b ? rng_path_hash("B") : 0);
    return latin_unit(key, stream & ((UINT64_C(1) << 44) - 1), row, r->rows);
}

static void run_row(void *context, size_t i, int worker)
{
    saltelli_run_t *r = context;
    field_of_flights_t *f = r->field;
    pilot_t *p = &f->pilot[worker];
    size_t row = i % r->rows, point = i / r->rows;
    if (!goes_on(f, p, worker)) return;
    memcpy(p->theta, f->sc, sizeof *p->theta);
    for (int k = 0; k < r->inputs; k++) {
        bool b = point == POINT_B || point == POINTS + (size_t)k;
        theta_set(p->theta, &f->sc->uncertain[k], coordinate(r, row, k, b));
    }
    /* The luck of a row is its own and the same at all its points, but for one that tells its size. */
    size_t pair = point == POINT_LUCK ? row + r->rows : row;
    p->status = fly(f, p, (uint32_t)(2 * pair), &r->part[i]);
}

static double ratio(double above, double below)
{
    return below != 0 ? above / below : NAN;
}

static status_t indices_find(saltelli_run_t *r, sensitivity_t *s, int metric, indices_t *out,
                             error_t *err)
{
    size_t n = r->rows, points = (size_t)r->inputs + POINTS;
    double *f = malloc(points * n * sizeof *f);
    if (!f) return fail_memory(err, "the values of a design");
    saltelli_t design = {
        .rows = n, .inputs = r->inputs, .a = f, .b = f + n, .mixed = f + POINTS * n};
    bool known = true;
    for (size_t i = 0; i < points * n; i++) {
        f[i] = ratio(r->part[i].above[metric], r->part[i].below[metric]);
        known = known && isfinite(f[i]);
    }
    for (size_t j = 0; j < n; j++) {
        double off = f[POINT_LUCK * n + j] - f[j];
        design.luck += off * off / (2 * (double)n);
    }
    status_t st = OK;
    s->sd[metric] = known ? sqrt(saltelli_variance(&design)) : NAN;
    if (known) st = saltelli_indices(&design, rng_key(r->field->sc->seed), out, err);
    for (int k = 0; !known && k < r->inputs; k++)
        out[k].first = out[k].total = (index_t){NAN, NAN, NAN};
    free(f);
    return st;
}

static status_t design_run(field_of_flights_t *f, sensitivity_t *s, doubt_t *const *uncertain,
                           error_t *err)
{
    saltelli_run_t r = {.field = f, .rows = s->rows, .inputs = f->sc->n_uncertain};
    size_t points = ((size_t)r.inputs + POINTS) * r.rows;
    indices_t *found = malloc((size_t)(r.inputs + 1) * sizeof *found);
    r.part = calloc(points, sizeof *r.part);
    status_t st = r.part && found ? OK : fail_memory(err, "the flights of a design");
    if (st == OK && r.inputs) parallel_for(points, f->how->run.threads, run_row, &r);
    if (st == OK) st = field_status(f, err);
    for (int m = 0; st == OK && r.inputs && m < s->n_metrics; m++) {
        st = indices_find(&r, s, m, found, err);
        for (int k = 0; st == OK && k < r.inputs; k++) uncertain[k]->indices[m] = found[k];
    }
    free(r.part);
    free(found);
    return st;
}

/* --- one at a time ---------------------------------------------------------------------------- */

/* One uncertain value (or none, -1) at a share of its law, the others at their means. */
typedef struct {
    field_of_flights_t *field;
    int input;
    double share;
    parts_t *part; /* by replication */
} alone_t;

static void run_alone(void *context, size_t i, int worker)
{
    alone_t *a = context;
    pilot_t *p = &a->field->pilot[worker];
    if (!goes_on(a->field, p, worker)) return;
    scenario_at_means(a->field->sc, p->theta);
    if (a->input >= 0) theta_set(p->theta, &a->field->sc->uncertain[a->input], a->share);
    p->status = fly(a->field, p, (uint32_t)i, &a->part[i]);
}

/* The ratio of what all flights bring together. */
static status_t value_alone(field_of_flights_t *f, int input, double share, double *value,
                            error_t *err)
{
    size_t n = f->how->replications;
    alone_t a = {f, input, share, calloc(n, sizeof *a.part)};
    if (!a.part) return fail_memory(err, "the flights of a value");
    parallel_for(n, f->how->run.threads, run_alone, &a);
    status_t st = field_status(f, err);
    for (int m = 0; st == OK && m < f->s->n_metrics; m++) {
        double above = 0, below = 0;
        for (size_t i = 0; i < n; i++) {
            above += a.part[i].above[m];
            below += a.part[i].below[m];
        }
        value[m] = ratio(above, below);
    }
    free(a.part);
    return st;
}

static status_t uncertain_alone(field_of_flights_t *f, int input, doubt_t *d, error_t *err)
{
    const uncertain_t *u = &f->sc->uncertain[input];
    status_t st = value_alone(f, input, LOW, d->at_low, err);
    if (st == OK) st = value_alone(f, input, HIGH, d->at_high, err);
    snprintf(d->low, sizeof d->low, "%.4g", distribution_quantile(u->law, LOW));
    snprintf(d->high, sizeof d->high, "%.4g", distribution_quantile(u->law, HIGH));
    d->moved = true;
    return st;
}

/* --- assumptions ------------------------------------------------------------------------------ */

/* A number moved by a share, with its suffix; false if the text is none. */
static bool text_moved(const char *text, double by, char out[64])
{
    char *end;
    if (isnan(sweep_number(text))) return false;
    double x = strtod(text, &end) * (1 + by);
    snprintf(out, 64, "%.10g%s", x, end);
    return strtod(out, NULL) != strtod(text, NULL);
}

/* The scenario with one value changed, flown at its means. What the rules refuse has no value. */
static status_t assumption_at(field_of_flights_t *like, const loaded_t *base, const char *path,
                              char text[64], double *value, error_t *err)
{
    const sensitivity_how_t *how = like->how;
    const char **set = malloc((how->n_set + 1) * sizeof *set);
    char *own = malloc(strlen(path) + 80);
    diagnostics_t *d = diagnostics_new();
    loaded_t *loaded = NULL;
    field_of_flights_t f = {.s = like->s, .how = how, .done = like->done, .planned = like->planned};
    status_t st = set && own && d ? OK : fail_memory(err, "a value that is moved");
    for (int m = 0; m < SENSITIVITY_METRICS; m++) value[m] = NAN;
    if (st != OK) goto out;
    for (size_t i = 0; i < how->n_set; i++) set[i] = how->set[i];
    sprintf(own, "%s=%s", path, text);
    set[how->n_set] = own;
    load_options_t load = {.set = set, .n_set = how->n_set + 1, .like = base, .block = ""};
    st = scenario_load(how->file, &load, d, &loaded, err);
    if (st == ERR_INVALID) {
        *text = '\0';
        st = OK;
        goto out;
    }
    if (st == OK) st = field_open(&f, loaded_scenario(loaded), err);
    if (st == OK) st = value_alone(&f, -1, 0, value, err);
    field_close(&f);
out:
    free(set);
    free(own);
    loaded_free(loaded);
    diagnostics_free(d);
    return st;
}

static status_t assumption_move(field_of_flights_t *f, const loaded_t *base, doubt_t *d,
                                error_t *err)
{
    for (int m = 0; m < SENSITIVITY_METRICS; m++) d->at_low[m] = d->at_high[m] = NAN;
    d->moved = text_moved(d->value, -MOVE, d->low) && text_moved(d->value, MOVE, d->high);
    if (!d->moved) return OK;
    status_t st = assumption_at(f, base, d->path, d->low, d->at_low, err);
    return st == OK ? assumption_at(f, base, d->path, d->high, d->at_high, err) : st;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void metrics_choose(sensitivity_t *s, const scenario_t *sc, int column)
{
    static const char *const also[] = {"iroas", "incremental_conversions", "reach", "roas"};
    int first = column >= 0 ? column : column_find(sc->target.metric);
    if (first >= 0) s->column[s->n_metrics++] = first;
    for (size_t i = 0; i < 4 && s->n_metrics < SENSITIVITY_METRICS; i++)
        if (column_find(also[i]) != first) s->column[s->n_metrics++] = column_find(also[i]);
}

static const uncertain_t *uncertain_at(const scenario_t *sc, const char *path, int *input)
{
    for (*input = 0; *input < sc->n_uncertain; (*input)++)
        if (!strcmp(sc->uncertain[*input].path, path)) return &sc->uncertain[*input];
    return NULL;
}

static status_t doubts_list(sensitivity_t *s, const loaded_t *base, bool assumptions,
                            doubt_t **uncertain, error_t *err)
{
    size_t n;
    const resolved_t *value = loaded_values(base, &n);
    const scenario_t *sc = loaded_scenario(base);
    s->doubt = calloc(n + (size_t)sc->n_uncertain + 1, sizeof *s->doubt);
    if (!s->doubt) return fail_memory(err, "the list of doubts");
    for (size_t i = 0; i < n; i++) {
        int input;
        bool unsure = uncertain_at(loaded_scenario(base), value[i].path, &input) != NULL;
        if (!unsure && !(assumptions && value[i].origin == ORIGIN_ASSUMPTION)) continue;
        doubt_t *d = &s->doubt[s->n++];
        *d = (doubt_t){.path = value[i].path,
                       .value = value[i].value,
                       .source = value[i].source,
                       .line = value[i].line,
                       .origin = value[i].origin,
                       .uncertain = unsure};
        if (unsure) uncertain[input] = d;
    }
    /* Of a key that is read in parts, only the whole has a line of its own. */
    for (int k = 0; k < sc->n_uncertain; k++) {
        if (uncertain[k]) continue;
        uncertain[k] = &s->doubt[s->n++];
        *uncertain[k] =
            (doubt_t){.path = sc->uncertain[k].path, .value = "", .source = "", .uncertain = true};
    }
    return OK;
}

double doubt_swing(const doubt_t *d, int metric)
{
    double swing = fabs(d->at_high[metric] - d->at_low[metric]);
    return isfinite(swing) ? swing : 0;
}

static int by_swing(const void *a, const void *b)
{
    double x = doubt_swing(a, 0), y = doubt_swing(b, 0);
    if (x != y) return x > y ? -1 : 1;
    return strcmp(((const doubt_t *)a)->path, ((const doubt_t *)b)->path);
}

static size_t flights_planned(const sensitivity_t *s, const sensitivity_how_t *how, int inputs)
{
    size_t n = inputs ? ((size_t)inputs + POINTS) * s->rows : 0;
    char moved[64];
    n += how->replications;
    for (size_t i = 0; i < s->n; i++)
        if (s->doubt[i].uncertain || text_moved(s->doubt[i].value, MOVE, moved))
            n += 2 * how->replications;
    return n;
}

status_t sensitivity_plan(sensitivity_t *s, const loaded_t *base, const sensitivity_how_t *how,
                          error_t *err)
{
    const scenario_t *sc = loaded_scenario(base);
    doubt_t **uncertain = calloc((size_t)sc->n_uncertain + 1, sizeof *uncertain);
    *s = (sensitivity_t){.rows = how->rows};
    status_t st = uncertain ? doubts_list(s, base, how->assumptions, uncertain, err)
                            : fail_memory(err, "the list of doubts");
    free(uncertain);
    for (size_t i = 0; st == OK && i < s->n; i++)
        s->doubt[i].moved =
            s->doubt[i].uncertain || text_moved(s->doubt[i].value, MOVE, s->doubt[i].high);
    if (st == OK) s->replications = flights_planned(s, how, sc->n_uncertain);
    return st;
}

status_t sensitivity_init(sensitivity_t *s, const loaded_t *base, const sensitivity_how_t *how,
                          error_t *err)
{
    const scenario_t *sc = loaded_scenario(base);
    atomic_size_t done = 0;
    field_of_flights_t f = {.s = s, .how = how, .done = &done};
    doubt_t **uncertain = calloc((size_t)sc->n_uncertain + 1, sizeof *uncertain);
    *s = (sensitivity_t){.rows = how->rows};
    metrics_choose(s, sc, how->column);
    status_t st = uncertain ? OK : fail_memory(err, "the list of doubts");
    if (st == OK) st = doubts_list(s, base, how->assumptions, uncertain, err);
    if (st == OK) f.planned = flights_planned(s, how, sc->n_uncertain);
    if (st == OK) st = field_open(&f, sc, err);
    if (st == OK) st = value_alone(&f, -1, 0, s->base, err);
    if (st == OK) st = design_run(&f, s, uncertain, err);
    for (int k = 0; st == OK && k < sc->n_uncertain; k++)
        st = uncertain_alone(&f, k, uncertain[k], err);
    for (size_t i = 0; st == OK && i < s->n; i++)
        if (!s->doubt[i].uncertain) st = assumption_move(&f, base, &s->doubt[i], err);
    field_close(&f);
    free(uncertain);
    s->replications = atomic_load(&done);
    if (st == OK) qsort(s->doubt, s->n, sizeof *s->doubt, by_swing);
    return st;
}

void sensitivity_free(sensitivity_t *s)
{
    free(s->doubt);
    *s = (sensitivity_t){0};
}
