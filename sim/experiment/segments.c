/* segments.c -- columns, the order of segments, what sets them apart, their rules. The methods stand in
 * segments_cluster.c, segments_rfm.c and segments_value.c. */
#include "sim/experiment/segments.h"

#include "models/base/nearest.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/segments_methods.h"

#include <ctype.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const method_words[METHODS] = {"kmeans", "gmm", "lca", "rfm", "value"};
const char *const method_labels[METHODS] = {"k-means", "Gaussian mixture", "latent classes", "RFM",
                                            "uplift tree"};
enum {
    LEVELS_BY_DEFAULT =
        12, /* a category with more is left out unless asked for: a place, not a kind */
    NAME_WORDS = 3,
    AUDIENCE_NAME = 36,   /* letters, about */
    LINKEDIN_LEAST = 300, /* LinkedIn Marketing Solutions Help: a campaign needs 300 members */
    LOOKALIKE_LEAST =
        100, /* Meta Business Help: a lookalike's source has 100 people of a country */
};
/* Below these a page warns (assumptions). */
static const double STABLE = 0.75, VISIBLE = 0.1, SEPARATES = 1.5, WORTH_FINDING = 0.3;
/* Kaufman and Rousseeuw 1990: below it no substantial structure has been found. */
static const double STRUCTURE = 0.25;

bool segments_stopped(const segments_t *s)
{
    return s->options.interrupted && *s->options.interrupted;
}

void segments_tell(const segments_t *s, const char *doing, double done)
{
    if (s->options.progress)
        s->options.progress(s->options.context, &(step_t){.doing = doing, .done = done});
}

/* --- columns ---------------------------------------------------------------------------------- */

static bool by_default(const frame_t *f, method_t method, int c)
{
    const feature_t *x = &f->feature[c];
    group_t group = f->column[c].group;
    bool apart = group == GROUP_PLATFORM || group == GROUP_CUSTOMER;
    if (f->column[c].aside && method != METHOD_VALUE) return false;
    switch (method) {
    case METHOD_KMEANS: return !apart && x->n_levels <= LEVELS_BY_DEFAULT;
    case METHOD_GMM: return x->kind == FEATURE_YEARS || x->kind == FEATURE_NUMBER;
    case METHOD_LCA: return !apart && x->kind == FEATURE_FLAG;
    case METHOD_VALUE: return x->kind != FEATURE_NUMBER;
    default: return false;
    }
}

/* "interests", or "interest". */
static bool is_group(const char *plural, const char *name)
{
    size_t n = plural ? strlen(plural) - 1 : 0;
    return plural && (!strcmp(plural, name) || (!strncmp(plural, name, n) && !name[n]));
}

/* A column by name, or all of a group. False if there is no such thing. */
static bool choose_named(const frame_t *f, const char *name, bool *chosen, bool value)
{
    bool found = false;
    for (int c = 0; c < f->people.n_features; c++) {
        if (!is_group(group_plural[f->column[c].group], name)) continue;
        chosen[c] = value;
        found = true;
    }
    int c = frame_find(f, name);
    if (c >= 0) chosen[c] = value;
    return found || c >= 0;
}

static status_t fail_unknown(const frame_t *f, const char *name, error_t *err)
{
    if (!*name) return fail(err, ERR_INVALID, "columns are written name,name, not name,,name");
    const char **names = malloc(2 * FRAME_COLUMNS * sizeof *names);
    size_t n = 0;
    if (!names) return fail_memory(err, "the names of columns");
    for (int c = 0; c < f->people.n_features; c++) {
        names[n++] = f->column[c].label;
        names[n++] = f->feature[c].name;
    }
    const char *near = nearest_name(name, names, n);
    free(names);
    if (near)
        return fail(err, ERR_INVALID, "there is no column '%.100s'; did you mean '%.100s'?", name,
                    near);
    return fail(err, ERR_INVALID, "there is no column '%.100s'; the first ones are %.80s, %.80s",
                name, f->column[0].label,
                f->people.n_features > 1 ? f->column[1].label : "no others");
}

