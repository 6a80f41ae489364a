/* known_audience.c -- the cases that targeting and population synthesis answer. */
#include "models/audience/known_audience.h"

#include "models/audience/fit.h"
#include "models/audience/size.h"
#include "models/audience/targeting.h"

#include <math.h>
#include <stdlib.h>

/* ---- Targeting --------------------------------------------------------------------------------- */

static void noisy_label(known_case_t *c)
{
    label_t l = {known_input(c, "prevalence"), known_input(c, "sensitivity"),
                 known_input(c, "specificity")};
    known_found(c, "ppv", label_ppv(l));
    known_found(c, "npv", label_npv(l));
    known_found(c, "size", label_size(l));
    known_found(c, "lift", label_lift(l));
}

/* The label of the case tgt_ppv, whose PPV this case repeats. */
static void diluted_rate(known_case_t *c)
{
    label_t l = {0.25, 0.6, 0.8};
    double with = known_input(c, "cvr_true"), without = known_input(c, "cvr_other");
    double inside = label_rate_inside(l, with, without);
    known_found(c, "cvr_in_segment", inside);
    known_found(c, "missed_share", 1 - l.sensitivity);
    known_found(c, "observed_ratio_seg_vs_rest", inside / label_rate_outside(l, with, without));
}

static void calibrated_label(known_case_t *c)
{
    known_found(c, "specificity",
                label_specificity_for_ppv(known_input(c, "prevalence"),
                                          known_input(c, "sensitivity"), known_input(c, "ppv")));
}

/* Share of people in an audience of three independent traits a, b, c. */
static double share_of(const population_spec_t *spec, const char *text)
{
    expression_t *e = NULL;
    expression_fault_t fault;
    double people = NAN;
    if (expression_compile(text, spec, NULL, &e, &fault, NULL) == OK)
        audience_size_exact(e, spec, &people, NULL);
    expression_free(e);
    return people / spec->size;
}

static void boolean_audience(known_case_t *c)
{
    static const char *const name[] = {"a", "b", "c"}, *const input[] = {"A", "B", "C"};
    double people = 1000;
    population_spec_t *spec = calloc(1, sizeof *spec);
    if (!spec) return; /* unanswered */
    *spec = (population_spec_t){.name = "three traits",
                                .size = people,
                                .cell_count = &people,
                                .n_cells = 1,
                                .age = -1,
                                .n_classes = 1,
                                .class_weight = {1},
                                .n_traits = 3};
    for (int q = 0; q < 3; q++)
        spec->trait[q] =
            (trait_t){.name = name[q], .kind = TRAIT_OWN, .share = {known_input(c, input[q])}};
    known_found(c, "p", share_of(spec, "(a and b) or not c"));
    known_found(c, "p_exclude", share_of(spec, "a and not (b or c)"));
    free(spec);
}

static void lookalike_at(known_case_t *c)
{
    lookalike_t l =
        lookalike(known_input(c, "rho"), known_input(c, "q"), known_input(c, "base_rate"));
    known_found(c, "mean_latent", l.mean_latent);
    known_found(c, "p_convert", l.rate);
    known_found(c, "lift", l.lift);
    known_found(c, "share_of_converters", l.share_of_converters);
}

static void lookalike_curve(known_case_t *c)
{
    double q[KNOWN_MOST], rho = known_input(c, "rho"), base = known_input(c, "base_rate");
    int n = known_inputs(c, "q", q);
    for (int i = 0; i < n; i++) c->found(c, "lift", i, lookalike(rho, q[i], base).lift);
}

static void matched_list(known_case_t *c)
{
    double n = known_input(c, "n"), a = c->input(c, "beta", 0), b = c->input(c, "beta", 1);
    list_match_t m = list_match(n, a, b);
    known_found(c, "mean", m.mean);
    known_found(c, "sd_aleatory", m.sd_given_rate);
    known_found(c, "sd_total", m.sd);
    known_found(c, "q05", list_match_quantile(n, a, b, 0.05));
    known_found(c, "q95", list_match_quantile(n, a, b, 0.95));
}

static void random_overlap(known_case_t *c)
{
    overlap_t o = overlap_random(known_input(c, "N"), known_input(c, "n1"), known_input(c, "n2"));
    known_found(c, "mean", o.mean);
    known_found(c, "sd", o.sd);
    known_found(c, "jaccard_mean_approx", o.jaccard);
}

/* ---- Population -------------------------------------------------------------------------------- */

static double odds_ratio(const double t[9], int i)
{
    return t[0] * t[4 * i] / (t[i] * t[3 * i]);
}

static void raked_table(known_case_t *c)
{
    static const int side[] = {3, 3};
    double table[KNOWN_MOST], rows[KNOWN_MOST], columns[KNOWN_MOST];
    known_inputs(c, "seed", table);
    known_inputs(c, "rows", rows);
    known_inputs(c, "cols", columns);
    uint32_t row[9], column[9];
    margin_t margin[] = {{"rows", margin_entries(side, 2, 1, row), row, rows},
                         {"cols", margin_entries(side, 2, 2, column), column, columns}};
    if (rake(table, 9, margin, 2, NULL, NULL) != OK) return; /* unanswered */
    known_found_list(c, "table", table, 9);
    known_found(c, "odds_ratio_11_22", odds_ratio(table, 1));
    known_found(c, "odds_ratio_11_33", odds_ratio(table, 2));
}

