/* sentiment.c -- the autoregression of sentiment. */
#include "models/brand/sentiment.h"
#include "models/base/maths.h"

double sentiment_next(const sentiment_t *s, double now, double praise, double blame, double z)
{
    return s->persistence * now + s->praise * praise - blame + s->noise * z;
}

double sentiment_factor(const sentiment_t *s, double now, double variance)
{
    return m_exp(s->effect * now - s->effect * s->effect * variance / 2);
}

double sentiment_next_variance(const sentiment_t *s, double variance)
{
    return s->persistence * s->persistence * variance + s->noise * s->noise;
}

double sentiment_sd(const sentiment_t *s)
{
    return s->noise / m_sqrt(1 - s->persistence * s->persistence);
}

double sentiment_half_life(const sentiment_t *s)
{
    return m_log(0.5) / m_log(s->persistence);
}

double sentiment_total(const sentiment_t *s, double shock)
{
    return shock / (1 - s->persistence);
}

double sentiment_left(const sentiment_t *s, double shock, double days)
{
    return shock * m_pow(s->persistence, days);
}

double sentiment_scarred(const sentiment_t *s, double shock, double lasting, double days)
{
    return lasting * shock + sentiment_left(s, (1 - lasting) * shock, days);
}

double sentiment_days_until(const sentiment_t *s, double shock, double least)
{
    double days = m_log(least / m_abs(shock)) / m_log(s->persistence);
    return days > 0 ? __builtin_ceil(days) : 0;
}
