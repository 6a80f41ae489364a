/* profiles.c -- shares, means, and names. */
#include "models/segmentation/profiles.h"

#include "models/base/maths.h"
#include "models/segmentation/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- age bands ---- */

static const struct {
    int low, high;
} band[PROFILE_BANDS] = {
    {13, 17}, {18, 24}, {25, 34}, {35, 44}, {45, 54}, {55, 64}, {65, FEATURE_YEARS_MOST}};

int profiles_band(int years)
{
    int k = PROFILE_BANDS - 1;
    while (k >= 0 && years < band[k].low) k--;
    return k;
}

static size_t add_bands(char *to, size_t room, size_t used, int low, int high)
{
    char text[32];
    if (high == PROFILE_BANDS - 1)
        snprintf(text, sizeof text, "%d+", band[low].low);
    else
        snprintf(text, sizeof text, "%d-%d", band[low].low, band[high].high);
    return text_add(to, room, used, text);
}

/* ---- rows ---- */

static int rows_of(const feature_t *f)
{
    switch (f->kind) {
    case FEATURE_YEARS: return PROFILE_BANDS + 1;
    case FEATURE_LEVELS: return f->n_levels;
    default: return 1;
    }
}

static void add_rows(profiles_t *p, const feature_t *f, int feature)
{
    bool mean = f->kind == FEATURE_NUMBER || f->kind == FEATURE_YEARS;
    int levels = f->kind == FEATURE_NUMBER ? 0 : rows_of(f) - (f->kind == FEATURE_YEARS);
    for (int l = 0; l < levels; l++)
        p->row[p->n_rows++] = (profile_row_t){feature, f->kind == FEATURE_FLAG ? 1 : l};
    if (mean) p->row[p->n_rows++] = (profile_row_t){feature, PROFILE_MEAN};
}

/* ---- sums ---- */

/* Of one feature, by segment (and of all in front). */
typedef struct {
    double known, sum, square; /* of a number, less a middle value that keeps digits */
    double code[256];          /* weight by code */
} column_sums_t;

static void add_number(column_sums_t *s, double x, double w)
{
    s->known += w;
    s->sum += w * x;
    s->square += w * x * x;
}

static double first_known(const people_t *p, const feature_t *f)
{
    for (size_t i = 0; i < p->n; i++)
        if (!m_is_nan(f->number[i])) return f->number[i];
    return 0;
}

static void sum_column(const people_t *p, const feature_t *f, const int *segment, int n_segments,
                       double middle, column_sums_t *s)
{
    memset(s, 0, (size_t)(n_segments + 1) * sizeof *s);
    for (size_t i = 0; i < p->n; i++) {
        double w = people_weight(p, i);
        bool inside = segment[i] >= 0 && segment[i] < n_segments;
        column_sums_t *own = inside ? &s[1 + segment[i]] : NULL;
        if (f->kind == FEATURE_NUMBER) {
            if (m_is_nan(f->number[i])) continue;
            add_number(s, f->number[i] - middle, w);
            if (own) add_number(own, f->number[i] - middle, w);
        } else {
            uint8_t code = feature_code(f, i);
            s->code[code] += w;
            if (own) own->code[code] += w;
        }
    }
}

/* A column of codes as a number: the age. */
static void moments_of_codes(column_sums_t *s)
{
    s->known = s->sum = s->square = 0;
    for (int code = 0; code < FEATURE_UNKNOWN; code++) add_number(s, code, s->code[code]);
}

static double weight_of_level(const feature_t *f, const column_sums_t *s, int level)
{
    if (f->kind != FEATURE_YEARS) return s->code[level];
    double sum = 0;
    for (int years = 0; years <= FEATURE_YEARS_MOST; years++)
        if (profiles_band(years) == level) sum += s->code[years];
    return sum;
}

