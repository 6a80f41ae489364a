/* attribution.h -- who gets the credit for an order: a read-only layer on the touch list.
 *
 * Last touch, clicks before views (MODEL 4.5): the order goes to the latest clicked touch whose click
 * window is open; failing that, to the latest viewed touch whose view window is open; failing that, to
 * nobody. Clicks and views that were not drawn enter with their probabilities, so credits are
 * expectations and sum to at most the weight of the order. */
#ifndef ADSIM_RESPONSE_ATTRIBUTION_H
#define ADSIM_RESPONSE_ATTRIBUTION_H

#include "models/base/touch.h"

#include <stddef.h>
#include <stdint.h>

/* A touch as attribution sees it. */
typedef struct {
    uint32_t tick;
    uint8_t ad_set, creative;
    double p_click; /* it was clicked */
    double p_view;  /* it was seen; >= p_click */
} credit_touch_t;

typedef struct {
    uint32_t click_ticks, view_ticks; /* windows */
} credit_windows_t;

/* Adds to credit[ad_set] what each ad set gets of an order of weight 1 at `tick`, and unless it is NULL to
 * by_creative[creative] what each creative does. touch[] runs from
 * the latest to the earliest; those after `tick` and those of ad sets outside `ad_sets` (bits) are
 * passed over. `cause` >= 0 is the touch (index) that caused the order: by a click if caused_by_click,
 * by its sight otherwise. Returns the sum of the credits. */
double attribute_last_touch(const credit_touch_t *touch, size_t n, credit_windows_t windows,
                            uint64_t ad_sets, uint32_t tick, int cause, int caused_by_click,
                            double *credit, double *by_creative);

#endif
