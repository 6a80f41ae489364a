/* tuning.c -- market levels, calibrated intercepts, bids, and where the controller starts. */
#include "sim/engine/tuning.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/hours.h"
#include "models/platform/pacing.h"
#include "models/platform/strategy.h"
#include "sim/engine/fluid.h"

#include <math.h>
#include <string.h>

/* ---- the market ---- */

static void tune_platforms(tuning_t *t)
{
    const scenario_t *sc = t->theta;
    for (int p = 0; p < sc->n_platforms; p++) {
        const platform_t *platform = &sc->platform[p];
        t->market[p] = platform_market(platform);
        t->rank_sd[p] = market_rank_sd(&t->market[p]);
        for (int k = 0; k < PLATFORM_PLACEMENTS && (!k || k < platform->n_placements); k++) {
            t->placement[p][k] = platform_placement(platform, k);
            t->place_price[p][k] = m_log(t->placement[p][k].price);
        }
        for (int band = 0; band < PLATFORM_AGE_BANDS; band++)
            t->mean_opportunities[p][band] = platform_opportunities(platform, band) * sc->days;
        t->mean_opportunities[p][NO_AGE_BAND] = platform_mean_opportunities(platform) * sc->days;
    }
}

/* ---- responses ---- */

/* A probability with a factor on it; at most 1, which uncertain values may come to. */
static double raised(double share, double factor)
{
    return fmin(share * factor, 1 - 1e-9);
}

/* People differ in what they may do or not. */
static bool varies(double share, double sd)
{
    return sd > 0 && share > 0 && share < 1;
}

static double intercept_of(const scenario_t *sc, double share)
{
    double sd = sc->response.person_sd;
    return varies(share, sd) ? logit_normal_intercept(share, sd) : 0;
}

/* A visit that is the conversion is one whoever comes: above any probability. */
static const double FOR_SURE = INFINITY;

static void tune_conversions(tuning_t *t, const world_t *w)
{
    double unit = value_unit(t->theta);
    for (unsigned kinds = w->kinds; kinds; kinds &= kinds - 1) {
        int k = __builtin_ctz(kinds);
        conversion_t *c = &t->conversion[k];
        *c = scenario_conversion(t->theta, (conversion_kind_t)k);
        t->square[k] = value_square(c->value, c->value_sd);
        t->unit[k] = unit > 0 ? c->value / unit : 0;
    }
    t->sates = t->theta->product.satiation.effect > 0;
    const price_plan_t *price = &t->theta->product.price;
    for (int day = 0; day < t->theta->days; day++) t->promoted |= price_paid(price, day) < 1;
}

/* How often each creative is shown, before anything is known of them. */
static void tune_turns(tuning_t *t, const world_t *w)
{
    const scenario_t *sc = t->theta;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *s = &sc->ad_set[a];
        const int *turn = &w->turn[s->first_creative];
        double total = 0;
        for (int k = 0; k < s->n_creatives; k++) {
            double weight = sc->creative[turn[k]].weight;
            total += t->turns[turn[k]] = s->rotation == ROTATION_WEIGHTED ? weight : 1;
        }
        for (int k = 0; k < s->n_creatives; k++) t->turns[turn[k]] /= total;
    }
}

/* The rates of people whom appeals suit are means as well: their factor acts before people differ. */
static void tune_creatives(tuning_t *t)
{
    const scenario_t *sc = t->theta;
    for (unsigned k = 0; k < 1u << sc->n_appeals; k++) {
        t->sight_factor[k] = appeal_factor(sc, k, APPEAL_ORDER);
        for (int a = 0; a < sc->n_ad_sets; a++) {
            const ad_set_t *s = &sc->ad_set[a];
            const platform_t *platform = &sc->platform[s->platform];
            for (int c = s->first_creative; c < s->first_creative + s->n_creatives; c++) {
                double click = creative_appeal(sc, c, k, APPEAL_CLICK),
                       order = creative_appeal(sc, c, k, APPEAL_ORDER);
                t->ctr[c] = isnan(sc->creative[c].ctr) ? platform->ctr : sc->creative[c].ctr;
                t->click_share[c][k] = k ? raised(t->ctr[c] / platform->viewability, click)
                                         : t->ctr[c] / platform->viewability;
                t->click_intercept[c][k] = intercept_of(sc, t->click_share[c][k]);
                bool visit = ad_set_kind(sc, a) == CONVERSION_VISIT;
                double cvr = creative_cvr(sc, s, c);
                t->order_share[c][k] = visit ? FOR_SURE : k ? raised(cvr, order) : cvr;
                t->order_intercept[c][k] = intercept_of(sc, t->order_share[c][k]);
            }
        }
    }
}