static void fill_rows(profiles_t *p, const feature_t *f, int feature, double middle,
                      column_sums_t *s)
{
    for (int g = 0; g <= p->n_segments; g++)
        if (f->kind != FEATURE_NUMBER) moments_of_codes(&s[g]);
    for (int r = 0; r < p->n_rows; r++) {
        if (p->row[r].feature != feature) continue;
        int level = p->row[r].level;
        double *value = p->value + (size_t)r * (size_t)(p->n_segments + 1);
        for (int g = 0; g <= p->n_segments; g++)
            value[g] = level == PROFILE_MEAN ? middle + s[g].sum / s[g].known
                                             : weight_of_level(f, &s[g], level) / s[g].known;
        double mean = s[0].sum / s[0].known;
        double variance = level == PROFILE_MEAN ? s[0].square / s[0].known - mean * mean
                                                : value[0] * (1 - value[0]);
        p->sd[r] = variance > 1e-24 * (1 + middle * middle) ? m_sqrt(variance) : 0;
    }
}

/* ---- reading a profile ---- */

double profiles_people(const profiles_t *p, int segment)
{
    return p->people[segment + 1];
}

double profiles_value(const profiles_t *p, int row, int segment)
{
    return p->value[(size_t)row * (size_t)(p->n_segments + 1) + (size_t)(segment + 1)];
}

double profiles_index(const profiles_t *p, int row, int segment)
{
    return 100 * profiles_value(p, row, segment) / profiles_value(p, row, PROFILE_ALL);
}

double profiles_difference(const profiles_t *p, int row, int segment)
{
    double apart = profiles_value(p, row, segment) - profiles_value(p, row, PROFILE_ALL);
    return p->sd[row] > 0 && !m_is_nan(apart) ? apart / p->sd[row] : 0;
}

/* "not_working" reads "not working". */
static size_t add_words(char *to, size_t room, size_t used, const char *text)
{
    size_t end = text_add(to, room, used, text);
    for (size_t i = used; i < end && i < room; i++)
        if (to[i] == '_') to[i] = ' ';
    return end;
}

size_t profiles_row_write(const profiles_t *p, const people_t *people, int row, bool short_form,
                          char *to, size_t room)
{
    const feature_t *f = &people->feature[p->row[row].feature];
    int level = p->row[row].level;
    size_t used = 0;
    switch (f->kind) {
    case FEATURE_YEARS:
        if (level != PROFILE_MEAN) {
            if (!short_form) used = text_add(to, room, used, "age ");
            return add_bands(to, room, used, level, level);
        }
        used = add_words(to, room, used, f->name);
        break;
    case FEATURE_LEVELS:
        if (!short_form) {
            used = add_words(to, room, used, f->name);
            used = text_add(to, room, used, " ");
        }
        return add_words(to, room, used, f->level[level]);
    case FEATURE_FLAG:
        if (!short_form && f->word && *f->word) {
            used = text_add(to, room, used, f->word);
            used = text_add(to, room, used, " ");
        }
        return add_words(to, room, used, f->name);
    default: used = add_words(to, room, used, f->name);
    }
    return short_form ? used : text_add(to, room, used, " (mean)");
}

/* ---- names ---- */

enum { WORDS_MOST = 5 };
static const double PARTICULAR = 0.2; /* sd: below it nothing is worth a word */
static const double LACKING = 0.5;    /* "no sports" says less than "sports" at the same distance */

typedef struct {
    double strength; /* in sd of one person */
    int feature;
    char text[PROFILE_NAME];
} word_t;

/* The range of bands that is most particular: of its share, as one yes/no. */
static word_t bands_word(const profiles_t *p, int first_row, int segment)
{
    word_t best = {.strength = 0};
    for (int low = 0; low < PROFILE_BANDS; low++) {
        double all = 0, own = 0;
        for (int high = low; high < PROFILE_BANDS; high++) {
            all += profiles_value(p, first_row + high, PROFILE_ALL);
            own += profiles_value(p, first_row + high, segment);
            double sd = m_sqrt(m_max(all * (1 - all), 0));
            /* All but nobody: a range to which a few outside it hardly matter. */
            if (!(profiles_value(p, first_row + low, PROFILE_ALL) > 0) || !(sd > 1e-9)) continue;
            if (!((own - all) / sd > best.strength)) continue;
            best.strength = (own - all) / sd;
            add_bands(best.text, sizeof best.text, 0, low, high);
        }
    }
    return best;
}

