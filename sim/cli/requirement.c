/* requirement.c -- reads "P(METRIC >= X) >= Y". */
#include "sim/cli/requirement.h"

#include "models/base/nearest.h"
#include "sim/metrics/columns.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void skip_blanks(const char **at)
{
    while (**at == ' ') (*at)++;
}

static bool eat(const char **at, const char *word)
{
    skip_blanks(at);
    if (strncmp(*at, word, strlen(word)) != 0) return false;
    *at += strlen(word);
    return true;
}

static bool read_number(const char **at, double *out)
{
    char *end;
    skip_blanks(at);
    if (!isdigit((unsigned char)**at) && !strchr("+-.", **at)) return false;
    *out = strtod(*at, &end);
    if (end == *at || !isfinite(*out)) return false;
    *at = end;
    if (eat(at, "%")) *out /= 100;
    return true;
}

static bool read_metric(const char **at, int *column, char why[160])
{
    char name[64];
    size_t n = 0;
    skip_blanks(at);
    while ((isalnum((unsigned char)**at) || **at == '_') && n + 1 < sizeof name)
        name[n++] = *(*at)++;
    name[n] = 0;
    *column = column_find(name);
    if (*column >= 0) return true;
    const char *names[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) names[c] = columns[c].name;
    const char *near = nearest_name(name, names, COLUMNS);
    if (near)
        snprintf(why, 160, "unknown metric '%s'; did you mean '%s'?", name, near);
    else
        snprintf(why, 160, "unknown metric '%s'", name);
    return false;
}

/* [NAME], if it is there; false with why. */
static bool read_plan(const char **at, char plan[PLAN_NAME], char why[160])
{
    plan[0] = 0;
    if (!eat(at, "[")) return true;
    const char *end = strchr(*at, ']');
    size_t n = end ? (size_t)(end - *at) : 0;
    if (!n || n >= PLAN_NAME) {
        snprintf(why, 160, "a plan is written in brackets: roas[video]");
        return false;
    }
    memcpy(plan, *at, n);
    plan[n] = 0;
    *at = end + 1;
    return true;
}

/* What stands on the other side: a number, `best`, or the same metric of another plan. */
static bool read_other_side(const char **at, requirement_t *r, char why[160])
{
    if (read_number(at, &r->threshold)) return true;
    r->best = eat(at, "best");
    if (r->best && r->plan[0]) return true;
    int column = -1;
    if (r->best || !read_metric(at, &column, why) || !read_plan(at, r->rival, why)) return false;
    if (column == r->column && r->plan[0] && r->rival[0]) return true;
    snprintf(why, 160, "compare a metric with itself: roas[video]>=roas[current]");
    return false;
}

bool requirement_parse(const char *text, requirement_t *out, char why[160])
{
    snprintf(why, 160, "write it like 'P(roas>=1.3)>=0.75'");
    *out = (requirement_t){.column = -1};
    if (!eat(&text, "P") || !eat(&text, "(")) return false;
    if (!read_metric(&text, &out->column, why) || !read_plan(&text, out->plan, why)) return false;
    out->at_most = eat(&text, "<=");
    if (!out->at_most && !eat(&text, ">=")) return false;
    if (!read_other_side(&text, out, why) || !eat(&text, ")") || !eat(&text, ">=") ||
        !read_number(&text, &out->at_least))
        return false;
    skip_blanks(&text);
    if (*text) return false;
    if (out->at_least >= 0 && out->at_least <= 1) return true;
    snprintf(why, 160, "a probability lies in 0..1, not %g", out->at_least);
    return false;
}
