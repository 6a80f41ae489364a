/* cascade.h -- word of mouth: what is shared is seen, and shared on (MODEL 4.6).
 *
 * A cascade is a branching process below its critical point: each share brings on average R < 1 further
 * ones, Poisson (k infinite) or negative binomial with dispersion k. Its size counts the first share. Launch
 * adoption (Bass) is the other closed form of word of mouth. KERNEL file. */
#ifndef ADSIM_BRAND_CASCADE_H
#define ADSIM_BRAND_CASCADE_H

/* Mean and variance of the size: 1/(1-R) and s^2/(1-R)^3, s^2 = R + R^2/k. */
double cascade_mean(double reproduction);
double cascade_variance(double reproduction, double dispersion);

/* P(size = n), n >= 1: Dwass, P(X1 + ... + Xn = n - 1) / n; Borel's law where k is infinite. */
double cascade_probability(double reproduction, double dispersion, int n);

/* Views that `shares` bring, all generations together: the mean, and the value at a uniform u of a gamma law of
 * the same mean and variance. */
double earned_views_mean(double shares, double reproduction);
double earned_views_at(double shares, double reproduction, double dispersion, double u);

/* Share of those who will ever adopt that has adopted by time t, innovation p and imitation q; when most adopt,
 * and how many then. */
double bass_adopted(double p, double q, double t);
double bass_peak_time(double p, double q);
double bass_peak_rate(double p, double q);

#endif
