/* whatif_page.c -- what other budgets would bring, for a reader with scripts and for one without. */
#include "sim/report/whatif_page.h"

#include "sim/report/json.h"
#include "sim/report/whatif_files.h"

#include <errno.h>
#include <math.h>
#include <nettle/base64.h>
#include <stdlib.h>
#include <string.h>

static const char CURVES[] = "response_curve.csv", MODEL[] = "whatif.json";

bool has_whatif(const document_t *d)
{
    return results_has(d->results, CURVES);
}

/* ---- response curves ---- */

/* Who has a budget: rows `first` to `end` of the table. */
typedef struct {
    const char *name;
    size_t first, end;
} curve_t;

enum { CURVES_MOST = 64 };
typedef struct {
    const result_table_t *table;
    size_t n;
    curve_t curve[CURVES_MOST];
    double most_spend, most_caused;
} curves_t;

static curves_t find_curves(const result_table_t *t)
{
    curves_t c = {.table = t};
    for (size_t row = 0; row < t->rows; row++) {
        const char *name = result_text_of(t, row, "changed");
        if (!strcmp(result_text_of(t, row, "scope"), "plan")) continue;
        bool next = !c.n || c.curve[c.n - 1].end != row || strcmp(name, c.curve[c.n - 1].name);
        if (next && c.n == CURVES_MOST) break;
        if (next) c.curve[c.n++] = (curve_t){name, row, row};
        c.curve[c.n - 1].end = row + 1;
        c.most_spend = fmax(c.most_spend, result_number_of(t, row, "spend"));
        c.most_caused = fmax(c.most_caused, result_number_of(t, row, "incremental_conversions"));
    }
    return c;
}

/* The drawing, in its own units. */
enum { WIDTH = 760, HEIGHT = 400, LEFT = 70, RIGHT = 600, TOP = 28, BOTTOM = 350 };

static double x_at(const curves_t *c, double spend)
{
    return LEFT + (RIGHT - LEFT) * spend / c->most_spend;
}
static double y_at(const curves_t *c, double caused)
{
    return BOTTOM - (BOTTOM - TOP) * fmax(0, caused) / c->most_caused;
}

typedef struct {
    char text[24];
} coordinate_t;
static coordinate_t coordinate(double x)
{
    coordinate_t c;
    snprintf(c.text, sizeof c.text, "%.1f", x);
    return c;
}

/* An element without content: SVG wants its end. */
#define draw(h, ...)                                                                               \
    do {                                                                                           \
        html_open(h, __VA_ARGS__);                                                                 \
        html_close(h);                                                                             \
    } while (0)

/* 1, 2 or 5 times a power of ten: about five steps up to `most`. */
static double round_step(double most)
{
    double unit = pow(10, floor(log10(most / 5)));
    double times = most / 5 / unit;
    return unit * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1);
}

static void draw_axes(html_t *h, const curves_t *c, const char *currency)
{
    double step = round_step(c->most_caused);
    for (double y = 0; y <= c->most_caused; y += step) {
        draw(h, "line", "class", y > 0 ? "grid" : "axis", "x1", coordinate(LEFT).text, "x2",
             coordinate(RIGHT).text, "y1", coordinate(y_at(c, y)).text, "y2",
             coordinate(y_at(c, y)).text);
        html_line(h, amount_any(y).text, "text", "x", coordinate(LEFT - 8).text, "y",
                  coordinate(y_at(c, y) + 4).text, "text-anchor", "end");
    }
    step = round_step(c->most_spend);
    for (double x = 0; x <= c->most_spend; x += step)
        html_line(h, amount_money(x).text, "text", "x", coordinate(x_at(c, x)).text, "y",
                  coordinate(BOTTOM + 20).text, "text-anchor", "middle");
    html_line(h, "Conversions caused", "text", "x", "0", "y", coordinate(TOP - 8).text);
    html_open(h, "text", "x", coordinate((LEFT + RIGHT) / 2.0).text, "y",
              coordinate(BOTTOM + 42).text, "text-anchor", "middle");
    html_textf(h, "Spend, %.8s", currency);
    html_close(h);
}

