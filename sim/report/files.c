/* files.c -- the files of a result folder. Each is one row of a table: its name and who writes it. */
#include "sim/report/assumptions.h"
#include "sim/report/attribution.h"
#include "sim/report/doubts.h"
#include "sim/report/estimates.h"
#include "sim/report/folder.h"
#include "sim/report/funnel.h"
#include "sim/report/lift_test.h"
#include "sim/report/organic.h"
#include "sim/report/provenance.h"
#include "sim/report/publish.h"
#include "sim/report/report.h"
#include "sim/report/summary_csv.h"
#include "sim/report/text.h"
#include "sim/report/whatif_files.h"

#include "models/base/date.h"
#include "models/base/fixed.h"

#include <math.h>

static const scenario_t *scenario_of(const report_t *r)
{
    return r->study->scenario;
}

/* An integer of a table, summed over replications, as the mean of one in real units. */
static double plain_mean(const report_t *r, int64_t sum, double unit)
{
    const study_t *s = r->study;
    return s->evidence.weight * (double)sum / unit / (double)s->tables.replications;
}

/* What a column of a table adds up to, of its scope. */
typedef struct {
    quantity_t of;
    double unit;
} total_t;

static double mean_of_table(const report_t *r, int scope, int64_t sum, total_t total)
{
    return plain_mean(r, sum, total.unit) *
           estimator_table_factor(r->study->estimator, scope, total.of);
}

static void header(csv_t *c, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) csv_text(c, names[i]);
    csv_end(c);
}
#define HEADER(csv, ...)                                                                           \
    do {                                                                                           \
        const char *const names[] = {__VA_ARGS__};                                                 \
        header(csv, names, sizeof names / sizeof *names);                                          \
    } while (0)

/* --- summary.csv ------------------------------------------------------------------------------ */

static status_t write_summary_csv(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    csv_t c = {.to = to};
    summary_header(&c, r->responses);
    summary_rows(&c, r->study, r->responses, NULL);
    return OK;
}

/* --- tables ----------------------------------------------------------------------------------- */

/* People of the summary with impressions from one level of reach up to the next, and of them those in the table's
 * plain sums. */
static double people_between(const report_t *r, int scope, int level, bool plainly)
{
    const estimator_t *e = r->study->estimator;
    double people = 0;
    for (int k = level; k < REACH_LEVELS && k <= level + 1; k++) {
        quantity_t reach = QUANTITY_REACH + (quantity_t)k;
        double factor = plainly ? 1 / estimator_table_factor(e, scope, reach) : 1;
        people += (k == level ? 1 : -1) * factor * estimator_quantity(e, scope, reach);
    }
    return people;
}

static double frequency_factor(const report_t *r, int scope, int impressions)
{
    int level = REACH_LEVELS - 1;
    while (reach_levels[level].at_least > impressions) level--;
    double plain = people_between(r, scope, level, true);
    return plain > 0 ? people_between(r, scope, level, false) / plain : 1;
}

static status_t write_frequency(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    scopes_t scopes = r->study->evidence.scopes;
    csv_t c = {.to = to};
    HEADER(&c, "scope", "name", "impressions_from", "impressions_to", "people");
    for (int scope = 0; scope < scopes_count(scopes); scope++)
        for (int f = 1; f <= FREQUENCY_BINS; f++) {
            csv_text(&c, scope_kind(scopes, scope));
            csv_text(&c, scope_name(scenario_of(r), scopes, scope));
            csv_real(&c, f);
            csv_real(&c, f < FREQUENCY_BINS ? f : NAN); /* the last bin is open */
            int64_t people = r->study->tables.frequency[scope * FREQUENCY_BINS + f - 1];
            csv_real(&c, plain_mean(r, people, 1) * frequency_factor(r, scope, f));
            csv_end(&c);
        }
    return OK;
}

