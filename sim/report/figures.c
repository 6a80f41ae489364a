/* figures.c -- data files, scripts, and gnuplot as a child. */
#include "sim/report/figures.h"

#include "sim/config/characters.h"
#include "sim/report/child.h"
#include "sim/report/fonts.h"
#include "sim/report/text.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { SCRIPT_PATH = 4096 };

/* --- text for gnuplot ------------------------------------------------------------------------- */

/* gnuplot ends a quoted field at a quote and knows no way to write one: a typographic quote stands for
 * it. Its escapes are undone by a backslash more. */
static void put_escaped(FILE *to, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"')
            fputs("\xe2\x80\x9d", to);
        else if (c == '\\')
            fputs("\\\\", to);
        else
            fputc(c < ' ' || c == 0x7f ? ' ' : c, to);
    }
}

bool figure_text(FILE *to, const char *text, size_t cells)
{
    char *fitted = cells ? text_fit(text, cells) : NULL;
    if (cells && !fitted) return false;
    fputc('"', to);
    put_escaped(to, cells ? fitted : text);
    fputc('"', to);
    free(fitted);
    return true;
}

/* A line with letters that run from right to left begins with a mark, or a name at its beginning would turn the
 * sentence around. */
static const char *direction_mark(const char *text)
{
    size_t left = strlen(text);
    for (size_t at = 0, bytes; at < left; at += bytes ? bytes : 1) {
        uint32_t code;
        bytes = character_at(text + at, left - at, &code);
        if (bytes && ((code >= 0x590 && code < 0x900) || (code >= 0xfb1d && code < 0xff00)))
            return "\xe2\x80\x8e";
    }
    return "";
}

/* A line of the title, in quotes. */
static bool title_line(FILE *to, const char *text, size_t cells)
{
    const char *mark = direction_mark(text);
    size_t length = strlen(mark) + strlen(text) + 1;
    char *marked = malloc(length);
    if (!marked) return false;
    snprintf(marked, length, "%s%s", mark, text);
    bool fine = figure_text(to, marked, cells);
    free(marked);
    return fine;
}

/* Bytes of the text's first line: up to `cells` cells, ending at a blank if there is one not too far
 * back. */
static size_t first_line(const char *text, size_t cells)
{
    size_t left = strlen(text), at = 0, used = 0, blank = 0;
    if (text_cells(text) <= cells) return left;
    while (at < left) {
        uint32_t code;
        size_t bytes = character_at(text + at, left - at, &code);
        used += bytes ? (size_t)character_cells(code) : 1;
        if (used > cells) break;
        if (text[at] == ' ' && used > cells / 2) blank = at;
        at += bytes ? bytes : 1;
    }
    return blank ? blank : at;
}

bool figure_head(FILE *to, const char *title, const char *note)
{
    size_t first = first_line(title, TITLE_CELLS), length = strlen(title);
    char *line = malloc(first + 1);
    if (!line) return false;
    memcpy(line, title, first);
    line[first] = 0;
    const char *rest = title + first;
    while (*rest == ' ') rest++;
    bool fine = title_line(to, line, 0) && fputc('\n', to) != EOF &&
                title_line(to, first < length ? rest : "", TITLE_CELLS) && fputc('\n', to) != EOF &&
                figure_text(to, note, NOTE_CELLS);
    fputs("\n\n\n", to);
    free(line);
    return fine;
}

void figure_name(char out[FIGURE_NAME], const char *kind, int number, const char *name)
{
    size_t at = (size_t)snprintf(out, FIGURE_NAME, "%s-%02d-", kind, number);
    for (; *name && at < FIGURE_NAME - 1; name++) {
        unsigned char c = (unsigned char)*name;
        bool fine = c < 0x80 && isalnum(c);
        if (fine)
            out[at++] = (char)tolower(c);
        else if (out[at - 1] != '-')
            out[at++] = '-';
    }
    while (at && out[at - 1] == '-') at--;
    out[at] = 0;
}

/* --- scripts ---------------------------------------------------------------------------------- */

/* A script of plots/: beside $ADSIM_DATA's files, or where it was installed. NULL: there is none. */
static FILE *open_script(const char *name, char path[SCRIPT_PATH])
{
    const char *data = getenv("ADSIM_DATA");
    FILE *from = NULL;
    if (data && *data && snprintf(path, SCRIPT_PATH, "%s/plots/%s.gp", data, name) < SCRIPT_PATH)
        from = fopen(path, "r");
    if (from) return from;
    snprintf(path, SCRIPT_PATH, "%s/%s.gp", plots_dir, name);
    return fopen(path, "r");
}

