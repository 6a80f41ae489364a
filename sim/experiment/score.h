/* score.h -- were the actuals inside the ranges? One forecast against what came, and many of them.
 *
 * A forecast is known by its quantiles lo, p50 and hi at a level (80 %: the 10th, 50th and 90th percentile). Between and
 * beyond them its law is taken as two halves of normals that meet at the median, each through its own quantile: exact at
 * the three, plausible elsewhere.
 *   pit      = share of the forecast at or below the actual (probability integral transform; Dawid 1984): over many
 *              good forecasts spread evenly over 0..1
 *   interval = (hi - lo) + 2/a (lo - x)+ + 2/a (x - hi)+, a = 1 - level (Gneiting and Raftery 2007): the smaller the
 *              better, in the metric's unit; divided by the forecast's mean so that metrics can be averaged
 * Ranges of many metrics of one plan err together: that fewer were inside than promised is no proof. */
#ifndef ADSIM_EXPERIMENT_SCORE_H
#define ADSIM_EXPERIMENT_SCORE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    double mean, lo, p50, hi, level;
} forecast_t;

typedef struct {
    bool inside;
    double pit;      /* 0..1 */
    double interval; /* relative to the mean; NAN where that is 0 */
    double off;      /* actual / mean - 1; NAN likewise */
} score_t;

/* NANs in a forecast without a range. */
score_t score_of(const forecast_t *f, double actual);

typedef struct {
    size_t n, inside;
    double level;           /* mean level: what should be inside */
    double pit, interval;   /* means */
    double chance_of_fewer; /* of at most so many inside, were the ranges right and independent */
} scorecard_t;              /* zeroed = nothing scored */

void scorecard_add(scorecard_t *card, const forecast_t *f, const score_t *s);
void scorecard_finish(scorecard_t *card);

#endif
