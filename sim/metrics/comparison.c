/* comparison.c -- paired differences, chances and losses of plans. */
#include "sim/metrics/comparison.h"

#include "models/base/eigen.h"
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES = 4096, /* of the bootstrap */
    CLUSTERS = 512, /* at most, that a sample draws: units beyond are taken together */
    GROUPS = JACKKNIFE_GROUPS
};

/* Values closer than this, relative to their size, are equal: sums of the same numbers in another order. */
static const double EQUAL = 1e-9;
static const double NORMAL_95 = 1.959963984540054;

/* Of one plan: the events of each of its ad sets, and, last, of all or none of them, and the luck of each. */
typedef struct {
    double variance[MAX_AD_SETS + 1];
    double *luck; /* [ad set, and last][pair] */
} events_t;

struct comparison {
    estimator_t *estimator[PLANS_AT_MOST];
    int plans;
    size_t pairs, draws;
    size_t unit; /* pairs taken together, the most of any plan */
    double interval;
    uint64_t seed;
    noise_t *own;       /* [plan][draw]: independent */
    noise_t *noise;     /* [draw]: of one plan, correlated with the others' */
    double *realised;   /* [plan][draw] */
    double *linear;     /* [plan][2 pairs] */
    double *difference; /* [2 pairs], scratch */
    double *scratch;    /* [draw] */
    influence_t *part;  /* [plan] */
    events_t events[PLANS_AT_MOST];
    double *cluster;     /* [plan][CLUSTERS]: sums over clusters of pairs */
    bool less_is_better; /* of the column taken up */
    int column;
};

/* --- making and ending ------------------------------------------------------------------------ */

static const scenario_t *scenario_of(const comparison_t *c, int plan)
{
    return estimator_evidence(c->estimator[plan])->scenario;
}

static int scope_of(const comparison_t *c, int plan)
{
    return scope_plan(estimator_evidence(c->estimator[plan])->scopes);
}

static bool make_room(comparison_t *c)
{
    size_t plans = (size_t)c->plans;
    c->own = calloc(plans * c->draws, sizeof *c->own);
    c->noise = calloc(c->draws, sizeof *c->noise);
    c->realised = calloc(plans * c->draws, sizeof *c->realised);
    c->linear = calloc(plans * 2 * c->pairs, sizeof *c->linear);
    c->difference = calloc(2 * c->pairs, sizeof *c->difference);
    c->scratch = calloc(c->draws, sizeof *c->scratch);
    c->part = calloc(plans, sizeof *c->part);
    c->cluster = calloc(plans * CLUSTERS, sizeof *c->cluster);
    for (int p = 0; p < c->plans; p++) {
        size_t sets = (size_t)scenario_of(c, p)->n_ad_sets;
        c->events[p].luck = calloc((sets + 1) * c->pairs, sizeof(double));
        if (!c->events[p].luck) return false;
    }
    return c->own && c->noise && c->realised && c->linear && c->difference && c->scratch &&
           c->part && c->cluster;
}

status_t comparison_new(estimator_t *const *estimator, int plans, comparison_t **out, error_t *err)
{
    *out = NULL;
    comparison_t *c = calloc(1, sizeof *c);
    if (!c) return fail_memory(err, "the comparison");
    const evidence_t *first = estimator_evidence(estimator[0]);
    memcpy(c->estimator, estimator, (size_t)plans * sizeof(estimator_t *));
    c->plans = plans;
    c->pairs = first->pairs;
    c->draws = estimator_draws(estimator[0]);
    c->interval = first->scenario->interval;
    c->seed = first->scenario->seed;
    for (int p = 0; p < plans; p++) {
        const explained_t *x = estimator_explained(estimator[p]);
        if (explained_unit(x) > c->unit) c->unit = explained_unit(x);
    }
    if (!make_room(c)) {
        comparison_delete(c);
        return fail_memory(err, "the comparison");
    }
    for (int p = 0; p < plans; p++) {
        c->part[p].linear = c->linear + (size_t)p * 2 * c->pairs;
        for (size_t d = 0; d < c->draws; d++)
            c->own[(size_t)p * c->draws + d] = noise_at(c->seed, d, p);
    }
    *out = c;
    return OK;
}

