/* test_satiation.c -- an order takes, for a while, of the chance of the next one after an ad. That the formula is
 * that of drawn orders but for a second-order error tells tests/oracle (plan `satiation`). */
#include "models/base/fixed.h"
#include "tests/engine/village.h"

/* Many impressions, which order often: some tenths of an order a person. */
static scenario_t plain(const town_t *town)
{
    scenario_t sc = village(town);
    sc.response.cvr = 0.5;
    sc.response.view_conversion = 0.02;
    sc.response.brand_effect = 2;
    sc.response.delay = (delay_t){.fast_share = 0.5, .fast_hours = 3, .slow_hours = 40};
    sc.product.organic_new = 0.02;
    sc.product.organic_existing = 0.05;
    sc.product.satiation.half_life_days = 3;
    return sc;
}

static flight_t flown(const scenario_t *sc)
{
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    return f;
}

/* ---- the law ---- */

/* At once the effect is whole, after a half-life half of it; an order of chance 1/4 takes a quarter. */
static void what_is_left_comes_back_by_halves(void **state)
{
    (void)state;
    satiation_t s = {.effect = 0.6, .half_life_days = 10};
    assert_true(fabs(satiation_left(&s, 1, 0) - 0.4) < 1e-15);
    assert_true(fabs(satiation_left(&s, 1, 10) - 0.7) < 1e-12);
    assert_true(fabs(satiation_left(&s, 0.25, 20) - 0.9625) < 1e-12);
    assert_true(satiation_left(&s, 0, 0) == 1);
}

/* ---- one person, by hand ---- */

typedef struct {
    double chance;
    int64_t when;
} past_t;
enum { PAST_MOST = 3000 };

static double left_of(const scenario_t *sc, const past_t *past, int n, uint32_t now)
{
    double left = 1;
    for (int k = 0; k < n; k++)
        if (past[k].when <= (int64_t)now)
            left *= 1 - past[k].chance * sc->product.satiation.effect *
                            pow(2, -((double)now - (double)past[k].when) / TICKS_PER_DAY /
                                       sc->product.satiation.half_life_days);
    return left;
}

/* Her touches in a world without satiation, from the first on, and what would be left of each chance. */
static double orders_by_hand(const scenario_t *sc, flight_t *f, size_t i, double *without)
{
    static past_t past[PAST_MOST];
    const touch_t *touch[PAST_MOST];
    int n = 0, m = 0;
    double sum = 0;
    error_t err = {""};
    visits_t visits = {0};
    for (const touch_t *t = touch_latest(&f->ws->touches, f->ws->head[i]); t;
         t = touch_earlier(&f->ws->touches, t))
        touch[n++] = t;
    flight_check(organic_visits(f->world, f->ws->crowd, &f->ws->tuning, i, 0, &visits, &err), &err);
    for (size_t k = 0; k < visits.n; k++)
        past[m++] = (past_t){sc->product.visit_to_order, visits.visit[k].tick};
    effects_t effects = effects_of(&f->ws->tuning, f->world, &f->ws->crowd->person[i], 0);
    while (n-- > 0) {
        order_chances_t p = order_chances(f->ws, i, effects, touch[n]);
        order_times_t when = order_times(f->ws, i, touch[n]);
        double left = left_of(sc, past, m, touch[n]->tick);
        past[m++] = (past_t){left * p.by_click, when.by_click};
        past[m++] = (past_t){left * p.by_sight, when.by_sight};
        past[m++] = (past_t){p.by_brand, when.by_brand};
        sum += left * (p.by_click + p.by_sight);
        *without += p.by_click + p.by_sight;
        assert_true(m < PAST_MOST - 4);
    }
    visits_free(&visits);
    return sum;
}

static void chances_are_those_worked_out_by_hand(void **state)
{
    scenario_t off = plain(*state), on = off;
    on.product.satiation.effect = 0.8;
    flight_t f = flown(&off), g = flown(&on);
    double expected = 0, without = 0;
    for (size_t k = 0; k < f.ws->reached.n; k++)
        expected += orders_by_hand(&on, &f, f.ws->reached.index[k], &without);
    double counted = (double)count_of(&g, 0, COUNT_AD_CONVERSIONS) / EVENT_ONE;
    assert_true(count_of(&f, 0, COUNT_IMPRESSIONS) == count_of(&g, 0, COUNT_IMPRESSIONS));
    assert_true(expected < 0.95 * without);
    assert_true(fabs(counted / expected - 1) < 1e-6);
    /* What the timeline tells when accounts are settled is the same. */
    int64_t days = 0;
    const tables_t *t = workspace_tables(g.ws);
    for (int day = 0; day < tables_days(t); day++)
        days += t->timeline[day * TIMELINE_COUNTS + DAY_AD_CONVERSIONS];
    assert_true(llabs(days - count_of(&g, 0, COUNT_AD_CONVERSIONS)) < EVENT_ONE / 100);
    flight_end(&f);
    flight_end(&g);
}

/* ---- what it leaves alone ---- */

static void what_comes_by_itself_stays(void **state)
{
    scenario_t off = plain(*state), on = off;
    on.product.satiation.effect = 1;
    flight_t f = flown(&off), g = flown(&on);
    static const count_t stays[] = {COUNT_ORGANIC, COUNT_BRAND_CONVERSIONS, COUNT_CLICKS,
                                    COUNT_VISITS, COUNT_SPEND};
    for (size_t k = 0; k < sizeof stays / sizeof *stays; k++)
        assert_true(count_of(&f, 0, stays[k]) == count_of(&g, 0, stays[k]));
    flight_end(&f);
    flight_end(&g);
}

/* A half-life of no time, or an effect of none, is no satiation; leads sate nobody. */
static void no_effect_leaves_everything_as_it_was(void **state)
{
    for (int leads = 0; leads < 2; leads++) {
        scenario_t off = plain(*state), on = off;
        on.product.satiation.effect = leads ? 1 : 1e-12;
        off.conversion[CONVERSION_LEAD] = on.conversion[CONVERSION_LEAD] =
            (conversion_t){.cvr = 0.5, .value = 5, .delay = {.fast_share = 1}};
        off.campaign[0].objective = on.campaign[0].objective =
            leads ? OBJECTIVE_LEADS : OBJECTIVE_SALES;
        flight_t f = flown(&off), g = flown(&on);
        double more = (double)count_of(&g, 0, COUNT_AD_CONVERSIONS) /
                      (double)count_of(&f, 0, COUNT_AD_CONVERSIONS);
        assert_true(fabs(more - 1) < 1e-9);
        flight_end(&f);
        flight_end(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_comes_back_by_halves),
        cmocka_unit_test(chances_are_those_worked_out_by_hand),
        cmocka_unit_test(what_comes_by_itself_stays),
        cmocka_unit_test(no_effect_leaves_everything_as_it_was),
    };
    return cmocka_run_group_tests_name("satiation", tests, village_setup, town_end);
}
