/* recorded.h -- people who were recorded one by one: rows of a survey or of a customer file, each standing
 * for so many real people.
 *
 * Rows that are alike in everything are one row with the sum of their weights. They are in the order of
 * their attributes, so that people with neighbouring ids are alike and each joint cell of the
 * specification, the first attributes of the rows, is a run of rows. Simulated people are dealt over the
 * rows by systematic rounding (MODEL 1.2): every row, and every run of rows, gets its share to within one
 * person. What was not recorded is drawn for each simulated person, given what was. */
#ifndef ADSIM_AUDIENCE_RECORDED_H
#define ADSIM_AUDIENCE_RECORDED_H

#include "models/audience/population.h"

enum {
    RECORDED_KEY = POP_ATTRIBUTES + 12, /* bytes that tell a row from another */
    RECORDED_CELLS = 4096               /* joint cells at most: strata need people in them */
};

/* What is recorded of every row, besides the levels of the specification's first attributes. */
typedef struct {
    int n_attributes;
    bool years;            /* her age; else it is drawn within her band */
    bool customer;         /* whether she bought before */
    uint64_t traits, uses; /* bit t: trait t of the specification; platforms likewise */
} recorded_form_t;

typedef struct recorded {
    recorded_form_t form;
    size_t n_rows;
    double *weight;   /* real people, > 0 */
    size_t *cell_row; /* the rows of cell c: cell_row[c] .. cell_row[c + 1] - 1 */
    uint8_t *level[POP_ATTRIBUTES];
    uint8_t *age_years; /* NULL unless recorded, as are the rest */
    uint64_t *traits;
    uint16_t *uses;
    uint8_t *customer;
    char *text; /* names that the specification borrows; owned */
} recorded_t;

/* A row as it was read. `index` is its number: rows are put into order by their keys, so a sum never
 * depends on how a library sorts. */
typedef struct {
    uint8_t key[RECORDED_KEY];
    double weight;
    uint32_t index;
} recorded_row_t;

/* What a row says. Of what is not recorded, anything. */
typedef struct {
    uint8_t level[POP_ATTRIBUTES];
    uint8_t age_years, customer;
    uint16_t uses;
    uint64_t traits;
} recorded_person_t;

void recorded_row_set(recorded_row_t *row, const recorded_form_t *form,
                      const recorded_person_t *person, double weight, size_t index);

/* Takes n rows (put into order in place). The caller frees, also after a failure. */
status_t recorded_init(recorded_t *r, const recorded_form_t *form, recorded_row_t *row, size_t n,
                       error_t *err);
void recorded_free(recorded_t *r);

/* Gives the specification its joint cells: n_joint, n_cells, cell_count. Its attributes are known. */
status_t recorded_cells(recorded_t *r, population_spec_t *spec, error_t *err);

/* Ids of the first of n simulated people of each row, and n at the end: row_start[n_rows + 1]. */
void recorded_deal(const recorded_t *r, size_t n, double u, uint32_t *row_start);

/* Rows of people from, from + 1, ... */
void recorded_rows(const recorded_t *r, const uint32_t *row_start, size_t from, size_t count,
                   uint32_t *row);

/* ---- Kinds of rows ---- */

/* Which of what was recorded tells rows apart. */
typedef struct {
    bool attribute[POP_ATTRIBUTES];
    bool years, customer;
    uint64_t traits, uses;
} recorded_ask_t;

/* Rows alike in what is asked: one of them, and how many real people they all are. */
typedef struct {
    size_t row;
    double people;
} recorded_kind_t;

/* All kinds, in the order of their first rows, malloc'ed; NULL when memory is out. */
recorded_kind_t *recorded_kinds(const recorded_t *r, const recorded_ask_t *ask, size_t *n);

#endif
