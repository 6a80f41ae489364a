/* Exact audience sizes, raking and the closed forms of targeting. Their published values are among the
 * known answers (tests/base); here are laws, limits and refusals. */
#include "models/audience/composition.h"
#include "models/audience/fit.h"
#include "models/audience/size.h"
#include "models/audience/targeting.h"
#include "models/base/maths.h"

#include "people.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.17g is not %.17g", a, b);
}

static expression_t *compiled(const char *text, const population_spec_t *spec)
{
    expression_t *e = NULL;
    expression_fault_t fault;
    if (expression_compile(text, spec, NULL, &e, &fault, NULL) != OK)
        fail_msg("%s: %s", text, fault.text);
    return e;
}

static double size_of(const char *text, const population_spec_t *spec)
{
    expression_t *e = compiled(text, spec);
    double people = NAN;
    assert_int_equal(audience_size_exact(e, spec, &people, NULL), OK);
    expression_free(e);
    return people;
}

/* ---- Exact sizes ---- */

/* West 1200, 1800, 3000 and north east 800, 2200, 1000 people of the three age bands. */
static void sizes_of_cells_levels_and_ages_are_counts(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    assert_near(size_of("everyone", spec), 10000, 1e-9);
    assert_near(size_of("not everyone", spec), 0, 0);
    assert_near(size_of("region West", spec), 6000, 1e-9);
    assert_near(size_of("region West and age 55+", spec), 3000, 1e-9);
    assert_near(size_of("age 18-34", spec), 2000, 1e-9);
    assert_near(size_of("age 30-39", spec), 2000 * 5 / 17.0 + 4000 * 5 / 20.0, 1e-9);
    assert_near(size_of("age >= 30 and not age > 39", spec), 2000 * 5 / 17.0 + 4000 * 5 / 20.0,
                1e-9);
    assert_near(size_of("age 91+", spec), 0, 0);
    assert_near(size_of("education college", spec), 2000 * .5 + 4000 * .7 + 4000 * .4, 1e-9);
    assert_near(size_of("customers and region West", spec), 600, 1e-9);
    people_free(spec);
}

static void sizes_over_classes_are_mixtures(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    for (int a = 0; a < POP_ATTRIBUTES; a++)
        for (int l = 0; l < POP_LEVELS; l++)
            for (int g = 0; g < POP_CLASSES; g++) spec->class_effect[a][l][g] = 1;
    double fitness = .5 * .7 + .3 * .2 + .2 * .1;
    double both = .5 * .7 * .1 + .3 * .2 * .3 + .2 * .1 * .5;
    double yoga = .5 * .1 + .3 * .3 + .2 * .5;
    assert_near(size_of("interest fitness", spec), 1e4 * fitness, 1e-8);
    assert_near(size_of("interest fitness and interest yoga", spec), 1e4 * both, 1e-8);
    assert_near(size_of("interest in [fitness, yoga]", spec), 1e4 * (fitness + yoga - both), 1e-8);
    assert_near(size_of("interest fitness and not interest fitness", spec), 0, 0);
    assert_near(size_of("gold and customers", spec), 1e4 * .25 * .1, 1e-8);
    people_free(spec);
}

static void sizes_of_platforms_come_from_their_copula(void **state)
{
    (void)state;
    population_spec_t *spec = people_spec();
    assert_near(size_of("uses alpha", spec), .9 * 2000 + .6 * 4000 + .3 * 4000, 1e-6);
    double expected = 0;
    static const double people[] = {2000, 4000, 4000}, use[] = {.9, .6, .3};
    for (int k = 0; k < 3; k++)
        expected += people[k] * normal2_cdf(normal_quantile(use[k]), normal_quantile(.4), .6 * .8);
    assert_near(size_of("uses alpha and uses beta", spec), expected, 1e-6);
    assert_near(size_of("uses in [alpha, beta]", spec), 7800 - 2400 + 4000 - expected, 1e-6);
    people_free(spec);
}

/* 200,000 people against the closed form: each within 4 sd of free draws (strata only help): 9
 * expressions, 1 run in 1,700. */
