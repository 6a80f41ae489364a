/* score.c -- PIT, interval score, coverage. */
#include "sim/experiment/score.h"

#include "models/base/maths.h"

#include <math.h>

/* Width of a side that has none: a certain value. */
static double share_at_or_below(const forecast_t *f, double actual)
{
    double z = normal_quantile(0.5 + f->level / 2);
    double side = actual < f->p50 ? f->p50 - f->lo : f->hi - f->p50;
    if (side > 0) return normal_cdf(z * (actual - f->p50) / side);
    return actual < f->p50 ? 0 : actual > f->p50 ? 1 : 0.5;
}

score_t score_of(const forecast_t *f, double actual)
{
    score_t s = {false, NAN, NAN, NAN};
    if (isnan(f->lo) || isnan(f->hi) || isnan(f->p50) || !(f->level > 0 && f->level < 1)) return s;
    double rounding = 1e-9 * fmax(fabs(f->lo), fabs(f->hi));
    s.inside = actual >= f->lo - rounding && actual <= f->hi + rounding;
    s.pit = share_at_or_below(f, actual);
    if (!(f->mean != 0)) return s;
    double beyond = fmax(f->lo - actual, 0) + fmax(actual - f->hi, 0);
    s.interval = (f->hi - f->lo + 2 / (1 - f->level) * beyond) / fabs(f->mean);
    s.off = actual / f->mean - 1;
    return s;
}

void scorecard_add(scorecard_t *card, const forecast_t *f, const score_t *s)
{
    if (isnan(s->pit)) return;
    card->n++;
    card->inside += s->inside;
    card->level += f->level;
    card->pit += s->pit;
    if (!isnan(s->interval)) card->interval += s->interval;
}

void scorecard_finish(scorecard_t *card)
{
    if (!card->n) return;
    double n = (double)card->n;
    card->level /= n;
    card->pit /= n;
    card->interval /= n;
    double inside = (double)card->inside; /* P(X <= k) of the binomial is I_(1-p)(n - k, k + 1) */
    card->chance_of_fewer = inside < n ? beta_cdf(n - inside, inside + 1, 1 - card->level) : 1;
}
