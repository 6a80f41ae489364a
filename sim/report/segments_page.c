/* segments_page.c -- the page of adsim segment. */
#include "sim/report/segments.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_LENGTH = 6000 };

typedef struct {
    const char *bold, *dim, *plain;
} style_t;

static style_t style_of(page_t page)
{
    if (!page.color) return (style_t){"", "", ""};
    return (style_t){"\033[1m", "\033[2m", "\033[0m"};
}

/* --- what was done ---------------------------------------------------------------------------- */

static void append(char *to, size_t room, const char *format, const char *text)
{
    size_t used = strlen(to);
    if (used < room) snprintf(to + used, room - used, format, text);
}

/* Nobody is half a person. */
static amount_t people_text(double people)
{
    return people < 1000 ? amount_whole(people) : amount(people);
}

/* "age, 4 categories, 26 yes/no"; up to four columns by their names. */
static void columns_text(const segments_t *s, char *to, size_t room)
{
    static const char *const words[][2] = {[FEATURE_YEARS] = {"age", "age"},
                                           [FEATURE_LEVELS] = {"category", "categories"},
                                           [FEATURE_FLAG] = {"yes/no column", "yes/no columns"},
                                           [FEATURE_NUMBER] = {"number", "numbers"}};
    const frame_t *f = s->frame;
    int count[4] = {0};
    *to = 0;
    for (int c = 0; c < f->people.n_features; c++)
        if (s->used[c]) count[f->feature[c].kind]++;
    for (int c = 0; s->n_used <= 4 && c < f->people.n_features; c++)
        if (s->used[c]) append(to, room, *to ? ", %s" : "%s", f->column[c].label);
    for (int k = 0; s->n_used > 4 && k < 4; k++) {
        char part[80];
        if (!count[k]) continue;
        if (k == FEATURE_YEARS)
            snprintf(part, sizeof part, "age");
        else
            snprintf(part, sizeof part, "%d %s", count[k], words[k][count[k] > 1]);
        append(to, room, *to ? ", %s" : "%s", part);
    }
}

static const char *mixture_label(mixture_shape_t shape)
{
    return mixture_names[shape].other ? mixture_names[shape].other : mixture_names[shape].name;
}

static bool print_head(const segments_report_t *r, page_t page, FILE *to)
{
    const segments_t *s = r->segments;
    style_t style = style_of(page);
    double people = profiles_people(&s->profile, PROFILE_ALL) * s->frame->unit;
    char line[LINE_LENGTH], on[400];
    snprintf(line, sizeof line, "\xc2\xb7 %s people", people_text(people).text);
    if (s->frame->unit != 1 || s->frame->weight) {
        char part[80];
        snprintf(part, sizeof part, " (%s %s)", amount_whole((double)s->frame->people.n).text,
                 r->loaded ? "simulated" : "rows");
        append(line, sizeof line, "%s", part);
    }
    append(line, sizeof line, " \xc2\xb7 %s", method_labels[s->options.method]);
    columns_text(s, on, sizeof on);
    if (*on) append(line, sizeof line, " on %s", on);
    bool scaled = s->options.method == METHOD_KMEANS || s->options.method == METHOD_GMM;
    if (scaled && s->options.standardise == STANDARD_NONE)
        append(line, sizeof line, "%s", ", not standardised");
    else if (scaled)
        append(line, sizeof line, ", standardised by %s", standard_names[s->options.standardise]);
    if (s->options.method == METHOD_GMM)
        append(line, sizeof line, ", %s covariance", mixture_label(s->options.covariance));
    char seed[40];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)s->options.seed);
    append(line, sizeof line, " \xc2\xb7 seed %s", seed);
    return text_wrap(to, page.width, "  ", "%s%s%s %s", style.bold, r->name, style.plain, line);
}

/* --- how many --------------------------------------------------------------------------------- */

static void criterion_text(int c, double x, char *to, size_t room)
{
    if (isnan(x))
        *to = 0;
    else if (c != CRITERION_BIC)
        snprintf(to, room, "%.3f", x);
    else if (fabs(x) < 1e5)
        snprintf(to, room, "%.1f", x);
    else
        snprintf(to, room, "%s", amount_whole(x).text);
}

