/* segments_value.c -- who responds because of the ads: an experiment on the scenario, a tree that parts
 * people by uplift, and how near it comes to the truth. */
#include "sim/experiment/segments_methods.h"

#include "models/segmentation/qini.h"
#include "models/segmentation/uplift.h"
#include "sim/experiment/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QINI_BOOTSTRAPS = 200, PER_PEOPLE = 10000 /* as the page says */ };

typedef struct {
    segments_t *s;
    person_effects_t effects;
    people_t people;    /* the columns used alone */
    feature_t *feature; /* of it */
    int *place;         /* of its features in the frame */
    uplift_tree_t tree;
    int *leaf;
    uint8_t *estimates; /* 1 = of the half that estimates */
    double *score;      /* estimated effect of her leaf */
} work_t;

static void work_free(work_t *w)
{
    person_effects_free(&w->effects);
    free(w->feature);
    free(w->place);
    free(w->leaf);
    free(w->estimates);
    free(w->score);
}

static status_t take_columns(work_t *w, error_t *err)
{
    const segments_t *s = w->s;
    const people_t *p = &s->frame->people;
    w->feature = calloc((size_t)s->n_used, sizeof *w->feature);
    w->place = calloc((size_t)s->n_used, sizeof *w->place);
    w->leaf = calloc(p->n, sizeof *w->leaf);
    w->estimates = calloc(p->n, sizeof *w->estimates);
    w->score = calloc(p->n, sizeof *w->score);
    if (!w->feature || !w->place || !w->leaf || !w->estimates || !w->score)
        return fail_memory(err, "the experiment");
    w->people = *p;
    w->people.feature = w->feature;
    w->people.n_features = 0;
    for (int c = 0; c < p->n_features; c++) {
        if (!s->used[c]) continue;
        w->place[w->people.n_features] = c;
        w->feature[w->people.n_features++] = p->feature[c];
    }
    return OK;
}

/* --- the experiment --------------------------------------------------------------------------- */

static void tell_flights(void *context, const progress_t *p)
{
    const segments_t *s = context;
    segments_tell(s, "running the experiment", (double)p->done / (double)p->planned);
}

static status_t experiment(work_t *w, const scenario_t *sc, size_t replications, error_t *err)
{
    segments_t *s = w->s;
    run_options_t how = {.threads = s->options.threads,
                         .progress = tell_flights,
                         .context = s,
                         .interrupted = s->options.interrupted};
    status_t st = person_effects_init(&w->effects, sc, s->frame->people.n, replications, &how, err);
    if (st != OK) return st;
    experiment_t e = {&w->people, w->effects.treated, w->effects.outcome};
    uplift_options_t o = uplift_options();
    st = uplift_grow(&e, &o, rng_key(s->options.seed), &w->tree, err);
    if (st == OK)
        uplift_assign(&w->tree, &w->people, rng_key(s->options.seed), w->leaf, w->estimates);
    return st;
}

/* --- leaves ----------------------------------------------------------------------------------- */

/* The path to a leaf is its rule: exact. */
static void take_leaf(work_t *w, int leaf)
{
    found_rule_t *found = &w->s->of[leaf].found;
    condition_t path[UPLIFT_DEPTH_MOST];
    int n = uplift_path(&w->tree, leaf, path);
    found->rule = (rule_t){.n = 1, .branch[0] = {.n = n}};
    for (int c = 0; c < n; c++) {
        path[c].feature = w->place[path[c].feature];
        found->rule.branch[0].clause[c] = path[c];
    }
    found->held_out = found->searched = (rule_score_t){.precision = 1, .recall = 1, .f = 1};
}

/* Means per PER_PEOPLE people who could be reached: those whom the experiment is about. */
static void leaf_means(const work_t *w, const double *value, double *mean)
{
    const people_t *p = &w->people;
    double sum[K_MOST] = {0}, weight[K_MOST] = {0};
    for (size_t i = 0; i < p->n; i++) {
        if (w->effects.treated[i] > 1) continue;
        sum[w->leaf[i]] += people_weight(p, i) * value[i];
        weight[w->leaf[i]] += people_weight(p, i);
    }
    for (int g = 0; g < w->tree.n_leaves; g++) mean[g] = PER_PEOPLE * sum[g] / weight[g];
}

static void take_measures(work_t *w)
{
    segments_t *s = w->s;
    static const measure_t known[] = {
        {.name = "estimated_effect", .label = "caused", .show = SHOW_NUMBER},
        {.name = "estimated_effect_error", .label = "\xc2\xb1", .show = SHOW_NUMBER, .drop = 3},
        {.name = "true_effect", .label = "truth", .show = SHOW_NUMBER},
        {.name = "organic", .label = "anyway", .show = SHOW_NUMBER, .drop = 2},
    };
    memcpy(s->measure, known, sizeof known);
    s->n_measures = 4;
    for (int g = 0; g < w->tree.n_leaves; g++) {
        const arms_t *arms = &w->tree.node[w->tree.leaf_node[g]].estimate;
        s->measure[0].value[g] = PER_PEOPLE * uplift_of(arms);
        s->measure[1].value[g] = PER_PEOPLE * uplift_error(arms);
    }
    leaf_means(w, w->effects.effect, s->measure[2].value);
    leaf_means(w, w->effects.organic, s->measure[3].value);
}

