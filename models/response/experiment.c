/* experiment.c -- differences of means, their errors, and how many people a difference takes. KERNEL file. */
#include "models/response/experiment.h"
#include "models/base/maths.h"

double arm_mean(test_arm_t a)
{
    return a.people > 0 ? a.orders / a.people : MATHS_NAN;
}

double arm_variance(test_arm_t a)
{
    if (a.people < 2) return MATHS_NAN;
    double variance = (a.squares - a.orders * a.orders / a.people) / (a.people - 1);
    return variance > 0 ? variance : 0;
}

contrast_t contrast_of_means(double treated, double treated_se, double held, double held_se)
{
    contrast_t c = {.effect = treated - held, .lift = MATHS_NAN, .lift_se = MATHS_NAN};
    c.se = m_sqrt(treated_se * treated_se + held_se * held_se);
    if (!(held > 0)) return c;
    double ratio = treated / held;
    c.lift = ratio - 1;
    c.lift_se = m_sqrt(treated_se * treated_se + ratio * ratio * held_se * held_se) / held;
    return c;
}

static double arm_se(test_arm_t a)
{
    return m_sqrt(arm_variance(a) / a.people);
}

contrast_t contrast_of_arms(test_arm_t treated, test_arm_t held)
{
    return contrast_of_means(arm_mean(treated), arm_se(treated), arm_mean(held), arm_se(held));
}

double critical_value(double confidence)
{
    return normal_quantile((1 + confidence) / 2);
}

double regions_effect(regions_t treated, regions_t held)
{
    return treated.during - treated.before * held.during / held.before;
}

double region_changed(double expected, double sd, double z)
{
    return expected * m_exp(sd * z - sd * sd / 2);
}

/* Of many the normal law with its skewness (Cornish & Fisher 1937): from 600 on off by 0.03 of an order at most, out
 * to 4 sd. */
double orders_drawn(double expected, double u)
{
    const double many = 600;
    if (expected < many) return poisson_quantile(expected, u);
    double z = normal_quantile(u);
    double x = expected + m_sqrt(expected) * z + (z * z - 1) / 6;
    return __builtin_floor(x + 0.5);
}

double regions_se(regions_t treated, regions_t held, double caused, double sd)
{
    double ratio = held.during / held.before, wanted = treated.before * ratio;
    double treated_variance = treated.during + caused + sd * sd * treated.squares;
    double held_share =
        1 / held.during + 1 / held.before + sd * sd * held.squares / (held.during * held.during);
    return m_sqrt(treated_variance + ratio * ratio * treated.before + wanted * wanted * held_share);
}

double contrast_power(double effect, double se, double confidence)
{
    double z = critical_value(confidence), x = effect / se;
    return normal_cdf(x - z) + normal_cdf(-x - z);
}

double detectable_effect(const lift_test_t *x, double se)
{
    return (critical_value(x->confidence) + normal_quantile(x->power)) * se;
}

double people_for_effect(const lift_test_t *x, double effect, double held, double treated_variance,
                         double held_variance)
{
    double z = detectable_effect(x, 1) / effect;
    return z * z * (treated_variance / (1 - held) + held_variance / held);
}

double roi_se(double sales_se, double margin, double cost)
{
    return margin * sales_se / cost;
}

double people_for_roi_se(double sales_sd, double margin, double cost, double se)
{
    double ratio = margin * sales_sd / (cost * se);
    return 2 * ratio * ratio;
}
