/* cells.c -- ad sets are grouped by what they have in common; and the flight is parted into periods. */
#include "sim/scenario/cells.h"
#include "models/base/date.h"

#include <stdio.h>

/* Ad sets with equal keys are one cell. */
static int key_of(const scenario_t *sc, int a)
{
    const ad_set_t *s = &sc->ad_set[a];
    switch (sc->allocation.cells) {
    case CELLS_PLATFORM: return s->platform;
    case CELLS_SEGMENT: return s->audience;
    default: return sc->campaign[s->campaign].shares_budget ? MAX_AD_SETS + s->campaign : a;
    }
}

static const char *name_of(const scenario_t *sc, int a)
{
    const ad_set_t *s = &sc->ad_set[a];
    const campaign_t *c = &sc->campaign[s->campaign];
    switch (sc->allocation.cells) {
    case CELLS_PLATFORM: return sc->platform[s->platform].name;
    case CELLS_SEGMENT: return s->audience < 0 ? NULL : sc->audience[s->audience].name;
    default: return c->shares_budget ? c->name : s->name;
    }
}

static void torn_find(const scenario_t *sc, plan_cells_t *out)
{
    for (int c = 0; c < sc->n_campaigns; c++) {
        const campaign_t *k = &sc->campaign[c];
        for (int a = k->first_ad_set; k->shares_budget && a < k->first_ad_set + k->n_ad_sets; a++)
            if (out->of_ad_set[a] != out->of_ad_set[k->first_ad_set]) out->torn = c;
    }
}

static void groups_find(const scenario_t *sc, plan_cells_t *out)
{
    int first[MAX_AD_SETS];
    for (int a = 0; a < sc->n_ad_sets; a++) {
        int group = 0;
        while (group < out->n_groups && key_of(sc, first[group]) != key_of(sc, a)) group++;
        if (group == out->n_groups) {
            first[group] = a;
            out->group[out->n_groups++] = name_of(sc, a);
        }
        out->of_ad_set[a] = group;
    }
}

/* ---- periods ---- */

static void periods_find(const scenario_t *sc, plan_cells_t *out)
{
    int given = sc->allocation.periods, days = sc->days;
    int n = given > 1 ? given : (days + WEEKDAYS - 1) / WEEKDAYS;
    if (n > BUDGET_PERIODS || n > days || n * out->n_groups > ALLOCATION_CELLS) {
        out->too_many = n;
        return;
    }
    out->n_periods = n;
    for (int k = 0; k < n; k++) {
        int first = given > 1 ? k * days / n : WEEKDAYS * k,
            end = given > 1 ? (k + 1) * days / n : WEEKDAYS * (k + 1);
        out->period[k] = (days_t){first, (end < days ? end : days) - 1};
    }
}

static void cells_name(const scenario_t *sc, plan_cells_t *out)
{
    out->n = out->n_groups * out->n_periods;
    for (int i = 0; i < out->n; i++) {
        const char *group = out->group[i / out->n_periods];
        out->name[i] = group;
        if (out->n_periods == 1 || !group) continue;
        snprintf(out->text[i], sizeof out->text[i], "%.200s %s", group,
                 date_after(sc->start, out->period[i % out->n_periods].first).text);
        out->name[i] = out->text[i];
    }
}

void plan_cells(const scenario_t *sc, plan_cells_t *out)
{
    *out = (plan_cells_t){.torn = -1, .n_periods = 1, .period[0] = {0, sc->days - 1}};
    groups_find(sc, out);
    torn_find(sc, out);
    if (sc->allocation.cells == CELLS_PERIOD) periods_find(sc, out);
    for (int a = 0; a < sc->n_ad_sets; a++) out->of_ad_set[a] *= out->n_periods;
    cells_name(sc, out);
}

double ad_set_budget_on(const scenario_t *sc, int a, days_t days)
{
    const ad_set_t *s = &sc->ad_set[a];
    const campaign_t *c = &sc->campaign[s->campaign];
    const budget_schedule_t *b = c->shares_budget ? &c->budget_schedule : &s->budget_schedule;
    const budget_schedule_t whole = {.n = 1, .period[0] = {{0, sc->days - 1}, 1}};
    double sum = 0;
    if (!b->n) b = &whole;
    for (int k = 0; k < b->n; k++) {
        days_t own = b->period[k].days, both = {own.first > days.first ? own.first : days.first,
                                                own.last < days.last ? own.last : days.last};
        int all = ad_set_days_in(sc, a, own);
        if (all) sum += s->budget * b->period[k].share * ad_set_days_in(sc, a, both) / all;
    }
    return sum;
}
