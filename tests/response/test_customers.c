/* test_customers.c -- BG/NBD, Gamma-Gamma and lifetime value against laws, GSL's functions, the published
 * fits of CDNOW, and customers simulated from known parameters. Published values of the formulas:
 * cust_bgnbd and cust_gamma_gamma of the known answers. */
#include "models/response/customers.h"

#include "models/base/maths.h"
#include "models/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_hyperg.h>

static const bgnbd_t cdnow = {.r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426};

static int near(double x, double value, double relative)
{
    if (fabs(x - value) <= relative * fabs(value)) return 1;
    print_error("%.17g, not %.17g\n", x, value);
    return 0;
}

/* --- formulas --- */

/* The paper's own form, where GSL's 2F1 can be trusted. */
static double by_paper(const bgnbd_t *m, double t)
{
    double c = m->a + m->b - 1, z = t / (m->alpha + t);
    double f = gsl_sf_hyperg_2F1(m->r, m->b, c, z);
    return c / (m->a - 1) * (1 - pow(m->alpha / (m->alpha + t), m->r) * f);
}

static void the_series_is_the_papers_2f1(void **state)
{
    (void)state;
    const bgnbd_t model[] = {cdnow, {1.7, 20, 0.4, 5.1}, {4, 3, 2.5, 1.3}, {0.1, 1, 3.3, 0.9}};
    const double t[] = {0.5, 3, 10};
    for (int k = 0; k < 4; k++)
        for (int j = 0; j < 3; j++)
            assert_true(near(bgnbd_expected(&model[k], t[j]), by_paper(&model[k], t[j]), 1e-10));
}

/* E X = E over p of (1 - (alpha / (alpha + p t))^r) / p, by Gauss-Jacobi quadrature. */
static double by_quadrature(const bgnbd_t *m, double t)
{
    gsl_integration_fixed_workspace *w =
        gsl_integration_fixed_alloc(gsl_integration_fixed_jacobi, 200, 0, 1, m->b - 1, m->a - 1);
    double *p = gsl_integration_fixed_nodes(w), *weight = gsl_integration_fixed_weights(w), sum = 0;
    for (size_t k = 0; k < gsl_integration_fixed_n(w); k++)
        sum += weight[k] * -expm1(-m->r * log1p(p[k] * t / m->alpha)) / p[k];
    gsl_integration_fixed_free(w);
    return sum / gsl_sf_beta(m->a, m->b);
}

static void nothing_breaks_where_the_paper_divides_by_zero(void **state)
{
    (void)state;
    const bgnbd_t model[] = {{0.5, 4, 1, 2}, {0.5, 4, 0.3, 0.7}, {0.5, 4, 0.2, 0.3}, {30, 2, 1, 1}};
    for (int k = 0; k < 4; k++)
        for (double t = 0.01; t < 300; t *= 7)
            assert_true(near(bgnbd_expected(&model[k], t), by_quadrature(&model[k], t), 1e-9));
}

static void large_counts_do_not_overflow(void **state)
{
    (void)state;
    bgnbd_t busy = {.r = 3000, .alpha = 3, .a = 0.01, .b = 50}; /* hardly anyone drops out */
    double e = bgnbd_expected(&busy, 5);                        /* r t / alpha = 5000 */
    assert_true(e > 4000 && e < 5000);
    assert_true(near(e, by_quadrature(&busy, 5), 1e-7));
}

static void new_customers_begin_at_the_mean_rate(void **state)
{
    (void)state;
    assert_true(near(bgnbd_expected(&cdnow, 1e-7) / 1e-7, cdnow.r / cdnow.alpha, 1e-6));
    assert_true(bgnbd_expected(&cdnow, 0) == 0);
}

static void who_never_came_again_is_alive_for_certain(void **state)
{
    (void)state;
    purchases_t once = {.x = 0, .T = 39, .weight = 1};
    assert_true(bgnbd_p_alive(&cdnow, &once) == 1);
    assert_true(near(exp(bgnbd_log_likelihood(&cdnow, &once)), bgnbd_p_none(&cdnow, 39), 1e-13));
}

