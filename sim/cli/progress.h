/* progress.h -- how far a run is, on stderr: done, rate, time left. */
#ifndef ADSIM_CLI_PROGRESS_H
#define ADSIM_CLI_PROGRESS_H

#include "sim/experiment/run.h"
#include "sim/experiment/step.h"

typedef enum {
    PROGRESS_AUTO,  /* a line that moves, on a terminal; nothing elsewhere */
    PROGRESS_PLAIN, /* a line every few seconds */
    PROGRESS_NONE
} progress_mode_t;

typedef struct {
    bool moving, plain;   /* neither = silent */
    double started, last; /* seconds */
    bool shown;
    const char *doing; /* the step, when it began: as the one before it was last told of */
    double began, told;
} progress_line_t;

/* What --progress says; false after a message. */
bool progress_read(const char *command, const char *text, progress_mode_t *out);

double seconds_now(void); /* of a clock that never goes back */
void progress_start(progress_line_t *p, progress_mode_t mode);
void progress_show(void *progress_line, const progress_t *p);
void progress_points(void *progress_line, const progress_t *p); /* of a batch */
void progress_step(void *progress_line, const step_t *step);    /* of segments, of splits */
void progress_end(progress_line_t *p);                          /* clears the line */

#endif
