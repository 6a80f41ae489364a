/* requirement.h -- --require 'P(roas>=1.3)>=0.75': what must hold for exit code 0. Of plans that are compared:
 * 'P(roas[video]>=1.3)>=0.75', 'P(roas[video]>=roas[current])>=0.9', 'P(roas[video]>=best)>=0.8'. */
#ifndef ADSIM_CLI_REQUIREMENT_H
#define ADSIM_CLI_REQUIREMENT_H

#include <stdbool.h>

enum { PLAN_NAME = 201 };
typedef struct {
    int column;
    char plan[PLAN_NAME]; /* whose metric; "" = not said */
    bool at_most;         /* P(METRIC <= ...) */
    char
        rival[PLAN_NAME]; /* the same metric of this plan stands on the other side; "" = a number */
    bool best;            /* ... or that of the best of all plans */
    double threshold;     /* the number */
    double at_least;
} requirement_t;

/* Blanks are free; the numbers may be written with %. False with what is wrong in `why`. */
bool requirement_parse(const char *text, requirement_t *out, char why[160]);

#endif