/* "5 segments: the best silhouette of k = 2 to 8; but stability says k = 2." */
static bool print_choice(const segments_t *s, page_t page, FILE *to)
{
    const choice_t *x = &s->choice;
    char line[800];
    int others = 0, chose = 0;
    snprintf(line, sizeof line, "%d segment%s: %s", s->k, s->k == 1 ? "" : "s", s->how_chosen);
    for (int c = 0; x->k_from < x->k_to && c < CRITERIA; c++) {
        char part[80];
        chose += x->choice[c] > 0;
        if (!x->choice[c] || x->choice[c] == s->k) continue;
        snprintf(part, sizeof part, "%s%s says k = %d", others++ ? ", " : "; but ",
                 criterion_names[c], x->choice[c]);
        append(line, sizeof line, "%s", part);
    }
    if (chose > 1 && !others) append(line, sizeof line, "%s", "; every criterion agrees");
    for (int c = 0; x->k_from == x->k_to && c < CRITERIA; c++) {
        char value[40], part[80];
        if (isnan(x->value[c][s->k])) continue;
        criterion_text(c, x->value[c][s->k], value, sizeof value);
        snprintf(part, sizeof part, "%s%s %s", others++ ? ", " : "; ", criterion_names[c], value);
        append(line, sizeof line, "%s", part);
    }
    append(line, sizeof line, "%s",
           x->k_from < x->k_to ? ". Below, > was taken and * is each criterion's own." : ".");
    return text_wrap(to, page.width, "  ", "%s", line);
}

static bool has_criterion(const choice_t *x, int c)
{
    for (int k = x->k_from; k <= x->k_to; k++)
        if (!isnan(x->value[c][k])) return true;
    return false;
}

/* Cells of a criterion; its own choice is marked with a star. */
static void fill_criterion(const segments_t *s, int c, table_text_t *t)
{
    const choice_t *x = &s->choice;
    for (int k = x->k_from; k <= x->k_to; k++) {
        char *cell = t->cell[k - x->k_from][t->n_columns];
        *cell = '*';
        criterion_text(c, x->value[c][k], cell + (x->choice[c] == k), CELL_LENGTH - 1);
    }
    t->title[t->n_columns++] = criterion_names[c];
}

/* The k that was taken is marked with >. */
static status_t print_choices(const segments_t *s, page_t page, FILE *to, error_t *err)
{
    const choice_t *x = &s->choice;
    char(*name)[16] = calloc(K_MOST + 1, sizeof *name);
    table_text_t *t = calloc(1, sizeof *t);
    bool fine = name && t;
    if (fine) {
        t->title[0] = "  k";
        t->name_at_least = 4;
        t->n_columns = 1;
        t->n_rows = x->k_to - x->k_from + 1;
        for (int c = 0; c < CRITERIA; c++)
            if (has_criterion(x, c)) fill_criterion(s, c, t);
        for (int i = 0; i < t->n_rows; i++) {
            int k = x->k_from + i;
            snprintf(name[i], sizeof *name, "%s%2d", k == s->k ? ">" : " ", k);
            t->name[i] = name[i];
        }
        style_t style = style_of(page);
        fine = table_print(t, page.width, style.bold, style.plain, to);
    }
    free(name);
    free(t);
    return fine ? OK : fail_memory(err, "the table of k");
}

/* --- segments --------------------------------------------------------------------------------- */

static void trait_text(const segments_t *s, int row, int g, char *to, size_t room)
{
    const profiles_t *p = &s->profile;
    char label[200];
    profiles_row_write(p, &s->frame->people, row, false, label, sizeof label);
    if (p->row[row].level == PROFILE_MEAN)
        snprintf(to, room, "%s %s (all %s)", label, amount(profiles_value(p, row, g)).text,
                 amount(profiles_value(p, row, PROFILE_ALL)).text);
    else
        snprintf(to, room, "%s %.0f", label, profiles_index(p, row, g));
}

/* Two lines under a segment: what sets it apart, how it is targeted. malloc'ed. */
static char *details(const segments_t *s, int g, page_t page)
{
    char line[LINE_LENGTH] = "", part[300], *text = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&text, &length);
    if (!to) return NULL;
    for (int k = 0; k < s->of[g].n_traits; k++) {
        trait_text(s, s->of[g].trait[k], g, part, sizeof part);
        append(line, sizeof line, k ? " \xc2\xb7 %s" : "%s", part);
    }
    bool fine = !*line || text_wrap(to, page.width, "     ", "     %s", line);
    style_t style = style_of(page);
    fputs(style.dim, to);
    if (s->of[g].has_rule)
        fine = text_wrap(to, page.width, "           ", "     rule: %s", s->of[g].rule) && fine;
    fputs(style.plain, to);
    fine = fine && !ferror(to);
    if (fclose(to) || !fine) {
        free(text);
        return NULL;
    }
    while (length && text[length - 1] == '\n') text[--length] = 0;
    return text;
}

