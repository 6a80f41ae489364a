/* engine.h -- one simulated flight: candidates, auctions, impressions, responses, settled accounts.
 *
 * A world is what all replications share: people, eligibility, activity, the clock. A replication
 * is a pure function of (world, parameters, number). The time-major engine of MODEL 9: candidates of
 * the whole flight are generated per person in ascending rank, bucketed by hour, taken in time order;
 * budgets, pacing and caps see every impression before the next. */
#ifndef ADSIM_ENGINE_ENGINE_H
#define ADSIM_ENGINE_ENGINE_H

#include "models/base/status.h"
#include "sim/engine/crew.h"
#include "sim/metrics/counters.h"
#include "sim/scenario/scenario.h"

typedef struct world world_t;
typedef struct workspace
    workspace_t; /* one thread's scratch; reused from replication to replication */

/* `people` simulated people. The scenario is borrowed and must outlive the world. */
status_t world_new(const scenario_t *sc, size_t people, int threads, world_t **out, error_t *err);
/* The same of people who are never held as a whole: they are made window after window, whenever they are
 * needed. For streaming_new. The processes of a crew count them together: all call it. */
status_t world_new_streaming(const scenario_t *sc, size_t people, int threads, const crew_t *crew,
                             world_t **out, error_t *err);
void world_delete(world_t *world);
/* From now on the ad sets have the budgets of a scenario that differs from the world's in these alone: the same
 * people meet another plan. Not while a replication runs. */
void world_fund(world_t *world, const scenario_t *sc);

double world_weight(const world_t *world); /* real people per simulated person */
size_t world_people(const world_t *world);
size_t world_pilot(const world_t *world); /* people of a streaming world's pilot */
scopes_t world_scopes(const world_t *world);
int world_run_off_days(const world_t *world);
/* Simulated people eligible for an ad set (structurally: before pools and caps); its audience on its
 * platform. And of the audience on any platform. */
size_t world_eligible(const world_t *world, int ad_set);

/* The sizes of audiences, counted; those of pools are not known. */
void world_audience_sizes(const world_t *world, audience_sizes_t *sizes);

/* Segments of segments.csv: age band x sex x region, as far as the population has these attributes.
 * The label of dimension d (0 age, 1 sex, 2 region) in a segment; "" if the population has none. */
int world_segments(const world_t *world);
const char *world_segment_label(const world_t *world, int segment, int dimension);

status_t workspace_new(const world_t *world, workspace_t **out, error_t *err);
void workspace_delete(workspace_t *ws);

/* Runs replication number `replication` with parameters theta (scenario_draw of its pair). Writes
 * `totals` (cleared first) and adds to the workspace's own tables. */
status_t replication_run(const world_t *world, const scenario_t *theta, uint32_t replication,
                         workspace_t *ws, totals_t *totals, error_t *err);

/* The next replication may have other parameters than the last, though its pair is the same. */
void workspace_forget_parameters(workspace_t *ws);

const tables_t *workspace_tables(const workspace_t *ws);

/* The person-major engine for more people than memory holds: a pilot of some of them finds what the ad sets
 * bid, then everybody passes on this path, window after window over the threads. The same law; its numbers
 * differ from the closed loop's by what the pilot's sample is off. `world` is a streaming one, borrowed. */
typedef struct streaming streaming_t;
status_t streaming_new(const world_t *world, int threads, streaming_t **out, error_t *err);
void streaming_delete(streaming_t *s);

/* From now on the processes of a crew make each replication together, its people dealt among them: all call
 * streaming_run with the same arguments, all get the totals, and who leads adds to its tables. */
void streaming_share(streaming_t *s, const crew_t *crew);

/* As replication_run. */
status_t streaming_run(streaming_t *s, const scenario_t *theta, uint32_t replication,
                       totals_t *totals, error_t *err);
const tables_t *streaming_tables(const streaming_t *s);
/* How often everybody passed in the last replication. */
int streaming_passes(const streaming_t *s);