void comparison_delete(comparison_t *c)
{
    if (!c) return;
    free(c->own);
    free(c->noise);
    free(c->realised);
    free(c->linear);
    free(c->difference);
    free(c->scratch);
    free(c->part);
    free(c->cluster);
    for (int p = 0; p < c->plans; p++) free(c->events[p].luck);
    free(c);
}

/* --- what plans share ------------------------------------------------------------------------- */

/* The parts of plan a's mean less those of plan b's; b = -1: of a alone. Holds until the next call. */
static influence_t parts_between(const comparison_t *c, int a, int b)
{
    const influence_t *x = &c->part[a], *y = b < 0 ? NULL : &c->part[b];
    influence_t parts = {.mean = x->mean, .steady = x->steady, .linear = c->difference};
    memcpy(c->difference, x->linear, 2 * c->pairs * sizeof *c->difference);
    memcpy(parts.group, x->group, sizeof parts.group);
    if (!y) return parts;
    parts.mean -= y->mean;
    parts.steady &= y->steady;
    for (size_t r = 0; r < 2 * c->pairs; r++) parts.linear[r] -= y->linear[r];
    for (int g = 0; g < GROUPS; g++) parts.group[g] -= y->group[g];
    return parts;
}

static part_error_t error_between(const comparison_t *c, int a, int b)
{
    influence_t parts = parts_between(c, a, b);
    return estimator_part_error(c->estimator[a], &parts);
}

static double error_variance(const comparison_t *c, int a, int b)
{
    part_error_t e = error_between(c, a, b);
    return (isnan(e.between) ? 0 : e.between) + e.people;
}

/* What two plans share of the simulation's error, from the variance of the difference. */
static double error_in_common(const comparison_t *c, int a, int b)
{
    if (a == b) return error_variance(c, a, -1);
    return variance_in_common(error_variance(c, a, -1), error_variance(c, b, -1),
                              error_variance(c, a, b));
}

static const double *luck_of(const comparison_t *c, int plan, int ad_set)
{
    return c->events[plan].luck + (size_t)ad_set * c->pairs;
}

/* How much of the smaller luck of two parts the larger has too: all of it where what the one shows is among what the
 * other does, who then has luck of its own besides (which a correlation would count as not shared). Of none, all. */
static double luck_in_common(const comparison_t *c, const double *x, const double *y)
{
    double xx = 0, yy = 0, xy = 0;
    for (size_t j = 0; j < c->pairs; j++) {
        xx += x[j] * x[j];
        yy += y[j] * y[j];
        xy += x[j] * y[j];
    }
    double smaller = fmin(xx, yy);
    return smaller > 0 ? fmin(1, fmax(0, xy / smaller)) : xx == yy;
}

/* The ad set of plan b that is ad set s of plan a: of the same campaign and name; -1 = none. */
static int same_ad_set(const comparison_t *c, int a, int s, int b)
{
    const scenario_t *x = scenario_of(c, a), *y = scenario_of(c, b);
    for (int t = 0; t < y->n_ad_sets; t++)
        if (y->ad_set[t].hash == x->ad_set[s].hash) return t;
    return -1;
}

/* ... of part s of plan a and part t of plan b: the fewer are among the more, as far as they meet the same people,
 * as the parts' luck tells. */
static double part_in_common(const comparison_t *c, int a, int s, int b, int t)
{
    return luck_in_common(c, luck_of(c, a, s), luck_of(c, b, t)) *
           fmin(c->events[a].variance[s], c->events[b].variance[t]);
}

/* Event variance that two plans share: candidates are the same in both. */
static double events_in_common(const comparison_t *c, int a, int b)
{
    int sets = scenario_of(c, a)->n_ad_sets;
    double sum = part_in_common(c, a, sets, b, scenario_of(c, b)->n_ad_sets);
    for (int s = 0; s < sets; s++) {
        int t = same_ad_set(c, a, s, b);
        if (t >= 0) sum += part_in_common(c, a, s, b, t);
    }
    return sum;
}

