/* tally.c -- counts of people that add up. */
#include "sim/engine/tally.h"

#include <stdlib.h>

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
