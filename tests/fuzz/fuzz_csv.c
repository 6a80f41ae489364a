/* fuzz_csv.c -- any bytes as a CSV file: no crash, every place inside the file, every problem told; and
 * what is read, written with everything in quotes and read again, is the same. */
#include "sim/config/csv_table.h"
#include "tests/fuzz/scenario_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_csv_place(place_t at)
{
    if (at.line < 1 || at.column < 1 || at.width < 1 || !at.file) abort();
}

/* A field in quotes, its own quotes doubled. */
static void field_write(FILE *to, const char *text, size_t length, bool first)
{
    fputs(first ? "\"" : ",\"", to);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') putc('"', to);
        putc(text[i], to);
    }
    putc('"', to);
}

static void rows_write(FILE *to, csv_reader_t *r)
{
    const csv_field_t *f;
    for (size_t c = 0; c < csv_columns(r); c++) {
        check_csv_place(csv_name_place(r, c));
        field_write(to, csv_name(r, c), strlen(csv_name(r, c)), c == 0);
    }
    putc('\n', to);
    while ((f = csv_next(r))) {
        for (size_t c = 0; c < csv_columns(r); c++) {
            if (f[c].length > CSV_FIELD_BYTES) abort();
            check_csv_place(csv_place(r, c));
            field_write(to, f[c].text, f[c].length, c == 0);
        }
        putc('\n', to);
    }
}

/* Everything in quotes; NULL if the file is not sound. `sound`: it must be. */
static char *rewritten(const char *text, size_t size, char separator, bool sound, size_t *length)
{
    char *out = NULL;
    csv_reader_t *r = NULL;
    error_t err = {""};
    csv_options_t options = {.separator = separator};
    diagnostics_t *d = diagnostics_new();
    FILE *to = open_memstream(&out, length);
    if (!d || !to) abort();
    status_t status = csv_open_text(&r, text, size, "fuzz.csv", &options, d, &err);
    if (status == OK) {
        rows_write(to, r);
        status = csv_status(r);
    }
    fclose(to);
    if (status == ERR_INVALID && !diagnostics_errors(d)) abort();
    if (diagnostics_errors(d)) status = ERR_INVALID;
    check_told(d, status);
    if (sound && status != OK) abort();
    csv_close(r);
    diagnostics_free(d);
    if (status == OK) return out;
    free(out);
    return NULL;
}

static void check_table(const char *text, size_t size)
{
    static const csv_request_t everything = {.others = CSV_AUTO};
    csv_table_t t = {0};
    csv_reader_t *r = NULL;
    error_t err = {""};
    diagnostics_t *d = diagnostics_new();
    status_t status = csv_open_text(&r, text, size, "fuzz.csv", NULL, d, &err);
    if (status == OK) status = csv_table_from(&t, r, &everything, d, &err);
    check_told(d, status);
    for (size_t c = 0; status == OK && c < t.n_columns; c++) {
        size_t missing = 0;
        for (size_t i = 0; i < t.n_rows; i++) {
            bool none = t.column[c].kind == CSV_NUMBER
                            ? isnan(csv_number(&t.column[c], i))
                            : csv_code(&t.column[c], i) == CSV_MISSING_CODE;
            missing += none;
        }
        if (missing != t.column[c].n_missing) abort();
    }
    csv_table_free(&t);
    csv_close(r);
    diagnostics_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t length, again_length;
    char *once = rewritten(text, size, '\0', false, &length);
    if (once) {
        char *again = rewritten(once, length, ',', true, &again_length);
        if (again_length != length || memcmp(once, again, length)) abort();
        free(again);
    }
    free(once);
    check_table(text, size);
    return 0;
}