static void silence_makes_death_likelier(void **state)
{
    (void)state;
    double before = 2;
    for (double T = 10; T < 1000; T *= 1.5) {
        purchases_t c = {.x = 5, .t_x = 10, .T = T};
        double alive = bgnbd_p_alive(&cdnow, &c);
        assert_true(alive < before && alive > 0);
        before = alive;
    }
}

/* P(X(T) = 1) of the paper (its equation 8) against the likelihood of one order at any t_x. */
static double density_of_one(double t, void *context)
{
    const bgnbd_t *m = context;
    return exp(bgnbd_log_likelihood(m, &(purchases_t){.x = 1, .t_x = t, .T = 39}));
}

static void the_likelihood_is_a_probability(void **state)
{
    (void)state;
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(200);
    gsl_function f = {density_of_one, (void *)&cdnow};
    double one, error, T = 39, none = bgnbd_p_none(&cdnow, T);
    gsl_integration_qags(&f, 0, T, 0, 1e-10, 200, w, &one, &error);
    gsl_integration_workspace_free(w);
    double alive = cdnow.b / (cdnow.a + cdnow.b), dead = cdnow.a / (cdnow.a + cdnow.b);
    double expected = alive * cdnow.r * none * (T / (cdnow.alpha + T)) + dead * (1 - none);
    assert_true(near(one, expected, 1e-8));
}

static void spend_without_history_is_everyones(void **state)
{
    (void)state;
    spend_t m = {6.25, 3.74, 15.44};
    purchases_t none = {.x = 0}, many = {.x = 1e7, .average = 80};
    assert_true(spend_conditional(&m, &none) == spend_mean(&m));
    assert_true(near(spend_conditional(&m, &many), 80, 1e-6));
    assert_true(isinf(spend_mean(&(spend_t){6.25, 0.9, 15.44})));
}

/* Two periods by hand: orders of each discounted to its end. */
/* Of 200,000 customers whose first orders are spread over 100 weeks: the mean rate, the share that is still
 * there, and how much the rates differ, by what the fits' own model of a life says of ages drawn evenly. A
 * rate's sd is 3.6 times its mean: 4 sd of the mean are 3.2 %. */
static void rates_drawn_today_are_those_of_lives_lived(void **state)
{
    (void)state;
    enum { CUSTOMERS = 200000 };
    const double since = 100;
    double rate = 0, here = 0, expected_here = 0;
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        double u[6];
        for (uint32_t k = 0; k < 3; k++) {
            rng_block_t b = rng_at(rng_key(11), DRAW_CUSTOMER, 0, 0, i, 0, k);
            u[2 * k] = rng_unit(b, 0);
            u[2 * k + 1] = rng_unit(b, 1);
        }
        double r = bgnbd_rate_at(&cdnow, since, (customer_luck_t){u[0], u[1], u[2], u[3], u[4]});
        rate += r / CUSTOMERS;
        here += (r > 0) / (double)CUSTOMERS;
    }
    /* P(alive at T) = E e^(-lambda p T) = E (alpha / (alpha + p T))^r over p and T. */
    enum { STEPS = 400 };
    for (int t = 0; t < STEPS; t++)
        for (int k = 0; k < STEPS; k++) {
            double p = beta_quantile(cdnow.a, cdnow.b, (k + 0.5) / STEPS);
            double age = since * (t + 0.5) / STEPS;
            expected_here += pow(cdnow.alpha / (cdnow.alpha + p * age), cdnow.r) / STEPS / STEPS;
        }
    assert_true(near(rate, bgnbd_mean_rate(&cdnow, since), 0.032));
    assert_true(near(here, expected_here, 0.004)); /* sd .0009 */
}

/* Without a discount a new customer's repeats are E X of the horizon; the value of one of whom nothing is
 * known but her first order, a moment ago, is theirs. */
