/* coded.c -- answers as bits. Few items have few patterns of answers: a million people may be a thousand
 * rows. Where most rows differ (64 interests), counting them would cost more than it saves. */
#include "models/segmentation/coded.h"

#include "models/segmentation/chunk.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOOKED_AT = 65536,    /* people who tell whether rows are worth counting */
    ALWAYS_COUNTED = 4096 /* so few rows are counted in any case: it costs nothing */
};

void coded_free(coded_t *c)
{
    free(c->bits);
    free(c->weight);
    free(c->row_of);
    *c = (coded_t){0};
}

/* --- what was answered ------------------------------------------------------------------------ */

/* LATENT_MISSING or a level. */
static uint8_t answer_of(const answers_t *a, size_t i, int item)
{
    if (a->level) return a->level[i * (size_t)a->items + (size_t)item];
    if (a->known && !(a->known[i] >> item & 1)) return LATENT_MISSING;
    return a->yes[i] >> item & 1;
}

static status_t levels_check(const answers_t *a, error_t *err)
{
    for (int j = 0; a->level && j < a->items; j++) {
        if (a->n_levels[j] < 2 || a->n_levels[j] > LATENT_LEVELS)
            return fail(err, ERR_INVALID, "item %d has %d levels: 2 to %d are possible", j + 1,
                        a->n_levels[j], LATENT_LEVELS);
        for (size_t i = 0; i < a->n; i++) {
            uint8_t level = answer_of(a, i, j);
            if (level >= a->n_levels[j] && level != LATENT_MISSING)
                return fail(err, ERR_INVALID, "row %zu, item %d: level %d of %d", i + 1, j + 1,
                            level, a->n_levels[j]);
        }
    }
    return OK;
}

static bool is_compact(const answers_t *a)
{
    uint64_t all = a->items == 64 ? UINT64_MAX : (UINT64_C(1) << a->items) - 1;
    for (int j = 0; a->level && j < a->items; j++)
        if (a->n_levels[j] != 2) return false;
    for (size_t i = 0; a->level && i < a->n * (size_t)a->items; i++)
        if (a->level[i] == LATENT_MISSING) return false;
    for (size_t i = 0; !a->level && a->known && i < a->n; i++)
        if ((a->known[i] & all) != all) return false;
    return true;
}

static void encode(coded_t *c, const answers_t *a)
{
    uint64_t all = a->items == 64 ? UINT64_MAX : (UINT64_C(1) << a->items) - 1;
    for (size_t i = 0; i < a->n; i++) {
        uint64_t *bits = c->bits + i * (size_t)c->words;
        if (c->compact && !a->level) {
            *bits = a->yes[i] & all;
            continue;
        }
        for (int j = 0; j < a->items; j++) {
            int level = answer_of(a, i, j);
            int column = c->compact ? j : c->first[j] + level;
            bool set = level != LATENT_MISSING && (!c->compact || level == 1);
            if (set) bits[column / 64] |= UINT64_C(1) << column % 64;
        }
    }
}

/* --- equal rows ------------------------------------------------------------------------------- */

static uint64_t row_hash(const uint64_t *bits, int words)
{
    uint64_t hash = 0;
    for (int w = 0; w < words; w++) {
        hash = (hash ^ bits[w]) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    return hash ^ hash >> 32;
}

/* Row numbers + 1 by hash; 0 = free. */
typedef struct {
    uint32_t *place;
    size_t mask;
} places_t;

/* Where a row like `bits` stands, or the free place where it would. */
static uint32_t *place_of(const places_t *t, const coded_t *c, const uint64_t *bits)
{
    size_t size = (size_t)c->words * sizeof *bits, at = row_hash(bits, c->words) & t->mask;
    while (t->place[at] && memcmp(c->bits + (t->place[at] - 1) * (size_t)c->words, bits, size))
        at = (at + 1) & t->mask;
    return &t->place[at];
}

static size_t different_rows(const places_t *t, const coded_t *c, size_t n)
{
    size_t different = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t *place = place_of(t, c, c->bits + i * (size_t)c->words);
        different += *place == 0;
        if (!*place) *place = (uint32_t)i + 1;
    }
    return different;
}

/* In order of their first person, so that rows only move towards the front. */
static void rows_count(coded_t *c, const places_t *t, const double *weight)
{
    size_t words = (size_t)c->words;
    c->rows = 0;
    for (size_t i = 0; i < c->n; i++) {
        uint32_t *place = place_of(t, c, c->bits + i * words);
        if (!*place) {
            memmove(c->bits + c->rows * words, c->bits + i * words, words * sizeof *c->bits);
            c->weight[c->rows++] = 0;
            *place = (uint32_t)c->rows;
        }
        c->row_of[i] = *place - 1;
        c->weight[*place - 1] += weight ? weight[i] : 1;
    }
    c->counted = true;
}

