/* actuals.c -- columns by the words of ads managers, numbers as exports write them. */
#include "sim/config/actuals.h"

#include "sim/config/characters.h"
#include "sim/config/csv_reader.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- headings ------------------------------------------------------------------------------------ */

enum { WORD = 80 };

/* Meta, Google, LinkedIn, TikTok. The first word of a row that a file has is taken: link clicks before all clicks. */
static const char *const names[] = {
    "ad_set_name",   "ad_set", "adset_name",    "adset",    "ad_group",
    "ad_group_name", "name",   "campaign_name", "campaign", NULL};
static const struct {
    const char *column;
    const char *const word[12];
} synonyms[] = {
    {"spend", {"spend", "amount_spent", "cost", "total_spent", "total_cost", "spent", NULL}},
    {"impressions", {"impressions", "impr", "impression", NULL}},
    {"reach",
     {"reach", "accounts_centre_accounts_reached", "people_reached", "unique_users", NULL}},
    {"clicks", {"link_clicks", "clicks", "destination_clicks", "outbound_clicks", NULL}},
    {"conversions",
     {"conversions", "purchases", "website_purchases", "total_conversions", "conversions_all",
      "orders", NULL}},
    {"revenue",
     {"revenue", "purchases_conversion_value", "website_purchases_conversion_value",
      "conversion_value", "conv_value", "total_conversion_value", "purchase_value", NULL}},
};
enum { SYNONYMS = sizeof synonyms / sizeof *synonyms };

/* "Amount spent (USD)" and "amount-spent" read amount_spent. */
static void heading_word(const char *heading, char out[WORD])
{
    size_t n = 0;
    for (; *heading && *heading != '(' && n + 1 < WORD; heading++) {
        bool letter = isalnum((unsigned char)*heading) || (unsigned char)*heading >= 0x80;
        if (letter)
            out[n++] = (char)tolower((unsigned char)*heading);
        else if (n && out[n - 1] != '_')
            out[n++] = '_';
    }
    while (n && out[n - 1] == '_') n--;
    out[n] = 0;
}

/* The column of the file that has the first of these words; -1. */
static int heading_find(const csv_reader_t *r, const char *const *word)
{
    for (; *word; word++)
        for (size_t i = 0; i < csv_columns(r); i++) {
            char read[WORD];
            heading_word(csv_name(r, i), read);
            if (!strcmp(read, *word)) return (int)i;
        }
    return -1;
}

/* Which column of the file each metric is; -1 = none. */
static void headings_take(const csv_reader_t *r, int of[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++) {
        const char *own[] = {columns[c].name, NULL};
        of[c] = heading_find(r, own);
    }
    for (int k = 0; k < SYNONYMS; k++)
        of[column_find(synonyms[k].column)] = heading_find(r, synonyms[k].word);
}

/* --- numbers ------------------------------------------------------------------------------------- */

/* Digits in groups of three behind the first separator, 12,345 or 1.234.567, and no zero in front. */
static bool is_grouped(const char *text, char separator)
{
    const char *at = strchr(text, separator);
    if (!at || at == text || at - text > 3 || *text == '0') return false;
    while (*at == separator) {
        if (strspn(at + 1, "0123456789") < 3) return false;
        at += 4;
        if (isdigit((unsigned char)*at)) return false;
    }
    return true;
}

static void take_away(char *text, char c)
{
    char *to = text;
    for (; *text; text++)
        if (*text != c) *to++ = *text;
    *to = 0;
}

/* The text with a decimal point and no other separators. Of , and . the last is the decimal one. Alone, one that parts
 * groups of three is for thousands; one point alone only in numbers that are counted or paid, which have no three
 * digits behind it. */
static void separators_resolve(char *text, bool counted)
{
    char *comma = strrchr(text, ','), *point = strrchr(text, '.');
    bool decimal_comma = comma && (point ? comma > point : !is_grouped(text, ','));
    if (!decimal_comma) {
        take_away(text, ',');
        bool several = point && strchr(text, '.') != strrchr(text, '.');
        if (point && !comma && (several || counted) && is_grouped(text, '.')) take_away(text, '.');
        return;
    }
    take_away(text, '.');
    comma = strrchr(text, ',');
    if (comma) *comma = '.';
}

