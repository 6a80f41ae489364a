/* plots_dir.c -- where the installed scripts of the figures are; alone in its file like data_dir.c. */
#include "sim/report/figures.h"

#ifndef ADSIM_PLOTS_DIR
#define ADSIM_PLOTS_DIR "plots"
#endif

const char plots_dir[] = ADSIM_PLOTS_DIR;
