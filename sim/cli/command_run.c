/* command_run.c -- adsim run FILE: simulate, print a summary, write a folder. */
#include "models/base/status.h"
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/requirement.h"
#include "sim/cli/session.h"
#include "sim/cli/spread.h"
#include "sim/engine/parallel.h"
#include "sim/report/folder.h"
#include "sim/report/report.h"

#include <stdlib.h>
#include <string.h>

enum {
    OPTION_SEED = 256,
    OPTION_REPLICATIONS,
    OPTION_PRECISION,
    OPTION_PEOPLE,
    OPTION_SET,
    OPTION_JSON,
    OPTION_NO_REPORT,
    OPTION_NO_COLOR,
    OPTION_PROGRESS,
    OPTION_ERROR_FORMAT,
    OPTION_REQUIRE
};

static const option_t options[] = {
    {'o', "output", "DIR", "result folder (default: out/ and the file's name)"},
    {'f', "force", NULL, "replace a folder that holds something else"},
    {'n', "dry-run", NULL, "show people, audiences and first bids; run nothing"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {OPTION_SEED, "seed", "N", "seed of all chance"},
    {OPTION_REPLICATIONS, "replications", "N", "run exactly N (even)"},
    {OPTION_PRECISION, "precision", "1%", "run until the means are this sure"},
    {OPTION_PEOPLE, "people", "N", "simulated people"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of the file (repeatable)"},
    {'q', "quiet", NULL, "no notices and no progress"},
    {'v', "verbose", NULL, "explain the results, ad set by ad set; tell how long it took"},
    {OPTION_JSON, "json", NULL, "print summary.json instead of the page"},
    {OPTION_NO_REPORT, "no-report", NULL, "write tables and JSON alone, no figures and no page"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERROR_FORMAT, "error-format", "human|short|json", "how to show what is wrong"},
    {OPTION_REQUIRE, "require", "'P(roas>=1.3)>=0.75'", "exit with 3 unless this holds"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t run_options = {options, N_OPTIONS};

typedef struct {
    const char *file, *output;
    bool force, dry_run, quiet, verbose, json, no_color, no_report, help, required;
    long threads;
    progress_mode_t progress;
    error_format_t error_format;
    requirement_t requirement;
    const char *requirement_text;
    settings_t settings; /* --set, --seed and the like */
} arguments_t;

/* --- arguments -------------------------------------------------------------------------------- */

static bool wrong(const char *option, const char *text, const char *wanted)
{
    return option_wrong("run", option, text, wanted);
}

static bool add_setting(arguments_t *a, const char *key, const char *value)
{
    return settings_add(&a->settings, "run", key, value);
}

static bool take_require(arguments_t *a, const char *text)
{
    char why[160];
    a->required = true;
    a->requirement_text = text;
    bool parsed = requirement_parse(text, &a->requirement, why);
    if (parsed && !a->requirement.plan[0]) return true;
    if (parsed)
        snprintf(why, sizeof why, "one plan is run: leave out [%.40s]", a->requirement.plan);
    fprintf(stderr, "adsim run: --require '%s': %s\n", text, why);
    return false;
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
    case 'j': return threads_read("run", text, &a->threads);
    case OPTION_SEED: return add_setting(a, "seed=", text);
    case OPTION_REPLICATIONS: return add_setting(a, "monte_carlo.replications=", text);
    case OPTION_PRECISION: return add_setting(a, "monte_carlo.precision=", text);
    case OPTION_PEOPLE: return add_setting(a, "people=", text);
    case OPTION_SET: return setting_read(&a->settings, "run", text);
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_REPORT: a->no_report = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PROGRESS: return progress_read("run", text, &a->progress);
    case OPTION_ERROR_FORMAT: return error_format_read("run", text, &a->error_format);
    default: return take_require(a, text);
    }
}

static int read_arguments(int argc, char **argv, void *arguments)
{
    arguments_t *a = arguments;
    int first;
    if (!options_read(argc, argv, options, N_OPTIONS, &first, take, a)) return EXIT_USAGE;
    if (a->help) {
        printf("adsim run FILE -- simulate a scenario, print a summary, write a folder\n\n"
               "FILE is a YAML scenario; - reads it from stdin.\n\n");
        options_help(options, N_OPTIONS, stdout);
        return EXIT_FINE;
    }
    if (argc - first != 1) {
        fprintf(stderr, "adsim run: %s; see adsim help run\n",
                argc == first ? "name a scenario file" : "one scenario file at a time");
        return EXIT_USAGE;
    }
    a->file = argv[first];
    return EXIT_FINE;
}

/* --- the run ---------------------------------------------------------------------------------- */

static void tell_notices(const study_t *s, const arguments_t *a)
{
    for (size_t i = 0; !a->quiet && i < s->notices.n; i++)
        fprintf(stderr, "Note: %s\n", s->notices.item[i].text);
}

static int check_requirement(const study_t *s, const arguments_t *a)
{
    const requirement_t *r = &a->requirement;
    if (!a->required) return EXIT_FINE;
    probability_t p = estimator_probability(s->estimator, scope_plan(s->evidence.scopes), r->column,
                                            r->at_most, r->threshold);
    if (p.share >= r->at_least) return EXIT_FINE;
    fprintf(stderr, "Not met: %s; the probability is %.4g\n", a->requirement_text, p.share);
    return EXIT_REQUIREMENT;
}

/* As many as there are processors, unless other ranks of a program may be on the same machine. */
static int threads_of(const arguments_t *a)
{
    return a->threads ? (int)a->threads : spread_ranks() > 1 ? 1 : parallel_threads_available();
}

static status_t simulate(study_t *s, const arguments_t *a, const scenario_t *sc, error_t *err)
{
    progress_line_t line;
    crew_t crew = spread_crew();
    progress_start(&line, a->quiet || !spread_leads() ? PROGRESS_NONE : a->progress);
    run_options_t how = {.threads = threads_of(a),
                         .progress = progress_show,
                         .context = &line,
                         .interrupted = &session_interrupted,
                         .crew = &crew};
    status_t st = study_open(s, sc, &how, err);
    if (st == OK && !a->dry_run) {
        session_catch_interrupt();
        st = study_simulate(s, err);
    }
    progress_end(&line);
    return st;
}

/* The folder first: what stdout says was written has been written. */
static status_t publish(const report_t *r, const arguments_t *a, const char *output, error_t *err)
{
    size_t files = 0;
    status_t st = report_write(r, output, &files, err);
    if (st != OK) return st;
    page_t page = session_page(a->no_color);
    page.detail = a->verbose;
    st = a->json ? report_summary_json(r, stdout, err) : report_page(r, page, stdout, err);
    if (st == OK && !a->json)
        st = session_wrote(output, !a->no_report, "summary.csv summary.json", files, err);
    if (st == OK && (fflush(stdout) || ferror(stdout)))
        st = fail(err, ERR_OUTPUT, "cannot write to stdout");
    return st;
}

/* A rank that only makes its part of the replications. The leader has the same file and tells what is wrong. */
static void follow(const arguments_t *a)
{
    loaded_t *loaded = NULL;
    study_t study = {0};
    error_t err = {""};
    load_options_t how = {.set = a->settings.set, .n_set = a->settings.n};
    diagnostics_t *d = diagnostics_new();
    status_t st =
        d ? scenario_load(a->file, &how, d, &loaded, &err) : fail_memory(&err, "the messages");
    if (st == ERR_INVALID) snprintf(err.text, sizeof err.text, "%s is not valid here", a->file);
    st = spread_agree(st, &err);
    if (st == OK && spread_agree(OK, &err) == OK) {
        st = simulate(&study, a, loaded_scenario(loaded), &err);
        if (st != OK && st != ERR_UNEXPECTED && st != ERR_INTERRUPTED)
            fprintf(stderr, "adsim: rank %zu: %s\n", spread_crew().rank, err.text);
    }
    study_close(&study);
    loaded_free(loaded);
    diagnostics_free(d);
}

static int lead(const arguments_t *a, int argc, char **argv)
{
    loaded_t *loaded = NULL;
    study_t study = {0};
    responses_t responses = {0};
    passport_t passport;
    error_t err = {""};
    passport_begin(&passport, argc, argv);
    char *own_output = a->output ? NULL : session_output(a->file, "");
    const char *output = a->output ? a->output : own_output;
    status_t st =
        session_load(a->file, &a->settings, a->error_format, a->quiet, "nothing was run", &loaded);
    int code = session_exit_code(st);
    bool told = st != OK;
    st = spread_agree(st, &err);
    if (st != OK && !told) code = session_failed(st, &err);
    if (st != OK) goto out;
    const scenario_t *sc = loaded_scenario(loaded);
    if (!output || !passport.command_line) st = fail_memory(&err, "what was asked for");
    if (st == OK && !a->dry_run) st = folder_check(output, sc->name, a->force, &err);
    st = spread_agree(st, &err);
    if (st == OK) st = simulate(&study, a, sc, &err);
    if (st == OK && a->dry_run) st = report_plan(&study, session_page(a->no_color), stdout, &err);
    if (st == OK && !a->dry_run) {
        figures_how_t how = {.at_once = threads_of(a),
                             .seconds = FIGURE_SECONDS,
                             .interrupted = &session_interrupted,
                             .notices = &study.notices};
        st = responses_init(&responses, &study, threads_of(a), &err);
        report_t r = {&study, loaded, passport_provenance(&passport, threads_of(a)),
                      a->no_report ? NULL : &how, &responses};
        if (st == OK) st = publish(&r, a, output, &err);
    }
    if (st != OK) {
        code = session_failed(st, &err);
        goto out;
    }
    if (a->dry_run) goto out;
    tell_notices(&study, a);
    if (a->verbose)
        fprintf(stderr, "%zu replications, %lld candidates, %.2f s\n", study_replications(&study),
                (long long)study.candidates, seconds_now() - passport.begin);
    code = study.interrupted ? EXIT_INTERRUPTED : check_requirement(&study, a);
out:
    responses_free(&responses);
    study_close(&study);
    loaded_free(loaded);
    passport_free(&passport);
    free(own_output);
    return code;
}

/* Replications lie in the ranks' memories until the run ends. */
static const char LOST[] =
    "adsim: a rank was lost, or the job was stopped: all ranks ended, nothing was written.\n"
    "Run it again. What is complete is kept by a sweep over seeds, which goes on with --resume:\n"
    "  sweep: {over: {seed: {from: 1, to: 16, step: 1}}}\n";

static int run(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->file) return EXIT_FINE; /* help was all */
    int code = EXIT_FINE;
    spread_begin(LOST);
    if (spread_leads())
        code = lead(a, argc, argv);
    else
        follow(a);
    spread_end();
    return code;
}

int command_run(int argc, char **argv)
{
    return session_answer(argc, argv, "run", sizeof(arguments_t), read_arguments, run);
}