static word_t row_word(const profiles_t *p, const people_t *people, int row, int segment)
{
    const feature_t *f = &people->feature[p->row[row].feature];
    double apart = profiles_difference(p, row, segment);
    word_t w = {.strength = apart};
    size_t used = 0;
    if (f->kind == FEATURE_NUMBER)
        used = text_add(w.text, sizeof w.text, 0, apart > 0 ? "high " : "low ");
    if (f->kind == FEATURE_NUMBER && apart < 0) w.strength = -apart;
    if (f->kind == FEATURE_FLAG && apart < 0) {
        w.strength = -apart * LACKING;
        used = text_add(w.text, sizeof w.text, 0, "no ");
    }
    profiles_row_write(p, people, row, true, w.text + used, sizeof w.text - used);
    return w;
}

/* Which of n words is this one; n if none. */
static int said(const word_t *out, int n, const char *text)
{
    int k = 0;
    while (k < n && strcmp(out[k].text, text) != 0) k++;
    return k;
}

/* One word a feature: the strongest of its rows; the same word of several features once. Returns how many are worth saying, strongest first. */
static int words_of(const profiles_t *p, const people_t *people, int segment, word_t *out)
{
    int n = 0;
    for (int r = 0, end; r < p->n_rows; r = end) {
        int feature = p->row[r].feature;
        word_t best = {.strength = 0};
        for (end = r; end < p->n_rows && p->row[end].feature == feature; end++) {
            if (people->feature[feature].kind == FEATURE_YEARS) continue;
            word_t w = row_word(p, people, end, segment);
            if (w.strength > best.strength) best = w;
        }
        if (people->feature[feature].kind == FEATURE_YEARS) best = bands_word(p, r, segment);
        best.feature = feature;
        if (!(best.strength >= PARTICULAR)) continue;
        int same = said(out, n, best.text);
        if (same < n && out[same].strength >= best.strength) continue;
        int at = same < n ? same : n < WORDS_MOST ? n++ : WORDS_MOST;
        if (at == WORDS_MOST && out[--at].strength >= best.strength) continue;
        while (at > 0 && out[at - 1].strength < best.strength) {
            out[at] = out[at - 1];
            at--;
        }
        out[at] = best;
    }
    return n;
}

static void join(const word_t *w, int n, bool empty, char *to)
{
    size_t used = 0;
    for (int k = 0; k < n; k++) {
        used = text_add(to, PROFILE_NAME, used, k ? " \xc2\xb7 " : "");
        used = text_add(to, PROFILE_NAME, used, w[k].text);
    }
    if (n == 0) text_add(to, PROFILE_NAME, 0, empty ? "nobody" : "like everyone");
}

static bool is_taken(const profiles_t *p, int segment, const char *name)
{
    for (int g = 0; g < p->n_segments; g++)
        if (g != segment && strcmp(p->name[g], name) == 0) return true;
    return false;
}

static bool is_earlier(const profiles_t *p, int segment)
{
    for (int g = 0; g < segment; g++)
        if (strcmp(p->name[g], p->name[segment]) == 0) return true;
    return false;
}

