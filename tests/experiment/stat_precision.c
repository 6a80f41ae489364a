/* `precision` reached is precision reached: a run that stops by itself because the 95 % half-width of its
 * reach, incremental conversions and iROAS is at most `precision` errs by no more in 95 % of seeds, and
 * stopping when the error looks small does not pull the means.
 *
 * The truth is a run of 4,096 replications with another seed, whose own error is below a tenth of the
 * precision. Of 150 seeds (certain parameters) and 80 (uncertain) 95 % are 142.5 +- 2.7 and 76 +- 1.9;
 * asked are 90 %, 2.8 and 2.1 of these, so a rule that holds 83 % fails in 98 and 95 of 100 cases. (It
 * should hold more than 95 %: looks come at doublings, and the widest of three metrics decides.) The mean
 * error over seeds must lie within 4 of its own standard errors, below 0.15 of the precision. */
#include "sim/engine/parallel.h"
#include "sim/experiment/run.h"
#include "tests/experiment/small_town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { PEOPLE = 250, LONG = 4096 };
static const char *const metric[WATCHED] = {"reach", "incremental_conversions", "iroas"};

typedef struct {
    double mean[WATCHED], replications, looks;
    bool enough;
} stopped_t;

/* Everyone one to one and new in each replication: one truth for all seeds. */
static stopped_t run(bool uncertain, uint64_t seed, double precision, double replications)
{
    town_t town;
    study_t s;
    error_t err = {""};
    run_options_t options = {.threads = 1};
    small_town_init(&town, PEOPLE, 1, uncertain, true);
    town.population->redraw = 1;
    town.sc.seed = seed;
    town.sc.precision = precision;
    town.sc.replications = replications;
    if (study_open(&s, &town.sc, &options, &err) != OK || study_simulate(&s, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    stopped_t x = {.replications = (double)study_replications(&s),
                   .looks = s.looks,
                   .enough = s.look.verdict == LOOK_ENOUGH};
    for (int m = 0; m < WATCHED; m++)
        x.mean[m] = study_estimate(&s, scope_plan(s.evidence.scopes), metric[m]).mean;
    study_close(&s);
    town_free(&town);
    return x;
}

typedef struct {
    bool uncertain;
    double precision;
    size_t seeds;
    stopped_t *run; /* [seeds], then the truth */
} series_t;

static void run_one(void *context, size_t k, int worker)
{
    (void)worker;
    series_t *s = context;
    size_t i = s->seeds - k; /* the long one first */
    s->run[i] = run(s->uncertain, 1 + i, s->precision, i == s->seeds ? LONG : 0);
}

static void stopped_runs_are_as_precise_as_asked(void **state)
{
    series_t *s = *state;
    s->run = calloc(s->seeds + 1, sizeof *s->run);
    if (!s->run) abort();
    parallel_for(s->seeds + 1, parallel_threads_available(), run_one, s);
    double replications = 0, looks = 0, n = (double)s->seeds;
    int wrong = 0;
    for (size_t k = 0; k < s->seeds; k++) {
        replications += s->run[k].replications / n;
        looks += s->run[k].looks / n;
        wrong += !s->run[k].enough;
    }
    print_message("# precision %.2g %%: %.0f replications, %.2f looks on average\n",
                  100 * s->precision, replications, looks);
    for (int m = 0; m < WATCHED; m++) {
        double truth = s->run[s->seeds].mean[m], sum = 0, squares = 0, inside = 0;
        for (size_t k = 0; k < s->seeds; k++) {
            double error = s->run[k].mean[m] / truth - 1;
            sum += error / n;
            squares += error * error / n;
            inside += fabs(error) <= s->precision;
        }
        double sd = sqrt(squares - sum * sum);
        print_message("#   %-24s %5.1f %% within; error sd %.2f, mean %+.3f of the precision\n",
                      metric[m], 100 * inside / n, sd / s->precision, sum / s->precision);
        wrong += !(inside >= 0.9 * n) + !(fabs(sum) < 4 * sd / sqrt(n) + 0.02 * s->precision) +
                 !(fabs(sum) < 0.15 * s->precision);
    }
    free(s->run);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    static series_t certain = {false, 0.03, 150, NULL}, uncertain = {true, 0.035, 80, NULL};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(stopped_runs_are_as_precise_as_asked, &certain),
        cmocka_unit_test_prestate(stopped_runs_are_as_precise_as_asked, &uncertain),
    };
    return cmocka_run_group_tests_name("precision", tests, NULL, NULL);
}
