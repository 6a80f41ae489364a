/* requirement.h -- --require 'P(roas>=1.3)>=0.75': what must hold for exit code 0. */
#ifndef ADSIM_CLI_REQUIREMENT_H
#define ADSIM_CLI_REQUIREMENT_H

#include <stdbool.h>

typedef struct {
    int column;
    bool at_most; /* P(METRIC <= threshold) */
    double threshold, at_least;
} requirement_t;

/* Blanks are free; the numbers may be written with %. False with what is wrong in `why`. */
bool requirement_parse(const char *text, requirement_t *out, char why[160]);

#endif
