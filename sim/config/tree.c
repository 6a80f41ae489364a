/* tree.c -- libyaml's events become nodes with places.
 *
 * Events and not libyaml's documents: anchors, tags and second documents are seen and refused where
 * they stand, and the limits stop a hostile file before it grows. libyaml lets duplicate keys pass
 * and does not expand `<<`; both are refused here. Its columns count characters, as ours do. */
#include "sim/config/tree.h"
#include "sim/config/characters.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH_MOST = 64, NODES_MOST = 1000000, BYTES_MOST = 64 << 20 };

struct document {
    arena_t arena;
    char *name, *text, *lines; /* lines: the text with every line end made a 0 */
    size_t length;
    size_t *line_start; /* n_lines + 1 of them; the last is `length` */
    size_t n_lines;
    int column_shift;  /* characters before the text in what the person typed */
    const char *whole; /* ... and all of it; NULL for files */
    const node_t *root;
};

const node_t *document_root(const document_t *doc)
{
    return doc->root;
}

const char *document_text(const document_t *doc, size_t *length)
{
    *length = doc->length;
    return doc->text;
}

void document_free(document_t *doc)
{
    if (!doc) return;
    arena_free(&doc->arena);
    free(doc->name);
    free(doc->text);
    free(doc->lines);
    free(doc->line_start);
    free(doc);
}

/* --- lines --------------------------------------------------------------------------------- */

/* Bytes of a line end at text[at] as libyaml counts them (CR, LF, CRLF, NEL, LS, PS), else 0. */
static size_t line_end(const char *text, size_t left)
{
    if (!left) return 0;
    if (text[0] == '\r') return left > 1 && text[1] == '\n' ? 2 : 1;
    if (text[0] == '\n') return 1;
    if (left > 1 && !memcmp(text, "\xc2\x85", 2)) return 2;
    if (left > 2 && (!memcmp(text, "\xe2\x80\xa8", 3) || !memcmp(text, "\xe2\x80\xa9", 3)))
        return 3;
    return 0;
}

static bool lines_index(document_t *doc)
{
    size_t n = 1;
    for (size_t i = 0, e; i < doc->length; i += e ? e : 1)
        if ((e = line_end(doc->text + i, doc->length - i))) n++;
    doc->lines = malloc(doc->length + 1);
    doc->line_start = malloc((n + 1) * sizeof *doc->line_start);
    if (!doc->lines || !doc->line_start) return false;
    memcpy(doc->lines, doc->text, doc->length + 1);
    doc->line_start[0] = 0;
    doc->n_lines = 1;
    for (size_t i = 0, e; i < doc->length; i += e ? e : 1)
        if ((e = line_end(doc->text + i, doc->length - i))) {
            doc->lines[i] = '\0';
            doc->line_start[doc->n_lines++] = i + e;
        }
    doc->line_start[doc->n_lines] = doc->length;
    return true;
}

/* line and column count from 0 here. */
static place_t place_at(const document_t *doc, size_t line, size_t column, size_t width)
{
    if (line >= doc->n_lines) line = doc->n_lines - 1;
    const char *text = doc->whole && line == 0 ? doc->whole : doc->lines + doc->line_start[line];
    size_t shift = line == 0 ? (size_t)doc->column_shift : 0;
    return (place_t){doc->name, text, (int)line + 1, (int)(column + shift) + 1,
                     width ? (int)width : 1};
}

static place_t place_of_mark(const document_t *doc, yaml_mark_t m, size_t width)
{
    return place_at(doc, m.line, m.column, width);
}

static place_t place_of_byte(const document_t *doc, size_t byte, size_t width)
{
    size_t low = 0, high = doc->n_lines;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (doc->line_start[middle] <= byte)
            low = middle;
        else
            high = middle;
    }
    size_t column = 0;
    for (size_t i = doc->line_start[low]; i < byte; column++) {
        size_t step = character_at(doc->text + i, doc->length - i, NULL);
        i += step ? step : 1;
    }
    return place_at(doc, low, column, width);
}

/* --- what libyaml would trip over ------------------------------------------------------------ */

