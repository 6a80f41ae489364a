/* terminal.h -- what stdout is, and how wide. */
#ifndef ADSIM_CLI_TERMINAL_H
#define ADSIM_CLI_TERMINAL_H

/* $COLUMNS (20..1000), or the terminal's own width, or 100. */
int terminal_width(void);

#endif
