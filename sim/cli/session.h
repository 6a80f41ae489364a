/* session.h -- what every command that computes does alike: load and tell what is wrong, stop at Ctrl-C,
 * name the folder, say how it ended, leave a passport. */
#ifndef ADSIM_CLI_SESSION_H
#define ADSIM_CLI_SESSION_H

#include "models/base/status.h"
#include "sim/config/load.h"
#include "sim/report/report.h"

#include <signal.h>

enum { SETTINGS_AT_MOST = 256, SETTING_LENGTH = 512, THREADS_AT_MOST = 1024 };

/* Changes of the scenario's values: --seed 7 is --set seed=7, one place that checks it. */
typedef struct {
    const char *set[SETTINGS_AT_MOST];
    char text[SETTINGS_AT_MOST][SETTING_LENGTH];
    size_t n;
} settings_t;

/* "adsim COMMAND: OPTION: WANTED, not 'TEXT'" on stderr; returns false. */
bool option_wrong(const char *command, const char *option, const char *text, const char *wanted);
/* Which of n words an option says; false after a message that lists them. */
bool word_read(const char *command, const char *option, const char *text, const char *const *words,
               int n, int *out);
/* Adds "KEY" and "VALUE" in one; false after a message. */
bool settings_add(settings_t *s, const char *command, const char *key, const char *value);

/* What options of many commands say; false after a message. KEY=VALUE; -j; --error-format. */
bool setting_read(settings_t *s, const char *command, const char *text);
bool threads_read(const char *command, const char *text, long *out);
bool error_format_read(const char *command, const char *text, error_format_t *out);

/* Tells what loading has found: all complaints, warnings unless quiet, or else what failed. d may be NULL. */
void session_tell(const diagnostics_t *d, status_t st, const error_t *err, error_format_t format,
                  bool quiet, const char *verdict);

/* Loads a scenario and tells all complaints; warnings unless quiet. `verdict`: what is said after the
 * count of errors, "nothing was run". */
status_t session_load(const char *file, const settings_t *settings, error_format_t format,
                      bool quiet, const char *verdict, loaded_t **out);

/* The same for a file of which only the people and audiences matter: it may have no schedule, platforms
 * and campaigns. */
status_t session_load_people(const char *file, const settings_t *settings, error_format_t format,
                             bool quiet, const char *verdict, loaded_t **out);

/* The same for adsim allocate: the block of that name is read, and a file with curves of its own needs nothing
 * else. ERR_INVALID if there is no such block. */
status_t session_load_allocation(const char *file, const settings_t *settings,
                                 error_format_t format, bool quiet, const char *verdict,
                                 loaded_t **out);

int session_exit_code(status_t st);
int session_failed(status_t st, const error_t *err); /* tells err, returns the exit code */

/* "out/" + the file's name without its suffix + `suffix`; "stdin" for -. malloc'ed, NULL when memory is
 * out. */
char *session_output(const char *file, const char *suffix);

page_t session_page(bool no_color);

/* "Wrote FOLDER: report.html NAMED + 9 files" on stdout: of `files` files those that are named, and how many others;
 * 0 files = all are named. The page is named if there is one. */
status_t session_wrote(const char *folder, bool page, const char *named, size_t files,
                       error_t *err);

/* Answers a command with arguments of its own, `size` zeroed bytes: `read` fills them or returns why not, then
 * `run` takes them with argv as it was given (getopt reorders it). The exit code. */
int session_answer(int argc, char **argv, const char *command, size_t size,
                   int (*read)(int argc, char **argv, void *arguments),
                   int (*run)(const void *arguments, int argc, char **argv));

/* Ctrl-C sets it; a second one ends at once. */
extern volatile sig_atomic_t session_interrupted;
void session_catch_interrupt(void);

typedef struct {
    char host[256], started[32];
    char *command_line;
    char **argument; /* borrowed */
    int arguments;
    double begin;
} passport_t;
void passport_begin(passport_t *p, int argc, char **argv);
void passport_free(passport_t *p);
/* -v: what was done, and how long it took since passport_begin, on stderr. */
void session_took(const passport_t *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
provenance_t passport_provenance(const passport_t *p, int threads);

#endif
