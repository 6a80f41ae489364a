/* estimate.c -- means, errors and predictive draws of every column (MODEL 5.1, 5.2). */
#include "sim/metrics/estimate.h"

#include "models/base/maths.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = JACKKNIFE_GROUPS };

/* An ad set that spends this share of its budget is held by it. */
static const double BUDGET_BINDS = 0.97;

/* One predictive draw's luck, the same for all columns: whose parameters, whose luck with which sign. */
typedef struct {
    uint32_t parameters, luck;
    double sign;
} draw_t;

/* A form in every replication, with its mean and what moves it. */
typedef struct {
    double *value; /* 2 pairs, real units */
    double mean,
        plain; /* as the values drawn tell it (explained.h), and of the replications as they are */
    double group[GROUPS]; /* change of the mean when a group of people is left out */
    double low, high;     /* what a realised value cannot pass */
} series_t;

struct estimator {
    const evidence_t *evidence;
    explained_t *explained; /* of what pairs differ by, what the values drawn tell */
    size_t n_draws;
    draw_t *draw;
    noise_t *noise;       /* of each draw */
    double *mean, *plain; /* [row][QUANTITIES]: real units */
    double *group;        /* [row][QUANTITIES][GROUPS]: change when left out, at constant spend */
    series_t numerator, denominator;
    double *linear;      /* 2 pairs: (numerator - ratio x denominator) / mean denominator */
    double *drawn;       /* n_draws: realised values, NAN = none */
    double *influence;   /* pairs: what each adds to a chance, times how many they are */
    double *pair[2];     /* pairs: means of each, scratch */
    form_t above, below; /* of a column with results, once it is known what these are */
};

bool pairs_share_chance(const scenario_t *sc)
{
    return sc->n_uncertain > 0 || sc->response.learning_noise > 0 || brand_acts(&sc->brand);
}

/* --- quantities: means, and changes when a group is left out --------------------------------- */

static double *quantity_groups(const estimator_t *e, int scope, quantity_t q)
{
    return &e->group[((size_t)scope * QUANTITIES + q) * GROUPS];
}

double estimator_quantity(const estimator_t *e, int scope, quantity_t q)
{
    return e->mean[(size_t)scope * QUANTITIES + q];
}

double estimator_table_factor(const estimator_t *e, int scope, quantity_t q)
{
    double mean = estimator_quantity(e, scope, q), plain = e->plain[(size_t)scope * QUANTITIES + q];
    return mean == plain ? 1 : mean / plain;
}

/* What the values drawn tell that the plain mean of a series, one value a replication, is short of its mean. */
static double shift_of(const estimator_t *e, const double *value)
{
    if (!explained_values(e->explained)) return 0;
    for (size_t j = 0; j < e->evidence->pairs; j++) e->pair[0][j] = pair_mean(value, j);
    return explained_shift(e->explained, e->pair[0]);
}

static void find_means(estimator_t *e)
{
    const evidence_t *v = e->evidence;
    size_t scopes = (size_t)scopes_rows(v->scopes), replications = 2 * v->pairs;
    for (size_t scope = 0; scope < scopes; scope++)
        for (int q = 0; q < QUANTITIES; q++) {
            double sum = 0, weight = q == QUANTITY_ONE ? 1 : v->weight;
            for (size_t r = 0; r < replications; r++) {
                e->linear[r] =
                    quantity_value((quantity_t)q, &v->value[(r * scopes + scope) * COUNTS]);
                sum += e->linear[r];
            }
            double plain = weight * sum / (double)replications;
            e->plain[scope * QUANTITIES + q] = plain;
            e->mean[scope * QUANTITIES + q] = plain + weight * shift_of(e, e->linear);
        }
}

/* Change of quantity q when group g is left out and the rest is scaled up to all people. */
static double left_out(const estimator_t *e, int scope, quantity_t q, int g)
{
    const evidence_t *v = e->evidence;
    const quantity_row_t *row = &quantity_rows[q];
    const int64_t *group = &v->tables->group[(size_t)scope * COUNTS * GROUPS];
    int64_t count = row_count(row, group + g, GROUPS);
    double of_group = estimator_table_factor(e, scope, q) * v->weight * (double)count / row->unit /
                      (double)v->tables->replications;
    return (estimator_quantity(e, scope, q) / GROUPS - of_group) * GROUPS / (GROUPS - 1.0);
}

static bool in_scope(const evidence_t *v, int ad_set, int scope)
{
    const ad_set_t *a = &v->scenario->ad_set[ad_set];
    scopes_t s = v->scopes;
    if (scope > scope_plan(s)) return scope_owner(v->scenario, scope) == ad_set;
    return scope == scope_plan(s) || scope == scope_ad_set(s, ad_set) ||
           scope == scope_campaign(s, a->campaign) || scope == scope_platform(s, a->platform);
}

/* Relative change of an ad set's delivery that its pinned spend takes back when group g is left out:
 * -e x relative change of spend; 0 if its budget does not bind. */
static double taken_back(const estimator_t *e, int ad_set, int g)
{
    const evidence_t *v = e->evidence;
    const ad_set_t *a = &v->scenario->ad_set[ad_set];
    const campaign_t *c = &v->scenario->campaign[a->campaign];
    int scope =
        c->shares_budget ? scope_campaign(v->scopes, a->campaign) : scope_ad_set(v->scopes, ad_set);
    double spend = estimator_quantity(e, scope, QUANTITY_SPEND);
    bool held = pacing_of(v->scenario, ad_set) != PACING_CONSTANT &&
                spend >= BUDGET_BINDS * (c->shares_budget ? c->lifetime_budget : a->budget);
    if (!held || !(spend > 0)) return 0;
    return -left_out(e, scope, QUANTITY_SPEND, g) / spend;
}

