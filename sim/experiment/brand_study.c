/* brand_study.c -- days, totals and months of a brand. */
#include "sim/experiment/brand_study.h"

#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/brand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MONTH = 30, YEAR = 365, KEPT_PAIRS = 128 /* whose values give the ranges */ };

/* clang-format off */
const organic_row_t organic_columns[ORGANIC_COLUMNS] = {
    [ORGANIC_FOLLOWERS] = {"followers", UNIT_PEOPLE, "people who follow the brand, at the end of the day"},
    [ORGANIC_GAINED] = {"followers_gained", UNIT_PEOPLE, "new followers"},
    [ORGANIC_LOST] = {"followers_lost", UNIT_PEOPLE, "followers who left"},
    [ORGANIC_POSTS] = {"posts", UNIT_COUNT, "posts of the brand"},
    [ORGANIC_REACH] = {"post_reach", UNIT_PEOPLE, "followers whom a post reached, summed over posts"},
    [ORGANIC_IMPRESSIONS] = {"impressions", UNIT_COUNT, "impressions of the brand's posts"},
    [ORGANIC_INFLUENCER_VIEWS] = {"influencer_views", UNIT_COUNT, "views of influencers' posts about the brand"},
    [ORGANIC_EARNED_VIEWS] = {"earned_views", UNIT_COUNT, "views of what was shared, and of what followers posted themselves"},
    [ORGANIC_ENGAGEMENTS] = {"engagements", UNIT_COUNT, "likes, comments, shares and saves"},
    [ORGANIC_LIKES] = {"likes", UNIT_COUNT, "likes of posts, part of the engagements"},
    [ORGANIC_COMMENTS] = {"comments", UNIT_COUNT, "comments on posts, part of the engagements"},
    [ORGANIC_SHARES] = {"shares", UNIT_COUNT, "shares of posts, part of the engagements"},
    [ORGANIC_SAVES] = {"saves", UNIT_COUNT, "saves of posts, part of the engagements"},
    [ORGANIC_RATE] = {"engagement_rate_by_impressions", UNIT_RATIO, "engagements / impressions of the brand's and the influencers' posts"},
    [ORGANIC_MENTIONS] = {"mentions", UNIT_COUNT, "what people say of the brand; those of crises in the row of all"},
    [ORGANIC_SENTIMENT] = {"public_sentiment", UNIT_RATIO, "how people feel about the brand, 0 as always; of everybody"},
    [ORGANIC_COMMUNITY] = {"sentiment", UNIT_RATIO, "how followers feel about the brand, 0 as always; they see the answers to comments"},
    [ORGANIC_RESPONSE] = {"response_time", UNIT_RATIO, "hours until a comment is answered; of all"},
    [ORGANIC_VISITS] = {"visits", UNIT_COUNT, "site visits that posts, influencers and what is shared bring"},
    [ORGANIC_CONVERSIONS] = {"post_conversions", UNIT_COUNT, "orders on the visits that posts, influencers and what is shared bring"},
    [ORGANIC_COST] = {"cost", UNIT_MONEY, "what posts, fees of influencers and answers to comments cost"},
    [ORGANIC_VALUE] = {"value", UNIT_MONEY, "margin x (1 - returns) x value of the post conversions"},
    [ORGANIC_POST_COST] = {"post_cost", UNIT_MONEY, "of the cost, what posts cost to make"},
    [ORGANIC_FEES] = {"influencer_fees", UNIT_MONEY, "of the cost, fees of influencers"},
    [ORGANIC_ANSWER_COST] = {"answer_cost", UNIT_MONEY, "of the cost, work of answering comments"},
};
/* clang-format on */

/* --- a pair ----------------------------------------------------------------------------------- */

/* What is earned of an order, of its regular value, where so much of the price is paid. */
static double margin_at(const product_t *p, double paid)
{
    return (p->margin - (1 - paid)) * (1 - p->returns);
}

