/* read.c -- the tree becomes a scenario, row by row of the key table. Every value that is used, given
 * or not, leaves a line for resolved.yaml, its place for the cross-checks, and its law. */
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/load_population.h"
#include "sim/config/reader.h"
#include "sim/metrics/columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- small things ---------------------------------------------------------------------------- */

void out_of_memory(reader_t *r)
{
    if (r->status == OK) r->status = fail_memory(r->err, "reading the scenario");
}

/* One more element of a growing array; NULL when memory is out. */
void *array_grow(reader_t *r, void *array, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity) return array;
    size_t more = *capacity ? 2 * *capacity : 64;
    void *grown = realloc(array, more * size);
    if (grown)
        *capacity = more;
    else
        out_of_memory(r);
    return grown;
}

void path_push(reader_t *r, const char *part, size_t *mark)
{
    *mark = strlen(r->path);
    snprintf(r->path + *mark, sizeof r->path - *mark, "%s.", part);
}

void path_pop(reader_t *r, size_t mark)
{
    r->path[mark] = '\0';
}

void field_note(reader_t *r, const void *field, place_t at)
{
    field_t *grown = array_grow(r, r->field, r->n_fields, &r->fields_capacity, sizeof *r->field);
    if (!grown) return;
    r->field = grown;
    r->field[r->n_fields++] = (field_t){(size_t)((const char *)field - (const char *)r->sc), at};
}

/* --- lines of resolved.yaml -------------------------------------------------------------------- */

static void line_add(reader_t *r, line_t line)
{
    if (r->idle || r->silent) return;
    line_t *grown = array_grow(r, r->line, r->n_lines, &r->lines_capacity, sizeof *r->line);
    if (!grown) return;
    r->line = grown;
    line.depth = r->depth;
    r->line[r->n_lines++] = line;
}

void line_open(reader_t *r, const char *key)
{
    line_add(r, (line_t){.kind = LINE_OPEN, .key = key});
    r->depth++;
}

void line_close(reader_t *r)
{
    r->depth--;
}

void line_item(reader_t *r)
{
    line_add(r, (line_t){.kind = LINE_ITEM});
    r->depth++;
}

void line_item_end(reader_t *r)
{
    r->depth--;
}

static const source_t *source_of(const reader_t *r, const document_t *doc)
{
    const source_t *s = r->sources;
    while (s && s->doc != doc) s = s->next;
    return s;
}

bool is_of_preset(const reader_t *r, const node_t *node)
{
    const source_t *from = source_of(r, node->origin);
    return from && from->installed;
}

/* Where a node was written: origin, source and line of a resolved value. */
static void origin_set(reader_t *r, resolved_t *v, const node_t *node, const char *source)
{
    const source_t *from = source_of(r, node->origin);
    v->line = node->origin == r->main ? node->place.line : 0;
    v->origin = ORIGIN_GIVEN;
    v->source = source;
    if (from && from->kind == SOURCE_SET) {
        v->origin = ORIGIN_SET;
        v->source = "--set";
    } else if (from && from->kind == SOURCE_PRESET) {
        bool assumed = source && !strcmp(source, "assumption");
        v->origin = assumed ? ORIGIN_ASSUMPTION : ORIGIN_PRESET;
        v->source = arena_format(r->arena, "from %s%s%s%s", from->name, source ? " (" : "",
                                 source ? source : "", source ? ")" : "");
    } else if (!source) {
        v->source = arena_format(r->arena, "%s:%d", node->place.file, node->place.line);
    }
    if (!v->source) out_of_memory(r);
}

void line_value(reader_t *r, const key_row_t *row, const node_t *node, const char *text,
                const char *source)
{
    resolved_t v = {.unit = row->unit ? row->unit : ""};
    v.path = arena_format(r->arena, "%s%s", r->path, row->name);
    const char *without =
        row->own == OWN_POPULATION || row->own == OWN_CUSTOMERS || row->own == OWN_CALENDAR
            ? NULL
            : "source"; /* it becomes the comment */
    const node_t *plain = node && node->kind == NODE_MAPPING ? node_get(node, "value") : NULL;
    v.value = node && !text ? node_flow(r->arena, plain ? plain : node, without)
                            : arena_copy(r->arena, text, strlen(text));
    if (!v.path || !v.value) {
        out_of_memory(r);
        return;
    }
    if (node) {
        origin_set(r, &v, node, source);
    } else {
        v.source = source ? source : "unless given";
        v.origin = !strcmp(v.source, "assumption") ? ORIGIN_ASSUMPTION : ORIGIN_DEFAULT;
    }
    line_add(r, (line_t){.kind = LINE_VALUE, .key = row->name, .value = v});
}

void line_word(reader_t *r, const key_row_t *row, const node_t *node, const char *text)
{
    line_value(r, row, node, text, node ? NULL : row->source);
}

/* --- numbers ----------------------------------------------------------------------------------- */

void uncertain_add(reader_t *r, const key_row_t *row, const char *key, const void *field,
                   distribution_t law, double divisor, place_t at)
{
    scenario_t *sc = r->sc;
    if (law.law == LAW_CERTAIN) return;
    if (sc->n_uncertain == MAX_UNCERTAIN) {
        complain(r->d, SEVERITY_ERROR, at, "make some of them certain",
                 "more than %d uncertain values", MAX_UNCERTAIN);
        return;
    }
    char *path = arena_format(r->arena, "%s%s", r->path, key);
    if (!path) {
        out_of_memory(r);
        return;
    }
    uint64_t hash = rng_path_hash(path);
    for (int i = 0; i < sc->n_uncertain; i++)
        if (sc->uncertain[i].path_hash == hash && strcmp(sc->uncertain[i].path, path))
            complain(r->d, SEVERITY_ERROR, at, "rename one of them",
                     "by bad luck '%s' and '%s' have the same hash", path, sc->uncertain[i].path);
    sc->uncertain[sc->n_uncertain++] =
        (uncertain_t){.offset = (size_t)((const char *)field - (const char *)sc),
                      .law = law,
                      .low = row->low / divisor,
                      .high = row->high / divisor,
                      .path = path,
                      .path_hash = hash};
}

bool is_word(const node_t *node, const char *word)
{
    return node && word && node->kind == NODE_SCALAR && !strcmp(node->text, word);
}

void number_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at)
{
    double *field = (double *)(base + row->offset);
    field_note(r, field, node ? node->place : at);
    *field = row->fallback.a;
    if (!node && !row_has_fallback(row)) return;
    if (is_word(node, row->instead)) {
        *field = row->instead_value;
        line_value(r, row, node, NULL, NULL);
        return;
    }
    if (!node) {
        if (row->fallback.law != LAW_CERTAIN) *field = distribution_mean(row->fallback);
        if (!r->idle) uncertain_add(r, row, row->name, field, row->fallback, 1, at);
        line_value(r, row, NULL, row_fallback_text(row).text, row->source);
        return;
    }
    value_rule_t rule = row_rule(row);
    value_t value;
    if (!value_read(node, &rule, 1, r->d, &value)) return;
    *field = value.value;
    uncertain_add(r, row, row->name, field, value.law, 1, node->place);
    line_value(r, row, node, NULL, value.source);
}