/* --- how good is the order? ------------------------------------------------------------------- */

static void take_points(const qini_t *q, double *points)
{
    for (int i = 0; i < QINI_POINTS; i++) points[i] = qini_at(q, (double)i / (QINI_POINTS - 1));
}

/* The curve that an analyst sees: on the half of the people that did not choose the splits. */
static status_t measure_curve(work_t *w, const double *weight, error_t *err)
{
    value_curve_t *c = w->s->curve;
    qini_data_t d = {w->people.n, w->score, w->effects.treated, w->effects.outcome, weight};
    qini_t q = {0};
    status_t st = qini_init(&q, &d, QINI_BOOTSTRAPS, rng_key(w->s->options.seed), err);
    if (st == OK) take_points(&q, c->measured);
    c->coefficient = q.coefficient;
    c->low = q.low;
    c->high = q.high;
    qini_free(&q);
    return st;
}

static status_t true_curve(work_t *w, const double *score, const double *weight, double *points,
                           double *coefficient, error_t *err)
{
    qini_t q = {0};
    status_t st = qini_of_effects(&q, score, w->effects.effect, weight, w->people.n, err);
    if (st == OK) take_points(&q, points);
    *coefficient = q.coefficient;
    qini_free(&q);
    return st;
}

static status_t judge(work_t *w, error_t *err)
{
    segments_t *s = w->s;
    size_t n = w->people.n;
    double *part = calloc(n, sizeof *part), *all = calloc(n, sizeof *all), tree = 0, best = 0;
    s->curve = calloc(1, sizeof *s->curve);
    status_t st = part && all && s->curve ? OK : fail_memory(err, "the Qini curve");
    for (size_t i = 0; st == OK && i < n; i++) {
        all[i] = w->effects.treated[i] <= 1 ? people_weight(&w->people, i) : 0;
        part[i] = w->estimates[i] ? all[i] : 0;
        w->score[i] = uplift_of(&w->tree.node[w->tree.leaf_node[w->leaf[i]]].estimate);
    }
    if (st == OK) st = measure_curve(w, part, err);
    if (st == OK) st = true_curve(w, w->score, all, s->curve->truth, &tree, err);
    if (st == OK) st = true_curve(w, w->effects.effect, all, s->curve->best, &best, err);
    if (st == OK) s->curve->part = best > 0 ? tree / best : NAN;
    if (st == OK) s->curve->correlation = person_effects_correlation(&w->effects, w->score);
    free(part);
    free(all);
    return st;
}

/* What part of the true effect the best leaves hold. */
static void tell(const work_t *w)
{
    segments_t *s = w->s;
    const value_curve_t *c = s->curve;
    double all = 0, best = 0, people = 0, best_people = 0;
    for (size_t i = 0; i < w->people.n; i++) {
        double x = people_weight(&w->people, i) * w->effects.effect[i];
        all += x;
        people += people_weight(&w->people, i);
        if (w->leaf[i]) continue;
        best += x;
        best_people += people_weight(&w->people, i);
    }
    notices_add(
        &s->findings,
        "Experiment: %zu flights, half of those who could be reached held out; an uplift tree "
        "of %d leaves. Below: conversions a flight of 10,000 people who could be reached, "
        "caused by the ads as "
        "estimated and in truth, and those that come anyway.",
        w->effects.replications, w->tree.n_leaves);
    if (w->tree.n_leaves > 1)
        notices_add(&s->findings,
                    "Qini coefficient as measured %.3g (95 %%: %.3g to %.3g); in truth the tree's "
                    "order brings %.0f %% of what the best order would.",
                    c->coefficient, c->low, c->high, 100 * c->part);
    if (w->tree.n_leaves > 1 && !(c->low > 0))
        notices_add(&s->notices,
                    "The experiment does not show that the tree does better than chance: raise "
                    "--replications or --people.");
    if (all > 0 && w->tree.n_leaves > 1)
        notices_add(&s->findings,
                    "Segment 1, %.0f %% of the people, has %.0f %% of all conversions that the ads "
                    "cause.",
                    100 * best_people / people, 100 * best / all);
    if (w->tree.n_leaves == 1)
        notices_add(
            &s->notices,
            "No split tells apart who responds: more --replications or --people, or the ads "
            "work alike on everybody.");
}

status_t segments_value(segments_t *s, const frame_t *frame, const segments_options_t *o,
                        const scenario_t *sc, size_t replications, error_t *err)
{
    work_t w = {.s = s};
    status_t st = segments_begin(s, frame, o, err);
    if (st == OK) st = take_columns(&w, err);
    if (st == OK) st = experiment(&w, sc, replications, err);
    if (st == OK) {
        s->k = w.tree.n_leaves;
        s->exact_rules = true;
        memcpy(s->segment, w.leaf, frame->people.n * sizeof *s->segment);
        take_measures(&w);
        st = judge(&w, err);
    }
    if (st == OK) tell(&w);
    if (st == OK) st = segments_describe_begin(s, err);
    for (int g = 0; st == OK && g < s->k; g++) take_leaf(&w, g);
    work_free(&w);
    return st == OK ? segments_describe_end(s, err) : st;
}
