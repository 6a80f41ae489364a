/* allocation_files.c -- the tables of a result folder. */
#include "sim/report/allocation.h"
#include "sim/report/csv.h"
#include "sim/report/folder.h"
#include "sim/report/provenance.h"
#include "sim/report/publish.h"

#include <math.h>

enum { CURVE_ROWS = 101 };

static void header(csv_t *c, const char *const *name)
{
    for (; *name; name++) csv_text(c, *name);
    csv_end(c);
}
#define HEADER(c, ...) header(c, (const char *const[]){__VA_ARGS__, NULL})

static status_t write_cells(const allocation_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const allocation_study_t *s = r->study;
    const solution_t *x = &s->outcome.best;
    csv_t c = {.to = to};
    HEADER(&c, "cell", "base_spend", "spend", "spend_lo", "spend_hi", "change", "min", "max",
           "base_response", "response", "marginal", "limited_by", "shadow_price", "worth_knowing");
    for (int i = 0; i < s->problem.n; i++) {
        const cell_t *cell = &s->problem.cell[i];
        char held[HOLD_LENGTH];
        held_write(s, i, held);
        csv_text(&c, cell->name);
        csv_real(&c, s->base.spend[i]);
        csv_real(&c, x->spend[i]);
        csv_real(&c, s->spend[i].lo);
        csv_real(&c, s->spend[i].hi);
        csv_real(&c, x->spend[i] - s->base.spend[i]);
        csv_real(&c, cell->low);
        csv_real(&c, cell->high);
        csv_real(&c, s->base.response[i]);
        csv_real(&c, x->response[i]);
        csv_real(&c, x->marginal[i]);
        csv_text(&c, held);
        csv_real(&c, x->shadow[i]);
        csv_real(&c, s->uncertain ? s->worth[i] : NAN);
        csv_end(&c);
    }
    return OK;
}

static status_t write_frontier(const allocation_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const allocation_study_t *s = r->study;
    csv_t c = {.to = to};
    HEADER(&c, "budget", "spend", "response", "response_lo", "response_hi", "marginal");
    for (int k = 0; k < s->n_frontier; k++) {
        const frontier_point_t *f = &s->frontier[k];
        csv_real(&c, f->budget);
        csv_real(&c, f->spend);
        csv_real(&c, f->response);
        csv_real(&c, f->range.lo);
        csv_real(&c, f->range.hi);
        csv_real(&c, f->marginal);
        csv_end(&c);
    }
    return OK;
}

/* Up to where curves are shown: what the cell may spend, at most twice what is spent in all. */
static double curve_top(const allocation_study_t *s, int i)
{
    double most = 2 * fmax(s->outcome.best.total_spend, s->base.total_spend);
    return fmin(s->problem.cell[i].high, most);
}

static status_t write_curves(const allocation_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const allocation_study_t *s = r->study;
    csv_t c = {.to = to};
    int rows = s->problem.periods > 1 ? (CURVE_ROWS - 1) / 4 + 1 : CURVE_ROWS;
    HEADER(&c, "cell", "spend", "response", "marginal");
    for (int i = 0; i < s->problem.n; i++)
        for (int k = 0; k < rows; k++) {
            const cell_t *cell = &s->problem.cell[i];
            double x = curve_top(s, i) * k / (rows - 1);
            csv_text(&c, cell->name);
            csv_real(&c, x);
            csv_real(&c, cell_response(&s->problem, cell, x, NULL));
            csv_real(&c, cell_slope(&s->problem, cell, x));
            csv_end(&c);
        }
    return OK;
}

static status_t write_schedule(const allocation_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const allocation_study_t *s = r->study;
    csv_t c = {.to = to};
    HEADER(&c, "cell", "period", "spend");
    for (int i = 0; i < s->problem.n; i++)
        for (int t = 0; t < s->problem.periods; t++) {
            csv_text(&c, s->problem.cell[i].name);
            csv_real(&c, t + 1);
            csv_real(&c, s->plan[i].spend[t]);
            csv_end(&c);
        }
    return OK;
}

static const struct {
    const char *name;
    status_t (*write)(const allocation_report_t *r, FILE *to, error_t *err);
} files[] = {
    {"allocation.csv", write_cells},      {"frontier.csv", write_frontier},
    {"curves.csv", write_curves},         {"schedule.csv", write_schedule},
    {"allocation.json", allocation_json}, {"summary.json", allocation_json},
};

static status_t write_all(const allocation_report_t *r, folder_t *f, error_t *err)
{
    status_t st = OK;
    FILE *to;
    for (size_t i = 0; st == OK && i < sizeof files / sizeof *files; i++) {
        if (files[i].write == write_schedule && r->study->problem.periods == 1) continue;
        st = folder_open(f, files[i].name, &to, err);
        if (st == OK) st = files[i].write(r, to, err);
        if (st == OK) st = folder_close(f, err);
    }
    if (st == OK) st = publish_into(f, r->figures, err);
    if (st == OK) st = folder_open(f, "run.json", &to, err);
    if (st == OK) st = provenance_write(&r->provenance, r->loaded, f, NULL, to, err);
    return st == OK ? folder_close(f, err) : st;
}

status_t allocation_write(const allocation_report_t *r, const char *target, size_t *n, error_t *err)
{
    folder_t f;
    status_t st = folder_begin(&f, target, err);
    if (st != OK) return st;
    return folder_end(&f, write_all(r, &f, err), n, err);
}
