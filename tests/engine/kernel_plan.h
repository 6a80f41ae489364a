/* kernel_plan.h -- the first ad set of a scenario of one platform and one creative as the kernel's plan, for
 * tests. */
#ifndef ADSIM_TESTS_ENGINE_KERNEL_PLAN_H
#define ADSIM_TESTS_ENGINE_KERNEL_PLAN_H

#include "sim/engine/kernel.h"
#include "sim/engine/membership.h"
#include "sim/scenario/scenario.h"

#include <math.h>

static inline kernel_plan_t plan_of(const scenario_t *sc, double weight)
{
    const ad_set_t *s = &sc->ad_set[0];
    const platform_t *p = &sc->platform[0];
    const response_t *r = &sc->response;
    address_t at = platform_address(p, sc->population);
    static const kernel_pacing_t pacing[] = {[PACING_EVEN] = KERNEL_EVEN,
                                             [PACING_ASAP] = KERNEL_ASAP,
                                             [PACING_CONSTANT] = KERNEL_CONSTANT};
    return (kernel_plan_t){.days = sc->days,
                           .weight = weight,
                           .budget = s->budget,
                           .pacing = pacing[s->pacing],
                           .throttle = s->method == PACE_BY_THROTTLE,
                           .bid_cpm = s->strategy == BID_LOWEST_COST ? NAN : s->bid,
                           .cap = s->cap[0].impressions,
                           .cap_days = s->cap[0].window_days,
                           .opportunities_per_day = p->opportunities_per_day,
                           .shape = p->activity_shape,
                           .open_days = p->open_days,
                           .hours_amplitude = p->hours_amplitude,
                           .hours_peak = p->hours_peak,
                           .rival_median_cpm = p->rival_median_cpm,
                           .rival_log_sd = p->rival_log_sd,
                           .score_noise = p->score_noise,
                           .reserve_cpm = p->reserve_cpm,
                           .viewability = p->viewability,
                           .ctr = sc->creative[0].ctr,
                           .wear_in = r->wear_in,
                           .wear_in_exposures = r->wear_in_exposures,
                           .wear_out = r->wear_out,
                           .recovery_days = r->recovery_days,
                           .visit_rate = r->visit_rate,
                           .cvr = r->cvr,
                           .view_conversion = r->view_conversion,
                           .value = sc->product.value,
                           .pull_forward = sc->product.pull_forward,
                           .placement = at.placement,
                           .person_high = (double)at.high,
                           .ad_set_hash = (double)(s->hash & 0xffff)};
}

#endif
