/* rfm.h -- recency, frequency, monetary value: customers ranked by what they bought.
 *
 * Each of the three is ranked 1 (worst) to 5 (best) by fifths of the customers' weight. The rule for
 * ties: equal values have one score, that of the middle of the weight they share,
 *   score = 1 + floor(5 (weight of those below + half the weight of those equal) / weight of all),
 * which with weights of 1 is 1 + floor(5 (average rank - 1/2) / n), ranks counted from 1. So fifths are
 * exact where values differ and uneven where many are equal (nobody is split from her equals by her
 * number); rfm_order lists equals by their number. Recency is reversed: the latest buyer has 5.
 *
 * Three scores make 125 cells. The named segments are those in common use, by recency and frequency;
 * the table below gives each rule, and every cell has exactly one name. */
#ifndef ADSIM_SEGMENTATION_RFM_H
#define ADSIM_SEGMENTATION_RFM_H

#include "models/base/status.h"

#include <stddef.h>
#include <stdint.h>

/* One line of a till: amount > 0 or = 0 is an order; below 0 a refund, which lowers the customer's total
 * and is no order. */
typedef struct {
    uint32_t customer; /* 0..n_customers-1 */
    double day;        /* any origin */
    double amount;     /* currency */
} transaction_t;

typedef struct {
    uint32_t orders;
    uint32_t days; /* on which there were orders (whole part of the day): several on a day are one
                      occasion for customers.h */
    double first_day, last_day; /* of orders; NAN without any */
    double total;               /* orders less refunds */
    double repeat_total;        /* of orders after the first day */
} history_t;

/* Histories of customers 0..n_customers-1, transactions in any order. ERR_INVALID names the line (from 1)
 * whose customer, day or amount is not valid. */
status_t rfm_histories(const transaction_t *t, size_t n, history_t *out, size_t n_customers,
                       error_t *err);

typedef struct {
    uint8_t recency, frequency, monetary; /* 1..5, 5 is best; all 0: never bought */
} rfm_t;

/* Summaries of n customers. frequency 0 = never bought: all scores 0, and no part of the ranking. */
typedef struct {
    size_t n;
    const double *recency_days; /* since the last order, >= 0 */
    const double *frequency;    /* orders, >= 0 */
    const double *monetary;     /* currency, total */
    const double *weight;       /* > 0; NULL = 1 */
} rfm_data_t;

/* ERR_INVALID names the customer (from 1) whose value is not valid, or says that nobody bought. */
status_t rfm_rank(const rfm_data_t *d, rfm_t *out, error_t *err);

enum { RFM_CELLS = 125 };
int rfm_cell(rfm_t s); /* 0 (111) .. 124 (555); -1: never bought */
rfm_t rfm_of_cell(int cell);

typedef struct {
    const char *name, *meaning;
    uint8_t recency_low, recency_high, frequency_low, frequency_high, monetary_low, monetary_high;
} rfm_segment_t;
enum { RFM_SEGMENTS = 10 };
extern const rfm_segment_t rfm_segments[RFM_SEGMENTS]; /* best first */
int rfm_segment(rfm_t s);                              /* index into it; -1: never bought */

/* Customers from best to worst: by the sum of the scores, then recency, frequency, monetary value, then
 * their number; those who never bought last. `order` has n elements. */
status_t rfm_order(const rfm_t *s, size_t n, uint32_t *order, error_t *err);

#endif