static bool copy_script(const char *name, FILE *to)
{
    char buffer[4096], path[SCRIPT_PATH];
    FILE *from = open_script(name, path);
    if (!from) return false;
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, from));) fwrite(buffer, 1, n, to);
    fclose(from);
    return true;
}

/* --- gnuplot ---------------------------------------------------------------------------------- */

enum { BATCH = 4 };

/* A figure on its way, and where its pictures will stand. */
typedef struct {
    const figure_t *figure;
    int svg, png; /* places in the folder */
    bool drawn;
    bool plain; /* its bitmap needs other data: letters that no font has */
} drawing_t;

/* Figures that one gnuplot draws, one after the other: starting it takes as long as a figure does. Which
 * ones go together does not depend on how many gnuplots there are. */
typedef struct {
    size_t first, n;
    pid_t child; /* 0 = not running */
    FILE *talk;  /* what it says on stderr */
    int looks;   /* how often it was still running */
} batch_t;

typedef struct {
    folder_t *folder;
    const figures_how_t *how;
    drawing_t *drawing;
    size_t n;
    batch_t *
        batch; /* those of BATCH figures, then, by themselves, figures that did not come of these */
    size_t n_batches, started;
    char *driver; /* the script that draws several */
    bool missing; /* there is no gnuplot, or its scripts: said once */
    fonts_t fonts;
    bool letters_missing;
} session_t;

static bool write_script(const drawing_t *d, FILE *to)
{
    const char *name = d->figure->name;
    fprintf(to,
            "# %s.gp -- draws %s.svg and %s.png from %s.dat; run it beside them: gnuplot %s.gp\n"
            "if (exists('ARGC') && ARGC > 0) { cd ARG1 }\n"
            "name = '%s'\n"
            "png_data = '%s%s.dat'\n\n",
            name, name, name, name, name, name, name, d->plain ? "-png" : "");
    if (!copy_script("style", to)) return false;
    fputc('\n', to);
    return copy_script(d->figure->script, to);
}

/* The folder of the figures, as a path that gnuplot does not take for an option. */
static char *figures_path(const char *folder)
{
    size_t length = strlen(folder) + sizeof FOLDER_FIGURES + 4;
    char *out = malloc(length);
    if (out) snprintf(out, length, "%s%s/" FOLDER_FIGURES, *folder == '/' ? "" : "./", folder);
    return out;
}

/* The path of the script that draws several figures, malloc'ed; NULL: it is not there. */
static char *driver_path(void)
{
    char path[SCRIPT_PATH];
    FILE *from = open_script("draw", path);
    if (!from) return NULL;
    fclose(from);
    return strdup(path);
}

static status_t start(session_t *s, batch_t *b, error_t *err)
{
    char *folder = figures_path(s->folder->temporary);
    static char program[] = "gnuplot", defaults[] = "-d", call[] = "-c";
    char name[BATCH][FIGURE_NAME], *argv[6 + BATCH] = {program, defaults, call, s->driver, folder};
    for (size_t i = 0; i < b->n; i++) {
        strcpy(name[i], s->drawing[b->first + i].figure->name);
        argv[5 + i] = name[i];
    }
    b->talk = tmpfile();
    int why = folder && b->talk ? child_start(argv, b->talk, &b->child) : ENOMEM;
    if (why) b->child = 0;
    free(folder);
    if (why == ENOMEM) return fail_memory(err, "drawing the figures");
    if (!why) return OK;
    s->missing = true;
    if (why == ENOENT)
        notices_add(s->how->notices, "no pictures: gnuplot is not installed (package gnuplot-nox); "
                                     "figures/ holds what they would show");
    else
        notices_add(s->how->notices, "no pictures: gnuplot cannot be started: %s", strerror(why));
    return OK;
}

/* What has been drawn, as the driver has told it; the last other line is in `line`. */
static void hear(session_t *s, const batch_t *b, char line[200])
{
    char heard[200];
    rewind(b->talk);
    line[0] = 0;
    while (fgets(heard, sizeof heard, b->talk)) {
        heard[strcspn(heard, "\n")] = 0;
        bool told = !strncmp(heard, "drawn ", 6);
        for (size_t i = b->first; told && i < b->first + b->n; i++)
            if (!strcmp(heard + 6, s->drawing[i].figure->name)) s->drawing[i].drawn = true;
        if (!told && strspn(heard, " \t^") != strlen(heard)) strcpy(line, heard);
    }
}

