/* audience_sizes.c -- how large audiences are and how much they overlap, and what ads managers say of it. */
#include "models/audience/labels.h"
#include "sim/scenario/scenario.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Ads managers do not tell an audience's size below 1,000, and speak of one as too specific well before. */
static const double NARROW_PEOPLE = 1000, NARROW_SHARE = 1e-4; /* of the users; assumption */
static const double BROAD_SHARE = 0.9;                         /* of the users; assumption */
/* Meta's help on auction overlap sees a problem in "significant" overlap; 20 to 30 % is the rule of thumb of
 * those who write about it (assumption). */
static const double OVERLAP_SHARE = 0.3;
/* Pairs of ad sets whose overlap is summed, and sums that turn out to be too long: most take milliseconds,
 * those that are given up about a second. */
enum { PAIRS_MOST = 200, GIVEN_UP_MOST = 3 };

/* ---- sizes ---- */

static bool is_expression(const scenario_t *sc, int a)
{
    return sc->audience[sc->ad_set[a].audience].kind == AUDIENCE_EXPRESSION;
}

/* Users of a platform who meet conditions as it sees them; `users` NULL = a share of all people alike. */
static double users_who(const scenario_t *sc, int p, const expression_t *users,
                        const expression_t *a, const expression_t *b)
{
    const platform_t *platform = &sc->platform[p];
    bool labelled = platform->labels != NULL;
    const condition_t condition[] = {{users, false}, {a, labelled}, {b, labelled}};
    double people = NAN;
    labels_people(platform->labels, sc->population, condition, 3, &people, NULL);
    return isnan(platform->users) ? people : people * platform->users;
}

static const expression_t *program_of(const scenario_t *sc, int a)
{
    return sc->audience[sc->ad_set[a].audience].program;
}

/* What was spent on sums so far. */
typedef struct {
    int pairs, sizes_given_up, pairs_given_up;
} effort_t;

/* The same, as long as it does not take too long. */
static double users_who_in_time(const scenario_t *sc, int p, const expression_t *users,
                                const expression_t *a, const expression_t *b, int *given_up)
{
    if (*given_up >= GIVEN_UP_MOST) return NAN;
    double people = users_who(sc, p, users, a, b);
    *given_up += isnan(people);
    return people;
}

/* Of two ad sets of a platform, whose sizes are known. */
static double size_pair(const scenario_t *sc, int p, const expression_t *users, int a, int b,
                        effort_t *effort, const audience_sizes_t *sizes)
{
    if (sc->ad_set[a].audience == sc->ad_set[b].audience) return sizes->people[a];
    if (isnan(sizes->people[a]) || isnan(sizes->people[b])) return NAN;
    if (effort->pairs++ >= PAIRS_MOST) return NAN;
    return users_who_in_time(sc, p, users, program_of(sc, a), program_of(sc, b),
                             &effort->pairs_given_up);
}

static void size_platform(const scenario_t *sc, int p, effort_t *effort, audience_sizes_t *out)
{
    bool tabulated = isnan(sc->platform[p].users);
    expression_t *users = NULL;
    if (tabulated && expression_uses(sc->platform[p].name, sc->population, &users, NULL) != OK)
        return;
    double all = users_who(sc, p, users, NULL, NULL);
    for (int a = 0; a < sc->n_ad_sets; a++) {
        if (sc->ad_set[a].platform != p) continue;
        out->users[a] = all;
        if (!is_expression(sc, a)) continue;
        out->people[a] =
            users_who_in_time(sc, p, users, program_of(sc, a), NULL, &effort->sizes_given_up);
        for (int b = 0; b < a; b++) {
            if (sc->ad_set[b].platform != p || !is_expression(sc, b)) continue;
            out->both[a][b] = size_pair(sc, p, users, a, b, effort, out);
            out->both[b][a] = out->both[a][b];
        }
    }
    expression_free(users);
}

void scenario_audience_sizes(const scenario_t *sc, audience_sizes_t *out)
{
    effort_t effort = {0};
    for (int a = 0; a < MAX_AD_SETS; a++) {
        out->people[a] = out->users[a] = NAN;
        for (int b = 0; b < MAX_AD_SETS; b++) out->both[a][b] = NAN;
    }
    for (int p = 0; p < sc->n_platforms; p++) size_platform(sc, p, &effort, out);
}

/* ---- warnings ---- */

/* What there may be much of; the first SHOWN of a kind are told, then how many there are more. */
typedef enum { KIND_NARROW, KIND_BROAD, KIND_OVERLAP, KINDS } kind_t;
enum { SHOWN = 4 };

