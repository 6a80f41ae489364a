/* audience_page.c -- the page of `adsim audience`: how many, who, and how they overlap. */
#include "sim/report/audience.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLATFORM_COLUMNS = 6, /* beside the sizes; more platforms get a table of their own */
    MATRIX_AT_MOST = 11,  /* audiences of an overlap matrix */
    PAIRS_SHOWN = 12,
    GROUPS_SHOWN = 8,
    TRAITS_SHOWN = 6
};
/* Counted and closed form differ by more than luck: 1 in 2,000 if nothing is wrong. */
static const double TOO_FAR_APART = 3.5;

#define DOT " \xc2\xb7 "

typedef struct {
    const audience_study_t *study;
    page_t page;
    const char *bold, *dim, *plain;
    FILE *to;
} print_t;

static const char *name_of(const audience_study_t *s, int a)
{
    return s->audience[a].audience->name;
}

static void head_line(const print_t *p, const char *text)
{
    fprintf(p->to, "\n%s%s%s\n", p->bold, text, p->plain);
}

static bool print_and_free(const print_t *p, table_text_t *t)
{
    bool fine = table_print(t, p->page.width, p->bold, p->plain, p->to);
    free(t);
    return fine;
}

static void put(table_text_t *t, int row, int column, amount_t a)
{
    snprintf(t->cell[row][column], CELL_LENGTH, "%s", a.text);
}

/* Pieces of text, one after the other, never past the width. */
typedef struct {
    FILE *to;
    const char *between;
    size_t width, indent, at;
} flow_t;

static void flow_add(flow_t *f, const char *piece)
{
    size_t cells = text_cells(piece);
    if (f->at > f->indent && f->at + text_cells(f->between) + cells > f->width) {
        fprintf(f->to, "\n%*s", (int)f->indent, "");
        f->at = f->indent;
    } else if (f->at > f->indent) {
        fputs(f->between, f->to);
        f->at += text_cells(f->between);
    }
    fputs(piece, f->to);
    f->at += cells;
}

/* --- sizes ------------------------------------------------------------------------------------ */

static bool print_head(const print_t *p)
{
    const audience_study_t *s = p->study;
    const scenario_t *sc = s->scenario;
    char simulated[64] = "";
    if ((double)s->people < sc->population->size)
        snprintf(simulated, sizeof simulated, " (%s simulated)",
                 amount_people((double)s->people).text);
    bool fine = text_wrap(
        p->to, p->page.width, "  ",
        "%s%s%s \xc2\xb7 %s \xc2\xb7 %s people%s \xc2\xb7 %d audience%s \xc2\xb7 seed %llu",
        p->bold, sc->name, p->plain, sc->population->name, amount_people(sc->population->size).text,
        simulated, s->n_audiences, s->n_audiences == 1 ? "" : "s", (unsigned long long)sc->seed);
    fputc('\n', p->to);
    return fine;
}

/* The count against the closed form, in percent of it; marked when luck does not explain it. */
static void put_difference(char cell[CELL_LENGTH], const headcount_t *x)
{
    double apart = x->people - x->exact;
    if (isnan(x->exact)) return;
    if (x->exact == 0) {
        snprintf(cell, CELL_LENGTH, "%s", apart == 0 ? "0 %" : "!");
        return;
    }
    double percent = 100 * apart / x->exact;
    bool far = fabs(apart) > TOO_FAR_APART * x->error && fabs(apart) > 1;
    if (fabs(percent) < 0.005) percent = 0; /* no -0.00 */
    snprintf(cell, CELL_LENGTH, "%s%.*f %%%s", percent > 0 ? "+" : "", fabs(percent) < 9.95 ? 2 : 0,
             percent, far ? " !" : "");
}

static void add_size(table_text_t *t, const audience_study_t *s, int a, int platforms)
{
    const audience_size_t *x = &s->audience[a];
    int r = t->n_rows++;
    t->name[r] = name_of(s, a);
    put(t, r, 1, amount_people(x->size.people));
    if (x->size.error > 0)
        snprintf(t->cell[r][2], CELL_LENGTH, "\xc2\xb1 %s",
                 amount_percent(1.96 * x->size.error / x->size.people).text);
    put(t, r, 3, amount_percent(audience_share(s, x->size.people)));
    put(t, r, 4, amount_people(x->size.exact));
    put_difference(t->cell[r][5], &x->size);
    for (int k = 0; k < platforms; k++) put(t, r, 6 + k, amount_people(x->on[k].targeted.people));
}

