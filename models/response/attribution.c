/* attribution.c -- last touch, clicks before views, in expectation over what was not drawn. */
#include "models/response/attribution.h"

/* P(clicked), P(seen) of touch j, given that it caused the order. */
static void probabilities(const credit_touch_t *t, int is_cause, int by_click, double *click,
                          double *view)
{
    *click = t->p_click;
    *view = t->p_view;
    if (!is_cause) return;
    *click =
        by_click ? 1 : t->p_click / t->p_view; /* a sight that ordered was seen, perhaps clicked */
    *view = 1;
}

double attribute_last_touch(const credit_touch_t *touch, size_t n, credit_windows_t windows,
                            uint64_t ad_sets, uint32_t tick, int cause, int caused_by_click,
                            double *credit, double *by_creative)
{
    double no_click = 1, given = 0;
    for (size_t j = 0; j < n && no_click > 0; j++) {
        if (touch[j].tick > tick || !(ad_sets >> touch[j].ad_set & 1)) continue;
        if (tick - touch[j].tick > windows.click_ticks) break;
        double click, view;
        probabilities(&touch[j], (int)j == cause, caused_by_click, &click, &view);
        credit[touch[j].ad_set] += no_click * click;
        if (by_creative) by_creative[touch[j].creative] += no_click * click;
        given += no_click * click;
        no_click *= 1 - click;
    }
    double unseen = no_click;
    for (size_t j = 0; j < n && unseen > 0; j++) {
        if (touch[j].tick > tick || !(ad_sets >> touch[j].ad_set & 1)) continue;
        if (tick - touch[j].tick > windows.view_ticks) break;
        double click, view;
        probabilities(&touch[j], (int)j == cause, caused_by_click, &click, &view);
        double seen =
            click < 1 ? (view - click) / (1 - click) : 0; /* given that it was not clicked */
        if (tick - touch[j].tick > windows.click_ticks)
            seen = view; /* its click no longer counts */
        credit[touch[j].ad_set] += unseen * seen;
        if (by_creative) by_creative[touch[j].creative] += unseen * seen;
        given += unseen * seen;
        unseen *= 1 - seen;
    }
    return given;
}