/* The whole text is UTF-8 without control characters? One complaint at the first that is not. */
static bool characters_check(const document_t *doc, diagnostics_t *d)
{
    size_t i = !strncmp(doc->text, "\xef\xbb\xbf", 3) ? 3 : 0; /* a byte order mark may open it */
    while (i < doc->length) {
        uint32_t code = 0;
        size_t step = character_at(doc->text + i, doc->length - i, &code);
        place_t at = {0};
        if (!step || !character_allowed(code)) at = place_of_byte(doc, i, 1);
        if (!step) {
            complain(d, SEVERITY_ERROR, at, "save the file as UTF-8",
                     "byte 0x%02x is not UTF-8 text", (unsigned char)doc->text[i]);
            return false;
        }
        if (!character_allowed(code)) {
            complain(d, SEVERITY_ERROR, at,
                     code ? "remove it"
                          : "this is not a text file, or it is UTF-16: save it as UTF-8",
                     "control character U+%04X is not allowed", (unsigned)code);
            return false;
        }
        i += step;
    }
    return true;
}

/* libyaml's words, and ours. The first row whose words are found is taken. */
static const struct {
    const char *theirs, *ours, *help;
} rewritten[] = {
    {"tab character", "tabs cannot indent YAML; use spaces", NULL},
    {"mapping values are not allowed", "': ' is not allowed here",
     "put a text that holds ': ' in quotes, or check the indentation"},
    {"did not find expected key", "a key is expected here",
     "the keys of one mapping start in the same column"},
    {"did not find expected '-' indicator", "a list item '- ' is expected here",
     "the items of one list start in the same column"},
    {"did not find expected ',' or '}'", "',' or '}' is expected here", NULL},
    {"did not find expected ',' or ']'", "',' or ']' is expected here", NULL},
    {"could not find expected ':'", "a ':' is expected after this key",
     "write key: value, with a space after the colon"},
    {"unexpected end of stream", "the file ends inside a quoted text", "close the quote"},
    {"unexpected document indicator", "a quoted text is not closed", "close the quote"},
    {"did not find expected node content", "a value is missing here", NULL},
    {"unknown escape character", "unknown escape in a text in double quotes",
     "use single quotes, or \\\\ for a backslash"},
    {"block sequence entries are not allowed", "a list item '- ' is not allowed here",
     "start the list on its own line below the key"},
    {"block mapping entries are not allowed", "'? ' is not allowed here", NULL},
    {"did not find expected <document start>", "text is left after the end of the document", NULL},
    {"invalid leading UTF-8", "this is not UTF-8 text", "save the file as UTF-8"},
    {"invalid trailing UTF-8", "this is not UTF-8 text", "save the file as UTF-8"},
    {"incomplete UTF-8", "this is not UTF-8 text", "save the file as UTF-8"},
};

static char character_under(const document_t *doc, yaml_mark_t m)
{
    if (m.line >= doc->n_lines) return '\0';
    const char *line = doc->lines + doc->line_start[m.line];
    return line[characters_bytes(line, m.column)];
}

static void complain_start(const document_t *doc, yaml_mark_t m, diagnostics_t *d)
{
    char c = character_under(doc, m);
    if (c == '\t')
        complain(d, SEVERITY_ERROR, place_of_mark(doc, m, 1), NULL,
                 "tabs cannot indent YAML; use spaces");
    else
        complain(d, SEVERITY_ERROR, place_of_mark(doc, m, 1),
                 c == '%' ? "the % stands behind the number; a text needs quotes"
                          : "put the text in quotes",
                 "a text cannot start with '%c'", c);
}

static void complain_syntax(const document_t *doc, const yaml_parser_t *p, diagnostics_t *d)
{
    const char *theirs = p->problem ? p->problem : "it breaks a rule of YAML";
    if (strstr(theirs, "cannot start any token")) {
        complain_start(doc, p->problem_mark, d);
        return;
    }
    place_t at = p->error == YAML_READER_ERROR ? place_of_byte(doc, p->problem_offset, 1)
                                               : place_of_mark(doc, p->problem_mark, 1);
    if (character_under(doc, p->problem_mark) == '\t') theirs = "tab character";
    size_t i = 0, n = sizeof rewritten / sizeof *rewritten;
    while (i < n && !strstr(theirs, rewritten[i].theirs)) i++;
    if (i < n)
        complain(d, SEVERITY_ERROR, at, rewritten[i].help, "%s", rewritten[i].ours);
    else
        complain(d, SEVERITY_ERROR, at, NULL, "this is not YAML: %s", theirs);
    bool tab = i == 0;
    if (!tab && p->context && p->context_mark.line != p->problem_mark.line)
        complain_related(d, place_of_mark(doc, p->context_mark, 1), "it began here");
}

