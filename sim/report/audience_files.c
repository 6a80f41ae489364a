/* audience_files.c -- the folder of `adsim audience`. Each file is one row of a table: its name and who
 * writes it. */
#include "sim/report/audience.h"
#include "sim/report/csv.h"
#include "sim/report/folder.h"
#include "sim/report/provenance.h"

#include <math.h>
#include <stdbool.h>

static const char *name_of(const audience_report_t *r, int a)
{
    return r->study->audience[a].audience->name;
}

static void header(csv_t *c, const char *const *names)
{
    for (; *names; names++) csv_text(c, *names);
    csv_end(c);
}
#define HEADER(csv, ...) header(csv, (const char *const[]){__VA_ARGS__, NULL})

static void write_headcount(csv_t *c, const headcount_t *x)
{
    csv_real(c, x->people);
    csv_real(c, x->error);
    csv_real(c, x->exact);
    csv_real(c, (double)x->simulated);
}

/* --- audiences.csv ---------------------------------------------------------------------------- */

static const char *const kind_word[] = {[AUDIENCE_EXPRESSION] = "expression",
                                        [AUDIENCE_RETARGET] = "retarget",
                                        [AUDIENCE_LIST] = "list",
                                        [AUDIENCE_LOOKALIKE] = "lookalike"};

static void begin_row(csv_t *c, const audience_study_t *s, int a, const char *platform, bool in_use,
                      const headcount_t *people)
{
    csv_text(c, s->audience[a].audience->name);
    csv_text(c, kind_word[s->audience[a].audience->kind]);
    csv_text(c, platform);
    csv_real(c, in_use);
    write_headcount(c, people);
    csv_real(c, audience_share(s, people->people));
}

/* Wherever they are. */
static void write_audience(csv_t *c, const audience_study_t *s, int a)
{
    const audience_size_t *x = &s->audience[a];
    bool list = x->audience->kind == AUDIENCE_LIST;
    begin_row(c, s, a, NULL, x->used_on != 0, &x->size);
    for (int k = 0; k < 6; k++) csv_text(c, NULL);
    csv_real(c, list ? x->listed.exact : NAN);
    csv_real(c, x->low);
    csv_real(c, x->high);
    csv_end(c);
}

static void write_reach(csv_t *c, const audience_study_t *s, int a, int p)
{
    const audience_size_t *x = &s->audience[a];
    const reach_t *r = &x->on[p];
    begin_row(c, s, a, s->scenario->platform[p].name, x->used_on >> p & 1, &r->targeted);
    csv_real(c, r->truth.people);
    csv_real(c, r->truth.exact);
    csv_real(c, r->both.people);
    csv_real(c, r->both.exact);
    csv_real(c, reach_on_target(r));
    csv_real(c, reach_missed(r));
    for (int k = 0; k < 3; k++) csv_text(c, NULL);
    csv_end(c);
}

static status_t write_audiences(const audience_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const audience_study_t *s = r->study;
    csv_t c = {.to = to};
    HEADER(&c, "audience", "kind", "platform", "in_use", "people", "people_se", "people_exact",
           "simulated", "share", "people_true", "people_true_exact", "people_both",
           "people_both_exact", "on_target", "missed", "listed", "found_lo", "found_hi");
    for (int a = 0; a < s->n_audiences; a++) {
        write_audience(&c, s, a);
        for (int p = 0; p < s->scenario->n_platforms; p++) write_reach(&c, s, a, p);
    }
    return OK;
}

/* --- composition.csv -------------------------------------------------------------------------- */

static void write_profile(csv_t *c, const audience_study_t *s, const profile_t *p)
{
    csv_real(c, s->weight * (double)p->simulated);
    csv_real(c, p->share);
    csv_real(c, p->everyone);
    csv_real(c, p->index);
    csv_real(c, p->lo);
    csv_real(c, p->hi);
    csv_real(c, (double)p->simulated);
    csv_real(c, p->few);
    csv_end(c);
}
#define PROFILE_COLUMNS                                                                            \
    "people", "share", "population_share", "index", "index_lo", "index_hi", "simulated", "few"

