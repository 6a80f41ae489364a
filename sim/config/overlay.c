/* overlay.c -- "campaigns.Spring sale.ad_sets.ig-young.budget": one value of the tree replaced.
 * Names may hold dots themselves: of all keys (or item names) that the path can go on with, the
 * longest is taken. */
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/sources.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    arena_t *arena;
    diagnostics_t *d;
    place_t at;
    const node_t *value;
    const char *path;
} change_t;

static const node_t *change(const change_t *c, const node_t *node, const char *list,
                            const char *rest);

/* Does the path go on with this name? Bytes of it, 0 if not. */
static size_t leads_with(const char *rest, const char *name)
{
    size_t n = strlen(name);
    return n && !strncmp(rest, name, n) && (rest[n] == '.' || !rest[n]) ? n : 0;
}

static const char *after(const char *rest, size_t n)
{
    return rest[n] == '.' ? rest + n + 1 : rest + n;
}

static const node_t *change_mapping(const change_t *c, const node_t *node, const char *rest)
{
    size_t best = 0;
    const node_t *key = NULL;
    for (size_t i = 0; i < node->n; i++) {
        size_t n = leads_with(rest, node->key[i]->text);
        if (n > best) {
            best = n;
            key = node->key[i];
        }
    }
    if (!key) {
        best = strcspn(rest, ".");
        char *text = arena_copy(c->arena, rest, best);
        key = text ? node_scalar(c->arena, text, c->at) : NULL;
        if (!key) return NULL;
    }
    const node_t *child = change(c, node_get(node, key->text), key->text, after(rest, best));
    return child ? node_with(c->arena, node, key, child) : NULL;
}

/* The keys that may name the items of a list; the item's name or NULL. */
static const char *item_name(const char *list, const node_t *item)
{
    static const struct {
        const char *list, *keys[3];
    } named[] = {
        {"platforms", {"platform", "name", NULL}},
        {"campaigns", {"campaign", NULL, NULL}},
        {"ad_sets", {"ad_set", "ad_group", NULL}},
        {"ad_groups", {"ad_set", "ad_group", NULL}},
        {"creatives", {"creative", "ad", NULL}},
        {"ads", {"creative", "ad", NULL}},
        {"appeal", {"who", NULL, NULL}},
        {"fit", {"who", NULL, NULL}},
        {"placements", {"placement", NULL, NULL}},
        {"rivals", {"rival", NULL, NULL}},
        {"accounts", {"platform", NULL, NULL}},
        {"posts", {"post", NULL, NULL}},
        {"influencers", {"influencer", NULL, NULL}},
        {"communities", {"community", NULL, NULL}},
        {"scheduled", {"crisis", NULL, NULL}},
        {"promotions", {"promotion", NULL, NULL}},
    };
    for (size_t i = 0; list && i < sizeof named / sizeof *named; i++)
        for (size_t k = 0; !strcmp(list, named[i].list) && k < 3 && named[i].keys[k]; k++) {
            const node_t *name = node_get(item, named[i].keys[k]);
            if (name && name->kind == NODE_SCALAR) return name->text;
        }
    return NULL;
}

static void complain_item(const change_t *c, const node_t *node, const char *list, const char *rest)
{
    enum { NAMES = 64 };
    const char *names[NAMES];
    size_t n = 0;
    char word[128],
        help[400] = "list items are named, such as campaigns.Spring sale.lifetime_budget";
    snprintf(word, sizeof word, "%.*s", (int)strcspn(rest, "."), rest);
    for (size_t i = 0; i < node->n && n < NAMES; i++) {
        names[n] = item_name(list, node->item[i]);
        if (names[n]) n++;
    }
    const char *nearest = nearest_name(word, names, n);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", shown(nearest).text);
    complain(c->d, SEVERITY_ERROR, c->at, help, "no '%s' in '%s'", shown(word).text, list);
}

static const node_t *change_list(const change_t *c, const node_t *node, const char *list,
                                 const char *rest)
{
    size_t best = 0, which = 0;
    for (size_t i = 0; i < node->n; i++) {
        const char *name = item_name(list, node->item[i]);
        size_t n = name ? leads_with(rest, name) : 0;
        if (n > best) {
            best = n;
            which = i;
        }
    }
    if (!best) {
        complain_item(c, node, list, rest);
        return NULL;
    }
    const node_t *child = change(c, node->item[which], list, after(rest, best));
    return child ? node_with_item(c->arena, node, which, child) : NULL;
}

static const node_t *change(const change_t *c, const node_t *node, const char *list,
                            const char *rest)
{
    if (!*rest) return c->value;
    if (!node || node->kind == NODE_SCALAR) node = node_mapping(c->arena, c->at);
    if (!node) return NULL;
    return node->kind == NODE_MAPPING ? change_mapping(c, node, rest)
                                      : change_list(c, node, list, rest);
}

/* No empty steps, not too many: a path is as deep as a tree may be. */
static bool path_sound(const char *path)
{
    size_t steps = 1;
    for (const char *s = path; *s; s++)
        if (*s == '.') {
            if (s == path || !s[1] || s[1] == '.') return false;
            steps++;
        }
    return *path && steps <= 64;
}

const node_t *overlay(arena_t *a, diagnostics_t *d, const node_t *root, const char *path,
                      place_t at, const node_t *value)
{
    change_t c = {a, d, at, value, path};
    if (path_sound(path)) return change(&c, root, NULL, path);
    complain(d, SEVERITY_ERROR, at, "write it like product.value=60",
             "'%s' is not a path of keys with dots between", shown(path).text);
    return NULL;
}
