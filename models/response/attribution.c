/* attribution.c -- last touch, clicks before views, in expectation over what was not drawn; and the models
 * that share an order among all touches of its path. */
#include "models/response/attribution.h"
#include "models/base/maths.h"

/* ---- last touch ---- */

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

/* ---- the touches of a path ---- */

double time_kept(const attribution_t *rule, uint32_t ticks)
{
    static const double LN_2 = 0.69314718055994531;
    return m_exp(-LN_2 * (double)ticks / (rule->half_life_days * TICKS_PER_DAY));
}

size_t attribute_path(const path_touch_t *touch, size_t n, credit_windows_t windows, uint32_t tick,
                      int cause, int caused_by_click, uint32_t *path)
{
    uint32_t longest =
        windows.click_ticks > windows.view_ticks ? windows.click_ticks : windows.view_ticks;
    size_t m = 0;
    for (size_t j = 0; j < n; j++) {
        if (touch[j].tick > tick) continue;
        uint32_t ago = tick - touch[j].tick;
        if (ago > longest) break;
        int is_cause = (int)j == cause, seen = touch[j].seen | is_cause;
        int clicked = is_cause ? caused_by_click | touch[j].clicked_if_seen : touch[j].clicked;
        if ((clicked && ago <= windows.click_ticks) || (seen && ago <= windows.view_ticks))
            path[m++] = (uint32_t)j;
    }
    return m;
}

/* The share of the k-th of m touches, 0 the latest: two share as the ends do. */
static double position_share(const attribution_t *rule, size_t k, size_t m)
{
    double first = rule->first_share, last = rule->last_share;
    if (m == 1) return 1;
    if (m == 2) {
        double own = k == 0 ? last : first;
        return first + last > 0 ? own / (first + last) : 0.5;
    }
    return k == 0 ? last : k == m - 1 ? first : (1 - first - last) / (double)(m - 2);
}

void attribute_shares(const attribution_t *rule, const path_touch_t *touch, const uint32_t *path,
                      size_t m, double (*share)[PATH_MODELS])
{
    enum { FIRST, LINEAR, DECAY, POSITION };
    double weight = 1, all = 0;
    for (size_t k = 0; k < m; k++) {
        for (uint32_t j = k ? path[k - 1] + 1 : path[k] + 1; j <= path[k]; j++)
            weight *= touch[j].kept;
        share[k][FIRST] = k == m - 1;
        share[k][LINEAR] = 1 / (double)m;
        share[k][DECAY] = weight;
        share[k][POSITION] = position_share(rule, k, m);
        all += weight;
    }
    for (size_t k = 0; k < m; k++) share[k][DECAY] /= all;
}
