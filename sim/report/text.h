/* text.h -- numbers and names as a person reads them on a screen. */
#ifndef ADSIM_REPORT_TEXT_H
#define ADSIM_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { AMOUNT_LENGTH = 32 };
typedef struct {
    char text[AMOUNT_LENGTH];
} amount_t;

/* 0.53, 7.25, 61.3, 610, 30,000, 1.21 M, 259.8 M, 3.10 B; "-" for an unknown value. */
amount_t amount(double x);
/* The same for numbers of any size: 0.00043, 1.2e+16. */
amount_t amount_any(double x);
/* People: as amount, but in whole ones when they are whole or many. */
amount_t amount_people(double x);
/* Money below a billion in full: 1,250,000; cents below 100. */
amount_t amount_money(double x);
/* 2.31, 0.12, 154; "-" for an unknown value. */
amount_t amount_ratio(double x);
/* 0.84 %, 12 %: two digits that count, none behind the point from 10 on. */
amount_t amount_percent(double share);
/* A whole number with thousands separators. */
amount_t amount_whole(double x);

/* Cells a text takes on a terminal: wide glyphs two, combining marks none. */
size_t text_cells(const char *text);

/* The text in at most `cells` cells, the end cut off and replaced by an ellipsis if it is longer. out
 * is malloc'ed, NULL when memory is out. */
char *text_fit(const char *text, size_t cells);

/* A text of words, ended by a line end, in lines of at most `width` cells; those after the first begin with `indent`. A
 * line breaks at blanks, but not before a percent sign or the M of 1.63 M; in a text of parts with dots between (a · b), behind these as
 * long as a part finds room in a line. Colours take no cells. False when memory is out. */
bool text_wrap(FILE *to, int width, const char *indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What is written to fold_open's stream comes out of fold_close as text_wrap would print it, line by line; the
 * rest of a line stands two cells deeper than its beginning. */
typedef struct {
    FILE *lines;
    char *text;
    size_t length;
} fold_t;
FILE *fold_open(fold_t *f);                      /* NULL when memory is out */
bool fold_close(fold_t *f, FILE *to, int width); /* false when memory is, or was, out */

/* A code as words, in place: "not_working" reads "not working". */
void text_words(char *code);

#endif
