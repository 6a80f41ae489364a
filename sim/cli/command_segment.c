/* command_segment.c -- adsim segment FILE|CSV: find segments, say who they are, turn them into rules. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/frame_csv.h"
#include "sim/report/folder.h"
#include "sim/report/segments.h"
#include "sim/report/segments_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    OPTION_METHOD = 256,
    OPTION_K,
    OPTION_COLUMNS,
    OPTION_EXCLUDE,
    OPTION_STANDARDISE,
    OPTION_COVARIANCE,
    OPTION_RESTARTS,
    OPTION_BOOTSTRAP,
    OPTION_ID,
    OPTION_WEIGHT,
    OPTION_RECENCY,
    OPTION_FREQUENCY,
    OPTION_MONETARY,
    OPTION_CUSTOMER,
    OPTION_DATE,
    OPTION_AMOUNT,
    OPTION_AS_OF,
    OPTION_REPLICATIONS,
    OPTION_SEED,
    OPTION_PEOPLE,
    OPTION_SET,
    OPTION_MEMBERS,
    OPTION_WRITE,
    OPTION_JSON,
    OPTION_NO_COLOR,
    OPTION_PROGRESS,
    OPTION_ERROR_FORMAT
};

static const option_t options[] = {
    {OPTION_METHOD, "method", "METHOD", "kmeans (default), gmm, lca, rfm or value; see below"},
    {OPTION_K, "k", "2-8", "numbers of segments to try, or one number"},
    {OPTION_COLUMNS, "columns", "A,B,...",
     "what takes part: columns, or interests, platforms, ..."},
    {OPTION_EXCLUDE, "exclude", "A,B,...", "what does not"},
    {OPTION_STANDARDISE, "standardise", "HOW", "none, sd (default), sd-sample, range or robust"},
    {OPTION_COVARIANCE, "covariance", "SHAPE",
     "of gmm: spherical, diagonal, tied or full (default)"},
    {OPTION_RESTARTS, "restarts", "N", "random starts, the best is kept (default: 10)"},
    {OPTION_BOOTSTRAP, "bootstrap", "N", "samples that test how stable segments are (20); 0: none"},
    {OPTION_SEED, "seed", "N", "seed of all chance"},
    {OPTION_PEOPLE, "people", "N", "people of a scenario to look at (default: 50000)"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of the scenario first (repeatable)"},
    {OPTION_ID, "id", "COLUMN", "of a table: names of people"},
    {OPTION_WEIGHT, "weight", "COLUMN", "of a table: weights"},
    {OPTION_RECENCY, "recency", "COLUMN", "for rfm: days since the last order"},
    {OPTION_FREQUENCY, "frequency", "COLUMN", "for rfm: number of orders"},
    {OPTION_MONETARY, "monetary", "COLUMN", "for rfm: sum of all orders"},
    {OPTION_CUSTOMER, "customer", "COLUMN", "for rfm of orders, a row each: whose"},
    {OPTION_DATE, "date", "COLUMN", "for rfm of orders: when, as 2026-03-02"},
    {OPTION_AMOUNT, "amount", "COLUMN", "for rfm of orders: how much"},
    {OPTION_AS_OF, "as-of", "DATE", "for rfm of orders: today (default: day after the last order)"},
    {OPTION_REPLICATIONS, "replications", "N",
     "for value: flights of the experiment (default: 200)"},
    {'o', "output", "DIR", "result folder (default: out/NAME-segments)"},
    {OPTION_MEMBERS, "members", NULL, "of a scenario: write members.csv too"},
    {OPTION_WRITE, "write", "FILE", "write a scenario that targets the segments"},
    {'f', "force", NULL, "replace a folder that holds something else, or FILE"},
    {'n', "dry-run", NULL, "print alone, write nothing"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {'q', "quiet", NULL, "no notices and no progress"},
    {'v', "verbose", NULL, "tell how long it took"},
    {OPTION_JSON, "json", NULL, "print summary.json instead of the page"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t segment_options = {options, N_OPTIONS};

enum {
    FLIGHTS = 200,
    PEOPLE_LEAST = 10,
    PEOPLE_MOST = 5000000,
    RESTARTS_MOST = 1000,
    BOOTSTRAP_MOST = 1000
};

typedef struct {
    const char *file, *output, *write, *id, *weight;
    const char *recency, *frequency, *monetary, *customer, *date, *amount, *as_of;
    bool force, members, dry_run, quiet, verbose, json, no_color, help, seeded;
    long people, seed, threads;
    long replications; /* 0 = not given */
    progress_mode_t progress;
    error_format_t error_format;
    settings_t settings;
    segments_options_t how;
} arguments_t;

