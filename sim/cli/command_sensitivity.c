/* command_sensitivity.c -- adsim sensitivity FILE: which doubt moves the answer most. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/cli/terminal.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/sensitivity.h"
#include "sim/report/folder.h"
#include "sim/report/sensitivity.h"
#include "sim/report/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPTION_SEED = 256,
    OPTION_PEOPLE,
    OPTION_SET,
    OPTION_METRIC,
    OPTION_ROWS,
    OPTION_REPLICATIONS,
    OPTION_NO_ASSUMPTIONS,
    OPTION_JSON,
    OPTION_NO_REPORT,
    OPTION_NO_COLOR,
    OPTION_PROGRESS,
    OPTION_ERROR_FORMAT
};
enum { ROWS = 256, ROWS_MOST = 65536, REPLICATIONS = 16, SHOWN = 20 };

static const option_t options[] = {
    {'o', "output", "DIR", "result folder (default: out/, the file's name, -sensitivity)"},
    {'f', "force", NULL, "replace a folder that holds something else"},
    {'n', "dry-run", NULL, "name the doubts, tell the flights; run nothing"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {OPTION_METRIC, "metric", "NAME", "what the tornado is of (default: the target's, or iroas)"},
    {OPTION_ROWS, "rows", "N", "rows of the design, a power of two (256); each is k + 3 flights"},
    {OPTION_REPLICATIONS, "replications", "N", "flights for a value moved alone (16)"},
    {OPTION_NO_ASSUMPTIONS, "no-assumptions", NULL, "leave out assumed values without a law"},
    {OPTION_SEED, "seed", "N", "seed of all chance"},
    {OPTION_PEOPLE, "people", "N", "simulated people"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of the file (repeatable)"},
    {'q', "quiet", NULL, "no warnings and no progress"},
    {'v', "verbose", NULL, "tell how long it took"},
    {OPTION_JSON, "json", NULL, "print summary.json instead of the page"},
    {OPTION_NO_REPORT, "no-report", NULL, "write tables alone, no figures"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t sensitivity_options = {options, N_OPTIONS};

typedef struct {
    const char *file, *output;
    bool force, dry_run, quiet, verbose, no_color, no_report, json, help, no_assumptions;
    long threads, rows, replications;
    int column;
    progress_mode_t progress;
    error_format_t error_format;
    settings_t settings;
} arguments_t;

static bool wrong(const char *option, const char *text, const char *wanted)
{
    return option_wrong("sensitivity", option, text, wanted);
}

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case 'o': a->output = text; return *text || wrong("--output", text, "the name of a folder");
    case 'f': a->force = true; return true;
    case 'n': a->dry_run = true; return true;
    case 'q': a->quiet = true; return true;
    case 'v': a->verbose = true; return true;
    case 'h': a->help = true; return true;
    case 'j': return threads_read("sensitivity", text, &a->threads);
    case OPTION_METRIC:
        a->column = column_find(text);
        return a->column >= 0 || wrong("--metric", text, "a column of summary.csv, such as roas");
    case OPTION_ROWS:
        return (whole_number(text, 2, ROWS_MOST, &a->rows) && !(a->rows & (a->rows - 1))) ||
               wrong("--rows", text, "a power of two of 2..65536");
    case OPTION_REPLICATIONS:
        return whole_number(text, 1, ROWS_MOST, &a->replications) ||
               wrong("--replications", text, "a whole number of 1..65536");
    case OPTION_NO_ASSUMPTIONS: a->no_assumptions = true; return true;
    case OPTION_SEED: return settings_add(&a->settings, "sensitivity", "seed=", text);
    case OPTION_PEOPLE: return settings_add(&a->settings, "sensitivity", "people=", text);
    case OPTION_SET: return setting_read(&a->settings, "sensitivity", text);
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_REPORT: a->no_report = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PROGRESS: return progress_read("sensitivity", text, &a->progress);
    default: return error_format_read("sensitivity", text, &a->error_format);
    }
}

static int read_arguments(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int first;
    a->threads = parallel_threads_available();
    a->rows = ROWS;
    a->replications = REPLICATIONS;
    a->column = -1;
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        printf("adsim sensitivity FILE -- which unsure or assumed value moves the answer most\n\n");
        options_help(options, N_OPTIONS, stdout);
        return EXIT_FINE;
    }
    if (argc - first == 1) {
        a->file = argv[first];
        return EXIT_FINE;
    }
    fputs("adsim sensitivity: name one scenario file; see adsim help sensitivity\n", stderr);
    return EXIT_USAGE;
}

/* Moved together by their laws, alone, or not at all. */
static void print_plan(const sensitivity_t *s, const scenario_t *sc, FILE *to)
{
    size_t unsure = 0, assumed = 0, others = 0;
    for (size_t i = 0; i < s->n; i++) {
        unsure += s->doubt[i].uncertain;
        assumed += s->doubt[i].moved && !s->doubt[i].uncertain;
        others += !s->doubt[i].moved;
    }
    fprintf(to, "%s \xc2\xb7 %zu unsure values, %zu assumed ones \xc2\xb7 at most %s flights\n\n",
            sc->name, unsure, assumed, amount_whole((double)s->replications).text);
    for (size_t i = 0; i < s->n; i++)
        if (s->doubt[i].moved)
            fprintf(to, "  %s: %s (%s)\n", s->doubt[i].path, s->doubt[i].value, s->doubt[i].source);
    if (others) fprintf(to, "\n%zu assumed ones are no numbers that could be moved.\n", others);
    fputs("\nNothing was run.\n", to);
}

