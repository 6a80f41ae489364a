/* test_uplift.c -- the uplift tree and the Qini curve, on arms by hand and on experiments made here whose
 * true effects are known. Points of a small curve and a gain: seg_qini_points, seg_uplift_kl_gain. */
#include "models/segmentation/qini.h"
#include "models/segmentation/uplift.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int near(double x, double value)
{
    if (fabs(x - value) <= 1e-12 * (1 + fabs(value))) return 1;
    print_error("%.17g, not %.17g\n", x, value);
    return 0;
}

/* --- divergences and gains --- */

static arm_t arm(double weight, double converted)
{
    return (arm_t){weight, weight, converted, weight, converted, converted};
}

static void divergences_are_those_of_the_paper(void **state)
{
    (void)state;
    assert_true(near(divergence(UPLIFT_KL, 0.5, 0.25), 0.5 * log(2) + 0.5 * log(0.5 / 0.75)));
    assert_true(near(divergence(UPLIFT_EUCLIDEAN, 0.5, 0.25), 2 * 0.0625));
    assert_true(near(divergence(UPLIFT_CHI_SQUARE, 0.5, 0.25), 0.0625 / 0.25 + 0.0625 / 0.75));
    for (int d = 0; d < UPLIFT_DIVERGENCES; d++) {
        assert_true(divergence((divergence_t)d, 0.3, 0.3) == 0);
        assert_true(divergence((divergence_t)d, 0, 0) == 0);
        assert_true(divergence((divergence_t)d, 0.1, 0.2) > 0);
    }
    assert_true(isinf(divergence(UPLIFT_KL, 0.1, 0)));
    assert_true(isinf(divergence(UPLIFT_CHI_SQUARE, 0.1, 0)));
}

/* A: 100 of each arm, 30 and 10 convert; B: 100 and 100, 10 and 10. Euclidean: children 2 * .04 and 0,
 * each half of all; parent rates .2 and .1: 2 * .01. Gain .04 - .02. The arms split alike, so
 * I = 0 + 1/2 gini(1/2) + 1/2 gini(1/2) + 1/2 = 1. */
static void a_gain_by_hand(void **state)
{
    (void)state;
    arms_t a = {arm(100, 30), arm(100, 10)}, b = {arm(100, 10), arm(100, 10)};
    assert_true(near(uplift_gain(UPLIFT_EUCLIDEAN, false, &a, &b), 0.02));
    assert_true(near(uplift_gain(UPLIFT_EUCLIDEAN, true, &a, &b), 0.02));
    double entropy = log(2);
    double raw = uplift_gain(UPLIFT_KL, false, &a, &b);
    assert_true(near(uplift_gain(UPLIFT_KL, true, &a, &b), raw / (entropy + 0.5)));
}

/* 60 of 100 treated and 20 of 100 held out on one side: gini(1/2) * 2 * .16 + 1/2 * 2 * .6 * .4 + 1/2 * 2 *
 * .2 * .8 + 1/2 = .16 + .24 + .16 + .5. */
static void a_split_that_tells_the_arms_apart_costs(void **state)
{
    (void)state;
    arms_t a = {arm(60, 12), arm(20, 2)}, b = {arm(40, 4), arm(80, 8)};
    double raw = uplift_gain(UPLIFT_EUCLIDEAN, false, &a, &b);
    assert_true(near(uplift_gain(UPLIFT_EUCLIDEAN, true, &a, &b), raw / 1.06));
}

static void sides_may_be_exchanged(void **state)
{
    (void)state;
    arms_t a = {arm(60, 12), arm(20, 2)}, b = {arm(40, 4), arm(80, 8)};
    for (int d = 0; d < UPLIFT_DIVERGENCES; d++)
        assert_true(near(uplift_gain((divergence_t)d, true, &a, &b),
                         uplift_gain((divergence_t)d, true, &b, &a)));
}

/* --- an experiment with known effects --- */

enum { PEOPLE = 40000, REGIONS = 4 };
static const char *const region[] = {"North", "South", "East", "West"};

