/* child.h -- another program, started without a shell: its arguments are what they are. */
#ifndef ADSIM_REPORT_CHILD_H
#define ADSIM_REPORT_CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { LOOK_MILLISECONDS = 5 };

/* Starts argv[0], found through PATH, in a process group of its own: it reads nothing, what it prints is
 * lost, what it says on stderr goes to `talk` (NULL: lost too). A person's settings of language and of
 * gnuplot do not count. 0, or the errno that tells why not. */
int child_start(char *const argv[], FILE *talk, pid_t *child);

typedef enum { CHILD_RUNS, CHILD_DONE, CHILD_FAILED } child_state_t; /* DONE: exit code 0 */
child_state_t child_look(pid_t child);

void child_stop(pid_t child); /* it and what it has started */

/* Runs one to its end, stopped after `seconds`. *fine: exit code 0. */
int child_run(char *const argv[], int seconds, bool *fine);

#endif