typedef double (*common_t)(const comparison_t *c, int a, int b);

/* Plans that have none of it share nothing with others. */
static double correlation(const comparison_t *c, common_t common, int a, int b)
{
    if (a == b) return 1;
    double x = common(c, a, a), y = common(c, b, b);
    if (!(x > 0) || !(y > 0)) return x == y;
    return common(c, a, b) / sqrt(x * y);
}

/* The symmetric root of the plans' correlations: rows of normals times it are correlated so. */
static void root_of_correlations(const comparison_t *c, common_t common, double *root)
{
    int n = c->plans;
    double m[PLANS_AT_MOST * PLANS_AT_MOST], v[PLANS_AT_MOST * PLANS_AT_MOST];
    for (int a = 0; a < n; a++)
        for (int b = 0; b <= a; b++) m[a * n + b] = m[b * n + a] = correlation(c, common, a, b);
    eigen_symmetric(m, v, n);
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += v[a * n + k] * sqrt(fmax(0, m[k * n + k])) * v[b * n + k];
            root[a * n + b] = sum;
        }
}

static void mix_noise(const comparison_t *c, int plan, const double *error, const double *events)
{
    for (size_t d = 0; d < c->draws; d++) {
        noise_t sum = {{0, 0}, {0, 0}};
        for (int q = 0; q < c->plans; q++) {
            const noise_t *own = &c->own[(size_t)q * c->draws + d];
            for (int i = 0; i < 2; i++) {
                sum.error[i] += error[plan * c->plans + q] * own->error[i];
                sum.events[i] += events[plan * c->plans + q] * own->events[i];
            }
        }
        c->noise[d] = sum;
    }
}

void comparison_take(comparison_t *c, int column)
{
    double error[PLANS_AT_MOST * PLANS_AT_MOST], events[PLANS_AT_MOST * PLANS_AT_MOST];
    c->column = column;
    c->less_is_better = column_less_is_better(column);
    for (int p = 0; p < c->plans; p++)
        estimator_influence(c->estimator[p], scope_of(c, p), column, &c->part[p]);
    for (int p = 0; p < c->plans; p++)
        estimator_event_parts(c->estimator[p], column, c->events[p].variance, c->events[p].luck);
    root_of_correlations(c, error_in_common, error);
    root_of_correlations(c, events_in_common, events);
    for (int p = 0; p < c->plans; p++) {
        mix_noise(c, p, error, events);
        estimator_realise(c->estimator[p], scope_of(c, p), column, c->noise,
                          c->realised + (size_t)p * c->draws);
    }
}

/* --- which is better -------------------------------------------------------------------------- */

static double realised(const comparison_t *c, int plan, size_t draw)
{
    return c->realised[(size_t)plan * c->draws + draw];
}

/* By how much x is better than y: 0 when they are equal, infinitely when only one has a value. */
static double better_by(const comparison_t *c, double x, double y)
{
    if (isnan(x) || isnan(y)) return isnan(x) && isnan(y) ? 0 : isnan(x) ? -INFINITY : INFINITY;
    if (fabs(x - y) <= EQUAL * fmax(fabs(x), fabs(y))) return 0;
    return c->less_is_better ? y - x : x - y;
}

static double share_better(const comparison_t *c, int a, int b)
{
    double sum = 0;
    for (size_t d = 0; d < c->draws; d++) {
        double by = better_by(c, realised(c, a, d), realised(c, b, d));
        sum += by > 0 ? 1 : by == 0 ? 0.5 : 0;
    }
    return sum / (double)c->draws;
}

/* Mean of what b is better by; futures in which one of them has no value are left out. */
static double loss_against(const comparison_t *c, int a, int b)
{
    double sum = 0, n = 0;
    for (size_t d = 0; d < c->draws; d++) {
        double by = better_by(c, realised(c, b, d), realised(c, a, d));
        if (isinf(by)) continue;
        sum += fmax(0, by);
        n++;
    }
    return n > 0 ? sum / n : NAN;
}

