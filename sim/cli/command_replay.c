/* command_replay.c -- adsim replay DIR: runs what a result folder is of again, and compares digests. */
#include "sim/cli/cli.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/session.h"
#include "sim/cli/study_folder.h"
#include "sim/config/arena.h"
#include "sim/engine/parallel.h"
#include "sim/report/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_PROGRESS = 256 };

static const option_t options[] = {
    {'o', "output", "DIR", "where the new results go (default: DIR-replay)"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {'q', "quiet", NULL, "tell differences alone"},
    {OPTION_PROGRESS, "progress", "auto|plain|none", "how to show progress"},
    {'h', "help", NULL, "this text"},
};
enum { N_OPTIONS = sizeof options / sizeof *options, ARGUMENTS_MOST = 4096 };
const option_table_t replay_options = {options, N_OPTIONS};

typedef struct {
    const char *output;
    long threads;
    bool quiet, help;
    progress_mode_t progress;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case 'o':
        a->output = text;
        return *text || option_wrong("replay", "--output", text, "the name of a folder");
    case 'j': return threads_read("replay", text, &a->threads);
    case 'q': a->quiet = true; return true;
    case OPTION_PROGRESS: return progress_read("replay", text, &a->progress);
    default: a->help = true; return true;
    }
}

/* FOLDER/NAME; malloc'ed. */
static char *inside(const char *folder, const char *name)
{
    char *path = malloc(strlen(folder) + strlen(name) + 2);
    if (path) sprintf(path, "%s/%s", folder, name);
    return path;
}

static json_t *read_json(const char *folder, const char *name)
{
    char *path = inside(folder, name);
    json_t *found = path ? json_load_file(path, 0, NULL) : NULL;
    free(path);
    return found;
}

/* --- running again ---------------------------------------------------------------------------- */

/* resolved.yaml holds every value that was used: it needs none of the files of then. */
static status_t run_again(const char *folder, const char *output, const arguments_t *a, int argc,
                          char **argv, error_t *err)
{
    loaded_t *loaded = NULL;
    study_t study = {0};
    responses_t responses = {0};
    passport_t passport;
    progress_line_t line;
    size_t files;
    settings_t *none = calloc(1, sizeof *none);
    char *scenario = inside(folder, "resolved.yaml");
    passport_begin(&passport, argc, argv);
    progress_start(&line, a->quiet ? PROGRESS_NONE : a->progress);
    session_catch_interrupt();
    run_options_t how = {.threads = (int)a->threads,
                         .progress = progress_show,
                         .context = &line,
                         .interrupted = &session_interrupted};
    status_t st = scenario && none ? OK : fail_memory(err, "the scenario");
    if (st == OK) st = session_load(scenario, none, FORMAT_HUMAN, true, "nothing was run", &loaded);
    if (st == OK) st = study_open(&study, loaded_scenario(loaded), &how, err);
    if (st == OK) st = study_simulate(&study, err);
    progress_end(&line);
    if (st == OK) st = responses_init(&responses, &study, (int)a->threads, err);
    if (st == OK) {
        report_t r = {&study, loaded, passport_provenance(&passport, (int)a->threads), NULL,
                      &responses};
        st = report_write(&r, output, &files, err);
    }
    responses_free(&responses);
    study_close(&study);
    loaded_free(loaded);
    passport_free(&passport);
    free(scenario);
    free(none);
    return st;
}

/* A study: the same command on the files of its manifest. */
static int sweep_again(const json_t *manifest, const char *output)
{
    char *argument[ARGUMENTS_MOST] = {"sweep", "-q", "-f", "-o", (char *)output};
    int n = 5;
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(manifest, "set"), i, one)
    {
        if (n + 3 >= ARGUMENTS_MOST) return EXIT_UNEXPECTED;
        argument[n++] = "--set";
        argument[n++] = (char *)json_string_value(one);
    }
    json_array_foreach(json_object_get(manifest, "files"), i, one)
    {
        if (n + 2 >= ARGUMENTS_MOST) return EXIT_UNEXPECTED;
        argument[n++] = (char *)json_string_value(json_object_get(one, "file"));
    }
    return command_sweep(n, argument);
}

