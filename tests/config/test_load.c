/* test_load.c -- files to scenario: values, origins, --set, extends, presets, resolved.yaml. */
#include "models/audience/labels.h"
#include "sim/config/load.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char base[] = "tests/config/fine/base.yaml";
static const char reference[] = "configs/reference/golden-uncapped.yaml";
static const char quickstart[] = "configs/quickstart.yaml";

static loaded_t *loaded(const char *path, const char *const *set, size_t n_set)
{
    load_options_t options = {.set = set, .n_set = n_set, .data_dir = "configs"};
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    loaded_t *l = NULL;
    if (scenario_load(path, &options, d, &l, &err) != OK) {
        char *text = diagnostics_text(d, FORMAT_HUMAN, err.text);
        fputs(text, stderr);
        free(text);
    }
    diagnostics_free(d);
    assert_non_null(l);
    return l;
}

/* The complaints of a file, one line each. */
static char *refused(const char *path, const char *const *set, size_t n_set)
{
    load_options_t options = {.set = set, .n_set = n_set, .data_dir = "configs"};
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    loaded_t *l = NULL;
    assert_int_equal(scenario_load(path, &options, d, &l, &err), ERR_INVALID);
    assert_null(l);
    char *text = diagnostics_text(d, FORMAT_SHORT, NULL);
    diagnostics_free(d);
    return text;
}

/* A file that is gone after the test. */
static void file_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const resolved_t *value_of(const loaded_t *l, const char *path)
{
    size_t n;
    const resolved_t *v = loaded_values(l, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(v[i].path, path)) return &v[i];
    fail_msg("no value at %s", path);
    return NULL;
}

static void the_reference_scenario_loads_as_written(void **state)
{
    (void)state;
    loaded_t *l = loaded(reference, NULL, 0);
    const scenario_t *sc = loaded_scenario(l);
    assert_string_equal(sc->name, "golden uncapped");
    assert_string_equal(sc->start, "2026-03-02");
    assert_int_equal(sc->days, 7);
    assert_true(sc->people == 1000000 && sc->population->size == 1000000);
    assert_int_equal(sc->population->redraw, 1);
    const platform_t *p = &sc->platform[0];
    assert_true(p->users == 1 && p->opportunities_per_day == 4 && p->activity_shape == 0.8);
    assert_true(p->open_days == 1 && p->viewability == 0.7 && p->hours_amplitude == 0);
    assert_true(p->rival_median_cpm == 6 && p->rival_log_sd == 0.8 && p->score_noise == 0);
    assert_true(p->desirability == 0 && p->reserve_cpm == 0 && isnan(p->cpm));
    assert_true(sc->product.value == 40 && sc->product.value_sd == 30);
    assert_true(sc->product.organic_new == 0.002 / 7 && sc->product.organic_existing == 0.002 / 7);
    const response_t *r = &sc->response;
    assert_true(r->person_sd == 0 && r->wear_in == 1 && r->wear_out == 0.9);
    assert_true(isinf(r->recovery_days) && r->visit_rate == 1 && r->cvr == 0.03);
    assert_true(r->view_conversion == 0 && r->learning_noise == 0);
    assert_true(r->delay.fast_share == 1 && r->delay.fast_hours == 0 && r->delay.slow_hours == 0);
    const ad_set_t *a = &sc->ad_set[0];
    assert_int_equal(a->strategy, BID_MANUAL_CPM);
    assert_int_equal(a->pacing, PACING_ASAP);
    assert_true(a->bid == 5 && a->budget == 1000000 && isnan(a->cvr) && a->quality == 1);
    assert_int_equal(a->cap[0].impressions, 3);
    assert_true(a->cap[0].window_days == 7);
    assert_true(a->hash == name_hash("c/a"));
    assert_true(sc->creative[0].ctr == 0.0084 && sc->creative[0].family == name_hash("x"));
    assert_int_equal(sc->n_uncertain, 0);
    loaded_free(l);
}