/* --- arguments -------------------------------------------------------------------------------- */

static bool wrong(const char *option, const char *text, const char *wanted)
{
    return option_wrong("segment", option, text, wanted);
}

static bool take_number(const char *option, const char *text, long low, long high, long *out)
{
    char wanted[80];
    if (whole_number(text, low, high, out)) return true;
    snprintf(wanted, sizeof wanted, "a whole number of %ld..%ld", low, high);
    return wrong(option, text, wanted);
}

static bool take_int(const char *option, const char *text, long low, long high, int *out)
{
    long x;
    if (!take_number(option, text, low, high, &x)) return false;
    *out = (int)x;
    return true;
}

/* "2-8" or "5". */
static bool take_k(arguments_t *a, const char *text)
{
    char low[8];
    long from, to;
    const char *dash = strchr(text, '-');
    size_t n = dash ? (size_t)(dash - text) : strlen(text);
    if (n < sizeof low) snprintf(low, sizeof low, "%.*s", (int)n, text);
    if (n >= sizeof low || !whole_number(low, 2, K_MOST, &from) ||
        !whole_number(dash ? dash + 1 : low, from, K_MOST, &to))
        return wrong("--k", text, "a number of 2..64, or two of them as in 2-8");
    a->how.k_low = (int)from;
    a->how.k_high = (int)to;
    return true;
}

static bool take_shape(arguments_t *a, const char *text)
{
    for (int i = 0; i < MIXTURE_SHAPES; i++) {
        const char *other = mixture_names[i].other;
        if (strcasecmp(text, mixture_names[i].name) != 0 && (!other || strcmp(text, other) != 0))
            continue;
        a->how.covariance = (mixture_shape_t)i;
        return true;
    }
    return wrong("--covariance", text, "spherical, diagonal, tied or full");
}

/* Options that are a text and nothing else. */
static const char **text_option(arguments_t *a, int code)
{
    switch (code) {
    case OPTION_COLUMNS: return &a->how.columns;
    case OPTION_EXCLUDE: return &a->how.exclude;
    case OPTION_ID: return &a->id;
    case OPTION_WEIGHT: return &a->weight;
    case OPTION_RECENCY: return &a->recency;
    case OPTION_FREQUENCY: return &a->frequency;
    case OPTION_MONETARY: return &a->monetary;
    case OPTION_CUSTOMER: return &a->customer;
    case OPTION_DATE: return &a->date;
    case OPTION_AMOUNT: return &a->amount;
    case OPTION_AS_OF: return &a->as_of;
    case OPTION_WRITE: return &a->write;
    case 'o': return &a->output;
    default: return NULL;
    }
}

static const char *option_name(int code)
{
    for (int i = 0; i < N_OPTIONS; i++)
        if (options[i].code == code) return options[i].name;
    return "";
}

static bool take_text(arguments_t *a, int code, const char *text)
{
    char name[40];
    *text_option(a, code) = text;
    if (*text) return true;
    snprintf(name, sizeof name, "--%s", option_name(code));
    return wrong(name, text, "it needs a name");
}

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    int word = 0;
    if (text_option(a, code)) return take_text(a, code, text);
    switch (code) {
    case 'f': a->force = true; return true;
    case 'n': a->dry_run = true; return true;
    case 'v': a->verbose = true; return true;
    case 'q': a->quiet = true; return true;
    case 'h': a->help = true; return true;
    case 'j': return take_number("--threads", text, 1, THREADS_AT_MOST, &a->threads);
    case OPTION_METHOD:
        if (!word_read("segment", "--method", text, method_words, METHODS, &word)) return false;
        a->how.method = (method_t)word;
        return true;
    case OPTION_K: return take_k(a, text);
    case OPTION_STANDARDISE:
        if (!word_read("segment", "--standardise", text, standard_names, STANDARDS, &word))
            return false;
        a->how.standardise = (standard_t)word;
        return true;
    case OPTION_COVARIANCE: return take_shape(a, text);
    case OPTION_RESTARTS: return take_int("--restarts", text, 1, RESTARTS_MOST, &a->how.restarts);
    case OPTION_BOOTSTRAP:
        return take_int("--bootstrap", text, 0, BOOTSTRAP_MOST, &a->how.bootstraps);
    case OPTION_REPLICATIONS:
        return take_number("--replications", text, 2, 100000, &a->replications);
    case OPTION_SEED:
        a->seeded = take_number("--seed", text, 0, 1000000000000, &a->seed);
        return a->seeded && settings_add(&a->settings, "segment", "seed=", text);
    case OPTION_PEOPLE: return take_number("--people", text, PEOPLE_LEAST, PEOPLE_MOST, &a->people);
    case OPTION_SET: return setting_read(&a->settings, "segment", text);
    case OPTION_MEMBERS: a->members = true; return true;
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PROGRESS: return progress_read("segment", text, &a->progress);
    default: return error_format_read("segment", text, &a->error_format);
    }
}

