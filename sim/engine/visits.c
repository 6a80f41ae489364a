/* visits.c -- organic demand, and who is in a retargeting pool. */
#include "sim/engine/visits.h"
#include "models/base/array.h"
#include "models/base/maths.h"

#include <stdlib.h>

static double visits_a_day(const scenario_t *theta, const person_t *who)
{
    return average_visits_a_day(&theta->product, who->customer) *
           appeal_factor(theta, who->appeals, APPEAL_ORGANIC) * (double)who->affinity;
}

double organic_a_day(const scenario_t *theta, const person_t *who, const conversion_t *c)
{
    return visits_a_day(theta, who) * c->organic;
}

double organic_orders_a_day(const scenario_t *theta, const person_t *who)
{
    return visits_a_day(theta, who) * theta->product.visit_to_order;
}

double horizon_of(const scenario_t *theta)
{
    return theta->days + theta->attribution.click_window_days;
}

status_t organic_visits(const world_t *world, const crowd_t *crowd, const tuning_t *t, size_t i,
                        uint32_t replication, visits_t *out, error_t *err)
{
    const person_t *p = &crowd->person[i];
    return person_visits(t->theta, &t->demand, world->key, p->id, visits_a_day(t->theta, p),
                         replication, out, err);
}

/* ---- visits that posts bring ---- */

/* Words of first gaps stand in blocks of four people, as those of organic visits do. */
enum { FIRST_GAPS = 0, VISITS = 1 };

/* Visits expected of her on a platform up to the end of a day since the begin of the warm-up. */
static double post_visits_until(const brand_effects_t *e, const person_t *who, double likelihood,
                                int p, int day)
{
    if (!(who->uses >> p & 1)) return 0;
    size_t at = (size_t)p * (size_t)(e->days + 1) + (size_t)day;
    return likelihood * e->follower[at] + e->other[at];
}

/* The moment at which so many visits were expected, within the day that passes them. */
static double moment_in_day(double expected, double before, double after)
{
    return after > before ? (expected - before) / (after - before) : 0;
}

static status_t platform_post_visits(const world_t *w, const tuning_t *t, const person_t *who,
                                     int p, uint32_t replication, visits_t *out, error_t *err)
{
    const brand_effects_t *e = t->brand;
    address_t at = w->address[p];
    uint64_t person = who->id | at.high;
    double likelihood = (double)follower_likelihood(&t->theta->brand, who->customer, who->affinity);
    double all = post_visits_until(e, who, likelihood, p, e->days), expected = 0, before = 0;
    rng_block_t first =
        rng_at(w->key, DRAW_POST_VISIT, at.placement, FIRST_GAPS, person / 4, replication, 0);
    int day = 0;
    for (uint32_t number = 0;; number++) {
        rng_block_t b =
            rng_at(w->key, DRAW_POST_VISIT, at.placement, VISITS, person, replication, number);
        if (number == 0) b.word[0] = first.word[person % 4];
        expected -= m_log(rng_unit(b, 0));
        if (expected >= all) return OK;
        while (post_visits_until(e, who, likelihood, p, day + 1) <= expected)
            before = post_visits_until(e, who, likelihood, p, ++day);
        double days =
            day - WARM_UP_DAYS +
            moment_in_day(expected, before, post_visits_until(e, who, likelihood, p, day + 1));
        visit_t visit = {(int64_t)(days * TICKS_PER_DAY),
                         rng_unit(b, 1) < t->theta->product.visit_to_order};
        status_t st = visits_push(out, visit, err);
        if (st != OK) return st;
    }
}

status_t site_visits(const world_t *world, const crowd_t *crowd, const tuning_t *t, size_t i,
                     uint32_t replication, visits_t *out, error_t *err)
{
    status_t st = organic_visits(world, crowd, t, i, replication, out, err);
    uint32_t platforms = t->brand ? world->brand_platforms & crowd->person[i].uses : 0;
    for (; st == OK && platforms; platforms &= platforms - 1)
        st = platform_post_visits(world, t, &crowd->person[i], __builtin_ctz(platforms),
                                  replication, out, err);
    return st;
}

status_t crowd_list_add(crowd_list_t *list, size_t i, error_t *err)
{
    uint32_t *grown = array_grown(list->index, list->n, &list->capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "a list of people");
    list->index = grown;
    list->index[list->n++] = (uint32_t)i;
    return OK;
}

/* The first word below which a person with so many expected visits has none: -ln U >= 1 - U, no visit
 * if 1 - U exceeds the expected number; as words, with one to spare. */
static uint32_t silent_below(double expected)
{
    return expected >= 1 ? 0 : (uint32_t)((1 - expected) * 0x1p32 * (1 - 0x1p-31));
}

enum { WORDS = 256 }; /* asked for at a time */