/* Every number of the reference scenario, by its path. */
static void every_number_can_be_set(void **state)
{
    (void)state;
    static const struct {
        const char *set;
        size_t offset;
        double expected;
    } cases[] = {
        {"people=2k", offsetof(scenario_t, people), 2000},
        {"platforms.one.users=50%", offsetof(scenario_t, platform[0].users), 0.5},
        {"platforms.one.activity.opportunities_per_day=5",
         offsetof(scenario_t, platform[0].opportunities_per_day), 5},
        {"platforms.one.activity.shape=0.5", offsetof(scenario_t, platform[0].activity_shape), 0.5},
        {"platforms.one.activity.open_days=40%", offsetof(scenario_t, platform[0].open_days), 0.4},
        {"platforms.one.market.rival_median_cpm=7",
         offsetof(scenario_t, platform[0].rival_median_cpm), 7},
        {"platforms.one.market.rival_log_sd=0.9", offsetof(scenario_t, platform[0].rival_log_sd),
         0.9},
        {"platforms.one.market.score_noise=1", offsetof(scenario_t, platform[0].score_noise), 1},
        {"platforms.one.market.desirability=0.1", offsetof(scenario_t, platform[0].desirability),
         0.1},
        {"platforms.one.market.reserve_cpm=1", offsetof(scenario_t, platform[0].reserve_cpm), 1},
        {"platforms.one.viewability=60%", offsetof(scenario_t, platform[0].viewability), 0.6},
        {"platforms.one.hours.amplitude=0.2", offsetof(scenario_t, platform[0].hours_amplitude),
         0.2},
        {"platforms.one.hours.peak=19h", offsetof(scenario_t, platform[0].hours_peak), 19},
        {"product.value=50", offsetof(scenario_t, product.value), 50},
        {"product.value_sd=20", offsetof(scenario_t, product.value_sd), 20},
        {"product.organic_rate.all=0.7%", offsetof(scenario_t, product.organic_existing),
         0.007 / 7},
        {"product.organic_rate.per=14d", offsetof(scenario_t, product.organic_new), 0.002 / 14},
        {"product.pull_forward=20%", offsetof(scenario_t, product.pull_forward), 0.2},
        {"response.person_sd=1", offsetof(scenario_t, response.person_sd), 1},
        {"response.wear_in=0.5", offsetof(scenario_t, response.wear_in), 0.5},
        {"response.wear_out=0.8", offsetof(scenario_t, response.wear_out), 0.8},
        {"response.recovery=7d", offsetof(scenario_t, response.recovery_days), 7},
        {"response.visit_rate=80%", offsetof(scenario_t, response.visit_rate), 0.8},
        {"response.cvr=4%", offsetof(scenario_t, response.cvr), 0.04},
        {"response.view_conversion=0.01%", offsetof(scenario_t, response.view_conversion), 0.0001},
        {"response.delay={fast_share: 30%}", offsetof(scenario_t, response.delay.fast_share), 0.3},
        {"response.learning_noise=0.4", offsetof(scenario_t, response.learning_noise), 0.4},
        {"campaigns.c.ad_sets.a.budget=40%", offsetof(scenario_t, ad_set[0].budget), 400000},
        {"campaigns.c.lifetime_budget=2M", offsetof(scenario_t, ad_set[0].budget), 2000000},
        {"campaigns.c.ad_sets.a.bid_strategy.manual_cpm=6", offsetof(scenario_t, ad_set[0].bid), 6},
        {"campaigns.c.ad_sets.a.frequency_cap.window=1d",
         offsetof(scenario_t, ad_set[0].cap[0].window_days), 1},
        {"campaigns.c.ad_sets.a.creatives.x.ctr=1%", offsetof(scenario_t, creative[0].ctr), 0.01},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loaded_t *l = loaded(reference, &cases[i].set, 1);
        double is = *(const double *)((const char *)loaded_scenario(l) + cases[i].offset);
        if (is != cases[i].expected)
            fail_msg("%s gave %.17g, not %.17g", cases[i].set, is, cases[i].expected);
        loaded_free(l);
    }
    static const char *const whole[] = {"seed=18446744073709551615", "schedule.days=14d",
                                        "population.size=5M", "population.traits.eligible=20%",
                                        "campaigns.c.ad_sets.a.frequency_cap.impressions=4"};
    loaded_t *l = loaded(reference, whole, 5);
    const scenario_t *sc = loaded_scenario(l);
    assert_true(sc->seed == UINT64_MAX);
    assert_int_equal(sc->days, 14);
    assert_true(sc->population->size == 5e6 && sc->population->trait[0].share[0] == 0.2);
    assert_int_equal(sc->ad_set[0].cap[0].impressions, 4);
    loaded_free(l);
}

static void later_options_win(void **state)
{
    (void)state;
    static const char *const set[] = {"product.value=50", "product.value=70"};
    loaded_t *l = loaded(base, set, 2);
    assert_true(loaded_scenario(l)->product.value == 70);
    assert_int_equal(value_of(l, "product.value")->origin, ORIGIN_SET);
    loaded_free(l);
}

static void options_reach_into_presets(void **state)
{
    (void)state;
    static const char *const set[] = {"platforms.facebook.viewability=55%",
                                      "population.existing_customers=4%"};
    loaded_t *l = loaded(quickstart, set, 2);
    assert_true(loaded_scenario(l)->platform[0].viewability == 0.55);
    assert_true(loaded_scenario(l)->population->existing_customers == 0.04);
    loaded_free(l);
}

static void names_may_hold_dots(void **state)
{
    (void)state;
    static const char *const set[] = {"campaigns.c.campaign=v1.2",
                                      "campaigns.v1.2.lifetime_budget=7k",
                                      "campaigns.v1.2.ad_sets.a.budget=10%"};
    loaded_t *l = loaded(base, set, 3);
    assert_true(loaded_scenario(l)->ad_set[0].budget == 700);
    loaded_free(l);
}

static void attribution_and_experiment_reach_the_scenario(void **state)
{
    (void)state;
    static const char *const set[] = {
        "attribution.model=u_shaped",    "attribution.half_life=3d",
        "attribution.first_share=50%",   "attribution.last_share=30%",
        "attribution.channels=platform", "experiment.design=ghost_ads",
        "experiment.holdout=20%",        "experiment.lift=5%",
        "experiment.confidence=90%",     "experiment.power=70%"};
    loaded_t *l = loaded("tests/config/fine/presets.yaml", set, 10);
    const attribution_t *a = &loaded_scenario(l)->attribution;
    assert_int_equal(a->model, CREDIT_POSITION);
    assert_int_equal(a->channels, CHANNEL_PLATFORM);
    assert_true(a->half_life_days == 3 && a->first_share == 0.5 && a->last_share == 0.3);
    const lift_test_t *x = &loaded_scenario(l)->experiment;
    assert_int_equal(x->design, EXPERIMENT_HOLDOUT);
    assert_true(x->holdout == 0.2 && x->lift == 0.05 && x->confidence == 0.9 && x->power == 0.7);
    assert_null(x->by);
    loaded_free(l);
    static const char *const shapley[] = {"attribution.model=data_driven"};
    l = loaded("tests/config/fine/presets.yaml", shapley, 1);
    assert_int_equal(loaded_scenario(l)->attribution.model, CREDIT_SHAPLEY);
    assert_int_equal(loaded_scenario(l)->experiment.design, EXPERIMENT_NONE);
    loaded_free(l);
}

