/* command_score.c -- adsim score DIR ACTUALS.csv: were the actuals inside the ranges of a run? */
#include "sim/cli/cli.h"
#include "sim/cli/session.h"
#include "sim/config/actuals.h"
#include "sim/experiment/score.h"
#include "sim/report/json.h"
#include "sim/report/results.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_CREDITED = 256, OPTION_JSON, OPTION_NO_COLOR };

static const option_t options[] = {
    {OPTION_CREDITED, "credited", NULL,
     "conversions are those of the scenario's attribution rule, not of each platform"},
    {OPTION_JSON, "json", NULL, "print the scores as JSON"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {'h', "help", NULL, "this text"},
};
const option_table_t score_options = {options, sizeof options / sizeof *options};

typedef struct {
    const char *folder, *actuals;
    bool credited, json, no_color, help;
} arguments_t;

/* A metric of a scope, foretold and come. */
typedef struct {
    const char *scope, *metric;
    forecast_t forecast;
    double actual;
    score_t score;
} line_t;

typedef struct {
    const arguments_t *a;
    const results_t *results;
    actuals_t actuals;
    line_t *line;
    size_t n, unmatched;
    scorecard_t card;
} scoring_t;

/* --- matching ------------------------------------------------------------------------------------ */

static double number_of(const json_t *object, const char *key)
{
    const json_t *x = json_object_get(object, key);
    return json_is_number(x) ? json_number_value(x) : NAN;
}

/* What an ads manager counts is each platform's own claim; what rests on it is judged with the scenario's rule alone. */
static const char *foretold_as(int column, bool credited)
{
    static const char *const claims[] = {"revenue", "roas", "cvr", "cpa"};
    const char *name = columns[column].name;
    if (credited) return name;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (!strcmp(name, claims[i])) return NULL;
    return strcmp(name, "conversions") ? name : "platform_conversions";
}

static status_t score_scope(scoring_t *g, const char *name, const json_t *foretold,
                            const actual_t *actual, error_t *err)
{
    for (int c = 0; c < COLUMNS; c++) {
        const char *metric = foretold_as(c, g->a->credited);
        const json_t *x = metric ? json_object_get(foretold, metric) : NULL;
        if (isnan(actual->value[c]) || !json_is_object(x)) continue;
        forecast_t f = {number_of(x, "mean"), number_of(x, "lo"), number_of(x, "p50"),
                        number_of(x, "hi"), number_of(x, "level")};
        line_t *more = realloc(g->line, (g->n + 1) * sizeof *more);
        if (!more) return fail_memory(err, "the scores");
        g->line = more;
        g->line[g->n] = (line_t){name, metric, f, actual->value[c], score_of(&f, actual->value[c])};
        scorecard_add(&g->card, &f, &g->line[g->n].score);
        g->n++;
    }
    return OK;
}

/* The scope of summary.json that is called so: an ad set before a campaign before a platform. */
static const json_t *scope_named(const results_t *r, const char *name)
{
    static const char *const lists[] = {"ad_sets", "campaigns", "platforms"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const json_t *list = json_object_get(results_summary(r), lists[k]);
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *scope = json_array_get(list, i);
            const char *own = json_string_value(json_object_get(scope, "name"));
            if (own && !strcmp(own, name)) return scope;
        }
    }
    return NULL;
}

static size_t ad_sets_found(const scoring_t *g)
{
    size_t n = 0;
    const json_t *list = json_object_get(results_summary(g->results), "ad_sets");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *own = json_string_value(json_object_get(json_array_get(list, i), "name"));
        n += own && actuals_find(&g->actuals, own);
    }
    return n;
}

/* The whole plan: when every ad set of it, and nothing else, is in the file. */
static bool is_whole(const scoring_t *g)
{
    size_t n = json_array_size(json_object_get(results_summary(g->results), "ad_sets"));
    return n > 1 && g->actuals.n == n && ad_sets_found(g) == n;
}