/* Commands that are asked again as they were, of the same files: their results are more than one plan's values. */
static const char *const asked_again[] = {"compare", "allocate", "audience", "segment",
                                          "sensitivity"};

/* Options that say where results go and how they are told, not what they are. A plan that --write wrote may have been
 * changed since. */
static const char *const not_asked[] = {"output", "force", "threads", "write",
                                        "quiet",  "json",  "require"};

/* The command that the result is of, if it is to be asked again; NULL = none. */
static const command_t *command_of(const json_t *then)
{
    const char *name = json_string_value(json_array_get(json_object_get(then, "arguments"), 0));
    enum { N = sizeof asked_again / sizeof *asked_again };
    return name && word_index(name, asked_again, N) >= 0 ? command_find(name) : NULL;
}

typedef struct {
    arena_t texts;
    const option_table_t *options;
    char *argument[ARGUMENTS_MOST];
    int n;
    bool failed; /* no memory, or more of them than there is room for */
} question_t;

static void ask_with(question_t *q, char *argument)
{
    if (argument && q->n < ARGUMENTS_MOST)
        q->argument[q->n++] = argument;
    else
        q->failed = true;
}

static bool ask_with_option(void *context, int code, const char *text)
{
    question_t *q = context;
    const option_t *o = q->options->row;
    while (o->code != code) o++;
    if (word_index(o->name, not_asked, sizeof not_asked / sizeof *not_asked) < 0)
        ask_with(q,
                 arena_format(&q->texts, "--%s%s%s", o->name, text ? "=" : "", text ? text : ""));
    return true;
}

static int ask_again(const command_t *command, const json_t *then, const char *output,
                     const arguments_t *a)
{
    question_t q = {.options = command->options};
    char *given[ARGUMENTS_MOST];
    int n = 0, first = 0, code = EXIT_UNEXPECTED;
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(then, "arguments"), i, one)
    {
        if (n < ARGUMENTS_MOST - 1 && json_is_string(one))
            given[n++] = (char *)json_string_value(one);
    }
    given[n] = NULL;
    ask_with(&q, given[0]);
    if (options_read(n, given, q.options->row, q.options->n, &first, ask_with_option, &q)) {
        ask_with(&q, "--quiet");
        ask_with(&q, "--force");
        ask_with(&q, arena_format(&q.texts, "--output=%s", output));
        ask_with(&q, arena_format(&q.texts, "--threads=%ld", a->threads));
        ask_with(&q, "--");
        bool of_stdin = false;
        for (; first < n; first++) {
            of_stdin = of_stdin || !strcmp(given[first], "-");
            ask_with(&q, given[first]);
        }
        if (q.failed)
            fputs("adsim replay: out of memory in the command's arguments\n", stderr);
        else if (of_stdin)
            fprintf(stderr, "adsim replay: what 'adsim %s' read from stdin is not kept\n",
                    command->name);
        else
            code = command->run(q.n, q.argument);
        if (of_stdin) code = EXIT_NOT_READABLE;
    }
    arena_free(&q.texts);
    return code;
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Not pictures, which gnuplot makes; nor, of what was run from its values alone, files that tell where values came from. */
static bool is_compared(const char *name, bool same_files)
{
    static const char *const page[] = {"report.html", "report.md"};
    static const char *const origins[] = {"scenario.yaml", "resolved.yaml", "assumptions.csv",
                                          "given.csv", "sensitivity.csv"};
    if (word_index(name, page, sizeof page / sizeof *page) >= 0) return false;
    if (!same_files && word_index(name, origins, sizeof origins / sizeof *origins) >= 0)
        return false;
    return strncmp(name, "figures/", 8) != 0;
}

typedef struct {
    int same, different, left_out;
} comparison_t;

static comparison_t compare(const json_t *then, const json_t *now, bool same_files)
{
    comparison_t v = {0};
    const char *name;
    json_t *digest;
    json_t *before = json_object_get(then, "sha256"), *after = json_object_get(now, "sha256");
    json_object_foreach(before, name, digest)
    {
        const char *again = json_string_value(json_object_get(after, name));
        if (!is_compared(name, same_files)) {
            v.left_out++;
        } else if (again && !strcmp(again, json_string_value(digest))) {
            v.same++;
        } else {
            v.different++;
            printf("different: %s\n", name);
        }
    }
    return v;
}