/* --- events to nodes ------------------------------------------------------------------------- */

typedef struct {
    document_t *doc;
    yaml_parser_t parser;
    diagnostics_t *d;
    const node_t **pending; /* finished nodes whose parent is not */
    size_t n_pending, capacity, nodes;
    bool memory_out;
} builder_t;

static bool pending_push(builder_t *b, const node_t *node)
{
    if (b->n_pending == b->capacity) {
        size_t capacity = b->capacity ? 2 * b->capacity : 64;
        const node_t **more = realloc(b->pending, capacity * sizeof *more);
        if (!more) {
            b->memory_out = true;
            return false;
        }
        b->pending = more;
        b->capacity = capacity;
    }
    b->pending[b->n_pending++] = node;
    return true;
}

/* The next event; false after a complaint (or when memory is out). */
static bool event_next(builder_t *b, yaml_event_t *event)
{
    if (yaml_parser_parse(&b->parser, event)) return true;
    if (b->parser.error == YAML_MEMORY_ERROR)
        b->memory_out = true;
    else
        complain_syntax(b->doc, &b->parser, b->d);
    return false;
}

static void complain_at(builder_t *b, yaml_mark_t m, const char *help, const char *text)
{
    complain(b->d, SEVERITY_ERROR, place_of_mark(b->doc, m, 1), help, "%s", text);
}

static const char anchor_help[] = "write the value out, or use `extends:` and `set:` for variants";

static bool event_plain(builder_t *b, const yaml_event_t *e)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        anchor = e->data.sequence_start.anchor;
        tag = e->data.sequence_start.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
    }
    if (e->type == YAML_ALIAS_EVENT || anchor)
        complain_at(b, e->start_mark, anchor_help, "anchors (&) and aliases (*) are not supported");
    else if (tag)
        complain_at(b, e->start_mark, "leave it out: every key knows its type",
                    "tags (!) are not supported");
    else
        return true;
    return false;
}

static node_t *node_new(builder_t *b, node_kind_t kind, const yaml_event_t *e)
{
    if (++b->nodes > NODES_MOST) {
        complain_at(b, e->start_mark, "split it: presets can stand in files of their own",
                    "the file has more than 1,000,000 values");
        return NULL;
    }
    node_t *node = arena_take(&b->doc->arena, sizeof *node);
    if (!node) {
        b->memory_out = true;
        return NULL;
    }
    size_t width =
        e->end_mark.line == e->start_mark.line ? e->end_mark.column - e->start_mark.column : 1;
    *node = (node_t){
        .kind = kind, .place = place_of_mark(b->doc, e->start_mark, width), .origin = b->doc};
    return node;
}

static int key_order(const void *a, const void *b)
{
    const node_t *p = *(const node_t *const *)a, *q = *(const node_t *const *)b;
    int c = strcmp(p->text, q->text);
    if (c) return c;
    if (p->place.line != q->place.line) return p->place.line < q->place.line ? -1 : 1;
    return p->place.column < q->place.column ? -1 : p->place.column > q->place.column;
}

/* Sorted, because a hostile file may have a mapping of half a million keys. */
static bool keys_unique(builder_t *b, const node_t *mapping)
{
    if (mapping->n < 2) return true;
    const node_t **sorted = malloc(mapping->n * sizeof *sorted);
    if (!sorted) {
        b->memory_out = true;
        return false;
    }
    memcpy(sorted, mapping->key, mapping->n * sizeof *sorted);
    qsort(sorted, mapping->n, sizeof *sorted, key_order);
    for (size_t i = 1; i < mapping->n; i++)
        if (!strcmp(sorted[i]->text, sorted[i - 1]->text)) {
            complain(b->d, SEVERITY_ERROR, sorted[i]->place, "keep one of them",
                     "key '%s' appears twice", shown(sorted[i]->text).text);
            complain_related(b->d, sorted[i - 1]->place, "it was first here");
        }
    free(sorted);
    return true;
}

