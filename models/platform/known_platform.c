/* known_platform.c -- the cases that pacing, caps, reach and plans answer. */
#include "models/platform/known_platform.h"
#include "models/auction/known_auction.h"
#include "models/base/distribution.h"
#include "models/base/maths.h"
#include "models/platform/hours.h"
#include "models/platform/pacing.h"
#include "models/platform/plan.h"
#include "models/platform/reach.h"
#include "models/platform/strategy.h"

#include <stddef.h>

static void multiplier_and_throttle(known_case_t *c)
{
    market_t m = known_market(c);
    offer_t bid = known_offer(known_input(c, "bid"));
    double n = known_input(c, "N"), budget = known_input(c, "budget"), each = budget / n;
    double log_alpha = budget_log_multiplier(&m, bid, each);
    offer_t paced = {bid.log_value + log_alpha, MATHS_INFINITY};
    double paced_wins = n * market_win_probability(&m, paced);
    double rate = budget_pass_through(&m, bid, each);
    double throttled_wins = n * rate * market_win_probability(&m, bid);
    known_found(c, "unconstrained_spend", n * market_expected_cost(&m, bid));
    known_found(c, "alpha", m_exp(log_alpha));
    known_found(c, "wins_paced", paced_wins);
    known_found(c, "cpw_paced", budget / paced_wins);
    known_found(c, "q_throttle", rate);
    known_found(c, "wins_throttled", throttled_wins);
    known_found(c, "cpw_throttled", budget / throttled_wins);
    known_found(c, "mu_dual_utility", budget_dual(log_alpha));
}

static void first_price_pacing(known_case_t *c)
{
    market_t m = known_market(c);
    m.kind = AUCTION_FIRST_PRICE;
    offer_t bid = known_offer(known_input(c, "bid"));
    double n = known_input(c, "N"), budget = known_input(c, "budget");
    double log_alpha = budget_log_multiplier(&m, bid, budget / n);
    offer_t paced = {bid.log_value + log_alpha, MATHS_INFINITY};
    double wins = n * market_win_probability(&m, paced);
    known_found(c, "alpha", m_exp(log_alpha));
    known_found(c, "wins", wins);
    known_found(c, "cpw", budget / wins);
}

/* Second-price auctions one after another, a dual moved after each. */
static void trace(known_case_t *c, double dual, double (*bid)(double dual, double value),
                  double (*step)(double dual, double rate, double planned, double spent))
{
    double rate = known_input(c, "eta"), planned = known_input(c, "rho");
    double spend = 0, value = 0, wins = 0;
    int n = c->length(c, "v");
    for (int t = 0; t < n; t++) {
        double worth = c->input(c, "v", t), rival = c->input(c, "d", t), paid = 0;
        c->found(c, "mu_trace", t, dual);
        if (bid(dual, worth) >= rival) {
            paid = rival;
            value += worth;
            wins++;
        }
        spend += paid;
        dual = step(dual, rate, planned, paid);
    }
    known_found(c, "mu_final", dual);
    known_found(c, "spend", spend);
    known_found(c, "value", value);
    known_found(c, "wins", wins);
}

static void dual_descent(known_case_t *c)
{
    trace(c, 0, pace_dual_bid, pace_dual_step);
}

static void entropy_descent(known_case_t *c)
{
    trace(c, 1, pace_entropy_bid, pace_entropy_step);
}

static void elasticity(known_case_t *c)
{
    market_t m = known_market(c);
    offer_t bid = known_offer(known_input(c, "bid"));
    double e = market_spend_elasticity(&m, bid);
    known_found(c, "elasticity", e);
    known_found(c, "eta_max", pace_gain_limit(e));
    known_found(c, "win_elasticity", market_win_elasticity(&m, bid));
}