static void a_new_customer_is_worth_her_repeats(void **state)
{
    (void)state;
    const spend_t spend = {6.25, 3.74, 15.44};
    lifetime_t plain = {.period = 4, .periods = 13, .discount = 0, .margin = 1},
               discounted = {.period = 4, .periods = 13, .discount = 0.01, .margin = 0.4};
    purchases_t new = {.T = 1e-9};
    assert_true(near(discounted_repeats(&cdnow, &plain), bgnbd_expected(&cdnow, 52), 1e-12));
    assert_true(near(0.4 * spend_mean(&spend) * discounted_repeats(&cdnow, &discounted),
                     customer_value(&cdnow, &spend, &new, &discounted), 1e-7));
}

static void value_is_discounted_orders_times_spend(void **state)
{
    (void)state;
    spend_t s = {6.25, 3.74, 15.44};
    purchases_t c = {.x = 2, .t_x = 30.43, .T = 38.86, .average = 35, .weight = 1};
    double first = bgnbd_future(&cdnow, &c, 4), both = bgnbd_future(&cdnow, &c, 8);
    double spend = spend_conditional(&s, &c);
    lifetime_t l = {.period = 4, .periods = 2, .discount = 0.1, .margin = 0.5};
    double by_hand = (first / 1.1 + (both - first) / 1.21) * spend * 0.5;
    assert_true(near(customer_value(&cdnow, &s, &c, &l), by_hand, 1e-14));
    l = (lifetime_t){.period = 8, .periods = 1, .discount = 0, .margin = 1};
    assert_true(near(customer_value(&cdnow, &s, &c, &l), both * spend, 1e-14));
}

/* --- CDNOW --- */

enum { CDNOW = 2357 };

static size_t read_cdnow(purchases_t *c)
{
    FILE *file = fopen("tests/response/cdnow.csv", "r");
    char line[256];
    size_t n = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        purchases_t p = {.weight = 1};
        if (sscanf(line, "%lf,%lf,%lf,%lf", &p.x, &p.t_x, &p.T, &p.average) == 4) c[n++] = p;
        assert_true(n <= CDNOW);
    }
    fclose(file);
    return n;
}

/* Fader, Hardie and Lee 2005: r = .243, alpha = 4.414, a = .793, b = 2.426, ln L = -9582.4. */
static void the_fit_of_cdnow_is_the_published_one(void **state)
{
    (void)state;
    static purchases_t c[CDNOW + 1];
    assert_int_equal(read_cdnow(c), CDNOW);
    bgnbd_fit_t f;
    error_t err;
    assert_int_equal(bgnbd_fit(c, CDNOW, &f, &err), OK);
    assert_true(fabs(f.model.r - 0.243) < 0.0005 && fabs(f.model.alpha - 4.414) < 0.0005);
    assert_true(fabs(f.model.a - 0.793) < 0.0005 && fabs(f.model.b - 2.426) < 0.0006);
    assert_true(fabs(f.log_likelihood + 9582.4) < 0.05);
    assert_true(f.error.r > 0.005 && f.error.r < 0.05 && f.error.b > 0.1 && f.error.b < 2);
}

/* Fader and Hardie, note 025: p = 6.25, q = 3.74, gamma = 15.44. */
static void the_spend_of_cdnow_is_the_published_one(void **state)
{
    (void)state;
    static purchases_t c[CDNOW + 1];
    read_cdnow(c);
    spend_fit_t f;
    error_t err;
    assert_int_equal(spend_fit(c, CDNOW, &f, &err), OK);
    assert_true(fabs(f.model.p - 6.25) < 0.01 && fabs(f.model.q - 3.74) < 0.01);
    assert_true(fabs(f.model.gamma - 15.44) < 0.01);
}

