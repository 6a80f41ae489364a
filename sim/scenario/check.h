/* check.h -- private to sim/scenario: what the files of rules share. */
#ifndef ADSIM_SCENARIO_CHECK_H
#define ADSIM_SCENARIO_CHECK_H

#include "sim/scenario/scenario.h"

typedef struct {
    const scenario_t *sc;
    complaint_t *out;
    size_t capacity, n;
} check_t;

/* A rule is broken: by the field, perhaps against another one; help and other may be NULL. */
void check_add(check_t *c, int warning, const void *field, const void *other, const char *help,
               const char *format, ...) __attribute__((format(printf, 6, 7)));

/* brand_rules.c: what the brand does besides its ads. */
void check_brand(check_t *c);

/* rules.c: what the platforms themselves refuse. */
void check_rules(check_t *c);

#endif
