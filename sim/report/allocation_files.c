/* allocation_files.c -- the tables of a result folder. */
#include "sim/report/allocation.h"
#include "sim/report/assumptions.h"
#include "sim/report/csv.h"
#include "sim/report/folder.h"
#include "sim/report/provenance.h"
#include "sim/report/publish.h"

#include <math.h>

/* A column is one row: its name, unit and meaning, which columns.csv repeats; its values follow by its index. */
typedef struct {
    const char *name, *unit, *meaning;
} file_column_t;

enum { FILE_COLUMNS = 24, CURVE_ROWS = 101 };
/* Columns with a unit are numbers, the others words. */
typedef struct {
    const char *text[FILE_COLUMNS];
    double value[FILE_COLUMNS];
    char words[HOLD_LENGTH];
} file_row_t;

typedef struct {
    const char *file;
    const file_column_t *column;
    int columns;
    int (*rows)(const allocation_study_t *s);
    void (*row)(const allocation_study_t *s, int k, file_row_t *out);
} file_table_t;

static int cells_of(const allocation_study_t *s)
{
    return s->problem.n;
}

/* --- allocation.csv: a row a cell ----------------------------------------------------------------- */

enum {
    CELL_NAME,
    CELL_BASE_SPEND,
    CELL_SPEND,
    CELL_SPEND_LO,
    CELL_SPEND_HI,
    CELL_CHANGE,
    CELL_MIN,
    CELL_MAX,
    CELL_BASE_RESPONSE,
    CELL_RESPONSE,
    CELL_MARGINAL,
    CELL_LIMITED_BY,
    CELL_SHADOW_PRICE,
    CELL_WORTH_KNOWING,
    CELL_BASE_MARGINAL,
    CELL_BREAK_EVEN,
    CELL_COLUMNS
};
static const file_column_t cell_columns[CELL_COLUMNS] = {
    [CELL_NAME] = {"cell", "", "what money is moved between"},
    [CELL_BASE_SPEND] = {"base_spend", "currency",
                         "spend of the split it is compared with: today's"},
    [CELL_SPEND] = {"spend", "currency", "recommended"},
    [CELL_SPEND_LO] = {"spend_lo", "currency",
                       "low end of the best spends over draws of the curves"},
    [CELL_SPEND_HI] = {"spend_hi", "currency", "their high end"},
    [CELL_CHANGE] = {"change", "currency", "spend - base_spend"},
    [CELL_MIN] = {"min", "currency", "the least that limits allow"},
    [CELL_MAX] = {"max", "currency", "the most that limits allow; empty = any"},
    [CELL_BASE_RESPONSE] = {"base_response", "response", "what base_spend brings"},
    [CELL_RESPONSE] = {"response", "response", "what spend brings"},
    [CELL_MARGINAL] = {"marginal", "response per currency", "what the next unit of money brings"},
    [CELL_LIMITED_BY] = {"limited_by", "", "what holds the cell where it is"},
    [CELL_SHADOW_PRICE] = {"shadow_price", "response per currency",
                           "what it brings to widen the cell's limit by one unit of money"},
    [CELL_WORTH_KNOWING] = {"worth_knowing", "response",
                            "what it would bring on average to know the cell's curve exactly"},
    [CELL_BASE_MARGINAL] = {"base_marginal", "response per currency",
                            "what the next unit of money brings at base_spend"},
    [CELL_BREAK_EVEN] =
        {"break_even", "response per currency",
         "marginal at which the next unit of money earns itself back; empty where a "
         "response has no price"},
};

static void cell_row(const allocation_study_t *s, int i, file_row_t *out)
{
    const cell_t *cell = &s->problem.cell[i];
    const solution_t *x = &s->outcome.best;
    double *v = out->value;
    held_write(s, i, out->words);
    out->text[CELL_NAME] = cell->name;
    out->text[CELL_LIMITED_BY] = out->words;
    v[CELL_BASE_SPEND] = s->base.spend[i];
    v[CELL_SPEND] = x->spend[i];
    v[CELL_SPEND_LO] = s->spend[i].lo;
    v[CELL_SPEND_HI] = s->spend[i].hi;
    v[CELL_CHANGE] = x->spend[i] - s->base.spend[i];
    v[CELL_MIN] = cell->low;
    v[CELL_MAX] = cell->high;
    v[CELL_BASE_RESPONSE] = s->base.response[i];
    v[CELL_RESPONSE] = x->response[i];
    v[CELL_MARGINAL] = x->marginal[i];
    v[CELL_SHADOW_PRICE] = x->shadow[i];
    v[CELL_WORTH_KNOWING] = s->uncertain ? s->worth[i] : NAN;
    v[CELL_BASE_MARGINAL] = s->base.marginal[i];
    v[CELL_BREAK_EVEN] = study_break_even(s);
}

/* --- frontier.csv: a row a budget ----------------------------------------------------------------- */