/* k n_k / reach_k: how reach_k answers to impressions. */
static double reach_elasticity(const estimator_t *e, int scope, quantity_t q)
{
    const tables_t *t = e->evidence->tables;
    int k = quantity_rows[q].k;
    double reach = estimator_quantity(e, scope, q);
    double exactly = e->evidence->weight *
                     (double)t->frequency[(size_t)scope * FREQUENCY_BINS + (size_t)k - 1] /
                     (double)t->replications;
    return reach > 0 ? k * exactly / reach : 0;
}

/* What quantity q of the scope changes by when the ad sets' spend is put back where it was. */
static double at_constant_spend(const estimator_t *e, int scope, quantity_t q, int g)
{
    const evidence_t *v = e->evidence;
    answer_t answer = quantity_rows[q].answer;
    if (answer == ANSWERS_NOT) return 0;
    quantity_t carrier = answer == ANSWERS_AS_REACH ? QUANTITY_IMPRESSIONS : q;
    double change = 0;
    for (int a = 0; a < v->scopes.n_ad_sets; a++) {
        if (!in_scope(v, a, scope)) continue;
        double elasticity = answer == ANSWERS_AS_SPEND ? 1 : v->elasticity[a];
        int part = scope > scope_plan(v->scopes) ? scope : scope_ad_set(v->scopes, a);
        change += elasticity * taken_back(e, a, g) * estimator_quantity(e, part, carrier);
    }
    if (answer != ANSWERS_AS_REACH) return change;
    double impressions = estimator_quantity(e, scope, QUANTITY_IMPRESSIONS);
    if (!(impressions > 0)) return 0;
    return change / impressions * reach_elasticity(e, scope, q) * estimator_quantity(e, scope, q);
}

static void find_groups(estimator_t *e)
{
    for (int scope = 0; scope < scopes_rows(e->evidence->scopes); scope++)
        for (int q = 0; q < QUANTITY_ONE; q++)
            for (int g = 0; g < GROUPS; g++)
                quantity_groups(e, scope, (quantity_t)q)[g] =
                    left_out(e, scope, (quantity_t)q, g) +
                    at_constant_spend(e, scope, (quantity_t)q, g);
}

/* --- making and ending ------------------------------------------------------------------------ */

noise_t noise_at(uint64_t seed, size_t draw, int plan)
{
    noise_t noise;
    rng_key_t key = rng_key(seed);
    rng_block_t error = rng_at(key, DRAW_PREDICTIVE, 0, 0, draw, 0, (uint32_t)(2 * plan + 1));
    rng_block_t events = rng_at(key, DRAW_PREDICTIVE, 0, 0, draw, 0, (uint32_t)(2 * plan + 2));
    for (int i = 0; i < 2; i++) {
        noise.error[i] = normal_quantile(rng_unit(error, i));
        noise.events[i] = normal_quantile(rng_unit(events, i));
    }
    return noise;
}

/* Every pair lends its parameters equally often, so that a block's even spread is kept. */
static void make_draws(estimator_t *e)
{
    const evidence_t *v = e->evidence;
    rng_key_t key = rng_key(v->scenario->seed);
    for (size_t d = 0; d < e->n_draws; d++) {
        rng_block_t luck = rng_at(key, DRAW_PREDICTIVE, 0, 0, d, 0, 0);
        draw_t *draw = &e->draw[d];
        draw->parameters = (uint32_t)(d % v->pairs);
        draw->luck = (uint32_t)(rng_unit(luck, 0) * (double)v->pairs);
        draw->sign = luck.word[2] & 1 ? 1 : -1;
        e->noise[d] = noise_at(v->scenario->seed, d, 0);
    }
}

/* Are pairs spread over what platforms know of people, and does that move anything? */
static bool turns_matter(const scenario_t *sc)
{
    return !sc->population->redraw && foreseen_sd(&sc->response) > 0;
}

status_t estimator_new(const evidence_t *evidence, estimator_t **out, error_t *err)
{
    *out = NULL;
    estimator_t *e = calloc(1, sizeof *e);
    if (!e) return fail_memory(err, "the estimates");
    size_t scopes = (size_t)scopes_rows(evidence->scopes), pairs = evidence->pairs;
    e->evidence = evidence;
    e->n_draws = pairs * ((DRAWS_AT_LEAST + pairs - 1) / pairs);
    e->draw = calloc(e->n_draws, sizeof *e->draw);
    e->noise = calloc(e->n_draws, sizeof *e->noise);
    e->drawn = calloc(e->n_draws, sizeof *e->drawn);
    e->mean = calloc(scopes * QUANTITIES, sizeof *e->mean);
    e->plain = calloc(scopes * QUANTITIES, sizeof *e->plain);
    e->group = calloc(scopes * QUANTITIES * GROUPS, sizeof *e->group);
    e->numerator.value = calloc(2 * pairs, sizeof(double));
    e->denominator.value = calloc(2 * pairs, sizeof(double));
    e->linear = calloc(2 * pairs, sizeof *e->linear);
    e->influence = calloc(pairs, sizeof *e->influence);
    for (int i = 0; i < 2; i++) e->pair[i] = calloc(pairs, sizeof *e->pair[i]);
    if (!e->draw || !e->noise || !e->drawn || !e->mean || !e->plain || !e->group ||
        !e->numerator.value || !e->denominator.value || !e->linear || !e->influence ||
        !e->pair[0] || !e->pair[1]) {
        estimator_delete(e);
        return fail_memory(err, "the estimates");
    }
    status_t st = explained_new(evidence->scenario, evidence->first_pair, pairs,
                                turns_matter(evidence->scenario), &e->explained, err);
    if (st != OK) {
        estimator_delete(e);
        return st;
    }
    find_means(e);
    find_groups(e);
    make_draws(e);
    *out = e;
    return OK;
}

