/* doubts.c -- doubts by the names that people have for them. */
#include "sim/report/doubts.h"

#include "sim/report/csv.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- names ------------------------------------------------------------------------------------ */

/* What keys are called where their own words would not do. */
static const struct {
    const char *key, *words;
} key_words[] = {{"ctr", "click rate"},
                 {"cvr", "conversion rate"},
                 {"market.cpm", "CPM"},
                 {"market.rival_median_cpm", "rivals' CPM"},
                 {"value", "order value"},
                 {"value_sd", "spread of order values"},
                 {"view_conversion", "conversion rate of a view"}};

/* Takes "WORD.NAME." off the path, NAME being one of n names, the longest that fits; which one, or -1. */
static int take_named(const char **path, const char *word,
                      const char *(*name)(const void *of, int i), const void *of, int n)
{
    size_t length = strlen(word), longest = 0;
    int found = -1;
    if (strncmp(*path, word, length) != 0 || (*path)[length] != '.') return -1;
    for (int i = 0; i < n; i++) {
        size_t l = strlen(name(of, i));
        if (l < longest || strncmp(*path + length + 1, name(of, i), l) != 0 ||
            (*path)[length + 1 + l] != '.')
            continue;
        found = i;
        longest = l;
    }
    if (found >= 0) *path += length + longest + 2;
    return found;
}

static const char *campaign_name(const void *sc, int i)
{
    return ((const scenario_t *)sc)->campaign[i].name;
}

static const char *ad_set_name(const void *campaign_sets, int i)
{
    return ((const ad_set_t *)campaign_sets)[i].name;
}

static const char *creative_name(const void *creatives, int i)
{
    return ((const creative_t *)creatives)[i].name;
}

static const char *platform_name(const void *sc, int i)
{
    return ((const scenario_t *)sc)->platform[i].name;
}

static const char *audience_name(const void *sc, int i)
{
    return ((const scenario_t *)sc)->audience[i].name;
}

/* Sections whose keys speak for themselves. */
static void take_section(const char **path, const char *word)
{
    size_t length = strlen(word);
    if (!strncmp(*path, word, length) && (*path)[length] == '.') *path += length + 1;
}

/* Whose value it is, and "" or a second name; the path goes on behind them. */
static const char *owner_of(const scenario_t *sc, const char **path, const char **within)
{
    *within = "";
    int p = take_named(path, "platforms", platform_name, sc, sc->n_platforms);
    if (p >= 0) return sc->platform[p].label ? sc->platform[p].label : sc->platform[p].name;
    int audience = take_named(path, "audiences", audience_name, sc, sc->n_audiences);
    if (audience >= 0) return sc->audience[audience].name;
    int c = take_named(path, "campaigns", campaign_name, sc, sc->n_campaigns);
    if (c < 0) {
        take_section(path, "product");
        take_section(path, "response");
        return "";
    }
    const ad_set_t *sets = &sc->ad_set[sc->campaign[c].first_ad_set];
    int a = take_named(path, "ad_sets", ad_set_name, sets, sc->campaign[c].n_ad_sets);
    if (a < 0) return sc->campaign[c].name;
    const creative_t *creatives = &sc->creative[sets[a].first_creative];
    int k = take_named(path, "creatives", creative_name, creatives, sets[a].n_creatives);
    if (k >= 0 && sets[a].n_creatives > 1) *within = creatives[k].name;
    return sets[a].name;
}

char *doubt_name(const scenario_t *sc, const char *path)
{
    const char *rest = path, *within;
    const char *owner = owner_of(sc, &rest, &within), *words = NULL;
    for (size_t i = 0; i < sizeof key_words / sizeof *key_words; i++)
        if (!strcmp(rest, key_words[i].key)) words = key_words[i].words;
    size_t room = strlen(owner) + strlen(within) + strlen(words ? words : rest) + 3;
    char *name = malloc(room);
    if (!name) return NULL;
    snprintf(name, room, "%s%s%s%s%s", owner, *owner ? " " : "", within, *within ? " " : "",
             words ? words : rest);
    for (char *c = name + (words ? room : strlen(name) - strlen(rest)); !words && *c; c++)
        if (*c == '.' || *c == '_') *c = ' ';
    return name;
}

/* --- files ------------------------------------------------------------------------------------ */

int has_unsure_values(const report_t *r)
{
    return r->study->doubts.unsure > 0;
}

