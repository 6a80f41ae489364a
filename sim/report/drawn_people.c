/* drawn_people.c -- figures of who is reached: how many by which day, how often, of which age and place, by which
 * ad sets together. */
#include "sim/report/drawn.h"

#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the reach curve ------------------------------------------------------------------------------ */

static const struct {
    const char *column, *label;
} levels[] = {
    {"reach", "1+"}, {"reach_2", "2+"}, {"reach_3", "3+"}, {"reach_5", "5+"}, {"reach_10", "10+"}};
enum { LEVELS = sizeof levels / sizeof *levels };

/* The first day by which half of the last row's reach is there. */
static double half_way(const result_table_t *t, size_t first, size_t n)
{
    double whole = result_number_of(t, first + n - 1, "reach");
    for (size_t i = first; i < first + n; i++)
        if (result_number_of(t, i, "reach") >= whole / 2) return result_number_of(t, i, "day");
    return NAN;
}

/* The plan's rows stand together. */
static size_t plan_rows(const result_table_t *t, size_t *first)
{
    size_t n = 0;
    *first = result_find(t, 0, "scope", "plan");
    while (result_find(t, *first + n, "scope", "plan") == *first + n && *first + n < t->rows) n++;
    return n;
}

status_t drawn_reach(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    size_t first;
    status_t st = results_table(r, "reach_curve.csv", &t, err);
    size_t n = st == OK ? plan_rows(t, &first) : 0;
    if (!n) return st;
    double most = result_number_of(t, first + n - 1, "reach"),
           twice = result_number_of(t, first + n - 1, "reach_2"), days = (double)n;
    if (!(most > 0)) return OK;
    snprintf(p->title, sizeof p->title,
             "%s people are reached, half of them by day %.0f; %s see two impressions or more",
             amount_people(most).text, half_way(t, first, n), amount_percent(twice / most).text);
    snprintf(p->note, sizeof p->note,
             "People who have seen at least so many impressions of the plan by the end of a day");
    plot_columns(p, (const char *[]){"day", "1+", "2+", "3+", "5+", "10+", NULL});
    line_end_t end[LEVELS];
    for (size_t k = 0; k <= LEVELS; k++) plot_number(p, 0); /* before the first day */
    plot_end(p);
    for (size_t i = 0; i < n; i++) {
        plot_number(p, result_number_of(t, first + i, "day"));
        for (size_t k = 0; k < LEVELS; k++)
            plot_number(p, result_number_of(t, first + i, levels[k].column));
        plot_end(p);
    }
    for (size_t k = 0; k < LEVELS; k++) {
        double y = result_number_of(t, first + n - 1, levels[k].column);
        end[k] = (line_end_t){.line = (int)k, .x = days, .y = isnan(y) ? 0 : y};
        snprintf(end[k].text, sizeof end[k].text, "%s  %s", levels[k].label, amount_people(y).text);
    }
    plot_axis(p, 0, most);
    plot_line_ends(p, end, LEVELS, most);
    return OK;
}

/* --- how often ------------------------------------------------------------------------------------- */

enum { SHOWN_BINS = 10 }; /* the last: so many and more */

/* Of the plan: people with 1, 2, ... impressions. */
static double bins_of(const result_table_t *t, double out[SHOWN_BINS])
{
    double all = 0;
    for (int k = 0; k < SHOWN_BINS; k++) out[k] = 0;
    for (size_t i = 0; i < t->rows; i++) {
        if (strcmp(result_text_of(t, i, "scope"), "plan") != 0) continue;
        double from = result_number_of(t, i, "impressions_from"),
               people = result_number_of(t, i, "people");
        if (!(from >= 1) || !(people > 0)) continue;
        out[from < SHOWN_BINS ? (int)from - 1 : SHOWN_BINS - 1] += people;
        all += people;
    }
    return all;
}

typedef struct {
    double impressions, days;
    int ad_sets;
    char name[64];
} cap_line_t;

static int tightest_first(const void *a, const void *b)
{
    const cap_line_t *x = a, *y = b;
    if (x->impressions != y->impressions) return x->impressions < y->impressions ? -1 : 1;
    return (x->days > y->days) - (x->days < y->days);
}

