/* glossary.c -- the words that are no estimates, and one list of all. */
#include "sim/report/glossary.h"

#include "models/base/nearest.h"
#include "sim/experiment/brand_study.h"
#include "sim/metrics/columns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WORD_LENGTH = 96 };

/* clang-format off */
static const glossary_term_t words[] = {
    /* --- what pages call columns of estimates --- */
    {"reach_k", "reach k+", "people", "people with at least k impressions (k = 2, 3, 5, 10); the CSV has reach_2, reach_3, reach_5, reach_10", ""},
    {"caused", "caused", "orders", "incremental_conversions: what the ads caused, exactly, since every simulated order is tagged when it is placed", ""},
    {"credited", "credited", "orders", "conversions: what the scenario's attribution rule gives the ads", "attribution.model"},
    {"marginal_roas", "next $1", "ratio", "incremental revenue of the whole plan that the next money brings / that money: the slope between 0.8 and 1.25 times the budget", ""},

    /* --- what planners work out of columns --- */
    {"average_order_value", "average order value", "currency", "revenue / conversions: what an order brings on average", "product.value"},
    {"marginal_cpa", "marginal CPA", "currency", "what the next conversion costs: 1 / next of an allocation for conversions, or the change of spend / the change of conversions of two budgets", "allocate"},
    {"iroi", "iROI", "ratio", "(incremental_revenue - spend) / spend = iroas - 1; roi is profit over all costs instead", ""},
    {"break_even_roas", "break-even ROAS", "ratio", "1 / (the share of revenue that is left after goods and returns): above it spend comes back", "product.margin"},
    {"effectiveness", "effectiveness", "orders an impression", "incremental_conversions / impressions; effect_per_1000 is a thousand times it", ""},
    {"view_through_conversions", "view-through conversions", "orders", "credited to ads that were seen and not clicked: conversions less those of the same plan with --set attribution.view_window=0d", "attribution.view_window"},

    /* --- how sure --- */
    {"estimate", "estimate", "", "a number with its range: mean, lo, p50, hi at a level, sd_parameters, sd_people, mc_se", ""},
    {"mean", "mean", "that of its metric", "the expected value; of a ratio the ratio of expectations, never a mean of ratios", ""},
    {"lo", "range", "that of its metric", "lo to hi: what may really happen, in so many of 100 futures as the level says (80 %: the 10th to the 90th percentile)", "monte_carlo.interval"},
    {"p50", "median", "that of its metric", "half of the futures bring less", ""},
    {"level", "level", "", "of an estimate the share of the futures between lo and hi; of a dimension, which one; of a price or rate the factor by which calibrate moves it", "monte_carlo.interval"},
    {"sd_parameters", "sd of parameters", "that of its metric", "spread by what is not known: rates, prices and the like that were given as ranges", ""},
    {"sd_people", "sd of people", "that of its metric", "spread by luck: what the same people happen to do", ""},
    {"mc_se", "Monte Carlo error", "that of its metric", "standard error of the mean by the simulation alone; more replications or people make it smaller", "monte_carlo.precision"},
    {"probability", "chance", "share", "share of the futures in which the target is met", "target"},
    {"dots", "dots", "of 50", "the chance in 50 dots: so many of 50 equally likely futures meet the target", "target"},
    {"replication", "replication", "", "one simulated future of the whole plan: its own luck, its own draw of what is not known", "monte_carlo.replications"},
    {"simulated", "simulated", "people", "people that are simulated; each stands for population / people", "people"},
    {"population", "population", "people", "the people of the population file, reached or not", "population"},
    {"seed", "seed", "", "number that fixes all chance: the same seed gives the same bytes", "seed"},
    {"assumption", "assumption", "", "a value that nobody gave and no source backs; listed in assumptions.csv", ""},

    /* --- whose row it is --- */
    {"scope", "scope", "", "what the row is about: ad_set, campaign, platform or plan", ""},
    {"name", "name", "", "which ad set, campaign, platform, plan, segment or creative", ""},
    {"ad_set", "ad set", "", "an audience, a platform, a budget and its creatives", "campaigns.ad_sets"},
    {"ad_set_a", "one ad set", "", "of two ad sets, the one that stands first in the scenario", ""},
    {"ad_set_b", "another ad set", "", "of two ad sets, the one that stands later", ""},
    {"campaign", "campaign", "", "ad sets with one objective", "campaigns"},
    {"platform", "platform", "", "where ads are shown: facebook, instagram, linkedin and others", "platforms"},
    {"plan", "plan", "", "the whole scenario; of several, which one", ""},
    {"creative", "creative", "", "one ad of an ad set", "campaigns.ad_sets.creatives"},
    {"family", "family", "", "creatives that look alike wear out together", "campaigns.ad_sets.creatives.family"},
    {"placement", "placement", "", "where on a platform: feed, stories, reels ...", "platforms.placements"},
    {"share_of_impressions", "share of impressions", "share", "part that a creative has of its ad set's impressions", "campaigns.ad_sets.rotation"},
    {"metric", "metric", "", "the column whose value the row holds", ""},
    {"value", "value", "that of its row", "what the row's metric, key, feature or criterion comes to", ""},
    {"changed", "changed", "", "whose budget is changed, the others' left as they are", ""},
    {"multiple", "multiple", "", "of a budget, so many times what it is in the run", ""},
    {"key", "key", "", "path of the scenario's value, as --set takes it", ""},
    {"unit", "unit", "", "in what the value is counted", ""},
    {"origin", "origin", "", "who says so: given, set, default, assumption or preset", ""},
    {"source", "source", "", "where a default, a table or a preset is from", ""},
    {"line", "line", "", "of the scenario file; empty if it is not given there", ""},

    /* --- time --- */
    {"day", "day", "", "of the flight, from 1", "schedule"},
    {"date", "date", "", "year-month-day", "schedule.start"},
    {"hour", "hour", "", "of the day, 0 to 23, as people's clocks have it", ""},
    {"period", "period", "", "flight, run-off (orders that come after it) or later; of an allocation the number of the period", ""},
    {"month", "month", "", "of thirty days, from 1", ""},
    {"first_day", "first day", "", "date on which the month begins", ""},
    {"days", "days", "days", "of the month; the last one may be shorter", ""},
    {"new_reach", "new reach", "people", "people who have their first impression on this day", ""},
    {"ad_revenue", "ad revenue", "currency", "value of the ad conversions of the day", ""},
    {"brand_revenue", "brand revenue", "currency", "value of the brand conversions of the day", ""},

    /* --- frequency, segments, overlap of a run --- */
    {"impressions_from", "impressions, from", "impressions", "people with so many impressions, up to impressions_to", ""},
    {"impressions_to", "impressions, to", "impressions", "last number of the row; empty = and more", ""},
    {"people", "people", "people", "real people: counted among the simulated ones and weighted", ""},
    {"age", "age", "years", "age group", ""},
    {"sex", "sex", "", "as the population's tables have it", ""},
    {"region", "region", "", "or the first attribute of place that the population has", ""},
    {"trait", "trait", "", "an interest, a behaviour or another yes/no trait; empty = anyone", ""},
    {"share_of_a", "share of the first", "share", "people in both / people in the first", ""},
    {"share_of_b", "share of the second", "share", "people in both / people in the second", ""},

    /* --- delivery --- */
    {"limited_by", "limited by", "", "delivery status: what kept the ad set from showing more: budget, bid, goal, audience, frequency cap, schedule, own ad sets; of an allocation: what holds the cell's spend where it is", ""},
    {"share_limited", "for", "share", "of the hours, those in which the limit held the bid; or of the impressions it could have had, those that were kept from it", ""},
    {"budget_spent", "spent", "share", "spend / budget; empty where the campaign pays", ""},
    {"cap_impressions", "frequency cap", "events", "most impressions (or views) that a person gets in cap_days", "frequency_cap"},
    {"cap_days", "days of the cap", "days", "rolling window of the frequency cap", "frequency_cap.window"},
    {"lift_impressions", "impressions more", "share", "impressions that a limit a little wider would bring, / those it has (closed form)", ""},
    {"lift_cpm", "CPM of more", "currency", "what 1000 of these would cost", ""},
    {"target_frequency", "target frequency", "impressions", "wanted of those reached, in the window", "campaigns.ad_sets.target_frequency"},
    {"window_frequency", "window frequency", "impressions", "had by those reached, in a window of the target frequency", "campaigns.ad_sets.target_frequency.window"},
    {"results_per_week", "results per week", "results", "of the ad set's objective, in the days on which it runs", ""},
    {"learning", "learning", "", "complete, or limited: too few results a week to leave the learning phase", ""},
    {"opportunities", "opportunities", "auctions", "openings of an ad slot to eligible people, whoever wins them", "platforms.activity.opportunities_per_day"},

    /* --- the funnel, click rates, labels --- */
    {"result", "counted as a result", "", "what the ad set is optimised for, as ads managers count it", "campaigns.objective"},
    {"cost_of_one", "cost of one", "currency", "cost_per_result: spend / results", ""},
    {"click_rate_given", "click rate given", "share", "clicks per impression at a first exposure, as the scenario or the preset says", "campaigns.ad_sets.creatives.ctr"},
    {"click_rate_realised", "realised", "share", "ctr: clicks / impressions over the flight", ""},
    {"by_frequency", "by frequency", "factor", "what wear-in and wear-out make of the click rate given", "response.wear_out"},
    {"by_who_was_reached", "by who was reached", "factor", "what is left: people who use a platform more, see more ads and click more or less than others", "response.person_sd"},
    {"seen", "seen", "impressions", "views: impressions that were in view long enough", "platforms.viewability"},
    {"truly_in_the_audience", "truly in the audience", "share", "on_target_pct: impressions of people who are in the audience as it is written, whatever the platform's labels say", "platforms.labels"},
    {"of_these_missed", "of these missed", "share", "missed_pct: of people truly in the audience, those whom the labels keep out", "platforms.labels"},
    {"caused_per_1000_shown", "caused per 1000 shown", "orders", "effect_per_1000: the effect as diluted by wrong labels", ""},
    {"per_1000_truly_in", "per 1000 truly in", "orders", "effect_on_target_per_1000: the effect undiluted", ""},
    {"first_bid_cpm", "first bid CPM", "currency", "where bidding starts, per 1000 impressions", "campaigns.ad_sets.bid_strategy"},
    {"rival_cpm", "rival CPM", "currency", "median of the highest rival's bid, per 1000 impressions", "platforms.market.rival_median_cpm"},
    {"budget", "budget", "currency", "what may be spent, never passed by one impression", "campaigns.lifetime_budget"},

    /* --- attribution --- */
    {"model", "attribution model", "", "rule that gives orders to ads: last_touch, first_touch, linear, time_decay, position_based, markov, shapley", "attribution.model"},
    {"share", "share", "share", "of the whole: of all credited orders, of the population, of the people in segments", ""},
    {"organic_share", "organic share", "share", "of the credited orders, those that no ad caused: organic_credited / conversions", ""},
    {"credited_over_caused", "over-credited", "ratio", "conversions / incremental_conversions; 1 = credited with what it caused; a page shows what is above 1 in percent", ""},
    {"platforms_claim", "platforms claim", "orders", "platform_conversions: each platform's own count; several count one order", ""},
    {"organic_caught", "organic caught", "orders", "organic_credited: orders that came by themselves and were credited to an ad", ""},

    /* --- experiments --- */
    {"estimator", "estimator", "", "how a lift test is read: intention to treat, ghost ads, PSA, exposed against unexposed, geo", "experiment.design"},
    {"treated_people", "treated people", "people", "compared people who may see the ads", "experiment.holdout"},
    {"control_people", "control people", "people", "compared people who are held out", "experiment.holdout"},
    {"treated_rate", "treated rate", "orders a person", "orders of the treated / treated people", ""},
    {"control_rate", "control rate", "orders a person", "orders of those held out / control people", ""},
    {"effect", "effect", "orders a person", "treated_rate - control_rate, the mean of many tests", ""},
    {"true_effect", "true effect", "orders a person", "what the ads cause, known in a simulation", ""},
    {"true_lift", "true lift", "ratio", "true_effect / control_rate", ""},
    {"true_incremental_conversions", "true incremental conversions", "orders", "true_effect x treated_people", ""},
    {"true_icpa", "true iCPA", "currency", "spend / true_incremental_conversions", ""},
    {"coverage", "coverage", "share", "of the tests' intervals, those that hold the truth", ""},
    {"power", "power", "share", "chance that a test tells the true effect from nothing", "experiment.power"},
    {"detectable_lift", "detectable lift", "ratio", "least lift that the test finds with the power wanted", "experiment.power"},
    {"wanted_lift", "wanted lift", "ratio", "the lift that the test is to find", "experiment.lift"},
    {"people_needed", "people needed", "people", "in the test, for the wanted lift", ""},
    {"weeks_needed", "weeks needed", "weeks", "of this plan, for the wanted lift", ""},
    {"control_cost", "control cost", "currency", "what those held out are shown instead", ""},

    /* --- plans side by side --- */
    {"a", "first plan", "", "of two plans, the one that is compared", ""},
    {"b", "second plan", "", "of two plans, the one that it is compared with", ""},
    {"value_a", "value of the first", "that of its metric", "mean of the first plan", ""},
    {"value_b", "value of the second", "that of its metric", "mean of the second plan", ""},
    {"difference", "difference", "that of its metric", "first - second, under the same people, prices and luck", ""},
    {"mean_low", "mean difference, at least", "that of its metric", "low end of the interval of the mean difference, for all pairs of plans at once (Bonferroni)", ""},
    {"p_a_better", "better in", "share", "futures in which the first plan is better; equal ones count half", ""},
    {"expected_loss_a", "expected loss of the first", "that of its metric", "mean of what the second is better by, 0 where it is not", ""},
    {"variance_reduction", "variance reduction", "times", "replications that separate runs would take for the same certainty, / those here", ""},
    {"p_best", "best in", "share", "futures in which no plan is better", ""},
    {"expected_loss", "loss if chosen", "that of its metric", "mean of what the best plan is better by", ""},
    {"sure", "sure", "share", "of bootstrap samples of the simulation, those in which this plan's mean is the best", ""},

    /* --- allocation --- */
    {"cell", "cell", "", "what gets a part of the budget: an ad set, a platform, a segment, an ad set in a period", "allocate.cells"},
    {"base_spend", "now", "currency", "spend in the split it is compared with: today's, or an even one", ""},
    {"best_split", "best", "currency", "spend in the recommended split", "allocate.objective"},
    {"change", "change", "currency", "spend - base_spend", ""},
    {"min", "min", "currency", "least that the cell may get", "allocate.limits.min"},
    {"max", "max", "currency", "most that the cell may get", "allocate.limits.max"},
    {"response", "response", "that of the objective", "what the spend brings", "allocate.objective"},
    {"base_response", "base response", "that of the objective", "what the split it is compared with brings", ""},
    {"marginal", "next", "response a unit of money", "what the next unit of money brings here", ""},
    {"base_marginal", "next now", "response a unit of money", "what the next unit of money brings in the split it is compared with", ""},
    {"break_even", "break-even", "response a unit of money", "what the next unit of money must bring to earn itself back", "product.margin"},
    {"p_target", "chance to meet the target", "share", "replications in which a budget's best split meets the target", "allocate.target"},
    {"column", "column", "", "of a file", ""},
    {"meaning", "meaning", "", "of a column, in a line", ""},
    {"shadow_price", "its price", "response a unit of money", "what one unit more of the limit would bring", ""},
    {"worth_knowing", "worth knowing", "that of the objective", "what knowing this cell's curve exactly would bring on average", ""},
    {"spend_lo", "it may be", "currency", "where the best split's spend lies when the curves are what they may be", ""},

    /* --- audiences --- */
    {"audience", "audience", "", "a rule that says who is meant", "audiences"},
    {"audience_a", "the first", "", "of two audiences, the one that stands first", ""},
    {"audience_b", "and the second", "", "of two audiences, the one that stands later", ""},
    {"kind", "kind", "", "expression, retarget, list or lookalike; of a table: people, use or overlap", ""},
    {"in_use", "in use", "", "1 if an ad set uses it there", ""},
    {"people_se", "error of people", "people", "standard error of the count: another sample of people would differ by so much", "people"},
    {"people_exact", "closed form", "people", "the exact expectation; empty where there is none", ""},
    {"apart", "apart", "share", "people / people_exact - 1", ""},
    {"targeted", "targeted", "people", "whom the platform's labels put in the audience", "platforms.labels"},
    {"people_true", "truly in", "people", "users of the platform who truly are in the audience", ""},
    {"people_true_exact", "truly in, exact", "people", "the same in closed form", ""},
    {"people_both", "in both", "people", "truly in it and labelled so; of a pair: in both audiences", ""},
    {"people_both_exact", "in both, exact", "people", "the same in closed form", ""},
    {"on_target", "on target", "share", "of those targeted, the ones truly in: people_both / people", ""},
    {"missed", "missed", "share", "of those truly in, the ones not labelled so", ""},
    {"listed", "listed", "people", "customers on the list, found on the platform or not", "audiences.match_rate"},
    {"found", "found", "people", "of a list, how many the platform may find: 10th and 90th percentile", "audiences.match_rate"},
    {"dimension", "dimension", "", "age, sex, region, interest, platform ...", ""},
    {"population_share", "population share", "share", "of everyone, those at this level", ""},
    {"index", "index", "100 = as in the population", "100 share / population_share", ""},
    {"few", "few", "", "1 if too few simulated people are behind it", "people"},
    {"jaccard", "Jaccard index", "share", "people in both / people in either", ""},
    {"people_exactly", "in these alone", "people", "in these audiences and no other", ""},
    {"people_at_least", "in all these", "people", "in these audiences and perhaps others", ""},
    {"largest_groups", "largest groups in several", "", "sets of audiences that share most people", ""},

    /* --- how a population fits its tables --- */
    {"table", "table", "", "of shares or counts that the population is to meet", "population"},
    {"role", "role", "", "used, or held out to judge by", ""},
    {"cells", "cells", "", "numbers in the table", ""},
    {"worst_share", "worst, points", "share", "largest miss of a share in the table", ""},
    {"srmse", "SRMSE", "ratio", "root mean square error of the cells / their mean", ""},
    {"tae", "TAE", "people", "total absolute error: people in a wrong cell count twice", ""},
    {"sae", "SAE", "share", "TAE / people of the table", ""},
    {"freeman_tukey", "F-T", "people", "Freeman-Tukey: 4 x the sum of squared differences of the cells' roots", ""},
    {"chi_square", "chi2", "people", "the sum of (got - wanted)^2 / wanted", ""},
    {"drawn_srmse", "drawn", "ratio", "SRMSE of the simulated people against what the tables make of them", ""},
    {"drawn_tae", "drawn TAE", "people", "the same for TAE", ""},
    {"drawn_sae", "drawn SAE", "share", "the same for SAE", ""},
    {"drawn_freeman_tukey", "drawn F-T", "people", "the same for Freeman-Tukey", ""},
    {"drawn_chi_square", "drawn chi2", "people", "the same for chi square", ""},

    /* --- segments --- */
    {"segment", "segment", "", "number of the group, from 1", ""},
    {"rule", "rule", "", "audience expression that finds the segment's people", ""},
    {"rule_people", "people of the rule", "people", "whom the rule picks", ""},
    {"precision", "precision", "share", "of those whom the rule picks, the ones in the segment; judged on people it was not made from", ""},
    {"recall", "recall", "share", "of the segment, those whom the rule picks; judged on people it was not made from", ""},
    {"feature", "feature", "", "column that people were grouped by", ""},
    {"is", "is", "", "whether the value is a mean or a share", ""},
    {"value_all", "value of all", "that of its row", "the same of everybody", ""},
    {"difference_sd", "difference in sd", "sd", "(value - value_all) / standard deviation of all", ""},
    {"k", "k", "segments", "number of segments that was tried", ""},
    {"criterion", "criterion", "", "what the number of segments was judged by: silhouette, BIC, gap, stability ...", ""},
    {"error", "error", "that of its row", "standard error of the value", ""},
    {"chosen_by_criterion", "chosen by the criterion", "", "1 at the number that the criterion alone would take", ""},
    {"taken", "taken", "", "1 at the number that was taken", ""},
    {"id", "id", "", "the row's own id, or its number in the table", ""},
    {"recency_score", "R", "1 to 5", "fifth of the customers by how lately they ordered; 5 = most lately", ""},
    {"frequency_score", "F", "1 to 5", "fifth of the customers by how often they ordered", ""},
    {"monetary_score", "M", "1 to 5", "fifth of the customers by what they paid", ""},
    {"estimated_effect", "estimated effect", "orders per 10,000 people", "what the ads cause among the segment's people, by an experiment", ""},
    {"estimated_effect_error", "\xc2\xb1", "orders per 10,000 people", "standard error of the estimated effect", ""},
    {"organic", "anyway", "orders per 10,000 people", "orders of the segment's people without ads", ""},
    {"silhouette", "silhouette", "-1 to 1", "how much nearer people are to their own segment than to the next", ""},
    {"stability", "stability", "0 to 1", "how alike the segments come out of people drawn again (mean adjusted Rand index)", ""},
    {"share_of_people", "share of people", "share", "of the people, those treated first when the most responsive come first", ""},
    {"measured", "measured", "orders per 10,000 people", "gain of treating so many, by the experiment", ""},
    {"truth", "truth", "orders per 10,000 people", "the same as the simulation knows it", ""},
    {"random", "random", "orders per 10,000 people", "the same of as many people at random", ""},

    /* --- batches and doubts --- */
    {"point", "point", "", "number of the combination of swept values", "sweep"},
    {"param", "param_KEY", "", "value of the swept KEY at this point", "sweep.over"},
    {"file", "file", "", "scenario that the point is of", ""},
    {"scenario", "scenario", "", "its name", "name"},
    {"status", "status", "", "done, failed or not run yet", ""},
    {"reason", "reason", "", "why a point failed", ""},
    {"low", "low", "that of its key", "value tried: the 10th percentile of an unsure one, an assumed one a fifth lower; under a metric: what comes of it", ""},
    {"high", "high", "that of its key", "value tried: the 90th percentile of an unsure one, an assumed one a fifth higher; under a metric: what comes of it", ""},
    {"base", "base", "that of its metric", "the metric with all values at their means", ""},
    {"swing", "swing", "that of its metric", "distance of the metric between low and high", ""},
    {"first", "Sobol's first index", "share", "of the metric's variance, what this value brings alone", ""},
    {"first_order", "first-order index", "share", "of the metric's variance over the run's replications, what this value brings alone", ""},
    {"first_order_se", "± index", "share", "standard error of first_order", ""},
    {"metric_low_se", "± low", "that of its metric", "standard error of what comes of the low value", ""},
    {"metric_high_se", "± high", "that of its metric", "standard error of what comes of the high value", ""},
    {"total", "part", "share", "of the metric's variance, what this value has a part in (Sobol's total index)", ""},

    /* --- forecasts against what came --- */
    {"actual", "actual", "that of its metric", "what an account paid or got", ""},
    {"foretold", "foretold", "that of its metric", "mean of the run", ""},
    {"off", "off", "share", "actual / foretold - 1", ""},
    {"paid", "paid", "that of its row", "what the account paid for it, or got of it: CPM, click rate, conversions a click", ""},
    {"paid_lo", "95 % sure", "that of its row", "where the account's rate lies in 95 of 100 accounts, by the events it counted alone (exact Poisson interval; Garwood 1936)", ""},
    {"weight_of_data", "weight of data", "share", "of a calibrated level, how much comes of the account; the rest is what was believed before", ""},
    {"then", "then", "that of its row", "as simulated with the calibrated levels", ""},
    {"conversions_a_click", "conversions a click", "ratio", "platform_conversions / clicks", ""},
    {"inside", "inside", "", "whether the actual lies between lo and hi; else above or below", "monte_carlo.interval"},
    {"pit", "PIT", "0 to 1", "probability integral transform: share of the forecast at or below the actual; of good forecasts evenly spread", ""},
    {"interval_score", "interval score", "of the mean", "((hi - lo) + 2 / (1 - level) x what the actual lies beyond) / mean: the smaller the better", ""},

    /* --- months of a brand --- */
    {"present_value", "present value", "currency", "profit up to this month, discounted day by day, less what crises take", ""},
};
/* clang-format on */
enum { WORDS = sizeof words / sizeof *words };

