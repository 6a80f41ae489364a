/* known_answers.h -- the reference cases, each answered by the functions that adsim itself uses and
 * judged by the case's own tolerance. `adsim selftest` and the tests read the same results.
 *
 * A case is answered if a room's table (models/base/known.h) has a row of its id; its answer is met if
 * every number that it expects was found, none farther off than allowed. */
#ifndef ADSIM_CLI_KNOWN_ANSWERS_H
#define ADSIM_CLI_KNOWN_ANSWERS_H

#include "models/base/known.h"
#include "models/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* The files' texts, within the program: cases.json and allocation.json. */
extern const char known_cases[], known_allocations[];

/* The rooms' tables for each; NULL ends. */
extern const known_answer_t *const known_tables[], *const known_allocation_tables[];

enum { KNOWN_NAME = 64 };

/* One expected number. */
typedef struct {
    char name[KNOWN_NAME]; /* p_win; P[3] of a list, counted from 0 */
    double expected;
    double got;     /* NAN: not answered */
    double allowed; /* largest |got - expected| */
} known_value_t;

typedef struct {
    const char *id, *group, *title;
    bool answered; /* by a row of a table; if not, nothing below is set */
    bool met;
    known_value_t *value;
    size_t n_values;
    char fault[96]; /* "no input x[2]": an answer that does not fit its case; "" = none */
} known_result_t;

typedef struct {
    known_result_t *result; /* by group, groups and cases in the file's order */
    size_t n;
    void *file;    /* private */
} known_results_t; /* zeroed = none */

/* Answers all cases of a text like known_cases. The caller frees, also after a failure. ERR_UNEXPECTED
 * if it is not such a text. */
status_t known_results_init(known_results_t *r, const char *cases,
                            const known_answer_t *const *tables, error_t *err);
/* Adds those of another text, of these groups alone (NULL ends). */
status_t known_results_add(known_results_t *r, const char *cases,
                           const known_answer_t *const *tables, const char *const *groups,
                           error_t *err);
void known_results_free(known_results_t *r);

double known_error(const known_value_t *v); /* |got - expected| */
bool known_value_met(const known_value_t *v);

/* The value farthest from what is expected, in units of what is allowed; NULL if there are none. */
const known_value_t *known_farthest(const known_result_t *r);

#endif
