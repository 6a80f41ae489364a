/* lift_test.c -- estimators of a lift test side by side, beside the truth. */
#include "sim/report/lift_test.h"
#include "models/response/experiment.h"
#include "sim/experiment/lift_test.h"
#include "sim/report/csv.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdbool.h>

static bool is_tested(const study_t *s)
{
    return s->scenario->experiment.design != EXPERIMENT_NONE;
}

int has_lift_test(const report_t *r)
{
    return is_tested(r->study);
}

/* ---- the columns ---- */

typedef struct {
    const char *name;
    double value;
} field_t;
enum { FIELDS = 24 };

/* In the order of the columns; orders are those of the treated people. */
static status_t fields_of(const study_t *s, lift_estimator_t which, field_t field[FIELDS],
                          error_t *err)
{
    lift_result_t x;
    status_t st = lift_test_result(&s->evidence, which, &x, err);
    double spend = estimator_quantity(s->estimator, scope_plan(s->evidence.scopes), QUANTITY_SPEND);
    double orders = x.effect * x.treated_people, truth = x.true_effect * x.treated_people;
    const field_t all[FIELDS] = {{"treated_people", x.treated_people},
                                 {"control_people", x.held_people},
                                 {"treated_rate", x.treated_rate},
                                 {"control_rate", x.held_rate},
                                 {"effect", x.effect},
                                 {"effect_lo", x.lo},
                                 {"effect_hi", x.hi},
                                 {"effect_mc_se", x.mc_se},
                                 {"effect_se", x.se},
                                 {"true_effect", x.true_effect},
                                 {"lift", x.lift},
                                 {"lift_se", x.lift_se},
                                 {"true_lift", x.true_lift},
                                 {"incremental_conversions", orders},
                                 {"true_incremental_conversions", truth},
                                 {"icpa", orders > 0 ? spend / orders : NAN},
                                 {"true_icpa", truth > 0 ? spend / truth : NAN},
                                 {"coverage", x.coverage},
                                 {"power", x.power},
                                 {"detectable_lift", x.detectable_lift},
                                 {"wanted_lift", s->scenario->experiment.lift},
                                 {"people_needed", x.people},
                                 {"weeks_needed", x.weeks},
                                 {"control_cost", x.control_cost}};
    for (int k = 0; k < FIELDS; k++) field[k] = all[k];
    return st;
}

status_t lift_test_csv(const report_t *r, FILE *to, error_t *err)
{
    csv_t c = {.to = to};
    field_t field[FIELDS];
    bool titled = false;
    for (int which = 0; which < LIFT_ESTIMATORS; which++) {
        if (!lift_estimator_fits(r->study->scenario, (lift_estimator_t)which)) continue;
        status_t st = fields_of(r->study, (lift_estimator_t)which, field, err);
        if (st != OK) return st;
        if (!titled) {
            csv_text(&c, "estimator");
            for (int k = 0; k < FIELDS; k++) csv_text(&c, field[k].name);
            csv_end(&c);
        }
        titled = true;
        csv_text(&c, lift_estimator_word((lift_estimator_t)which));
        for (int k = 0; k < FIELDS; k++) csv_real(&c, field[k].value);
        csv_end(&c);
    }
    return OK;
}

static json_t *estimator_json(const study_t *s, lift_estimator_t which)
{
    error_t err;
    field_t field[FIELDS];
    if (fields_of(s, which, field, &err) != OK) return NULL;
    json_t *one = json_object();
    json_put(&one, "estimator", json_string(lift_estimator_word(which)));
    for (int k = 0; k < FIELDS; k++)
        json_put(&one, field[k].name,
                 isfinite(field[k].value) ? json_real(field[k].value + 0.0) : json_null());
    return one;
}

json_t *lift_test_json(const study_t *s)
{
    json_t *list = json_array();
    for (int which = 0; which < LIFT_ESTIMATORS; which++)
        if (lift_estimator_fits(s->scenario, (lift_estimator_t)which))
            json_add(&list, estimator_json(s, (lift_estimator_t)which));
    bool geo = s->scenario->experiment.design == EXPERIMENT_GEO;
    return json_pack("{ss sf so}", "design", geo ? "geo" : "holdout", "holdout",
                     s->scenario->experiment.holdout, "estimators", list);
}

/* ---- the terminal ---- */

static void print_results(const lift_test_t *test, const lift_result_t *x, FILE *to)
{
    const lift_result_t *itt = &x[LIFT_ITT], *ghost = &x[LIFT_GHOST_ADS];
    fprintf(to,
            "A lift test (%s held out) would find a lift of %+.1f %% among people reached, "
            "\xc2\xb1%.1f "
            "points (%.0f %%); the truth is %+.1f %%. Chance to tell it from nothing: %s by ghost "
            "ads, %s by intention to treat.\n",
            amount_percent(test->holdout).text, 100 * ghost->lift,
            100 * ghost->lift_se * critical_value(test->confidence), 100 * test->confidence,
            100 * ghost->true_lift, amount_percent(ghost->power).text,
            amount_percent(itt->power).text);
    fprintf(to,
            "To find a lift of %s with a chance of %s it takes %s people or %s weeks of this plan. "
            "Exposed against unexposed people would say %+.0f %%.\n",
            amount_percent(test->lift).text, amount_percent(test->power).text,
            amount(ghost->people).text, amount(ghost->weeks).text, 100 * x[LIFT_EXPOSED].lift);
}

static void print_geo(const lift_test_t *test, const lift_result_t *x, FILE *to)
{
    fprintf(to,
            "A geo test (%s of the regions held out) would find a lift of %+.2f %% in the treated "
            "regions, \xc2\xb1%.2f points (%.0f %%); the truth is %+.2f %%. Chance to tell it from "
            "nothing: "
            "%s; with a chance of %s it finds a lift of %s.",
            amount_percent(test->holdout).text, 100 * x->lift,
            100 * x->lift_se * critical_value(test->confidence), 100 * test->confidence,
            100 * x->true_lift, amount_percent(x->power).text, amount_percent(test->power).text,
            amount_percent(x->detectable_lift).text);
    if (isnan(x->weeks))
        fprintf(to, " For one of %s no time is enough: regions change too much by themselves.\n",
                amount_percent(test->lift).text);
    else
        fprintf(to, " One of %s takes %s weeks of this plan.\n", amount_percent(test->lift).text,
                amount(x->weeks).text);
}

status_t lift_test_page(const study_t *s, page_t page, FILE *to, error_t *err)
{
    lift_result_t x[LIFT_ESTIMATORS];
    status_t st = OK;
    if (!is_tested(s)) return OK;
    for (int which = 0; st == OK && which < LIFT_ESTIMATORS; which++)
        st = lift_test_result(&s->evidence, (lift_estimator_t)which, &x[which], err);
    fold_t fold;
    FILE *lines = st == OK ? fold_open(&fold) : NULL;
    if (st != OK) return st;
    if (!lines) return fail_memory(err, "the lift test");
    fputc('\n', lines);
    if (s->scenario->experiment.design == EXPERIMENT_GEO)
        print_geo(&s->scenario->experiment, &x[LIFT_GEO], lines);
    else if (isnan(x[LIFT_GHOST_ADS].lift))
        fputs("The lift test compares too few people to tell anything.\n", lines);
    else
        print_results(&s->scenario->experiment, x, lines);
    return fold_close(&fold, to, page.width) ? OK : fail_memory(err, "the lift test");
}
