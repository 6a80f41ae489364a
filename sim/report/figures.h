/* figures.h -- pictures of a result folder, drawn by gnuplot (an external program, found through PATH).
 *
 * A figure is NAME.dat (what is shown, tab-separated), NAME.gp (the house style and one script of plots/,
 * which reads it), and what gnuplot makes of them: NAME.svg and NAME.png at twice the size. Whoever wants
 * another look edits NAME.gp and runs `gnuplot NAME.gp` beside it. Names and titles stand in the data alone
 * and are never part of a command; no shell is involved.
 *
 * Without gnuplot, or when it fails, the data and scripts are still written and a notice says why there
 * are no pictures. */
#ifndef ADSIM_REPORT_FIGURES_H
#define ADSIM_REPORT_FIGURES_H

#include "sim/experiment/notices.h"
#include "sim/report/folder.h"

#include <signal.h>

enum { FIGURE_NAME = 48, FIGURE_SECONDS = 60 };

/* The folder of the installed scripts. */
extern const char plots_dir[];

typedef struct {
    const char *script;     /* heat: plots/heat.gp */
    char name[FIGURE_NAME]; /* of its files: a-z, 0-9, - and _ */
    /* Writes the data: figure_text for all that is text. */
    status_t (*write)(const void *context, int which, FILE *to, error_t *err);
    int which;
} figure_t;

typedef struct {
    const void *context;                      /* of `write` */
    int at_once;                              /* gnuplots side by side */
    int seconds;                              /* after which a gnuplot is stopped */
    const volatile sig_atomic_t *interrupted; /* not 0 = stop; NULL = never */
    notices_t *notices;
} figures_how_t;

/* Adds all files of the figures to the folder. ERR_INTERRUPTED, or what the folder's files give. */
status_t figures_write(folder_t *f, const figure_t *figure, size_t n, const figures_how_t *how,
                       error_t *err);

/* Draws one figure that stands in folder/figures/ once more, into NAME.FORMAT there (svg, png, pdf). ERR_OUTPUT:
 * gnuplot is not there, or failed, and the sentence tells why. */
status_t figures_draw_again(const char *folder, const char *name, const char *format,
                            const figures_how_t *how, error_t *err);

/* kind-03-name: a name for files whatever the thing is called. */
void figure_name(char out[FIGURE_NAME], const char *kind, int number, const char *name);

/* A text as a field of a .dat file: in quotes, cut after `cells` cells (0 = not), without what gnuplot
 * would take for its own. False when memory is out. */
bool figure_text(FILE *to, const char *text, size_t cells);

/* The first rows of every .dat file: the title in two lines of at most TITLE_CELLS, and what the picture
 * shows. Then comes an empty block. False when memory is out. */
enum { TITLE_CELLS = 72, NOTE_CELLS = 108 };
bool figure_head(FILE *to, const char *title, const char *note);

#endif
