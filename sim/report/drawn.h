/* drawn.h -- which figures a result folder has. Each is one row of a table: its name, its script, and the function
 * that makes its data of the folder's tables. */
#ifndef ADSIM_REPORT_DRAWN_H
#define ADSIM_REPORT_DRAWN_H

#include "sim/report/plot.h"
#include "sim/report/results.h"

/* Leaves the plot without rows if the tables have nothing to show. */
typedef status_t draw_t(results_t *r, plot_t *p, error_t *err);

typedef struct {
    const char *name, *script; /* of its files; in plots/ */
    draw_t *build;
} drawn_t;

/* The figures of a kind of folder, in order of decision; a row without a name ends them. NULL: the study has
 * made its figures itself. */
const drawn_t *drawn_of(results_kind_t kind);

draw_t drawn_dots, drawn_shares, drawn_credit, drawn_funnel,     /* what comes of a run */
    drawn_reach, drawn_frequency, drawn_segments, drawn_overlap, /* who is reached, how often */
    drawn_calendar, drawn_organic,                               /* when */
    drawn_difference, drawn_waterfall,                           /* of two plans */
    drawn_next_dollar, drawn_response,                           /* what money brings */
    drawn_change, drawn_ladder,                                  /* a split of the budget */
    drawn_tornado,                                               /* what the answer hangs on */
    drawn_plans, drawn_sweep;                                    /* points of a batch */

/* The share of `part` in `whole`, NaN if there is no whole. */
static inline double drawn_share(double part, double whole)
{
    return whole > 0 ? part / whole : 0.0 / 0.0;
}
/* A sentence begins with a large letter, also where it begins with a column's name. */
static inline void drawn_sentence(char *text)
{
    if (*text >= 'a' && *text <= 'z') *text = (char)(*text - 'a' + 'A');
}
/* The level of ranges, 0.8, summary.json tells it. */
double drawn_interval(const results_t *r);
/* What people call a column: "incremental conversions"; its own name if it is none of ours. */
const char *drawn_label(const char *column);

#endif