static void realise_difference(const comparison_t *c, int a, int b, difference_t *x)
{
    size_t n = 0;
    for (size_t d = 0; d < c->draws; d++) {
        double step = realised(c, a, d) - realised(c, b, d);
        if (!isnan(step)) c->scratch[n++] = step;
    }
    if (2 * n < c->draws) return; /* half of the futures have none */
    spread_t s = sample_spread(c->scratch, n, (1 - c->interval) / 2);
    x->lo = s.lo;
    x->p50 = s.p50;
    x->hi = s.hi;
}

difference_t comparison_difference(const comparison_t *c, int a, int b, double confidence)
{
    difference_t x = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (isnan(c->part[a].mean) || isnan(c->part[b].mean)) return x;
    x.mean = c->part[a].mean - c->part[b].mean;
    realise_difference(c, a, b, &x);
    x.better = share_better(c, a, b);
    x.loss = loss_against(c, a, b);
    part_error_t error = error_between(c, a, b);
    double variance = error.between + error.people;
    if (!c->part[a].steady || !c->part[b].steady || isnan(variance)) return x;
    double pairs = c->plans * (c->plans - 1) / 2.0;
    double wide = variance > 0 ? student_quantile(1 - (1 - confidence) / (2 * pairs), error.df) : 0;
    double usual = variance > 0 ? student_quantile(0.975, error.df) / NORMAL_95 : 1;
    x.mc_se = usual * sqrt(variance);
    x.people_se = usual * sqrt(error.people);
    x.low = x.mean - wide * sqrt(variance);
    x.high = x.mean + wide * sqrt(variance);
    x.gain = pairing_gain(error_between(c, a, -1).between, error_between(c, b, -1).between,
                          error.between);
    return x;
}

standing_t comparison_standing(const comparison_t *c, int plan)
{
    standing_t s = {0, 0};
    double losses = 0;
    for (size_t d = 0; d < c->draws; d++) {
        double worst = 0; /* what the best of the others is better by */
        int equal = 1;
        for (int q = 0; q < c->plans; q++) {
            if (q == plan) continue;
            double by = better_by(c, realised(c, q, d), realised(c, plan, d));
            worst = fmax(worst, by);
            equal += by == 0;
        }
        if (worst == 0) s.best += 1.0 / equal;
        if (isinf(worst)) continue;
        s.loss += worst;
        losses++;
    }
    s.best /= (double)c->draws;
    s.loss = losses > 0 ? s.loss / losses : NAN;
    return s;
}

int comparison_leader(const comparison_t *c)
{
    int leader = -1;
    for (int p = 0; p < c->plans; p++)
        if (!isnan(c->part[p].mean) &&
            (leader < 0 || better_by(c, c->part[p].mean, c->part[leader].mean) > 0))
            leader = p;
    return leader;
}

double comparison_probability(const comparison_t *c, int plan, bool at_most, double threshold)
{
    size_t hits = 0;
    for (size_t d = 0; d < c->draws; d++)
        hits += at_most ? realised(c, plan, d) <= threshold : realised(c, plan, d) >= threshold;
    return (double)hits / (double)c->draws;
}

/* --- the bootstrap ---------------------------------------------------------------------------- */

/* Sums of each plan's parts over clusters, less what uncertain values explain of them: whole units, as many together as
 * make CLUSTERS at most. Returns how many; a last, incomplete one is left out. off: what the values drawn leave a plan's
 * mean short of. */
static size_t fill_clusters(const comparison_t *c, size_t *size, double off[PLANS_AT_MOST])
{
    size_t units = c->pairs / c->unit, together = (units + CLUSTERS - 1) / CLUSTERS;
    size_t n = together ? units / together : 0;
    *size = c->unit * together;
    double *pair = c->difference;
    for (int p = 0; p < c->plans; p++) {
        for (size_t j = 0; j < c->pairs; j++) pair[j] = pair_mean(c->part[p].linear, j);
        const explained_t *x = estimator_explained(c->estimator[p]);
        off[p] = explained_rest(x, pair);
        double whole = (double)*size * sqrt(explained_loss(x));
        for (size_t k = 0; k < n; k++)
            c->cluster[(size_t)p * CLUSTERS + k] = whole * mean_of(pair + k * *size, *size);
    }
    return n;
}

