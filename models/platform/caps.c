/* caps.c -- the rolling-window test. */
#include "models/platform/caps.h"

bool cap_allows(const cap_t *cap, const touches_t *list, uint32_t head, uint32_t tick)
{
    int counted = 0;
    for (const touch_t *t = touch_latest(list, head); t; t = touch_earlier(list, t)) {
        if (tick - t->tick >= cap->window_ticks) return true; /* the rest is older still */
        if ((t->flags & cap->flag) != cap->flag) continue;
        if (cap->ad_sets >> t->ad_set & 1 && ++counted >= cap->most) return false;
    }
    return true;
}
