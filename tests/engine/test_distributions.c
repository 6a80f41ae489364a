/* What happens follows its law, not only its mean: impressions a person, days open, hours, prices, delays,
 * person effects, organic visits, rotation of creatives, and the event variance that expectations leave
 * out (MODEL 11, L2). Orders are expected, not drawn, so order values enter by their variance.
 *
 * Chi-square and Kolmogorov-Smirnov with GSL's laws. Seeds are fixed; each limit is passed by chance once
 * in 10^4 (sqrt(n) D < 2.23; chi-square by its p-value). Beside each check stands the least distortion
 * that fails it, found by planting it in the law. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/metrics/columns.h"
#include "tests/engine/flights.h"
#include "tests/engine/reference.h"
#include "tests/experiment/real.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const double LEAST = 1e-4, KS_MOST = 2.23;

static void assert_chi_square(const char *what, const double *count, const double *expected, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++) {
        assert_true(expected[k] >= 10);
        sum += (count[k] - expected[k]) * (count[k] - expected[k]) / expected[k];
    }
    double p = gsl_cdf_chisq_Q(sum, n - 1);
    print_message("# %s: chi-square %.1f, %d d.f., p = %.2g\n", what, sum, n - 1, p);
    assert_true(p > LEAST);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* u = the law's distribution function at each value: uniform if it is the law. Reorders u. */
static void assert_uniform(const char *what, double *u, size_t n)
{
    double most = 0;
    qsort(u, n, sizeof *u, ascending);
    for (size_t k = 0; k < n; k++)
        most = fmax(most, fmax(u[k] - (double)k / (double)n, (double)(k + 1) / (double)n - u[k]));
    print_message("# %s: n = %zu, sqrt(n) D = %.2f\n", what, n, sqrt((double)n) * most);
    assert_true(n > 1000 && sqrt((double)n) * most < KS_MOST);
}

/* ---- impressions a person ---- */

enum { PEOPLE = 20000, FLIGHTS = 4 };

/* P(n impressions) of an eligible person: gamma activity, thinned Poisson (MODEL 3.1). */
static double share_with(const scenario_t *sc, unsigned n)
{
    const platform_t *p = &sc->platform[0];
    double won =
        gsl_cdf_ugaussian_P(log(sc->ad_set[0].bid / p->rival_median_cpm) / p->rival_log_sd);
    double mean = p->opportunities_per_day * sc->days * won, k = p->activity_shape;
    return gsl_ran_negative_binomial_pdf(n, k / (k + mean), k);
}

/* Catches: the mean off by 6 %, the shape of activity off by 12 %. */
static void impressions_a_person_are_negative_binomial(void **state)
{
    (void)state;
    reference_t r;
    reference_init(&r, PEOPLE);
    r.sc.ad_set[0].cap[0].impressions = 0;
    flight_t f;
    flight_begin(&f, &r.sc, PEOPLE);
    for (uint32_t k = 0; k < FLIGHTS; k++) flight_fly(&f, &r.sc, k);
    double count[FREQUENCY_BINS + 1] = {PEOPLE * FLIGHTS}, expected[FREQUENCY_BINS + 1];
    double rest = 0.3;
    for (int n = 1; n <= FREQUENCY_BINS; n++) {
        count[n] = (double)workspace_tables(f.ws)->frequency[n - 1];
        count[0] -= count[n];
        rest -= 0.3 * share_with(&r.sc, (unsigned)n - 1);
        expected[n] =
            PEOPLE * FLIGHTS * (n < FREQUENCY_BINS ? 0.3 * share_with(&r.sc, (unsigned)n) : rest);
    }
    expected[0] = PEOPLE * FLIGHTS * (0.7 + 0.3 * share_with(&r.sc, 0));
    assert_chi_square("impressions a person", count, expected, FREQUENCY_BINS + 1);
    flight_end(&f);
    reference_free(&r);
}