static void cost_cap(known_case_t *c)
{
    market_t m = known_market(c);
    double cost = known_input(c, "cost_cap"), log_bid = cost_cap_log_bid(&m, cost);
    double capped_win = market_win_probability(&m, known_offer(cost));
    known_found(c, "bid", m_exp(log_bid));
    known_found(c, "p_win", market_win_probability(&m, (offer_t){log_bid, MATHS_INFINITY}));
    known_found(c, "nu_dual", cost_cap_dual(m_exp(log_bid), cost));
    known_found(c, "p_win_if_bid_cap", capped_win);
    known_found(c, "avg_cost_if_bid_cap", market_expected_cost(&m, known_offer(cost)) / capped_win);
}

static value_law_t values_of(known_case_t *c)
{
    return (value_law_t){known_input(c, "m"), known_input(c, "tau")};
}

static void target_roas(known_case_t *c)
{
    market_t m = known_market(c);
    double roas = known_input(c, "rho"), log_kappa = target_roas_log_kappa(&m, values_of(c), roas);
    value_outcome_t out = value_bidding(&m, values_of(c), log_kappa);
    known_found(c, "kappa", m_exp(log_kappa));
    known_found(c, "p_win", out.win);
    known_found(c, "value_per_auction", out.value);
    known_found(c, "cost_per_auction", out.cost);
    known_found(c, "nu_dual", target_roas_dual(log_kappa, roas));
}

static void heterogeneous_budget(known_case_t *c)
{
    market_t m = known_market(c);
    double n = known_input(c, "N"), budget = known_input(c, "budget");
    double log_kappa = value_budget_log_kappa(&m, values_of(c), budget / n);
    value_outcome_t paced = value_bidding(&m, values_of(c), log_kappa);
    value_outcome_t full = value_bidding(&m, values_of(c), 0);
    known_found(c, "kappa", m_exp(log_kappa));
    known_found(c, "lambda_dual", m_exp(-log_kappa));
    known_found(c, "value", n * paced.value);
    known_found(c, "wins", n * paced.win);
    known_found(c, "value_if_throttled_at_kappa_1", budget / full.cost * full.value);
}

static void poisson_cap(known_case_t *c)
{
    double opportunities = known_input(c, "opportunities"), win = known_input(c, "p_win");
    int cap = (int)known_input(c, "cap");
    double mean = opportunities * win, capped = poisson_capped_mean(mean, cap);
    known_found(c, "mean_uncapped", mean);
    known_found(c, "mean_capped", capped);
    known_found(c, "reach", poisson_at_least(mean, 1));
    known_found(c, "lost_share", 1 - capped / mean);
    known_found(c, "wrong_cap_before_auction", win * poisson_capped_mean(opportunities, cap));
}

static void nbd_cap(known_case_t *c)
{
    double mean = known_input(c, "mean_opportunities") * known_input(c, "p_win");
    double shape = known_input(c, "k");
    known_found(c, "mean_capped", nbd_capped_mean(mean, shape, (int)known_input(c, "cap")));
    known_found(c, "reach", nbd_at_least(mean, shape, 1));
}

static void rolling_cap(known_case_t *c)
{
    double rate = known_input(c, "rate_per_day"), window = known_input(c, "tau_days");
    double days = known_input(c, "T_days");
    for (int k = 1; k <= 10; k++)
        c->found(c, "P_at_least", k - 1, rolling_cap_one_at_least(rate, window, days, k));
    known_found(c, "mean", rolling_cap_one_mean(rate, window, days));
    known_found(c, "asymptotic", days * rolling_cap_one_long_run(rate, window));
    known_found(c, "uncapped", rate * days);
    known_found(c, "calendar_3day_blocks", calendar_cap_mean(rate, 1, window, days));
}

static void daily_cap(known_case_t *c)
{
    double rate = known_input(c, "rate_per_day"), days = known_input(c, "days");
    known_found(c, "mean", calendar_cap_mean(rate, (int)known_input(c, "cap"), 1, days));
    known_found(c, "reach", poisson_at_least(rate * days, 1));
    known_found(c, "p_day_active", poisson_at_least(rate, 1));
}

