/* plot.h -- the data of a figure while they are put together: title, note, the table that is shown, and blocks
 * that only help to draw it. Written as NAME.dat:
 *
 *   index 0   title, its second line, note
 *   index 1   the table: its columns are named first; "(name)" is for drawing and not for people
 *   index 2   cells of the widest text of each column, 0 for numbers
 *   index 3.. other blocks
 *
 * Memory that is out shows in plot_write. A plot without rows is not drawn. */
#ifndef ADSIM_REPORT_PLOT_H
#define ADSIM_REPORT_PLOT_H

#include "models/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { PLOT_COLUMNS = 16, PLOT_TITLE = 1024, PLOT_NOTE = 512, NAME_CELLS = 32 };

typedef struct {
    char title[PLOT_TITLE], note[PLOT_NOTE]; /* printed into by the figure */
    char *text;                              /* of what follows the head, owned */
    size_t length;
    FILE *to;        /* writes it */
    size_t rows;     /* of the table */
    int columns, at; /* of the table; the next one of this row */
    int block;       /* 1 = the table */
    long table;      /* bytes of it, when the next block has begun */
    size_t cells[PLOT_COLUMNS];
    bool failed;
} plot_t; /* zeroed = begun */

void plot_free(plot_t *p);

/* The columns of the table, up to PLOT_COLUMNS, NULL behind the last. First of all. */
void plot_columns(plot_t *p, const char *const *name);
void plot_number(plot_t *p, double x);                          /* NaN is unknown */
void plot_text(plot_t *p, const char *text, size_t most_cells); /* 0 = all of it */
void plot_label(plot_t *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void plot_end(plot_t *p);   /* of the row */
void plot_block(plot_t *p); /* what follows is the next block */
/* A row of an overlap matrix: of the people of one, the share that is in the other too; NAN = of itself. Behind it
 * what is drawn: the share, -1 = none, and its text. */
void plot_share_of(plot_t *p, int row, int column, const char *of, const char *in,
                   size_t most_cells, double share);
/* A block of round numbers from `least` to `most` or a little further: value, label, its cells. */
void plot_axis(plot_t *p, double least, double most);
void plot_axis_within(plot_t *p, double least, double most); /* none beyond */
/* A block of labels at the ends of lines, none on top of another: number of the line, x, y where it ends, y of
 * the label, text, cells. The axis of y goes from zero to `most`, and there is no label beyond it. */
typedef struct {
    int line;
    double x, y, at;
    char text[160];
} line_end_t;
void plot_line_ends(plot_t *p, line_end_t *end, size_t n, double most);

status_t plot_write(const plot_t *p, FILE *to, error_t *err);

#endif