static void weights_are_copies(void **state)
{
    (void)state;
    static purchases_t c[CDNOW + 1], twice[2 * CDNOW];
    read_cdnow(c);
    for (size_t i = 0; i < CDNOW; i++) {
        twice[i] = twice[CDNOW + i] = c[i];
        c[i].weight = 2;
    }
    bgnbd_fit_t f, g;
    error_t err;
    assert_int_equal(bgnbd_fit(c, CDNOW, &f, &err), OK);
    assert_int_equal(bgnbd_fit(twice, 2 * CDNOW, &g, &err), OK);
    assert_true(near(f.model.alpha, g.model.alpha, 1e-5) &&
                near(f.error.alpha, g.error.alpha, 1e-3));
    assert_true(near(f.log_likelihood, g.log_likelihood, 1e-10));
}

/* --- simulated customers --- */

enum { CUSTOMERS = 20000 };
static const bgnbd_t truth = {.r = 0.8, .alpha = 6, .a = 0.9, .b = 3.5};
static const spend_t spends = {.p = 6, .q = 4, .gamma = 15};
static purchases_t simulated[CUSTOMERS];
static double later[CUSTOMERS]; /* orders in the 26 weeks after */

typedef struct {
    uint32_t customer, next;
} luck_t;

static double chance(luck_t *l)
{
    return rng_unit(rng_at(rng_key(20051), DRAW_ORGANIC, 0, 0, l->customer, 0, l->next++), 0);
}

static void simulate_one(uint32_t i)
{
    luck_t l = {i, 0};
    purchases_t c = {.T = 20 + i % 20, .weight = 1};
    double rate = gamma_quantile(truth.r, chance(&l)) / truth.alpha;
    double dropout = beta_quantile(truth.a, truth.b, chance(&l)), t = 0, until = c.T + 26;
    double nu = gamma_quantile(spends.q, chance(&l)) / spends.gamma, sum = 0;
    later[i] = 0;
    for (;;) {
        t -= log(chance(&l)) / rate;
        if (t > until) break;
        if (t <= c.T) {
            c.x++;
            c.t_x = t;
            sum += gamma_quantile(spends.p, chance(&l)) / nu;
        } else {
            later[i]++;
        }
        if (chance(&l) < dropout) break;
    }
    c.average = c.x > 0 ? sum / c.x : 0;
    simulated[i] = c;
}

static int within(double estimate, double value, double error, double largest_error)
{
    if (fabs(estimate - value) < 4 * error && error < largest_error * value) return 1;
    print_error("%g with error %g, not %g\n", estimate, error, value);
    return 0;
}

/* Seven parameters within 4 standard errors, 1 run in 2,000 if all is right, and the errors are small
 * enough to see a bias of 28 % (40 % of a and b, which orders tell less of). */
static void known_parameters_come_back(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CUSTOMERS; i++) simulate_one(i);
    bgnbd_fit_t f;
    spend_fit_t g;
    error_t err;
    assert_int_equal(bgnbd_fit(simulated, CUSTOMERS, &f, &err), OK);
    assert_true(within(f.model.r, truth.r, f.error.r, 0.04));
    assert_true(within(f.model.alpha, truth.alpha, f.error.alpha, 0.04));
    assert_true(within(f.model.a, truth.a, f.error.a, 0.1));
    assert_true(within(f.model.b, truth.b, f.error.b, 0.1));
    assert_int_equal(spend_fit(simulated, CUSTOMERS, &g, &err), OK);
    assert_true(within(g.model.p, spends.p, g.error.p, 0.06));
    assert_true(within(g.model.q, spends.q, g.error.q, 0.04));
    assert_true(within(g.model.gamma, spends.gamma, g.error.gamma, 0.07));
}

/* What is foreseen of each agrees with what she does, in all and among those likely dead or alive: |z| <
 * 4, 1 run in 5,000 a group; 20,000 customers show a bias of 5 %. */
