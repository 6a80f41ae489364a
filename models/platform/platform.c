/* platform.c -- how many ad opportunities a platform gives a person. */
#include "models/platform/platform.h"
#include "models/base/maths.h"

const int platform_age_edge[PLATFORM_AGE_BANDS] = {18, 25, 35, 45, 55, 65};

int platform_age_band(int age_years)
{
    int band = PLATFORM_AGE_BANDS - 1;
    while (band > 0 && age_years < platform_age_edge[band]) band--;
    return band;
}

double platform_opportunities(const platform_t *p, int age_band)
{
    if (!m_is_nan(p->opportunities_per_day)) return p->opportunities_per_day;
    return p->minutes_per_day[age_band] * p->posts_per_minute * p->ad_load;
}

double platform_mean_opportunities(const platform_t *p)
{
    double sum = 0;
    for (int band = 0; band < PLATFORM_AGE_BANDS; band++) sum += platform_opportunities(p, band);
    return sum / PLATFORM_AGE_BANDS;
}
