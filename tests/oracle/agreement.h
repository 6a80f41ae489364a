/* agreement.h -- the engine and the oracle fly the same plans; every count of every scope must agree
 * (MODEL 11, L4). */
#ifndef ADSIM_TESTS_ORACLE_AGREEMENT_H
#define ADSIM_TESTS_ORACLE_AGREEMENT_H

typedef struct {
    const char *const *only; /* names of plans, the last NULL; NULL = all */
    double effort;           /* factor on the replications of every plan */
    unsigned luck;           /* other luck */
    int tell_all;            /* a line for every count */
} agreement_t;

/* Runs the plans as tests, then what they found together, and prints which bias would have been found;
 * returns how many failed. */
int agreement_test(agreement_t how);

#endif
