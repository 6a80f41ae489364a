/* rotation.c -- an ad set's creatives take turns. Which of them is shown is one draw an impression, from the
 * shares that they have this hour. Where the platform optimises, it renews the shares at an hour's end by what
 * it has counted of each creative until then.
 *
 * It counts whole events of the real people that a simulated one stands for: rates known as expectations would
 * make it certain too soon, events of a simulated person counted many times over too late. An impression's
 * result counts in its own hour, as it does in learning (bids.c), though orders come later. */
#include "models/platform/rotation.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/flight.h"

#include <math.h>

_Static_assert((int)MAX_CREATIVES <= (int)ROTATION_MOST, "an ad set may have all creatives");

int choose_creative(const workspace_t *ws, const candidate_t *c, const ad_set_t *s)
{
    if (s->n_creatives == 1) return s->first_creative;
    const int *turn = &ws->world->turn[s->first_creative];
    address_t at = ws->world->address[c->platform];
    rng_block_t b = rng_at(ws->world->key, DRAW_VIEW, at.placement, 0,
                           ws->crowd->person[c->person].id | at.high, ws->replication, c->number);
    double point = rng_unit(b, 0);
    int k = 0;
    while (k < s->n_creatives - 1 && point >= ws->turns[turn[k]]) point -= ws->turns[turn[k++]];
    return turn[k];
}

/* More answers than this are as good as normal. */
static const double MANY = 100;

/* Of so many people alike, how many answer: the binomial quantile at a uniform, by its terms in turn. */
static int64_t answers_of(int64_t people, double rate, double luck)
{
    if (rate >= 1) return people;
    if (rate > 0.5) return people - answers_of(people, 1 - rate, 1 - luck);
    double n = (double)people, mean = n * rate;
    if (mean > MANY) {
        double drawn = floor(mean + sqrt(mean * (1 - rate)) * normal_quantile(luck) + 0.5);
        return (int64_t)fmin(n, fmax(0, drawn));
    }
    double odds = rate / (1 - rate), term = m_exp(n * m_log1p(-rate));
    int64_t k = 0;
    for (double left = luck - term; left >= 0 && k < people; left -= term) {
        term *= odds * (double)(people - k) / (double)(k + 1);
        k++;
    }
    return k;
}

void count_tried(workspace_t *ws, size_t i, const touch_t *t, double rate)
{
    const world_t *w = ws->world;
    address_t at = w->address[w->sc->ad_set[t->ad_set].platform];
    rng_block_t b = rng_at(w->key, DRAW_TRIED, at.placement, 0, ws->crowd->person[i].id | at.high,
                           ws->replication, t->number);
    int64_t people = (int64_t)floor(w->weight + rng_unit(b, 1)); /* the weight, on average */
    ws->tried[t->creative].impressions += people;
    ws->tried[t->creative].results += answers_of(people, rate, 1 - rng_unit(b, 0));
}

/* The mean of creatives' rates as they take turns now, over that at the begin; log. */
static double gain_of(const workspace_t *ws, const ad_set_t *s, const double *rate)
{
    const int *turn = &ws->world->turn[s->first_creative];
    double now = 0, begin = 0;
    for (int k = 0; k < s->n_creatives; k++) {
        now += ws->turns[turn[k]] * rate[turn[k]];
        begin += ws->tuning.turns[turn[k]] * rate[turn[k]];
    }
    return now > 0 && begin > 0 ? m_log(now / begin) : 0;
}

void renew_turns(workspace_t *ws, int a)
{
    const ad_set_t *s = &ws->world->sc->ad_set[a];
    if (!(ws->world->optimised_ad_sets >> a & 1) || !(ws->tuning.tried_rate[a] > 0)) return;
    const int *turn = &ws->world->turn[s->first_creative];
    belief_t belief[MAX_CREATIVES];
    double share[MAX_CREATIVES];
    for (int k = 0; k < s->n_creatives; k++) {
        const tried_t *tried = &ws->tried[turn[k]];
        belief[k] = rotation_belief(ws->tuning.tried_rate[a], (double)tried->impressions,
                                    (double)tried->results);
    }
    rotation_shares(belief, s->n_creatives, share);
    for (int k = 0; k < s->n_creatives; k++) ws->turns[turn[k]] = share[k];
    if (ws->world->foreseen_ad_sets >> a & 1)
        ws->state[a].rate_gain = gain_of(ws, s, ws->tuning.result_rate);
    ws->state[a].charge_gain = gain_of(ws, s, ws->tuning.charged_rate);
}

void open_turns(workspace_t *ws, int a)
{
    const ad_set_t *s = &ws->world->sc->ad_set[a];
    for (int c = s->first_creative; c < s->first_creative + s->n_creatives; c++) {
        ws->turns[c] = ws->tuning.turns[c];
        ws->tried[c] = (tried_t){0, 0};
    }
}