static void daypart(known_case_t *c)
{
    double from = known_input(c, "t1"), to = known_input(c, "t2");
    known_found(c, "share",
                hours_share(known_input(c, "a"), known_input(c, "peak_hour"), from, to));
    known_found(c, "flat_share", hours_share(0, 0, from, to));
}

static void found_reach(known_case_t *c, double mean, double shape)
{
    known_found(c, "R1", nbd_at_least(mean, shape, 1));
    known_found(c, "R2", nbd_at_least(mean, shape, 2));
    known_found(c, "R3", nbd_at_least(mean, shape, 3));
    known_found(c, "R5", nbd_at_least(mean, shape, 5));
    known_found(c, "avg_frequency", mean / nbd_at_least(mean, shape, 1));
}

static void reach_poisson(known_case_t *c)
{
    double mean = known_input(c, "mean");
    found_reach(c, mean, MATHS_INFINITY);
    known_found(c, "grp", 100 * mean);
}

static void reach_nbd(known_case_t *c)
{
    double mean = known_input(c, "mean"), shape = known_input(c, "k");
    found_reach(c, mean, shape);
    for (int k = 0; k <= 5; k++) c->found(c, "P", k, nbd_probability(mean, shape, k));
    known_found(c, "variance", nbd_capped_variance(mean, shape, 0));
}

static void reach_thinned(known_case_t *c)
{
    double mean = known_input(c, "mean") * known_input(c, "w");
    known_found(c, "R1", nbd_at_least(mean, known_input(c, "k"), 1));
    known_found(c, "wrong_if_person_level_poisson", poisson_at_least(mean, 1));
}

static void reach_bbd(known_case_t *c)
{
    double a = known_input(c, "alpha"), b = known_input(c, "beta"), n = known_input(c, "n");
    double reach = bbd_at_least(a, b, (int)n, 1),
           mean = n * distribution_mean((distribution_t){LAW_BETA, a, b});
    known_found(c, "R1", reach);
    known_found(c, "R3", bbd_at_least(a, b, (int)n, 3));
    known_found(c, "mean", mean);
    known_found(c, "var", bbd_variance(a, b, (int)n));
    known_found(c, "avg_frequency", mean / reach);
    for (int k = 0; k <= n; k++) c->found(c, "P", k, bbd_probability(a, b, (int)n, k));
}

static void reach_binomial(known_case_t *c)
{
    double p = known_input(c, "p"), n = known_input(c, "n");
    known_found(c, "R1", binomial_at_least(p, (int)n, 1));
    known_found(c, "R3", binomial_at_least(p, (int)n, 3));
    known_found(c, "mean", n * p);
}

static void independent_union(known_case_t *c)
{
    double reach[KNOWN_MOST], sum = 0;
    int n = known_inputs(c, "reach", reach);
    for (int i = 0; i < n; i++) sum += reach[i];
    double all = reach_independent_union(reach, n), pair = reach_independent_union(reach, 2);
    known_found(c, "union", all);
    known_found(c, "sum_of_reach", sum);
    known_found(c, "pair12", reach[0] + reach[1] - pair);
    known_found(c, "exactly_one", reach_exactly_one(reach, n));
}

static void shared_activity(known_case_t *c)
{
    double shape = known_input(c, "k"), mean[] = {known_input(c, "mA"), known_input(c, "mB")};
    double reach[] = {nbd_at_least(mean[0], shape, 1), nbd_at_least(mean[1], shape, 1)};
    double both = reach_shared_activity_union(mean, 2, shape);
    double independent = reach_independent_union(reach, 2);
    known_found(c, "RA", reach[0]);
    known_found(c, "RB", reach[1]);
    known_found(c, "union", both);
    known_found(c, "both", reach[0] + reach[1] - both);
    known_found(c, "independence_union", independent);
    known_found(c, "sum", reach[0] + reach[1]);
    known_found(c, "bias_independence", independent - both);
}