static status_t write_composition(const audience_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const audience_study_t *s = r->study;
    csv_t c = {.to = to};
    HEADER(&c, "audience", "dimension", "level", PROFILE_COLUMNS);
    for (int a = 0; a < s->n_audiences; a++)
        for (int f = 0; f < s->n_facets; f++) {
            profile_t p = audience_profile(s, a, f);
            csv_text(&c, name_of(r, a));
            csv_text(&c, s->facet[f].dimension);
            csv_text(&c, s->facet[f].name);
            write_profile(&c, s, &p);
        }
    return OK;
}

/* --- composition_cells.csv -------------------------------------------------------------------- */

static const char *cross_label(const audience_study_t *s, int cell, int dimension)
{
    for (int d = CROSS_DIMENSIONS - 1; d > dimension; d--) cell /= s->cross_levels[d];
    int a = s->cross_attribute[dimension];
    return a < 0 ? NULL
                 : s->scenario->population->attribute[a].level[cell % s->cross_levels[dimension]];
}

static void write_cell(csv_t *c, const audience_report_t *r, int a, int cell, int trait)
{
    const audience_study_t *s = r->study;
    const population_spec_t *spec = s->scenario->population;
    size_t cells = (size_t)s->n_cross, all = (size_t)s->n_audiences * cells + (size_t)cell,
           here = (size_t)a * cells + (size_t)cell, traits = (size_t)spec->n_traits;
    profile_t p =
        trait < 0 ? profile_of(s->cross[here], s->audience[a].size.simulated, s->cross[all],
                               (int64_t)s->people)
                  : profile_of(s->cross_trait[here * traits + (size_t)trait],
                               s->audience[a].size.simulated,
                               s->cross_trait[all * traits + (size_t)trait], (int64_t)s->people);
    csv_text(c, name_of(r, a));
    for (int d = 0; d < CROSS_DIMENSIONS; d++) csv_text(c, cross_label(s, cell, d));
    csv_text(c, trait < 0 ? NULL : spec->trait[trait].name);
    write_profile(c, s, &p);
}

/* Age x sex x place, and of these people those with an interest (or another trait); empty: all. */
static status_t write_cells(const audience_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const audience_study_t *s = r->study;
    int place = s->cross_attribute[2];
    csv_t c = {.to = to};
    HEADER(&c, "audience", "age", "sex",
           place < 0 ? "place" : s->scenario->population->attribute[place].name, "trait",
           PROFILE_COLUMNS);
    for (int a = 0; a < s->n_audiences; a++)
        for (int cell = 0; cell < s->n_cross; cell++)
            for (int t = -1; t < (s->cross_trait ? s->scenario->population->n_traits : 0); t++)
                write_cell(&c, r, a, cell, t);
    return OK;
}

/* --- overlap.csv, overlap_patterns.csv -------------------------------------------------------- */

static double ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

static status_t write_overlap(const audience_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const audience_study_t *s = r->study;
    csv_t c = {.to = to};
    HEADER(&c, "audience_a", "audience_b", "people", "people_se", "people_exact", "simulated",
           "share_of_a", "share_of_b", "jaccard");
    for (size_t k = 0; k < s->n_pairs; k++) {
        const audience_pair_t *p = &s->pair[k];
        csv_text(&c, name_of(r, p->a));
        csv_text(&c, name_of(r, p->b));
        write_headcount(&c, &p->both);
        csv_real(&c, ratio(p->both.people, s->audience[p->a].size.people));
        csv_real(&c, ratio(p->both.people, s->audience[p->b].size.people));
        csv_real(&c, p->jaccard);
        csv_end(&c);
    }
    return OK;
}