static void simulated_people_agree_with_exact_sizes(void **state)
{
    (void)state;
    static const char *const text[] = {
        "age 25-60 and interest fitness and region in [West]",
        "interest fitness or interest yoga and not behaviour frequent_buyer",
        "uses alpha and interest yoga",
        "uses beta and not uses gamma or gold",
        "education college and (silver or age 70+)",
        "not (uses alpha or uses beta or uses gamma)",
        "customers or silver and uses gamma",
        "(interest fitness and interest yoga) or (gold and silver) or (customers and age < 40)",
        "education school and uses gamma and interest fitness",
    };
    population_spec_t *spec = people_spec();
    population_t pop;
    assert_int_equal(population_init(&pop, spec, 200000, rng_key(5), 0, NULL), OK);
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) {
        expression_t *e = compiled(text[k], spec);
        double share = size_of(text[k], spec) / spec->size, n = 200000, have = 0;
        for (size_t i = 0; i < pop.n; i++) have += expression_matches(e, &pop, i);
        if (fabs(have - n * share) > 4 * sqrt(n * share * (1 - share)))
            fail_msg("%s: %g of %g", text[k], have, n * share);
        expression_free(e);
    }
    population_free(&pop);
    people_free(spec);
}

/* (t0 and t1) or (t2 and t3) or ...: 8 pairs have a size, 32 pairs are too many ways. */
static void sizes_that_take_too_long_are_declined(void **state)
{
    (void)state;
    static char name[64][16];
    population_spec_t *spec = people_redrawn();
    spec->n_traits = 64;
    for (int q = 0; q < 64; q++) {
        snprintf(name[q], sizeof name[q], "t%d", q);
        spec->trait[q] = (trait_t){.name = name[q], .kind = TRAIT_OWN, .share = {0.5}};
    }
    for (int pairs = 8; pairs <= 32; pairs += 24) {
        char text[1000] = "";
        for (int k = 0; k < pairs; k++)
            sprintf(text + strlen(text), "%s(t%d and t%d)", k ? " or " : "", 2 * k, 2 * k + 1);
        expression_t *e = compiled(text, spec);
        double people = -1;
        bool sized = audience_size_exact(e, spec, &people, NULL) == OK;
        assert_int_equal(sized, pairs == 8);
        if (sized) assert_near(people / 1e6, 1 - pow(0.75, 8), 1e-12);
        if (!sized) assert_true(people == -1);
        expression_free(e);
    }
    people_free(spec);
}

/* Five platforms of one kind of people whose correlations come from one factor, so that all of any set of
 * them is an integral in one dimension: trapezoid, step 1/64, to 1e-12. */
static const double loading[5] = {0.9, 0.8, -0.7, 0.6, 0.5};
static const double used_by[5] = {0.7, 0.3, 0.5, 0.15, 0.6};

static population_spec_t *five_platforms(void)
{
    static const char *const name[] = {"a", "b", "c", "d", "e"};
    population_spec_t *spec = people_redrawn();
    spec->n_platforms = 5;
    for (int p = 0; p < 5; p++) {
        spec->platform[p] =
            (platform_use_t){.name = name[p], .share = people_table(1, &used_by[p])};
        for (int q = 0; q < 5; q++) spec->use_correlation[p][q] = loading[p] * loading[q];
    }
    return spec;
}

/* P(uses those of `yes` and none of `no`). */
static double by_factor(unsigned yes, unsigned no)
{
    double sum = 0;
    for (double f = -9; f <= 9; f += 1 / 64.0) {
        double p = normal_density(f) / 64;
        for (int k = 0; k < 5; k++) {
            double cut = normal_quantile(used_by[k]) - loading[k] * f;
            double with = normal_cdf(cut / sqrt(1 - loading[k] * loading[k]));
            if (yes >> k & 1) p *= with;
            if (no >> k & 1) p *= 1 - with;
        }
        sum += p;
    }
    return sum;
}

