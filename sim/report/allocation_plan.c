/* allocation_plan.c -- --write: the scenario with the recommended budgets, as changes on top of the file. */
#include "sim/report/allocation.h"

#include "models/base/date.h"
#include "sim/allocate/simulator.h"
#include "sim/config/variant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Was the key given, or filled in? */
static bool is_said(const loaded_t *loaded, const char *path)
{
    size_t n;
    const resolved_t *value = loaded_values(loaded, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(value[i].path, path)) return true;
    return false;
}

static status_t write_budget(const char *path, double amount, FILE *to, error_t *err)
{
    fputs("  ", to);
    status_t st = yaml_write_text(path, to, err);
    fprintf(to, ": %.2f\n", amount);
    return st;
}

/* Cents of an ad set; what is left of a micro stays unspent. */
static double cents(double amount)
{
    return floor(amount * 100 + 1e-4) / 100;
}

/* Cells by period: parts in ten thousandths of a percent, which add up to the whole. */
static status_t write_schedule(const scenario_t *plan, const char *owner,
                               const budget_schedule_t *b, FILE *to, error_t *err)
{
    char path[600];
    double share = 0, written = 0;
    if (plan->allocation.cells != CELLS_PERIOD || !b->n) return OK;
    snprintf(path, sizeof path, "%s.budget_schedule", owner);
    fputs("  ", to);
    status_t st = yaml_write_text(path, to, err);
    fputs(":\n", to);
    for (int k = 0; k < b->n; k++) {
        const budget_period_t *p = &b->period[k];
        share += p->share;
        double upto = k + 1 < b->n ? floor(1e6 * share + 0.5) : 1e6;
        fprintf(to, "    - {start: %s, days: %d, budget: %.10g%%}\n",
                date_after(plan->start, p->days.first).text, p->days.last - p->days.first + 1,
                (upto - written) / 1e4);
        written = upto;
    }
    return st;
}

/* A campaign whose platform moves the money between its ad sets. */
static status_t write_shared(const scenario_t *plan, int c, FILE *to, error_t *err)
{
    const campaign_t *k = &plan->campaign[c];
    char path[600];
    snprintf(path, sizeof path, "campaigns.%s.%s", k->name,
             k->daily.given ? "daily_budget" : "lifetime_budget");
    status_t st =
        write_budget(path, cents(k->daily.given ? k->daily.amount : k->lifetime_budget), to, err);
    snprintf(path, sizeof path, "campaigns.%s", k->name);
    return st == OK ? write_schedule(plan, path, &k->budget_schedule, to, err) : st;
}

/* Budgets of days stay budgets of days; where the campaign has the money, ad sets get parts of it. */
static status_t write_campaign(const allocation_report_t *r, const scenario_t *plan, int c,
                               FILE *to, error_t *err)
{
    const campaign_t *k = &plan->campaign[c];
    char whole[600], path[600];
    double sum = 0;
    status_t st = OK;
    if (k->shares_budget) return write_shared(plan, c, to, err);
    snprintf(whole, sizeof whole, "campaigns.%s.%s", k->name,
             k->daily.given ? "daily_budget" : "lifetime_budget");
    bool said = is_said(r->loaded, whole);
    for (int a = k->first_ad_set; st == OK && a < k->first_ad_set + k->n_ad_sets; a++) {
        const ad_set_t *s = &plan->ad_set[a];
        double amount = cents(s->daily.given ? s->daily.amount : s->budget);
        const char *key = said ? "budget" : s->daily.given ? "daily_budget" : "lifetime_budget";
        snprintf(path, sizeof path, "campaigns.%s.ad_sets.%s.%s", k->name, s->name, key);
        st = write_budget(path, amount, to, err);
        sum += amount;
        snprintf(path, sizeof path, "campaigns.%s.ad_sets.%s", k->name, s->name);
        if (st == OK) st = write_schedule(plan, path, &s->budget_schedule, to, err);
    }
    return st == OK && said ? write_budget(whole, sum, to, err) : st;
}

status_t allocation_plan(const allocation_report_t *r, const char *file, FILE *to, error_t *err)
{
    const allocation_study_t *s = r->study;
    if (!s->simulator)
        return fail(err, ERR_INVALID, "curves of your own are no scenario that could be written");
    scenario_t *plan = malloc(sizeof *plan);
    if (!plan) return fail_memory(err, "the plan");
    simulator_plan(s->simulator, s->outcome.best.spend, plan);
    fputs("# The split that adsim allocate recommends.\nextends: ", to);
    status_t st = yaml_write_text(file, to, err);
    fputs("\nset:\n", to);
    for (int c = 0; st == OK && c < plan->n_campaigns; c++)
        st = write_campaign(r, plan, c, to, err);
    free(plan);
    return st;
}
