/* command_calibrate.c -- adsim calibrate FILE --from EXPORT: an overlay by which a plan pays and gets what its account
 * did. The plan is simulated, its levels are fitted to the export, and again, until they stand still: so what wear,
 * prices and attribution do between a key and its outcome is taken into account. */
#include "models/base/maths.h"
#include "sim/cli/cli.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/config/actuals.h"
#include "sim/config/variant.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/calibrate.h"
#include "sim/metrics/statistics.h"
#include "sim/report/json.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char command[] = "calibrate";

enum {
    OPTION_FROM = 256,
    OPTION_PRIOR,
    OPTION_REPLICATIONS,
    OPTION_PEOPLE,
    OPTION_SET,
    OPTION_JSON,
    OPTION_NO_COLOR,
    OPTION_PROGRESS,
    OPTION_ERROR_FORMAT
};

static const option_t options[] = {
    {OPTION_FROM, "from", "CSV", "the export: a row for each ad set, or for each of its days"},
    {'o', "output", "FILE", "the overlay (default: beside FILE, its name and -calibrated.yaml)"},
    {'f', "force", NULL, "replace a file that is there"},
    {'n', "dry-run", NULL, "write nothing"},
    {OPTION_PRIOR, "prior-sd", "50%", "how far levels may be off where the plan is sure of them"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {OPTION_REPLICATIONS, "replications", "N", "of each round (even; default: 64)"},
    {OPTION_PEOPLE, "people", "N", "simulated people"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of the file (repeatable)"},
    {'q', "quiet", NULL, "no notices and no progress"},
    {'v', "verbose", NULL, "tell how long it took"},
    {OPTION_JSON, "json", NULL, "print the levels as JSON"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {'h', "help", NULL, "this text"},
};
const option_table_t calibrate_options = {options, sizeof options / sizeof *options};

enum { ROUNDS_MOST = 6, PATH_BYTES = 1024 };
static const double STANDS_STILL = 0.005; /* largest relative change of a level in the last round */

typedef struct {
    const char *file, *from, *output;
    bool force, dry_run, quiet, verbose, json, no_color, help;
    long threads;
    progress_mode_t progress;
    double prior_sd;
    error_format_t error_format;
    settings_t settings;
} arguments_t;

/* What is fitted: the prices of a platform, the click rate or the rate of conversions of an ad set. */
typedef enum { LEVEL_PRICE, LEVEL_CLICKS, LEVEL_ORDERS } level_kind_t;
static const char *const kind_words[] = {"CPM", "CTR", "conversions a click"};

typedef struct {
    level_kind_t kind;
    int of; /* platform, ad set */
    level_t level;
    double prior_sd;
    double paid, before, now; /* the rate: of the account; as simulated first and last */
    double paid_lo,
        paid_hi;  /* where its events alone put the rate, in 95 % of accounts; NAN of prices */
    bool held;    /* bids hold the price, whatever the market does */
    double moved; /* relative change of the level in the last round */
} fitted_t;

typedef struct {
    const arguments_t *a;
    actuals_t actuals;
    loaded_t *plan; /* as the file says */
    fitted_t *fit;
    size_t n;
    int rounds, matched;
} calibration_t;

/* --- keys and their values ----------------------------------------------------------------------- */

typedef status_t (*take_key_t)(void *context, const char *path, double value, double prior_sd,
                               bool share, error_t *err);

/* Relative sd that the plan itself gives the value at a path; 0 = it is sure of it. */
static double own_sd(const scenario_t *sc, const char *path)
{
    for (int i = 0; i < sc->n_uncertain; i++)
        if (!strcmp(sc->uncertain[i].path, path))
            return distribution_sd(sc->uncertain[i].law) / distribution_mean(sc->uncertain[i].law);
    return 0;
}

static status_t key(void *context, take_key_t take, const scenario_t *sc, const char *path,
                    double value, bool share, error_t *err)
{
    return take(context, path, value, own_sd(sc, path), share, err);
}

static status_t click_keys(const scenario_t *sc, const scenario_t *means, int a, take_key_t take,
                           void *context, error_t *err)
{
    const ad_set_t *s = &sc->ad_set[a];
    status_t st = OK;
    for (int c = s->first_creative; st == OK && c < s->first_creative + s->n_creatives; c++) {
        char path[PATH_BYTES];
        double ctr = means->creative[c].ctr;
        snprintf(path, sizeof path, "campaigns.%s.ad_sets.%s.creatives.%s.ctr",
                 sc->campaign[s->campaign].name, s->name, sc->creative[c].name);
        st = key(context, take, sc, path, isnan(ctr) ? means->platform[s->platform].ctr : ctr, true,
                 err);
    }
    return st;
}

/* Of the creatives that have rates of their own, and of the ad set for the others. */
static status_t order_keys(const scenario_t *sc, const scenario_t *means, int a, take_key_t take,
                           void *context, error_t *err)
{
    const ad_set_t *s = &sc->ad_set[a];
    status_t st = OK;
    char path[PATH_BYTES];
    int shared = -1;
    for (int c = s->first_creative; st == OK && c < s->first_creative + s->n_creatives; c++) {
        if (isnan(sc->creative[c].cvr)) {
            shared = c;
            continue;
        }
        snprintf(path, sizeof path, "campaigns.%s.ad_sets.%s.creatives.%s.cvr",
                 sc->campaign[s->campaign].name, s->name, sc->creative[c].name);
        st = key(context, take, sc, path, means->creative[c].cvr, true, err);
    }
    if (st != OK || shared < 0) return st;
    snprintf(path, sizeof path, "campaigns.%s.ad_sets.%s.cvr", sc->campaign[s->campaign].name,
             s->name);
    return key(context, take, sc, path, creative_cvr(means, &means->ad_set[a], shared), true, err);
}

static status_t price_key(const scenario_t *sc, const scenario_t *means, int p, take_key_t take,
                          void *context, error_t *err)
{
    char path[PATH_BYTES];
    bool solved = !isnan(means->platform[p].cpm);
    snprintf(path, sizeof path, "platforms.%s.market.%s", sc->platform[p].name,
             solved ? "cpm" : "rival_median_cpm");
    return key(context, take, sc, path,
               solved ? means->platform[p].cpm : means->platform[p].rival_median_cpm, false, err);
}

/* Calls take for each key of a level, with what the plan says at its mean. */
static status_t keys_of(const calibration_t *g, const fitted_t *f, take_key_t take, void *context,
                        error_t *err)
{
    const scenario_t *sc = loaded_scenario(g->plan);
    scenario_t *means = malloc(sizeof *means);
    if (!means) return fail_memory(err, "the means");
    scenario_at_means(sc, means);
    static status_t (*const of[])(const scenario_t *, const scenario_t *, int, take_key_t, void *,
                                  error_t *) = {price_key, click_keys, order_keys};
    status_t st = of[f->kind](sc, means, f->of, take, context, err);
    free(means);
    return st;
}

/* --- what is to be fitted ------------------------------------------------------------------------ */

static status_t largest_sd(void *context, const char *path, double value, double prior_sd,
                           bool share, error_t *err)
{
    (void)path, (void)value, (void)share, (void)err;
    double *most = context;
    if (prior_sd > *most) *most = prior_sd;
    return OK;
}

static status_t fit_add(calibration_t *g, level_kind_t kind, int of, double paid, error_t *err)
{
    fitted_t *more = realloc(g->fit, (g->n + 1) * sizeof *more);
    if (!more) return fail_memory(err, "the levels");
    g->fit = more;
    fitted_t *f = &g->fit[g->n++];
    *f = (fitted_t){.kind = kind,
                    .of = of,
                    .paid = paid,
                    .paid_lo = NAN,
                    .paid_hi = NAN,
                    .before = NAN,
                    .now = NAN};
    status_t st = keys_of(g, f, largest_sd, &f->prior_sd, err);
    if (!(f->prior_sd > 0)) f->prior_sd = g->a->prior_sd;
    f->level = (level_t){1, f->prior_sd, 0};
    return st;
}

/* Of so many events of so much exposure; few of them may be of quite other rates. */
static status_t fit_add_rate(calibration_t *g, level_kind_t kind, int of, double events,
                             double exposure, error_t *err)
{
    status_t st = fit_add(g, kind, of, events / exposure, err);
    if (st != OK) return st;
    fitted_t *f = &g->fit[g->n - 1];
    exact_count_interval(events, 0.05, &f->paid_lo, &f->paid_hi);
    f->paid_lo /= exposure;
    f->paid_hi /= exposure;
    return OK;
}

static double given(const actual_t *row, const char *column)
{
    return row ? row->value[column_find(column)] : NAN;
}

static const actual_t *row_of(const calibration_t *g, int ad_set)
{
    return actuals_find(&g->actuals, loaded_scenario(g->plan)->ad_set[ad_set].name);
}

static status_t fits_of_ad_set(calibration_t *g, int a, error_t *err)
{
    const actual_t *row = row_of(g, a);
    if (!row) return OK;
    g->matched++;
    double impressions = given(row, "impressions"), clicks = given(row, "clicks"),
           orders = given(row, "conversions");
    status_t st = OK;
    if (impressions > 0 && !isnan(clicks))
        st = fit_add_rate(g, LEVEL_CLICKS, a, clicks, impressions, err);
    if (st == OK && clicks > 0 && !isnan(orders))
        st = fit_add_rate(g, LEVEL_ORDERS, a, orders, clicks, err);
    return st;
}

static bool pays(const actual_t *row)
{
    return row && given(row, "spend") > 0 && given(row, "impressions") > 0;
}

static status_t fits_find(calibration_t *g, error_t *err)
{
    const scenario_t *sc = loaded_scenario(g->plan);
    status_t st = OK;
    for (int p = 0; st == OK && p < sc->n_platforms; p++) {
        double spend = 0, impressions = 0;
        for (int a = 0; a < sc->n_ad_sets; a++) {
            const actual_t *row = row_of(g, a);
            if (sc->ad_set[a].platform != p || !pays(row)) continue;
            spend += given(row, "spend");
            impressions += given(row, "impressions");
        }
        if (impressions > 0) st = fit_add(g, LEVEL_PRICE, p, 1000 * spend / impressions, err);
    }
    for (int a = 0; st == OK && a < sc->n_ad_sets; a++) st = fits_of_ad_set(g, a, err);
    if (st == OK && !g->matched)
        return fail(err, ERR_INVALID, "%s: none of its %zu rows has the name of an ad set of %s",
                    g->a->from, g->actuals.n, g->a->file);
    if (st == OK && !g->n)
        return fail(err, ERR_INVALID, "%s: it has neither spend and impressions nor clicks",
                    g->a->from);
    return st;
}

/* --- a round ------------------------------------------------------------------------------------- */

typedef struct {
    settings_t *settings;
    double factor;
} setting_t;

static void value_write(char *out, size_t size, double value, bool share)
{
    snprintf(out, size, share ? "%.6g%%" : "%.6g", share ? 100 * value : value);
}

static status_t setting_add(void *context, const char *path, double value, double prior_sd,
                            bool share, error_t *err)
{
    (void)prior_sd;
    setting_t *s = context;
    char text[PATH_BYTES + 4], number[32];
    value_write(number, sizeof number, s->factor * value, share);
    snprintf(text, sizeof text, "%s=", path);
    if (settings_add(s->settings, command, text, number)) return OK;
    return fail(err, ERR_INVALID, "%s cannot be set", path);
}

/* The plan with the levels of now. */
static status_t levels_load(const calibration_t *g, loaded_t **out, error_t *err)
{
    settings_t *s = malloc(sizeof *s);
    if (!s) return fail_memory(err, "the levels");
    s->n = 0;
    status_t st = OK;
    for (size_t i = 0; st == OK && i < g->a->settings.n; i++)
        if (!settings_add(s, command, "", g->a->settings.set[i]))
            st = fail(err, ERR_INVALID, "too many settings");
    for (size_t i = 0; st == OK && i < g->n; i++) {
        setting_t context = {s, g->fit[i].level.factor};
        if (!g->fit[i].held) st = keys_of(g, &g->fit[i], setting_add, &context, err);
    }
    if (st == OK)
        st = session_load(g->a->file, s, g->a->error_format, true, "nothing was calibrated", out);
    free(s);
    return st;
}

static double simulated(const study_t *s, int ad_set, const char *above, const char *below)
{
    int scope = scope_ad_set(s->evidence.scopes, ad_set);
    return study_estimate(s, scope, above).mean / study_estimate(s, scope, below).mean;
}

/* What one event more of exposure brings at level 1, were everything else as it was simulated. */
static double at_level_one(const fitted_t *f, double rate)
{
    return rate / f->level.factor;
}

static void fit_rate(fitted_t *f, const actual_t *row, const study_t *s)
{
    bool clicks = f->kind == LEVEL_CLICKS;
    double rate = clicks ? simulated(s, f->of, "clicks", "impressions")
                         : simulated(s, f->of, "platform_conversions", "clicks");
    double exposure = given(row, clicks ? "impressions" : "clicks"),
           events = given(row, clicks ? "clicks" : "conversions");
    if (isnan(f->before)) f->before = rate;
    f->now = rate;
    if (rate > 0) f->level = level_of_events(events, exposure * at_level_one(f, rate), f->prior_sd);
}

static void fit_price(calibration_t *g, fitted_t *f, const study_t *s)
{
    const scenario_t *sc = loaded_scenario(g->plan);
    double ratio[MAX_AD_SETS], spend = 0, impressions = 0;
    size_t n = 0;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const actual_t *row = row_of(g, a);
        double price = 1000 * simulated(s, a, "spend", "impressions");
        if (sc->ad_set[a].platform != f->of || !pays(row) || !(price > 0)) continue;
        double weight = given(row, "impressions"); /* of the same mix as the account's */
        ratio[n++] = 1000 * given(row, "spend") / weight / at_level_one(f, price);
        spend += price * weight;
        impressions += weight;
    }
    double last = f->now;
    if (!n) return;
    f->now = spend / impressions;
    if (isnan(f->before)) f->before = f->now;
    /* Prices that did not follow half of the way are held by bids, which no market moves. */
    if (g->rounds == 1 && fabs(m_log(f->level.factor)) > 0.02 &&
        m_log(f->now / last) / m_log(f->level.factor) < 0.5)
        f->held = true;
    if (!f->held) f->level = level_of_prices(ratio, n, f->prior_sd);
}

static void levels_fit(calibration_t *g, const study_t *s)
{
    for (size_t i = 0; i < g->n; i++) {
        fitted_t *f = &g->fit[i];
        double before = f->level.factor;
        if (f->kind == LEVEL_PRICE)
            fit_price(g, f, s);
        else
            fit_rate(f, row_of(g, f->of), s);
        f->moved = f->held ? 0 : fabs(m_log(f->level.factor / before));
    }
}

static bool stands_still(const calibration_t *g)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->fit[i].moved > STANDS_STILL) return false;
    return true;
}