static bool key_check(builder_t *b, const node_t *key)
{
    if (key->kind != NODE_SCALAR) {
        complain(b->d, SEVERITY_ERROR, key->place, "a text that starts with { or [ needs quotes",
                 "a key must be a text");
        return false;
    }
    if (strcmp(key->text, "<<") || key->quoted) return true;
    complain(b->d, SEVERITY_ERROR, key->place, anchor_help, "merge keys (<<) are not supported");
    return false;
}

/* Takes the nodes since `first` off the pending stack into the parent. */
static bool node_adopt(builder_t *b, node_t *node, size_t first, yaml_mark_t end)
{
    size_t pairs = node->kind == NODE_MAPPING ? 2 : 1;
    node->n = (b->n_pending - first) / pairs;
    const node_t **child = node->n ? b->pending + first : NULL; /* nothing is pending at {} */
    b->n_pending = first;
    if (node->place.line == (int)end.line + 1) {
        int shift = end.line == 0 ? b->doc->column_shift : 0;
        node->place.width = (int)end.column + shift + 1 - node->place.column;
    } else if (node->kind == NODE_MAPPING && node->n) {
        node->place.width = child[0]->place.width;
    }
    if (node->place.width < 1) node->place.width = 1;
    if (!node->n) return true;
    const node_t **copy = arena_take(&b->doc->arena, pairs * node->n * sizeof *copy);
    if (!copy) {
        b->memory_out = true;
        return false;
    }
    node->item = copy;
    if (node->kind == NODE_SEQUENCE) {
        memcpy(copy, child, node->n * sizeof *copy);
        return true;
    }
    node->key = copy + node->n;
    for (size_t i = 0; i < node->n; i++) {
        node->key[i] = child[2 * i];
        node->item[i] = child[2 * i + 1];
    }
    return keys_unique(b, node);
}

static const node_t *node_build(builder_t *b, const yaml_event_t *first, int depth);

/* The children up to the end event. */
static bool children_build(builder_t *b, node_t *node, int depth)
{
    size_t first = b->n_pending;
    for (bool is_key = node->kind == NODE_MAPPING;;
         is_key = node->kind == NODE_MAPPING && !is_key) {
        yaml_event_t e;
        if (!event_next(b, &e)) return false;
        bool end = e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT;
        yaml_mark_t mark = e.end_mark;
        const node_t *child = end ? NULL : node_build(b, &e, depth + 1);
        yaml_event_delete(&e);
        if (end) return node_adopt(b, node, first, mark);
        if (!child || (is_key && !key_check(b, child)) || !pending_push(b, child)) return false;
    }
}

static const node_t *scalar_build(builder_t *b, const yaml_event_t *e)
{
    node_t *node = node_new(b, NODE_SCALAR, e);
    if (!node) return NULL;
    const char *text = (const char *)e->data.scalar.value;
    if (strlen(text) != e->data.scalar.length) {
        complain(b->d, SEVERITY_ERROR, node->place, "remove the \\0",
                 "a text cannot hold a zero character");
        return NULL;
    }
    node->text = arena_copy(&b->doc->arena, text, e->data.scalar.length);
    node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (!node->text) b->memory_out = true;
    return node->text ? node : NULL;
}

static const node_t *node_build(builder_t *b, const yaml_event_t *first, int depth)
{
    if (!event_plain(b, first)) return NULL;
    if (depth > DEPTH_MOST) {
        complain_at(b, first->start_mark, NULL, "values are nested more than 64 levels deep");
        return NULL;
    }
    if (first->type == YAML_SCALAR_EVENT) return scalar_build(b, first);
    bool mapping = first->type == YAML_MAPPING_START_EVENT;
    node_t *node = node_new(b, mapping ? NODE_MAPPING : NODE_SEQUENCE, first);
    return node && children_build(b, node, depth) ? node : NULL;
}