static void measure_text(const measure_t *m, double x, char *to)
{
    if (isnan(x))
        *to = 0;
    else if (m->show == SHOW_SHARE)
        snprintf(to, CELL_LENGTH, "%s", amount_percent(x).text);
    else if (m->show == SHOW_MONEY)
        snprintf(to, CELL_LENGTH, "%s", amount_money(x).text);
    else
        snprintf(to, CELL_LENGTH, "%s", amount(x).text);
}

static void segment_cells(const segments_t *s, int g, table_text_t *t, int row, bool rules)
{
    const segment_t *x = &s->of[g];
    int c = 1;
    snprintf(t->cell[row][c++], CELL_LENGTH, "%s", people_text(x->people).text);
    snprintf(t->cell[row][c++], CELL_LENGTH, "%s", amount_percent(x->share).text);
    for (int m = 0; m < s->n_measures; m++)
        measure_text(&s->measure[m], s->measure[m].value[g], t->cell[row][c++]);
    if (!rules || !x->has_rule) return;
    snprintf(t->cell[row][c++], CELL_LENGTH, "%s",
             amount_percent(x->found.held_out.precision).text);
    snprintf(t->cell[row][c++], CELL_LENGTH, "%s", amount_percent(x->found.held_out.recall).text);
}

static void segment_titles(const segments_t *s, table_text_t *t, bool rules)
{
    int c = 0;
    t->title[c++] = "   segment";
    t->title[c++] = "people";
    t->drop[c] = 1;
    t->title[c++] = "share";
    for (int m = 0; m < s->n_measures; m++) {
        t->drop[c] = s->measure[m].drop;
        t->title[c++] = s->measure[m].label;
    }
    if (rules) {
        t->title[c++] = "precision";
        t->title[c++] = "recall";
    }
    t->n_columns = c;
}

static bool found_rules(const segments_t *s)
{
    for (int g = 0; g < s->k; g++)
        if (s->of[g].has_rule && !s->exact_rules) return true;
    return false;
}

static status_t print_segments(const segments_t *s, page_t page, FILE *to, error_t *err)
{
    table_text_t *t = calloc(1, sizeof *t);
    char *text[K_MOST] = {0}, (*name)[PROFILE_NAME + 8] = calloc(K_MOST, sizeof *name);
    bool fine = t && name, rules = found_rules(s);
    if (fine) {
        segment_titles(s, t, rules);
        t->name_at_least = 24;
        t->name_at_most = 60;
        for (int g = 0; fine && g < s->k; g++) {
            int row = t->n_rows++;
            snprintf(name[g], sizeof *name, "%2d %s", g + 1, s->of[g].name);
            t->name[row] = name[g];
            segment_cells(s, g, t, row, rules);
            fine = (text[g] = details(s, g, page)) != NULL;
            if (!fine || !*text[g]) continue;
            t->section[t->n_rows] = true;
            t->name[t->n_rows++] = text[g];
        }
        style_t style = style_of(page);
        fine = fine && table_print(t, page.width, style.bold, style.plain, to);
    }
    for (int g = 0; g < s->k; g++) free(text[g]);
    free(t);
    free(name);
    return fine ? OK : fail_memory(err, "the table of segments");
}

status_t segments_page(const segments_report_t *r, page_t page, FILE *to, error_t *err)
{
    const segments_t *s = r->segments;
    status_t st = OK;
    bool fine = print_head(r, page, to) && (!s->tried || print_choice(s, page, to));
    if (s->tried && s->choice.k_from < s->choice.k_to) {
        fputc('\n', to);
        st = print_choices(s, page, to, err);
    }
    for (size_t f = 0; f < s->findings.n; f++)
        fine = text_wrap(to, page.width, "  ", "%s", s->findings.item[f].text) && fine;
    fputc('\n', to);
    if (st == OK) st = print_segments(s, page, to, err);
    if (st != OK || !found_rules(s)) return st == OK && !fine ? fail_memory(err, "the page") : st;
    fputc('\n', to);
    fine = text_wrap(to, page.width, "",
                     "Numbers behind a trait: index, 100 = as among all. Precision: share of those "
                     "whom the rule picks who are in the segment; recall: share of the segment "
                     "whom it picks; both on people that the search of the rule had not seen.") &&
           fine;
    return fine ? OK : fail_memory(err, "the page");
}
