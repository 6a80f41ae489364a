/* responses.h -- what a run says of other budgets: the response curve of whoever has a budget (an ad set, or a
 * campaign whose ad sets share one), what its next money brings, and the model that says so (engine/whatif.h).
 *
 * Exact at the run's own budgets; elsewhere the run's numbers times the model's ratios. */
#ifndef ADSIM_EXPERIMENT_RESPONSES_H
#define ADSIM_EXPERIMENT_RESPONSES_H

#include "sim/engine/whatif.h"
#include "sim/experiment/run.h"

/* What is told of other budgets, in the order of response_names. */
typedef enum {
    RESPONSE_SPEND,
    RESPONSE_IMPRESSIONS,
    RESPONSE_REACH,
    RESPONSE_CLICKS,
    RESPONSE_CONVERSIONS,
    RESPONSE_REVENUE,
    RESPONSE_INCREMENTAL_CONVERSIONS,
    RESPONSE_INCREMENTAL_REVENUE,
    RESPONSES
} response_kind_t;
extern const char *const response_names[RESPONSES]; /* of the columns */

/* error: one standard error of what the change from the run is, see response_model_share. */
typedef struct {
    double value[RESPONSES], error[RESPONSES];
} response_values_t;

enum { RESPONSE_STEPS = 9 };
extern const double response_step[RESPONSE_STEPS]; /* multiples of a budget; one is 1 */

/* Whoever has a budget. */
typedef struct {
    const char *name;
    int campaign, ad_set; /* ad_set -1: the campaign */
    uint64_t ad_sets;     /* bits */
    double budget;
    const char *fixed; /* why it has no slider; NULL: it has one */
    response_values_t own[RESPONSE_STEPS],
        plan[RESPONSE_STEPS]; /* the others' budgets as they are */
    double marginal,
        marginal_error; /* incremental revenue of the plan for the next currency; NAN = not known */
} responder_t;

typedef struct {
    whatif_model_t *model;                    /* NULL: there is none */
    const char *missing;                      /* why; no full sentence */
    notices_t left_out;                       /* what of this scenario the model leaves out */
    response_values_t ran[MAX_AD_SETS], plan; /* the run itself; errors 0 */
    double organic
        [MAX_AD_SETS]; /* of the conversions credited, those that came by themselves, a share */
    uint64_t alike[MAX_AD_SETS]; /* bits: others for the same people, see response_alike */
    int n;
    responder_t responder[MAX_AD_SETS]; /* by payer of the model */
} responses_t;

/* The study has run; on so many threads, whose number changes nothing. The caller frees, also after a failure. */
status_t responses_init(responses_t *r, const study_t *s, int threads, error_t *err);
void responses_free(responses_t *r);

/* What the next currency brings to the plan's incremental revenue where every budget of a scope (metrics/scopes.h)
 * grows in proportion, and one standard error of it; NAN = not known. */
double responses_marginal(const responses_t *r, const study_t *s, int scope, double *error);

/* What of a change the model misses besides the error of its sample, a share of it. */
extern const double response_model_share;
/* Ad sets of one platform, of budgets apart, that share so much of what they could be shown are alike: the higher bid
 * stands in front of the other. As long as both spend their budgets the model knows what each of them gets; where one
 * spends less than response_spent of its budget, both bid what they can, and the model misses so much of the largest
 * change among them, of each by itself and of each in the plan, where one gains what another loses
 * (tests/experiment/stat_whatif.c). */
extern const double response_alike, response_alike_share, response_alike_plan, response_spent;
/* The multiples of spend between which the slope is taken. */
extern const double response_slope_from, response_slope_to;
#endif