/* "a, interest fitness, platforms" -> chosen[] = value. */
static status_t choose_list(const frame_t *f, const char *list, bool *chosen, bool value,
                            error_t *err)
{
    status_t st = OK;
    while (st == OK && *list) {
        char name[200];
        size_t n = strcspn(list, ","), from = strspn(list, " "), to = n;
        if (from > n) from = n;
        while (to > from && list[to - 1] == ' ') to--;
        snprintf(name, sizeof name, "%.*s", (int)(to - from), list + from);
        if (to - from >= sizeof name || !choose_named(f, name, chosen, value))
            st = fail_unknown(f, name, err);
        list += n + (list[n] == ',');
    }
    return st;
}

/* Why a method cannot use a column; NULL if it can. */
static const char *unusable(method_t method, const feature_t *x)
{
    /* The 0/1 columns of a category sum to 1: their covariance has no inverse. */
    if (method == METHOD_GMM && x->kind == FEATURE_LEVELS)
        return "a Gaussian mixture takes numbers and yes/no only, and this is a category: use "
               "kmeans";
    if (method == METHOD_LCA && x->kind != FEATURE_FLAG)
        return "latent classes need yes/no columns: use kmeans";
    if (method == METHOD_VALUE && (x->kind == FEATURE_NUMBER || !feature_is_writable(x)))
        return "no ads manager can target it";
    return NULL;
}

static status_t choose_columns(segments_t *s, error_t *err)
{
    const frame_t *f = s->frame;
    const segments_options_t *o = &s->options;
    int n = f->people.n_features;
    if (!n) return fail(err, ERR_INVALID, "no column tells people apart");
    s->used = calloc((size_t)n + 1, sizeof *s->used);
    if (!s->used) return fail_memory(err, "the choice of columns");
    if (!o->columns)
        for (int c = 0; c < n; c++) s->used[c] = by_default(f, o->method, c);
    status_t st = o->columns ? choose_list(f, o->columns, s->used, true, err) : OK;
    if (st == OK && o->exclude) st = choose_list(f, o->exclude, s->used, false, err);
    for (int c = 0; st == OK && c < n; c++) {
        const char *why = s->used[c] ? unusable(o->method, &f->feature[c]) : NULL;
        if (why)
            st = fail(err, ERR_INVALID, "'%.100s' cannot take part: %s", f->column[c].label, why);
        s->n_used += s->used[c];
    }
    if (st == OK && !s->n_used && o->method != METHOD_RFM)
        st = fail(err, ERR_INVALID, "there is no column for %s: choose some with --columns",
                  method_labels[o->method]);
    return st;
}

bool segments_complete(const segments_t *s, size_t person)
{
    for (int c = 0; c < s->frame->people.n_features; c++)
        if (s->used[c] && !feature_known(&s->frame->feature[c], person)) return false;
    return true;
}

/* --- order ------------------------------------------------------------------------------------ */

typedef struct {
    double weight;
    int was;
} size_place_t;

static int larger_first(const void *a, const void *b)
{
    const size_place_t *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    return x->was - y->was;
}

/* Numbers segments by size, empty ones away. */
void segments_sort(segments_t *s, int k)
{
    size_place_t size[K_MOST];
    int now[K_MOST];
    for (int g = 0; g < k; g++) size[g] = (size_place_t){0, g};
    for (size_t i = 0; i < s->frame->people.n; i++)
        if (s->segment[i] >= 0) size[s->segment[i]].weight += people_weight(&s->frame->people, i);
    qsort(size, (size_t)k, sizeof *size, larger_first);
    s->k = 0;
    for (int g = 0; g < k; g++) {
        now[size[g].was] = g;
        s->k += size[g].weight > 0;
    }
    for (size_t i = 0; i < s->frame->people.n; i++)
        if (s->segment[i] >= 0) s->segment[i] = now[s->segment[i]];
}