/* A column an audience: 1 = the pattern is of people in it. */
static status_t write_patterns(const audience_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const audience_study_t *s = r->study;
    csv_t c = {.to = to};
    csv_text(&c, "audiences");
    csv_text(&c, "people_exactly");
    csv_text(&c, "people_at_least");
    csv_text(&c, "simulated_exactly");
    for (int a = 0; a < s->n_audiences; a++) csv_text(&c, name_of(r, a));
    csv_end(&c);
    for (size_t k = 0; k < s->n_patterns; k++) {
        const audience_pattern_t *p = &s->pattern[k];
        csv_real(&c, audience_set_count(p->in));
        csv_real(&c, s->weight * (double)p->exactly);
        csv_real(&c, s->weight * (double)p->at_least);
        csv_real(&c, (double)p->exactly);
        for (int a = 0; a < s->n_audiences; a++) csv_real(&c, audience_set_has(p->in, a));
        csv_end(&c);
    }
    return OK;
}

/* --- fit.csv ---------------------------------------------------------------------------------- */

static void write_fit_row(csv_t *c, const agreement_t *a)
{
    static const char *const kind[] = {
        [TARGET_PEOPLE] = "people", [TARGET_USE] = "use", [TARGET_OVERLAP] = "overlap"};
    const fit_t *fits[] = {&a->fit, &a->drawn};
    csv_text(c, a->table.name);
    csv_text(c, kind[a->table.kind]);
    csv_text(c, a->table.held_out ? "held out" : "used");
    csv_real(c, (double)a->n);
    csv_real(c, agreement_worst(a));
    for (int k = 0; k < 2; k++) {
        csv_real(c, fits[k]->srmse);
        csv_real(c, fits[k]->tae);
        csv_real(c, fits[k]->sae);
        csv_real(c, fits[k]->freeman_tukey);
        csv_real(c, fits[k]->chi_square);
    }
    csv_text(c, a->table.source);
    csv_end(c);
}

/* drawn_: simulated people against what is expected of them. */
static status_t write_fit(const audience_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    csv_t c = {.to = to};
    HEADER(&c, "table", "kind", "role", "cells", "worst_share", "srmse", "tae", "sae",
           "freeman_tukey", "chi_square", "drawn_srmse", "drawn_tae", "drawn_sae",
           "drawn_freeman_tukey", "drawn_chi_square", "source");
    for (int k = 0; k < r->study->fit.n; k++) write_fit_row(&c, &r->study->fit.table[k]);
    return OK;
}

/* --- the folder ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    status_t (*write)(const audience_report_t *r, FILE *to, error_t *err);
} files[] = {
    {"audiences.csv", write_audiences},
    {"composition.csv", write_composition},
    {"composition_cells.csv", write_cells},
    {"overlap.csv", write_overlap},
    {"overlap_patterns.csv", write_patterns},
    {"summary.json", audience_report_json},
    {"fit.csv", write_fit},
};

static status_t write_all(const audience_report_t *r, const figures_how_t *figures, folder_t *f,
                          error_t *err)
{
    status_t st = OK;
    FILE *to;
    for (size_t i = 0; st == OK && i < sizeof files / sizeof *files; i++) {
        if (files[i].write == write_fit && !r->study->fit.n) continue;
        st = folder_open(f, files[i].name, &to, err);
        if (st == OK) st = files[i].write(r, to, err);
        if (st == OK) st = folder_close(f, err);
    }
    if (st == OK && figures) st = audience_figures(r->study, f, figures, err);
    if (st == OK) st = folder_open(f, "run.json", &to, err);
    if (st == OK) st = provenance_write(&r->provenance, r->loaded, f, NULL, to, err);
    return st == OK ? folder_close(f, err) : st;
}

status_t audience_report_write(const audience_report_t *r, const char *target,
                               const figures_how_t *figures, size_t *n, error_t *err)
{
    folder_t f;
    status_t st = folder_begin(&f, target, err);
    if (st != OK) return st;
    return folder_end(&f, write_all(r, figures, &f, err), n, err);
}