static const total_t timeline_total[TIMELINE_COUNTS] = {
    [DAY_IMPRESSIONS] = {QUANTITY_IMPRESSIONS, 1},
    [DAY_SPEND] = {QUANTITY_SPEND, MICROS},
    [DAY_CLICKS] = {QUANTITY_CLICKS, EVENT_ONE},
    [DAY_AD_CONVERSIONS] = {QUANTITY_AD_CONVERSIONS, EVENT_ONE},
    [DAY_DISPLACED] = {QUANTITY_DISPLACED, EVENT_ONE},
    [DAY_AD_REVENUE] = {QUANTITY_INCREMENTAL_REVENUE, NANOS},
    [DAY_NEW_REACH] = {QUANTITY_REACH, 1},
    [DAY_CONVERSIONS] = {QUANTITY_CONVERSIONS, EVENT_ONE},
    [DAY_BRAND_CONVERSIONS] = {QUANTITY_BRAND_CONVERSIONS, EVENT_ONE},
    [DAY_BRAND_REVENUE] = {QUANTITY_INCREMENTAL_REVENUE, NANOS},
};

static status_t write_timeline(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const tables_t *t = &r->study->tables;
    csv_t c = {.to = to};
    HEADER(&c, "day", "date", "period", "ad_set", "impressions", "spend", "clicks",
           "ad_conversions", "displaced_conversions", "ad_revenue", "new_reach", "conversions",
           "brand_conversions", "brand_revenue");
    for (int day = 0; day < tables_days(t); day++)
        for (int a = 0; a < t->scopes.n_ad_sets; a++) {
            bool later = day == t->days + t->run_off_days;
            const int64_t *row =
                &t->timeline[((size_t)a * (size_t)tables_days(t) + (size_t)day) * TIMELINE_COUNTS];
            csv_real(&c, later ? NAN : day + 1);
            csv_text(&c, later ? NULL : date_after(scenario_of(r)->start, day).text);
            csv_text(&c, later ? "later" : day < t->days ? "flight" : "run-off");
            csv_text(&c, scenario_of(r)->ad_set[a].name);
            for (int k = 0; k < TIMELINE_COUNTS; k++)
                csv_real(&c,
                         mean_of_table(r, scope_ad_set(t->scopes, a), row[k], timeline_total[k]));
            csv_end(&c);
        }
    return OK;
}

/* People reached by the end of each day: by the plan at least so many times, by an ad set at all. */
static void reach_row(csv_t *c, const report_t *r, const char *scope, const char *name, int day)
{
    csv_text(c, scope);
    csv_text(c, name);
    csv_real(c, day + 1);
    csv_text(c, date_after(scenario_of(r)->start, day).text);
}

static status_t write_reach_curve(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const tables_t *t = &r->study->tables;
    csv_t c = {.to = to};
    HEADER(&c, "scope", "name", "day", "date", "reach", "reach_2", "reach_3", "reach_5",
           "reach_10");
    for (int a = 0; a < t->scopes.n_ad_sets; a++) {
        int64_t sum = 0;
        for (int day = 0; day < t->days; day++) {
            sum += t->timeline[(a * tables_days(t) + day) * TIMELINE_COUNTS + DAY_NEW_REACH];
            reach_row(&c, r, "ad_set", scenario_of(r)->ad_set[a].name, day);
            csv_real(&c, mean_of_table(r, scope_ad_set(t->scopes, a), sum,
                                       (total_t){QUANTITY_REACH, 1}));
            for (int k = 1; k < REACH_LEVELS; k++) csv_real(&c, NAN);
            csv_end(&c);
        }
    }
    int64_t sum[REACH_LEVELS] = {0};
    for (int day = 0; t->scopes.n_ad_sets && day < t->days; day++) {
        reach_row(&c, r, "plan", scenario_of(r)->name, day);
        for (int k = 0; k < REACH_LEVELS; k++) {
            sum[k] += t->reach_day[day * REACH_LEVELS + k];
            total_t people = {QUANTITY_REACH + (quantity_t)k, 1};
            csv_real(&c, mean_of_table(r, scope_plan(t->scopes), sum[k], people));
        }
        csv_end(&c);
    }
    return OK;
}

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

