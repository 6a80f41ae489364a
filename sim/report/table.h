/* table.h -- a table on the terminal: cells of text, aligned by what they take on the screen. */
#ifndef ADSIM_REPORT_TABLE_H
#define ADSIM_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS = 12, TABLE_ROWS = 256, CELL_LENGTH = 80 };

/* The first column holds names: left-aligned, shortened when the table is too wide. Others are
 * right-aligned; when even short names do not help, columns are left out, the highest `drop` first
 * (0 = never). A tight column stands one blank behind the one before it. */
typedef struct {
    const char *title[TABLE_COLUMNS];
    int drop[TABLE_COLUMNS];
    bool tight[TABLE_COLUMNS];
    int n_columns, n_rows;
    size_t name_at_least;         /* cells that a name keeps before columns are left out; 0 = 12 */
    size_t name_at_most;          /* longer names are shortened even where there is room; 0 = 32 */
    const char *name[TABLE_ROWS]; /* borrowed */
    bool section[TABLE_ROWS];     /* a line of its own: only its name is printed */
    char cell[TABLE_ROWS][TABLE_COLUMNS][CELL_LENGTH];
} table_text_t;

/* False when memory is out. `bold` before and `plain` after a title line; "" for none. */
bool table_print(const table_text_t *t, int width, const char *bold, const char *plain, FILE *to);

#endif