/* Those whose names agree get longer ones together; in the end the later ones get numbers. */
static void name_segments(profiles_t *p, const people_t *people, int words,
                          word_t (*word)[WORDS_MOST], int *n, int *used, bool *twin)
{
    for (int g = 0; g < p->n_segments; g++) {
        n[g] = words_of(p, people, g, word[g]);
        used[g] = n[g] < words ? n[g] : words;
        join(word[g], used[g], !(p->people[1 + g] > 0), p->name[g]);
    }
    for (int more = 0; more < WORDS_MOST; more++) {
        for (int g = 0; g < p->n_segments; g++) twin[g] = is_taken(p, g, p->name[g]);
        for (int g = 0; g < p->n_segments; g++)
            if (twin[g] && used[g] < n[g]) join(word[g], ++used[g], false, p->name[g]);
    }
    for (int g = 0; g < p->n_segments; g++) {
        char plain[PROFILE_NAME];
        memcpy(plain, p->name[g], sizeof plain);
        if (!is_earlier(p, g)) continue;
        for (int number = 2; is_taken(p, g, p->name[g]); number++)
            snprintf(p->name[g], PROFILE_NAME, "%.*s (%d)", PROFILE_NAME - 16, plain, number);
    }
}

/* ---- the whole ---- */

static status_t allocate(profiles_t *p, const people_t *people, error_t *err)
{
    size_t rows = 1, groups = (size_t)p->n_segments + 1;
    for (int f = 0; f < people->n_features; f++) rows += (size_t)rows_of(&people->feature[f]);
    p->row = malloc(rows * sizeof *p->row);
    p->people = calloc(groups, sizeof *p->people);
    p->value = calloc(rows * groups, sizeof *p->value);
    p->sd = calloc(rows, sizeof *p->sd);
    p->name = calloc(groups, sizeof *p->name);
    if (!p->row || !p->people || !p->value || !p->sd || !p->name)
        return fail_memory(err, "the profiles of segments");
    return OK;
}

static status_t fill(profiles_t *p, const people_t *people, const int *segment, error_t *err)
{
    column_sums_t *s = malloc((size_t)(p->n_segments + 1) * sizeof *s);
    if (!s) return fail_memory(err, "the profiles of segments");
    for (size_t i = 0; i < people->n; i++) {
        double w = people_weight(people, i);
        p->people[0] += w;
        if (segment[i] >= 0 && segment[i] < p->n_segments) p->people[1 + segment[i]] += w;
    }
    for (int f = 0; f < people->n_features; f++) {
        const feature_t *feature = &people->feature[f];
        double middle = feature->kind == FEATURE_NUMBER ? first_known(people, feature) : 0;
        add_rows(p, feature, f);
        sum_column(people, feature, segment, p->n_segments, middle, s);
        fill_rows(p, feature, f, middle, s);
    }
    free(s);
    return OK;
}

static status_t find_names(profiles_t *p, const people_t *people, int words, error_t *err)
{
    size_t groups = (size_t)p->n_segments + 1;
    word_t(*word)[WORDS_MOST] = malloc(groups * sizeof *word);
    int *n = malloc(groups * sizeof *n), *used = malloc(groups * sizeof *used);
    bool *twin = malloc(groups * sizeof *twin);
    bool made = word && n && used && twin;
    if (made) name_segments(p, people, words, word, n, used, twin);
    free(word);
    free(n);
    free(used);
    free(twin);
    return made ? OK : fail_memory(err, "the names of segments");
}

status_t profiles_init(profiles_t *out, const people_t *p, const int *segment, int n_segments,
                       int words, error_t *err)
{
    *out = (profiles_t){.n_segments = n_segments};
    if (n_segments < 1) return fail(err, ERR_INVALID, "there are no segments");
    if (words < 1 || words > WORDS_MOST)
        return fail(err, ERR_INVALID, "a name has 1 to %d parts, not %d", WORDS_MOST, words);
    status_t st = people_check(p, err);
    if (st == OK) st = allocate(out, p, err);
    if (st == OK) st = fill(out, p, segment, err);
    if (st == OK) st = find_names(out, p, words, err);
    return st;
}

void profiles_free(profiles_t *p)
{
    free(p->row);
    free(p->people);
    free(p->value);
    free(p->sd);
    free(p->name);
    *p = (profiles_t){0};
}
