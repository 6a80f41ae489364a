/* csv_reader.c -- cuts a stream into rows and fields (RFC 4180), keeping where everything stood.
 *
 * The buffer always begins with the row that is being read. A row whose end has not arrived is scanned
 * anew after more was read; the buffer doubles, so that costs at most twice. Places are worked out only
 * when somebody asks: a row begins a line, and what lies before a field is counted then. */
#include "sim/config/csv_reader.h"

#include "sim/config/arena.h"
#include "sim/config/characters.h"
#include "sim/config/value.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 18, FIRST_LOOK = 1024 };

/* What ends or breaks a field. */
typedef enum { PLAIN, SEPARATOR, QUOTE, LINE_FEED, CARRIAGE_RETURN } mark_t;

typedef enum {
    ROW_WHOLE,
    ROW_UNFINISHED, /* more must be read first */
    ROW_HOPELESS    /* told; nothing sensible can follow */
} scanned_t;

typedef enum {
    FAULT_NONE,
    FAULT_QUOTE_INSIDE, /* a quote in a field that does not begin with one */
    FAULT_AFTER_QUOTE   /* something between a closing quote and the separator */
} fault_t;

/* Where a field lies in its row; `doubled`: it holds doubled quotes. */
typedef struct {
    uint32_t from, length;
    bool doubled;
} span_t;

struct csv_reader {
    int file; /* -1: all of it is in the buffer already */
    bool owns_file;
    const char *text; /* of csv_open_text: what is left */
    size_t text_left;
    const char *path, *name;
    diagnostics_t *d;
    error_t *err;
    status_t status;
    arena_t arena; /* names */
    uint8_t mark[256];
    char separator;
    bool may_be_empty;
    const char *missing[CSV_MISSING_WORDS];
    size_t missing_length[CSV_MISSING_WORDS], n_missing;

    char *buffer;
    size_t capacity, begin, end; /* the row begins at `begin` */
    bool ended;                  /* nothing more to read */
    uint64_t bytes, line;        /* line: the one in which the row begins, from 1 */
    uint64_t row_lines;          /* line ends in the row */
    size_t row_length;
    struct sha256_ctx sha;
    char sha_text[2 * SHA256_DIGEST_SIZE + 1];

    span_t *span; /* CSV_COLUMNS_MOST + 1 */
    csv_field_t *field;
    size_t n_columns, n_found; /* columns of the file; fields of the row */
    const char **column;       /* names */
    int *column_at;            /* where they stand in the first row, in characters */
    uint64_t header_line;
    uint64_t n_rows;
    fault_t fault;               /* the first of the row */
    size_t fault_at, fault_from; /* where, and where its field begins */
    char *unquoted;              /* fields with doubled quotes, without them */
    size_t unquoted_capacity;
    char *line_text; /* for places */
    size_t line_capacity;
};

static void give_up(csv_reader_t *r)
{
    if (r->status == OK) r->status = fail(r->err, ERR_INVALID, "'%s' is not valid CSV", r->path);
}

static void out_of_memory(csv_reader_t *r)
{
    if (r->status == OK) r->status = fail_memory(r->err, "reading a CSV file");
}

/* ---- Places ------------------------------------------------------------------------------------ */

/* The line around a byte of the row, ended by a 0; NULL when memory is out. */
static const char *line_around(csv_reader_t *r, size_t at, size_t *begin)
{
    const char *row = r->buffer + r->begin;
    size_t left = r->end - r->begin, from = at, to = at;
    while (from > 0 && row[from - 1] != '\n') from--;
    while (to < left && row[to] != '\n') to++;
    if (to > from && row[to - 1] == '\r' && to > at) to--;
    *begin = from;
    if (to - from + 1 > r->line_capacity) {
        char *grown = realloc(r->line_text, to - from + 1);
        if (!grown) {
            out_of_memory(r);
            return NULL;
        }
        r->line_text = grown;
        r->line_capacity = to - from + 1;
    }
    for (size_t i = from; i < to; i++) r->line_text[i - from] = row[i] ? row[i] : '\1';
    r->line_text[to - from] = '\0';
    return r->line_text;
}

static int clipped(uint64_t line)
{
    return line < INT32_MAX ? (int)line : INT32_MAX;
}

