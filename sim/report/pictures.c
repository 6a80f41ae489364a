/* pictures.c -- figures/NAME.dat read back: the finding, the note, the number table. */
#include "sim/report/pictures.h"

#include "sim/report/folder.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *joined(const char *folder, const char *name, const char *suffix)
{
    size_t length = strlen(folder) + strlen(name) + strlen(suffix) + sizeof FOLDER_FIGURES + 3;
    char *path = malloc(length);
    if (path) snprintf(path, length, "%s/" FOLDER_FIGURES "/%s%s", folder, name, suffix);
    return path;
}

/* --- one figure ----------------------------------------------------------------------------------- */

/* A .dat file, line by line. */
typedef struct {
    const char *path;
    FILE *from;
    char *line;
    size_t room, number;
} reader_t;

static bool next_line(reader_t *r)
{
    ssize_t n = getline(&r->line, &r->room, r->from);
    if (n < 0) return false;
    r->number++;
    r->line[strcspn(r->line, "\n")] = 0;
    return true;
}

static status_t damaged(const reader_t *r, const char *why, error_t *err)
{
    return fail(err, ERR_INVALID, "%s:%zu: %s", r->path, r->number, why);
}

/* A field of the file as the text it stands for: quotes gone, a doubled backslash single. */
static char *plain(const char *field, size_t length)
{
    if (length >= 2 && field[0] == '"' && field[length - 1] == '"') {
        field++;
        length -= 2;
    }
    char *out = malloc(length + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < length; i++) {
        if (field[i] == '\\' && i + 1 < length && field[i + 1] == '\\') i++;
        out[n++] = field[i];
    }
    if (out) out[n] = 0;
    return out;
}

/* The three first rows: title, its second line, note. */
static status_t read_head(reader_t *r, picture_t *p, error_t *err)
{
    char *part[3] = {NULL};
    status_t st = OK;
    for (int k = 0; st == OK && k < 3; k++) {
        if (!next_line(r)) st = damaged(r, "the title and the note are missing", err);
        if (st == OK && !(part[k] = plain(r->line, strlen(r->line))))
            st = fail_memory(err, "a picture");
    }
    if (st == OK) {
        size_t length = strlen(part[0]) + strlen(part[1]) + 2;
        p->title = malloc(length);
        if (p->title)
            snprintf(p->title, length, "%s%s%s", part[0], *part[1] ? " " : "", part[1]);
        else
            st = fail_memory(err, "a picture");
        p->note = part[2];
        part[2] = NULL;
    }
    for (int k = 0; k < 3; k++) free(part[k]);
    return st;
}

/* Which fields of a row belong to the table: those whose column's name has no brackets around it. */
typedef struct {
    size_t fields; /* of a row */
    bool *shown;
} layout_t;

static bool add_text(char ***list, size_t *n, char *text)
{
    char **grown = text ? realloc(*list, (*n + 1) * sizeof(char *)) : NULL;
    if (!grown) {
        free(text);
        return false;
    }
    *list = grown;
    grown[(*n)++] = text;
    return true;
}

static bool read_names(picture_t *p, layout_t *l, const char *line)
{
    for (line += strspn(line, "# ");; line++) {
        size_t length = strcspn(line, "\t");
        bool *grown = realloc(l->shown, (l->fields + 1) * sizeof *grown);
        if (!grown) return false;
        l->shown = grown;
        bool shown = grown[l->fields++] = length && line[0] != '(';
        if (shown && !add_text(&p->column, &p->columns, plain(line, length))) return false;
        line += length;
        if (!*line) return true;
    }
}

/* The whole row or nothing of it. */
static bool add_row(picture_t *p, const layout_t *l, const char *line)
{
    size_t n = p->rows * p->columns, field = 0;
    bool fine = true;
    for (; fine; line++, field++) {
        size_t length = strcspn(line, "\t");
        if (field < l->fields && l->shown[field])
            fine = add_text(&p->field, &n, plain(line, length));
        line += length;
        if (!*line) break;
    }
    while (fine && n < (p->rows + 1) * p->columns) fine = add_text(&p->field, &n, strdup(""));
    if (fine)
        p->rows++;
    else
        while (n > p->rows * p->columns) free(p->field[--n]);
    return fine;
}

/* Of the blocks behind the head the first is the table; the others are for drawing. */
static status_t read_rows(reader_t *r, picture_t *p, error_t *err)
{
    layout_t l = {0};
    bool fine = true, begun = false;
    while (fine && next_line(r)) {
        if (r->line[0] == '#' && !l.fields)
            fine = read_names(p, &l, r->line);
        else if (r->line[0] == '#')
            continue;
        else if (!r->line[0] && begun)
            break;
        else if (r->line[0]) {
            begun = true;
            fine = add_row(p, &l, r->line);
        }
    }
    free(l.shown);
    return fine ? OK : fail_memory(err, "a picture");
}

