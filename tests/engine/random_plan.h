/* random_plan.h -- plans of the town drawn at random: from a millionth to a trillion of budget, every bid,
 * pacing, cap, schedule, pool, list and overlap together. */
#ifndef ADSIM_TESTS_ENGINE_RANDOM_PLAN_H
#define ADSIM_TESTS_ENGINE_RANDOM_PLAN_H

#include "tests/engine/town.h"

enum { DAYS_MOST = 10, AD_SETS_MOST = 12, AUDIENCES = TOWN_AUDIENCES + 1, LIST = TOWN_AUDIENCES };

/* --- chance ----------------------------------------------------------------------------------- */

typedef struct {
    uint64_t state;
} dice_t;

static inline uint64_t dice_word(dice_t *d) /* splitmix64, Steele et al. 2014 */
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline int dice_below(dice_t *d, int n)
{
    return (int)(dice_word(d) % (uint64_t)n);
}

static inline double dice_between(dice_t *d, double low, double high)
{
    return low + (high - low) * (double)(dice_word(d) >> 11) * 0x1p-53;
}

/* All orders of magnitude alike. */
static inline double dice_magnitude(dice_t *d, double low, double high)
{
    return pow(10, dice_between(d, low, high));
}

/* --- a plan ----------------------------------------------------------------------------------- */

typedef struct {
    town_t town;
    scenario_t sc;
    size_t people;
} random_plan_t;

/* Half have no cap, a quarter one, a quarter several; some count views. */
static inline void draw_caps(dice_t *d, frequency_cap_t cap[MAX_CAPS])
{
    int n = dice_below(d, 2) ? 0 : dice_below(d, 2) ? 1 : 2 + dice_below(d, MAX_CAPS - 1);
    for (int k = 0; k < n; k++)
        cap[k] = (frequency_cap_t){1 + dice_below(d, 5), dice_magnitude(d, -1, 1),
                                   dice_below(d, 3) ? CAP_IMPRESSIONS : CAP_VIEWS};
}

static inline void draw_market(dice_t *d, platform_t *p)
{
    p->users = dice_between(d, 0.05, 1);
    p->opportunities_per_day = dice_magnitude(d, -1, 1.3);
    p->activity_shape = dice_magnitude(d, -0.7, 0.7);
    p->open_days = dice_between(d, 0.1, 1);
    p->rival_median_cpm = dice_magnitude(d, -1, 2.5);
    p->rival_log_sd = dice_between(d, 0.1, 1.5);
    p->score_noise = dice_below(d, 3) ? dice_between(d, 0, 2) : 0;
    p->desirability = dice_between(d, 0, 0.5);
    p->reserve_cpm = dice_below(d, 2) ? dice_magnitude(d, -2, 1) : 0;
    p->viewability = dice_between(d, 0.2, 1);
    draw_caps(d, p->cap);
}

/* What the rules of scenario_check allow: as soon as possible and throttling hold a stated bid. */
static inline void draw_bid(dice_t *d, ad_set_t *s, double reserve)
{
    s->strategy = (bid_strategy_t)dice_below(d, 3);
    bool stated = s->strategy != BID_LOWEST_COST;
    s->bid = s->strategy == BID_MANUAL_CPM ? reserve + dice_magnitude(d, -1, 4)
             : s->strategy == BID_CAP      ? dice_magnitude(d, -3, 5)
                                           : NAN;
    static const pacing_t unstated[] = {PACING_EVEN, PACING_EVEN, PACING_FRONT_LOADED,
                                        PACING_CONSTANT};
    s->pacing = stated ? (pacing_t)dice_below(d, 4) : unstated[dice_below(d, 4)];
    s->method = stated ? (pacing_method_t)dice_below(d, 3) : PACE_BY_BID;
}

/* Of half of them: some days, some hours, a pause; together they may leave nothing. */
static inline schedule_t draw_schedule(dice_t *d, int days)
{
    schedule_t s = {0};
    if (dice_below(d, 2)) return s;
    s.first_day = dice_below(d, days);
    s.end_day = s.first_day + 1 + dice_below(d, days - s.first_day);
    for (int day = 0; dice_below(d, 2) && day < WEEKDAYS; day++)
        s.silent[day] = (uint32_t)dice_word(d) & ALL_HOURS;
    if (!dice_below(d, 3)) s.pause[s.n_pauses++] = (days_t){1, 1 + dice_below(d, 2)};
    return s;
}

