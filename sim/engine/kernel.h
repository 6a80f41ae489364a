/* kernel.h -- the engine for a page: one ad set's flight without files, threads or memory of its own.
 *
 * `make wasm` builds it and the files of models/ that it calls into build/wasm/kernel.wasm, which asks its
 * host for nothing and exports these functions. It calls the model functions that the engine calls, at the
 * same addresses of chance: the same people get the same impressions at the same prices, byte for byte, on
 * any machine and in any browser (tests/engine/test_kernel, tests/build/test_wasm.sh).
 *
 * People differ in how active they are. Left out: several ad sets, creatives or placements, person effects,
 * desirability, delays, attribution, organic orders. */
#ifndef ADSIM_ENGINE_KERNEL_H
#define ADSIM_ENGINE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

typedef enum { KERNEL_EVEN, KERNEL_ASAP, KERNEL_CONSTANT } kernel_pacing_t;

/* A plan: doubles alone, so that a page fills it as an array in this order. Units as in the scenario. */
typedef struct {
    double days;   /* whole, 1..1500 */
    double weight; /* real people for each simulated one, > 0 */
    double budget; /* currency, of the real people */
    double pacing; /* kernel_pacing_t; constant holds the fluid solution, and no budget stops it */
    double throttle; /* 1: paces by the share of auctions it enters; 0: by its bid */
    double bid_cpm;  /* the most it pays; NAN = lowest cost */
    double cap;      /* impressions a person within any window; 0 = none */
    double cap_days; /* the window */

    double opportunities_per_day; /* of the average person */
    double shape;     /* of the gamma between people: kernel_people and the closed form */
    double open_days; /* share of days she opens the platform, (0, 1] */
    double hours_amplitude, hours_peak;
    double rival_median_cpm, rival_log_sd, score_noise, reserve_cpm;
    double viewability;

    double ctr; /* clicks per impression at a first exposure, at most the viewability */
    double wear_in, wear_in_exposures, wear_out, recovery_days;
    double visit_rate, cvr, view_conversion;
    double value;        /* of an order, currency */
    double pull_forward; /* share of ad-caused orders that would have come by themselves */

    /* Addresses of chance: of the platform (8 bits, and what goes above a person's number) and of the ad
     * set (16 bits of its hash). */
    double placement, person_high, ad_set_hash;
} kernel_plan_t;
enum { KERNEL_PLAN_FIELDS = sizeof(kernel_plan_t) / sizeof(double) };

typedef struct {
    uint32_t id;
    float activity; /* her opportunities relative to the mean */
} kernel_person_t;

/* What a flight comes to, for the simulated people. Expected events in units of 2^-32; money that is paid
 * in micros, money that is expected in nanos of the currency. */
enum {
    KERNEL_IMPRESSIONS,
    KERNEL_REACH_1,
    KERNEL_REACH_2,
    KERNEL_REACH_3,
    KERNEL_REACH_5,
    KERNEL_REACH_10,
    KERNEL_SPEND,
    KERNEL_VIEWS,
    KERNEL_CLICKS,
    KERNEL_VISITS,
    KERNEL_CONVERSIONS, /* that the ad causes */
    KERNEL_DISPLACED,   /* of them, those that would have come by themselves */
    KERNEL_REVENUE,
    KERNEL_DISPLACED_REVENUE,
    KERNEL_LOST_CAP,
    KERNEL_LOST_PRICE, /* to the price limit or the reserve; whoever outbids it is not counted */
    KERNEL_LOST_BUDGET,
    KERNEL_COUNTS
};

/* For a page to hold against its own lists. */
uint32_t kernel_plan_fields(void);
uint32_t kernel_counts(void);

/* Makes people 0..n-1, whose activities are spread as the gamma is: one in each of n equal shares. */
void kernel_people(const kernel_plan_t *plan, kernel_person_t *people, uint32_t n, uint64_t seed,
                   uint32_t replication);

/* Bytes that a simulation needs, but in rare cases; they grow with the bid and the budget. */
double kernel_room(const kernel_plan_t *plan, const kernel_person_t *people, uint32_t n);

/* Runs one replication in `room` (8-byte aligned, its contents do not matter) and writes the counts. 0 if
 * the room did not suffice: nothing was written. */
uint32_t kernel_simulate(const kernel_plan_t *plan, const kernel_person_t *people, uint32_t n,
                         uint64_t seed, uint32_t replication, void *room, size_t bytes,
                         int64_t count[KERNEL_COUNTS]);

/* The same plan in closed form (models/platform/plan.h says what that leaves out): for so many eligible
 * people, at the bid and the throttle that spend the budget. */
typedef struct {
    double bid_cpm, pass_through; /* the value per impression, and the share of auctions entered */
    double win_probability, reach, impressions, impressions_sd, spend, cpm, clicks;
} kernel_outcome_t;
void kernel_closed_form(const kernel_plan_t *plan, double people, kernel_outcome_t *out);

#endif