void estimator_delete(estimator_t *e)
{
    if (!e) return;
    free(e->draw);
    free(e->noise);
    free(e->drawn);
    free(e->mean);
    free(e->plain);
    free(e->group);
    free(e->numerator.value);
    free(e->denominator.value);
    free(e->linear);
    free(e->influence);
    for (int i = 0; i < 2; i++) free(e->pair[i]);
    explained_delete(e->explained);
    free(e);
}

/* --- forms ------------------------------------------------------------------------------------ */

static double scope_audience(const evidence_t *v, int scope)
{
    double audience = NAN;
    int ad_sets = 0;
    for (int a = 0; a < v->scopes.n_ad_sets; a++)
        if (in_scope(v, a, scope)) {
            audience = v->audience[a];
            ad_sets++;
        }
    return ad_sets == 1 ? audience : NAN;
}

static double term_factor(const evidence_t *v, int scope, term_t term, const economics_t *economics)
{
    double factor = factor_value(term.factor, economics, scope == scope_plan(v->scopes),
                                 v->scenario->population->size,
                                 term.factor == TIMES_AUDIENCE ? scope_audience(v, scope) : NAN);
    return term.quantity == QUANTITY_ONE ? factor : factor * v->weight;
}

/* Certain economics, for what is not kept by replication. */
static economics_t mean_economics(const evidence_t *v)
{
    economics_t sum = {0};
    for (size_t j = 0; j < v->pairs; j++) {
        const economics_t *e = &v->economics[j];
        sum.net_margin += e->net_margin;
        sum.goods += e->goods;
        sum.cost += e->cost;
        sum.production += e->production;
        sum.value += e->value;
        sum.repeats += e->repeats;
        sum.repeat_revenue += e->repeat_revenue;
    }
    double n = (double)v->pairs;
    return (economics_t){.net_margin = sum.net_margin / n,
                         .goods = sum.goods / n,
                         .cost = sum.cost / n,
                         .production = sum.production / n,
                         .value = sum.value / n,
                         .repeats = sum.repeats / n,
                         .repeat_revenue = sum.repeat_revenue / n};
}

/* The most that an ad set adds to what some may spend; a campaign's shared budget adds once. */
static double budget_of(const scenario_t *sc, int ad_set, uint64_t *paid)
{
    const ad_set_t *a = &sc->ad_set[ad_set];
    if (pacing_of(sc, ad_set) == PACING_CONSTANT) return INFINITY; /* its budget does not stop it */
    if (!sc->campaign[a->campaign].shares_budget) return a->budget;
    bool counted = *paid >> a->campaign & 1;
    *paid |= 1ull << a->campaign;
    return counted ? 0 : sc->campaign[a->campaign].lifetime_budget;
}

/* No count is negative, and no spend passes its budget: neither may a realised one. */
static void find_bounds(const evidence_t *v, int scope, const form_t *form, series_t *s)
{
    s->low = 0;
    s->high = INFINITY;
    bool promoted = v->scenario->product.price.n_promotions > 0;
    for (int t = 0; t < form->n; t++)
        if (factor_is_loss(form->term[t].factor) ||
            (form->term[t].factor == LESS_GOODS && promoted))
            s->low = -INFINITY;
    if (form->n != 1 || form->term[0].quantity != QUANTITY_SPEND) return;
    double budget = 0;
    uint64_t paid = 0; /* campaigns whose shared budget is counted */
    for (int a = 0; a < v->scopes.n_ad_sets; a++)
        if (in_scope(v, a, scope)) budget += budget_of(v->scenario, a, &paid);
    economics_t economics = mean_economics(v);
    s->high = budget * term_factor(v, scope, form->term[0], &economics) / v->weight;
}

static void fill_series(estimator_t *e, int scope, const form_t *form, series_t *s)
{
    const evidence_t *v = e->evidence;
    size_t scopes = (size_t)scopes_rows(v->scopes);
    for (size_t r = 0; r < 2 * v->pairs; r++) {
        s->value[r] = form->n ? 0 : 1;
        for (int t = 0; t < form->n; t++)
            s->value[r] += term_factor(v, scope, form->term[t], &v->economics[r / 2]) *
                           quantity_value(form->term[t].quantity,
                                          &v->value[(r * scopes + (size_t)scope) * COUNTS]);
    }
    s->plain = mean_of(s->value, 2 * v->pairs);
    s->mean = s->plain + shift_of(e, s->value);
    memset(s->group, 0, sizeof s->group);
    economics_t economics = mean_economics(v);
    for (int t = 0; t < form->n; t++) {
        if (form->term[t].quantity == QUANTITY_ONE) continue;
        double factor = term_factor(v, scope, form->term[t], &economics) / v->weight;
        for (int g = 0; g < GROUPS; g++)
            s->group[g] += factor * quantity_groups(e, scope, form->term[t].quantity)[g];
    }
    find_bounds(v, scope, form, s);
}

/* --- events that were expected, not drawn ----------------------------------------------------- */

static double removed_sum(const evidence_t *v, int scope, removed_t r)
{
    return v->removed[(size_t)scope * REMOVED_COUNTS + r];
}

/* Event variance of a quantity, of all real people: weight x the simulated ones'. */
static double quantity_events(const estimator_t *e, int scope, quantity_t q)
{
    const evidence_t *v = e->evidence;
    const quantity_row_t *row = &quantity_rows[q];
    double mean = estimator_quantity(e, scope, q);
    double impressions = estimator_quantity(e, scope, QUANTITY_IMPRESSIONS);
    double clicks = estimator_quantity(e, scope, QUANTITY_CLICKS);
    switch (row->events) {
    case EVENTS_DRAWN: return 0;
    case EVENTS_REMOVED: return v->weight * removed_sum(v, scope, row->removed);
    case EVENTS_RARE: return fmax(0, mean);
    case EVENTS_VALUED: {
        double orders = removed_sum(v, scope, REMOVED_ATTRIBUTED);
        double square = orders > 0 ? removed_sum(v, scope, REMOVED_ATTRIBUTED_REVENUE) / orders : 0;
        return fmax(0, estimator_quantity(e, scope, (quantity_t)(q - 1))) * square;
    }
    case EVENTS_VIEWS: return impressions > 0 ? mean * (1 - mean / impressions) : 0;
    case EVENTS_VISITS: {
        if (!(clicks > 0)) return 0;
        double squares = clicks - v->weight * removed_sum(v, scope, REMOVED_CLICKS);
        return fmax(0, mean - mean / clicks * (mean / clicks) * squares);
    }
    }
    return 0;
}