/* Bytes of what may stand around the digits: blanks, also wide ones, and signs of currencies. */
static size_t ornament(const char *text)
{
    static const char *const known[] = {" ",
                                        "$",
                                        "\xc2\xa0",
                                        "\xc2\xa3",
                                        "\xc2\xa5",
                                        "\xe2\x82\xac",
                                        "\xe2\x80\xaf",
                                        "\xe2\x82\xb9",
                                        "'"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strncmp(text, known[i], strlen(known[i]))) return strlen(known[i]);
    return 0;
}

double actual_number(const char *text, size_t length, bool counted, bool *missing)
{
    enum { DIGITS = 64 };
    static const char *const none[] = {"", "-", "--", "\xe2\x80\x94", "\xe2\x80\x93", "n/a", "na"};
    char given[DIGITS], kept[DIGITS];
    size_t n = 0;
    *missing = false;
    if (length >= DIGITS) return NAN;
    memcpy(given, text, length);
    given[length] = 0;
    for (const char *at = given; *at;) {
        size_t skip = ornament(at);
        if (!skip) kept[n++] = (char)tolower((unsigned char)*at);
        at += skip ? skip : 1;
    }
    kept[n] = 0;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (!strcmp(kept, none[i])) return *missing = true, NAN;
    bool percent = n && kept[n - 1] == '%';
    if (percent) kept[n - 1] = 0;
    if (strspn(kept, "0123456789+-.,") != strlen(kept)) return NAN;
    separators_resolve(kept, counted);
    char *end;
    double x = strtod(kept, &end);
    if (end == kept || *end || !isfinite(x)) return NAN;
    return percent ? x / 100 : x;
}

/* --- rows ---------------------------------------------------------------------------------------- */

static bool can_be_added(int column)
{
    const column_t *c = &columns[column];
    return !c->denominator.n && c->unit != UNIT_PEOPLE && c->unit != UNIT_RATIO &&
           c->unit != UNIT_PERCENT;
}

static bool is_total(const char *name)
{
    static const char *const words[] = {"total", "totals", "results from", "grand total"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (!strncasecmp(name, words[i], n) && strchr(": ", name[n])) return true;
    }
    return false;
}

static actual_t *row_of(actuals_t *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (!strcmp(a->row[i].name, name)) return &a->row[i];
    actual_t *more = realloc(a->row, (a->n + 1) * sizeof *more);
    if (!more) return NULL;
    a->row = more;
    actual_t *row = &a->row[a->n];
    *row = (actual_t){.name = strdup(name)};
    if (!row->name) return NULL;
    for (int c = 0; c < COLUMNS; c++) row->value[c] = NAN;
    a->n++;
    return row;
}

/* The rows read so far and where they come from. */
typedef struct {
    csv_reader_t *csv;
    diagnostics_t *d;
    int name, of[COLUMNS];
} reading_t;

static void value_add(const reading_t *g, actual_t *row, int column, csv_field_t field)
{
    bool missing;
    unit_t unit = columns[column].unit;
    bool counted = unit == UNIT_COUNT || unit == UNIT_PEOPLE || unit == UNIT_MONEY;
    double x = actual_number(field.text, field.length, counted, &missing);
    if (missing) return;
    if (isnan(x) || x < 0) {
        char text[64];
        snprintf(text, sizeof text, "%.*s", (int)(field.length < 60 ? field.length : 60),
                 field.text);
        complain(g->d, SEVERITY_ERROR, csv_place(g->csv, (size_t)g->of[column]),
                 "write it as 1234.5", "'%s' must be a number of 0 or more, got '%s'",
                 shown(csv_name(g->csv, (size_t)g->of[column])).text, shown(text).text);
        return;
    }
    double *sum = &row->value[column];
    if (row->rows == 1)
        *sum = x;
    else
        *sum = can_be_added(column) ? (isnan(*sum) ? x : *sum + x) : NAN;
}