static status_t score_all(scoring_t *g, error_t *err)
{
    status_t st = OK;
    for (size_t i = 0; st == OK && i < g->actuals.n; i++) {
        actual_t *row = &g->actuals.row[i];
        const json_t *scope = scope_named(g->results, row->name);
        g->unmatched += !scope;
        if (!scope) continue;
        actual_derive(row);
        st = score_scope(g, row->name, scope, row, err);
    }
    if (st == OK && is_whole(g)) {
        actual_t sum = actuals_sum(&g->actuals);
        st = score_scope(g, "plan", json_object_get(results_summary(g->results), "totals"), &sum,
                         err);
    }
    scorecard_finish(&g->card);
    if (st == OK && !g->n)
        return fail(
            err, ERR_INVALID,
            "%s: none of its %zu rows has the name of an ad set, campaign or platform of %s",
            g->a->actuals, g->actuals.n, g->a->folder);
    return st;
}

/* --- the page ------------------------------------------------------------------------------------ */

static int column_of(const line_t *l)
{
    return column_find(l->metric);
}

static amount_t shown_as(const line_t *l, double x)
{
    const column_t *c = &columns[column_of(l)];
    if (c->unit == UNIT_MONEY) return amount_money(x);
    if (!strcmp(c->name, "ctr") || !strcmp(c->name, "cvr")) return amount_percent(x);
    return c->unit == UNIT_RATIO ? amount_ratio(x) : amount(x);
}

static void fill_row(table_text_t *t, int r, const line_t *l)
{
    snprintf(t->cell[r][1], CELL_LENGTH, "%s", shown_as(l, l->actual).text);
    snprintf(t->cell[r][2], CELL_LENGTH, "%s", shown_as(l, l->forecast.mean).text);
    if (isnan(l->score.pit)) return;
    snprintf(t->cell[r][3], CELL_LENGTH, "(%s\xe2\x80\x93%s)", shown_as(l, l->forecast.lo).text,
             shown_as(l, l->forecast.hi).text);
    if (!isnan(l->score.off))
        snprintf(t->cell[r][4], CELL_LENGTH, "%+.0f %%", 100 * l->score.off + 0.0);
    snprintf(t->cell[r][5], CELL_LENGTH, "%s",
             l->score.inside              ? "inside"
             : l->actual < l->forecast.lo ? "below"
                                          : "above");
    snprintf(t->cell[r][6], CELL_LENGTH, "%.2f", l->score.pit);
}

static bool table_of(const scoring_t *g, page_t page, FILE *to)
{
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return false;
    bool fine = true;
    char range[32];
    snprintf(range, sizeof range, "(%.0f %% range)", 100 * g->card.level);
    for (size_t i = 0; fine && i < g->n;) {
        *t = (table_text_t){
            .title = {g->line[i].scope, "actual", "foretold", range, "off", "", "PIT"},
            .drop = {0, 0, 3, 2, 1, 0, 4},
            .tight = {false, false, false, true},
            .name_at_least = 20,
            .name_at_most = 24,
            .n_columns = 7};
        const char *scope = g->line[i].scope;
        for (; i < g->n && g->line[i].scope == scope && t->n_rows < TABLE_ROWS; i++) {
            t->name[t->n_rows] = columns[column_of(&g->line[i])].label;
            fill_row(t, t->n_rows++, &g->line[i]);
        }
        fine = table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "",
                           to);
        fputc('\n', to);
    }
    free(t);
    return fine;
}

/* The mean of many metrics that lies on one side says more than how many are inside. */
static void tell_card(const scoring_t *g, FILE *to)
{
    const scorecard_t *c = &g->card;
    fprintf(to,
            "%zu of %zu actuals are inside their ranges; right ranges of %.0f %% hold %.0f of them",
            c->inside, c->n, 100 * c->level, c->level * (double)c->n);
    if ((double)c->inside < c->level * (double)c->n)
        fprintf(to, "; were they independent, so few would be inside in %s of cases",
                c->chance_of_fewer < 1e-4 ? "less than 0.01 %"
                                          : amount_percent(c->chance_of_fewer).text);
    fprintf(
        to,
        ".\nMean PIT %.2f (0.5 = neither high nor low), mean interval score %.2f of the mean.\n",
        c->pit, c->interval);
    if (g->unmatched)
        fprintf(to, "Left out: %zu row%s of %s that the run has no scope for.\n", g->unmatched,
                g->unmatched == 1 ? "" : "s", g->a->actuals);
    if (!g->a->credited && g->actuals.has[column_find("conversions")])
        fputs("Conversions are judged as each platform's own claim; --credited: by the scenario's "
              "rule.\n",
              to);
}

