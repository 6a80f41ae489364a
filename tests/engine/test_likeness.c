/* Targeting acts on labels, outcomes on truth: what labels, appeals, affinity and lookalikes do to a
 * flight, against their closed forms. Seeds are fixed; limits are 4.6 standard errors, which chance
 * passes once in 240,000. */
#include "models/audience/targeting.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/likeness.h"
#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 200000 };

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) fail_msg("%.9g is not %.9g +- %.3g", a, b, tolerance);
}

/* The same everywhere and for everyone, but for what a test adds: no person effects, no wear, no delay,
 * everyone uses both platforms and is bid for alike; results are many. */
static void plain_town(town_t *t, double size)
{
    town_init(t, size);
    scenario_t *sc = &t->sc;
    t->population->existing_customers = 0.02;
    sc->days = 2;
    for (int p = 0; p < 2; p++) {
        sc->platform[p].users = 1;
        sc->platform[p].opportunities_per_day = 2;
        sc->platform[p].activity_shape = 50;
        sc->platform[p].desirability = 0;
    }
    for (int a = 0; a < 4; a++) {
        ad_set_t *ad = &sc->ad_set[a];
        ad->strategy = BID_MANUAL_CPM;
        ad->bid = 40;
        ad->pacing = PACING_ASAP;
        ad->budget = 1e9;
        ad->cap[0].impressions = 0;
        ad->platform = 0;
        ad->n_creatives = 1;
        ad->audience = TOWN_EVERYONE;
    }
    sc->campaign[0].cap[0].impressions = 0;
    for (int c = 0; c < sc->n_creatives; c++) sc->creative[c].ctr = 0.1;
    sc->response = (response_t){.wear_in = 1,
                                .wear_in_exposures = 3,
                                .wear_out = 1,
                                .recovery_days = 14,
                                .visit_rate = 1,
                                .cvr = 0.01,
                                .delay.fast_share = 1};
    sc->product.pull_forward = 0;
}

static const labels_t *sports_labels(const town_t *t, labels_t *l, double sensitivity,
                                     double specificity)
{
    error_t err = {""};
    flight_check(labels_init(l, t->population, &err), &err);
    l->sensitivity[0] = sensitivity;
    l->specificity[0] = specificity;
    return l;
}

static expression_t *program(town_t *t, const char *text)
{
    error_t err = {""};
    expression_fault_t fault;
    expression_t *e = NULL;
    flight_check(expression_compile(text, t->population, NULL, &e, &fault, &err), &err);
    return e;
}

/* ---- labels ---- */

/* tgt_ppv and tgt_noise_dilution: 25 % have the trait, labels with sensitivity 60 % and specificity 80 %:
 * half of the labelled have it, 40 % of those who have it are missed; people who have it order four times
 * as often, and the labelled 1.75 times as often as the others. 0.5 % of a share and 1.3 % of a rate would be
 * seen. That the share on target is that of the labelled also says that bids do not know the truth. */
static void labels_dilute_as_worked_out_by_hand(void **state)
{
    (void)state;
    town_t town;
    labels_t labels;
    plain_town(&town, PEOPLE);
    scenario_t *sc = &town.sc;
    town.population->trait[0].share[0] = 0.25;
    sc->platform[0].labels = sports_labels(&town, &labels, 0.6, 0.8);
    expression_t *others = program(&town, "not interest sports");
    sc->audience[TOWN_WOMEN].program = others;
    sc->ad_set[0].audience = TOWN_SPORTS;
    sc->ad_set[1].audience = TOWN_WOMEN;
    sc->ad_set[2].platform = sc->ad_set[3].platform = 1;
    sc->n_appeals = 1;
    sc->appeal[0] = (appeal_t){.text = "interest sports",
                               .who = town.program[TOWN_SPORTS],
                               .click = 1,
                               .order = 4,
                               .organic = 1};
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    double shown = (double)count_of(&f, 0, COUNT_IMPRESSIONS),
           on_target = (double)count_of(&f, 0, COUNT_ON_TARGET);
    assert_true(shown > 20000);
    double people = (double)world_eligible(f.world, 0);
    assert_near(people / PEOPLE, 0.3, 4.6 * sqrt(0.3 * 0.7 / PEOPLE));
    /* impressions of a person hang together: about two each */
    assert_near(on_target / shown, 0.5, 4.6 * 0.5 / sqrt(shown) * 1.5);
    double missed = (double)count_of(&f, 0, COUNT_MISSED),
           truth = (double)count_of(&f, 0, COUNT_TRUE_AUDIENCE);
    assert_near(truth, 0.25 * PEOPLE, 50);
    assert_near(missed / truth, 0.4, 4.6 * sqrt(0.24 / truth));
    double reach = (double)count_of(&f, 0, COUNT_REACH_1);
    assert_near((double)count_of(&f, 0, COUNT_REACH_ON_TARGET) / reach, 0.5,
                4.6 * 0.5 / sqrt(reach));
    /* orders per click, labelled and others, and of those truly in */
    double inside =
        (double)count_of(&f, 0, COUNT_AD_CONVERSIONS) / (double)count_of(&f, 0, COUNT_CLICKS);
    double outside =
        (double)count_of(&f, 1, COUNT_AD_CONVERSIONS) / (double)count_of(&f, 1, COUNT_CLICKS);
    double truly = (double)count_of(&f, 0, COUNT_ON_TARGET_CONVERSIONS) /
                   (double)count_of(&f, 0, COUNT_ON_TARGET_CLICKS);
    assert_near(inside, 0.025, 0.03 * 0.025);
    assert_near(inside / outside, 1.75, 0.04 * 1.75);
    assert_near(truly, 0.04, 1e-6);
    flight_end(&f);
    expression_free(others);
    town_free(&town);
}