static bool print_sizes(const print_t *p)
{
    const audience_study_t *s = p->study;
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return false;
    int platforms = s->scenario->n_platforms <= PLATFORM_COLUMNS ? s->scenario->n_platforms : 0;
    *t = (table_text_t){.title = {"audience", "people", "(95 %)", "share", "closed form", "apart"},
                        .drop = {0, 0, 7, 2, 8, 9},
                        .tight = {false, false, true},
                        .n_columns = 6 + platforms};
    for (int k = 0; k < platforms; k++) {
        t->title[6 + k] = s->scenario->platform[k].name;
        t->drop[6 + k] = k < 4 ? 3 + k : 6;
    }
    for (int a = 0; a < s->n_audiences; a++) add_size(t, s, a, platforms);
    return print_and_free(p, t);
}

static bool print_platforms(const print_t *p)
{
    const audience_study_t *s = p->study;
    int n = s->scenario->n_platforms, room = TABLE_COLUMNS - 1;
    for (int from = 0; n > PLATFORM_COLUMNS && from < n; from += room) {
        table_text_t *t = calloc(1, sizeof *t);
        if (!t) return false;
        t->title[0] = "people on";
        t->n_columns = 1 + (n - from < room ? n - from : room);
        for (int k = 1; k < t->n_columns; k++) {
            t->title[k] = s->scenario->platform[from + k - 1].name;
            t->drop[k] = k;
        }
        for (int a = 0; a < s->n_audiences; a++) {
            int r = t->n_rows++;
            t->name[r] = name_of(s, a);
            for (int k = 1; k < t->n_columns; k++)
                put(t, r, k, amount_people(s->audience[a].on[from + k - 1].targeted.people));
        }
        fputc('\n', p->to);
        if (!print_and_free(p, t)) return false;
    }
    return true;
}

/* What a count of a pool or of a list means. */
static void describe(const audience_size_t *x, char *out, size_t size)
{
    if (x->audience->kind == AUDIENCE_RETARGET)
        snprintf(out, size,
                 "%s is filled by visits: so many when the flight starts, more as ads bring "
                 "visitors.",
                 x->audience->name);
    else
        snprintf(
            out, size,
            "%s is a list of %s customers; a platform finds %s to %s of them (80 %% range), those "
            "who do not use it included.",
            x->audience->name, amount_people(x->listed.exact).text, amount_people(x->low).text,
            amount_people(x->high).text);
}

/* Word by word, so that no line is too long. */
static void print_sentence(const print_t *p, char *text)
{
    flow_t flow = {p->to, " ", p->page.width > 0 ? (size_t)p->page.width : 0, 2, 2};
    fputs("  ", p->to);
    for (char *word = text, *space; word; word = space ? space + 1 : NULL) {
        space = strchr(word, ' ');
        if (space) *space = 0;
        flow_add(&flow, word);
    }
    fputc('\n', p->to);
}

/* Why the column of the closed form is empty. */
static void print_not_exact(const print_t *p)
{
    for (int a = 0; a < p->study->n_audiences; a++) {
        char text[1024];
        const audience_size_t *x = &p->study->audience[a];
        if (!isnan(x->size.exact) || !*x->not_exact.text) continue;
        snprintf(text, sizeof text, "%s has no closed form, it is counted alone: %s.",
                 x->audience->name, x->not_exact.text);
        print_sentence(p, text);
    }
}

static void print_kinds(const print_t *p)
{
    for (int a = 0; a < p->study->n_audiences; a++) {
        char text[1024];
        const audience_size_t *x = &p->study->audience[a];
        if (x->audience->kind != AUDIENCE_RETARGET && x->audience->kind != AUDIENCE_LIST) continue;
        describe(x, text, sizeof text);
        print_sentence(p, text);
    }
}