/* The columns of a day and platform, or of a total, from its counts. */
static void fill(double *out, const double *count, const scenario_t *theta, double paid)
{
    static const brand_count_t plain[ORGANIC_COLUMNS] = {
        [ORGANIC_FOLLOWERS] = BRAND_FOLLOWERS,
        [ORGANIC_GAINED] = BRAND_GAINED,
        [ORGANIC_LOST] = BRAND_LOST,
        [ORGANIC_POSTS] = BRAND_POSTS,
        [ORGANIC_REACH] = BRAND_REACH,
        [ORGANIC_IMPRESSIONS] = BRAND_IMPRESSIONS,
        [ORGANIC_INFLUENCER_VIEWS] = BRAND_INFLUENCER_VIEWS,
        [ORGANIC_EARNED_VIEWS] = BRAND_EARNED_VIEWS,
        [ORGANIC_LIKES] = BRAND_LIKES,
        [ORGANIC_COMMENTS] = BRAND_COMMENTS,
        [ORGANIC_SHARES] = BRAND_SHARES,
        [ORGANIC_SAVES] = BRAND_SAVES,
        [ORGANIC_MENTIONS] = BRAND_MENTIONS,
        [ORGANIC_POST_COST] = BRAND_POST_COST,
        [ORGANIC_FEES] = BRAND_FEES,
        [ORGANIC_ANSWER_COST] = BRAND_ANSWER_COST,
    };
    const product_t *p = &theta->product;
    for (int c = 0; c < ORGANIC_COLUMNS; c++) out[c] = count[plain[c]];
    out[ORGANIC_ENGAGEMENTS] =
        count[BRAND_LIKES] + count[BRAND_COMMENTS] + count[BRAND_SHARES] + count[BRAND_SAVES];
    double shown = count[BRAND_IMPRESSIONS] + count[BRAND_INFLUENCER_VIEWS];
    out[ORGANIC_RATE] = shown > 0 ? out[ORGANIC_ENGAGEMENTS] / shown : NAN;
    out[ORGANIC_SENTIMENT] = out[ORGANIC_COMMUNITY] = out[ORGANIC_RESPONSE] = NAN;
    out[ORGANIC_VISITS] = count[BRAND_FOLLOWER_VISITS] + count[BRAND_OTHER_VISITS];
    out[ORGANIC_CONVERSIONS] = out[ORGANIC_VISITS] * p->visit_to_order;
    out[ORGANIC_COST] = brand_cost(count);
    out[ORGANIC_VALUE] = out[ORGANIC_CONVERSIONS] * p->value * margin_at(p, paid);
}

static void add_counts(double *into, const double *count)
{
    for (int c = 0; c < BRAND_COUNTS; c++) into[c] += count[c];
}

/* What is one for all platforms. */
static void fill_all(double *out, const brand_t *b, const brand_mood_t *mood)
{
    out[ORGANIC_SENTIMENT] = mood->sentiment;
    out[ORGANIC_COMMUNITY] = mood->community;
    if (b->answered > 0) out[ORGANIC_RESPONSE] = b->response_hours;
    out[ORGANIC_MENTIONS] += mood->crisis_mentions;
}

/* Values of pairs, [cell][pair] of the first few, and the weighted sums of all. */
typedef struct {
    size_t cells, pairs, kept;
    const explained_t *explained; /* whose weights these are; borrowed */
    double *sum;
    float *value;
} gathered_t;

static status_t gathered_init(gathered_t *g, size_t cells, size_t pairs,
                              const explained_t *explained, error_t *err)
{
    *g = (gathered_t){.cells = cells, .pairs = pairs, .explained = explained};
    g->kept = pairs < KEPT_PAIRS ? pairs : KEPT_PAIRS;
    g->sum = calloc(cells, sizeof *g->sum);
    g->value = calloc(cells * g->kept, sizeof *g->value);
    return g->sum && g->value ? OK : fail_memory(err, "the brand's days");
}