static void the_foreseen_orders_come(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CUSTOMERS; i++) simulate_one(i);
    double foreseen[3] = {0}, seen[3] = {0}, square[3] = {0};
    for (size_t i = 0; i < CUSTOMERS; i++) {
        double alive = bgnbd_p_alive(&truth, &simulated[i]);
        int group = alive < 0.5 ? 0 : alive < 1 ? 1 : 2;
        double e = bgnbd_future(&truth, &simulated[i], 26);
        foreseen[group] += e;
        seen[group] += later[i];
        square[group] += (later[i] - e) * (later[i] - e);
    }
    for (int k = 0; k < 3; k++) {
        double z = (seen[k] - foreseen[k]) / sqrt(square[k]);
        if (!(fabs(z) < 4))
            print_error("group %d: %g foreseen, %g seen\n", k, foreseen[k], seen[k]);
        assert_true(fabs(z) < 4 && foreseen[k] > 100);
    }
}

/* --- refusals --- */

static void refused(purchases_t wrong, const char *why)
{
    purchases_t c[] = {{.x = 1, .t_x = 3, .T = 9, .average = 5, .weight = 1}, wrong};
    bgnbd_fit_t f;
    error_t err = {""};
    assert_int_equal(bgnbd_fit(c, 2, &f, &err), ERR_INVALID);
    if (!strstr(err.text, why)) print_error("%s\n", err.text);
    assert_non_null(strstr(err.text, why));
}

static void impossible_histories_are_named(void **state)
{
    (void)state;
    refused((purchases_t){.x = 1.5, .t_x = 3, .T = 9, .weight = 1},
            "customer 2: its repeat orders");
    refused((purchases_t){.x = -1, .t_x = 3, .T = 9, .weight = 1}, "customer 2: its repeat orders");
    refused((purchases_t){.x = 1, .t_x = 3, .T = 0, .weight = 1}, "customer 2: its age");
    refused((purchases_t){.x = 1, .t_x = 10, .T = 9, .weight = 1}, "customer 2: its last order");
    refused((purchases_t){.x = 0, .t_x = 3, .T = 9, .weight = 1}, "customer 2: the day");
    refused((purchases_t){.x = 1, .t_x = 3, .T = 9, .weight = NAN}, "customer 2: its weight");
    purchases_t once = {.x = 0, .T = 9, .weight = 1};
    bgnbd_fit_t f;
    error_t err;
    assert_int_equal(bgnbd_fit(&once, 1, &f, &err), ERR_INVALID);
    assert_string_equal(err.text, "no customer ordered a second time");
}

/* Everyone orders weekly to the very end: nobody ever drops out, a / b goes to zero. */
static void a_model_that_does_not_fit_says_so(void **state)
{
    (void)state;
    purchases_t c[40];
    for (int i = 0; i < 40; i++)
        c[i] = (purchases_t){.x = 30 + i % 5, .t_x = 39.9, .T = 40, .weight = 1};
    bgnbd_fit_t f;
    error_t err = {""};
    assert_int_equal(bgnbd_fit(c, 40, &f, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "does not fit them"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_series_is_the_papers_2f1),
        cmocka_unit_test(nothing_breaks_where_the_paper_divides_by_zero),
        cmocka_unit_test(large_counts_do_not_overflow),
        cmocka_unit_test(new_customers_begin_at_the_mean_rate),
        cmocka_unit_test(who_never_came_again_is_alive_for_certain),
        cmocka_unit_test(silence_makes_death_likelier),
        cmocka_unit_test(the_likelihood_is_a_probability),
        cmocka_unit_test(spend_without_history_is_everyones),
        cmocka_unit_test(rates_drawn_today_are_those_of_lives_lived),
        cmocka_unit_test(a_new_customer_is_worth_her_repeats),
        cmocka_unit_test(value_is_discounted_orders_times_spend),
        cmocka_unit_test(the_fit_of_cdnow_is_the_published_one),
        cmocka_unit_test(the_spend_of_cdnow_is_the_published_one),
        cmocka_unit_test(weights_are_copies),
        cmocka_unit_test(known_parameters_come_back),
        cmocka_unit_test(the_foreseen_orders_come),
        cmocka_unit_test(impossible_histories_are_named),
        cmocka_unit_test(a_model_that_does_not_fit_says_so),
    };
    return cmocka_run_group_tests_name("customers", tests, NULL, NULL);
}