/* stream start, document start, the root, document end, stream end. */
static const node_t *document_build(builder_t *b)
{
    const node_t *root = NULL;
    for (;;) {
        yaml_event_t e;
        if (!event_next(b, &e)) return NULL;
        yaml_event_type_t type = e.type;
        bool second = type == YAML_DOCUMENT_START_EVENT && root;
        if (second)
            complain_at(b, e.start_mark, "remove the '---': one file, one document",
                        "a second document starts here");
        bool value = type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                     type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT;
        if (value) root = node_build(b, &e, 1);
        yaml_event_delete(&e);
        if (second || (value && !root)) return NULL;
        if (type == YAML_STREAM_END_EVENT) return root;
    }
}

/* Fills doc->root; false when memory is out. */
static bool document_fill(document_t *doc, diagnostics_t *d)
{
    if (!lines_index(doc)) return false;
    if (doc->length > BYTES_MOST) {
        complain(d, SEVERITY_ERROR, (place_t){.file = doc->name}, NULL,
                 "the file is larger than 64 MiB");
        return true;
    }
    if (!characters_check(doc, d)) return true;
    builder_t b = {.doc = doc, .d = d};
    if (!yaml_parser_initialize(&b.parser)) return false;
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)doc->text, doc->length);
    size_t errors = diagnostics_errors(d);
    const node_t *root = document_build(&b);
    if (!root && !b.memory_out && diagnostics_errors(d) == errors)
        complain(d, SEVERITY_ERROR, place_at(doc, 0, 0, 1), NULL, "the file is empty");
    if (diagnostics_errors(d) == errors) doc->root = root;
    yaml_parser_delete(&b.parser);
    free(b.pending);
    return !b.memory_out;
}

static document_t *document_take(const char *name, char *text, size_t length)
{
    document_t *doc = calloc(1, sizeof *doc);
    if (!doc) {
        free(text);
        return NULL;
    }
    doc->text = text;
    doc->length = length;
    doc->name = strdup(name);
    if (doc->name) return doc;
    document_free(doc);
    return NULL;
}

static document_t *document_filled(document_t *doc, diagnostics_t *d)
{
    if (doc && document_fill(doc, d)) return doc;
    document_free(doc);
    return NULL;
}

document_t *document_parse(const char *name, const char *text, size_t length, diagnostics_t *d)
{
    char *copy = malloc(length + 1);
    if (!copy) return NULL;
    if (length) memcpy(copy, text, length);
    copy[length] = '\0';
    return document_filled(document_take(name, copy, length), d);
}

document_t *document_parse_part(const char *name, const char *whole, size_t from, diagnostics_t *d)
{
    char *copy = strdup(whole + from);
    if (!copy) return NULL;
    document_t *doc = document_take(name, copy, strlen(copy));
    if (!doc) return NULL;
    doc->whole = arena_copy(&doc->arena, whole, strlen(whole));
    doc->column_shift = (int)characters_count(whole, from);
    return document_filled(doc, d);
}

/* Everything that can be read, and one byte past the limit at most. */
static char *stream_read(FILE *from, size_t *length, bool *unreadable)
{
    size_t capacity = 65536, n = 0;
    char *text = malloc(capacity + 1);
    while (text && n <= BYTES_MOST) {
        size_t got = fread(text + n, 1, capacity - n, from);
        n += got;
        if (!got) break;
        if (n < capacity) continue;
        capacity *= 2;
        char *more = realloc(text, capacity + 1);
        if (!more) free(text);
        text = more;
    }
    if (text && ferror(from)) {
        *unreadable = true;
        free(text);
        return NULL;
    }
    if (text) text[n] = '\0';
    *length = n;
    return text;
}

document_t *document_read(const char *path, diagnostics_t *d, bool *unreadable)
{
    *unreadable = false;
    bool standard = !strcmp(path, "-");
    FILE *from = standard ? stdin : fopen(path, "rb");
    if (!from) {
        *unreadable = errno != ENOMEM;
        return NULL;
    }
    size_t length = 0;
    char *text = stream_read(from, &length, unreadable);
    if (!standard) fclose(from);
    if (!text) return NULL;
    return document_filled(document_take(standard ? "stdin" : path, text, length), d);
}

/* --- asking ---------------------------------------------------------------------------------- */

static size_t key_index(const node_t *mapping, const char *key)
{
    size_t i = 0;
    if (!mapping || mapping->kind != NODE_MAPPING) return SIZE_MAX;
    while (i < mapping->n && strcmp(mapping->key[i]->text, key)) i++;
    return i < mapping->n ? i : SIZE_MAX;
}

