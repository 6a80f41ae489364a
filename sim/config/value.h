/* value.h -- numbers as people write them: 40%, 120k, 1.5M, 28d, 6h, and laws for numbers they are
 * unsure of: {low, high}, {median, p90}, {mean, sd}, {dist: beta, a, b}.
 *
 * What could be read in two ways is refused with the fix: 120,000, 2_400_000, 0x1F, .nan, 12abc. A
 * suffix shifts the decimal exponent before the text becomes binary, so 0.84% is the same double as
 * 0.0084. */
#ifndef ADSIM_CONFIG_VALUE_H
#define ADSIM_CONFIG_VALUE_H

#include "models/base/distribution.h"
#include "sim/config/tree.h"

#include <stdbool.h>

/* What a number measures, and so how it is written. */
typedef enum {
    MEASURE_NUMBER, /* 5, 0.35, 120k */
    MEASURE_SHARE,  /* 40% or 0.4 */
    MEASURE_MONEY,  /* 60000, 60k, 1.5M */
    MEASURE_COUNT,  /* whole */
    MEASURE_DAYS,   /* 28d, 6h; held in days */
    MEASURE_HOURS,  /* the same, held in hours */
    MEASURE_ANY     /* a number, or a share with % */
} measure_t;

/* What a key allows. */
typedef struct {
    const char *name;
    measure_t measure;
    double low, high; /* both included ... */
    bool above_low;   /* ... unless low itself is refused */
    bool bare;        /* a duration may be a bare number: the key names the unit */
    bool certain;     /* no law: the buyer decides it */
    const char *unit; /* for messages; may be NULL */
} value_rule_t;

typedef struct {
    double value;       /* the number, or the mean of the law */
    distribution_t law; /* LAW_CERTAIN for a plain number */
    const char *source; /* of {..., source: text}; else NULL */
} value_t;

/* Reads a number or a law. Everything is divided by `divisor` after the checks (1; the days of a
 * rate "per 30d"). False after a complaint. */
bool value_read(const node_t *node, const value_rule_t *rule, double divisor, diagnostics_t *d,
                value_t *out);

/* The text of one number, without its range; false with the fix in `help`. */
bool number_parse(const char *text, const value_rule_t *rule, double *out, char help[200]);

/* A number as it would be written, the shortest text that reads back to the same double. */
typedef struct {
    char text[64];
} number_text_t;
number_text_t number_text(double x, measure_t measure);

/* A law as {dist: ..., ...} that reads back to the same law. */
typedef struct {
    char text[200];
} law_text_t;
law_text_t law_text(distribution_t law);

/* An ISO date, 2026-03-02, that exists. */
bool date_valid(const char *text);

#endif