/* A cap of 3 on the flight: whoever would see more sees 3. Catches: the shape of activity off by 8 %. */
static void a_cap_cuts_the_distribution_and_nothing_else(void **state)
{
    (void)state;
    reference_t r;
    reference_init(&r, PEOPLE);
    flight_t f;
    flight_begin(&f, &r.sc, PEOPLE);
    for (uint32_t k = 0; k < FLIGHTS; k++) flight_fly(&f, &r.sc, k);
    double count[4] = {PEOPLE * FLIGHTS}, expected[4], upto_2 = 0;
    for (int n = 1; n <= 3; n++) {
        count[n] = (double)workspace_tables(f.ws)->frequency[n - 1];
        count[0] -= count[n];
        upto_2 += share_with(&r.sc, (unsigned)n - 1);
        expected[n] =
            PEOPLE * FLIGHTS * 0.3 * (n < 3 ? share_with(&r.sc, (unsigned)n) : 1 - upto_2);
    }
    expected[0] = PEOPLE * FLIGHTS * (0.7 + 0.3 * share_with(&r.sc, 0));
    assert_int_equal(workspace_tables(f.ws)->frequency[3], 0);
    assert_chi_square("under a cap of 3", count, expected, 4);
    flight_end(&f);
    reference_free(&r);
}

/* Who sees ads on the first day, on the second, on both: open days of chance a, independent given the
 * person, and her activity the same on both. Catches: 5 % fewer open days, 6 % fewer people on both. */
static void days_are_open_by_chance_and_people_stay_themselves(void **state)
{
    (void)state;
    reference_t r;
    reference_init(&r, PEOPLE);
    const double a = r.sc.platform[0].open_days = 0.5, k = r.sc.platform[0].activity_shape;
    r.sc.ad_set[0].cap[0].impressions = 0;
    double won = gsl_cdf_ugaussian_P(log(5.0 / 6) / 0.8), day = 4 * won / a;
    flight_t f;
    flight_begin(&f, &r.sc, PEOPLE);
    double count[4] = {PEOPLE * FLIGHTS}, silent = pow(1 + day / k, -k),
           silent_twice = pow(1 + 2 * day / k, -k);
    for (uint32_t fly = 0; fly < FLIGHTS; fly++) {
        flight_fly(&f, &r.sc, fly);
        for (size_t p = 0; p < f.ws->reached.n; p++) {
            int seen = 0;
            for (const touch_t *t =
                     touch_latest(&f.ws->touches, f.ws->head[f.ws->reached.index[p]]);
                 t; t = touch_earlier(&f.ws->touches, t))
                if (t->tick < 2 * TICKS_PER_DAY) seen |= t->tick < TICKS_PER_DAY ? 1 : 2;
            if (seen) count[seen]++, count[0]--;
        }
    }
    double both = a * a * (1 - 2 * silent + silent_twice), one = a * (1 - silent);
    const double expected[4] = {
        PEOPLE * FLIGHTS * (1 - 0.3 * (2 * one - both)), PEOPLE * FLIGHTS * 0.3 * (one - both),
        PEOPLE * FLIGHTS * 0.3 * (one - both), PEOPLE * FLIGHTS * 0.3 * both};
    assert_chi_square("first and second day", count, expected, 4);
    flight_end(&f);
    reference_free(&r);
}

/* ---- prices ---- */

/* P(price <= y | won) of a stated bid: rivals lognormal, the reserve one of them, score noise, and the
 * bid itself the limit (MODEL 3.2). Simpson's rule over ln Y. */
static double price_won_below(const scenario_t *sc, double y)
{
    enum { STEPS = 400 };
    const platform_t *p = &sc->platform[0];
    double mu = log(p->rival_median_cpm), reserve = log(p->reserve_cpm),
           bid = log(sc->ad_set[0].bid);
    if (y < p->reserve_cpm) return 0;
    double low = mu - 9 * p->rival_log_sd, step = (log(y) - low) / STEPS, sum = 0;
    for (int k = 0; k <= STEPS; k++) {
        double x = low + k * step;
        double f = gsl_ran_gaussian_pdf(x - mu, p->rival_log_sd) *
                   gsl_cdf_ugaussian_P((bid - fmax(x, reserve)) / p->score_noise);
        sum += f * (k == 0 || k == STEPS ? 1 : k % 2 ? 4 : 2);
    }
    return sum * step / 3;
}

/* Flights so small that many have one impression: their spend is its price. Prices at the reserve, an
 * atom of the law, are spread over it evenly. Catches: rivals 15 % dearer. (The score noise hardly
 * shows in prices.) */
