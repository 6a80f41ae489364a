/* fixed.h -- numbers that add exactly, in any order: money and expected events.
 * A sum of integers is the same for any number of threads. */
#ifndef ADSIM_BASE_FIXED_H
#define ADSIM_BASE_FIXED_H

#include <stdint.h>

/* Expected events (a click with probability p counts p): units of 2^-32 event. int64 holds 2e9. */
#define EVENT_ONE 4294967296.0

/* Money that is paid: micros of the account currency (1 USD = 1,000,000). */
#define MICROS 1e6

/* Money that is expected (probability x order value): nanos, so that a one-in-a-million chance of a
 * 40 USD order still has five digits. int64 holds 9.2e9 currency units. */
#define NANOS 1e9

/* Expected numbers that may be many: thousandths. */
#define THOUSANDTHS 1e3

/* Nearest integer, halves away from zero; |x| < 2^51. */
static inline int64_t fixed_round(double x)
{
    return (int64_t)(x + (x < 0 ? -0.5 : 0.5));
}

static inline int64_t event_fixed(double probability)
{
    return fixed_round(probability * EVENT_ONE);
}
static inline int64_t micros(double amount)
{
    return fixed_round(amount * MICROS);
}
static inline int64_t nanos(double amount)
{
    return fixed_round(amount * NANOS);
}

/* The float at or just below a number >= 0: rounding must not make what it stands for more likely. */
static inline float float_at_most(double x)
{
    union {
        float value;
        uint32_t bits;
    } rounded = {.value = (float)x};
    if ((double)rounded.value > x) rounded.bits--;
    return rounded.value;
}

/* Adds to a sum of money that may leave int64: it then wraps around instead of trapping, and whoever
 * reads it must have refused it by then (sim/experiment does, from orders x value). */
static inline void sum_into(int64_t *sum, int64_t x)
{
    *sum = (int64_t)((uint64_t)*sum + (uint64_t)x);
}

#endif