/* Caps of the ad sets, those that are alike in one line: impressions, and who has it. */
static void write_caps(results_t *r, plot_t *p)
{
    enum { CAPS = 6 };
    cap_line_t cap[CAPS];
    const result_table_t *t;
    error_t err;
    int n = 0;
    plot_block(p);
    if (results_table(r, "delivery.csv", &t, &err) != OK) return;
    for (size_t i = 0; i < t->rows; i++) {
        double impressions = result_number_of(t, i, "cap_impressions"),
               days = result_number_of(t, i, "cap_days");
        int k = 0;
        if (!(impressions > 0) || impressions >= SHOWN_BINS) continue;
        while (k < n && (cap[k].impressions != impressions || cap[k].days != days)) k++;
        if (k == CAPS) continue;
        if (k == n) cap[n++].ad_sets = 0;
        cap[k].impressions = impressions;
        cap[k].days = days;
        char *name = cap[k].ad_sets++ ? NULL : text_fit(result_text_of(t, i, "ad_set"), 20);
        if (name) snprintf(cap[k].name, sizeof cap[k].name, "%s", name);
        free(name);
    }
    qsort(cap, (size_t)n, sizeof *cap, tightest_first);
    for (int k = 0; k < n; k++) {
        plot_number(p, cap[k].impressions);
        plot_number(p, k);
        char more[32] = "";
        if (cap[k].ad_sets > 1) snprintf(more, sizeof more, " and %d more", cap[k].ad_sets - 1);
        plot_label(p, "cap %.0f in %g days: %s%s", cap[k].impressions, cap[k].days, cap[k].name,
                   more);
        plot_end(p);
    }
}

status_t drawn_frequency(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "frequency.csv", &t, err);
    double people[SHOWN_BINS], all = st == OK ? bins_of(t, people) : 0, often = 0;
    if (!(all > 0)) return st;
    for (int k = 3; k < SHOWN_BINS; k++) often += people[k];
    snprintf(p->title, sizeof p->title,
             "%s of the people reached see one impression, %s see four or more",
             amount_percent(people[0] / all).text, amount_percent(often / all).text);
    snprintf(
        p->note, sizeof p->note,
        "People by impressions of the plan, over the whole flight; caps hold in their windows");
    plot_columns(p, (const char *[]){"(number)", "impressions", "people", "of those reached, %",
                                     "(label)", NULL});
    for (int k = 0; k < SHOWN_BINS; k++) {
        plot_number(p, k + 1);
        plot_label(p, k + 1 < SHOWN_BINS ? "%d" : "%d+", k + 1);
        plot_number(p, people[k]);
        plot_number(p, 100 * people[k] / all);
        plot_text(p, people[k] > 0 ? amount_percent(people[k] / all).text : "0", 0);
        plot_end(p);
    }
    write_caps(r, p);
    return OK;
}

/* --- age by place ---------------------------------------------------------------------------------- */

enum { AGES = 24, PLACES = 64 };

typedef struct {
    const char *age[AGES], *place[PLACES];
    size_t ages, places;
    double people[AGES][PLACES], impressions[AGES][PLACES], all_people, all_impressions;
} cross_t;

/* The number of a name in a list, added if it is not there; `most` if there is no room. */
static size_t number_of(const char **list, size_t *n, size_t most, const char *name)
{
    for (size_t i = 0; i < *n; i++)
        if (!strcmp(list[i], name)) return i;
    if (*n == most) return most;
    list[*n] = name;
    return (*n)++;
}

static void cross_fill(cross_t *c, const result_table_t *t)
{
    for (size_t i = 0; i < t->rows; i++) {
        double people = result_number_of(t, i, "people"),
               impressions = result_number_of(t, i, "impressions");
        size_t age = number_of(c->age, &c->ages, AGES, result_text_of(t, i, "age")),
               place = number_of(c->place, &c->places, PLACES, result_text_of(t, i, "region"));
        if (age == AGES || place == PLACES || !(people > 0)) continue;
        c->people[age][place] += people;
        c->impressions[age][place] += impressions > 0 ? impressions : 0;
        c->all_people += people;
        c->all_impressions += impressions > 0 ? impressions : 0;
    }
}

static double cross_index(const cross_t *c, size_t age, size_t place)
{
    return 100 * drawn_share(c->impressions[age][place], c->all_impressions) /
           drawn_share(c->people[age][place], c->all_people);
}

static const char *level_name(const char *level)
{
    return *level ? level : "everyone";
}

static void cross_finding(const cross_t *c, plot_t *p)
{
    size_t age = 0, place = 0;
    for (size_t a = 0; a < c->ages; a++)
        for (size_t b = 0; b < c->places; b++)
            if (c->impressions[a][b] > c->impressions[age][place]) {
                age = a;
                place = b;
            }
    snprintf(p->title, sizeof p->title, "%s of the impressions go to %s in %s, index %s",
             amount_percent(c->impressions[age][place] / c->all_impressions).text,
             level_name(c->age[age]), level_name(c->place[place]),
             amount_whole(cross_index(c, age, place)).text);
}

