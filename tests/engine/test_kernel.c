/* The kernel is the engine for one ad set: fed with the people of a replication it gives the engine's
 * counts, one for one, whatever the bids, pacing, caps and market; so a page tells what the program tells.
 * Its own people meet the known answers. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/workspace.h"
#include "tests/engine/kernel_plan.h"
#include "tests/engine/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- against the engine ---- */

typedef struct {
    const char *name;
    int kernel, engine;
} pair_t;

static const pair_t pairs[] = {
    {"impressions", KERNEL_IMPRESSIONS, COUNT_IMPRESSIONS},
    {"reach", KERNEL_REACH_1, COUNT_REACH_1},
    {"reach 2+", KERNEL_REACH_2, COUNT_REACH_2},
    {"reach 3+", KERNEL_REACH_3, COUNT_REACH_3},
    {"reach 5+", KERNEL_REACH_5, COUNT_REACH_5},
    {"reach 10+", KERNEL_REACH_10, COUNT_REACH_10},
    {"spend", KERNEL_SPEND, COUNT_SPEND},
    {"views", KERNEL_VIEWS, COUNT_VIEWS},
    {"clicks", KERNEL_CLICKS, COUNT_CLICKS},
    {"visits", KERNEL_VISITS, COUNT_VISITS},
    {"conversions", KERNEL_CONVERSIONS, COUNT_AD_CONVERSIONS},
    {"displaced", KERNEL_DISPLACED, COUNT_DISPLACED},
    {"revenue", KERNEL_REVENUE, COUNT_AD_REVENUE},
    {"displaced revenue", KERNEL_DISPLACED_REVENUE, COUNT_DISPLACED_REVENUE},
    {"lost to caps", KERNEL_LOST_CAP, COUNT_LOST_CAP},
    {"lost to the budget", KERNEL_LOST_BUDGET, COUNT_LOST_BUDGET},
};

/* What a case changes in the reference scenario. */
typedef struct {
    const char *name;
    pacing_t pacing;
    pacing_method_t method;
    double bid; /* NAN = lowest cost */
    double budget;
    frequency_cap_t cap;
    int lively; /* hours, open days, noise, a reserve, wear-in, recovery, sights, pull-forward on */
    double weight;
} case_t;

static const case_t cases[] = {
    {"golden, uncapped", PACING_ASAP, PACE_BY_BID, 5, 1e6, {3, 7, CAP_IMPRESSIONS}, 0, 1},
    {"golden, paced", PACING_CONSTANT, PACE_BY_BID, 5, 16, {3, 7, CAP_IMPRESSIONS}, 0, 1},
    {"golden, throttled", PACING_CONSTANT, PACE_BY_THROTTLE, 5, 16, {3, 7, CAP_IMPRESSIONS}, 0, 1},
    {"asap past its budget", PACING_ASAP, PACE_BY_BID, 5, 20, {0, 0, CAP_IMPRESSIONS}, 1, 1},
    {"even, lowest cost", PACING_EVEN, PACE_BY_BID, NAN, 40, {2, 1.5, CAP_IMPRESSIONS}, 1, 1},
    {"even, stated bid", PACING_EVEN, PACE_BY_BID, 9, 60, {0, 0, CAP_IMPRESSIONS}, 1, 1},
    {"even, throttled", PACING_EVEN, PACE_BY_THROTTLE, 9, 60, {1, 0.25, CAP_IMPRESSIONS}, 1, 1},
    {"even, without noise", PACING_EVEN, PACE_BY_BID, 5, 16, {3, 7, CAP_IMPRESSIONS}, 0, 1},
    {"people stand for 20", PACING_EVEN, PACE_BY_BID, NAN, 900, {4, 7, CAP_IMPRESSIONS}, 1, 20},
    {"more than there is", PACING_EVEN, PACE_BY_BID, NAN, 1e6, {0, 0, CAP_IMPRESSIONS}, 1, 1},
};

