/* command_lesson.c -- adsim lesson [N]: lists the lessons, copies one, or works out the answers to its questions. */
#include "sim/cli/cli.h"
#include "sim/cli/lessons.h"
#include "sim/cli/session.h"
#include "sim/config/plans.h"
#include "sim/engine/parallel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_KEY = 256 };

static const option_t options[] = {
    {'o', "output", "DIR", "folder to copy to (default: lesson-N)"},
    {'f', "force", NULL, "replace files that are there"},
    {OPTION_KEY, "key", NULL, "simulate the lesson's plans and answer its questions"},
    {'j', "threads", "N", "threads (default: all processors); the result is the same"},
    {'h', "help", NULL, "this text"},
};
const option_table_t lesson_options = {options, sizeof options / sizeof *options};

static const char command[] = "lesson";

typedef struct {
    const char *output;
    bool force, key, help;
    long threads;
} arguments_t;

static bool take(void *context, int code, const char *text)
{
    arguments_t *a = context;
    switch (code) {
    case 'o':
        a->output = text;
        return *text || option_wrong(command, "--output", text, "the name of a folder");
    case 'f': a->force = true; return true;
    case OPTION_KEY: a->key = true; return true;
    case 'j': return threads_read(command, text, &a->threads);
    default: a->help = true; return true;
    }
}

static int usage(FILE *to, int code)
{
    fputs("adsim lesson -- list the lessons\n"
          "adsim lesson N -- copy lesson N: lesson.md to read, scenario.yaml to work with\n"
          "adsim lesson N --key -- the answers to its questions, computed\n\n",
          to);
    options_help(options, lesson_options.n, to);
    return code;
}

static int list(void)
{
    for (size_t i = 0; i < n_lessons; i++)
        printf("  %d  %-28s %s\n", lessons[i].number, lessons[i].title, lessons[i].does);
    printf("\nFifty minutes each, offline: adsim lesson %d copies it to lesson-%d/.\n",
           lessons[0].number, lessons[0].number);
    return EXIT_FINE;
}

static bool file_of(const lesson_t *l, const char *name, char path[DATA_PATH])
{
    char inside[256];
    snprintf(inside, sizeof inside, "lessons/%s/%s", l->folder, name);
    if (installed_file(inside, path)) return true;
    fprintf(stderr,
            "adsim lesson: %s is not in the installed data; adsim doctor tells where that is\n",
            inside);
    return false;
}

/* --- copying ------------------------------------------------------------------------------------- */

static int not_written(const char *path)
{
    if (errno == EEXIST)
        fprintf(stderr, "adsim lesson: %s is there already; -f replaces it\n", path);
    else
        fprintf(stderr, "adsim lesson: cannot write %s: %s\n", path, strerror(errno));
    return EXIT_NOT_WRITABLE;
}

static int file_copy(const char *from_path, const char *to_path, bool force)
{
    FILE *from = fopen(from_path, "r");
    if (!from) {
        fprintf(stderr, "adsim lesson: cannot read %s: %s\n", from_path, strerror(errno));
        return EXIT_NOT_READABLE;
    }
    FILE *to = fopen(to_path, force ? "w" : "wx");
    if (!to) {
        fclose(from);
        return not_written(to_path);
    }
    for (int c; (c = fgetc(from)) != EOF;) fputc(c, to);
    bool failed = ferror(from) || ferror(to);
    fclose(from);
    failed |= fclose(to) != 0;
    return failed ? not_written(to_path) : EXIT_FINE;
}