/* Who is labelled does not depend on what else is planned, nor on how many threads look. */
static void labels_are_the_same_in_every_plan(void **state)
{
    (void)state;
    town_t town;
    labels_t labels;
    error_t err = {""};
    plain_town(&town, 20000);
    scenario_t *sc = &town.sc, *fewer = malloc(sizeof *fewer);
    sc->platform[0].labels = sports_labels(&town, &labels, 0.6, 0.8);
    for (int a = 0; a < 4; a++) sc->ad_set[a].audience = a ? TOWN_WOMEN : TOWN_SPORTS;
    memcpy(fewer, sc, sizeof *sc);
    fewer->n_campaigns = 1;
    fewer->n_ad_sets = fewer->campaign[0].n_ad_sets = 1;
    world_t *all, *one;
    flight_check(world_new(sc, 20000, 3, &all, &err), &err);
    flight_check(world_new(fewer, 20000, 1, &one, &err), &err);
    size_t k = 0;
    for (size_t i = 0; i < all->crowd.n; i++) {
        if (!(eligibility_of(&all->crowd, i)->now & 1)) continue;
        while (k < one->crowd.n && !(eligibility_of(&one->crowd, k)->now & 1)) k++;
        assert_true(k < one->crowd.n);
        assert_int_equal(all->crowd.person[i].id, one->crowd.person[k++].id);
    }
    assert_int_equal(world_eligible(all, 0), world_eligible(one, 0));
    world_delete(all);
    world_delete(one);
    free(fewer);
    town_free(&town);
}

/* ---- affinity ---- */

typedef struct {
    population_t pop;
    double *z;
} souls_t;

static souls_t souls_of(const town_t *t, size_t n)
{
    souls_t s;
    error_t err = {""};
    uint32_t *id = malloc(n * sizeof *id);
    s.z = malloc(n * sizeof *s.z);
    for (size_t i = 0; i < n; i++) id[i] = (uint32_t)i;
    rng_key_t key = rng_key(t->sc.seed);
    flight_check(population_init(&s.pop, t->population, n, key, 0, &err), &err);
    population_affinities(&s.pop, id, n, key, 0, s.z);
    free(id);
    return s;
}

static void souls_free(souls_t *s)
{
    population_free(&s->pop);
    free(s->z);
}

static void customers_are_those_of_highest_affinity(void **state)
{
    (void)state;
    for (int redraw = 0; redraw < 2; redraw++) {
        town_t town;
        plain_town(&town, 60000);
        town.population->redraw = redraw;
        souls_t s = souls_of(&town, 60000);
        double least = INFINITY, most = -INFINITY, sum = 0, squares = 0;
        for (size_t i = 0; i < 60000; i++) {
            if (s.pop.customer[i]) least = fmin(least, s.z[i]);
            if (!s.pop.customer[i]) most = fmax(most, s.z[i]);
            sum += s.z[i];
            squares += s.z[i] * s.z[i];
        }
        assert_true(least >= most);
        assert_near((least + most) / 2, normal_quantile(0.98), 0.1);
        assert_near(sum / 60000, 0, 4.6 / sqrt(60000));
        assert_near(squares / 60000, 1, 4.6 * sqrt(2.0 / 60000));
        souls_free(&s);
        town_free(&town);
    }
}

