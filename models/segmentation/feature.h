/* feature.h -- the columns that people are described by: what profiles show, rules write and the uplift
 * tree splits on.
 *
 * A feature is a name and a borrowed column of n values. Yes/no features may lie in a column of bytes or
 * in one bit of a column of masks, which is how a population keeps its interests. A condition asks one
 * feature one question; its text is a clause of the audience language ("age 25-44", "not sex male",
 * "region in [West, South]", "interest fitness"), save that of a plain number, which no ads manager can
 * target and which rules leave out.
 *
 * Unknown values answer no condition, but every negated one. */
#ifndef ADSIM_SEGMENTATION_FEATURE_H
#define ADSIM_SEGMENTATION_FEATURE_H

#include "models/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FEATURE_LEVELS_MOST = 64, /* levels of one feature */
    FEATURE_YEARS_MOST = 120, /* the oldest */
    FEATURE_UNKNOWN = 255,    /* in a column of bytes; NAN among numbers */
    FEATURE_NAME = 128        /* bytes of a name in the audience language, its end included */
};

typedef enum {
    FEATURE_YEARS,  /* whole years, 0..120: the age */
    FEATURE_LEVELS, /* one of several levels, without order */
    FEATURE_FLAG,   /* yes or no */
    FEATURE_NUMBER  /* any number; not in rules */
} feature_kind_t;

typedef struct {
    feature_kind_t kind;
    const char *name; /* "age", "region", "fitness", "spend" */
    const char
        *word;   /* flags: what stands before the name in a clause: "interest", "behaviour", "uses";
                         "" or NULL when the name stands alone (an own trait, customers) */
    bool hidden; /* no ads manager can target it: shown in profiles, not used in rules */
    int n_levels; /* FEATURE_LEVELS: 1..64 */
    const char *const *level;
    const uint8_t *value; /* YEARS, LEVELS, FLAG (0 or 1); FEATURE_UNKNOWN = not known */
    const uint64_t *mask; /* a FLAG without `value`: bit `bit` of each person's mask */
    int bit;
    const double *number; /* FEATURE_NUMBER; NAN = not known */
} feature_t;

/* n people and what is known of them. All is borrowed. */
typedef struct {
    size_t n;
    const feature_t *feature;
    int n_features;
    const double *weight; /* > 0, of each person; NULL = 1 */
} people_t;

static inline double people_weight(const people_t *p, size_t i)
{
    return p->weight ? p->weight[i] : 1;
}

/* ERR_INVALID, naming the feature, if a column is missing, has a value outside its range, or a weight
 * is not a positive number. Every function below that takes people expects people that pass. */
status_t people_check(const people_t *p, error_t *err);

/* The code of a YEARS, LEVELS or FLAG feature. */
static inline uint8_t feature_code(const feature_t *f, size_t i)
{
    return f->value ? f->value[i] : (uint8_t)(f->mask[i] >> f->bit & 1);
}

typedef struct {
    int feature;
    bool negated;
    int low, high;       /* YEARS: both included */
    uint64_t levels;     /* LEVELS: bit l = level l */
    double least, below; /* NUMBER: least <= x < below; may be infinite */
} condition_t;

bool condition_holds(const people_t *p, const condition_t *c, size_t i);

/* Can the feature be asked about in the audience language? Numbers cannot, nor years that are not called
 * "age"; nor names that are empty, too long, or hold both kinds of quotes, nor names that stand at the
 * head of a clause and hold more than letters, digits and _ - + . (spaces are written _). */
bool feature_is_writable(const feature_t *f);

/* Writes the clause, as snprintf does: returns its length, cuts at room - 1 bytes. */
size_t condition_write(const people_t *p, const condition_t *c, char *to, size_t room);

/* The same behind `used` bytes; returns the length of all. */
size_t condition_add(const people_t *p, const condition_t *c, char *to, size_t room, size_t used);

#endif