/* Screen names and API names; a kind that is used has all its values, one that is not has none. */
static void kinds_of_conversions_reach_the_scenario(void **state)
{
    (void)state;
    static const char *const set[] = {
        "campaigns.c.objective=OUTCOME_LEADS",
        "campaigns.c.ad_sets.a.optimization_goal=Landing page views",
        "conversions.leads={cvr: 9%, close_rate: 30%, value_sd: 5, delay: none}",
    };
    loaded_t *l = loaded(base, set, 3);
    const scenario_t *sc = loaded_scenario(l);
    assert_int_equal(ad_set_kind(sc, 0), CONVERSION_VISIT);
    assert_int_equal(ad_set_result(sc, 0), RESULT_CONVERSIONS);
    conversion_t lead = scenario_conversion(sc, CONVERSION_LEAD);
    assert_true(lead.cvr == 0.09 && lead.order_share == 0.3 && lead.delay.fast_share == 1);
    assert_true(lead.value == 0.3 * sc->product.value && lead.value_sd == 5);
    assert_int_equal(value_of(l, "conversions.visit.order_share")->origin, ORIGIN_ASSUMPTION);
    loaded_free(l);
    l = loaded(base, set, 1); /* by its objective */
    assert_int_equal(ad_set_kind(loaded_scenario(l), 0), CONVERSION_LEAD);
    assert_true(loaded_scenario(l)->conversion[CONVERSION_LEAD].cvr == 0.0772);
    assert_int_equal(value_of(l, "conversions.lead.cvr")->origin, ORIGIN_DEFAULT);
    loaded_free(l);
    l = loaded(base, NULL, 0);
    assert_int_equal(ad_set_kind(loaded_scenario(l), 0), CONVERSION_PURCHASE);
    size_t n;
    const resolved_t *v = loaded_values(l, &n);
    for (size_t i = 0; i < n; i++) assert_null(strstr(v[i].path, "conversions"));
    loaded_free(l);
}

/* Dates and numbers of days; the flight's ends unless given; a discount may be uncertain. */
static void promotions_reach_the_scenario(void **state)
{
    (void)state;
    static const char *const set[] = {"product.price={promotions: [{promotion: a, discount: {low: "
                                      "10%, high: 30%}, start: 3, days: 2}, "
                                      "{promotion: b, discount: 5%}]}",
                                      "product.price.promotions.b.end=4"};
    loaded_t *l = loaded(base, set, 2);
    const scenario_t *sc = loaded_scenario(l);
    const price_plan_t *p = &sc->product.price;
    assert_int_equal(p->n_promotions, 2);
    assert_true(p->elasticity == -2);
    assert_true(p->promotion[0].first == 2 && p->promotion[0].last == 3);
    assert_true(p->promotion[1].first == 0 && p->promotion[1].last == 3);
    assert_true(p->promotion[1].discount == 0.05);
    const uncertain_t *u = &sc->uncertain[0];
    assert_string_equal(u->path, "product.price.promotions.a.discount");
    assert_true((const char *)sc + u->offset == (const char *)&p->promotion[0].discount);
    loaded_free(l);
}

static void every_value_says_where_it_came_from(void **state)
{
    (void)state;
    static const char *const set[] = {"response.cvr=4%"};
    loaded_t *l = loaded("tests/config/fine/presets.yaml", set, 1);
    const resolved_t *v = value_of(l, "product.value_sd");
    assert_int_equal(v->origin, ORIGIN_GIVEN);
    assert_int_equal(v->line, 4);
    assert_string_equal(v->value, "20");
    assert_int_equal(value_of(l, "response.wear_out")->origin, ORIGIN_ASSUMPTION);
    assert_int_equal(value_of(l, "attribution.observed")->origin, ORIGIN_DEFAULT);
    v = value_of(l, "platforms.own.activity.opportunities_per_day");
    assert_int_equal(v->origin, ORIGIN_PRESET);
    assert_string_equal(v->value, "7");
    assert_string_equal(v->source, "from own (a count of ours)");
    assert_string_equal(value_of(l, "platforms.own.market.cpm")->value, "{low: 8, high: 12}");
    assert_int_equal(value_of(l, "platforms.own.viewability")->origin, ORIGIN_ASSUMPTION);
    assert_string_equal(value_of(l, "response.cvr")->source, "--set");
    loaded_free(l);
}

/* A default's reason is no source of what was given: names, dates and words have none but their line. */
static void what_is_given_in_an_extended_file_says_where(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "name",          "currency", "schedule.start",     "campaigns.c.objective",
        "product.value", "seed",     "platforms.one.hours"};
    loaded_t *l = loaded("tests/config/fine/extended.yaml", NULL, 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const resolved_t *v = value_of(l, keys[i]);
        bool own = !strcmp(keys[i], "currency") || !strcmp(keys[i], "product.value");
        const char *line = strrchr(v->source, ':');
        assert_int_equal(v->origin, ORIGIN_GIVEN);
        assert_non_null(line);
        assert_true(atoi(line + 1) > 0);
        assert_int_equal(!strncmp(v->source, "tests/config/fine/extended.yaml:", 32), own);
        assert_int_equal(v->line > 0, own);
    }
    loaded_free(l);
}

static void uncertain_values_know_their_path_and_range(void **state)
{
    (void)state;
    static const char *const set[] = {
        "campaigns.c.ad_sets.a.creatives=[{creative: v, ctr: {low: 1%, high: 2%}}]"};
    loaded_t *l = loaded(base, set, 1);
    const scenario_t *sc = loaded_scenario(l);
    assert_int_equal(sc->n_uncertain, 2); /* view_conversion is uncertain by default */
    const uncertain_t *u = &sc->uncertain[1];
    assert_string_equal(u->path, "campaigns.c.ad_sets.a.creatives.v.ctr");
    assert_true(u->path_hash == rng_path_hash(u->path));
    assert_int_equal(u->offset, offsetof(scenario_t, creative[0].ctr));
    assert_float_equal(distribution_quantile(u->law, 0.9), 0.02, 1e-12);
    assert_true(u->low == 0 && u->high == 1);
    assert_true(sc->creative[0].ctr == distribution_mean(u->law));
    loaded_free(l);
}