/* Factors average 1 over everybody; over those who never bought Phi(zc - b) / Phi(zc), where customers
 * begin at zc: organic orders without ads are so many fewer. */
static void affinity_averages_as_stated(void **state)
{
    (void)state;
    town_t town;
    plain_town(&town, PEOPLE);
    town.sc.product.affinity = 0.5;
    souls_t s = souls_of(&town, PEOPLE);
    double sum = 0;
    for (size_t i = 0; i < PEOPLE; i++) sum += affinity_factor(0.5, s.z[i]);
    assert_near(sum / PEOPLE, 1, 4.6 * sqrt((exp(0.25) - 1) / PEOPLE));
    souls_free(&s);
    flight_t f;
    flight_begin(&f, &town.sc, PEOPLE);
    flight_fly(&f, &town.sc, 0);
    const product_t *p = &town.sc.product;
    double begin = normal_quantile(0.98), less = normal_cdf(begin - 0.5) / 0.98;
    double expected = PEOPLE * 2 * (0.98 * less * p->organic_new + 0.02 * p->organic_existing);
    assert_near((double)plan_count(&f, COUNT_ORGANIC) / EVENT_ONE, expected, 0.005 * expected);
    flight_end(&f);
    town_free(&town);
}

/* ---- lookalikes ---- */

static void make_lookalike(town_t *t, int audience, double size, double correlation)
{
    audience_t *a = &t->sc.audience[audience];
    *a = (audience_t){.name = "like",
                      .kind = AUDIENCE_LOOKALIKE,
                      .program = t->program[TOWN_EVERYONE],
                      .size = size,
                      .correlation = correlation,
                      .match_rate = 0.5,
                      .keep_seed = 1};
}

/* The curve tgt_lookalike_curve, correlation 0.6, 2 % customers: the share of customers in the top 1, 5, 10
 * and 20 % of a seed so large that it lowers the correlation by 0.03 %; and how much more they order,
 * Phi(b rho - t)/q. Of 400,000 people 3 to 10 % of a lift would be seen. */
static void lookalikes_hold_as_many_converters_as_the_curve_says(void **state)
{
    (void)state;
    enum { MANY = 400000 };
    static const double q[] = {0.01, 0.05, 0.1, 0.2},
                        lift[] = {14.455038228937122, 8.127720677993722, 5.808979442637918,
                                  3.8516417253476596};
    error_t err = {""};
    town_t town;
    plain_town(&town, 1e8);
    for (int a = 0; a < 4; a++) make_lookalike(&town, a, q[a], 0.6);
    for (int a = 0; a < 4; a++) town.sc.ad_set[a].audience = a;
    world_t *w;
    likeness_t l;
    flight_check(world_new(&town.sc, MANY, 2, &w, &err), &err);
    souls_t s = souls_of(&town, MANY);
    flight_check(likeness_init(&l, w, &s.pop, 0, 1, &err), &err);
    for (int a = 0; a < 4; a++) {
        double n = 0, customers = 0, factors = 0, squares = 0;
        for (size_t i = 0; i < MANY; i++) {
            if (!(l.chosen[i] >> a & 1)) continue;
            double factor = affinity_factor(0.5, s.z[i]);
            n++;
            customers += s.pop.customer[i];
            factors += factor;
            squares += factor * factor;
        }
        double mean = factors / n, sd = sqrt(squares / n - mean * mean);
        double share = customers / n, expected = 0.02 * lift[a];
        assert_int_equal((int)n, (int)(q[a] * MANY));
        assert_near(lookalike(0.6, q[a], 0.02).lift, lift[a], 1e-9);
        assert_near(share, expected, 4.6 * sqrt(expected * (1 - expected) / n) + 0.001 * expected);
        assert_near(mean, lookalike_affinity(0.6, q[a], 0.5), 4.6 * sd / sqrt(n) + 0.001);
    }
    likeness_free(&l);
    souls_free(&s);
    world_delete(w);
    town_free(&town);
}

/* Orders per click of a lookalike of a tenth, to those of everyone: without its seed, of people who never
 * bought, E[factor | chosen, z < zc], by the bivariate normal under the weight exp(b z - b^2/2). */
