/* cli.h -- the commands of adsim: one file each, one row each in main's table. */
#ifndef ADSIM_CLI_CLI_H
#define ADSIM_CLI_CLI_H

#include "sim/cli/options.h"

/* Exit codes, each with one meaning. */
enum {
    EXIT_FINE = 0,
    EXIT_UNEXPECTED = 1,
    EXIT_USAGE = 2,
    EXIT_REQUIREMENT = 3, /* --require not met */
    EXIT_POINTS = 4,      /* some points of a sweep failed, or are missing */
    EXIT_NOT_VALID = 65,  /* the scenario breaks a rule */
    EXIT_NOT_READABLE = 66,
    EXIT_NOT_WRITABLE = 73,
    EXIT_INTERRUPTED = 130
};

/* argv[0] is the command's name. */
int command_run(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_audience(int argc, char **argv);
int command_segment(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_sensitivity(int argc, char **argv);
int command_report(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_collect(int argc, char **argv);
int command_allocate(int argc, char **argv);
int command_check(int argc, char **argv);
int command_new(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_schema(int argc, char **argv);
int command_selftest(int argc, char **argv);
int command_score(int argc, char **argv);
int command_calibrate(int argc, char **argv);
int command_lesson(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_completion(int argc, char **argv);
int command_help(int argc, char **argv);

/* Their options, each beside its command. */
extern const option_table_t run_options, compare_options, audience_options, segment_options,
    sweep_options, sensitivity_options, replay_options, report_options, collect_options,
    allocate_options, check_options, new_options, explain_options, schema_options, selftest_options,
    score_options, calibrate_options, lesson_options, doctor_options, completion_options,
    help_options;

/* The table of main.c; the row after the last has no name. Help, manual and completion are made of it. */
typedef struct {
    const char *name, *argument, *does;
    int (*run)(int argc, char **argv);
    const option_table_t *options;
} command_t;
extern const command_t commands[];
const command_t *command_find(const char *name);
void command_unknown(const char *name); /* tells it on stderr */

#endif