/* Reach drawn, and its probability given a person's activity: E of the square of what she is missed
 * with is the share that two independent flights would both miss. */
static void reach_given_activity(known_case_t *c)
{
    double mean = known_input(c, "mean"), shape = known_input(c, "k"), both[] = {mean, mean};
    double missed = 1 - nbd_at_least(mean, shape, 1);
    double missed_twice = 1 - reach_shared_activity_union(both, 2, shape);
    double drawn = nbd_capped_variance(mean, shape, 1), given = missed_twice - missed * missed;
    known_found(c, "var_indicator", drawn);
    known_found(c, "var_conditional", given);
    known_found(c, "ratio", drawn / given);
}

static void overlapping_audiences(known_case_t *c)
{
    double n1 = known_input(c, "N1"), n2 = known_input(c, "N2"), both = known_input(c, "N12");
    double r1 = known_input(c, "R1"), r2 = known_input(c, "R2");
    known_found(c, "union", reach_overlap_union(n1, r1, n2, r2, both));
    known_found(c, "naive_sum", reach_overlap_union(n1, r1, n2, r2, 0));
}

static void occupancy(known_case_t *c)
{
    double people = known_input(c, "N"), impressions = known_input(c, "I");
    known_found(c, "mean_reach", occupancy_mean(people, impressions));
    known_found(c, "sd_reach", occupancy_sd(people, impressions));
    known_found(c, "poisson_approx", people * poisson_at_least(impressions / people, 1));
    known_found(c, "sd_if_poissonised", occupancy_sd_poisson(people, impressions));
}

static void coupon_collector(known_case_t *c)
{
    int people = (int)known_input(c, "N"), reached = (int)known_input(c, "r");
    known_found(c, "all", collector_mean(people, people));
    known_found(c, "sd_all", collector_sd(people, people));
    known_found(c, "to_90pct", collector_mean(people, reached));
    known_found(c, "log_approx_90", people * m_log(people / (double)(people - reached)));
}

static void goerg(known_case_t *c)
{
    double limit = goerg_limit(known_input(c, "I"), known_input(c, "R")), j = known_input(c, "J");
    known_found(c, "rho", limit);
    known_found(c, "R_at_J", goerg_at_least(limit, j, 1));
    known_found(c, "R2_at_J", goerg_at_least(limit, j, 2));
}

static void wfa(known_case_t *c)
{
    double k[KNOWN_MOST], share = known_input(c, "I") / known_input(c, "Imax");
    double alpha = known_input(c, "alpha"), beta = known_input(c, "beta");
    int n = known_inputs(c, "k", k);
    for (int i = 0; i < n; i++) c->found(c, "p", i, wfa_frequency(alpha, beta, share, (int)k[i]));
}

static void segments(known_case_t *c)
{
    double share[KNOWN_MOST], mean[KNOWN_MOST], pooled = 0, all = 1;
    int n = known_inputs(c, "weights", share);
    known_inputs(c, "means", mean);
    for (int i = 0; i < n; i++) pooled += share[i] * mean[i];
    known_found(c, "stratified", reach_of_segments(share, mean, n));
    known_found(c, "pooled", reach_of_segments(&all, &pooled, 1));
}

/* The mini-campaign of the golden cases, before budgets. */
static plan_t golden_plan(known_case_t *c)
{
    return (plan_t){
        .people = known_input(c, "N") * known_input(c, "eligible_fraction"),
        .opportunities = known_input(c, "mean_opportunities_per_day") * known_input(c, "days"),
        .shape = known_input(c, "activity_k"),
        .market = {.log_median = known_input(c, "price_ln_mu"),
                   .log_sd = known_input(c, "price_sigma")},
        .offer = known_offer(known_input(c, "bid_cpm")),
        .pass_through = 1,
        .cap = (int)known_input(c, "cap_per_flight"),
        .ctr = known_input(c, "viewability") * known_input(c, "ctr_first"),
        .wear_out = known_input(c, "wearout_r"),
    };
}