const node_t *node_get(const node_t *mapping, const char *key)
{
    size_t i = key_index(mapping, key);
    return i == SIZE_MAX ? NULL : mapping->item[i];
}

const node_t *node_key(const node_t *mapping, const char *key)
{
    size_t i = key_index(mapping, key);
    return i == SIZE_MAX ? NULL : mapping->key[i];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t blanks(const char *s)
{
    size_t n = 0;
    while (is_blank(s[n])) n++;
    return n;
}

/* How the source goes on where the text has `c`: bytes to step over in the source. Walks plain,
 * quoted, folded and literal scalars alike: folding turns a run of blanks into one. */
static size_t source_step(const char *source, char c, char quote)
{
    if (quote == '"' && source[0] == '\\') {
        if (source[1] == '\n' || source[1] == '\r')
            return 1 + blanks(source + 1) + source_step(source + 1 + blanks(source + 1), c, quote);
        return source[1] == 'x' ? 4 : source[1] == 'u' ? 6 : source[1] == 'U' ? 10 : 2;
    }
    if (c == ' ' || c == '\n') {
        size_t run = blanks(source);
        bool folded = memchr(source, '\n', run) != NULL;
        return run && !folded ? 1 : run; /* 0: an earlier line end took it along */
    }
    if (quote == '\'' && source[0] == '\'' && source[1] == '\'') return 2;
    return 1;
}

/* Where the content begins: after the quote, or on the line below | and >. */
static const char *source_content(const char *source, char *quote)
{
    *quote = *source == '"' || *source == '\'' ? *source : '\0';
    if (*quote) return source + 1;
    if (*source != '|' && *source != '>') return source;
    const char *line = strchr(source, '\n');
    return line ? line + 1 + blanks(line + 1) : source;
}

place_t node_place_at(const node_t *scalar, size_t offset, size_t length)
{
    const document_t *doc = scalar->origin;
    if (!doc || scalar->place.line < 1) return scalar->place;
    size_t line = (size_t)scalar->place.line - 1, text_length = strlen(scalar->text);
    size_t shift = line == 0 ? (size_t)doc->column_shift : 0;
    const char *start = doc->text + doc->line_start[line], *end = doc->text + doc->length;
    start += characters_bytes(start, (size_t)scalar->place.column - 1 - shift);
    char quote;
    const char *source = source_content(start, &quote);
    if (offset > text_length) offset = text_length;
    for (size_t i = 0; i < offset && source < end;) {
        size_t step = character_at(scalar->text + i, text_length - i, NULL);
        size_t over = source_step(source, scalar->text[i], quote);
        source += over == 1 ? step : over;
        i += step ? step : 1;
    }
    if (quote == '"' && source[0] == '\\' && is_blank(source[1])) source++; /* a line goes on */
    if (source > end) source = end;
    if (offset < text_length && !is_blank(scalar->text[offset]) && is_blank(*source))
        source += blanks(source);
    if (offset + length > text_length) length = text_length - offset;
    size_t width = characters_count(scalar->text + offset, length);
    return place_of_byte(doc, (size_t)(source - doc->text), width);
}

/* --- copies with a change -------------------------------------------------------------------- */

static node_t *node_copy(arena_t *a, const node_t *from, size_t n)
{
    node_t *node = arena_take(a, sizeof *node);
    const node_t **child = arena_take(a, (2 * n + 1) * sizeof *child);
    if (!node || !child) return NULL;
    *node = *from;
    node->item = child;
    node->key = child + n;
    for (size_t i = 0; i < from->n; i++) {
        node->item[i] = from->item[i];
        if (from->kind == NODE_MAPPING) node->key[i] = from->key[i];
    }
    node->n = n;
    return node;
}

const node_t *node_with_item(arena_t *a, const node_t *node, size_t i, const node_t *value)
{
    node_t *copy = node_copy(a, node, node->n);
    if (copy) copy->item[i] = value;
    return copy;
}

bool node_same(const node_t *a, const node_t *b)
{
    if (a == b) return true;
    if (!a || !b || a->kind != b->kind || a->n != b->n) return false;
    if (a->kind == NODE_SCALAR) return a->quoted == b->quoted && !strcmp(a->text, b->text);
    for (size_t i = 0; i < a->n; i++)
        if (a->kind == NODE_MAPPING && strcmp(a->key[i]->text, b->key[i]->text)) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!node_same(a->item[i], b->item[i])) return false;
    return true;
}