static inline void draw_ad_set(dice_t *d, random_plan_t *p, int a)
{
    static const char *const names[AD_SETS_MOST] = {"a", "b", "c", "d", "e", "f",
                                                    "g", "h", "i", "j", "k", "l"};
    scenario_t *sc = &p->sc;
    ad_set_t *s = &sc->ad_set[a];
    *s = town_ad_set(names[a], 0, dice_below(d, 2), dice_below(d, AUDIENCES),
                     dice_magnitude(d, -6, 12));
    if (!dice_below(d, 12)) s->budget = 0;
    /* Three of four are near what the town can spend: there they bind in the middle of the flight. */
    if (dice_below(d, 4)) s->budget = (double)p->people * dice_magnitude(d, -4, -1);
    draw_bid(d, s, sc->platform[s->platform].reserve_cpm);
    s->schedule = draw_schedule(d, sc->days);
    draw_caps(d, s->cap);
    s->quality = dice_magnitude(d, -1, 1);
    s->first_creative = sc->n_creatives;
    s->n_creatives = 1 + dice_below(d, 3);
    for (int k = 0; k < s->n_creatives; k++)
        sc->creative[sc->n_creatives++] =
            (creative_t){.name = "x",
                         .cvr = NAN,
                         .ctr = dice_magnitude(d, -4, 0) * sc->platform[s->platform].viewability,
                         .weight = dice_magnitude(d, -3, 3),
                         .family = (uint64_t)dice_below(d, 4)};
    s->rotation = (rotation_t)dice_below(d, 3);
    if (!dice_below(d, 4))
        s->target_frequency = (target_frequency_t){dice_between(d, 1, 5), 1 + dice_below(d, 3)};
}

/* Some budgets are of days. The flight has the sum, as the loader writes it. */
static inline daily_budget_t draw_daily(dice_t *d, double *budget, int days)
{
    if (dice_below(d, 3)) return (daily_budget_t){0};
    daily_budget_t daily = {1, days ? *budget / days : 0, dice_below(d, 3) ? 0.75 : 0};
    *budget = daily.amount * days;
    return daily;
}

/* The platform splits it: then ad sets are paced together by their bids, and may have bounds. */
static inline void share_budget(dice_t *d, scenario_t *sc, int c)
{
    campaign_t *campaign = &sc->campaign[c];
    campaign->shares_budget = 1;
    campaign->daily = draw_daily(d, &campaign->lifetime_budget, campaign_days(sc, c));
    campaign->pacing =
        campaign->daily.given || dice_below(d, 2) ? PACING_EVEN : PACING_FRONT_LOADED;
    for (int a = campaign->first_ad_set; a < campaign->first_ad_set + campaign->n_ad_sets; a++) {
        ad_set_t *s = &sc->ad_set[a];
        s->budget = campaign->lifetime_budget / campaign->n_ad_sets;
        s->method = PACE_BY_BID;
        s->pacing = PACING_EVEN;
        if (!dice_below(d, 3)) s->spend_cap = s->budget * dice_magnitude(d, -2, 0.5);
        if (!dice_below(d, 3)) s->min_spend = s->budget * dice_between(d, 0, 1);
    }
}

/* Ad sets in the order of their campaigns, each campaign with the sum of its budgets. */
static inline void share_campaigns(dice_t *d, scenario_t *sc)
{
    sc->n_campaigns = 1 + dice_below(d, sc->n_ad_sets < 3 ? sc->n_ad_sets : 3);
    for (int c = 0, a = 0; c < sc->n_campaigns; c++) {
        int left = sc->n_ad_sets - a, later = sc->n_campaigns - 1 - c;
        int n = later ? 1 + dice_below(d, left - later) : left;
        sc->campaign[c] = (campaign_t){.name = "c",
                                       .objective = (objective_t)dice_below(d, 3),
                                       .schedule = draw_schedule(d, sc->days),
                                       .first_ad_set = a,
                                       .n_ad_sets = n};
        draw_caps(d, sc->campaign[c].cap);
        for (; n; n--, a++) {
            ad_set_t *s = &sc->ad_set[a];
            s->campaign = c;
            if (s->pacing == PACING_EVEN || s->pacing == PACING_ASAP)
                s->daily = draw_daily(d, &s->budget, ad_set_days(sc, a));
            sc->campaign[c].lifetime_budget += s->budget;
        }
        if (!dice_below(d, 3)) share_budget(d, sc, c);
    }
}