static void int_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                         place_t at)
{
    int *field = (int *)(base + row->offset);
    field_note(r, field, node ? node->place : at);
    if (!node) return;
    value_rule_t rule = row_rule(row);
    if (row->bare && node->kind == NODE_SCALAR && strpbrk(node->text, "dwh"))
        rule.measure = MEASURE_DAYS; /* days: 28 or 28d */
    value_t value;
    if (!value_read(node, &rule, 1, r->d, &value)) return;
    *field = (int)value.value;
    if (*field != value.value)
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "'%s' must be a whole number, got '%s'",
                 row->name, shown(node->text).text);
    line_value(r, row, node, NULL, value.source);
}

/* All 64 bits: a double would lose the last ones. */
static void seed_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                          place_t at)
{
    uint64_t *field = (uint64_t *)(base + row->offset);
    field_note(r, field, node ? node->place : at);
    *field = (uint64_t)row->fallback.a;
    if (!node) {
        line_value(r, row, NULL, row_fallback_text(row).text, row->source);
        return;
    }
    value_rule_t rule = row_rule(row);
    value_t value;
    if (!value_read(node, &rule, 1, r->d, &value)) return;
    bool digits =
        node->kind == NODE_SCALAR && strspn(node->text, "0123456789") == strlen(node->text);
    char *end;
    *field = digits ? strtoull(node->text, &end, 10) : (uint64_t)value.value;
    if (value.value >= 18446744073709551615.0 &&
        (!digits || strlen(node->text) > 20 || strcmp(node->text, "18446744073709551615") > 0))
        complain(r->d, SEVERITY_ERROR, node->place, NULL,
                 "'seed' lies in 0..18446744073709551615, not %s", shown(node->text).text);
    line_value(r, row, node, NULL, value.source);
}

/* --- texts and words --------------------------------------------------------------------------- */

static bool has_control(const char *text)
{
    size_t length = strlen(text), at = 0;
    while (at < length) {
        uint32_t code = 0;
        size_t step = character_at(text + at, length - at, &code);
        if (!step || character_is_control(code)) return true;
        at += step;
    }
    return false;
}

const char *text_read(reader_t *r, const char *what, const node_t *node)
{
    if (node->kind != NODE_SCALAR)
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "'%s' must be a text, not a %s", what,
                 node->kind == NODE_MAPPING ? "mapping" : "list");
    else if (!*node->text)
        complain(r->d, SEVERITY_ERROR, node->place, NULL,
                 node->quoted ? "'%s' must not be empty" : "'%s' needs a value", what);
    else
        return node->text;
    return NULL;
}

const char *text_on_one_line(reader_t *r, const char *text)
{
    char *out = arena_copy(r->arena, text, strlen(text));
    if (out)
        text_put_on_one_line(out);
    else
        out_of_memory(r);
    return out;
}

const char *name_read(reader_t *r, const char *what, const node_t *node)
{
    enum { NAME_MOST = 200 };
    if (!text_read(r, what, node)) return NULL;
    if (strlen(node->text) > NAME_MOST) {
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "'%s' is longer than %d bytes", what,
                 NAME_MOST);
        return NULL;
    }
    const char *name = text_on_one_line(r, node->text);
    if (name && !*name)
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "'%s' must not be empty", what);
    else if (name && has_control(name))
        complain(r->d, SEVERITY_ERROR, node->place, "a name is read as it is written",
                 "'%s' must not hold control characters", what);
    else
        return name;
    return NULL;
}

static void text_check(reader_t *r, const key_row_t *row, const node_t *node, const char *text)
{
    if (row->kind == KEY_CODE &&
        (strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3))
        complain(r->d, SEVERITY_ERROR, node->place, "three capital letters, such as USD or EUR",
                 "'%s' must be an ISO code, got '%s'", row->name, shown(text).text);
    if (row->kind == KEY_DATE && !date_valid(text))
        complain(r->d, SEVERITY_ERROR, node->place, "write year-month-day: 2026-03-02",
                 "'%s' must be a date, got '%s'", row->name, shown(text).text);
}

static void text_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                          place_t at)
{
    if (!node && !row->fallback_text) return;
    const char *text = node ? name_read(r, row->name, node) : row->fallback_text;
    if (!text) return;
    if (node) text_check(r, row, node, text);
    char *written = yaml_text(r->arena, text);
    if (!written) {
        out_of_memory(r);
        return;
    }
    if (row->offset == NOWHERE) return;
    if (row->kind == KEY_DATE)
        snprintf(base + row->offset, 11, "%s", text);
    else
        memcpy(base + row->offset, &text, sizeof text);
    field_note(r, base + row->offset, node ? node->place : at);
    line_word(r, row, node, written);
}

static const word_t *word_find(const key_row_t *row, const char *text)
{
    const word_t *w = row->words;
    while (w->name && strcmp(w->name, text) && !word_in(w->aliases, text) &&
           !(w->label && !strcasecmp(w->label, text)))
        w++;
    return w->name ? w : NULL;
}

static void complain_word(reader_t *r, const key_row_t *row, const node_t *node)
{
    const char *names[16];
    char help[400] = "";
    size_t n = 0;
    for (const word_t *w = row->words; w->name; w++) {
        if (w->value == WORD_LATER) continue;
        names[n++] = w->name;
        size_t used = strlen(help);
        snprintf(help + used, sizeof help - used, "%s%s", used ? ", " : "one of: ", w->name);
    }
    const char *text = node->kind == NODE_SCALAR ? node->text : "";
    const char *nearest = nearest_name(text, names, n);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    if (node->kind == NODE_SCALAR)
        complain(r->d, SEVERITY_ERROR, node->place, help, "'%s' cannot be '%s'", row->name,
                 shown(text).text);
    else
        complain(r->d, SEVERITY_ERROR, node->place, help, "'%s' must be one word", row->name);
}

static void word_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                          place_t at)
{
    if (!node && row->fallback_word < 0) return;
    const word_t *word = node ? NULL : &row->words[row->fallback_word];
    if (node && node->kind == NODE_SCALAR) word = word_find(row, node->text);
    if (!word) {
        complain_word(r, row, node);
        return;
    }
    if (word->value == WORD_LATER) {
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "'%s: %s' is not available yet",
                 row->name, word->name);
        return;
    }
    if (row->offset != NOWHERE) {
        memcpy(base + row->offset, &word->value, sizeof word->value);
        field_note(r, base + row->offset, node ? node->place : at);
    }
    line_word(r, row, node, word->name);
    if (r->n_lines) r->line[r->n_lines - 1].label = word->label;
}

/* --- sections and lists ------------------------------------------------------------------------ */

const node_t *row_node(const key_row_t *row, const node_t *mapping)
{
    if (!mapping || mapping->kind != NODE_MAPPING) return NULL;
    const node_t *node = node_get(mapping, row->name);
    for (size_t i = 0; !node && row->aliases && i < mapping->n; i++)
        if (word_in(row->aliases, mapping->key[i]->text)) node = mapping->item[i];
    return node;
}