/* By hour of the day: 0 is from midnight to one. */
static status_t write_hours(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const tables_t *t = &r->study->tables;
    csv_t c = {.to = to};
    HEADER(&c, "ad_set", "hour", "impressions", "spend", "cpm", "opportunities", "auctions",
           "win_rate");
    for (int a = 0; a < t->scopes.n_ad_sets; a++)
        for (int h = 0; h < DAY_HOURS; h++) {
            const int64_t *row = &t->hour[(a * DAY_HOURS + h) * HOUR_COUNTS];
            int scope = scope_ad_set(t->scopes, a);
            const total_t thousandths = {QUANTITY_OPPORTUNITIES, THOUSANDTHS};
            double impressions =
                mean_of_table(r, scope, row[HOUR_IMPRESSIONS], (total_t){QUANTITY_IMPRESSIONS, 1});
            double spend =
                mean_of_table(r, scope, row[HOUR_SPEND], (total_t){QUANTITY_SPEND, MICROS});
            double auctions = mean_of_table(r, scope, row[HOUR_OPPORTUNITIES] - row[HOUR_KEPT_OUT],
                                            (total_t){QUANTITY_AUCTIONS, THOUSANDTHS});
            csv_text(&c, scenario_of(r)->ad_set[a].name);
            csv_real(&c, h);
            csv_real(&c, impressions);
            csv_real(&c, spend);
            csv_real(&c, share(1000 * spend, impressions));
            csv_real(&c, mean_of_table(r, scope, row[HOUR_OPPORTUNITIES], thousandths));
            csv_real(&c, auctions);
            csv_real(&c, share(impressions, auctions));
            csv_end(&c);
        }
    return OK;
}

/* The cap that lets fewest impressions a day through, of the ad set, its campaign and its platform; NULL: there is
 * none. */
static const frequency_cap_t *tightest_cap(const scenario_t *sc, int a)
{
    const ad_set_t *x = &sc->ad_set[a];
    const frequency_cap_t *const list[] = {x->cap, sc->campaign[x->campaign].cap,
                                           sc->platform[x->platform].cap},
                                 *best = NULL;
    for (size_t l = 0; l < sizeof list / sizeof *list; l++)
        for (int k = 0; k < MAX_CAPS; k++) {
            const frequency_cap_t *cap = &list[l][k];
            if (cap->impressions <= 0 || !(cap->window_days > 0)) continue;
            if (!best ||
                cap->impressions / cap->window_days < best->impressions / best->window_days)
                best = cap;
        }
    return best;
}

/* What limits every ad set, and what would come of it if that were wider. */
static status_t write_delivery(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const scenario_t *sc = scenario_of(r);
    csv_t c = {.to = to};
    HEADER(&c, "ad_set", "limited_by", "share_limited", "budget_spent", "lift", "lift_impressions",
           "lift_cpm", "target_frequency", "window_frequency", "results_per_week", "learning",
           "cap_impressions", "cap_days");
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const delivery_t *d = &r->study->delivery[a];
        double target = sc->ad_set[a].target_frequency.impressions;
        csv_text(&c, sc->ad_set[a].name);
        csv_text(&c, limit_word(d->limit));
        csv_real(&c, d->share);
        csv_real(&c, d->spent);
        csv_text(&c, limit_lift(d->limit));
        csv_real(&c, d->lift);
        csv_real(&c, d->lift_cpm);
        csv_real(&c, target > 0 ? target : NAN);
        csv_real(&c, d->window_frequency);
        csv_real(&c, d->results_per_week);
        csv_text(&c, learning_word(d));
        const frequency_cap_t *cap = tightest_cap(sc, a);
        csv_real(&c, cap ? cap->impressions : NAN);
        csv_real(&c, cap ? cap->window_days : NAN);
        csv_end(&c);
    }
    return OK;
}

static const total_t segment_total[SEGMENT_COUNTS] = {
    [SEGMENT_PEOPLE] = {QUANTITY_ONE, 1},
    [SEGMENT_IMPRESSIONS] = {QUANTITY_IMPRESSIONS, 1},
    [SEGMENT_REACH] = {QUANTITY_REACH, 1},
    [SEGMENT_SPEND] = {QUANTITY_SPEND, MICROS},
    [SEGMENT_CLICKS] = {QUANTITY_CLICKS, EVENT_ONE},
    [SEGMENT_AD_CONVERSIONS] = {QUANTITY_AD_CONVERSIONS, EVENT_ONE},
};

