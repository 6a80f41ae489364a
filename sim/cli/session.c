/* session.c -- the surroundings of a computation. */
#include "sim/cli/session.h"

#include "sim/cli/cli.h"
#include "sim/cli/progress.h"
#include "sim/cli/terminal.h"
#include "sim/report/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- settings --------------------------------------------------------------------------------- */

bool option_wrong(const char *command, const char *option, const char *text, const char *wanted)
{
    fprintf(stderr, "adsim %s: %s: %s, not '%s'\n", command, option, wanted, text);
    return false;
}

bool word_read(const char *command, const char *option, const char *text, const char *const *words,
               int n, int *out)
{
    char wanted[120] = "";
    *out = word_index(text, words, n);
    if (*out >= 0) return true;
    for (int i = 0; i < n; i++) {
        size_t used = strlen(wanted);
        snprintf(wanted + used, sizeof wanted - used, "%s%s",
                 !i           ? ""
                 : i == n - 1 ? " or "
                              : ", ",
                 words[i]);
    }
    return option_wrong(command, option, text, wanted);
}

bool settings_add(settings_t *s, const char *command, const char *key, const char *value)
{
    if (s->n == SETTINGS_AT_MOST)
        return option_wrong(command, "--set", value, "at most 256 of them");
    char *text = s->text[s->n];
    int length = snprintf(text, SETTING_LENGTH, "%s%s", key, value);
    if (length >= SETTING_LENGTH)
        return option_wrong(command, "--set", value, "at most 511 characters");
    s->set[s->n++] = text;
    return true;
}

bool setting_read(settings_t *s, const char *command, const char *text)
{
    return strchr(text, '=') ? settings_add(s, command, "", text)
                             : option_wrong(command, "--set", text, "it is written KEY=VALUE");
}

bool threads_read(const char *command, const char *text, long *out)
{
    return whole_number(text, 1, THREADS_AT_MOST, out) ||
           option_wrong(command, "--threads", text, "a whole number of 1..1024");
}

bool error_format_read(const char *command, const char *text, error_format_t *out)
{
    static const char *const words[] = {
        [FORMAT_HUMAN] = "human", [FORMAT_SHORT] = "short", [FORMAT_JSON] = "json"};
    int word;
    if (!word_read(command, "--error-format", text, words, 3, &word)) return false;
    *out = (error_format_t)word;
    return true;
}

/* --- a command ------------------------------------------------------------------------------- */

int session_answer(int argc, char **argv, const char *command, size_t size,
                   int (*read)(int argc, char **argv, void *arguments),
                   int (*run)(const void *arguments, int argc, char **argv))
{
    void *arguments = calloc(1, size); /* too large for the stack's taste */
    char **given = malloc((size_t)argc * sizeof *given);
    int code = EXIT_UNEXPECTED;
    if (!arguments || !given) {
        fprintf(stderr, "adsim %s: out of memory\n", command);
    } else {
        memcpy(given, argv, (size_t)argc * sizeof *given);
        code = read(argc, argv, arguments);
    }
    if (code == EXIT_FINE) code = run(arguments, argc, given);
    free(given);
    free(arguments);
    return code;
}

/* --- loading and ending ----------------------------------------------------------------------- */

int session_exit_code(status_t st)
{
    switch (st) {
    case OK: return EXIT_FINE;
    case ERR_UNREADABLE: return EXIT_NOT_READABLE;
    case ERR_INVALID: return EXIT_NOT_VALID;
    case ERR_OUTPUT: return EXIT_NOT_WRITABLE;
    case ERR_INTERRUPTED: return EXIT_INTERRUPTED;
    default: return EXIT_UNEXPECTED;
    }
}

int session_failed(status_t st, const error_t *err)
{
    fprintf(stderr, "adsim: %s\n", err->text);
    return session_exit_code(st);
}

void session_tell(const diagnostics_t *d, status_t st, const error_t *err, error_format_t format,
                  bool quiet, const char *verdict)
{
    bool wrong = d && st == ERR_INVALID && diagnostics_errors(d);
    bool warned = d && st == OK && diagnostics_warnings(d) && !quiet;
    char *text = wrong || warned ? diagnostics_text(d, format, st == OK ? NULL : verdict) : NULL;
    if (text)
        fputs(text, stderr);
    else if (st != OK)
        fprintf(stderr, "adsim: %s\n", err->text);
    free(text);
}