static void a_lookalike_orders_as_its_closed_form_says(void **state)
{
    (void)state;
    const double b = 0.8, q = 0.1;
    town_t town;
    plain_town(&town, 1e8);
    town.sc.product.affinity = b;
    make_lookalike(&town, TOWN_WOMEN, q, 0.6);
    town.sc.audience[TOWN_WOMEN].keep_seed = 0;
    town.sc.audience[TOWN_WOMEN].match_rate = 1;
    town.sc.ad_set[0].audience = TOWN_WOMEN;
    for (int a = 1; a < 4; a++) town.sc.ad_set[a].platform = 1;
    for (int a = 0; a < 4; a++) town.sc.ad_set[a].bid = 40;
    flight_t f;
    flight_begin(&f, &town.sc, PEOPLE);
    flight_fly(&f, &town.sc, 0);
    double rate = (double)count_of(&f, 0, COUNT_AD_CONVERSIONS) /
                  (double)count_of(&f, 0, COUNT_CLICKS) / town.sc.response.cvr;
    double rho = lookalike_correlation(0.6, 2e6), zc = normal_quantile(0.98);
    /* t: P(S > t, z < zc) = q P(z < zc) */
    double low = -5, high = 5;
    for (int k = 0; k < 60; k++) {
        double t = (low + high) / 2, above = 0.98 - normal2_cdf(zc, t, rho);
        *(above > q * 0.98 ? &low : &high) = t;
    }
    double weighed = normal_cdf(zc - b) - normal2_cdf(zc - b, low - b * rho, rho);
    double expected = weighed / (q * 0.98);
    /* about 19,600 people, several impressions each; sd of the factor 0.8: 3 % of the rate is seen */
    assert_near(rate, expected, 4.6 * 0.85 / sqrt(0.1 * 0.98 * PEOPLE) * 1.2);
    assert_true(expected > 1.25); /* and everyone's is below 1 */
    assert_int_equal(
        (int)world_eligible(f.world, 0),
        (int)(q * (PEOPLE -
                   (f.world->crowd.tally.organic[1][scope_plan(world_scopes(f.world))].people[0])) +
              0.5));
    flight_end(&f);
    town_free(&town);
}

/* A customer whom the platform finds is out, and one whom it does not find is in front. */
static void the_seed_is_out_unless_it_is_kept(void **state)
{
    (void)state;
    error_t err = {""};
    town_t town;
    plain_town(&town, 20000);
    for (int kept = 0; kept < 2; kept++) {
        make_lookalike(&town, TOWN_WOMEN, 0.1, 1);
        town.sc.audience[TOWN_WOMEN].keep_seed = kept;
        town.sc.ad_set[0].audience = TOWN_WOMEN;
        world_t *w;
        flight_check(world_new(&town.sc, 20000, 1, &w, &err), &err);
        int found = 0, unfound = 0;
        for (size_t i = 0; i < w->crowd.n; i++) {
            const person_t *p = &w->crowd.person[i];
            if (!p->customer || !(eligibility_of(&w->crowd, i)->now & 1)) continue;
            int matched = list_matched(w, &town.sc, 0, p->id, 0);
            found += matched;
            unfound += !matched;
        }
        assert_true(kept ? found > 20 : found == 0);
        assert_true(unfound > 20);
        world_delete(w);
    }
    town_free(&town);
}

/* ---- appeals ---- */

/* Factors multiply, and the average of those who fit is the stated rate times the factor although people
 * differ; organic orders follow. 1.5 % of a rate is seen. */