/* An unknown key is told without its line: the words say it all. */
static void complain_unknown(reader_t *r, const section_t *s, const node_t *key, bool suggest)
{
    const char *names[64];
    char help[100] = "";
    size_t n = 0;
    for (size_t i = 0; i < s->n && n < 64; i++) names[n++] = s->row[i].name;
    const char *nearest = suggest ? nearest_name(key->text, names, n) : NULL;
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    place_t at = key->place;
    at.line_text = NULL;
    complain(r->d, SEVERITY_ERROR, at, help, "unknown key '%s' in %s", shown(key->text).text,
             s->name);
}

bool keys_check(reader_t *r, const section_t *s, const node_t *node)
{
    enum { SUGGESTED_MOST = 20 };
    if (node->kind != NODE_MAPPING) {
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "%s must be a mapping of keys, not %s",
                 s->name, node->kind == NODE_SCALAR ? "a single value" : "a list");
        return false;
    }
    int unknown = 0;
    for (size_t i = 0; i < node->n; i++) {
        const key_row_t *row = section_find(s, node->key[i]->text);
        if (!row) {
            complain_unknown(r, s, node->key[i], unknown++ < SUGGESTED_MOST);
            continue;
        }
        const node_t *used = row_node(row, node);
        if (used == node->item[i]) continue;
        complain(r->d, SEVERITY_ERROR, node->key[i]->place, "keep one of them",
                 "'%s' is '%s' by another name, which is given too", node->key[i]->text, row->name);
    }
    return true;
}

/* Is a key that is missing there under a misspelt name? Then that is told, and it suffices. */
static bool is_misspelt(const section_t *s, const key_row_t *row, const node_t *node)
{
    const char *names[64];
    size_t n = 0;
    while (n < s->n && n < 64) {
        names[n] = s->row[n].name;
        n++;
    }
    for (size_t i = 0; node && i < node->n && i < 64; i++) {
        const char *key = node->key[i]->text;
        if (!section_find(s, key) && nearest_name(key, names, n) == row->name) return true;
    }
    return false;
}

static void complain_missing(reader_t *r, const section_t *s, const key_row_t *row, place_t at)
{
    complain(r->d, SEVERITY_ERROR, at, row->help, "'%s' is missing in %s", row->name, s->name);
}

/* May the scenario do without it? */
static bool is_dispensable(const reader_t *r, const section_t *s, const key_row_t *row)
{
    return r->people_only && s == &top_section && strcmp(row->name, "population") != 0;
}

/* Is one of the keys given that make the row idle? */
static bool is_idle(const section_t *s, const key_row_t *row, const node_t *node)
{
    for (size_t i = 0; node && i < s->n; i++)
        if (word_in(row->unless, s->row[i].name) && row_node(&s->row[i], node)) return true;
    return false;
}

/* Does the row mean something in the campaign that is being read, the last one? If not, and it is given, that
 * is told. */
static bool fits_purse(reader_t *r, const key_row_t *row, const node_t *value)
{
    int n = r->sc->n_campaigns;
    bool shared = n && r->sc->campaign[n - 1].shares_budget;
    if (row->purse == PURSE_ANY || (row->purse == PURSE_SHARED) == shared) return true;
    bool pacing = !strcmp(row->name, "pacing") || row->own == OWN_BUDGET_SCHEDULE;
    if (value && shared)
        complain(
            r->d, SEVERITY_ERROR, value->place,
            pacing ? "give it to the campaign"
                   : "min_spend and spend_cap bound what the platform gives the ad set",
            "an ad set has no '%s' where the campaign shares its budget (budget_mode: campaign)",
            row->name);
    else if (value)
        complain(r->d, SEVERITY_ERROR, value->place,
                 pacing ? "give it to the ad sets, or write budget_mode: campaign"
                        : "give the ad set its budget, or write budget_mode: campaign",
                 "'%s' is for a campaign that shares its budget", row->name);
    return false;
}

void section_read(reader_t *r, const section_t *s, const node_t *node, char *base, place_t at)
{
    bool no_mapping = node && !keys_check(r, s, node);
    if (no_mapping) node = NULL; /* told: what is missing goes without saying */
    if (node) at = node->place;
    for (size_t i = 0; i < s->n && r->status == OK; i++) {
        const key_row_t *row = &s->row[i];
        const node_t *value = row_node(row, node);
        if (!fits_purse(r, row, value)) continue;
        bool idle = !value && row->unless && is_idle(s, row, node);
        if (!value && row->required && !idle) {
            if (!no_mapping && !is_dispensable(r, s, row) && !is_misspelt(s, row, node))
                complain_missing(r, s, row, at);
        } else {
            r->idle = idle;
            row_read(r, row, value, base, at);
            r->idle = false;
        }
    }
}

/* The section written as one word: flat, none. */
static void section_off(reader_t *r, const key_row_t *row, const node_t *node, char *base)
{
    for (size_t i = 0; i < row->section->n; i++) {
        const key_row_t *inner = &row->section->row[i];
        *(double *)(base + inner->offset) = inner->off;
        field_note(r, base + inner->offset, node->place);
    }
    line_value(r, row, node, NULL, NULL);
}

/* Is there anything to say about a section that was not given? Not if its rows are all required. */
static bool section_optional(const section_t *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->row[i].required) return true;
    return false;
}

static void section_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                             place_t at)
{
    if (is_word(node, row->instead)) {
        section_off(r, row, node, base + row->offset);
        return;
    }
    if (!node && section_optional(row->section)) return;
    if (node && row->instead && node->kind != NODE_MAPPING) {
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "'%s' must be '%s' or a mapping of keys",
                 row->name, row->instead);
        return;
    }
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    section_read(r, row->section, node, base + row->offset, at);
    line_close(r);
    path_pop(r, mark);
}

/* Room for one more of the list's things; NULL after a complaint. */
static char *list_room(reader_t *r, const key_row_t *row, place_t at)
{
    scenario_t *sc = r->sc;
    platform_t *platform = &sc->platform[sc->n_platforms ? sc->n_platforms - 1 : 0];
    struct {
        const char *list;
        int *n, most;
        char *first;
        size_t size;
    } lists[] = {
        {"platforms", &sc->n_platforms, MAX_PLATFORMS, (char *)sc->platform, sizeof *sc->platform},
        {"campaigns", &sc->n_campaigns, MAX_CAMPAIGNS, (char *)sc->campaign, sizeof *sc->campaign},
        {"ad_sets", &sc->n_ad_sets, MAX_AD_SETS, (char *)sc->ad_set, sizeof *sc->ad_set},
        {"creatives", &sc->n_creatives, MAX_CREATIVES, (char *)sc->creative, sizeof *sc->creative},
        {"accounts", &sc->brand.n_accounts, BRAND_ACCOUNTS, (char *)sc->brand.account,
         sizeof *sc->brand.account},
        {"posts", &sc->brand.n_plans, BRAND_PLANS, (char *)sc->brand.plan, sizeof *sc->brand.plan},
        {"communities", &sc->brand.n_communities, BRAND_COMMUNITIES - 1,
         (char *)sc->brand.community, sizeof *sc->brand.community},
        {"influencers", &sc->brand.n_influencers, BRAND_INFLUENCERS, (char *)sc->brand.influencer,
         sizeof *sc->brand.influencer},
        {"scheduled", &sc->brand.n_crises, BRAND_CRISES, (char *)sc->brand.crisis,
         sizeof *sc->brand.crisis},
        {"promotions", &sc->product.price.n_promotions, PROMOTIONS_MOST,
         (char *)sc->product.price.promotion, sizeof *sc->product.price.promotion},
        {"appeal", &sc->n_appeals, MAX_APPEALS, (char *)sc->appeal, sizeof *sc->appeal},
        {"curves", &sc->allocation.n_curves, ALLOCATION_CELLS, (char *)sc->allocation.curve,
         sizeof *sc->allocation.curve},
        {"fit", &sc->n_fits, MAX_FITS, (char *)sc->fit, sizeof *sc->fit},
        {"placements", &platform->n_placements, PLATFORM_PLACEMENTS, (char *)platform->placement,
         sizeof *platform->placement},
        {"rivals", &platform->n_rivals, PLATFORM_RIVALS, (char *)platform->rival,
         sizeof *platform->rival},
    };
    size_t k = 0;
    while (strcmp(lists[k].list, row->name)) k++;
    if (*lists[k].n < lists[k].most)
        return lists[k].first + (size_t)(*lists[k].n)++ * lists[k].size;
    complain(r->d, SEVERITY_ERROR, at, NULL, "more than %d %s", lists[k].most, lists[k].list);
    return NULL;
}