static void cross_levels(plot_t *p, const char *const *level, size_t n)
{
    plot_block(p);
    for (size_t i = 0; i < n; i++) {
        size_t cells = text_cells(level_name(level[i]));
        plot_number(p, (double)i);
        plot_number(p, cells < NAME_CELLS ? (double)cells : NAME_CELLS);
        plot_text(p, level_name(level[i]), NAME_CELLS);
        plot_end(p);
    }
}

static void cross_rows(const cross_t *c, plot_t *p)
{
    plot_columns(p, (const char *[]){"(age)", "(place)", "age", "place", "of the impressions, %",
                                     "index", "(few)", "(share shown)", "(index shown)", NULL});
    for (size_t a = 0; a < c->ages; a++)
        for (size_t b = 0; b < c->places; b++) {
            double share = c->impressions[a][b] / c->all_impressions, index = cross_index(c, a, b);
            bool few = !(c->people[a][b] > 0);
            plot_number(p, (double)a);
            plot_number(p, (double)b);
            plot_text(p, level_name(c->age[a]), NAME_CELLS);
            plot_text(p, level_name(c->place[b]), NAME_CELLS);
            plot_number(p, 100 * share);
            plot_number(p, few ? 100 : index);
            plot_number(p, few);
            plot_text(p, few ? "" : amount_percent(share).text, 0);
            plot_text(p, few ? "(none)" : amount_whole(index).text, 0);
            plot_end(p);
        }
}

status_t drawn_segments(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "segments.csv", &t, err);
    if (st != OK || !t->rows) return st;
    cross_t *c = calloc(1, sizeof *c);
    if (!c) return fail_memory(err, "a figure");
    cross_fill(c, t);
    if (c->all_impressions > 0 && c->ages * c->places > 1) {
        cross_finding(c, p);
        snprintf(
            p->note, sizeof p->note,
            "Share of the impressions; below it the index, 100 = as in the ad sets' audiences");
        cross_rows(c, p);
        cross_levels(p, c->age, c->ages);
        cross_levels(p, c->place, c->places);
    }
    free(c);
    return OK;
}

/* --- overlap --------------------------------------------------------------------------------------- */

typedef struct {
    const char *name[64];
    size_t n;
    double share[64][64]; /* of those reached by the row, reached by the column too */
} overlap_t;

static void overlap_fill(overlap_t *o, const result_table_t *t)
{
    for (size_t i = 0; i < 64; i++)
        for (size_t k = 0; k < 64; k++) o->share[i][k] = NAN;
    for (size_t i = 0; i < t->rows; i++) {
        size_t a = number_of(o->name, &o->n, 64, result_text_of(t, i, "ad_set_a")),
               b = number_of(o->name, &o->n, 64, result_text_of(t, i, "ad_set_b"));
        if (a == 64 || b == 64) continue;
        o->share[a][b] = result_number_of(t, i, "share_of_a");
        o->share[b][a] = result_number_of(t, i, "share_of_b");
    }
}

static void overlap_finding(const overlap_t *o, plot_t *p)
{
    size_t a = 0, b = 0;
    for (size_t i = 0; i < o->n; i++)
        for (size_t k = 0; k < o->n; k++)
            if (o->share[i][k] > (a == b ? 0 : o->share[a][b])) {
                a = i;
                b = k;
            }
    if (a == b)
        snprintf(p->title, sizeof p->title, "No two ad sets reach the same people");
    else
        snprintf(p->title, sizeof p->title,
                 "%s of the people that %s reaches see %s too, the largest overlap",
                 amount_percent(o->share[a][b]).text, o->name[a], o->name[b]);
    snprintf(p->note, sizeof p->note,
             "Of the people reached by a row, so many percent are reached by the column too");
}

static void overlap_rows(const overlap_t *o, plot_t *p)
{
    plot_columns(p, (const char *[]){"(column)", "(row)", "of the people of", "reached by",
                                     "share, %", "(part)", "(shown)", NULL});
    for (size_t i = 0; i < o->n; i++)
        for (size_t k = 0; k < o->n; k++)
            plot_share_of(p, (int)i, (int)k, o->name[i], o->name[k], NAME_CELLS,
                          i == k ? NAN : o->share[i][k]);
}

status_t drawn_overlap(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "overlap.csv", &t, err);
    if (st != OK || !t->rows) return st;
    overlap_t *o = calloc(1, sizeof *o);
    if (!o) return fail_memory(err, "a figure");
    overlap_fill(o, t);
    overlap_finding(o, p);
    overlap_rows(o, p);
    cross_levels(p, o->name, o->n);
    free(o);
    return OK;
}