/* It has ended. Figures that it has not drawn get a gnuplot of their own; one that had that is told. */
static void finish(session_t *s, const batch_t *b, const char *why)
{
    char line[200];
    hear(s, b, line);
    for (size_t i = b->first; i < b->first + b->n; i++) {
        if (s->drawing[i].drawn) continue;
        if (b->n > 1) {
            s->batch[s->n_batches++] = (batch_t){.first = i, .n = 1};
            continue;
        }
        const char *place =
            strstr(line, "\" line "); /* behind the path of a folder that has gone */
        notices_add(s->how->notices, "figure %s was not drawn: gnuplot %s%s%s",
                    s->drawing[i].figure->name, why, line[0] ? ": " : "", place ? place + 2 : line);
    }
}

/* Looks whether it has ended; one that takes too long is stopped. */
static void look(session_t *s, batch_t *b)
{
    child_state_t state = child_look(b->child);
    if (state == CHILD_RUNS && ++b->looks < s->how->seconds * (1000 / LOOK_MILLISECONDS)) return;
    if (state == CHILD_RUNS) child_stop(b->child);
    b->child = 0;
    finish(s, b, state == CHILD_RUNS ? "took too long" : "failed");
}

static size_t running(const session_t *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->started; i++) n += s->batch[i].child != 0;
    return n;
}

static bool interrupted(const session_t *s)
{
    return s->how->interrupted && *s->how->interrupted;
}

static void stop_all(session_t *s)
{
    for (size_t i = 0; i < s->started; i++) {
        batch_t *b = &s->batch[i];
        if (b->child) child_stop(b->child);
        b->child = 0;
        if (b->talk) fclose(b->talk);
        b->talk = NULL;
    }
}

static status_t draw_all(session_t *s, error_t *err)
{
    status_t st = OK;
    for (size_t i = 0; i < s->n; i += BATCH)
        s->batch[s->n_batches++] = (batch_t){.first = i, .n = s->n - i < BATCH ? s->n - i : BATCH};
    while (st == OK && !interrupted(s)) {
        while (st == OK && !s->missing && s->started < s->n_batches &&
               running(s) < (size_t)s->how->at_once)
            st = start(s, &s->batch[s->started++], err);
        if (!running(s)) break;
        poll(NULL, 0, LOOK_MILLISECONDS);
        for (size_t i = 0; i < s->started; i++)
            if (s->batch[i].child) look(s, &s->batch[i]);
    }
    stop_all(s);
    if (st == OK && interrupted(s)) return fail(err, ERR_INTERRUPTED, "stopped while drawing");
    return st;
}

/* --- the files of a figure -------------------------------------------------------------------- */

static status_t open_file(session_t *s, const figure_t *x, const char *suffix, FILE **to,
                          error_t *err)
{
    char name[FOLDER_NAME];
    snprintf(name, sizeof name, FOLDER_FIGURES "/%s%s", x->name, suffix);
    return folder_open(s->folder, name, to, err);
}

/* What has been written to a file that is open for reading too; malloc'ed. */
static char *read_back(FILE *from, size_t *length)
{
    long end = ftell(from);
    char *text = end < 0 ? NULL : malloc((size_t)end + 1);
    if (!text) return NULL;
    rewind(from);
    *length = fread(text, 1, (size_t)end, from);
    fseek(from, 0, SEEK_END);
    return text;
}

static status_t write_plain(session_t *s, const figure_t *x, const char *text, size_t length,
                            error_t *err)
{
    FILE *to;
    status_t st = open_file(s, x, "-png.dat", &to, err);
    if (st != OK) return st;
    fonts_write(&s->fonts, text, length, to);
    return folder_close(s->folder, err);
}

static status_t write_data(session_t *s, drawing_t *d, error_t *err)
{
    FILE *to;
    size_t length = 0;
    status_t st = open_file(s, d->figure, ".dat", &to, err);
    if (st == OK) st = d->figure->write(s->how->context, d->figure->which, to, err);
    if (st != OK) return st;
    char *text = read_back(to, &length);
    if (!text) return fail_memory(err, "the data of a figure");
    st = folder_close(s->folder, err);
    if (st == OK) {
        fonts_learn(&s->fonts, text, length);
        d->plain = fonts_miss(&s->fonts, text, length);
        s->letters_missing = s->letters_missing || d->plain;
        if (d->plain) st = write_plain(s, d->figure, text, length, err);
    }
    free(text);
    return st;
}

static void miss_script(session_t *s, const char *name)
{
    if (!s->missing)
        notices_add(s->how->notices, "no pictures: there is no plots/%s.gp, nor in %s", name,
                    plots_dir);
    s->missing = true;
}

static status_t write_commands(session_t *s, const drawing_t *d, error_t *err)
{
    FILE *to;
    status_t st = open_file(s, d->figure, ".gp", &to, err);
    if (st != OK) return st;
    if (!write_script(d, to)) miss_script(s, d->figure->script);
    return folder_close(s->folder, err);
}