/* Other headings of pages, and the terms that they stand for. */
static const struct {
    const char *heading, *name;
} headings[] = {
    {"reach 1+", "reach"},
    {"freq", "frequency"},
    {"CPP", "cost_per_1000_reached"},
    {"k+ reach", "reach_k"},
    {"effective reach", "reach_k"},
    {"marginal ROAS", "marginal_roas"},
    {"mROAS", "marginal_roas"},
    {"AOV", "average_order_value"},
    {"mCPA", "marginal_cpa"},
    {"incremental ROI", "iroi"},
    {"view-through", "view_through_conversions"},
    {"hi", "lo"},
    {"predictive range", "lo"},
    {"80 % range", "lo"},
    {"chance to reach", "probability"},
    {"replications", "replication"},
    {"simulated_exactly", "simulated"},
    {"simulated people", "simulated"},
    {"assumed", "assumption"},
    {"on", "platform"},
    {"leader", "plan"},
    {"audience size", "people"},
    {"place", "region"},
    {"of the first", "share_of_a"},
    {"of the second", "share_of_b"},
    {"held by", "limited_by"},
    {"with", "lift_impressions"},
    {"at a CPM of", "lift_cpm"},
    {"of credited", "organic_share"},
    {"mean_high", "mean_low"},
    {"even", "base_spend"},
    {"audiences", "audience"},
    {"of", "kind"},
    {"(95 %)", "people_se"},
    {"tables it was made from", "table"},
    {"tables held out", "table"},
    {"at_low", "low"},
    {"at_high", "high"},
};