/* Items of one list have different names. */
static void names_check(reader_t *r, const key_row_t *row, const node_t *list)
{
    const key_row_t *name_row = &row->section->row[0];
    for (size_t i = 0; i < list->n && i < MAX_CREATIVES; i++) {
        const node_t *a = row_node(name_row, list->item[i]);
        for (size_t k = 0; a && a->kind == NODE_SCALAR && k < i; k++) {
            const node_t *b = row_node(name_row, list->item[k]);
            if (!b || b->kind != NODE_SCALAR || strcmp(a->text, b->text)) continue;
            complain(r->d, SEVERITY_ERROR, a->place, "rename one of them", "two %s are called '%s'",
                     row->name, shown(a->text).text);
            complain_related(r->d, b->place, "the other one");
            break;
        }
    }
}

/* Where the segment of an appeal or a fit stands in the file, and whose fit it is. */
static void segment_begin(reader_t *r, const char *list, const node_t *who)
{
    scenario_t *sc = r->sc;
    if (!strcmp(list, "appeal")) r->appeal_node[sc->n_appeals - 1] = who;
    if (strcmp(list, "fit")) return;
    r->fit_node[sc->n_fits - 1] = who;
    sc->fit[sc->n_fits - 1].creative = sc->n_creatives - 1;
}

static void list_item_read(reader_t *r, const key_row_t *row, const node_t *item)
{
    if (item->kind != NODE_MAPPING) {
        bool told = item->kind == NODE_SCALAR && *item->text && !strcmp(row->name, "platforms");
        if (!told) keys_check(r, row->section, item); /* else: a preset that was not found */
        return;
    }
    char *base = list_room(r, row, item->place);
    if (!base) return;
    const node_t *name = row_node(&row->section->row[0], item);
    size_t mark;
    path_push(r, name && name->kind == NODE_SCALAR ? name->text : "?", &mark);
    segment_begin(r, row->name, name);
    line_item(r);
    section_read(r, row->section, item, base, item->place);
    line_item_end(r);
    path_pop(r, mark);
}

static void list_row_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (node->kind != NODE_SEQUENCE || !node->n) {
        complain(r->d, SEVERITY_ERROR, node->place, "write [first, second], or one '- ' line each",
                 "'%s' must be a list%s", row->name, node->n ? "" : " with at least one entry");
        return;
    }
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    for (size_t i = 0; i < node->n && r->status == OK; i++) list_item_read(r, row, node->item[i]);
    names_check(r, row, node);
    line_close(r);
    path_pop(r, mark);
}

/* --- keys with a grammar of their own ---------------------------------------------------------- */

static void version_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (node && (node->kind != NODE_SCALAR || strcmp(node->text, "1")))
        complain(r->d, SEVERITY_ERROR, node->place, "write version: 1",
                 "this adsim reads version 1 of the format%s%s%s",
                 node->kind == NODE_SCALAR ? ", not '" : "",
                 node->kind == NODE_SCALAR ? shown(node->text).text : "",
                 node->kind == NODE_SCALAR ? "'" : "");
    line_value(r, row, node, "1", node ? NULL : "the only one");
}

/* The mapping with the path that was opened and the hash of what was found there, so that resolved.yaml
 * is about these people and no others. NULL when memory is out. */
const node_t *data_named(reader_t *r, const node_t *node, const data_file_t *file)
{
    const node_t *csv = node_key(node, "csv"), *sha = node_key(node, "sha256");
    const node_t *path = node_scalar(r->arena, file->path, csv->place);
    const node_t *hash = node_scalar(r->arena, file->sha256, node->place);
    if (!sha) sha = node_scalar(r->arena, "sha256", node->place);
    const node_t *named = path ? node_with(r->arena, node, csv, path) : NULL;
    if (named && hash && sha) named = node_with(r->arena, named, sha, hash);
    if (!named || !hash || !sha) out_of_memory(r);
    return named;
}

/* Takes the people of the scenario loaded before, if both are written alike: their synthesis takes longer than
 * all other reading. */
static bool people_taken_over(reader_t *r)
{
    static const char *const made_of[] = {"population", "customers"};
    const reader_t *like = r->like;
    if (!like || !like->population) return false;
    for (size_t i = 0; i < 2; i++)
        if (!node_same(node_get(r->root, made_of[i]), node_get(like->root, made_of[i])))
            return false;
    r->population = like->population;
    r->people_borrowed = true;
    for (int i = 0; i < like->n_files && !strcmp(like->file[i].key, "population"); i++)
        r->file[r->n_files++] = like->file[i];
    return true;
}

static void population_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (node->kind != NODE_MAPPING) {
        /* a name that was not found was told when it was looked up */
        if (node->kind == NODE_SEQUENCE || !*node->text)
            complain(r->d, SEVERITY_ERROR, node->place, NULL,
                     "'population' must be a name, a path or a mapping");
        return;
    }
    if (!people_taken_over(r)) {
        r->population = population_load_file(node, &r->file[r->n_files], r->d, r->err);
        r->n_files += r->file[r->n_files].key != NULL;
    }
    if (!r->population && !diagnostics_errors(r->d)) r->status = ERR_MEMORY;
    r->sc->population = r->population;
    if (!r->population) return;
    field_note(r, &r->sc->population, node->place);
    if (r->n_files) node = data_named(r, node, &r->file[0]);
    if (node) line_value(r, row, node, r->population_name, NULL);
}

static const data_file_t *customers_file(const reader_t *r)
{
    const data_file_t *file = r->file;
    while (strcmp(file->key, "customers") != 0) file++;
    return file;
}

/* The list says who of the people bought before. */
static void customers_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (!node || !r->population) return;
    data_file_t *file = &r->file[r->n_files];
    status_t status = OK;
    if (r->people_borrowed)
        *file = *customers_file(r->like);
    else
        status = customers_load(node, r->population, file, r->d, r->err);
    if (status == ERR_MEMORY) r->status = status;
    if (status != OK) return;
    r->n_files++;
    node = data_named(r, node, file);
    if (node) line_value(r, row, node, NULL, NULL);
}

