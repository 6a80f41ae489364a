/* lessons.c -- the table of lessons and of their answers. */
#include "sim/cli/lessons.h"

#include "sim/report/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define VALUE(question, says, plan, ad_set, column)                                                \
    {                                                                                              \
        question, says, ANSWER_VALUE, plan, ad_set, column, 0, NULL                                \
    }
#define RANGE(question, says, plan, column)                                                        \
    {                                                                                              \
        question, says, ANSWER_RANGE, plan, NULL, column, 0, NULL                                  \
    }
#define CHANCE(question, says, plan, column, bound)                                                \
    {                                                                                              \
        question, says, ANSWER_CHANCE, plan, NULL, column, bound, NULL                             \
    }
#define SHARE(question, says, plan, ad_set, column, within)                                        \
    {                                                                                              \
        question, says, ANSWER_SHARE, plan, ad_set, column, 0, within                              \
    }
#define BEST(question, says, column)                                                               \
    {                                                                                              \
        question, says, ANSWER_BEST, NULL, NULL, column, 0, NULL                                   \
    }

/* clang-format off */
static const lesson_answer_t reach_answers[] = {
    VALUE(1, "wide has %s GRPs", "wide", NULL, "grp"),
    VALUE(1, "capped has %s", "capped", NULL, "grp"),
    VALUE(1, "narrow has %s: the same weight, bought at the same price", "narrow", NULL, "grp"),
    VALUE(2, "wide reaches %s people", "wide", NULL, "reach"),
    VALUE(2, "... on average %s times", "wide", NULL, "frequency"),
    VALUE(2, "capped reaches %s", "capped", NULL, "reach"),
    VALUE(2, "... %s times", "capped", NULL, "frequency"),
    VALUE(2, "narrow reaches %s", "narrow", NULL, "reach"),
    VALUE(2, "... %s times; reach x frequency is the same in all three", "narrow", NULL, "frequency"),
    VALUE(3, "3 times or more: wide %s people", "wide", NULL, "reach_3"),
    VALUE(3, "capped %s", "capped", NULL, "reach_3"),
    VALUE(3, "narrow %s", "narrow", NULL, "reach_3"),
    BEST(3, "the best effective reach at 3+ is that of %s", "reach_3"),
    SHARE(4, "of those whom wide reaches, %s see it 10 times or more", "wide", NULL, "reach_10", "reach"),
    SHARE(4, "of those whom narrow reaches, %s", "narrow", NULL, "reach_10", "reach"),
    SHARE(4, "of those whom capped reaches, %s: no cap is broken", "capped", NULL, "reach_10", "reach"),
    BEST(5, "at 10+ the best is %s: another question, another plan", "reach_10"),
    VALUE(6, "1000 people reached cost %s in wide", "wide", NULL, "cost_per_1000_reached"),
    VALUE(6, "%s in capped", "capped", NULL, "cost_per_1000_reached"),
    VALUE(6, "%s in narrow, all at a CPM of 10", "narrow", NULL, "cost_per_1000_reached"),
};

static const lesson_answer_t doubt_answers[] = {
    VALUE(1, "proven returns %s (iROAS)", "proven", NULL, "iroas"),
    VALUE(1, "bold %s", "bold", NULL, "iroas"),
    VALUE(1, "two bold %s: by their means they are alike", "two bold", NULL, "iroas"),
    RANGE(2, "proven: in 80 of 100 futures %s to %s", "proven", "iroas"),
    RANGE(2, "bold: %s to %s", "bold", "iroas"),
    RANGE(2, "two bold: %s to %s", "two bold", "iroas"),
    CHANCE(3, "proven earns its money back (iROAS 2 or more, margin 50 %%) in %s of the futures", "proven", "iroas", 2),
    CHANCE(3, "bold in %s", "bold", "iroas", 2),
    CHANCE(3, "two bold in %s: two unsure videos do not fail together", "two bold", "iroas", 2),
    CHANCE(4, "bold returns 6 or more in %s of the futures", "bold", "iroas", 6),
    CHANCE(4, "two bold in %s", "two bold", "iroas", 6),
    CHANCE(4, "proven in %s", "proven", "iroas", 6),
    CHANCE(5, "bold makes at least no loss (ROI 0) in %s", "bold", "roi", 0),
    CHANCE(5, "proven in %s", "proven", "roi", 0),
};