/* --- by labels -------------------------------------------------------------------------------- */

static bool platforms_err(const audience_study_t *s)
{
    for (int p = 0; p < s->scenario->n_platforms; p++)
        if (s->scenario->platform[p].labels) return true;
    for (int a = 0; a < s->n_audiences; a++)
        if (s->audience[a].audience->kind == AUDIENCE_LOOKALIKE) return true;
    return false;
}

/* Why a platform may count more of an audience than there are. */
static void print_whose_count(const print_t *p)
{
    char text[] =
        "people: whom the rule is true of; under a platform: whom its labels take for them.";
    if (platforms_err(p->study) && p->study->scenario->n_platforms) print_sentence(p, text);
}

/* Where an ad set uses the audience, or anywhere if none does. */
static bool is_shown_on(const audience_size_t *x, int p)
{
    return !x->used_on || x->used_on >> p & 1;
}

static void add_reach(table_text_t *t, const audience_study_t *s, int a, int p)
{
    const reach_t *x = &s->audience[a].on[p];
    int r = t->n_rows++;
    t->name[r] = name_of(s, a);
    snprintf(t->cell[r][1], CELL_LENGTH, "%s", s->scenario->platform[p].name);
    put(t, r, 2, amount_people(x->targeted.people));
    put(t, r, 3, amount_people(x->targeted.exact));
    put(t, r, 4, amount_percent(reach_on_target(x)));
    put(t, r, 5, amount_people(x->truth.people));
    put(t, r, 6, amount_percent(reach_missed(x)));
}

/* What the platforms' labels make of the audiences that ads use. */
static bool print_labels(const print_t *p)
{
    const audience_study_t *s = p->study;
    if (!platforms_err(s)) return true;
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return false;
    *t = (table_text_t){.title = {"as platforms see them", "on", "targeted", "closed form",
                                  "on target", "truly in", "missed"},
                        .drop = {0, 0, 0, 3, 0, 2, 1},
                        .n_columns = 7};
    for (int a = 0; a < s->n_audiences; a++)
        for (int k = 0; k < s->scenario->n_platforms && t->n_rows < TABLE_ROWS; k++)
            if (is_shown_on(&s->audience[a], k)) add_reach(t, s, a, k);
    fputc('\n', p->to);
    return print_and_free(p, t);
}

/* --- warnings --------------------------------------------------------------------------------- */

static void print_warnings(const print_t *p)
{
    if (!p->study->notices.n) return;
    head_line(p, "Warnings");
    for (size_t i = 0; i < p->study->notices.n; i++) {
        char text[NOTICE_LENGTH];
        strcpy(text, p->study->notices.item[i].text);
        print_sentence(p, text);
    }
}

/* --- who they are ----------------------------------------------------------------------------- */

static void print_traits(const print_t *p, int a, bool more)
{
    enum { INDENT = 12, PIECE = 256 };
    const audience_study_t *s = p->study;
    int facet[POP_ATTRIBUTES * POP_LEVELS + POP_TRAITS + POP_PLATFORMS + 2];
    int n = audience_traits(s, a, more, facet);
    fprintf(p->to, "    %-*s", INDENT - 4, more ? "more" : "less");
    flow_t flow = {p->to, DOT, p->page.width > 0 ? (size_t)p->page.width : 0, INDENT, INDENT};
    for (int k = 0; k < n && k < TRAITS_SHOWN; k++) {
        char piece[PIECE];
        const facet_t *f = &s->facet[facet[k]];
        snprintf(piece, PIECE, "%s %s %.0f", f->kind == FACET_PLATFORM ? "uses" : f->dimension,
                 f->name, audience_profile(s, a, facet[k]).index);
        text_words(piece);
        flow_add(&flow, piece);
    }
    fputs(n ? "\n" : "nothing but the rule and chance\n", p->to);
}