static status_t write_segments(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const tables_t *t = &r->study->tables;
    csv_t c = {.to = to};
    HEADER(&c, "ad_set", "age", "sex", "region", "people", "impressions", "reach", "spend",
           "clicks", "ad_conversions");
    for (int a = 0; a < t->scopes.n_ad_sets; a++)
        for (int g = 0; g < t->n_segments; g++) {
            const int64_t *row =
                &t->segment[((size_t)a * (size_t)t->n_segments + (size_t)g) * SEGMENT_COUNTS];
            csv_text(&c, scenario_of(r)->ad_set[a].name);
            for (int d = 0; d < 3; d++) csv_text(&c, world_segment_label(r->study->world, g, d));
            for (int k = 0; k < SEGMENT_COUNTS; k++)
                csv_real(&c,
                         mean_of_table(r, scope_ad_set(t->scopes, a), row[k], segment_total[k]));
            csv_end(&c);
        }
    return OK;
}

static status_t write_overlap(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const tables_t *t = &r->study->tables;
    const scenario_t *sc = scenario_of(r);
    int n = t->scopes.n_ad_sets;
    csv_t c = {.to = to};
    HEADER(&c, "ad_set_a", "ad_set_b", "people", "share_of_a", "share_of_b");
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) {
            int64_t both = t->overlap[a * n + b];
            csv_text(&c, sc->ad_set[a].name);
            csv_text(&c, sc->ad_set[b].name);
            csv_real(&c, plain_mean(r, both, 1));
            csv_real(&c, share((double)both, (double)t->overlap[a * n + a]));
            csv_real(&c, share((double)both, (double)t->overlap[b * n + b]));
            csv_end(&c);
        }
    return OK;
}

/* --- placements -------------------------------------------------------------------------------- */

static int has_placements(const report_t *r)
{
    const scenario_t *sc = scenario_of(r);
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->platform[sc->ad_set[a].platform].n_placements) return 1;
    return 0;
}

static const total_t placement_total[PLACEMENT_COUNTS] = {
    [PLACEMENT_IMPRESSIONS] = {QUANTITY_IMPRESSIONS, 1},
    [PLACEMENT_REACH] = {QUANTITY_REACH, 1},
    [PLACEMENT_SPEND] = {QUANTITY_SPEND, MICROS},
    [PLACEMENT_CLICKS] = {QUANTITY_CLICKS, EVENT_ONE}};

static status_t write_placements(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const tables_t *t = &r->study->tables;
    const scenario_t *sc = scenario_of(r);
    csv_t c = {.to = to};
    HEADER(&c, "ad_set", "placement", "impressions", "reach", "spend", "clicks", "cpm", "ctr");
    for (int a = 0; a < t->scopes.n_ad_sets; a++) {
        const platform_t *p = &sc->platform[sc->ad_set[a].platform];
        for (int k = 0; k < p->n_placements; k++) {
            const int64_t *row = &t->placement[(a * PLATFORM_PLACEMENTS + k) * PLACEMENT_COUNTS];
            double mean[PLACEMENT_COUNTS];
            csv_text(&c, sc->ad_set[a].name);
            csv_text(&c, p->placement[k].name);
            for (int i = 0; i < PLACEMENT_COUNTS; i++)
                csv_real(&c, mean[i] = mean_of_table(r, scope_ad_set(t->scopes, a), row[i],
                                                     placement_total[i]));
            double shown = mean[PLACEMENT_IMPRESSIONS];
            csv_real(&c, shown > 0 ? 1000 * mean[PLACEMENT_SPEND] / shown : NAN);
            csv_real(&c, shown > 0 ? mean[PLACEMENT_CLICKS] / shown : NAN);
            csv_end(&c);
        }
    }
    return OK;
}

/* --- creatives --------------------------------------------------------------------------------- */