static void appeals_multiply_the_mean_rates_of_those_they_fit(void **state)
{
    (void)state;
    town_t town;
    plain_town(&town, PEOPLE);
    scenario_t *sc = &town.sc;
    sc->response.person_sd = 1;
    sc->response.prediction = 0;
    sc->n_appeals = 2;
    sc->appeal[0] =
        (appeal_t){.who = town.program[TOWN_SPORTS], .click = 2, .order = 3, .organic = 2};
    sc->appeal[1] =
        (appeal_t){.who = town.program[TOWN_WOMEN], .click = 1.5, .order = 1, .organic = 0.5};
    expression_t *both = program(&town, "interest sports and sex female and age 25+");
    expression_t *none = program(&town, "not interest sports and not (sex female and age 25+)");
    sc->audience[TOWN_VISITORS] = (audience_t){.name = "none", .program = none};
    sc->audience[TOWN_EVERYONE].program = both;
    sc->ad_set[0].audience = TOWN_EVERYONE;
    sc->ad_set[1].audience = TOWN_VISITORS;
    sc->ad_set[2].platform = sc->ad_set[3].platform = 1;
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    double clicks[2] = {0, 0}, shown[2] = {0, 0}, orders[2] = {0, 0};
    for (uint32_t r = 0; r < 4; r++) {
        flight_fly(&f, sc, r);
        for (int a = 0; a < 2; a++) {
            clicks[a] += (double)count_of(&f, a, COUNT_CLICKS) / EVENT_ONE;
            shown[a] += (double)count_of(&f, a, COUNT_IMPRESSIONS);
            orders[a] += (double)count_of(&f, a, COUNT_AD_CONVERSIONS) / EVENT_ONE;
        }
    }
    assert_near(clicks[1] / shown[1], 0.1, 0.015 * 0.1);
    assert_near(clicks[0] / shown[0], 0.3, 0.015 * 0.3);
    assert_near(orders[1] / clicks[1], 0.01, 0.02 * 0.01);
    assert_near(orders[0] / clicks[0], 0.03, 0.02 * 0.03);
    double a_day = 0.98 * sc->product.organic_new + 0.02 * sc->product.organic_existing;
    double people = (double)world_eligible(f.world, 0);
    assert_near((double)count_of(&f, 0, COUNT_ORGANIC) / EVENT_ONE, 2 * people * a_day,
                0.04 * 2 * people * a_day);
    double mean = (1 + 0.4) * (1 - 0.5 * 5 / 12.0);
    assert_near((double)plan_count(&f, COUNT_ORGANIC) / EVENT_ONE, 2 * PEOPLE * a_day * mean,
                0.01 * 2 * PEOPLE * a_day * mean);
    flight_end(&f);
    expression_free(both);
    expression_free(none);
    town_free(&town);
}

/* A creative made for the sporty is clicked three times as often by them, and half as often by others; its
 * neighbour of the same ad set by all alike. Clicks per impression by creative and by whom: 1.5 % is seen. */
static void a_creative_fits_whom_it_is_made_for(void **state)
{
    (void)state;
    town_t town;
    plain_town(&town, PEOPLE);
    scenario_t *sc = &town.sc;
    sc->n_appeals = 2;
    expression_t *others = program(&town, "not interest sports");
    sc->appeal[0] =
        (appeal_t){.who = town.program[TOWN_SPORTS], .click = 1, .order = 1, .organic = 1};
    sc->appeal[1] = (appeal_t){.who = others, .click = 1, .order = 1, .organic = 1};
    sc->n_fits = 2;
    sc->fit[0] = (creative_fit_t){.creative = 0, .appeal = 0, .click = 3, .order = 2};
    sc->fit[1] = (creative_fit_t){.creative = 0, .appeal = 1, .click = 0.5, .order = 1};
    sc->audience[TOWN_EVERYONE].program = town.program[TOWN_SPORTS];
    sc->audience[TOWN_VISITORS] = (audience_t){.name = "others", .program = others};
    sc->ad_set[0].audience = TOWN_EVERYONE;
    sc->ad_set[1].audience = TOWN_VISITORS;
    sc->ad_set[2].platform = sc->ad_set[3].platform = 1;
    double want[2] = {0.3, 0.1}, cvr[2] = {0.02, 0.01};
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    for (int a = 0; a < 2; a++) { /* creative 0 is shown by ad set 0, creative 1 by ad set 1 */
        double clicks = (double)count_of(&f, a, COUNT_CLICKS) / EVENT_ONE,
               orders = (double)count_of(&f, a, COUNT_AD_CONVERSIONS) / EVENT_ONE;
        assert_near(clicks / (double)count_of(&f, a, COUNT_IMPRESSIONS), want[a], 0.015 * want[a]);
        assert_near(orders / clicks, cvr[a], 0.02 * cvr[a]);
    }
    flight_end(&f);
    sc->ad_set[0].audience = TOWN_VISITORS;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    assert_near((double)count_of(&f, 0, COUNT_CLICKS) / EVENT_ONE /
                    (double)count_of(&f, 0, COUNT_IMPRESSIONS),
                0.05, 0.015 * 0.05);
    flight_end(&f);
    expression_free(others);
    town_free(&town);
}

/* What a platform estimates of an audience is the mean of those labelled: bids for a result are as high as
 * for an audience of which everyone answered so. */