/* `length` bytes of the row from byte `at` on. */
static place_t place_of(csv_reader_t *r, size_t at, size_t length)
{
    const char *row = r->buffer + r->begin;
    uint64_t line = r->line;
    for (size_t i = 0; i < at; i++) line += row[i] == '\n';
    place_t place = {.file = r->name, .line = clipped(line), .column = 1, .width = 1};
    size_t begin;
    place.line_text = line_around(r, at, &begin);
    if (!place.line_text) return place;
    place.column = 1 + (int)characters_count(place.line_text, at - begin);
    size_t stays = strlen(place.line_text + (at - begin));
    if (length > stays) length = stays;
    int width = (int)characters_count(place.line_text + (at - begin), length);
    place.width = width > 0 ? width : 1;
    return place;
}

/* The whole file is meant. */
static place_t place_of_file(const csv_reader_t *r)
{
    return (place_t){.file = r->name, .line = 1, .column = 1, .width = 1};
}

place_t csv_place(csv_reader_t *r, size_t column)
{
    return place_of(r, r->span[column].from, r->span[column].length);
}

place_t csv_name_place(const csv_reader_t *r, size_t column)
{
    return (place_t){.file = r->name,
                     .line = clipped(r->header_line),
                     .column = r->column_at[column],
                     .width = (int)characters_count(r->column[column], SIZE_MAX)};
}

/* ---- Bytes ------------------------------------------------------------------------------------- */

static bool buffer_grow(csv_reader_t *r)
{
    if (r->begin > 0) {
        memmove(r->buffer, r->buffer + r->begin, r->end - r->begin);
        r->end -= r->begin;
        r->begin = 0;
    }
    if (r->capacity - r->end >= READ_BYTES) return true;
    char *grown = realloc(r->buffer, 2 * r->capacity);
    if (!grown) {
        out_of_memory(r);
        return false;
    }
    r->buffer = grown;
    r->capacity *= 2;
    return true;
}

static ssize_t bytes_read(csv_reader_t *r, char *to, size_t most)
{
    if (r->file >= 0) {
        ssize_t n;
        do n = read(r->file, to, most);
        while (n < 0 && errno == EINTR);
        return n;
    }
    size_t n = r->text_left < most ? r->text_left : most;
    memcpy(to, r->text, n);
    r->text += n;
    r->text_left -= n;
    return (ssize_t)n;
}

/* Takes more of the file into the buffer. False after a failure. */
static bool more(csv_reader_t *r)
{
    if (!buffer_grow(r)) return false;
    ssize_t n = bytes_read(r, r->buffer + r->end, r->capacity - r->end);
    if (n < 0) {
        r->status =
            fail(r->err, ERR_UNREADABLE, "'%s' cannot be read: %s", r->path, strerror(errno));
        return false;
    }
    sha256_update(&r->sha, (size_t)n, (const uint8_t *)r->buffer + r->end);
    r->ended = n == 0;
    r->end += (size_t)n;
    r->bytes += (uint64_t)n;
    return true;
}

/* ---- One row ----------------------------------------------------------------------------------- */

static bool is_blank(const csv_reader_t *r, char c)
{
    return (c == ' ' || c == '\t') && c != r->separator;
}

static void fault_note(csv_reader_t *r, fault_t fault, const char *at, const char *from)
{
    if (r->fault != FAULT_NONE) return;
    r->fault = fault;
    r->fault_at = (size_t)(at - (r->buffer + r->begin));
    r->fault_from = (size_t)(from - (r->buffer + r->begin));
}

static scanned_t field_too_long(csv_reader_t *r, const char *from, bool quoted)
{
    place_t at = place_of(r, (size_t)(from - (r->buffer + r->begin)), 1);
    complain(r->d, SEVERITY_ERROR, at,
             quoted ? "is its closing quote missing?" : "is this a CSV file?",
             "this %sfield is longer than %d bytes", quoted ? "quoted " : "", CSV_FIELD_BYTES);
    give_up(r);
    return ROW_HOPELESS;
}

/* More must be read; unless the field is too long by now, or there is no more. */
static scanned_t unfinished(csv_reader_t *r, const char *from, const char *end, bool quoted)
{
    if (end - from > CSV_FIELD_BYTES + 2) return field_too_long(r, from, quoted);
    if (!r->ended) return ROW_UNFINISHED;
    if (!quoted) return ROW_WHOLE;
    complain(r->d, SEVERITY_ERROR, place_of(r, (size_t)(from - (r->buffer + r->begin)), 1),
             "a quote inside a quoted field is written twice: \"\"", "this quote is never closed");
    give_up(r);
    return ROW_HOPELESS;
}

