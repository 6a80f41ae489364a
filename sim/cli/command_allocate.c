/* command_allocate.c -- adsim allocate FILE: the best split of a budget, what limits it, how sure. */
#include "sim/allocate/study.h"
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/engine/parallel.h"
#include "sim/report/allocation.h"
#include "sim/report/folder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char command[] = "allocate";

enum {
    OPTION_CURVES = 256,
    OPTION_SEED,
    OPTION_REPLICATIONS,
    OPTION_PEOPLE,
    OPTION_SET,
    OPTION_WRITE,
    OPTION_JSON,
    OPTION_NO_REPORT,
    OPTION_NO_COLOR,
    OPTION_PROGRESS,
    OPTION_ERRORS
};

static const option_t options[] = {
    {OPTION_CURVES, "curves", "FILE", "a file with curves of your own: nothing is simulated"},
    {'o', "output", "DIR", "result folder (default: out/ and the file's name, -allocation)"},
    {'f', "force", NULL, "replace a folder that holds something else"},
    {'n', "dry-run", NULL, "print alone, write nothing"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {OPTION_SEED, "seed", "N", "seed of all chance"},
    {OPTION_REPLICATIONS, "replications", "N", "draws of uncertain curves"},
    {OPTION_PEOPLE, "people", "N", "simulated people"},
    {OPTION_SET, "set", "KEY=VALUE", "change a value of the file (repeatable)"},
    {OPTION_WRITE, "write", "FILE", "write the scenario with the recommended budgets"},
    {'q', "quiet", NULL, "no notices and no progress"},
    {'v', "verbose", NULL, "tell how long it took"},
    {OPTION_JSON, "json", NULL, "print allocation.json instead of the page"},
    {OPTION_NO_REPORT, "no-report", NULL, "write tables and JSON alone, no figures and no page"},
    {OPTION_NO_COLOR, "no-color", NULL, "no colours"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {OPTION_ERRORS, "error-format", "human|short|json", "how to show what is wrong"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options };
const option_table_t allocate_options = {options, N_OPTIONS};

typedef struct {
    const char *file, *output, *write;
    bool curves, force, dry_run, quiet, verbose, json, no_color, no_report, help;
    long threads;
    progress_mode_t progress;
    error_format_t error_format;
    settings_t settings;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case OPTION_CURVES:
        a->file = text;
        a->curves = true;
        return *text || option_wrong(command, "--curves", text, "the name of a file");
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
    case OPTION_REPLICATIONS:
        return settings_add(&a->settings, command, "monte_carlo.replications=", text);
    case OPTION_PEOPLE: return settings_add(&a->settings, command, "people=", text);
    case OPTION_SET: return setting_read(&a->settings, command, text);
    case OPTION_WRITE:
        a->write = text;
        return *text || option_wrong(command, "--write", text, "the name of a file");
    case OPTION_JSON: a->json = true; return true;
    case OPTION_NO_REPORT: a->no_report = true; return true;
    case OPTION_NO_COLOR: a->no_color = true; return true;
    case OPTION_PROGRESS: return progress_read(command, text, &a->progress);
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
        printf("adsim allocate FILE -- the best split of a budget, what limits it, how sure\n\n"
               "FILE is a YAML scenario with a block `allocate`; - reads it from stdin. With\n"
               "response curves of its own (allocate.curves) it needs nothing else.\n\n");
        options_help(options, N_OPTIONS, stdout);
        return EXIT_FINE;
    }
    int files = argc - first + a->curves;
    if (files != 1) {
        fprintf(stderr, "adsim allocate: %s; see adsim help allocate\n",
                files ? "one file at a time" : "name a scenario file");
        return EXIT_USAGE;
    }
    if (!a->curves) a->file = argv[first];
    return EXIT_FINE;
}

/* How the scenario is named in a file that is written: up from that file's folder, where both are relative. */
static char *name_from(const char *written, const char *file)
{
    size_t up = 0;
    bool plain =
        *file != '/' && *written != '/' && !strstr(written, "..") && strcmp(file, "-") != 0;
    for (const char *c = written; plain && *c; c++)
        up += *c == '/' && c[1] != '/' && strncmp(written, "./", 2) != 0;
    char here[4096] = "";
    if (!plain && *file != '/' && !getcwd(here, sizeof here)) return NULL;
    char *name = malloc(3 * up + strlen(here) + strlen(file) + 2);
    if (!name) return NULL;
    strcpy(name, here);
    if (*here) strcat(name, "/");
    for (size_t k = 0; k < up; k++) strcat(name, "../");
    return strcat(name, file);
}

static status_t write_plan(const allocation_report_t *r, const arguments_t *a, error_t *err)
{
    char *name = name_from(a->write, a->file);
    FILE *to = name ? fopen(a->write, a->force ? "w" : "wx") : NULL;
    status_t st = to ? allocation_plan(r, name, to, err)
                     : fail(err, ERR_OUTPUT, "cannot write %s%s", a->write,
                            name && !a->force ? ": if it exists, -f replaces it" : "");
    bool written = to && !ferror(to);
    if (to && fclose(to)) written = false;
    if (st == OK && !written) st = fail(err, ERR_OUTPUT, "cannot write %s", a->write);
    if (st != OK && to) remove(a->write);
    free(name);
    return st;
}

static status_t publish(const allocation_report_t *r, const arguments_t *a, const char *output,
                        error_t *err)
{
    size_t files = 0;
    status_t st = a->dry_run ? OK : allocation_write(r, output, &files, err);
    if (st == OK && a->write) st = write_plan(r, a, err);
    if (st == OK)
        st = a->json ? allocation_json(r, stdout, err)
                     : allocation_page(r, session_page(a->no_color), stdout, err);
    if (st == OK && !a->json && !a->dry_run) {
        putchar('\n');
        st = session_wrote(output, !a->no_report, "allocation.csv allocation.json", files, err);
    }
    if (st == OK && (fflush(stdout) || ferror(stdout)))
        st = fail(err, ERR_OUTPUT, "cannot write to stdout");
    return st;
}

static void tell(const allocation_study_t *s, bool quiet)
{
    for (size_t i = 0; i < s->errors.n; i++)
        fprintf(stderr, "Error: %s.\n", s->errors.item[i].text);
    for (size_t i = 0; !quiet && i < s->notices.n; i++)
        fprintf(stderr, "Note: %s.\n", s->notices.item[i].text);
}

static int run(const void *arguments, int argc, char **argv)
{
    const arguments_t *a = arguments;
    if (!a->file) return EXIT_FINE; /* help was all */
    loaded_t *loaded = NULL;
    allocation_study_t *study = calloc(1, sizeof *study);
    notices_t notices = {0}; /* of the figures */
    passport_t passport;
    error_t err = {""};
    passport_begin(&passport, argc, argv);
    char *own_output = a->output ? NULL : session_output(a->file, "-allocation");
    const char *output = a->output ? a->output : own_output;
    status_t st = session_load_allocation(a->file, &a->settings, a->error_format, a->quiet,
                                          "nothing was allocated", &loaded);
    int code = session_exit_code(st);
    if (st != OK) goto out;
    const scenario_t *sc = loaded_scenario(loaded);
    if (!study || !output || !passport.command_line) st = fail_memory(&err, "what was asked for");
    if (st == OK && !a->dry_run) st = folder_check(output, sc->name, a->force, &err);
    progress_line_t line;
    allocation_options_t how = {.threads = (int)a->threads,
                                .interrupted = &session_interrupted,
                                .progress = progress_step,
                                .context = &line};
    session_catch_interrupt();
    progress_start(&line, a->quiet ? PROGRESS_NONE : a->progress);
    if (st == OK) st = allocation_study_open(study, sc, &how, &err);
    progress_end(&line);
    if (st == OK) {
        figures_how_t figures = {.at_once = (int)a->threads,
                                 .seconds = FIGURE_SECONDS,
                                 .interrupted = &session_interrupted,
                                 .notices = &notices};
        allocation_report_t r = {study, loaded, passport_provenance(&passport, (int)a->threads),
                                 a->no_report ? NULL : &figures};
        st = publish(&r, a, output, &err);
    }
    code = st == OK ? EXIT_FINE : session_failed(st, &err);
    if (st == OK) tell(study, a->quiet);
    for (size_t i = 0; st == OK && !a->quiet && i < notices.n; i++)
        fprintf(stderr, "Note: %s\n", notices.item[i].text);
    if (st == OK && a->verbose)
        session_took(&passport, "allocated over %d cells", study->problem.n);
    if (st == OK && !study->outcome.reached) code = EXIT_REQUIREMENT;
out:
    notices_free(&notices);
    if (study) allocation_study_free(study);
    free(study);
    loaded_free(loaded);
    passport_free(&passport);
    free(own_output);
    return code;
}

int command_allocate(int argc, char **argv)
{
    return session_answer(argc, argv, "allocate", sizeof(arguments_t), read_arguments, run);
}
