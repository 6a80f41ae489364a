/* feature.c -- columns, and the clauses that ask about them. */
#include "models/segmentation/feature.h"

#include "models/base/maths.h"
#include "models/segmentation/text.h"

#include <stdio.h>
#include <string.h>

/* ---- what may stand in a column ---- */

static status_t check_feature(const people_t *p, const feature_t *f, error_t *err)
{
    if (f->kind == FEATURE_NUMBER)
        return f->number ? OK : fail(err, ERR_INVALID, "'%s' has no column", f->name);
    if (f->kind == FEATURE_LEVELS && (f->n_levels < 1 || f->n_levels > FEATURE_LEVELS_MOST))
        return fail(err, ERR_INVALID, "'%s' has %d levels: 1 to %d can be told apart", f->name,
                    f->n_levels, FEATURE_LEVELS_MOST);
    if (!f->value)
        return f->kind == FEATURE_FLAG && f->mask && f->bit >= 0 && f->bit < 64
                   ? OK
                   : fail(err, ERR_INVALID, "'%s' has no column", f->name);
    int most = f->kind == FEATURE_YEARS  ? FEATURE_YEARS_MOST + 1
               : f->kind == FEATURE_FLAG ? 2
                                         : f->n_levels;
    for (size_t i = 0; i < p->n; i++)
        if (f->value[i] >= most && f->value[i] != FEATURE_UNKNOWN)
            return fail(err, ERR_INVALID, "'%s' of person %zu is %d: below %d is known", f->name,
                        i + 1, f->value[i], most);
    return OK;
}

status_t people_check(const people_t *p, error_t *err)
{
    for (int k = 0; k < p->n_features; k++) {
        status_t st = check_feature(p, &p->feature[k], err);
        if (st != OK) return st;
    }
    for (size_t i = 0; p->weight && i < p->n; i++)
        if (!(p->weight[i] > 0) || !m_is_finite(p->weight[i]))
            return fail(err, ERR_INVALID, "the weight of person %zu is not above 0", i + 1);
    return OK;
}

/* ---- conditions ---- */

static bool answers(const feature_t *f, const condition_t *c, size_t i)
{
    if (f->kind == FEATURE_NUMBER) return f->number[i] >= c->least && f->number[i] < c->below;
    uint8_t code = feature_code(f, i);
    if (code == FEATURE_UNKNOWN) return false;
    switch (f->kind) {
    case FEATURE_YEARS: return code >= c->low && code <= c->high;
    case FEATURE_LEVELS: return c->levels >> code & 1;
    default: return code;
    }
}

bool condition_holds(const people_t *p, const condition_t *c, size_t i)
{
    return answers(&p->feature[c->feature], c, i) != c->negated;
}

/* ---- their text ---- */

/* Words that would end a clause or begin a list. */
static bool is_reserved(const char *name)
{
    static const char *const word[] = {"and", "or", "not", "in"};
    for (size_t k = 0; k < sizeof word / sizeof *word; k++) {
        size_t i = 0;
        while (name[i] && (name[i] | 0x20) == word[k][i]) i++;
        if (!name[i] && !word[k][i]) return true;
    }
    return false;
}

/* Letters, digits, some signs and all that is not ASCII; spaces too, where they may be written _. */
static bool is_plain(const char *name, bool spaces)
{
    for (const char *s = name; *s; s++) {
        unsigned char c = (unsigned char)*s;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
        if (!letter && !(c >= '0' && c <= '9') && !strchr("_-+.", c) && !(spaces && c == ' '))
            return false;
    }
    return *name && !is_reserved(name);
}

static bool is_writable(const char *name)
{
    return name && *name && strlen(name) < FEATURE_NAME &&
           !(strchr(name, '"') && strchr(name, '\''));
}

/* Does the name stand at the head of its clause, where quotes do not? */
static bool is_head(const feature_t *f)
{
    return f->kind != FEATURE_FLAG || !f->word || !*f->word;
}

bool feature_is_writable(const feature_t *f)
{
    if (f->kind == FEATURE_NUMBER || !is_writable(f->name)) return false;
    if (f->kind == FEATURE_YEARS && strcmp(f->name, "age") != 0) return false;
    if (is_head(f) && !is_plain(f->name, true)) return false;
    for (int l = 0; f->kind == FEATURE_LEVELS && l < f->n_levels; l++)
        if (!is_writable(f->level[l])) return false;
    return true;
}

static size_t add_quoted(char *to, size_t room, size_t used, const char *name)
{
    if (is_plain(name, false)) return text_add(to, room, used, name);
    const char *quote = strchr(name, '"') ? "'" : "\"";
    used = text_add(to, room, used, quote);
    used = text_add(to, room, used, name);
    return text_add(to, room, used, quote);
}

static size_t add_head(char *to, size_t room, size_t used, const char *name)
{
    for (; *name; name++)
        used = text_add(to, room, used, (char[]){(char)(*name == ' ' ? '_' : *name), '\0'});
    return used;
}

static size_t write_years(const feature_t *f, const condition_t *c, char *to, size_t room,
                          size_t used)
{
    char text[64];
    used = add_head(to, room, used, f->name);
    if (c->high >= FEATURE_YEARS_MOST)
        snprintf(text, sizeof text, " %d+", c->low);
    else if (c->low <= 0)
        snprintf(text, sizeof text, " <= %d", c->high);
    else if (c->low == c->high)
        snprintf(text, sizeof text, " %d", c->low);
    else
        snprintf(text, sizeof text, " %d-%d", c->low, c->high);
    return text_add(to, room, used, text);
}

static size_t write_levels(const feature_t *f, const condition_t *c, char *to, size_t room,
                           size_t used)
{
    int n = __builtin_popcountll(c->levels);
    used = add_head(to, room, used, f->name);
    used = text_add(to, room, used, n > 1 ? " in [" : " ");
    for (uint64_t rest = c->levels; rest; rest &= rest - 1) {
        used = add_quoted(to, room, used, f->level[__builtin_ctzll(rest)]);
        if (rest & (rest - 1)) used = text_add(to, room, used, ", ");
    }
    return n > 1 ? text_add(to, room, used, "]") : used;
}

static size_t write_number(const feature_t *f, const condition_t *c, char *to, size_t room,
                           size_t used)
{
    char least[48] = "", below[48] = "";
    if (m_is_finite(c->least)) snprintf(least, sizeof least, " >= %.6g", c->least);
    if (m_is_finite(c->below))
        snprintf(below, sizeof below, "%s < %.6g", *least ? " and" : "", c->below);
    used = text_add(to, room, used, f->name);
    used = text_add(to, room, used, least);
    return text_add(to, room, used, below);
}

size_t condition_add(const people_t *p, const condition_t *c, char *to, size_t room, size_t used)
{
    const feature_t *f = &p->feature[c->feature];
    if (c->negated) used = text_add(to, room, used, "not ");
    switch (f->kind) {
    case FEATURE_YEARS: return write_years(f, c, to, room, used);
    case FEATURE_LEVELS: return write_levels(f, c, to, room, used);
    case FEATURE_NUMBER: return write_number(f, c, to, room, used);
    default: break;
    }
    if (is_head(f)) return add_head(to, room, used, f->name);
    used = text_add(to, room, used, f->word);
    used = text_add(to, room, used, " ");
    return add_quoted(to, room, used, f->name);
}

size_t condition_write(const people_t *p, const condition_t *c, char *to, size_t room)
{
    return condition_add(p, c, to, room, 0);
}