static void sizes_of_correlated_platforms_are_normal_probabilities(void **state)
{
    (void)state;
    population_spec_t *spec = five_platforms();
    static const struct {
        const char *text;
        unsigned yes, no;
        double within; /* of a million people */
    } set[] = {{"uses a", 1, 0, 1e-7},
               {"uses a and uses b", 3, 0, 1e-7},
               {"not (uses a or uses c)", 0, 5, 1e-7},
               {"uses a and uses b and uses c", 7, 0, 1e-2},
               {"not uses a and uses b and not uses c", 2, 5, 1e-2},
               {"uses a and not uses b and uses c and uses d", 13, 2, 1e-2},
               {"uses a and uses b and not uses c and uses d and uses e", 27, 4, 1e-2}};
    for (size_t k = 0; k < sizeof set / sizeof *set; k++)
        assert_near(size_of(set[k].text, spec), 1e6 * by_factor(set[k].yes, set[k].no),
                    set[k].within);
    assert_near(size_of("uses in [a, b, c]", spec), 1e6 * (1 - by_factor(0, 7)), 1e-2);
    /* Platforms and traits are independent given the cell. */
    assert_near(size_of("eligible and uses a and uses b", spec), 3e5 * by_factor(3, 0), 1e-7);
    assert_near(size_of("(uses a and uses b) or (not uses a and eligible)", spec),
                1e6 * (by_factor(3, 0) + 0.3 * by_factor(0, 1)), 1e-6);
    people_free(spec);
}

static void certain_use_needs_no_correlation(void **state)
{
    (void)state;
    population_spec_t *spec = five_platforms();
    spec->platform[0].share[0] = 1;
    spec->platform[1].share[0] = 0;
    assert_near(size_of("uses a and uses d", spec), 1e6 * used_by[3], 1e-7);
    assert_near(size_of("uses b and uses d", spec), 0, 0);
    assert_near(size_of("uses a and not uses b and uses c and uses e", spec),
                1e6 * by_factor(20, 0), 1e-6);
    people_free(spec);
}

/* Customers by class and age: the size is the sum over classes, and with a trait of theirs too. */
static void sizes_of_customers_by_class_are_exact(void **state)
{
    (void)state;
    static const double share[] = {.1, .2, .3, .4, .5, .6, .7, .8, .9};
    population_spec_t *spec = people_spec();
    spec->customer_by = (by_t){2, {BY_CLASS, AGE}};
    spec->customer_share = people_table(9, share);
    by_t by = {2, {BY_CLASS, AGE}};
    double people[9], customers = 0, with_gold = 0;
    assert_int_equal(composition(spec, &by, people, NULL), OK);
    for (int r = 0; r < 9; r++) {
        customers += people[r] * share[r];
        with_gold += people[r] * share[r] * spec->trait[YOGA].share[r / 3];
    }
    assert_near(size_of("customers", spec), customers, 1e-8);
    assert_near(size_of("customers and interest yoga", spec), with_gold, 1e-8);
    assert_near(size_of("customers or not customers", spec), 10000, 1e-8);
    people_free(spec);
}

/* ---- Raking ---- */

/* Shares to which a table of people x yes/no is raked are those of rake() on that table. */
static void raking_shares_is_raking_people_by_yes_and_no(void **state)
{
    (void)state;
    static const int side[] = {2, 3, 2}; /* sex, age, uses */
    double people[6] = {100, 250, 50, 300, 100, 200}, table[12], share[6];
    double by_sex[] = {120, 380}, by_age[] = {200, 150, 150};
    double no_sex[] = {280, 120, 220, 380}, no_age[] = {200, 200, 200, 150, 100, 150};
    uint32_t entry[5][12];
    for (int c = 0; c < 12; c++) table[c] = people[c / 2] / 2;
    margin_t both[] = {{"people", margin_entries(side, 3, 3, entry[0]), entry[0], people},
                       {"sex", margin_entries(side, 3, 5, entry[1]), entry[1], no_sex},
                       {"age", margin_entries(side, 3, 6, entry[2]), entry[2], no_age}};
    assert_int_equal(rake(table, 12, both, 3, NULL, NULL), OK);
    for (int c = 0; c < 6; c++) share[c] = 0.5;
    margin_t users[] = {{"sex", margin_entries(side, 2, 1, entry[3]), entry[3], by_sex},
                        {"age", margin_entries(side, 2, 2, entry[4]), entry[4], by_age}};
    assert_int_equal(rake_shares(share, people, 6, users, 2, NULL, NULL), OK);
    for (int c = 0; c < 6; c++) assert_near(share[c], table[2 * c + 1] / people[c], 1e-8);
}

static void shares_of_none_and_all_are_reached(void **state)
{
    (void)state;
    static const int side[] = {3, 2};
    double people[6] = {10, 20, 30, 40, 50, 60}, share[6];
    double users[] = {0, 70, 55};
    uint32_t entry[6];
    for (int c = 0; c < 6; c++) share[c] = 0.4;
    margin_t m = {"use", margin_entries(side, 2, 1, entry), entry, users};
    assert_int_equal(rake_shares(share, people, 6, &m, 1, NULL, NULL), OK);
    assert_near(share[0] + share[1], 0, 0);
    assert_near(share[2], 1, 1e-9);
    assert_near(share[4], 0.5, 1e-9);
}

