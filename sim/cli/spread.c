/* spread.c -- MPI, or nothing. */
#include "sim/cli/spread.h"

#ifndef ADSIM_MPI

void spread_begin(void) {}

int spread_ranks(void)
{
    return 1;
}

bool spread_leads(void)
{
    return true;
}

status_t spread_run(const batch_t *b, const size_t *point, size_t n, const batch_how_t *how,
                    error_t *err)
{
    return batch_run(b, point, n, how, err);
}

void spread_serve(const batch_t *b, const point_how_t *how)
{
    (void)b;
    (void)how;
}

void spread_end(void) {}

#endif
