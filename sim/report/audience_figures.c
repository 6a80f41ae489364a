/* audience_figures.c -- what the figures of an audience study show: one row of a table each. Titles are
 * findings, computed here; scripts of plots/ decide how it looks. */
#include "sim/report/audience.h"
#include "sim/report/plot.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_CELLS = 28, FINDING = PLOT_TITLE, LABEL = 256, BARS_A_SIDE = 8 };

static const char *name_of(const audience_study_t *s, int a)
{
    return s->audience[a].audience->name;
}

static amount_t index_text(double index)
{
    return isnan(index) ? (amount_t){"-"} : amount_whole(index);
}

static size_t shown_cells(const char *text, size_t most)
{
    size_t cells = text_cells(text);
    return cells < most ? cells : most;
}

/* --- sizes ------------------------------------------------------------------------------------ */

static int largest_audience(const audience_study_t *s)
{
    int best = 0;
    for (int a = 1; a < s->n_audiences; a++)
        if (s->audience[a].size.simulated > s->audience[best].size.simulated) best = a;
    return best;
}

static void plot_sizes(const audience_study_t *s, int which, plot_t *p)
{
    (void)which;
    const audience_size_t *top = &s->audience[largest_audience(s)];
    snprintf(p->title, sizeof p->title, "%s %s %s people, %s of the population",
             top->audience->name, s->n_audiences > 1 ? "is the largest:" : "has",
             amount_people(top->size.people).text,
             amount_percent(audience_share(s, top->size.people)).text);
    snprintf(p->note, sizeof p->note,
             "Real people; the line is the closed form, where there is one");
    plot_columns(
        p, (const char *[]){"(number)", "audience", "people", "closed form", "(label)", NULL});
    for (int a = 0; a < s->n_audiences; a++) {
        const headcount_t *x = &s->audience[a].size;
        plot_number(p, a);
        plot_text(p, name_of(s, a), NAME_CELLS);
        plot_number(p, x->people);
        plot_number(p, x->exact);
        plot_label(p, "%s  (%s)", amount_people(x->people).text,
                   amount_percent(audience_share(s, x->people)).text);
        plot_end(p);
    }
}

/* --- age x place ------------------------------------------------------------------------------ */

enum { CROSS_AGE = 0, CROSS_PLACE = 2 };

static int cross_level(const audience_study_t *s, int cell, int dimension)
{
    for (int d = CROSS_DIMENSIONS - 1; d > dimension; d--) cell /= s->cross_levels[d];
    return cell % s->cross_levels[dimension];
}

/* People of a row of `cross` at an age and a place (-1: any). */
static int64_t cross_people(const audience_study_t *s, int row, int age, int place)
{
    int64_t sum = 0;
    for (int cell = 0; cell < s->n_cross; cell++)
        if ((age < 0 || cross_level(s, cell, CROSS_AGE) == age) &&
            (place < 0 || cross_level(s, cell, CROSS_PLACE) == place))
            sum += s->cross[(size_t)row * (size_t)s->n_cross + (size_t)cell];
    return sum;
}

static profile_t cross_profile(const audience_study_t *s, int a, int age, int place)
{
    return profile_of(cross_people(s, a, age, place), s->audience[a].size.simulated,
                      cross_people(s, s->n_audiences, age, place), (int64_t)s->people);
}

static const char *cross_label(const audience_study_t *s, int dimension, int level)
{
    int attribute = s->cross_attribute[dimension];
    return attribute < 0 ? "everyone" : s->scenario->population->attribute[attribute].level[level];
}

/* The level that most more of the audience has than of the population; -1: none is sure to be more. */
static int most_excess(const audience_study_t *s, int a, int dimension, profile_t *found)
{
    int best = -1;
    for (int l = 0; s->cross_attribute[dimension] >= 0 && l < s->cross_levels[dimension]; l++) {
        profile_t p =
            dimension == CROSS_AGE ? cross_profile(s, a, l, -1) : cross_profile(s, a, -1, l);
        if (p.few || !(p.lo > 100)) continue;
        if (best >= 0 && p.share - p.everyone <= found->share - found->everyone) continue;
        best = l;
        *found = p;
    }
    return best;
}