static void prices_paid_follow_the_conditional_law(void **state)
{
    (void)state;
    enum { TOWN = 100, MOST = 16000 };
    static double u[MOST];
    reference_t r;
    reference_init(&r, TOWN);
    platform_t *p = &r.sc.platform[0];
    p->score_noise = 1;
    p->reserve_cpm = 2.5;
    p->opportunities_per_day = 0.015;
    flight_t f;
    flight_begin(&f, &r.sc, TOWN);
    double won = price_won_below(&r.sc, r.sc.ad_set[0].bid);
    double atom = price_won_below(&r.sc, p->reserve_cpm) / won;
    size_t n = 0, at_reserve = 0;
    for (uint32_t k = 0; k < MOST; k++) {
        flight_fly(&f, &r.sc, k);
        if (plan_count(&f, COUNT_IMPRESSIONS) != 1) continue;
        double price = (double)plan_count(&f, COUNT_SPEND) / MICROS * 1000;
        assert_true(price >= p->reserve_cpm - 1e-9 && price <= r.sc.ad_set[0].bid + 1e-3);
        if (price < p->reserve_cpm + 1e-3)
            u[n++] = atom * ((double)(at_reserve++ % 97) + 0.5) / 97;
        else
            u[n++] = price_won_below(&r.sc, price) / won;
    }
    print_message("# P(win) %.4f, at the reserve %.3f of the law, %.3f of the prices\n", won, atom,
                  (double)at_reserve / (double)n);
    assert_true(fabs((double)at_reserve / (double)n - atom) <
                4.9 * sqrt(atom * (1 - atom) / (double)n));
    assert_uniform("prices", u, n);
    flight_end(&f);
    reference_free(&r);
}

/* ---- hours and creatives ---- */

/* Budgets and bids that never change: impressions come as opportunities come. */
static void open_town(town_t *town, double people)
{
    town_init(town, people);
    for (int a = 0; a < 4; a++) {
        ad_set_t *s = &town->sc.ad_set[a];
        s->strategy = BID_MANUAL_CPM;
        s->bid = 12;
        s->budget = 1e6;
        s->pacing = PACING_ASAP;
        s->cap[0].impressions = 0;
    }
    town->sc.ad_set[2].audience = TOWN_EVERYONE;
    town->sc.campaign[0].cap[0].impressions = 0;
}

/* P(an impression in the hour) and P(creative) = weight / 3. Catches: an amplitude of .65 for .6, a peak half
 * an hour off; a share 8 % off. */
static void hours_and_creatives_have_their_shares(void **state)
{
    (void)state;
    town_t town;
    open_town(&town, 10000);
    flight_t f;
    flight_begin(&f, &town.sc, 10000);
    flight_fly(&f, &town.sc, 0);
    double hour[24] = {0}, expected[24], creative[2] = {0};
    for (size_t k = 0; k < f.ws->touches.n; k++) {
        const touch_t *t = &f.ws->touches.touch[k];
        hour[t->tick / TICKS_PER_HOUR % 24]++;
        if (t->ad_set == 0) creative[t->creative]++;
    }
    const double turn = 2 * 3.14159265358979323846 / 24;
    for (int h = 0; h < 24; h++)
        expected[h] = (double)f.ws->touches.n / 24 *
                      (1 + 0.6 / turn * (sin(turn * (h + 1 - 20)) - sin(turn * (h - 20))));
    assert_chi_square("hours", hour, expected, 24);
    double n = creative[0] + creative[1];
    const double shares[2] = {n / 3, 2 * n / 3};
    assert_chi_square("creatives", creative, shares, 2);
    flight_end(&f);
    town_free(&town);
}

/* ---- what comes after ---- */

static double delay_law(const response_t *r, double hours)
{
    return r->delay.fast_share * gsl_cdf_exponential_P(hours, r->delay.fast_hours) +
           (1 - r->delay.fast_share) * gsl_cdf_exponential_P(hours, r->delay.slow_hours);
}

/* Of orders by a click, by the sight alone, and of displaced ones. Catches: a fast share 2 % off,
 * a slow mean 8 % off, a window 2.5 % off. */
