/* table.c -- writes the file once, reads it as often as asked. */
#include "tests/bench/table.h"

#include "sim/config/csv_table.h"
#include "sim/config/load_population.h"
#include "tests/bench/timing.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t chance(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void write_row(FILE *to, int i, uint32_t *s)
{
    static const char *const state[] = {"CA", "TX", "NY", "FL"};
    static const char *const education[] = {"no college", "some college", "college"};
    fprintf(to, "%d,%.4f,%u,%s,%s,%u,%s", i, 0.5 + chance(s) % 10000 / 5000.0, 18 + chance(s) % 70,
            chance(s) & 1 ? "female" : "male", state[chance(s) % 4], chance(s) % 150000,
            education[chance(s) % 3]);
    for (int k = 0; k < 8; k++) fprintf(to, ",%d", chance(s) % 3 == 0);
    fprintf(to, ",%s,%s,%s,%.2f,\"a, \"\"b\"\" %u\"\n", chance(s) & 1 ? "yes" : "no",
            chance(s) & 1 ? "yes" : "no", chance(s) % 10 ? "no" : "NA", chance(s) % 100000 / 100.0,
            chance(s) % 50);
}

static void write_population(FILE *to, const char *csv)
{
    const char *slash = strrchr(csv, '/');
    fprintf(to,
            "csv: %s\nweight: weight\nsize: 250M\ncolumns:\n"
            "  sex: attribute\n  age: age\n  state: attribute\n  education: attribute\n",
            slash ? slash + 1 : csv);
    for (int k = 0; k < 8; k++) fprintf(to, "  interest%d: interest\n", k);
    fputs("  fb: {as: platform, name: facebook}\n  ig: {as: platform, name: instagram}\n"
          "  bought: {as: customers, missing: no}\n",
          to);
}

int table_write(const char *file)
{
    char path[300], yaml[300];
    uint32_t s = 1;
    snprintf(path, sizeof path, "%s.csv", file);
    snprintf(yaml, sizeof yaml, "%s.yaml", file);
    FILE *csv = fopen(path, "w"), *population = fopen(yaml, "w");
    if (csv) {
        fputs("id,weight,age,sex,state,income,education", csv);
        for (int k = 0; k < 8; k++) fprintf(csv, ",interest%d", k);
        fputs(",fb,ig,bought,spend,note\n", csv);
        for (int i = 0; i < TABLE_ROWS; i++) write_row(csv, i, &s);
    }
    if (population) write_population(population, path);
    int failed = !csv || !population;
    if (csv) failed |= fclose(csv);
    if (population) failed |= fclose(population);
    return failed;
}

double table_columns_seconds(const char *file)
{
    static const csv_request_t everything = {.others = CSV_AUTO};
    char path[300];
    error_t err;
    csv_table_t t = {0};
    diagnostics_t *d = diagnostics_new();
    snprintf(path, sizeof path, "%s.csv", file);
    double began = seconds_wall();
    status_t status = csv_table_read(&t, path, NULL, &everything, d, &err);
    double seconds = seconds_wall() - began;
    bool fine = status == OK && t.n_rows == TABLE_ROWS && t.n_columns == TABLE_COLUMNS;
    csv_table_free(&t);
    diagnostics_free(d);
    return fine ? seconds : 0;
}

double table_people_seconds(const char *file)
{
    char path[300];
    error_t err;
    bool unreadable;
    snprintf(path, sizeof path, "%s.yaml", file);
    diagnostics_t *d = diagnostics_new();
    document_t *doc = document_read(path, d, &unreadable);
    double began = seconds_wall();
    population_spec_t *spec = doc ? population_load(document_root(doc), d, &err) : NULL;
    double seconds = seconds_wall() - began;
    if (spec) population_spec_free(spec);
    free(spec);
    document_free(doc);
    diagnostics_free(d);
    return spec ? seconds : 0;
}
