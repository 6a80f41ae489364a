/* table.c -- widths, what to leave out, printing. */
#include "sim/report/table.h"

#include "sim/report/text.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2, NAME_AT_LEAST = 12, NAME_AT_MOST = 32 };

typedef struct {
    size_t width[TABLE_COLUMNS];
    bool shown[TABLE_COLUMNS];
} layout_t;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t gap(const table_text_t *t, int column)
{
    return t->tight[column] ? 1 : GAP;
}

static layout_t natural_layout(const table_text_t *t)
{
    layout_t l = {{0}, {0}};
    for (int c = 0; c < t->n_columns; c++) {
        l.shown[c] = true;
        l.width[c] = text_cells(t->title[c]);
        for (int r = 0; r < t->n_rows; r++)
            if (!t->section[r])
                l.width[c] = larger(l.width[c], text_cells(c ? t->cell[r][c] : t->name[r]));
    }
    size_t most = t->name_at_most ? t->name_at_most : NAME_AT_MOST;
    if (l.width[0] > most) l.width[0] = most;
    return l;
}

static size_t total_width(const table_text_t *t, const layout_t *l)
{
    size_t total = GAP + l->width[0];
    for (int c = 1; c < t->n_columns; c++)
        if (l->shown[c]) total += gap(t, c) + l->width[c];
    return total;
}

static void drop_one(const table_text_t *t, layout_t *l)
{
    int worst = 0;
    for (int c = 1; c < t->n_columns; c++)
        if (l->shown[c] && t->drop[c] > t->drop[worst]) worst = c;
    if (worst) l->shown[worst] = false;
}

static bool can_drop(const table_text_t *t, const layout_t *l)
{
    for (int c = 1; c < t->n_columns; c++)
        if (l->shown[c] && t->drop[c] > 0) return true;
    return false;
}

static layout_t fit(const table_text_t *t, size_t width)
{
    layout_t l = natural_layout(t);
    size_t least = t->name_at_least ? t->name_at_least : NAME_AT_LEAST;
    for (;;) {
        size_t total = total_width(t, &l);
        size_t spare = l.width[0] > least ? l.width[0] - least : 0;
        if (total <= width) return l;
        if (total - width <= spare) {
            l.width[0] -= total - width;
            return l;
        }
        if (!can_drop(t, &l)) {
            l.width[0] -= spare;
            return l;
        }
        drop_one(t, &l);
    }
}

static void spaces(size_t n, FILE *to)
{
    while (n--) fputc(' ', to);
}

/* A line of cells; the last one is not followed by blanks. */
static bool print_line(const table_text_t *t, const layout_t *l, const char *name,
                       const char *const cell[TABLE_COLUMNS], FILE *to)
{
    char *fitted = text_fit(name, l->width[0]);
    if (!fitted) return false;
    spaces(*fitted ? GAP : 0, to);
    fputs(fitted, to);
    size_t owed = l->width[0] - text_cells(fitted) + (*fitted ? 0 : GAP);
    free(fitted);
    for (int c = 1; c < t->n_columns; c++) {
        if (!l->shown[c]) continue;
        owed += gap(t, c) + l->width[c] - text_cells(cell[c]);
        if (!cell[c][0]) continue;
        spaces(owed, to);
        fputs(cell[c], to);
        owed = 0;
    }
    fputc('\n', to);
    return true;
}

bool table_print(const table_text_t *t, int width, const char *bold, const char *plain, FILE *to)
{
    layout_t l = fit(t, width > 0 ? (size_t)width : 0);
    fputs(bold, to);
    bool fine = print_line(t, &l, t->title[0], t->title, to);
    fputs(plain, to);
    for (int r = 0; fine && r < t->n_rows; r++) {
        if (t->section[r]) {
            fprintf(to, "%s\n", t->name[r]);
            continue;
        }
        const char *cell[TABLE_COLUMNS];
        for (int c = 0; c < t->n_columns; c++) cell[c] = t->cell[r][c];
        fine = print_line(t, &l, t->name[r], cell, to);
    }
    return fine;
}
