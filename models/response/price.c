/* price.c -- what is paid, and what that does to orders. */
#include "models/response/price.h"
#include "models/base/maths.h"

double price_paid(const price_plan_t *p, int day)
{
    double paid = 1;
    for (int k = 0; k < p->n_promotions; k++) {
        const promotion_t *x = &p->promotion[k];
        if (day >= x->first && day <= x->last) paid *= 1 - x->discount;
    }
    return paid;
}

double price_orders(const price_plan_t *p, double paid)
{
    const double most = 32;
    return paid < 1 ? m_min(m_pow(paid, p->elasticity), most) : 1;
}
