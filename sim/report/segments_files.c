/* segments_files.c -- the files of a folder of segments. Each is one row of a table. */
#include "sim/report/segments.h"

#include "sim/config/variant.h"
#include "sim/report/csv.h"
#include "sim/report/folder.h"
#include "sim/report/json.h"
#include "sim/report/provenance.h"
#include "sim/report/text.h"

#include <math.h>
#include <string.h>

void segments_title(const char *name, char to[SEGMENTS_TITLE])
{
    snprintf(to, SEGMENTS_TITLE, "segments of %s", name);
}

/* --- tables ----------------------------------------------------------------------------------- */

static void texts(csv_t *c, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) csv_text(c, names[i]);
}
#define TEXTS(csv, ...)                                                                            \
    do {                                                                                           \
        const char *const names[] = {__VA_ARGS__};                                                 \
        texts(csv, names, sizeof names / sizeof *names);                                           \
    } while (0)

static status_t write_segments(const segments_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const segments_t *s = r->segments;
    csv_t c = {.to = to};
    TEXTS(&c, "segment", "name", "people", "share", "audience", "rule", "rule_people", "precision",
          "recall");
    for (int m = 0; m < s->n_measures; m++) csv_text(&c, s->measure[m].name);
    csv_end(&c);
    for (int g = 0; g < s->k; g++) {
        const segment_t *x = &s->of[g];
        csv_real(&c, g + 1);
        csv_text(&c, x->name);
        csv_real(&c, x->people);
        csv_real(&c, x->share);
        csv_text(&c, x->has_rule ? x->audience : NULL);
        csv_text(&c, x->has_rule ? x->rule : NULL);
        csv_real(&c, x->has_rule ? x->rule_people : NAN);
        csv_real(&c, x->has_rule ? x->found.held_out.precision : NAN);
        csv_real(&c, x->has_rule ? x->found.held_out.recall : NAN);
        for (int m = 0; m < s->n_measures; m++) csv_real(&c, s->measure[m].value[g]);
        csv_end(&c);
    }
    return OK;
}

static status_t write_profile(const segments_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const segments_t *s = r->segments;
    const profiles_t *p = &s->profile;
    csv_t c = {.to = to};
    TEXTS(&c, "segment", "name", "feature", "is", "value", "value_all", "index", "difference_sd");
    csv_end(&c);
    for (int g = 0; g < s->k; g++)
        for (int row = 0; row < p->n_rows; row++) {
            char label[256];
            profiles_row_write(p, &s->frame->people, row, false, label, sizeof label);
            csv_real(&c, g + 1);
            csv_text(&c, s->of[g].name);
            csv_text(&c, label);
            csv_text(&c, p->row[row].level == PROFILE_MEAN ? "mean" : "share");
            csv_real(&c, profiles_value(p, row, g));
            csv_real(&c, profiles_value(p, row, PROFILE_ALL));
            csv_real(&c, profiles_index(p, row, g));
            csv_real(&c, profiles_difference(p, row, g));
            csv_end(&c);
        }
    return OK;
}

static status_t write_criteria(const segments_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const segments_t *s = r->segments;
    const choice_t *x = &s->choice;
    csv_t c = {.to = to};
    TEXTS(&c, "k", "criterion", "value", "error", "chosen_by_criterion", "taken");
    csv_end(&c);
    for (int k = x->k_from; k <= x->k_to; k++)
        for (int i = 0; i < CRITERIA; i++) {
            if (!isfinite(x->value[i][k])) continue;
            csv_real(&c, k);
            csv_text(&c, criterion_names[i]);
            csv_real(&c, x->value[i][k]);
            csv_real(&c, x->error[i][k]);
            csv_real(&c, x->choice[i] == k);
            csv_real(&c, k == s->k);
            csv_end(&c);
        }
    return OK;
}

static void score(csv_t *c, int x)
{
    csv_real(c, x ? x : NAN);
}

static status_t write_members(const segments_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const segments_t *s = r->segments;
    csv_t c = {.to = to};
    TEXTS(&c, "id", "segment", "name");
    if (s->rfm) TEXTS(&c, "recency_score", "frequency_score", "monetary_score");
    csv_end(&c);
    for (size_t i = 0; i < s->frame->people.n; i++) {
        int g = s->segment[i];
        if (s->frame->id)
            csv_text(&c, s->frame->id[i]);
        else
            csv_real(&c, (double)(i + 1));
        csv_real(&c, g < 0 ? NAN : g + 1);
        csv_text(&c, g < 0 ? NULL : s->of[g].name);
        if (s->rfm) {
            score(&c, s->rfm[i].recency);
            score(&c, s->rfm[i].frequency);
            score(&c, s->rfm[i].monetary);
        }
        csv_end(&c);
    }
    return OK;
}

