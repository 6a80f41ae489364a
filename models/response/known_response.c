/* known_response.c -- the cases that response, attribution and customers answer. */
#include "models/response/known_response.h"
#include "models/base/distribution.h"
#include "models/base/maths.h"
#include "models/response/closed_form.h"
#include "models/response/customers.h"
#include "models/response/experiment.h"

#include <stddef.h>

static void geometric_adstock(known_case_t *c)
{
    double x[KNOWN_MOST], out[KNOWN_MOST], carry = known_input(c, "decay");
    int n = known_inputs(c, "x", x);
    adstock(x, n, carry, out);
    known_found_list(c, "adstock", out, n);
    known_found(c, "infinite_total_per_unit", adstock_total(carry, MATHS_INFINITY));
    known_found(c, "total_first_13", adstock_total(carry, 13));
    known_found(c, "half_life", adstock_half_life(carry));
    known_found(c, "steady_state_for_x_10", 10 * adstock_total(carry, MATHS_INFINITY));
}

static void hill_jensen(known_case_t *c)
{
    double mean = known_input(c, "mean"), half = known_input(c, "ec"),
           slope = known_input(c, "slope");
    double reach = hazard_conversion(mean, 0); /* 1 - e^-mean */
    known_found(c, "E_h_of_N", hill_poisson_mean(mean, half, slope));
    known_found(c, "reach_times_h_avgfreq", reach * hill(mean / reach, half, slope));
    known_found(c, "h_of_mean", hill(mean, half, slope));
}

static void logit_normal(known_case_t *c)
{
    int n = c->length(c, "m");
    for (int i = 0; i < n; i++) {
        double m = c->input(c, "m", i);
        c->found(c, "mean", i, logit_normal_mean(m, c->input(c, "s", i)));
        c->found(c, "expit_at_m", i, expit(m));
    }
}

static void calibrated_intercept(known_case_t *c)
{
    double p = known_input(c, "p");
    known_found(c, "m", logit_normal_intercept(p, known_input(c, "s")));
    known_found(c, "logit_p", logit(p));
}

static void beta_clicks(known_case_t *c)
{
    double n[KNOWN_MOST], a = known_input(c, "a"), b = known_input(c, "b");
    int cases = known_inputs(c, "n", n);
    for (int i = 0; i < cases; i++) {
        c->found(c, "p", i, click_at_least_once(a, b, n[i]));
        c->found(c, "homogeneous", i, click_at_least_once_alike(a / (a + b), n[i]));
    }
}

static void worn_poisson(known_case_t *c)
{
    double ctr = known_input(c, "ctr"), mean = known_input(c, "mean");
    known_found(c, "clicks_per_person",
                clicks_worn(ctr, known_input(c, "r"), mean, MATHS_INFINITY));
    known_found(c, "no_wearout", clicks_worn(ctr, 1, mean, MATHS_INFINITY));
}

static void worn_nbd(known_case_t *c)
{
    known_found(c, "clicks_per_person",
                clicks_worn(known_input(c, "ctr"), known_input(c, "r"), known_input(c, "mean"),
                            known_input(c, "k")));
}

static void exposure_stock(known_case_t *c)
{
    double rate = known_input(c, "rate_per_day"), recovery = known_input(c, "tau_days");
    double wear_out = known_input(c, "r"), mean = stock_mean(rate, recovery);
    response_t worn = {.wear_in = 1, .wear_in_exposures = 1, .wear_out = wear_out};
    known_found(c, "mean", mean);
    known_found(c, "var", stock_variance(rate, recovery));
    known_found(c, "E_r_pow_A", stock_worn(rate, recovery, wear_out));
    known_found(c, "r_pow_mean", wear_factor(&worn, mean));
}

static void exponential_delay(known_case_t *c)
{
    delay_t d = {.fast_share = 1, .fast_hours = 24 * known_input(c, "theta_days")};
    int n = c->length(c, "W");
    for (int i = 0; i < n; i++) c->found(c, "share", i, delay_cdf(&d, 24 * c->input(c, "W", i)));
}