/* --- what sets them apart --------------------------------------------------------------------- */

typedef struct {
    double score;
    int row;
} row_score_t;

static int higher_first(const void *a, const void *b)
{
    const row_score_t *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->row - y->row;
}

/* Over-indexed shares; means of numbers either way. The mean age is in its bands. */
static double trait_score(const segments_t *s, int row, int g)
{
    const profile_row_t *r = &s->profile.row[row];
    double d = profiles_difference(&s->profile, row, g);
    if (s->rfm && s->used[r->feature]) return NAN; /* columns of the page show them */
    if (r->level != PROFILE_MEAN) return d;
    return s->frame->feature[r->feature].kind == FEATURE_NUMBER ? fabs(d) : NAN;
}

/* Do the first n traits tell the same already? "work not working" and "industry not working" do. */
static bool is_said(const segments_t *s, const segment_t *x, int row)
{
    char text[200], other[200];
    profiles_row_write(&s->profile, &s->frame->people, row, true, text, sizeof text);
    for (int k = 0; k < x->n_traits; k++) {
        profiles_row_write(&s->profile, &s->frame->people, x->trait[k], true, other, sizeof other);
        if (!strcmp(text, other)) return true;
    }
    return false;
}

static bool pick_traits(segments_t *s, int g)
{
    row_score_t *list = malloc(((size_t)s->profile.n_rows + 1) * sizeof *list);
    size_t n = 0;
    if (!list) return false;
    for (int r = 0; r < s->profile.n_rows; r++) {
        double score = trait_score(s, r, g);
        if (score >= VISIBLE) list[n++] = (row_score_t){score, r};
    }
    qsort(list, n, sizeof *list, higher_first);
    segment_t *x = &s->of[g];
    x->n_traits = 0;
    for (size_t i = 0; i < n && x->n_traits < TRAITS_SHOWN; i++)
        if (!is_said(s, x, list[i].row)) x->trait[x->n_traits++] = list[i].row;
    free(list);
    return true;
}

/* "s1-young-gamers": letters of names that need no quotes in an expression. */
static void name_audience(segment_t *x, int g)
{
    size_t at = (size_t)snprintf(x->audience, sizeof x->audience, "s%d-", g + 1), word = at;
    const char *p = x->name;
    for (; *p && at < AUDIENCE_NAME; p++) {
        if (isalnum((unsigned char)*p))
            x->audience[at++] = (char)tolower((unsigned char)*p);
        else if (*p != '\'' && x->audience[at - 1] != '-') {
            word = at;
            x->audience[at++] = '-';
        }
    }
    if (*p && isalnum((unsigned char)*p)) at = word; /* not half a word */
    while (x->audience[at - 1] == '-') at--;
    x->audience[at] = 0;
}

status_t segments_describe_begin(segments_t *s, error_t *err)
{
    const people_t *p = &s->frame->people;
    s->of = calloc((size_t)s->k + 1, sizeof *s->of);
    if (!s->of) return fail_memory(err, "the segments");
    status_t st = profiles_init(&s->profile, p, s->segment, s->k, NAME_WORDS, err);
    for (int g = 0; st == OK && g < s->k; g++) {
        segment_t *x = &s->of[g];
        x->people = profiles_people(&s->profile, g) * s->frame->unit;
        x->share = profiles_people(&s->profile, g) / profiles_people(&s->profile, PROFILE_ALL);
        x->name = s->own_name[g] ? s->own_name[g] : s->profile.name[g];
        name_audience(x, g);
        if (!pick_traits(s, g)) st = fail_memory(err, "the segments");
    }
    return st;
}

/* --- rules ------------------------------------------------------------------------------------ */

typedef struct {
    segments_t *s;
    status_t *status;
    error_t *err;
    atomic_int done;
} rules_t;

