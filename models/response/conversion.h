/* conversion.h -- what an ad may bring: a purchase, a lead, an app install, a site visit. Each kind has rates, a
 * delay and a value of its own; everything else of a response (person effects, wear, mood) is the same for
 * all.
 *
 * A purchase is what `response` and `product` say. Of the others: p(conversion | visit) = cvr, a visit being
 * one for sure; p(conversion | sight) = view_conversion; and of site visits that come without ads a share
 * converts too. What follows from a lead or an install later is part of its value alone. */
#ifndef ADSIM_RESPONSE_CONVERSION_H
#define ADSIM_RESPONSE_CONVERSION_H

#include "models/response/response.h"

typedef enum {
    CONVERSION_PURCHASE,
    CONVERSION_LEAD,
    CONVERSION_INSTALL,
    CONVERSION_VISIT,
    CONVERSION_KINDS
} conversion_kind_t;

typedef struct {
    double cvr;             /* per site visit that an ad brought */
    double view_conversion; /* per viewed impression, by the sight alone */
    double organic;         /* per site visit without ads */
    double order_share;     /* of them, those that become an order */
    double value, value_sd; /* currency; NAN = what follows from order_share and the product's */
    double pull_forward;    /* share of ad-caused ones that would have come by themselves */
    delay_t delay;
} conversion_t;

/* The kind with nothing left open: a purchase from the response and the product, `stated` for the others. */
conversion_t conversion_of(conversion_kind_t kind, const conversion_t *stated, const response_t *r,
                           const product_t *p);

#endif
