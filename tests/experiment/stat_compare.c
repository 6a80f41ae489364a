/* Comparisons hold what they promise: of small comparisons, the range of the realised difference at 80 % holds that
 * of real campaigns, with as many of them below lo and above hi as it says and half below p50, P(best) is how often
 * a plan really is the best, the mean's range at 95 % holds the long-run mean of the difference, and the expected loss
 * is the loss.
 *
 * Two plans, everyone one to one, 32 pairs of replications (128 where parameters are not certain): b has a third
 * more money in one ad set and as much less in another. Four cells: parameters certain or not, budgets that bind or
 * not (then bids differ instead). Ten towns, each with 15 comparisons (7 where parameters are not certain) that are
 * stretches of one long row of replications, and 300 pairs of real campaigns, in which every click, view, order and
 * value is drawn: by who met the impression when, so that what both plans show is answered once (real.h).
 *
 * Odds. A cell's coverage is of 10 towns' 300 campaigns: 0.7 points at 80 %, and the ranges' own noise 1.5 to 2.2; it
 * is let off with 8 points at 80 %, 6 in each tail, 8 at p50, the mean's with 5 at 95 % (150 comparisons: 1.8; 70:
 * 2.6), P with 0.06, the loss with 0.1 of the difference's spread on average (0.15 of CPA: the mean of a cost over few
 * orders hangs on the draws with fewest; 0.11 is measured). Seeds are fixed. Events that plans
 * share as much as the luck of the whole plan would cover 51 % of caused orders; clicks that they never share would
 * cover 97 %. Clicks and orders are drawn as often as the engine expects, to 1.3 % of orders (4.6 standard errors):
 * where they were not, since draws of one moment went together, caused orders were covered in 75 %.
 * Credited orders that are all shared as the whole plan's luck is, also those that one plan causes in one ad set and the
 * other in another, would cover 73 % of CPAs. */
#include "sim/engine/parallel.h"
#include "sim/experiment/run.h"
#include "sim/metrics/comparison.h"
#include "tests/experiment/real.h"
#include "tests/experiment/small_town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { PEOPLE = 300, TOWNS = 10, STRETCHES = 15, REAL = 300, METRICS = 6, TWO = 2 };

static const struct {
    const char *name;
    size_t above, below; /* offsets in real_t */
    double loss;         /* what the expected loss may be off by, of the difference's spread */
} metric[METRICS] = {
    {"reach", offsetof(real_t, reach), offsetof(real_t, one), 0.1},
    {"impressions", offsetof(real_t, impressions), offsetof(real_t, one), 0.1},
    {"clicks", offsetof(real_t, clicks), offsetof(real_t, one), 0.1},
    {"incremental_conversions", offsetof(real_t, incremental_conversions), offsetof(real_t, one),
     0.1},
    {"iroas", offsetof(real_t, incremental_revenue), offsetof(real_t, spend), 0.1},
    {"cpa", offsetof(real_t, spend), offsetof(real_t, conversions), 0.15},
};

static double realised(const real_t *r, int m)
{
    return *(const double *)((const char *)r + metric[m].above) /
           *(const double *)((const char *)r + metric[m].below);
}

typedef struct {
    difference_t step;   /* of plan a from plan b */
    standing_t standing; /* of plan a */
} stated_t;

typedef struct {
    const char *name;
    bool uncertain, binding;
    real_t (*real)[TWO];         /* [town x REAL] */
    stated_t (*stated)[METRICS]; /* [studies] */
} cell_t;

static void check(status_t st, const error_t *err)
{
    if (st == OK) return;
    fprintf(stderr, "%s\n", err->text);
    abort();
}

static void plan_init(const cell_t *c, town_t *town, int plan, uint64_t seed)
{
    small_town_init(town, PEOPLE, 1, c->uncertain, c->binding);
    town->sc.seed = seed;
    town->sc.interval = 0.8;
    if (!plan) return;
    town->sc.ad_set[0].budget *= 4.0 / 3;
    town->sc.ad_set[2].budget *= 2.0 / 3;
    if (c->binding) return;
    town->sc.ad_set[0].bid *= 1.2;
    town->sc.ad_set[2].bid *= 0.8;
}

/* Where parameters are uncertain, half as many comparisons, each of which takes four times as
 * long. */
static size_t replications_of(const cell_t *c)
{
    return c->uncertain ? 128 : 64;
}

static size_t stretches(const cell_t *c)
{
    return c->uncertain ? STRETCHES / 2 : STRETCHES;
}