/* Some lifetime budgets have periods, some of them without money, and days between. */
static inline budget_schedule_t draw_periods(dice_t *d, int days)
{
    budget_schedule_t b = {0};
    double sum = 0;
    for (int day = 0; day < days && b.n < 4;) {
        int first = day + dice_below(d, 2), last = first + dice_below(d, 3);
        if (last >= days) break;
        double share = dice_below(d, 4) ? dice_between(d, 0, 1) : 0;
        b.period[b.n++] = (budget_period_t){{first, last}, share};
        sum += share;
        day = last + 1;
    }
    if (!(sum > 0)) return (budget_schedule_t){0};
    for (int k = 0; k < b.n; k++) b.period[k].share /= sum;
    return b;
}

static inline void schedule_budgets(dice_t *d, scenario_t *sc)
{
    for (int c = 0; c < sc->n_campaigns; c++) {
        campaign_t *k = &sc->campaign[c];
        if (k->shares_budget && !k->daily.given && k->pacing == PACING_EVEN && !dice_below(d, 2))
            k->budget_schedule = draw_periods(d, sc->days);
    }
    for (int a = 0; a < sc->n_ad_sets; a++) {
        ad_set_t *s = &sc->ad_set[a];
        bool paced = s->pacing == PACING_EVEN || s->pacing == PACING_ASAP;
        if (!sc->campaign[s->campaign].shares_budget && !s->daily.given && paced &&
            !dice_below(d, 2))
            s->budget_schedule = draw_periods(d, sc->days);
    }
}

static inline void draw_plan(dice_t *d, random_plan_t *p)
{
    static const double weights[] = {1, 1, 7.25, 1000};
    p->people = (size_t)dice_magnitude(d, 2.7, 3.48); /* 500 to 3,000 */
    double size = floor((double)p->people * weights[dice_below(d, 4)]);
    town_init(&p->town, size);
    for (int k = 0; k < 12; k++) p->town.population->cell_count[k] = floor(size / 12);
    for (int k = 0; k < (int)size % 12; k++) p->town.population->cell_count[k]++;
    p->town.population->redraw = size == (double)p->people && dice_below(d, 2);
    p->sc = p->town.sc;
    scenario_t *sc = &p->sc;
    sc->seed = dice_word(d);
    sc->days = 1 + dice_below(d, 5 + 5 * !dice_below(d, 4));
    sc->people = (double)p->people;
    sc->n_audiences = AUDIENCES;
    sc->audience[LIST] =
        (audience_t){.name = "list", .kind = AUDIENCE_LIST, .match_rate = dice_between(d, 0, 1)};
    for (int k = 0; k < AUDIENCES; k++) { /* some leave out the visitors, some the list */
        int out = dice_below(d, 4);
        if (out == 0 && k != TOWN_VISITORS) sc->audience[k].excluded = 1 + TOWN_VISITORS;
        if (out == 1 && k != LIST) sc->audience[k].excluded = 1 + LIST;
    }
    for (int k = 0; k < 2; k++) draw_market(d, &sc->platform[k]);
    sc->product.pull_forward = dice_between(d, 0, 1);
    sc->response.cvr = dice_magnitude(d, -3, -0.5);
    sc->response.brand_effect = dice_below(d, 2) ? 0 : dice_magnitude(d, -2, 1);
    sc->response.brand_half_life_days = dice_magnitude(d, 0, 1.5);
    sc->response.recovery_days = dice_below(d, 2) ? INFINITY : 5;
    sc->n_creatives = 0;
    sc->n_ad_sets = 1 + dice_below(d, AD_SETS_MOST);
    for (int a = 0; a < sc->n_ad_sets; a++) draw_ad_set(d, p, a);
    share_campaigns(d, sc);
    dice_t own = {sc->seed}; /* plans without periods stay as they were */
    if (!dice_below(&own, 3)) schedule_budgets(&own, sc);
}

#endif
