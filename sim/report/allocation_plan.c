/* allocation_plan.c -- --write: the scenario with the recommended budgets, as changes on top of the file. */
#include "sim/report/allocation.h"

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

/* A campaign whose platform moves the money between its ad sets. */
static status_t write_shared(const scenario_t *plan, int c, FILE *to, error_t *err)
{
    const campaign_t *k = &plan->campaign[c];
    char path[600];
    snprintf(path, sizeof path, "campaigns.%s.%s", k->name,
             k->daily.given ? "daily_budget" : "lifetime_budget");
    return write_budget(path, cents(k->daily.given ? k->daily.amount : k->lifetime_budget), to,
                        err);
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
