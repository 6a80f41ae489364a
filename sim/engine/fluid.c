/* fluid.c -- an ad set's flight at a constant effort, as if people were a fluid. */
#include "sim/engine/fluid.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/pacing.h"
#include "models/platform/reach.h"

#include <math.h>

int fluid_cap(const world_t *w, int a, double viewability, int more)
{
    int least = 0;
    for (int k = 0; k < w->n_caps[a]; k++) {
        const cap_t *cap = &w->cap[a][k];
        double windows = ceil((double)w->span_ticks[a] / cap->window_ticks);
        double most = cap->most + more;
        if (cap->flag == TOUCH_SEEN) most /= viewability;
        int impressions = (int)fmin(windows * most, 1e6);
        if (!least || impressions < least) least = impressions;
    }
    return least;
}

/* A part of the people: what is foreseen of them on the mean and how much that varies (log), and the share of
 * their auctions that is entered. */
typedef struct {
    double share, foreseen, foreseen_sd, pass;
} layer_t;

/* Currency that an impression costs where the market takes so much, CPM. */
static double fluid_price(const ad_set_t *s, double market_cpm)
{
    return (is_reserved(s) ? s->fixed_cpm : market_cpm - s->quality_cpm) / 1000;
}

/* Adds a layer's expected impressions and spend (currency) of simulated people at an effort, own overlap left
 * out. */
static void fluid_add(const fluid_t *plan, double effort, layer_t layer, double *impressions,
                      double *spend)
{
    const scenario_t *sc = plan->t->theta;
    int a = plan->ad_set, p = sc->ad_set[a].platform;
    const market_t *m = &plan->t->ad_market[a];
    const steering_t *s = &plan->t->steering[a];
    double kappa = sc->platform[p].desirability;
    double foreseen = layer.foreseen_sd, variance = foreseen * foreseen + kappa * kappa;
    double spread = sqrt(variance);
    /* Rivals' prices move with desirability, which a given advantage tells in part. */
    double dearer = variance > 0 ? -kappa * kappa / spread : 0;
    double dearer_rest = variance > 0 ? kappa * kappa * foreseen * foreseen / variance / 2 : 0;
    double shape = sc->platform[p].activity_shape;
    quadrature_t q = normal_quadrature(8);
    for (int k = 0; k < q.n; k++) {
        /* In units of the average person's market, value and limit shift alike. */
        double shift = layer.foreseen + spread * q.node[k];
        offer_t offer = {steering_log_value(s, effort) + shift, s->limit + shift};
        double win = market_win_probability(m, offer);
        if (win <= 0) continue;
        double price = fluid_price(&sc->ad_set[a], market_expected_cost(m, offer) / win *
                                                       m_exp(dearer * q.node[k] + dearer_rest));
        for (int band = 0; band <= NO_AGE_BAND; band++) {
            double people = plan->activity[band]; /* in units of mean activity */
            double mean = plan->t->mean_opportunities[p][band] * plan->t->share[a] * plan->running *
                          win * layer.pass;
            if (people <= 0 || mean <= 0) continue;
            double shown = people * nbd_capped_mean(mean, shape, plan->cap);
            *impressions += layer.share * q.weight[k] * shown;
            *spend += layer.share * q.weight[k] * shown * price;
        }
    }
}

void fluid_outcome(const fluid_t *plan, double effort, double *impressions, double *spend)
{
    double foreseen = plan->foreseen ? foreseen_sd(&plan->t->theta->response) : 0;
    double pass = steering_pass_through(effort);
    const signal_table_t *signal = &plan->w->signal;
    *impressions = *spend = 0;
    if (pass >= 1 || !(plan->w->layered_ad_sets >> plan->ad_set & 1)) {
        layer_t all = {1, -foreseen * foreseen / 2, foreseen, pass};
        fluid_add(plan, effort, all, impressions, spend);
        return;
    }
    for (int l = 0; l < SIGNAL_LEVELS; l++) {
        layer_t layer = {signal->within[l], foreseen * (signal->mean[l] - foreseen / 2), 0,
                         pace_layer_pass(pass, signal->above[l], signal->within[l])};
        if (signal->within[l] > 0 && layer.pass > 0)
            fluid_add(plan, effort, layer, impressions, spend);
    }
}

/* The share of people in a retargeting pool at a moment: an organic visit within the window, no order
 * within the exclusion. Visits that the ads bring come on top. */
static double pool_share(const audience_t *audience, const product_t *product, int customer)
{
    double orders = customer ? product->organic_existing : product->organic_new;
    double visits = orders / product->visit_to_order;
    return (1 - m_exp(-visits * audience->window_days)) *
           m_exp(-orders * audience->exclude_purchasers_days);
}

fluid_t fluid_of(const tuning_t *t, const world_t *w, const tally_t *tally, int a)
{
    const scenario_t *sc = t->theta;
    const audience_t *audience = &sc->audience[sc->ad_set[a].audience];
    fluid_t plan = {.t = t,
                    .w = w,
                    .ad_set = a,
                    .foreseen = (int)(w->foreseen_ad_sets >> a & 1),
                    .cap = fluid_cap(w, a, sc->platform[sc->ad_set[a].platform].viewability, 0),
                    .running = 1 - w->silent_days[a] / sc->days};
    for (int customer = 0; customer < 2; customer++) {
        double present = 1;
        if (audience->kind == AUDIENCE_RETARGET)
            present = pool_share(audience, &sc->product, customer);
        else if (audience->kind == AUDIENCE_LIST)
            present = audience->match_rate;
        for (int band = 0; band <= NO_AGE_BAND; band++)
            plan.activity[band] += present * (double)tally->activity[a][customer][band] / EVENT_ONE;
    }
    return plan;
}

double fluid_spend(const fluid_t *plan, double effort)
{
    double impressions, spend;
    fluid_outcome(plan, effort, &impressions, &spend);
    return spend;
}

typedef struct {
    const fluid_t *plan;
    double spend;
} amount_t;

static double beyond_amount(double effort, const void *context)
{
    const amount_t *a = context;
    return fluid_spend(a->plan, effort) - a->spend;
}

double fluid_effort(const fluid_t *plan, double spend)
{
    double highest = plan->t->steering[plan->ad_set].highest;
    amount_t a = {plan, spend};
    return beyond_amount(highest, &a) <= 0
               ? highest
               : root_between(beyond_amount, &a, FLUID_LEAST_EFFORT, highest);
}