/* What a normal of each group of people adds to a plan's mean, as other people would. */
static void fill_people(const comparison_t *c, int plan, double step[GROUPS])
{
    const influence_t *x = &c->part[plan];
    double mean = mean_of(x->group, GROUPS), squares = deviations_squared(x->group, GROUPS);
    double scale = squares > 0 ? sqrt(error_between(c, plan, -1).people / squares) : 0;
    for (int g = 0; g < GROUPS; g++) step[g] = scale * (x->group[g] - mean);
}

static void draw_groups(const comparison_t *c, size_t sample, double z[GROUPS])
{
    rng_key_t key = rng_key(c->seed);
    for (int g = 0; g < GROUPS; g += 2) {
        rng_block_t b = rng_at(key, DRAW_SAMPLE, 1, 0, sample, 0, (uint32_t)g / 2);
        z[g] = normal_quantile(rng_unit(b, 0));
        z[g + 1] = normal_quantile(rng_unit(b, 1));
    }
}

/* How often each cluster is in the sample. */
static void draw_clusters(const comparison_t *c, size_t sample, size_t n, uint16_t *times)
{
    rng_key_t key = rng_key(c->seed);
    memset(times, 0, n * sizeof *times);
    for (size_t i = 0; i < n; i += 4) {
        rng_block_t b = rng_at(key, DRAW_SAMPLE, 0, 0, sample, 0, (uint32_t)(i / 4));
        for (size_t k = 0; k < 4 && i + k < n; k++) times[(uint64_t)b.word[k] * n >> 32]++;
    }
}

/* A plan's mean in a sample of n clusters, `size` pairs each. */
static double sample_mean(const comparison_t *c, int plan, const uint16_t *times, size_t n,
                          size_t size, const double step[GROUPS], const double z[GROUPS])
{
    double people = 0, sum = 0;
    for (int g = 0; g < GROUPS; g++) people += step[g] * z[g];
    for (size_t k = 0; k < n; k++) sum += times[k] * c->cluster[(size_t)plan * CLUSTERS + k];
    return c->part[plan].mean + people + (n ? sum / (double)(n * size) : 0);
}

/* Adds `worth` to the plan with the best mean; plans that share it share that. */
static void add_to_best(const comparison_t *c, const double *mean, double worth, double *share)
{
    int best = 0, equal = 0;
    for (int p = 1; p < c->plans; p++)
        if (better_by(c, mean[p], mean[best]) > 0) best = p;
    for (int p = 0; p < c->plans; p++) equal += better_by(c, mean[p], mean[best]) == 0;
    for (int p = 0; p < c->plans; p++)
        if (better_by(c, mean[p], mean[best]) == 0) share[p] += worth / equal;
}

void comparison_bootstrap(const comparison_t *c, double *share)
{
    double off[PLANS_AT_MOST];
    size_t size, n = fill_clusters(c, &size, off);
    double mean[PLANS_AT_MOST], step[PLANS_AT_MOST][GROUPS], z[GROUPS];
    uint16_t times[CLUSTERS];
    for (int p = 0; p < c->plans; p++) {
        share[p] = 0;
        fill_people(c, p, step[p]);
    }
    for (size_t s = 0; s < SAMPLES; s++) {
        draw_clusters(c, s, n, times);
        draw_groups(c, s, z);
        double way =
            normal_quantile(rng_unit(rng_at(rng_key(c->seed), DRAW_SAMPLE, 2, 0, s, 0, 0), 0));
        for (int p = 0; p < c->plans; p++)
            mean[p] = sample_mean(c, p, times, n, size, step[p], z) + way * off[p];
        add_to_best(c, mean, 1.0 / SAMPLES, share);
    }
}

const double *comparison_realised(const comparison_t *c, int plan, size_t *n)
{
    *n = c->draws;
    return c->realised + (size_t)plan * c->draws;
}