static void heat_finding(const audience_study_t *s, int a, char out[FINDING])
{
    profile_t age, place;
    int old = most_excess(s, a, CROSS_AGE, &age), where = most_excess(s, a, CROSS_PLACE, &place);
    int at = snprintf(out, FINDING, "%s: ", name_of(s, a));
    if (at < 0 || at >= FINDING) return;
    size_t left = (size_t)(FINDING - at);
    if (where >= 0)
        snprintf(out + at, left, "%s live in %s, index %s%s", amount_percent(place.share).text,
                 cross_label(s, CROSS_PLACE, where), index_text(place.index).text,
                 old >= 0 ? "; " : "");
    if (where < 0 && old < 0)
        snprintf(out + at, left, "of all ages and places alike, as far as the sample tells");
    if (old < 0) return;
    at = (int)strlen(out);
    snprintf(out + at, (size_t)(FINDING - at), "%s are %s, index %s",
             amount_percent(age.share).text, cross_label(s, CROSS_AGE, old),
             index_text(age.index).text);
}

/* The names along a side: number, cells, name. */
static void plot_names(plot_t *p, const char *name, int number)
{
    plot_number(p, number);
    plot_number(p, (double)shown_cells(name, LABEL_CELLS));
    plot_text(p, name, LABEL_CELLS);
    plot_end(p);
}

static void plot_heat(const audience_study_t *s, int a, plot_t *p)
{
    heat_finding(s, a, p->title);
    snprintf(p->note, sizeof p->note,
             "Share of the audience; below it the index (100 = as in the population)");
    plot_columns(p, (const char *[]){"(age)", "(place)", "age", "place", "share, %", "index",
                                     "(few)", "(share shown)", "(index shown)", NULL});
    for (int x = 0; x < s->cross_levels[CROSS_AGE]; x++)
        for (int y = 0; y < s->cross_levels[CROSS_PLACE]; y++) {
            profile_t cell = cross_profile(s, a, x, y);
            plot_number(p, x);
            plot_number(p, y);
            plot_text(p, cross_label(s, CROSS_AGE, x), LABEL_CELLS);
            plot_text(p, cross_label(s, CROSS_PLACE, y), LABEL_CELLS);
            plot_number(p, isnan(cell.share) ? 0 : 100 * cell.share);
            plot_number(p, isnan(cell.index) ? 100 : cell.index);
            plot_number(p, cell.few);
            plot_text(p, amount_percent(cell.share).text, 0);
            plot_text(p, cell.few ? "(few)" : index_text(cell.index).text, 0);
            plot_end(p);
        }
    for (int d = CROSS_AGE; d <= CROSS_PLACE; d += CROSS_PLACE) {
        plot_block(p);
        for (int l = 0; l < s->cross_levels[d]; l++) plot_names(p, cross_label(s, d, l), l);
    }
}

/* --- overlaps --------------------------------------------------------------------------------- */

static double share_in(const audience_study_t *s, int a, int b)
{
    int64_t whole = s->audience[a].size.simulated;
    if (a == b || !whole) return NAN;
    return (double)audience_study_pair(s, a, b)->both.simulated / (double)whole;
}

static void overlap_finding(const audience_study_t *s, char out[FINDING])
{
    int best_a = -1, best_b = -1;
    double best = 0;
    for (int a = 0; a < s->n_audiences; a++)
        for (int b = 0; b < s->n_audiences; b++)
            if (share_in(s, a, b) > best) {
                best = share_in(s, a, b);
                best_a = a;
                best_b = b;
            }
    if (best_a < 0)
        snprintf(out, FINDING, "No two of these audiences share anybody");
    else
        snprintf(out, FINDING, "%s of %s are also in %s, the largest overlap",
                 amount_percent(best).text, name_of(s, best_a), name_of(s, best_b));
}

static void plot_overlap(const audience_study_t *s, int which, plot_t *p)
{
    (void)which;
    overlap_finding(s, p->title);
    snprintf(p->note, sizeof p->note,
             "Of the people of a row, so many percent are in the column too");
    plot_columns(p, (const char *[]){"(column)", "(row)", "of the people of", "in", "share, %",
                                     "(part)", "(shown)", NULL});
    for (int a = 0; a < s->n_audiences; a++)
        for (int b = 0; b < s->n_audiences; b++)
            plot_share_of(p, a, b, name_of(s, a), name_of(s, b), LABEL_CELLS, share_in(s, a, b));
    plot_block(p);
    for (int a = 0; a < s->n_audiences; a++) plot_names(p, name_of(s, a), a);
}

/* --- index bars ------------------------------------------------------------------------------- */

static void facet_label(const facet_t *f, char out[LABEL])
{
    snprintf(out, LABEL, "%s %s", f->kind == FACET_PLATFORM ? "uses" : f->dimension, f->name);
    text_words(out);
}

/* The facets shown, the highest index first. Customers are left out: of visitors most are, which would
 * make all else small; composition.csv has them. */