typedef struct {
    complaint_t *out;
    size_t capacity, n;
    size_t told[KINDS];
    const void *last[KINDS]; /* field of the last one */
} warnings_t;

/* Counts one more of the kind; false when enough of them were shown. */
static bool is_shown(warnings_t *w, kind_t kind, const void *field)
{
    w->last[kind] = field;
    return w->told[kind]++ < SHOWN;
}

static void warn(warnings_t *w, const void *field, const void *other, const char *help,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

static void warn(warnings_t *w, const void *field, const void *other, const char *help,
                 const char *format, ...)
{
    if (w->n++ >= w->capacity) return;
    complaint_t *c = &w->out[w->n - 1];
    *c = (complaint_t){.field = field, .other = other, .warning = 1};
    snprintf(c->help, sizeof c->help, "%s", help);
    va_list args;
    va_start(args, format);
    vsnprintf(c->text, sizeof c->text, format, args);
    va_end(args);
}

static void warn_size(warnings_t *w, const scenario_t *sc, const audience_sizes_t *sizes, int a)
{
    const ad_set_t *s = &sc->ad_set[a];
    const char *platform = sc->platform[s->platform].label;
    double people = sizes->people[a], share = people / sizes->users[a];
    double least = sc->platform[s->platform].minimum_audience; /* NAN: none */
    if (is_expression(sc, a) && people < least * (1 - 1e-9))   /* the closed form rounds */
        warn(w, &s->audience, &sc->platform[s->platform].minimum_audience,
             "ask for less, or for one thing or another",
             "the audience of '%.60s' has %.0f people on '%.60s', which shows no ads to fewer than "
             "%.0f",
             s->name, people, platform, least);
    else if (people < NARROW_PEOPLE || share < NARROW_SHARE) {
        if (is_shown(w, KIND_NARROW, &s->audience))
            warn(w, &s->audience, NULL, "ask for less, or for one thing or another",
                 "the audience of '%.60s' is narrow: %.0f people, %.2g %% of those on '%.60s'",
                 s->name, people, 100 * share, platform);
    } else if (share > BROAD_SHARE && is_shown(w, KIND_BROAD, &s->audience))
        warn(w, &s->audience, NULL, "fine if everyone is meant",
             "the audience of '%.60s' is broad: %.0f %% of those on '%.60s'", s->name, 100 * share,
             platform);
}

static void warn_overlap(warnings_t *w, const scenario_t *sc, const audience_sizes_t *sizes, int a,
                         int b)
{
    int less = sizes->people[a] < sizes->people[b] ? a : b, more = less == a ? b : a;
    double share = sizes->both[a][b] / sizes->people[less];
    if (share > OVERLAP_SHARE && is_shown(w, KIND_OVERLAP, &sc->ad_set[b].audience))
        warn(w, &sc->ad_set[b].audience, &sc->ad_set[a].audience,
             "exclude one from the other, or make one ad set of them",
             "%.0f %% of the audience of '%.60s' are in that of '%.60s' too, on '%.60s': one of "
             "the two "
             "bids for each of them",
             100 * fmin(share, 1), sc->ad_set[less].name, sc->ad_set[more].name,
             sc->platform[sc->ad_set[a].platform].label);
}

static void warn_more(warnings_t *w)
{
    static const char *const what[KINDS][2] = {
        [KIND_NARROW] = {"narrow audience", "narrow audiences; the last is here"},
        [KIND_BROAD] = {"broad audience", "broad audiences; the last is here"},
        [KIND_OVERLAP] = {"pair of ad sets that overlap",
                          "pairs of ad sets that overlap; the last is here"},
    };
    for (int k = 0; k < KINDS; k++)
        if (w->told[k] > SHOWN)
            warn(w, w->last[k], NULL, "adsim audience tells the sizes and overlaps of all",
                 "and %zu more %s", w->told[k] - SHOWN, what[k][w->told[k] > SHOWN + 1]);
}

size_t scenario_audience_warnings(const scenario_t *sc, const audience_sizes_t *sizes,
                                  complaint_t *out, size_t capacity)
{
    warnings_t w = {.out = out, .capacity = capacity};
    for (int a = 0; a < sc->n_ad_sets; a++) warn_size(&w, sc, sizes, a);
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (int b = a + 1; b < sc->n_ad_sets; b++)
            if (sc->ad_set[a].platform == sc->ad_set[b].platform) warn_overlap(&w, sc, sizes, a, b);
    warn_more(&w);
    return w.n;
}
