/* segments_plan.c -- the scenario of --write. */
#include "sim/report/segments_plan.h"

#include "sim/config/variant.h"
#include "sim/report/text.h"

#include <math.h>
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
static const char *platform_for(const segments_t *s, int g, const scenario_t *sc)
{
    int best = 0;
    for (int p = 1; p < sc->n_platforms; p++)
        if (use_of(s, g, sc->platform[p].name) > use_of(s, g, sc->platform[best].name)) best = p;
    return sc->platform[best].name;
}

/* --- campaigns -------------------------------------------------------------------------------- */

static void write_ad_set(const segment_t *x, const char *platform, double budget, FILE *to)
{
    fprintf(to,
            "      - ad_set: %s\n"
            "        platform: %s\n"
            "        audience: %s\n"
            "        budget: %.10g\n"
            "        creatives: [{creative: %s}]\n",
            x->audience, platform, x->audience, budget, x->audience);
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
    for (int g = 0; g < s->k; g++)
        if (s->of[g].has_rule) write_ad_set(&s->of[g], platform_for(s, g, sc), share, to);
    return st;
}

status_t segments_plan(const segments_report_t *r, const char *folder, FILE *to, error_t *err)
{
    (void)folder;
    if (!rules(r->segments))
        return fail(err, ERR_INVALID, "no segment has a rule: there is nothing to target");
    write_head(r, to);
    return plan_of_scenario(r, to, err);
}