static void help(void)
{
    printf("adsim segment FILE|CSV -- find segments, say who they are, turn them into rules\n\n"
           "FILE is a YAML scenario, whose people are looked at; a file that ends in .csv is a\n"
           "table of people, a row each, the first row with the names of columns.\n\n");
    options_help(options, N_OPTIONS, stdout);
    printf("\nMethods:\n"
           "  kmeans  groups around means: numbers, yes/no, and categories as one number each\n"
           "  gmm     Gaussian mixture: numbers (yes/no too if chosen), groups of any width\n"
           "  lca     latent classes: yes/no columns alone, such as interests\n"
           "  rfm     customers by recency, frequency and monetary value\n"
           "  value   who buys because of the ads: the scenario is run as an experiment\n");
}

static bool names_csv(const char *file)
{
    size_t n = strlen(file);
    return n > 4 && !strcasecmp(file + n - 4, ".csv");
}

static int read_arguments(int argc, char **argv, arguments_t *a)
{
    int first;
    a->threads = parallel_threads_available();
    a->people = 50000;
    a->seed = 1;
    a->how = (segments_options_t){.k_low = 2,
                                  .k_high = 8,
                                  .standardise = STANDARD_SD,
                                  .covariance = MIXTURE_VVV,
                                  .restarts = 10,
                                  .bootstraps = 20};
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        help();
        return EXIT_FINE;
    }
    if (argc - first != 1) {
        fprintf(stderr, "adsim segment: %s; see adsim help segment\n",
                argc == first ? "name a scenario or a CSV file" : "one file at a time");
        return EXIT_USAGE;
    }
    a->file = argv[first];
    return EXIT_FINE;
}

/* --- people ----------------------------------------------------------------------------------- */

typedef struct {
    loaded_t *loaded; /* NULL: a table */
    frame_t frame;
    char name[256];
    segments_t segments;
} work_t;

static void name_of_file(const char *file, char *to, size_t room)
{
    const char *slash = strrchr(file, '/');
    snprintf(to, room, "%s", slash ? slash + 1 : file);
}

static status_t read_scenario(const arguments_t *a, work_t *w, uint64_t *seed, error_t *err)
{
    status_t st = session_load(a->file, &a->settings, a->error_format, a->quiet, "nothing was run",
                               &w->loaded);
    if (st != OK) return st;
    const scenario_t *sc = loaded_scenario(w->loaded);
    double people = (double)a->people;
    if (people > sc->population->size) people = sc->population->size;
    *seed = sc->seed;
    snprintf(w->name, sizeof w->name, "%s", sc->name);
    return frame_of_people(&w->frame, sc->population, (size_t)people, sc->seed, (int)a->threads,
                           err);
}

static status_t tell_problems(status_t st, const arguments_t *a, const diagnostics_t *d,
                              error_t *err)
{
    char *text = st == ERR_INVALID && diagnostics_errors(d)
                     ? diagnostics_text(d, a->error_format, "nothing was run")
                     : NULL;
    if (text) {
        fputs(text, stderr);
        err->text[0] = 0;
    }
    free(text);
    return st;
}

static void tell_warnings(const arguments_t *a, const diagnostics_t *d)
{
    char *text = diagnostics_warnings(d) ? diagnostics_text(d, a->error_format, NULL) : NULL;
    if (text) fputs(text, stderr);
    free(text);
}

static status_t read_table(const arguments_t *a, work_t *w, error_t *err)
{
    char left_out[LEFT_OUT_LENGTH];
    csv_source_t source = {a->file, a->id, a->weight};
    diagnostics_t *d = diagnostics_new();
    if (!d) return fail_memory(err, "the messages");
    name_of_file(a->file, w->name, sizeof w->name);
    status_t st = frame_of_csv(&w->frame, &source, d, left_out, err);
    tell_problems(st, a, d, err);
    if (st == OK && !a->quiet) tell_warnings(a, d);
    diagnostics_free(d);
    if (st == OK && *left_out && !a->quiet)
        fprintf(stderr, "Note: columns that take no part: %s.\n", left_out);
    return st;
}

