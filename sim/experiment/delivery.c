/* delivery.c -- what limits an ad set. */
#include "sim/experiment/delivery.h"

#include "sim/experiment/run.h"

#include <math.h>
#include <stdlib.h>

static const struct {
    const char *word, *lift, *unspent;
} limits[LIMITS] = {
    [LIMIT_BUDGET] = {"budget", "10 % more budget", "its pacing held money back"},
    [LIMIT_BID] = {"bid", "10 % more bid", "its bid is too low"},
    [LIMIT_GOAL] = {"goal", "a goal 10 % easier", "its goal holds its bid down"},
    [LIMIT_AUDIENCE] = {"audience", "10 % more people",
                        "it is limited by its audience: nearly every opportunity is won"},
    [LIMIT_CAP] = {"cap", "caps of one more", "its frequency cap keeps it out"},
    [LIMIT_SCHEDULE] = {"schedule", "the whole flight",
                        "most of its audience's opportunities come outside its schedule"},
    [LIMIT_OVERLAP] = {"own overlap", "no own ad set in front",
                       "other own ad sets stand in front of it"},
};

const char *limit_word(limit_t limit)
{
    return limits[limit].word;
}

const char *limit_lift(limit_t limit)
{
    return limits[limit].lift;
}

const char *learning_word(const delivery_t *d)
{
    return d->learning_limited ? "limited" : "complete";
}

/* --- what limits ------------------------------------------------------------------------------- */

static const double UNSPENT = 0.02; /* of a budget, worth a notice */

static double spend_of(const study_t *s, int scope)
{
    return study_estimate(s, scope, "spend").mean;
}

static double quantity_of(const study_t *s, int a, quantity_t q)
{
    return estimator_quantity(s->estimator, scope_ad_set(s->evidence.scopes, a), q);
}

/* The share of its budget that an ad set spends, or all that are paid with it; NAN without one. */
static double spent_of_budget(const study_t *s, int a)
{
    const ad_set_t *set = &s->scenario->ad_set[a];
    const campaign_t *c = &s->scenario->campaign[set->campaign];
    scopes_t scopes = s->evidence.scopes;
    if (c->shares_budget)
        return spend_of(s, scope_campaign(scopes, set->campaign)) / c->lifetime_budget;
    return spend_of(s, scope_ad_set(scopes, a)) / set->budget;
}

/* The share of its hours in which something held its bid; NAN if it never ran. */
static double hours_held(const study_t *s, int a, limit_t limit)
{
    static const unsigned of_limit[HELD_COUNTS] = {[HELD_BY_AUDIENCE] = 1u << LIMIT_AUDIENCE,
                                                   [HELD_BY_BUDGET] = 1u << LIMIT_BUDGET,
                                                   [HELD_BY_BID] = 1u << LIMIT_BID,
                                                   [HELD_BY_GOAL] = 1u << LIMIT_GOAL,
                                                   [HELD_SPENT] = 1u << LIMIT_BUDGET};
    const int64_t *held = &s->evidence.tables->held[a * HELD_COUNTS];
    int64_t hours = 0, by_limit = 0;
    for (int k = 0; k < HELD_COUNTS; k++) {
        hours += held[k];
        if (of_limit[k] >> limit & 1) by_limit += held[k];
    }
    return hours ? (double)by_limit / (double)hours : NAN;
}

/* Of an ad set that leaves money: what kept it out of most of the opportunities it could see. */
static limit_t limit_unspent(const study_t *s, int a)
{
    const struct {
        quantity_t lost;
        limit_t limit;
    } reasons[] = {
        {QUANTITY_LOST_CAP, LIMIT_CAP},
        {QUANTITY_LOST_OVERLAP, LIMIT_OVERLAP},
        /* most are outbid when a bid is paced: that is no reason */
        {QUANTITY_LOST_PRICE,
         bid_is_stated(s->scenario->ad_set[a].strategy) ? LIMIT_BID : LIMIT_BUDGET},
        {QUANTITY_LOST_BUDGET, LIMIT_BUDGET},
        {QUANTITY_LOST_SCHEDULE, LIMIT_SCHEDULE},
    };
    if (hours_held(s, a, LIMIT_GOAL) > 0.5) return LIMIT_GOAL;
    limit_t limit = LIMIT_AUDIENCE;
    double most = quantity_of(s, a, QUANTITY_IMPRESSIONS);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        double lost = quantity_of(s, a, reasons[i].lost);
        if (!(lost > most)) continue;
        most = lost;
        limit = reasons[i].limit;
    }
    return limit;
}

static double lost_share(const study_t *s, int a, quantity_t q)
{
    double lost = quantity_of(s, a, q);
    return lost / (lost + quantity_of(s, a, QUANTITY_IMPRESSIONS));
}

static double share_limited(const study_t *s, int a, limit_t limit)
{
    switch (limit) {
    case LIMIT_CAP: return lost_share(s, a, QUANTITY_LOST_CAP);
    case LIMIT_SCHEDULE: return lost_share(s, a, QUANTITY_LOST_SCHEDULE);
    case LIMIT_OVERLAP: return lost_share(s, a, QUANTITY_LOST_OVERLAP);
    default: return hours_held(s, a, limit);
    }
}