/* A column's range and errors are said with the column. */
static const char *const endings[] = {"_lo", "_hi", "_p50", "_mc_se", "_se", "_low", "_high"};

static const glossary_term_t *word_of_table(const char *name)
{
    for (size_t i = 0; i < WORDS; i++)
        if (!strcmp(words[i].name, name)) return &words[i];
    return NULL;
}

static glossary_term_t column_term(int column)
{
    const column_t *c = &columns[column];
    return (glossary_term_t){c->name, c->label, unit_name(c->unit), c->meaning, ""};
}

static glossary_term_t organic_term(int column)
{
    const organic_row_t *c = &organic_columns[column];
    return (glossary_term_t){c->name, c->name, unit_name(c->unit), c->meaning, "organic"};
}

/* Some of the brand's days are also columns of estimates. */
static bool organic_is_new(int column)
{
    const char *name = organic_columns[column].name;
    return column_find(name) < 0 && !word_of_table(name);
}

/* --- all of them ------------------------------------------------------------------------------- */

static int by_label(const void *a, const void *b)
{
    const glossary_term_t *x = a, *y = b;
    int order = strcasecmp(x->label, y->label);
    return order ? order : strcmp(x->name, y->name);
}

glossary_term_t *glossary_terms(size_t *n)
{
    glossary_term_t *out = malloc((COLUMNS + WORDS + ORGANIC_COLUMNS) * sizeof *out);
    *n = 0;
    if (!out) return NULL;
    for (int c = 0; c < COLUMNS; c++) out[(*n)++] = column_term(c);
    for (size_t i = 0; i < WORDS; i++) out[(*n)++] = words[i];
    for (int c = 0; c < ORGANIC_COLUMNS; c++)
        if (organic_is_new(c)) out[(*n)++] = organic_term(c);
    qsort(out, *n, sizeof *out, by_label);
    return out;
}