/* The 125 cells, those that somebody is in. */
static status_t write_cells(const segments_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const segments_t *s = r->segments;
    double people[RFM_CELLS] = {0};
    csv_t c = {.to = to};
    for (size_t i = 0; i < s->frame->people.n; i++) {
        int cell = rfm_cell(s->rfm[i]);
        if (cell >= 0) people[cell] += people_weight(&s->frame->people, i) * s->frame->unit;
    }
    TEXTS(&c, "recency_score", "frequency_score", "monetary_score", "name", "people");
    csv_end(&c);
    for (int cell = 0; cell < RFM_CELLS; cell++) {
        rfm_t x = rfm_of_cell(cell);
        if (people[cell] <= 0) continue;
        csv_real(&c, x.recency);
        csv_real(&c, x.frequency);
        csv_real(&c, x.monetary);
        csv_text(&c, rfm_segments[rfm_segment(x)].name);
        csv_real(&c, people[cell]);
        csv_end(&c);
    }
    return OK;
}

static status_t write_qini(const segments_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const value_curve_t *x = r->segments->curve;
    csv_t c = {.to = to};
    TEXTS(&c, "share_of_people", "measured", "truth", "best", "random");
    csv_end(&c);
    for (int i = 0; i < QINI_POINTS; i++) {
        double share = (double)i / (QINI_POINTS - 1);
        csv_real(&c, share);
        csv_real(&c, x->measured[i]);
        csv_real(&c, x->truth[i]);
        csv_real(&c, x->best[i]);
        csv_real(&c, share * x->truth[QINI_POINTS - 1]);
        csv_end(&c);
    }
    return OK;
}

/* --- audiences -------------------------------------------------------------------------------- */

static amount_t people_text(double people)
{
    return people < 1000 ? amount_whole(people) : amount(people);
}

static status_t write_audience(const segments_t *s, int g, FILE *to, error_t *err)
{
    const segment_t *x = &s->of[g];
    fprintf(to, "  # Segment %d, %s: %s people (%s).\n", g + 1, x->name,
            people_text(x->people).text, amount_percent(x->share).text);
    if (!x->has_rule) {
        fprintf(to, "  # No rule finds it: upload its members as a list.\n");
        return OK;
    }
    fprintf(to,
            "  # The rule picks %s people; %s of them are in the segment, and %s of the segment "
            "are picked.\n",
            people_text(x->rule_people).text, amount_percent(x->found.held_out.precision).text,
            amount_percent(x->found.held_out.recall).text);
    fprintf(to, "  %s:\n    include: ", x->audience);
    status_t st = yaml_write_text(x->rule, to, err);
    fputc('\n', to);
    return st;
}

status_t segments_audiences(const segments_report_t *r, FILE *to, error_t *err)
{
    status_t st = OK;
    for (int g = 0; st == OK && g < r->segments->k; g++)
        st = write_audience(r->segments, g, to, err);
    return st;
}

