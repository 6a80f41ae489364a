/* known_auction.c -- the cases that the auction's closed forms answer. */
#include "models/auction/known_auction.h"
#include "models/auction/landscape.h"
#include "models/base/maths.h"

#include <stddef.h>

offer_t known_offer(double value)
{
    return (offer_t){m_log(value), MATHS_INFINITY};
}

market_t known_market(known_case_t *c)
{
    return (market_t){.log_median = known_input(c, "mu"), .log_sd = known_input(c, "sigma")};
}

static void found_win_and_cost(known_case_t *c, double win, double cost)
{
    known_found(c, "p_win", win);
    known_found(c, "cost_per_auction", cost);
}

static void second_price(known_case_t *c)
{
    market_t m = known_market(c);
    double bid = known_input(c, "bid"), win = market_win_probability(&m, known_offer(bid));
    double cost = market_expected_cost(&m, known_offer(bid));
    found_win_and_cost(c, win, cost);
    known_found(c, "cost_per_win", cost / win);
    known_found(c, "surplus_per_auction_v_eq_bid", bid * win - cost);
}

/* The case's reserve only raises the price: without noise a bid above it wins as before. */
static void with_reserve(known_case_t *c)
{
    market_t m = known_market(c);
    m.reserve = known_input(c, "reserve");
    offer_t offer = known_offer(known_input(c, "bid"));
    double win = market_win_probability(&m, offer), cost = market_expected_cost(&m, offer);
    found_win_and_cost(c, win, cost);
    known_found(c, "cost_per_win", cost / win);
}

static void noisy(known_case_t *c)
{
    market_t m = known_market(c);
    m.score_noise = known_input(c, "tau");
    offer_t offer = known_offer(known_input(c, "bid"));
    double win = market_win_probability(&m, offer);
    found_win_and_cost(c, win, market_expected_cost(&m, offer));
    known_found(c, "mean_own_score_given_win", market_expected_score(&m, offer) / win);
}

static void order_statistics(known_case_t *c)
{
    double n[KNOWN_MOST], mu = known_input(c, "mu"), sigma = known_input(c, "sigma");
    int cases = known_inputs(c, "n", n);
    for (int i = 0; i < cases; i++) {
        c->found(c, "e_max", i, lognormal_order_mean(mu, sigma, (int)n[i], 1));
        c->found(c, "e_second", i, lognormal_order_mean(mu, sigma, (int)n[i], 2));
    }
}

static void found_landscape(known_case_t *c, rivals_t rivals, double count, double reserve)
{
    landscape_t l = {known_input(c, "mu"), known_input(c, "sigma"), rivals, count};
    double bid = known_input(c, "bid");
    found_win_and_cost(c, landscape_win_probability(&l, bid),
                       landscape_expected_cost(&l, bid, reserve));
}

static void poisson_rivals(known_case_t *c)
{
    found_landscape(c, RIVALS_POISSON, known_input(c, "nu"), known_input(c, "reserve"));
}

static void n_rivals(known_case_t *c)
{
    found_landscape(c, RIVALS_FIXED, known_input(c, "n"), 0);
}

static void first_price(known_case_t *c)
{
    market_t m = known_market(c);
    double value = known_input(c, "value");
    m.kind = AUCTION_FIRST_PRICE;
    double bid = m_exp(market_shaded_log_bid(&m, m_log(value)));
    double win = market_win_probability(&m, known_offer(bid));
    double pay = market_expected_cost(&m, known_offer(bid));
    known_found(c, "bid", bid);
    known_found(c, "p_win", win);
    known_found(c, "expected_pay", pay);
    known_found(c, "surplus", value * win - pay);
}

static void by_total_value(known_case_t *c)
{
    total_value_bid_t bid[KNOWN_MOST];
    int n = c->length(c, "bids");
    for (int i = 0; i < n; i++) {
        bid[i] = (total_value_bid_t){c->input(c, "bids", i), c->input(c, "ear", i),
                                     c->input(c, "quality", i)};
        c->found(c, "tv", i, total_value(bid[i]));
    }
    total_value_outcome_t out = total_value_auction(bid, (size_t)n);
    known_found(c, "winner", (double)out.winner);
    known_found(c, "price_per_action", out.price_per_action);
    known_found(c, "price_per_impression", out.price_per_impression);
}

static void own_overlap(known_case_t *c)
{
    log_value_t v[3];
    for (int i = 0; i < 3; i++) v[i] = (log_value_t){c->input(c, "m", i), c->input(c, "s", i)};
    own_overlap_t o = auc_own_overlap(v[0], v[1], v[2]);
    double alone[2];
    for (int i = 0; i < 2; i++) {
        /* An own value that varies meets one rival: score noise of the same sd. */
        market_t m = {.log_median = v[2].mean, .log_sd = v[2].sd, .score_noise = v[i].sd};
        alone[i] = market_win_probability(&m, (offer_t){v[i].mean, MATHS_INFINITY});
    }
    known_found(c, "p_choose_1", o.first_enters);
    known_found(c, "p_win_1", o.first_wins);
    known_found(c, "p_win_2", o.second_wins);
    known_found(c, "p_win_any", o.first_wins + o.second_wins);
    known_found(c, "p_win_1_alone", alone[0]);
    known_found(c, "p_win_2_alone", alone[1]);
    known_found(c, "naive_independent_sum", alone[0] + alone[1]);
}

static void thinning(known_case_t *c)
{
    market_t m = known_market(c);
    double u[KNOWN_MOST], highest = known_input(c, "b_max"), bid = known_input(c, "bid");
    double candidate = market_win_probability(&m, known_offer(highest));
    int n = known_inputs(c, "U", u);
    known_found(c, "p_candidate", candidate);
    known_found(c, "threshold", market_win_probability(&m, known_offer(bid)) / candidate);
    for (int i = 0; i < n; i++) {
        double price = lognormal_price_below(m.log_median, m.log_sd, highest, u[i]);
        c->found(c, "price", i, price);
        c->found(c, "win", i, price < bid);
    }
}

const known_answer_t known_in_auction[] = {
    {"auc_second_price_lognormal", second_price},
    {"auc_second_price_reserve", with_reserve},
    {"auc_noisy_value", noisy},
    {"auc_order_stats_lognormal", order_statistics},
    {"auc_poisson_rivals", poisson_rivals},
    {"auc_n_rivals", n_rivals},
    {"auc_first_price_shading", first_price},
    {"auc_total_value", by_total_value},
    {"auc_own_overlap", own_overlap},
    {"auc_dominated_thinning", thinning},
    {NULL, NULL},
};