static status_t tell_plan(const sensitivity_t *s, const scenario_t *sc, error_t *err)
{
    fold_t fold;
    FILE *lines = fold_open(&fold);
    if (lines) print_plan(s, sc, lines);
    return fold_close(&fold, stdout, terminal_width()) ? OK : fail_memory(err, "the plan");
}

static int run(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->file) return EXIT_FINE; /* help was all */
    loaded_t *loaded = NULL;
    sensitivity_t s = {0};
    passport_t passport;
    progress_line_t line;
    error_t err = {""};
    notices_t notices = {0}; /* of the figures */
    size_t files = 0;
    passport_begin(&passport, argc, argv);
    char *output = a->output ? strdup(a->output) : session_output(a->file, "-sensitivity");
    status_t st =
        session_load(a->file, &a->settings, a->error_format, a->quiet, "nothing was run", &loaded);
    int code = session_exit_code(st);
    if (st != OK) goto out;
    if (!output || !passport.command_line) st = fail_memory(&err, "what was asked for");
    if (st == OK && !a->dry_run)
        st = folder_check(output, loaded_scenario(loaded)->name, a->force, &err);
    progress_start(&line, a->quiet ? PROGRESS_NONE : a->progress);
    session_catch_interrupt();
    sensitivity_how_t how = {.file = a->file,
                             .set = a->settings.set,
                             .n_set = a->settings.n,
                             .column = a->column,
                             .rows = (size_t)a->rows,
                             .replications = (size_t)a->replications,
                             .assumptions = !a->no_assumptions,
                             .run = {.threads = (int)a->threads,
                                     .progress = progress_show,
                                     .context = &line,
                                     .interrupted = &session_interrupted}};
    if (st == OK) st = (a->dry_run ? sensitivity_plan : sensitivity_init)(&s, loaded, &how, &err);
    progress_end(&line);
    if (st == OK && a->dry_run) st = tell_plan(&s, loaded_scenario(loaded), &err);
    if (a->dry_run) {
        code = st == OK ? EXIT_FINE : session_failed(st, &err);
        goto out;
    }
    provenance_t provenance = passport_provenance(&passport, (int)a->threads);
    figures_how_t figures = {.at_once = (int)a->threads,
                             .seconds = FIGURE_SECONDS,
                             .interrupted = &session_interrupted,
                             .notices = &notices};
    if (st == OK)
        st = sensitivity_write(&s, loaded, &provenance, a->no_report ? NULL : &figures, output,
                               &files, &err);
    if (st == OK && a->json) st = sensitivity_json(&s, loaded_scenario(loaded), stdout, &err);
    if (st == OK && !a->json) {
        st = sensitivity_page(&s, loaded_scenario(loaded), session_page(a->no_color), SHOWN, stdout,
                              &err);
        if (st == OK) st = session_wrote(output, false, "sensitivity.csv", files, &err);
    }
    for (size_t i = 0; st == OK && !a->quiet && i < notices.n; i++)
        fprintf(stderr, "Note: %s\n", notices.item[i].text);
    if (st == OK && a->verbose) session_took(&passport, "%zu flights", s.replications);
    code = st == OK ? EXIT_FINE : session_failed(st, &err);
out:
    notices_free(&notices);
    sensitivity_free(&s);
    loaded_free(loaded);
    passport_free(&passport);
    free(output);
    return code;
}

int command_sensitivity(int argc, char **argv)
{
    return session_answer(argc, argv, "sensitivity", sizeof(arguments_t), read_arguments, run);
}
