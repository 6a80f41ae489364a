/* rotation.h -- which creative of an ad set is shown, where the platform finds out which one answers best.
 *
 * Thompson sampling (Thompson 1933; Chapelle and Li 2011): of each creative the platform holds a belief about
 * its results per impression, a beta law; for every impression it draws a rate from each belief and shows the
 * creative of the highest. While beliefs stand still, so does the chance of each creative to be shown: the
 * chance that its rate is the highest. That chance is an integral, and one uniform an impression then draws
 * exactly what all the rates would have. KERNEL file. */
#ifndef ADSIM_PLATFORM_ROTATION_H
#define ADSIM_PLATFORM_ROTATION_H

/* Beta(a, b) of results per impression; a, b >= 1. */
typedef struct {
    double a, b;
} belief_t;

/* What is believed after so many results of so many impressions. Before any, what the platform expects of the
 * ad set on the whole, as if one result had been seen of each creative (assumption: it starts from what it
 * knows of the account, and nearly open). */
belief_t rotation_belief(double expected_rate, double impressions, double results);

enum { ROTATION_MOST = 256 }; /* creatives that take turns */

/* P(the rate of creative k is the highest of n) in share[k]; they sum to 1. Absolute error below 1e-5. */
void rotation_shares(const belief_t *belief, int n, double *share);

#endif