static double quantity_shared_events(const estimator_t *e, int scope, quantity_t a, quantity_t b)
{
    if (a == b) return quantity_events(e, scope, a);
    const evidence_t *v = e->evidence;
    for (int i = 0; i < SHARED_EVENTS; i++) {
        const shared_events_t *s = &shared_events[i];
        if ((s->a == a && s->b == b) || (s->a == b && s->b == a))
            return v->weight * removed_sum(v, scope, s->removed);
    }
    return 0;
}

/* A form of a scope: what stands above or below the line of a ratio. */
typedef struct {
    const form_t *form;
    int scope;
} part_t;

typedef struct {
    part_t above, below; /* `above` lies within `below` */
} fraction_t;

static bool has_results(const form_t *form)
{
    for (int t = 0; t < form->n; t++)
        if (form->term[t].quantity == QUANTITY_RESULTS) return true;
    return false;
}

/* What all ad sets of a scope count as results; QUANTITY_RESULTS where they do not agree. */
static quantity_t results_of(const evidence_t *v, int scope)
{
    static const quantity_t counted[] = {[RESULT_IMPRESSIONS] = QUANTITY_IMPRESSIONS,
                                         [RESULT_CLICKS] = QUANTITY_CLICKS,
                                         [RESULT_CONVERSIONS] = QUANTITY_CONVERSIONS};
    quantity_t all = QUANTITY_RESULTS;
    unsigned kinds = 0;
    for (int a = 0; a < v->scopes.n_ad_sets; a++) {
        if (!in_scope(v, a, scope)) continue;
        conversion_kind_t kind = ad_set_kind(v->scenario, a);
        quantity_t own = counted[ad_set_result(v->scenario, a)];
        if (own == QUANTITY_CONVERSIONS) kinds |= 1u << kind;
        /* Landing pages are counted after the click itself, not within a window. */
        if (own == QUANTITY_CONVERSIONS && kind == CONVERSION_VISIT) own = QUANTITY_AD_CONVERSIONS;
        if (all != QUANTITY_RESULTS && own != all) return QUANTITY_RESULTS;
        all = own;
    }
    return kinds & (kinds - 1) ? QUANTITY_RESULTS : all;
}

/* A form with the scope's own results in it: none to name where these are of different kinds. */
static form_t with_results(const form_t *form, quantity_t results)
{
    form_t out = *form;
    for (int t = 0; t < out.n; t++) {
        if (out.term[t].quantity != QUANTITY_RESULTS) continue;
        out.term[t] = results == QUANTITY_RESULTS ? (term_t){QUANTITY_ONE, TIMES_UNKNOWN}
                                                  : (term_t){results, TIMES_1};
    }
    return out;
}

/* Of a column with results its forms are those of the last scope asked about: where the plan has results, those of
 * its ad sets are the same. */
static fraction_t fraction_of(estimator_t *e, int scope, int column)
{
    const column_t *c = &columns[column];
    if (!has_results(&c->numerator) && !has_results(&c->denominator))
        return (fraction_t){{&c->numerator, scope}, {&c->denominator, scope}};
    quantity_t results = results_of(e->evidence, scope);
    e->above = with_results(&c->numerator, results);
    e->below = with_results(&c->denominator, results);
    return (fraction_t){{&e->above, scope}, {&e->below, scope}};
}

/* Both share the events of the smaller, a. */
static double form_events(const estimator_t *e, part_t a, part_t b)
{
    const evidence_t *v = e->evidence;
    economics_t economics = mean_economics(v);
    double sum = 0;
    for (int i = 0; i < a.form->n; i++)
        for (int j = 0; j < b.form->n; j++)
            sum += term_factor(v, a.scope, a.form->term[i], &economics) / v->weight *
                   term_factor(v, b.scope, b.form->term[j], &economics) / v->weight *
                   quantity_shared_events(e, a.scope, a.form->term[i].quantity,
                                          b.form->term[j].quantity);
    return sum;
}

/* --- errors of the mean ----------------------------------------------------------------------- */

/* Of the means over all replications of two series. */
static covariance_t between_replications(const estimator_t *e, const double *a, const double *b)
{
    for (size_t j = 0; j < e->evidence->pairs; j++) {
        e->pair[0][j] = pair_mean(a, j);
        e->pair[1][j] = pair_mean(b, j);
    }
    return explained_covariance(e->explained, e->pair[0], e->pair[1]);
}

static covariance_t jackknife(const double a[GROUPS], const double b[GROUPS])
{
    covariance_t c = {0, 0, 0};
    double mean_a = mean_of(a, GROUPS), mean_b = mean_of(b, GROUPS);
    for (int g = 0; g < GROUPS; g++) {
        c.aa += (a[g] - mean_a) * (a[g] - mean_a);
        c.bb += (b[g] - mean_b) * (b[g] - mean_b);
        c.ab += (a[g] - mean_a) * (b[g] - mean_b);
    }
    double scale = (GROUPS - 1.0) / GROUPS;
    return (covariance_t){c.aa * scale, c.bb * scale, c.ab * scale};
}

/* What is left of the groups' spread without the luck inside it, of replications whose A is `luck`. */
static double without_luck(const evidence_t *v, double spread, double luck)
{
    double of_luck = luck / (double)(2 * v->pairs);
    return spread > of_luck ? (1 - of_luck / spread) * (1 - 1 / v->weight) : 0;
}

