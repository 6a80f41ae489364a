/* test_caps.c -- frequency caps within a flight: the touch lists themselves are read. */
#include "models/base/fixed.h"
#include "models/platform/reach.h"
#include "tests/engine/village.h"

#include <string.h>

/* ---- random caps ---- */

static double unit(uint32_t trial, uint32_t index)
{
    return rng_unit(rng_at(rng_key(31), DRAW_TRAIT, 0, 0, trial, 0, index), 0);
}

/* One to four caps of any kind. */
static void draw_caps(frequency_cap_t cap[MAX_CAPS], uint32_t trial, uint32_t owner)
{
    uint32_t at = 100 * owner, n = 1 + (uint32_t)(unit(trial, at) * MAX_CAPS);
    memset(cap, 0, MAX_CAPS * sizeof *cap);
    for (uint32_t k = 0; k < n; k++)
        cap[k] = (frequency_cap_t){1 + (int)(unit(trial, at + 10 + k) * 5),
                                   exp(-3 + 5 * unit(trial, at + 20 + k)),
                                   unit(trial, at + 30 + k) < 0.5 ? CAP_VIEWS : CAP_IMPRESSIONS};
}

/* The caps that hold for an ad set, and the ad sets that each counts. */
typedef struct {
    const frequency_cap_t *cap;
    uint64_t ad_sets;
} holding_t;

static int caps_of(const scenario_t *sc, int a, holding_t out[3 * MAX_CAPS])
{
    int n = 0;
    const ad_set_t *s = &sc->ad_set[a];
    uint64_t campaign = 0, platform = 0;
    for (int b = 0; b < sc->n_ad_sets; b++) {
        if (sc->ad_set[b].platform != s->platform) continue;
        platform |= 1ull << b;
        if (sc->ad_set[b].campaign == s->campaign) campaign |= 1ull << b;
    }
    for (int k = 0; k < MAX_CAPS; k++) {
        if (s->cap[k].impressions) out[n++] = (holding_t){&s->cap[k], 1ull << a};
        if (sc->campaign[s->campaign].cap[k].impressions)
            out[n++] = (holding_t){&sc->campaign[s->campaign].cap[k], campaign};
        if (sc->platform[s->platform].cap[k].impressions)
            out[n++] = (holding_t){&sc->platform[s->platform].cap[k], platform};
    }
    return n;
}

/* Touches that the cap counts within its window up to a moment, of those from `t` back. */
static int counted(const touches_t *list, const touch_t *t, uint32_t tick, holding_t h)
{
    int n = 0;
    for (; t; t = touch_earlier(list, t))
        n += (h.ad_sets >> t->ad_set & 1) && tick - t->tick < h.cap->window_days * TICKS_PER_DAY &&
             (h.cap->event == CAP_IMPRESSIONS || t->flags & TOUCH_SEEN);
    return n;
}

static void no_window_of_any_cap_holds_too_much(void **state)
{
    town_t *town = *state;
    int full = 0;
    for (uint32_t trial = 0; trial < 12; trial++) {
        scenario_t sc = town->sc;
        sc.ad_set[3].platform = 0; /* two campaigns on one platform */
        for (int a = 0; a < 4; a++) sc.ad_set[a].budget *= 40;
        for (uint32_t a = 0; a < 4; a++) draw_caps(sc.ad_set[a].cap, trial, a);
        for (uint32_t c = 0; c < 2; c++) draw_caps(sc.campaign[c].cap, trial, 4 + c);
        for (uint32_t p = 0; p < 2; p++) draw_caps(sc.platform[p].cap, trial, 6 + p);
        flight_t f;
        flight_begin(&f, &sc, 4000);
        flight_fly(&f, &sc, trial);
        for (size_t k = 0; k < f.ws->touches.n; k++) {
            const touch_t *t = &f.ws->touches.touch[k];
            holding_t cap[3 * MAX_CAPS];
            for (int n = caps_of(&sc, t->ad_set, cap); n-- > 0;) {
                int so_far = counted(&f.ws->touches, t, t->tick, cap[n]);
                assert_true(so_far <= cap[n].cap->impressions);
                full += so_far == cap[n].cap->impressions;
            }
        }
        flight_end(&f);
    }
    assert_true(full > 1000);
}

/* ---- nothing more is kept out than must be ---- */

/* Of all she would be shown without caps, in time order, what caps let through. */
static size_t filter(const scenario_t *sc, const flight_t *free, uint32_t i, touches_t *kept,
                     uint32_t *head)
{
    const touch_t *all[1000];
    size_t n = 0, out = 0;
    for (const touch_t *t = touch_latest(&free->ws->touches, free->ws->head[i]); t;
         t = touch_earlier(&free->ws->touches, t)) {
        assert_true(n < 1000);
        all[n++] = t;
    }
    while (n-- > 0) {
        holding_t cap[3 * MAX_CAPS];
        int allowed = 1;
        for (int k = caps_of(sc, all[n]->ad_set, cap); k-- > 0;)
            allowed &= counted(kept, touch_latest(kept, *head), all[n]->tick, cap[k]) <
                       cap[k].cap->impressions;
        if (!allowed) continue;
        touch_t copy = *all[n];
        assert_int_equal(touches_add(kept, head, copy, NULL), OK);
        out++;
    }
    return out;
}

/* Bids are stated and budgets ample, and each platform has one ad set: without caps she is shown all she
 * could be won at. Brute force over that list must leave what the capped flight shows, to the touch, with
 * the same sights. (Caps that never bind have the free flight draw them.) */
