/* assumptions.c -- what a report says of its values. */
#include "sim/report/report.h"

size_t report_assumptions(const loaded_t *loaded)
{
    size_t n, assumed = 0;
    const resolved_t *value = loaded_values(loaded, &n);
    for (size_t i = 0; i < n; i++) assumed += value[i].origin == ORIGIN_ASSUMPTION;
    return assumed;
}
