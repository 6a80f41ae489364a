/* sentiment.h -- how people feel about the brand: an autoregression, 0 = as always (MODEL 4.6).
 *
 * S' = phi S + praise - blame + noise, day by day; rates are multiplied by exp(beta S). KERNEL file. */
#ifndef ADSIM_BRAND_SENTIMENT_H
#define ADSIM_BRAND_SENTIMENT_H

typedef struct {
    double start;       /* S on the first day */
    double persistence; /* phi: what a day leaves of it, 0..1 */
    double noise;       /* sd of a day's chance */
    double praise;      /* kappa: what a day brings on which every comment is answered at once */
    double effect;      /* beta: log of the rates' factor per unit */
} sentiment_t;

/* The next day's. */
double sentiment_next(const sentiment_t *s, double now, double praise, double blame, double z);

/* What it does to rates. `variance`: of what chance alone has made of it, so that chance moves no mean. */
double sentiment_factor(const sentiment_t *s, double now, double variance);
double sentiment_next_variance(const sentiment_t *s, double variance);

/* In the long run: its sd; days until half of a shock is left; what a shock comes to over all days; what is
 * left of it after some; whole days until less than `least` is left. */
double sentiment_sd(const sentiment_t *s);
double sentiment_half_life(const sentiment_t *s);
double sentiment_total(const sentiment_t *s, double shock);
double sentiment_left(const sentiment_t *s, double shock, double days);
/* ... if a share of it stays for good. */
double sentiment_scarred(const sentiment_t *s, double shock, double lasting, double days);
double sentiment_days_until(const sentiment_t *s, double shock, double least);

#endif
