/* csv.c -- fields, separated and quoted. */
#include "sim/report/csv.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void separate(csv_t *c)
{
    if (c->fields++) fputc(',', c->to);
}

/* A number, perhaps in percent, is one in a spreadsheet too. */
static bool is_number(const char *text)
{
    char *end;
    double x = strtod(text, &end);
    return end != text && isfinite(x) && (!*end || !strcmp(end, "%"));
}

/* Would a spreadsheet take it for a formula? By = + - @, as wide ones (U+FF1D, FF0B, FF0D, FF20) too, or by a
 * tab or line end before them (OWASP, CSV injection). */
static bool is_formula(const char *text)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"};
    if (strchr("\t\r\n", *text) && *text) return true;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (!strncmp(text, wide[i], 3)) return true;
    return *text && strchr("=+-@", *text) && !is_number(text);
}

void csv_text(csv_t *c, const char *text)
{
    separate(c);
    if (!text) return;
    bool formula = is_formula(text);
    if (!formula && !strpbrk(text, ",\"\r\n")) {
        fputs(text, c->to);
        return;
    }
    fputs(formula ? "\"'" : "\"", c->to);
    for (; *text; text++) {
        if (*text == '"') fputc('"', c->to);
        fputc(*text, c->to);
    }
    fputc('"', c->to);
}

const char *csv_plain(const char *field)
{
    return *field == '\'' && is_formula(field + 1) ? field + 1 : field;
}

void csv_real(csv_t *c, double x)
{
    separate(c);
    if (!isfinite(x)) return;
    x += 0.0; /* no negative zero */
    if (x == floor(x) && fabs(x) < 1e15)
        fprintf(c->to, "%.0f", x);
    else
        fprintf(c->to, "%.10g", x);
}

void csv_end(csv_t *c)
{
    fputc('\n', c->to);
    c->fields = 0;
}