/* Writes the rule down and counts whom it picks among all. */
static status_t write_rule(segments_t *s, int g, error_t *err)
{
    const people_t *p = &s->frame->people;
    segment_t *x = &s->of[g];
    size_t length = rule_write(p, &x->found.rule, NULL, 0);
    if (length >= RULE_LENGTH)
        return fail(err, ERR_INVALID, "it would be %zu letters long", length);
    x->rule = malloc(length + 1);
    if (!x->rule) return fail_memory(err, "a rule");
    rule_write(p, &x->found.rule, x->rule, length + 1);
    rule_score_t all = rule_score(p, &x->found.rule, s->segment, g, 1);
    x->rule_people = all.people * s->frame->unit;
    x->has_rule = true;
    return OK;
}

/* The expression is valid for everybody when it has no clause. */
static bool is_everyone(const rule_t *r)
{
    return !r->n || !r->branch[0].n;
}

static void find_one_rule(void *context, size_t g, int worker)
{
    rules_t *r = context;
    segments_t *s = r->s;
    segment_t *x = &s->of[g];
    rule_options_t o = rule_options();
    if (!segments_stopped(s) && s->k > 1 && !s->exact_rules)
        r->status[g] = rule_find(&s->frame->people, s->segment, (int)g, &o,
                                 rng_key(s->options.seed), &x->found, &r->err[g]);
    else if (s->k == 1)
        r->status[g] = fail(&r->err[g], ERR_INVALID, "it is everybody");
    if (r->status[g] == OK && !is_everyone(&x->found.rule))
        r->status[g] = write_rule(s, (int)g, &r->err[g]);
    int done = atomic_fetch_add(&r->done, 1) + 1;
    if (worker == 0) segments_tell(s, "looking for rules", (double)done / s->k);
}

static status_t find_rules(segments_t *s, error_t *err)
{
    rules_t r = {.s = s,
                 .status = calloc((size_t)s->k, sizeof *r.status),
                 .err = calloc((size_t)s->k, sizeof *r.err)};
    status_t st = r.status && r.err ? OK : fail_memory(err, "the rules");
    if (st == OK) parallel_for((size_t)s->k, s->options.threads, find_one_rule, &r);
    for (int g = 0; st == OK && g < s->k; g++) {
        if (r.status[g] == ERR_INVALID && s->k > 1)
            notices_add(&s->notices, "No rule for segment %d: %.200s.", g + 1, r.err[g].text);
        else if (r.status[g] != OK && r.status[g] != ERR_INVALID)
            st = fail(err, r.status[g], "%s", r.err[g].text);
    }
    free(r.status);
    free(r.err);
    return st;
}

/* --- warnings --------------------------------------------------------------------------------- */

/* "3, 4 and 7" of the segments for which `holds`; how many. */
static int list_segments(const segments_t *s, bool (*holds)(const segments_t *s, int g), char *to,
                         size_t room)
{
    int last = -1, n = 0;
    size_t used = 0;
    for (int g = 0; g < s->k; g++)
        if (holds(s, g)) last = g;
    *to = 0;
    for (int g = 0; g < s->k; g++) {
        if (!holds(s, g) || used + 16 > room) continue;
        used += (size_t)snprintf(to + used, room - used, "%s%d",
                                 !n          ? ""
                                 : g == last ? " and "
                                             : ", ",
                                 g + 1);
        n++;
    }
    return n;
}

static bool is_lost(const segments_t *s, int g)
{
    const segment_t *x = &s->of[g];
    const rule_score_t *score = &x->found.held_out;
    return x->has_rule && !s->exact_rules &&
           (!(score->precision >= SEPARATES * x->share) || score->f < WORTH_FINDING);
}

static bool is_narrow(const segments_t *s, int g)
{
    return s->of[g].has_rule && s->of[g].rule_people < LINKEDIN_LEAST;
}