/* --- finding one -------------------------------------------------------------------------------- */

/* As a name: small letters, _ for blanks and hyphens, without what stands in brackets at its end. */
static bool spelt_as_name(const char *word, char out[WORD_LENGTH])
{
    size_t n = 0;
    const char *bracket = strstr(word, " (");
    size_t length = bracket ? (size_t)(bracket - word) : strlen(word);
    for (; n < length && n + 1 < WORD_LENGTH; n++) {
        bool apart = word[n] == ' ' || word[n] == '-';
        out[n] = apart ? '_' : (char)tolower((unsigned char)word[n]);
    }
    out[n] = 0;
    return n == length;
}

static bool reads_as(const char *name, const char *label, const char *spelt)
{
    char other[WORD_LENGTH];
    return !strcmp(name, spelt) || (spelt_as_name(label, other) && !strcmp(other, spelt));
}

static bool find_named(const char *spelt, glossary_term_t *out)
{
    for (int c = 0; c < COLUMNS; c++)
        if (reads_as(columns[c].name, columns[c].label, spelt)) return *out = column_term(c), true;
    for (size_t i = 0; i < WORDS; i++)
        if (reads_as(words[i].name, words[i].label, spelt)) return *out = words[i], true;
    for (int c = 0; c < ORGANIC_COLUMNS; c++)
        if (!strcmp(organic_columns[c].name, spelt)) return *out = organic_term(c), true;
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        if (reads_as(headings[i].heading, headings[i].heading, spelt))
            return find_named(headings[i].name, out);
    return false;
}

bool glossary_find(const char *word, glossary_term_t *out)
{
    char spelt[WORD_LENGTH];
    if (!spelt_as_name(word, spelt) || !*spelt) return false;
    if (find_named(spelt, out)) return true;
    if (!strncmp(spelt, "param_", 6)) return find_named("param", out);
    size_t length = strlen(spelt);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t tail = strlen(endings[i]);
        if (length <= tail || strcmp(spelt + length - tail, endings[i]) != 0) continue;
        spelt[length - tail] = 0;
        return find_named(spelt, out);
    }
    return false;
}

const char *glossary_nearest(const char *word)
{
    const char *names[COLUMNS + WORDS + ORGANIC_COLUMNS];
    char spelt[WORD_LENGTH];
    size_t n = 0;
    if (!spelt_as_name(word, spelt)) return NULL;
    for (int c = 0; c < COLUMNS; c++) names[n++] = columns[c].name;
    for (size_t i = 0; i < WORDS; i++) names[n++] = words[i].name;
    for (int c = 0; c < ORGANIC_COLUMNS; c++)
        if (organic_is_new(c)) names[n++] = organic_columns[c].name;
    return nearest_name(spelt, names, n);
}
