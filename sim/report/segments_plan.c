/* segments_plan.c -- the scenario of --write. */
#include "sim/report/segments_plan.h"

#include "sim/config/variant.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int rules(const segments_t *s)
{
    int n = 0;
    for (int g = 0; g < s->k; g++) n += s->of[g].has_rule;
    return n;
}

static void write_head(const segments_report_t *r, FILE *to)
{
    const segments_t *s = r->segments;
    fprintf(
        to,
        "# Written by adsim segment %s --method %s: %d segments, seed %llu.\n"
        "# One ad set for each segment that has a rule, the budget split evenly: a start, not a "
        "recommendation.\n",
        r->source, method_words[s->options.method], s->k, (unsigned long long)s->options.seed);
}

/* --- which platform --------------------------------------------------------------------------- */

/* Share of the segment who use the platform; 1 if the frame does not know. */
static double use_of(const segments_t *s, int g, const char *platform)
{
    for (int r = 0; r < s->profile.n_rows; r++) {
        int c = s->profile.row[r].feature;
        if (s->frame->column[c].group == GROUP_PLATFORM &&
            !strcmp(s->frame->feature[c].name, platform))
            return profiles_value(&s->profile, r, g);
    }
    return 1;
}

/* Of the scenario's platforms the one that most of the segment use. */
static const platform_t *platform_for(const segments_t *s, int g, const scenario_t *sc)
{
    int best = 0;
    for (int p = 1; p < sc->n_platforms; p++)
        if (use_of(s, g, sc->platform[p].name) > use_of(s, g, sc->platform[best].name)) best = p;
    return &sc->platform[best];
}

/* --- campaigns -------------------------------------------------------------------------------- */

/* ctr: of the creative, NAN = the platform's own. */
static status_t write_ad_set(const segment_t *x, const char *platform, double budget, double ctr,
                             FILE *to, error_t *err)
{
    fprintf(to, "      - ad_set: %s\n        platform: ", x->audience);
    status_t st = yaml_write_text(platform, to, err);
    fprintf(to, "\n        audience: %s\n        budget: %.10g\n        creatives: [{creative: %s",
            x->audience, budget, x->audience);
    if (!isnan(ctr)) fprintf(to, ", ctr: %.4g%%", 100 * ctr);
    fputs("}]\n", to);
    return st;
}

static void write_campaign_head(double budget, FILE *to)
{
    fprintf(to,
            "campaigns:\n"
            "  - campaign: Segments\n"
            "    objective: sales\n"
            "    lifetime_budget: %.10g\n"
            "    ad_sets:\n",
            budget);
}

/* Whole currency where there is enough of it, cents otherwise; the sum never passes the budget. */
static double even_share(double budget, int n)
{
    double unit = budget / n >= 100 ? 1 : 0.01;
    return floor(budget / n / unit) * unit;
}

/* A platform without a click rate of its own: the mean of the scenario's creatives. */
static double ctr_for(const platform_t *p, const scenario_t *sc)
{
    double sum = 0;
    int n = 0;
    for (int c = 0; c < sc->n_creatives; c++) {
        if (isnan(sc->creative[c].ctr)) continue;
        sum += sc->creative[c].ctr;
        n++;
    }
    return isnan(p->ctr) && n ? sum / n : NAN;
}

/* --- of a scenario ---------------------------------------------------------------------------- */

static double total_budget(const scenario_t *sc)
{
    double sum = 0;
    for (int c = 0; c < sc->n_campaigns; c++) sum += sc->campaign[c].lifetime_budget;
    return sum;
}

static status_t plan_of_scenario(const segments_report_t *r, FILE *to, error_t *err)
{
    static const char *const replaced[] = {"name",  "audiences", "campaigns", "compare",
                                           "sweep", "allocate",  NULL};
    const segments_t *s = r->segments;
    const scenario_t *sc = loaded_scenario(r->loaded);
    double share = even_share(total_budget(sc), rules(s));
    char name[300];
    snprintf(name, sizeof name, "%s by segment", sc->name);
    fputs("name: ", to);
    status_t st = yaml_write_text(name, to, err);
    fputc('\n', to);
    if (st == OK) st = loaded_write_keys(r->loaded, replaced, to, err);
    fputs("\naudiences:\n", to);
    if (st == OK) st = loaded_write_items(r->loaded, "audiences", to, err);
    if (st == OK) st = segments_audiences(r, to, err);
    fputs("\n# The campaigns' money in one; each ad set on the platform that most of its segment "
          "use.\n",
          to);
    write_campaign_head(share * rules(s), to);
    for (int g = 0; st == OK && g < s->k; g++) {
        const platform_t *p = platform_for(s, g, sc);
        if (s->of[g].has_rule)
            st = write_ad_set(&s->of[g], p->name, share, ctr_for(p, sc), to, err);
    }
    return st;
}

/* --- of a table ------------------------------------------------------------------------------- */

/* What nobody has measured about the people of a table. */
static const double BUDGET_A_PERSON = 0.1, BUDGET_LEAST = 100, ORDER = 50, USE = 0.697,
                    MINUTES = 20;

