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
    {OPTION_COLUMNS, "columns", "A,B,...", "what takes part: columns, or interests, platforms, ..."},
    {OPTION_EXCLUDE, "exclude", "A,B,...", "what does not"},
    {OPTION_STANDARDISE, "standardise", "HOW", "none, sd (default), sd-sample, range or robust"},
    {OPTION_COVARIANCE, "covariance", "SHAPE", "of gmm: spherical, diagonal, tied or full (default)"},
    {OPTION_RESTARTS, "restarts", "N", "random starts, the best is kept (default: 10)"},
    {OPTION_BOOTSTRAP, "bootstrap", "N", "samples that test how stable segments are (20); 0: none"},
    {OPTION_SEED, "seed", "N", "seed of all chance"},
    {OPTION_PEOPLE, "people", "N", "people of a scenario to look at (default: 100000)"},
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
    {OPTION_REPLICATIONS, "replications", "N", "for value: flights of the experiment (default: 200)"},
    {'o', "output", "DIR", "result folder (default: out/NAME-segments)"},
    {OPTION_MEMBERS, "members", NULL, "of a scenario: write members.csv too"},
    {OPTION_WRITE, "write", "FILE", "write a scenario that targets the segments"},
    {'f', "force", NULL, "replace a folder that holds something else, or FILE"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {'q', "quiet", NULL, "no notices and no progress"},
    {OPTION_JSON, "json", NULL, "print summary.json instead of the page"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };

enum { PEOPLE_LEAST = 10, PEOPLE_MOST = 5000000, RESTARTS_MOST = 1000, BOOTSTRAP_MOST = 1000 };

typedef struct {
    const char *file, *output, *write, *id, *weight;
    const char *recency, *frequency, *monetary, *customer, *date, *amount, *as_of;
    bool force, members, quiet, json, no_color, help, seeded;
    long people, seed, replications, threads;
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

static bool take_word(const char *option, const char *text, const char *const *words, int n,
                      int *out)
{
    char wanted[120] = "";
    *out = word_index(text, words, n);
    if (*out >= 0) return true;
    for (int i = 0; i < n; i++) {
        size_t used = strlen(wanted);
        snprintf(wanted + used, sizeof wanted - used, "%s%s",
                 !i ? "" : i == n - 1 ? " or " : ", ", words[i]);
    }
    return wrong(option, text, wanted);
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
    static const char *const progress[] = {"auto", "plain", "none"};
    static const char *const formats[] = {"human", "short", "json"};
    arguments_t *a = context;
    int word = 0;
    if (text_option(a, code)) return take_text(a, code, text);
    switch (code) {
    case 'f': a->force = true; return true;
    case 'q': a->quiet = true; return true;
    case 'h': a->help = true; return true;
    case 'j': return take_number("--threads", text, 1, THREADS_AT_MOST, &a->threads);
    case OPTION_METHOD:
        if (!take_word("--method", text, method_words, METHODS, &word)) return false;
        a->how.method = (method_t)word;
        return true;
    case OPTION_K: return take_k(a, text);
    case OPTION_STANDARDISE:
        if (!take_word("--standardise", text, standard_names, STANDARDS, &word)) return false;
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
    case OPTION_PEOPLE:
        return take_number("--people", text, PEOPLE_LEAST, PEOPLE_MOST, &a->people);
    case OPTION_SET:
        return strchr(text, '=') ? settings_add(&a->settings, "segment", "", text)
                                 : wrong("--set", text, "it is written KEY=VALUE");
    case OPTION_MEMBERS: a->members = true; return true;
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PROGRESS:
        if (!take_word("--progress", text, progress, 3, &word)) return false;
        a->progress = (progress_mode_t)word;
        return true;
    default:
        if (!take_word("--error-format", text, formats, 3, &word)) return false;
        a->error_format = (error_format_t)word;
        return true;
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
           "  gmm     Gaussian mixture: numbers alone, groups of any width\n"
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
    a->people = 100000;
    a->seed = 1;
    a->replications = 200;
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

static status_t read_table(const arguments_t *a, work_t *w, error_t *err)
{
    char left_out[LEFT_OUT_LENGTH];
    csv_source_t source = {a->file, a->id, a->weight};
    diagnostics_t *d = diagnostics_new();
    if (!d) return fail_memory(err, "the messages");
    name_of_file(a->file, w->name, sizeof w->name);
    status_t st = frame_of_csv(&w->frame, &source, d, left_out, err);
    tell_problems(st, a, d, err);
    diagnostics_free(d);
    if (st == OK && *left_out && !a->quiet)
        fprintf(stderr, "Note: columns that take no part: %s.\n", left_out);
    return st;
}