static void delays_follow_their_mixture(void **state)
{
    (void)state;
    enum { MOST = 20000 };
    static double click[MOST], sight[MOST], ahead[MOST];
    town_t town;
    open_town(&town, 10000);
    flight_t f;
    flight_begin(&f, &town.sc, 10000);
    flight_fly(&f, &town.sc, 0);
    size_t n = 0;
    double together = 0;
    for (size_t k = 0; k < f.ws->reached.n; k++) {
        uint32_t i = f.ws->reached.index[k];
        for (const touch_t *t = touch_latest(&f.ws->touches, f.ws->head[i]); t && n < MOST;
             t = touch_earlier(&f.ws->touches, t)) {
            order_times_t when = order_times(f.ws, i, t);
            click[n] =
                delay_law(&town.sc.response, (double)(when.by_click - t->tick) / TICKS_PER_HOUR);
            sight[n] =
                delay_law(&town.sc.response, (double)(when.by_sight - t->tick) / TICKS_PER_HOUR);
            ahead[n] = (double)(when.by_itself - when.by_click) / TICKS_PER_DAY /
                       town.sc.product.pull_forward_days;
            together += 12 * (click[n] - 0.5) * (sight[n] - 0.5);
            n++;
        }
    }
    assert_true(fabs(together) / sqrt((double)n) < 4.9); /* independent of each other */
    assert_uniform("delays of clicks", click, n);
    assert_uniform("delays of sights", sight, n);
    assert_uniform("displaced orders", ahead, n);
    flight_end(&f);
    town_free(&town);
}

/* How people answer, over people and replications: standard normal, clicks and orders correlated as
 * stated. Catches: an sd off by 6 %, a mean of 0.04, a correlation off by 0.05. */
static void person_effects_are_normal_and_correlated(void **state)
{
    (void)state;
    enum { N = 4 * 8000 };
    static double click[N], order[N];
    town_t town;
    open_town(&town, 8000);
    flight_t f;
    flight_begin(&f, &town.sc, 8000);
    flight_fly(&f, &town.sc, 0);
    const crowd_t *crowd = f.ws->crowd;
    size_t n = 0;
    double together = 0;
    for (uint32_t replication = 0; replication < 4; replication++)
        for (size_t i = 0; i < crowd->n; i++) {
            effects_t e = effects_of(&f.ws->tuning, f.world, &crowd->person[i], replication);
            together += e.click * e.order;
            click[n] = gsl_cdf_ugaussian_P(e.click);
            order[n++] = gsl_cdf_ugaussian_P(e.order);
        }
    double rho = town.sc.response.click_cvr_correlation;
    print_message("# correlation of effects: %.3f\n", together / (double)n);
    assert_true(fabs(together / (double)n - rho) < 4.9 * sqrt((1 + rho * rho) / (double)n) + 0.01);
    assert_uniform("effects on clicks", click, n);
    assert_uniform("effects on orders", order, n);
    flight_end(&f);
    town_free(&town);
}

/* Organic visits: a Poisson number of uniform moments, a stated share of them orders. Catches: a rate 3.5 %
 * off. */
static void organic_visits_are_poisson(void **state)
{
    (void)state;
    enum { MOST = 60000, CELLS = 5 };
    static double at[MOST];
    town_t town;
    open_town(&town, 10000);
    flight_t f;
    error_t err = {""};
    visits_t visits = {0};
    flight_begin(&f, &town.sc, 10000);
    const product_t *product = &town.sc.product;
    double horizon = WARM_UP_DAYS + town.sc.days + town.sc.attribution.click_window_days;
    double mean = product->organic_new / product->visit_to_order * horizon;
    double count[CELLS] = {0}, expected[CELLS], people = 0, upto = 0;
    size_t n = 0, orders = 0;
    for (uint32_t replication = 0; replication < 4; replication++) {
        flight_fly(&f, &town.sc, replication);
        const crowd_t *crowd = f.ws->crowd;
        for (size_t i = 0; i < crowd->n; i++) {
            if (crowd->person[i].customer) continue;
            flight_check(
                organic_visits(f.world, crowd, &f.ws->tuning, i, replication, &visits, &err), &err);
            people++;
            count[visits.n < CELLS - 1 ? visits.n : CELLS - 1]++;
            for (size_t k = 0; k < visits.n && n < MOST; k++) {
                at[n++] = ((double)visits.visit[k].tick / TICKS_PER_DAY + WARM_UP_DAYS) / horizon;
                orders += visits.visit[k].ordered;
            }
        }
    }
    for (int k = 0; k < CELLS; k++) {
        double share = gsl_ran_poisson_pdf((unsigned)k, mean);
        expected[k] = people * (k < CELLS - 1 ? share : 1 - upto);
        upto += share;
    }
    assert_chi_square("organic visits a person", count, expected, CELLS);
    double share = product->visit_to_order;
    assert_true(fabs((double)orders / (double)n - share) <
                4.9 * sqrt(share * (1 - share) / (double)n));
    assert_uniform("moments of visits", at, n);
    visits_free(&visits);
    flight_end(&f);
    town_free(&town);
}

