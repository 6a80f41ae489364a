/* demand.c -- fills and sums the table of daily demand. */
#include "sim/engine/demand.h"
#include "models/base/date.h"

#include <math.h>

static void follow_season(demand_t *d, const scenario_t *theta)
{
    long begin = date_day(date_parse(theta->start)) - (long)WARM_UP_DAYS;
    for (int day = 0; day < d->days; day++)
        demand_multiply(d, day - (int)WARM_UP_DAYS,
                        season_factor(&theta->product.season, date_of_day(begin + day).month,
                                      date_weekday(begin + day)));
}

static void follow_price(demand_t *d, const scenario_t *theta)
{
    const price_plan_t *price = &theta->product.price;
    for (int day = 0; day < theta->days; day++)
        demand_multiply(d, day, price_orders(price, price_paid(price, day)));
}

void demand_init(demand_t *d, const scenario_t *theta)
{
    d->days = (int)WARM_UP_DAYS + theta->days + (int)ceil(theta->attribution.click_window_days);
    for (int day = 0; day < d->days; day++) d->factor[day] = 1;
    d->highest = 1;
    if (season_varies(&theta->product.season)) follow_season(d, theta);
    if (theta->product.price.n_promotions) follow_price(d, theta);
}

void demand_multiply(demand_t *d, int day, double factor)
{
    int at = day + (int)WARM_UP_DAYS;
    if (at < 0 || at >= d->days) return;
    d->factor[at] = fmin(d->factor[at] * factor, DEMAND_MOST);
    d->highest = fmax(d->highest, d->factor[at]);
}

double demand_over(const demand_t *d, int from, int to)
{
    double sum = 0;
    for (int day = from; day < to; day++) sum += d->factor[day + (int)WARM_UP_DAYS];
    return sum;
}

double demand_between(const demand_t *d, double from, double to)
{
    int first = (int)from, last = (int)to;
    return demand_over(d, first, last) + (to - last) * demand_at(d, WARM_UP_DAYS + last) -
           (from - first) * demand_at(d, WARM_UP_DAYS + first);
}
