/* rfm.c -- ranks, cells and names of customers. */
#include "models/segmentation/rfm.h"

#include "models/base/maths.h"

#include <stdbool.h>
#include <stdlib.h>

/* ---- from transactions ---- */

typedef struct {
    double day, amount;
    uint32_t customer;
    size_t line;
} order_t;

static int by_customer_and_day(const void *a, const void *b)
{
    const order_t *x = a, *y = b;
    if (x->customer != y->customer) return x->customer < y->customer ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static status_t check_transactions(const transaction_t *t, size_t n, size_t customers, error_t *err)
{
    for (size_t i = 0; i < n; i++) {
        if (t[i].customer >= customers)
            return fail(err, ERR_INVALID, "transaction %zu: there is no customer %u", i + 1,
                        t[i].customer);
        if (!m_is_finite(t[i].day))
            return fail(err, ERR_INVALID, "transaction %zu: its day is not a number", i + 1);
        if (!m_is_finite(t[i].amount))
            return fail(err, ERR_INVALID, "transaction %zu: its amount is not a number", i + 1);
    }
    return OK;
}

static void add_order(history_t *h, const order_t *o)
{
    bool same_day = h->orders && __builtin_floor(o->day) == __builtin_floor(h->last_day);
    if (!h->orders) h->first_day = o->day;
    h->orders++;
    h->days += !same_day;
    h->last_day = o->day;
    if (h->days > 1) h->repeat_total += o->amount;
}

status_t rfm_histories(const transaction_t *t, size_t n, history_t *out, size_t n_customers,
                       error_t *err)
{
    status_t st = check_transactions(t, n, n_customers, err);
    if (st != OK) return st;
    order_t *order = malloc((n + 1) * sizeof *order);
    if (!order) return fail_memory(err, "the transactions");
    for (size_t i = 0; i < n; i++) order[i] = (order_t){t[i].day, t[i].amount, t[i].customer, i};
    qsort(order, n, sizeof *order, by_customer_and_day);
    for (size_t k = 0; k < n_customers; k++)
        out[k] = (history_t){.first_day = MATHS_NAN, .last_day = MATHS_NAN};
    for (size_t i = 0; i < n; i++) out[t[i].customer].total += t[i].amount;
    for (size_t i = 0; i < n; i++)
        if (order[i].amount >= 0) add_order(&out[order[i].customer], &order[i]);
    free(order);
    return OK;
}

/* ---- ranks ---- */

typedef struct {
    double value; /* higher is better */
    uint32_t id;
} ranked_t;

static int by_value_then_id(const void *a, const void *b)
{
    const ranked_t *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static double weight_of(const rfm_data_t *d, size_t i)
{
    return d->weight ? d->weight[i] : 1;
}

/* Scores of the n in `r`; `total` is their weight. */
static void score(const rfm_data_t *d, ranked_t *r, size_t n, double total,
                  uint8_t *out /* by id */)
{
    qsort(r, n, sizeof *r, by_value_then_id);
    double below = 0;
    for (size_t from = 0, to; from < n; from = to) {
        double equal = 0;
        for (to = from; to < n && r[to].value == r[from].value; to++)
            equal += weight_of(d, r[to].id);
        int fifth = (int)(5 * (below + equal / 2) / total);
        for (size_t k = from; k < to; k++) out[r[k].id] = (uint8_t)(1 + (fifth > 4 ? 4 : fifth));
        below += equal;
    }
}

static status_t check(const rfm_data_t *d, size_t *buyers, error_t *err)
{
    *buyers = 0;
    for (size_t i = 0; i < d->n; i++) {
        const char *wrong = NULL;
        bool bought = d->frequency[i] > 0;
        if (!(d->frequency[i] >= 0) || !m_is_finite(d->frequency[i]))
            wrong = "its frequency is not a number of orders";
        else if (bought && (!(d->recency_days[i] >= 0) || !m_is_finite(d->recency_days[i])))
            wrong = "its recency is not a number of days, 0 or more";
        else if (bought && !m_is_finite(d->monetary[i]))
            wrong = "its monetary value is not a number";
        else if (d->weight && (!(d->weight[i] > 0) || !m_is_finite(d->weight[i])))
            wrong = "its weight is not above 0";
        if (wrong) return fail(err, ERR_INVALID, "customer %zu: %s", i + 1, wrong);
        *buyers += bought;
    }
    return *buyers ? OK : fail(err, ERR_INVALID, "none of %zu customers ever bought", d->n);
}

status_t rfm_rank(const rfm_data_t *d, rfm_t *out, error_t *err)
{
    size_t buyers, n;
    status_t st = check(d, &buyers, err);
    if (st != OK) return st;
    const double *const value[] = {d->recency_days, d->frequency, d->monetary};
    ranked_t *r = malloc(buyers * sizeof *r);
    uint8_t *scores = calloc(3 * d->n, 1);
    if (!r || !scores) st = fail_memory(err, "the ranks of customers");
    for (int k = 0; st == OK && k < 3; k++) {
        double total = 0;
        n = 0;
        for (size_t i = 0; i < d->n; i++) {
            if (!(d->frequency[i] > 0)) continue;
            total += weight_of(d, i);
            r[n++] = (ranked_t){k == 0 ? -value[k][i] : value[k][i], (uint32_t)i};
        }
        score(d, r, n, total, scores + (size_t)k * d->n);
    }
    for (size_t i = 0; st == OK && i < d->n; i++)
        out[i] = (rfm_t){scores[i], scores[d->n + i], scores[2 * d->n + i]};
    free(scores);
    free(r);
    return st;
}

/* ---- cells and names ---- */

int rfm_cell(rfm_t s)
{
    return s.recency ? 25 * (s.recency - 1) + 5 * (s.frequency - 1) + s.monetary - 1 : -1;
}

rfm_t rfm_of_cell(int cell)
{
    return (rfm_t){(uint8_t)(cell / 25 + 1), (uint8_t)(cell / 5 % 5 + 1), (uint8_t)(cell % 5 + 1)};
}

/* The map in common use over recency x frequency; money stands in the cells and in the profiles. */
const rfm_segment_t rfm_segments[RFM_SEGMENTS] = {
    {"champions", "bought lately and often", 5, 5, 4, 5, 1, 5},
    {"loyal", "buy often, not long ago", 3, 4, 4, 5, 1, 5},
    {"potential loyalists", "bought lately, more than once", 4, 5, 2, 3, 1, 5},
    {"new", "bought first, just now", 5, 5, 1, 1, 1, 5},
    {"promising", "bought once, not long ago", 4, 4, 1, 1, 1, 5},
    {"need attention", "average, and cooling", 3, 3, 3, 3, 1, 5},
    {"about to sleep", "bought rarely, a while ago", 3, 3, 1, 2, 1, 5},
    {"can't lose", "bought most often, long ago", 1, 2, 5, 5, 1, 5},
    {"at risk", "bought often, long ago", 1, 2, 3, 4, 1, 5},
    {"hibernating", "bought rarely, long ago", 1, 2, 1, 2, 1, 5},
};

static bool between(uint8_t x, uint8_t low, uint8_t high)
{
    return x >= low && x <= high;
}

int rfm_segment(rfm_t s)
{
    for (int k = 0; k < RFM_SEGMENTS; k++) {
        const rfm_segment_t *g = &rfm_segments[k];
        if (between(s.recency, g->recency_low, g->recency_high) &&
            between(s.frequency, g->frequency_low, g->frequency_high) &&
            between(s.monetary, g->monetary_low, g->monetary_high))
            return k;
    }
    return -1;
}

status_t rfm_order(const rfm_t *s, size_t n, uint32_t *order, error_t *err)
{
    ranked_t *r = malloc((n + 1) * sizeof *r);
    if (!r) return fail_memory(err, "the order of customers");
    for (size_t i = 0; i < n; i++) {
        int sum = s[i].recency + s[i].frequency + s[i].monetary;
        int worth = ((sum * 6 + s[i].recency) * 6 + s[i].frequency) * 6 + s[i].monetary;
        r[i] = (ranked_t){-worth, (uint32_t)i};
    }
    qsort(r, n, sizeof *r, by_value_then_id);
    for (size_t i = 0; i < n; i++) order[i] = r[i].id;
    free(r);
    return OK;
}