static void raking_meets_three_margins_and_keeps_zeros(void **state)
{
    (void)state;
    static const int side[] = {2, 3, 2};
    double table[12] = {1, 2, 3, 0, 5, 6, 7, 8, 1, 2, 3, 4};
    double first[] = {30, 70}, second[] = {20, 30, 50};
    double pair[] = {12, 8, 11, 19, 25, 25}; /* second x third, agrees with `second` */
    uint32_t entry[3][12];
    margin_t margin[] = {{"first", margin_entries(side, 3, 1, entry[0]), entry[0], first},
                         {"second", margin_entries(side, 3, 2, entry[1]), entry[1], second},
                         {"pair", margin_entries(side, 3, 6, entry[2]), entry[2], pair}};
    rake_report_t report;
    assert_int_equal(rake(table, 12, margin, 3, &report, NULL), OK);
    assert_true(table[3] == 0);
    assert_in_range(report.sweeps, 1, 200);
    double a = 0;
    for (int c = 0; c < 6; c++) a += table[c];
    assert_near(a, 30, 1e-8);
    for (int c = 0; c < 6; c++) assert_near(table[c] + table[6 + c], pair[c], 1e-8);
}

static void raking_scales_margins_to_the_total_of_the_first(void **state)
{
    (void)state;
    static const int side[] = {2, 2};
    double table[4] = {1, 1, 1, 1};
    double rows[] = {30, 70}, shares[] = {0.5, 0.5};
    uint32_t entry[2][4];
    margin_t margin[] = {{"rows", margin_entries(side, 2, 1, entry[0]), entry[0], rows},
                         {"columns", margin_entries(side, 2, 2, entry[1]), entry[1], shares}};
    assert_int_equal(rake(table, 4, margin, 2, NULL, NULL), OK);
    assert_near(table[0], 15, 1e-8);
    assert_near(table[3], 35, 1e-8);
}

/* Only the diagonal is possible, so both margins must be the same. */
static void contradictory_margins_are_named(void **state)
{
    (void)state;
    static const int side[] = {2, 2};
    double table[4] = {1, 0, 0, 1};
    double rows[] = {30, 70}, columns[] = {50, 50};
    uint32_t entry[2][4];
    margin_t margin[] = {{"region", margin_entries(side, 2, 1, entry[0]), entry[0], rows},
                         {"education", margin_entries(side, 2, 2, entry[1]), entry[1], columns}};
    error_t err;
    rake_report_t report;
    assert_int_equal(rake(table, 4, margin, 2, &report, &err), ERR_INVALID);
    assert_int_equal(report.pair[0] + report.pair[1], 1);
    assert_non_null(strstr(err.text, "'region'"));
    assert_non_null(strstr(err.text, "'education'"));
    assert_non_null(strstr(err.text, "contradict"));
}

static void margins_without_support_are_refused(void **state)
{
    (void)state;
    static const int side[] = {2, 2};
    double table[4] = {0, 0, 1, 1};
    double rows[] = {30, 70}, nobody[] = {0, 0};
    uint32_t entry[2][4];
    margin_t one = {"region", margin_entries(side, 2, 1, entry[0]), entry[0], rows};
    margin_t none = {"sex", margin_entries(side, 2, 2, entry[1]), entry[1], nobody};
    error_t err;
    assert_int_equal(rake(table, 4, &one, 1, NULL, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "margin 'region' has people in entry 1"));
    assert_int_equal(rake(table, 4, &none, 1, NULL, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "margin 'sex' counts nobody"));
}

/* ---- Closed forms ---- */

static void a_perfect_label_loses_nothing_and_a_random_one_everything(void **state)
{
    (void)state;
    label_t perfect = {0.3, 1, 1}, random = {0.3, 0.4, 0.6};
    assert_near(label_ppv(perfect), 1, 1e-15);
    assert_near(label_size(perfect), 0.3, 1e-15);
    assert_near(label_rate_inside(perfect, 0.04, 0.01), 0.04, 1e-15);
    assert_near(label_lift(random), 1, 1e-15);
    assert_near(label_rate_inside(random, 0.04, 0.01), label_rate_outside(random, 0.04, 0.01),
                1e-15);
    assert_true(isnan(label_ppv((label_t){0.3, 0, 1})));
    for (double ppv = 0.35; ppv < 1; ppv += 0.1) {
        label_t l = {0.3, 0.55, label_specificity_for_ppv(0.3, 0.55, ppv)};
        assert_near(label_ppv(l), ppv, 1e-12);
    }
}

