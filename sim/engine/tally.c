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

static void mixes_add(mix_t *into, const mix_t *of, size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (int x = 0; x < APPEAL_SETS; x++) {
            into[k].people[x] += of[k].people[x];
            into[k].affinity[x] += of[k].affinity[x];
        }
}

void tally_add(tally_t *into, const tally_t *of)
{
    for (int p = 0; p < MAX_PLATFORMS; p++) {
        into->users[p] += of->users[p];
        into->followers[p] += of->followers[p];
        for (int g = 0; g < of->n_geos; g++) {
            into->geo_followers[p][g] += of->geo_followers[p][g];
            into->geo_users[p][g] += of->geo_users[p][g];
        }
    }
    for (int a = 0; a < MAX_AD_SETS; a++) {
        into->eligible[a] += of->eligible[a];
        into->true_people[a] += of->true_people[a];
        into->true_labelled[a] += of->true_labelled[a];
        for (int b = 0; b < MAX_AD_SETS; b++) into->eligible_both[a][b] += of->eligible_both[a][b];
        for (int band = 0; band < TALLY_AGE_BANDS; band++) {
            for (int customer = 0; customer < 2; customer++)
                into->activity[a][customer][band] += of->activity[a][customer][band];
            into->listed_activity[a][band] += of->listed_activity[a][band];
        }
    }
    mixes_add(into->eligible_mix, of->eligible_mix, MAX_AD_SETS);
    for (int customer = 0; customer < 2; customer++)
        mixes_add(into->organic[customer], of->organic[customer], SCOPES_MOST);
    if (of->n_geos > into->n_geos) into->n_geos = of->n_geos;
    for (int customer = 0; customer < 2; customer++)
        mixes_add(into->geo[customer], of->geo[customer], (size_t)of->n_geos);
    for (size_t k = 0; k < into->n_segment_people; k++)
        into->segment_people[k] += of->segment_people[k];
}
