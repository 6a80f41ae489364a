/* attribution.h -- who gets the credit for an order: a read-only layer on the touch list.
 *
 * An order is credited at most once over everything, to touches whose own window is open: clicked within the
 * click window, or seen within the view window.
 *
 * Last touch, clicks before views (MODEL 4.5): the order goes to the latest clicked touch whose click
 * window is open; failing that, to the latest viewed touch whose view window is open; failing that, to
 * nobody. Clicks and views that were not drawn enter with their probabilities, so credits are
 * expectations and sum to at most the weight of the order.
 *
 * First touch, linear, time decay and position read the whole path of a person, of which an expectation would
 * go over every subset of her touches: they are told what became of each touch. */
#ifndef ADSIM_RESPONSE_ATTRIBUTION_H
#define ADSIM_RESPONSE_ATTRIBUTION_H

#include "models/base/touch.h"
#include "models/response/response.h"

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

/* The models that share an order among the touches of its path. */
enum { PATH_MODELS = CREDIT_POSITION - CREDIT_FIRST_TOUCH + 1 };

/* A touch once it is known what became of it. */
typedef struct {
    uint32_t tick;
    uint8_t ad_set;
    uint8_t clicked, seen;   /* a click was seen */
    uint8_t clicked_if_seen; /* clicked, of one of which it is known that it was seen */
    double
        kept; /* of its weight under time decay, by the touch before it in the list; see time_kept */
} path_touch_t;

/* What half-lives leave of a weight in `ticks`. */
double time_kept(const attribution_t *rule, uint32_t ticks);

/* The path of an order at `tick`: places in touch[] of those that are open then, from the latest on. Returns
 * how many. touch[] runs from the latest to the earliest; `cause` as above. */
size_t attribute_path(const path_touch_t *touch, size_t n, credit_windows_t windows, uint32_t tick,
                      int cause, int caused_by_click, uint32_t *path);

/* share[k][model - CREDIT_FIRST_TOUCH]: what the k-th touch of a path of m has of an order of weight 1. */
void attribute_shares(const attribution_t *rule, const path_touch_t *touch, const uint32_t *path,
                      size_t m, double (*share)[PATH_MODELS]);

#endif
