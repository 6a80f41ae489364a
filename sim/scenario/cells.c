/* cells.c -- ad sets are grouped by what they have in common. */
#include "sim/scenario/cells.h"

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

void plan_cells(const scenario_t *sc, plan_cells_t *out)
{
    int first[MAX_AD_SETS];
    *out = (plan_cells_t){.torn = -1};
    for (int a = 0; a < sc->n_ad_sets; a++) {
        int cell = 0;
        while (cell < out->n && key_of(sc, first[cell]) != key_of(sc, a)) cell++;
        if (cell == out->n) {
            first[cell] = a;
            out->name[out->n++] = name_of(sc, a);
        }
        out->of_ad_set[a] = cell;
    }
    torn_find(sc, out);
}