static status_t rows_read(actuals_t *a, const reading_t *g, error_t *err)
{
    for (const csv_field_t *f; (f = csv_next(g->csv));) {
        char name[512];
        csv_field_t field = f[g->name];
        snprintf(name, sizeof name, "%.*s", (int)(field.length < 511 ? field.length : 511),
                 field.text);
        if (!*name || is_total(name)) {
            a->left_out++;
            continue;
        }
        actual_t *row = row_of(a, name);
        if (!row) return fail_memory(err, "the actuals");
        if (!row->rows++) row->line = (unsigned long)csv_line(g->csv);
        for (int c = 0; c < COLUMNS; c++)
            if (g->of[c] >= 0) value_add(g, row, c, f[g->of[c]]);
    }
    return csv_status(g->csv);
}

static status_t headings_read(actuals_t *a, reading_t *g, error_t *err)
{
    int found = 0;
    g->name = heading_find(g->csv, names);
    headings_take(g->csv, g->of);
    for (int c = 0; c < COLUMNS; c++) {
        a->has[c] = g->of[c] >= 0;
        if (!a->has[c]) continue;
        found++;
        a->heading[c] = strdup(csv_name(g->csv, (size_t)g->of[c]));
        if (!a->heading[c]) return fail_memory(err, "the actuals");
    }
    if (g->name < 0)
        complain(g->d, SEVERITY_ERROR, csv_name_place(g->csv, 0),
                 "head it 'Ad set name', 'Ad group' or 'name'",
                 "no column says which ad set a row is about");
    if (!found)
        complain(g->d, SEVERITY_ERROR, csv_name_place(g->csv, 0),
                 "such as 'Amount spent', 'Impressions', 'Reach', 'Link clicks', 'Results'",
                 "no column has what was paid or came of it");
    return g->name < 0 || !found ? ERR_INVALID : OK;
}

status_t actuals_read(actuals_t *a, const char *path, diagnostics_t *d, error_t *err)
{
    reading_t g = {.d = d};
    *a = (actuals_t){0};
    size_t before = diagnostics_errors(d);
    const csv_options_t options = {.n_missing = 0};
    status_t st = csv_open(&g.csv, path, NULL, &options, d, err);
    if (st == OK) st = headings_read(a, &g, err);
    if (st == OK) st = rows_read(a, &g, err);
    if (st == OK && diagnostics_errors(d) > before) st = ERR_INVALID;
    if (st == OK && !a->n) {
        complain(d, SEVERITY_ERROR, csv_name_place(g.csv, 0), NULL, "it has no rows of ad sets");
        st = ERR_INVALID;
    }
    csv_close(g.csv);
    return st;
}

void actuals_free(actuals_t *a)
{
    for (size_t i = 0; i < a->n; i++) free(a->row[i].name);
    for (int c = 0; c < COLUMNS; c++) free(a->heading[c]);
    free(a->row);
    *a = (actuals_t){0};
}

const actual_t *actuals_find(const actuals_t *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (!strcmp(a->row[i].name, name)) return &a->row[i];
    return NULL;
}

/* --- what follows -------------------------------------------------------------------------------- */

void actual_derive(actual_t *row)
{
    static const struct {
        const char *column, *above, *below;
        double times;
    } ratios[] = {
        {"cpm", "spend", "impressions", 1000},
        {"ctr", "clicks", "impressions", 1},
        {"cpc", "spend", "clicks", 1},
        {"cvr", "conversions", "clicks", 1},
        {"cpa", "spend", "conversions", 1},
        {"roas", "revenue", "spend", 1},
        {"frequency", "impressions", "reach", 1},
    };
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++) {
        double *x = &row->value[column_find(ratios[i].column)];
        double above = row->value[column_find(ratios[i].above)],
               below = row->value[column_find(ratios[i].below)];
        if (isnan(*x) && below > 0) *x = ratios[i].times * above / below;
    }
}

actual_t actuals_sum(const actuals_t *a)
{
    actual_t sum = {.name = NULL};
    for (int c = 0; c < COLUMNS; c++) {
        sum.value[c] = can_be_added(c) && a->has[c] ? 0 : NAN;
        for (size_t i = 0; i < a->n; i++) sum.value[c] += a->row[i].value[c];
        sum.rows += c ? 0 : (int)a->n;
    }
    actual_derive(&sum);
    return sum;
}
