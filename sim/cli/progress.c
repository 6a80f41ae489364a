/* progress.c -- the line and the clock behind it. */
#include "sim/cli/progress.h"

#include "sim/report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double EVERY_MOVING = 0.2, EVERY_PLAIN = 5; /* seconds between lines */

double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_start(progress_line_t *p, progress_mode_t mode)
{
    const char *term = getenv("TERM");
    bool terminal = isatty(STDERR_FILENO) && (!term || strcmp(term, "dumb") != 0);
    *p = (progress_line_t){.moving = mode == PROGRESS_AUTO && terminal,
                           .plain = mode == PROGRESS_PLAIN,
                           .started = seconds_now()};
    p->last = p->started;
}

void progress_show(void *progress_line, const progress_t *x)
{
    progress_line_t *p = progress_line;
    double now = seconds_now(), taken = now - p->started;
    if ((!p->moving && !p->plain) || now - p->last < (p->moving ? EVERY_MOVING : EVERY_PLAIN))
        return;
    p->last = now;
    p->shown = true;
    double rate = (double)x->done / taken;
    fprintf(stderr, "%s%s of %s replications \xc2\xb7 %s a second \xc2\xb7 %.0f s left%s",
            p->moving ? "\r" : "", amount_whole((double)x->done).text,
            amount_whole((double)x->planned).text, amount(rate).text,
            (double)(x->planned - x->done) / rate, p->moving ? "\033[K" : "\n");
}

void progress_end(progress_line_t *p)
{
    if (p->moving && p->shown) fputs("\r\033[K", stderr);
}
