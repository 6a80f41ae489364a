/* scenario.c -- draws of the uncertain values, and how many people a plan needs. */
#include "sim/scenario/scenario.h"
#include "models/audience/size.h"
#include "models/base/date.h"
#include "models/base/maths.h"
#include "models/base/sobol.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double *value_at(scenario_t *sc, const uncertain_t *u)
{
    return (double *)((char *)sc + u->offset);
}

/* ---- goals, results, kinds of conversions ---- */

goal_t ad_set_goal(const scenario_t *sc, int ad_set)
{
    static const goal_t of_objective[] = {[OBJECTIVE_AWARENESS] = GOAL_IMPRESSIONS,
                                          [OBJECTIVE_TRAFFIC] = GOAL_LINK_CLICKS,
                                          [OBJECTIVE_SALES] = GOAL_PURCHASES,
                                          [OBJECTIVE_LEADS] = GOAL_LEADS,
                                          [OBJECTIVE_APP_PROMOTION] = GOAL_APP_INSTALLS};
    const ad_set_t *s = &sc->ad_set[ad_set];
    return s->goal ? s->goal : of_objective[sc->campaign[s->campaign].objective];
}

result_t ad_set_goal_result(const scenario_t *sc, int ad_set)
{
    goal_t goal = ad_set_goal(sc, ad_set);
    return goal == GOAL_IMPRESSIONS   ? RESULT_IMPRESSIONS
           : goal == GOAL_LINK_CLICKS ? RESULT_CLICKS
                                      : RESULT_CONVERSIONS;
}

result_t ad_set_result(const scenario_t *sc, int ad_set)
{
    const ad_set_t *s = &sc->ad_set[ad_set];
    if (is_reserved(s)) return RESULT_IMPRESSIONS;
    return s->strategy == BID_MANUAL_CPC ? RESULT_CLICKS : ad_set_goal_result(sc, ad_set);
}

conversion_kind_t ad_set_kind(const scenario_t *sc, int ad_set)
{
    switch (ad_set_goal(sc, ad_set)) {
    case GOAL_LANDING_PAGE_VIEWS: return CONVERSION_VISIT;
    case GOAL_LEADS: return CONVERSION_LEAD;
    case GOAL_APP_INSTALLS: return CONVERSION_INSTALL;
    case GOAL_PURCHASES: return CONVERSION_PURCHASE;
    default: break;
    }
    switch (sc->campaign[sc->ad_set[ad_set].campaign].objective) {
    case OBJECTIVE_LEADS: return CONVERSION_LEAD;
    case OBJECTIVE_APP_PROMOTION: return CONVERSION_INSTALL;
    default: return CONVERSION_PURCHASE;
    }
}

unsigned ad_sets_kinds(const scenario_t *sc, uint64_t ad_sets)
{
    unsigned kinds = 0;
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (ad_sets >> a & 1) kinds |= 1u << ad_set_kind(sc, a);
    return kinds ? kinds : 1u << CONVERSION_PURCHASE;
}

conversion_t scenario_conversion(const scenario_t *sc, conversion_kind_t kind)
{
    return conversion_of(kind, &sc->conversion[kind], &sc->response, &sc->product);
}

const char *conversion_word(conversion_kind_t kind)
{
    static const char *const word[CONVERSION_KINDS] = {[CONVERSION_PURCHASE] = "purchases",
                                                       [CONVERSION_LEAD] = "leads",
                                                       [CONVERSION_INSTALL] = "app installs",
                                                       [CONVERSION_VISIT] = "site visits"};
    return word[kind];
}

double value_unit(const scenario_t *sc)
{
    double highest = 0;
    unsigned kinds = ad_sets_kinds(sc, ~0ull);
    for (int k = 0; k < CONVERSION_KINDS; k++)
        if (kinds >> k & 1)
            highest = fmax(highest, scenario_conversion(sc, (conversion_kind_t)k).value);
    return highest;
}

double creative_cvr(const scenario_t *sc, const ad_set_t *ad_set, int creative)
{
    conversion_kind_t kind = ad_set_kind(sc, (int)(ad_set - sc->ad_set));
    if (kind == CONVERSION_VISIT) return 1;
    if (!isnan(sc->creative[creative].cvr)) return sc->creative[creative].cvr;
    if (!isnan(ad_set->cvr)) return ad_set->cvr;
    return kind == CONVERSION_PURCHASE ? sc->response.cvr : sc->conversion[kind].cvr;
}

