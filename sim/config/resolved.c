/* resolved.c -- resolved.yaml: the scenario with every value that was used, and where each came from.
 * Values that were given are repeated as they were written, so it loads to the same bits. */
#include "sim/config/characters.h"
#include "sim/config/reader.h"

#include <string.h>

/* Why this value. */
static void write_comment(FILE *to, const line_t *line)
{
    const resolved_t *v = &line->value;
    char text[600];
    text_made_safe(v->source ? v->source : "", text, sizeof text);
    fputs("  # ", to);
    switch (v->origin) {
    case ORIGIN_GIVEN:
        if (v->line)
            fprintf(to, "given (line %d)", v->line);
        else
            fprintf(to, "given (%s)", text);
        break;
    case ORIGIN_DEFAULT: fprintf(to, "default (%s)", text); break;
    case ORIGIN_ASSUMPTION:
    case ORIGIN_PRESET:
    case ORIGIN_SET: fputs(text, to); break;
    }
    if (line->label) fprintf(to, ", \"%s\" in ads managers", line->label);
    putc('\n', to);
}

static void write_line(FILE *to, const line_t *line, const char *key, bool first_of_item)
{
    int indent = 2 * line->depth - (first_of_item ? 2 : 0);
    fprintf(to, "%*s%s%s:", indent, "", first_of_item ? "- " : "", key);
    if (line->kind == LINE_OPEN) {
        putc('\n', to);
        return;
    }
    fprintf(to, " %s", line->value.value);
    write_comment(to, line);
}

/* Would the mapping that opens here be empty? */
static bool opens_nothing(const reader_t *r, size_t i)
{
    return i + 1 == r->n_lines || r->line[i + 1].depth <= r->line[i].depth;
}

status_t loaded_write_resolved(const loaded_t *l, FILE *to, error_t *err)
{
    const reader_t *r = loaded_reader(l);
    arena_t keys = {0};
    bool first_of_item = false;
    status_t status = OK;
    fputs("# Every value that was used, and where it came from. It loads back to the same plan.\n",
          to);
    for (size_t i = 0; i < r->n_lines && status == OK; i++) {
        const line_t *line = &r->line[i];
        if (line->kind == LINE_ITEM) {
            first_of_item = true;
            continue;
        }
        if (line->kind == LINE_OPEN && opens_nothing(r, i)) continue;
        char *key = yaml_text(&keys, line->key);
        if (!key) status = fail_memory(err, "resolved.yaml");
        if (key) write_line(to, line, key, first_of_item);
        first_of_item = false;
    }
    arena_free(&keys);
    if (status == OK && ferror(to))
        status = fail(err, ERR_OUTPUT, "resolved.yaml cannot be written");
    return status;
}