static int tell(const json_t *then, const json_t *now, const char *folder, const char *output)
{
    static const char *const about[] = {"version", "git", "compiler"};
    bool same_files = command_of(then);
    comparison_t v = compare(then, now, same_files);
    for (size_t i = 0; v.different && i < sizeof about / sizeof *about; i++) {
        const char *before = json_string_value(json_object_get(then, about[i])),
                   *after = json_string_value(json_object_get(now, about[i]));
        if (before && after && strcmp(before, after) != 0)
            printf("%s was %s, is %s\n", about[i], before, after);
    }
    if (v.different) {
        printf("%s is not reproduced: %d of %d files differ; see %s\n", folder, v.different,
               v.same + v.different, output);
        return EXIT_UNEXPECTED;
    }
    if (!v.same) {
        fprintf(stderr, "adsim: %s/run.json names no results to compare\n", folder);
        return EXIT_NOT_READABLE;
    }
    printf("%s is reproduced: %d files are the same, byte for byte", folder, v.same);
    if (v.left_out)
        printf(" (%d not compared: pictures%s)", v.left_out,
               same_files ? "" : ", and where values came from");
    puts("");
    return EXIT_FINE;
}

static int replay(const char *folder, const arguments_t *a, int argc, char **argv)
{
    error_t err = {""};
    int code = EXIT_FINE;
    json_t *then = read_json(folder, "run.json"), *now = NULL;
    json_t *manifest = read_json(folder, "manifest.json");
    char *own = malloc(strlen(folder) + 16);
    if (!own || !then) {
        fprintf(stderr,
                own ? "adsim: %s holds no result: there is no run.json\n"
                    : "adsim: out of memory in %s\n",
                folder);
        code = own ? EXIT_NOT_READABLE : EXIT_UNEXPECTED;
        goto out;
    }
    strcpy(own, folder);
    for (size_t n = strlen(own); n > 1 && own[n - 1] == '/'; n--) own[n - 1] = 0;
    const char *output = a->output ? a->output : strcat(own, "-replay");
    if (manifest) {
        code = sweep_again(manifest, output);
        if (code == EXIT_POINTS)
            code = EXIT_FINE; /* they failed then as well, or the files differ */
    } else if (command_of(then)) {
        code = ask_again(command_of(then), then, output, a);
        if (code == EXIT_REQUIREMENT) code = EXIT_FINE; /* a target out of reach, then as now */
    } else {
        status_t st = run_again(folder, output, a, argc, argv, &err);
        if (st != OK) code = *err.text ? session_failed(st, &err) : session_exit_code(st);
    }
    if (code != EXIT_FINE) goto out;
    now = read_json(output, "run.json");
    code = tell(then, now, folder, output);
out:
    json_decref(then);
    json_decref(now);
    json_decref(manifest);
    free(own);
    return code;
}

int command_replay(int argc, char **argv)
{
    arguments_t a = {.threads = parallel_threads_available()};
    int first = argc, code = EXIT_USAGE;
    char **given = malloc((size_t)argc * sizeof *given); /* getopt reorders argv */
    if (!given) {
        fputs("adsim replay: out of memory\n", stderr);
        return EXIT_UNEXPECTED;
    }
    memcpy(given, argv, (size_t)argc * sizeof *given);
    if (options_read(argc, argv, options, N_OPTIONS, &first, take, &a)) code = EXIT_FINE;
    if (code == EXIT_FINE && a.help) {
        printf("adsim replay DIR -- run again what a result folder is of, compare the files' "
               "digests\n\n"
               "Exit code 0: all are the same; 1: some differ.\n\n");
        options_help(options, N_OPTIONS, stdout);
    } else if (code == EXIT_FINE && argc - first != 1) {
        fputs("adsim replay: name one result folder; see adsim help replay\n", stderr);
        code = EXIT_USAGE;
    } else if (code == EXIT_FINE) {
        code = replay(argv[first], &a, argc, given);
    }
    free(given);
    return code;
}
