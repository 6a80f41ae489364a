/* path.h -- inside the engine: the path of a flight, what every ad set decides for each hour. The closed
 * loop writes it down; whoever follows it meets the same bids, and needs nobody else's money or results to
 * know them. */
#ifndef ADSIM_ENGINE_PATH_H
#define ADSIM_ENGINE_PATH_H

#include "sim/engine/workspace.h"

/* The place of a candidate in the order of the flight. */
typedef struct {
    uint32_t tick;
    uint32_t person; /* in the population */
    uint32_t platform, number;
} moment_t;

/* An ad set's hour. */
typedef struct {
    double effort, goal, learning, rate_gain, charge_gain, tilt; /* see ad_set_state_t */
    double log_value,
        pass_through; /* what they come to with the tuning of who follows (path_lay) */
    int closed;       /* it pays for nothing */
    moment_t
        closing; /* the first candidate that it cannot pay: it is closed from then on; its tick is
                         NEVER if it stays open */
} decision_t;
#define NEVER UINT32_MAX

struct path {
    int hours, ad_sets, creatives;
    decision_t *decision; /* [hour][ad set] */
    double *turns;        /* [hour][creative]: how often it is shown */
};

status_t path_init(path_t *p, int hours, const scenario_t *sc, error_t *err);
void path_free(path_t *p);
static inline decision_t *path_at(const path_t *p, int hour, int ad_set)
{
    return &p->decision[hour * p->ad_sets + ad_set];
}

/* Writes down what was decided for an hour; and that the candidate could not be paid, by which ad sets have
 * closed. */
void path_record(path_t *p, const workspace_t *ws, int hour);
void path_record_closing(path_t *p, const workspace_t *ws, const candidate_t *c);

/* An ad set is closed from one tick to another (exclusive): is that news? And: whoever closes does so later,
 * by a part of the time it was open before. Does anybody? */
bool path_close(path_t *p, int ad_set, uint32_t from, uint32_t to);
bool path_delay_stops(path_t *p, double part);

/* Works out the bids at the workspace's tuning, and counts there what holds them back. */
void path_lay(path_t *p, workspace_t *ws);

/* Following: an hour begins; a candidate comes, whoever closes before it; can the ad set pay for it? */
void path_enter(workspace_t *ws, int hour);
void path_pass(workspace_t *ws, const candidate_t *c);
bool path_pays(const workspace_t *ws, const candidate_t *c, int ad_set);

#endif
