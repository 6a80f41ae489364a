/* options.h -- one table of options a command: what getopt_long reads and what help prints. */
#ifndef ADSIM_CLI_OPTIONS_H
#define ADSIM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

typedef struct {
    int code;             /* its letter, or a number above 255 */
    const char *name;     /* without -- */
    const char *argument; /* what stands for it in the help; NULL = none */
    const char *help;
} option_t;

/* All options of a command, for those who tell of it: help, manual, completion. */
typedef struct {
    const option_t *row;
    int n;
} option_table_t;

/* Calls take(context, code, argument) for every option in order, wherever it stands, and moves the
 * other arguments to the end of argv: argv[*first..argc-1]. take returns false after its own message.
 * Unknown and incomplete options are told on stderr. False = wrong usage. */
bool options_read(int argc, char **argv, const option_t *table, int n, int *first,
                  bool (*take)(void *context, int code, const char *argument), void *context);

void options_help(const option_t *table, int n, FILE *to);

/* A whole number of low..high and nothing else; false otherwise. */
bool whole_number(const char *text, long low, long high, long *out);

/* Index of a word in a list, -1 if it is none of them. */
int word_index(const char *word, const char *const *words, int n);

#endif
