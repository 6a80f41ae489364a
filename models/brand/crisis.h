/* crisis.h -- a wave of negative mentions that feeds itself, and what answering it does (MODEL 4.6).
 *
 * Mentions are a Hawkes process: each excites n further ones, at hours exponential with rate beta. n0 of them
 * come at once at the onset; expected numbers are closed forms. When the company answers, each mention excites
 * fewer from then on. What a crisis takes from sentiment is spread over its mentions. KERNEL file. */
#ifndef ADSIM_BRAND_CRISIS_H
#define ADSIM_BRAND_CRISIS_H

typedef struct {
    double mentions;              /* n0 of a crisis of severity 1 */
    double branching;             /* n: mentions that one excites, 0..1 */
    double decay;                 /* beta, per hour */
    double response_hours;        /* from the onset to the company's answer; INFINITY = never */
    double calming;               /* factor on n from then on, 0..1 */
    double pause_days;            /* for which ads pause, from the answer on; 0 = they run on */
    double per_year;              /* onsets by chance */
    double severity, severity_sd; /* of those: median, and sd of its log */
    double lasting;               /* share of what a crisis takes that never comes back, 0..1 */
} crisis_rules_t;

/* Expected mentions within the first `hours` of a crisis of this severity, those of the onset included. */
double crisis_mentions(const crisis_rules_t *c, double severity, double hours);

/* All there would be if nobody answered, n0 / (1 - n). */
double crisis_mentions_unanswered(const crisis_rules_t *c, double severity);

/* What it takes from sentiment between two hours since its onset: `severity` over all unanswered mentions. */
double crisis_blame(const crisis_rules_t *c, double severity, double from, double to);

/* While nobody answers: the mentions an hour beyond the usual at `hours`, the rate at which they decay, and
 * hours until half of them are left; and the usual ones that a background of mu an hour comes to. */
double crisis_intensity(const crisis_rules_t *c, double severity, double hours);
double crisis_decay_rate(const crisis_rules_t *c);
double crisis_half_life(const crisis_rules_t *c);
double mentions_stationary(double background, double branching);

#endif
