/* demand.h -- inside the engine: what everyone's organic demand is multiplied by from day to day.
 *
 * One table for all that moves it, worked out with the tuning: whoever knows of another cause multiplies
 * it in. Visits and the closed forms of organic orders read the table and nothing else. */
#ifndef ADSIM_ENGINE_DEMAND_H
#define ADSIM_ENGINE_DEMAND_H

#include "sim/scenario/scenario.h"

/* The world starts so many days before the flight, so that pools are filled when it begins (MODEL 4.4). */
#define WARM_UP_DAYS 30.0

enum {
    DEMAND_DAYS_MOST = (int)WARM_UP_DAYS + FLIGHT_DAYS_MOST + CLICK_WINDOW_MOST,
    DEMAND_MOST = 32 /* a factor above is taken for this */
};

typedef struct {
    int days;                        /* from the warm-up to the close of the last click window */
    double factor[DEMAND_DAYS_MOST]; /* by day since the begin of the warm-up; >= 0 */
    double highest;                  /* no day is above */
} demand_t;

/* The season and the prices. */
void demand_init(demand_t *d, const scenario_t *theta);

/* Multiplies a day, counted from the begin of the flight: negative in the warm-up. Days beyond the table
 * are nobody's concern. */
void demand_multiply(demand_t *d, int day, double factor);

/* Mean days that the days from..to - 1 of the flight are worth. */
double demand_over(const demand_t *d, int from, int to);

/* The same between two moments of the flight, 0 <= from <= to, days. */
double demand_between(const demand_t *d, double from, double to);

static inline double demand_at(const demand_t *d, double days_since_warm_up)
{
    int day = (int)days_since_warm_up;
    return d->factor[day < d->days ? day : d->days - 1];
}

#endif
