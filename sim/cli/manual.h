/* manual.h -- the manual page adsim(1), made of the tables of commands, options and words. */
#ifndef ADSIM_CLI_MANUAL_H
#define ADSIM_CLI_MANUAL_H

#include <stdio.h>

/* In the man macros of roff. */
void manual_write(FILE *to);

#endif