static int bars_of(const audience_study_t *s, int a, int *out)
{
    int facet[POP_ATTRIBUTES * POP_LEVELS + POP_TRAITS + POP_PLATFORMS + 2], shown = 0;
    for (int side = 0; side < 2; side++) {
        int n = audience_traits(s, a, side == 0, facet), left[BARS_A_SIDE], kept = 0;
        for (int k = 0; k < n && kept < BARS_A_SIDE; k++)
            if (s->facet[facet[k]].kind != FACET_CUSTOMER) left[kept++] = facet[k];
        for (int k = 0; k < kept; k++) out[shown++] = side ? left[kept - 1 - k] : left[k];
    }
    return shown;
}

static void index_finding(const audience_study_t *s, int a, const int *bar, int n,
                          char out[FINDING])
{
    char label[LABEL];
    if (!n) {
        snprintf(out, FINDING, "%s: nothing stands out beside what its rule asks for",
                 name_of(s, a));
        return;
    }
    profile_t first = audience_profile(s, a, bar[0]), last = audience_profile(s, a, bar[n - 1]);
    bool more = first.index > 100;
    const facet_t *f = &s->facet[more ? bar[0] : bar[n - 1]];
    facet_label(f, label);
    snprintf(out, FINDING, "%s: %s stands out most, index %s", name_of(s, a), label,
             index_text(more ? first.index : last.index).text);
}

static void plot_index(const audience_study_t *s, int a, plot_t *p)
{
    int bar[2 * BARS_A_SIDE], n = bars_of(s, a, bar);
    char label[LABEL];
    index_finding(s, a, bar, n, p->title);
    snprintf(p->note, sizeof p->note,
             "Index, 100 = as in the population; thin lines are 95 %% of the sampling");
    plot_columns(p, (const char *[]){"(number)", "trait", "index", "low", "high", "(label)", NULL});
    for (int k = 0; k < n; k++) {
        profile_t x = audience_profile(s, a, bar[k]);
        facet_label(&s->facet[bar[k]], label);
        plot_number(p, k);
        plot_text(p, label, NAME_CELLS);
        plot_number(p, x.index);
        plot_number(p, x.lo);
        plot_number(p, x.hi);
        plot_text(p, index_text(x.index).text, 0);
        plot_end(p);
    }
    if (n) return;
    plot_number(p, 0); /* gnuplot wants a row */
    plot_text(p, "", 0);
    for (int c = 0; c < 3; c++) plot_number(p, 0);
    plot_text(p, "", 0);
    plot_end(p);
}

/* --- which there are -------------------------------------------------------------------------- */

/* A kind of figure: its script, and how many of it a study has. */
static const struct {
    const char *script;
    void (*plot)(const audience_study_t *s, int which, plot_t *p);
    bool each; /* one an audience */
    int least; /* audiences that it needs */
} kinds[] = {
    {"sizes", plot_sizes, false, 1},
    {"overlap", plot_overlap, false, 2},
    {"heat", plot_heat, true, 1},
    {"index", plot_index, true, 1},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool is_possible(const audience_study_t *s, int kind)
{
    bool placed = s->cross_attribute[CROSS_AGE] >= 0 || s->cross_attribute[CROSS_PLACE] >= 0;
    if (kinds[kind].plot == plot_heat && !placed) return false;
    if (kinds[kind].plot == plot_index && !s->n_facets) return false;
    return s->n_audiences >= kinds[kind].least;
}

/* `which`: the kind, and of each audience its number. */
static status_t write_figure(const void *context, int which, FILE *to, error_t *err)
{
    plot_t p = {0};
    kinds[which % KINDS].plot(context, which / KINDS, &p);
    status_t st = plot_write(&p, to, err);
    plot_free(&p);
    return st;
}

static figure_t figure_of(const audience_study_t *s, int kind, int which)
{
    figure_t f = {
        .script = kinds[kind].script, .write = write_figure, .which = which * KINDS + kind};
    if (kinds[kind].each)
        figure_name(f.name, kinds[kind].script, which + 1, name_of(s, which));
    else
        snprintf(f.name, sizeof f.name, "%s", kinds[kind].script);
    return f;
}

status_t audience_figures(const audience_study_t *s, folder_t *folder, const figures_how_t *how,
                          error_t *err)
{
    size_t n = 0;
    figure_t *figure = malloc((size_t)KINDS * (size_t)s->n_audiences * sizeof *figure);
    if (!figure) return fail_memory(err, "the figures");
    for (int k = 0; k < KINDS; k++)
        for (int a = 0; is_possible(s, k) && a < (kinds[k].each ? s->n_audiences : 1); a++)
            figure[n++] = figure_of(s, k, a);
    figures_how_t mine = *how;
    mine.context = s;
    status_t st = figures_write(folder, figure, n, &mine, err);
    free(figure);
    return st;
}