static void markets_and_placements_are_read(void **state)
{
    (void)state;
    enum { SATURDAY = 5, NOVEMBER = 10 };
    loaded_t *l = loaded("tests/config/fine/market.yaml", NULL, 0);
    const scenario_t *sc = loaded_scenario(l);
    const platform_t *p = &sc->platform[0];
    assert_int_equal(p->n_rivals, 2);
    assert_true(p->rival[0].share == 0.75 && p->rival[0].median == 0.6 &&
                p->rival[0].log_sd == 0.4);
    assert_string_equal(p->rival[1].name, "rich");
    const price_calendar_t *log_price = &p->log_price;
    assert_float_equal(log_price->month[NOVEMBER], log(1.24), 1e-15);
    assert_float_equal(log_price->month[NOVEMBER + 1], log(1.14), 1e-15);
    assert_true(log_price->month[0] == 0 && log_price->weekday[SATURDAY - 1] == 0);
    assert_float_equal(log_price->weekday[SATURDAY], log(0.9), 1e-15);
    assert_float_equal(log_price->hour[5], log(0.5), 1e-15);
    assert_true(log_price->hour[6] == 0 && log_price->hour[17] == 0);
    assert_float_equal(log_price->hour[23], log(1.2), 1e-15);
    assert_int_equal(p->auction, AUCTION_FIRST_PRICE);
    assert_int_equal(p->shading, SHADING_NONE);
    assert_int_equal(p->n_placements, 2);
    assert_true(p->placement[0].price == 1.2 && p->placement[0].ctr == 1.1);
    assert_true(isnan(p->placement[0].viewability) && p->placement[1].viewability == 0.6);
    assert_int_equal(sc->ad_set[0].placements, 2);
    assert_int_equal(sc->n_uncertain, 3); /* log_sd, price, view_conversion */
    assert_string_equal(sc->uncertain[0].path, "platforms.one.market.rivals.rich.log_sd");
    assert_string_equal(sc->uncertain[1].path, "platforms.one.placements.stories.price");
    assert_string_equal(value_of(l, "platforms.one.market.by_month")->source, "somewhere");
    loaded_free(l);
    static const char *const set[] = {"campaigns.c.ad_sets.a.placements=automatic",
                                      "platforms.one.market.by_month=flat",
                                      "platforms.one.placements.stories.price=0.7"};
    l = loaded("tests/config/fine/market.yaml", set, 3);
    assert_int_equal(loaded_scenario(l)->ad_set[0].placements, 0);
    assert_true(loaded_scenario(l)->platform[0].log_price.month[NOVEMBER] == 0);
    assert_true(loaded_scenario(l)->platform[0].placement[1].price == 0.7);
    loaded_free(l);
}

/* The specificity of running follows from its own 10 %, that of the buyers from the stated 30 %. */
static void labels_appeals_and_lookalikes_are_read(void **state)
{
    (void)state;
    enum { RUNNING, MUSIC, BUYER, GOLD, SEX = 0, AGE };
    loaded_t *l = loaded("tests/config/fine/labels.yaml", NULL, 0);
    const scenario_t *sc = loaded_scenario(l);
    const labels_t *labels = sc->platform[0].labels;
    assert_non_null(labels);
    assert_null(sc->platform[1].labels);
    assert_float_equal(labels->specificity[RUNNING], 1 - 0.1 * 0.55 * 0.41 / (0.59 * 0.9), 1e-12);
    assert_float_equal(labels->specificity[BUYER], 0.8361985472154964, 1e-12);
    assert_true(labels->sensitivity[MUSIC] == 0.9 && labels->specificity[MUSIC] == 0.95);
    assert_true(labels->sensitivity[GOLD] == 1 && labels->specificity[GOLD] == 1);
    assert_true(labels->accuracy[SEX] == 1 && labels->accuracy[AGE] == 0.9);
    const char *ppv = value_of(l, "platforms.one.labels.interests.ppv")->source;
    assert_string_equal(ppv, "a panel");
    assert_int_equal(sc->n_appeals, 2);
    assert_true(sc->appeal[0].who && sc->appeal[1].who);
    assert_true(sc->appeal[0].order == 2 && sc->appeal[0].organic == 1);
    assert_true(sc->appeal[1].organic == 1.5 && sc->product.affinity == 0.4);
    assert_string_equal(sc->uncertain[0].path, "product.appeal.like-minded.ctr");
    const audience_t *likes = &sc->audience[sc->ad_set[0].audience],
                     *similar = &sc->audience[sc->ad_set[1].audience];
    assert_int_equal(likes->kind, AUDIENCE_LOOKALIKE);
    assert_true(likes->size == 0.02 && likes->correlation == 0.5 && likes->keep_seed);
    assert_true(similar->size == 0.05 && similar->match_rate == 0.6 && !similar->keep_seed);
    /* half of two per cent of a million, of whom 60 % are found */
    assert_float_equal(lookalike_seed(sc, similar, 1), 6000, 1e-6);
    loaded_free(l);
}

/* A platform without the names of its parts. */
static platform_t nameless(const platform_t *p)
{
    platform_t out = *p;
    for (int k = 0; k < out.n_rivals; k++) out.rival[k].name = NULL;
    for (int k = 0; k < out.n_placements; k++) out.placement[k].name = NULL;
    return out;
}