static size_t studies(const cell_t *c)
{
    return TOWNS * stretches(c);
}

static void real_plan(cell_t *c, size_t k, int plan)
{
    town_t town;
    error_t err = {""};
    world_t *world;
    workspace_t *ws;
    totals_t totals;
    scenario_t *theta = malloc(sizeof *theta);
    if (!theta) abort();
    plan_init(c, &town, plan, 3000 + k);
    town.sc.people = PEOPLE;
    check(world_new(&town.sc, PEOPLE, 1, &world, &err), &err);
    check(workspace_new(world, &ws, &err), &err);
    check(totals_init(&totals, world_scopes(world), &err), &err);
    for (int r = 0; r < REAL; r++) {
        uint32_t replication = (1u << 18) + (uint32_t)r; /* no study gets there */
        scenario_draw(&town.sc, replication / 2, theta);
        check(replication_run(world, theta, replication, ws, &totals, &err), &err);
        c->real[k * REAL + (size_t)r][plan] =
            real_campaign_of(ws, &totals, 1000 * (3000 + k) + replication, true);
    }
    totals_free(&totals);
    workspace_delete(ws);
    world_delete(world);
    free(theta);
    town_free(&town);
}

static void state_all(const evidence_t evidence[TWO], stated_t *out)
{
    estimator_t *e[TWO];
    comparison_t *comparison;
    error_t err = {""};
    for (int p = 0; p < TWO; p++) check(estimator_new(&evidence[p], &e[p], &err), &err);
    check(comparison_new(e, TWO, &comparison, &err), &err);
    for (int m = 0; m < METRICS; m++) {
        comparison_take(comparison, column_find(metric[m].name));
        out[m] = (stated_t){comparison_difference(comparison, 0, 1, 0.95),
                            comparison_standing(comparison, 0)};
    }
    comparison_delete(comparison);
    for (int p = 0; p < TWO; p++) estimator_delete(e[p]);
}

static void study_plans(cell_t *c, size_t k)
{
    town_t town[TWO];
    study_t s[TWO];
    evidence_t stretch[TWO];
    error_t err = {""};
    size_t replications = replications_of(c);
    run_options_t options = {.threads = 1};
    for (int p = 0; p < TWO; p++) {
        plan_init(c, &town[p], p, 3000 + k);
        town[p].sc.replications = (double)(stretches(c) * replications);
        check(study_open(&s[p], &town[p].sc, &options, &err), &err);
        check(study_simulate(&s[p], &err), &err);
        stretch[p] = s[p].evidence;
        stretch[p].pairs = replications / 2;
    }
    for (size_t i = 0; i < stretches(c); i++) {
        state_all(stretch, c->stated[k * stretches(c) + i]);
        for (int p = 0; p < TWO; p++) {
            stretch[p].value += replications * (size_t)scopes_rows(stretch[p].scopes) * COUNTS;
            stretch[p].economics += stretch[p].pairs;
            stretch[p].first_pair += stretch[p].pairs;
        }
    }
    for (int p = 0; p < TWO; p++) {
        study_close(&s[p]);
        town_free(&town[p]);
    }
}

static void one_town(void *context, size_t k, int worker)
{
    (void)worker;
    for (int p = 0; p < TWO; p++) real_plan(context, k, p);
    study_plans(context, k);
}

/* ---- what came of it ---- */

typedef struct {
    double range, mean; /* shares held */
    double under_lo, under_p50, under_hi;
    double chance,
        loss; /* stated less true, averages; the loss as a share of the difference's spread */
} verdict_on_t;

static bool a_is_better(int m, double a, double b)
{
    bool less = column_less_is_better(column_find(metric[m].name));
    return less ? a < b : a > b;
}