static bool people_matter(const evidence_t *v)
{
    return v->people_sampled && v->weight > 1;
}

/* Both series filled; `luck` = A of the linearised ratio. The luck inside the groups' spread is taken
 * out in proportion, so that the matrix stays one of variances. */
static covariance_t between_people(const estimator_t *e, double ratio, double luck)
{
    const evidence_t *v = e->evidence;
    if (!people_matter(v)) return (covariance_t){0, 0, 0};
    covariance_t c = jackknife(e->numerator.group, e->denominator.group);
    double d = e->denominator.mean;
    double spread = (c.aa + ratio * ratio * c.bb - 2 * ratio * c.ab) / (d * d);
    double keep = without_luck(v, spread, luck);
    return (covariance_t){c.aa * keep, c.bb * keep, c.ab * keep};
}

/* A ratio, filled. */
typedef struct {
    double ratio;           /* NAN if it has none */
    pair_variance_t spread; /* of the linearised ratio */
    covariance_t between, people;
    ratio_t error;
} filled_t;

static filled_t fill_fraction(estimator_t *e, fraction_t x)
{
    const evidence_t *v = e->evidence;
    filled_t f = {.ratio = NAN};
    fill_series(e, x.above.scope, x.above.form, &e->numerator);
    fill_series(e, x.below.scope, x.below.form, &e->denominator);
    double d = e->denominator.mean;
    if (!(d != 0) || isnan(d) || isnan(e->numerator.mean)) return f; /* unknown, or 0 below */
    f.ratio = e->numerator.mean / d;
    for (size_t r = 0; r < 2 * v->pairs; r++)
        e->linear[r] = (e->numerator.value[r] - e->numerator.plain -
                        f.ratio * (e->denominator.value[r] - e->denominator.plain)) /
                       d;
    f.spread = pair_variance(e->linear, v->pairs);
    f.between = between_replications(e, e->numerator.value, e->denominator.value);
    f.people = between_people(e, f.ratio, f.spread.luck);
    f.error = (ratio_t){.y = e->numerator.mean,
                        .x = d,
                        .var_y = f.between.aa + f.people.aa,
                        .var_x = f.between.bb + f.people.bb,
                        .cov = f.between.ab + f.people.ab};
    return f;
}

static const double NORMAL_95 = 1.959963984540054; /* mean +- so many errors holds 95 % */

/* Degrees of freedom of an error from two independent sources of few (Satterthwaite 1946). */
static double both_df(double between, double between_df, double people)
{
    double both = between + people;
    if (!(people > 0)) return between_df;
    return both * both / (between * between / between_df + people * people / (GROUPS - 1));
}

/* The same of an error that is itself estimated. */
static double student_95(double between, double between_df, double people)
{
    if (!(between + people > 0)) return NORMAL_95;
    return student_quantile(0.975, both_df(between, between_df, people));
}

static ratio_t ratio_with(const ratio_t *r, covariance_t c)
{
    return (ratio_t){r->y, r->x, c.aa, c.bb, c.ab};
}

/* The error of a ratio's mean, such that 1.96 of it hold the truth in 95 % of runs: delta method;
 * within 4 errors of a zero denominator Fieller's interval, unknown if that is unbounded. */
static double mean_error(const estimator_t *e, const filled_t *f)
{
    const ratio_t *r = &f->error, between = ratio_with(r, f->between),
                  people = ratio_with(r, f->people);
    double t =
        student_95(ratio_variance(&between), explained_df(e->explained), ratio_variance(&people));
    if (r->x * r->x >= 16 * r->var_x) return t / NORMAL_95 * sqrt(ratio_variance(r));
    double low, high;
    return ratio_fieller(r, t, &low, &high) ? (high - low) / (2 * NORMAL_95) : NAN;
}

/* Of the linearised replications, less what the values drawn explain of them. */
static double skewness_of_luck(estimator_t *e)
{
    size_t pairs = e->evidence->pairs;
    for (size_t j = 0; j < pairs; j++) e->pair[0][j] = e->pair[1][j] = pair_mean(e->linear, j);
    explained_rest(e->explained, e->pair[0]);
    for (size_t r = 0; r < 2 * pairs; r++) e->linear[r] += e->pair[0][r / 2] - e->pair[1][r / 2];
    return skewness(e->linear, 2 * pairs);
}

mean_error_t estimator_mean_error(estimator_t *e, int scope, int column)
{
    filled_t f = fill_fraction(e, fraction_of(e, scope, column));
    mean_error_t m = {.mean = f.ratio};
    if (isnan(f.ratio)) return m;
    ratio_t between = ratio_with(&f.error, f.between), people = ratio_with(&f.error, f.people);
    m.between_se = sqrt(ratio_variance(&between));
    m.between_df = explained_df(e->explained);
    m.people_se = sqrt(ratio_variance(&people));
    m.skewness = skewness_of_luck(e);
    return m;
}

/* --- predictive draws ------------------------------------------------------------------------- */

/* Square root of a 2 x 2 covariance: first row (a, 0), second (b, c). */
typedef struct {
    double a, b, c;
} root_t;

static root_t root_of(double aa, double bb, double ab)
{
    root_t r = {.a = aa > 0 ? sqrt(aa) : 0};
    r.b = r.a > 0 ? ab / r.a : 0;
    r.c = sqrt(fmax(0, bb - r.b * r.b));
    return r;
}

/* Mean + deviation of the draw's parameters, scaled to their own variance + its luck. */
typedef struct {
    const series_t *series;
    double parameters, luck; /* scales */
} realiser_t;

static realiser_t realiser(const evidence_t *v, const series_t *s)
{
    pair_variance_t spread = pair_variance(s->value, v->pairs);
    bool varies = v->pairs_share && spread.parameters > 0 && spread.of_means > 0;
    return (realiser_t){.series = s,
                        .parameters = varies ? sqrt(spread.parameters / spread.of_means) : 0,
                        .luck = 1 / sqrt(2 * v->weight)};
}

