/* ledger.c -- money by the minute. */
#include "sim/engine/ledger.h"

#include <stdlib.h>

static size_t cells(const ledger_t *l)
{
    return (size_t)l->ad_sets * (size_t)l->hours * HOUR_MINUTES;
}

status_t ledger_init(ledger_t *l, int ad_sets, int hours, error_t *err)
{
    *l = (ledger_t){.ad_sets = ad_sets, .hours = hours};
    l->spent = malloc(cells(l) * sizeof *l->spent);
    if (!l->spent) return fail_memory(err, "what is spent in each minute");
    ledger_clear(l);
    return OK;
}

void ledger_free(ledger_t *l)
{
    free((void *)l->spent);
    *l = (ledger_t){0};
}

void ledger_clear(ledger_t *l)
{
    for (size_t k = 0; k < cells(l); k++) atomic_init(&l->spent[k], 0);
}

/* A piece at a time, for sums are taken of plain numbers. */
void ledger_sum_up(ledger_t *l, const crew_t *crew)
{
    enum { PIECE = 4096 };
    for (size_t first = 0; crew->ranks > 1 && first < cells(l); first += PIECE) {
        size_t n = cells(l) - first < PIECE ? cells(l) - first : PIECE;
        int64_t part[PIECE];
        for (size_t k = 0; k < n; k++) part[k] = l->spent[first + k];
        crew_sum(crew, part, n);
        for (size_t k = 0; k < n; k++) l->spent[first + k] = part[k];
    }
}

int64_t ledger_sum(const ledger_t *l, uint64_t ad_sets, int first_day, int end_day)
{
    int64_t sum = 0;
    for (int minute = 24 * HOUR_MINUTES * first_day; minute < 24 * HOUR_MINUTES * end_day; minute++)
        for (uint64_t s = ad_sets; s; s &= s - 1)
            sum += ledger_spent(l, __builtin_ctzll(s), minute);
    return sum;
}
