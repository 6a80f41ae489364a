/* git_id.c -- which commit the program was built from. Alone in its file: a commit recompiles no other. */
#include "sim/report/report.h"

#ifndef ADSIM_GIT_ID
#define ADSIM_GIT_ID "unknown"
#endif

const char git_id[] = ADSIM_GIT_ID;
