/* conversion.c -- kinds of conversions, filled in. */
#include "models/response/conversion.h"
#include "models/base/maths.h"

static conversion_t purchase(const response_t *r, const product_t *p)
{
    return (conversion_t){.cvr = r->cvr,
                          .view_conversion = r->view_conversion,
                          .organic = p->visit_to_order,
                          .order_share = 1,
                          .value = p->value,
                          .value_sd = p->value_sd,
                          .pull_forward = p->pull_forward,
                          .delay = r->delay};
}

/* The sd of what is an order with a chance, and else nothing. */
static double chance_sd(double chance, const product_t *p)
{
    return m_sqrt(chance * (p->value_sd * p->value_sd + (1 - chance) * p->value * p->value));
}

conversion_t conversion_of(conversion_kind_t kind, const conversion_t *stated, const response_t *r,
                           const product_t *p)
{
    if (kind == CONVERSION_PURCHASE) return purchase(r, p);
    conversion_t c = *stated;
    if (kind == CONVERSION_VISIT) c.cvr = c.organic = 1;
    int follows = m_is_nan(c.value);
    if (follows) c.value = c.order_share * p->value;
    if (m_is_nan(c.value_sd)) c.value_sd = follows ? chance_sd(c.order_share, p) : 0;
    return c;
}