static json_t *line_json(const line_t *l)
{
    return json_pack("{ss ss so so so so so sb so so so}", "name", l->scope, "metric", l->metric,
                     "actual", json_number(l->actual), "mean", json_number(l->forecast.mean), "lo",
                     json_number(l->forecast.lo), "hi", json_number(l->forecast.hi), "level",
                     json_number(l->forecast.level), "inside", l->score.inside, "pit",
                     json_number(l->score.pit), "interval_score", json_number(l->score.interval),
                     "off", json_number(l->score.off));
}

static status_t tell_json(const scoring_t *g, FILE *to, error_t *err)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < g->n; i++) json_add(&lines, line_json(&g->line[i]));
    json_t *root = json_pack(
        "{ss ss sI sI sf sf sf sf sI so}", "version", ADSIM_VERSION, "run", g->a->folder, "scored",
        (json_int_t)g->card.n, "inside", (json_int_t)g->card.inside, "level", g->card.level,
        "chance_of_fewer", g->card.chance_of_fewer, "mean_pit", g->card.pit, "mean_interval_score",
        g->card.interval, "rows_left_out", (json_int_t)g->unmatched, "scores", lines);
    return json_write(root, to, "the scores", err);
}

/* --- the command --------------------------------------------------------------------------------- */

static bool take(void *context, int code, const char *text)
{
    (void)text;
    arguments_t *a = context;
    switch (code) {
    case OPTION_CREDITED: a->credited = true; break;
    case OPTION_JSON: a->json = true; break;
    case OPTION_NO_COLOR: a->no_color = true; break;
    default: a->help = true;
    }
    return true;
}

static int usage(FILE *to, int code)
{
    fputs("adsim score DIR ACTUALS.csv -- were the actuals inside the ranges of a run?\n\n"
          "DIR is the folder of a run; ACTUALS.csv the export of an ads manager, a row for each ad "
          "set,\n"
          "campaign or platform (or for each of its days): spend, impressions, reach, clicks, "
          "results.\n\n",
          to);
    options_help(options, score_options.n, to);
    return code;
}

static status_t score(const arguments_t *a, const results_t *results, error_t *err)
{
    scoring_t g = {.a = a, .results = results};
    diagnostics_t *d = diagnostics_new();
    status_t st =
        d ? actuals_read(&g.actuals, a->actuals, d, err) : fail_memory(err, "the messages");
    if (st == ERR_INVALID) {
        char *text = diagnostics_text(d, FORMAT_HUMAN, "nothing was scored");
        if (text) fputs(text, stderr);
        free(text);
        *err->text = 0;
    }
    if (st == OK) st = score_all(&g, err);
    if (st == OK && a->json) st = tell_json(&g, stdout, err);
    if (st == OK && !a->json) {
        bool fine = table_of(&g, session_page(a->no_color), stdout);
        if (!fine) st = fail_memory(err, "the page");
        tell_card(&g, stdout);
    }
    diagnostics_free(d);
    actuals_free(&g.actuals);
    free(g.line);
    return st;
}

int command_score(int argc, char **argv)
{
    int first;
    arguments_t a = {0};
    results_t *results = NULL;
    error_t err = {""};
    if (!options_read(argc, argv, options, score_options.n, &first, take, &a)) return EXIT_USAGE;
    if (a.help) return usage(stdout, EXIT_FINE);
    if (argc - first != 2) return usage(stderr, EXIT_USAGE);
    a.folder = argv[first];
    a.actuals = argv[first + 1];
    status_t st = results_open(&results, a.folder, &err);
    if (st == OK && results_kind(results) != RESULTS_RUN)
        st = fail(&err, ERR_INVALID, "%s holds no run, which is what can be scored: its kind is %s",
                  a.folder, results_kind_word(results_kind(results)));
    if (st == OK) st = score(&a, results, &err);
    results_close(results);
    if (st == OK) return EXIT_FINE;
    if (!*err.text) return session_exit_code(st); /* told already */
    return session_failed(st, &err);
}
