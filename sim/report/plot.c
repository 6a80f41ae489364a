/* plot.c -- rows and blocks of a .dat file. */
#include "sim/report/plot.h"

#include "sim/report/figures.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

static FILE *body(plot_t *p)
{
    if (!p->to && !p->failed) p->to = open_memstream(&p->text, &p->length);
    if (!p->to) p->failed = true;
    return p->to;
}

void plot_free(plot_t *p)
{
    if (p->to) fclose(p->to);
    free(p->text);
    *p = (plot_t){0};
}

void plot_columns(plot_t *p, const char *const *name)
{
    FILE *to = body(p);
    p->block = 1;
    for (p->columns = 0; to && name[p->columns] && p->columns < PLOT_COLUMNS; p->columns++)
        fprintf(to, "%s%s", p->columns ? "\t" : "# ", name[p->columns]);
    if (to) fputc('\n', to);
}

/* The tab before a field that is not the first of its row. */
static FILE *next_field(plot_t *p)
{
    FILE *to = body(p);
    if (to && p->at++) fputc('\t', to);
    return to;
}

void plot_number(plot_t *p, double x)
{
    FILE *to = next_field(p);
    if (to) fprintf(to, isfinite(x) ? "%.10g" : "NaN", x + 0.0);
}

void plot_text(plot_t *p, const char *text, size_t most_cells)
{
    int column = p->at;
    FILE *to = next_field(p);
    if (!to) return;
    size_t cells = text_cells(text);
    if (most_cells && cells > most_cells) cells = most_cells;
    if (p->block == 1 && column < PLOT_COLUMNS && cells > p->cells[column])
        p->cells[column] = cells;
    if (!figure_text(to, text, most_cells)) p->failed = true;
}

void plot_label(plot_t *p, const char *format, ...)
{
    char text[256];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    plot_text(p, text, 0);
}

void plot_end(plot_t *p)
{
    FILE *to = body(p);
    if (to) fputc('\n', to);
    p->at = 0;
    p->rows += p->block == 1;
}

void plot_share_of(plot_t *p, int row, int column, const char *of, const char *in,
                   size_t most_cells, double share)
{
    plot_number(p, column);
    plot_number(p, row);
    plot_text(p, of, most_cells);
    plot_text(p, in, most_cells);
    plot_number(p, 100 * share);
    plot_number(p, isnan(share) ? -1 : share);
    if (isnan(share))
        plot_text(p, "", 0);
    else
        plot_label(p, share > 0 && share < 0.005 ? "<1" : "%.0f", 100 * share);
    plot_end(p);
}

void plot_block(plot_t *p)
{
    FILE *to = body(p);
    if (!to) return;
    if (p->block++ == 1) p->table = ftell(to);
    fputs("\n\n", to);
}

/* --- blocks that help to draw ---------------------------------------------------------------------- */

/* 1, 2, 2.5 or 5 times a power of ten, so that there are four to seven steps. */
static double round_step(double span)
{
    static const double step[] = {1, 2, 2.5, 5, 10};
    double power = pow(10, floor(log10(span / 5)));
    for (size_t k = 0; k < sizeof step / sizeof *step; k++)
        if (span / (step[k] * power) <= 6.5) return step[k] * power;
    return 10 * power;
}

/* As all numbers of an axis: in the unit of the largest. */
static void axis_label(double x, double largest, char out[AMOUNT_LENGTH])
{
    static const struct {
        double from, unit;
        const char *suffix;
    } units[] = {{1e12, 1, ""}, {1e9, 1e9, " B"}, {1e6, 1e6, " M"}};
    for (size_t k = 0; k < sizeof units / sizeof *units; k++)
        if (largest >= units[k].from * 0.9995) {
            snprintf(out, AMOUNT_LENGTH, "%.4g%s", x / units[k].unit, x ? units[k].suffix : "");
            return;
        }
    if (largest >= 1e3)
        snprintf(out, AMOUNT_LENGTH, "%s", amount_whole(x).text);
    else
        snprintf(out, AMOUNT_LENGTH, "%.4g", x);
}

static void axis(plot_t *p, double least, double most, bool within)
{
    plot_block(p);
    double span = most - least;
    if (!(span > 0) || !isfinite(span)) span = 1;
    double step = round_step(span);
    double first = within ? ceil(least / step - 1e-9) : floor(least / step + 1e-9),
           last = within ? floor((least + span) / step + 1e-9) : ceil((least + span) / step - 1e-9);
    for (double k = first; k < last + 0.5; k++) {
        char text[AMOUNT_LENGTH];
        axis_label(k * step, fmax(fabs(least), fabs(most)), text);
        plot_number(p, k * step);
        plot_text(p, text, 0);
        plot_number(p, (double)text_cells(text));
        plot_end(p);
    }
}

void plot_axis(plot_t *p, double least, double most)
{
    axis(p, least, most, false);
}

void plot_axis_within(plot_t *p, double least, double most)
{
    axis(p, least, most, true);
}

static int upwards(const void *a, const void *b)
{
    double x = ((const line_end_t *)a)->y, y = ((const line_end_t *)b)->y;
    return (x > y) - (x < y);
}

/* So many labels stand on top of each other along an axis. */
static const double LABELS_HIGH = 16;

/* Labels are pushed up off each other, then the whole of a heap back down by half its push, not below zero; at last
 * those that would stand above the axis are pushed below its end. */
static void spread(line_end_t *end, size_t n, double most)
{
    double height = most / LABELS_HIGH;
    for (size_t i = 0; i < n;) {
        size_t last = i;
        end[i].at = end[i].y;
        while (last + 1 < n && end[last + 1].y < end[last].at + height) {
            end[last + 1].at = end[last].at + height;
            last++;
        }
        double push = (end[last].at - end[last].y) / 2, floor_at = i ? end[i - 1].at + height : 0;
        if (end[i].at - push < floor_at) push = end[i].at - floor_at;
        for (; i <= last; i++) end[i].at -= push;
    }
    for (size_t i = n; i-- > 0; most = end[i].at - height) end[i].at = fmin(end[i].at, most);
}

void plot_line_ends(plot_t *p, line_end_t *end, size_t n, double most)
{
    plot_block(p);
    qsort(end, n, sizeof *end, upwards);
    spread(end, n, most);
    for (size_t i = 0; i < n; i++) {
        plot_number(p, end[i].line);
        plot_number(p, end[i].x);
        plot_number(p, end[i].y);
        plot_number(p, end[i].at);
        plot_text(p, end[i].text, 0);
        plot_number(p, (double)text_cells(end[i].text));
        plot_end(p);
    }
}

/* --- the file ------------------------------------------------------------------------------------- */

static void write_widths(const plot_t *p, FILE *to)
{
    fputs("\n\n", to);
    for (int k = 0; k < p->columns; k++) fprintf(to, "%s%zu", k ? "\t" : "", p->cells[k]);
    fputc('\n', to);
}

status_t plot_write(const plot_t *p, FILE *to, error_t *err)
{
    bool fine = p->to && !p->failed && !fflush(p->to) && !ferror(p->to) &&
                figure_head(to, p->title, p->note);
    if (!fine) return fail_memory(err, "a figure");
    size_t table = p->block > 1 ? (size_t)p->table : p->length;
    fwrite(p->text, 1, table, to);
    write_widths(p, to);
    fwrite(p->text + table, 1, p->length - table, to);
    return OK;
}