static double logit_normal_at(double share, double intercept, double sd, double effect)
{
    return varies(share, sd) ? expit(intercept + sd * effect) : share;
}

effects_t effects_of(const tuning_t *t, const world_t *w, const person_t *p, uint32_t replication)
{
    const response_t *r = &t->theta->response;
    if (r->person_sd <= 0) return (effects_t){0, 0};
    rng_block_t own = rng_at(w->key, DRAW_EFFECT, 0, 0, p->id, replication, 0);
    return person_effects(r, signal_of(w, p, replication), normal_quantile(rng_unit(own, 0)),
                          normal_quantile(rng_unit(own, 1)));
}

double person_click(const tuning_t *t, const person_t *p, effects_t effects, int creative,
                    int platform)
{
    double seen = logit_normal_at(t->click_share[creative][p->appeals],
                                  t->click_intercept[creative][p->appeals],
                                  t->theta->response.person_sd, effects.click);
    return t->theta->platform[platform].viewability * seen;
}

double person_order(const tuning_t *t, const person_t *p, effects_t effects, int creative,
                    uint32_t tick)
{
    double order = logit_normal_at(t->order_share[creative][p->appeals],
                                   t->order_intercept[creative][p->appeals],
                                   t->theta->response.person_sd, effects.order);
    return fmin(1, order * moved_by_ads(p) * mood_at(t, tick));
}

double person_sight(const tuning_t *t, const person_t *p, conversion_kind_t kind, double wear,
                    uint32_t tick)
{
    return fmin(1, t->conversion[kind].view_conversion * wear * t->sight_factor[p->appeals] *
                       moved_by_ads(p) * mood_at(t, tick));
}

/* Means over an ad set's audience as it is labelled, at a first exposure: clicks per seen impression of a
 * creative, orders per seen impression of a click, and what orders by sight are multiplied by. */
typedef struct {
    double click, order, sight;
} audience_means_t;

static audience_means_t audience_means(const tuning_t *t, const mix_t *m, int creative)
{
    audience_means_t mean = {0, 0, 0};
    double people = 0;
    for (unsigned k = 0; k < 1u << t->theta->n_appeals; k++) {
        double n = (double)m->people[k], affinity = (double)m->affinity[k] / EVENT_ONE;
        people += n;
        mean.click += n * t->click_share[creative][k];
        mean.order += t->order_share[creative][k] == FOR_SURE
                          ? n * t->click_share[creative][k]
                          : affinity * t->click_share[creative][k] * t->order_share[creative][k];
        mean.sight += affinity * t->sight_factor[k];
    }
    if (!(people > 0))
        return (audience_means_t){
            t->click_share[creative][0],
            t->click_share[creative][0] * fmin(1, t->order_share[creative][0]), 1};
    return (audience_means_t){mean.click / people, mean.order / people, mean.sight / people};
}

/* Results per impression of a creative that the platform expects of the average member of the audience at a
 * first exposure, on a placement. It learns what its labelled audience does on the whole; whom of them the
 * product suits it does not know. */
static double creative_rate(const tuning_t *t, const tally_t *tally, int a, int creative,
                            result_t result, const placement_t *place)
{
    const scenario_t *sc = t->theta;
    audience_means_t mean = audience_means(t, &tally->eligible_mix[a], creative);
    double view = sc->platform[sc->ad_set[a].platform].viewability;
    switch (result) {
    case RESULT_IMPRESSIONS: return 1;
    case RESULT_CLICKS: return view * mean.click * place->ctr;
    case RESULT_CONVERSIONS: break;
    }
    double by_sight = t->conversion[ad_set_kind(sc, a)].view_conversion;
    return view * (mean.order * sc->response.visit_rate * place->ctr +
                   mean.sight * by_sight * (place->viewability / view));
}

/* Of an ad set, as its rotation begins. */
static double expected_rate(const tuning_t *t, const world_t *w, const tally_t *tally, int a,
                            result_t result, const placement_t *place)
{
    const ad_set_t *s = &t->theta->ad_set[a];
    if (result == RESULT_IMPRESSIONS) return 1;
    double rate = 0;
    for (int k = 0; k < s->n_creatives; k++) {
        int c = w->turn[s->first_creative + k];
        rate += t->turns[c] * creative_rate(t, tally, a, c, result, place);
    }
    return rate;
}