/* {new, existing, per} or {all, per}: orders a person and day. */
static void organic_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                         place_t at)
{
    const section_t *s = row->section;
    product_t *product = (product_t *)base;
    if (node && !keys_check(r, s, node)) return;
    if (node) at = node->place;
    const node_t *all = node ? node_get(node, "all") : NULL;
    if (all && (node_get(node, "new") || node_get(node, "existing")))
        complain(r->d, SEVERITY_ERROR, node->place, "keep `all`, or `new` and `existing`",
                 "'organic_rate' has one rate for everyone and others besides");
    if (node && !all && !node_get(node, "new") && !node_get(node, "existing"))
        complain(r->d, SEVERITY_ERROR, node->place, "give `all`, or `new` and `existing`",
                 "'organic_rate' has no rate");
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    double per = 30;
    for (size_t i = 0; i < s->n; i++) {
        const key_row_t *inner = &s->row[i];
        const node_t *given = row_node(inner, node);
        bool of_all = !strcmp(inner->name, "all"), of_time = !strcmp(inner->name, "per");
        if (!of_time && (of_all ? !all : all != NULL)) continue;
        value_rule_t rule = row_rule(inner);
        value_t value = {inner->fallback.a / (of_time ? 1 : per), inner->fallback, NULL};
        if (given && !value_read(given, &rule, of_time ? 1 : per, r->d, &value)) continue;
        line_value(r, inner, given, given ? NULL : row_fallback_text(inner).text,
                   given ? value.source : inner->source);
        if (of_time) {
            per = value.value;
            continue;
        }
        double *field = (double *)(base + inner->offset);
        *field = value.value;
        field_note(r, field, given ? given->place : at);
        if (given) uncertain_add(r, inner, inner->name, field, value.law, per, given->place);
        if (!of_all) continue;
        product->organic_existing = value.value;
        field_note(r, &product->organic_existing, given->place);
        if (value.law.law != LAW_CERTAIN)
            complain(r->d, SEVERITY_ERROR, given->place, "give `new` and `existing`",
                     "'organic_rate.all' must be certain: two values would be drawn from it");
    }
    line_close(r);
    path_pop(r, mark);
}

/* One number for all ages, or a mapping of the six bands. */
static void minutes_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                         place_t at)
{
    static const char *const band[PLATFORM_AGE_BANDS] = {"18-24", "25-34", "35-44",
                                                         "45-54", "55-64", "65+"};
    double *minutes = (double *)(base + row->offset);
    for (int b = 0; b < PLATFORM_AGE_BANDS; b++) {
        minutes[b] = NAN;
        field_note(r, &minutes[b], node ? node->place : at);
    }
    if (!node) return;
    value_rule_t rule = row_rule(row);
    value_t value = {0};
    bool by_age = node->kind == NODE_MAPPING && node->n && node->key[0]->text[0] >= '0' &&
                  node->key[0]->text[0] <= '9';
    if (!by_age) {
        rule.certain = true;
        if (!value_read(node, &rule, 1, r->d, &value)) return;
        for (int b = 0; b < PLATFORM_AGE_BANDS; b++) minutes[b] = value.value;
        line_value(r, row, node, NULL, value.source);
        return;
    }
    const node_t *source = node_get(node, "source");
    for (size_t i = 0; i < node->n; i++) {
        int b = 0;
        while (b < PLATFORM_AGE_BANDS && strcmp(node->key[i]->text, band[b])) b++;
        if (node->item[i] == source) continue;
        if (b == PLATFORM_AGE_BANDS) {
            complain(r->d, SEVERITY_ERROR, node->key[i]->place,
                     "the bands are 18-24, 25-34, 35-44, 45-54, 55-64, 65+",
                     "'minutes_per_day' has no age band '%s'", shown(node->key[i]->text).text);
            continue;
        }
        if (!value_read(node->item[i], &rule, 1, r->d, &value)) continue;
        minutes[b] = value.value;
        field_note(r, &minutes[b], node->item[i]->place);
        size_t mark;
        path_push(r, row->name, &mark);
        uncertain_add(r, row, band[b], &minutes[b], value.law, 1, node->item[i]->place);
        path_pop(r, mark);
    }
    for (int b = 0; b < PLATFORM_AGE_BANDS; b++)
        if (isnan(minutes[b]) && !node_get(node, band[b]))
            complain(r->d, SEVERITY_ERROR, node->place, NULL,
                     "'minutes_per_day' lacks the age band %s", band[b]);
    line_value(r, row, node, NULL, source && source->kind == NODE_SCALAR ? source->text : NULL);
}

/* A share of the campaign's budget, or an amount; false after a complaint. */
static bool part_read(reader_t *r, const key_row_t *row, const node_t *node, double *part)
{
    const campaign_t *c = &r->sc->campaign[r->campaign];
    value_rule_t rule = row_rule(row);
    bool share = node->kind == NODE_SCALAR && strchr(node->text, '%');
    if (share) {
        rule.measure = MEASURE_SHARE;
        rule.high = 1;
        rule.unit = "of the campaign";
    }
    value_t value;
    if (!value_read(node, &rule, 1, r->d, &value)) return false;
    if (!share && value.value > 0 && value.value <= 1) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "a share is written with %, such as 50%; an amount is more than 1",
                 "'%s' is either a share or an amount, and %s could be both", row->name,
                 shown(node->text).text);
        return false;
    }
    *part = value.value;
    if (share) *part *= c->daily.given ? c->daily.amount : c->lifetime_budget;
    line_value(r, row, node, NULL, value.source);
    return true;
}

/* Left out: see budgets_share. */
static void budget_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                        place_t at)
{
    ad_set_t *a = (ad_set_t *)base;
    const campaign_t *c = &r->sc->campaign[r->campaign];
    a->budget = NAN;
    field_note(r, &a->budget, node ? node->place : at);
    if (!node && !r->idle && (c->daily.given || !isnan(c->lifetime_budget))) {
        r->budget_line[r->sc->n_ad_sets - 1] = r->n_lines;
        line_value(r, row, NULL, "", row->source);
    }
    if (node) part_read(r, row, node, &a->budget);
}

/* Money of a campaign or an ad set: a budget, or a bound of what an ad set gets of a shared one. */
static void money_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                       place_t at)
{
    double *field = (double *)(base + row->offset);
    bool bound = row->measure == MEASURE_ANY, daily = !strcmp(row->name, "daily_budget");
    bool of_campaign = !bound && row->purse == PURSE_ANY;
    if (of_campaign && !daily) *field = NAN; /* an ad set's may have been read as `budget` */
    if (of_campaign || node) field_note(r, field, node ? node->place : at);
    if (!node) return;
    daily_budget_t *days = of_campaign ? &((campaign_t *)base)->daily : &((ad_set_t *)base)->daily;
    double lifetime =
        of_campaign ? ((campaign_t *)base)->lifetime_budget : ((ad_set_t *)base)->budget;
    const campaign_t *c = &r->sc->campaign[r->sc->n_campaigns - 1];
    if (!bound && !of_campaign && (c->daily.given || !isnan(c->lifetime_budget))) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "give `budget`, a part of the campaign's, or the campaign none",
                 "'%s' of an ad set is given besides its campaign's budget", row->name);
        return;
    }
    if (!bound && !isnan(lifetime)) {
        complain(r->d, SEVERITY_ERROR, node->place, "keep one of them",
                 "'%s' is given besides another budget", row->name);
        return;
    }
    value_t value = {0};
    if (bound) {
        if (r->sc->campaign[r->campaign].daily.given && strchr(node->text ? node->text : "", '%'))
            complain(r->d, SEVERITY_ERROR, node->place, "give the amount for the whole flight",
                     "'%s' cannot be a share of a daily budget", row->name);
        else
            part_read(r, row, node, field);
        return;
    }
    value_rule_t rule = row_rule(row);
    if (!value_read(node, &rule, 1, r->d, &value)) return;
    *field = value.value;
    if (daily) days->given = 1;
    line_value(r, row, node, NULL, value.source);
}