/* Names at the ends of their lines, none on top of another: each at least so far below the one above it. */
static void place_names(const curves_t *c, double y[CURVES_MOST])
{
    static const double LINE = 17;
    size_t order[CURVES_MOST];
    for (size_t i = 0; i < c->n; i++) {
        y[i] = y_at(c, result_number_of(c->table, c->curve[i].end - 1, "incremental_conversions"));
        size_t k = i;
        for (; k > 0 && y[order[k - 1]] > y[i]; k--) order[k] = order[k - 1];
        order[k] = i;
    }
    for (size_t k = 1; k < c->n; k++) y[order[k]] = fmax(y[order[k]], y[order[k - 1]] + LINE);
    double over = c->n ? y[order[c->n - 1]] - BOTTOM : 0;
    for (size_t k = c->n; over > 0 && k-- > 0;) {
        double most = k + 1 < c->n ? y[order[k + 1]] - LINE : BOTTOM;
        y[order[k]] = fmin(y[order[k]], most);
    }
}

static void draw_curve(html_t *h, const curves_t *c, size_t i, double name_at)
{
    const curve_t *curve = &c->curve[i];
    char class[32], path[1024] = "";
    size_t length = 0;
    double x = 0, y = 0;
    snprintf(class, sizeof class, "c%zu%s", i % 8, i >= 8 ? " again" : "");
    html_open(h, "g", "class", class);
    for (size_t row = curve->first; row < curve->end && length < sizeof path - 32; row++) {
        x = x_at(c, result_number_of(c->table, row, "spend"));
        y = y_at(c, result_number_of(c->table, row, "incremental_conversions"));
        length += (size_t)snprintf(path + length, sizeof path - length, "%s%.1f %.1f",
                                   row == curve->first ? "M" : "L", x, y);
    }
    draw(h, "path", "class", "curve", "d", path);
    for (size_t row = curve->first; row < curve->end; row++)
        if (result_number_of(c->table, row, "multiple") == 1)
            draw(h, "circle", "class", "now", "r", "5", "cx",
                 coordinate(x_at(c, result_number_of(c->table, row, "spend"))).text, "cy",
                 coordinate(y_at(c, result_number_of(c->table, row, "incremental_conversions")))
                     .text);
    snprintf(path, sizeof path, "M%.1f %.1fL%d %.1f", x + 3, y, RIGHT + 8, name_at);
    draw(h, "path", "class", "grid", "fill", "none", "d", path);
    html_line(h, curve->name, "text", "class", "name", "x", coordinate(RIGHT + 12).text, "y",
              coordinate(name_at + 4).text);
    html_close(h);
}

static void draw_curves(document_t *d, const curves_t *c)
{
    html_t *h = &d->html;
    double name_at[CURVES_MOST];
    char box[64];
    if (!(c->most_spend > 0) || !(c->most_caused > 0)) return;
    snprintf(box, sizeof box, "0 0 %d %d", WIDTH, HEIGHT);
    html_open(h, "div", "class", "canvas");
    html_open(h, "svg", "class", "curves", "viewBox", box, "role", "img", "aria-label",
              "Conversions caused by spend, a line for each budget; the table below has the "
              "numbers");
    draw_axes(h, c, d->currency);
    place_names(c, name_at);
    for (size_t i = 0; i < c->n; i++) draw_curve(h, c, i, name_at[i]);
    html_close(h);
    html_close(h);
}

/* ---- the next money ---- */

static size_t row_of_now(const curves_t *c, size_t i)
{
    for (size_t row = c->curve[i].first; row < c->curve[i].end; row++)
        if (result_number_of(c->table, row, "multiple") == 1) return row;
    return c->curve[i].first;
}