static status_t round_run(calibration_t *g, error_t *err)
{
    loaded_t *loaded = NULL;
    study_t study = {0};
    progress_line_t line;
    progress_start(&line, g->a->quiet ? PROGRESS_NONE : g->a->progress);
    run_options_t how = {.threads = (int)g->a->threads,
                         .progress = progress_show,
                         .context = &line,
                         .interrupted = &session_interrupted};
    status_t st = levels_load(g, &loaded, err);
    if (st == OK) st = study_open(&study, loaded_scenario(loaded), &how, err);
    if (st == OK) st = study_simulate(&study, err);
    progress_end(&line);
    if (st == OK && study.interrupted) st = fail(err, ERR_INTERRUPTED, "interrupted");
    if (st == OK) levels_fit(g, &study);
    study_close(&study);
    loaded_free(loaded);
    return st;
}

/* --- the overlay --------------------------------------------------------------------------------- */

typedef struct {
    FILE *to;
    level_t level;
} overlay_t;

static status_t overlay_line(void *context, const char *path, double value, double prior_sd,
                             bool share, error_t *err)
{
    (void)prior_sd;
    char mean[32], sd[32];
    const overlay_t *o = context;
    value_write(mean, sizeof mean, o->level.factor * value, share);
    value_write(sd, sizeof sd, o->level.sd * value, share);
    fputs("  ", o->to);
    status_t st = yaml_write_text(path, o->to, err);
    fprintf(o->to, ": {mean: %s, sd: %s}\n", mean, sd);
    return st;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool same_folder(const char *a, const char *b)
{
    size_t n = (size_t)(base_name(a) - a);
    return n == (size_t)(base_name(b) - b) && !strncmp(a, b, n);
}

static status_t overlay_print(const calibration_t *g, const char *path, FILE *to, error_t *err)
{
    fprintf(to, "# Prices and rates as fitted to %s: adsim run %s\n", base_name(g->a->from),
            base_name(path));
    char here[PATH_MAX] = "", whole[2 * PATH_MAX];
    bool beside = same_folder(path, g->a->file), absolute = *g->a->file == '/';
    if (!beside && !absolute && !getcwd(here, sizeof here))
        return fail(err, ERR_OUTPUT, "the current folder has no name: %s", strerror(errno));
    snprintf(whole, sizeof whole, "%s%s%s", here, *here ? "/" : "", g->a->file);
    fputs("extends: ", to);
    status_t st = yaml_write_text(beside ? base_name(g->a->file) : whole, to, err);
    fputs("\nset:\n", to);
    for (size_t i = 0; st == OK && i < g->n; i++) {
        overlay_t o = {to, g->fit[i].level};
        if (!g->fit[i].held) st = keys_of(g, &g->fit[i], overlay_line, &o, err);
    }
    return st;
}

/* FILE without its suffix, and -calibrated.yaml. */
static char *overlay_path(const arguments_t *a)
{
    if (a->output) return strdup(a->output);
    const char *name = base_name(a->file), *dot = strrchr(name, '.');
    int length = (int)(dot && dot > name ? dot - a->file : (long)strlen(a->file));
    char *out = malloc(strlen(a->file) + sizeof "-calibrated.yaml");
    if (out) sprintf(out, "%.*s-calibrated.yaml", length, a->file);
    return out;
}

static status_t overlay_write(const calibration_t *g, const char *path, error_t *err)
{
    FILE *to = fopen(path, g->a->force ? "w" : "wx");
    if (!to) return fail(err, ERR_OUTPUT, "cannot write %s: %s", path, strerror(errno));
    status_t st = overlay_print(g, path, to, err);
    bool failed = ferror(to);
    failed |= fclose(to) != 0;
    return st == OK && failed ? fail(err, ERR_OUTPUT, "cannot write %s", path) : st;
}

/* --- the page ------------------------------------------------------------------------------------ */

static const char *name_of(const calibration_t *g, const fitted_t *f)
{
    const scenario_t *sc = loaded_scenario(g->plan);
    return f->kind == LEVEL_PRICE ? sc->platform[f->of].name : sc->ad_set[f->of].name;
}

static amount_t rate_text(const fitted_t *f, double x)
{
    return f->kind == LEVEL_PRICE ? amount_money(x) : amount_percent(x);
}

/* Names, what was paid, how sure its events alone are of it (of a rate), and the rest. */
enum { COLUMN_PAID = 1, COLUMN_SURE, COLUMNS_BEFORE = 2, COLUMNS_AFTER = 5 };

static void columns_name(table_text_t *t, level_kind_t kind)
{
    static const char *const after[COLUMNS_AFTER] = {"simulated", "level", "\xc2\xb1",
                                                     "weight of data", "then"};
    static const int drop[COLUMNS_AFTER] = {2, 0, 1, 3, 4};
    bool rate = kind != LEVEL_PRICE;
    *t = (table_text_t){.title = {kind_words[kind], "paid", "(95 % sure)"},
                        .drop = {[COLUMN_SURE] = COLUMNS_AFTER},
                        .tight = {[COLUMN_SURE] = rate},
                        .name_at_least = 20,
                        .n_columns = COLUMNS_BEFORE + rate};
    for (int k = 0; k < COLUMNS_AFTER; k++) {
        t->title[t->n_columns] = after[k];
        t->drop[t->n_columns++] = drop[k];
    }
}

static void row_fill(table_text_t *t, const calibration_t *g, const fitted_t *f)
{
    int r = t->n_rows++;
    char(*cell)[CELL_LENGTH] = t->cell[r];
    t->name[r] = name_of(g, f);
    snprintf(cell[COLUMN_PAID], CELL_LENGTH, "%s", rate_text(f, f->paid).text);
    if (f->kind != LEVEL_PRICE)
        snprintf(cell[COLUMN_SURE], CELL_LENGTH, "(%s\xe2\x80\x93%s)",
                 rate_text(f, f->paid_lo).text, rate_text(f, f->paid_hi).text);
    cell += t->n_columns - COLUMNS_AFTER;
    snprintf(cell[0], CELL_LENGTH, "%s", rate_text(f, f->before).text);
    if (f->held) {
        snprintf(cell[1], CELL_LENGTH, "bids hold it");
        return;
    }
    snprintf(cell[1], CELL_LENGTH, "\xc3\x97 %.2f", f->level.factor);
    snprintf(cell[2], CELL_LENGTH, "%.2f", f->level.sd);
    snprintf(cell[3], CELL_LENGTH, "%.0f %%", 100 * f->level.weight);
    snprintf(cell[4], CELL_LENGTH, "%s", rate_text(f, f->now).text);
}

static bool page_print(const calibration_t *g, page_t page, FILE *to)
{
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return false;
    const char *bold = page.color ? "\033[1m" : "", *plain = page.color ? "\033[0m" : "";
    bool fine = true;
    fprintf(to, "%s%s%s \xc2\xb7 %s \xc2\xb7 %d of %d ad sets \xc2\xb7 %d rounds\n", bold,
            loaded_scenario(g->plan)->name, plain, base_name(g->a->from), g->matched,
            loaded_scenario(g->plan)->n_ad_sets, g->rounds);
    for (level_kind_t kind = LEVEL_PRICE; fine && kind <= LEVEL_ORDERS; kind++) {
        columns_name(t, kind);
        for (size_t i = 0; i < g->n && t->n_rows < TABLE_ROWS; i++)
            if (g->fit[i].kind == kind) row_fill(t, g, &g->fit[i]);
        if (!t->n_rows) continue;
        fputc('\n', to);
        fine = table_print(t, page.width, bold, plain, to);
    }
    free(t);
    return fine;
}

/* Budgets are the plan's: where the account spent something else, what it paid was for another plan. */
static void tell_spending(const calibration_t *g)
{
    const scenario_t *sc = loaded_scenario(g->plan);
    double spent = 0, budget = 0;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        double spend = given(row_of(g, a), "spend");
        if (isnan(spend)) continue;
        spent += spend;
        budget += sc->ad_set[a].budget;
    }
    if (g->a->quiet || !(budget > 0) || fabs(spent / budget - 1) < 0.15) return;
    fprintf(stderr,
            "Note: the account spent %s on these ad sets, the plan has %s: set the budgets as they "
            "were, "
            "since prices and wear depend on them.\n",
            amount_money(spent).text, amount_money(budget).text);
}