/* base.yaml flies 7 days from Monday 2026-03-02. */
/* Every key of `organic` in its place, and what is usual for a kind, a tier, or nobody in particular. */
static void a_brand_is_read(void **state)
{
    (void)state;
    static const char *const set[] = {
        "organic={accounts: [{platform: one, followers: 12k, reach: 9%, engagement_per_reach: 3%, "
        "comments: 7%, shares: 5%, saves: 4%, arrivals: 6, growth: 3%, churn: 2%, ceiling: 90k, "
        "posts: [{post: reels, kind: video, per_week: 3, hour: 7, reach: 1.2, cost: 40}, "
        "{post: fans, user_made: yes, per_week: 1, engagement: 2}]}], "
        "communities: [{community: food, share: 20%}], "
        "influencers: [{influencer: anna, platform: one, tier: nano, community: food, start: 5, "
        "days: 9, disclosed: no, trust: 2, at_home: 60%}, "
        "{influencer: ben, platform: one, followers: 7k, reach: 11%, engagement: 3%, fee: 90}], "
        "influencer_spread: 0.6, disclosure: 0.7, "
        "every_post: {usual: 4, falloff: 0.2, views_per_reach: 1.5, spread: 0.5, life: 8h, "
        "user_posts: 0.001, user_post_views: 70}, "
        "community_management: {answered: 60%, response_time: 4h, patience: 2d, minutes: 5, "
        "wage: 25}, "
        "word_of_mouth: {share_rate: 0.3%, reproduction: 0.1, dispersion: 0.2, follow_rate: 0.2%, "
        "mentions: 0.002}, "
        "sentiment: {start: 0.1, persistence: 80%, spread: 0.02, praise: 0.03, effect: 0.7}, "
        "crises: {scheduled: [{crisis: recall, day: 3, severity: 0.4}], per_year: 2, "
        "severity: 0.2, severity_sd: 0.5, mentions: 500, branching: 0.4, decay: 0.3, "
        "response: never, calming: 0.6, pause_ads: 2d}, "
        "visit_rate: 1%, customer_odds: 3, discount_rate: 5%}"};
    loaded_t *l = loaded(reference, set, 1);
    const brand_t *b = &loaded_scenario(l)->brand;
    const brand_account_t *a = &b->account[0];
    const post_plan_t *reels = &b->plan[0], *fans = &b->plan[1];
    const influencer_t *anna = &b->influencer[0], *ben = &b->influencer[1];
    struct {
        double is, should;
    } values[] = {
        {b->n_accounts, 1},
        {a->platform, 0},
        {a->followers, 12000},
        {a->reach, 0.09},
        {a->per_reach, 0.03},
        {a->comments, 0.07},
        {a->shares, 0.05},
        {a->saves, 0.04},
        {a->arrivals, 6},
        {a->growth, 0.03},
        {a->churn, 0.02},
        {a->ceiling, 90000},
        {a->n_plans, 2},
        {reels->kind, POST_VIDEO},
        {reels->per_week, 3},
        {reels->hour, 7},
        {reels->reach, 1.2},
        {reels->cost, 40},
        {reels->engagement, 1.07},
        {fans->engagement, 2},
        {fans->user_made, 1},
        {b->n_communities, 2},
        {b->community[0].share, 0.2},
        {b->community[1].share, 0.8},
        {anna->community, 0},
        {anna->first, 4},
        {anna->days, 9},
        {anna->disclosed, 0},
        {anna->trust, 2},
        {anna->at_home, 0.6},
        {anna->followers, 3000},
        {anna->engagement, 0.048},
        {ben->community, 1},
        {ben->first, 0},
        {ben->disclosed, 1},
        {ben->followers, 7000},
        {ben->reach, 0.11},
        {ben->fee, 90},
        {b->influencer_noise, 0.6},
        {b->disclosure, 0.7},
        {b->usual_posts, 4},
        {b->falloff, 0.2},
        {b->views_per_reach, 1.5},
        {b->post_noise, 0.5},
        {b->life_hours, 8},
        {b->user_posts, 0.001},
        {b->user_post_views, 70},
        {b->answered, 0.6},
        {b->response_hours, 4},
        {b->patience_hours, 48},
        {b->answer_minutes, 5},
        {b->wage, 25},
        {b->share_rate, 0.003},
        {b->reproduction, 0.1},
        {b->dispersion, 0.2},
        {b->follow_rate, 0.002},
        {b->mentions, 0.002},
        {b->sentiment.start, 0.1},
        {b->sentiment.persistence, 0.8},
        {b->sentiment.noise, 0.02},
        {b->sentiment.praise, 0.03},
        {b->sentiment.effect, 0.7},
        {b->n_crises, 1},
        {b->crisis[0].day, 2},
        {b->crisis[0].severity, 0.4},
        {b->crises.per_year, 2},
        {b->crises.severity, 0.2},
        {b->crises.severity_sd, 0.5},
        {b->crises.mentions, 500},
        {b->crises.branching, 0.4},
        {b->crises.decay, 0.3},
        {b->crises.calming, 0.6},
        {b->crises.pause_days, 2},
        {b->visit_rate, 0.01},
        {b->customer_odds, 3},
        {b->discount_rate, 0.05},
    };
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        if (fabs(values[k].is - values[k].should) > 1e-12 * fabs(values[k].should))
            fail_msg("value %zu is %g, not %g", k, values[k].is, values[k].should);
    assert_true(isnan(a->per_follower) && isinf(b->crises.response_hours));
    assert_true(reels->hash == rng_path_hash("organic.accounts.one.posts.reels"));
    assert_true(anna->hash == rng_path_hash("organic.influencers.anna"));
    assert_string_equal(value_of(l, "organic.influencers.anna.fee")->source,
                        "nubtle.com 2024, Instagram, by tier");
    loaded_free(l);
}

static void schedules_are_read(void **state)
{
    (void)state;
    static const char *const set[] = {
        "campaigns.c.schedule={start: 2, end: 2026-03-07, pauses: [3, {start: 2026-03-06, days: "
        "1}]}",
        "campaigns.c.ad_sets.a.schedule={start: 2026-03-04, days: 3d, dayparting: [{hours: [8-10, "
        "18:00-23:00], days: [Monday, wed-thu]}, {days: weekends}, {hours: 0-1, days: fri-sat}]}",
        "campaigns.c.ad_sets.a.pacing=front_loaded"};
    loaded_t *l = loaded(base, set, 3);
    const schedule_t *c = &loaded_scenario(l)->campaign[0].schedule,
                     *a = &loaded_scenario(l)->ad_set[0].schedule;
    assert_int_equal(loaded_scenario(l)->ad_set[0].pacing, PACING_FRONT_LOADED);
    assert_int_equal(loaded_scenario(l)->days, 7);
    assert_true(c->first_day == 1 && c->end_day == 6 && c->n_pauses == 2);
    assert_true(c->pause[0].first == 2 && c->pause[0].last == 2 && c->pause[1].first == 4 &&
                c->pause[1].last == 4 && c->silent[0] == 0);
    assert_true(a->first_day == 2 && a->end_day == 5 && a->n_pauses == 0);
    const uint32_t parts = 0x7c0300;
    const uint32_t run[WEEKDAYS] = {parts, 0, parts, parts, 1, ALL_HOURS, ALL_HOURS};
    for (int d = 0; d < WEEKDAYS; d++) assert_int_equal(a->silent[d], ALL_HOURS & ~run[d]);
    loaded_free(l);
}

