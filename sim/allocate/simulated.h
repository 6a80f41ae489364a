/* simulated.h -- private to sim/allocate: the study of a scenario whose responses are simulated.
 *
 * Curves and search ask a sample of the people; what they find is put to all people before it is recommended. */
#ifndef ADSIM_ALLOCATE_SIMULATED_H
#define ADSIM_ALLOCATE_SIMULATED_H

#include "sim/allocate/simulator.h"
#include "sim/allocate/study.h"

enum {
    CURVE_PAIRS = 8,   /* pairs of replications behind each point of a curve */
    RISK_PAIRS = 32,   /* ... where how they differ matters: each is a future */
    CURVE_LEVELS = 12, /* points of a curve, at most */
    CURVE_DRAWS = 96   /* resamples of the pairs */
};

/* Simulated points of every cell's curve: the others spend what they do at the centre. */
typedef struct {
    int pairs, n[ALLOCATION_CELLS];
    double spend[ALLOCATION_CELLS][CURVE_LEVELS];
    double value[ALLOCATION_CELLS][CURVE_LEVELS][RISK_PAIRS]; /* of the whole plan */
    by_group_t by_group[ALLOCATION_CELLS][CURVE_LEVELS];
    double centre[ALLOCATION_CELLS], at_centre[RISK_PAIRS];
    by_group_t centre_by_group;
    double
        known; /* share of the centre's spread between pairs that is not the luck of the simulated people */
} levels_t;

/* The centre itself. */
status_t levels_begin(levels_t *l, simulator_t *s, int column, error_t *err);

/* Simulates points where there are none yet, up to each cell's `top`. */
status_t levels_simulate(levels_t *l, simulator_t *s, int column, const double *top, error_t *err);

/* Adds a point where a split stands. */
status_t levels_refine(levels_t *l, simulator_t *s, int column, const double *spend, error_t *err);

/* Rising curves through the mean of the points, and draws of them: of resamples of the pairs (how well the mean is
 * known), or of the pairs themselves as far as they differ by more than luck (what the future may be). */
status_t levels_fit(const levels_t *l, problem_t *p, draws_t *d, uint64_t seed,
                    spline_t *own[ALLOCATION_CELLS], error_t *err);

/* What the next unit brings each cell at a split if a group of the people is left out, as a share of what it brings with
 * all, less 1. Budgets are spent whoever is there: who are fewer get more each. */
typedef struct {
    double without[JACKKNIFE_GROUPS];
} people_change_t;
status_t levels_people(const levels_t *l, const double *spend,
                       people_change_t change[ALLOCATION_CELLS], error_t *err);

/* How often a pair counts in a resample; sums to 1. */
void pairs_resample(uint64_t seed, int draw, int pairs, double *weight);

/* The whole study. */
status_t simulated_study(allocation_study_t *s, const allocation_options_t *options, error_t *err);

/* --- joint.c: what cells bring together */
/* Splits that may be the best: the first is today's. */
enum { CONTENDERS = 4 };
typedef struct {
    int n;
    double spend[CONTENDERS][ALLOCATION_CELLS];
} contenders_t;
void contender_add(contenders_t *c, const problem_t *p, const double *spend);

/* Moves lots on the simulator, from the curves' split and from today's where that is no worse. */
status_t joint_search(allocation_study_t *s, contenders_t *found, error_t *err);
/* The spend that keeps a goal, on the simulator: the largest for a return, a cost or a marginal return, the least
 * for a response or a frequency. Fills the outcome. */
status_t joint_goal(allocation_study_t *s, const allocation_options_t *options, error_t *err);
/* Where it was not found: says what can be had, by what all people say of the split. They may find that it is. */
void joint_goal_out_of_reach(allocation_study_t *s);
/* What the next unit of money brings each cell, and what each cell's money does, where lots were moved. */
status_t joint_marginals(allocation_study_t *s, error_t *err);
/* Where money brings less and less everywhere: a bound on what any split can bring. */
void joint_bound(allocation_study_t *s, const people_change_t *change);

/* --- final.c: all people */
/* Chooses among the contenders and compares the winner with today's split. */
status_t final_check(allocation_study_t *s, const contenders_t *c,
                     const allocation_options_t *options, error_t *err);

/* --- study.c: what both kinds of studies do alike */
/* Today's split, or an even one, and whether the recommended one differs. */
void study_base(allocation_study_t *s);
status_t study_with_risk(allocation_study_t *s, error_t *err);
/* Is the goal one of a measure of risk? And the least spend that comes to it. */
bool study_has_risk_goal(const allocation_study_t *s);
status_t study_risk_goal(allocation_study_t *s, double goal, error_t *err);
status_t study_stability(allocation_study_t *s, error_t *err);
status_t study_frontier(allocation_study_t *s, error_t *err);
void study_tell(allocation_study_t *s);

#endif
