/* prices.c -- levels, calendars and placements. */
#include "models/platform/prices.h"
#include "models/base/eigen.h"
#include "models/base/maths.h"
#include "models/platform/hours.h"

/* The plan whose price a preset's `cpm` is (MODEL 3.2): 10,000 in currency, 28 days, 20 M people. */
static const double REFERENCE_BUDGET = 10000, REFERENCE_DAYS = 28, REFERENCE_PEOPLE = 20e6;

/* ---- times ---- */

double platform_price_shift(const platform_t *p, int month, int weekday, int hour)
{
    return p->log_price.month[month] + p->log_price.weekday[weekday] + p->log_price.hour[hour];
}

int shifts_condensed(const double *weight, const double *log_shift, size_t n,
                     market_part_t node[PRICE_NODES])
{
    /* Stieltjes: the recurrence of the polynomials orthogonal under the weights, in place of which, once
     * there are as many as different shifts, nothing is left. */
    const double nothing = 1e-24;
    double jacobi[PRICE_NODES * PRICE_NODES] = {0}, vector[PRICE_NODES * PRICE_NODES];
    double mean[PRICE_NODES], ratio[PRICE_NODES], before = 1;
    int found = 0;
    for (; found < PRICE_NODES; found++) {
        double norm = 0, centre = 0;
        for (size_t i = 0; i < n; i++) {
            double p = 1, last = 0;
            for (int k = 0; k < found; k++) {
                double next = (log_shift[i] - mean[k]) * p - (k ? ratio[k] * last : 0);
                last = p;
                p = next;
            }
            norm += weight[i] * p * p;
            centre += weight[i] * p * p * log_shift[i];
        }
        if (found && !(norm > nothing)) break;
        mean[found] = centre / norm;
        ratio[found] = norm / before;
        before = norm;
    }
    for (int k = 0; k < found; k++) {
        jacobi[k * found + k] = mean[k];
        if (k) jacobi[k * found + k - 1] = jacobi[(k - 1) * found + k] = m_sqrt(ratio[k]);
    }
    eigen_symmetric(jacobi, vector, found);
    for (int k = 0; k < found; k++)
        node[k] =
            (market_part_t){.weight = vector[k] * vector[k], .log_shift = jacobi[k * found + k]};
    return found;
}

/* A week's hours by their opportunities, months left out. */
static int week(const platform_t *p, market_part_t node[PRICE_NODES])
{
    double weight[7 * 24], log_shift[7 * 24];
    for (int d = 0; d < 7; d++)
        for (int h = 0; h < 24; h++) {
            weight[24 * d + h] = hours_share(p->hours_amplitude, p->hours_peak, h, h + 1) / 7;
            log_shift[24 * d + h] = p->log_price.weekday[d] + p->log_price.hour[h];
        }
    return shifts_condensed(weight, log_shift, 7 * 24, node);
}

/* ---- placements ---- */

placement_t platform_placement(const platform_t *p, int placement)
{
    placement_t out =
        p->n_placements ? p->placement[placement] : (placement_t){p->name, 1, 1, p->viewability, 1};
    if (m_is_nan(out.viewability)) out.viewability = p->viewability;
    return out;
}

static bool is_among(unsigned placements, int k)
{
    return !placements || placements >> k & 1;
}

double platform_share_on(const platform_t *p, unsigned placements)
{
    double all = 0, some = 0;
    for (int k = 0; k < p->n_placements; k++) {
        all += p->placement[k].share;
        if (is_among(placements, k)) some += p->placement[k].share;
    }
    return placements ? some / all : 1;
}

int platform_placement_at(const platform_t *p, double u)
{
    double left = 0;
    int k = 0;
    for (int i = 0; i < p->n_placements; i++) left += p->placement[i].share;
    left *= u;
    while (k < p->n_placements - 1 && left >= p->placement[k].share)
        left -= p->placement[k++].share;
    return k;
}

int platform_meetings(const platform_t *p, const market_part_t *time, int n_times,
                      unsigned placements, const double *advantage,
                      market_part_t meeting[PRICE_MEETINGS])
{
    int n = 0, places = p->n_placements ? p->n_placements : 1;
    double all = 0;
    for (int k = 0; k < places; k++)
        if (is_among(placements, k)) all += platform_placement(p, k).share;
    for (int k = 0; k < places; k++) {
        if (!is_among(placements, k)) continue;
        placement_t place = platform_placement(p, k);
        for (int t = 0; t < n_times; t++)
            meeting[n++] = (market_part_t){.weight = time[t].weight * (place.share / all),
                                           .log_shift = time[t].log_shift + m_log(place.price),
                                           .advantage = advantage ? advantage[k] : 0};
    }
    return n;
}

/* ---- the level ---- */

static void add_rivals(const platform_t *p, market_t *m)
{
    double all = 0;
    for (int k = 0; k < p->n_rivals; k++) all += p->rival[k].share;
    for (int k = 0; k < p->n_rivals; k++)
        m->part[m->n_parts++] = (market_part_t){.weight = p->rival[k].share / all,
                                                .log_shift = m_log(p->rival[k].median),
                                                .log_sd = p->rival[k].log_sd};
}

market_t platform_market(const platform_t *p)
{
    market_t m = {.log_sd = p->rival_log_sd,
                  .score_noise = p->score_noise,
                  .reserve = p->reserve_cpm,
                  .kind = p->auction};
    add_rivals(p, &m);
    if (!m_is_nan(p->rival_median_cpm)) {
        m.log_median = m_log(p->rival_median_cpm);
        return m;
    }
    market_part_t time[PRICE_NODES], meeting[PRICE_MEETINGS];
    int n = platform_meetings(p, time, week(p, time), 0, NULL, meeting);
    market_t met = market_over(&m, meeting, n);
    double opportunities = REFERENCE_PEOPLE * REFERENCE_DAYS * platform_mean_opportunities(p);
    m.log_median = market_log_median_for_cpm(&met, p->cpm, REFERENCE_BUDGET, opportunities);
    return m;
}