static bool print_profiles(const print_t *p)
{
    const audience_study_t *s = p->study;
    head_line(p, "Who they are, beside the rule (100 = as in the population)");
    for (int a = 0; a < s->n_audiences; a++) {
        char *name = text_fit(name_of(s, a), p->page.width > 4 ? (size_t)p->page.width - 2 : 2);
        if (!name) return false;
        fprintf(p->to, "  %s\n", name);
        free(name);
        if (s->audience[a].size.simulated < PROFILE_LEAST) {
            fprintf(p->to, "    %s simulated: too few to tell; give --people more\n",
                    amount_whole((double)s->audience[a].size.simulated).text);
            continue;
        }
        print_traits(p, a, true);
        print_traits(p, a, false);
    }
    return true;
}

/* --- overlaps --------------------------------------------------------------------------------- */

static double share_of(const audience_study_t *s, int64_t part, int a)
{
    int64_t whole = s->audience[a].size.simulated;
    return whole ? (double)part / (double)whole : NAN;
}

static bool print_matrix(const print_t *p)
{
    const audience_study_t *s = p->study;
    int n = s->n_audiences;
    table_text_t *t = calloc(1, sizeof *t);
    char(*text)[CELL_LENGTH] = calloc((size_t)n, sizeof *text);
    char(*number)[12] = calloc((size_t)n, sizeof *number);
    bool fine = t && text && number;
    for (int a = 0; fine && a < n; a++) {
        char *name = text_fit(name_of(s, a), 28);
        fine = name != NULL;
        snprintf(number[a], sizeof *number, "%d", a + 1);
        if (fine) snprintf(text[a], CELL_LENGTH, "%2d %s", a + 1, name);
        free(name);
    }
    if (fine) {
        t->title[0] = "of these, so many are in";
        t->n_columns = n + 1;
        for (int a = 0; a < n; a++) {
            t->title[a + 1] = number[a];
            t->name[t->n_rows++] = text[a];
            for (int b = 0; b < n; b++)
                if (a != b)
                    put(t, a, b + 1,
                        amount_percent(
                            share_of(s, audience_study_pair(s, a, b)->both.simulated, a)));
        }
        fine = table_print(t, p->page.width, p->dim, p->plain, p->to);
    }
    free(t);
    free(text);
    free(number);
    return fine;
}

static int by_overlap(const void *a, const void *b)
{
    const audience_pair_t *const *x = a, *const *y = b;
    if ((*x)->jaccard != (*y)->jaccard) return (*x)->jaccard < (*y)->jaccard ? 1 : -1;
    return *x < *y ? -1 : 1;
}

/* The pairs that have most in common, by what they share of what they cover together. */
static bool print_pairs(const print_t *p)
{
    const audience_study_t *s = p->study;
    const audience_pair_t **pair = malloc((s->n_pairs + 1) * sizeof *pair);
    table_text_t *t = calloc(1, sizeof *t);
    bool fine = pair && t;
    size_t n = 0;
    for (size_t k = 0; fine && k < s->n_pairs; k++)
        if (s->pair[k].both.simulated) pair[n++] = &s->pair[k];
    if (fine) {
        qsort(pair, n, sizeof *pair, by_overlap);
        *t = (table_text_t){
            .title = {"the first", "and the second", "in both", "of the first", "of the second"},
            .drop = {0, 0, 0, 1, 2},
            .n_columns = 5};
    }
    for (size_t k = 0; fine && k < n && k < PAIRS_SHOWN; k++) {
        const audience_pair_t *x = pair[k];
        char *name = text_fit(name_of(s, x->b), 28);
        fine = name != NULL;
        if (!fine) break;
        int r = t->n_rows++;
        t->name[r] = name_of(s, x->a);
        snprintf(t->cell[r][1], CELL_LENGTH, "%s", name);
        put(t, r, 2, amount_people(x->both.people));
        put(t, r, 3, amount_percent(share_of(s, x->both.simulated, x->a)));
        put(t, r, 4, amount_percent(share_of(s, x->both.simulated, x->b)));
        free(name);
    }
    fine = fine && table_print(t, p->page.width, p->dim, p->plain, p->to);
    if (n > PAIRS_SHOWN) fprintf(p->to, "  and %zu more pairs, see overlap.csv\n", n - PAIRS_SHOWN);
    free(pair);
    free(t);
    return fine;
}

