/* record.h -- what came of one point as a string of bytes: made on any thread or rank, read where the store is
 * written. Between machines of one kind alone: numbers are as memory holds them. */
#ifndef ADSIM_EXPERIMENT_RECORD_H
#define ADSIM_EXPERIMENT_RECORD_H

#include "models/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned char *byte;
    size_t n, room;
    bool lost; /* memory was out */
} record_t;    /* zeroed = empty */

void record_free(record_t *r);
void record_clear(record_t *r);                  /* keeps its memory */
void record_text(record_t *r, const char *text); /* NULL is told from "" */
void record_real(record_t *r, double x);
void record_count(record_t *r, uint64_t n);

/* Reads in the order of writing; past the end NULL, 0 and 0. Texts are borrowed from the bytes. */
typedef struct {
    const unsigned char *at, *end;
} record_reader_t;
record_reader_t record_begin(const record_t *r);
const char *read_text(record_reader_t *r);
double read_real(record_reader_t *r);
uint64_t read_count(record_reader_t *r);

/* A point's result: */
typedef struct {
    size_t point; /* in the batch, from 0 */
    bool failed;
    const char *reason; /* of a failure; else NULL */
    double people, replications, seconds;
} outcome_t;
/* ... then its rows: their number; of each scope, name, campaign, platform (texts) and of every column of
 * metrics/columns.h mean, lo, hi, mc_se (reals); then its notices: their number, and texts. */
void record_outcome(record_t *r, const outcome_t *o);
outcome_t read_outcome(record_reader_t *r);
enum { RESULT_VALUES = 4 };
extern const char *const result_suffix[RESULT_VALUES]; /* "", "_lo", "_hi", "_mc_se" */

#endif
