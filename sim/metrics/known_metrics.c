/* known_metrics.c -- the cases that the arithmetic of estimates answers. */
#include "sim/metrics/known_metrics.h"

#include "models/base/maths.h"
#include "models/platform/reach.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <stddef.h>

/* Two-sided: t standard errors to either side hold a share `confidence` of the time. */
static double student_of(known_case_t *c, double df)
{
    return student_quantile((1 + known_input(c, "conf")) / 2, df);
}

static void ratio_error(known_case_t *c)
{
    double n = known_input(c, "n"), t = student_of(c, n - 1);
    double sd_y = known_input(c, "sd_rev"), sd_x = known_input(c, "sd_spend");
    ratio_t r = {.y = known_input(c, "mean_rev"),
                 .x = known_input(c, "mean_spend"),
                 .var_y = sd_y * sd_y / n,
                 .var_x = sd_x * sd_x / n,
                 .cov = known_input(c, "corr") * sd_y * sd_x / n};
    double ratio = r.y / r.x, se = sqrt(ratio_variance(&r)), low = NAN, high = NAN;
    ratio_fieller(&r, t, &low, &high);
    known_found(c, "ratio", ratio);
    known_found(c, "se_delta", se);
    known_found(c, "delta_lo", ratio - t * se);
    known_found(c, "delta_hi", ratio + t * se);
    known_found(c, "fieller_lo", low);
    known_found(c, "fieller_hi", high);
    known_found(c, "bias_first_order", (ratio * r.var_x - r.cov) / (r.x * r.x));
}

static void ratio_of_means(known_case_t *c)
{
    double y[KNOWN_MOST], x[KNOWN_MOST], each[KNOWN_MOST];
    int n = known_inputs(c, "revenue", y);
    known_inputs(c, "spend", x);
    for (int i = 0; i < n; i++) each[i] = y[i] / x[i];
    known_found(c, "ratio_of_means", mean_of(y, (size_t)n) / mean_of(x, (size_t)n));
    known_found(c, "mean_of_ratios", mean_of(each, (size_t)n));
}

static void wilson(known_case_t *c)
{
    double n = known_input(c, "n"), low, high;
    double z = normal_quantile((1 + known_input(c, "conf")) / 2);
    wilson_interval(known_input(c, "x") / n, n, z, &low, &high);
    known_found(c, "lo", low);
    known_found(c, "hi", high);
}

static void clopper_pearson(known_case_t *c)
{
    double low, high;
    exact_interval(known_input(c, "x"), known_input(c, "n"), 1 - known_input(c, "conf"), &low,
                   &high);
    known_found(c, "lo", low);
    known_found(c, "hi", high);
}

static void counted_exactly(known_case_t *c)
{
    double error = 1 - known_input(c, "conf"), low, high, none;
    exact_count_interval(known_input(c, "x"), error, &low, &high);
    known_found(c, "lo", low);
    known_found(c, "hi", high);
    exact_count_interval(0, error, &none, &high);
    known_found(c, "zero_upper", high);
}

/* Means of n under shared luck. */
static void paired_difference(known_case_t *c)
{
    double n = known_input(c, "n"), s1 = known_input(c, "s1"), s2 = known_input(c, "s2");
    double a = s1 * s1 / n, b = s2 * s2 / n;
    double paired = difference_variance(a, b, known_input(c, "rho") * s1 * s2 / n);
    known_found(c, "se_paired", sqrt(paired));
    known_found(c, "se_independent", sqrt(difference_variance(a, b, 0)));
    known_found(c, "speedup", pairing_gain(a, b, paired));
}

/* N people of whom n = N / w are simulated: a replication's total has n w^2 s^2 of luck. */
static void scaled_sample(known_case_t *c)
{
    double people = known_input(c, "N"), weight = known_input(c, "w");
    double between = known_input(c, "var_between");
    double luck = people * weight * known_input(c, "person_var");
    pair_variance_t v = {.luck = luck, .parameters = between - luck};
    double realised = predictive_variance(v, weight, 0);
    known_found(c, "V_noise", luck);
    known_found(c, "V_epi", v.parameters);
    known_found(c, "predictive_var", realised);
    known_found(c, "predictive_sd", sqrt(realised));
    known_found(c, "naive_sd", sqrt(between));
}

/* Inner replicates in two halves are a pair that shares its parameters. Two pairs, laid out so that
 * halves and means vary by exactly what the case says. */
static void nested(known_case_t *c)
{
    double inner = known_input(c, "inner_sd"), outer = known_input(c, "epistemic_sd");
    double n = known_input(c, "n"), of_means = outer * outer + inner * inner / n;
    double half = sqrt(inner * inner / n), middle = sqrt(of_means / 2);
    const double y[] = {middle + half, middle - half, half - middle, -half - middle};
    pair_variance_t v = pair_variance(y, 2);
    known_found(c, "var_of_means", v.of_means);
    known_found(c, "naive_epistemic_sd", sqrt(v.of_means));
    known_found(c, "corrected_sd", sqrt(v.parameters));
    v.luck *= n / 2; /* of one replicate */
    known_found(c, "predictive_sd", sqrt(predictive_variance(v, 1, 0)));
}

static void scaled_down(known_case_t *c)
{
    double people = known_input(c, "N"), impressions = known_input(c, "I");
    double scale = known_input(c, "s"), share = known_input(c, "s2");
    /* Orders are rare: a sample's count is Poisson; scaled up, its variance is count / share. */
    pair_variance_t sample = {.luck = known_input(c, "conversions_full") / share};
    known_found(c, "true_reach", poisson_at_least(impressions / people, 1));
    known_found(c, "budget_not_scaled", poisson_at_least(impressions / (scale * people), 1));
    known_found(c, "budget_scaled", poisson_at_least(scale * impressions / (scale * people), 1));
    known_found(c, "aleatory_sd_full", sqrt(predictive_variance(sample, 1 / share, 0)));
    known_found(c, "sd_after_scaling_up", sqrt(predictive_variance(sample, 1, 0)));
}

static void quantile_interval(known_case_t *c)
{
    rank_interval_t r = quantile_ranks((size_t)known_input(c, "n"), known_input(c, "p"),
                                       1 - known_input(c, "conf"));
    known_found(c, "lower_rank", (double)r.low);
    known_found(c, "upper_rank", (double)r.high);
    known_found(c, "coverage", r.coverage);
}

const known_answer_t known_in_metrics[] = {
    {"quantile_ci_1000_95", quantile_interval},
    {"quantile_ci_1000_50", quantile_interval},
    {"quantile_ci_1000_5", quantile_interval},
    {"quantile_ci_200_95", quantile_interval},
    {"ratio_delta_fieller", ratio_error},
    {"ratio_mean_of_ratios", ratio_of_means},
    {"ci_wilson", wilson},
    {"ci_clopper_pearson", clopper_pearson},
    {"ci_poisson_exact", counted_exactly},
    {"vr_crn_normal", paired_difference},
    {"scaled_predictive_variance", scaled_sample},
    {"nested_mc", nested},
    {"scale_down_population", scaled_down},
    {NULL, NULL},
};
