/* publish.c -- figures and page of a result folder, from its tables. */
#include "sim/report/publish.h"

#include "sim/report/document.h"
#include "sim/report/drawn.h"
#include "sim/report/json.h"
#include "sim/report/pictures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- figures from tables -------------------------------------------------------------- */

/* Figures with something to show, and their data. */
typedef struct {
    size_t n;
    figure_t *figure;
    plot_t *plot;
} gallery_t;

static void gallery_free(gallery_t *g)
{
    for (size_t i = 0; i < g->n; i++) plot_free(&g->plot[i]);
    free(g->figure);
    free(g->plot);
}

static status_t write_plot(const void *context, int which, FILE *to, error_t *err)
{
    const gallery_t *g = context;
    return plot_write(&g->plot[which], to, err);
}

static status_t gallery_build(gallery_t *g, results_t *r, const drawn_t *all, error_t *err)
{
    size_t most = 0;
    status_t st = OK;
    while (all[most].name) most++;
    *g = (gallery_t){.figure = calloc(most + 1, sizeof *g->figure),
                     .plot = calloc(most + 1, sizeof *g->plot)};
    if (!g->figure || !g->plot) return fail_memory(err, "the figures");
    for (const drawn_t *d = all; st == OK && d->name; d++) {
        plot_t *p = &g->plot[g->n];
        st = d->build(r, p, err);
        if (st != OK || !p->rows) {
            plot_free(p);
            continue;
        }
        figure_t *f = &g->figure[g->n];
        *f = (figure_t){.script = d->script, .write = write_plot, .which = (int)g->n++};
        snprintf(f->name, sizeof f->name, "%s", d->name);
    }
    return st;
}

static status_t draw(results_t *r, folder_t *f, const drawn_t *all, const figures_how_t *how,
                     error_t *err)
{
    gallery_t g;
    status_t st = gallery_build(&g, r, all, err);
    figures_how_t mine = *how;
    mine.context = &g;
    if (st == OK) st = figures_write(f, g.figure, g.n, &mine, err);
    gallery_free(&g);
    return st;
}

/* --- figures whose data were made by the study itself --------------------------------------------- */

/* Names of figures that stand in a folder, and where it is. */
typedef struct {
    const char *folder;
    pictures_t pictures;
} standing_t;

static status_t copy_data(const void *context, int which, FILE *to, error_t *err)
{
    const standing_t *s = context;
    char path[4096], buffer[4096];
    snprintf(path, sizeof path, "%s/" FOLDER_FIGURES "/%s.dat", s->folder,
             s->pictures.picture[which].name);
    FILE *from = fopen(path, "r");
    if (!from) return fail(err, ERR_UNREADABLE, "cannot read %s: %s", path, strerror(errno));
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, from));) fwrite(buffer, 1, n, to);
    fclose(from);
    return OK;
}

static status_t redraw(const results_t *r, folder_t *f, const figures_how_t *how, error_t *err)
{
    standing_t s = {.folder = results_folder(r)};
    status_t st = pictures_read(&s.pictures, s.folder, err);
    figure_t *figure = st == OK ? calloc(s.pictures.n + 1, sizeof *figure) : NULL;
    if (st == OK && !figure) st = fail_memory(err, "the figures");
    char(*script)[FIGURE_NAME] = st == OK ? calloc(s.pictures.n + 1, sizeof *script) : NULL;
    if (st == OK && !script) st = fail_memory(err, "the figures");
    for (size_t i = 0; st == OK && i < s.pictures.n; i++) {
        const char *name = s.pictures.picture[i].name;
        snprintf(figure[i].name, sizeof figure[i].name, "%s", name);
        snprintf(script[i], sizeof script[i], "%.*s", (int)strcspn(name, "-"), name);
        figure[i].script = script[i];
        figure[i].write = copy_data;
        figure[i].which = (int)i;
    }
    figures_how_t mine = *how;
    mine.context = &s;
    if (st == OK) st = figures_write(f, figure, s.pictures.n, &mine, err);
    free(script);
    free(figure);
    pictures_free(&s.pictures);
    return st;
}

/* --- a folder that is being written ---------------------------------------------------------------- */

