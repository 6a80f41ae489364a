/* child.h -- a command as a process of its own. */
#ifndef ADSIM_BENCH_CHILD_H
#define ADSIM_BENCH_CHILD_H

#include <stddef.h>

/* Runs a command; what it printed is put in `said`. Its exit code, -1 if it could not be started. */
int child_run(char *const argv[], char *said, size_t size);

#endif