static status_t load(const char *file, const load_options_t *how, error_format_t format, bool quiet,
                     const char *verdict, loaded_t **out)
{
    error_t err = {""};
    diagnostics_t *d = diagnostics_new();
    status_t st = d ? scenario_load(file, how, d, out, &err) : fail_memory(&err, "the messages");
    session_tell(d, st, &err, format, quiet, verdict);
    diagnostics_free(d);
    return st;
}

status_t session_load(const char *file, const settings_t *settings, error_format_t format,
                      bool quiet, const char *verdict, loaded_t **out)
{
    load_options_t how = {.set = settings->set, .n_set = settings->n};
    return load(file, &how, format, quiet, verdict, out);
}

status_t session_load_people(const char *file, const settings_t *settings, error_format_t format,
                             bool quiet, const char *verdict, loaded_t **out)
{
    load_options_t how = {.set = settings->set, .n_set = settings->n, .people_only = true};
    return load(file, &how, format, quiet, verdict, out);
}

status_t session_load_allocation(const char *file, const settings_t *settings,
                                 error_format_t format, bool quiet, const char *verdict,
                                 loaded_t **out)
{
    load_options_t how = {.set = settings->set, .n_set = settings->n, .block = "allocate"};
    return load(file, &how, format, quiet, verdict, out);
}

/* --- where the result goes -------------------------------------------------------------------- */

char *session_output(const char *file, const char *suffix)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    if (!strcmp(file, "-")) name = "stdin";
    const char *dot = strrchr(name, '.');
    int length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
    char *out = malloc(strlen(name) + strlen(suffix) + sizeof "out/");
    if (out) sprintf(out, "out/%.*s%s", length, name, suffix);
    return out;
}

page_t session_page(bool no_color)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = (none && *none) || !term || !strcmp(term, "dumb");
    bool color = isatty(STDOUT_FILENO) && !no_color && !dumb;
    return (page_t){.width = terminal_width(), .color = color};
}

status_t session_wrote(const char *folder, bool page, const char *named, size_t files, error_t *err)
{
    char others[40] = "";
    size_t told = page + 1u;
    for (const char *c = named; *c; c++) told += *c == ' ';
    if (files) snprintf(others, sizeof others, " + %zu files", files - told);
    bool fine = text_wrap(stdout, terminal_width(), "  ", "Wrote %s: %s%s%s", folder,
                          page ? "report.html " : "", named, others);
    return fine ? OK : fail_memory(err, "what was written");
}

/* --- Ctrl-C ----------------------------------------------------------------------------------- */

/* Set by the signal handler alone; nothing else in adsim changes outside a function. */
volatile sig_atomic_t session_interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    session_interrupted = 1;
}

void session_catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

/* --- the passport ----------------------------------------------------------------------------- */

static char *joined_command_line(int argc, char **argv)
{
    size_t length = sizeof "adsim";
    for (int i = 0; i < argc; i++) length += strlen(argv[i]) + 1;
    char *out = malloc(length);
    if (!out) return NULL;
    strcpy(out, "adsim");
    for (int i = 0; i < argc; i++) strcat(strcat(out, " "), argv[i]);
    return out;
}

void passport_begin(passport_t *p, int argc, char **argv)
{
    time_t now = time(NULL);
    struct tm utc;
    *p = (passport_t){.begin = seconds_now(),
                      .command_line = joined_command_line(argc, argv),
                      .argument = argv,
                      .arguments = argc};
    if (gethostname(p->host, sizeof p->host - 1)) strcpy(p->host, "");
    if (gmtime_r(&now, &utc)) strftime(p->started, sizeof p->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

void passport_free(passport_t *p)
{
    free(p->command_line);
    p->command_line = NULL;
}

void session_took(const passport_t *p, const char *format, ...)
{
    va_list items;
    va_start(items, format);
    vfprintf(stderr, format, items);
    va_end(items);
    fprintf(stderr, " in %.2f s\n", seconds_now() - p->begin);
}

provenance_t passport_provenance(const passport_t *p, int threads)
{
    return (provenance_t){.command_line = p->command_line,
                          .argument = p->argument,
                          .arguments = p->arguments,
                          .host = p->host,
                          .started = p->started,
                          .seconds = seconds_now() - p->begin,
                          .threads = threads};
}