bool value_is_estimated(const scenario_t *sc, int ad_set)
{
    return sc->ad_set[ad_set].strategy != BID_MANUAL_CPM &&
           ad_set_result(sc, ad_set) != RESULT_IMPRESSIONS;
}

bool scenario_can_stream(const scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->audience[sc->ad_set[a].audience].kind == AUDIENCE_LOOKALIKE) return false;
    return true;
}

static int channel_named(const scenario_t *sc, int ad_set)
{
    switch (sc->attribution.channels) {
    case CHANNEL_CAMPAIGN: return sc->ad_set[ad_set].campaign;
    case CHANNEL_PLATFORM: return sc->ad_set[ad_set].platform;
    default: return ad_set;
    }
}

int attribution_channel(const scenario_t *sc, int ad_set)
{
    uint64_t met = 0;
    int channel = 0;
    for (int a = 0; channel_named(sc, a) != channel_named(sc, ad_set); a++) {
        channel += !(met >> channel_named(sc, a) & 1);
        met |= 1ull << channel_named(sc, a);
    }
    return channel;
}

int attribution_channels(const scenario_t *sc)
{
    int most = -1;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        int channel = attribution_channel(sc, a);
        if (channel > most) most = channel;
    }
    return most + 1;
}

int experiment_regions(const scenario_t *sc)
{
    if (sc->experiment.by) return population_attribute(sc->population, sc->experiment.by);
    int state = population_attribute(sc->population, "state");
    return state >= 0 ? state : population_attribute(sc->population, "region");
}

int flight_weekday(const scenario_t *sc)
{
    return date_weekday(date_day(date_parse(sc->start)));
}

int ad_set_days_in(const scenario_t *sc, int ad_set, days_t days)
{
    const ad_set_t *s = &sc->ad_set[ad_set];
    return schedule_days(&s->schedule, &sc->campaign[s->campaign].schedule, flight_weekday(sc),
                         days);
}

int ad_set_days(const scenario_t *sc, int ad_set)
{
    return ad_set_days_in(sc, ad_set, (days_t){0, sc->days - 1});
}

int campaign_days(const scenario_t *sc, int campaign)
{
    const campaign_t *c = &sc->campaign[campaign];
    int n = 0, weekday = flight_weekday(sc);
    for (int day = 0; day < sc->days; day++) {
        bool runs = false;
        for (int a = c->first_ad_set; a < c->first_ad_set + c->n_ad_sets; a++)
            runs |= schedule_runs_on(&sc->ad_set[a].schedule, &c->schedule, weekday, day);
        n += runs;
    }
    return n;
}

pacing_t pacing_of(const scenario_t *sc, int ad_set)
{
    const ad_set_t *s = &sc->ad_set[ad_set];
    const campaign_t *c = &sc->campaign[s->campaign];
    return c->shares_budget ? c->pacing : s->pacing;
}

double appeal_factor(const scenario_t *sc, unsigned appeals, appeal_of_t of)
{
    double factor = 1;
    for (int k = 0; k < sc->n_appeals; k++) {
        const appeal_t *a = &sc->appeal[k];
        if (appeals >> k & 1)
            factor *= of == APPEAL_CLICK ? a->click : of == APPEAL_ORDER ? a->order : a->organic;
    }
    return factor;
}

double creative_appeal(const scenario_t *sc, int creative, unsigned appeals, appeal_of_t of)
{
    double factor = appeal_factor(sc, appeals, of);
    for (int k = 0; k < sc->n_fits; k++) {
        const creative_fit_t *f = &sc->fit[k];
        if (f->creative == creative && appeals >> f->appeal & 1)
            factor *= of == APPEAL_CLICK ? f->click : of == APPEAL_ORDER ? f->order : 1;
    }
    return factor;
}

/* Users of a platform of the population's table, who may be asked to be customers too; NAN where it stands in
 * none. */
static status_t people_using(const population_spec_t *spec, const char *platform, bool customers,
                             double *people, error_t *err)
{
    char text[512];
    expression_t *e = NULL;
    expression_fault_t fault;
    char quote = strchr(platform, '"') ? '\'' : '"';
    *people = NAN;
    snprintf(text, sizeof text, "%suses %c%s%c", customers ? "customers and " : "", quote, platform,
             quote);
    status_t st = expression_compile(text, spec, NULL, &e, &fault, err);
    if (st == OK) st = audience_size_exact(e, spec, people, err);
    expression_free(e);
    return st == ERR_MEMORY ? st : OK;
}