static void money_of_days_is_read(void **state)
{
    (void)state;
    static const char *const of_campaign[] = {
        "campaigns=[{campaign: c, daily_budget: 100, schedule: {pauses: 2}, ad_sets: [{ad_set: a, "
        "platform: one, audience: eligible, budget: 30%}, {ad_set: b, platform: one, audience: "
        "eligible, schedule: {end: 3}}]}]"};
    loaded_t *l = loaded(base, of_campaign, 1);
    const scenario_t *sc = loaded_scenario(l);
    const ad_set_t *a = &sc->ad_set[0], *b = &sc->ad_set[1];
    assert_true(a->daily.given && a->daily.amount == 30 && a->daily.overspend == 0.75);
    assert_true(b->daily.given && b->daily.amount == 70 && b->daily.overspend == 0.75);
    assert_true(a->budget == 6 * 30 && b->budget == 2 * 70); /* the days on which they run */
    assert_true(sc->campaign[0].lifetime_budget == 600 && !sc->campaign[0].shares_budget);
    loaded_free(l);
    static const char *const of_ad_sets[] = {
        "campaigns=[{campaign: c, ad_sets: [{ad_set: a, platform: one, audience: eligible, "
        "daily_budget: 30, daily_overspend: 20%}, {ad_set: b, platform: one, audience: eligible, "
        "lifetime_budget: 500}]}]"};
    l = loaded(base, of_ad_sets, 1);
    sc = loaded_scenario(l);
    assert_true(sc->ad_set[0].daily.given && sc->ad_set[0].daily.overspend == 0.2);
    assert_true(sc->ad_set[0].budget == 210 && sc->ad_set[1].budget == 500);
    assert_true(!sc->ad_set[1].daily.given && sc->campaign[0].lifetime_budget == 710);
    loaded_free(l);
}

static void a_campaign_may_share_its_budget(void **state)
{
    (void)state;
    static const char *const set[] = {
        "campaigns=[{campaign: c, lifetime_budget: 1000, budget_mode: Advantage campaign budget, "
        "pacing: front_loaded, ad_sets: [{ad_set: a, platform: one, audience: eligible, min_spend: "
        "30%, spend_cap: 600}, {ad_set: b, platform: one, audience: eligible}]}]"};
    loaded_t *l = loaded(base, set, 1);
    const scenario_t *sc = loaded_scenario(l);
    assert_true(sc->campaign[0].shares_budget && pacing_of(sc, 1) == PACING_FRONT_LOADED);
    assert_true(sc->ad_set[0].min_spend == 300 && sc->ad_set[0].spend_cap == 600);
    assert_true(sc->ad_set[1].min_spend == 0 && sc->ad_set[1].spend_cap == 0);
    assert_true(sc->ad_set[0].budget == 500 && sc->ad_set[1].budget == 500);
    loaded_free(l);
}

static void the_flight_ends_with_its_last_day(void **state)
{
    (void)state;
    static const char *const set[] = {"schedule={start: 2026-02-27, end: 2026-03-02}"};
    loaded_t *l = loaded(base, set, 1);
    assert_int_equal(loaded_scenario(l)->days, 4);
    assert_string_equal(value_of(l, "schedule.end")->value, "2026-03-02");
    loaded_free(l);
}

/* The numbers of two scenarios; texts are pointers and differ. */
static void scenarios_equal(const scenario_t *a, const scenario_t *b)
{
    assert_int_equal(a->n_uncertain, b->n_uncertain);
    for (int i = 0; i < a->n_uncertain; i++) {
        const uncertain_t *u = &a->uncertain[i], *v = &b->uncertain[i];
        assert_int_equal(u->offset, v->offset);
        assert_memory_equal(&u->law, &v->law, sizeof u->law);
        assert_string_equal(u->path, v->path);
    }
    assert_memory_equal(&a->product, &b->product, sizeof a->product);
    assert_int_equal(a->n_appeals, b->n_appeals);
    for (int k = 0; k < a->n_appeals; k++)
        assert_memory_equal(&a->appeal[k].click, &b->appeal[k].click, 3 * sizeof(double));
    assert_memory_equal(&a->response, &b->response, sizeof a->response);
    assert_memory_equal(&a->attribution, &b->attribution, sizeof a->attribution);
    for (int p = 0; p < a->n_platforms; p++) {
        size_t from = offsetof(platform_t, users);
        platform_t of_a = nameless(&a->platform[p]), of_b = nameless(&b->platform[p]);
        assert_memory_equal((const char *)&of_a + from, (const char *)&of_b + from,
                            offsetof(platform_t, labels) - from);
        assert_int_equal(!a->platform[p].labels, !b->platform[p].labels);
        if (a->platform[p].labels)
            assert_memory_equal(a->platform[p].labels, b->platform[p].labels, sizeof(labels_t));
    }
    for (int s = 0; s < a->n_ad_sets; s++) {
        assert_true(a->ad_set[s].hash == b->ad_set[s].hash);
        assert_true(a->ad_set[s].budget == b->ad_set[s].budget);
        assert_int_equal(a->ad_set[s].audience, b->ad_set[s].audience);
        assert_int_equal(a->ad_set[s].placements, b->ad_set[s].placements);
        assert_memory_equal(&a->ad_set[s].daily, &b->ad_set[s].daily, sizeof(daily_budget_t));
        assert_true(a->ad_set[s].min_spend == b->ad_set[s].min_spend);
        assert_memory_equal(&a->ad_set[s].schedule, &b->ad_set[s].schedule, sizeof(schedule_t));
        assert_memory_equal(&a->ad_set[s].cap, &b->ad_set[s].cap, sizeof a->ad_set[s].cap);
    }
    for (int k = 0; k < a->n_creatives; k++)
        assert_memory_equal(&a->creative[k].ctr, &b->creative[k].ctr, sizeof a->creative[k].ctr);
    assert_true(a->seed == b->seed && a->days == b->days && a->people == b->people);
    assert_true(a->population->size == b->population->size);
    assert_true(a->replications == b->replications && a->interval == b->interval);
}

static char *resolved_text(const loaded_t *l)
{
    char *text = NULL;
    size_t length;
    error_t err = {""};
    FILE *f = open_memstream(&text, &length);
    assert_int_equal(loaded_write_resolved(l, f, &err), OK);
    fclose(f);
    return text;
}

