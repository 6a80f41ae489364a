/* hour.c -- an hour's candidates in time order. */
#include "sim/engine/flight.h"

#include <stdlib.h>

static int earlier(const candidate_t *a, const candidate_t *b)
{
    if (a->tick != b->tick) return a->tick < b->tick;
    if (a->person != b->person) return a->person < b->person;
    if (a->platform != b->platform) return a->platform < b->platform;
    return a->number < b->number;
}

static status_t hour_reserve(workspace_t *ws, size_t n, error_t *err)
{
    if (n <= ws->hour_capacity) return OK;
    size_t capacity = 2 * n;
    candidate_t *grown =
        realloc(ws->hour, 2 * capacity * sizeof *grown); /* half of it is scratch */
    if (!grown) return fail_memory(err, "an hour's candidates");
    ws->hour = grown;
    ws->hour_capacity = capacity;
    return OK;
}

/* Moves each candidate left to its place; quick, since a counting sort by second went before. */
static void settle_order(candidate_t *c, size_t n)
{
    for (size_t k = 1; k < n; k++) {
        candidate_t moving = c[k];
        size_t at = k;
        for (; at > 0 && earlier(&moving, &c[at - 1]); at--) c[at] = c[at - 1];
        c[at] = moving;
    }
}

static void sort_by_second(const candidate_t *from, candidate_t *to, size_t n)
{
    uint32_t place[3601] = {0};
    for (size_t k = 0; k < n; k++) place[from[k].tick % TICKS_PER_HOUR / 32 + 1]++;
    for (int s = 0; s < 3600; s++) place[s + 1] += place[s];
    for (size_t k = 0; k < n; k++) to[place[from[k].tick % TICKS_PER_HOUR / 32]++] = from[k];
}

enum { FEW = 256 }; /* candidates that an insertion sort alone puts in order soonest */

status_t gather_hour(workspace_t *ws, int hour, error_t *err)
{
    size_t n = calendar_hour_size(&ws->calendar, hour);
    status_t st = hour_reserve(ws, n, err);
    if (st != OK) return st;
    candidate_t *to = n > FEW ? ws->hour + ws->hour_capacity : ws->hour;
    calendar_take_hour(&ws->calendar, hour, to);
    if (n > FEW) sort_by_second(to, ws->hour, n);
    settle_order(ws->hour, n);
    ws->hour_n = n;
    ws->hour_at = 0;
    return OK;
}

/* Candidates read within the hour that is running take their places among those still to come. */
status_t insert_late(workspace_t *ws, int hour, error_t *err)
{
    size_t n = calendar_hour_size(&ws->calendar, hour);
    status_t st = hour_reserve(ws, ws->hour_n + n, err);
    if (st != OK) return st;
    calendar_take_hour(&ws->calendar, hour, ws->hour + ws->hour_n);
    ws->hour_n += n;
    settle_order(ws->hour + ws->hour_at, ws->hour_n - ws->hour_at);
    return OK;
}