static void found_plan(known_case_t *c, const plan_t *plan)
{
    plan_outcome_t out = plan_outcome(plan);
    double conversions = out.clicks * known_input(c, "cvr_per_click");
    double revenue = conversions * known_input(c, "aov_mean");
    known_found(c, "reach", out.reach);
    known_found(c, "impressions", out.impressions);
    known_found(c, "avg_frequency", out.impressions / out.reach);
    known_found(c, "spend", out.spend);
    known_found(c, "cpm", out.cpm);
    known_found(c, "clicks", out.clicks);
    known_found(c, "ctr_effective", out.clicks / out.impressions);
    known_found(c, "conversions", conversions);
    known_found(c, "revenue", revenue);
    known_found(c, "roas", revenue / out.spend);
    known_found(c, "cpa", out.spend / conversions);
    known_found(c, "p_win", out.win_probability);
    known_found(c, "mean_wins_uncapped", out.wins);
    known_found(c, "sd_impressions", out.impressions_sd);
    known_found(c, "R2", plan_reach_at_least(plan, 2));
    known_found(c, "R3", plan_reach_at_least(plan, 3));
}

static void golden_uncapped(known_case_t *c)
{
    plan_t plan = golden_plan(c);
    found_plan(c, &plan);
    known_found(c, "organic_conversions_in_audience",
                plan.people * known_input(c, "organic_rate_per_flight"));
}

static void golden_throttled(known_case_t *c)
{
    plan_t plan = golden_plan(c);
    plan.pass_through = plan_pass_through(&plan, known_input(c, "budget"));
    known_found(c, "q", plan.pass_through);
    found_plan(c, &plan);
}

static void golden_paced(known_case_t *c)
{
    plan_t plan = golden_plan(c);
    double log_alpha = plan_log_multiplier(&plan, known_input(c, "budget"));
    plan.offer.log_value += log_alpha;
    known_found(c, "alpha", m_exp(log_alpha));
    found_plan(c, &plan);
}

const known_answer_t known_in_platform[] = {
    {"pace_multiplier_vs_throttle", multiplier_and_throttle},
    {"pace_multiplier_first_price", first_price_pacing},
    {"pace_dual_descent_trace", dual_descent},
    {"pace_dual_entropy_trace", entropy_descent},
    {"pace_spend_elasticity", elasticity},
    {"bid_cost_cap_constant_value", cost_cap},
    {"bid_target_roas", target_roas},
    {"bid_budget_value_heterogeneous", heterogeneous_budget},
    {"cap_poisson_flight", poisson_cap},
    {"cap_nbd_flight", nbd_cap},
    {"cap_sliding_window_1", rolling_cap},
    {"cap_daily", daily_cap},
    {"daypart_sinusoid", daypart},
    {"reach_poisson", reach_poisson},
    {"reach_nbd", reach_nbd},
    {"reach_nbd_thinned", reach_thinned},
    {"reach_bbd", reach_bbd},
    {"reach_binomial", reach_binomial},
    {"reach_independent_union", independent_union},
    {"reach_shared_gamma_union", shared_activity},
    {"vr_conditional_poisson_reach", reach_given_activity},
    {"reach_overlap_segments", overlapping_audiences},
    {"reach_occupancy", occupancy},
    {"reach_coupon_collector", coupon_collector},
    {"reach_goerg_one_point", goerg},
    {"reach_wfa_kreach", wfa},
    {"reach_jensen", segments},
    {"golden_uncapped_budget", golden_uncapped},
    {"golden_throttled_budget", golden_throttled},
    {"golden_paced_budget", golden_paced},
    {NULL, NULL},
};
