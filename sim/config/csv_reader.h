/* csv_reader.h -- rows of a CSV file, one at a time, in bounded memory, each field with its place.
 *
 * The first row names the columns. Fields are parted by commas, semicolons or tabs (found in the first
 * row unless given); a field in double quotes may hold separators, line ends and, doubled, quotes. Blanks
 * around a field do not count, empty lines neither. Lines end in LF or CRLF. UTF-8, with or without BOM.
 *
 * What is wrong is told with line and column, all of it: rows of another length, quotes in odd places.
 * What leaves no sense in the rest ends the reading: another encoding, a quote that is never closed, no
 * usable first row, a field or a row too long. */
#ifndef ADSIM_CONFIG_CSV_READER_H
#define ADSIM_CONFIG_CSV_READER_H

#include "models/base/status.h"
#include "sim/config/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CSV_COLUMNS_MOST = 4096,
    CSV_FIELD_BYTES = 65535, /* of one field */
    CSV_ROW_BYTES = 4 << 20, /* of one row, its line ends included */
    CSV_MISSING_WORDS = 16   /* words that mean a missing value, at most */
};

/* How a file is written; zeroed = find out, and the usual words. */
typedef struct {
    char separator;             /* ',', ';', '\t' or another character; 0: found in the first row */
    const char *const *missing; /* words that mean "no value" besides the empty field ... */
    size_t n_missing;           /* ... up to CSV_MISSING_WORDS; NULL: NA and N/A */
    bool may_be_empty;          /* no rows after the first one is fine */
} csv_options_t;

/* Blanks around it are gone, doubled quotes single. Not ended by a 0. */
typedef struct {
    const char *text;
    size_t length;
} csv_field_t;

typedef struct csv_reader csv_reader_t;

/* Opens a file ("-" = stdin) and reads its first row. OK, or ERR_INVALID after complaints in d (*out is
 * NULL), ERR_UNREADABLE, ERR_MEMORY with err. `name`: the file in messages; NULL = path. d is borrowed. */
status_t csv_open(csv_reader_t **out, const char *path, const char *name,
                  const csv_options_t *options, diagnostics_t *d, error_t *err);
/* The same from `length` bytes of memory, which stay the caller's. */
status_t csv_open_text(csv_reader_t **out, const char *text, size_t length, const char *name,
                       const csv_options_t *options, diagnostics_t *d, error_t *err);
void csv_close(csv_reader_t *r); /* NULL too */

size_t csv_columns(const csv_reader_t *r);
const char *csv_name(const csv_reader_t *r, size_t column);
place_t csv_name_place(const csv_reader_t *r, size_t column); /* without its line */

/* The next row that has a field for each column; rows that have not are complained about and left out.
 * Good until the next call. NULL at the end of the file and after a failure: see csv_status. */
const csv_field_t *csv_next(csv_reader_t *r);

/* OK; ERR_INVALID when the file was given up after a complaint; ERR_UNREADABLE, ERR_MEMORY. Complaints
 * about single rows leave it OK: diagnostics_errors counts them. */
status_t csv_status(const csv_reader_t *r);

/* Of the row read last: the line it begins in, and a field's place with its line's text (good until the
 * next call of csv_next or csv_place). */
uint64_t csv_line(const csv_reader_t *r);
place_t csv_place(csv_reader_t *r, size_t column);

bool csv_is_missing(const csv_reader_t *r, csv_field_t field);

/* At the end: the bytes that were read and their SHA-256 in hexadecimal; of the whole file when it was
 * read to its end. */
uint64_t csv_bytes(const csv_reader_t *r);
const char *csv_sha256(csv_reader_t *r);

#endif