static bool find_values(picture_t *p)
{
    p->value = malloc((p->rows * p->columns + 1) * sizeof *p->value);
    for (size_t i = 0; p->value && i < p->rows * p->columns; i++) {
        char *end;
        double x = strtod(p->field[i], &end);
        p->value[i] = *p->field[i] && !*end && isfinite(x) ? x : NAN;
        if (!strcmp(p->field[i], "NaN")) p->field[i][0] = 0;
    }
    return p->value != NULL;
}

static status_t read_picture(picture_t *p, const char *folder, const char *name, error_t *err)
{
    char *path = joined(folder, name, ".dat");
    reader_t r = {.path = path, .from = path ? fopen(path, "r") : NULL};
    status_t st = !path     ? fail_memory(err, "a picture")
                  : !r.from ? fail(err, ERR_UNREADABLE, "cannot read %s: %s", path, strerror(errno))
                            : OK;
    if (st == OK) st = read_head(&r, p, err);
    if (st == OK) st = read_rows(&r, p, err);
    p->name = strdup(name);
    p->svg = joined(folder, name, ".svg");
    if (st == OK && (!p->name || !p->svg || !find_values(p))) st = fail_memory(err, "a picture");
    if (p->svg && access(p->svg, R_OK)) {
        free(p->svg);
        p->svg = NULL;
    }
    if (r.from) fclose(r.from);
    free(r.line);
    free(path);
    return st;
}

/* --- all of a folder ------------------------------------------------------------------------------ */

/* In order of decision: by the kind of the figure, which begins its name; figures of one kind by name. */
static const char *const order[] = {
    "dots",    "change",   "waterfall", "difference", "next-dollar", "response",
    "shares",  "ladder",   "reach",     "frequency",  "segments",    "overlap",
    "tornado", "calendar", "funnel",    "credit",     "organic",     "plans",
    "sweep",   "sizes",    "heat",      "index",
};
enum { KINDS = sizeof order / sizeof *order };

static size_t kind_of(const char *name)
{
    for (size_t k = 0; k < KINDS; k++) {
        size_t length = strlen(order[k]);
        if (!strncmp(name, order[k], length) && (!name[length] || name[length] == '-')) return k;
    }
    return KINDS;
}

static int by_decision(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    size_t kind_x = kind_of(x), kind_y = kind_of(y);
    if (kind_x != kind_y) return kind_x < kind_y ? -1 : 1;
    return strcmp(x, y);
}

/* Names of the data files, but those for machines without the letters. */
static status_t list_names(const char *folder, char ***name, size_t *n, error_t *err)
{
    char *path = joined(folder, "", "");
    DIR *dir = path ? opendir(path) : NULL;
    bool fine = path && (dir || errno != ENOMEM);
    for (struct dirent *e; fine && dir && (e = readdir(dir));) {
        size_t length = strlen(e->d_name);
        if (length < 5 || strcmp(e->d_name + length - 4, ".dat") != 0) continue;
        if (length > 8 && !strcmp(e->d_name + length - 8, "-png.dat")) continue;
        fine = add_text(name, n, strndup(e->d_name, length - 4));
    }
    if (dir) closedir(dir);
    free(path);
    if (!fine) return fail_memory(err, "the pictures");
    if (*n) qsort(*name, *n, sizeof **name, by_decision);
    return OK;
}

status_t pictures_read(pictures_t *p, const char *folder, error_t *err)
{
    *p = (pictures_t){0};
    char **name = NULL;
    size_t n = 0;
    status_t st = list_names(folder, &name, &n, err);
    if (st == OK && !(p->picture = calloc(n + 1, sizeof *p->picture)))
        st = fail_memory(err, "the pictures");
    for (size_t i = 0; st == OK && i < n; i++)
        st = read_picture(&p->picture[p->n++], folder, name[i], err);
    for (size_t i = 0; i < n; i++) free(name[i]);
    free(name);
    if (st != OK) pictures_free(p);
    return st;
}

static void free_texts(char **text, size_t n)
{
    for (size_t i = 0; text && i < n; i++) free(text[i]);
    free(text);
}

void pictures_free(pictures_t *p)
{
    for (size_t i = 0; i < p->n; i++) {
        picture_t *x = &p->picture[i];
        free(x->name);
        free(x->title);
        free(x->note);
        free(x->svg);
        free_texts(x->column, x->columns);
        free_texts(x->field, x->rows * x->columns);
        free(x->value);
    }
    free(p->picture);
    *p = (pictures_t){0};
}