/* Of a daily budget alone. */
static void overspend_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                           place_t at)
{
    double *field = (double *)(base + row->offset);
    const daily_budget_t *daily =
        (const daily_budget_t *)((const char *)field - offsetof(daily_budget_t, overspend));
    if (node && !daily->given)
        complain(r->d, SEVERITY_ERROR, node->place, "give it where the daily_budget stands",
                 "'daily_overspend' is for a daily budget");
    if (!daily->given) return;
    key_row_t number = *row;
    number.kind = KEY_NUMBER;
    number_row_read(r, &number, node, base, at);
}

/* A strategy with its amount: the one key of the mapping. */
static void bid_mapping_read(reader_t *r, const key_row_t *row, const node_t *node, ad_set_t *a)
{
    if (!keys_check(r, row->section, node)) return;
    if (node->n != 1) {
        complain(r->d, SEVERITY_ERROR, node->place, row->help,
                 "'bid_strategy' has %zu keys instead of one", node->n);
        return;
    }
    const key_row_t *inner = section_find(row->section, node->key[0]->text);
    if (!inner) return; /* told */
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    const word_t *word = word_find(row, inner->name);
    a->strategy = (bid_strategy_t)word->value;
    row_read(r, inner, node->item[0], (char *)a, node->place);
    if (r->n_lines) r->line[r->n_lines - 1].label = word->label;
    line_close(r);
    path_pop(r, mark);
}

static void bid_strategy_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                              place_t at)
{
    ad_set_t *a = (ad_set_t *)base;
    const word_t *word = row->words;
    a->strategy = BID_LOWEST_COST;
    a->bid = NAN;
    field_note(r, &a->strategy, node ? node->place : at);
    if (node && node->kind == NODE_MAPPING) {
        bid_mapping_read(r, row, node, a);
        return;
    }
    if (node && node->kind == NODE_SCALAR) word = word_find(row, node->text);
    const key_row_t *inner = NULL;
    if (node && node->kind == NODE_SCALAR)
        inner = section_find(row->section, word ? word->name : node->text);
    if (inner) {
        char help[80];
        snprintf(help, sizeof help, "write {%s: AMOUNT}", inner->name);
        complain(r->d, SEVERITY_ERROR, node->place, help, "'bid_strategy: %s' needs its amount",
                 inner->name);
    } else if (node && (node->kind != NODE_SCALAR || !word)) {
        complain(r->d, SEVERITY_ERROR, node->place, row->help, "'bid_strategy' cannot be '%s'",
                 node->kind == NODE_SCALAR ? shown(node->text).text : "a list");
    } else {
        a->strategy = (bid_strategy_t)word->value;
        line_word(r, row, node, word->name);
        if (r->n_lines) r->line[r->n_lines - 1].label = word->label;
    }
}

void platform_refer(reader_t *r, const key_row_t *row, const node_t *node, int *platform)
{
    const scenario_t *sc = r->sc;
    const char *names[MAX_PLATFORMS];
    size_t n = 0;
    field_note(r, platform, node->place);
    const char *name = name_read(r, row->name, node);
    if (!name) return;
    for (int p = 0; p < sc->n_platforms; p++) {
        if (!sc->platform[p].name) continue;
        names[n++] = sc->platform[p].name;
        if (strcmp(sc->platform[p].name, name)) continue;
        *platform = p;
        line_value(r, row, node, NULL, NULL);
        return;
    }
    const char *nearest = nearest_name(name, names, n);
    char help[300];
    if (nearest)
        snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    else
        snprintf(help, sizeof help, "add it to `platforms`");
    complain(r->d, SEVERITY_ERROR, node->place, help, "no platform '%s'", shown(name).text);
}

/* Is it a column? If not, *nearest is the one that may have been meant, or NULL. */
static bool metric_known(const char *name, const char **nearest)
{
    const char *names[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) names[i] = columns[i].name;
    *nearest = nearest_name(name, names, COLUMNS);
    return column_find(name) >= 0;
}

static void metric_read(reader_t *r, const key_row_t *row, const node_t *node, char *base)
{
    const char *name = name_read(r, row->name, node), *nearest = NULL;
    const char **field = (const char **)(base + row->offset);
    field_note(r, field, node->place);
    if (!name) return;
    if (metric_known(name, &nearest)) {
        *field = name;
        line_value(r, row, node, NULL, NULL);
        return;
    }
    char help[200];
    snprintf(help, sizeof help, nearest ? "did you mean '%s'?" : "such as %s",
             nearest ? nearest : "roas, iroas, reach or conversions");
    complain(r->d, SEVERITY_ERROR, node->place, help, "no metric '%s'", shown(name).text);
}

/* An ad set without creatives shows one ad with the platform's ctr. */
static void creative_default(reader_t *r, const key_row_t *row, place_t at)
{
    static const char name[] = "ad";
    const section_t *s = row->section;
    creative_t *c = (creative_t *)list_room(r, row, at);
    if (!c) return;
    size_t list, item;
    path_push(r, row->name, &list);
    path_push(r, name, &item);
    line_open(r, row->name);
    line_item(r);
    line_value(r, &s->row[0], NULL, name, "one ad with the platform's ctr");
    for (size_t i = 1; i < s->n; i++) row_read(r, &s->row[i], NULL, (char *)c, at);
    c->name = name;
    field_note(r, &c->name, at);
    line_item_end(r);
    line_close(r);
    path_pop(r, item);
    path_pop(r, list);
}

static void creatives_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                           place_t at)
{
    ad_set_t *a = (ad_set_t *)base;
    scenario_t *sc = r->sc;
    a->first_creative = sc->n_creatives;
    field_note(r, &a->first_creative, node ? node->place : at);
    if (node)
        list_row_read(r, row, node);
    else
        creative_default(r, row, at);
    a->n_creatives = sc->n_creatives - a->first_creative;
    for (int k = a->first_creative; k < sc->n_creatives; k++) {
        creative_t *c = &sc->creative[k];
        const char *name = c->name ? c->name : "";
        c->family = name_hash(c->family_name ? c->family_name : name);
    }
}

/* One creative takes no turns: how it would is no assumption. */
static void rotation_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                          place_t at)
{
    if (node || ((ad_set_t *)base)->n_creatives > 1) word_row_read(r, row, node, base, at);
}

static void cap_read(reader_t *r, const section_t *s, const node_t *node, frequency_cap_t *cap)
{
    if (node->kind == NODE_MAPPING)
        section_read(r, s, node, (char *)cap, node->place);
    else
        keys_check(r, s, node); /* which says that it is none */
}

