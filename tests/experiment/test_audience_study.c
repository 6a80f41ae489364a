/* test_audience_study.c -- counts of audiences against closed forms and against counting one by one. */
#include "sim/config/load.h"
#include "sim/experiment/audience_exact.h"
#include "sim/experiment/audience_study.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    WOMEN,
    FIT,
    FIT_COOKS,
    FIT_NEW,
    VISITORS,
    VISITORS_WEEK,
    CRM,
    CRM_SURE,
    STAY_AWAY,
    ALIKE,
    OLD_USERS,
    N
};
enum { AGORA, FORUM };

typedef struct {
    diagnostics_t *problems;
    loaded_t *loaded;
    audience_study_t study;
} counted_t;

static counted_t counted(long seed, long people, int threads)
{
    char set[2][32];
    const char *const sets[] = {set[0], set[1]};
    snprintf(set[0], sizeof set[0], "seed=%ld", seed);
    snprintf(set[1], sizeof set[1], "people=%ld", people);
    counted_t c = {.problems = diagnostics_new()};
    load_options_t how = {.set = sets, .n_set = 2};
    error_t err = {""};
    assert_int_equal(
        scenario_load("tests/experiment/audiences.yaml", &how, c.problems, &c.loaded, &err), OK);
    audience_options_t options = {.threads = threads};
    assert_int_equal(audience_study_open(&c.study, loaded_scenario(c.loaded), &options, &err), OK);
    assert_int_equal(c.study.n_audiences, N);
    return c;
}

static void counted_free(counted_t *c)
{
    audience_study_close(&c->study);
    loaded_free(c->loaded);
    diagnostics_free(c->problems);
}

/* --- by hand ---------------------------------------------------------------------------------- */

/* 205,000 of 400,000 are women; the cells are whole in a sample of 20,000, up to rounding. */
static void what_cells_decide_is_counted_exactly(void **state)
{
    (void)state;
    counted_t c = counted(1, 20000, 1);
    const audience_size_t *women = &c.study.audience[WOMEN];
    assert_true(fabs(women->size.exact - 205000) < 1e-6);
    assert_true(fabs(women->size.people - 205000) <= 6 * 20);
    assert_true(women->size.error <= 6 * 20);
    /* forum is used by a quarter of anybody */
    assert_true(fabs(women->on[FORUM].targeted.exact - 51250) < 1e-6);
    /* agora by age: 76,000 of 18-34, 69,000 of 35-54, 60,000 of 55+ */
    assert_true(fabs(women->on[AGORA].targeted.exact - (60800 + 41400 + 18000)) < 1e-4);
    counted_free(&c);
}

/* A list: 5 % of 400,000 are customers; Beta of mean 45 % and sd 11 %. */
static void a_list_is_found_at_its_match_rate(void **state)
{
    (void)state;
    counted_t c = counted(1, 400000, 2);
    const audience_size_t *crm = &c.study.audience[CRM], *sure = &c.study.audience[CRM_SURE];
    assert_true(fabs(crm->listed.exact - 20000) < 1e-6);
    assert_true(fabs(crm->size.exact - 9000) < 1);
    /* binomial sd 70: 5 sd, 1 in 1.7 million */
    assert_true(fabs(crm->size.people - 9000) < 350);
    /* a quarter sure that it is below .375, a tenth below .307 (normal: .45 - 1.2816 .11 = .309) */
    assert_true(crm->low > 0.300 * 20000 && crm->low < 0.315 * 20000);
    assert_true(crm->high > 0.585 * 20000 && crm->high < 0.600 * 20000);
    /* a certain rate leaves the luck alone: sd sqrt(n .6 .4) of the n on the list */
    double n = sure->listed.exact, sd = sqrt(n * 0.6 * 0.4);
    assert_true(fabs(sure->low - (0.6 * n - 1.2816 * sd)) < 0.02 * sd + 1);
    assert_true(fabs(sure->high - (0.6 * n + 1.2816 * sd)) < 0.02 * sd + 1);
    counted_free(&c);
}

/* --- against the closed forms ----------------------------------------------------------------- */

/* Errors in units of their bound, over seeds. */
typedef struct {
    double squares, sum;
    int n;
} spread_t;

/* Below some thirty people a count is skew, and its own error is small where it is small. */
static void add(spread_t *s, const audience_study_t *study, const headcount_t *x)
{
    if (!(x->exact >= 30 * study->weight)) return;
    double z = (x->people - x->exact) / x->error;
    s->sum += z;
    s->squares += z * z;
    s->n++;
}