static int copy(const lesson_t *l, const arguments_t *a)
{
    static const char *const files[] = {"lesson.md", "scenario.yaml"};
    char folder[DATA_PATH], from[DATA_PATH], to[DATA_PATH + 32];
    if (a->output)
        snprintf(folder, sizeof folder, "%s", a->output);
    else
        snprintf(folder, sizeof folder, "lesson-%d", l->number);
    if (mkdir(folder, 0777) && errno != EEXIST) return not_written(folder);
    for (size_t i = 0; i < 2; i++) {
        if (!file_of(l, files[i], from)) return EXIT_NOT_READABLE;
        snprintf(to, sizeof to, "%s/%s", folder, files[i]);
        int code = file_copy(from, to, a->force);
        if (code != EXIT_FINE) return code;
    }
    printf("Wrote %s/lesson.md and %s/scenario.yaml.\nNow:  adsim compare %s/scenario.yaml\n",
           folder, folder, folder);
    return EXIT_FINE;
}

/* --- answers ------------------------------------------------------------------------------------- */

static status_t answers_tell(const lesson_t *l, const compare_t *c, error_t *err)
{
    char text[ANSWER_LENGTH];
    status_t st = OK;
    printf("%d. %s\n", l->number, l->title);
    for (size_t i = 0; st == OK && i < l->n_answers; i++) {
        const lesson_answer_t *a = &l->answer[i];
        bool first = !i || l->answer[i - 1].question != a->question;
        st = answer_write(c, a, text, err);
        if (st == OK && first) printf("\n%d  %s\n", a->question, text);
        if (st == OK && !first) printf("   %s\n", text);
    }
    return st;
}

static status_t plans_simulate(const plans_t *plans, long threads, compare_t *c, error_t *err)
{
    const scenario_t *plan[PLANS_AT_MOST];
    int n = plans_count(plans);
    for (int p = 0; p < n; p++) plan[p] = loaded_scenario(plans_loaded(plans, p));
    compare_how_t how = {.column = column_find(plan[0]->compare.metric),
                         .replications = study_replications_asked(plan[0]),
                         .most = MOST_REPLICATIONS,
                         .run = {.threads = (int)threads, .interrupted = &session_interrupted}};
    session_catch_interrupt();
    status_t st = compare_open(c, plan, plans_names(plans), n, &how, err);
    return st == OK ? compare_simulate(c, err) : st;
}

static int answer(const lesson_t *l, const arguments_t *a)
{
    char path[DATA_PATH];
    if (!file_of(l, "scenario.yaml", path)) return EXIT_NOT_READABLE;
    const char *file = path;
    load_options_t how = {0};
    error_t err = {""};
    plans_t *plans = NULL;
    compare_t c = {0};
    diagnostics_t *d = diagnostics_new();
    status_t st =
        d ? plans_load(&file, 1, &how, d, &plans, &err) : fail_memory(&err, "the messages");
    int code = session_exit_code(st);
    session_tell(d, st, &err, FORMAT_HUMAN, true, "nothing was run");
    if (st == OK) {
        st = plans_simulate(plans, a->threads, &c, &err);
        if (st == OK) st = answers_tell(l, &c, &err);
        if (st != OK) code = session_failed(st, &err);
    }
    compare_close(&c);
    plans_free(plans);
    diagnostics_free(d);
    return code;
}

int command_lesson(int argc, char **argv)
{
    int first;
    long number;
    arguments_t a = {.threads = parallel_threads_available()};
    if (!options_read(argc, argv, options, lesson_options.n, &first, take, &a)) return EXIT_USAGE;
    if (a.help) return usage(stdout, EXIT_FINE);
    if (first == argc) return a.key || a.output ? usage(stderr, EXIT_USAGE) : list();
    const lesson_t *l = argc - first == 1 && whole_number(argv[first], 0, 1000, &number)
                            ? lesson_find((int)number)
                            : NULL;
    if (l) return a.key ? answer(l, &a) : copy(l, &a);
    fprintf(stderr, "adsim lesson: no lesson '%s'; there is:\n", argv[first]);
    for (size_t i = 0; i < n_lessons; i++)
        fprintf(stderr, "  %d  %s\n", lessons[i].number, lessons[i].title);
    return EXIT_USAGE;
}
