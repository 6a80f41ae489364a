/* estimates.c -- estimates as columns of a file. */
#include "sim/report/estimates.h"

void estimate_header(csv_t *c, const char *name)
{
    static const char *const suffix[] = {"", "_lo", "_hi", "_mc_se"};
    for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++) {
        char full[64];
        snprintf(full, sizeof full, "%s%s", name, suffix[i]);
        csv_text(c, full);
    }
}

void csv_estimate(csv_t *c, const estimate_t *x)
{
    csv_real(c, x->mean);
    csv_real(c, x->lo);
    csv_real(c, x->hi);
    csv_real(c, x->mc_se);
}