static bool is_tiny(const segments_t *s, int g)
{
    return s->of[g].people < LOOKALIKE_LEAST;
}

static void warn_of_segments(segments_t *s)
{
    char list[160];
    int n = list_segments(s, is_lost, list, sizeof list);
    if (n)
        notices_add(&s->notices,
                    "Segment%s %s can hardly be told apart by what an ads manager targets (see "
                    "precision and recall): a list of members does better.",
                    n > 1 ? "s" : "", list);
    n = list_segments(s, is_narrow, list, sizeof list);
    if (n)
        notices_add(
            &s->notices,
            "The rule%s of segment%s %s pick%s fewer than %d people: LinkedIn would show no "
            "ads.",
            n > 1 ? "s" : "", n > 1 ? "s" : "", list, n > 1 ? "" : "s", LINKEDIN_LEAST);
    n = list_segments(s, is_tiny, list, sizeof list);
    if (n)
        notices_add(&s->notices,
                    "Segment%s %s ha%s fewer than %d people: too few for a list that a lookalike "
                    "could start from.",
                    n > 1 ? "s" : "", list, n > 1 ? "ve" : "s", LOOKALIKE_LEAST);
}

static void warn(segments_t *s)
{
    double silhouette = s->tried ? s->choice.value[CRITERION_SILHOUETTE][s->k] : NAN;
    double stability = s->tried ? s->choice.value[CRITERION_STABILITY][s->k] : NAN;
    if (s->n_left_out)
        notices_add(&s->notices,
                    "%zu of %zu people lack a value in a column that was used and are in no "
                    "segment.",
                    s->n_left_out, s->frame->people.n);
    if (silhouette < STRUCTURE)
        notices_add(&s->notices,
                    "The segments shade into each other (silhouette %.2f; below %.2f there is no "
                    "substantial structure): they are a way to cut, not kinds of people.",
                    silhouette, STRUCTURE);
    if (stability < STABLE)
        notices_add(&s->notices,
                    "The segments are not stable: other samples of these people would be parted "
                    "otherwise (agreement %.2f of 1).",
                    stability);
    warn_of_segments(s);
}

/* --- the whole -------------------------------------------------------------------------------- */

status_t segments_describe_end(segments_t *s, error_t *err)
{
    status_t st = find_rules(s, err);
    if (st == OK && segments_stopped(s))
        st = fail(err, ERR_INTERRUPTED, "interrupted: nothing was written");
    if (st == OK) warn(s);
    return st;
}

status_t segments_describe(segments_t *s, error_t *err)
{
    status_t st = segments_describe_begin(s, err);
    return st == OK ? segments_describe_end(s, err) : st;
}

status_t segments_begin(segments_t *s, const frame_t *frame, const segments_options_t *o,
                        error_t *err)
{
    *s = (segments_t){.frame = frame, .options = *o};
    s->segment = malloc((frame->people.n ? frame->people.n : 1) * sizeof *s->segment);
    if (!s->segment) return fail_memory(err, "the segments of people");
    for (size_t i = 0; i < frame->people.n; i++) s->segment[i] = -1;
    status_t st = people_check(&frame->people, err);
    if (st == OK) st = choose_columns(s, err);
    return st;
}

status_t segments_find(segments_t *s, const frame_t *frame, const segments_options_t *o,
                       error_t *err)
{
    status_t st = segments_begin(s, frame, o, err);
    if (st == OK) st = segments_cluster(s, err);
    return st == OK ? segments_describe(s, err) : st;
}

void segments_free(segments_t *s)
{
    for (int g = 0; s->of && g < s->k; g++) free(s->of[g].rule);
    free(s->of);
    free(s->used);
    free(s->segment);
    free(s->rfm);
    free(s->curve);
    profiles_free(&s->profile);
    notices_free(&s->findings);
    notices_free(&s->notices);
    *s = (segments_t){0};
}