static double realise(const realiser_t *r, const draw_t *draw, double noise)
{
    const series_t *s = r->series;
    double deviation = pair_mean(s->value, draw->parameters) - s->plain;
    double luck = s->value[2 * draw->luck] - s->value[2 * draw->luck + 1];
    double value = s->mean + r->parameters * deviation + draw->sign * r->luck * luck + noise;
    return value < s->low ? s->low : value > s->high ? s->high : value;
}

static double zero_if_unknown(double x)
{
    return isnan(x) ? 0 : x;
}

/* Fills e->drawn for the ratio just filled, with the simulation's own error in it or without. */
static void draw_fraction(estimator_t *e, fraction_t fraction, const filled_t *f, bool with_error,
                          const noise_t *noise)
{
    const evidence_t *v = e->evidence;
    part_t above = fraction.above, below = fraction.below;
    root_t error = {0, 0, 0};
    if (with_error)
        error = root_of(zero_if_unknown(f->error.var_y), zero_if_unknown(f->error.var_x),
                        zero_if_unknown(f->error.cov));
    root_t events = root_of(form_events(e, above, above), form_events(e, below, below),
                            form_events(e, above, below));
    realiser_t numerator = realiser(v, &e->numerator), denominator = realiser(v, &e->denominator);
    for (size_t d = 0; d < e->n_draws; d++) {
        const draw_t *draw = &e->draw[d];
        const double *z = noise[d].error, *y = noise[d].events;
        double x = 1; /* a denominator without terms */
        if (below.form->n)
            x = realise(&denominator, draw,
                        error.b * z[0] + error.c * z[1] + events.b * y[0] + events.c * y[1]);
        double value = realise(&numerator, draw, error.a * z[0] + events.a * y[0]);
        e->drawn[d] = x > 0 ? value / x : NAN;
    }
}

/* Moves the draws that have a value to the front; how many there are. */
static size_t keep_values(estimator_t *e)
{
    size_t n = 0;
    for (size_t d = 0; d < e->n_draws; d++)
        if (!isnan(e->drawn[d])) e->drawn[n++] = e->drawn[d];
    return n;
}

static estimate_t unknown(double level)
{
    return (estimate_t){NAN, NAN, NAN, NAN, level, NAN, NAN, NAN};
}

/* Event variance of a ratio that the scope's parts add to a whole with this ratio and mean below. */
static double linear_events(const estimator_t *e, fraction_t part, double ratio, double below)
{
    double events = form_events(e, part.above, part.above) +
                    ratio * ratio * form_events(e, part.below, part.below) -
                    2 * ratio * form_events(e, part.above, part.below);
    return events / (below * below);
}

/* A count of what a plan has none of (posts, crises, held out): nothing in every draw, which need not be made. */
static bool is_nothing(const estimator_t *e, fraction_t fraction, const filled_t *f, double events)
{
    if (fraction.below.form->n || f->error.var_y > 0 || events > 0) return false;
    for (size_t r = 0; r < 2 * e->evidence->pairs; r++)
        if (e->numerator.value[r] != 0) return false;
    return true;
}

static estimate_t estimate_fraction(estimator_t *e, fraction_t fraction)
{
    const evidence_t *v = e->evidence;
    estimate_t x = unknown(v->scenario->interval);
    filled_t f = fill_fraction(e, fraction);
    if (isnan(f.ratio)) return x;
    x.mean = f.ratio;
    x.mc_se = mean_error(e, &f);
    double events = linear_events(e, fraction, f.ratio, e->denominator.mean);
    x.sd_parameters = v->pairs_share ? sqrt(fmax(0, f.spread.parameters)) : 0;
    x.sd_people = sqrt(f.spread.luck / v->weight + fmax(0, events));
    if (is_nothing(e, fraction, &f, events)) {
        x.lo = x.p50 = x.hi = 0;
        return x;
    }
    draw_fraction(e, fraction, &f, true, e->noise);
    size_t n = keep_values(e);
    if (2 * n < e->n_draws) return x; /* half of the futures have no such value */
    spread_t s = sample_spread(e->drawn, n, (1 - x.level) / 2);
    x.lo = s.lo;
    x.p50 = s.p50;
    x.hi = s.hi;
    return x;
}

estimate_t estimator_column(estimator_t *e, int scope, int column)
{
    return estimate_fraction(e, fraction_of(e, scope, column));
}

estimate_t estimator_ratio(estimator_t *e, int scope, quantity_t q, int below, quantity_t of)
{
    const form_t above = {1, {{q, TIMES_1}}}, whole = {1, {{of, TIMES_1}}};
    return estimate_fraction(e, (fraction_t){{&above, scope}, {&whole, below}});
}

void estimator_series(estimator_t *e, int scope, int column, double *above, double *below)
{
    fraction_t x = fraction_of(e, scope, column);
    size_t size = 2 * e->evidence->pairs * sizeof *above;
    fill_series(e, x.above.scope, x.above.form, &e->numerator);
    fill_series(e, x.below.scope, x.below.form, &e->denominator);
    memcpy(above, e->numerator.value, size);
    memcpy(below, e->denominator.value, size);
}

estimate_t estimator_share(estimator_t *e, int row, quantity_t q)
{
    scopes_t s = e->evidence->scopes;
    int whole =
        row > scope_plan(s) ? scope_ad_set(s, scope_owner(e->evidence->scenario, row)) : row;
    return estimator_ratio(e, row, q, whole, q);
}

/* --- chances ---------------------------------------------------------------------------------- */

/* metric >= threshold, or <=; a draw without a value fails. */
typedef struct {
    bool at_most;
    double threshold;
} target_test_t;