/* What the platform's placements come to on the whole. */
static placement_t average_place(const platform_t *p)
{
    return (placement_t){.viewability = p->viewability, .ctr = 1};
}

static result_t charged_result(const ad_set_t *s)
{
    return s->billing == BILLED_CLICKS        ? RESULT_CLICKS
           : s->billing == BILLED_CONVERSIONS ? RESULT_CONVERSIONS
                                              : RESULT_IMPRESSIONS;
}

result_t rotation_result(const scenario_t *sc, int a)
{
    result_t result = ad_set_result(sc, a);
    return result == RESULT_IMPRESSIONS ? RESULT_CLICKS : result;
}

static void tune_rotation(tuning_t *t, const world_t *w, const tally_t *tally, int a)
{
    const scenario_t *sc = t->theta;
    const ad_set_t *s = &sc->ad_set[a];
    placement_t average = average_place(&sc->platform[s->platform]);
    t->tried_rate[a] = expected_rate(t, w, tally, a, rotation_result(sc, a), &average);
    for (int c = s->first_creative; c < s->first_creative + s->n_creatives; c++) {
        t->result_rate[c] = creative_rate(t, tally, a, c, ad_set_result(sc, a), &average);
        t->charged_rate[c] = creative_rate(t, tally, a, c, charged_result(s), &average);
    }
}

/* Where the platform bids by what it expects, it bids more on placements that bring more results. */
static void tune_placements(tuning_t *t, const world_t *w, const tally_t *tally, int a)
{
    const scenario_t *sc = t->theta;
    const ad_set_t *s = &sc->ad_set[a];
    const platform_t *p = &sc->platform[s->platform];
    placement_t average = average_place(p);
    t->action_rate[a] = expected_rate(t, w, tally, a, ad_set_result(sc, a), &average);
    t->share[a] = platform_share_on(p, s->placements);
    for (int k = 0; k == 0 || k < p->n_placements; k++)
        t->charge_rate[a][k] =
            expected_rate(t, w, tally, a, charged_result(s), &t->placement[s->platform][k]);
    t->least_price[a] = p->n_placements ? INFINITY : 0;
    for (int k = 0; k < p->n_placements; k++) {
        double rate =
            expected_rate(t, w, tally, a, ad_set_result(sc, a), &t->placement[s->platform][k]);
        if (w->foreseen_ad_sets >> a & 1 && t->action_rate[a] > 0)
            t->advantage[a][k] = m_log(rate / t->action_rate[a]);
        if (s->placements && !(s->placements >> k & 1)) continue;
        t->least_price[a] =
            fmin(t->least_price[a], t->place_price[s->platform][k] - t->advantage[a][k]);
    }
}

/* ---- goals ---- */

/* Currency that a result may cost: as stated, or what it brings over the return that is wanted. */
static double most_per_result(const tuning_t *t, int a)
{
    const ad_set_t *s = &t->theta->ad_set[a];
    if (s->strategy == BID_COST_CAP) return s->bid;
    double value = t->conversion[ad_set_kind(t->theta, a)].value;
    return s->strategy == BID_MIN_ROAS ? value / s->bid : NAN;
}

/* An opportunity of anyone in the audience: rivals' prices move with desirability, our value with what is
 * foreseen of her. */
static market_t market_of_all(const tuning_t *t, int a)
{
    return market_widened(&t->ad_market[a],
                          t->theta->platform[t->theta->ad_set[a].platform].desirability);
}

/* Results per 1000 impressions, so that costs in CPM are currency per result. */
static value_law_t results_of(const tuning_t *t, const world_t *w, int a)
{
    double sd = w->foreseen_ad_sets >> a & 1 ? foreseen_sd(&t->theta->response) : 0;
    return (value_law_t){m_log(1000 * t->action_rate[a]) - sd * sd / 2, sd};
}