enum {
    BUDGET_BUDGET,
    BUDGET_SPEND,
    BUDGET_RESPONSE,
    BUDGET_RESPONSE_LO,
    BUDGET_RESPONSE_HI,
    BUDGET_MARGINAL,
    BUDGET_P_TARGET,
    BUDGET_COLUMNS
};
static const file_column_t budget_columns[BUDGET_COLUMNS] = {
    [BUDGET_BUDGET] = {"budget", "currency", "money that may be spent, split best"},
    [BUDGET_SPEND] = {"spend", "currency", "money that finds a use"},
    [BUDGET_RESPONSE] = {"response", "response", "expected"},
    [BUDGET_RESPONSE_LO] = {"response_lo", "response", "low end of its range"},
    [BUDGET_RESPONSE_HI] = {"response_hi", "response", "high end of its range"},
    [BUDGET_MARGINAL] = {"marginal", "response per currency", "what the next unit of money brings"},
    [BUDGET_P_TARGET] = {"p_target", "0..1", "chance that the target is met; empty = no target"},
};

static int budgets_of(const allocation_study_t *s)
{
    return s->n_frontier;
}

static void budget_row(const allocation_study_t *s, int k, file_row_t *out)
{
    const frontier_point_t *f = &s->frontier[k];
    double *v = out->value;
    v[BUDGET_BUDGET] = f->budget;
    v[BUDGET_SPEND] = f->spend;
    v[BUDGET_RESPONSE] = f->response;
    v[BUDGET_RESPONSE_LO] = f->range.lo;
    v[BUDGET_RESPONSE_HI] = f->range.hi;
    v[BUDGET_MARGINAL] = f->marginal;
    v[BUDGET_P_TARGET] = f->p_target;
}

/* --- curves.csv: points of every cell's curve ------------------------------------------------------ */

enum {
    CURVE_CELL,
    CURVE_SPEND,
    CURVE_RESPONSE,
    CURVE_MARGINAL,
    CURVE_RESPONSE_LO,
    CURVE_RESPONSE_HI,
    CURVE_COLUMNS
};
static const file_column_t curve_columns[CURVE_COLUMNS] = {
    [CURVE_CELL] = {"cell", "", "whose curve"},
    [CURVE_SPEND] = {"spend", "currency", "of the cell"},
    [CURVE_RESPONSE] = {"response", "response", "expected"},
    [CURVE_MARGINAL] = {"marginal", "response per currency", "what the next unit of money brings"},
    [CURVE_RESPONSE_LO] = {"response_lo", "response",
                           "low end over draws of the curve; empty = it is certain"},
    [CURVE_RESPONSE_HI] = {"response_hi", "response", "high end"},
};

/* Up to where curves are shown: what the cell may spend, at most twice what is spent in all. */
static double curve_top(const allocation_study_t *s, int i)
{
    double most = 2 * fmax(s->outcome.best.total_spend, s->base.total_spend);
    return fmin(s->problem.cell[i].high, most);
}

static int points_of_curve(const allocation_study_t *s)
{
    return s->problem.periods > 1 ? (CURVE_ROWS - 1) / 4 + 1 : CURVE_ROWS;
}

static int points_of(const allocation_study_t *s)
{
    return s->problem.n * points_of_curve(s);
}

static void curve_row(const allocation_study_t *s, int k, file_row_t *out)
{
    int points = points_of_curve(s), i = k / points;
    const cell_t *cell = &s->problem.cell[i];
    double x = curve_top(s, i) * (k % points) / (points - 1), *v = out->value;
    spread_over_t band = study_curve_band(s, i, x);
    out->text[CURVE_CELL] = cell->name;
    v[CURVE_SPEND] = x;
    v[CURVE_RESPONSE] = s->scale * cell_response(&s->problem, cell, x, NULL);
    v[CURVE_MARGINAL] = s->scale * cell_slope(&s->problem, cell, x);
    v[CURVE_RESPONSE_LO] = band.lo;
    v[CURVE_RESPONSE_HI] = band.hi;
}

/* --- waterfall.csv: from what today's split brings to what the recommended one does ------------------ */

enum { STEP_NAME, STEP_KIND, STEP_FROM, STEP_TO, STEP_CHANGE, STEP_COLUMNS };
static const file_column_t step_columns[STEP_COLUMNS] = {
    [STEP_NAME] = {"step", "", "today's split, a cell, what cells share, the recommended split"},
    [STEP_KIND] = {"kind", "", "base, cell, shared or recommended"},
    [STEP_FROM] = {"from", "response", "before the step; 0 for the two splits"},
    [STEP_TO] = {"to", "response", "after it"},
    [STEP_CHANGE] = {"change", "response", "to - from"},
};

static int steps_of(const allocation_study_t *s)
{
    return s->problem.n + 3;
}

