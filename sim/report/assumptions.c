/* assumptions.c -- where the values of a scenario come from: counted, and as tables. */
#include "sim/report/assumptions.h"

#include "sim/report/csv.h"
#include "sim/report/report.h"

size_t report_assumptions(const loaded_t *loaded)
{
    size_t n, assumed = 0;
    const resolved_t *value = loaded_values(loaded, &n);
    for (size_t i = 0; i < n; i++) assumed += value[i].origin == ORIGIN_ASSUMPTION;
    return assumed;
}

const char *const origin_words[] = {[ORIGIN_GIVEN] = "given",
                                    [ORIGIN_DEFAULT] = "default",
                                    [ORIGIN_ASSUMPTION] = "assumption",
                                    [ORIGIN_PRESET] = "preset",
                                    [ORIGIN_SET] = "set"};

bool is_given(origin_t origin)
{
    return origin == ORIGIN_GIVEN || origin == ORIGIN_SET;
}

const char *const value_fields[VALUE_FIELDS] = {"key", "value", "unit", "origin", "source"};

void value_row(csv_t *c, const char *const field[VALUE_FIELDS])
{
    for (int k = 0; k < VALUE_FIELDS; k++) csv_text(c, field[k]);
    csv_end(c);
}

static void values_csv(const loaded_t *loaded, bool given, FILE *to)
{
    size_t n;
    const resolved_t *value = loaded_values(loaded, &n);
    csv_t c = {.to = to};
    value_row(&c, value_fields);
    for (size_t i = 0; i < n; i++) {
        const resolved_t *v = &value[i];
        if (is_given(v->origin) == given)
            value_row(&c, (const char *const[]){v->path, v->value, v->unit, origin_words[v->origin],
                                                v->source});
    }
}

void assumptions_csv(const loaded_t *loaded, FILE *to)
{
    values_csv(loaded, false, to);
}

void given_csv(const loaded_t *loaded, FILE *to)
{
    values_csv(loaded, true, to);
}

status_t values_write(folder_t *f, const loaded_t *loaded, error_t *err)
{
    FILE *to;
    status_t st = folder_open(f, "assumptions.csv", &to, err);
    if (st == OK) assumptions_csv(loaded, to);
    if (st == OK) st = folder_close(f, err);
    if (st == OK) st = folder_open(f, "given.csv", &to, err);
    if (st == OK) given_csv(loaded, to);
    return st == OK ? folder_close(f, err) : st;
}