static status_t page_json(const calibration_t *g, FILE *to, error_t *err)
{
    json_t *list = json_array();
    for (size_t i = 0; i < g->n; i++) {
        const fitted_t *f = &g->fit[i];
        json_add(&list, json_pack("{ss ss so so so so so sf sf sf sb}", "name", name_of(g, f),
                                  "level_of", kind_words[f->kind], "paid", json_number(f->paid),
                                  "paid_lo", json_number(f->paid_lo), "paid_hi",
                                  json_number(f->paid_hi), "simulated", json_number(f->before),
                                  "then", json_number(f->now), "factor", f->level.factor, "sd",
                                  f->level.sd, "weight", f->level.weight, "held", f->held));
    }
    json_t *root =
        json_pack("{ss ss sI so}", "version", ADSIM_VERSION, "scenario",
                  loaded_scenario(g->plan)->name, "rounds", (json_int_t)g->rounds, "levels", list);
    return json_write(root, to, "the levels", err);
}

/* --- the command --------------------------------------------------------------------------------- */

static bool take_prior(arguments_t *a, const char *text)
{
    char *end;
    a->prior_sd = strtod(text, &end) / (*text && text[strlen(text) - 1] == '%' ? 100 : 1);
    if (end != text && (!*end || !strcmp(end, "%")) && a->prior_sd >= 0.01 && a->prior_sd <= 10)
        return true;
    return option_wrong(command, "--prior-sd", text, "1% to 1000%");
}

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case OPTION_FROM: a->from = text; return true;
    case 'o':
        a->output = text;
        return *text || option_wrong(command, "--output", text, "the name of a file");
    case 'f': a->force = true; return true;
    case 'n': a->dry_run = true; return true;
    case 'q': a->quiet = true; return true;
    case 'v': a->verbose = true; return true;
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PRIOR: return take_prior(a, text);
    case 'j': return threads_read(command, text, &a->threads);
    case OPTION_REPLICATIONS:
        return settings_add(&a->settings, command, "monte_carlo.replications=", text);
    case OPTION_PEOPLE: return settings_add(&a->settings, command, "people=", text);
    case OPTION_SET: return setting_read(&a->settings, command, text);
    case OPTION_PROGRESS: return progress_read(command, text, &a->progress);
    case OPTION_ERROR_FORMAT: return error_format_read(command, text, &a->error_format);
    default: a->help = true; return true;
    }
}