static void delay_mixture(known_case_t *c)
{
    delay_t d = {0};
    /* Chapelle 2014: 35 % within an hour, 50 % within a day. */
    if (!delay_fit(known_input(c, "a_hours"), 1, 0.35, 24, 0.5, &d)) return;
    known_found(c, "w", d.fast_share);
    known_found(c, "b_hours", d.slow_hours);
    known_found(c, "F_7d", delay_cdf(&d, 7 * 24));
    known_found(c, "F_30d", delay_cdf(&d, 30 * 24));
}

static void hazards(known_case_t *c)
{
    double organic = known_input(c, "l0"), ad = known_input(c, "l1");
    double control = hazard_conversion(organic, 0), added = hazard_incremental(organic, ad);
    known_found(c, "p_treated", hazard_conversion(organic, ad));
    known_found(c, "p_control", control);
    known_found(c, "incremental", added);
    known_found(c, "relative_lift", added / control);
}

static void organic_in_window(known_case_t *c)
{
    double rate = known_input(c, "exposures_per_day"), window = known_input(c, "window_days");
    known_found(c, "share_credited", organic_credited(rate, window));
    known_found(c, "share_credited_7d", organic_credited(rate, 7));
}

static void attributed_over_caused(known_case_t *c)
{
    double rate = known_input(c, "mu"), effect = known_input(c, "e");
    double attributed = attributed_rate(known_input(c, "h"), rate, known_input(c, "w"), effect);
    known_found(c, "attributed_per_day", attributed);
    known_found(c, "incremental_per_day", rate * effect);
    known_found(c, "ratio", attributed / (rate * effect));
}

static void compound_revenue(known_case_t *c)
{
    double orders = known_input(c, "orders"), mean = known_input(c, "aov_mean");
    double sd = known_input(c, "aov_sd");
    distribution_t law;
    if (!distribution_from_moments(FAMILY_POSITIVE, mean, sd, &law)) return;
    known_found(c, "ln_mu", law.a);
    known_found(c, "ln_sigma", law.b);
    known_found(c, "mean", orders * distribution_mean(law));
    known_found(c, "sd", compound_poisson_sd(orders, mean, distribution_sd(law)));
    known_found(c, "sd_if_orders_only", compound_poisson_sd(orders, mean, 0));
}

static void funnel(known_case_t *c)
{
    double viewed = known_input(c, "impressions") * known_input(c, "view");
    double clicks = viewed * known_input(c, "ctr"), visits = clicks * known_input(c, "visit");
    double conversions = visits * known_input(c, "cvr");
    double share = conversions / known_input(c, "impressions");
    known_found(c, "viewed", viewed);
    known_found(c, "clicks", clicks);
    known_found(c, "visits", visits);
    known_found(c, "conversions", conversions);
    known_found(c, "sd_conversions_poisson", compound_poisson_sd(conversions, 1, 0));
    known_found(c, "sd_conversions_binomial",
                m_sqrt(1 - share) * compound_poisson_sd(conversions, 1, 0));
}

static void orders_to_come(known_case_t *c)
{
    bgnbd_t m = {known_input(c, "r"), known_input(c, "alpha"), known_input(c, "a"),
                 known_input(c, "b")};
    /* The customer of the paper's example: two repeat orders, the last in week 30.43 of 38.86. */
    purchases_t customer = {.x = 2, .t_x = 30.43, .T = 38.86};
    static const int week[] = {1, 39, 78};
    for (int k = 0; k < 3; k++) c->found(c, "E_X_t", week[k], bgnbd_expected(&m, week[k]));
    known_found(c, "E_future_39", bgnbd_future(&m, &customer, 39));
    known_found(c, "P_alive", bgnbd_p_alive(&m, &customer));
    known_found(c, "P_zero_39", bgnbd_p_none(&m, 39));
}

