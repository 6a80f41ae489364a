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

static const char *const origin_word[] = {[ORIGIN_GIVEN] = "given",
                                          [ORIGIN_DEFAULT] = "default",
                                          [ORIGIN_ASSUMPTION] = "assumption",
                                          [ORIGIN_PRESET] = "preset",
                                          [ORIGIN_SET] = "set"};

static void values_csv(const loaded_t *loaded, bool given, FILE *to)
{
    static const char *const heading[] = {"key", "value", "unit", "origin", "source"};
    size_t n;
    const resolved_t *value = loaded_values(loaded, &n);
    csv_t c = {.to = to};
    for (size_t i = 0; i < sizeof heading / sizeof *heading; i++) csv_text(&c, heading[i]);
    csv_end(&c);
    for (size_t i = 0; i < n; i++) {
        if ((value[i].origin == ORIGIN_GIVEN || value[i].origin == ORIGIN_SET) != given) continue;
        csv_text(&c, value[i].path);
        csv_text(&c, value[i].value);
        csv_text(&c, value[i].unit);
        csv_text(&c, origin_word[value[i].origin]);
        csv_text(&c, value[i].source);
        csv_end(&c);
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
