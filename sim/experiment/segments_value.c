/* segments_value.c -- who responds because of the ads: an experiment on the scenario, a tree that parts
 * people by uplift, and how near it comes to the truth. */
#include "sim/experiment/segments_methods.h"

#include "models/segmentation/qini.h"
#include "models/segmentation/uplift.h"
#include "sim/experiment/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QINI_BOOTSTRAPS = 200, PER_TRIALS = 10000 /* as the page says */ };

typedef struct {
    segments_t *s;
    person_effects_t effects;
    people_t people;    /* the columns used alone */
    feature_t *feature; /* of it */
    int *place;         /* of its features in the frame */
    uplift_tree_t tree;
    int *leaf;
    uint8_t *estimates; /* 1 = of the half that estimates */
    double *score; /* effect of her leaf, in the half that chose the splits: the other one judges */
    double *row_score, *row_weight; /* of the rows of the experiment */
} work_t;

static void work_free(work_t *w)
{
    person_effects_free(&w->effects);
    free(w->feature);
    free(w->place);
    free(w->leaf);
    free(w->estimates);
    free(w->score);
    free(w->row_score);
    free(w->row_weight);
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
    const trials_t *t = &w->effects.trials;
    if (!t->n)
        return fail(err, ERR_INVALID, "no ad was shown to anybody: there is nothing to learn from");
    experiment_t e = {.people = &w->people,
                      .treated = t->treated,
                      .outcome = t->outcome,
                      .person = t->person,
                      .rows = t->n,
                      .trials = t->trials};
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

/* Means of PER_TRIALS flights of a person in which an ad was or would have been shown. */
static void leaf_means(const work_t *w, const double *value, double *mean)
{
    const trials_t *t = &w->effects.trials;
    double sum[K_MOST] = {0}, weight[K_MOST] = {0};
    for (size_t i = 0; i < t->n; i++) {
        int leaf = w->leaf[t->person[i]];
        sum[leaf] += t->trials[i] * value[i];
        weight[leaf] += t->trials[i];
    }
    for (int g = 0; g < w->tree.n_leaves; g++) mean[g] = PER_TRIALS * sum[g] / weight[g];
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
        s->measure[0].value[g] = PER_TRIALS * uplift_of(arms);
        s->measure[1].value[g] = PER_TRIALS * uplift_error(arms);
    }
    leaf_means(w, w->effects.trials.effect, s->measure[2].value);
    leaf_means(w, w->effects.trials.organic, s->measure[3].value);
}

/* --- how good is the order? ------------------------------------------------------------------- */

static void take_points(const qini_t *q, double *points)
{
    for (int i = 0; i < QINI_POINTS; i++) points[i] = qini_at(q, (double)i / (QINI_POINTS - 1));
}

/* The curve that an analyst sees: on the half of the people that did not choose the splits. */
static status_t measure_curve(work_t *w, error_t *err)
{
    const trials_t *t = &w->effects.trials;
    value_curve_t *c = w->s->curve;
    qini_data_t d = {.n = t->n,
                     .score = w->row_score,
                     .treated = t->treated,
                     .outcome = t->outcome,
                     .weight = w->row_weight,
                     .person = t->person};
    qini_t q = {0};
    status_t st = qini_init(&q, &d, QINI_BOOTSTRAPS, rng_key(w->s->options.seed), err);
    if (st == OK) take_points(&q, c->measured);
    c->coefficient = q.coefficient;
    c->low = q.low;
    c->high = q.high;
    qini_free(&q);
    return st;
}

static status_t true_curve(const work_t *w, const double *score, double *points,
                           double *coefficient, error_t *err)
{
    const trials_t *t = &w->effects.trials;
    qini_t q = {0};
    status_t st = qini_of_effects(&q, score, t->effect, t->trials, t->n, err);
    if (st == OK) take_points(&q, points);
    *coefficient = q.coefficient;
    qini_free(&q);
    return st;
}

static status_t judge(work_t *w, error_t *err)
{
    segments_t *s = w->s;
    const trials_t *t = &w->effects.trials;
    double tree = 0, best = 0;
    w->row_score = calloc(t->n, sizeof *w->row_score);
    w->row_weight = calloc(t->n, sizeof *w->row_weight);
    s->curve = calloc(1, sizeof *s->curve);
    if (!w->row_score || !w->row_weight || !s->curve) return fail_memory(err, "the Qini curve");
    for (size_t i = 0; i < w->people.n; i++)
        w->score[i] = uplift_of(&w->tree.node[w->tree.leaf_node[w->leaf[i]]].chosen);
    for (size_t i = 0; i < t->n; i++) {
        w->row_score[i] = w->score[t->person[i]];
        w->row_weight[i] = w->estimates[t->person[i]] ? t->trials[i] : 0;
    }
    status_t st = measure_curve(w, err);
    if (st == OK) st = true_curve(w, w->row_score, s->curve->truth, &tree, err);
    if (st == OK) st = true_curve(w, t->effect, s->curve->best, &best, err);
    if (st == OK) s->curve->part = best > 0 ? tree / best : NAN;
    if (st == OK) s->curve->correlation = person_effects_correlation(&w->effects, w->score);
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
        "Experiment: %zu flights, in each of which half of the people are held out; an uplift "
        "tree of %d lea%s. Below: conversions per 10,000 people whom an ad was shown in a flight, "
        "caused by the ads as estimated and in truth, and those that come anyway.",
        w->effects.replications, w->tree.n_leaves, w->tree.n_leaves == 1 ? "f" : "ves");
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
