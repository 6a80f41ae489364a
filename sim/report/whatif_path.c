/* whatif_path.c -- where the installed simulator for pages is; alone in its file like data_dir.c. */
#include "sim/report/whatif_files.h"

#ifndef ADSIM_WHATIF
#define ADSIM_WHATIF "build/wasm/whatif.wasm"
#endif

const char whatif_path[] = ADSIM_WHATIF;