/* Effect .20 for sporty people below 35, 0 for the other sporty ones, .08 in the West and South for those who are
 * not sporty, none elsewhere. Half is treated; the base rate varies with the age, which is no effect. */
typedef struct {
    uint8_t age[PEOPLE], region[PEOPLE], sporty[PEOPLE], noise[PEOPLE], treated[PEOPLE];
    double spend[PEOPLE], outcome[PEOPLE], effect[PEOPLE], weight[PEOPLE];
    feature_t feature[5];
    people_t people;
    experiment_t experiment;
} made_t;

static double chance(uint64_t seed, size_t i, uint32_t what)
{
    return rng_unit(rng_at(rng_key(seed), DRAW_TRAIT, 0, 0, i, 0, what), 0);
}

static double true_effect(const made_t *m, size_t i, double scale)
{
    if (m->sporty[i]) return m->age[i] < 35 ? 0.20 * scale : 0;
    return m->region[i] == 1 || m->region[i] == 3 ? 0.08 * scale : 0;
}

static made_t *make(uint64_t seed, double scale)
{
    made_t *m = malloc(sizeof *m);
    for (size_t i = 0; i < PEOPLE; i++) {
        m->age[i] = (uint8_t)(18 + 60 * chance(seed, i, 0));
        m->region[i] = (uint8_t)(REGIONS * chance(seed, i, 1));
        m->sporty[i] = chance(seed, i, 2) < 0.4;
        m->noise[i] = chance(seed, i, 3) < 0.5;
        m->spend[i] = chance(seed, i, 4) < 0.05 ? NAN : 100 * chance(seed, i, 5);
        m->treated[i] = chance(seed, i, 6) < 0.5;
        m->effect[i] = true_effect(m, i, scale);
        double p = 0.03 + 0.001 * m->age[i] + (m->treated[i] ? m->effect[i] : 0);
        m->outcome[i] = chance(seed, i, 7) < p;
        m->weight[i] = 1;
    }
    m->feature[0] = (feature_t){.kind = FEATURE_YEARS, .name = "age", .value = m->age};
    m->feature[1] = (feature_t){.kind = FEATURE_LEVELS,
                                .name = "region",
                                .n_levels = REGIONS,
                                .level = region,
                                .value = m->region};
    m->feature[2] =
        (feature_t){.kind = FEATURE_FLAG, .name = "sports", .word = "interest", .value = m->sporty};
    m->feature[3] =
        (feature_t){.kind = FEATURE_FLAG, .name = "noise", .word = "interest", .value = m->noise};
    m->feature[4] = (feature_t){.kind = FEATURE_NUMBER, .name = "spend", .number = m->spend};
    m->people = (people_t){PEOPLE, m->feature, 5, NULL};
    m->experiment =
        (experiment_t){.people = &m->people, .treated = m->treated, .outcome = m->outcome};
    return m;
}

static void leaf_text(const made_t *m, const uplift_tree_t *t, int leaf, char *to, size_t room)
{
    condition_t c[UPLIFT_DEPTH_MOST];
    size_t used = 0;
    int n = uplift_path(t, leaf, c);
    *to = '\0';
    for (int k = 0; k < n; k++) {
        used += (size_t)snprintf(to + used, room - used, "%s", k ? " and " : "");
        used = condition_add(&m->people, &c[k], to, room, used);
    }
}

static uplift_tree_t grown(const made_t *m, divergence_t d, rng_key_t key)
{
    uplift_options_t o = uplift_options();
    uplift_tree_t t;
    error_t err = {""};
    o.divergence = d;
    assert_int_equal(uplift_grow(&m->experiment, &o, key, &t, &err), OK);
    return t;
}

static int age_limit(const char *text)
{
    const char *age = strstr(text, "age <= ");
    return age ? atoi(age + 7) : 0;
}

/* The first leaf is the young and sporty ones, within two years of the true limit, whatever the
 * divergence; nothing is split by the noise or by the spend. */
