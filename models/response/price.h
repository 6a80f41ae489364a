/* price.h -- promotions: days on which less is paid, and how many more order then.
 *
 * Orders go by the price to a constant elasticity: at a share p of the regular price there are p^elasticity
 * times as many of them, of those that ads bring and of those that come by themselves. What is bought
 * then is not missing later, but for what pull_forward says. */
#ifndef ADSIM_RESPONSE_PRICE_H
#define ADSIM_RESPONSE_PRICE_H

enum { PROMOTIONS_MOST = 32 };

typedef struct {
    const char *name;
    int first, last; /* days of the flight, from 0 */
    double discount; /* share of the regular price, 0..1 */
} promotion_t;

typedef struct {
    double elasticity; /* of orders to the price, <= 0 */
    int n_promotions;
    promotion_t promotion[PROMOTIONS_MOST];
} price_plan_t;

/* Share of the regular price that is paid on a day of the flight: promotions of the same day multiply. */
double price_paid(const price_plan_t *p, int day);
/* Orders relative to those at the regular price, where so much of it is paid; at most 32 times as many. */
double price_orders(const price_plan_t *p, double paid);

#endif
