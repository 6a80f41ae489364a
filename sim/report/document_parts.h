/* document_parts.h -- private to sim/report: what pages are made of: sections, tiles, ranges, dots, tables, terms.
 *
 * Text goes through html.h. A term is a word with its definition: it links to the list at the end of the page,
 * which has those words that the page uses. */
#ifndef ADSIM_REPORT_DOCUMENT_PARTS_H
#define ADSIM_REPORT_DOCUMENT_PARTS_H

#include "sim/report/document.h"
#include "sim/report/glossary.h"
#include "sim/report/html.h"
#include "sim/report/text.h"

enum { DOTS = 50 };

typedef struct {
    html_t html;
    results_t *results;
    const pictures_t *pictures;
    const char *currency;
    glossary_term_t *term; /* all there are, in order */
    size_t n_terms;
    bool *defined; /* does the page use the term? */
    int frames;    /* tables that scroll, so far: their captions have names of their own */
} document_t;

/* What the scenario is called; of a batch that of its first file. */
const char *scenario_of(const document_t *d);

/* --- values -------------------------------------------------------------------------------------- */

/* An estimate as a file tells it; NAN = unknown. */
typedef struct {
    double mean, lo, hi, level;
} value_t;
value_t value_of(const json_t *scope, const char *metric);
value_t value_between(double mean, double lo, double hi);

/* As a person reads it in this column's unit, a NAN as a dash. */
amount_t column_amount(const char *metric, double x);
/* With its sign: +0.12, −1,200. */
amount_t column_step(const char *metric, double x);
/* "1.13–1.73", or "" where the range is not known. */
enum { RANGE_LENGTH = 2 * AMOUNT_LENGTH + 8 };
void column_range(const char *metric, value_t x, char out[RANGE_LENGTH]);
/* "80 % range", or "range" where nobody says how much it holds. */
amount_t level_words(value_t x);
/* What a person reads for a metric: ROAS. */
const char *column_label(const char *metric);
/* The same, short enough for the head of a column: caused. */
const char *column_heading(const char *metric);
/* How a chance is said: "More likely than not". */
const char *chance_words(double share);

/* --- text ---------------------------------------------------------------------------------------- */

/* The words as a link to the definition of the term; plain where the glossary has none. */
void put_term(document_t *d, const char *term, const char *words);
/* The words of a name that a person gave, with the colour of an ad set in front; order -1 = none. */
void put_name(document_t *d, const char *name, int order);
/* A command to type; scripts add a button that copies it. */
void put_command(document_t *d, const char *command);

/* --- blocks -------------------------------------------------------------------------------------- */

/* A section with its heading; closed with html_close. `printed`: also on paper. */
void open_section(document_t *d, const char *id, const char *title, bool printed);

/* A tile: its term, a large value, one line below, its range as a line from zero. unit, note, metric may be NULL. */
typedef struct {
    const char *term, *title, *value, *unit, *note; /* unit: smaller, behind the value */
    const char *metric;                             /* of the range */
    value_t range;
    double mark; /* the value to reach; NAN = none */
} tile_t;
void open_tiles(document_t *d);
void put_tile(document_t *d, const tile_t *t);

/* A range on a scale from `low` to `high`, with its mean and, where it is known, a value to compare with. */
void put_range(document_t *d, value_t x, double low, double high, double mark);

/* DOTS futures, `full` of which are filled. */
void put_dots(document_t *d, int full, const char *told);

/* --- tables -------------------------------------------------------------------------------------- */

typedef struct {
    const char *term, *title; /* term NULL: no definition */
    bool number;
} heading_t;
/* In a frame that scrolls sideways where the window is narrow. sortable: scripts make its headings buttons. Closed
 * with close_table. */
void open_table(document_t *d, const char *caption, const heading_t *heading, size_t n,
                bool sortable);
void close_table(document_t *d);
/* The first cell of a row, which names it. */
void row_name(document_t *d, const char *name, int order);
void cell_text(document_t *d, const char *text);
/* A number as it is read, with the number itself to sort by. */
void cell_amount(document_t *d, amount_t text, double x);
/* Mean and range: "1.42 (1.13–1.73)". */
void cell_value(document_t *d, const char *metric, value_t x);

/* --- sections that pages share ------------------------------------------------------------------- */

status_t write_pictures(document_t *d, error_t *err);
bool has_pictures(const document_t *d);
status_t write_assumptions(document_t *d, error_t *err);
bool has_assumptions(const document_t *d);
status_t write_unmodelled(document_t *d, error_t *err);
status_t write_provenance(document_t *d, error_t *err);
void write_notices(document_t *d);
status_t write_definitions(document_t *d, error_t *err);

/* --- a page of each kind ------------------------------------------------------------------------- */

typedef struct {
    const char *id, *title;
    bool (*is_wanted)(const document_t *d); /* NULL = always */
    status_t (*write)(document_t *d, error_t *err);
    bool printed;
} section_row_t;

typedef struct {
    results_kind_t kind;
    const char *noun; /* "Run", "Comparison" */
    /* The heading, what stands below it, and the tiles. */
    status_t (*write_verdict)(document_t *d, error_t *err);
    const section_row_t *section;
    size_t n_sections;
} page_kind_t;

extern const page_kind_t page_of_run, page_of_comparison, page_of_allocation, page_of_batch;

#endif