static void the_tree_finds_who_responds(void **state)
{
    (void)state;
    made_t *m = make(2, 1);
    for (int d = 0; d < UPLIFT_DIVERGENCES; d++) {
        char text[256];
        uplift_tree_t t = grown(m, (divergence_t)d, rng_key(3));
        leaf_text(m, &t, 0, text, sizeof text);
        int limit = age_limit(text);
        if (limit < 32 || limit > 36) print_error("%s: %s\n", divergence_name[d], text);
        assert_true(strstr(text, "interest sports") && !strstr(text, "not"));
        assert_true(limit >= 32 && limit <= 36);
        bool regions = false;
        for (int k = 0; k < t.n_nodes; k++) {
            if (t.node[k].yes < 0) continue;
            assert_true(t.node[k].question.feature < 3);
            if (t.node[k].question.feature == 1)
                regions = t.node[k].question.levels == 10; /* South and West */
        }
        assert_true(regions);
    }
    free(m);
}

static void nobody_responds_no_tree(void **state)
{
    (void)state;
    int splits = 0;
    for (uint64_t seed = 10; seed < 16; seed++) {
        made_t *m = make(seed, 0);
        uplift_tree_t t = grown(m, UPLIFT_EUCLIDEAN, rng_key(seed));
        splits += t.n_nodes > 1;
        free(m);
    }
    assert_true(splits <=
                3); /* 3 errors of the best of some 130 splits: about one in three trees */
}

/* The splits were chosen where the choosing half looked best: there the best leaf flatters itself, in the other
 * half it does not. Over 30 experiments without any effect and no demand on splits: z of the mean of
 * the largest leaf, honest |z| < 4 (1 run in 16,000), the other far above. */
static void honest_effects_are_unbiased(void **state)
{
    (void)state;
    enum { EXPERIMENTS = 30 };
    double honest = 0, square = 0, flattering = 0;
    for (uint64_t seed = 100; seed < 100 + EXPERIMENTS; seed++) {
        made_t *m = make(seed, 0);
        uplift_options_t o = uplift_options();
        o.least_z = 0;
        uplift_tree_t t;
        assert_int_equal(uplift_grow(&m->experiment, &o, rng_key(seed), &t, NULL), OK);
        const uplift_node_t *best = &t.node[t.leaf_node[0]];
        double z = uplift_of(&best->estimate) / uplift_error(&best->estimate);
        honest += z;
        square += z * z;
        flattering += uplift_of(&best->chosen) / uplift_error(&best->chosen);
        free(m);
    }
    assert_true(fabs(honest) < 4 * sqrt(EXPERIMENTS));
    assert_true(square > 12 &&
                square < 60); /* chi-square of 30: errors are honest too; 1 in 1000 */
    assert_true(flattering > 2 * EXPERIMENTS);
}

/* Effects of the leaves against the true ones, which only whoever made the data knows: |z| < 4. */
static void leaf_effects_are_the_true_ones(void **state)
{
    (void)state;
    made_t *m = make(2, 1);
    uplift_tree_t t = grown(m, UPLIFT_EUCLIDEAN, rng_key(4));
    int *leaf = malloc(PEOPLE * sizeof *leaf);
    uint8_t *estimates = malloc(PEOPLE);
    uplift_assign(&t, &m->people, rng_key(4), leaf, estimates);
    assert_true(t.n_leaves >= 4);
    double before = INFINITY;
    for (int l = 0; l < t.n_leaves; l++) {
        double sum = 0, n = 0, of_half = 0;
        for (size_t i = 0; i < PEOPLE; i++) {
            if (leaf[i] != l) continue;
            of_half += estimates[i];
            sum += m->effect[i];
            n++;
        }
        const uplift_node_t *node = &t.node[t.leaf_node[l]];
        double z = (uplift_of(&node->estimate) - sum / n) / uplift_error(&node->estimate);
        assert_true(fabs(z) < 4);
        assert_true(node->estimate.treated.people + node->estimate.held_out.people == of_half);
        assert_true(node->chosen.treated.people + node->chosen.held_out.people == n - of_half);
        assert_true(uplift_of(&node->chosen) <= before); /* leaves are in order */
        before = uplift_of(&node->chosen);
    }
    free(leaf);
    free(estimates);
    free(m);
}

