/* conversions.c -- the block `conversions`: of each kind that an ad set brings, or that is given, all values. */
#include "sim/config/reader.h"

static bool is_used(const reader_t *r, const key_row_t *kind)
{
    unsigned kinds = ad_sets_kinds(r->sc, ~0ull);
    for (int k = 0; k < CONVERSION_KINDS; k++)
        if (kind->offset == offsetof(scenario_t, conversion) + (size_t)k * sizeof(conversion_t))
            return kinds >> k & 1;
    return false;
}

void conversions_read(reader_t *r, const key_row_t *row, const node_t *node, place_t at)
{
    const section_t *s = row->section;
    if (node && !keys_check(r, s, node)) return;
    bool open = false;
    size_t mark;
    path_push(r, row->name, &mark);
    for (size_t i = 0; i < s->n; i++) {
        const key_row_t *kind = &s->row[i];
        const node_t *given = row_node(kind, node);
        if (!given && !(kind->kind == KEY_SECTION && is_used(r, kind))) continue;
        if (!open) line_open(r, row->name);
        open = true;
        row_read(r, kind, given, (char *)r->sc, given ? given->place : at);
    }
    if (open) line_close(r);
    path_pop(r, mark);
}
