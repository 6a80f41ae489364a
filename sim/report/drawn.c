/* drawn.c -- the figures of each kind of result folder, in order of decision. */
#include "sim/report/drawn.h"

#include "sim/metrics/columns.h"

#include <math.h>

static const drawn_t of_run[] = {
    {"dots", "dots", drawn_dots},
    {"next-dollar", "next-dollar", drawn_next_dollar},
    {"response", "response", drawn_response},
    {"shares", "pairs", drawn_shares},
    {"reach", "reach", drawn_reach},
    {"frequency", "frequency", drawn_frequency},
    {"segments", "heat", drawn_segments},
    {"overlap", "overlap", drawn_overlap},
    {"tornado", "tornado", drawn_tornado},
    {"calendar", "calendar", drawn_calendar},
    {"funnel", "funnel", drawn_funnel},
    {"credit", "pairs", drawn_credit},
    {"organic", "organic", drawn_organic},
    {0},
};
static const drawn_t of_comparison[] = {
    {"difference", "difference", drawn_difference},
    {"waterfall", "waterfall", drawn_waterfall},
    {0},
};
static const drawn_t of_allocation[] = {
    {"change", "change", drawn_change},
    {"next-dollar", "next-dollar", drawn_next_dollar},
    {"response", "response", drawn_response},
    {"ladder", "ladder", drawn_ladder},
    {0},
};
static const drawn_t of_batch[] = {
    {"plans", "plans", drawn_plans},
    {"sweep", "sweep", drawn_sweep},
    {0},
};
static const drawn_t of_sensitivity[] = {
    {"tornado", "tornado", drawn_tornado},
    {0},
};

const drawn_t *drawn_of(results_kind_t kind)
{
    switch (kind) {
    case RESULTS_RUN: return of_run;
    case RESULTS_COMPARISON: return of_comparison;
    case RESULTS_ALLOCATION: return of_allocation;
    case RESULTS_BATCH: return of_batch;
    case RESULTS_SENSITIVITY: return of_sensitivity;
    default: return NULL;
    }
}

double drawn_interval(const results_t *r)
{
    double level = results_number(r, "totals.spend.level");
    return isnan(level) ? 0.8 : level;
}

const char *drawn_label(const char *column)
{
    int k = column_find(column);
    return k < 0 ? column : columns[k].label;
}
