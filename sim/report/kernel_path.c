/* kernel_path.c -- where the installed simulator for pages is; alone in its file like data_dir.c. */
#include "sim/report/whatif_page.h"

#ifndef ADSIM_KERNEL
#define ADSIM_KERNEL "build/wasm/kernel.wasm"
#endif

const char kernel_path[] = ADSIM_KERNEL;
