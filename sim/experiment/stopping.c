/* stopping.c -- the test at a look. */
#include "sim/experiment/stopping.h"

#include "sim/metrics/statistics.h"

#include <math.h>

/* Most runs end at the first look, which has the larger part. */
static const double ERROR_OF_ALL_LOOKS = 0.05, ERROR_OF_FIRST = 0.03;
static const double REPLICATIONS_PER_SKEWNESS_SQUARED = 25;
enum { REPLICATIONS_AT_LEAST = 64, REPLICATIONS_OF_SHARED = 128 };
static const char *const watched[WATCHED] = {"reach", "incremental_conversions", "iroas"};

size_t stopping_first_look(const scenario_t *sc)
{
    return pairs_share_chance(sc) ? REPLICATIONS_OF_SHARED : REPLICATIONS_AT_LEAST;
}

/* Simulated events behind a watched metric. */
static double events_counted(const estimator_t *e, const evidence_t *v, int column)
{
    term_t term = columns[column].numerator.term[0];
    quantity_t q = term.quantity == QUANTITY_INCREMENTAL_REVENUE ? QUANTITY_INCREMENTAL_CONVERSIONS
                                                                 : term.quantity;
    return estimator_quantity(e, scope_plan(v->scopes), q) / v->weight * 2 * (double)v->pairs;
}

static watch_t watch(estimator_t *e, const evidence_t *v, int column, double error)
{
    mean_error_t m = estimator_mean_error(e, scope_plan(v->scopes), column);
    watch_t w = {.column = column, .matters = m.mean != 0 && !isnan(m.mean), .enough = true};
    if (!w.matters) return w;
    double between = student_quantile(1 - error / 2, m.between_df) * m.between_se / fabs(m.mean);
    w.people_half_width = student_quantile(1 - ERROR_OF_ALL_LOOKS / 2, JACKKNIFE_GROUPS - 1) *
                          m.people_se / fabs(m.mean);
    w.half_width = sqrt(between * between + w.people_half_width * w.people_half_width);
    w.enough = w.half_width <= v->scenario->precision &&
               events_counted(e, v, column) >= EVENTS_AT_LEAST &&
               2 * (double)v->pairs >= REPLICATIONS_PER_SKEWNESS_SQUARED * m.skewness * m.skewness;
    return w;
}

look_t stopping_look(estimator_t *e, const evidence_t *v, int number)
{
    look_t look = {.verdict = LOOK_ENOUGH};
    double error =
        number == 1 ? ERROR_OF_FIRST : ldexp(ERROR_OF_ALL_LOOKS - ERROR_OF_FIRST, 1 - number);
    for (int i = 0; i < WATCHED; i++) {
        look.watch[i] = watch(e, v, column_find(watched[i]), error);
        if (!look.watch[i].enough && look.verdict == LOOK_ENOUGH) look.verdict = LOOK_MORE;
    }
    if (look.verdict == LOOK_MORE && look_people_half_width(&look) > v->scenario->precision)
        look.verdict = LOOK_PEOPLE;
    return look;
}

double look_half_width(const look_t *look)
{
    double widest = 0;
    for (int i = 0; i < WATCHED; i++) widest = fmax(widest, look->watch[i].half_width);
    return widest;
}

double look_people_half_width(const look_t *look)
{
    double widest = 0;
    for (int i = 0; i < WATCHED; i++) widest = fmax(widest, look->watch[i].people_half_width);
    return widest;
}