static const lesson_answer_t credit_answers[] = {
    VALUE(1, "as planned, the ads are credited with %s orders", "as planned", NULL, "conversions"),
    VALUE(1, "... and cause %s", "as planned", NULL, "incremental_conversions"),
    SHARE(1, "... of the credited, %s would have come by themselves", "as planned", NULL, "organic_credited", "conversions"),
    SHARE(2, "strangers: credited %s of what is caused", "as planned", "prospecting", "conversions", "incremental_conversions"),
    SHARE(2, "visitors: %s", "as planned", "retargeting", "conversions", "incremental_conversions"),
    SHARE(2, "customers: %s", "as planned", "customers", "conversions", "incremental_conversions"),
    VALUE(3, "by ROAS the customers' ad set returns %s", "as planned", "customers", "roas"),
    VALUE(3, "... by iROAS %s", "as planned", "customers", "iroas"),
    VALUE(3, "by ROAS the strangers' %s", "as planned", "prospecting", "roas"),
    VALUE(3, "... by iROAS %s", "as planned", "prospecting", "iroas"),
    VALUE(4, "who follows the credit is credited with %s orders", "follow the credit", NULL, "conversions"),
    VALUE(4, "... and causes %s", "follow the credit", NULL, "incremental_conversions"),
    VALUE(5, "with 85 %% of the money for strangers %s are caused", "further to strangers", NULL, "incremental_conversions"),
    BEST(5, "most is caused by %s: what the next dollar causes decides, not what the last ones did", "incremental_conversions"),
    SHARE(6, "without the view window, %s of the credited would have come by themselves", "clicks alone", NULL, "organic_credited", "conversions"),
    VALUE(6, "... and %s orders are caused, as before: counting otherwise changes nothing that happens", "clicks alone", NULL, "incremental_conversions"),
};

#define ANSWERS(table) table, sizeof table / sizeof *table
const lesson_t lessons[] = {
    {1, "1-reach-frequency-grp", "Reach, frequency, GRP", "three plans of 360 GRPs each, another effective reach", ANSWERS(reach_answers)},
    {5, "5-uncertainty", "Uncertainty", "plans of equal mean, one of which you cannot afford", ANSWERS(doubt_answers)},
    {7, "7-attribution", "What attribution gets wrong", "caused against credited", ANSWERS(credit_answers)},
};
/* clang-format on */
const size_t n_lessons = sizeof lessons / sizeof *lessons;

const lesson_t *lesson_find(int number)
{
    for (size_t i = 0; i < n_lessons; i++)
        if (lessons[i].number == number) return &lessons[i];
    return NULL;
}

/* --- an answer ----------------------------------------------------------------------------------- */

static amount_t shown_as(int column, double x)
{
    const column_t *c = &columns[column];
    if (c->unit == UNIT_MONEY) return amount_money(x);
    if (c->unit == UNIT_PEOPLE) return amount_whole(x);
    return c->unit == UNIT_RATIO ? amount_ratio(x) : amount(x);
}

static int plan_of(const compare_t *c, const char *name)
{
    for (int p = 0; p < c->plans; p++)
        if (!strcmp(c->name[p], name)) return p;
    return -1;
}

/* Of the plan, or of its ad set of this name; -1. */
static int scope_of(const study_t *s, const char *ad_set)
{
    if (!ad_set) return scope_plan(s->evidence.scopes);
    for (int a = 0; a < s->scenario->n_ad_sets; a++)
        if (!strcmp(s->scenario->ad_set[a].name, ad_set))
            return scope_ad_set(s->evidence.scopes, a);
    return -1;
}

static const char *best_plan(const compare_t *c, int column)
{
    int best = -1;
    double most = NAN;
    for (int p = 0; p < c->plans; p++) {
        double x = compare_estimate(c, p, column).mean;
        if (column_less_is_better(column)) x = -x;
        if (!(x <= most) && !isnan(x)) {
            most = x;
            best = p;
        }
    }
    return best < 0 ? "no plan" : c->name[best];
}

static double chance_of(const compare_t *c, int plan, const lesson_answer_t *a)
{
    comparison_take(c->comparison, column_find(a->column));
    return comparison_probability(c->comparison, plan, false, a->bound);
}

/* The texts that stand where says has %s. */
static void texts_of(const compare_t *c, const lesson_answer_t *a, int plan, int scope,
                     amount_t text[2])
{
    const study_t *s = &c->study[plan];
    int column = column_find(a->column);
    estimate_t x = study_estimate(s, scope, a->column);
    text[0] = shown_as(column, x.mean);
    if (a->kind == ANSWER_RANGE) {
        text[0] = shown_as(column, x.lo);
        text[1] = shown_as(column, x.hi);
    }
    if (a->kind == ANSWER_CHANCE) text[0] = amount_percent(chance_of(c, plan, a));
    if (a->kind == ANSWER_SHARE)
        text[0] = amount_percent(x.mean / study_estimate(s, scope, a->within).mean);
}

status_t answer_write(const compare_t *c, const lesson_answer_t *a, char out[ANSWER_LENGTH],
                      error_t *err)
{
    if (a->kind == ANSWER_BEST) {
        snprintf(out, ANSWER_LENGTH, a->says, best_plan(c, column_find(a->column)));
        return OK;
    }
    int plan = plan_of(c, a->plan), scope = plan < 0 ? -1 : scope_of(&c->study[plan], a->ad_set);
    if (scope < 0)
        return fail(err, ERR_UNEXPECTED,
                    "the lesson's scenario has no plan '%s' with an ad set '%s'", a->plan,
                    a->ad_set ? a->ad_set : "");
    amount_t text[2] = {{""}, {""}};
    texts_of(c, a, plan, scope, text);
    snprintf(out, ANSWER_LENGTH, a->says, text[0].text, text[1].text);
    return OK;
}