/* Real campaigns of a town against what a comparison of it states. */
static verdict_on_t judge(const cell_t *c, size_t k, int m)
{
    const difference_t *x = &c->stated[k][m].step;
    const standing_t *best = &c->stated[k][m].standing;
    const real_t(*real)[TWO] = (const real_t(*)[TWO])c->real + k / stretches(c) * REAL;
    double better = 0, loss = 0, n = 0, truth = 0, squares = 0;
    verdict_on_t h = {0};
    for (size_t r = 0; r < REAL; r++) {
        double a = realised(&real[r][0], m), b = realised(&real[r][1], m), step = a - b;
        if (!isfinite(step)) continue;
        h.range += step >= x->lo && step <= x->hi;
        h.under_lo += step < x->lo;
        h.under_p50 += step < x->p50 ? 1 : step == x->p50 ? 0.5 : 0;
        h.under_hi += step <= x->hi;
        better += step == 0 ? 0.5 : a_is_better(m, a, b);
        loss += a_is_better(m, b, a) ? fabs(step) : 0;
        squares += step * step;
        n++;
    }
    size_t first = k / stretches(c) * stretches(c);
    for (size_t i = first; i < first + stretches(c); i++)
        truth += c->stated[i][m].step.mean / (double)stretches(c);
    double own = sqrt(1 - 1.0 / (double)stretches(c)); /* the truth holds this study too */
    h.range /= n;
    h.under_lo /= n;
    h.under_p50 /= n;
    h.under_hi /= n;
    h.chance = best->best - better / n;
    h.mean = fabs(x->mean - truth) <= (x->high - x->mean) * own;
    h.loss = (best->loss - loss / n) / sqrt(squares / n);
    return h;
}

/* Is what is drawn for real what the engine expects, on average? By how many standard errors it is off; counts of rare
 * events vary about as much as they are. */
static double drawn_too_often(const cell_t *c, size_t drawn, size_t expected)
{
    double more = 0, sum = 0;
    for (size_t r = 0; r < TOWNS * REAL; r++)
        for (int p = 0; p < TWO; p++) {
            const char *real = (const char *)&c->real[r][p];
            more += *(const double *)(real + drawn) - *(const double *)(real + expected);
            sum += *(const double *)(real + expected);
        }
    return more / sqrt(2 * sum); /* two plans draw the same */
}

static void a_cell_holds_what_it_states(void **state)
{
    cell_t *c = *state;
    c->real = calloc(TOWNS * REAL, sizeof *c->real);
    c->stated = calloc(studies(c), sizeof *c->stated);
    if (!c->real || !c->stated) abort();
    parallel_for(TOWNS, parallel_threads_available(), one_town, c);
    print_message("# %s\n", c->name);
    double clicks = drawn_too_often(c, offsetof(real_t, clicks), offsetof(real_t, expected_clicks));
    double orders = drawn_too_often(c, offsetof(real_t, incremental_conversions),
                                    offsetof(real_t, expected_incremental));
    print_message("#   drawn too often: clicks %+.1f, caused orders %+.1f standard errors\n",
                  clicks, orders);
    int wrong = fabs(clicks) > 4.6 || fabs(orders) > 4.6;
    for (int m = 0; m < METRICS; m++) {
        verdict_on_t sum = {0};
        for (size_t k = 0; k < studies(c); k++) {
            verdict_on_t h = judge(c, k, m);
            for (size_t i = 0; i < sizeof h / sizeof(double); i++)
                ((double *)&sum)[i] += ((const double *)&h)[i] / (double)studies(c);
        }
        print_message("#   %-24s 80: %5.1f  below lo, p50, hi: %4.1f %4.1f %4.1f  mean 95: %5.1f  "
                      "P(best) off %+.3f  loss off %+.3f\n",
                      metric[m].name, 100 * sum.range, 100 * sum.under_lo, 100 * sum.under_p50,
                      100 * sum.under_hi, 100 * sum.mean, sum.chance, sum.loss);
        wrong += fabs(sum.under_lo - 0.1) > 0.06 || fabs(sum.under_p50 - 0.5) > 0.08 ||
                 fabs(sum.under_hi - 0.9) > 0.06;
        wrong += fabs(sum.range - 0.8) > 0.08 || sum.mean < 0.9 || fabs(sum.chance) > 0.06 ||
                 fabs(sum.loss) > metric[m].loss;
    }
    free(c->real);
    free(c->stated);
    assert_int_equal(wrong, 0);
}

/* stat_compare [CELL]: of one cell alone. */
int main(int argc, char **argv)
{
    static cell_t cell[] = {
        {.name = "certain, slack"},
        {.name = "certain, budgets bind", .binding = true},
        {.name = "uncertain, slack", .uncertain = true},
        {.name = "uncertain, budgets bind", .uncertain = true, .binding = true}};
    enum { CELLS = sizeof cell / sizeof *cell };
    struct CMUnitTest tests[CELLS];
    size_t n = 0;
    for (int k = 0; k < CELLS; k++)
        if (argc < 2 || atoi(argv[1]) == k)
            tests[n++] = (struct CMUnitTest){cell[k].name, a_cell_holds_what_it_states, NULL, NULL,
                                             &cell[k]};
    return _cmocka_run_group_tests("comparisons", tests, n, NULL, NULL);
}
