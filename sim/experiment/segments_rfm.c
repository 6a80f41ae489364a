/* segments_rfm.c -- customers by recency, frequency and monetary value; from orders also what they will
 * buy by themselves (BG/NBD and Gamma-Gamma, models/response/customers.h). */
#include "sim/experiment/segments_methods.h"

#include "models/response/customers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The future that is looked at: a year in months, revenue as it is (margin 1, not discounted). */
enum { MONTHS = 12 };
static const double MONTH = 365.25 / 12;

/* --- a frame of orders ------------------------------------------------------------------------ */

static double last_order(const orders_t *o, const history_t *h, double as_of)
{
    (void)o;
    return as_of - h->last_day;
}

static bool fill_orders(frame_t *f, const orders_t *o, const history_t *h, double as_of)
{
    static const char *const names[] = {"recency", "frequency", "monetary"};
    double *column[3];
    for (int c = 0; c < 3; c++) {
        feature_t *x = frame_add(f, GROUP_OWN, FEATURE_NUMBER, "", names[c]);
        if (!x) return false;
        column[c] = frame_numbers(f, x);
    }
    for (size_t i = 0; i < o->n_customers; i++) {
        column[0][i] = h[i].orders ? last_order(o, &h[i], as_of) : 0;
        column[1][i] = h[i].orders;
        column[2][i] = fmax(h[i].total, 0); /* more came back than was ever bought */
    }
    f->id = malloc(o->n_customers * sizeof *f->id);
    if (f->id) memcpy(f->id, o->customer, o->n_customers * sizeof *f->id);
    return f->id != NULL;
}

status_t frame_of_orders(frame_t *f, const orders_t *o, double as_of, error_t *err)
{
    *f = (frame_t){.people = {.n = o->n_customers}, .unit = 1};
    if (as_of < o->last_day)
        return fail(err, ERR_INVALID, "--as-of is %.0f days before the last order",
                    o->last_day - as_of);
    history_t *h = calloc(o->n_customers, sizeof *h);
    status_t st = h ? rfm_histories(o->order, o->n, h, o->n_customers, err)
                    : fail_memory(err, "the customers");
    if (st == OK && !fill_orders(f, o, h, as_of)) st = fail_memory(err, "the customers");
    free(h);
    return st;
}

/* --- scores ----------------------------------------------------------------------------------- */

static status_t find_column(segments_t *s, const char *name, const char *option, int *out,
                            error_t *err)
{
    *out = name ? frame_find(s->frame, name) : -1;
    if (!name)
        return fail(
            err, ERR_INVALID,
            "rfm needs three columns: --recency, --frequency and --monetary, or orders with "
            "--customer, --date and --amount");
    if (*out < 0) return fail(err, ERR_INVALID, "%s: there is no column '%.100s'", option, name);
    if (s->frame->feature[*out].kind != FEATURE_NUMBER)
        return fail(err, ERR_INVALID, "%s: '%.100s' does not hold numbers", option, name);
    s->used[*out] = true;
    s->n_used++;
    return OK;
}

/* The complete customers' values, close together. */
typedef struct {
    rfm_data_t data;
    double *value[4];
    uint32_t *person;
    rfm_t *score;
} ranking_t;

static void ranking_free(ranking_t *r)
{
    for (int c = 0; c < 4; c++) free(r->value[c]);
    free(r->person);
    free(r->score);
}

static status_t ranking_fill(ranking_t *r, segments_t *s, const int column[3], error_t *err)
{
    const people_t *p = &s->frame->people;
    size_t n = 0;
    bool fine = true;
    for (int c = 0; c < 4; c++) fine = (r->value[c] = malloc(p->n * sizeof(double))) && fine;
    r->person = malloc(p->n * sizeof *r->person);
    r->score = calloc(p->n, sizeof *r->score);
    if (!fine || !r->person || !r->score) return fail_memory(err, "the ranking");
    for (size_t i = 0; i < p->n; i++) {
        if (!segments_complete(s, i)) continue;
        for (int c = 0; c < 3; c++) r->value[c][n] = s->frame->feature[column[c]].number[i];
        r->value[3][n] = people_weight(p, i);
        r->person[n++] = (uint32_t)i;
    }
    s->n_left_out = p->n - n;
    r->data = (rfm_data_t){n, r->value[0], r->value[1], r->value[2], r->value[3]};
    return n ? OK : fail(err, ERR_INVALID, "nobody has all three values");
}

