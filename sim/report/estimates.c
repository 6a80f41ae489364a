/* estimates.c -- estimates as columns of a file and as JSON. */
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

json_t *estimate_json(const estimate_t *x)
{
    return json_pack("{so so so so so so so so}", "mean", json_number(x->mean), "lo",
                     json_number(x->lo), "p50", json_number(x->p50), "hi", json_number(x->hi),
                     "level", json_number(x->level), "sd_parameters", json_number(x->sd_parameters),
                     "sd_people", json_number(x->sd_people), "mc_se", json_number(x->mc_se));
}