static void field_add(csv_reader_t *r, const char *from, const char *to, bool doubled)
{
    size_t most = r->n_columns ? r->n_columns : CSV_COLUMNS_MOST;
    if (r->n_found <= most) /* the first one too many is kept for its place */
        r->span[r->n_found] =
            (span_t){(uint32_t)(from - (r->buffer + r->begin)), (uint32_t)(to - from), doubled};
    r->n_found++;
}

/* A field without quotes from *at on; *at then stands at what ends it. */
static scanned_t scan_plain(csv_reader_t *r, const char **at, const char *end)
{
    const char *from = *at, *p = from;
    for (;;) {
        while (p < end && r->mark[(unsigned char)*p] == PLAIN) p++;
        if (p < end && *p == '"') {
            fault_note(r, FAULT_QUOTE_INSIDE, p++, from);
            continue;
        }
        break;
    }
    if (p == end) {
        scanned_t s = unfinished(r, from, end, false);
        if (s != ROW_WHOLE) return s;
    }
    const char *to = p;
    while (to > from && is_blank(r, to[-1])) to--;
    if (to - from > CSV_FIELD_BYTES) return field_too_long(r, from, false);
    field_add(r, from, to, false);
    *at = p;
    return ROW_WHOLE;
}

/* A field in quotes; *at stands at the opening one. */
static scanned_t scan_quoted(csv_reader_t *r, const char **at, const char *end)
{
    const char *open = *at, *p = open + 1;
    bool doubled = false;
    for (;; p += 2, doubled = true) {
        p = memchr(p, '"', (size_t)(end - p));
        if (!p) return unfinished(r, open, end, true);
        if (p + 1 == end && !r->ended) return ROW_UNFINISHED;
        if (p + 1 == end || p[1] != '"') break;
    }
    if (p - open > CSV_FIELD_BYTES) return field_too_long(r, open, true);
    field_add(r, open + 1, p, doubled);
    p++;
    while (p < end && is_blank(r, *p)) p++;
    for (; p < end; p++) {
        mark_t mark = r->mark[(unsigned char)*p];
        if (mark != PLAIN && mark != QUOTE) break;
        fault_note(r, FAULT_AFTER_QUOTE, p, open);
    }
    if (p == end && !r->ended) return unfinished(r, open, end, false);
    *at = p;
    return ROW_WHOLE;
}

static scanned_t lone_return(csv_reader_t *r, const char *at)
{
    complain(r->d, SEVERITY_ERROR, place_of(r, (size_t)(at - (r->buffer + r->begin)), 1),
             "save the file with the line ends of Windows or Unix; inside a field it needs quotes",
             "a carriage return that ends no line");
    give_up(r);
    return ROW_HOPELESS;
}

static scanned_t too_many_columns(csv_reader_t *r)
{
    complain(r->d, SEVERITY_ERROR, place_of_file(r), "keep the columns you need",
             "the first row has more than %d columns", CSV_COLUMNS_MOST);
    give_up(r);
    return ROW_HOPELESS;
}

/* The fields of the row that begins the buffer. */
static scanned_t scan_row(csv_reader_t *r)
{
    const char *row = r->buffer + r->begin, *end = r->buffer + r->end, *p = row;
    r->n_found = 0;
    r->fault = FAULT_NONE;
    for (;; p++) {
        while (p < end && is_blank(r, *p)) p++;
        scanned_t s = p < end && *p == '"' ? scan_quoted(r, &p, end) : scan_plain(r, &p, end);
        if (s != ROW_WHOLE) return s;
        if (!r->n_columns && r->n_found > CSV_COLUMNS_MOST) return too_many_columns(r);
        if (p == end || r->mark[(unsigned char)*p] != SEPARATOR) break;
    }
    if (p < end && *p == '\r') {
        if (p + 1 == end && !r->ended) return ROW_UNFINISHED;
        if (p + 1 < end && p[1] != '\n') return lone_return(r, p);
        p++;
    }
    if (p < end) p++;
    r->row_length = (size_t)(p - row);
    return ROW_WHOLE;
}

/* ---- What is no text --------------------------------------------------------------------------- */