status_t scenario_platform_users(const scenario_t *sc, int platform, double *users, error_t *err)
{
    const population_spec_t *spec = sc->population;
    const platform_t *p = &sc->platform[platform];
    status_t st = OK;
    *users = spec->size * p->users;
    if (isnan(p->users)) st = people_using(spec, p->name, false, users, err);
    if (isnan(*users)) *users = spec->size;
    return st;
}

double lookalike_seed(const scenario_t *sc, const audience_t *audience, int platform)
{
    const population_spec_t *spec = sc->population;
    const platform_t *p = &sc->platform[platform];
    double customers = spec->size * spec->existing_customers * p->users;
    error_t err;
    if (isnan(p->users)) people_using(spec, p->name, true, &customers, &err);
    return customers * audience->match_rate;
}

double scenario_share(const scenario_t *base, int uncertain, uint32_t pair)
{
    return latin_sequence_unit(rng_key(base->seed), base->uncertain[uncertain].path_hash, pair);
}

/* The loader refuses laws that leave their key's range but for far tails. */
double uncertain_quantile(const uncertain_t *u, double share)
{
    return fmin(fmax(distribution_quantile(u->law, share), u->low), u->high);
}

void scenario_draw(const scenario_t *base, uint32_t pair, scenario_t *out)
{
    memcpy(out, base, sizeof *out);
    for (int k = 0; k < base->n_uncertain; k++) {
        const uncertain_t *u = &base->uncertain[k];
        *value_at(out, u) = uncertain_quantile(u, scenario_share(base, k, pair));
    }
}

void scenario_at_means(const scenario_t *base, scenario_t *out)
{
    memcpy(out, base, sizeof *out);
    for (int k = 0; k < base->n_uncertain; k++)
        *value_at(out, &base->uncertain[k]) = distribution_mean(base->uncertain[k].law);
}

/* ---- people: auto (MODEL 9.7) ---- */

/* With 1,000 impressions a replication wins are 0.25 % below the closed form, most of it the rest of the budget
 * that the next impression does not fit into. */
static const double IMPRESSIONS_LEAST = 1000, LIST_LEAST = 200;

/* What a thousand impressions of the ad set may cost. */
static double likely_cpm(const scenario_t *sc, const ad_set_t *s)
{
    const platform_t *p = &sc->platform[s->platform];
    if (is_reserved(s)) return s->fixed_cpm;
    if (!isnan(p->cpm)) return p->cpm;
    return s->strategy == BID_MANUAL_CPM ? fmin(s->bid, p->rival_median_cpm) : p->rival_median_cpm;
}

/* What is charged by outcome comes in lumps: with 200 of them some 2 % of a budget stays unspent. */
static const double CHARGES_LEAST = 200;

/* Of several creatives, were it the one that brings the fewest charges. */
static double impressions_least(const scenario_t *sc, const ad_set_t *s)
{
    if (s->billing == BILLED_IMPRESSIONS) return IMPRESSIONS_LEAST;
    double fewest = INFINITY;
    for (int c = s->first_creative; c < s->first_creative + s->n_creatives; c++) {
        double ctr =
            isnan(sc->creative[c].ctr) ? sc->platform[s->platform].ctr : sc->creative[c].ctr;
        double orders = sc->response.visit_rate * creative_cvr(sc, s, c);
        fewest = fmin(fewest, ctr * (s->billing == BILLED_CONVERSIONS ? orders : 1));
    }
    return fmax(IMPRESSIONS_LEAST, CHARGES_LEAST / fewest);
}

double scenario_people_auto(const scenario_t *base, char why[160])
{
    scenario_t means;
    scenario_at_means(base, &means);
    const scenario_t *sc = &means;
    double size = sc->population->size, people = fmin(size, 20000);
    if (why) snprintf(why, 160, "the least that adsim simulates");
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *s = &sc->ad_set[a];
        double impressions = 1000 * s->budget / likely_cpm(sc, s);
        double least = impressions_least(sc, s), needed = size * least / impressions;
        if (needed > people && impressions > 0) {
            people = needed;
            if (why)
                snprintf(why, 160,
                         least > IMPRESSIONS_LEAST ? "%s needs 200 charges a replication"
                                                   : "%s needs 1,000 impressions a replication",
                         s->name);
        }
        const audience_t *audience = &sc->audience[s->audience];
        if (audience->kind != AUDIENCE_LIST) continue;
        needed = LIST_LEAST / (sc->population->existing_customers * audience->match_rate);
        if (needed > people) {
            people = needed;
            if (why) snprintf(why, 160, "the list behind %s needs 200 people", s->name);
        }
    }
    return fmin(ceil(people), size);
}
