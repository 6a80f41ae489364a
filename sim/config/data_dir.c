/* data_dir.c -- where the installed presets are. Alone in its file: an installed program differs from one in the
 * tree by this and by where its figures' scripts are, and by nothing else. */
#include "sim/config/sources.h"

#ifndef ADSIM_DATA_DIR
#define ADSIM_DATA_DIR "configs"
#endif

const char data_dir[] = ADSIM_DATA_DIR;
