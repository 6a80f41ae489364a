/* test_crisis.c -- mentions of a crisis, answered and not, and the sentiment that they cost. */
#include "models/brand/crisis.h"
#include "models/brand/sentiment.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static crisis_rules_t plain(void)
{
    return (crisis_rules_t){.mentions = 1000,
                            .branching = 0.6,
                            .decay = 0.5,
                            .response_hours = INFINITY,
                            .calming = 0.5};
}

/* One mention and all that it leads to, from `at` hours on: those before `until`, each exciting as long as it
 * comes before the answer, less afterwards. */
static int offspring(gsl_rng *rng, const crisis_rules_t *c, double at, double until)
{
    int n = 1;
    for (int k = (int)gsl_ran_poisson(rng, c->branching); k > 0; k--) {
        double child = at + gsl_ran_exponential(rng, 1 / c->decay);
        if (child > c->response_hours && gsl_rng_uniform(rng) > c->calming) continue;
        if (child < until) n += offspring(rng, c, child, until);
    }
    return n;
}

/* 40,000 mentions of the onset, simulated as a branching process: the mean of each within 4.9 of its errors, or
 * 0.05 of 2.5. */
static void check_mentions(const crisis_rules_t *c, double hours)
{
    enum { ONSETS = 40000 };
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double sum = 0, squares = 0;
    for (int i = 0; i < ONSETS; i++) {
        double n = offspring(rng, c, 0, hours);
        sum += n / ONSETS;
        squares += n * n / ONSETS;
    }
    gsl_rng_free(rng);
    double mean = crisis_mentions(c, 1, hours) / c->mentions;
    print_message("# %g h: %.4f mentions, expected %.4f\n", hours, sum, mean);
    assert_true(fabs(sum - mean) < 4.9 * sqrt((squares - sum * sum) / ONSETS));
}

static void mentions_are_a_hawkes_process(void **state)
{
    (void)state;
    crisis_rules_t c = plain();
    check_mentions(&c, INFINITY);
    check_mentions(&c, 5);
}

static void an_answer_lets_each_mention_excite_fewer(void **state)
{
    (void)state;
    crisis_rules_t c = plain();
    c.response_hours = 3;
    c.calming = 0.25;
    check_mentions(&c, INFINITY);
    check_mentions(&c, 5);
    crisis_rules_t late = c;
    late.response_hours = 12;
    assert_true(crisis_mentions(&c, 1, INFINITY) < crisis_mentions(&late, 1, INFINITY));
    assert_true(crisis_mentions(&late, 1, INFINITY) < 2500);
    assert_true(crisis_mentions(&c, 1, 3) == crisis_mentions(&late, 1, 3));
    c.calming = 1; /* an answer that calms nobody */
    assert_true(fabs(crisis_mentions(&c, 1, INFINITY) - 2500) < 1e-9);
}

/* Unanswered, the blame of all days is the severity. */
static void blame_is_spread_over_the_mentions(void **state)
{
    (void)state;
    crisis_rules_t c = plain();
    double sum = 0;
    for (int day = 0; day < 60; day++) sum += crisis_blame(&c, 0.6, 24 * day, 24 * day + 24);
    assert_true(fabs(sum - 0.6) < 1e-9);
    c.response_hours = 6;
    assert_true(crisis_blame(&c, 0.6, 0, INFINITY) < 0.6);
    assert_true(crisis_blame(&c, 0, 0, INFINITY) == 0 && crisis_mentions(&c, 0, 9) == 0);
    assert_true(crisis_mentions(&c, 1, -5) == 0);
}

/* A shock of -0.6 at a persistence of 0.9: the days' sum is -6, as the closed form says. */
static void sentiment_forgets_a_shock(void **state)
{
    (void)state;
    sentiment_t s = {.persistence = 0.9, .effect = 0.5};
    double now = sentiment_next(&s, 0, 0, 0.6, 1), sum = 0;
    assert_true(now == -0.6);
    for (int day = 0; day < 400; day++) {
        if (day == 14) assert_true(fabs(now - sentiment_left(&s, -0.6, 14)) < 1e-12);
        sum += now;
        now = sentiment_next(&s, now, 0, 0, 1);
    }
    assert_true(fabs(sum - sentiment_total(&s, -0.6)) < 1e-9);
    assert_true(sentiment_factor(&s, 0, 0) == 1);
    assert_true(fabs(sentiment_factor(&s, -0.6, 0) - exp(-0.3)) < 1e-15);
}

static void praise_lifts_sentiment_and_noise_has_its_sd(void **state)
{
    (void)state;
    sentiment_t s = {.persistence = 0.9, .praise = 0.01, .noise = 0.05};
    double now = 0;
    for (int day = 0; day < 400; day++) now = sentiment_next(&s, now, 0.6, 0, 0);
    assert_true(fabs(now - 0.06) < 1e-12); /* 0.01 x 0.6 / (1 - 0.9) */
    assert_true(sentiment_next(&s, 0, 0, 0, 2) == 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mentions_are_a_hawkes_process),
        cmocka_unit_test(an_answer_lets_each_mention_excite_fewer),
        cmocka_unit_test(blame_is_spread_over_the_mentions),
        cmocka_unit_test(sentiment_forgets_a_shock),
        cmocka_unit_test(praise_lifts_sentiment_and_noise_has_its_sd),
    };
    return cmocka_run_group_tests_name("crisis", tests, NULL, NULL);
}