static int read_arguments(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int first;
    a->threads = parallel_threads_available();
    a->prior_sd = 0.5;
    settings_add(&a->settings, command, "monte_carlo.replications=", "64");
    if (!options_read(argc, argv, options, calibrate_options.n, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        fputs("adsim calibrate FILE --from CSV -- fit prices and rates to what an account paid\n\n"
              "CSV is the export of an ads manager: spend, impressions, clicks, conversions. The "
              "overlay that is\n"
              "written extends FILE and sets each level with its doubt: adsim run "
              "FILE-calibrated.yaml.\n\n",
              stdout);
        options_help(options, calibrate_options.n, stdout);
        return EXIT_FINE;
    }
    if (argc - first != 1 || !a->from) {
        fprintf(stderr, "adsim calibrate: %s; see adsim help calibrate\n",
                a->from ? "name one scenario file" : "--from: name the export of the account");
        return EXIT_USAGE;
    }
    a->file = argv[first];
    if (strcmp(a->file, "-") != 0) return EXIT_FINE;
    fputs("adsim calibrate: the file is read more than once: no stdin\n", stderr);
    return EXIT_USAGE;
}

static status_t export_read(calibration_t *g, error_t *err)
{
    diagnostics_t *d = diagnostics_new();
    status_t st =
        d ? actuals_read(&g->actuals, g->a->from, d, err) : fail_memory(err, "the messages");
    if (st == ERR_INVALID) {
        char *text = diagnostics_text(d, g->a->error_format, "nothing was calibrated");
        if (text) fputs(text, stderr);
        free(text);
    }
    diagnostics_free(d);
    return st;
}

/* Before anything is simulated. */
static status_t overlay_check(const arguments_t *a, error_t *err)
{
    char *path = overlay_path(a);
    status_t st = path ? OK : fail_memory(err, "the name of the overlay");
    if (st == OK && !a->force && !a->dry_run && !access(path, F_OK))
        st = fail(err, ERR_OUTPUT, "%s is there already; -f replaces it", path);
    free(path);
    return st;
}

static status_t calibrate(calibration_t *g, error_t *err)
{
    status_t st = overlay_check(g->a, err);
    if (st == OK) st = fits_find(g, err);
    session_catch_interrupt();
    for (; st == OK && g->rounds < ROUNDS_MOST; g->rounds++) {
        if (g->rounds > 1 && stands_still(g)) break;
        st = round_run(g, err);
    }
    return st;
}

static status_t publish(const calibration_t *g, error_t *err)
{
    char *path = overlay_path(g->a);
    status_t st = path ? OK : fail_memory(err, "the name of the overlay");
    if (st == OK && !g->a->dry_run) st = overlay_write(g, path, err);
    if (st == OK && g->a->json) st = page_json(g, stdout, err);
    if (st == OK && !g->a->json && !page_print(g, session_page(g->a->no_color), stdout))
        st = fail_memory(err, "the page");
    if (st == OK && !g->a->json && !g->a->dry_run) printf("\nWrote %s\n", path);
    free(path);
    return st;
}

static int run(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->file) return EXIT_FINE; /* help was all */
    passport_t passport;
    passport_begin(&passport, argc, argv);
    calibration_t g = {.a = a};
    error_t err = {""};
    status_t st = export_read(&g, &err);
    int code = session_exit_code(st);
    if (st == OK) {
        st = session_load(a->file, &a->settings, a->error_format, a->quiet,
                          "nothing was calibrated", &g.plan);
        code = session_exit_code(st);
    }
    if (st == OK) {
        tell_spending(&g);
        st = calibrate(&g, &err);
        if (st == OK) st = publish(&g, &err);
        if (st == OK && a->verbose) session_took(&passport, "%d rounds", g.rounds);
        if (st != OK) code = session_failed(st, &err);
    } else if (*err.text) {
        code = session_failed(st, &err);
    }
    actuals_free(&g.actuals);
    loaded_free(g.plan);
    free(g.fit);
    passport_free(&passport);
    return code;
}

int command_calibrate(int argc, char **argv)
{
    return session_answer(argc, argv, command, sizeof(arguments_t), read_arguments, run);
}
