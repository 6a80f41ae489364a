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

static status_t write_campaign(const allocation_report_t *r, int c, FILE *to, error_t *err)
{
    const allocation_study_t *s = r->study;
    const scenario_t *sc = s->scenario;
    const campaign_t *k = &sc->campaign[c];
    char path[600];
    double sum = 0;
    status_t st = OK;
    if (k->daily.given)
        return fail(err, ERR_INVALID,
                    "campaign '%s' has a daily budget, which --write cannot change: the split "
                    "stands in allocation.csv",
                    k->name);
    snprintf(path, sizeof path, "campaigns.%s.lifetime_budget", k->name);
    bool whole = is_said(r->loaded, path);
    for (int a = k->first_ad_set; st == OK && a < k->first_ad_set + k->n_ad_sets; a++) {
        double amount = cents(simulator_ad_set_budget(s->simulator, s->outcome.best.spend, a));
        snprintf(path, sizeof path, "campaigns.%s.ad_sets.%s.%s", k->name, sc->ad_set[a].name,
                 whole ? "budget" : "lifetime_budget");
        st = write_budget(path, amount, to, err);
        sum += amount;
    }
    snprintf(path, sizeof path, "campaigns.%s.lifetime_budget", k->name);
    return st == OK && whole ? write_budget(path, sum, to, err) : st;
}

status_t allocation_plan(const allocation_report_t *r, const char *file, FILE *to, error_t *err)
{
    const allocation_study_t *s = r->study;
    if (!s->simulator)
        return fail(err, ERR_INVALID, "curves of your own are no scenario that could be written");
    fputs("# The split that adsim allocate recommends.\nextends: ", to);
    status_t st = yaml_write_text(file, to, err);
    fputs("\nset:\n", to);
    for (int c = 0; st == OK && c < s->scenario->n_campaigns; c++)
        st = write_campaign(r, c, to, err);
    return st;
}
