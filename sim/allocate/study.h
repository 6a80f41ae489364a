/* study.h -- the answer of `adsim allocate`: the split that is recommended, beside today's; what holds each cell;
 * how sure it is; what other budgets would bring; what is worth finding out. */
#ifndef ADSIM_ALLOCATE_STUDY_H
#define ADSIM_ALLOCATE_STUDY_H

#include "sim/allocate/aim.h"
#include "sim/allocate/risk.h"
#include "sim/experiment/notices.h"
#include "sim/experiment/step.h"
#include "sim/scenario/scenario.h"

#include <signal.h>

enum { FRONTIER_POINTS = 20, STABILITY_DRAWS = 96, WORTH_DRAWS = 32, BASES = 3 };

/* Of draws: mean, and the range that the scenario's interval asks for. NAN where nothing is uncertain. */
typedef struct {
    double mean, lo, p50, hi;
} spread_over_t;

typedef struct {
    double budget, spend, response, marginal;
    double target,
        p_target; /* mean of the target's metric, and the chance that it is met; NAN = no target */
    spread_over_t range;
} frontier_point_t;

/* How the recommended split was chosen among those that were found: see final.c. */
typedef struct {
    int splits;          /* that ran */
    bool decided, kept;  /* one was left; it is today's */
    double indifference; /* response: less is no difference */
    double correct;      /* chance that no other brings more by it; NAN = there was no choice */
    int replications;    /* of all plans together */
} race_result_t;

/* The scenario's own target, at the recommended split and at today's. */
typedef struct {
    const char *metric; /* NULL = there is none */
    double at_least, chance, base_chance;
    spread_over_t value, base_value;
} allocation_target_t;

/* What the recommended split is compared with. */
typedef enum { BASE_CURRENT, BASE_EVEN } base_t;

typedef struct {
    const scenario_t *scenario; /* borrowed */
    problem_t problem;          /* of expected responses */
    aiming_t aiming;
    risk_aim_t risk;
    draws_t draws;
    bool uncertain; /* do the draws differ? */
    /* Of a scenario without curves of its own: */
    struct simulator *simulator;
    int column;   /* whose numerator is the response */
    double spent; /* of the recommended split, as simulated */
    double base_spent;
    double impressions;
    size_t sample, people;      /* simulated people behind the curves, and behind the final check */
    double gain_low, gain_high; /* where the mean difference lies, 95 % */
    double gain_people;         /* half-width of that which another sample of people accounts for */
    double marginal[ALLOCATION_CELLS][STABILITY_DRAWS]; /* over resamples, where lots were moved */
    double
        promise; /* no split brings more by more than this (95 %), if money brings less and less; NAN = unknown */
    race_result_t race;
    allocation_target_t target;
    double
        scale; /* of what all replications bring to what those behind the curves do; 1 of own curves */
    double additive;  /* what the curves, added up, promised for the recommended split */
    int search_moved; /* was the split found on the simulator, not by the curves? */
    outcome_t outcome;
    double risk_value, risk_base; /* the measure of risk: of the recommended split, of the base */
    flight_plan_t plan[ALLOCATION_CELLS]; /* by period */
    base_t base_kind;
    bool base_allowed; /* within the limits */
    solution_t base;

    spread_over_t response, base_response, difference, spend[ALLOCATION_CELLS];
    double p_better, expected_loss; /* against the base */
    double regret;                  /* what knowing all curves exactly would bring on average */
    double worth[ALLOCATION_CELLS]; /* ... and one cell's alone */
    double p_goal;                  /* chance that the response goal is met; NAN = no such goal */
    /* Budget up to (of a target on the plan: or from) which the target is met with that chance; NAN = none found. */
    double sure_budget, sure_level;
    bool sure_up_to;

    frontier_point_t frontier[FRONTIER_POINTS];
    int n_frontier;
    bool moves;                /* is anything to be changed? */
    notices_t errors, notices; /* errors: money that cannot be spent, goals out of reach */

    spline_t *own[ALLOCATION_CELLS], *points[ALLOCATION_CELLS]; /* private */
    flights_t *flights[ALLOCATION_CELLS];
} allocation_study_t;

typedef struct {
    int threads;
    const volatile sig_atomic_t *interrupted;            /* not 0 = stop; NULL = never */
    void (*progress)(void *context, const step_t *step); /* of simulated plans; NULL = none */
    void *context;
} allocation_options_t;

/* From curves of one's own, or else by simulation. ERR_INVALID when the limits cannot be met together. The caller
 * frees, also after a failure. */
status_t allocation_study_open(allocation_study_t *s, const scenario_t *sc,
                               const allocation_options_t *options, error_t *err);
void allocation_study_free(allocation_study_t *s);

/* The response goal of the scenario's aim, or of a target beside it; NAN. */
double allocation_goal(const scenario_t *sc);

/* Responses per unit of money at which the next unit of money earns itself back: of revenue and of orders by the
 * product's margin, returns, fees and mean order, of curves of one's own by `value`. NAN where a response has no
 * price: reach. */
double study_break_even(const allocation_study_t *s);

/* What a cell's curve brings at a spend, over its draws. NAN where they are alike. */
spread_over_t study_curve_band(const allocation_study_t *s, int cell, double spend);

#endif