/* Orders become customers; o outlives the frame. */
static status_t read_orders(const arguments_t *a, work_t *w, orders_t *o, double *as_of,
                            error_t *err)
{
    orders_source_t source = {a->file, a->customer, a->date, a->amount};
    diagnostics_t *d = diagnostics_new();
    if (!d) return fail_memory(err, "the messages");
    name_of_file(a->file, w->name, sizeof w->name);
    status_t st = orders_of_csv(o, &source, d, err);
    tell_problems(st, a, d, err);
    diagnostics_free(d);
    if (st != OK) return st;
    if (!a->as_of)
        *as_of = o->last_day + 1;
    else if (!order_day(a->as_of, as_of))
        return fail(err, ERR_INVALID, "--as-of: write the date like 2026-03-02, not '%.40s'",
                    a->as_of);
    return frame_of_orders(&w->frame, o, *as_of, err);
}

/* --- options that do not go together ---------------------------------------------------------- */

static bool gives_orders(const arguments_t *a)
{
    return a->customer || a->date || a->amount || a->as_of;
}

static int refuse(const char *text)
{
    fprintf(stderr, "adsim segment: %s\n", text);
    return EXIT_USAGE;
}

static int check_arguments(const arguments_t *a, bool table)
{
    bool rfm = a->how.method == METHOD_RFM;
    bool summed = a->recency || a->frequency || a->monetary;
    if (!rfm && (gives_orders(a) || summed))
        return refuse("--recency and its like go with --method rfm");
    if (rfm && !table)
        return refuse(
            "rfm needs a table of customers: the people of a scenario have bought nothing "
            "yet");
    if (rfm && gives_orders(a) && (!a->customer || !a->date || !a->amount))
        return refuse("a table of orders needs --customer, --date and --amount");
    if (rfm && gives_orders(a) && summed)
        return refuse(
            "either columns of customers (--recency, ...) or of orders (--customer, ...)");
    if (a->how.method == METHOD_VALUE && table)
        return refuse(
            "value needs a scenario: only a simulator knows who would have bought anyway");
    if (a->how.method != METHOD_VALUE && a->replications)
        return refuse("--replications goes with --method value: the others fly nothing");
    if (a->dry_run && (a->write || a->members))
        return refuse("--dry-run writes nothing: leave out --write and --members");
    if (!table && (a->id || a->weight)) return refuse("--id and --weight go with a CSV file");
    if (table && a->settings.n > (a->seeded ? 1u : 0u)) return refuse("--set goes with a scenario");
    return EXIT_FINE;
}

/* Before anything is computed: may the results be written? */
static status_t check_outputs(const arguments_t *a, const char *output, const char *name,
                              error_t *err)
{
    char title[SEGMENTS_TITLE];
    segments_title(name, title);
    status_t st = folder_check(output, title, a->force, err);
    if (st == OK && a->write && !a->force && !access(a->write, F_OK))
        st = fail(err, ERR_OUTPUT, "%s exists: choose another name, or -f to replace it", a->write);
    return st;
}

/* --- finding ---------------------------------------------------------------------------------- */

static status_t find(const arguments_t *a, work_t *w, orders_t *orders, const char *output,
                     error_t *err)
{
    segments_options_t o = a->how;
    double as_of = 0;
    bool table = names_csv(a->file);
    o.seed = (uint64_t)a->seed;
    o.threads = (int)a->threads;
    o.interrupted = &session_interrupted;
    status_t st = gives_orders(a) ? read_orders(a, w, orders, &as_of, err)
                  : table         ? read_table(a, w, err)
                                  : read_scenario(a, w, &o.seed, err);
    if (st == OK && !a->dry_run) st = check_outputs(a, output, w->name, err);
    if (st != OK) return st;
    progress_line_t line;
    progress_start(&line, a->quiet ? PROGRESS_NONE : a->progress);
    o.progress = progress_step;
    o.context = &line;
    session_catch_interrupt();
    if (o.method == METHOD_RFM) {
        bool rows = gives_orders(a);
        rfm_source_t source = {rows ? "recency" : a->recency, rows ? "frequency" : a->frequency,
                               rows ? "monetary" : a->monetary, rows ? orders : NULL, as_of};
        st = segments_rfm(&w->segments, &w->frame, &o, &source, err);
    } else if (o.method == METHOD_VALUE)
        st = segments_value(&w->segments, &w->frame, &o, loaded_scenario(w->loaded),
                            (size_t)(a->replications ? a->replications : FLIGHTS), err);
    else
        st = segments_find(&w->segments, &w->frame, &o, err);
    progress_end(&line);
    return st;
}