/* Also where something is not known of a fifth of the people, and where a feature is asked twice. */
static void the_path_of_a_leaf_is_its_rule(void **state)
{
    (void)state;
    made_t *m = make(1, 1);
    for (size_t i = 0; i < PEOPLE; i += 5) m->age[i] = m->region[i + 1] = FEATURE_UNKNOWN;
    uplift_options_t o = uplift_options();
    o.depth = 5;
    o.least_z = 0;
    o.normalised = false;
    uplift_tree_t t;
    assert_int_equal(uplift_grow(&m->experiment, &o, rng_key(5), &t, NULL), OK);
    assert_true(t.n_leaves > 20);
    for (size_t i = 0; i < PEOPLE; i += 7)
        for (int l = 0; l < t.n_leaves; l++) {
            condition_t c[UPLIFT_DEPTH_MOST];
            int n = uplift_path(&t, l, c), k = 0;
            for (int j = 0; j < n; j++)
                for (int other = 0; other < j; other++)
                    assert_true(c[j].feature != c[other].feature);
            while (k < n && condition_holds(&m->people, &c[k], i)) k++;
            assert_int_equal(k == n, uplift_leaf(&t, &m->people, i) == l);
        }
    free(m);
}

/* Weight 2 for everyone changes no split, no effect and no error: it is scale, not evidence. */
static void the_scale_of_weights_does_not_matter(void **state)
{
    (void)state;
    made_t *m = make(4, 1);
    uplift_tree_t plain = grown(m, UPLIFT_EUCLIDEAN, rng_key(6));
    for (size_t i = 0; i < PEOPLE; i++) m->weight[i] = 2;
    m->people.weight = m->weight;
    uplift_tree_t twice = grown(m, UPLIFT_EUCLIDEAN, rng_key(6));
    assert_int_equal(plain.n_nodes, twice.n_nodes);
    for (int k = 0; k < plain.n_nodes; k++) {
        const uplift_node_t *a = &plain.node[k], *b = &twice.node[k];
        assert_int_equal(a->leaf, b->leaf);
        assert_true(near(uplift_of(&a->estimate), uplift_of(&b->estimate)));
        assert_true(near(uplift_error(&a->estimate), uplift_error(&b->estimate)));
    }
    free(m);
}

static void who_takes_no_part_does_not_count(void **state)
{
    (void)state;
    made_t *m = make(5, 1);
    for (size_t i = 0; i < PEOPLE; i += 2) {
        m->treated[i] = EXPERIMENT_ABSENT;
        m->outcome[i] = NAN;
    }
    uplift_tree_t t = grown(m, UPLIFT_EUCLIDEAN, rng_key(7));
    const uplift_node_t *root = &t.node[0];
    assert_true(root->chosen.treated.people + root->chosen.held_out.people +
                    root->estimate.treated.people + root->estimate.held_out.people ==
                PEOPLE / 2);
    assert_true(t.n_leaves > 1);
    free(m);
}