static void lookalikes_thin_out_as_they_grow(void **state)
{
    (void)state;
    double before = INFINITY;
    for (double q = 0.001; q < 1; q += 0.05) {
        lookalike_t l = lookalike(0.6, q, 0.02);
        assert_true(l.lift < before);
        assert_near(l.rate * q, l.share_of_converters * 0.02, 1e-12);
        before = l.lift;
    }
    assert_near(lookalike(0, 0.1, 0.02).lift, 1, 1e-9);
    assert_near(lookalike_correlation(0.6, 1000), 0.6 * sqrt(0.5), 1e-15);
    assert_near(lookalike_correlation(0.6, 0), 0, 0);
}

/* Beta(1, 1) makes every count of 0..3 equally likely. */
static void list_matches_have_their_quantiles(void **state)
{
    (void)state;
    static const double p[] = {0.1, 0.25, 0.26, 0.5, 0.51, 0.75, 0.76, 1};
    static const double k[] = {0, 0, 1, 1, 2, 2, 3, 3};
    for (int i = 0; i < 8; i++) assert_true(list_match_quantile(3, 1, 1, p[i]) == k[i]);
    /* Sharp beta: binomial(100, .5); P(<= 41) = .0443, P(<= 42) = .0666. */
    assert_true(list_match_quantile(100, 1e12, 1e12, 0.05) == 42);
    /* Of many people at a certain rate, tails vanish: qbinom(c(.1, .5, .9), 5277, .6) */
    assert_true(list_match_quantile(5277, 6e11, 4e11, 0.1) == 3121);
    assert_true(list_match_quantile(5277, 6e11, 4e11, 0.5) == 3166);
    assert_true(list_match_quantile(5277, 6e11, 4e11, 0.9) == 3212);
    assert_near(list_match(100, 1e12, 1e12).sd, 5, 1e-6);
}

static void tetrachoric_inverts_the_copula(void **state)
{
    (void)state;
    for (double rho = -0.9; rho < 0.95; rho += 0.3)
        assert_near(trait_tetrachoric(0.2, 0.6, trait_both(0.2, 0.6, rho)), rho, 1e-9);
    assert_near(trait_phi(0.2, 0.6, 0.12), 0, 1e-15);
}

static void equal_tables_fit_perfectly(void **state)
{
    (void)state;
    static const double t[] = {3, 0, 5};
    fit_t fit = table_fit(t, t, 3);
    assert_true(fit.srmse == 0 && fit.tae == 0 && fit.chi_square == 0 && fit.freeman_tukey == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_cells_levels_and_ages_are_counts),
        cmocka_unit_test(sizes_over_classes_are_mixtures),
        cmocka_unit_test(sizes_of_platforms_come_from_their_copula),
        cmocka_unit_test(simulated_people_agree_with_exact_sizes),
        cmocka_unit_test(sizes_that_take_too_long_are_declined),
        cmocka_unit_test(sizes_of_correlated_platforms_are_normal_probabilities),
        cmocka_unit_test(certain_use_needs_no_correlation),
        cmocka_unit_test(sizes_of_customers_by_class_are_exact),
        cmocka_unit_test(raking_shares_is_raking_people_by_yes_and_no),
        cmocka_unit_test(shares_of_none_and_all_are_reached),
        cmocka_unit_test(raking_meets_three_margins_and_keeps_zeros),
        cmocka_unit_test(raking_scales_margins_to_the_total_of_the_first),
        cmocka_unit_test(contradictory_margins_are_named),
        cmocka_unit_test(margins_without_support_are_refused),
        cmocka_unit_test(a_perfect_label_loses_nothing_and_a_random_one_everything),
        cmocka_unit_test(lookalikes_thin_out_as_they_grow),
        cmocka_unit_test(list_matches_have_their_quantiles),
        cmocka_unit_test(tetrachoric_inverts_the_copula),
        cmocka_unit_test(equal_tables_fit_perfectly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