static status_t write_audiences(const segments_report_t *r, FILE *to, error_t *err)
{
    fprintf(to, "# Paste these into a scenario: segments of %s.\naudiences:\n", r->name);
    return segments_audiences(r, to, err);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *segment_json(const segments_t *s, int g)
{
    const segment_t *x = &s->of[g];
    json_t *out = json_pack("{si ss sf sf}", "segment", g + 1, "name", x->name, "people", x->people,
                            "share", x->share);
    json_t *traits = json_array(), *measures = json_object();
    for (int k = 0; k < x->n_traits; k++) {
        char label[256];
        profiles_row_write(&s->profile, &s->frame->people, x->trait[k], false, label, sizeof label);
        json_array_append_new(
            traits, json_pack("{ss so so so}", "feature", label, "value",
                              json_number(profiles_value(&s->profile, x->trait[k], g)), "value_all",
                              json_number(profiles_value(&s->profile, x->trait[k], PROFILE_ALL)),
                              "index", json_number(profiles_index(&s->profile, x->trait[k], g))));
    }
    json_object_set_new(out, "traits", traits);
    json_t *rule = json_null();
    if (x->has_rule)
        rule = json_pack("{ss ss sf so so}", "audience", x->audience, "include", x->rule, "people",
                         x->rule_people, "precision", json_number(x->found.held_out.precision),
                         "recall", json_number(x->found.held_out.recall));
    json_object_set_new(out, "rule", rule);
    for (int m = 0; m < s->n_measures; m++)
        json_object_set_new(measures, s->measure[m].name, json_number(s->measure[m].value[g]));
    json_object_set_new(out, "measures", measures);
    return out;
}

static json_t *criteria_json(const segments_t *s)
{
    const choice_t *x = &s->choice;
    json_t *out = json_array();
    for (int k = x->k_from; s->tried && k <= x->k_to; k++) {
        json_t *one = json_pack("{si}", "k", k);
        for (int c = 0; c < CRITERIA; c++)
            json_object_set_new(one, criterion_names[c], json_number(x->value[c][k]));
        json_array_append_new(out, one);
    }
    return out;
}

static void append_notices(json_t *to, const notices_t *list)
{
    for (size_t i = 0; i < list->n; i++) json_array_append_new(to, json_string(list->item[i].text));
}

static json_t *columns_json(const segments_t *s)
{
    json_t *out = json_array();
    for (int c = 0; c < s->frame->people.n_features; c++)
        if (s->used[c]) json_array_append_new(out, json_string(s->frame->column[c].label));
    return out;
}

status_t segments_json(const segments_report_t *r, FILE *to, error_t *err)
{
    const segments_t *s = r->segments;
    char title[SEGMENTS_TITLE];
    json_t *segments = json_array(), *notices = json_array();
    segments_title(r->name, title);
    for (int g = 0; g < s->k; g++) json_array_append_new(segments, segment_json(s, g));
    append_notices(notices, &s->findings);
    append_notices(notices, &s->notices);
    json_t *out =
        json_pack("{ss ss ss sI sI sf so si ss so so so}", "version", ADSIM_VERSION, "scenario",
                  title, "method", method_words[s->options.method], "seed",
                  (json_int_t)s->options.seed, "people", (json_int_t)s->frame->people.n,
                  "population", profiles_people(&s->profile, PROFILE_ALL) * s->frame->unit,
                  "columns", columns_json(s), "k", s->k, "how_chosen", s->how_chosen, "criteria",
                  criteria_json(s), "segments", segments, "notices", notices);
    return json_write(out, to, "summary.json", err);
}

/* --- the folder ------------------------------------------------------------------------------- */

static bool has_members(const segments_report_t *r)
{
    return r->members || !r->loaded;
}
static bool has_trials(const segments_report_t *r)
{
    return r->segments->tried;
}

static bool has_scores(const segments_report_t *r)
{
    return r->segments->rfm != NULL;
}
static bool has_curve(const segments_report_t *r)
{
    return r->segments->curve != NULL;
}

static const struct {
    const char *name;
    status_t (*write)(const segments_report_t *r, FILE *to, error_t *err);
    bool (*wanted)(const segments_report_t *r); /* NULL = always */
} files[] = {
    {"segments.csv", write_segments, NULL},       {"profile.csv", write_profile, NULL},
    {"criteria.csv", write_criteria, has_trials}, {"members.csv", write_members, has_members},
    {"rfm_cells.csv", write_cells, has_scores},   {"qini.csv", write_qini, has_curve},
    {"audiences.yaml", write_audiences, NULL},    {"summary.json", segments_json, NULL},
};

static status_t write_all(const segments_report_t *r, folder_t *f, error_t *err)
{
    FILE *to;
    status_t st = OK;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].wanted && !files[i].wanted(r)) continue;
        st = folder_open(f, files[i].name, &to, err);
        if (st == OK) st = files[i].write(r, to, err);
        if (st == OK) st = folder_close(f, err);
        if (st != OK) return st;
    }
    st = folder_open(f, "run.json", &to, err);
    if (st == OK) st = provenance_write(&r->provenance, r->loaded, f, NULL, to, err);
    return st == OK ? folder_close(f, err) : st;
}

status_t segments_write(const segments_report_t *r, const char *target, size_t *n, error_t *err)
{
    folder_t f;
    status_t st = folder_begin(&f, target, err);
    if (st != OK) return st;
    return folder_end(&f, write_all(r, &f, err), n, err);
}