/* Of each of n people, the word of her earliest first gap: gaps are the shorter the higher it is. */
static void earliest_words(rng_key_t key, uint32_t replication, int layers, const uint32_t *id,
                           size_t n, uint32_t *word)
{
    uint32_t of_layer[WORDS];
    rng_words_of_four(key, DRAW_ORGANIC, visit_layer_placement(0), 0, replication, id, n, word);
    for (int layer = 1; layer < layers; layer++) {
        rng_words_of_four(key, DRAW_ORGANIC, visit_layer_placement(layer), 0, replication, id, n,
                          of_layer);
        for (size_t k = 0; k < n; k++) word[k] = of_layer[k] > word[k] ? of_layer[k] : word[k];
    }
}

/* Marks those of n people whom a post may bring to the site. */
static void mark_post_visitors(const world_t *w, const crowd_t *crowd, const tuning_t *t,
                               uint32_t replication, const uint32_t *index, const uint32_t *id,
                               size_t n, bool *found)
{
    const brand_effects_t *e = t->brand;
    uint32_t word[WORDS];
    for (uint32_t rest = e ? w->brand_platforms : 0; rest; rest &= rest - 1) {
        int p = __builtin_ctz(rest);
        rng_words_of_four(w->key, DRAW_POST_VISIT, w->address[p].placement, w->address[p].high,
                          replication, id, n, word);
        for (size_t k = 0; k < n; k++) {
            const person_t *who = &crowd->person[index[k]];
            double likelihood =
                (double)follower_likelihood(&t->theta->brand, who->customer, who->affinity);
            double expected = post_visits_until(e, who, likelihood, p, e->days);
            found[k] |= expected > 0 && word[k] >= silent_below(expected);
        }
    }
}

/* Those whose first gap of some layer, or of the visits that posts bring, may end before the horizon. */
static status_t visitors_among(const world_t *world, const crowd_t *crowd, const tuning_t *t,
                               const joiners_t *j, uint32_t replication, crowd_list_t *out,
                               error_t *err)
{
    const scenario_t *theta = t->theta;
    int layers = visit_layers(&t->demand);
    bool alike = theta->n_appeals == 0 && !(theta->product.affinity > 0) &&
                 !repeats_known(&theta->product.customers);
    double horizon = WARM_UP_DAYS + horizon_of(theta);
    uint32_t least = 0;
    if (j->n) least = silent_below(horizon * visits_a_day(theta, &crowd->person[j->person[0]]));
    status_t st = OK;
    for (size_t from = 0; st == OK && from < j->n; from += WORDS) {
        uint32_t word[WORDS];
        bool found[WORDS];
        size_t n = j->n - from < WORDS ? j->n - from : WORDS;
        earliest_words(world->key, replication, layers, j->id + from, n, word);
        for (size_t k = 0; k < n; k++) {
            uint32_t i = j->person[from + k];
            if (!alike) least = silent_below(horizon * visits_a_day(theta, &crowd->person[i]));
            found[k] = word[k] >= least;
        }
        mark_post_visitors(world, crowd, t, replication, j->person + from, j->id + from, n, found);
        for (size_t k = 0; st == OK && k < n; k++)
            if (found[k]) st = crowd_list_add(out, j->person[from + k], err);
    }
    return st;
}

status_t organic_visitors(const world_t *world, const crowd_t *crowd, const tuning_t *t,
                          uint32_t replication, crowd_list_t *out, error_t *err)
{
    status_t st = OK;
    out->n = 0;
    for (int customer = 0; st == OK && customer < 2; customer++)
        st = visitors_among(world, crowd, t, &crowd->joiners[customer], replication, out, err);
    return st;
}

status_t site_log_add(site_log_t *log, size_t i, int64_t tick, int is_order, error_t *err)
{
    site_event_t *grown = array_grown(log->event, log->n, &log->capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "site visits");
    log->event = grown;
    if (!log->head[i]) {
        status_t st = crowd_list_add(&log->visitors, i, err);
        if (st != OK) return st;
    }
    log->event[log->n++] = (site_event_t){tick, log->head[i], (uint32_t)is_order};
    log->head[i] = (uint32_t)log->n;
    return OK;
}

void site_log_free(site_log_t *log)
{
    free(log->event);
    free(log->head);
    free(log->visitors.index);
    *log = (site_log_t){0};
}

int pool_contains(const site_log_t *log, size_t i, int64_t tick, const audience_t *audience)
{
    double window = audience->window_days * TICKS_PER_DAY;
    double exclusion = audience->exclude_purchasers_days * TICKS_PER_DAY;
    int inside = 0;
    for (uint32_t at = log->head[i]; at; at = log->event[at - 1].earlier) {
        const site_event_t *e = &log->event[at - 1];
        double ago = (double)(tick - e->tick);
        if (ago < 0) continue; /* not yet */
        if (e->is_order && ago < exclusion) return 0;
        if (!e->is_order && ago <= window) inside = 1;
    }
    return inside;
}