/* Trials of a person in both arms: one row of 3 and 5 trials is three and five rows of one. */
static void a_row_of_trials_is_so_many_rows(void **state)
{
    (void)state;
    enum { SOME = 4000, ROWS = 2 * SOME };
    static uint32_t person[ROWS], person_each[ROWS * 4];
    static uint8_t treated[ROWS], treated_each[ROWS * 4];
    static double outcome[ROWS], trials[ROWS], outcome_each[ROWS * 4];
    made_t *m = make(12, 1);
    people_t some = m->people;
    some.n = SOME;
    size_t each = 0;
    for (size_t r = 0; r < ROWS; r++) {
        size_t n = 1 + r % 4, converted = 0;
        person[r] = (uint32_t)(r / 2);
        treated[r] = r % 2;
        for (size_t k = 0; k < n; k++, each++) {
            double p = 0.05 + (treated[r] ? m->effect[person[r]] : 0);
            outcome_each[each] = chance(77, r, (uint32_t)k) < p;
            person_each[each] = person[r];
            treated_each[each] = treated[r];
            converted += outcome_each[each] > 0;
        }
        trials[r] = (double)n;
        outcome[r] = (double)converted / (double)n;
    }
    uplift_options_t o = uplift_options();
    uplift_tree_t a, b;
    experiment_t rows = {&some, treated, outcome, person, ROWS, trials};
    experiment_t one_each = {&some, treated_each, outcome_each, person_each, each, NULL};
    assert_int_equal(uplift_grow(&rows, &o, rng_key(1), &a, NULL), OK);
    assert_int_equal(uplift_grow(&one_each, &o, rng_key(1), &b, NULL), OK);
    assert_true(a.n_leaves > 1 && a.n_nodes == b.n_nodes);
    for (int k = 0; k < a.n_nodes; k++) {
        assert_true(near(uplift_of(&a.node[k].estimate), uplift_of(&b.node[k].estimate)));
        assert_true(near(uplift_error(&a.node[k].estimate), uplift_error(&b.node[k].estimate)));
        assert_true(a.node[k].chosen.treated.people == b.node[k].chosen.treated.people);
    }
    person[9] = SOME;
    assert_int_equal(uplift_grow(&rows, &o, rng_key(1), &a, NULL), ERR_INVALID);
    free(m);
}

static void refused(const made_t *m, uplift_options_t o, const char *why)
{
    uplift_tree_t t;
    error_t err = {""};
    assert_int_equal(uplift_grow(&m->experiment, &o, rng_key(1), &t, &err), ERR_INVALID);
    if (!strstr(err.text, why)) print_error("%s\n", err.text);
    assert_non_null(strstr(err.text, why));
}

static void what_is_no_experiment_is_refused(void **state)
{
    (void)state;
    made_t *m = make(6, 1);
    uplift_options_t o = uplift_options(), deep = o;
    deep.depth = UPLIFT_DEPTH_MOST + 1;
    refused(m, deep, "questions deep");
    m->outcome[9] = -1;
    refused(m, o, "the outcome of person 10 is not 0 or more");
    m->outcome[9] = 1e6;
    refused(m, o, "0 to 1 a trial");
    m->outcome[9] = 0;
    m->age[3] = 121;
    refused(m, o, "'age' of person 4 is 121");
    m->age[3] = 20;
    memset(m->treated, 1, PEOPLE);
    refused(m, o, "both people treated and people held out");
    free(m);
}

/* --- Qini --- */

static qini_t curve(const qini_data_t *d, int bootstraps)
{
    qini_t q;
    error_t err = {""};
    assert_int_equal(qini_init(&q, d, bootstraps, rng_key(9), &err), OK);
    return q;
}

/* Four people, scores 3, 2, 2, 1: treated yes, treated yes, held out no, held out yes.
 * Q: 1 at 1/4; 2 - 0 * 2/1 = 2 at 3/4 (the two equals together); 2 - 1 * 2/2 = 1 at 1.
 * Area: .5 * .25 * 1 + .5 * 1.5 + .25 * 1.5 = 1.25; line: .5. */
static void equal_scores_are_taken_together(void **state)
{
    (void)state;
    const double score[] = {2, 3, 1, 2}, outcome[] = {1, 1, 1, 0};
    const uint8_t treated[] = {1, 1, 0, 0};
    qini_t q = curve(&(qini_data_t){4, score, treated, outcome, NULL, NULL}, 0);
    assert_int_equal(q.n_points, 4);
    assert_true(q.point[1].share == 0.25 && q.point[1].q == 1);
    assert_true(q.point[2].share == 0.75 && q.point[2].q == 2);
    assert_true(q.point[3].share == 1 && q.point[3].q == 1);
    assert_true(near(q.area, 1.25) && near(q.random, 0.5) && near(q.coefficient, 0.75));
    assert_true(near(qini_at(&q, 0.5), 1.5) && qini_at(&q, 0) == 0 && qini_at(&q, 1) == 1);
    assert_true(isnan(q.low) && isnan(q.high));
    qini_free(&q);
    qini_free(&q);
}

