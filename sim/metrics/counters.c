/* counters.c -- room for the counts of a replication and for their sums over replications. */
#include "sim/metrics/counters.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- scopes ---- */

scopes_t scopes_of(const scenario_t *sc)
{
    scopes_t s = {sc->n_ad_sets, sc->n_campaigns, sc->n_platforms, 0};
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->ad_set[a].n_creatives > 1) s.n_creatives += sc->ad_set[a].n_creatives;
    return s;
}

int scope_creative(const scenario_t *sc, int creative)
{
    int row = scopes_count(scopes_of(sc));
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *s = &sc->ad_set[a];
        int k = creative - s->first_creative;
        bool own = k >= 0 && k < s->n_creatives;
        if (own) return s->n_creatives > 1 ? row + k : scope_ad_set(scopes_of(sc), a);
        if (s->n_creatives > 1) row += s->n_creatives;
    }
    return -1;
}

int scope_owner(const scenario_t *sc, int scope)
{
    int row = scopes_count(scopes_of(sc));
    for (int a = 0; a < sc->n_ad_sets; a++) {
        if (sc->ad_set[a].n_creatives > 1) row += sc->ad_set[a].n_creatives;
        if (scope < row) return a;
    }
    return -1;
}

/* ---- room ---- */

static size_t value_cells(scopes_t s)
{
    return (size_t)scopes_rows(s) * COUNTS;
}

static size_t removed_cells(scopes_t s)
{
    return (size_t)scopes_rows(s) * REMOVED_COUNTS;
}

status_t totals_init(totals_t *t, scopes_t scopes, error_t *err)
{
    t->candidates = 0;
    t->value = calloc(value_cells(scopes), sizeof *t->value);
    t->removed = calloc(removed_cells(scopes), sizeof *t->removed);
    if (t->value && t->removed) return OK;
    totals_free(t);
    return fail_memory(err, "the counts of a replication");
}

void totals_free(totals_t *t)
{
    free(t->value);
    free(t->removed);
    *t = (totals_t){0};
}

void totals_clear(totals_t *t, scopes_t scopes)
{
    memset(t->value, 0, value_cells(scopes) * sizeof *t->value);
    memset(t->removed, 0, removed_cells(scopes) * sizeof *t->removed);
    t->candidates = 0;
}

int tables_days(const tables_t *t)
{
    return t->days + t->run_off_days + 1;
}

const struct reach_level reach_levels[REACH_LEVELS] = {{1, COUNT_REACH_1},
                                                       {2, COUNT_REACH_2},
                                                       {3, COUNT_REACH_3},
                                                       {5, COUNT_REACH_5},
                                                       {10, COUNT_REACH_10}};

/* The arrays of a tables_t, each with its number of cells: one list for making, adding, freeing. */
enum { TABLES = 10 };
typedef struct {
    int64_t **cells;
    size_t n;
} table_t;

static void tables_list(tables_t *t, table_t list[TABLES])
{
    size_t rows = (size_t)scopes_rows(t->scopes), ad_sets = (size_t)t->scopes.n_ad_sets;
    list[0] = (table_t){&t->group, rows * COUNTS * JACKKNIFE_GROUPS};
    list[1] = (table_t){&t->frequency, rows * FREQUENCY_BINS};
    list[2] = (table_t){&t->timeline, ad_sets * (size_t)tables_days(t) * TIMELINE_COUNTS};
    list[3] = (table_t){&t->segment, ad_sets * (size_t)t->n_segments * SEGMENT_COUNTS};
    list[4] = (table_t){&t->overlap, ad_sets * ad_sets};
    list[5] = (table_t){&t->held, ad_sets * HELD_COUNTS};
    list[6] = (table_t){&t->placement, ad_sets * PLATFORM_PLACEMENTS * PLACEMENT_COUNTS};
    list[7] = (table_t){&t->hour, ad_sets * DAY_HOURS * HOUR_COUNTS};
    list[8] = (table_t){&t->window, ad_sets * WINDOW_COUNTS};
    list[9] = (table_t){&t->reach_day, (size_t)tables_days(t) * REACH_LEVELS};
}

status_t tables_init(tables_t *t, scopes_t scopes, int days, int run_off_days, int n_segments,
                     error_t *err)
{
    *t = (tables_t){
        .scopes = scopes, .days = days, .run_off_days = run_off_days, .n_segments = n_segments};
    table_t list[TABLES];
    tables_list(t, list);
    for (int i = 0; i < TABLES; i++) {
        *list[i].cells = calloc(list[i].n ? list[i].n : 1, sizeof(int64_t));
        if (!*list[i].cells) {
            tables_free(t);
            return fail_memory(err, "the tables of a run");
        }
    }
    return OK;
}

void tables_free(tables_t *t)
{
    table_t list[TABLES];
    tables_list(t, list);
    for (int i = 0; i < TABLES; i++) free(*list[i].cells);
    *t = (tables_t){0};
}

void tables_clear(tables_t *t)
{
    table_t list[TABLES];
    tables_list(t, list);
    for (int i = 0; i < TABLES; i++) memset(*list[i].cells, 0, list[i].n * sizeof(int64_t));
    t->replications = 0;
}

void tables_merge(tables_t *into, const tables_t *from)
{
    tables_t source = *from;
    table_t to[TABLES], of[TABLES];
    tables_list(into, to);
    tables_list(&source, of);
    for (int i = 0; i < TABLES; i++)
        for (size_t k = 0; k < to[i].n; k++) (*to[i].cells)[k] += (*of[i].cells)[k];
    into->replications += from->replications;
}