const node_t *node_with(arena_t *a, const node_t *mapping, const node_t *key, const node_t *value)
{
    size_t i = key_index(mapping, key->text);
    node_t *copy = node_copy(a, mapping, i == SIZE_MAX ? mapping->n + 1 : mapping->n);
    if (!copy) return NULL;
    if (i == SIZE_MAX) {
        i = mapping->n;
        copy->key[i] = key;
    }
    copy->item[i] = value;
    return copy;
}

const node_t *node_scalar(arena_t *a, const char *text, place_t at)
{
    node_t *node = arena_take(a, sizeof *node);
    char *copy = arena_copy(a, text, strlen(text));
    if (!node || !copy) return NULL;
    *node = (node_t){.kind = NODE_SCALAR, .place = at, .text = copy};
    return node;
}

const node_t *node_mapping(arena_t *a, place_t at)
{
    node_t *node = arena_take(a, sizeof *node);
    if (node) *node = (node_t){.kind = NODE_MAPPING, .place = at};
    return node;
}

/* --- writing --------------------------------------------------------------------------------- */

static bool plain_enough(const char *text)
{
    static const char first[] = "-?:,[]{}#&*!|>'\"%@`~ \t.+=<";
    if (!*text || strchr(first, *text) || (*text >= '0' && *text <= '9')) return false;
    for (const char *s = text; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c >= 0x7f || strchr(",[]{}#:\"\\", c)) return false;
    }
    static const char *const taken[] = {"null",  "Null",  "NULL", "true", "True", "TRUE", "false",
                                        "False", "FALSE", "yes",  "Yes",  "YES",  "no",   "No",
                                        "NO",    "on",    "On",   "ON",   "off",  "Off",  "OFF"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (!strcmp(text, taken[i])) return false;
    return text[strlen(text) - 1] != ' ';
}

char *yaml_text(arena_t *a, const char *text)
{
    size_t length = strlen(text), at = 0;
    if (plain_enough(text)) return arena_copy(a, text, length);
    char *out = arena_take(a, 6 * length + 3);
    if (!out) return NULL;
    char *to = out;
    *to++ = '"';
    while (at < length) {
        uint32_t code = 0;
        size_t step = character_at(text + at, length - at, &code);
        if (!step) step = 1;
        if (code == '"' || code == '\\')
            to += sprintf(to, "\\%c", (int)code);
        else if (character_is_control(code) || !character_allowed(code))
            to += sprintf(to, "\\u%04x", (unsigned)code);
        else
            to = (char *)memcpy(to, text + at, step) + step;
        at += step;
    }
    strcpy(to, "\"");
    return out;
}

static bool flow_write(FILE *to, arena_t *a, const node_t *node, const char *without)
{
    if (node->kind == NODE_SCALAR) {
        bool quote = node->quoted || strpbrk(node->text, ",[]{}#:\n");
        char *text = quote ? yaml_text(a, node->text) : NULL;
        if (quote && !text) return false;
        fputs(text ? text : node->text, to);
        return true;
    }
    bool mapping = node->kind == NODE_MAPPING;
    const char *between = "";
    putc(mapping ? '{' : '[', to);
    for (size_t i = 0; i < node->n; i++) {
        if (mapping && without && !strcmp(node->key[i]->text, without)) continue;
        fputs(between, to);
        between = ", ";
        char *key = mapping ? yaml_text(a, node->key[i]->text) : NULL;
        if (mapping && !key) return false;
        if (mapping) fprintf(to, "%s: ", key);
        if (!flow_write(to, a, node->item[i], without)) return false;
    }
    putc(mapping ? '}' : ']', to);
    return true;
}

char *node_flow(arena_t *a, const node_t *node, const char *without)
{
    char *text = NULL, *copy = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    if (!to) return NULL;
    bool written = flow_write(to, a, node, without) && !ferror(to);
    if (fclose(to) == 0 && written && text) copy = arena_copy(a, text, length);
    free(text);
    return copy;
}
