/* cli.h -- the commands of adsim: one file each, one row each in main's table. */
#ifndef ADSIM_CLI_CLI_H
#define ADSIM_CLI_CLI_H

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
int command_help(int argc, char **argv);

/* The table of main.c; the row after the last has no name. */
typedef struct {
    const char *name, *argument, *does;
    int (*run)(int argc, char **argv);
} command_t;
extern const command_t commands[];
const command_t *command_find(const char *name);
void command_unknown(const char *name); /* tells it on stderr */

#endif
