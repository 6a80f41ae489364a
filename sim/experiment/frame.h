/* frame.h -- people as a table for finding segments: typed columns with names, weights, and what an
 * audience expression would call each column.
 *
 * A frame is made from the people of a scenario (frame_of_people) or from the columns of a person's
 * own table (frame_of_csv in frame_csv.h). Numbers are doubles (NAN = missing), categories and yes/no
 * are levels (FRAME_MISSING = missing). */
#ifndef ADSIM_EXPERIMENT_FRAME_H
#define ADSIM_EXPERIMENT_FRAME_H

#include "models/audience/population.h"
#include "models/base/status.h"
#include "sim/config/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_COLUMNS = 1024, /* at most */
    FRAME_LEVELS = 64,    /* of a category, as POP_LEVELS */
    FRAME_MISSING = 255   /* the level of somebody whose value is not known */
};

typedef enum { FRAME_NUMBER, FRAME_CATEGORY, FRAME_YES_NO } frame_kind_t;

/* Where a column comes from: a name that chooses all of a kind. */
typedef enum {
    FRAME_AGE,
    FRAME_ATTRIBUTE,
    FRAME_INTEREST,
    FRAME_BEHAVIOUR,
    FRAME_TRAIT,
    FRAME_PLATFORM,
    FRAME_CUSTOMER,
    FRAME_OWN /* of a person's own table */
} frame_group_t;

typedef struct {
    const char *name; /* as the page shows it and --columns takes it: "age", "interest fitness" */
    frame_group_t group;
    frame_kind_t kind;
    const char
        *clause;    /* how an expression begins that asks for it; NULL = it cannot be targeted */
    double *number; /* FRAME_NUMBER: n of them */
    uint8_t *level; /* otherwise: n of them; of yes/no 0 and 1 */
    int n_levels;   /* 2 for yes/no */
    const char **level_name;
    size_t n_missing;
} frame_column_t;

typedef struct {
    size_t n; /* people */
    int n_columns;
    frame_column_t *column;
    double unit;     /* real people each stands for, on average */
    double *weight;  /* n, mean 1; NULL = all alike */
    const char **id; /* n names of people; NULL = their numbers from 0 on */
    arena_t arena;   /* private: names */
} frame_t;           /* zeroed = none */

/* `people` people of the specification, drawn with `seed`; the same for any number of threads. Age in
 * whole years. The specification is borrowed. The caller frees, also after a failure. */
status_t frame_of_people(frame_t *f, const population_spec_t *spec, size_t people, uint64_t seed,
                         int threads, error_t *err);
void frame_free(frame_t *f);

/* A new column without values yet, its name copied; NULL when memory is out. */
frame_column_t *frame_add(frame_t *f, const char *name, frame_group_t group, frame_kind_t kind,
                          int n_levels);

/* Index of a column by its name, or by the last word of it when that is clear ("fitness" for
 * "interest fitness"); -1 if there is none. Case does not count, and space, _ and - are one. */
int frame_find(const frame_t *f, const char *name);

/* The weight of a person, relative to the others: mean 1. */
static inline double frame_weight(const frame_t *f, size_t person)
{
    return f->weight ? f->weight[person] : 1;
}

/* Is the person's value of a column known? */
static inline bool frame_known(const frame_column_t *c, size_t person)
{
    return c->kind == FRAME_NUMBER ? c->number[person] == c->number[person]
                                   : c->level[person] != FRAME_MISSING;
}

#endif