static bool is_targetable(const feature_t *f)
{
    return f->kind != FEATURE_NUMBER && feature_is_writable(f);
}

/* Rules take an unknown value for none of the levels and for "no". */
static status_t write_column(const frame_t *f, int c, FILE *to, error_t *err)
{
    static const char *const role[] = {
        [FEATURE_YEARS] = "age", [FEATURE_LEVELS] = "attribute", [FEATURE_FLAG] = "trait"};
    static const char *const missing[] = {
        [FEATURE_YEARS] = "drop", [FEATURE_LEVELS] = "unknown", [FEATURE_FLAG] = "no"};
    const feature_t *x = &f->feature[c];
    fputs("    ", to);
    status_t st = yaml_write_text(f->column[c].own_name, to, err);
    if (f->column[c].n_missing)
        fprintf(to, ": {as: %s, missing: %s}\n", role[x->kind], missing[x->kind]);
    else
        fprintf(to, ": %s\n", role[x->kind]);
    return st;
}

/* The table as the scenario finds it: beside itself, or as it was named here. */
static const char *table_path(const char *source, const char *folder)
{
    size_t n = strlen(folder);
    return n && !strncmp(source, folder, n) && !strchr(source + n, '/') ? source + n : source;
}

static status_t write_population(const segments_report_t *r, const char *folder, FILE *to,
                                 error_t *err)
{
    const frame_t *f = r->segments->frame;
    fputs("population:\n  name: ", to);
    status_t st = yaml_write_text(r->name, to, err);
    fputs("\n  csv: ", to);
    if (st == OK) st = yaml_write_text(table_path(r->source, folder), to, err);
    if (f->weight_column) {
        fputs("\n  weight: ", to);
        if (st == OK) st = yaml_write_text(f->weight_column, to, err);
    }
    fputs("\n  columns:\n", to);
    for (int c = 0; st == OK && c < f->people.n_features; c++)
        if (is_targetable(&f->feature[c])) st = write_column(f, c, to, err);
    return st;
}

static bool has_age(const frame_t *f)
{
    for (int c = 0; c < f->people.n_features; c++)
        if (f->column[c].group == GROUP_AGE) return true;
    return false;
}

/* The mean order, where columns tell it. */
static double mean_order(const segments_t *s)
{
    double orders = NAN, spent = NAN;
    for (int m = 0; m < s->n_measures; m++) {
        if (!strcmp(s->measure[m].name, "mean_frequency")) orders = s->measure[m].all;
        if (!strcmp(s->measure[m].name, "mean_monetary")) spent = s->measure[m].all;
    }
    return spent / orders;
}

static void write_product(const segments_t *s, FILE *to)
{
    double order = mean_order(s);
    if (order > 0 && isfinite(order))
        fprintf(to, "product: {value: %.2f} # the mean order of the table\n", order);
    else
        fprintf(to, "product: {value: %.0f} # assumption: put your mean order\n", ORDER);
}

static status_t plan_of_table(const segments_report_t *r, const char *folder, FILE *to,
                              error_t *err)
{
    const segments_t *s = r->segments;
    double people = profiles_people(&s->profile, PROFILE_ALL) * s->frame->unit;
    double budget = fmax(BUDGET_LEAST, floor(people * BUDGET_A_PERSON));
    double share = even_share(budget, rules(s));
    char name[300];
    snprintf(name, sizeof name, "%s by segment", r->name);
    fputs("version: 1\nname: ", to);
    status_t st = yaml_write_text(name, to, err);
    fprintf(to,
            "\ncurrency: USD\nseed: %llu\nschedule: {start: 2026-03-02, days: 28} # put your own\n",
            (unsigned long long)s->options.seed);
    if (st == OK) st = write_population(r, folder, to, err);
    fprintf(to,
            "platforms: [facebook]\n"
            "set:\n"
            "  platforms.facebook.users: %.3g%% # assumption: as many as of all U.S. adults "
            "(computed from Pew "
            "Research Center NPORS 2024)\n",
            100 * USE);
    if (!has_age(s->frame))
        fprintf(to,
                "  platforms.facebook.activity.minutes_per_day: %.0f # assumption: ages are not "
                "known\n",
                MINUTES);
    write_product(s, to);
    fputs("\naudiences:\n", to);
    if (st == OK) st = segments_audiences(r, to, err);
    fputs("\n# Assumption: ten cents a person, split evenly. Put your budget.\n", to);
    write_campaign_head(share * rules(s), to);
    for (int g = 0; st == OK && g < s->k; g++)
        if (s->of[g].has_rule) st = write_ad_set(&s->of[g], "facebook", share, NAN, to, err);
    return st;
}

status_t segments_plan(const segments_report_t *r, const char *folder, FILE *to, error_t *err)
{
    if (!rules(r->segments))
        return fail(err, ERR_INVALID, "no segment has a rule: there is nothing to target");
    write_head(r, to);
    return r->loaded ? plan_of_scenario(r, to, err) : plan_of_table(r, folder, to, err);
}