static void step_row(const allocation_study_t *s, int k, file_row_t *out)
{
    const solution_t *x = &s->outcome.best, *base = &s->base;
    int n = s->problem.n, cell = k - 1;
    double from = base->total_response, change = 0;
    for (int i = 0; i < n && i <= cell; i++) {
        from += change;
        change = x->response[i] - base->response[i];
    }
    if (k == n + 1) {
        from += change;
        change = x->total_response - from;
    }
    bool whole = k == 0 || k == n + 2;
    if (whole) {
        from = 0;
        change = k ? x->total_response : base->total_response;
    }
    out->text[STEP_NAME] = k == 0       ? s->base_kind == BASE_CURRENT ? "today" : "even split"
                           : k <= n     ? s->problem.cell[cell].name
                           : k == n + 1 ? "shared by cells"
                                        : "recommended";
    out->text[STEP_KIND] = k == 0       ? "base"
                           : k <= n     ? "cell"
                           : k == n + 1 ? "shared"
                                        : "recommended";
    out->value[STEP_FROM] = from;
    out->value[STEP_TO] = from + change;
    out->value[STEP_CHANGE] = change;
}

/* --- schedule.csv: spends by period ------------------------------------------------------------------ */

enum { SCHEDULE_CELL, SCHEDULE_PERIOD, SCHEDULE_SPEND, SCHEDULE_COLUMNS };
static const file_column_t schedule_columns[SCHEDULE_COLUMNS] = {
    [SCHEDULE_CELL] = {"cell", "", "whose money"},
    [SCHEDULE_PERIOD] = {"period", "1, 2, ...", "in time order"},
    [SCHEDULE_SPEND] = {"spend", "currency", "in the period"},
};

static int spends_of(const allocation_study_t *s)
{
    return s->problem.periods > 1 ? s->problem.n * s->problem.periods : 0;
}

static void schedule_row(const allocation_study_t *s, int k, file_row_t *out)
{
    int i = k / s->problem.periods, t = k % s->problem.periods;
    out->text[SCHEDULE_CELL] = s->problem.cell[i].name;
    out->value[SCHEDULE_PERIOD] = t + 1;
    out->value[SCHEDULE_SPEND] = s->plan[i].spend[t];
}

/* --- all of them -------------------------------------------------------------------------------------- */

static const file_table_t tables[] = {
    {"allocation.csv", cell_columns, CELL_COLUMNS, cells_of, cell_row},
    {"frontier.csv", budget_columns, BUDGET_COLUMNS, budgets_of, budget_row},
    {"curves.csv", curve_columns, CURVE_COLUMNS, points_of, curve_row},
    {"waterfall.csv", step_columns, STEP_COLUMNS, steps_of, step_row},
    {"schedule.csv", schedule_columns, SCHEDULE_COLUMNS, spends_of, schedule_row},
};
enum { TABLES = sizeof tables / sizeof *tables };

static void write_table(const file_table_t *t, const allocation_study_t *s, FILE *to)
{
    csv_t c = {.to = to};
    for (int k = 0; k < t->columns; k++) csv_text(&c, t->column[k].name);
    csv_end(&c);
    for (int i = 0; i < t->rows(s); i++) {
        file_row_t row;
        t->row(s, i, &row);
        for (int k = 0; k < t->columns; k++)
            if (*t->column[k].unit)
                csv_real(&c, row.value[k]);
            else
                csv_text(&c, row.text[k]);
        csv_end(&c);
    }
}

/* What every column of the others means. */
static void write_dictionary(const allocation_study_t *s, FILE *to)
{
    csv_t c = {.to = to};
    for (const char *const *title =
             (const char *const[]){"file", "column", "unit", "meaning", NULL};
         *title; title++)
        csv_text(&c, *title);
    csv_end(&c);
    for (size_t i = 0; i < TABLES; i++)
        for (int k = 0; k < tables[i].columns && tables[i].rows(s); k++) {
            const file_column_t *column = &tables[i].column[k];
            csv_text(&c, tables[i].file);
            csv_text(&c, column->name);
            csv_text(&c, column->unit);
            csv_text(&c, column->meaning);
            csv_end(&c);
        }
}

static status_t write_resolved(const allocation_report_t *r, folder_t *f, error_t *err)
{
    FILE *to;
    status_t st = folder_open(f, "resolved.yaml", &to, err);
    if (st == OK) st = loaded_write_resolved(r->loaded, to, err);
    return st == OK ? folder_close(f, err) : st;
}

static status_t write_all(const allocation_report_t *r, folder_t *f, error_t *err)
{
    static const char *const json[] = {"allocation.json", "summary.json"};
    const allocation_study_t *s = r->study;
    status_t st = OK;
    FILE *to;
    for (size_t i = 0; st == OK && i < TABLES; i++) {
        if (!tables[i].rows(s)) continue;
        st = folder_open(f, tables[i].file, &to, err);
        if (st == OK) write_table(&tables[i], s, to);
        if (st == OK) st = folder_close(f, err);
    }
    if (st == OK) st = folder_open(f, "columns.csv", &to, err);
    if (st == OK) write_dictionary(s, to);
    if (st == OK) st = folder_close(f, err);
    for (size_t i = 0; st == OK && i < sizeof json / sizeof *json; i++) {
        st = folder_open(f, json[i], &to, err);
        if (st == OK) st = allocation_json(r, to, err);
        if (st == OK) st = folder_close(f, err);
    }
    if (st == OK) st = values_write(f, r->loaded, err);
    if (st == OK) st = write_resolved(r, f, err);
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