/* What the ads do to one simulated person, added up over replications. Expected conversions in the fixed
 * point of base/fixed.h; drawn ones as an experiment would see them, addressed by person: the sums of
 * several workspaces are the same however replications are dealt to them. */
typedef struct {
    int64_t caused;         /* [event] conversions that the ads cause, run-off included */
    int64_t displaced;      /* [event] of them, those that would have come by themselves */
    int64_t organic;        /* [event] that come by themselves, in the flight */
    uint32_t caused_drawn;  /* drawn, those displaced left out */
    uint32_t organic_drawn; /* drawn */
    uint32_t replications;  /* in which some ad set could ever have reached her */
    /* Of the replications in which she was shown an ad, from her first impression on; a coin for each says
     * whether she was treated (1) or held out (0), that is, the ad withheld: */
    uint32_t shown[2];     /* replications */
    uint32_t orders[2];    /* drawn: those that come by themselves and, if treated, those caused */
    int64_t organic_after; /* [event] that come by themselves, of all these replications */
} person_account_t;

/* From now on the workspace adds to `account`, world_people() rows by the person's number in the
 * population, which the caller owns and has zeroed; NULL = no longer. Results of runs do not change. */
void workspace_keep_accounts(workspace_t *ws, person_account_t *account);

/* Closed-form facts of the plan at theta, before anything runs: the fluid start of each ad set. */
typedef struct {
    double rival_median_cpm;
    double start_value_cpm;    /* the value per impression the controller starts from */
    double start_pass_through; /* the throttle's start */
    double spend_elasticity;   /* of delivery: d ln impressions / d ln budget at the start */
    /* The multipliers of the Lagrangian (MODEL 3.4): of the two limits the lower bid meets its own, and the
     * other is slack. */
    double
        budget_dual; /* lambda: results (min_roas, highest_value: revenue) that one more in currency
                           buys, at the start; 0 if the budget does not bind */
    double goal_dual; /* nu of a cost cap, bid per result = cap + 1/nu, or of a return rho, bid per
                           revenue = (1 + nu)/(nu rho); 0 if the goal does not bind */
    /* Of a goal (0 without one), currency: what a result may cost, and what it costs at the lowest bid. */
    double result_cost, least_result_cost;
} ad_set_plan_t;
/* Of every ad set; `out` has room for all. */
void world_plans(const world_t *world, const scenario_t *theta, ad_set_plan_t *out);

/* What keeps an ad set from showing more. */
typedef enum {
    LIMIT_BUDGET,
    LIMIT_BID,      /* the bid that the buyer states */
    LIMIT_GOAL,     /* the cost per result or the return on spend that is wanted */
    LIMIT_AUDIENCE, /* it wins nearly all there is */
    LIMIT_CAP,      /* frequency caps */
    LIMIT_SCHEDULE,
    LIMIT_OVERLAP, /* other own ad sets, which stand in front of it */
    LIMITS
} limit_t;

/* What would come of a limit that was wider, by the same closed forms: 10 % more budget, bid, or people; a
 * goal 10 % easier; one impression more in each cap; the whole flight. Over the whole ad set, real units. NAN
 * where own overlap is the limit, which closed forms leave out. */
typedef struct {
    double impressions, spend;           /* as it is */
    double more_impressions, more_spend; /* with the wider limit */
} relaxed_t;
/* Of every ad set, by its limit; `out` has room for all. */
void world_relaxed(const world_t *world, const scenario_t *theta, const limit_t *limit,
                   relaxed_t *out);

/* What a run came to: of ad sets the currency spent, of creatives their shares of their ad sets' impressions. */
typedef struct {
    double spend[MAX_AD_SETS], creative_share[MAX_CREATIVES];
} ran_t;

/* A model of the plan that answers other budgets, from a sample of the run's people, at theta; the caller frees
 * it. NULL: its ads can meet nobody. */
typedef struct whatif_model whatif_model_t; /* whatif.h */
status_t world_whatif(const world_t *world, const scenario_t *theta, const ran_t *run, int threads,
                      whatif_model_t **out, error_t *err);

#endif