/* Named segments in their order, best first; those that nobody is in take no number. */
static void take_segments(segments_t *s, const ranking_t *r)
{
    int number[RFM_SEGMENTS], k = 0;
    bool present[RFM_SEGMENTS] = {false};
    for (size_t i = 0; i < r->data.n; i++) {
        int g = rfm_segment(r->score[i]);
        if (g >= 0) present[g] = true;
    }
    for (int g = 0; g < RFM_SEGMENTS; g++) {
        number[g] = k;
        if (present[g]) s->own_name[k++] = rfm_segments[g].name;
    }
    for (size_t i = 0; i < r->data.n; i++) {
        int g = rfm_segment(r->score[i]);
        s->rfm[r->person[i]] = r->score[i];
        s->segment[r->person[i]] = g < 0 ? -1 : number[g];
    }
    s->k = k;
}

/* --- measures --------------------------------------------------------------------------------- */

static measure_t *add_measure(segments_t *s, const char *name, const char *label, show_t show,
                              int drop)
{
    measure_t *m = &s->measure[s->n_measures++];
    *m = (measure_t){.name = name, .label = label, .show = show, .drop = drop};
    return m;
}

/* Weighted means of a value by segment; shares of its total instead if asked for. */
static void fill_measure(const segments_t *s, measure_t *m, const double *value, bool share)
{
    const people_t *p = &s->frame->people;
    double sum[K_MOST + 1] = {0}, weight[K_MOST + 1] = {0};
    for (size_t i = 0; i < p->n; i++) {
        int g = s->segment[i];
        if (g < 0 || isnan(value[i])) continue;
        double w = people_weight(p, i);
        sum[g] += w * value[i];
        weight[g] += w;
        sum[K_MOST] += w * value[i];
        weight[K_MOST] += w;
    }
    for (int g = 0; g < s->k; g++) m->value[g] = sum[g] / (share ? sum[K_MOST] : weight[g]);
    m->all = share ? 1 : sum[K_MOST] / weight[K_MOST];
}

/* --- what they will buy ----------------------------------------------------------------------- */

typedef struct {
    purchases_t *bought;
    double *orders, *alive, *value; /* expected, by customer */
} future_t;

static void future_free(future_t *f)
{
    free(f->bought);
    free(f->orders);
    free(f->alive);
    free(f->value);
}

static void take_purchases(purchases_t *to, const history_t *h, double as_of)
{
    double x = h->days > 1 ? h->days - 1 : 0;
    *to = (purchases_t){.x = x,
                        .t_x = x > 0 ? floor(h->last_day) - floor(h->first_day) : 0,
                        .T = as_of - floor(h->first_day),
                        .average = x > 0 ? h->repeat_total / x : 0,
                        .weight = 1};
}