static void a_weight_counts_as_so_many_people(void **state)
{
    (void)state;
    const double score[] = {4, 3, 2, 1}, outcome[] = {1, 0, 0, 1}, weight[] = {2, 1, 0, 3};
    const uint8_t treated[] = {1, 0, 1, 0};
    const double score_6[] = {4, 4, 3, 1, 1, 1}, outcome_6[] = {1, 1, 0, 1, 1, 1};
    const uint8_t treated_6[] = {1, 1, 0, 0, 0, 0};
    qini_t few = curve(&(qini_data_t){4, score, treated, outcome, weight, NULL}, 0);
    qini_t all = curve(&(qini_data_t){6, score_6, treated_6, outcome_6, NULL, NULL}, 0);
    assert_true(near(few.area, all.area) && near(few.coefficient, all.coefficient));
    qini_free(&few);
    qini_free(&all);
}

static void one_score_for_all_is_the_line(void **state)
{
    (void)state;
    made_t *m = make(7, 1);
    double *score = calloc(PEOPLE, sizeof *score);
    qini_t q = curve(&(qini_data_t){PEOPLE, score, m->treated, m->outcome, NULL, NULL}, 0);
    assert_int_equal(q.n_points, 2);
    assert_true(fabs(q.coefficient) < 1e-9);
    qini_free(&q);
    free(score);
    free(m);
}

/* The curve of an experiment is that of the true effects up to luck: the end is the treated times the
 * mean effect, and the coefficient that of the effects times the treated share; |z| < 4 by the
 * bootstrap's own interval, which is not empty. */
static void experiment_and_truth_agree(void **state)
{
    (void)state;
    made_t *m = make(8, 1);
    qini_t seen = curve(&(qini_data_t){PEOPLE, m->effect, m->treated, m->outcome, NULL, NULL}, 100),
           best;
    assert_int_equal(qini_of_effects(&best, m->effect, m->effect, NULL, PEOPLE, NULL), OK);
    double half = (seen.high - seen.low) / 2;
    assert_true(seen.low < seen.coefficient && seen.coefficient < seen.high);
    assert_true(fabs(seen.coefficient - best.coefficient / 2) < 2.05 * half);
    assert_true(half < 0.2 * seen.coefficient);
    qini_free(&seen);
    qini_free(&best);
    free(m);
}

/* Nobody orders people better than the truth, and the tree comes near it. */
static void the_tree_comes_near_the_oracle(void **state)
{
    (void)state;
    made_t *m = make(9, 1);
    uplift_tree_t t = grown(m, UPLIFT_EUCLIDEAN, rng_key(8));
    double *score = malloc(PEOPLE * sizeof *score);
    for (size_t i = 0; i < PEOPLE; i++)
        score[i] = uplift_of(&t.node[t.leaf_node[uplift_leaf(&t, &m->people, i)]].chosen);
    qini_t tree, best, wrong;
    assert_int_equal(qini_of_effects(&tree, score, m->effect, NULL, PEOPLE, NULL), OK);
    assert_int_equal(qini_of_effects(&best, m->effect, m->effect, NULL, PEOPLE, NULL), OK);
    for (size_t i = 0; i < PEOPLE; i++) score[i] = -score[i];
    assert_int_equal(qini_of_effects(&wrong, score, m->effect, NULL, PEOPLE, NULL), OK);
    assert_true(tree.coefficient < best.coefficient);
    assert_true(tree.coefficient > 0.9 * best.coefficient);
    assert_true(near(wrong.coefficient, -tree.coefficient));
    qini_free(&tree);
    qini_free(&best);
    qini_free(&wrong);
    free(score);
    free(m);
}

/* 40 experiments of 2,000 people: how often the 95 % interval holds the truth. Binomial: below 33 of 40
 * has 1 chance in 1,000 if coverage is .95. */
