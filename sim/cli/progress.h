/* progress.h -- how far a run is, on stderr: done, rate, time left. */
#ifndef ADSIM_CLI_PROGRESS_H
#define ADSIM_CLI_PROGRESS_H

#include "sim/experiment/run.h"

typedef enum {
    PROGRESS_AUTO,  /* a line that moves, on a terminal; nothing elsewhere */
    PROGRESS_PLAIN, /* a line every few seconds */
    PROGRESS_NONE
} progress_mode_t;

typedef struct {
    bool moving, plain;   /* neither = silent */
    double started, last; /* seconds */
    bool shown;
} progress_line_t;

double seconds_now(void); /* of a clock that never goes back */
void progress_start(progress_line_t *p, progress_mode_t mode);
void progress_show(void *progress_line, const progress_t *p);
void progress_end(progress_line_t *p); /* clears the line */

#endif