/* The bound is one: where traits are spread evenly the error is smaller, and where chance has its way
 * (a pool: every person draws for herself) it is as large as that. 100 seeds: the mean of z within
 * 4/sqrt(100) = 0.4 (1 in 16,000; a bias of half the error is seen), its root mean square at most
 * 1 + 4/sqrt(200) = 1.28. */
static void counts_are_off_by_their_error_and_no_more(void **state)
{
    (void)state;
    enum { SEEDS = 100 };
    static const int drawn[] = {VISITORS, VISITORS_WEEK};
    spread_t size[N] = {{0}}, on[N][2][3] = {{{{0}}}};
    for (long seed = 1; seed <= SEEDS; seed++) {
        counted_t c = counted(seed, 4000, 2);
        for (int a = FIT; a < N; a++) {
            const audience_size_t *x = &c.study.audience[a];
            add(&size[a], &c.study, &x->size);
            for (int p = 0; p < 2; p++) {
                add(&on[a][p][0], &c.study, &x->on[p].targeted);
                add(&on[a][p][1], &c.study, &x->on[p].truth);
                add(&on[a][p][2], &c.study, &x->on[p].both);
            }
        }
        counted_free(&c);
    }
    for (int a = FIT; a < N; a++)
        for (int k = 0; k < 7; k++) {
            const spread_t *s = k ? &on[a][(k - 1) / 3][(k - 1) % 3] : &size[a];
            if (s->n && (fabs(s->sum / s->n) > 0.4 || sqrt(s->squares / s->n) > 1.28))
                fail_msg("audience %d, %d: mean %.2f, rms %.2f", a, k, s->sum / s->n,
                         sqrt(s->squares / s->n));
        }
    for (size_t k = 0; k < sizeof drawn / sizeof *drawn; k++)
        assert_true(sqrt(size[drawn[k]].squares / SEEDS) > 0.8);
}

/* Forum sees 70 % of those who like fitness and 5 % of the others, and a quarter of anybody uses it. */
static void a_platform_targets_by_its_labels(void **state)
{
    (void)state;
    counted_t c = counted(2, 100000, 2);
    const reach_t *r = &c.study.audience[FIT].on[FORUM];
    double fit = c.study.audience[FIT].size.exact, right = 0.25 * 0.7 * fit;
    double wrong = 0.25 * 0.05 * (400000 - fit);
    assert_true(fabs(r->both.exact - right) < 1e-3);
    assert_true(fabs(r->targeted.exact - right - wrong) < 1e-3);
    assert_true(fabs(r->truth.exact - 0.25 * fit) < 1e-3);
    /* sd of the shares at most .005 and .006: 5 sd, 1 in 1.7 million */
    assert_true(fabs(reach_on_target(r) - right / (right + wrong)) < 0.025);
    assert_true(fabs(reach_missed(r) - 0.3) < 0.03);
    const reach_t *agora = &c.study.audience[FIT].on[AGORA]; /* has no labels: knows the truth */
    assert_int_equal(agora->targeted.simulated, agora->both.simulated);
    assert_true(reach_on_target(agora) == 1 && reach_missed(agora) == 0);
    counted_free(&c);
}

/* A tenth of agora's users, those of the 5 % customers whom it finds left out; by score, so that those truly
 * the most alike are in it more often than the tenth that chance would bring. */
static void a_lookalike_is_its_share_of_who_may_be_chosen(void **state)
{
    (void)state;
    counted_t c = counted(2, 20000, 2);
    const audience_size_t *x = &c.study.audience[ALIKE];
    double users = 0.8 * 156000 + 0.6 * 139000 + 0.3 * 105000;
    assert_int_equal(x->home, AGORA);
    assert_true(x->size.exact > 0.095 * users && x->size.exact < 0.1 * users);
    /* what varies is who of some 600 customers among 12,500 simulated users is found */
    assert_true(fabs(x->size.people / x->size.exact - 1) < 0.01);
    assert_true(x->size.people == x->on[AGORA].targeted.people);
    assert_true(reach_on_target(&x->on[AGORA]) > 0.2);
    counted_free(&c);
}

/* Pairs: of two expressions, of an expression with a pool and with a list, of a pool with a list, whose
 * chances both depend on having bought before. Two pools read the same visits: no closed form. */
