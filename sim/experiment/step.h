/* step.h -- what a long computation is doing, for those who show progress. */
#ifndef ADSIM_EXPERIMENT_STEP_H
#define ADSIM_EXPERIMENT_STEP_H

/* Told now and then, from one thread. */
typedef struct {
    const char *doing;   /* "trying 2 to 8 segments" */
    double done;         /* share of it, 0..1; NAN = nobody knows */
    const char *counted; /* what is counted: "plans"; NULL = nothing */
    int count;           /* so many of them, since the step began */
} step_t;

#endif
