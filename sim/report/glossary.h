/* glossary.h -- the words of tables, pages and pictures: what each means, in which unit, and its formula.
 *
 * Columns of estimates and of the brand's days are words as they stand in their own tables (sim/metrics/columns.h,
 * sim/experiment/brand_study.h); every other word has its row here. A column whose name ends in _lo, _hi, _p50,
 * _mc_se or _se is the range or the error of the column before these letters. */
#ifndef ADSIM_REPORT_GLOSSARY_H
#define ADSIM_REPORT_GLOSSARY_H

#include <stdbool.h>
#include <stddef.h>

/* All borrowed from tables that do not change. */
typedef struct {
    const char
        *name; /* as files write it; the anchor of a page's list of words: credited_over_caused */
    const char *label;   /* as a person reads it: "over-credited" */
    const char *unit;    /* what it is counted in; "" = nothing */
    const char *meaning; /* one line; where there is a formula, it stands in it */
    const char *key;     /* the key of a scenario that sets it: monte_carlo.interval; "" = none */
} glossary_term_t;

/* All terms, by their labels in the order of the alphabet. malloc'ed; NULL when memory is out. */
glossary_term_t *glossary_terms(size_t *n);

/* A term by its name, its label or another heading under which a page shows it ("reach 1+", "freq"), in letters of
 * any size, blanks and hyphens as good as underscores. What stands in brackets behind it does not count, nor do the
 * endings of ranges and errors. False if there is none. */
bool glossary_find(const char *word, glossary_term_t *out);

/* The nearest name, or NULL: for "did you mean". */
const char *glossary_nearest(const char *word);

#endif