static void gathered_free(gathered_t *g)
{
    free(g->sum);
    free(g->value);
}

static void gather(gathered_t *g, size_t cell, size_t pair, const double *x)
{
    double weight = explained_weight(g->explained, pair);
    for (size_t c = 0; c < ORGANIC_COLUMNS; c++) {
        g->sum[cell + c] += weight * x[c];
        if (pair < g->kept) g->value[(cell + c) * g->kept + pair] = (float)x[c];
    }
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Its mean, and the range that holds `level` of it. */
static range_t range_of(gathered_t *g, size_t cell, double level)
{
    float *value = g->value + cell * g->kept;
    double mean = g->sum[cell] / (double)g->pairs;
    if (isnan(mean)) return (range_t){mean, NAN, NAN};
    qsort(value, g->kept, sizeof *value, ascending);
    double last = (double)g->kept - 1;
    return (range_t){mean, (double)value[(size_t)(last * (1 - level) / 2 + 0.5)],
                     (double)value[(size_t)(last * (1 + level) / 2 + 0.5)]};
}

/* --- days and totals -------------------------------------------------------------------------- */

static void gather_total(gathered_t *g, const brand_study_t *b, const double *total, int place,
                         double paid, const brand_effects_t *e, const scenario_t *theta,
                         size_t pair)
{
    double out[ORGANIC_COLUMNS];
    brand_mood_t whole = {0};
    double visits = total[BRAND_FOLLOWER_VISITS] + total[BRAND_OTHER_VISITS];
    bool promoted = theta->product.price.n_promotions > 0 && visits > 0;
    fill(out, total, theta, promoted ? paid / visits : 1);
    for (int day = 0; day < b->days; day++) {
        whole.sentiment += e->path.mood[day].sentiment / b->days;
        whole.community += e->path.mood[day].community / b->days;
        whole.crisis_mentions += e->path.mood[day].crisis_mentions;
    }
    if (b->platform[place] < 0) fill_all(out, &theta->brand, &whole);
    size_t row = (size_t)b->days * (size_t)b->places + (size_t)place;
    gather(g, row * ORGANIC_COLUMNS, pair, out);
}

static void gather_pair(gathered_t *g, const brand_study_t *b, const brand_effects_t *e,
                        const scenario_t *theta, size_t pair)
{
    double total[MAX_PLATFORMS + 1][BRAND_COUNTS] = {{0}}, out[ORGANIC_COLUMNS];
    double paid_visits[MAX_PLATFORMS + 1] = {0};
    for (int day = 0; day < b->days; day++) {
        double all[BRAND_COUNTS] = {0}, paid = price_paid(&theta->product.price, day);
        for (int k = 0; k < b->places; k++) {
            bool whole = b->platform[k] < 0;
            const double *count = whole ? all : brand_day(&e->path, day, b->platform[k]);
            if (!whole) add_counts(all, count);
            add_counts(total[k], count);
            total[k][BRAND_FOLLOWERS] = count[BRAND_FOLLOWERS];
            fill(out, count, theta, paid);
            paid_visits[k] += paid * out[ORGANIC_VISITS];
            if (whole) fill_all(out, &theta->brand, &e->path.mood[day]);
            gather(g, ((size_t)day * (size_t)b->places + (size_t)k) * ORGANIC_COLUMNS, pair, out);
        }
    }
    for (int k = 0; k < b->places; k++)
        gather_total(g, b, total[k], k, paid_visits[k], e, theta, pair);
}

/* --- months ----------------------------------------------------------------------------------- */

/* What the ads of a day bring on average, real units; those of the last day of the flight and after it are
 * together. */
typedef struct {
    double conversions, spend;
    double revenue, discounts; /* of the conversions, in value_unit */
} ads_day_t;

static double paid_on(const scenario_t *sc, conversion_kind_t kind, int day)
{
    return kind == CONVERSION_PURCHASE ? price_paid(&sc->product.price, day) : 1;
}

static ads_day_t ads_on(const estimator_t *e, int day)
{
    const evidence_t *v = estimator_evidence(e);
    const tables_t *t = v->tables;
    double each = v->weight / (double)t->replications;
    int until = day + 1 < t->days ? day + 1 : tables_days(t);
    double unit = value_unit(v->scenario);
    ads_day_t sum = {0};
    for (int a = 0; a < t->scopes.n_ad_sets; a++) {
        conversion_kind_t kind = ad_set_kind(v->scenario, a);
        double value = unit > 0 ? scenario_conversion(v->scenario, kind).value / unit : 0;
        int scope = scope_ad_set(t->scopes, a);
        double caused = each * estimator_table_factor(e, scope, QUANTITY_INCREMENTAL_CONVERSIONS),
               paid_out = each * estimator_table_factor(e, scope, QUANTITY_SPEND);
        for (int d = day; d < until; d++) {
            const int64_t *row = &t->timeline[(a * tables_days(t) + d) * TIMELINE_COUNTS];
            double conversions = caused *
                                 (double)(row[DAY_AD_CONVERSIONS] + row[DAY_BRAND_CONVERSIONS] -
                                          row[DAY_DISPLACED]) /
                                 EVENT_ONE;
            sum.conversions += conversions;
            double paid = paid_on(v->scenario, kind, d);
            sum.revenue += conversions * value * paid;
            sum.discounts += conversions * value * (1 - paid);
            sum.spend += paid_out * (double)row[DAY_SPEND] / MICROS;
        }
    }
    return sum;
}

/* Organic orders of a day of average demand, of a pair: the flight's, spread as season, price and sentiment move them. */
static double organic_a_day(const evidence_t *v, const demand_t *demand, size_t pair)
{
    size_t cells = (size_t)scopes_rows(v->scopes) * COUNTS;
    const int64_t *plan = v->value + 2 * pair * cells + (size_t)scope_plan(v->scopes) * COUNTS;
    return v->weight * (double)plan[COUNT_ORGANIC] / EVENT_ONE /
           demand_over(demand, 0, v->scenario->days);
}

/* Adds a pair's part of the months, but for the ads. */
static void add_months(brand_study_t *b, const estimator_t *estimator, const brand_effects_t *e,
                       const scenario_t *theta, size_t pair)
{
    const evidence_t *v = estimator_evidence(estimator);
    double part = explained_weight(estimator_explained(estimator), pair) / (double)v->pairs;
    demand_t demand;
    demand_init(&demand, theta);
    brand_move_demand(e, &demand);
    double organic = organic_a_day(v, &demand, pair);
    for (int day = 0; day < b->days; day++) {
        organic_month_t *m = &b->month[day / MONTH];
        double counts[BRAND_COUNTS] = {0}, out[ORGANIC_COLUMNS];
        double paid = price_paid(&theta->product.price, day);
        double worth = theta->product.value * margin_at(&theta->product, paid);
        for (int p = 0; p < e->path.places; p++) add_counts(counts, brand_day(&e->path, day, p));
        fill(out, counts, theta, paid);
        bool last = day + 1 == m->first_day + m->days;
        if (last) m->followers += part * counts[BRAND_FOLLOWERS];
        m->sentiment += part * e->path.mood[day].community / m->days;
        m->post_conversions += part * out[ORGANIC_CONVERSIONS];
        m->organic_conversions += part * organic * demand_over(&demand, day, day + 1);
        m->cost += part * out[ORGANIC_COST];
        moved_t moved = brand_moved(e, &demand, day);
        double earned =
            (out[ORGANIC_CONVERSIONS] + organic * (moved.answers - moved.crises)) * worth;
        m->present_value += part * (earned - out[ORGANIC_COST]) *
                            m_pow(1 + theta->brand.discount_rate, -(day + 0.5) / YEAR);
    }
}

/* Of the ads, at the parameters' means, and their production; present values become sums from the first month on. */
static void add_ads(brand_study_t *b, const estimator_t *e)
{
    const evidence_t *v = estimator_evidence(e);
    double income = 0, goods = 0, cost = 0, production = 0, before = 0;
    for (size_t pair = 0; pair < v->pairs; pair++) {
        income += v->economics[pair].net_margin / (double)v->pairs;
        goods += v->economics[pair].goods / (double)v->pairs;
        cost += v->economics[pair].cost / (double)v->pairs;
        production += v->economics[pair].production / (double)v->pairs;
    }
    double value = value_unit(v->scenario);
    for (int day = 0; day < b->days; day++) {
        organic_month_t *m = &b->month[day / MONTH];
        ads_day_t ads = ads_on(e, day);
        double discount = m_pow(1 + v->scenario->brand.discount_rate, -(day + 0.5) / YEAR);
        m->ad_conversions += ads.conversions;
        m->spend += ads.spend * cost;
        double profit = ads.revenue * value * income - ads.discounts * value * goods;
        m->present_value += discount * (profit - ads.spend * cost);
    }
    b->month[0].spend += production; /* paid before anything is shown */
    b->month[0].present_value -= production;
    for (int k = 0; k < b->n_months; k++) before = b->month[k].present_value += before;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void lay_out(brand_study_t *b, const scenario_t *sc)
{
    b->days = sc->days;
    for (int k = 0; k < sc->brand.n_accounts; k++)
        b->platform[b->places++] = sc->brand.account[k].platform;
    b->platform[b->places++] = -1;
    for (; b->n_months * MONTH < b->days; b->n_months++) {
        int first = b->n_months * MONTH, left = b->days - first;
        b->month[b->n_months] =
            (organic_month_t){.first_day = first, .days = left < MONTH ? left : MONTH};
    }
}

static void find_ranges(brand_study_t *b, gathered_t *g, double level)
{
    size_t rows = (size_t)b->days * (size_t)b->places, cells = rows * ORGANIC_COLUMNS;
    for (size_t k = 0; k < cells; k++) b->day[k] = range_of(g, k, level);
    for (int place = 0; place < b->places; place++)
        for (int c = 0; c < ORGANIC_COLUMNS; c++)
            b->total[place][c] =
                range_of(g, cells + (size_t)place * ORGANIC_COLUMNS + (size_t)c, level);
}

status_t brand_study_init(brand_study_t *b, const world_t *w, const estimator_t *e, error_t *err)
{
    const evidence_t *v = estimator_evidence(e);
    *b = (brand_study_t){0};
    if (!brand_acts(&v->scenario->brand)) return OK;
    gathered_t g = {0};
    brand_effects_t effects = {0};
    scenario_t *theta = malloc(sizeof *theta);
    lay_out(b, v->scenario);
    size_t rows = (size_t)b->days * (size_t)b->places;
    b->day = calloc(rows * ORGANIC_COLUMNS, sizeof *b->day);
    status_t st = theta && b->day ? OK : fail_memory(err, "the brand's days");
    if (st == OK)
        st = gathered_init(&g, (rows + (size_t)b->places) * ORGANIC_COLUMNS, v->pairs,
                           estimator_explained(e), err);
    if (st == OK) st = brand_effects_init(&effects, w, err);
    for (size_t pair = 0; st == OK && pair < v->pairs; pair++) {
        scenario_draw(v->scenario, (uint32_t)pair, theta);
        brand_effects_draw(&effects, w, &w->crowd.tally, theta, (uint32_t)pair);
        gather_pair(&g, b, &effects, theta, pair);
        add_months(b, e, &effects, theta, pair);
    }
    if (st == OK) find_ranges(b, &g, v->scenario->interval);
    if (st == OK) add_ads(b, e);
    brand_effects_free(&effects);
    gathered_free(&g);
    free(theta);
    return st;
}

void brand_study_free(brand_study_t *b)
{
    free(b->day);
    *b = (brand_study_t){0};
}