static status_t prepare(session_t *s, drawing_t *d, const figure_t *x, error_t *err)
{
    char name[FOLDER_NAME];
    d->figure = x;
    status_t st = write_data(s, d, err);
    if (st == OK) st = write_commands(s, d, err);
    snprintf(name, sizeof name, FOLDER_FIGURES "/%s.svg", x->name);
    if (st == OK) st = folder_reserve(s->folder, name, &d->svg, err);
    snprintf(name, sizeof name, FOLDER_FIGURES "/%s.png", x->name);
    if (st == OK) st = folder_reserve(s->folder, name, &d->png, err);
    return st;
}

/* The last first: forgetting a file moves those after it. */
static status_t take_all(session_t *s, error_t *err)
{
    status_t st = OK;
    for (size_t i = s->n; st == OK && i-- > 0;) {
        drawing_t *d = &s->drawing[i];
        if (d->drawn) {
            st = folder_take(s->folder, d->png, err);
            if (st == OK) st = folder_take(s->folder, d->svg, err);
        } else {
            folder_forget(s->folder, d->png);
            folder_forget(s->folder, d->svg);
        }
    }
    return st;
}

status_t figures_write(folder_t *f, const figure_t *figure, size_t n, const figures_how_t *how,
                       error_t *err)
{
    session_t s = {.folder = f, .how = how, .drawing = calloc(n + 1, sizeof *s.drawing), .n = n};
    s.batch = calloc(2 * n + 1, sizeof *s.batch);
    status_t st = s.drawing && s.batch ? OK : fail_memory(err, "the figures");
    for (size_t i = 0; st == OK && i < n; i++) st = prepare(&s, &s.drawing[i], &figure[i], err);
    if (st == OK && !(s.driver = driver_path())) miss_script(&s, "draw");
    if (st == OK) st = draw_all(&s, err);
    if (st == OK) st = take_all(&s, err);
    if (st == OK && s.letters_missing && !s.missing)
        notices_add(how->notices,
                    "no font of this machine has some letters of the figures: they are ? in "
                    "the PNGs; the SVGs have them");
    free(s.driver);
    free(s.batch);
    free(s.drawing);
    return st;
}

/* --- one that stands ------------------------------------------------------------------------------ */

static status_t run_gnuplot(char *folder, char *driver, char *figure, const figures_how_t *how,
                            error_t *err)
{
    static char program[] = "gnuplot", defaults[] = "-d", call[] = "-c";
    char *argv[] = {program, defaults, call, driver, folder, figure, NULL}, line[200] = "";
    FILE *talk = tmpfile();
    pid_t child;
    int why = talk ? child_start(argv, talk, &child) : ENOMEM, looks = 0;
    child_state_t state = CHILD_FAILED;
    while (!why && (state = child_look(child)) == CHILD_RUNS &&
           ++looks < how->seconds * (1000 / LOOK_MILLISECONDS) &&
           !(how->interrupted && *how->interrupted))
        poll(NULL, 0, LOOK_MILLISECONDS);
    if (!why && state == CHILD_RUNS) child_stop(child);
    if (talk) rewind(talk);
    for (char heard[200]; talk && state != CHILD_DONE && fgets(heard, sizeof heard, talk);)
        if (strspn(heard, " \t^\n") != strlen(heard)) strcpy(line, heard);
    if (talk) fclose(talk);
    line[strcspn(line, "\n")] = 0;
    if (why == ENOENT)
        return fail(err, ERR_OUTPUT, "gnuplot is not installed (package gnuplot-nox)");
    if (why) return fail(err, ERR_OUTPUT, "gnuplot cannot be started: %s", strerror(why));
    if (how->interrupted && *how->interrupted)
        return fail(err, ERR_INTERRUPTED, "stopped while drawing");
    if (state == CHILD_DONE) return OK;
    return fail(err, ERR_OUTPUT, "gnuplot %s%s%s", state == CHILD_RUNS ? "took too long" : "failed",
                line[0] ? ": " : "", line);
}

status_t figures_draw_again(const char *folder, const char *name, const char *format,
                            const figures_how_t *how, error_t *err)
{
    char figure[FIGURE_NAME + 8], *path = figures_path(folder), *driver = driver_path();
    status_t st = OK;
    snprintf(figure, sizeof figure, "%s %s", name, format);
    if (!driver) st = fail(err, ERR_OUTPUT, "there is no plots/draw.gp, nor in %s", plots_dir);
    if (!path) st = fail_memory(err, "drawing a figure");
    if (st == OK) st = run_gnuplot(path, driver, figure, how, err);
    free(path);
    free(driver);
    return st;
}
