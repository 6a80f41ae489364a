/* caps.h -- frequency caps: at most n impressions, or n views, of a person within any stretch of W (a
 * rolling window, not calendar days), tested before the auction on impressions that were won (MODEL 3.6).
 * A view is an impression that was seen. Several caps may hold at once; each must allow it. */
#ifndef ADSIM_PLATFORM_CAPS_H
#define ADSIM_PLATFORM_CAPS_H

#include "models/base/touch.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t ad_sets;      /* bits of the ad sets whose impressions count: one, a campaign's on a
                              platform, or a platform's */
    int most;              /* n >= 1 */
    uint32_t window_ticks; /* W */
    uint8_t flag;          /* touch_flag_t of what is counted: TOUCH_SEEN; 0 = every impression */
} cap_t;

/* May another impression be won at `tick`? No if the last n of those that count lie within W. */
bool cap_allows(const cap_t *cap, const touches_t *list, uint32_t head, uint32_t tick);

#endif