/* ERR_INVALID: the models cannot be fitted to these orders, err says why. */
static status_t foresee(segments_t *s, future_t *f, const orders_t *o, double as_of, error_t *err)
{
    history_t *h = calloc(o->n_customers, sizeof *h);
    size_t n = o->n_customers;
    bgnbd_fit_t counts = {0};
    spend_fit_t spend = {0};
    f->bought = calloc(n, sizeof *f->bought);
    f->orders = calloc(n, sizeof *f->orders);
    f->alive = calloc(n, sizeof *f->alive);
    f->value = calloc(n, sizeof *f->value);
    bool fine = h && f->bought && f->orders && f->alive && f->value;
    status_t st =
        fine ? rfm_histories(o->order, o->n, h, n, err) : fail_memory(err, "the customers' future");
    for (size_t i = 0; st == OK && i < n; i++) take_purchases(&f->bought[i], &h[i], as_of);
    if (st == OK) st = bgnbd_fit(f->bought, n, &counts, err);
    if (st == OK) st = spend_fit(f->bought, n, &spend, err);
    lifetime_t year = {.period = MONTH, .periods = MONTHS, .discount = 0, .margin = 1};
    for (size_t i = 0; st == OK && i < n; i++) {
        f->orders[i] = bgnbd_future(&counts.model, &f->bought[i], MONTHS * MONTH);
        f->alive[i] = bgnbd_p_alive(&counts.model, &f->bought[i]);
        f->value[i] = customer_value(&counts.model, &spend.model, &f->bought[i], &year);
    }
    if (st == OK)
        notices_add(
            &s->findings,
            "Expected of the next 12 months by themselves: BG/NBD (r %.3g, alpha %.3g days, "
            "a %.3g, b %.3g; it takes whoever bought once for alive) and Gamma-Gamma (p %.3g, "
            "q %.3g, gamma %.3g).",
            counts.model.r, counts.model.alpha, counts.model.a, counts.model.b, spend.model.p,
            spend.model.q, spend.model.gamma);
    free(h);
    return st;
}

static status_t add_future(segments_t *s, const rfm_source_t *source, error_t *err)
{
    future_t f = {0};
    error_t why = {""};
    status_t st = foresee(s, &f, source->orders, source->as_of, &why);
    if (st == OK) {
        fill_measure(s, add_measure(s, "expected_orders", "orders next year", SHOW_NUMBER, 2),
                     f.orders, false);
        fill_measure(s, add_measure(s, "p_alive", "P(alive)", SHOW_SHARE, 3), f.alive, false);
        fill_measure(s, add_measure(s, "expected_revenue", "worth next year", SHOW_MONEY, 0),
                     f.value, false);
    }
    future_free(&f);
    if (st == ERR_INVALID)
        notices_add(&s->notices,
                    "What customers will buy cannot be foreseen from these orders: %s.", why.text);
    return st == OK || st == ERR_INVALID ? OK : fail(err, st, "%s", why.text);
}

status_t segments_rfm(segments_t *s, const frame_t *frame, const segments_options_t *o,
                      const rfm_source_t *source, error_t *err)
{
    static const char *const option[] = {"--recency", "--frequency", "--monetary"};
    const char *const name[] = {source->recency, source->frequency, source->monetary};
    ranking_t r = {0};
    int column[3];
    status_t st = segments_begin(s, frame, o, err);
    for (int c = 0; st == OK && c < 3; c++)
        st = find_column(s, name[c], option[c], &column[c], err);
    if (st == OK) st = ranking_fill(&r, s, column, err);
    if (st == OK && !(s->rfm = calloc(frame->people.n, sizeof *s->rfm)))
        st = fail_memory(err, "the scores");
    if (st == OK) st = rfm_rank(&r.data, r.score, err);
    if (st == OK) {
        take_segments(s, &r);
        notices_add(&s->findings,
                    "Each of the three is scored 1 to 5 by fifths of the customers, equal values "
                    "alike; the 125 cells are summed up in %d named segments.",
                    s->k);
        fill_measure(s, add_measure(s, "revenue_share", "revenue", SHOW_SHARE, 0),
                     frame->feature[column[2]].number, true);
        fill_measure(s, add_measure(s, "mean_recency", "recency", SHOW_NUMBER, 4),
                     frame->feature[column[0]].number, false);
        fill_measure(s, add_measure(s, "mean_frequency", "orders", SHOW_NUMBER, 5),
                     frame->feature[column[1]].number, false);
        fill_measure(s, add_measure(s, "mean_monetary", "spent", SHOW_MONEY, 6),
                     frame->feature[column[2]].number, false);
        if (source->orders) st = add_future(s, source, err);
    }
    ranking_free(&r);
    return st == OK ? segments_describe(s, err) : st;
}