static void complain_encoding(csv_reader_t *r, size_t at, const char *help, const char *what)
{
    complain(r->d, SEVERITY_ERROR, place_of(r, at, 1), help, "%s", what);
    give_up(r);
}

/* Files that are something else altogether, by how they begin. */
static const struct {
    const char *bytes;
    size_t length;
    const char *what, *help;
} strangers[] = {
    {"\xff\xfe", 2, "this is UTF-16, not UTF-8", "save it as UTF-8"},
    {"\xfe\xff", 2, "this is UTF-16, not UTF-8", "save it as UTF-8"},
    {"PK\3\4", 4, "this is a spreadsheet or another zip file, not CSV", "export it as CSV, UTF-8"},
    {"\x1f\x8b", 2, "this file is compressed", "unpack it first"},
    {"\xd0\xcf\x11\xe0", 4, "this is an old spreadsheet, not CSV", "export it as CSV, UTF-8"},
    {"SQLite format 3", 16, "this is a database, not CSV", "export the table as CSV"},
};

/* Zeros at every second byte: UTF-16 without a mark. */
static bool looks_like_utf16(const char *text, size_t length)
{
    size_t zeros[2] = {0};
    if (length > FIRST_LOOK) length = FIRST_LOOK;
    for (size_t i = 0; i < length; i++) zeros[i % 2] += text[i] == '\0';
    size_t most = zeros[0] > zeros[1] ? zeros[0] : zeros[1];
    size_t least = zeros[0] > zeros[1] ? zeros[1] : zeros[0];
    return length >= 4 && 3 * most >= length && 8 * least <= most;
}

/* The beginning of the file. False after a complaint. */
static bool begin_check(csv_reader_t *r)
{
    static const char mark[] = "\xef\xbb\xbf";
    while (r->end < FIRST_LOOK && !r->ended)
        if (!more(r)) return false;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (r->end >= strangers[i].length &&
            !memcmp(r->buffer, strangers[i].bytes, strangers[i].length)) {
            complain(r->d, SEVERITY_ERROR, place_of_file(r), strangers[i].help, "%s",
                     strangers[i].what);
            give_up(r);
            return false;
        }
    if (looks_like_utf16(r->buffer, r->end)) {
        complain(r->d, SEVERITY_ERROR, place_of_file(r), "save it as UTF-8",
                 "this looks like UTF-16, not UTF-8");
        give_up(r);
        return false;
    }
    if (r->end >= 3 && !memcmp(r->buffer, mark, 3)) r->begin = 3;
    return true;
}

/* Is there anything but ASCII, or a zero, in it? Eight bytes at a time. */
static bool is_simple(const char *text, size_t length)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    uint64_t odd = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t w;
        memcpy(&w, text + i, 8);
        odd |= (w | (w - ones)) & tops; /* a top bit, or a borrow from a zero */
    }
    for (; i < length; i++) odd |= (uint64_t)(text[i] == '\0' || text[i] & 0x80);
    return !odd;
}

/* UTF-8 without zeros. False after a complaint. */
static bool row_check(csv_reader_t *r, size_t length)
{
    const char *row = r->buffer + r->begin;
    if (is_simple(row, length)) return true;
    for (size_t at = 0; at < length;) {
        if (row[at] == '\0') {
            complain_encoding(r, at, "is this a CSV file? UTF-16 must be saved as UTF-8",
                              "a byte that is zero cannot be in a text");
            return false;
        }
        size_t step = character_at(row + at, length - at, NULL);
        if (!step) {
            complain_encoding(r, at, "save it as UTF-8 (it may be Latin-1 or Windows-1252)",
                              "this byte is not UTF-8");
            return false;
        }
        at += step;
    }
    return true;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

static scanned_t row_too_long(csv_reader_t *r)
{
    complain(r->d, SEVERITY_ERROR, place_of(r, 0, 1), "is a quote missing?",
             "this row is longer than %d bytes", CSV_ROW_BYTES);
    give_up(r);
    return ROW_HOPELESS;
}

/* Scans the row at `begin`, reading as much as it takes. ROW_WHOLE with row_length 0 at the end. */
static scanned_t row_get(csv_reader_t *r)
{
    for (;;) {
        if (r->begin == r->end && r->ended) {
            r->row_length = 0;
            return ROW_WHOLE;
        }
        scanned_t s = r->begin < r->end ? scan_row(r) : ROW_UNFINISHED;
        if (s != ROW_UNFINISHED) return s;
        if (r->end - r->begin > CSV_ROW_BYTES) return row_too_long(r);
        if (!more(r)) return ROW_HOPELESS;
    }
}

static void row_leave(csv_reader_t *r)
{
    const char *p = r->buffer + r->begin, *end = p + r->row_length;
    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        r->line++;
        p++;
    }
    r->begin += r->row_length;
    r->row_length = 0;
}

