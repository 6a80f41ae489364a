/* document_parts.c -- what pages are made of: values, terms, tiles, ranges, dots, tables. */
#include "sim/report/document_parts.h"

#include "sim/metrics/columns.h"

#include <math.h>
#include <string.h>

const char *scenario_of(const document_t *d)
{
    const json_t *files = json_object_get(results_summary(d->results), "files");
    const char *of_file = json_string_value(json_object_get(json_array_get(files, 0), "scenario"));
    const char *own = results_text(d->results, "scenario");
    return own[0] || !of_file ? own : of_file;
}

/* --- values -------------------------------------------------------------------------------------- */

static double number_of(const json_t *object, const char *key)
{
    const json_t *x = json_object_get(object, key);
    return json_is_number(x) ? json_number_value(x) : NAN;
}

value_t value_of(const json_t *scope, const char *metric)
{
    const json_t *x = json_object_get(scope, metric);
    return (value_t){number_of(x, "mean"), number_of(x, "lo"), number_of(x, "hi"),
                     number_of(x, "level")};
}

value_t value_between(double mean, double lo, double hi)
{
    return (value_t){mean, lo, hi, NAN};
}

amount_t column_amount(const char *metric, double x)
{
    int c = metric ? column_find(metric) : -1;
    if (c < 0) return amount(x);
    switch (columns[c].unit) {
    case UNIT_PEOPLE: return amount_people(x);
    case UNIT_MONEY: return amount_money(x);
    case UNIT_RATIO: return amount_ratio(x);
    case UNIT_PERCENT: return amount_percent(x / 100);
    default: return amount(x);
    }
}

amount_t column_step(const char *metric, double x)
{
    amount_t out, size = column_amount(metric, fabs(x));
    bool nothing = isnan(x) || strspn(size.text, "0. %") == strlen(size.text);
    snprintf(out.text, sizeof out.text, "%s%.28s",
             nothing ? ""
             : x > 0 ? "+"
                     : "\xe2\x88\x92",
             size.text);
    return out;
}

void column_range(const char *metric, value_t x, char out[RANGE_LENGTH])
{
    out[0] = 0;
    if (isnan(x.lo) || isnan(x.hi)) return;
    const char *between = x.lo < 0 || x.hi < 0 ? " to " : "\xe2\x80\x93";
    snprintf(out, RANGE_LENGTH, "%s%s%s", column_amount(metric, x.lo).text, between,
             column_amount(metric, x.hi).text);
}

amount_t level_words(value_t x)
{
    amount_t out = {"range"};
    if (!isnan(x.level)) snprintf(out.text, sizeof out.text, "%.0f %% range", 100 * x.level);
    return out;
}

const char *column_label(const char *metric)
{
    int c = column_find(metric);
    return c < 0 ? metric : columns[c].label;
}

const char *column_heading(const char *metric)
{
    return strcmp(metric, "incremental_conversions") ? column_label(metric) : "caused";
}

const char *chance_words(double share)
{
    static const struct {
        double below;
        const char *words;
    } scale[] = {
        {0.05, "Very unlikely"},        {0.2, "Unlikely"},
        {0.45, "Less likely than not"}, {0.55, "As likely as not"},
        {0.8, "More likely than not"},  {0.95, "Likely"},
    };
    for (size_t i = 0; i < sizeof scale / sizeof *scale; i++)
        if (share < scale[i].below) return scale[i].words;
    return "Very likely";
}

/* --- text ---------------------------------------------------------------------------------------- */

static void note_use(document_t *d, const char *name)
{
    for (size_t i = 0; i < d->n_terms; i++)
        if (!strcmp(d->term[i].name, name)) d->defined[i] = true;
}

void put_term(document_t *d, const char *term, const char *words)
{
    glossary_term_t found;
    char target[96];
    if (!term || !glossary_find(term, &found)) {
        html_text(&d->html, words);
        return;
    }
    note_use(d, found.name);
    snprintf(target, sizeof target, "#term-%s", found.name);
    html_line(&d->html, words, "a", "class", "term", "href", target, "title", found.meaning);
}

void put_name(document_t *d, const char *name, int order)
{
    static const char *const colour[] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    enum { COLOURS = sizeof colour / sizeof *colour };
    char class[32];
    if (order >= 0) {
        snprintf(class, sizeof class, "swatch %s%s", colour[order % COLOURS],
                 order >= COLOURS ? " again" : "");
        html_line(&d->html, "", "i", "class", class, "aria-hidden", "true");
    }
    html_name(&d->html, name);
}

void put_command(document_t *d, const char *command)
{
    html_open(&d->html, "pre", "class", "command");
    html_line(&d->html, command, "code");
    html_close(&d->html);
}

/* --- blocks -------------------------------------------------------------------------------------- */

void open_section(document_t *d, const char *id, const char *title, bool printed)
{
    char heading[80];
    snprintf(heading, sizeof heading, "%s-heading", id);
    html_open(&d->html, "section", "id", id, "class", printed ? "part" : "part screen",
              "aria-labelledby", heading);
    html_line(&d->html, title, "h2", "id", heading);
}

void open_tiles(document_t *d)
{
    html_open(&d->html, "ul", "class", "tiles");
}