static void pairs_have_closed_forms_where_their_chances_are_independent(void **state)
{
    (void)state;
    enum { SEEDS = 100 };
    static const int pairs[][2] = {{WOMEN, FIT},   {FIT, FIT_NEW},       {FIT, VISITORS},
                                   {FIT_NEW, CRM}, {VISITORS, CRM_SURE}, {VISITORS_WEEK, CRM}};
    enum { PAIRS = sizeof pairs / sizeof *pairs };
    spread_t spread[PAIRS] = {{0}};
    for (long seed = 1; seed <= SEEDS; seed++) {
        counted_t c = counted(seed, 4000, 2);
        for (int k = 0; k < PAIRS; k++) {
            const audience_pair_t *p = audience_study_pair(&c.study, pairs[k][0], pairs[k][1]);
            if (k == 3) { /* nobody new is on the list */
                assert_true(p->both.exact == 0 && p->both.simulated == 0);
                continue;
            }
            add(&spread[k], &c.study, &p->both);
        }
        assert_true(isnan(audience_study_pair(&c.study, VISITORS, VISITORS_WEEK)->both.exact));
        assert_true(isnan(audience_study_pair(&c.study, CRM_SURE, CRM)->both.exact));
        counted_free(&c);
    }
    for (int k = 0; k < PAIRS; k++)
        if (k != 3 && fabs(spread[k].sum / SEEDS) > 0.4)
            fail_msg("pair %d: mean %.2f", k, spread[k].sum / SEEDS);
}

/* Rate 5 % a month of new people, 30 % of visits order: 1/180 visits a day. Window 20 days, exclusion 10:
 * P(no order in 10 days) P(a visit in 20 days, of those that did not order or are older than 10). */
static void a_pool_is_what_visits_make_it(void **state)
{
    (void)state;
    counted_t c = counted(1, 100, 1);
    scenario_t *alike = malloc(sizeof *alike);
    assert_non_null(alike);
    *alike = *c.study.scenario;
    double q = alike->product.visit_to_order, v = 0.05 / 30 / q, affinity = alike->product.affinity;
    alike->product.affinity = 0;
    double p = exp(-v * q * 10) * (1 - exp(-v * (1 - q) * 20 - v * q * 10));
    assert_true(fabs(pool_probability(alike, &alike->audience[VISITORS], 0) - p) < 1e-12);
    /* without exclusion every visit counts */
    const audience_t *week = &alike->audience[VISITORS_WEEK];
    assert_true(fabs(pool_probability(alike, week, 0) - (1 - exp(-7 * v))) < 1e-12);
    /* a window longer than the warm-up holds what there is */
    audience_t year = *week;
    year.window_days = 365;
    assert_true(fabs(pool_probability(alike, &year, 0) - (1 - exp(-30 * v))) < 1e-12);
    /* people who differ in affinity: the mean over those below the 5 % who have bought, here by steps */
    alike->product.affinity = affinity;
    assert_true(affinity > 0);
    double sum = 0, step = 1e-4;
    for (double z = -9; z < 1.6448536269514722; z += step) {
        double middle = z + step / 2;
        sum += step * exp(-middle * middle / 2) / sqrt(2 * 3.14159265358979) *
               (1 - exp(-7 * v * exp(affinity * (middle - affinity / 2))));
    }
    assert_true(fabs(pool_probability(alike, week, 0) / (sum / 0.95) - 1) < 1e-4);
    free(alike);
    counted_free(&c);
}

/* --- against counting one by one -------------------------------------------------------------- */

static int64_t people_with(const audience_study_t *s, audience_set_t in)
{
    int64_t sum = 0;
    for (size_t k = 0; k < s->n_patterns; k++) {
        bool all = true;
        for (int a = 0; a < s->n_audiences; a++)
            all = all && (!audience_set_has(in, a) || audience_set_has(s->pattern[k].in, a));
        if (all) sum += s->pattern[k].exactly;
    }
    return sum;
}

static audience_set_t set_of(int a, int b)
{
    audience_set_t s = {{0}};
    s.word[a / 64] |= (uint64_t)1 << (a % 64);
    s.word[b / 64] |= (uint64_t)1 << (b % 64);
    return s;
}

static void everybody_is_in_one_pattern(void **state)
{
    (void)state;
    counted_t c = counted(3, 20000, 2);
    const audience_study_t *s = &c.study;
    int64_t people = 0, members = 0, sizes = 0;
    assert_int_equal(s->n_patterns, s->n_patterns_all);
    for (size_t k = 0; k < s->n_patterns; k++) {
        people += s->pattern[k].exactly;
        members += s->pattern[k].exactly * audience_set_count(s->pattern[k].in);
        assert_int_equal(s->pattern[k].at_least, people_with(s, s->pattern[k].in));
    }
    assert_int_equal(people, 20000);
    for (int a = 0; a < N; a++) {
        sizes += s->audience[a].size.simulated;
        assert_int_equal(s->audience[a].size.simulated, people_with(s, set_of(a, a)));
        for (int b = a + 1; b < N; b++)
            assert_int_equal(audience_study_pair(s, b, a)->both.simulated,
                             people_with(s, set_of(a, b)));
    }
    assert_int_equal(members, sizes);
    int64_t in_any = 0;
    for (int k = 0; k <= N; k++) in_any += s->in_exactly[k];
    assert_int_equal(in_any, 20000);
    counted_free(&c);
}