/* Without the comments: their line numbers differ. */
static void comments_cut(char *text)
{
    char *to = text;
    for (const char *s = text; *s;) {
        const char *comment = strstr(s, "  # "), *end = strchr(s, '\n');
        const char *stop = comment && comment < end ? comment : end;
        memmove(to, s, (size_t)(stop - s));
        to += stop - s;
        *to++ = '\n';
        s = end + 1;
    }
    *to = '\0';
}

static void resolved_loads_to_the_same_values(void **state)
{
    (void)state;
    static const char *const paths[] = {reference,
                                        quickstart,
                                        base,
                                        "configs/reference/golden-paced.yaml",
                                        "tests/config/fine/labels.yaml",
                                        "tests/config/fine/market.yaml",
                                        "tests/config/fine/schedules.yaml",
                                        "tests/config/fine/budgets.yaml"};
    static const char *const set[] = {
        "product.organic_rate={new: {low: 0.1%, high: 0.3%}, existing: 5%, per: 30d}",
        "name=\"a: b # c\""};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        loaded_t *l = loaded(paths[i], set, i ? 2 : 0);
        char *text = resolved_text(l);
        char path[] = "/tmp/adsim-resolved-XXXXXX";
        int handle = mkstemp(path);
        assert_true(handle >= 0);
        close(handle);
        file_write(path, text);
        loaded_t *again = loaded(path, NULL, 0);
        unlink(path);
        scenarios_equal(loaded_scenario(l), loaded_scenario(again));
        char *text_again = resolved_text(again);
        comments_cut(text);
        comments_cut(text_again);
        assert_string_equal(text, text_again);
        free(text);
        free(text_again);
        loaded_free(again);
        loaded_free(l);
    }
}

static void words_of_ads_managers_are_understood(void **state)
{
    (void)state;
    static const char *const set[] = {"campaigns.c.ad_sets.a.bid_strategy=LOWEST_COST_WITHOUT_CAP",
                                      "campaigns.c.ad_sets.a.pacing=standard",
                                      "campaigns.c.objective=OUTCOME_TRAFFIC"};
    loaded_t *l = loaded(base, set, 3);
    assert_int_equal(loaded_scenario(l)->ad_set[0].strategy, BID_LOWEST_COST);
    assert_int_equal(loaded_scenario(l)->campaign[0].objective, OBJECTIVE_TRAFFIC);
    assert_string_equal(value_of(l, "campaigns.c.ad_sets.a.pacing")->value, "even");
    char *text = resolved_text(l);
    assert_non_null(strstr(text, "bid_strategy: lowest_cost  # --set, \"Highest volume\""));
    free(text);
    loaded_free(l);
}

/* The API's name, the screen's, and those of other ads managers. */
static void strategies_are_understood_by_any_of_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        bid_strategy_t strategy;
        const char *label;
    } cases[] = {
        {"Highest volume", BID_LOWEST_COST, "Highest volume"},
        {"MAXIMIZE_CONVERSIONS", BID_LOWEST_COST, "Highest volume"},
        {"Highest value", BID_HIGHEST_VALUE, "Highest value"},
        {"MAXIMIZE_CONVERSION_VALUE", BID_HIGHEST_VALUE, "Highest value"},
        {"{Bid cap: 2}", BID_CAP, "Bid cap"},
        {"{LOWEST_COST_WITH_BID_CAP: 2}", BID_CAP, "Bid cap"},
        {"{Cost per result goal: 2}", BID_COST_CAP, "Cost per result goal"},
        {"{COST_CAP: 2}", BID_COST_CAP, "Cost per result goal"},
        {"{target_cpa: 2}", BID_COST_CAP, "Cost per result goal"},
        {"{ROAS goal: 2}", BID_MIN_ROAS, "ROAS goal"},
        {"{LOWEST_COST_WITH_MIN_ROAS: 2}", BID_MIN_ROAS, "ROAS goal"},
        {"{target_roas: 200%}", BID_MIN_ROAS, "ROAS goal"},
        {"{manual_cpc: 2}", BID_MANUAL_CPC, "Manual CPC"},
        {"{MANUAL_CPM: 2}", BID_MANUAL_CPM, "Manual CPM"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char set[120];
        snprintf(set, sizeof set, "campaigns.c.ad_sets.a.bid_strategy=%s", cases[i].written);
        const char *const sets[] = {set};
        loaded_t *l = loaded(base, sets, 1);
        const ad_set_t *a = &loaded_scenario(l)->ad_set[0];
        assert_int_equal(a->strategy, cases[i].strategy);
        if (*cases[i].written == '{') assert_true(a->bid == 2);
        char *text = resolved_text(l);
        assert_non_null(strstr(text, cases[i].label));
        free(text);
        loaded_free(l);
    }
}

static void ad_sets_without_a_budget_share_what_is_left(void **state)
{
    (void)state;
    static const char *const set[] = {
        "campaigns.c.ad_sets=[{ad_set: a, platform: one, audience: eligible, budget: 20%}, "
        "{ad_set: b, platform: one, audience: everyone}, "
        "{ad_set: d, platform: one, audience: not eligible}]"};
    loaded_t *l = loaded(base, set, 1);
    const scenario_t *sc = loaded_scenario(l);
    assert_true(sc->ad_set[0].budget == 1000);
    assert_true(sc->ad_set[1].budget == 2000 && sc->ad_set[2].budget == 2000);
    assert_int_equal(sc->n_audiences, 3); /* two were written into their ad sets */
    loaded_free(l);
}

static void what_is_not_there_cannot_be_read(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    loaded_t *l = NULL;
    assert_int_equal(scenario_load("nowhere.yaml", NULL, d, &l, &err), ERR_UNREADABLE);
    assert_string_equal(err.text, "cannot read 'nowhere.yaml'");
    assert_int_equal(scenario_load("configs", NULL, d, &l, &err), ERR_UNREADABLE);
    diagnostics_free(d);
}

static void a_changed_preset_stands_in_resolved_itself(void **state)
{
    (void)state;
    static const char *const set[] = {"population.existing_customers=4%"};
    loaded_t *plain = loaded(quickstart, NULL, 0), *changed = loaded(quickstart, set, 1);
    assert_string_equal(value_of(plain, "population")->value, "us-adults");
    assert_non_null(strstr(value_of(changed, "population")->value, "existing_customers: 4%"));
    loaded_free(plain);
    loaded_free(changed);
}

