/* targeting.c -- closed forms of labels, lookalikes, lists and overlaps. */
#include "models/audience/targeting.h"

#include "models/base/maths.h"

#include <math.h>

double label_size(label_t l)
{
    return l.prevalence * l.sensitivity + (1 - l.prevalence) * (1 - l.specificity);
}

double label_ppv(label_t l)
{
    double size = label_size(l);
    return size > 0 ? l.prevalence * l.sensitivity / size : NAN;
}

double label_npv(label_t l)
{
    double rest = 1 - label_size(l);
    return rest > 0 ? (1 - l.prevalence) * l.specificity / rest : NAN;
}

double label_lift(label_t l)
{
    return label_ppv(l) / l.prevalence;
}

double label_specificity_for_ppv(double prevalence, double sensitivity, double ppv)
{
    return 1 - prevalence * sensitivity * (1 - ppv) / (ppv * (1 - prevalence));
}

double label_rate_inside(label_t l, double rate, double rate_other)
{
    double ppv = label_ppv(l);
    return ppv * rate + (1 - ppv) * rate_other;
}

double label_rate_outside(label_t l, double rate, double rate_other)
{
    double npv = label_npv(l);
    return (1 - npv) * rate + npv * rate_other;
}

lookalike_t lookalike(double correlation, double q, double base_rate)
{
    double chosen = normal_quantile(1 - q), converts = normal_quantile(1 - base_rate);
    double both = normal2_cdf(-chosen, -converts, correlation);
    return (lookalike_t){.mean_latent = correlation * normal_density(chosen) / q,
                         .rate = both / q,
                         .lift = both / q / base_rate,
                         .share_of_converters = both / base_rate};
}

/* Under the weight exp(b z - b^2/2) z has mean b, and the score mean b rho. */
double lookalike_affinity(double correlation, double q, double b)
{
    return normal_cdf(b * correlation - normal_quantile(1 - q)) / q;
}

double lookalike_correlation(double correlation, double seed_size)
{
    static const double half_seed = 1000; /* n0, assumption */
    return correlation * sqrt(seed_size / (seed_size + half_seed));
}

list_match_t list_match(double n, double a, double b)
{
    double rate = a / (a + b);
    double luck = n * rate * (1 - rate);
    double rate_variance = rate * (1 - rate) / (a + b + 1);
    /* Var = n E[m(1-m)] + n^2 Var m = n m(1-m) + n(n-1) Var m */
    return (list_match_t){n * rate, sqrt(luck), sqrt(luck + n * (n - 1) * rate_variance)};
}

/* P(k+1) / P(k) of the beta-binomial. */
static double next_ratio(double k, double n, double a, double b)
{
    return (n - k) * (a + k) / ((k + 1) * (b + n - k - 1));
}

double list_match_quantile(double n, double a, double b, double p)
{
    /* Weights relative to a point near the peak neither overflow nor vanish where they matter. */
    double peak = floor(n * a / (a + b)), total = 1, weight = 1;
    for (double k = peak; k < n && weight > 0; k++) total += weight *= next_ratio(k, n, a, b);
    double lowest = peak, least = 1;
    weight = 1;
    for (double k = peak - 1; k >= 0; k--) {
        weight /= next_ratio(k, n, a, b);
        if (weight < 1e-290) break; /* too small to find the way up again, in every digit */
        total += weight;
        lowest = k;
        least = weight;
    }
    double below = 0, k = lowest;
    for (weight = least; k < n; k++) {
        below += weight;
        if (below >= p * total) break;
        weight *= next_ratio(k, n, a, b);
    }
    return k;
}

overlap_t overlap_random(double people, double n1, double n2)
{
    double share = n1 / people, mean = n2 * share;
    double variance = n2 * share * (1 - share) * (people - n2) / (people - 1);
    return (overlap_t){mean, sqrt(variance), mean / (n1 + n2 - mean)};
}