static void spend(known_case_t *c)
{
    spend_t m = {known_input(c, "p"), known_input(c, "q"), known_input(c, "gamma")};
    purchases_t customer = {.x = known_input(c, "x"), .average = known_input(c, "m")};
    known_found(c, "population_mean", spend_mean(&m));
    known_found(c, "conditional", spend_conditional(&m, &customer));
}

/* Standard error of a share of n people. */
static double share_se(double p, double n)
{
    return m_sqrt(p * (1 - p) / n);
}

static void ghost_ads(known_case_t *c)
{
    double treated = known_input(c, "p_t"), held = known_input(c, "p_c");
    contrast_t x = contrast_of_means(treated, share_se(treated, known_input(c, "n_t")), held,
                                     share_se(held, known_input(c, "n_c")));
    known_found(c, "diff", x.effect);
    known_found(c, "se", x.se);
    known_found(c, "z", x.effect / x.se);
    known_found(c, "rel_lift", x.lift);
    known_found(c, "se_rel", x.lift_se);
}

static void intention_to_treat(known_case_t *c)
{
    double exposed = known_input(c, "exposure_rate"), others = known_input(c, "p_nonexposed");
    double n = known_input(c, "n_assigned_per_arm");
    double p[2] = {known_input(c, "p_t"), known_input(c, "p_c")}, all[2];
    for (int k = 0; k < 2; k++) all[k] = exposed * p[k] + (1 - exposed) * others;
    contrast_t itt = contrast_of_means(all[0], share_se(all[0], n), all[1], share_se(all[1], n));
    contrast_t ghost =
        contrast_of_means(p[0], share_se(p[0], exposed * n), p[1], share_se(p[1], exposed * n));
    double late_se = itt.se / exposed;
    known_found(c, "itt", itt.effect);
    known_found(c, "se_itt", itt.se);
    known_found(c, "late", itt.effect / exposed);
    known_found(c, "se_late", late_se);
    known_found(c, "se_ghost", ghost.se);
    known_found(c, "variance_ratio", late_se * late_se / (ghost.se * ghost.se));
}

static void return_on_volatile_sales(known_case_t *c)
{
    double sd = known_input(c, "sales_sd"), cost = known_input(c, "cost_per_person");
    double margin = known_input(c, "margin"), n[KNOWN_MOST];
    if (known_inputs(c, "n", n) < 2) return;
    double se = contrast_of_means(0, sd / m_sqrt(n[0]), 0, sd / m_sqrt(n[1])).se;
    known_found(c, "se_diff", se);
    known_found(c, "se_roi", roi_se(se, margin, cost));
    known_found(c, "ci95_width_roi", 2 * critical_value(0.95) * roi_se(se, margin, cost));
    known_found(c, "n_per_arm_for_se_roi_0_1", people_for_roi_se(sd, margin, cost, 0.1));
}

const known_answer_t known_in_response[] = {
    {"resp_adstock_geometric", geometric_adstock},
    {"resp_hill_jensen", hill_jensen},
    {"resp_logit_normal", logit_normal},
    {"resp_logit_normal_calibrate", calibrated_intercept},
    {"resp_beta_heterogeneity", beta_clicks},
    {"resp_wearout_poisson", worn_poisson},
    {"resp_wearout_nbd", worn_nbd},
    {"wearout_decayed_impressions", exposure_stock},
    {"resp_delay_exponential", exponential_delay},
    {"resp_delay_mixture", delay_mixture},
    {"resp_incrementality_hazard", hazards},
    {"attr_organic_captured", organic_in_window},
    {"attr_last_touch_vs_incremental", attributed_over_caused},
    {"lift_ghost_ads_proportion", ghost_ads},
    {"lift_itt_dilution", intention_to_treat},
    {"lift_lewis_rao", return_on_volatile_sales},
    {"resp_compound_poisson_revenue", compound_revenue},
    {"resp_funnel_thinning", funnel},
    {"cust_bgnbd", orders_to_come},
    {"cust_gamma_gamma", spend},
    {NULL, NULL},
};