static bool row_is_empty(const csv_reader_t *r)
{
    return r->n_found == 1 && r->span[0].length == 0 && r->buffer[r->begin] != '"' &&
           r->fault == FAULT_NONE;
}

/* The next row that is not an empty line; false at the end and after what is hopeless. */
static bool row_next(csv_reader_t *r)
{
    do {
        row_leave(r);
        if (r->status != OK || row_get(r) != ROW_WHOLE || r->row_length == 0) return false;
        if (!row_check(r, r->row_length)) return false;
    } while (row_is_empty(r));
    return true;
}

static void complain_fault(csv_reader_t *r)
{
    const char *row = r->buffer + r->begin;
    place_t at = place_of(r, r->fault_at, 1);
    if (r->fault == FAULT_QUOTE_INSIDE) {
        complain(r->d, SEVERITY_ERROR, at,
                 "put the whole field in quotes and write its own quotes twice: \"a \"\"b\"\"\"",
                 "a quote inside a field that does not begin with one");
        return;
    }
    complain(r->d, SEVERITY_ERROR, at, "a quote inside a quoted field is written twice: \"\"",
             "text after the closing quote of a field");
    /* A quote that was never closed runs into the next one: show where it began. */
    if (memchr(row + r->fault_from, '\n', r->fault_at - r->fault_from))
        complain_related(r->d, place_of(r, r->fault_from, 1), "the field begins here");
}

static void complain_length(csv_reader_t *r)
{
    if (r->n_found > r->n_columns)
        complain(r->d, SEVERITY_ERROR, place_of(r, r->span[r->n_columns].from, 1),
                 "a field that holds the separator needs quotes",
                 "%zu fields in this row, but the file has %zu columns", r->n_found, r->n_columns);
    else
        complain(r->d, SEVERITY_ERROR, place_of(r, 0, 1), NULL,
                 "%zu field%s in this row, but the file has %zu columns", r->n_found,
                 r->n_found == 1 ? "" : "s", r->n_columns);
}

/* Texts of the fields; those with doubled quotes move. False when memory is out. */
static bool fields_cut(csv_reader_t *r)
{
    const char *row = r->buffer + r->begin;
    size_t used = 0;
    if (r->unquoted_capacity < r->row_length) {
        char *grown = realloc(r->unquoted, r->row_length);
        if (!grown) {
            out_of_memory(r);
            return false;
        }
        r->unquoted = grown;
        r->unquoted_capacity = r->row_length;
    }
    for (size_t c = 0; c < r->n_found && c < (r->n_columns ? r->n_columns : r->n_found); c++) {
        span_t s = r->span[c];
        r->field[c] = (csv_field_t){row + s.from, s.length};
        if (!s.doubled) continue;
        char *to = r->unquoted + used;
        r->field[c].text = to;
        for (size_t i = 0; i < s.length; i++) {
            *to++ = row[s.from + i];
            i += row[s.from + i] == '"';
        }
        r->field[c].length = (size_t)(to - r->field[c].text);
        used += r->field[c].length;
    }
    return true;
}

const csv_field_t *csv_next(csv_reader_t *r)
{
    while (row_next(r)) {
        r->n_rows++;
        if (r->fault != FAULT_NONE)
            complain_fault(r);
        else if (r->n_found != r->n_columns)
            complain_length(r);
        else
            return fields_cut(r) ? r->field : NULL;
    }
    if (r->status == OK && r->n_rows == 0 && !r->may_be_empty) {
        complain(r->d, SEVERITY_ERROR, place_of_file(r), NULL, "no rows after the first one");
        give_up(r);
    }
    return NULL;
}

uint64_t csv_line(const csv_reader_t *r)
{
    return r->line;
}

status_t csv_status(const csv_reader_t *r)
{
    return r->status;
}