static double window_frequency(const study_t *s, int a)
{
    const int64_t *window = &s->evidence.tables->window[a * WINDOW_COUNTS];
    return window[WINDOW_REACH] ? (double)window[WINDOW_IMPRESSIONS] / (double)window[WINDOW_REACH]
                                : NAN;
}

static double results_per_week(const study_t *s, int a)
{
    static const quantity_t counted[] = {[RESULT_IMPRESSIONS] = QUANTITY_IMPRESSIONS,
                                         [RESULT_CLICKS] = QUANTITY_CLICKS,
                                         [RESULT_CONVERSIONS] = QUANTITY_AD_CONVERSIONS};
    double results = quantity_of(s, a, counted[ad_set_result(s->scenario, a)]);
    return 7 * results / ad_set_days(s->scenario, a);
}

static delivery_t delivery_of(const study_t *s, int a)
{
    bool shared = s->scenario->campaign[s->scenario->ad_set[a].campaign].shares_budget;
    double spent = spent_of_budget(s, a);
    delivery_t d = {.limit = spent < 1 - UNSPENT ? limit_unspent(s, a) : LIMIT_BUDGET};
    d.share = share_limited(s, a, d.limit);
    d.spent = shared ? NAN : spent;
    d.window_frequency = window_frequency(s, a);
    d.results_per_week = results_per_week(s, a);
    d.learning_limited = d.results_per_week < RESULTS_TO_LEARN;
    return d;
}

static void lift_by(delivery_t *d, const relaxed_t *r)
{
    double more = r->more_impressions - r->impressions;
    d->lift = more / r->impressions;
    d->lift_cpm = more > 0 ? 1000 * (r->more_spend - r->spend) / more : NAN;
}

status_t delivery_find(study_t *s, error_t *err)
{
    scenario_t *means = malloc(sizeof *means);
    if (!means) return fail_memory(err, "the delivery status");
    limit_t limit[MAX_AD_SETS];
    relaxed_t relaxed[MAX_AD_SETS];
    for (int a = 0; a < s->scenario->n_ad_sets; a++) {
        s->delivery[a] = delivery_of(s, a);
        limit[a] = s->delivery[a].limit;
    }
    scenario_at_means(s->scenario, means);
    world_relaxed(s->world, means, limit, relaxed);
    for (int a = 0; a < s->scenario->n_ad_sets; a++) lift_by(&s->delivery[a], &relaxed[a]);
    free(means);
    return OK;
}

/* --- notices ----------------------------------------------------------------------------------- */

static void notice_budgets(study_t *s)
{
    const scenario_t *sc = s->scenario;
    for (int k = 0; k < sc->n_campaigns; k++) {
        const campaign_t *c = &sc->campaign[k];
        double spend = spend_of(s, scope_campaign(s->evidence.scopes, k));
        if (c->shares_budget && c->lifetime_budget > 0 &&
            spend < (1 - UNSPENT) * c->lifetime_budget)
            notices_add(&s->notices, "%s spends %.0f %% of its budget.", c->name,
                        100 * spend / c->lifetime_budget);
    }
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const delivery_t *d = &s->delivery[a];
        const char *why = limits[d->limit].unspent;
        if (d->limit == LIMIT_GOAL)
            why = sc->ad_set[a].strategy == BID_COST_CAP
                      ? "its cost per result goal holds its bid down"
                      : "its ROAS goal holds its bid down";
        if (d->spent < 1 - UNSPENT)
            notices_add(&s->notices, "%s spends %.0f %% of its budget: %s.", sc->ad_set[a].name,
                        100 * d->spent, why);
    }
}

/* By closed form, at the parameters' means. */
static void notice_goals(study_t *s)
{
    for (int a = 0; a < s->scenario->n_ad_sets; a++) {
        const ad_set_t *set = &s->scenario->ad_set[a];
        double most = s->plan[a].result_cost, least = s->plan[a].least_result_cost;
        if (!(least > most)) continue;
        if (isinf(least))
            notices_add(&s->notices, "%s has no results, so no bid meets its goal.", set->name);
        else if (set->strategy == BID_COST_CAP)
            notices_add(&s->notices,
                        "No bid of %s meets its cost per result goal of %.4g: at the lowest a "
                        "result costs %.4g.",
                        set->name, set->bid, least);
        else
            notices_add(&s->notices,
                        "No bid of %s meets its ROAS goal of %.4g: at the lowest a unit spent "
                        "brings %.4g.",
                        set->name, set->bid, set->bid * most / least);
    }
}

static void notice_frequencies(study_t *s)
{
    static const double FAR = 0.05; /* off the target, worth a notice */
    for (int a = 0; a < s->scenario->n_ad_sets; a++) {
        const ad_set_t *set = &s->scenario->ad_set[a];
        double is = s->delivery[a].window_frequency, wanted = set->target_frequency.impressions;
        if (has_target_frequency(set) && fabs(is / wanted - 1) > FAR)
            notices_add(&s->notices, "%s reaches people %.2f times in %g days, not %g times: %s.",
                        set->name, is, set->target_frequency.window_days, wanted,
                        is > wanted ? "its money is too much for its audience"
                                    : "its windows or its money are too short for it");
    }
}

void delivery_notices(study_t *s)
{
    notice_budgets(s);
    notice_goals(s);
    notice_frequencies(s);
}