static bool meets(target_test_t t, double value)
{
    return t.at_most ? value <= t.threshold : value >= t.threshold;
}

static double share_of_draws(const estimator_t *e, target_test_t t)
{
    size_t hits = 0;
    for (size_t d = 0; d < e->n_draws; d++) hits += meets(t, e->drawn[d]);
    return (double)hits / (double)e->n_draws;
}

/* The threshold moved so that it is harder to meet by `step`. */
static target_test_t harder(target_test_t t, double step)
{
    return (target_test_t){t.at_most, t.threshold + (t.at_most ? -step : step)};
}

/* How the chance answers when all draws move by a unit, and when their parameters' spread is scaled:
 * the density of draws at the threshold and their deviation there, over half a standard deviation to
 * both sides. */
typedef struct {
    double mean, scale;
} slope_t;

static slope_t chance_slope(const estimator_t *e, target_test_t t)
{
    double sum = 0, squares = 0, n = 0;
    for (size_t d = 0; d < e->n_draws; d++) {
        if (isnan(e->drawn[d])) continue;
        double step = e->drawn[d] - t.threshold;
        sum += step;
        squares += step * step;
        n++;
    }
    slope_t slope = {0, 0};
    double width = n > 0 ? 0.5 * sqrt(fmax(0, squares / n - sum / n * (sum / n))) : 0;
    if (!(width > 0)) return slope;
    double part = (t.at_most ? -1 : 1) / (2 * width * (double)e->n_draws);
    for (size_t d = 0; d < e->n_draws; d++) {
        if (!(fabs(e->drawn[d] - t.threshold) <= width)) continue;
        slope.mean += part;
        slope.scale += part * pair_mean(e->linear, e->draw[d].parameters);
    }
    return slope;
}

/* What pair j adds to the chance by moving the scale s of the parameters' spread, s^2 = 1 - luck /
 * (2 of_means), less what its parameters add by moving the mean. */
static double shaped_by_pair(const estimator_t *e, const filled_t *f, slope_t slope, size_t j)
{
    const pair_variance_t *v = &f->spread;
    if (!e->evidence->pairs_share || !(v->parameters > 0)) return 0;
    double deviation = pair_mean(e->linear, j), luck = e->linear[2 * j] - e->linear[2 * j + 1];
    double s = sqrt(v->parameters / v->of_means);
    double square =
        v->luck / v->of_means * (deviation * deviation - v->of_means) - (luck * luck / 2 - v->luck);
    return slope.scale * square / (4 * s * v->of_means) - slope.mean * s * deviation;
}

/* Variance of the chance over other sets of replications, the mean held (infinitesimal jackknife;
 * Efron 1982): a pair takes part by its parameters, its luck, and the scale of both. */
static double shape_variance(estimator_t *e, target_test_t t, const filled_t *f, double share)
{
    size_t pairs = e->evidence->pairs;
    slope_t slope = chance_slope(e, t);
    for (size_t j = 0; j < pairs; j++) e->influence[j] = shaped_by_pair(e, f, slope, j);
    for (size_t d = 0; d < e->n_draws; d++) {
        double part = (meets(t, e->drawn[d]) - share) / (double)e->n_draws * (double)pairs;
        e->influence[e->draw[d].parameters] += part;
        e->influence[e->draw[d].luck] += part;
    }
    return explained_variance(e->explained, e->influence);
}

/* The shape of the law: Wilson's range for as many independent yes-or-no draws as have its variance. What never or
 * always came is a claim about rare events, of the pairs alone: the exact range. */
static void range_of_shape(estimator_t *e, target_test_t t, const filled_t *f, probability_t *p)
{
    double n = (double)e->evidence->pairs, z = NORMAL_95;
    if (!(p->share > 0 && p->share < 1)) {
        exact_interval(p->share * n, n, 0.05, &p->low, &p->high);
        return;
    }
    double df = explained_df(e->explained);
    if (df > 0) {
        double variance = shape_variance(e, t, f, p->share);
        n = fmin(p->share * (1 - p->share) / variance, (double)e->n_draws);
        z = student_quantile(0.975, df);
    }
    wilson_interval(p->share, n, z, &p->low, &p->high);
}

/* Its mean: the chance at both ends of the mean's range, joined with the other by squares. An error
 * without bounds leaves everything possible. */
static void widen_by_mean(const estimator_t *e, target_test_t t, double half, probability_t *p)
{
    double low = p->share - p->low, high = p->high - p->share;
    double below = p->share - (isnan(half) ? 0 : share_of_draws(e, harder(t, half)));
    double above = (isnan(half) ? 1 : share_of_draws(e, harder(t, -half))) - p->share;
    p->low = fmax(0, p->share - sqrt(low * low + below * below));
    p->high = fmin(1, p->share + sqrt(high * high + above * above));
}

/* The range is that of the chance with the mean known, which the draws without the simulation's own
 * error tell; the chance to rely on has that error in it and lies nearer to one half. */
probability_t estimator_probability(estimator_t *e, int scope, int column, bool at_most,
                                    double threshold)
{
    fraction_t fraction = fraction_of(e, scope, column);
    filled_t f = fill_fraction(e, fraction);
    if (isnan(f.ratio)) return (probability_t){NAN, NAN, NAN};
    target_test_t t = {at_most, threshold};
    draw_fraction(e, fraction, &f, false, e->noise);
    probability_t p = {.share = share_of_draws(e, t)};
    range_of_shape(e, t, &f, &p);
    widen_by_mean(e, t, NORMAL_95 * mean_error(e, &f), &p);
    draw_fraction(e, fraction, &f, true, e->noise);
    p.share = share_of_draws(e, t);
    p.low = fmin(p.low, p.share);
    p.high = fmax(p.high, p.share);
    return p;
}

/* --- comparisons ------------------------------------------------------------------------------- */