static void copula_interests(known_case_t *c)
{
    double p1 = known_input(c, "p1"), p2 = known_input(c, "p2");
    double both = trait_both(p1, p2, known_input(c, "rho"));
    known_found(c, "P11", both);
    known_found(c, "P_union", p1 + p2 - both);
    known_found(c, "phi_coefficient", trait_phi(p1, p2, both));
}

static void tetrachoric(known_case_t *c)
{
    known_found(
        c, "rho",
        trait_tetrachoric(known_input(c, "p1"), known_input(c, "p2"), known_input(c, "P11")));
}

static void copula_rank(known_case_t *c)
{
    double rho = known_input(c, "rho");
    known_found(c, "spearman", copula_spearman(rho));
    known_found(c, "kendall", copula_kendall(rho));
    known_found(c, "orthant", copula_orthant(rho));
}

static void latent_class(known_case_t *c)
{
    double weight[KNOWN_MOST], theta[KNOWN_MOST], marginal[3];
    int classes = known_inputs(c, "pi", weight);
    int traits = known_inputs(c, "theta", theta) / classes;
    for (int q = 0; q < 3; q++)
        marginal[q] = latent_class_joint(weight, theta, classes, traits, 1u << q, 0);
    double first_two = latent_class_joint(weight, theta, classes, traits, 3, 0);
    known_found_list(c, "marginals", marginal, 3);
    known_found(c, "P_1and2", first_two);
    known_found(c, "cov_12", first_two - marginal[0] * marginal[1]);
    known_found(c, "P_1and3", latent_class_joint(weight, theta, classes, traits, 5, 0));
    known_found(c, "P_none", latent_class_joint(weight, theta, classes, traits, 0, 7));
    known_found(c, "P_1and3_not2", latent_class_joint(weight, theta, classes, traits, 5, 2));
}

static void fit_metrics(known_case_t *c)
{
    double synthetic[KNOWN_MOST], target[KNOWN_MOST];
    int n = known_inputs(c, "synthetic", synthetic);
    known_inputs(c, "target", target);
    fit_t fit = table_fit(synthetic, target, (size_t)n);
    known_found(c, "SRMSE", fit.srmse);
    known_found(c, "TAE", fit.tae);
    known_found(c, "SAE", fit.sae);
    known_found(c, "FreemanTukey", fit.freeman_tukey);
    known_found(c, "chi2", fit.chi_square);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Counts as a function of u are steps: their least value and their mean over u, exactly. */
static void integerised(known_case_t *c)
{
    double weight[KNOWN_MOST], edge[KNOWN_MOST + 2] = {0}, cumulative = 0;
    double floors[KNOWN_MOST], mean[KNOWN_MOST] = {0};
    double total = known_input(c, "total"), remaining = total;
    int n = known_inputs(c, "weights", weight);
    for (int i = 0; i < n; i++) {
        cumulative += weight[i];
        edge[i + 1] = 1 - (cumulative - floor(cumulative));
        floors[i] = INFINITY;
    }
    edge[n + 1] = 1;
    qsort(edge, (size_t)n + 2, sizeof *edge, ascending);
    for (int k = 0; k <= n; k++) {
        size_t count[KNOWN_MOST];
        if (edge[k + 1] - edge[k] < 1e-12) continue; /* no step: two edges are one */
        round_systematically(weight, (size_t)n, (size_t)total, (edge[k] + edge[k + 1]) / 2, count);
        for (int i = 0; i < n; i++) {
            mean[i] += (edge[k + 1] - edge[k]) * (double)count[i];
            floors[i] = fmin(floors[i], (double)count[i]);
        }
    }
    for (int i = 0; i < n; i++) {
        remaining -= floors[i];
        c->found(c, "fractions", i, mean[i] - floors[i]);
    }
    known_found_list(c, "floors", floors, n);
    known_found(c, "remaining", remaining);
}

const known_answer_t known_in_audience[] = {
    {"tgt_ppv", noisy_label},
    {"tgt_noise_dilution", diluted_rate},
    {"tgt_calibrate_ppv", calibrated_label},
    {"tgt_boolean", boolean_audience},
    {"tgt_lookalike", lookalike_at},
    {"tgt_lookalike_curve", lookalike_curve},
    {"tgt_match_rate", matched_list},
    {"tgt_overlap_random", random_overlap},
    {"pop_ipf_3x3", raked_table},
    {"pop_copula_two_interests", copula_interests},
    {"pop_tetrachoric_inverse", tetrachoric},
    {"pop_copula_rank", copula_rank},
    {"pop_latent_class", latent_class},
    {"pop_fit_metrics", fit_metrics},
    {"pop_integerise_trs", integerised},
    {0},
};
