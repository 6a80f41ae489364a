/* pictures.h -- the pictures of a result folder as a page needs them, in order of decision: each with its
 * finding as the title, the number table it was drawn from, and its SVG, if gnuplot drew one.
 *
 * Read from figures/NAME.dat alone. A column whose name stands in brackets, "(cells)", is for drawing and
 * no part of the table. Values stand in the unit that the column's name tells: "share, %". */
#ifndef ADSIM_REPORT_PICTURES_H
#define ADSIM_REPORT_PICTURES_H

#include "models/base/status.h"

#include <stddef.h>

typedef struct {
    char *name;           /* of its files: figures/NAME.svg */
    char *title;          /* the finding, one sentence without its full stop */
    char *note;           /* what is shown, and how to read it */
    char *svg;            /* path of the file; NULL: not drawn */
    size_t columns, rows; /* of the number table */
    char **column;        /* its names */
    char **field;         /* row * columns + column: the text ... */
    double *value;        /* ... and the number, NaN for a text and for an unknown value */
} picture_t;

typedef struct {
    size_t n;
    picture_t *picture;
} pictures_t; /* zeroed = none */

/* A folder without figures/ has none. ERR_INVALID names a damaged file and its line. */
status_t pictures_read(pictures_t *p, const char *folder, error_t *err);
void pictures_free(pictures_t *p);

#endif