/* A person has one level of each attribute; cells sum to the audience; a trait's cells to the trait. */
static void compositions_sum_to_their_audience(void **state)
{
    (void)state;
    counted_t c = counted(4, 20000, 2);
    const audience_study_t *s = &c.study;
    size_t facets = (size_t)s->n_facets, cells = (size_t)s->n_cross;
    assert_int_equal(s->n_cross, 3 * 2 * 2);
    for (int a = 0; a <= N; a++) {
        int64_t size = a == N ? 20000 : s->audience[a].size.simulated, cross = 0, fit = 0;
        for (int f = 0, g; f < s->n_facets; f = g) {
            int64_t sum = 0;
            for (g = f; g < s->n_facets && !strcmp(s->facet[g].dimension, s->facet[f].dimension);
                 g++)
                sum += s->count[(size_t)a * facets + (size_t)g];
            if (s->facet[f].kind == FACET_LEVEL || s->facet[f].kind == FACET_CUSTOMER)
                assert_int_equal(sum, size);
        }
        for (size_t k = 0; k < cells; k++) {
            cross += s->cross[(size_t)a * cells + k];
            fit += s->cross_trait[((size_t)a * cells + k) * 2];
        }
        assert_int_equal(cross, size);
        if (a == FIT) assert_int_equal(fit, size);
    }
    counted_free(&c);
}

/* Half of everyone, three quarters of an audience of 400: index 150, Wilson's interval .7054 to .7899. */
static void an_index_has_the_interval_of_its_sample(void **state)
{
    (void)state;
    profile_t p = profile_of(300, 400, 1000, 2000);
    assert_true(fabs(p.index - 150) < 1e-9 && !p.few);
    assert_true(fabs(p.lo - 141.08) < 0.2 && fabs(p.hi - 157.98) < 0.2);
    assert_true(profile_of(3, 40, 1000, 2000).few); /* 20 would be as usual: too few */
    profile_t nobody = profile_of(0, 0, 10, 20);
    assert_true(isnan(nobody.index) && nobody.few);
}

static void any_number_of_threads_gives_the_same_counts(void **state)
{
    (void)state;
    counted_t one = counted(5, 20000, 1), three = counted(5, 20000, 3);
    const audience_study_t *x = &one.study, *y = &three.study;
    size_t facets = (N + 1) * (size_t)x->n_facets;
    assert_memory_equal(x->count, y->count, facets * sizeof *x->count);
    assert_int_equal(x->n_patterns, y->n_patterns);
    assert_memory_equal(x->pattern, y->pattern, x->n_patterns * sizeof *x->pattern);
    for (int a = 0; a < N; a++) {
        assert_true(x->audience[a].size.error == y->audience[a].size.error);
        assert_memory_equal(&x->audience[a].size.exact, &y->audience[a].size.exact, sizeof(double));
        assert_true(x->audience[a].on[AGORA].targeted.error ==
                    y->audience[a].on[AGORA].targeted.error);
        assert_int_equal(x->audience[a].on[AGORA].both.simulated,
                         y->audience[a].on[AGORA].both.simulated);
    }
    counted_free(&one);
    counted_free(&three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cells_decide_is_counted_exactly),
        cmocka_unit_test(a_list_is_found_at_its_match_rate),
        cmocka_unit_test(counts_are_off_by_their_error_and_no_more),
        cmocka_unit_test(a_platform_targets_by_its_labels),
        cmocka_unit_test(a_lookalike_is_its_share_of_who_may_be_chosen),
        cmocka_unit_test(pairs_have_closed_forms_where_their_chances_are_independent),
        cmocka_unit_test(a_pool_is_what_visits_make_it),
        cmocka_unit_test(everybody_is_in_one_pattern),
        cmocka_unit_test(compositions_sum_to_their_audience),
        cmocka_unit_test(an_index_has_the_interval_of_its_sample),
        cmocka_unit_test(any_number_of_threads_gives_the_same_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