static void tune_goal(tuning_t *t, const world_t *w, int a)
{
    steering_t *s = &t->steering[a];
    market_t market = market_of_all(t, a);
    value_law_t results = results_of(t, w, a);
    double one = m_log(1000 * t->action_rate[a]); /* ln value of a bid of 1 per result */
    if (!(t->action_rate[a] > 0)) {
        s->goal = 0; /* no results at any cost */
        for (int k = 0; k < STEERING_NODES; k++) s->log_cost[k] = INFINITY;
        return;
    }
    for (int k = 0; k < STEERING_NODES; k++) {
        double effort = s->highest * k / (STEERING_NODES - 1);
        value_outcome_t out = value_bidding(&market, results, s->floor + effort - one);
        s->log_cost[k] = m_log(out.cost / out.value);
    }
    double bid = target_roas_log_kappa(&market, results, 1 / t->result_cost[a]);
    s->goal = fmin(fmax(bid + one - s->floor, 0), s->highest);
}

/* What is bid, CPM, for what the buyer states. */
static double bid_for(const platform_t *p, const market_t *m, double stated)
{
    if (p->auction != AUCTION_FIRST_PRICE || p->shading == SHADING_NONE) return stated;
    return m_exp(market_shaded_log_bid(m, m_log(stated)));
}
/* Results per impression that are as good as none. */
static const double LEAST_RATE = 1e-12;

static void tune_steering(tuning_t *t, const world_t *w, const tally_t *tally, int a)
{
    const ad_set_t *s = &t->theta->ad_set[a];
    /* Quality makes the rivals cheaper: won iff bid x rate x quality beats Y, pay Y / quality. */
    const platform_t *p = &t->theta->platform[s->platform];
    market_part_t meeting[PRICE_MEETINGS];
    int n = platform_meetings(p, w->price_time[s->platform], w->n_price_times[s->platform],
                              s->placements, t->advantage[a], meeting);
    t->ad_market[a] = market_over(&t->market[s->platform], meeting, n);
    t->ad_market[a].log_median -= m_log(s->quality);
    const market_t *m = &t->ad_market[a];
    steering_t *steer = &t->steering[a];
    *steer = steering_of(m, NAN, false);
    if (bid_has_goal(s->strategy)) tune_goal(t, w, a);
    if (bid_is_stated(s->strategy)) {
        double stated = s->strategy == BID_MANUAL_CPM ? s->bid : s->bid * t->action_rate[a] * 1000;
        double value = stated + s->quality_cpm;
        *steer = steering_of(m, bid_for(p, m, value), s->method != PACE_BY_BID);
        steer->limit = m_log(value);
    }
    const campaign_t *campaign = &t->theta->campaign[s->campaign];
    if (campaign->shares_budget) {
        placement_t average = average_place(p);
        double rate = expected_rate(t, w, tally, a, ad_set_goal_result(t->theta, a), &average);
        steer->offset = m_log(1000 * fmax(rate, LEAST_RATE)) - steer->floor;
    }
    steer->start = steer->highest;
    pacing_t pacing = w->payer[w->payer_of[a]].pacing;
    if (pacing == PACING_EVEN || pacing == PACING_FRONT_LOADED)
        steering_tabulate(steer, m,
                          is_reserved(s) ? market_win_elasticity : market_spend_elasticity);
}

/* ---- who pays: one effort for all ad sets of a payer, to begin with ---- */

/* An ad set of a payer; its own least and most spend as efforts, -INFINITY and INFINITY = none. */
typedef struct {
    fluid_t plan;
    double least, most;
} paid_t;

typedef struct {
    const tuning_t *t;
    int n;
    paid_t paid[MAX_AD_SETS];
} start_t;

/* What a goal keeps one ad set from spending is there for the others. */
static paid_t paid_of(const tuning_t *t, const world_t *w, const tally_t *tally, int a,
                      const payer_t *payer)
{
    const ad_set_t *set = &t->theta->ad_set[a];
    bool alone = payer->ad_sets == 1ull << a;
    double unit = pace_first(pacing_fall(payer->pacing)) / w->weight;
    paid_t p = {fluid_of(t, w, tally, a), -INFINITY,
                alone ? t->steering[a].highest : fmin(t->steering[a].highest, t->steering[a].goal)};
    if (set->spend_cap > 0) p.most = fmin(p.most, fluid_effort(&p.plan, set->spend_cap * unit));
    if (set->min_spend > 0) p.least = fluid_effort(&p.plan, set->min_spend * unit);
    return p;
}

/* The effort of an ad set at its payer's. */
static double effort_at(const start_t *s, int k, double effort)
{
    const paid_t *p = &s->paid[k];
    double own = effort + s->t->steering[p->plan.ad_set].offset;
    return fmax(fmin(own, p->most), p->least);
}