/* The names of a set, joined by +, on as many lines as they need; the first begins at cell `indent`. */
static bool print_names(const print_t *p, audience_set_t in, size_t indent)
{
    const audience_study_t *s = p->study;
    size_t width = p->page.width > 0 ? (size_t)p->page.width : 0, at = indent;
    size_t room = width > indent + 12 ? width - indent : 12;
    bool first = true;
    for (int a = 0; a < s->n_audiences; a++) {
        if (!audience_set_has(in, a)) continue;
        char *name = text_fit(name_of(s, a), room - 2);
        if (!name) return false;
        size_t cells = text_cells(name) + (first ? 0 : 3);
        if (!first && at + cells > width) {
            fprintf(p->to, "\n%*s", (int)indent, "");
            at = indent;
        }
        fprintf(p->to, "%s%s", first ? "" : at == indent ? "+ " : " + ", name);
        at += cells;
        first = false;
        free(name);
    }
    fputc('\n', p->to);
    return true;
}

static bool print_groups(const print_t *p)
{
    enum { COLUMN = 14 };
    const audience_study_t *s = p->study;
    int shown = 0;
    bool fine = true;
    for (size_t k = 0; fine && k < s->n_patterns && shown < GROUPS_SHOWN; k++) {
        const audience_pattern_t *x = &s->pattern[k];
        if (audience_set_count(x->in) < 2) continue;
        if (!shown++)
            fprintf(p->to, "\n%s  %*s%*s  largest groups in several%s\n", p->dim, COLUMN,
                    "in these alone", COLUMN, "in all these", p->plain);
        fprintf(p->to, "  %*s%*s  ", COLUMN, amount_people(s->weight * (double)x->exactly).text,
                COLUMN, amount_people(s->weight * (double)x->at_least).text);
        fine = print_names(p, x->in, 2 * COLUMN + 4);
    }
    return fine;
}

/* As amount_percent, but people are never 0.00 % of everyone. */
static amount_t small_percent(double share)
{
    return share > 0 && share < 0.00005 ? (amount_t){"< 0.01 %"} : amount_percent(share);
}

static void print_multiplicity(const print_t *p)
{
    const audience_study_t *s = p->study;
    flow_t flow = {p->to, DOT, p->page.width > 0 ? (size_t)p->page.width : 0, 2, 2};
    fputs("\n  ", p->to);
    for (int k = 0; k <= s->n_audiences; k++) {
        char piece[96];
        double people = s->weight * (double)s->in_exactly[k];
        if (!s->in_exactly[k] && k) continue;
        if (k)
            snprintf(piece, sizeof piece, "in %d: %s (%s)", k, amount_people(people).text,
                     small_percent(audience_share(s, people)).text);
        else
            snprintf(piece, sizeof piece, "in none: %s (%s)", amount_people(people).text,
                     small_percent(audience_share(s, people)).text);
        flow_add(&flow, piece);
    }
    fputc('\n', p->to);
}

static bool print_overlaps(const print_t *p)
{
    const audience_study_t *s = p->study;
    if (s->n_audiences < 2) return true;
    head_line(p, "Overlaps");
    bool fine = s->n_audiences <= MATRIX_AT_MOST && p->page.width >= 36 + 7 * s->n_audiences
                    ? print_matrix(p)
                    : print_pairs(p);
    if (fine) print_multiplicity(p);
    return fine && print_groups(p);
}

status_t audience_report_page(const audience_report_t *r, page_t page, FILE *to, error_t *err)
{
    print_t p = {.study = r->study, .page = page, .bold = "", .dim = "", .plain = "", .to = to};
    if (page.color) {
        p.bold = "\033[1m";
        p.dim = "\033[2m";
        p.plain = "\033[0m";
    }
    bool fine = print_head(&p) && print_sizes(&p) && print_platforms(&p);
    if (fine) print_not_exact(&p);
    if (fine) print_kinds(&p);
    if (fine) print_whose_count(&p);
    fine = fine && print_labels(&p) && print_profiles(&p) && print_overlaps(&p);
    if (fine) print_warnings(&p);
    return fine ? OK : fail_memory(err, "the page");
}