/* --- results ---------------------------------------------------------------------------------- */

/* Written beside its place, then moved there: a scenario is whole or not there. */
static status_t write_plan(const arguments_t *a, const segments_report_t *r, error_t *err)
{
    size_t length = strlen(a->write);
    char *temporary = malloc(length + 8), *folder = calloc(1, length + 1);
    const char *slash = strrchr(a->write, '/');
    if (!temporary || !folder) {
        free(temporary);
        free(folder);
        return fail_memory(err, "the name of the scenario");
    }
    if (slash) memcpy(folder, a->write, (size_t)(slash - a->write) + 1);
    sprintf(temporary, "%s.part", a->write);
    FILE *to = fopen(temporary, "w");
    status_t st = to ? segments_plan(r, folder, to, err)
                     : fail(err, ERR_OUTPUT, "cannot write %s: %s", a->write, strerror(errno));
    bool written = to && !ferror(to);
    if (to && fclose(to)) written = false;
    if (st == OK && (!written || rename(temporary, a->write)))
        st = fail(err, ERR_OUTPUT, "cannot write %s: %s", a->write, strerror(errno));
    if (to && st != OK) unlink(temporary);
    free(temporary);
    free(folder);
    return st;
}

static void tell_notices(const segments_t *s, const arguments_t *a)
{
    for (size_t i = 0; !a->quiet && i < s->notices.n; i++)
        fprintf(stderr, "Note: %s\n", s->notices.item[i].text);
}

/* Files first: what stdout says was written has been written. */
static status_t publish(const arguments_t *a, const segments_report_t *r, const char *output,
                        error_t *err)
{
    size_t files = 0;
    status_t st = a->dry_run ? OK : segments_write(r, output, &files, err);
    if (st == OK && a->write) st = write_plan(a, r, err);
    if (st == OK)
        st = a->json ? segments_json(r, stdout, err)
                     : segments_page(r, session_page(a->no_color), stdout, err);
    if (st == OK && !a->json && !a->dry_run) {
        putchar('\n');
        st = session_wrote(output, false, "segments.csv audiences.yaml", files, err);
        if (a->write) printf("Wrote %s: check it, then adsim run %s\n", a->write, a->write);
    }
    if (st == OK && (fflush(stdout) || ferror(stdout)))
        st = fail(err, ERR_OUTPUT, "cannot write to stdout");
    return st;
}

static int run(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->file) return EXIT_FINE; /* help was all */
    work_t *w = calloc(1, sizeof *w);
    orders_t orders = {0};
    passport_t passport;
    error_t err = {""};
    passport_begin(&passport, argc, argv);
    char *own_output = a->output ? NULL : session_output(a->file, "-segments");
    const char *output = a->output ? a->output : own_output;
    status_t st =
        w && output && passport.command_line ? OK : fail_memory(&err, "what was asked for");
    if (st == OK) st = find(a, w, &orders, output, &err);
    if (st == OK) {
        segments_report_t r = {&w->segments, w->loaded,
                               a->file,      w->name,
                               a->members,   passport_provenance(&passport, (int)a->threads)};
        st = publish(a, &r, output, &err);
        if (st == OK) tell_notices(&w->segments, a);
        if (st == OK && a->verbose)
            session_took(&passport, "%zu rows looked at", w->frame.people.n);
    }
    int code = session_exit_code(st);
    if (st != OK && err.text[0]) session_failed(st, &err);
    if (w) {
        segments_free(&w->segments);
        frame_free(&w->frame);
        loaded_free(w->loaded);
    }
    orders_free(&orders);
    passport_free(&passport);
    free(own_output);
    free(w);
    return code;
}

/* Options, and whether they go with the file. */
static int read_all(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int code = read_arguments(argc, argv, a);
    return code == EXIT_FINE && a->file ? check_arguments(a, names_csv(a->file)) : code;
}

int command_segment(int argc, char **argv)
{
    return session_answer(argc, argv, "segment", sizeof(arguments_t), read_all, run);
}