static double spend_at(const void *context, int k, double effort)
{
    const start_t *s = context;
    return fluid_spend(&s->paid[k].plan, effort_at(s, k, effort));
}

/* As every ad set begins at its payer's effort; and what it weighs in the plan. */
static void start_ad_sets(tuning_t *t, const world_t *w, const start_t *s, double effort)
{
    for (int k = 0; k < s->n; k++) {
        int a = s->paid[k].plan.ad_set;
        double days = w->sc->days - w->silent_days[a];
        double impressions, spend;
        t->steering[a].start = effort_at(s, k, effort);
        fluid_outcome(&s->paid[k].plan, t->steering[a].start, &impressions, &spend);
        t->price[a] = impressions > 0 ? MICROS * spend / impressions : 0;
        if (s->n > 1 && days > 0) t->weight[a] = spend / days;
    }
}

/* Opportunities in schedule of a payer's ad sets on some days of the flight, in mean days. */
static double running_days(const world_t *w, uint64_t ad_sets, days_t days)
{
    double sum = 0;
    for (uint64_t sets = ad_sets; sets; sets &= sets - 1) {
        int a = __builtin_ctzll(sets);
        const platform_t *p = &w->sc->platform[w->sc->ad_set[a].platform];
        for (int hour = 24 * days.first; hour < 24 * (days.last + 1); hour++)
            if (w->running[hour] >> a & 1)
                sum += hours_share(p->hours_amplitude, p->hours_peak, hour % 24, hour % 24 + 1);
    }
    return sum;
}

/* A period bids as a whole flight would that has its money for as many opportunities. `start` is that of the
 * flight, of which `budget` is the money. */
static void tune_periods(tuning_t *t, const world_t *w, int k, const start_t *start, double budget,
                         double least, double most)
{
    const payer_t *payer = &w->payer[k];
    const budget_schedule_t *schedule = &payer->periods;
    if (!schedule->n) return;
    double last = t->payer_start[k],
           flight = running_days(w, payer->ad_sets, (days_t){0, w->sc->days - 1});
    for (int j = 0; j < schedule->n; j++) {
        const budget_period_t *period = &schedule->period[j];
        double days = running_days(w, payer->ad_sets, period->days);
        if (!(period->share > 0 && days > 0)) continue;
        double effort = shared_log_price(spend_at, start, start->n,
                                         budget * period->share * flight / days, least, most);
        t->period_step[k][j] = effort - last;
        last = effort;
    }
}

static void tune_payer(tuning_t *t, const world_t *w, const tally_t *tally, int k)
{
    const payer_t *payer = &w->payer[k];
    double least = INFINITY, most = -INFINITY;
    double budget = payer->budget / w->weight * pace_first(pacing_fall(payer->pacing));
    start_t s = {.t = t};
    for (uint64_t sets = payer->ad_sets; sets; sets &= sets - 1) {
        int a = __builtin_ctzll(sets);
        const steering_t *steer = &t->steering[a];
        t->weight[a] = 1;
        least = fmin(least, FLUID_LEAST_EFFORT - steer->offset);
        most = fmax(most, steer->highest - steer->offset);
        if (payer->pacing != PACING_ASAP) s.paid[s.n++] = paid_of(t, w, tally, a, payer);
    }
    t->payer_start[k] = most;
    if (payer->pacing == PACING_ASAP) return;
    t->payer_start[k] = shared_log_price(spend_at, &s, s.n, budget, least, most);
    tune_periods(t, w, k, &s, budget, least, most);
    start_ad_sets(t, w, &s, t->payer_start[k]);
}

void tune_brand(tuning_t *t, const brand_effects_t *brand)
{
    t->brand = brand;
    brand_move_demand(brand, &t->demand);
}

void tuning_init(tuning_t *t, const world_t *world, const tally_t *tally, const scenario_t *theta)
{
    memset(t, 0, sizeof *t);
    t->theta = theta;
    demand_init(&t->demand, theta);
    tune_platforms(t);
    tune_conversions(t, world);
    tune_turns(t, world);
    tune_creatives(t);
    for (int a = 0; a < theta->n_ad_sets; a++) {
        tune_placements(t, world, tally, a);
        if (world->optimised_ad_sets >> a & 1) tune_rotation(t, world, tally, a);
        t->result_cost[a] = most_per_result(t, a);
        tune_steering(t, world, tally, a);
    }
    for (int k = 0; k < world->n_payers; k++) tune_payer(t, world, tally, k);
}