static void the_estimate_knows_the_mean_of_the_labelled(void **state)
{
    (void)state;
    town_t town;
    labels_t labels;
    plain_town(&town, 20000);
    scenario_t *sc = &town.sc;
    sc->platform[0].labels = sports_labels(&town, &labels, 0.6, 0.8);
    town.population->trait[0].share[0] = 0.25;
    sc->ad_set[0].audience = TOWN_SPORTS;
    sc->ad_set[0].strategy = sc->ad_set[1].strategy = BID_CAP;
    sc->n_appeals = 1;
    sc->appeal[0] =
        (appeal_t){.who = town.program[TOWN_SPORTS], .click = 1, .order = 4, .organic = 1};
    flight_t f;
    flight_begin(&f, sc, 20000);
    flight_fly(&f, sc, 0);
    /* 2.5 % of the labelled and 1.75 % of all order: half and a quarter of them four times as often */
    double rate = f.ws->tuning.action_rate[0] / 0.1, of_all = f.ws->tuning.action_rate[1] / 0.1;
    assert_near(rate, 0.025, 0.03 * 0.025);
    assert_near(of_all, 0.0175, 1e-4);
    flight_end(&f);
    town_free(&town);
}

/* ---- audiences that leave out a pool or a list ---- */

/* What 'all', the fourth ad set, showed while its viewer was in the pool, or to people found of the list;
 * and elsewhere. */
static void count_shown(const flight_t *f, int inside[2], int list)
{
    const workspace_t *ws = f->ws;
    const scenario_t *sc = ws->tuning.theta;
    inside[0] = inside[1] = 0;
    for (size_t k = 0; k < ws->reached.n; k++) {
        uint32_t i = ws->reached.index[k];
        const person_t *who = &ws->crowd->person[i];
        for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
             t = touch_earlier(&ws->touches, t)) {
            if (t->ad_set != 3) continue;
            int in = list
                         ? who->customer && list_finds(f->world, sc, TOWN_SPORTS, 1, who->id, 0)
                         : pool_contains(&ws->site, i, (int64_t)t->tick - 1, /* before she visits */
                                         &sc->audience[TOWN_VISITORS]);
            inside[in]++;
        }
    }
}

static void nobody_is_shown_an_ad_that_leaves_her_out(void **state)
{
    (void)state;
    town_t town;
    town_init(&town, 20000);
    town.population->existing_customers = 0.3;
    town.sc.product.organic_new *= 20;
    town.sc.audience[TOWN_SPORTS] = (audience_t){.name = "list",
                                                 .kind = AUDIENCE_LIST,
                                                 .program = town.program[TOWN_EVERYONE],
                                                 .match_rate = 0.4};
    for (int excluded = 0; excluded < 3; excluded++) {
        flight_t f;
        int shown[2], listed[2];
        static const int out[] = {0, 1 + TOWN_VISITORS, 1 + TOWN_SPORTS};
        town.sc.audience[TOWN_EVERYONE].excluded = out[excluded];
        flight_begin(&f, &town.sc, 20000);
        flight_fly(&f, &town.sc, 0);
        count_shown(&f, shown, 0);
        count_shown(&f, listed, 1);
        assert_true(shown[0] > 100 && listed[0] > 100);
        if (excluded == 1)
            assert_int_equal(shown[1], 0);
        else
            assert_true(shown[1] > 20);
        if (excluded == 2)
            assert_int_equal(listed[1], 0);
        else
            assert_true(listed[1] > 20);
        flight_end(&f);
    }
    town_free(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_dilute_as_worked_out_by_hand),
        cmocka_unit_test(labels_are_the_same_in_every_plan),
        cmocka_unit_test(customers_are_those_of_highest_affinity),
        cmocka_unit_test(affinity_averages_as_stated),
        cmocka_unit_test(lookalikes_hold_as_many_converters_as_the_curve_says),
        cmocka_unit_test(a_lookalike_orders_as_its_closed_form_says),
        cmocka_unit_test(the_seed_is_out_unless_it_is_kept),
        cmocka_unit_test(appeals_multiply_the_mean_rates_of_those_they_fit),
        cmocka_unit_test(a_creative_fits_whom_it_is_made_for),
        cmocka_unit_test(the_estimate_knows_the_mean_of_the_labelled),
        cmocka_unit_test(nobody_is_shown_an_ad_that_leaves_her_out),
    };
    return cmocka_run_group_tests_name("likeness", tests, NULL, NULL);
}