static void blocks_of_other_commands_are_noticed(void **state)
{
    (void)state;
    static const char *const set[] = {"sweep={design: grid}"};
    load_options_t options = {.set = set, .n_set = 1, .data_dir = "configs"};
    diagnostics_t *d = diagnostics_new();
    loaded_t *l = NULL;
    error_t err = {""};
    assert_int_equal(scenario_load(base, &options, d, &l, &err), OK);
    assert_int_equal(diagnostics_warnings(d), 1);
    loaded_free(l);
    diagnostics_free(d);
}

static void too_many_things_are_refused(void **state)
{
    (void)state;
    char *set = malloc(20000), *to = set;
    to += sprintf(to, "campaigns.c.ad_sets=[");
    for (int i = 0; i < 65; i++)
        to += sprintf(to, "{ad_set: a%d, platform: one, audience: eligible, budget: 1%%}, ", i);
    strcpy(to, "]");
    const char *const sets[] = {set};
    char *text = refused(base, sets, 1);
    assert_non_null(strstr(text, "more than 64 ad_sets"));
    free(text);
    free(set);
}

static char *explained(const char *key, bool *known, const char **nearest)
{
    char *text = NULL;
    size_t length;
    FILE *f = open_memstream(&text, &length);
    *known = explain_key(key, f, nearest);
    fclose(f);
    return text;
}

static void keys_explain_themselves(void **state)
{
    (void)state;
    bool known;
    const char *nearest;
    char *text = explained("product.margin", &known, &nearest);
    assert_true(known);
    assert_non_null(strstr(text, "range     0% to 100% of revenue"));
    assert_non_null(strstr(text, "default   50% (Lewis & Rao"));
    free(text);
    free(explained("marign", &known, &nearest));
    assert_false(known);
    assert_string_equal(nearest, "margin");
    text = explained("ad_group", &known, &nearest);
    assert_true(known && !strncmp(text, "campaigns.ad_sets.ad_set\n", 25));
    free(text);
}

static void values_without_effect_are_not_listed(void **state)
{
    (void)state;
    loaded_t *l = loaded(base, NULL, 0); /* it gives opportunities_per_day */
    size_t n;
    const resolved_t *v = loaded_values(l, &n);
    for (size_t i = 0; i < n; i++) assert_null(strstr(v[i].path, "ad_load"));
    loaded_free(l);
}

static void options_are_text(void **state)
{
    (void)state;
    static const char *const set[] = {"population.traits.eli\xff\xffgible=0", "name=a\x1b[31m",
                                      "product.va\x07lue=3"};
    char *text = refused(base, set, 3);
    assert_non_null(strstr(text, "--set:1:22: error: byte 0xff is not UTF-8 text"));
    assert_non_null(strstr(text, "--set:1:7: error: control character U+001B is not allowed"));
    assert_non_null(strstr(text, "--set:1:11: error: control character U+0007 is not allowed"));
    free(text);
}

/* The part of the schema at "a.b.c". */
static json_t *schema_part(json_t *schema, const char *path)
{
    char steps[200];
    snprintf(steps, sizeof steps, "%s", path);
    for (char *step = strtok(steps, "."); step && schema; step = strtok(NULL, "."))
        schema = json_object_get(schema, step);
    return schema;
}

static void the_schema_knows_every_key(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    error_t err = {""};
    FILE *f = open_memstream(&text, &length);
    assert_int_equal(schema_write(f, &err), OK);
    fclose(f);
    json_t *schema = json_loads(text, 0, NULL);
    assert_non_null(schema);
    assert_string_equal(json_string_value(json_object_get(schema, "$schema")),
                        "http://json-schema.org/draft-07/schema#");
    static const char *const paths[] = {
        "properties.campaigns.items.properties.ad_sets.items.properties.creatives.items",
        "properties.product.properties.costs.properties.fees",
        "properties.campaigns.items.properties.ad_groups.items.properties.ad_group",
        "definitions.share_or_law",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (!schema_part(schema, paths[i])) fail_msg("the schema has no %s", paths[i]);
    assert_null(schema_part(schema, "properties.campaigns.items.properties.holdout_percentage"));
    assert_true(json_is_false(schema_part(schema, "additionalProperties")));
    json_decref(schema);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_scenario_loads_as_written),
        cmocka_unit_test(every_number_can_be_set),
        cmocka_unit_test(later_options_win),
        cmocka_unit_test(options_reach_into_presets),
        cmocka_unit_test(names_may_hold_dots),
        cmocka_unit_test(attribution_and_experiment_reach_the_scenario),
        cmocka_unit_test(kinds_of_conversions_reach_the_scenario),
        cmocka_unit_test(promotions_reach_the_scenario),
        cmocka_unit_test(every_value_says_where_it_came_from),
        cmocka_unit_test(what_is_given_in_an_extended_file_says_where),
        cmocka_unit_test(uncertain_values_know_their_path_and_range),
        cmocka_unit_test(labels_appeals_and_lookalikes_are_read),
        cmocka_unit_test(markets_and_placements_are_read),
        cmocka_unit_test(a_brand_is_read),
        cmocka_unit_test(schedules_are_read),
        cmocka_unit_test(money_of_days_is_read),
        cmocka_unit_test(a_campaign_may_share_its_budget),
        cmocka_unit_test(the_flight_ends_with_its_last_day),
        cmocka_unit_test(resolved_loads_to_the_same_values),
        cmocka_unit_test(words_of_ads_managers_are_understood),
        cmocka_unit_test(strategies_are_understood_by_any_of_their_names),
        cmocka_unit_test(ad_sets_without_a_budget_share_what_is_left),
        cmocka_unit_test(what_is_not_there_cannot_be_read),
        cmocka_unit_test(a_changed_preset_stands_in_resolved_itself),
        cmocka_unit_test(blocks_of_other_commands_are_noticed),
        cmocka_unit_test(too_many_things_are_refused),
        cmocka_unit_test(values_without_effect_are_not_listed),
        cmocka_unit_test(options_are_text),
        cmocka_unit_test(keys_explain_themselves),
        cmocka_unit_test(the_schema_knows_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