uint64_t csv_bytes(const csv_reader_t *r)
{
    return r->bytes;
}

const char *csv_sha256(csv_reader_t *r)
{
    if (!r->sha_text[0]) {
        uint8_t digest[SHA256_DIGEST_SIZE];
        struct sha256_ctx copy = r->sha;
        sha256_digest(&copy, sizeof digest, digest);
        for (size_t i = 0; i < sizeof digest; i++)
            snprintf(r->sha_text + 2 * i, 3, "%02x", digest[i]);
    }
    return r->sha_text;
}

/* ---- The first row ----------------------------------------------------------------------------- */

/* What stands between fields: the most frequent candidate of the first line, outside quotes. */
static char separator_found(const csv_reader_t *r)
{
    static const char candidate[] = {',', ';', '\t'};
    size_t count[3] = {0};
    bool quoted = false;
    for (size_t i = r->begin; i < r->end; i++) {
        char c = r->buffer[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n') break;
        for (int k = 0; k < 3; k++) count[k] += c == candidate[k];
    }
    int best = 0;
    for (int k = 1; k < 3; k++)
        if (count[k] > count[best]) best = k;
    return candidate[best];
}

static void marks_set(csv_reader_t *r)
{
    r->mark['"'] = QUOTE;
    r->mark['\n'] = LINE_FEED;
    r->mark['\r'] = CARRIAGE_RETURN;
    r->mark[(unsigned char)r->separator] = SEPARATOR;
}

static bool is_number(csv_field_t f)
{
    static const value_rule_t rule = {.name = "", .measure = MEASURE_NUMBER};
    char text[80], help[200];
    double value;
    if (f.length == 0 || f.length >= sizeof text) return false;
    memcpy(text, f.text, f.length);
    text[f.length] = '\0';
    return number_parse(text, &rule, &value, help);
}

static bool is_all_numbers(const csv_field_t *field, size_t n)
{
    for (size_t c = 0; c < n; c++)
        if (!is_number(field[c])) return false;
    return true;
}

static bool holds_control(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        at += character_at(text + at, length - at, &code);
        if (character_is_control(code)) return true;
    }
    return false;
}

/* Another column of that name before it, or -1. */
static long name_before(const csv_reader_t *r, size_t column)
{
    for (size_t c = 0; c < column; c++)
        if (r->column[c] && !strcmp(r->column[c], r->column[column])) return (long)c;
    return -1;
}

static void name_take(csv_reader_t *r, size_t c)
{
    csv_field_t f = r->field[c];
    place_t at = csv_place(r, c);
    r->column_at[c] = at.column;
    r->column[c] = arena_copy(&r->arena, f.text, f.length);
    if (!r->column[c]) {
        out_of_memory(r);
        return;
    }
    if (f.length == 0) {
        complain(r->d, SEVERITY_ERROR, at, "the first row names every column",
                 "column %zu has no name", c + 1);
    } else if (holds_control(f.text, f.length)) {
        complain(r->d, SEVERITY_ERROR, at, "a name stands on one line",
                 "the name of a column holds control characters");
    } else {
        long before = name_before(r, c);
        if (before < 0) return;
        complain(r->d, SEVERITY_ERROR, at, "rename one of them", "two columns are named '%s'",
                 shown(r->column[c]).text);
        complain_related(r->d, csv_name_place(r, (size_t)before), "the first one");
    }
}

/* Arrays for n columns. */
static bool columns_room(csv_reader_t *r, size_t n)
{
    r->column = arena_take(&r->arena, n * sizeof *r->column);
    r->column_at = arena_take(&r->arena, n * sizeof *r->column_at);
    r->field = arena_take(&r->arena, n * sizeof *r->field);
    if (r->column && r->column_at && r->field) return true;
    out_of_memory(r);
    return false;
}

