/* brand.c -- a path of days as single people meet it. */
#include "sim/engine/brand.h"

#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/brand/influencer.h"

#include <math.h>
#include <stdlib.h>

enum { USUAL_DAYS = 7 }; /* the days before the flight are like the mean of its first ones */

status_t brand_effects_init(brand_effects_t *e, const world_t *w, error_t *err)
{
    const scenario_t *sc = w->sc;
    *e = (brand_effects_t){0};
    if (!brand_acts(&sc->brand)) return OK;
    e->days = (int)WARM_UP_DAYS + sc->days;
    e->path.days = sc->days;
    e->path.places = sc->n_platforms;
    size_t rows = (size_t)sc->days * (size_t)sc->n_platforms,
           sums = (size_t)(e->days + 1) * (size_t)sc->n_platforms;
    e->path.value = calloc(rows * BRAND_COUNTS, sizeof *e->path.value);
    e->path.mood = calloc((size_t)sc->days, sizeof *e->path.mood);
    e->follower = calloc(sums, sizeof *e->follower);
    e->other = calloc(sums, sizeof *e->other);
    if (!e->path.value || !e->path.mood || !e->follower || !e->other)
        return fail_memory(err, "the brand's days");
    return OK;
}

void brand_effects_free(brand_effects_t *e)
{
    free(e->path.value);
    free(e->path.mood);
    free(e->follower);
    free(e->other);
    *e = (brand_effects_t){0};
}

/* Visits of the brand's posts, day by day, for one person: `rate` of a unit of likelihood, `plain` of a user. */
static void add_up_visits(brand_effects_t *e, int p, brand_count_t what, double unit, double *sum)
{
    int days = e->path.days, usual = days < USUAL_DAYS ? days : USUAL_DAYS;
    double before = 0;
    sum += p * (e->days + 1);
    for (int day = 0; day < usual; day++) before += brand_day(&e->path, day, p)[what] / usual;
    if (what == BRAND_OTHER_VISITS) before = 0; /* influencers have not begun */
    sum[0] = 0;
    for (int k = 0; k < e->days; k++) {
        int day = k - (int)WARM_UP_DAYS;
        double visits = day < 0 ? before : brand_day(&e->path, day, p)[what];
        sum[k + 1] = sum[k] + (unit > 0 ? visits / unit : 0);
    }
}

/* Real people who ever followed during the flight, and how often the average one was shown a post. */
static double ever_followed(const brand_effects_t *e, const brand_account_t *a, double *seen)
{
    double people = a->followers, impressions = 0;
    for (int day = 0; day < e->path.days; day++) {
        const double *of = brand_day(&e->path, day, a->platform);
        people += of[BRAND_GAINED];
        impressions += of[BRAND_IMPRESSIONS];
    }
    *seen = people > 0 ? impressions / people : 0;
    return people;
}

/* Share of everybody whom some influencer reaches, each of whose posts reaches other followers of hers. */
static double influencers_reach(const brand_t *b, int days, double everybody)
{
    double share[BRAND_COMMUNITIES], reach[BRAND_INFLUENCERS * BRAND_COMMUNITIES];
    int groups = b->n_communities;
    for (int g = 0; g < groups; g++) share[g] = b->community[g].share;
    for (int k = 0; k < b->n_influencers; k++) {
        const influencer_t *i = &b->influencer[k];
        int last = i->first + i->days < days ? i->first + i->days : days;
        double posts = last > i->first ? i->per_week / 7 * (last - i->first) : 0;
        double reached = i->followers / everybody * -m_expm1(-posts * i->reach);
        influencer_spread(share, groups, i->community, i->at_home, fmin(reached, 1),
                          reach + k * groups);
    }
    return influencers_union(share, groups, reach, b->n_influencers);
}

/* Who saw anything, and how often all of it was shown. */
static void find_reach(brand_effects_t *e, const brand_t *b, const scenario_t *theta,
                       const double *likelihood)
{
    double everybody = theta->population->size, none = 1, earned = 0;
    e->impressions = 0;
    for (int k = 0; k < b->n_accounts; k++) {
        const brand_account_t *a = &b->account[k];
        int p = a->platform;
        double seen, people = ever_followed(e, a, &seen);
        e->reached[p] = followers_reached(seen, theta->platform[p].activity_shape);
        e->share[p] = likelihood[p] > 0 ? people / likelihood[p] : 0;
        none *= 1 - fmin(1, people / everybody) * e->reached[p];
    }
    for (int day = 0; day < e->path.days; day++)
        for (int p = 0; p < e->path.places; p++) {
            const double *of = brand_day(&e->path, day, p);
            e->impressions +=
                of[BRAND_IMPRESSIONS] + of[BRAND_INFLUENCER_VIEWS] + of[BRAND_EARNED_VIEWS];
            earned += of[BRAND_EARNED_VIEWS];
        }
    e->strangers =
        1 - (1 - influencers_reach(b, e->path.days, everybody)) * m_exp(-earned / everybody);
    e->people = everybody * (1 - none * (1 - e->strangers));
}

/* Less to pay brings more to the site, as it does without posts. */
static void follow_price(brand_effects_t *e, const price_plan_t *price)
{
    for (int day = 0; day < e->path.days && price->n_promotions; day++)
        for (int p = 0; p < e->path.places; p++) {
            double *of =
                &e->path.value[((size_t)day * (size_t)e->path.places + (size_t)p) * BRAND_COUNTS];
            double factor = price_orders(price, price_paid(price, day));
            of[BRAND_FOLLOWER_VISITS] *= factor;
            of[BRAND_OTHER_VISITS] *= factor;
        }
}

static void find_visits(brand_effects_t *e, int p, const price_plan_t *price)
{
    e->visits[p] = e->paid[p] = 0;
    for (int day = 0; day < e->path.days; day++) {
        const double *of = brand_day(&e->path, day, p);
        double visits = of[BRAND_FOLLOWER_VISITS] + of[BRAND_OTHER_VISITS];
        e->visits[p] += visits;
        e->paid[p] += visits * price_paid(price, day);
    }
}

void brand_effects_draw(brand_effects_t *e, const world_t *w, const tally_t *tally,
                        const scenario_t *theta, uint32_t pair)
{
    const brand_t *b = &theta->brand;
    double likelihood[MAX_PLATFORMS];
    brand_path_draw(&e->path, b, w->place, theta->population->size, w->key, pair);
    follow_price(e, &theta->product.price);
    for (int p = 0; p < theta->n_platforms; p++) {
        likelihood[p] = w->weight * (double)tally->followers[p] / EVENT_ONE;
        double users = w->weight * (double)tally->users[p];
        add_up_visits(e, p, BRAND_FOLLOWER_VISITS, likelihood[p], e->follower);
        add_up_visits(e, p, BRAND_OTHER_VISITS, users, e->other);
        find_visits(e, p, &theta->product.price);
    }
    find_reach(e, b, theta, likelihood);
}

double brand_seen(const brand_effects_t *e, const brand_t *b, const person_t *who)
{
    double none = 1 - e->strangers;
    double likelihood = (double)follower_likelihood(b, who->customer, who->affinity);
    for (int k = 0; k < b->n_accounts; k++) {
        int p = b->account[k].platform;
        if (who->uses >> p & 1) none *= 1 - fmin(1, likelihood * e->share[p]) * e->reached[p];
    }
    return 1 - none;
}

bool brand_pauses(const brand_effects_t *e, int hour)
{
    for (int k = 0; k < e->path.n_pauses; k++)
        if (hour >= e->path.pause[k].from && hour < e->path.pause[k].to) return true;
    return false;
}
