/* progress.c -- the line and the clock behind it. */
#include "sim/cli/progress.h"

#include "sim/cli/options.h"
#include "sim/cli/session.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double EVERY_MOVING = 0.2, EVERY_PLAIN = 5; /* seconds between lines */

bool progress_read(const char *command, const char *text, progress_mode_t *out)
{
    static const char *const words[] = {
        [PROGRESS_AUTO] = "auto", [PROGRESS_PLAIN] = "plain", [PROGRESS_NONE] = "none"};
    int word;
    if (!word_read(command, "--progress", text, words, 3, &word)) return false;
    *out = (progress_mode_t)word;
    return true;
}

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
    p->last = p->told = p->started;
}

/* Is it time for another line? */
static bool due(progress_line_t *p, double now)
{
    if ((!p->moving && !p->plain) || now - p->last < (p->moving ? EVERY_MOVING : EVERY_PLAIN))
        return false;
    p->last = now;
    p->shown = true;
    return true;
}

static void show_done(progress_line_t *p, const progress_t *x, const char *of)
{
    double now = seconds_now(), taken = now - p->started;
    if (!due(p, now)) return;
    double rate = (double)x->done / taken;
    fprintf(stderr, "%s%s of %s %s \xc2\xb7 %s a second \xc2\xb7 %.0f s left%s",
            p->moving ? "\r" : "", amount_whole((double)x->done).text,
            amount_whole((double)x->planned).text, of, amount(rate).text,
            (double)(x->planned - x->done) / rate, p->moving ? "\033[K" : "\n");
}

void progress_show(void *progress_line, const progress_t *x)
{
    show_done(progress_line, x, "replications");
}

void progress_points(void *progress_line, const progress_t *x)
{
    show_done(progress_line, x, "points");
}

/* The time left is that of the step, told once enough of it is done. */
void progress_step(void *progress_line, const step_t *step)
{
    progress_line_t *p = progress_line;
    double now = seconds_now();
    if (!p->doing || strcmp(p->doing, step->doing) != 0) {
        p->doing = step->doing;
        p->began = p->told;
    }
    p->told = now;
    if (!due(p, now)) return;
    fprintf(stderr, "%s%s", p->moving ? "\r" : "", step->doing);
    if (!isnan(step->done)) fprintf(stderr, " \xc2\xb7 %.0f %%", 100 * step->done);
    if (step->counted)
        fprintf(stderr, " \xc2\xb7 %d %s \xc2\xb7 %s a second", step->count, step->counted,
                amount(step->count / (now - p->began)).text);
    if (step->done >= 0.05)
        fprintf(stderr, " \xc2\xb7 %.0f s left", (now - p->began) * (1 - step->done) / step->done);
    fputs(p->moving ? "\033[K" : "\n", stderr);
}

void progress_end(progress_line_t *p)
{
    if (p->moving && p->shown) fputs("\r\033[K", stderr);
}