static status_t write_page(results_t *r, folder_t *f, error_t *err)
{
    pictures_t pictures;
    FILE *to;
    if (!page_is_known(results_kind(r))) return OK;
    status_t st = pictures_read(&pictures, f->temporary, err);
    if (st == OK) st = folder_open(f, "report.html", &to, err);
    if (st == OK) st = page_write(r, &pictures, to, err);
    if (st == OK) st = folder_close(f, err);
    pictures_free(&pictures);
    return st;
}

/* From the tables of r into f. */
static status_t make(results_t *r, folder_t *f, const figures_how_t *how, error_t *err)
{
    const drawn_t *all = drawn_of(results_kind(r));
    status_t st = all ? draw(r, f, all, how, err) : OK;
    return st == OK ? write_page(r, f, err) : st;
}

status_t publish_into(folder_t *f, const figures_how_t *how, error_t *err)
{
    results_t *r = NULL;
    if (!how) return OK;
    status_t st = results_open(&r, f->temporary, err);
    if (st == OK) st = make(r, f, how, err);
    results_close(r);
    return st;
}

/* --- a folder that stands ------------------------------------------------------------------------- */

/* run.json with the new digests; a folder without it stays so. */
static status_t renew_digests(folder_t *f, error_t *err)
{
    char path[4096];
    FILE *to;
    snprintf(path, sizeof path, "%s/run.json", f->target);
    json_t *run = NULL;
    status_t st = json_read(path, &run, err);
    if (st == ERR_UNREADABLE) return OK;
    json_t *digests = json_object_get(run, "sha256");
    if (st == OK && json_is_object(digests)) {
        for (int i = 0; i < f->n; i++)
            if (json_object_set_new(digests, f->file[i].name, json_string(f->file[i].sha256)))
                st = fail_memory(err, "run.json");
        if (st == OK) st = folder_open(f, "run.json", &to, err);
        if (st == OK) {
            st = json_write(json_incref(run), to, "run.json", err);
            if (st == OK) st = folder_close(f, err);
        }
    }
    json_decref(run);
    return st;
}

static status_t make_again(results_t *r, folder_t *f, const figures_how_t *how, error_t *err)
{
    status_t st = drawn_of(results_kind(r)) ? make(r, f, how, err) : redraw(r, f, how, err);
    return st == OK ? renew_digests(f, err) : st;
}

status_t publish_again(const char *folder, const figures_how_t *how, size_t *files, error_t *err)
{
    results_t *r = NULL;
    folder_t f;
    status_t st = results_open(&r, folder, err);
    if (st != OK) return st;
    st = folder_begin_within(&f, results_folder(r), err);
    if (st == OK) {
        st = make_again(r, &f, how, err);
        *files = (size_t)f.n;
        if (st == OK)
            st = folder_commit_within(&f, err);
        else
            folder_abandon(&f);
    }
    results_close(r);
    return st;
}

/* --- one figure ------------------------------------------------------------------------------------ */

static status_t no_figure(const pictures_t *p, const char *folder, const char *name, error_t *err)
{
    char names[300] = "";
    for (size_t i = 0; i < p->n; i++) {
        size_t at = strlen(names);
        snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "", p->picture[i].name);
    }
    if (!p->n)
        return fail(err, ERR_INVALID, "%s has no figures yet: adsim report %s makes them", folder,
                    folder);
    return fail(err, ERR_INVALID, "%s has no figure '%.40s'; it has %s", folder, name, names);
}

status_t publish_figure(const char *folder, const char *name, const char *format,
                        const figures_how_t *how, error_t *err)
{
    results_t *r = NULL;
    pictures_t p = {0};
    size_t at = 0;
    status_t st = results_open(&r, folder, err);
    if (st == OK) st = pictures_read(&p, results_folder(r), err);
    while (st == OK && at < p.n && strcmp(p.picture[at].name, name) != 0) at++;
    if (st == OK && at == p.n)
        st = no_figure(&p, folder, name, err);
    else if (st == OK)
        st = figures_draw_again(results_folder(r), name, format, how, err);
    pictures_free(&p);
    results_close(r);
    return st;
}