/* The finding: where the next money causes most, and where least, as far as the errors tell them apart. */
static void write_finding(document_t *d, const curves_t *c)
{
    html_t *h = &d->html;
    size_t best = CURVES_MOST, worst = CURVES_MOST;
    double most = -INFINITY, least = INFINITY, error = 0;
    for (size_t i = 0; i < c->n; i++) {
        double x = result_number_of(c->table, row_of_now(c, i), "marginal_roas");
        if (isnan(x)) continue;
        if (x > most) most = x, best = i;
        if (x < least) least = x, worst = i;
    }
    if (best == CURVES_MOST) return;
    error = hypot(result_number_of(c->table, row_of_now(c, best), "marginal_roas_se"),
                  result_number_of(c->table, row_of_now(c, worst), "marginal_roas_se"));
    html_open(h, "h3");
    if (c->n == 1) {
        html_textf(h, "The next %.8s causes %s of revenue", d->currency, amount_ratio(most).text);
    } else if (most - least > 2 * error) {
        html_textf(h, "The next %.8s causes most revenue at ", d->currency);
        html_name(h, c->curve[best].name);
        html_textf(h, " (%s), least at ", amount_ratio(most).text);
        html_name(h, c->curve[worst].name);
        html_textf(h, " (%s)", amount_ratio(least).text);
    } else {
        html_textf(h, "The next %.8s causes about as much revenue everywhere", d->currency);
    }
    html_close(h);
}

static void write_next_money(document_t *d, const curves_t *c)
{
    char next[16];
    snprintf(next, sizeof next, "Next %.8s", d->currency);
    const heading_t heading[] = {{NULL, "Budget of", false},
                                 {"spend", "Spend", true},
                                 {"incremental_conversions", "Caused", true},
                                 {"iroas", "iROAS", true},
                                 {"marginal_roas", next, true},
                                 {NULL, "\xc2\xb1 error", true},
                                 {NULL, "At half: caused", true},
                                 {NULL, "At double: caused", true},
                                 {NULL, "\xc2\xb1 error", true}};
    enum { HEADINGS = sizeof heading / sizeof *heading };
    open_table(d,
               "What each budget brings, and would bring at half and at double of it, the others "
               "as they are",
               heading, HEADINGS, false);
    for (size_t i = 0; i < c->n; i++) {
        const result_table_t *t = c->table;
        size_t now = row_of_now(c, i), half = now, twice = now;
        for (size_t row = c->curve[i].first; row < c->curve[i].end; row++) {
            double multiple = result_number_of(t, row, "multiple");
            if (multiple == 0.5) half = row;
            if (multiple == 2) twice = row;
        }
        html_open(&d->html, "tr");
        row_name(d, c->curve[i].name, (int)i);
        const struct {
            size_t row;
            const char *column, *metric;
        } cell[] = {{now, "spend", "spend"},
                    {now, "incremental_conversions", "incremental_conversions"},
                    {now, "iroas", "iroas"},
                    {now, "marginal_roas", "iroas"},
                    {now, "marginal_roas_se", "iroas"},
                    {half, "incremental_conversions", "incremental_conversions"},
                    {twice, "incremental_conversions", "incremental_conversions"},
                    {twice, "incremental_conversions_se", "incremental_conversions"}};
        for (size_t k = 0; k < sizeof cell / sizeof *cell; k++) {
            double x = result_number_of(t, cell[k].row, cell[k].column);
            cell_amount(d, column_amount(cell[k].metric, x), x);
        }
        html_close(&d->html);
    }
    close_table(d);
}

/* ---- what the page carries ---- */

static status_t read_whole(const char *path, char **out, size_t *n, error_t *err)
{
    FILE *from = fopen(path, "rb");
    *out = NULL;
    *n = 0;
    if (!from) return fail(err, ERR_UNREADABLE, "%s: %s", path, strerror(errno));
    size_t room = 1 << 16;
    char *text = malloc(room + 1);
    while (text && (*n += fread(text + *n, 1, room - *n, from)) == room) {
        char *grown = realloc(text, 2 * room + 1);
        if (!grown) free(text);
        text = grown;
        room *= 2;
    }
    bool failed = ferror(from);
    fclose(from);
    if (!text) return fail_memory(err, path);
    if (failed) {
        free(text);
        return fail(err, ERR_UNREADABLE, "cannot read %s", path);
    }
    text[*n] = '\0';
    *out = text;
    return OK;
}

