/* svg_inline.c -- a picture that gnuplot drew becomes a part of a page. */
#include "sim/report/svg_inline.h"

#include "sim/report/html.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURE_BYTES = 4 << 20 }; /* more is no picture of ours */

static status_t read_whole(const char *path, char **out, error_t *err)
{
    FILE *from = fopen(path, "rb");
    char *text = malloc(PICTURE_BYTES + 1);
    status_t st = OK;
    if (!from)
        st = fail(err, ERR_UNREADABLE, "cannot read %s: %s", path, strerror(errno));
    else if (!text)
        st = fail_memory(err, "a picture of the page");
    if (st == OK) {
        size_t n = fread(text, 1, PICTURE_BYTES + 1, from);
        if (ferror(from))
            st = fail(err, ERR_UNREADABLE, "cannot read %s: %s", path, strerror(errno));
        else if (n > PICTURE_BYTES)
            st = fail(err, ERR_INVALID, "%s is larger than any picture of adsim", path);
        else
            text[n] = 0;
    }
    if (from) fclose(from);
    if (st == OK)
        *out = text;
    else
        free(text);
    return st;
}

/* --- what is taken over ----------------------------------------------------------------------------- */

static const char *const drawing[] = {
    "g",        "path",    "text",   "tspan",   "circle",      "ellipse",
    "rect",     "use",     "defs",   "line",    "polyline",    "polygon",
    "clipPath", "pattern", "filter", "feFlood", "feComposite",
};

static bool draws(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof drawing / sizeof *drawing; i++)
        if (strlen(drawing[i]) == length && !strncmp(drawing[i], name, length)) return true;
    return false;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && !strncmp(text, word, length);
}

/* Part of a picture: what follows its text, and its number in the page. */
typedef struct {
    FILE *to;
    int number;
    int in_text; /* elements of text that are open: elsewhere text is layout */
} inliner_t;

static void put_value(const inliner_t *in, const char *value, size_t length, bool is_id)
{
    if (is_id) fprintf(in->to, "p%d-", in->number);
    for (size_t i = 0; i < length; i++) {
        if (value[i] == '"')
            fputs("&quot;", in->to);
        else if (value[i] == '<')
            fputs("&lt;", in->to);
        else
            fputc(value[i], in->to);
        bool refers = (i == 0 && value[0] == '#' && !is_id && length > 1) ||
                      (i >= 4 && !strncmp(value + i - 4, "url(#", 5));
        if (refers) fprintf(in->to, "p%d-", in->number);
    }
}

static bool mentions(const char *value, size_t length, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= length; i++)
        if (!strncmp(value + i, word, n)) return true;
    return false;
}

static void put_attribute(const inliner_t *in, const char *name, size_t length, const char *value,
                          size_t value_length)
{
    bool link = is_word(name, length, "xlink:href") || is_word(name, length, "href");
    if (!strncmp(name, "on", 2) || !strncmp(name, "xmlns", 5)) return;
    if (link && (value_length < 2 || value[0] != '#')) return;
    if (mentions(value, value_length, "url(") && !mentions(value, value_length, "url(#")) return;
    /* "#ffffff" is a colour, not a place. */
    bool id = is_word(name, length, "id"), place = link || id;
    fputc(' ', in->to);
    if (link)
        fputs("href", in->to);
    else
        fwrite(name, 1, length, in->to);
    fputs("=\"", in->to);
    if (!place && value_length && value[0] == '#') {
        fputc('#', in->to);
        value++;
        value_length--;
    }
    put_value(in, value, value_length, id);
    fputc('"', in->to);
}

static const char BLANKS[] = " \t\r\n";

/* From behind the element's name to its '>', which is returned; NULL if it does not end. gnuplot also writes
 * points = '...'. */
static const char *put_attributes(const inliner_t *in, const char *at, bool taken)
{
    while (*at && *at != '>') {
        size_t name = strcspn(at, "= \t\r\n/>");
        const char *sign = at + name + strspn(at + name, BLANKS);
        const char *value = *sign == '=' ? sign + 1 + strspn(sign + 1, BLANKS) : sign;
        if (value == sign || (*value != '"' && *value != '\'')) {
            at += name ? name : 1;
            continue;
        }
        const char *end = strchr(value + 1, *value);
        if (!end) return NULL;
        if (taken && name) put_attribute(in, at, name, value + 1, (size_t)(end - value - 1));
        at = end + 1;
    }
    return *at ? at : NULL;
}

/* An element from behind its '<'; returns what follows it, NULL if it does not end. */
static const char *put_element(inliner_t *in, const char *at)
{
    bool closes = *at == '/';
    if (*at == '!' || *at == '?') {
        const char *end = strncmp(at, "!--", 3) ? strchr(at, '>') : strstr(at, "-->");
        return end ? strchr(end, '>') + 1 : NULL;
    }
    const char *name = at + closes;
    size_t length = 0;
    while (isalnum((unsigned char)name[length])) length++;
    bool taken = draws(name, length), text = is_word(name, length, "text");
    if (taken) fprintf(in->to, closes ? "</%.*s" : "<%.*s", (int)length, name);
    const char *end = put_attributes(in, name + length, taken && !closes);
    if (!end) return NULL;
    bool empty = end[-1] == '/';
    if (taken) fputs(empty ? "/>" : ">", in->to);
    if (text && !empty) in->in_text += closes ? -1 : 1;
    return end + 1;
}

static bool put_content(inliner_t *in, const char *at)
{
    while (at && *at) {
        if (*at == '<') {
            at = put_element(in, at + 1);
            continue;
        }
        size_t length = strcspn(at, "<");
        if (in->in_text > 0) fwrite(at, 1, length, in->to);
        at += length;
    }
    return at != NULL;
}

/* viewBox="0 0 700 206" without its head. */
static bool view_of(const char *text, double head, char out[64])
{
    double x, y, width, height;
    const char *view = strstr(text, "viewBox=\"");
    if (!view || sscanf(view, "viewBox=\"%lf %lf %lf %lf\"", &x, &y, &width, &height) != 4)
        return false;
    if (!(width > 0 && height > head)) return false;
    snprintf(out, 64, "%.6g %.6g %.6g %.6g", x, y + head, width, height - head);
    return true;
}

status_t svg_inline(const char *path, int number, const char *told, double head, FILE *to,
                    error_t *err)
{
    char *text = NULL, view[64];
    status_t st = read_whole(path, &text, err);
    if (st != OK) return st;
    char *begin = strstr(text, "<svg"), *end = begin ? strstr(begin, "</svg>") : NULL;
    char *content = begin ? strchr(begin, '>') : NULL;
    if (!end || !content || content > end || !view_of(begin, head, view)) {
        free(text);
        return fail(err, ERR_INVALID, "%s is not a picture as gnuplot draws them", path);
    }
    *end = 0;
    html_t h = {.to = to};
    html_open(&h, "svg", "class", "drawn", "viewBox", view, "role", "img", "aria-label", told);
    inliner_t in = {to, number, 0};
    if (!put_content(&in, content + 1))
        st = fail(err, ERR_INVALID, "%s ends within an element", path);
    html_close(&h);
    free(text);
    return st;
}