void estimator_influence(estimator_t *e, int scope, int column, influence_t *out)
{
    filled_t f = fill_fraction(e, fraction_of(e, scope, column));
    out->mean = f.ratio;
    out->steady = !isnan(f.ratio) && f.error.x * f.error.x >= 16 * f.error.var_x;
    size_t size = 2 * e->evidence->pairs * sizeof *e->linear;
    memset(out->group, 0, sizeof out->group);
    memset(out->linear, 0, size);
    if (isnan(f.ratio)) return;
    memcpy(out->linear, e->linear, size);
    double d = e->denominator.mean;
    for (int g = 0; g < GROUPS; g++)
        out->group[g] = (e->numerator.group[g] - f.ratio * e->denominator.group[g]) / d;
}

const explained_t *estimator_explained(const estimator_t *e)
{
    return e->explained;
}

part_error_t estimator_part_error(const estimator_t *e, const influence_t *parts)
{
    const evidence_t *v = e->evidence;
    for (size_t j = 0; j < v->pairs; j++) e->pair[0][j] = pair_mean(parts->linear, j);
    part_error_t error = {.between = explained_variance(e->explained, e->pair[0])};
    if (people_matter(v)) {
        double spread = jackknife(parts->group, parts->group).aa;
        error.people =
            spread * without_luck(v, spread, pair_variance(parts->linear, v->pairs).luck);
    }
    error.df = both_df(error.between, explained_df(e->explained), error.people);
    return error;
}

/* Of an order that is credited to one ad set or, in another plan, to another. */
static bool is_credit(quantity_t q)
{
    return q == QUANTITY_CONVERSIONS || q == QUANTITY_REVENUE ||
           q == QUANTITY_PLATFORM_CONVERSIONS || q == QUANTITY_ORGANIC_CREDITED ||
           (q >= QUANTITY_CREDITS && q < QUANTITY_ONE);
}

static bool rests_on_credit(const form_t *form)
{
    for (int t = 0; t < form->n; t++)
        if (is_credit(form->term[t].quantity)) return true;
    return false;
}

/* Inside each pair, of the ratio just filled or of a part of it, over the whole's mean below. */
static void fill_luck(const estimator_t *e, double ratio, double below, double *luck)
{
    const double *y = e->numerator.value, *x = e->denominator.value;
    for (size_t j = 0; j < e->evidence->pairs; j++)
        luck[j] = (y[2 * j] - y[2 * j + 1] - ratio * (x[2 * j] - x[2 * j + 1])) / below;
}

/* Of what rests on credit: an order that ads caused is of the ad set that caused it, whoever is credited; the rest came
 * by itself and is the whole's, whose luck is filled. */
static void credit_parts(estimator_t *e, double of_all, double *variance, double *luck)
{
    const evidence_t *v = e->evidence;
    const form_t orders = {1, {{QUANTITY_AD_CONVERSIONS, TIMES_1}}};
    int sets = v->scopes.n_ad_sets, plan = scope_plan(v->scopes);
    double credited = estimator_quantity(e, plan, QUANTITY_CONVERSIONS),
           organic = estimator_quantity(e, plan, QUANTITY_ORGANIC_CREDITED),
           caused = estimator_quantity(e, plan, QUANTITY_AD_CONVERSIONS);
    double by_ads = credited > 0 && caused > 0 ? fmax(0, 1 - organic / credited) : 0;
    variance[sets] = (1 - by_ads) * of_all;
    for (int a = 0; a < sets; a++) {
        int scope = scope_ad_set(v->scopes, a);
        double share =
            caused > 0 ? estimator_quantity(e, scope, QUANTITY_AD_CONVERSIONS) / caused : 0;
        fill_series(e, scope, &orders, &e->numerator);
        fill_luck(e, 0, 1, luck + (size_t)a * v->pairs);
        variance[a] = share * by_ads * of_all;
    }
}

void estimator_event_parts(estimator_t *e, int column, double *variance, double *luck)
{
    const evidence_t *v = e->evidence;
    int sets = v->scopes.n_ad_sets;
    memset(variance, 0, (size_t)(sets + 1) * sizeof *variance);
    memset(luck, 0, (size_t)(sets + 1) * v->pairs * sizeof *luck);
    fraction_t whole = fraction_of(e, scope_plan(v->scopes), column);
    filled_t f = fill_fraction(e, whole);
    if (isnan(f.ratio)) return;
    double below = e->denominator.mean, of_sets = 0;
    double of_all = fmax(0, linear_events(e, whole, f.ratio, below));
    if (rests_on_credit(whole.above.form) || rests_on_credit(whole.below.form)) {
        fill_luck(e, f.ratio, below, luck + (size_t)sets * v->pairs);
        credit_parts(e, of_all, variance, luck);
        return;
    }
    for (int a = 0; a < sets; a++) {
        fraction_t part = fraction_of(e, scope_ad_set(v->scopes, a), column);
        fill_series(e, part.above.scope, part.above.form, &e->numerator);
        fill_series(e, part.below.scope, part.below.form, &e->denominator);
        fill_luck(e, f.ratio, below, luck + (size_t)a * v->pairs);
        variance[a] = fmax(0, linear_events(e, part, f.ratio, below));
        of_sets += variance[a];
    }
    variance[sets] = fmax(0, of_all - of_sets);
}

size_t estimator_draws(const estimator_t *e)
{
    return e->n_draws;
}

const evidence_t *estimator_evidence(const estimator_t *e)
{
    return e->evidence;
}

void estimator_realise(estimator_t *e, int scope, int column, const noise_t *noise, double *out)
{
    fraction_t fraction = fraction_of(e, scope, column);
    filled_t f = fill_fraction(e, fraction);
    if (!isnan(f.ratio)) draw_fraction(e, fraction, &f, true, noise);
    for (size_t d = 0; d < e->n_draws; d++) out[d] = isnan(f.ratio) ? NAN : e->drawn[d];
}