static void caps_leave_exactly_what_brute_force_leaves(void **state)
{
    town_t *town = *state;
    size_t compared = 0, lost = 0;
    for (uint32_t trial = 0; trial < 40; trial++) {
        scenario_t sc = village(town), free;
        sc.n_platforms = 2;
        village_add(&sc, village_ad_set("b", 14));
        sc.ad_set[1].platform = 1;
        sc.ad_set[1].hash++;
        free = sc;
        for (int a = 0; a < 2; a++) free.ad_set[a].cap[0] = (frequency_cap_t){1000, 30, CAP_VIEWS};
        for (uint32_t a = 0; a < 2; a++) draw_caps(sc.ad_set[a].cap, trial, a);
        if (trial & 1) draw_caps(sc.campaign[0].cap, trial, 4);
        if (trial & 2) draw_caps(sc.platform[trial & 1].cap, trial, 6);
        for (int a = 0; a < 2; a++) sc.ad_set[a].cap[3] = free.ad_set[a].cap[0];
        flight_t f, g;
        flight_begin(&f, &free, 500);
        flight_begin(&g, &sc, 500);
        flight_fly(&f, &free, trial);
        flight_fly(&g, &sc, trial);
        int64_t refused = count_of(&g, 0, COUNT_LOST_CAP) + count_of(&g, 1, COUNT_LOST_CAP);
        assert_true(g.ws->touches.n + (size_t)refused >= f.ws->touches.n); /* some cost too much */
        for (size_t k = 0; k < f.ws->reached.n; k++) {
            uint32_t i = f.ws->reached.index[k], head = 0;
            touches_t kept = {0};
            size_t n = filter(&sc, &f, i, &kept, &head);
            const touch_t *is = touch_latest(&g.ws->touches, g.ws->head[i]);
            const touch_t *want = touch_latest(&kept, head);
            for (; want;
                 want = touch_earlier(&kept, want), is = touch_earlier(&g.ws->touches, is)) {
                assert_non_null(is);
                assert_true(is->tick == want->tick && is->ad_set == want->ad_set &&
                            is->number == want->number && is->flags == want->flags);
            }
            assert_null(is);
            compared += n;
            touches_free(&kept);
        }
        lost += (size_t)refused;
        flight_end(&f);
        flight_end(&g);
    }
    assert_true(compared > 20000 && lost > 20000);
}

/* ---- a cap of views has a closed form ---- */

/* Every person's wins are NBD; those seen are NBD of view times the mean, and the cap lets the first n
 * through, each after 1/view impressions. 20,000 people: limits are about 5 sd, 2 %. */
static void a_flight_cap_of_views_follows_its_closed_form(void **state)
{
    scenario_t sc = village(*state);
    sc.platform[0].viewability = 0.4;
    sc.ad_set[0].cap[0] = (frequency_cap_t){2, 7, CAP_VIEWS};
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    market_t market = {.log_median = log(sc.platform[0].rival_median_cpm),
                       .log_sd = sc.platform[0].rival_log_sd,
                       .score_noise = sc.platform[0].score_noise,
                       .reserve = sc.platform[0].reserve_cpm};
    double win = market_win_probability(&market, (offer_t){log(10), log(10)});
    double mean = sc.platform[0].opportunities_per_day * sc.days * win, view = 0.4;
    double views = PEOPLE * nbd_capped_mean(mean * view, sc.platform[0].activity_shape, 2);
    double seen = 0;
    for (size_t k = 0; k < f.ws->touches.n; k++) {
        assert_true(f.ws->touches.touch[k].flags & TOUCH_SIGHT_DRAWN);
        seen += !!(f.ws->touches.touch[k].flags & TOUCH_SEEN);
    }
    assert_true(fabs(seen / views - 1) < 0.04);
    assert_true(fabs((double)count_of(&f, 0, COUNT_IMPRESSIONS) / (views / view) - 1) < 0.04);
    assert_true(fabs((double)count_of(&f, 0, COUNT_VIEWS) / EVENT_ONE / views - 1) < 0.04);
    flight_end(&f);
}

/* A click is a sight: of the watched, nobody clicked what she has not seen. */
static void who_clicked_has_seen(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc;
    for (int p = 0; p < 2; p++) sc.platform[p].cap[0] = (frequency_cap_t){8, 7, CAP_VIEWS};
    for (int c = 0; c < sc.n_creatives; c++) sc.creative[c].ctr = 0.3;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    size_t clicked = 0, seen = 0, n = f.ws->touches.n;
    for (size_t k = 0; k < n; k++) {
        int flags = f.ws->touches.touch[k].flags;
        clicked += !!(flags & TOUCH_CLICKED);
        seen += !!(flags & TOUCH_SEEN);
        if (flags & TOUCH_CLICKED) assert_true(flags & TOUCH_SEEN);
    }
    assert_true(clicked > 1000);
    /* and 70 % are seen, clicked or not: 4.9 sd */
    assert_true(fabs((double)seen / (double)n - 0.7) < 4.9 * sqrt(0.21 / (double)n));
    flight_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_window_of_any_cap_holds_too_much),
        cmocka_unit_test(caps_leave_exactly_what_brute_force_leaves),
        cmocka_unit_test(a_flight_cap_of_views_follows_its_closed_form),
        cmocka_unit_test(who_clicked_has_seen),
    };
    return cmocka_run_group_tests(tests, village_setup, town_end);
}