static void change(scenario_t *sc, const case_t *c)
{
    ad_set_t *s = &sc->ad_set[0];
    s->pacing = c->pacing;
    s->method = c->method;
    s->strategy = isnan(c->bid) ? BID_LOWEST_COST : BID_MANUAL_CPM;
    s->bid = c->bid;
    s->budget = sc->campaign[0].lifetime_budget = c->budget;
    s->cap[0] = c->cap;
    if (!c->lively) return;
    platform_t *p = &sc->platform[0];
    p->hours_amplitude = 0.6, p->hours_peak = 20, p->open_days = 0.7;
    sc->days = 40; /* more than the engine looks up at once */
    p->score_noise = 1.5, p->reserve_cpm = 1;
    sc->response.wear_in = 0.6, sc->response.recovery_days = 3;
    sc->response.visit_rate = 0.8, sc->response.view_conversion = 0.001;
    sc->product.pull_forward = 0.1;
}

/* The people of the replication that the workspace has run. */
static kernel_person_t *people_of(const workspace_t *ws, uint32_t *n)
{
    const members_t *m = &ws->crowd->members[0];
    kernel_person_t *people = malloc((m->n + 1) * sizeof *people);
    for (size_t k = 0; k < m->n; k++)
        people[k] = (kernel_person_t){ws->crowd->person[m->person[k]].id, m->activity[k]};
    *n = (uint32_t)m->n;
    return people;
}

static void simulate(const kernel_plan_t *plan, const kernel_person_t *people, uint32_t n,
                     uint64_t seed, uint32_t replication, int64_t *count)
{
    size_t bytes = (size_t)kernel_room(plan, people, n);
    void *room = malloc(bytes);
    assert_true(kernel_simulate(plan, people, n, seed, replication, room, bytes, count));
    free(room);
}

static void agrees(const case_t *c)
{
    enum { PEOPLE = 20000, REPLICATIONS = 2 };
    reference_t r;
    reference_init(&r, PEOPLE * c->weight);
    change(&r.sc, c);
    error_t err = {""};
    world_t *world;
    workspace_t *ws;
    totals_t totals;
    assert_int_equal(world_new(&r.sc, PEOPLE, 1, &world, &err), OK);
    assert_int_equal(workspace_new(world, &ws, &err), OK);
    assert_int_equal(totals_init(&totals, world_scopes(world), &err), OK);
    kernel_plan_t plan = plan_of(&r.sc, c->weight);
    for (uint32_t rep = 0; rep < REPLICATIONS; rep++) {
        assert_int_equal(replication_run(world, &r.sc, rep, ws, &totals, &err), OK);
        uint32_t n;
        kernel_person_t *people = people_of(ws, &n);
        int64_t count[KERNEL_COUNTS];
        simulate(&plan, people, n, r.sc.seed, rep, count);
        for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
            int64_t engine = totals.value[pairs[k].engine];
            if (count[pairs[k].kernel] != engine)
                fail_msg("%s, replication %u: %s %lld, the engine's %lld", c->name, rep,
                         pairs[k].name, (long long)count[pairs[k].kernel], (long long)engine);
        }
        assert_true(count[KERNEL_IMPRESSIONS] > 1000);
        free(people);
    }
    totals_free(&totals);
    workspace_delete(ws);
    world_delete(world);
    reference_free(&r);
}

static void it_gives_the_engines_counts(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) agrees(&cases[k]);
}

/* ---- room ---- */

static void too_little_room_is_told_and_writes_nothing(void **state)
{
    (void)state;
    reference_t r;
    reference_init(&r, 1);
    kernel_plan_t plan = plan_of(&r.sc, 1);
    enum { N = 500 };
    kernel_person_t people[N];
    kernel_people(&plan, people, N, 1, 0);
    size_t bytes = (size_t)kernel_room(&plan, people, N);
    char *room = malloc(bytes);
    int64_t count[KERNEL_COUNTS] = {[KERNEL_SPEND] = -7};
    size_t enough = 0;
    for (size_t b = 0; b <= bytes && !enough; b += 1000) {
        memset(room, 0x5a,
               bytes); /* what was in it before must not matter, and what is behind it stays */
        if (kernel_simulate(&plan, people, N, 1, 0, room, b, count)) enough = b;
        for (size_t k = b; k < bytes; k++) assert_int_equal(room[k], 0x5a);
        if (!enough) assert_int_equal(count[KERNEL_SPEND], -7);
    }
    assert_true(enough > N * 16);
    assert_true(count[KERNEL_SPEND] > 0);
    free(room);
    reference_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_gives_the_engines_counts),
        cmocka_unit_test(too_little_room_is_told_and_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
