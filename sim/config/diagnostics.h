/* diagnostics.h -- every problem of every file, kept until all are known, then told in order. */
#ifndef ADSIM_CONFIG_DIAGNOSTICS_H
#define ADSIM_CONFIG_DIAGNOSTICS_H

#include "models/base/nearest.h" /* did you mean */

#include <stdbool.h>
#include <stddef.h>

/* A stretch of a file; line and column count from 1, columns in characters. */
typedef struct {
    const char *file;      /* name as the person gave it; borrowed from the document */
    const char *line_text; /* the whole line, for the caret; may be NULL */
    int line, column, width;
} place_t;

typedef enum { SEVERITY_ERROR, SEVERITY_WARNING } severity_t;

typedef struct diagnostics diagnostics_t;

diagnostics_t *diagnostics_new(void);
void diagnostics_free(diagnostics_t *d);

/* Adds a problem. help and related may be NULL; `related` is a second place with its note. Texts are
 * copied. When memory is out for a problem it is counted, and the list knows that it is not whole. */
void complain(diagnostics_t *d, severity_t severity, place_t at, const char *help,
              const char *format, ...) __attribute__((format(printf, 5, 6)));
void complain_related(diagnostics_t *d, place_t related, const char *note); /* to the last one */

/* Adds the problems of another list that are not in this one, each with `note` after its message ("" = none). */
void diagnostics_take(diagnostics_t *d, const diagnostics_t *from, const char *note);

size_t diagnostics_errors(const diagnostics_t *d);
size_t diagnostics_warnings(const diagnostics_t *d);
bool diagnostics_lost(const diagnostics_t *d); /* something of them, for want of memory */

typedef enum { FORMAT_HUMAN, FORMAT_SHORT, FORMAT_JSON } error_format_t;

/* All of them, sorted by place, at most 20, as a malloc'ed text that ends with a newline. `verdict`:
 * what to add after the count, "nothing was run". NULL when memory is out. */
char *diagnostics_text(const diagnostics_t *d, error_format_t format, const char *verdict);

#endif