/* The line of the scenario that a value is given in; 0 = in none. */
static int line_of(const loaded_t *loaded, const char *path)
{
    size_t n;
    const resolved_t *value = loaded_values(loaded, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(value[i].path, path)) return value[i].line;
    return 0;
}

status_t doubts_csv(const report_t *r, FILE *to, error_t *err)
{
    static const char *const names[] = {"metric",         "key",         "name",
                                        "line",           "low",         "high",
                                        "metric_low",     "metric_high", "metric_low_se",
                                        "metric_high_se", "first_order", "first_order_se"};
    const run_doubts_t *doubts = &r->study->doubts;
    csv_t c = {.to = to};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) csv_text(&c, names[i]);
    csv_end(&c);
    for (size_t i = 0; i < doubts->n; i++) {
        const run_doubt_t *d = &doubts->doubt[i];
        int line = line_of(r->loaded, d->value->path);
        char *name = doubt_name(r->study->scenario, d->value->path);
        if (!name) return fail_memory(err, "sensitivity.csv");
        csv_text(&c, columns[doubts->column].name);
        csv_text(&c, d->value->path);
        csv_text(&c, name);
        csv_real(&c, line ? line : NAN);
        const double numbers[] = {
            d->low,           d->high,           d->effect.low.mean, d->effect.high.mean,
            d->effect.low.se, d->effect.high.se, d->effect.first,    d->effect.first_se};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) csv_real(&c, numbers[k]);
        csv_end(&c);
        free(name);
    }
    return OK;
}

static json_t *doubt_json(const scenario_t *sc, const run_doubt_t *d)
{
    char *name = doubt_name(sc, d->value->path);
    json_t *out =
        json_pack("{ss ss so so so so so so so so}", "key", d->value->path, "name", name, "low",
                  json_number(d->low), "high", json_number(d->high), "metric_low",
                  json_number(d->effect.low.mean), "metric_high", json_number(d->effect.high.mean),
                  "metric_low_se", json_number(d->effect.low.se), "metric_high_se",
                  json_number(d->effect.high.se), "first_order", json_number(d->effect.first),
                  "first_order_se", json_number(d->effect.first_se));
    free(name);
    return out;
}

json_t *doubts_json(const study_t *s)
{
    const run_doubts_t *doubts = &s->doubts;
    if (!doubts->unsure) return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < doubts->n; i++)
        json_add(&list, doubt_json(s->scenario, &doubts->doubt[i]));
    return json_pack("{ss si so}", "metric", columns[doubts->column].name, "unsure", doubts->unsure,
                     "values", list);
}

/* --- the terminal ----------------------------------------------------------------------------- */

enum { NAMED = 3 };

static amount_t metric_amount(unit_t unit, double x)
{
    switch (unit) {
    case UNIT_MONEY: return amount_money(x);
    case UNIT_RATIO: return amount_ratio(x);
    case UNIT_PERCENT: return amount_percent(x / 100);
    default: return amount(x);
    }
}

status_t doubts_line(const study_t *s, page_t page, FILE *to, error_t *err)
{
    const run_doubts_t *doubts = &s->doubts;
    const column_t *metric = &columns[doubts->column];
    size_t cells = 0;
    for (size_t i = 0; i < doubts->n && i < NAMED; i++) {
        const run_doubt_t *d = &doubts->doubt[i];
        char *name = doubt_name(s->scenario, d->value->path), range[2 * AMOUNT_LENGTH + 96];
        if (!name) return fail_memory(err, "the page");
        snprintf(range, sizeof range, " (%s%s%s \xe2\x80\x93 %s)%s", i ? "" : metric->label,
                 i ? "" : " ", metric_amount(metric->unit, d->effect.low.mean).text,
                 metric_amount(metric->unit, d->effect.high.mean).text,
                 i + 1 < doubts->n && i + 1 < NAMED ? "," : ".");
        size_t own = text_cells(name) + text_cells(range);
        if (!i) cells = (size_t)fprintf(to, "Largest doubts:");
        bool breaks = i && cells + 1 + own > (size_t)page.width;
        fprintf(to, "%s%s%s", breaks ? "\n  " : " ", name, range);
        cells = breaks ? 2 + own : cells + 1 + own;
        free(name);
    }
    if (doubts->n) fputc('\n', to);
    return OK;
}
