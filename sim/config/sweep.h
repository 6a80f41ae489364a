/* sweep.h -- the `sweep:` block: which values of which keys, and which of them meet in a point.
 *
 * A point is a scenario with one value put on each swept path, at that value's own place, so that what is
 * wrong with it is told there. Points are made when they are asked for; nothing is kept of them. */
#ifndef ADSIM_CONFIG_SWEEP_H
#define ADSIM_CONFIG_SWEEP_H

#include "models/base/status.h"
#include "sim/config/arena.h"
#include "sim/config/load.h"

#include <stdbool.h>
#include <stddef.h>

enum { SWEEP_AXES_MOST = 64, SWEEP_POINTS_MOST = 10000000 };

typedef enum { SWEEP_GRID, SWEEP_ZIP, SWEEP_LATIN, SWEEP_SOBOL } sweep_design_t;

typedef struct sweep sweep_t;

/* Reads the block of a scenario that was loaded with .block = "sweep". Complaints go to d: ERR_INVALID. A
 * scenario without the block is one point without axes. The scenario must outlive the sweep. */
status_t sweep_read(const loaded_t *l, diagnostics_t *d, sweep_t **out, error_t *err);
void sweep_free(sweep_t *s);

sweep_design_t sweep_design(const sweep_t *s);
const char *sweep_design_word(const sweep_t *s);
size_t sweep_points(const sweep_t *s);
int sweep_axes(const sweep_t *s);
const char *sweep_path(const sweep_t *s, int axis); /* as it is written */
int sweep_line(const sweep_t *s, int axis);         /* of the path */
size_t sweep_values(const sweep_t *s, int axis);    /* to choose from; 0 = all between two */
bool sweep_is_list(const sweep_t *s, int axis);     /* written one by one */
/* The values in short, "20000, 40000, 60000" or "1 to 10 by 1"; in the sweep's memory. */
const char *sweep_values_text(const sweep_t *s, int axis);

/* One point: what is put on the scenario, and the values as a person would write them. */
typedef struct {
    arena_t arena;
    int n;
    edit_t edit[SWEEP_AXES_MOST];
    const char *text[SWEEP_AXES_MOST];
} sweep_point_t; /* zeroed = none */

/* Point number `point` from 0. The caller frees, also after a failure (of memory). */
status_t sweep_point(const sweep_t *s, size_t point, sweep_point_t *out, error_t *err);
/* The first point with another value on one axis: of an axis between two values, 0 is the lower and 1 the
 * upper end. */
status_t sweep_point_with(const sweep_t *s, int axis, size_t value, sweep_point_t *out,
                          error_t *err);
void sweep_point_free(sweep_point_t *p);

/* The number that a value stands for: 40% is 0.4, 20k 20000, 6h 0.25 (days); NAN if it is none. */
double sweep_number(const char *text);

extern const struct section *const sweep_section, *const sweep_over_section; /* keys_sweep.c */

#endif