static void intervals_hold_the_truth(void **state)
{
    (void)state;
    enum { EXPERIMENTS = 20, PARTS = 2, SOME = 2000 };
    int held = 0;
    for (uint64_t seed = 200; seed < 200 + EXPERIMENTS; seed++) {
        made_t *m = make(seed, 1);
        qini_t best;
        assert_int_equal(qini_of_effects(&best, m->effect, m->effect, NULL, PEOPLE, NULL), OK);
        double truth = best.coefficient / 2 * SOME / PEOPLE;
        for (size_t part = 0; part < PARTS; part++) {
            size_t from = part * SOME;
            qini_t q = curve(&(qini_data_t){SOME, m->effect + from, m->treated + from,
                                            m->outcome + from, NULL, NULL},
                             100);
            held += q.low <= truth && truth <= q.high;
            qini_free(&q);
        }
        qini_free(&best);
        free(m);
    }
    assert_true(held >= 33);
}

/* Two rows a person, alike in both arms: where they are drawn together, how much people differ is no
 * luck. Here half of the people always convert and half never do: the curve is 0 in every sample. */
static void rows_of_a_person_are_drawn_together(void **state)
{
    (void)state;
    enum { ROWS = 400 };
    double score[ROWS], outcome[ROWS];
    uint8_t treated[ROWS];
    uint32_t person[ROWS];
    for (uint32_t r = 0; r < ROWS; r++) {
        person[r] = r / 2;
        score[r] = person[r] % 3;
        treated[r] = r % 2;
        outcome[r] = person[r] % 2;
    }
    qini_t together = curve(&(qini_data_t){ROWS, score, treated, outcome, NULL, person}, 100);
    qini_t apart = curve(&(qini_data_t){ROWS, score, treated, outcome, NULL, NULL}, 100);
    assert_true(fabs(together.low) < 1e-9 && fabs(together.high) < 1e-9);
    assert_true(apart.high - apart.low > 1);
    qini_free(&together);
    qini_free(&apart);
}

static void no_curve_without_both_arms(void **state)
{
    (void)state;
    const double score[] = {1, 2}, outcome[] = {1, 0}, missing[] = {1, NAN};
    const uint8_t treated[] = {1, 1}, both[] = {1, 0};
    qini_t q;
    error_t err;
    assert_int_equal(
        qini_init(&q, &(qini_data_t){2, score, treated, outcome, NULL, NULL}, 0, rng_key(1), &err),
        ERR_INVALID);
    qini_free(&q);
    assert_int_equal(
        qini_init(&q, &(qini_data_t){2, missing, both, outcome, NULL, NULL}, 0, rng_key(1), &err),
        ERR_INVALID);
    assert_non_null(strstr(err.text, "person 2"));
    qini_free(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divergences_are_those_of_the_paper),
        cmocka_unit_test(a_gain_by_hand),
        cmocka_unit_test(a_split_that_tells_the_arms_apart_costs),
        cmocka_unit_test(sides_may_be_exchanged),
        cmocka_unit_test(the_tree_finds_who_responds),
        cmocka_unit_test(nobody_responds_no_tree),
        cmocka_unit_test(honest_effects_are_unbiased),
        cmocka_unit_test(leaf_effects_are_the_true_ones),
        cmocka_unit_test(the_path_of_a_leaf_is_its_rule),
        cmocka_unit_test(the_scale_of_weights_does_not_matter),
        cmocka_unit_test(who_takes_no_part_does_not_count),
        cmocka_unit_test(a_row_of_trials_is_so_many_rows),
        cmocka_unit_test(what_is_no_experiment_is_refused),
        cmocka_unit_test(equal_scores_are_taken_together),
        cmocka_unit_test(a_weight_counts_as_so_many_people),
        cmocka_unit_test(one_score_for_all_is_the_line),
        cmocka_unit_test(experiment_and_truth_agree),
        cmocka_unit_test(the_tree_comes_near_the_oracle),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(rows_of_a_person_are_drawn_together),
        cmocka_unit_test(no_curve_without_both_arms),
    };
    return cmocka_run_group_tests_name("uplift", tests, NULL, NULL);
}