/* What of an ad set came of each of its creatives. */
static status_t write_creatives(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    static const char *const metric[] = {
        "impressions", "reach", "frequency",   "spend", "cpm", "clicks",
        "ctr",         "cpc",   "conversions", "cvr",   "cpa", "incremental_conversions",
        "icpa"};
    enum { METRICS = sizeof metric / sizeof *metric };
    const scenario_t *sc = scenario_of(r);
    csv_t c = {.to = to};
    csv_text(&c, "ad_set");
    csv_text(&c, "creative");
    csv_text(&c, "family");
    estimate_header(&c, "share_of_impressions");
    for (int m = 0; m < METRICS; m++) estimate_header(&c, metric[m]);
    csv_end(&c);
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (int k = 0; k < sc->ad_set[a].n_creatives; k++) {
            int creative = sc->ad_set[a].first_creative + k, row = scope_creative(sc, creative);
            const creative_t *x = &sc->creative[creative];
            csv_text(&c, sc->ad_set[a].name);
            csv_text(&c, x->name);
            csv_text(&c, x->family_name ? x->family_name : x->name);
            estimate_t share = estimator_share(r->study->estimator, row, QUANTITY_IMPRESSIONS);
            csv_estimate(&c, &share);
            for (int m = 0; m < METRICS; m++) {
                estimate_t e = estimator_column(r->study->estimator, row, column_find(metric[m]));
                csv_estimate(&c, &e);
            }
            csv_end(&c);
        }
    return OK;
}

/* --- where values came from ------------------------------------------------------------------- */

static status_t write_assumptions(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    assumptions_csv(r->loaded, to);
    return OK;
}

static status_t write_given(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    given_csv(r->loaded, to);
    return OK;
}

static status_t write_scenario(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    size_t length;
    const char *text = loaded_source_text(r->loaded, &length);
    fwrite(text, 1, length, to);
    return OK;
}

static status_t write_resolved(const report_t *r, FILE *to, error_t *err)
{
    return loaded_write_resolved(r->loaded, to, err);
}

/* --- the folder ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    status_t (*write)(const report_t *r, FILE *to, error_t *err);
    int (*is_wanted)(const report_t *r); /* NULL = always */
} files[] = {
    {"summary.csv", write_summary_csv, NULL},
    {"summary.json", report_summary_json, NULL},
    {"frequency.csv", write_frequency, NULL},
    {"timeline.csv", write_timeline, NULL},
    {"reach_curve.csv", write_reach_curve, NULL},
    {"segments.csv", write_segments, NULL},
    {"overlap.csv", write_overlap, NULL},
    {"assumptions.csv", write_assumptions, NULL},
    {"given.csv", write_given, NULL},
    {"scenario.yaml", write_scenario, NULL},
    {"resolved.yaml", write_resolved, NULL},
    {"placements.csv", write_placements, has_placements},
    {"hours.csv", write_hours, NULL},
    {"delivery.csv", write_delivery, NULL},
    {"creatives.csv", write_creatives, NULL},
    {"attribution.csv", attribution_csv, NULL},
    {"funnel.csv", funnel_csv, has_ad_sets},
    {"organic.csv", report_organic_csv, report_has_brand},
    {"months.csv", report_months_csv, report_has_brand},
    {"experiment.csv", lift_test_csv, has_lift_test},
    {"sensitivity.csv", doubts_csv, has_unsure_values},
    {"response_curve.csv", response_curve_csv, has_responses},
    {"whatif.json", whatif_json, has_responses},
};

static status_t write_run_json(const report_t *r, const folder_t *f, FILE *to, error_t *err)
{
    return provenance_write(&r->provenance, r->loaded, f, r->study, to, err);
}

static status_t write_all(const report_t *r, folder_t *f, error_t *err)
{
    status_t st = OK;
    FILE *to;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].is_wanted && !files[i].is_wanted(r)) continue;
        st = folder_open(f, files[i].name, &to, err);
        if (st == OK) st = files[i].write(r, to, err);
        if (st == OK) st = folder_close(f, err);
        if (st != OK) return st;
    }
    st = publish_into(f, r->figures, err);
    if (st == OK) st = folder_open(f, "run.json", &to, err);
    if (st == OK) st = write_run_json(r, f, to, err);
    return st == OK ? folder_close(f, err) : st;
}

status_t report_write(const report_t *r, const char *target, size_t *n, error_t *err)
{
    folder_t f;
    status_t st = folder_begin(&f, target, err);
    if (st != OK) return st;
    return folder_end(&f, write_all(r, &f, err), n, err);
}