void put_tile(document_t *d, const tile_t *t)
{
    html_t *h = &d->html;
    char range[RANGE_LENGTH];
    html_open(h, "li");
    html_open(h, "p", "class", "label");
    put_term(d, t->term, t->title);
    html_close(h);
    html_open(h, "p", "class", "value");
    html_text(h, t->value);
    if (t->unit) {
        html_text(h, " ");
        html_line(h, t->unit, "small");
    }
    html_close(h);
    column_range(t->metric, t->range, range);
    if (range[0]) {
        double top = fmax(t->range.hi, isnan(t->mark) ? t->range.hi : t->mark);
        html_open(h, "p", "class", "range");
        html_textf(h, "%s ", level_words(t->range).text);
        html_line(h, range, "span", "class", "nowrap");
        html_close(h);
        put_range(d, t->range, fmin(0, 1.1 * t->range.lo), fmax(0, 1.1 * top), t->mark);
    }
    if (t->note) html_line(h, t->note, "p", "class", "note");
    html_close(h);
}

/* Places on a scale that is RANGE_WIDTH wide. */
enum { RANGE_WIDTH = 160, RANGE_HEIGHT = 16 };
static amount_t place_of(double x, double low, double high)
{
    amount_t out;
    double share = high > low ? (x - low) / (high - low) : 0;
    snprintf(out.text, sizeof out.text, "%.1f", 3 + (RANGE_WIDTH - 6) * fmin(fmax(share, 0), 1));
    return out;
}

static void put_stroke(html_t *h, const char *class, amount_t from, amount_t to, int top,
                       int bottom)
{
    char y1[16], y2[16];
    snprintf(y1, sizeof y1, "%d", top);
    snprintf(y2, sizeof y2, "%d", bottom);
    html_empty(h, "line", "class", class, "x1", from.text, "x2", to.text, "y1", y1, "y2", y2);
    html_as_it_is(h, "</line>");
}

void put_range(document_t *d, value_t x, double low, double high, double mark)
{
    html_t *h = &d->html;
    enum { MIDDLE = RANGE_HEIGHT / 2 };
    if (isnan(x.mean) || isnan(x.lo) || isnan(x.hi)) return;
    amount_t mean = place_of(x.mean, low, high), zero = place_of(0, low, high);
    html_open(h, "svg", "class", "range", "viewBox", "0 0 160 16", "aria-hidden", "true");
    put_stroke(h, "scale", place_of(low, low, high), place_of(high, low, high), MIDDLE, MIDDLE);
    put_stroke(h, "zero", zero, zero, 4, 12);
    put_stroke(h, "spread", place_of(x.lo, low, high), place_of(x.hi, low, high), MIDDLE, MIDDLE);
    if (!isnan(mark))
        put_stroke(h, "mark", place_of(mark, low, high), place_of(mark, low, high), 1, 15);
    html_empty(h, "circle", "class", "mean", "cx", mean.text, "cy", "8", "r", "3.2");
    html_as_it_is(h, "</circle>");
    html_close(h);
}

void put_dots(document_t *d, int full, const char *told)
{
    enum { ACROSS = 25, STEP = 20 };
    html_t *h = &d->html;
    html_open(h, "svg", "class", "dots", "viewBox", "0 0 500 40", "role", "img", "aria-label",
              told);
    for (int i = 0; i < DOTS; i++) {
        char x[16], y[16], wait[32];
        snprintf(x, sizeof x, "%d", STEP / 2 + STEP * (i % ACROSS));
        snprintf(y, sizeof y, "%d", STEP / 2 + STEP * (i / ACROSS));
        snprintf(wait, sizeof wait, "--i:%d", i);
        html_empty(h, "circle", "class", i < full ? "full" : "hollow", "cx", x, "cy", y, "r", "7",
                   "style", wait);
        html_as_it_is(h, "</circle>");
    }
    html_close(h);
}

/* --- tables -------------------------------------------------------------------------------------- */

void open_table(document_t *d, const char *caption, const heading_t *heading, size_t n,
                bool sortable)
{
    html_t *h = &d->html;
    char id[32];
    snprintf(id, sizeof id, "table-%d", ++d->frames);
    html_open(h, "div", "class", "frame", "role", "region", "aria-labelledby", id, "tabindex", "0");
    html_open(h, "table", "class", sortable ? "sortable" : "plain");
    html_line(h, caption, "caption", "id", id);
    html_open(h, "thead");
    html_open(h, "tr");
    for (size_t i = 0; i < n; i++) {
        html_open(h, "th", "scope", "col", "class", heading[i].number ? "number" : "text");
        put_term(d, heading[i].term, heading[i].title);
        html_close(h);
    }
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
}

void close_table(document_t *d)
{
    for (int i = 0; i < 3; i++) html_close(&d->html); /* tbody, table, frame */
}

void row_name(document_t *d, const char *name, int order)
{
    html_open(&d->html, "th", "scope", "row");
    put_name(d, name, order);
    html_close(&d->html);
}

void cell_text(document_t *d, const char *text)
{
    html_line(&d->html, text, "td");
}

void cell_amount(document_t *d, amount_t text, double x)
{
    char number[32] = "";
    if (isfinite(x)) snprintf(number, sizeof number, "%.9g", x);
    html_line(&d->html, text.text, "td", "class", "number", "data-value", number);
}

void cell_value(document_t *d, const char *metric, value_t x)
{
    html_t *h = &d->html;
    char number[32] = "", range[RANGE_LENGTH];
    if (isfinite(x.mean)) snprintf(number, sizeof number, "%.9g", x.mean);
    column_range(metric, x, range);
    html_open(h, "td", "class", "number", "data-value", number);
    html_text(h, column_amount(metric, x.mean).text);
    if (range[0]) {
        html_open(h, "small");
        html_textf(h, " (%s)", range);
        html_close(h);
    }
    html_close(h);
}
