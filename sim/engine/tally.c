/* tally.c -- counts of people that add up. */
#include "sim/engine/tally.h"

#include <stdlib.h>
#include <string.h>

status_t tally_init(tally_t *c, int n_ad_sets, int n_segments, error_t *err)
{
    *c = (tally_t){.n_segment_people = (size_t)n_ad_sets * (size_t)n_segments};
    c->segment_people = calloc(c->n_segment_people + 1, sizeof *c->segment_people);
    return c->segment_people ? OK : fail_memory(err, "the counts of people");
}

void tally_free(tally_t *c)
{
    free(c->segment_people);
    *c = (tally_t){0};
}

/* What of a tally adds up: one list for adding and for summing. */
#define CELLS(array) ((counted_t){(int64_t *)(array), sizeof(array) / (sizeof(int64_t))})
enum { LISTED = 14 };
static void cells_list(tally_t *c, counted_t list[LISTED])
{
    counted_t all[] = {CELLS(c->users),        CELLS(c->followers),
                       CELLS(c->eligible),     CELLS(c->eligible_both),
                       CELLS(c->true_people),  CELLS(c->true_labelled),
                       CELLS(c->activity),     CELLS(c->listed_activity),
                       CELLS(c->eligible_mix), CELLS(c->organic),
                       CELLS(c->geo),          CELLS(c->geo_followers),
                       CELLS(c->geo_users),    {c->segment_people, c->n_segment_people}};
    _Static_assert(sizeof all == LISTED * sizeof *all, "every list of a tally");
    memcpy(list, all, sizeof all);
}

void tally_add(tally_t *into, const tally_t *of)
{
    tally_t source = *of;
    counted_t to[LISTED], from[LISTED];
    cells_list(into, to);
    cells_list(&source, from);
    for (int i = 0; i < LISTED; i++)
        for (size_t k = 0; k < to[i].n; k++) to[i].cell[k] += from[i].cell[k];
    if (of->n_geos > into->n_geos) into->n_geos = of->n_geos;
}

void tally_sum(tally_t *c, const crew_t *crew)
{
    counted_t list[LISTED];
    cells_list(c, list);
    for (int i = 0; i < LISTED; i++) crew_sum(crew, list[i].cell, list[i].n);
}
