/* command_audience.c -- adsim audience FILE: how many people each audience has, who they are, and how
 * audiences overlap; nothing is simulated but the people. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/session.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/audience_study.h"
#include "sim/report/audience.h"
#include "sim/report/folder.h"

#include <stdlib.h>
#include <string.h>

static const char command[] = "audience";

enum {
    OPTION_SEED = 256,
    OPTION_PEOPLE,
    OPTION_SET,
    OPTION_FIT,
    OPTION_JSON,
    OPTION_NO_REPORT,
    OPTION_NO_COLOR,
    OPTION_ERRORS
};

static const option_t options[] = {
    {'o', "output", "DIR", "result folder (default: out/ and the file's name, -audiences)"},
    {'f', "force", NULL, "replace a folder that holds something else"},
    {'n', "dry-run", NULL, "print alone, write nothing"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {OPTION_SEED, "seed", "N", "seed of all chance"},
    {OPTION_PEOPLE, "people", "N", "simulated people to count"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of the file (repeatable)"},
    {'q', "quiet", NULL, "no notices"},
    {'v', "verbose", NULL, "tell how long it took"},
    {OPTION_FIT, "fit", NULL,
     "how well the population agrees with its tables, instead of the page"},
    {OPTION_JSON, "json", NULL, "print summary.json instead of the page"},
    {OPTION_NO_REPORT, "no-report", NULL, "tables and JSON alone, no figures"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_ERRORS, "error-format", "human|short|json", "how to show what is wrong"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t audience_options = {options, N_OPTIONS};

typedef struct {
    const char *file, *output;
    bool force, dry_run, quiet, verbose, fit, json, no_report, no_color, help;
    long threads;
    error_format_t error_format;
    settings_t settings;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case 'o':
        a->output = text;
        return *text || option_wrong(command, "--output", text, "the name of a folder");
    case 'f': a->force = true; return true;
    case 'n': a->dry_run = true; return true;
    case 'q': a->quiet = true; return true;
    case 'v': a->verbose = true; return true;
    case 'h': a->help = true; return true;
    case 'j': return threads_read(command, text, &a->threads);
    case OPTION_SEED: return settings_add(&a->settings, command, "seed=", text);
    case OPTION_PEOPLE: return settings_add(&a->settings, command, "people=", text);
    case OPTION_SET: return setting_read(&a->settings, command, text);
    case OPTION_FIT: a->fit = true; return true;
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_REPORT: a->no_report = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    default: return error_format_read(command, text, &a->error_format);
    }
}

static int read_arguments(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int first;
    a->threads = parallel_threads_available();
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        printf(
            "adsim audience FILE -- how many people each audience has, who they are, how audiences "
            "overlap\n\n"
            "FILE is a YAML scenario; - reads it from stdin. No ads are simulated.\n\n");
        options_help(options, N_OPTIONS, stdout);
        return EXIT_FINE;
    }
    if (argc - first != 1) {
        fprintf(stderr, "adsim audience: %s; see adsim help audience\n",
                argc == first ? "name a scenario file" : "one scenario file at a time");
        return EXIT_USAGE;
    }
    a->file = argv[first];
    return EXIT_FINE;
}

/* The folder first: what stdout says was written has been written. */
static status_t publish(const audience_report_t *r, const arguments_t *a, const char *output,
                        notices_t *notices, error_t *err)
{
    size_t files = 0;
    figures_how_t how = {.at_once = (int)a->threads,
                         .seconds = FIGURE_SECONDS,
                         .interrupted = &session_interrupted,
                         .notices = notices};
    status_t st = OK;
    if (!a->dry_run) st = audience_report_write(r, output, a->no_report ? NULL : &how, &files, err);
    if (st != OK) return st;
    page_t page = session_page(a->no_color);
    st = a->json  ? audience_report_json(r, stdout, err)
         : a->fit ? audience_report_fit(r, page, stdout, err)
                  : audience_report_page(r, page, stdout, err);
    if (st == OK && !a->json && !a->dry_run) {
        putchar('\n');
        st = session_wrote(output, false, "audiences.csv summary.json", files, err);
    }
    if (st == OK && (fflush(stdout) || ferror(stdout)))
        st = fail(err, ERR_OUTPUT, "cannot write to stdout");
    return st;
}

static void tell(const notices_t *notices)
{
    for (size_t i = 0; i < notices->n; i++) fprintf(stderr, "Note: %s\n", notices->item[i].text);
}

static int run(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->file) return EXIT_FINE; /* help was all */
    loaded_t *loaded = NULL;
    audience_study_t study = {0};
    notices_t notices = {0}; /* of the figures */
    passport_t passport;
    error_t err = {""};
    passport_begin(&passport, argc, argv);
    char *own_output = a->output ? NULL : session_output(a->file, "-audiences");
    const char *output = a->output ? a->output : own_output;
    status_t st = session_load_people(a->file, &a->settings, a->error_format, a->quiet,
                                      "nothing was counted", &loaded);
    int code = session_exit_code(st);
    if (st != OK) goto out;
    const scenario_t *sc = loaded_scenario(loaded);
    audience_options_t how = {.threads = (int)a->threads, .fit = a->fit};
    if (!output || !passport.command_line) st = fail_memory(&err, "what was asked for");
    if (st == OK && !a->dry_run) st = folder_check(output, sc->name, a->force, &err);
    if (st == OK) st = audience_study_open(&study, sc, &how, &err);
    if (st == OK) {
        audience_report_t r = {&study, loaded, passport_provenance(&passport, (int)a->threads)};
        session_catch_interrupt();
        st = publish(&r, a, output, &notices, &err);
    }
    code = st == OK ? EXIT_FINE : session_failed(st, &err);
    if (st == OK && !a->quiet) tell(&notices);
    if (st == OK && a->verbose) session_took(&passport, "%zu people counted", study.people);
out:
    notices_free(&notices);
    audience_study_close(&study);
    loaded_free(loaded);
    passport_free(&passport);
    free(own_output);
    return code;
}

int command_audience(int argc, char **argv)
{
    return session_answer(argc, argv, "audience", sizeof(arguments_t), read_arguments, run);
}