static status_t count_equal_rows(coded_t *c, const double *weight, error_t *err)
{
    size_t size = 64, looked = c->n < LOOKED_AT ? c->n : LOOKED_AT;
    while (size < 2 * c->n) size *= 2;
    places_t t = {array_of(size, sizeof *t.place), size - 1};
    status_t st = t.place ? OK : fail_memory(err, "the answers");
    bool worth =
        st == OK && (4 * different_rows(&t, c, looked) <= 3 * looked || c->n <= ALWAYS_COUNTED);
    if (worth) {
        c->row_of = array_of(c->n, sizeof *c->row_of);
        if (!c->weight) c->weight = array_of(c->n, sizeof *c->weight);
        memset(t.place, 0, size * sizeof *t.place);
        if (c->row_of && c->weight)
            rows_count(c, &t, weight);
        else
            st = fail_memory(err, "the answers");
    }
    free(t.place);
    return st;
}

/* --- the whole -------------------------------------------------------------------------------- */

static status_t people_sum(coded_t *c, error_t *err)
{
    c->people = 0;
    for (size_t r = 0; r < c->rows; r++) c->people += coded_weight(c, r);
    return c->people > 0 ? OK : fail(err, ERR_INVALID, "all weights are 0");
}

static void shares_of_yes(coded_t *c)
{
    double yes[LATENT_ITEMS] = {0};
    for (size_t r = 0; r < c->rows; r++) {
        double w = coded_weight(c, r);
        for (int j = 0; j < LATENT_ITEMS; j++) yes[j] += (double)(c->bits[r] >> j & 1) * w;
    }
    for (int j = 0; j < c->items; j++) {
        c->overall[2 * j] = 1 - yes[j] / c->people;
        c->overall[2 * j + 1] = yes[j] / c->people;
    }
}

static status_t shares_of_levels(coded_t *c, error_t *err)
{
    double known[LATENT_ITEMS] = {0};
    status_t st = people_sum(c, err);
    if (st != OK) return st;
    if (c->compact) {
        shares_of_yes(c);
        return OK;
    }
    for (size_t r = 0; r < c->rows; r++) {
        double w = coded_weight(c, r);
        for (int j = 0; j < c->items; j++)
            for (int l = 0; l < coded_levels(c, j); l++)
                if (coded_has(c, r, j, l)) {
                    c->overall[c->first[j] + l] += w;
                    known[j] += w;
                    break;
                }
    }
    for (int j = 0; j < c->items; j++) {
        if (!(known[j] > 0)) return fail(err, ERR_INVALID, "item %d was never answered", j + 1);
        for (int s = c->first[j]; s < c->first[j + 1]; s++) c->overall[s] /= known[j];
    }
    return OK;
}

static status_t weights_take(coded_t *c, const double *weight, error_t *err)
{
    for (size_t i = 0; weight && i < c->n; i++)
        if (!(weight[i] >= 0 && weight[i] <= 1e18))
            return fail(err, ERR_INVALID, "the weight of row %zu is %g: weights lie in 0..1e18",
                        i + 1, weight[i]);
    if (!weight) return OK;
    c->weight = array_of(c->n, sizeof *c->weight);
    if (!c->weight) return fail_memory(err, "the answers");
    memcpy(c->weight, weight, c->n * sizeof *weight);
    return OK;
}

status_t coded_init(coded_t *c, const answers_t *a, error_t *err)
{
    *c = (coded_t){.n = a->n, .rows = a->n, .items = a->items, .own = a->weight};
    if (a->n < 1 || a->n > INT32_MAX)
        return fail(err, ERR_INVALID, "%zu rows: segments need 1 to 2147483647", a->n);
    if (a->items < 1 || a->items > LATENT_ITEMS)
        return fail(err, ERR_INVALID, "%d items: 1 to %d are possible", a->items, LATENT_ITEMS);
    status_t st = levels_check(a, err);
    if (st != OK) return st;
    for (int j = 0; j < a->items; j++)
        c->first[j + 1] = c->first[j] + (a->level ? a->n_levels[j] : 2);
    c->compact = is_compact(a);
    c->columns = c->compact ? a->items : c->first[a->items];
    c->words = (c->columns + 63) / 64;
    c->bits = array_of(a->n * (size_t)c->words, sizeof *c->bits);
    if (!c->bits) return fail_memory(err, "the answers");
    encode(c, a);
    st = weights_take(c, a->weight, err);
    if (st == OK) st = count_equal_rows(c, a->weight, err);
    if (st == OK) st = shares_of_levels(c, err);
    return st;
}

status_t coded_sample(coded_t *s, const coded_t *c, size_t most, rng_key_t key, error_t *err)
{
    size_t words = (size_t)c->words;
    size_t *person = people_drawn(c->n, most, key, rng_path_hash("segments.start"), &most);
    *s = *c; /* the shares of all, too: an item that nobody of the sample answered keeps its own */
    s->n = s->rows = most;
    s->row_of = NULL;
    s->counted = false;
    s->bits = array_of(most * words, sizeof *s->bits);
    s->weight = c->own ? array_of(most, sizeof *s->weight) : NULL;
    status_t st = person && s->bits && (s->weight || !c->own) ? OK : fail_memory(err, "a sample");
    for (size_t i = 0; st == OK && i < most; i++) {
        size_t row = c->row_of ? c->row_of[person[i]] : person[i];
        memcpy(s->bits + i * words, c->bits + row * words, words * sizeof *s->bits);
        if (s->weight) s->weight[i] = c->own[person[i]];
    }
    free(person);
    return st == OK ? people_sum(s, err) : st;
}