/* A cap, or a list of caps. */
static void caps_read(reader_t *r, const key_row_t *row, const node_t *node, char *base)
{
    frequency_cap_t *cap = (frequency_cap_t *)(base + row->offset);
    if (!node) return;
    if (node->kind == NODE_SEQUENCE && (!node->n || node->n > MAX_CAPS)) {
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "'%s' must hold 1 to %d caps, not %zu",
                 row->name, MAX_CAPS, node->n);
        return;
    }
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    if (node->kind != NODE_SEQUENCE) cap_read(r, row->section, node, cap);
    for (size_t k = 0; node->kind == NODE_SEQUENCE && k < node->n; k++) {
        line_item(r);
        cap_read(r, row->section, node->item[k], &cap[k]);
        line_item_end(r);
    }
    line_close(r);
    path_pop(r, mark);
}

static void own_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base,
                         place_t at)
{
    switch (row->own) {
    case OWN_VERSION: version_read(r, row, node); break;
    case OWN_POPULATION: population_read(r, row, node); break;
    case OWN_CUSTOMERS: customers_read(r, row, node); break;
    case OWN_WORDS: break;
    case OWN_ORGANIC_RATE: organic_read(r, row, node, base, at); break;
    case OWN_MINUTES: minutes_read(r, row, node, base, at); break;
    case OWN_FACTORS: factors_read(r, row, node, base, at); break;
    case OWN_PLACEMENTS: placements_read(r, row, node, (ad_set_t *)base, at); break;
    case OWN_BUDGET: budget_read(r, row, node, base, at); break;
    case OWN_MONEY: money_read(r, row, node, base, at); break;
    case OWN_OVERSPEND: overspend_read(r, row, node, base, at); break;
    case OWN_BUDGET_SCHEDULE:
        budget_schedule_read(r, row, node, (budget_schedule_t *)(base + row->offset));
        break;
    case OWN_PURSE_PACING: word_row_read(r, row, node, base, at); break;
    case OWN_BID_STRATEGY: bid_strategy_read(r, row, node, base, at); break;
    case OWN_PLATFORM: platform_refer(r, row, node, &((ad_set_t *)base)->platform); break;
    case OWN_AUDIENCE:
        field_note(r, &((ad_set_t *)base)->audience, node->place);
        ((ad_set_t *)base)->audience = audience_refer(r, node);
        line_value(r, row, node, NULL, NULL);
        break;
    case OWN_BRAND_PLATFORM: platform_refer(r, row, node, (int *)(base + row->offset)); break;
    case OWN_CALENDAR: calendar_read(r, row, node); break;
    case OWN_COMMUNITY: community_refer(r, row, node, (int *)(base + row->offset)); break;
    case OWN_USUAL: usual_read(r, row, node, base, at); break;
    case OWN_CONVERSIONS: conversions_read(r, row, node, at); break;
    case OWN_METRIC:
        if (node) metric_read(r, row, node, base);
        break;
    case OWN_COMPARE:
        if (node) compare_read(r, row, node);
        break;
    case OWN_VARIANTS: break; /* read with their comparison */
    case OWN_LABELS: labels_read(r, row, node, (platform_t *)base, at); break;
    case OWN_CREATIVES: creatives_read(r, row, node, base, at); break;
    case OWN_ROTATION: rotation_read(r, row, node, base, at); break;
    case OWN_CAPS: caps_read(r, row, node, base); break;
    case OWN_END: flight_end_read(r, row, node, (int *)(base + row->offset)); break;
    case OWN_SCHEDULE: schedule_read(r, row, node, (schedule_t *)(base + row->offset), at); break;
    case OWN_DAY: /* a line of a list's item; one of a schedule tells its lines itself */
        if (node) line_value(r, row, node, NULL, NULL);
        break;
    case OWN_ALLOCATE: allocate_read(r, row, node); break;
    case OWN_GOAL: goal_read(r, row, node); break;
    case OWN_POINTS: points_read(r, row, node, (own_curve_t *)base); break;
    case OWN_LIMITS:
    case OWN_AMOUNT:
    case OWN_CELL:
    case OWN_CELLS:
    case OWN_WEIGHTS: break; /* read with their block, once all cells are known */
    case OWN_PAUSES:
    case OWN_DAYPARTING:
    case OWN_HOURS_OF_DAY:
    case OWN_WEEKDAYS: break; /* read with their schedule */
    case OWN_OVER:
    case OWN_NONE: break;
    }
}

/* --- lists that need more than their rows ------------------------------------------------------ */

static void line_budget(reader_t *r, int a)
{
    number_text_t amount = number_text(r->sc->ad_set[a].budget, MEASURE_MONEY);
    char *text = arena_copy(r->arena, amount.text, strlen(amount.text));
    if (!text) out_of_memory(r);
    if (r->budget_line[a] < r->n_lines && text) r->line[r->budget_line[a]].value.value = text;
}

/* What ad sets without a budget get: equal parts of what the others leave, of the flight's money or of each
 * day's. */
static void budgets_fill(reader_t *r, const campaign_t *c, place_t at)
{
    double whole = c->daily.given ? c->daily.amount : c->lifetime_budget, left = whole;
    int without = 0;
    for (int a = c->first_ad_set; a < c->first_ad_set + c->n_ad_sets; a++) {
        if (isnan(r->sc->ad_set[a].budget))
            without++;
        else
            left -= r->sc->ad_set[a].budget;
    }
    for (int a = c->first_ad_set; without && a < c->first_ad_set + c->n_ad_sets; a++)
        if (isnan(r->sc->ad_set[a].budget)) {
            r->sc->ad_set[a].budget = left / without;
            if (r->budget_line[a]) line_budget(r, a);
        }
    if (without && left <= 0 && whole > 0 && !diagnostics_errors(r->d))
        complain(r->d, SEVERITY_ERROR, at, NULL,
                 "nothing of the budget of campaign '%s' is left for an ad set that states none",
                 c->name);
}

/* Every ad set states its own budget, of the flight or of its days: the campaign has their sum. */
static void budgets_sum(reader_t *r, campaign_t *c)
{
    c->lifetime_budget = 0;
    for (int a = c->first_ad_set; a < c->first_ad_set + c->n_ad_sets; a++) {
        ad_set_t *s = &r->sc->ad_set[a];
        if (s->daily.given) s->budget = s->daily.amount * ad_set_days(r->sc, a);
        c->lifetime_budget += s->budget;
    }
}

/* Does a mapping state money of its own, or misspell it? */
static bool states_money(const section_t *s, const node_t *mapping)
{
    static const char *const keys[] = {"lifetime_budget", "daily_budget"};
    if (!mapping || mapping->kind != NODE_MAPPING) return false;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        const key_row_t *row = section_find(s, keys[k]);
        if (row && (row_node(row, mapping) || is_misspelt(s, row, mapping))) return true;
    }
    return false;
}

