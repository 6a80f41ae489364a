/* html.h -- writes HTML that cannot be broken by what it tells: names of elements and attributes are the
 * program's own, everything else is escaped on its way out.
 *
 * Text becomes text: & < > " ' are written as entities; what XML forbids (control characters, bytes that are no
 * UTF-8) becomes U+FFFD. Elements close in the order in which they were opened. A failed write shows when the
 * file is closed; elements that do not close as they were opened, or nest deeper than HTML_DEPTH, in html_is_whole. */
#ifndef ADSIM_REPORT_HTML_H
#define ADSIM_REPORT_HTML_H

#include <stdbool.h>
#include <stdio.h>

enum { HTML_DEPTH = 32 };
typedef struct {
    FILE *to;
    int depth;
    bool broken;                  /* an element without its end, or an end without its element */
    const char *open[HTML_DEPTH]; /* names of the elements that are open */
} html_t;

/* html_open(h, "a", "href", url, "class", "term"): the element, then names and values of attributes. */
#define html_open(h, ...) html_open_list(h, (const char *const[]){__VA_ARGS__, NULL})
void html_open_list(html_t *h, const char *const *list);
void html_close(html_t *h);
bool html_is_whole(const html_t *h); /* everything that was opened is closed, and nothing else */

/* One without content: br, meta, path. */
#define html_empty(h, ...) html_empty_list(h, (const char *const[]){__VA_ARGS__, NULL})
void html_empty_list(html_t *h, const char *const *list);

void html_text(html_t *h, const char *text); /* NULL = nothing */
/* At most 1,000 bytes; a line does not break before a percent sign. */
__attribute__((format(printf, 2, 3))) void html_textf(html_t *h, const char *format, ...);

/* Element and text in one. */
#define html_line(h, text, ...) html_line_list(h, text, (const char *const[]){__VA_ARGS__, NULL})
void html_line_list(html_t *h, const char *text, const char *const *list);

/* What a person named: kept together in its own direction of writing. */
void html_name(html_t *h, const char *name);

/* A part of the program itself or a picture that another program drew: as it is. */
void html_as_it_is(html_t *h, const char *text);

/* The text as the content of a JSON script: "<" as \u003c, so that nothing in it ends the script. */
void html_json(html_t *h, const char *json);

#endif
