/* frame.h -- people as a table in which segments are sought: features (models/segmentation/feature.h)
 * that own their columns, where each came from, and what the people are called.
 *
 * A frame is made from the people of a scenario (frame_of_people) or from a person's own table
 * (frame_csv.h). */
#ifndef ADSIM_EXPERIMENT_FRAME_H
#define ADSIM_EXPERIMENT_FRAME_H

#include "models/audience/population.h"
#include "models/base/status.h"
#include "models/segmentation/feature.h"
#include "sim/config/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_COLUMNS = 1024 }; /* at most */

/* Where a column comes from; its plural chooses all of a kind. */
typedef enum {
    GROUP_AGE,
    GROUP_ATTRIBUTE,
    GROUP_INTEREST,
    GROUP_BEHAVIOUR,
    GROUP_TRAIT,
    GROUP_PLATFORM,
    GROUP_CUSTOMER,
    GROUP_OWN, /* of a person's own table */
    GROUPS
} group_t;
extern const char *const group_plural[GROUPS]; /* "interests"; NULL where there is no such word */

typedef struct {
    group_t group;
    const char *label;    /* "age", "interest fitness": as pages show it and --columns takes it */
    const char *own_name; /* in the table it comes from; "age" may be written "AGE" there */
    bool
        aside; /* a grouping (the region of a state) or an assumption: by default it takes no part */
    size_t n_missing;
    void *values; /* owned: what the feature's column points to */
} frame_column_t;

typedef struct {
    people_t people; /* .feature points to `feature` */
    feature_t *feature;
    frame_column_t *column;    /* beside each feature */
    double *weight;            /* owned; NULL = all alike */
    const char *weight_column; /* its name in the table; NULL = none */
    double unit;               /* real people that a weight of 1 stands for */
    const char **id;           /* names of people; NULL = their numbers from 0 on */
    arena_t arena;             /* private: names */
} frame_t;                     /* zeroed = none */

/* `people` people of the specification, drawn with `seed`: the same for any number of threads. The
 * specification is borrowed. The caller frees, also after a failure. */
status_t frame_of_people(frame_t *f, const population_spec_t *spec, size_t people, uint64_t seed,
                         int threads, error_t *err);
void frame_free(frame_t *f);

/* A new column for f->people.n people, all zero, its texts copied. NULL when memory is out or there are
 * FRAME_COLUMNS already. Levels are for the caller to name, in an array of the frame's arena. */
feature_t *frame_add(frame_t *f, group_t group, feature_kind_t kind, const char *word,
                     const char *name);
/* Its column, to be filled: bytes, or doubles of a FEATURE_NUMBER. */
uint8_t *frame_bytes(frame_t *f, const feature_t *feature);
double *frame_numbers(frame_t *f, const feature_t *feature);

/* Index of a column by its label or by its name alone when that is clear; -1 if there is none. Case does
 * not count, and space, _ and - are one. */
int frame_find(const frame_t *f, const char *label);

/* Is the person's value of a feature known? */
static inline bool feature_known(const feature_t *f, size_t i)
{
    if (f->kind == FEATURE_NUMBER) return f->number[i] == f->number[i];
    return !f->value || f->value[i] != FEATURE_UNKNOWN;
}

#endif
