/* variate.c -- variates from uniforms. KERNEL file. */
#include "models/base/variate.h"
#include "models/base/maths.h"

normal_pair_t normal_pair(double u0, double u1)
{
    double radius = m_sqrt(-2 * m_log(u0)), angle = 2 * MATHS_PI * u1;
    return (normal_pair_t){radius * m_cos(angle), radius * m_sin(angle)};
}

double geometric_skip(double p, double u)
{
    return __builtin_floor(m_log(u) / m_log1p(-p));
}

double geometric_mean(double p)
{
    return (1 - p) / p;
}

double geometric_variance(double p)
{
    return (1 - p) / (p * p);
}

void alias_build(const double *p, int n, double *keep, int *alias, int *work)
{
    /* Columns below 1 queue at the front of `work`, those above at its end. */
    int small = 0, large = n;
    for (int i = 0; i < n; i++) {
        keep[i] = p[i] * n;
        alias[i] = i;
        if (keep[i] < 1)
            work[small++] = i;
        else
            work[--large] = i;
    }
    while (small > 0 && large < n) {
        int poor = work[--small], rich = work[large++];
        alias[poor] = rich;
        keep[rich] -= 1 - keep[poor];
        if (keep[rich] < 1)
            work[small++] = rich;
        else
            work[--large] = rich;
    }
    /* What is left differs from 1 by rounding alone. */
    while (small > 0) keep[work[--small]] = 1;
    while (large < n) keep[work[large++]] = 1;
}

int alias_draw(const double *keep, const int *alias, int n, double u)
{
    int column = (int)(u * n);
    return u * n - column < keep[column] ? column : alias[column];
}

double alias_probability(const double *keep, const int *alias, int n, int j)
{
    double sum = keep[j];
    for (int i = 0; i < n; i++)
        if (i != j && alias[i] == j) sum += 1 - keep[i];
    return sum / n;
}