/* ---- events that were expected, not drawn ---- */

static double sample_covariance(const double *x, const double *y, int n)
{
    double mean_x = 0, mean_y = 0, sum = 0;
    for (int k = 0; k < n; k++) {
        mean_x += x[k] / n;
        mean_y += y[k] / n;
    }
    for (int k = 0; k < n; k++) sum += (x[k] - mean_x) * (y[k] - mean_y);
    return sum / (n - 1);
}

/* One flight; every event of it drawn 3,000 times, order values included. The variance of the drawn
 * totals must be the one that the engine says expectations leave out: its sd is 2.6 %, 4 % where a few
 * orders make it (7 % of clicks and orders together); 12 % (30 %) is refused. Catches: value_sd left out
 * (-36 % of revenue's), clicks shared with no order. */
static void the_removed_variance_is_that_of_drawn_events(void **state)
{
    (void)state;
    enum { TIMES = 3000, KINDS = 5 };
    static double drawn[KINDS][TIMES];
    town_t town;
    open_town(&town, 500);
    town.sc.days = 3;
    flight_t f;
    flight_begin(&f, &town.sc, 500);
    flight_fly(&f, &town.sc, 0);
    for (int k = 0; k < TIMES; k++) {
        real_t r = real_campaign(f.ws, &f.totals, (unsigned long)k + 1);
        const double value[KINDS] = {r.clicks, r.incremental_conversions, r.incremental_revenue,
                                     r.conversions, r.revenue};
        for (int i = 0; i < KINDS; i++) drawn[i][k] = value[i];
    }
    static const struct {
        int x, y;
        removed_t removed;
        double limit;
    } kept[] = {{0, 0, REMOVED_CLICKS, 0.12},
                {1, 1, REMOVED_CONVERSIONS, 0.12},
                {2, 2, REMOVED_REVENUE, 0.12},
                {3, 3, REMOVED_ATTRIBUTED, 0.12},
                {4, 4, REMOVED_ATTRIBUTED_REVENUE, 0.12},
                {1, 2, REMOVED_CONVERSIONS_REVENUE, 0.12},
                {3, 4, REMOVED_ATTRIBUTED_BOTH, 0.12},
                {0, 1, REMOVED_CLICKS_CONVERSIONS, 0.3}};
    const int64_t *removed = f.totals.removed + scope_plan(world_scopes(f.world)) * REMOVED_COUNTS;
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) {
        double stated = (double)removed[kept[k].removed] *
                        removed_factor(kept[k].removed, town.sc.product.value);
        double seen = sample_covariance(drawn[kept[k].x], drawn[kept[k].y], TIMES);
        print_message("# removed %d: stated %.4g, drawn %.4g (%+.1f %%)\n", (int)kept[k].removed,
                      stated, seen, 100 * (seen / stated - 1));
        assert_true(fabs(seen / stated - 1) < kept[k].limit);
    }
    flight_end(&f);
    town_free(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impressions_a_person_are_negative_binomial),
        cmocka_unit_test(a_cap_cuts_the_distribution_and_nothing_else),
        cmocka_unit_test(days_are_open_by_chance_and_people_stay_themselves),
        cmocka_unit_test(prices_paid_follow_the_conditional_law),
        cmocka_unit_test(hours_and_creatives_have_their_shares),
        cmocka_unit_test(delays_follow_their_mixture),
        cmocka_unit_test(person_effects_are_normal_and_correlated),
        cmocka_unit_test(organic_visits_are_poisson),
        cmocka_unit_test(the_removed_variance_is_that_of_drawn_events),
    };
    return cmocka_run_group_tests_name("distributions", tests, NULL, NULL);
}