static status_t write_kernel(document_t *d, error_t *err)
{
    char *bytes = NULL;
    size_t n;
    status_t st = read_whole(whatif_path, &bytes, &n, err);
    if (st != OK) return st;
    char *text = malloc(BASE64_ENCODE_RAW_LENGTH(n) + 1);
    if (text) {
        base64_encode_raw(text, n, (const uint8_t *)bytes);
        text[BASE64_ENCODE_RAW_LENGTH(n)] = '\0';
        html_open(&d->html, "script", "type", "application/octet-stream;base64", "id",
                  "what-if-kernel");
        html_as_it_is(&d->html, text);
        html_close(&d->html);
    }
    free(bytes);
    free(text);
    return text ? OK : fail_memory(err, "the page's simulator");
}

static bool has_kernel(void)
{
    FILE *f = fopen(whatif_path, "rb");
    if (f) fclose(f);
    return f;
}

/* whatif.json, whose blanks the page needs not. */
static status_t read_model(const document_t *d, json_t **out, error_t *err)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", results_folder(d->results), MODEL);
    if (length < 0 || (size_t)length >= sizeof path)
        return fail(err, ERR_UNREADABLE, "the folder's name is too long");
    return json_read(path, out, err);
}

static status_t write_data(document_t *d, const json_t *model, error_t *err)
{
    char *text = json_dumps(model, JSON_COMPACT);
    if (!text) return fail_memory(err, "the page's model");
    html_open(&d->html, "script", "type", "application/json", "id", "what-if-data");
    html_json(&d->html, text);
    html_close(&d->html);
    free(text);
    return OK;
}

/* It qualifies the sliders, which paper has not. */
static void write_left_out(document_t *d, const json_t *model)
{
    html_t *h = &d->html;
    size_t i;
    json_t *one;
    const json_t *list = json_object_get(model, "left_out");
    if (!json_array_size(list)) return;
    html_line(h, "Here otherwise than in the run", "h3", "class", "screen");
    html_open(h, "ul", "class", "unmodelled screen");
    json_array_foreach(list, i, one)
    {
        html_line(h, json_string_value(one), "li");
    }
    html_close(h);
}

static status_t write_sliders(document_t *d, error_t *err)
{
    html_t *h = &d->html;
    json_t *model = NULL;
    if (!results_has(d->results, MODEL)) return OK;
    if (!has_kernel()) {
        html_line(h,
                  "This page carries no simulator, so it has no sliders: adsim was built without "
                  "clang and wasm-ld (Debian: clang, lld). The curves below are of the same model.",
                  "p", "class", "notices");
    } else {
        html_line(h,
                  "Move a budget: what it gains, the others lose. A sample of the run's people is "
                  "simulated anew in this page; at the run's own budgets it says what the run "
                  "says. What it shows of a change is \xc2\xb1 one standard error; copy the split "
                  "as YAML "
                  "and run it for the full answer.",
                  "p", "class", "hint");
        html_open(h, "div", "id", "what-if-panel", "hidden", "");
        html_close(h);
    }
    status_t st = read_model(d, &model, err);
    if (st == OK && has_kernel()) st = write_data(d, model, err);
    if (st == OK && has_kernel()) st = write_kernel(d, err);
    if (st == OK) write_left_out(d, model);
    json_decref(model);
    return st;
}

status_t write_whatif(document_t *d, error_t *err)
{
    const result_table_t *table;
    status_t st = write_sliders(d, err);
    if (st == OK) st = results_table(d->results, CURVES, &table, err);
    if (st != OK) return st;
    curves_t c = find_curves(table);
    write_finding(d, &c);
    draw_curves(d, &c);
    html_line(&d->html,
              "Circles: the run. The next money's revenue is the slope between 0.8 and 1.25 times "
              "the budget, in revenue that all ads together cause; \xc2\xb1 one standard error.",
              "p", "class", "hint");
    write_next_money(d, &c);
    return OK;
}