/* A campaign states its money, or each of its ad sets does. */
static void check_money(reader_t *r, const key_row_t *row, const node_t *campaign)
{
    const section_t *s = row->section;
    const key_row_t *list = section_find(s, "ad_sets"), *mode = section_find(s, "budget_mode");
    if (campaign->kind != NODE_MAPPING || states_money(s, campaign)) return;
    const node_t *sets = row_node(list, campaign);
    const node_t *given = row_node(mode, campaign);
    const word_t *word = given && given->kind == NODE_SCALAR ? word_find(mode, given->text) : NULL;
    bool shared = word && word->value;
    size_t n = sets && sets->kind == NODE_SEQUENCE && !shared ? sets->n : 0, stated = 0;
    for (size_t i = 0; i < n; i++) stated += states_money(list->section, sets->item[i]);
    if (n && stated == n) return;
    complain(r->d, SEVERITY_ERROR, campaign->place,
             "give lifetime_budget or daily_budget, to the campaign or to each of its ad sets",
             "'lifetime_budget' is missing in %s", s->name);
}

/* Money of each day becomes money of the flight. */
static void budgets_of_days(reader_t *r, campaign_t *c)
{
    for (int a = c->first_ad_set; a < c->first_ad_set + c->n_ad_sets; a++) {
        ad_set_t *s = &r->sc->ad_set[a];
        s->daily = (daily_budget_t){1, s->budget, c->daily.overspend};
        s->budget *= ad_set_days(r->sc, a);
    }
}

/* A campaign's schedule is that of all its ad sets that have budgets, but none of their own. */
static void budget_schedules_inherit(reader_t *r, const campaign_t *c)
{
    for (int a = c->first_ad_set; a < c->first_ad_set + c->n_ad_sets; a++) {
        budget_schedule_t *own = &r->sc->ad_set[a].budget_schedule;
        if (c->shares_budget || c->daily.given || own->n) continue;
        *own = c->budget_schedule;
        own->sum = 0; /* of the campaign's budget, not of its part */
    }
}

static void budgets_share(reader_t *r, campaign_t *c, place_t at)
{
    budget_schedules_inherit(r, c);
    bool stated = c->daily.given || !isnan(c->lifetime_budget);
    if (c->daily.given)
        c->lifetime_budget = c->daily.amount * campaign_days(r->sc, (int)(c - r->sc->campaign));
    if (c->shares_budget) {
        for (int a = c->first_ad_set; a < c->first_ad_set + c->n_ad_sets; a++)
            r->sc->ad_set[a].budget = c->lifetime_budget / c->n_ad_sets;
    } else if (!stated) {
        budgets_sum(r, c);
    } else {
        budgets_fill(r, c, at);
        if (c->daily.given) budgets_of_days(r, c);
    }
}

/* Campaigns own runs of ad sets, ad sets runs of creatives. */
static void campaigns_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    list_row_read(r, row, node);
    for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->n; i++)
        check_money(r, row, node->item[i]);
    for (int i = 0; i < r->sc->n_campaigns; i++) budgets_share(r, &r->sc->campaign[i], node->place);
}

static void ad_sets_read(reader_t *r, const key_row_t *row, const node_t *node, char *base)
{
    campaign_t *c = (campaign_t *)base;
    scenario_t *sc = r->sc;
    r->campaign = (int)(c - sc->campaign);
    c->first_ad_set = sc->n_ad_sets;
    list_row_read(r, row, node);
    c->n_ad_sets = sc->n_ad_sets - c->first_ad_set;
    for (int a = c->first_ad_set; a < sc->n_ad_sets; a++) {
        ad_set_t *s = &sc->ad_set[a];
        s->campaign = r->campaign;
        if (!s->name || !c->name) continue;
        char *both = arena_format(r->arena, "%s/%s", c->name, s->name);
        if (!both) out_of_memory(r);
        s->hash = both ? name_hash(both) : 0;
    }
}

static void label_default(platform_t *p)
{
    if (!p->label) p->label = p->name;
}

/* Accounts own runs of posts. */
static void posts_read(reader_t *r, const key_row_t *row, const node_t *node,
                       brand_account_t *account)
{
    account->first_plan = r->sc->brand.n_plans;
    list_row_read(r, row, node);
    account->n_plans = r->sc->brand.n_plans - account->first_plan;
}

/* Promotions have days, which take more than one key. */
static void promotions_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    price_plan_t *price = &r->sc->product.price;
    int k = 0;
    list_row_read(r, row, node);
    for (size_t i = 0; node->kind == NODE_SEQUENCE && i < node->n; i++) {
        if (node->item[i]->kind != NODE_MAPPING || k == price->n_promotions) continue;
        promotion_t *p = &price->promotion[k++];
        days_of_flight_read(r, row->section, node->item[i], &p->first, &p->last);
    }
}

static void any_list_read(reader_t *r, const key_row_t *row, const node_t *node, char *base)
{
    if (!strcmp(row->name, "campaigns"))
        campaigns_read(r, row, node);
    else if (!strcmp(row->name, "ad_sets"))
        ad_sets_read(r, row, node, base);
    else if (!strcmp(row->name, "promotions"))
        promotions_read(r, row, node);
    else if (!strcmp(row->name, "posts"))
        posts_read(r, row, node, (brand_account_t *)base);
    else
        list_row_read(r, row, node);
    for (int p = 0; p < r->sc->n_platforms; p++) label_default(&r->sc->platform[p]);
}

void row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at)
{
    switch (row->kind) {
    case KEY_NUMBER: number_row_read(r, row, node, base, at); break;
    case KEY_INT: int_row_read(r, row, node, base, at); break;
    case KEY_SEED: seed_row_read(r, row, node, base, at); break;
    case KEY_TEXT:
    case KEY_NAME:
    case KEY_CODE:
    case KEY_DATE: text_row_read(r, row, node, base, at); break;
    case KEY_WORD: word_row_read(r, row, node, base, at); break;
    case KEY_SECTION: section_row_read(r, row, node, base, at); break;
    case KEY_LIST:
        if (node) any_list_read(r, row, node, base);
        break;
    case KEY_NAMED: audiences_read(r, row, node); break;
    case KEY_OWN: own_row_read(r, row, node, base, at); break;
    case KEY_LATER:
        if (node)
            complain(r->d, SEVERITY_ERROR, node->place, row->help, "'%s' is not available yet",
                     row->name);
        break;
    case KEY_NEVER:
        if (node)
            complain(r->d, SEVERITY_ERROR, node->place, row->help, "'%s' cannot stand here",
                     row->name);
        break;
    case KEY_IGNORED:
        if (node) block_told(r, row, node);
        break;
    case KEY_BEFORE: break;
    }
}

bool is_asked(const reader_t *r, const char *block)
{
    return r->block && (!*r->block || !strcmp(r->block, block));
}

void block_told(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (is_asked(r, row->name)) return;
    complain(r->d, SEVERITY_WARNING, node->place, NULL,
             "'%s' is for another command and is ignored here", row->name);
}

void scenario_read(reader_t *r)
{
    r->curves_only = is_asked(r, "allocate") && has_curves_only(r->root);
    if (r->curves_only) {
        curves_read(r);
        return;
    }
    section_read(r, &top_section, r->root, (char *)r->sc, r->root->place);
    if (r->status == OK) appeals_compile(r);
    if (r->status == OK) fits_compile(r);
    if (r->status == OK) brand_bind(r);
    if (!r->sc->target.metric) r->sc->target.metric = "";
}