static void header_read(csv_reader_t *r)
{
    size_t before = diagnostics_errors(r->d);
    r->span = arena_take(&r->arena, (CSV_COLUMNS_MOST + 1) * sizeof *r->span);
    if (!r->span) {
        out_of_memory(r);
        return;
    }
    if (!r->separator) r->separator = separator_found(r);
    marks_set(r);
    if (!row_next(r)) {
        if (r->status != OK) return;
        complain(r->d, SEVERITY_ERROR, place_of_file(r), "the first row names the columns",
                 "the file is empty");
        give_up(r);
        return;
    }
    r->header_line = r->line;
    if (!columns_room(r, r->n_found) || !fields_cut(r)) return;
    if (r->fault != FAULT_NONE)
        complain_fault(r);
    else if (is_all_numbers(r->field, r->n_found))
        complain(r->d, SEVERITY_ERROR, place_of(r, 0, 1), "the first row must name the columns",
                 "the first row is all numbers");
    else
        for (size_t c = 0; c < r->n_found && r->status == OK; c++) name_take(r, c);
    r->n_columns = r->n_found;
    if (diagnostics_errors(r->d) > before) give_up(r);
}

size_t csv_columns(const csv_reader_t *r)
{
    return r->n_columns;
}

const char *csv_name(const csv_reader_t *r, size_t column)
{
    return r->column[column];
}

bool csv_is_missing(const csv_reader_t *r, csv_field_t field)
{
    if (field.length == 0) return true;
    for (size_t i = 0; i < r->n_missing; i++)
        if (r->missing_length[i] == field.length &&
            !memcmp(r->missing[i], field.text, field.length))
            return true;
    return false;
}

/* ---- Opening ----------------------------------------------------------------------------------- */

static void missing_set(csv_reader_t *r, const csv_options_t *options)
{
    static const char *const usual[] = {"NA", "N/A"};
    const char *const *word = options->missing ? options->missing : usual;
    size_t n = options->missing ? options->n_missing : 2;
    for (size_t i = 0; i < n && r->n_missing < CSV_MISSING_WORDS; i++) {
        char *copy = arena_copy(&r->arena, word[i], strlen(word[i]));
        if (!copy) out_of_memory(r);
        r->missing[r->n_missing] = copy;
        r->missing_length[r->n_missing++] = strlen(word[i]);
    }
}

static csv_reader_t *reader_new(const char *path, const char *name, const csv_options_t *options,
                                diagnostics_t *d, error_t *err)
{
    static const csv_options_t usual = {0};
    csv_reader_t *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    *r = (csv_reader_t){.file = -1, .d = d, .err = err, .line = 1};
    if (!options) options = &usual;
    r->separator = options->separator;
    r->may_be_empty = options->may_be_empty;
    r->path = arena_copy(&r->arena, path, strlen(path));
    r->name = name ? arena_copy(&r->arena, name, strlen(name)) : r->path;
    r->capacity = 2 * READ_BYTES;
    r->buffer = malloc(r->capacity);
    missing_set(r, options);
    sha256_init(&r->sha);
    if (r->path && r->name && r->buffer && r->status == OK) return r;
    csv_close(r);
    return NULL;
}

/* Reads the first row, or gives the reader back. */
static status_t begin(csv_reader_t *r, csv_reader_t **out)
{
    if (r->status == OK && begin_check(r)) header_read(r);
    status_t status = r->status;
    if (status == OK)
        *out = r;
    else
        csv_close(r);
    return status;
}

static void file_open(csv_reader_t *r)
{
    if (!strcmp(r->path, "-")) {
        r->file = STDIN_FILENO;
        return;
    }
    r->file = open(r->path, O_RDONLY | O_CLOEXEC);
    r->owns_file = r->file >= 0;
    if (r->file < 0)
        r->status =
            fail(r->err, ERR_UNREADABLE, "'%s' cannot be read: %s", r->path, strerror(errno));
}

status_t csv_open(csv_reader_t **out, const char *path, const char *name,
                  const csv_options_t *options, diagnostics_t *d, error_t *err)
{
    *out = NULL;
    csv_reader_t *r = reader_new(path, name, options, d, err);
    if (!r) return fail_memory(err, "reading a CSV file");
    file_open(r);
    return begin(r, out);
}

status_t csv_open_text(csv_reader_t **out, const char *text, size_t length, const char *name,
                       const csv_options_t *options, diagnostics_t *d, error_t *err)
{
    *out = NULL;
    csv_reader_t *r = reader_new(name, name, options, d, err);
    if (!r) return fail_memory(err, "reading a CSV file");
    r->text = text;
    r->text_left = length;
    return begin(r, out);
}

void csv_close(csv_reader_t *r)
{
    if (!r) return;
    if (r->owns_file) close(r->file);
    free(r->buffer);
    free(r->unquoted);
    free(r->line_text);
    arena_free(&r->arena);
    free(r);
}
