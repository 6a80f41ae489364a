/* csv.c -- fields, separated and quoted. */
#include "sim/report/csv.h"

#include <math.h>
#include <string.h>

static void separate(csv_t *c)
{
    if (c->fields++) fputc(',', c->to);
}

void csv_text(csv_t *c, const char *text)
{
    separate(c);
    if (!text) return;
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, c->to);
        return;
    }
    fputc('"', c->to);
    for (; *text; text++) {
        if (*text == '"') fputc('"', c->to);
        fputc(*text, c->to);
    }
    fputc('"', c->to);
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
