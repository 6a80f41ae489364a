/* countries.h -- adults of the countries that `adsim new --population` has figures for. */
#ifndef ADSIM_CLI_COUNTRIES_H
#define ADSIM_CLI_COUNTRIES_H

#include <stddef.h>

enum { COUNTRY_AGES = 6, COUNTRY_YEAR = 2025 };

typedef struct {
    const char *name;    /* of the file: "germany" gives germany-adults.yaml */
    const char *title;   /* "Germany" */
    const char *in_text; /* "the United Kingdom" */
    const char *also[5]; /* other ways to call it; NULL ends */
    /* Thousands, men and women by 18-24, 25-34, 35-44, 45-54, 55-64, 65+. */
    int male[COUNTRY_AGES], female[COUNTRY_AGES];
} country_t;

extern const country_t countries[];
extern const size_t n_countries;

/* By any of its names, case aside; NULL. */
const country_t *country_find(const char *name);

/* The nearest name, for "did you mean"; NULL. */
const char *country_nearest(const char *name);

double country_people(const country_t *country);

/* Its population file: configs/templates/adults.yaml, filled in. malloc'ed; NULL when memory is out. */
char *country_population(const country_t *country);

#endif
